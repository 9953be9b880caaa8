"""Looking before publishing: which values would not convert, and which records agree where they must differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from onebook.engines.design.change import Change, ColumnNarrowed, ColumnRetyped, ColumnUnique, TableDropped
from onebook.engines.design.conversion import Conversion, conversion, narrowing
from onebook.engines.table.ddl import quoted
from onebook.engines.table.names import table_name
from onebook.storage.transaction import Connection
from onebook.values.refusal import Problem

#: How many of the values in question are shown.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Affected:
    """How many records a table holds that a change drops or retypes."""

    target: str
    column: str | None
    records: int


def values_lost(connection: Connection, change: Change) -> Iterator[Problem]:
    """Each field with values that would not convert: how many, and examples."""
    for step in change.steps:
        if isinstance(step, ColumnRetyped | ColumnNarrowed):
            yield from _lost(connection, step)


def not_unique(connection: Connection, change: Change) -> Iterator[Problem]:
    """Each value that several records have in a field that becomes unique."""
    for step in change.steps:
        if isinstance(step, ColumnUnique):
            column = sql.Identifier(step.old_column)
            query = sql.SQL(
                "SELECT {column}::text, count(*) FROM {table} WHERE deleted_at IS NULL AND {column} IS NOT NULL"
                " GROUP BY {column} HAVING count(*) > 1 ORDER BY count(*) DESC LIMIT {most}"
            ).format(column=column, table=_table(step.old_target), most=EXAMPLES)
            for value, count in connection.execute(query):
                place = f"{step.target}.{step.column}"
                yield Problem("design.same_value", place, data={"value": value, "records": count})


def affected(connection: Connection, change: Change) -> list[Affected]:
    """How many records each dropped or retyped place holds."""
    found = []
    for step in change.steps:
        if isinstance(step, TableDropped):
            found.append(Affected(step.target, None, _count(connection, step.target)))
        elif isinstance(step, ColumnRetyped):
            found.append(Affected(step.target, step.column, _count(connection, step.old_target)))
    return found


def conversion_of(step: ColumnRetyped | ColumnNarrowed, column: str) -> Conversion:
    """How a step converts the values of a column."""
    if isinstance(step, ColumnRetyped):
        return conversion(column, step.old_kind, step.kind, converts=step.converts)
    return narrowing(column, step.options, is_many=step.is_many)


def _lost(connection: Connection, step: ColumnRetyped | ColumnNarrowed) -> Iterator[Problem]:
    column, table = quoted(step.old_column), quoted(table_name(step.old_target))
    query = (
        f"SELECT count(*), (array_agg(DISTINCT {column}::text))[1:{EXAMPLES}] FROM {table}"
        f" WHERE {conversion_of(step, step.old_column).lost}"
    ).encode()
    row = connection.execute(query).fetchone()
    if row is not None and row[0]:
        place = f"{step.target}.{step.column}"
        yield Problem("design.value_lost", place, data={"records": row[0], "examples": row[1]})


def _table(target: str) -> sql.Identifier:
    return sql.Identifier(table_name(target))


def _count(connection: Connection, target: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(_table(target))).fetchone()
    return row[0] if row is not None else 0
