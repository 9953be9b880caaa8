"""Watching records between reading and locking: what was decided on must still be what stands there.

A record is read without a lock, the ledger's accounts are locked first (always in one order), and only then the record
itself; its mark tells whether anybody wrote to it in between. Then the command simply begins again.
"""

from collections.abc import Iterable, Iterator, Sequence

from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.engines.form.plan import places
from onebook.engines.form.rows import below
from onebook.engines.table.names import table_name, target_of
from onebook.storage.transaction import Rows, Statement


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

    def again(self, *, lock: bool) -> None:
        """Take the marks once more, the record's own under lock; raises Moved if they are others then."""
        self._wants, self._locks = True, lock

    def statements(self) -> Sequence[Statement]:
        """One or two statements."""
        if not self._wants:
            return ()
        own, linked = self._sql
        known = {"id": self._record}
        # Weaker than FOR UPDATE, so that new records may still point here.
        statements = [Statement(own + (" FOR NO KEY UPDATE" if self._locks else ""), known)]
        return [*statements, Statement(linked, known)] if linked else statements

    def take(self, results: Sequence[Rows]) -> None:
        """Remember, or compare."""
        self._wants = False
        self._taken.append([row for rows in results for row in sorted(rows)])
        if self._taken[-1] != self._taken[0]:
            raise Moved
