"""One PostgreSQL server per test run, a fresh database per test module, a fresh company per test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from onebook.definition.shipped import shipped_apps
from onebook.engines.design.publish import publish
from onebook.storage.database import Database
from onebook.storage.embedded import EmbeddedServer
from onebook.storage.schema import Company, companies, create_company, migrate

#: Tests do not survive power cuts; the tests that kill servers start their own, durable ones.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
}
_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """Where the tests' databases lie."""

    server: EmbeddedServer
    worker: str

    def url(self, database: str) -> str:
        return self.server.url(database)

    def execute(self, statement: str, *names: str) -> None:
        """Run one statement of administration, outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def server(worker_id: str) -> Iterator[Server]:
    """The server of this test run, shared by its parallel workers; the last one to end stops it and removes it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    folder = Path(tempfile.gettempdir()) / f"onebook-tests-{os.getuid()}-{run[:12]}"
    server = EmbeddedServer(folder, FAST)
    server.start()
    try:
        yield Server(server, worker_id)
    finally:
        server.stop()
        if server.running_pid() is None:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a migrated database without companies, copied for every module that asks for `database`."""
    name = f"template_{server.worker}"
    server.execute("CREATE DATABASE {}", name)
    database = Database(server.url(name), size=1)
    migrate(database)
    database.close()
    return name


@pytest.fixture(scope="session")
def published_template(server: Server, template: str) -> str:
    """The name of a database with one company in which all apps of the product are published."""
    name = f"published_{server.worker}"
    server.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
    database = Database(server.url(name), size=1)
    with database.administration() as connection:
        company = create_company(connection, "Company")
    publish(database, company.schema, shipped_apps())
    database.close()
    return name


@pytest.fixture(scope="module")
def published(server: Server, published_template: str) -> Iterator[tuple[Database, Company]]:
    """A fresh database with one company and all apps, for modules that need no apps of their own: copied, not made."""
    name = f"test_{server.worker}_{next(_numbers)}"
    server.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, published_template)
    database = Database(server.url(name))
    with database.administration() as connection:
        company = companies(connection)[0]
    yield database, company
    database.close()
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="module")
def database(server: Server, template: str) -> Iterator[Database]:
    """A fresh, migrated database for the tests of one module."""
    name = f"test_{server.worker}_{next(_numbers)}"
    server.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
    database = Database(server.url(name))
    yield database
    database.close()
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def company(database: Database) -> Company:
    """A fresh company without apps: the platform's and the ledger's tables only."""
    with database.administration() as connection:
        return create_company(connection, f"Company {next(_numbers)}")
