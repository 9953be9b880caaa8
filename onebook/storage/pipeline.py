"""Several statements in one round trip, each prepared once per connection, through psycopg's own libpq.

psycopg's pipeline asks the socket, makes a cursor and describes columns for every statement. Commands send dozens
of small ones, so that this would cost more than the server's work. psycopg still adapts parameters and rows.

Statements may be sent ahead: the server works on them while what follows is still being thought out.
"""

import re
import select
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, LiteralString

import psycopg
from psycopg import errors
from psycopg.abc import Buffer, Transformer
from psycopg.adapt import PyFormat
from psycopg.adapt import Transformer as Adaptation
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from onebook.storage.arrays import array

Rows = list[tuple[Any, ...]]
Parameters = Mapping[str, object] | tuple[object, ...] | list[object]

_PLACEHOLDER: Final = re.compile(r"%(?:(%)|s|\((\w+)\)s)")
_FAILED: Final = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED})
#: Texts follow from declarations and are finite; should somebody make them endless, the server is told to forget all.
_MOST_PREPARED: Final = 2_000
_FORGET: Final[LiteralString] = "DEALLOCATE ALL"

#: What the server prepares once: the place where it runs, the text, the types of the parameters.
_Key = tuple[str, bytes, tuple[int, ...]]


class PipelinedConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that sends statements together and remembers which of them the server has prepared."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As psycopg makes it."""
        super().__init__(*arguments, **options)
        #: The schema that its session looks into, which transactions elsewhere leave for their time.
        self.home: str | None = None
        self._known: dict[_Key, bytes] = {}
        self._named = 0
        self._underway: list[_Underway] = []
        self._adapt: Transformer = Adaptation(self)

    def together(self, place: str, statements: Sequence[tuple[str, Parameters]]) -> list[Rows]:
        """Run statements in one round trip; the rows of each, behind those of the statements sent ahead. The first
        that fails raises, those after it did not run.

        `place`: the same text may mean other columns elsewhere; each place has prepared statements of its own.
        """
        self.ahead(place, statements)
        if not self._underway:
            return []
        with self.lock:
            try:
                results = self._arrived()
            finally:
                self._leave_pipeline()
        rows = [_rows(self._adapt, result) for result in results]
        self._adapt.set_pgresult(None)
        return rows

    def ahead(self, place: str, statements: Sequence[tuple[str, Parameters]]) -> None:
        """Send statements and go on while the server works on them; `together` answers them, or raises why not."""
        if not statements:
            return
        # Adapted before anything is sent: a value of a wrong type leaves the connection as it was.
        queries = [_query(self._adapt, place, sql, parameters) for sql, parameters in statements]
        if not self._underway and len(self._known) > _MOST_PREPARED:
            self.execute(_FORGET)
            self._known.clear()
        with self.lock:
            if not self._underway:
                self.pgconn.enter_pipeline_mode()
            self._underway += [self._send(query) for query in queries]
            self.pgconn.flush()

    def abandon(self) -> None:
        """Wait for what was sent ahead, whatever became of it."""
        if not self._underway:
            return
        with self.lock:
            try:
                self._arrive()
            finally:
                self._leave_pipeline()

    def _arrived(self) -> list[PGresult]:
        """The results of everything underway."""
        answers = self._arrive()
        failed = next((one for some in answers for one in some if one.status in _FAILED), None)
        if failed is not None:
            raise errors.error_from_result(failed, encoding=self.info.encoding)
        return [some[-1] for some in answers]

    def _arrive(self) -> list[list[PGresult]]:
        """What the server says to everything underway; to a statement and its preparation one after the other."""
        self.pgconn.pipeline_sync()
        self._push()
        is_busy, next_result = self.pgconn.is_busy, self.pgconn.get_result
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        answers: list[list[PGresult]] = []
        for one in self._underway:
            some: list[PGresult] = []
            while len(some) < one.answers:
                while is_busy():
                    poll.poll()
                    self.pgconn.consume_input()
                result = next_result()
                # Behind each answer comes its end.
                if result is None or next_result() is not None:
                    raise psycopg.OperationalError("the server does not answer")
                some.append(result)
            if one.prepares is not None and some[0].status not in _FAILED:
                self._known[one.prepares] = one.name
            answers.append(some)
        while is_busy():
            poll.poll()
            self.pgconn.consume_input()
        next_result()
        return answers

    def _push(self) -> None:
        """Send what is in the buffer to the end, reading what a server says that cannot go on before it is heard."""
        if not self.pgconn.flush():
            return
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN | select.POLLOUT)
        while self.pgconn.flush():
            if any(event & ~select.POLLOUT for _, event in poll.poll()):
                self.pgconn.consume_input()

    def _send(self, query: "_Query") -> "_Underway":
        """Put a statement into the buffer; and before it its preparation, if the server does not know it yet."""
        name = self._known.get(query.key) or next(
            (one.name for one in self._underway if one.prepares == query.key), None
        )
        prepares = None
        if name is None:
            self._named += 1
            name, prepares = b"s%d" % self._named, query.key
            _, sql, types = query.key
            self.pgconn.send_prepare(name, sql, param_types=types)
        self.pgconn.send_query_prepared(name, query.parameters, param_formats=query.formats)
        return _Underway(name, prepares)

    def _leave_pipeline(self) -> None:
        self._underway = []
        if self.closed:
            return
        if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
            # Interrupted between sending and receiving: what comes next on this connection belongs to nobody.
            self.close()
        else:
            self.pgconn.exit_pipeline_mode()


@dataclass(slots=True)
class _Query:
    """A statement with its parameters as they travel."""

    key: _Key
    parameters: Sequence[Buffer | None]
    formats: Sequence[Any]


@dataclass(slots=True)
class _Underway:
    """A statement that was sent: its name, and what it prepares under that name, if anything."""

    name: bytes
    prepares: _Key | None

    @property
    def answers(self) -> int:
        """How many answers it gets."""
        return 1 if self.prepares is None else 2


def _query(adapt: Transformer, place: str, sql: str, parameters: Parameters) -> _Query:
    text, names = _text(sql)
    given = parameters if isinstance(parameters, tuple | list) else [parameters[name] for name in names]
    if not given:
        return _Query((place, text, ()), (), ())
    # The server knows the type of an array from where it stands, and so has one plan whatever numbers are in it.
    values = [array(value) or value if type(value) is list else value for value in given]
    dumped = adapt.dump_sequence(values, [PyFormat.AUTO] * len(values))
    return _Query((place, text, adapt.types or ()), dumped, adapt.formats or ())


def _rows(adapt: Transformer, result: PGresult) -> Rows:
    if result.status != ExecStatus.TUPLES_OK or not result.ntuples:
        return []
    adapt.set_pgresult(result)
    return adapt.load_rows(0, result.ntuples, tuple)


@lru_cache(maxsize=2 * _MOST_PREPARED)
def _text(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with the server's placeholders, and the names of its parameters in their order. A name that stands
    twice is one parameter; placeholders without names are each one of their own."""
    places: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        if found[1]:
            return "%"
        name = found[2] or f"%{len(places)}"
        return f"${places.setdefault(name, len(places) + 1)}"

    return _PLACEHOLDER.sub(numbered, sql).encode(), tuple(places)
