"""The company that the stories happen in."""

from collections.abc import Iterator

import pytest

from onebook.engines.application import Application
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.conftest import Server
from tests.scenarios.depot import Depot
from tests.scenarios.northwind import Northwind, at_work, replayed
from tests.scenarios.school import School, opened_school
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


@pytest.fixture(scope="session")
def school_template(server: Server, published_template: str) -> Iterator[str]:
    """The name of a database with one company that also teaches."""
    with server.remembered(server.made_once("school", published_template, opened_school)) as name:
        yield name


@pytest.fixture(scope="module")
def company_school(server: Server, school_template: str) -> Iterator[School]:
    with server.copied(school_template) as database:
        yield School.of(database)


@pytest.fixture
def fresh_school(server: Server, school_template: str) -> Iterator[School]:
    """One in which nothing has happened yet."""
    with server.copied(school_template) as database:
        yield School.of(database)


@pytest.fixture
def school(company_school: School) -> Iterator[School]:
    """The school of the module, today; its book must be clean after every story."""
    company_school.clock[0] = NOW
    yield company_school
    company_school.assert_clean()


@pytest.fixture(scope="session")
def northwind_template(server: Server, published_template: str) -> str:
    """The name of a database with Northwind's two years."""
    name = "northwind"
    return server.made_once(name, published_template, lambda database: replayed(database, server.server.folder / name))


@pytest.fixture(scope="module")
def northwind(server: Server, northwind_template: str) -> Iterator[Northwind]:
    """Northwind's two years, for one module to go on with."""
    with (
        server.copied(northwind_template) as database,
        at_work(database, server.server.folder / northwind_template) as there,
    ):
        yield there
