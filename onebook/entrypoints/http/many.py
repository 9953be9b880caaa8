"""One thing done with many records, each in its own transaction, with an answer for each; and records being typed."""

from typing import Any

from fastapi import APIRouter, Response

from onebook.engines.application import Application
from onebook.engines.process.command import Action, Bin, Command, Reverse, Run
from onebook.engines.process.looking.drafting import DraftAsked
from onebook.engines.view.discretion import Discretion
from onebook.entrypoints.http.addresses import FormName
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import CurrentVisitor, IdempotencyKey, Visitor
from onebook.entrypoints.http.problems import body_of, bug_told
from onebook.entrypoints.http.shapes import Bulk, BulkBody, Chosen, DraftBody
from onebook.locale.texts import problem_text
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal

router = APIRouter(prefix="/api")


@router.post("/{form}/draft")
def draft(visitor: CurrentVisitor, application: TheApplication, form: FormName, body: DraftBody) -> Response:
    """The record as it would be with these values: defaults and formulas computed; nothing is written."""
    asked = DraftAsked(form, body.values, body.of, body.copied, body.then)
    drafted = application.draft(visitor.schema, visitor.actor, asked)
    problems = [
        {"code": one.code, "field": one.field, "row": one.row, "text": problem_text(one, visitor.language)}
        for one in drafted.problems
    ]
    return answered({"values": drafted.values, "problems": problems})


@router.post("/{form}/bulk")
def bulk(
    visitor: CurrentVisitor, application: TheApplication, form: FormName, body: BulkBody, key: IdempotencyKey
) -> Response:
    """The same step of many records, in the order given; what one of them refuses does not keep the others."""
    application.form(visitor.schema, form)
    return answered({"results": [_done(application, visitor, _action(form, body, one), key) for one in body.records]})


def _action(form: str, body: Bulk, chosen: Chosen) -> Action:
    record = RecordRef(form, chosen.id)
    if body.transition is not None:
        return Run(record, body.transition, chosen.expected_version)
    return Bin(record, chosen.expected_version) if body.bin else Reverse(record, version=chosen.expected_version)


def _done(application: Application, visitor: Visitor, action: Action, key: str | None) -> dict[str, Any]:
    """One record: what it is now, or why not. Its own key is the request's with the record behind it."""
    assert isinstance(action, Run | Bin | Reverse)
    number, form = action.record.id, action.record.form
    command = Command(action, visitor.actor, f"{key}:{number}" if key else None)
    try:
        outcome = application.execute(visitor.schema, command)
    except Refusal as refusal:
        discretion = Discretion(application.ground(visitor.schema).catalog, visitor.actor, form)
        return {"id": number, "ok": False, "problem": body_of(discretion.refusal(refusal), visitor.language)}
    except Exception as error:  # The others are done or not on their own; this one becomes an answer without internals.
        return {"id": number, "ok": False, "problem": bug_told(error, f"bulk {form}", visitor.language)}
    return {
        "id": number,
        "ok": True,
        "state": outcome.state,
        "version": outcome.version,
        "number": outcome.number,
        "flow": outcome.flow,
        "created": outcome.created,
        "repeated": outcome.is_repeat,
    }
