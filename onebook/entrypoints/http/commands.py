"""One request, one command, one transaction: doing it or previewing it, and telling what came of it."""

from typing import Any

from fastapi import Response

from onebook.engines.application import Application
from onebook.engines.process.command import Action, Command
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preview import Preview
from onebook.engines.view.discretion import Discretion
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.identity import Visitor
from onebook.entrypoints.http.problems import body_of
from onebook.locale.texts import problem_text
from onebook.values.refusal import Refusal, Status

#: What is not there, or not this user's to do, is not previewed either.
NOT_A_PREVIEW = frozenset({Status.BAD_REQUEST, Status.FORBIDDEN, Status.NOT_FOUND, Status.UNAVAILABLE})


def executed(
    application: Application, visitor: Visitor, action: Action, key: str | None, *, status: int = 200
) -> Response:
    """Do it; the answer says what the record is now, and what was made and undone on the way."""
    command = Command(action, visitor.actor, key)
    discretion = Discretion(application.ground(visitor.schema).catalog, visitor.actor, command.form)
    try:
        outcome = application.execute(visitor.schema, command)
    except Refusal as refusal:
        raise discretion.refusal(refusal) from refusal
    return answered(told(outcome, visitor.language), status)


def previewed(application: Application, visitor: Visitor, action: Action) -> Response:
    """What it would do, and every reason against it; nothing is written."""
    command = Command(action, visitor.actor)
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
