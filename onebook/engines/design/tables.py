"""Making the tables of a change: every step in the publishing transaction, with what is dropped kept aside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, LiteralString

from psycopg import sql
from sqlalchemy import Table

from onebook.definition.declarations import Declarations
from onebook.engines.design.change import (
    Change,
    ColumnAdded,
    ColumnDropped,
    ColumnNarrowed,
    ColumnRenamed,
    ColumnRetyped,
    Step,
    TableAdded,
    TableDropped,
    TableRenamed,
)
from onebook.engines.design.losses import conversion_of
from onebook.engines.table import ddl
from onebook.engines.table.names import table_name
from onebook.engines.table.tables import tables_of
from onebook.storage.transaction import Connection, Rows

#: Room for `__v` and a version in the 63 bytes of a name.
_LONGEST_BASE: Final = 54
#: How the name of everything begins that was dropped and lies aside.
_KEPT: Final = "kept__"
#: What names the forms of records: the trail, the book, the series of numbers, what people said and set up.
_NAMING: Final = (
    "onebook_step", "onebook_change", "onebook_number", "onebook_comment", "onebook_attachment", "onebook_notification",
    "onebook_message", "onebook_view", "onebook_view_default", "onebook_event", "onebook_firing", "onebook_flow",
    "ledger_journal", "ledger_hold",
)  # fmt: skip


class Publishing:
    """The tables of a company on their way from one catalog to the next."""

    def __init__(
        self, connection: Connection, schema: str, old: Declarations | None, new: Declarations, version: int
    ) -> None:
        """In the transaction of the connection, whose search path is the company's schema."""
        self._connection = connection
        self._schema = schema
        self._before = tables_of(old) if old is not None else None
        self._after = tables_of(new)
        self._new = new
        self._version = version
        #: Statements that nobody has needed the effect of yet: they travel together.
        self._waiting: list[str] = []
        self._kept_tables: list[str] = []

    def make(self, change: Change) -> None:
        """Every step, then whatever guards and indexes the tables now need."""
        rows = self._ask("SELECT tablename FROM pg_tables WHERE schemaname = %s", (self._schema,))
        self._kept_tables = [str(name) for (name,) in rows if name.startswith(_KEPT)]
        touched = self._touched(change)
        for target in touched & (self._before.all().keys() if self._before else set()):
            self._unguard(table_name(target))
        for step in change.steps:
            self._make(step)
        self._guard()
        self._send()

    def _touched(self, change: Change) -> set[str]:
        """The old tables whose guards stand in the way: of dropped or renamed things, and where options changed."""
        found: set[str] = set()
        for step in change.steps:
            match step:
                case TableDropped(target):
                    found.add(target)
                case TableRenamed(old):
                    found.add(old)
                case ColumnRetyped(old_target=old) | ColumnNarrowed(old_target=old):
                    found.add(old)
                case ColumnDropped(target) | ColumnRenamed(target):
                    found.add(target)
        return found

    def _make(self, step: Step) -> None:
        match step:
            case TableDropped(target):
                self._unguard(table_name(target))
                self._run(ddl.rename_table(table_name(target), self._aside(table_name(target))))
            case TableRenamed(old, target):
                self._run(ddl.rename_table(table_name(old), table_name(target)))
                if target in self._new.forms:
                    self._call_anew(old, target)
                self._unguard(table_name(target))
            case TableAdded(target):
                self._add_table(self._after.of(target))
            case ColumnDropped(target, column):
                self._drop_column(table_name(target), column)
            case ColumnRenamed(target, old, column):
                self._run(ddl.rename_column(table_name(target), old, column))
            case ColumnAdded(target, column):
                self._add_column(target, column)
            case ColumnRetyped(target, column) | ColumnNarrowed(target, column):
                self._retype(step, self._after.of(target), column)
            case _:
                pass

    def _call_anew(self, old: str, form: str) -> None:
        """What was said, done and counted of the records of a form goes on under its new name. Journals are never
        changed but for this: it is who they belong to, called otherwise, and not what they say."""
        self._run("ALTER TABLE ledger_journal DISABLE TRIGGER append_only")
        self._send()
        for table in _NAMING:
            update = sql.SQL("UPDATE {} SET form = %s WHERE form = %s").format(sql.Identifier(table))
            self._connection.execute(update, (form, old))
        self._run("ALTER TABLE ledger_journal ENABLE TRIGGER append_only")

    def _add_table(self, table: Table) -> None:
        kept = self._kept_table(table.name)
        if kept is None:
            self._run(ddl.create_table(table))
            return
        self._run(ddl.rename_table(kept, table.name))
        standing = {name for name, _ in self._columns(table.name)}
        for column in table.columns:
            if column.name not in standing:
                self._run(ddl.add_column(table, column.name))

    def _drop_column(self, table: str, column: str) -> None:
        self._run(f"ALTER TABLE {ddl.quoted(table)} ALTER COLUMN {ddl.quoted(column)} DROP NOT NULL")
        self._run(ddl.rename_column(table, column, self._aside(column)))

    def _add_column(self, target: str, column: str) -> None:
        table = self._after.of(target)
        kept = self._kept_column(table, column)
        if kept is not None:
            self._run(ddl.rename_column(table.name, kept, column))
        elif column != "state":
            self._run(ddl.add_column(table, column))
            return
        if column == "state":
            self._begin_states(target, table, exists=kept is not None)

    def _begin_states(self, target: str, table: Table, *, exists: bool) -> None:
        """Records that had no state begin in the first one."""
        name = ddl.quoted(table.name)
        if not exists:
            self._run(f"ALTER TABLE {name} ADD COLUMN state text")
        first = self._new.forms[target].first_state
        self._send()
        update = sql.SQL("UPDATE {} SET state = %s WHERE state IS NULL").format(sql.Identifier(table.name))
        self._connection.execute(update, (first,))
        self._run(f"ALTER TABLE {name} ALTER COLUMN state SET NOT NULL")

    def _retype(self, step: ColumnRetyped | ColumnNarrowed, table: Table, column: str) -> None:
        """A new column filled with what converts; the old one stays aside, so that nothing is lost."""
        aside = self._aside(column)
        self._run(ddl.rename_column(table.name, column, aside))
        self._run(ddl.add_column(table, column))
        value = conversion_of(step, aside).value
        self._run(f"UPDATE {ddl.quoted(table.name)} SET {ddl.quoted(column)} = {value}")

    def _unguard(self, table: str) -> None:
        """Drop the checks, the foreign keys from and to it, and the indexes of a table, all but its key."""
        constraints = self._ask(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'f') AND connamespace = %(schema)s::regnamespace"
            " AND (conrelid = %(table)s::regclass OR (contype = 'f' AND confrelid = %(table)s::regclass))",
            {"schema": ddl.quoted(self._schema), "table": ddl.quoted(table)},
        )
        for owner, name in constraints:
            self._run(f"ALTER TABLE {owner} DROP CONSTRAINT {ddl.quoted(name)}")
        indexes = self._ask(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND NOT indisprimary",
            (ddl.quoted(table),),
        )
        for (name,) in indexes:
            self._run(f"DROP INDEX {name}")

    def _guard(self) -> None:
        """Every check, foreign key and index that the tables should have and do not have, and none that changed."""
        constraints = {
            (table, name): definition
            for table, name, definition in self._ask(
                "SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint"
                " JOIN pg_class ON pg_class.oid = conrelid WHERE connamespace = %s::regnamespace",
                (ddl.quoted(self._schema),),
            )
        }
        standing = self._standing_indexes()
        for target, table in self._after.all().items():
            former = self._before.all().get(target) if self._before else None
            self._guard_checks(table, former, constraints.keys())
            self._guard_indexes(table, standing.get(table.name, {}))
        for table in self._after.all().values():
            missing = [
                key.column_keys[0] for key in ddl.foreign_keys(table) if (table.name, str(key.name)) not in constraints
            ]
            for text in ddl.add_foreign_keys(table, missing) if missing else ():
                self._run(text)

    def _guard_checks(self, table: Table, former: Table | None, standing: Iterable[tuple[str, str]]) -> None:
        present = {name for owner, name in standing if owner == table.name}
        before = {name: str(check.sqltext) for name, check in ddl.checks(former).items()} if former is not None else {}
        wanted = ddl.checks(table)
        for name, check in wanted.items():
            changed = name in before and before[name] != str(check.sqltext)
            if name in present and changed:
                self._run(ddl.drop_constraint(table, name))
            if name not in present or changed:
                rule = f"CONSTRAINT {ddl.quoted(name)} CHECK ({check.sqltext})"
                self._run(f"ALTER TABLE {ddl.quoted(table.name)} ADD {rule}")
        for name in before.keys() - wanted.keys():
            self._run(ddl.drop_constraint(table, name))

    def _standing_indexes(self) -> Mapping[str, Mapping[str, str | None]]:
        """The indexes of each table but its key, with the marks of the texts that made them."""
        found: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
        for table, name, mark in self._ask(
            "SELECT owner.relname, made.relname, obj_description(made.oid, 'pg_class') FROM pg_index"
            " JOIN pg_class owner ON owner.oid = indrelid JOIN pg_class made ON made.oid = indexrelid"
            " WHERE owner.relnamespace = %s::regnamespace AND NOT indisprimary",
            (ddl.quoted(self._schema),),
        ):
            found[table][name] = mark
        return found

    def _guard_indexes(self, table: Table, standing: Mapping[str, str | None]) -> None:
        """What the product says of the indexes of a table may have changed with the product, not with the declarations:
        those that were made by another text are made anew, and those that nobody wants any more go."""
        wanted = {str(index.name): ddl.create_index(index) for index in table.indexes}
        current = {name for name, text in wanted.items() if standing.get(name) == ddl.digest(text)}
        for name in sorted(standing.keys() - current):
            self._run(ddl.drop_index(name))
        for name, text in wanted.items():
            if name not in current:
                self._run(text)
                self._run(ddl.mark_index(name, text))

    def _aside(self, name: str) -> str:
        return f"{_base(name)}__v{self._version}"

    def _kept_table(self, name: str) -> str | None:
        """The newest table that was once dropped under this name."""
        kept = [found for found in self._kept_tables if found.startswith(f"{_base(name)}__v")]
        return max(kept, key=_version_of, default=None)

    def _kept_column(self, table: Table, column: str) -> str | None:
        """The newest column of the same type that was once dropped under this name."""
        kind = ddl.sql_type(table.c[column]).replace(" ", "").lower()
        kept = [
            name
            for name, type_ in self._columns(table.name)
            if name.startswith(f"{_base(column)}__v") and _spelled(type_) == _spelled(kind)
        ]
        return max(kept, key=_version_of, default=None)

    def _columns(self, table: str) -> list[tuple[str, str]]:
        rows = self._ask(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (ddl.quoted(table),),
        )
        return [(str(name), str(kind)) for name, kind in rows]

    def _run(self, text: str) -> None:
        self._waiting.append(text)

    def _send(self) -> None:
        if self._waiting:
            self._connection.execute(";\n".join(self._waiting).encode())
            self._waiting.clear()

    def _ask(self, query: LiteralString, parameters: Mapping[str, object] | Sequence[object]) -> Rows:
        """The rows of a question about the tables as they are by now."""
        self._send()
        return self._connection.execute(query, parameters).fetchall()


def _base(name: str) -> str:
    """What a kept thing is called, without its version; double underscores never begin a declared name."""
    if len(name) > _LONGEST_BASE - len(_KEPT):
        name = f"{name[: _LONGEST_BASE - 15]}_{sha256(name.encode()).hexdigest()[:8]}"
    return f"{_KEPT}{name}"


def _version_of(name: str) -> int:
    return int(name.rpartition("__v")[2])


def _spelled(kind: str) -> str:
    return kind.replace(" ", "").lower().replace("timestampwithtimezone", "timestamptz")
