"""Defaults and formulas of a record, in the order of its plan. Pure: all that is read stands in the row."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from onebook.access.actor import SYSTEM
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.linked import Linked, Pointed
from onebook.engines.form.plan import LinkKeys, Plan, Step, initial
from onebook.engines.form.rows import OUTER, Row
from onebook.engines.table.columns import NUMBERS, scale_of
from onebook.expression.python import Context, compiled, evaluate
from onebook.values.decimals import rounded


def compute(plan: Plan, links: Sequence[LinkKeys], row: Row, linked: Linked, context: Context) -> frozenset[Pointed]:
    """Fill the record in place: a field that is absent gets its default, every formula is computed anew.

    Returns what had to be left blank because a default points at records that nobody has read yet: read them, and
    compute again from the same start."""
    return compute_all(plan, links, [row], linked, context)


def compute_all(
    plan: Plan, links: Sequence[LinkKeys], rows: Sequence[Row], linked: Linked, context: Context
) -> frozenset[Pointed]:
    """The same for many records of the form: step by step through all of them."""
    missing: set[Pointed] = set()
    inside: dict[str | None, Sequence[Row]] = {None: rows}
    for lines in plan.blanks:
        if lines is not None:
            inside[lines] = [own for row in rows for own in row.get(lines) or ()]
        for own in inside[lines]:
            for name, value in plan.blanks[lines].items():
                own.setdefault(name, value)
    behind = {(link.lines, link.name): link for link in links}
    for link in links:
        if link.keys:
            missing |= linked.attach_all([own for own in inside[link.lines] if link.name in own], link)
    for step in plan.steps:
        filled = _fill(step, inside[step.lines], context)
        link_behind = behind.get((step.lines, step.name))
        if link_behind is not None and link_behind.keys:
            for own in filled:
                _learn(step, own, link_behind, linked)
                missing |= linked.attach_all([own], link_behind)
    return frozenset(missing)


def rows_of(row: Row, lines: str | None) -> list[Row]:
    """The record itself, or its rows."""
    if lines is None:
        return [row]
    found: list[Row] = row.get(lines) or []
    return found


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


def _fill(step: Step, rows: Sequence[Row], context: Context) -> Sequence[Row]:
    """Compute one field of these rows; those of which it was computed."""
    name, field = step.name, step.field
    if step.formula is None:
        rows = [own for own in rows if name not in own]
    expression = step.formula or step.default
    if expression is None or not rows:
        return ()
    if step.is_constant:
        value = settled(field, evaluate(expression, rows[0], context))
        for own in rows:
            own[name] = value
        return rows
    run = compiled(expression)
    for own in rows:
        own[name] = settled(field, run(own, context))
    return rows


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
