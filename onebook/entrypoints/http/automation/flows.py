"""Approvals over HTTP: what waits for me, one as a whole, answers to one or to many, and who stands in for me."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, model_validator

from onebook.engines.application import Application
from onebook.engines.process.approvals import Answer
from onebook.entrypoints.http.addresses import Number
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.commands import foreseen, told
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor, IdempotencyKey, Visitor
from onebook.entrypoints.http.problems import body_of, bug_told
from onebook.entrypoints.http.shapes import GREATEST_ID, GREATEST_VERSION, MOST_RECORDS, NothingBody, Shape
from onebook.values.refusal import Refusal

router = APIRouter(prefix="/api")

PAGE_LIMIT = 200
MOST_PEOPLE = 20
MOST_FILES = 20

Id = Annotated[int, Field(ge=1, le=GREATEST_ID)]
Words = Annotated[str, Field(max_length=2_000)]
TaskNumber = Annotated[int | None, Field(ge=1, le=GREATEST_VERSION)]
Day = Annotated[date | None, Field(strict=False)]


class Said(Shape):
    """An answer with a word to it. `task`: which of mine, if I am asked more than once; `files`: that I put beside the
    record."""

    task: TaskNumber = None
    comment: Words = ""
    files: list[Id] = Field(default_factory=list, max_length=MOST_FILES)


class Returned(Said):
    """Where it is returned to; null: to whoever submitted it."""

    to_step: str | None = Field(default=None, min_length=1, max_length=64)


class Transferred(Said):
    """Who is asked instead of me."""

    to: Id


class Added(Said):
    """Who is asked too, before or after me."""

    to: list[Id] = Field(min_length=1, max_length=MOST_PEOPLE)
    where: Literal["before", "after"] = "before"


class Resubmitted(Shape):
    """Other values, if any; `anew`: everybody is asked again, not only from where it was returned."""

    values: dict[str, Any] | None = None
    anew: bool = False
    accept_warnings: bool = False


class Commented(Shape):
    """A word to it."""

    comment: Words = ""


class Many(Shape):
    """The same answer to many approvals, to what I am asked in each."""

    do: Literal["agree", "refuse"]
    flows: list[Id] = Field(min_length=1, max_length=MOST_RECORDS)
    comment: Words = ""

    @model_validator(mode="after")
    def _each_once(self) -> "Many":
        if len(set(self.flows)) < len(self.flows):
            raise ValueError("an approval stands twice")
        return self


class Delegation(Shape):
    """Who answers for me from one day until another, both included; without `to`: nobody."""

    to: Id | None = None
    first: Day = Field(default=None, alias="from")
    last: Day = Field(default=None, alias="until")


SaidBody = Annotated[Said, Depends(reading(Said))]
ReturnedBody = Annotated[Returned, Depends(reading(Returned))]
TransferredBody = Annotated[Transferred, Depends(reading(Transferred))]
AddedBody = Annotated[Added, Depends(reading(Added))]
ResubmittedBody = Annotated[Resubmitted, Depends(reading(Resubmitted))]
CommentedBody = Annotated[Commented, Depends(reading(Commented))]
ManyBody = Annotated[Many, Depends(reading(Many))]
DelegationBody = Annotated[Delegation, Depends(reading(Delegation))]


@router.get("/flows")
def flows(
    visitor: CurrentVisitor,
    application: TheApplication,
    box: Literal["waiting", "started", "handled", "cc"] = "waiting",
    cursor: Annotated[int | None, Query(ge=1, le=GREATEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
) -> Response:
    """What waits for me, what I submitted, answered, or was told of; the latest first."""
    approvals = application.approvals(visitor.schema, visitor.actor)
    return answered(approvals.page(box, visitor.language, cursor, limit))


@router.post("/flows/bulk")
def answer_many(visitor: CurrentVisitor, application: TheApplication, body: ManyBody) -> Response:
    """The same answer to many approvals; what one of them refuses does not keep the others."""
    results = [_answered(application, visitor, number, Answer(body.do, None, body.comment)) for number in body.flows]
    return answered({"results": results})


@router.get("/flows/{number}")
def flow(visitor: CurrentVisitor, application: TheApplication, number: Number) -> Response:
    """One approval: its route, its course, and what would be done."""
    return answered(_told(application, visitor, number))


@router.post("/flows/{number}/agree")
def agree(visitor: CurrentVisitor, application: TheApplication, number: Number, body: SaidBody) -> Response:
    """Agree. After the last agreement the command is carried out; what it refuses then is told with the approval."""
    return _done(application, visitor, number, Answer("agree", body.task, body.comment, tuple(body.files)))


@router.post("/flows/{number}/refuse")
def refuse(visitor: CurrentVisitor, application: TheApplication, number: Number, body: SaidBody) -> Response:
    """Refuse."""
    return _done(application, visitor, number, Answer("refuse", body.task, body.comment, tuple(body.files)))


@router.post("/flows/{number}/return")
def send_back(visitor: CurrentVisitor, application: TheApplication, number: Number, body: ReturnedBody) -> Response:
    """Return it to an earlier step, or to whoever submitted it."""
    answer = Answer("return", body.task, body.comment, tuple(body.files), body.to_step)
    return _done(application, visitor, number, answer)


@router.post("/flows/{number}/transfer")
def transfer(visitor: CurrentVisitor, application: TheApplication, number: Number, body: TransferredBody) -> Response:
    """Have somebody else asked instead of me."""
    answer = Answer("transfer", body.task, body.comment, tuple(body.files), to=(body.to,))
    return _done(application, visitor, number, answer)


@router.post("/flows/{number}/add")
def add(visitor: CurrentVisitor, application: TheApplication, number: Number, body: AddedBody) -> Response:
    """Have others asked too, before or after me."""
    added, is_before = tuple(body.to), body.where == "before"
    answer = Answer("add", body.task, body.comment, tuple(body.files), to=added, before=is_before)
    return _done(application, visitor, number, answer)


@router.post("/flows/{number}/withdraw")
def withdraw(visitor: CurrentVisitor, application: TheApplication, number: Number, body: CommentedBody) -> Response:
    """Take back what I submitted."""
    application.approvals(visitor.schema, visitor.actor).withdraw(number, body.comment)
    return answered(_told(application, visitor, number))


@router.post("/flows/{number}/resubmit")
def resubmit(
    visitor: CurrentVisitor, application: TheApplication, number: Number, body: ResubmittedBody, key: IdempotencyKey
) -> Response:
    """Submit again what was returned to me; the outcome is that of the command."""
    approvals = application.approvals(visitor.schema, visitor.actor)
    outcome = approvals.resubmit(number, body.values, key, anew=body.anew, accept_warnings=body.accept_warnings)
    return answered(told(outcome, visitor.language))


@router.post("/flows/{number}/retry")
def retry(visitor: CurrentVisitor, application: TheApplication, number: Number, _: NothingBody) -> Response:
    """Carry out once more what was agreed to and then refused."""
    application.approvals(visitor.schema, visitor.actor).retry(number)
    return answered(_told(application, visitor, number))


@router.get("/flows/{number}/move")
def moved(visitor: CurrentVisitor, application: TheApplication, number: Number) -> Response:
    """How it would go on as declared today."""
    return answered(application.approvals(visitor.schema, visitor.actor).moved(number, visitor.language))


@router.post("/flows/{number}/move")
def move(visitor: CurrentVisitor, application: TheApplication, number: Number, _: NothingBody) -> Response:
    """Go on as declared today; whoever answered the same question is not asked again."""
    application.approvals(visitor.schema, visitor.actor).move(number)
    return answered(_told(application, visitor, number))


@router.get("/delegation")
def delegation(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """Who answers for me, and for whom I answer."""
    return answered(application.approvals(visitor.schema, visitor.actor).delegation())


@router.put("/delegation")
def delegate(visitor: CurrentVisitor, application: TheApplication, body: DelegationBody) -> Response:
    """Have somebody answer for me while I am away, or nobody any more."""
    approvals = application.approvals(visitor.schema, visitor.actor)
    approvals.delegate(body.to, body.first, body.last)
    return answered(approvals.delegation())


def _done(application: Application, visitor: Visitor, number: int, answer: Answer) -> Response:
    application.approvals(visitor.schema, visitor.actor).answer(number, answer)
    return answered(_told(application, visitor, number))


def _told(application: Application, visitor: Visitor, number: int) -> dict[str, Any]:
    body, preview = application.approvals(visitor.schema, visitor.actor).one(number, visitor.language)
    shown = None if preview is None else foreseen(application, visitor, str(body["form"]), preview)
    return {**body, "preview": shown}


def _answered(application: Application, visitor: Visitor, number: int, answer: Answer) -> dict[str, Any]:
    """One of many: how it stands now, or why not."""
    approvals = application.approvals(visitor.schema, visitor.actor)
    try:
        approvals.answer(number, answer)
        body, _ = approvals.one(number, visitor.language)
    except Refusal as refusal:
        return {"id": number, "ok": False, "problem": body_of(refusal, visitor.language)}
    except Exception as error:  # The others are done or not on their own; this one becomes an answer without internals.
        return {"id": number, "ok": False, "problem": bug_told(error, "answers to approvals", visitor.language)}
    return {"id": number, "ok": True, "state": body["state"], "state_label": body["state_label"]}
