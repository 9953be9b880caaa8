"""Formulas that a step makes stale: those that read the state or a field which it sets, directly or through others.

While a record can be edited its formulas are computed anew with every save. Once it has left that state it is a fact,
and what it read through its links (prices, earlier deliveries) is no longer asked again.
"""

from collections.abc import Iterable

from onebook.definition.form import Form
from onebook.engines.form.compute import rows_of, settled
from onebook.engines.form.plan import Place, Plan, Step, place_of
from onebook.engines.form.rows import Row, absolute
from onebook.expression.python import Context, evaluate


def stale_places(form: Form, plan: Plan, changed: Iterable[Place]) -> frozenset[Place]:
    """The changed fields, and every formula that reads one of them directly or through others."""
    stale = set(changed)
    for step in plan.steps:
        if step.formula is not None:
            reads = {place_of(form, key) for key in absolute(step.formula.paths, step.lines)}
            if reads & stale:
                stale.add((step.lines, step.name))
    return frozenset(stale)


def stale_steps(form: Form, plan: Plan, changed: Iterable[Place]) -> tuple[Step, ...]:
    """The formulas to compute again, in order, when these fields of the record or of its rows change."""
    stale = stale_places(form, plan, changed)
    return tuple(step for step in plan.steps if step.formula is not None and (step.lines, step.name) in stale)


def refresh(steps: Iterable[Step], row: Row, context: Context) -> None:
    """Compute these formulas of a record again, in place."""
    for step in steps:
        for own in rows_of(row, step.lines):
            assert step.formula is not None
            own[step.name] = settled(step.field, evaluate(step.formula, own, context))
