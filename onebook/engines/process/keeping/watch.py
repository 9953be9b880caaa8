"""Watching records between reading and locking: what was decided on must still be what stands there.

A record is read without a lock, the ledger's accounts are locked first (always in one order), and only then the record
itself; its mark tells whether anybody wrote to it in between. Then the command simply begins again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from psycopg import errors

from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.engines.form.plan import places
from onebook.engines.form.rows import below
from onebook.engines.table.names import table_name, target_of
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Refusal

#: Fails where the record has another mark, so that what is sent behind it does not run: not every write of what was
#: decided on another state would be possible, and be taken back in silence.
_STOP: Final = "SELECT CASE WHEN mark = %(mark)s THEN 0 ELSE ('moved ' || mark)::integer END FROM ({own}) AS t (mark)"


class Moved(Exception):
    """A record that a command was decided on has been written to since: not a refusal, the command begins again."""


def marks_sql(catalog: Catalog, form: str, keys: Iterable[str]) -> tuple[str, str]:
    """The mark of a record, to be locked, and the marks of the records whose meters it reads through its links ("" if
    there are none)."""
    own = f'SELECT xmin::text FROM "{table_name(form)}" WHERE id = %(id)s'
    return own, " UNION ALL ".join(_linked(catalog, form, frozenset(keys)))


def _linked(catalog: Catalog, form: str, keys: frozenset[str]) -> Iterator[str]:
    for lines, name, declared in places(catalog.forms[form]):
        if declared.kind is not FieldKind.LINK or declared.to is None:
            continue
        target, _, rows = declared.to.partition(".")
        if not catalog.meters(target) or not below(keys, target_of(lines, name) if lines else name):
            continue
        holder = table_name(target_of(form, lines))
        ids = f'SELECT "{name}" FROM "{holder}" WHERE {"parent" if lines else "id"} = %(id)s'
        if rows:
            ids = f'SELECT parent FROM "{table_name(declared.to)}" WHERE id IN ({ids})'
        yield f'SELECT id, xmin::text FROM "{table_name(target)}" WHERE id IN ({ids})'


class Marks:
    """The marks of a record and of what it reads: taken once when it is read, and once more when it is locked."""

    def __init__(self, sql: tuple[str, str], record: int) -> None:
        """Watch a record."""
        self._sql = sql
        self._record = record
        self._taken: list[list[tuple[object, ...]]] = []
        self._wants = True
        self._locks = False
        self._stops = False

    def again(self, *, lock: bool, stop: bool = False) -> None:
        """Take the marks once more, the record's own under lock; raises Moved if they are others then.

        `stop`: what is sent behind them does not even run then; send it under `stopped`."""
        self._wants, self._locks, self._stops = True, lock, stop

    def statements(self) -> Sequence[Statement]:
        """One for the record, one for what it reads, one that stops the rest."""
        if not self._wants:
            return ()
        own, linked = self._sql
        known = {"id": self._record}
        # Weaker than FOR UPDATE, so that new records may still point here.
        statements = [Statement(own + (" FOR NO KEY UPDATE" if self._locks else ""), known)]
        if linked:
            statements.append(Statement(linked, known))
        if self._stops:
            statements.append(Statement(_STOP.format(own=own), {**known, "mark": self._taken[0][0][0]}))
        return statements

    def take(self, results: Sequence[Rows]) -> None:
        """Remember, or compare."""
        self._wants = False
        marks = results[:-1] if self._stops else results
        self._taken.append([row for rows in marks for row in sorted(rows)])
        if self._taken[-1] != self._taken[0]:
            raise Moved


@contextmanager
def unmoved(marks: Marks | None, gather: Callable[[Marks], None]) -> Iterator[None]:
    """What is refused here is refused for what still stands: a record is read by several statements without a lock, and
    may have been written to between them. Raises Moved instead if so."""
    try:
        yield
    except Refusal:
        if marks is not None:
            marks.again(lock=False)
            gather(marks)
        raise


@contextmanager
def stopped() -> Iterator[None]:
    """Around what is sent behind marks that stop it: raises Moved where they did."""
    try:
        yield
    except errors.InvalidTextRepresentation as error:
        if '"moved ' not in str(error):
            raise
        raise Moved from error
