"""Defaults and formulas of a record, in the order of its plan. Pure: all that is read stands in the row."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from onebook.access.actor import SYSTEM
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.form.linked import Linked, Pointed
from onebook.engines.form.plan import LinkKeys, Plan, Step, places
from onebook.engines.form.rows import OUTER, Row
from onebook.engines.table.columns import NUMBERS, PRECISION, scale_of
from onebook.expression.python import Context, evaluate
from onebook.values.decimals import ZERO, rounded
from onebook.values.refusal import Problem


def compute(
    form: Form, plan: Plan, links: Sequence[LinkKeys], row: Row, linked: Linked, context: Context
) -> frozenset[Pointed]:
    """Fill the record in place: a field that is absent gets its default, every formula is computed anew.

    Returns what had to be left blank because a default points at records that nobody has read yet: read them, and
    compute again from the same start."""
    missing: set[Pointed] = set()
    for lines, name, field in places(form):
        if field.default is None and field.formula is None:
            for own in rows_of(row, lines):
                own.setdefault(name, initial(field))
    behind = {(link.lines, link.name): link for link in links}
    for link in links:
        missing |= _attach(row, link, linked)
    for step in plan.steps:
        link_behind = behind.get((step.lines, step.name))
        for own in rows_of(row, step.lines):
            if _fill(step, own, context) and link_behind is not None:
                _learn(step, own, link_behind, linked)
                missing |= _one(linked.attach(own, link_behind))
    return frozenset(missing)


def rows_of(row: Row, lines: str | None) -> list[Row]:
    """The record itself, or its rows."""
    if lines is None:
        return [row]
    found: list[Row] = row.get(lines) or []
    return found


def initial(field: FieldDeclaration) -> Any:
    """What a field holds that nobody has given a value."""
    if field.kind is FieldKind.FLAG:
        return False
    return ZERO if field.meter is not None and field.kind in NUMBERS else None


def settled(field: FieldDeclaration, value: Any) -> Any:
    """A computed value as the field keeps it: numbers HALF_UP at its scale, months by their first day."""
    if value is None:
        return initial(field)
    if isinstance(value, Decimal) and field.kind in NUMBERS:
        return rounded(value, scale_of(field))
    if field.kind is FieldKind.MONTH and isinstance(value, date):
        return value.replace(day=1)
    if field.kind is FieldKind.LINK and value == SYSTEM.id:
        # `ME()` of the system, which is no record.
        return None
    return value


def too_large(form: Form, row: Row) -> Iterator[Problem]:
    """The computed numbers that have more digits than their column."""
    for lines, name, field in places(form):
        if field.kind not in NUMBERS or (field.formula is None and field.default is None):
            continue
        digits = PRECISION[field.kind] - scale_of(field)
        for place, own in enumerate(rows_of(row, lines), 1):
            value = own.get(name)
            if isinstance(value, Decimal) and value and value.adjusted() >= digits:
                yield Problem(
                    "form.too_large", f"{lines}.{name}" if lines else name, place if lines else None, {"digits": digits}
                )


def _fill(step: Step, row: Row, context: Context) -> bool:
    """Compute one field of one row; whether it changed."""
    if step.formula is not None:
        row[step.name] = settled(step.field, evaluate(step.formula, row, context))
        return True
    if step.default is None or step.name in row:
        return False
    row[step.name] = settled(step.field, evaluate(step.default, row, context))
    return True


def _learn(step: Step, row: Row, link: LinkKeys, linked: Linked) -> None:
    """A default that repeats another link brings along what is known behind that one."""
    source, number = step.source, row[step.name]
    if source is None or number is None or linked.knows(link.target, number, link.keys):
        return
    for _ in range(source.up):
        row = row[OUTER]
    behind = {key: row[own] for key, _ in (*link.values, *link.rows) if (own := f"{source.key}.{key}") in row}
    if len(behind) == len(link.values) + len(link.rows):
        linked.learn(link.target, {number: behind}, link.keys)


def _attach(row: Row, link: LinkKeys, linked: Linked) -> set[Pointed]:
    missing: set[Pointed] = set()
    for own in rows_of(row, link.lines):
        if link.name in own:
            missing |= _one(linked.attach(own, link))
    return missing


def _one(pointed: Pointed | None) -> set[Pointed]:
    return set() if pointed is None else {pointed}
