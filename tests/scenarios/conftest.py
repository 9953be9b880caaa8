"""The company that the stories happen in."""

from collections.abc import Iterator
from itertools import count

import pytest

from onebook.access.actor import SYSTEM
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.storage.database import Database
from onebook.storage.schema import create_company
from tests.scenarios.world import NOW, World

_numbers = count(1)


@pytest.fixture(scope="module")
def application(database: Database) -> Application:
    return Application(database, now=lambda: NOW)


@pytest.fixture(scope="module")
def company_schema(application: Application) -> str:
    with application.database.administration() as connection:
        company = create_company(connection, f"Traders {next(_numbers)}")
    application.publish(company.schema, shipped_apps(), SYSTEM)
    return company.schema


@pytest.fixture
def world(application: Application, company_schema: str) -> Iterator[World]:
    """The company of the module; its book must be clean after every story."""
    world = World(application, company_schema)
    yield world
    world.assert_clean()
