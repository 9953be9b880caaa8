"""Several statements in one round trip, each prepared once per connection, through psycopg's own libpq.

psycopg's pipeline asks the socket, makes a cursor and describes columns for every statement. Commands send dozens
of small ones, so that this would cost more than the server's work. psycopg still adapts parameters and rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, LiteralString

import psycopg
from psycopg import errors
from psycopg.abc import Buffer, PQGen, Transformer
from psycopg.adapt import PyFormat
from psycopg.adapt import Transformer as Adaptation
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from onebook.storage.arrays import array

Rows = list[tuple[Any, ...]]
Parameters = Mapping[str, object] | Sequence[object]

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
        self._known: dict[_Key, bytes] = {}
        self._named = 0

    def together(self, place: str, statements: Sequence[tuple[str, Parameters]]) -> list[Rows]:
        """Run statements in one round trip; the rows of each. The first that fails raises, those after it did not run.

        `place`: the same text may mean other columns elsewhere; each place has prepared statements of its own.
        """
        adapt: Transformer = Adaptation(self)
        # Adapted before anything is sent: a value of a wrong type leaves the connection as it was.
        queries = [_query(adapt, place, sql, parameters) for sql, parameters in statements]
        if len(self._known) > _MOST_PREPARED:
            self.execute(_FORGET)
            self._known.clear()
        with self.lock:
            self.pgconn.enter_pipeline_mode()
            try:
                results = self.wait(self._travel(queries))
            finally:
                self._leave_pipeline()
        return [_rows(adapt, result) for result in results]

    def _travel(self, queries: Sequence["_Query"]) -> PQGen[list[PGresult]]:
        new: dict[_Key, bytes] = {}
        prepares = [self._send(query, new) for query in queries]
        self.pgconn.pipeline_sync()
        yield from send(self.pgconn)
        failed: PGresult | None = None
        results: list[PGresult] = []
        for query, is_prepared in zip(queries, prepares, strict=True):
            answers = []
            if is_prepared:
                answers += yield from fetch_many(self.pgconn)
                if answers[0].status not in _FAILED:
                    self._known[query.key] = new[query.key]
            answers += yield from fetch_many(self.pgconn)
            results.append(answers[-1])
            failed = failed or next((answer for answer in answers if answer.status in _FAILED), None)
        yield from fetch_many(self.pgconn)
        if failed is not None:
            raise errors.error_from_result(failed, encoding=self.info.encoding)
        return results

    def _send(self, query: "_Query", new: dict[_Key, bytes]) -> bool:
        """Put a statement into the buffer; and before it its preparation, if the server does not know it yet."""
        name = self._known.get(query.key) or new.get(query.key)
        prepares = name is None
        if name is None:
            self._named += 1
            name = new[query.key] = b"s%d" % self._named
            _, sql, types = query.key
            self.pgconn.send_prepare(name, sql, param_types=types)
        self.pgconn.send_query_prepared(name, query.parameters, param_formats=query.formats)
        return prepares

    def _leave_pipeline(self) -> None:
        if self.closed:
            return
        if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
            # Interrupted between sending and receiving: what comes next on this connection belongs to nobody.
            self.close()
        else:
            self.pgconn.exit_pipeline_mode()


@dataclass(frozen=True, slots=True)
class _Query:
    """A statement with its parameters as they travel."""

    key: _Key
    parameters: Sequence[Buffer | None]
    formats: Sequence[Any]


def _query(adapt: Transformer, place: str, sql: str, parameters: Parameters) -> _Query:
    text, names = _text(sql)
    given = [parameters[name] for name in names] if isinstance(parameters, Mapping) else parameters
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
