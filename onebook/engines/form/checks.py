"""What must be true of a record before it is saved: every condition asked, every problem told at once. Pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from onebook.definition.form import Form
from onebook.engines.form.compute import rows_of
from onebook.engines.form.plan import Conditions, Plan
from onebook.engines.form.rows import Row
from onebook.expression.python import Context, compiled
from onebook.expression.tree import Literal
from onebook.values.refusal import Problem

_BLANK: Final[tuple[Any, ...]] = (None, "", (), [])

#: A row that is asked about: which record it belongs to, its place among the record's rows of lines, and the row.
Asked = tuple[int, int | None, Row]
#: A problem, and which record has it.
Found = tuple[int, Problem]


def problems_of(form: Form, plan: Plan, row: Row, context: Context) -> list[Problem]:
    """Everything that is wrong with a computed record: too few rows, what is required, what must hold, what is too
    large, and the same value twice in rows."""
    return [problem for _, problem in problems_among(form, plan, [row], context)]


def problems_among(form: Form, plan: Plan, records: Sequence[Row], context: Context) -> Iterator[Found]:
    """The same for many records, condition by condition: each problem with the position of its record."""
    asked: dict[str | None, list[Asked]] = {None: [(position, None, row) for position, row in enumerate(records)]}
    for name, field in form.line_fields.items():
        asked[name] = [
            (position, place, own)
            for position, row in enumerate(records)
            for place, own in enumerate(rows_of(row, name), 1)
        ]
        if field.at_least:
            for position, row in enumerate(records):
                rows = len(row.get(name) or ())
                if rows < field.at_least:
                    yield position, Problem("form.too_few_rows", name, None, {"least": field.at_least, "rows": rows})
    for lines, name, digits in plan.numbers:
        yield from _too_large(lines, name, digits, asked[lines])
    for lines, name, label in plan.unique_in_rows:
        yield from _twice(lines, name, label, asked[lines])
    for conditions in plan.conditions:
        yield from _conditions(conditions, asked[conditions.lines], context)


def _too_large(lines: str | None, name: str, digits: int, asked: Sequence[Asked]) -> Iterator[Found]:
    """Computed numbers that have more digits than their column."""
    for position, place, row in asked:
        value = row.get(name)
        if value and isinstance(value, Decimal) and value.adjusted() >= digits:
            yield position, Problem("form.too_large", f"{lines}.{name}" if lines else name, place, {"digits": digits})


def _conditions(conditions: Conditions, asked: Sequence[Asked], context: Context) -> Iterator[Found]:
    name, key = conditions.name, conditions.key
    data = {"label": conditions.field.label}
    is_visible = compiled(conditions.visible) if conditions.visible is not None else None
    required = conditions.required
    is_required = compiled(required) if required is not None and not isinstance(required.tree, Literal) else None
    always = required is not None and isinstance(required.tree, Literal) and required.tree.value is True
    musts = [(compiled(must), otherwise) for must, otherwise in conditions.musts]
    if not (always or is_required or musts):
        return
    for position, place, row in asked:
        value = row.get(name)
        if value and not musts:
            continue
        if is_visible is not None and is_visible(row, context) is not True:
            continue
        is_asked = always or (is_required is not None and not value and is_required(row, context) is True)
        if is_asked and not value and value in _BLANK:
            yield position, Problem("form.required", key, place, data)
            continue
        for must, otherwise in musts:
            if must(row, context) is not True:
                yield position, Problem("form.must", key, place, {**data, "text": otherwise})


def _twice(lines: str, name: str, label: object, asked: Sequence[Asked]) -> Iterator[Found]:
    """Unique fields of lines are unique among the rows of one record."""
    seen: set[tuple[int, Any]] = set()
    for position, place, row in asked:
        value = row.get(name)
        if (position, value) in seen:
            yield position, Problem("form.twice_in_rows", f"{lines}.{name}", place, {"label": label})
        elif value not in _BLANK:
            seen.add((position, value))
