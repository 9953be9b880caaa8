"""A depot that keeps things in lots and spots, declared in one text: every way in which goods can move."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.design.publish import publish
from onebook.engines.process.command import Action, Command, Create, Reverse, Run, Update
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preview import Preview
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Rows, Statement
from onebook.values.reference import RecordRef
from tests.scenarios.world import NOW

TEXT: Final = (Path(__file__).parents[1] / "data" / "depot.yaml").read_text("utf-8")


@dataclass
class Depot:
    """One company that publishes the depot, and what happens in it."""

    application: Application
    schema: str
    actor: Actor = SYSTEM
    trips: list[int] = field(default_factory=list)

    @classmethod
    def opened(cls, database: Database, company: Company, text: str = TEXT) -> "Depot":
        publish(database, company.schema, [read_text(text)])
        return cls(Application(database, now=lambda: NOW), company.schema)

    def do(self, action: Action) -> Outcome:
        return self.application.execute(self.schema, Command(action, self.actor))

    def preview(self, action: Action) -> Preview:
        return self.application.preview(self.schema, Command(action, self.actor))

    def made(self, form: str, then: str | None = None, **values: Any) -> RecordRef:
        return self.do(Create(form, values, then)).record

    def run(self, record: RecordRef, step: str) -> Outcome:
        return self.do(Run(record, step))

    def undo(self, record: RecordRef) -> Outcome:
        return self.do(Reverse(record))

    def change(self, record: RecordRef, **values: Any) -> Outcome:
        return self.do(Update(record, None, values))  # type: ignore[arg-type]  # whatever it is now

    def ask(self, sql: str, **parameters: Any) -> Rows:
        with self.application.database.transaction(self.schema, read_only=True) as transaction:
            return transaction.run(Statement(sql, parameters))[0]

    def rows(self, record: RecordRef, lines: str, *names: str) -> Rows:
        columns = ", ".join(f'"{name}"' for name in names)
        table = f"{record.form}__{lines}"
        return self.ask(f'SELECT {columns} FROM "{table}" WHERE parent = %(id)s ORDER BY position', id=record.id)

    def balance(self, role: str, **at: int) -> tuple[Decimal, Decimal]:
        """Quantity and amount of all accounts of a role at dimensions, from the entries."""
        where = " AND ".join([f"a.{name} = %({name})s" for name in at] or ["true"])
        rows = self.ask(
            "SELECT coalesce(sum(e.quantity), 0), coalesce(sum(e.amount), 0) FROM ledger_entry e"
            f" JOIN ledger_account a ON a.id = e.account WHERE a.role = %(role)s AND {where}",
            role=role,
            **at,
        )
        return rows[0][0], rows[0][1]

    def assert_clean(self) -> None:
        assert self.application.check(self.schema) == []
