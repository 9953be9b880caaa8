"""What waits for a reader: records counted and summed under their rights, approvals that they owe."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, func, null, select

from onebook.definition.dashboard import ToDo
from onebook.engines.dashboard.asking import Asked
from onebook.engines.report.reading import GuardedColumns, Reading
from onebook.engines.report.shown import as_text
from onebook.engines.table.compiled import compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.sql import context_parameters, lower, lower_condition
from onebook.expression.types import Kind
from onebook.storage.transaction import Rows, Statement

#: Beyond this many a page says "more"; counting on would cost time and tell nothing. What is summed is counted whole.
MOST_COUNTED: Final = 1000

_OWED: Final = """
SELECT count(DISTINCT f.id), NULL::text FROM onebook_flow_task t JOIN onebook_flow f ON f.id = t.flow
WHERE t.person = %(person)s AND t.state = 'open' AND f.state = 'running' AND f.form = %(form)s
"""


def asked_for(reading: Reading, todo: ToDo, asked: Asked, context: Context) -> Statement:
    """The statement that counts what waits, and sums it. Refuses what the reader may not see in the condition."""
    if todo.approval:
        return Statement(_OWED, {"person": reading.actor.id, "form": todo.form})
    rights = reading.must_read(todo.form)
    joins = Joins(reading.tables, todo.form)
    guarded = GuardedColumns(joins, reading)
    conditions: list[ColumnElement[bool]] = [permitted(rights, joins)]
    scope = reading.catalog.scope(todo.form, None)
    if todo.filter is not None:
        types = {name: kind for name, (kind, _) in asked.of_list().items()}
        expression = check(todo.filter, scope, Kind.FLAG, parameters=types)
        reading.may_read_all(todo.form, expression, "filter")
        conditions.append(lower_condition(expression, guarded))
    if todo.sum is not None:
        field = reading.readable(todo.form, todo.sum, "measure").field
        value: ColumnElement[Any] = lower(check(todo.sum, scope, Kind.NUMBER), guarded)
        rows = select(value.label("figure")).select_from(joins.from_clause()).where(*conditions).subquery()
        total = as_text(func.coalesce(func.sum(rows.c.figure), 0), field.kind)
        query = select(func.count(), total).select_from(rows)
    else:
        some = select(joins.root.c.id).select_from(joins.from_clause()).where(*conditions).limit(MOST_COUNTED + 1)
        query = select(func.count(), null()).select_from(some.subquery())
    values: Mapping[str, object] = context_parameters(replace(context, parameters=asked.values))
    return compiled(query).bound(values)


def told_of(todo: ToDo, rows: Rows, language: str, filter_text: str | None) -> dict[str, Any]:
    """What waits, as JSON has it, with where to look at it."""
    [(count, total)] = rows
    is_capped = todo.sum is None and not todo.approval
    to: dict[str, Any] = {"flows": True, "form": todo.form} if todo.approval else {"form": todo.form}
    if not todo.approval and filter_text is not None:
        to["filter"] = filter_text
    return {
        "label": todo.label.in_language(language),
        "count": min(count, MOST_COUNTED) if is_capped else count,
        "more": is_capped and count > MOST_COUNTED,
        "sum": total,
        "to": to,
    }
