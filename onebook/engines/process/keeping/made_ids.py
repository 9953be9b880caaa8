"""Ids for records that a step will make: asked for together with the record, so that nobody waits for them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onebook.engines.form.compute import rows_of
from onebook.engines.form.rows import Row
from onebook.engines.process.composing.ready import ReadyTransition
from onebook.engines.table.names import table_name, target_of
from onebook.storage.transaction import Rows, Statement

_SO_MANY: Final = "SELECT nextval('record_id') FROM generate_series(1, %(count)s::int)"
#: Where the stand-ins of previews begin, counting down: far below those of other new records.
_STANDINS: Final = -1_000_000_000


class MadeIds:
    """As many ids as a record has rows that could ask for one; stand-ins in previews."""

    def __init__(self, ready: ReadyTransition, *, preview: bool) -> None:
        """For the records that a transition makes."""
        self.ids: list[int] = []
        self._ready = ready
        self._is_preview = preview
        self._open: list[Statement] = []

    def of_stored(self, record: int) -> None:
        """One for each stored row that links to nothing yet."""
        for effect in self._ready.makes:
            make = effect.make
            table = table_name(target_of(self._ready.form, make.each) if make.each else self._ready.form)
            mine = "parent" if make.each else "id"
            sql = f'SELECT nextval(\'record_id\') FROM "{table}" WHERE {mine} = %(id)s AND "{make.into}" IS NULL'
            self._want(Statement(sql, {"id": record}))

    def of_given(self, values: Mapping[str, Any]) -> None:
        """One for each row that somebody gives."""
        for effect in self._ready.makes:
            rows = values.get(effect.make.each) if effect.make.each else [values]
            if isinstance(rows, list | tuple) and rows:
                self._want(Statement(_SO_MANY, {"count": len(rows)}))

    def need(self, row: Row) -> None:
        """Make sure that there are enough for a record as it is now."""
        most = sum(
            own.get(effect.make.into) is None for effect in self._ready.makes for own in rows_of(row, effect.make.each)
        )
        if self._is_preview:
            self.ids = [_STANDINS - place for place in range(most)]
        elif most > len(self.ids):
            self._want(Statement(_SO_MANY, {"count": most - len(self.ids)}))

    def statements(self) -> Sequence[Statement]:
        """What is wanted now."""
        return tuple(self._open)

    def take(self, results: Sequence[Rows]) -> None:
        """The ids."""
        self._open = []
        self.ids += [one for rows in results for (one,) in rows]

    def _want(self, statement: Statement) -> None:
        if not self._is_preview:
            self._open.append(statement)
