"""A PostgreSQL of one's own: users with fewer rights than a superuser, databases of another encoding."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from onebook.storage.database import APPLICATION_ROLE, Database, NotUnicode
from onebook.storage.schema import PLATFORM, RightsMissing, migrate
from onebook.storage.transaction import Statement

Own = Callable[..., Database]


@pytest.fixture
def own(database: Database) -> Iterator[Own]:
    """Makes a database beside that of the test run, which a user of its own owns."""
    name = f"own_{urlsplit(database.url).path.strip('/')}"
    made: list[Database] = []

    def make(options: str = "", *, grant: str | None = None) -> Database:
        with _administrator(database) as run:
            run("CREATE ROLE {} LOGIN", name)
            if grant is not None:
                run("GRANT {} TO {} WITH " + grant, APPLICATION_ROLE, name)
            run("CREATE DATABASE {} OWNER {} " + options, name, name)
        parts = urlsplit(database.url)
        one = Database(parts._replace(netloc=f"{name}@", path=f"/{name}").geturl(), size=1)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
    with _administrator(database) as run:
        run("DROP DATABASE {} WITH (FORCE)", name)
        run("DROP OWNED BY {}", name)
        run("DROP ROLE {}", name)


@contextmanager
def _administrator(database: Database) -> Iterator[Callable[..., None]]:
    with psycopg.connect(database.url, autocommit=True) as connection:

        def run(text: LiteralString, *names: str) -> None:
            connection.execute(sql.SQL(text).format(*map(sql.Identifier, names)))

        yield run


def test_whoever_makes_the_role_may_switch_to_it(own: Own) -> None:
    """A user who creates a role becomes its administrator, which is not yet the right to act as it."""
    one = own(grant="ADMIN TRUE, INHERIT FALSE, SET FALSE")
    assert migrate(one)
    with one.transaction(PLATFORM, read_only=True) as transaction:
        [[(role,)]] = transaction.run(Statement("SELECT current_user"))
    assert role == APPLICATION_ROLE


def test_a_user_without_the_rights_is_told_which(own: Own) -> None:
    with pytest.raises(RightsMissing) as refusal:
        migrate(own())
    assert APPLICATION_ROLE in str(refusal.value.data["reason"])


def test_a_database_that_cannot_hold_every_text_is_refused(own: Own) -> None:
    one = own("TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(NotUnicode) as refusal:
        migrate(one)
    assert refusal.value.data["encoding"] == "LATIN1"
