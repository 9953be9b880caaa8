"""What people say and put beside records over HTTP: comments, files, notifications, and what happened lately."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, model_validator
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from onebook.entrypoints.http.addresses import Number, Record, name_of
from onebook.entrypoints.http.answers import answered, nothing
from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.exports import attachment
from onebook.entrypoints.http.identity import CurrentVisitor, IdempotencyKey
from onebook.entrypoints.http.refusals import BadParameter, NoFile
from onebook.entrypoints.http.shapes import GREATEST_ID, Shape

router = APIRouter(prefix="/api")

PAGE_LIMIT = 200
MOST_IDS = 1_000
#: A file that a browser shows itself runs nothing, loads nothing and has no origin.
SANDBOX = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox"

Id = Annotated[int, Field(ge=1, le=GREATEST_ID)]
Limit = Annotated[int, Query(ge=1, le=PAGE_LIMIT)]
Cursor = Annotated[int | None, Query(ge=1, le=GREATEST_ID)]


class NewComment(Shape):
    """The words of a comment, and the users whom it mentions."""

    text: str = Field(max_length=100_000)
    mentions: list[Id] = Field(default_factory=list, max_length=100)


class ReadNotifications(Shape):
    """Which notifications were read: those named, or all."""

    ids: list[Id] | None = Field(default=None, max_length=MOST_IDS)
    all: bool = False

    @model_validator(mode="after")
    def one_of_both(self) -> "ReadNotifications":
        """Some, or all: not both, and not neither."""
        if (self.ids is None) != self.all:
            raise ValueError("either ids or all")
        return self


@dataclass(frozen=True, slots=True)
class Brought:
    """An uploaded file and what its sender calls it."""

    name: str
    content: bytes


async def brought(request: Request) -> Brought:
    """The part `file` of a multipart request. Raises NoFile, BadParameter."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NoFile
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=64 * 1024) as parts:
            file = parts.get("file")
            if not isinstance(file, UploadFile):
                raise NoFile
            return Brought(file.filename or "", await file.read())
    except MultiPartException as error:
        raise BadParameter(reason=error.message) from None


async def form_asked(form: Annotated[str | None, Query(max_length=64)] = None) -> str | None:
    """The form that a page is limited to, if it is."""
    return None if form is None else await name_of(form)


CommentBody = Annotated[NewComment, Depends(reading(NewComment))]
ReadBody = Annotated[ReadNotifications, Depends(reading(ReadNotifications))]


@router.get("/notifications")
def notifications(
    visitor: CurrentVisitor,
    application: TheApplication,
    unread: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What I am told of, the latest first."""
    talk = application.talk(visitor.schema, visitor.actor)
    return answered(talk.notifications(unread=unread, cursor=cursor, limit=limit))


@router.post("/notifications/read")
def read_notifications(visitor: CurrentVisitor, application: TheApplication, body: ReadBody) -> Response:
    """Mark notifications as read."""
    left = application.talk(visitor.schema, visitor.actor).read_notifications(body.ids)
    return answered({"unread": left})


@router.get("/activity")
def activity(
    visitor: CurrentVisitor,
    application: TheApplication,
    form: Annotated[str | None, Depends(form_asked)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What happened lately to records that I may read."""
    language = visitor.language
    page = application.activity(visitor.schema, visitor.actor, language, form=form, cursor=cursor, limit=limit)
    return answered(page)


@router.get("/{form}/{record_id}/comments")
def comments(visitor: CurrentVisitor, application: TheApplication, record: Record) -> Response:
    """The comments of a record, the oldest first."""
    return answered({"items": application.talk(visitor.schema, visitor.actor).comments(record)})


@router.post("/{form}/{record_id}/comments", status_code=201)
def write_comment(
    visitor: CurrentVisitor, application: TheApplication, record: Record, body: CommentBody, key: IdempotencyKey
) -> Response:
    """Write a comment; whoever it mentions is told."""
    talk = application.talk(visitor.schema, visitor.actor)
    return answered(talk.comment(record, body.text, body.mentions, key), 201)


@router.delete("/{form}/{record_id}/comments/{number}")
def delete_comment(visitor: CurrentVisitor, application: TheApplication, record: Record, number: Number) -> Response:
    """Take my comment back; that there was one stays."""
    application.talk(visitor.schema, visitor.actor).delete_comment(record, number)
    return nothing()


@router.get("/people")
def people(
    visitor: CurrentVisitor,
    application: TheApplication,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> Response:
    """Users of the company whom I know of, by name or pinyin initials."""
    return answered({"items": application.people(visitor.schema, visitor.actor, q.strip(), limit)})


@router.get("/{form}/{record_id}/readers")
def readers(
    visitor: CurrentVisitor,
    application: TheApplication,
    record: Record,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> Response:
    """Whom I may mention beside a record: people who may read it, by name or pinyin initials."""
    items = application.readers(visitor.schema, visitor.actor, record, q.strip(), limit)
    return answered({"items": items})


@router.get("/{form}/{record_id}/files")
def files(visitor: CurrentVisitor, application: TheApplication, record: Record) -> Response:
    """The files of a record, the latest first."""
    return answered({"items": application.talk(visitor.schema, visitor.actor).files(record)})


@router.post("/{form}/{record_id}/files", status_code=201)
def attach(
    visitor: CurrentVisitor,
    application: TheApplication,
    record: Record,
    file: Annotated[Brought, Depends(brought)],
) -> Response:
    """Put a file beside a record."""
    made = application.talk(visitor.schema, visitor.actor).attach(record, file.name, file.content)
    return answered(made, 201)


@router.get("/{form}/{record_id}/files/{number}")
def fetch(
    visitor: CurrentVisitor, application: TheApplication, record: Record, number: Number, inline: bool = False
) -> Response:
    """A file, to be saved; with `inline` a picture or PDF, to be shown."""
    file = application.talk(visitor.schema, visitor.actor).file(record, number)
    headers = {**attachment(file.name), "Content-Security-Policy": SANDBOX}
    if inline and file.is_shown:
        headers["Content-Disposition"] = headers["Content-Disposition"].replace("attachment", "inline", 1)
    media = f"{file.media}; charset=utf-8" if file.media == "text/plain" else file.media
    return Response(file.content, headers={**headers, "Content-Type": media})


@router.delete("/{form}/{record_id}/files/{number}")
def detach(visitor: CurrentVisitor, application: TheApplication, record: Record, number: Number) -> Response:
    """Take a file away."""
    application.talk(visitor.schema, visitor.actor).detach(record, number)
    return nothing()
