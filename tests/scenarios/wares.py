"""A small store of its own declarations: for what no shipped app need say, and every app may."""

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.process.command import CreateFromRows
from onebook.engines.process.outcome import Outcome
from onebook.engines.report.report import ReportRequest
from onebook.storage.database import Database
from onebook.storage.schema import create_company
from onebook.values.reference import RecordRef
from tests.scenarios.world import NOW, World

_numbers = count(1)
APP = Path(__file__).with_name("wares.yaml")


@dataclass
class Wares(World):
    """A small store: four things of two makers, one of nobody, in one place."""

    place: int = 0
    ids: tuple[int, ...] = ()

    def make(self, report: str, name: str, rows: list[dict[str, Any]] | None = None, **more: Any) -> Outcome:
        form = next(
            one.form for one in self.application.ground(self.schema).catalog.reports[report].creates if one.name == name
        )
        key = more.pop("key", None)
        chosen = None if rows is None else tuple(rows)
        return self.do(CreateFromRows(report, name, form, more.pop("parameters", {}), chosen, **more), key)

    def page(self, report: str) -> Any:
        return self.application.report(self.schema, self.actor, ReportRequest(report, {}))

    def drafts(self, outcome: Outcome) -> list[dict[str, Any]]:
        return [self.record(one) for one in (outcome.record, *outcome.created)]

    def record(self, ref: RecordRef) -> dict[str, Any]:
        page = self.application.read(self.schema, SYSTEM, ref, "en")
        return dict(page["values"]) | {"state": page["state"], "number": page["number"]}

    def acting(self, role: str) -> "Wares":
        """The same store, seen by somebody with one role."""
        user = self.made("user", name=role, login=f"{role}{next(_numbers)}", roles=[role]).id
        return replace(self, actor=Actor(user, role, frozenset((role,))))


def opened(database: Database) -> Wares:
    """A new company with the store's goods: some of the first and of the third are there."""
    application = Application(database, now=lambda: NOW)
    with database.administration() as connection:
        company = create_company(connection, f"Wares {next(_numbers)}")
    application.publish(company.schema, [read_text(APP.read_text(encoding="utf-8"))], SYSTEM)
    world = Wares(application, company.schema)
    world.made("company", name="Wares")
    fast = world.made("maker", name="快", days="2").id
    slow = world.made("maker", name="慢").id
    world.place = world.made("place", name="主仓").id
    things: list[dict[str, Any]] = [
        {"name": "甲", "maker": fast, "least": "10", "price": "2"},
        {"name": "乙", "maker": slow, "least": "7", "price": "3"},
        {"name": "丙", "maker": fast, "least": "5.5"},
        {"name": "丁", "least": "4"},
    ]
    world.ids = tuple(world.made("thing", **one).id for one in things)
    lines = [{"thing": world.ids[0], "quantity": "4"}, {"thing": world.ids[2], "quantity": "1", "price": "9"}]
    world.made("receipt", "post", place=world.place, lines=lines)
    return world
