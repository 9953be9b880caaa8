"""A company with the shipped apps, and files to import into it."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.application import Application
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.request import ImportRequest, ImportResult
from onebook.engines.process.importing.run import Import
from onebook.storage.database import Database
from onebook.storage.schema import Company

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)


@dataclass
class World:
    database: Database
    ground: Ground

    def importing(self, form: str, content: bytes, actor: Actor = SYSTEM, **how: Any) -> Import:
        return Import(self.ground, ImportRequest(form, content, **how), actor, NOW)

    def take(self, form: str, content: bytes, actor: Actor = SYSTEM, **how: Any) -> ImportResult:
        return self.importing(form, content, actor, **how).run(self.database)

    def preview(self, form: str, content: bytes, actor: Actor = SYSTEM, **how: Any) -> ImportResult:
        return self.importing(form, content, actor, **how).preview(self.database)

    def ask(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.database.administration(self.ground.schema) as connection:
            return list(connection.execute(sql, parameters).fetchall())


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, place, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write(line, place, cell)
    return buffer.getvalue()


Codes = Callable[[ImportResult], list[tuple[int | None, str | None, str]]]


def wrong(result: ImportResult) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.field, one.code) for one in result.problems]


@pytest.fixture(scope="module")
def company_with_apps(published: tuple[Database, Company]) -> World:
    database, company = published
    return World(database, Application(database).ground(company.schema))


@pytest.fixture
def world(company_with_apps: World) -> Iterator[World]:
    """The company, empty of what tests import."""
    yield company_with_apps
    with company_with_apps.database.administration(company_with_apps.ground.schema) as connection:
        connection.execute("TRUNCATE sales_order, product, product_category, customer CASCADE")
        connection.execute("TRUNCATE onebook_change")
