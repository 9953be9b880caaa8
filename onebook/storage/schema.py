"""The schemas of platform and companies: creating them, and bringing them up to date with numbered SQL files."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, LiteralString

from psycopg import errors, sql

from onebook.storage import queue
from onebook.storage.database import APPLICATION_ROLE, Database
from onebook.storage.transaction import Connection
from onebook.values.refusal import Refusal, Status

PLATFORM: Final = "onebook"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
#: Any number will do, as long as nobody else locks it.
MIGRATION_LOCK: Final = 7_260_145
LONGEST_NAME: Final = 100
#: From here on a member of a role may switch to it only if it was granted so.
SEPARATE_SET_RIGHT: Final = 160000


@dataclass(frozen=True, slots=True)
class Company:
    """A company of this server and the schema that its tables lie in."""

    id: int
    name: str
    schema: str
    created_at: datetime


class CompanyExists(Refusal):
    """There is a company of this name already."""

    code = "storage.company_exists"
    status = Status.CONFLICT


class CompanyNameWrong(Refusal):
    """A company is called something that can be read, of a bearable length."""

    code = "storage.company_name"


class RightsMissing(Refusal):
    """The database user may not do what an installation needs; the data has the server's own words."""

    code = "storage.rights_missing"


class CompanyUnknown(Refusal):
    """No company has this name; the data lists those that exist."""

    code = "storage.company_unknown"
    status = Status.NOT_FOUND


def migrate(database: Database) -> list[str]:
    """Bring platform, queue and every company up to date; the names of what was applied. Safe to run at any time.

    The platform and each company is one transaction of its own; two processes that start at once wait for each other.
    """
    try:
        return _migrate(database)
    except errors.InsufficientPrivilege as error:
        raise RightsMissing(reason=error.diag.message_primary) from error


def _migrate(database: Database) -> list[str]:
    with database.administration() as connection:
        _lock(connection)
        applied = _migrate_platform(connection)
        known = companies(connection)
    for company in known:
        with database.administration() as connection:
            _lock(connection)
            applied += _migrate_company(connection, company.schema)
    return applied


def create_company(connection: Connection, name: str) -> Company:
    """Enter a company and create its schema. Refuses a name that is taken, or is none."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise CompanyNameWrong(longest=LONGEST_NAME)
    try:
        with connection.transaction():
            row = connection.execute(
                "INSERT INTO onebook.company (name, schema) "
                "VALUES (%s, 'company_' || currval(pg_get_serial_sequence('onebook.company', 'id')))"
                " RETURNING id, name, schema, created_at",
                (name,),
            ).fetchone()
    except errors.UniqueViolation as error:
        raise CompanyExists(name=name) from error
    assert row is not None
    company = Company(*row)
    create_company_schema(connection, company.schema)
    return company


def drop_company(connection: Connection, company: Company) -> None:
    """Remove a company with everything in it, for ever."""
    connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(company.schema)))
    connection.execute("DELETE FROM onebook.company WHERE id = %s", (company.id,))


def companies(connection: Connection) -> list[Company]:
    """All companies, in the order they were created."""
    rows = connection.execute("SELECT id, name, schema, created_at FROM onebook.company ORDER BY id").fetchall()
    return [Company(*row) for row in rows]


def company_named(connection: Connection, name: str) -> Company:
    """The company of a name, or of a schema. Refuses with the names that exist."""
    known = companies(connection)
    for company in known:
        if name in (company.name, company.schema):
            return company
    raise CompanyUnknown(name=name, known=[company.name for company in known])


def create_company_schema(connection: Connection, schema: str) -> None:
    """Create a company's schema with its grants and its own tables; the tables of forms come with the apps."""
    name = sql.Identifier(schema)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(name, sql.Identifier(APPLICATION_ROLE)))
    _migrate_company(connection, schema)


def _migrate_platform(connection: Connection) -> list[str]:
    _create_role(connection)
    connection.execute("CREATE SCHEMA IF NOT EXISTS onebook")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS onebook.migration ("
        " scope text NOT NULL, name text NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (scope, name))"
    )
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA onebook TO {}").format(sql.Identifier(APPLICATION_ROLE)))
    applied = _apply(connection, PLATFORM, _files("platform"))
    installed = _recorded(connection, queue.SCHEMA)
    steps = queue.install(connection, installed)
    _record(connection, queue.SCHEMA, steps)
    if steps:
        applied.append(f"{queue.SCHEMA}: {steps[-1].removesuffix('.sql')}")
    return applied


def _migrate_company(connection: Connection, schema: str) -> list[str]:
    """The platform's own tables of a company. What they allow is granted in the files, table by table; tables that
    apps declare get the usual rights of the application role by default."""
    connection.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(schema)))
    _default_rights(connection, schema, "REVOKE", "FROM")
    applied = _apply(connection, schema, _files("company"))
    _default_rights(connection, schema, "GRANT", "TO")
    return applied


def _default_rights(connection: Connection, schema: str, verb: LiteralString, preposition: LiteralString) -> None:
    for rights in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE ON SEQUENCES"):
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} " + verb + " " + rights + " " + preposition + " {}").format(
                sql.Identifier(schema), sql.Identifier(APPLICATION_ROLE)
            )
        )


def _create_role(connection: Connection) -> None:
    """The role that every transaction runs as; roles belong to the whole server, so another database may have it."""
    role = sql.Identifier(APPLICATION_ROLE)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION_ROLE,)).fetchone() is None:
        # Another database of the server may make it at the same moment.
        with suppress(errors.DuplicateObject, errors.UniqueViolation), connection.transaction():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
    right = "SET" if connection.info.server_version >= SEPARATE_SET_RIGHT else "MEMBER"
    row = connection.execute("SELECT pg_has_role(current_user, %s, %s)", (APPLICATION_ROLE, right)).fetchone()
    if row is None or not row[0]:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))


def _apply(connection: Connection, scope: str, files: Sequence[Path]) -> list[str]:
    done = _recorded(connection, scope)
    waiting = [file for file in files if file.stem not in done]
    for file in waiting:
        connection.execute(file.read_text(encoding="utf-8"))
    _record(connection, scope, [file.stem for file in waiting])
    return [f"{scope}: {file.stem}" for file in waiting]


def _files(kind: str) -> list[Path]:
    return sorted((MIGRATIONS / kind).glob("*.sql"))


def _recorded(connection: Connection, scope: str) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM onebook.migration WHERE scope = %s", (scope,))}


def _record(connection: Connection, scope: str, names: Sequence[str]) -> None:
    connection.execute(
        "INSERT INTO onebook.migration (scope, name) SELECT %s, unnest(%s::text[])", (scope, list(names))
    )


def _lock(connection: Connection) -> None:
    connection.execute("SET LOCAL lock_timeout = '60s'")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
