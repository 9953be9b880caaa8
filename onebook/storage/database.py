"""The way to PostgreSQL: pooled connections, transactions per company, what happens when it is not there."""

import random
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import psycopg
from psycopg import errors, sql
from psycopg_pool import ConnectionPool, PoolTimeout

from onebook.storage.planning import FOR_COMMANDS, FOR_READERS
from onebook.storage.transaction import Connection, Transaction
from onebook.values.refusal import Refusal, Status

APPLICATION_ROLE = "onebook_app"
#: The oldest PostgreSQL that the SQL of this product runs on.
OLDEST_SERVER = 150000

#: A stuck statement, lock or network ends in a refusal with a retry hint, never in a page that waits for ever.
CONNECTION_OPTIONS: dict[str, Any] = {
    "connect_timeout": 3,
    "application_name": "onebook",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
    # Transactions prepare their statements themselves.
    "prepare_threshold": None,
}
SESSION_SETTINGS = (
    "SET statement_timeout = '60s'",
    "SET lock_timeout = '10s'",
    "SET idle_in_transaction_session_timeout = '300s'",
    "SET timezone = 'UTC'",
    *FOR_COMMANDS,
)
POOL_TIMEOUT_S = 10
RETRIES = 3

Result = TypeVar("Result")


class Unavailable(Refusal):
    """The database does not answer or gave up waiting; the outcome of a commit under way is unknown: retry by key."""

    code = "storage.unavailable"
    status = Status.UNAVAILABLE


class TryAgain(Refusal):
    """The server chose this transaction to give way to others; it was rolled back and may simply be run again."""

    code = "storage.try_again"
    status = Status.UNAVAILABLE


class ServerTooOld(Refusal):
    """The PostgreSQL server is older than this product supports."""

    code = "storage.server_too_old"
    status = Status.UNAVAILABLE


class NotUnicode(Refusal):
    """The database cannot hold every text: it was made with another encoding than UTF-8."""

    code = "storage.not_unicode"
    status = Status.UNAVAILABLE


class Database:
    """One PostgreSQL database: a pool for the application role, single connections for its owner.

    Args:
        url: libpq URL of the owner, who may create schemas and switch to the application role.
        application_role: the role that every transaction runs as.
        size: the most connections that this process opens for transactions.
    """

    def __init__(self, url: str, *, application_role: str = APPLICATION_ROLE, size: int = 8) -> None:
        """Describe the way in; connections are made when they are first needed."""
        self.url = url
        self._application_role = application_role
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            connection_class=Connection,
            kwargs={**CONNECTION_OPTIONS, "autocommit": True},
            min_size=0,
            max_size=size,
            timeout=POOL_TIMEOUT_S,
            max_idle=300,
            reconnect_timeout=POOL_TIMEOUT_S,
            configure=self._configure,
            open=False,
        )

    def close(self) -> None:
        """Give back all connections."""
        self._pool.close()

    @contextmanager
    def transaction(
        self, schema: str, *, read_only: bool = False, statement_timeout_s: int | None = None
    ) -> Iterator[Transaction]:
        """A transaction in a company's schema as the application role; rolled back unless committed.

        Read-only ones see one unchanging snapshot. Work that reads or writes whole books says how long a statement of
        it may take. Refuses with `Unavailable` or `TryAgain`.
        """
        begin = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if read_only else "BEGIN"]
        if read_only:
            begin.append(FOR_READERS)
        if statement_timeout_s is not None:
            begin.append(f"SET LOCAL statement_timeout = '{statement_timeout_s:d}s'")
        with self._translated(), self._connected() as connection:
            if connection.home is None:
                connection.execute(_search_path(schema))
                connection.home = schema
            elif connection.home != schema:
                begin.insert(1, _search_path(schema, local=True).as_string())
            transaction = Transaction(connection, schema, begin)
            try:
                yield transaction
            finally:
                self._leave(transaction)

    @contextmanager
    def administration(self, schema: str | None = None) -> Iterator[Connection]:
        """One transaction of the owner, for tables, grants and migrations; commits when left without an error."""
        with self._translated(), Connection.connect(self.url, **CONNECTION_OPTIONS) as connection:
            if connection.info.server_version < OLDEST_SERVER:
                raise ServerTooOld(version=connection.info.server_version // 10000, oldest=OLDEST_SERVER // 10000)
            if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
                raise NotUnicode(encoding=encoding)
            connection.execute("SET timezone = 'UTC'")
            connection.execute("SET lock_timeout = '10s'")
            if schema is not None:
                connection.execute(_search_path(schema, local=True))
            yield connection

    def _configure(self, connection: Connection) -> None:
        role = sql.SQL("SET ROLE {}").format(sql.Identifier(self._application_role))
        with connection.pipeline():
            for setting in SESSION_SETTINGS:
                connection.execute(setting)
            connection.execute(role)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that was alive a moment ago.

        Asking the server before each transaction would cost a round trip, so only connections that the server has
        closed are noticed here; a server that was restarted is noticed because its sockets are closed.
        """
        self._pool.open()
        connection = self._pool.getconn()
        while _is_dead(connection):
            connection.close()
            self._pool.putconn(connection)
            connection = self._pool.getconn()
        try:
            yield connection
        finally:
            self._pool.putconn(connection)

    def _leave(self, transaction: Transaction) -> None:
        try:
            transaction.rollback()
        except psycopg.Error:
            transaction.connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (errors.DeadlockDetected, errors.SerializationFailure) as error:
            raise TryAgain from error
        except errors.FeatureNotSupported as error:
            if "cached plan" not in str(error):
                raise
            # Columns changed under prepared statements (a publication): new connections know the new columns.
            self._pool.drain()
            raise TryAgain from error
        except (PoolTimeout, errors.QueryCanceled, errors.LockNotAvailable) as error:
            raise Unavailable from error
        except psycopg.OperationalError as error:
            raise Unavailable from error


def retrying(action: Callable[[], Result]) -> Result:
    """Run a whole transaction again, at most three times, when the server asked it to give way (`TryAgain`)."""
    for attempt in range(RETRIES):
        try:
            return action()
        except TryAgain:
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
    return action()


@cache
def _search_path(schema: str, *, local: bool = False) -> sql.Composed:
    command = "SET LOCAL" if local else "SET"
    return sql.SQL(command + " search_path TO {}, public").format(sql.Identifier(schema))


def _is_dead(connection: Connection) -> bool:
    """Whether the server has hung up: it says nothing unasked to an idle connection, except good-bye."""
    if connection.closed:
        return True
    readable, _, _ = select.select([connection.fileno()], [], [], 0)
    return bool(readable)
