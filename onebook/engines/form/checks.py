"""What must be true of a record before it is saved: every condition asked, every problem told at once. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from onebook.definition.form import Form
from onebook.engines.form.compute import rows_of, too_large
from onebook.engines.form.plan import Conditions, Plan, places
from onebook.engines.form.rows import Row
from onebook.expression.python import Context, evaluate
from onebook.values.refusal import Problem

_BLANK: Final[tuple[Any, ...]] = (None, "", (), [])


def problems_of(form: Form, plan: Plan, row: Row, context: Context) -> list[Problem]:
    """Everything that is wrong with a computed record: too few rows, what is required, what must hold, what is too
    large, and the same value twice in rows."""
    found = [*_too_few(form, row), *too_large(form, row), *_twice(form, row)]
    for conditions in plan.conditions:
        for place, own in enumerate(rows_of(row, conditions.lines), 1):
            found += _conditions(conditions, own, place if conditions.lines else None, context)
    return found


def _too_few(form: Form, row: Row) -> Iterator[Problem]:
    for name, field in form.line_fields.items():
        rows = len(row.get(name) or ())
        if rows < field.at_least:
            yield Problem("form.too_few_rows", name, None, {"least": field.at_least, "rows": rows})


def _conditions(conditions: Conditions, row: Row, place: int | None, context: Context) -> Iterator[Problem]:
    if conditions.visible is not None and evaluate(conditions.visible, row, context) is not True:
        return
    value: Any = row.get(conditions.name)
    data = {"label": conditions.field.label}
    if conditions.required is not None and value in _BLANK and evaluate(conditions.required, row, context) is True:
        yield Problem("form.required", conditions.key, place, data)
        return
    for must, otherwise in conditions.musts:
        if evaluate(must, row, context) is not True:
            yield Problem("form.must", conditions.key, place, {**data, "text": otherwise})


def _twice(form: Form, row: Row) -> Iterator[Problem]:
    """Unique fields of lines are unique among the rows of one record."""
    for lines, name, field in places(form):
        if lines is None or not field.unique:
            continue
        seen: set[Any] = set()
        for place, own in enumerate(rows_of(row, lines), 1):
            value = own.get(name)
            if value in seen:
                yield Problem("form.twice_in_rows", f"{lines}.{name}", place, {"label": field.label})
            elif value not in _BLANK:
                seen.add(value)
