"""Steps that close months of the book, or open them again: after all that they post, and after what speaks against it.

A month closes when nothing waits that could still post into it, and when the book is what its entries say.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from onebook.definition.form import Form
from onebook.engines.form.load import RecordLoad
from onebook.engines.process.actions.gate import BACK, BEFORE
from onebook.engines.process.actions.leg import leg_of
from onebook.engines.process.composing.ready import ReadyTransition
from onebook.engines.process.keeping.wanted import Sent
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.refusals import BookDiffers, MonthMissing, StillOpen
from onebook.engines.process.road import Road
from onebook.engines.table.compiled import compiled
from onebook.expression.python import evaluate
from onebook.expression.types import Kind
from onebook.ledger import check as book
from onebook.ledger import periods
from onebook.values.month import Month
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem

Travel = Callable[[Road], Outcome]


def close_or_open(road: Road, ready: ReadyTransition, travel: Travel) -> Outcome:
    """Do the step, then close or open its month. Refuses with what waits, with differences, and as the ledger does."""
    earlier = road.begin()
    if earlier is not None:
        return earlier
    declared = ready.declaration
    record = getattr(road.command.action, "record", None)
    is_first = declared.reopens is not None and declared.posts
    if declared.reopens is not None and is_first and record is not None:
        # Opened first: the step posts into it. Such a step waits for nobody.
        periods.reopen(road.transaction, _months(road, record, declared.reopens), road.actor.id)
    is_checked = False
    if declared.closes is not None and record is not None and _holds(road, record, declared.closes.checks):
        # Where it is known already that the book must be looked at, others still post meanwhile.
        _refuse_drifts(road)
        is_checked = True
    # Kept out before the step locks anything: posters on their way may wait for its accounts.
    periods.keep_out(road.transaction)
    outcome = travel(leg_of(road, road.command.action))
    if declared.reopens is not None and not is_first:
        opened = _months(road, outcome.record, declared.reopens)
        _do(road, outcome, lambda: periods.reopen(road.transaction, opened, road.actor.id))
    if declared.closes is not None:
        closing = declared.closes
        month = _months(road, outcome.record, closing.month)
        if not _holds(road, outcome.record, closing.leaves_drafts):
            _refuse_waiting(road, outcome.record, month)
        if not is_checked and _holds(road, outcome.record, closing.checks):
            _refuse_drifts(road)
        _do(road, outcome, lambda: periods.close(road.transaction, month, road.actor.id))
    return road.end(outcome, [])


def _refuse_drifts(road: Road) -> None:
    drifts = book.check(road.transaction)
    if drifts:
        raise BookDiffers(count=len(drifts))


def _do(road: Road, outcome: Outcome, action: Callable[[], None]) -> None:
    """Do it. Where the step waits for agreement it is only tried: what speaks against it is told at once."""
    if outcome.flow is None:
        action()
        return
    road.gather(Sent([BEFORE]))
    action()
    road.gather(Sent([BACK]))


def _value(road: Road, record: RecordRef, text: str, kind: Kind) -> Any:
    formula = road.ground.catalog.formula(text, record.form, None, kind)
    load = RecordLoad(road.ground.forms, record.form, [record.id], formula.paths, road.actor, road.context)
    road.gather(load)
    return evaluate(formula, load.row(record.id), road.context)


def _months(road: Road, record: RecordRef, text: str) -> Month:
    day: date | None = _value(road, record, text, Kind.DATE)
    if day is None:
        raise MonthMissing(formula=text)
    return Month.of(day)


def _holds(road: Road, record: RecordRef, text: str | None) -> bool:
    return text is not None and _value(road, record, text, Kind.FLAG) is True


def _refuse_waiting(road: Road, record: RecordRef, month: Month) -> None:
    """Records dated in the month, or before, that have posted nothing yet and still may."""
    asks = [
        (form, compiled(_waiting(road, form, states)))
        for form in road.ground.catalog.forms.values()
        if form.dated_by is not None and (states := before_posting(form))
    ]
    values = {"last": month.last, "own": record.id}
    results = road.transaction.run(*(ask.bound(values) for _, ask in asks))
    problems = []
    for (form, _), rows in zip(asks, results, strict=True):
        count, first = rows[0]
        if count:
            data = {"form": form.label, "count": count, "first": first, "month": str(month)}
            problems.append(Problem(StillOpen.cause, data=data))
    if problems:
        raise StillOpen(problems, month=str(month))


def _waiting(road: Road, form: Form, states: frozenset[str]) -> Any:
    table = road.ground.tables.of(form.form)
    number = func.min(table.c.number) if form.number else func.min(table.c.id)
    in_them = or_(*(table.c.state == state for state in sorted(states)))
    dated = table.c[str(form.dated_by)] <= bindparam("last")
    return select(func.count(), number).where(
        in_them, dated, table.c.deleted_at.is_(None), table.c.id != bindparam("own")
    )


def before_posting(form: Form) -> frozenset[str]:
    """The states that a record passes without having posted anything, while a step that posts still lies ahead.

    A step that posts on a day of its own (`on`) does not wait in the month of the record."""
    quiet: set[str] = {form.first_state} if form.first_state else set()
    while more := set(_further(form, quiet)) - quiet:
        quiet |= more
    ahead: set[str] = {
        state for step in form.transitions.values() if step.posts and step.on is None for state in step.source
    }
    while (
        more := {
            state
            for step in form.transitions.values()
            if not step.posts and step.target in ahead
            for state in step.source
        }
        - ahead
    ):
        ahead |= more
    return frozenset(quiet & ahead)


def _further(form: Form, states: set[str]) -> Iterator[str]:
    for step in form.transitions.values():
        if not step.posts and states & set(step.source):
            yield step.target
