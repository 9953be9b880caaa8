"""A database transaction that sends several statements per round trip and counts the trips."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.copy import QueuedLibpqWriter

from onebook.storage.pipeline import Parameters, PipelinedConnection, Rows

__all__ = ["Connection", "Rows", "Statement", "Transaction"]

Connection = PipelinedConnection


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement with psycopg placeholders (`%s` or `%(name)s`; a literal percent sign is `%%`)."""

    sql: str
    parameters: Parameters = field(default=())


class Transaction:
    """One transaction in one company's schema: statements in, rows out, several statements per round trip.

    BEGIN and the search path travel with the first statements, COMMIT with the last ones. Left without `commit`, it is
    rolled back. Not for use by two threads.
    """

    def __init__(self, connection: Connection, schema: str, begin: Sequence[str]) -> None:
        """Prepare a transaction on a connection in autocommit mode; nothing is sent before the first run."""
        self.connection = connection
        self.schema = schema
        #: How often this transaction has waited for the server.
        self.round_trips = 0
        self._begin = tuple(begin)
        self._begun = False
        self._over = False
        #: How many statements were sent ahead since the last round trip.
        self._ahead = 0

    @property
    def is_open(self) -> bool:
        """Whether the server holds a transaction that has not ended."""
        return self._begun and not self._over

    def ahead(self, *statements: Statement) -> None:
        """Send statements and go on while the server works on them. Should one fail, the next round trip raises it."""
        self._ahead += len(statements)
        self.connection.ahead(self.schema, self._texts(statements))

    def arrived(self) -> list[Rows]:
        """Wait for the statements sent ahead since the last round trip; one list of rows for each."""
        count, self._ahead = self._ahead, 0
        if not count:
            return []
        self.round_trips += 1
        rows = self.connection.together(self.schema, ())
        return rows[len(rows) - count :]

    def run(self, *statements: Statement) -> list[Rows]:
        """Send all statements in one round trip; one list of rows per statement, empty for those that return none."""
        return self._send(statements, last=())

    def commit(self, *statements: Statement) -> list[Rows]:
        """Send the statements and COMMIT in one round trip. Afterwards the transaction is over.

        A lost connection leaves the outcome unknown: whoever retries must bring an idempotency key.
        """
        rows = self._send(statements, last=("COMMIT",))
        self._over = True
        return rows

    def rollback(self) -> None:
        """Undo everything, if the server holds anything of it."""
        if self.is_open and not self.connection.closed:
            self.connection.abandon()
            self.connection.execute("ROLLBACK")
        self._over = True

    def copy_blocks(self, sql: str, blocks: Iterable[str]) -> None:
        """Fill a table with `COPY ... FROM STDIN`, the quick way in for many rows: blocks of lines in COPY's text
        format. The server takes one block while the next is being made."""
        self._require_begun()
        self.round_trips += 1
        with self.connection.cursor() as cursor, cursor.copy(sql, writer=QueuedLibpqWriter(cursor)) as copy:
            for block in blocks:
                copy.write(block)

    def stream(self, statement: Statement, size: int = 2000) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, fetched `size` at a time through a server-side cursor: exports of any length."""
        self._require_begun()
        with self.connection.cursor(name="stream") as cursor:
            cursor.itersize = size
            cursor.execute(statement.sql, statement.parameters)
            self.round_trips += 1
            yield from cursor

    def _require_begun(self) -> None:
        if not self._begun:
            self._send((), last=())

    def _send(self, statements: Sequence[Statement], last: Sequence[str]) -> list[Rows]:
        texts = self._texts(statements) + [(sql, ()) for sql in last]
        self._ahead = 0
        self.round_trips += 1
        rows = self.connection.together(self.schema, texts)
        end = len(rows) - len(last)
        return rows[end - len(statements) : end]

    def _texts(self, statements: Sequence[Statement]) -> list[tuple[str, Parameters]]:
        assert not self._over, "the transaction is over"
        texts: list[tuple[str, Parameters]] = []
        if not self._begun:
            self._begun = True
            texts += ((sql, ()) for sql in self._begin)
        texts += ((statement.sql, statement.parameters) for statement in statements)
        return texts
