"""One request, one command, one transaction: doing it or previewing it, and telling what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from onebook.access.refusals import NotSignedIn
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Command
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preview import Preview
from onebook.engines.view.discretion import Discretion
from onebook.entrypoints.http.addresses import name_in_address, record_in_address
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.body import Shape, shaped
from onebook.entrypoints.http.identity import COOKIE, KEY_HEADER, Visitor, checked_key, current_visitor
from onebook.entrypoints.http.problems import body_of
from onebook.locale.texts import problem_text
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal, Status

#: What is not there, or not this user's to do, is not previewed either.
NOT_A_PREVIEW = frozenset({Status.BAD_REQUEST, Status.FORBIDDEN, Status.NOT_FOUND, Status.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived. The thread that does what it asks for reads it too: who asks first, then the rest."""

    request: Request
    content: bytes

    @property
    def application(self) -> Application:
        """The application of this server."""
        found: Application = self.request.app.state.application
        return found

    @property
    def visitor(self) -> Visitor:
        """Who asks; looked up each time."""
        return current_visitor(self.request)

    @property
    def form(self) -> str:
        """The form in the address. What no form can be called is not found."""
        return self.name("form")

    @property
    def record(self) -> RecordRef:
        """The record in the address. What no record can be is not found."""
        found = self.request.path_params
        return record_in_address(found["form"], found["record_id"])

    @property
    def key(self) -> str | None:
        """The key under which asking again gives the same answer."""
        return checked_key(self.request.headers.get(KEY_HEADER))

    def name(self, parameter: str) -> str:
        """Another name in the address."""
        return name_in_address(self.request.path_params[parameter])

    def body(self, shape: type[Shape]) -> Shape:
        """What it brings along."""
        return shaped(shape, self.request, self.content)


async def asked_of(request: Request) -> Asked:
    """A request whose body has arrived. Whoever has no session at all is refused before it is read."""
    if COOKIE not in request.cookies:
        raise NotSignedIn
    return Asked(request, await request.body())


Asking = Annotated[Asked, Depends(asked_of)]
#: What a request asks for.
Reading = Callable[[Asked], Action]


def executed(asked: Asked, action: Reading, *, status: int = 200) -> Response:
    """Do it; the answer says what the record is now, and what was made and undone on the way."""
    visitor = asked.visitor
    return done(asked.application, visitor, action(asked), asked.key, status=status)


def done(application: Application, visitor: Visitor, action: Action, key: str | None, *, status: int = 200) -> Response:
    """The same for an action that is known."""
    command = Command(action, visitor.actor, key)
    try:
        outcome = application.execute(visitor.schema, command)
    except Refusal as refusal:
        discretion = Discretion(application.ground(visitor.schema).catalog, visitor.actor, command.form)
        raise discretion.refusal(refusal) from refusal
    return answered(told(outcome, visitor.language), status)


def previewed(asked: Asked, action: Reading) -> Response:
    """What it would do, and every reason against it; nothing is written."""
    application, visitor = asked.application, asked.visitor
    command = Command(action(asked), visitor.actor)
    preview = application.preview(visitor.schema, command)
    for refusal in preview.refusals:
        if refusal.status in NOT_A_PREVIEW:
            raise refusal
    return answered(foreseen(application, visitor, command.form, preview))


def foreseen(application: Application, visitor: Visitor, form: str, preview: Preview) -> dict[str, Any]:
    """A preview as JSON, as far as the visitor may be told."""
    ground = application.ground(visitor.schema)
    discretion = Discretion(ground.catalog, visitor.actor, form)
    body = discretion.preview(preview.to_json(ground, visitor.language))
    refusals = [body_of(discretion.refusal(refusal), visitor.language) for refusal in preview.refusals]
    route = application.approvals(visitor.schema, visitor.actor).routes(preview.routes, visitor.language)
    return {**body, "refusals": refusals, "route": route}


def told(outcome: Outcome, language: str) -> dict[str, Any]:
    """An outcome as JSON."""
    return {
        "form": outcome.record.form,
        "id": outcome.record.id,
        "version": outcome.version,
        "state": outcome.state,
        "number": outcome.number,
        "journal": outcome.journal,
        "flow": outcome.flow,
        "created": outcome.created,
        "undone": [{"form": record.form, "id": record.id, "transition": name} for record, name in outcome.undone],
        "warnings": [
            {"code": one.code, "field": one.field, "row": one.row, "text": problem_text(one, language)}
            for one in outcome.warnings
        ],
        "repeated": outcome.is_repeat,
    }
