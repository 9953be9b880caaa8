"""A company with the shipped apps, for lists and reports."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.app import App
from onebook.engines.application import Application
from onebook.engines.design.publish import publish
from onebook.engines.process.command import Command, Create, Run
from onebook.engines.process.execute import execute
from onebook.engines.process.ground import Ground
from onebook.engines.process.outcome import Outcome
from onebook.engines.report.list import Lists
from onebook.engines.report.report import Reports
from onebook.expression.context import Context
from onebook.storage.database import Database
from onebook.storage.schema import Company, create_company
from onebook.values.reference import RecordRef

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)


@dataclass
class World:
    """One company, whoever acts, and what they read."""

    database: Database
    ground: Ground
    lists: Lists
    reports: Reports

    def context(self, actor: Actor = SYSTEM) -> Context:
        return self.ground.context(actor, NOW)

    def create(self, form: str, values: dict[str, Any], then: str | None = None) -> Outcome:
        return execute(self.database, self.ground, Command(Create(form, values, then), SYSTEM), NOW)

    def run(self, form: str, record: int, transition: str) -> Outcome:
        return execute(self.database, self.ground, Command(Run(RecordRef(form, record), transition), SYSTEM), NOW)

    def ask(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.database.administration(self.ground.schema) as connection:
            return list(connection.execute(sql, parameters).fetchall())


def make_world(database: Database, apps: list[App]) -> World:
    with database.administration() as connection:
        company = create_company(connection, "Reports")
    publish(database, company.schema, apps)
    return world_of(database, company)


def world_of(database: Database, company: Company) -> World:
    ground = Application(database).ground(company.schema)
    return World(database, ground, Lists(ground.catalog, ground.tables), Reports(ground.catalog, ground.tables))


@pytest.fixture(scope="module")
def world(published: tuple[Database, Company]) -> World:
    return world_of(*published)
