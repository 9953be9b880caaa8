"""Filling what a change left blank: computed fields of records that are there already, and what they are found by."""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Final

from psycopg import sql
from sqlalchemy import select

from onebook.definition.check.fields import Node, dependencies
from onebook.definition.declarations import Declarations
from onebook.definition.field import AccountMeter, FieldKind, HoldMeter
from onebook.definition.form import Form
from onebook.engines.design.change import Change, ColumnAdded, FormulaChanged, TableAdded
from onebook.engines.form.search_text import search_text
from onebook.engines.table.compiled import compiled
from onebook.engines.table.ddl import quoted
from onebook.engines.table.joins import Joins
from onebook.engines.table.names import table_name
from onebook.engines.table.tables import Tables, tables_of
from onebook.expression.refusals import ExpressionRefusal
from onebook.expression.sql import lower
from onebook.storage.transaction import Connection

#: Records whose search text is made and written at a time.
_BATCH: Final = 5_000


def fill(connection: Connection, new: Declarations, old: Declarations | None, change: Change) -> None:
    """Meters first, then formulas in the order of what they read, then search texts."""
    tables = tables_of(new)
    added = {step.target for step in change.steps if isinstance(step, TableAdded)}
    for step in change.steps:
        if isinstance(step, ColumnAdded):
            _fill_meter(connection, new, step)
    changed = {
        (step.target, step.column): step.is_new
        for step in change.steps
        if isinstance(step, FormulaChanged) and step.target not in added
    }
    for form in new.forms.values():
        for lines, name in _in_order(new, form):
            target = f"{form.form}.{lines}" if lines else form.form
            if (target, name) in changed:
                _fill_formula(connection, new, tables, (form, lines, name), is_new=changed[target, name])
    for name, form in new.forms.items():
        former = old.forms.get(form.was or name, old.forms.get(name)) if old is not None else None
        if former is not None and form.search and form.search != former.search and name not in added:
            _fill_search(connection, form)


def _in_order(new: Declarations, form: Form) -> Iterator[Node]:
    graph = dependencies(new, form, "formula")
    order = TopologicalSorter({node: reads & graph.keys() for node, reads in graph.items()})
    return iter(tuple(order.static_order()))


def _fill_meter(connection: Connection, new: Declarations, step: ColumnAdded) -> None:
    """A new meter shows what the ledger knows already."""
    form, _, lines = step.target.partition(".")
    field = new.fields(form, lines or None).get(step.column)
    table, column = sql.Identifier(table_name(step.target)), sql.Identifier(step.column)
    if field is None or field.meter is None:
        return
    if isinstance(field.meter, HoldMeter):
        measure = "quantity" if field.kind is FieldKind.QUANTITY else "amount"
        shown = "waiting" if field.meter.shows == "waiting" else f"{field.meter.shows}_{measure}"
        query = sql.SQL(
            "UPDATE {table} AS target SET {column} = known.value FROM (SELECT owner, sum({shown}) AS value"
            " FROM ledger_hold WHERE name = %s AND form = %s GROUP BY owner) AS known WHERE known.owner = target.id"
        ).format(table=table, column=column, shown=sql.Identifier(shown))
        connection.execute(query, (field.meter.hold, form))
    elif isinstance(field.meter, AccountMeter):
        query = sql.SQL(
            "UPDATE {table} AS target SET {column} = known.value FROM (SELECT document, sum({shown}) AS value"
            " FROM ledger_account WHERE role = %s AND document <> 0 GROUP BY document) AS known"
            " WHERE known.document = target.id"
        ).format(table=table, column=column, shown=sql.Identifier(field.meter.shows))
        connection.execute(query, (field.meter.account,))


def _fill_formula(
    connection: Connection, new: Declarations, tables: Tables, place: tuple[Form, str | None, str], *, is_new: bool
) -> None:
    """New computed fields are filled everywhere; a changed formula reaches only records that may still be edited,
    since what was approved stays as it was. What the database cannot compute fills with the next save."""
    form, lines, name = place
    target = f"{form.form}.{lines}" if lines else form.form
    field = new.fields(form.form, lines)[name]
    assert field.formula is not None
    joins = Joins(tables, target)
    try:
        value = lower(new.formula(field.formula, form.form, lines), joins)
    except ExpressionRefusal:
        return
    query = select(joins.root.c.id, value.label("value")).select_from(joins.from_clause())
    text = compiled(query)
    table, column = quoted(table_name(target)), quoted(name)
    scope = "" if is_new or not form.states else f" AND {_editable(form, lines)}"
    connection.execute(
        f"UPDATE {table} AS target SET {column} = known.value FROM ({text.sql}) AS known"
        f" WHERE known.id = target.id AND target.{column} IS DISTINCT FROM known.value{scope}".encode(),
        text.literals,
    )


def _editable(form: Form, lines: str | None) -> str:
    states = ", ".join(f"'{state}'" for state in form.states if form.is_editable(state))
    if lines is None:
        return f"target.state IN ({states})"
    return f"target.parent IN (SELECT id FROM {quoted(table_name(form.form))} WHERE state IN ({states}))"


def _fill_search(connection: Connection, form: Form) -> None:
    table = sql.Identifier(table_name(form.form))
    columns = sql.SQL(", ").join(map(sql.Identifier, form.search))
    last = 0
    while True:
        query = sql.SQL("SELECT id, {} FROM {} WHERE id > %s ORDER BY id LIMIT %s").format(columns, table)
        rows = connection.execute(query, (last, _BATCH)).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        texts = [search_text(tuple(value) if isinstance(value, list) else value for value in row[1:]) for row in rows]
        connection.execute(
            sql.SQL(
                "UPDATE {} AS target SET search = known.text FROM unnest(%s::bigint[], %s::text[]) AS known (id, text)"
                " WHERE known.id = target.id"
            ).format(table),
            ([row[0] for row in rows], texts),
        )
