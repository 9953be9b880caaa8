"""The company that the stories happen in."""

from collections.abc import Iterator

import pytest

from onebook.engines.application import Application
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.scenarios.depot import Depot
from tests.scenarios.school import School
from tests.scenarios.world import NOW, World


@pytest.fixture(scope="module")
def application(published: tuple[Database, Company]) -> Application:
    return Application(published[0], now=lambda: NOW)


@pytest.fixture(scope="module")
def company_schema(published: tuple[Database, Company]) -> str:
    return published[1].schema


@pytest.fixture
def world(application: Application, company_schema: str) -> Iterator[World]:
    """The company of the module; its book must be clean after every story."""
    world = World(application, company_schema)
    yield world
    world.assert_clean()


@pytest.fixture
def depot(database: Database, company: Company) -> Iterator[Depot]:
    depot = Depot.opened(database, company)
    yield depot
    depot.assert_clean()


@pytest.fixture
def place(depot: Depot) -> int:
    return depot.made("place", name="总仓").id


@pytest.fixture(scope="module")
def company_school(published: tuple[Database, Company]) -> School:
    return School.opened(published[0], published[1].schema)


@pytest.fixture
def school(company_school: School) -> Iterator[School]:
    """The school of the module, today; its book must be clean after every story."""
    company_school.clock[0] = NOW
    yield company_school
    company_school.assert_clean()
