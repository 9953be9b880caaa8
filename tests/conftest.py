"""One PostgreSQL server per test run, a fresh database per test module, a fresh company per test."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis.internal.constants_ast import Constants
from psycopg import sql
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from onebook.access import passwords
from onebook.definition.shipped import shipped_apps
from onebook.engines.design.publish import installed, publish
from onebook.engines.form.forms import forms_of
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
#: Files that take longer than others, the longest first: whoever begins with them does not wait for them in the end.
LONGEST = (
    "test_northwind.py",
    "test_openapi.py",
    "test_all_documents.py",
    "test_kill_product.py",
    "test_document_histories.py",
    "test_many_clients.py",
    "test_precision_parts.py",
    "test_ledger_late_effects.py",
    "test_ledger_histories.py",
    "test_kill_server.py",
    "test_kill_worker.py",
    "test_kill_rules.py",
    "test_mixed_load.py",
    "test_live_streams.py",
    "test_tutoring_desk.py",
    "test_every_statement.py",
    "test_reports_past.py",
    "test_reports_true.py",
)
_numbers = count(1)
_REAL = passwords._ARGON2


def pytest_configure(config: pytest.Config) -> None:
    """Files are dealt out in the order of collection; xdist would take those with few tests for short ones."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all others as they were."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes that cost next to nothing. What they cost outside of tests is for the tests of passwords."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_ARGON2", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def examples_of_their_own() -> Iterator[None]:
    """Hypothesis mixes in words of whatever modules are loaded. Without them a test that leaves nothing to chance tries
    the same alone, after others, and on any worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hypothesis.internal.conjecture.providers._get_local_constants", Constants)
        yield


@pytest.fixture
def real_passwords() -> Iterator[None]:
    """Hashes as the product makes them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_ARGON2", _REAL)
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()


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

    def has(self, database: str) -> bool:
        """Whether there is a database of this name."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (database,))
            return known.fetchone() is not None

    @contextmanager
    def alone(self, template: str) -> Iterator[None]:
        """While the other workers of this run that want this database wait."""
        with (self.server.folder / f"{template}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def copy(self, template: str, name: str) -> None:
        """Copy a database of which others may want copies too. While somebody reads it, it cannot be copied."""
        with self.alone(template):
            self.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)

    def made_once(self, name: str, template: str, make: Callable[[Database], object]) -> str:
        """The name of a database that the first worker who asks makes of a copy of another."""
        draft = f"{name}_{self.worker}"
        with self.alone(name):
            if not self.has(name):
                self.copy(template, draft)
                database = Database(self.url(draft))
                make(database)
                database.close()
                self.execute("ALTER DATABASE {} RENAME TO {}", draft, name)
        return name

    @contextmanager
    def remembered(self, name: str) -> Iterator[str]:
        """What is made of a database's declarations in memory stays for all modules."""
        with self.alone(name):
            database = Database(self.url(name), size=1)
            with database.administration() as connection:
                [company] = companies(connection)
            catalog = installed(database, company.schema)
            database.close()
        assert catalog is not None
        forms = forms_of(catalog)
        yield name
        del forms

    @contextmanager
    def copied(self, template: str) -> Iterator[Database]:
        """A copy that is gone in the end."""
        name = f"test_{self.worker}_{next(_numbers)}"
        self.copy(template, name)
        database = Database(self.url(name))
        yield database
        database.close()
        self.execute("DROP DATABASE {} WITH (FORCE)", name)


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
def published_template(server: Server, template: str) -> Iterator[str]:
    """The name of a database with one company in which all apps of the product are published."""

    def make(database: Database) -> None:
        with database.administration() as connection:
            company = create_company(connection, "Company")
        publish(database, company.schema, shipped_apps())

    with server.remembered(server.made_once("published", template, make)) as name:
        yield name


@pytest.fixture(scope="module")
def published(server: Server, published_template: str) -> Iterator[tuple[Database, Company]]:
    """A fresh database with one company and all apps, for modules that need no apps of their own: copied, not made."""
    with server.copied(published_template) as database:
        with database.administration() as connection:
            company = companies(connection)[0]
        yield database, company


@pytest.fixture(scope="module")
def database(server: Server, template: str) -> Iterator[Database]:
    """A fresh, migrated database for the tests of one module."""
    with server.copied(template) as database:
        yield database


@pytest.fixture
def company(database: Database) -> Company:
    """A fresh company without apps: the platform's and the ledger's tables only."""
    with database.administration() as connection:
        return create_company(connection, f"Company {next(_numbers)}")
