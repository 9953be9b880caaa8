"""First records: what apps bring along is made once and then belongs to the company."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg import sql

from onebook.access.actor import SYSTEM
from onebook.definition.app import Data
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldKind
from onebook.engines.design.refusals import SeedUnresolved
from onebook.engines.form.draft import NewRecord
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import gather
from onebook.engines.form.save import inserting
from onebook.engines.table.names import table_name
from onebook.expression.python import Context
from onebook.storage.transaction import Connection, Transaction
from onebook.values.refusal import Problem


class Seeding:
    """Makes the records that are not there yet. A record in the recycle bin counts as there: somebody put it there."""

    def __init__(self, connection: Connection, schema: str, catalog: Declarations, context: Context) -> None:
        """In the transaction of the connection."""
        self._connection = connection
        self._transaction = Transaction(connection, schema, ())
        self._catalog = catalog
        self._forms = Forms(catalog)
        self._context = context
        self._keys: dict[str, dict[str, int]] = {}

    def plant(self) -> int:
        """Make what is missing of all data, those without links first; how many records were made."""
        made = 0
        for data in sorted(self._catalog.data, key=self._depth):
            made += sum(self._plant(data, row) for row in self._missing(data))
        return made

    def _depth(self, data: Data) -> int:
        """How many links lead on from here to other data: what is pointed at comes first."""
        depth, names, seen = 0, {data.data}, {data.data}
        while names := {str(link) for name in names for link in self._links(name)} & self._planted() - seen:
            seen |= names
            depth += 1
        return depth

    def _planted(self) -> set[str]:
        return {data.data for data in self._catalog.data}

    def _links(self, form: str) -> Sequence[str]:
        return [field.to for field in self._catalog.forms[form].fields.values() if field.to is not None]

    def _missing(self, data: Data) -> list[Mapping[str, Any]]:
        present = self._present(data.data, data.key)
        if self._catalog.forms[data.data].singleton:
            return [] if present else list(data.rows[:1])
        return [row for row in data.rows if str(row[data.key]) not in present]

    def _plant(self, data: Data, row: Mapping[str, Any]) -> int:
        form = self._catalog.forms[data.data]
        values = {name: self._resolved(data, name, value) for name, value in row.items()}
        record = NewRecord(self._forms, form.form, values, SYSTEM, self._context, accept_warnings=True)
        gather(self._transaction, record)
        number_on = self._context.today if form.number and form.numbered_at == "create" else None
        saved = inserting(self._forms, form.form, record.finish(), SYSTEM, self._now(), number_on=number_on)
        self._transaction.run(*saved.statements)
        self._present(data.data, data.key)[str(row[data.key])] = record.id
        return 1

    def _now(self) -> datetime:
        return self._context.now

    def _resolved(self, data: Data, name: str, value: Any) -> Any:
        """Links are written as the key of the record they point to."""
        field = self._catalog.forms[data.data].fields[name]
        if field.kind is not FieldKind.LINK or value is None:
            return value
        for other in self._catalog.data:
            if other.data == field.to and str(value) in (known := self._present(other.data, other.key)):
                return known[str(value)]
        raise SeedUnresolved([Problem("design.seed_unresolved", f"{data.data}.{name}", data={"value": value})])

    def _present(self, form: str, key: str) -> dict[str, int]:
        if form not in self._keys:
            query = sql.SQL("SELECT {}::text, id FROM {}").format(sql.Identifier(key), sql.Identifier(table_name(form)))
            self._keys[form] = dict(self._connection.execute(query).fetchall())
        return self._keys[form]
