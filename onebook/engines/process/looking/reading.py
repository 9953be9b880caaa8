"""Reading one record: its page with the steps that are open to it or why not, its chain of documents, its trail."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from onebook.access.actor import Actor
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.refusals import Forbidden
from onebook.engines.form.text import masked
from onebook.engines.process.approving.boxes import Boxes
from onebook.engines.process.approving.refusals import AwaitsApproval
from onebook.engines.process.composing.ready import Requirement
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.steps import StandingSteps, Step
from onebook.engines.process.looking.related import Related
from onebook.engines.table.rights import rights
from onebook.engines.view.history import history, trail_of
from onebook.engines.view.page import Page
from onebook.expression.python import Context, evaluate
from onebook.locale.texts import text
from onebook.storage.transaction import Transaction
from onebook.values.reference import RecordRef

_SCOPES = ("update", "delete")


def page(
    transaction: Transaction, ground: Ground, actor: Actor, record: RecordRef, language: str, now: datetime,
    *, binned: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The page of a record, in one round trip, and more if it waits for agreement. Refuses with form.not_found."""
    context = ground.context(actor, now)
    drawing = Page(ground.catalog, actor, record.form)
    requirements = _requirements(ground, record.form)
    reads = {path for found in requirements.values() for one in found for path in one.that.paths}
    load = RecordLoad(
        ground.forms, record.form, [record.id], drawing.keys | reads, actor, context, asks=_SCOPES, binned=binned
    )
    related = Related(ground, record.form, record.id, actor, context)
    standing = StandingSteps(record.id)
    gather(transaction, load, related, standing)
    row = load.row(record.id)
    may = frozenset(name for name in _SCOPES if _allowed(load, name, record.id))
    drawn = drawing.drawn(row, language, masked, may)
    for step in drawn["transitions"]:
        unmet = list(_unmet(requirements[step["name"]], row, context, language))
        step.update({"is_allowed": not unmet, "reasons": unmet})
    drawn["flow"] = None
    if ground.approves(record.form):
        _wait(drawn, Boxes(transaction, ground, actor, now, language).of_record(record), language)
    drawn["related"] = related.told(language)
    drawn["steps"] = list(_steps(ground, actor, record.form, standing.steps, language))
    return drawn


def _wait(drawn: dict[str, Any], flow: dict[str, Any] | None, language: str) -> None:
    """What a record that waits for agreement does not allow meanwhile."""
    drawn["flow"] = flow
    if flow is None:
        return
    is_returned = flow["state"] == "returned"
    drawn["editable"] = drawn["editable"] and is_returned
    drawn["deletable"] = False
    why = text(AwaitsApproval.code, {"transition": flow["transition_label"]}, language)
    for step in drawn["transitions"]:
        goes_on = step["name"] in flow["meanwhile"]
        again = is_returned and step["name"] == flow["transition"] and "resubmit" in flow["can"]
        if not goes_on and not again:
            step.update({"is_allowed": False, "reasons": [why]})


def changes(
    transaction: Transaction, ground: Ground, actor: Actor, record: RecordRef, language: str, now: datetime
) -> list[dict[str, Any]]:
    """The trail of a record that the actor may read. Refuses with form.not_found."""
    context = ground.context(actor, now)
    load = RecordLoad(ground.forms, record.form, [record.id], (), actor, context)
    gather(transaction, load)
    load.row(record.id)
    [rows] = transaction.run(trail_of(record))
    return history(ground.catalog, actor, record.form, rows, language)


def _requirements(ground: Ground, form: str) -> Mapping[str, tuple[Requirement, ...]]:
    declared = ground.catalog.forms[form].transitions
    return {name: ground.transitions.of(form, name).requires for name in declared}


def _unmet(requirements: tuple[Requirement, ...], row: Any, context: Context, language: str) -> Iterator[str]:
    for requirement in requirements:
        if evaluate(requirement.that, row, context) is not True:
            yield requirement.must.otherwise.in_language(language)


def _allowed(load: RecordLoad, action: str, record: int) -> bool:
    try:
        load.require(action, record)
    except Forbidden:
        return False
    return True


def _steps(ground: Ground, actor: Actor, form: str, steps: list[Step], language: str) -> Iterator[dict[str, Any]]:
    """The steps that stand, the latest first, and whether the actor may take them back."""
    declared = ground.catalog.forms[form].transitions
    granted = rights(ground.catalog, actor, form)
    for step in steps:
        transition = declared.get(step.transition)
        yield {
            "id": step.id,
            "transition": step.transition,
            "label": transition.label.in_language(language) if transition else step.transition,
            "journal": step.journal,
            "reversible": transition is not None
            and transition.irreversible is None
            and granted.may_reverse(step.transition),
        }
