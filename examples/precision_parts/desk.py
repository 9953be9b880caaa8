"""Where the demo company's people give their commands: a thin face over the application's one door."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Command, Create, Reverse, Run, Update
from onebook.engines.process.outcome import Outcome
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import ListRequest
from onebook.values.label import CHINESE
from onebook.values.reference import RecordRef

EVERYTHING = 1000


@dataclass(frozen=True)
class Record:
    """A record as the last command left it, and the documents that command made."""

    form: str
    id: int
    version: int
    made: tuple[RecordRef, ...] = ()

    @property
    def ref(self) -> RecordRef:
        """Where it is."""
        return RecordRef(self.form, self.id)

    def created(self, form: str) -> "Record":
        """The document of a form that the command made."""
        return next(Record(ref.form, ref.id, 1) for ref in self.made if ref.form == form)


class Desk:
    """Commands of one company, each given by one of its people."""

    def __init__(self, application: Application, schema: str, actors: Mapping[str, Actor]) -> None:
        """For a company and its people by login."""
        self._application = application
        self._schema = schema
        self._actors = actors
        self.commands = 0

    def create(self, login: str | None, form: str, values: Mapping[str, Any], then: str | None = None) -> Record:
        """A new record; without a login it is made by the system."""
        return self._do(login, Create(form, values, then))

    def update(self, login: str | None, record: Record, values: Mapping[str, Any], then: str | None = None) -> Record:
        """Other values for a record as it stood."""
        return self._do(login, Update(record.ref, record.version, values, then=then))

    def run(self, login: str, record: Record, transition: str) -> Record:
        """A step of a record."""
        return self._do(login, Run(record.ref, transition))

    def undo(self, login: str, record: Record) -> Record:
        """The exact inverse of the record's latest step."""
        return self._do(login, Reverse(record.ref))

    def again(self, record: Record) -> Record:
        """A record as it stands now."""
        page = self._application.read(self._schema, SYSTEM, record.ref, CHINESE)
        return Record(record.form, record.id, page["version"])

    def read(self, record: Record) -> dict[str, Any]:
        """The values of a record."""
        page = self._application.read(self._schema, SYSTEM, record.ref, CHINESE)
        values: dict[str, Any] = page["values"]
        return values

    def first(self, form: str) -> Record:
        """The only record of a form, or its first."""
        [row] = self._application.list(self._schema, SYSTEM, ListRequest(form, columns=("version",), limit=1)).rows
        return Record(form, row["id"], row["version"])

    def ids(self, form: str, key: str) -> dict[str, int]:
        """Ids of all records of a form by the value of a field."""
        page = self._application.list(self._schema, SYSTEM, ListRequest(form, columns=(key,), limit=EVERYTHING))
        return {row[key]: row["id"] for row in page.rows}

    def stock(self) -> dict[int, Decimal]:
        """What there will be of each product once every promise has come true; without those there is nothing of."""
        page = self._application.report(self._schema, SYSTEM, ReportRequest("stock_list", {}, limit=EVERYTHING))
        stock: defaultdict[int, Decimal] = defaultdict(Decimal)
        for row in page.rows:
            promised = Decimal(row["in_transit"]) - Decimal(row["waiting"])
            stock[row["item"]["id"]] += Decimal(row["available"]) + promised
        return stock

    def _do(self, login: str | None, action: Action) -> Record:
        actor = SYSTEM if login is None else self._actors[login]
        outcome: Outcome = self._application.execute(self._schema, Command(action, actor))
        self.commands += 1
        return Record(outcome.record.form, outcome.record.id, outcome.version, outcome.created)
