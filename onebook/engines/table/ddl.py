"""Tables as text for publishing: create, add, drop and retype, with everything the database itself guards."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Dialect, ForeignKeyConstraint, Index, Table
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex, CreateTable

from onebook.engines.table.names import identifier
from onebook.engines.table.tables import Tables

_DIALECT: Final[Dialect] = PGDialect()  # type: ignore[no-untyped-call]


def create_all(tables: Tables) -> list[str]:
    """Everything for an empty company: tables and indexes first, foreign keys after all tables (forms may point at
    each other in circles)."""
    every = tables.all().values()
    created = [text for table in every for text in (create_table(table), *create_indexes(table))]
    return created + [text for table in every for text in add_foreign_keys(table)]


def create_table(table: Table) -> str:
    """CREATE TABLE with its columns and checks, without foreign keys and indexes."""
    return _text(CreateTable(table, include_foreign_key_constraints=[]))


def create_indexes(table: Table) -> list[str]:
    """CREATE INDEX for each index of the table, in the order of their names."""
    return [create_index(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]


def create_index(index: Index) -> str:
    """CREATE INDEX for one index."""
    return _text(CreateIndex(index))


def mark_index(name: str, text: str) -> str:
    """COMMENT ON INDEX with a digest of the text that made it: what it is of, whatever the server makes of the text."""
    return f"COMMENT ON INDEX {quoted(name)} IS '{digest(text)}'"


def digest(text: str) -> str:
    """What tells one CREATE INDEX from another."""
    return sha256(text.encode()).hexdigest()[:32]


def drop_index(name: str) -> str:
    """DROP INDEX."""
    return f"DROP INDEX IF EXISTS {quoted(name)}"


def add_foreign_keys(table: Table, columns: Sequence[str] | None = None) -> list[str]:
    """ALTER TABLE ... ADD CONSTRAINT for the foreign keys of a table, or of some of its columns."""
    return [
        _text(AddConstraint(constraint, isolate_from_table=False))
        for constraint in foreign_keys(table)
        if columns is None or set(constraint.column_keys) & set(columns)
    ]


def foreign_keys(table: Table) -> list[ForeignKeyConstraint]:
    """The foreign keys of a table, in the order of their columns."""
    order = list(table.c.keys())
    return sorted(table.foreign_key_constraints, key=lambda constraint: order.index(constraint.column_keys[0]))


def checks(table: Table) -> dict[str, CheckConstraint]:
    """The named checks of a table."""
    found = [constraint for constraint in table.constraints if isinstance(constraint, CheckConstraint)]
    return {str(check.name): check for check in sorted(found, key=lambda check: str(check.name))}


def add_checks(table: Table, columns: Sequence[str] | None = None) -> list[str]:
    """ALTER TABLE ... ADD CONSTRAINT for the checks of a table, or of some of its columns."""
    wanted = None if columns is None else {name for column in columns for name in check_names(table, column)}
    return [
        _text(AddConstraint(check, isolate_from_table=False))
        for name, check in checks(table).items()
        if wanted is None or name in wanted
    ]


def check_names(table: Table, column: str) -> tuple[str, ...]:
    """What the checks of a column are called, whether it has them or had them."""
    return identifier(table.name, column, "options"), identifier(table.name, column, "month")


def drop_constraint(table: Table, name: str) -> str:
    """ALTER TABLE ... DROP CONSTRAINT, if it is there."""
    return f"ALTER TABLE {quoted(table.name)} DROP CONSTRAINT IF EXISTS {quoted(name)}"


def add_column(table: Table, column: str) -> str:
    """ALTER TABLE ... ADD COLUMN; its checks, keys and indexes are added apart."""
    return f"ALTER TABLE {quoted(table.name)} ADD COLUMN {_text(CreateColumn(table.c[column]))}"


def drop_column(table: str, column: str) -> str:
    """ALTER TABLE ... DROP COLUMN."""
    return f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(column)}"


def rename_column(table: str, old: str, new: str) -> str:
    """ALTER TABLE ... RENAME COLUMN."""
    return f"ALTER TABLE {quoted(table)} RENAME COLUMN {quoted(old)} TO {quoted(new)}"


def rename_table(old: str, new: str) -> str:
    """ALTER TABLE ... RENAME TO."""
    return f"ALTER TABLE {quoted(old)} RENAME TO {quoted(new)}"


def retype_column(table: Table, column: str, using: str) -> str:
    """ALTER TABLE ... ALTER COLUMN ... TYPE with the expression that converts the old value."""
    change = f"ALTER COLUMN {quoted(column)} TYPE {sql_type(table.c[column])} USING {using}"
    return f"ALTER TABLE {quoted(table.name)} {change}"


def sql_type(column: Column[Any]) -> str:
    """The SQL name of a column's type."""
    return str(column.type.compile(dialect=_DIALECT))


def quoted(name: str) -> str:
    """A name in double quotes; names of declarations hold no quotes themselves."""
    return f'"{name}"'


def names_of_indexes(table: Table) -> Iterator[str]:
    """What the indexes of a table are called."""
    return (str(index.name) for index in table.indexes)


def _text(element: Any) -> str:
    # Sent without parameters, so percent signs stand for themselves.
    return str(element.compile(dialect=_DIALECT)).strip().replace("%%", "%")
