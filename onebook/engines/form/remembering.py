"""Figures of the book that a record remembers: read when what they are remembered for is filled in or changed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from onebook.engines.form.compute import rows_of, settled
from onebook.engines.form.remembered import RememberedField
from onebook.engines.form.rows import Row
from onebook.expression.python import Context
from onebook.ledger.book_at import Asked, Figures, figures_of
from onebook.storage.transaction import Rows, Statement

_NOTHING: Final = Figures()


class Remembering:
    """Wants the figures that records remember, each once."""

    def __init__(self, fields: Sequence[RememberedField], context: Context) -> None:
        """For records of one form."""
        self._fields = fields
        self._context = context
        self._open: dict[Asked, None] = {}
        self._known: dict[Asked, Figures] = {}

    def fill(self, row: Row, before: Row | None = None) -> bool:
        """Write what is remembered into a record and its rows; `before` is what was stored. Whether all is known:
        otherwise ask, and fill again."""
        is_whole = True
        for field in self._fields:
            stored = {} if before is None else {old["id"]: old for old in rows_of(before, field.lines)}
            for own in rows_of(row, field.lines):
                value, asked = field.asks(own, self._context)
                old = stored.get(own["id"])
                if old is not None and (value, asked) == field.asks(old, self._context):
                    own[field.name] = old.get(field.name)
                elif asked is None:
                    own[field.name] = None
                elif asked in self._known:
                    own[field.name] = settled(field.field, _shown(self._known[asked], field.shows))
                else:
                    own[field.name] = None
                    self._open[asked] = None
                    is_whole = False
        return is_whole

    def statements(self) -> Sequence[Statement]:
        """One statement for all of them."""
        return (figures_of(self._open),) if self._open else ()

    def take(self, results: Sequence[Rows]) -> None:
        """The figures; an account that nobody posted to shows nothing."""
        found = {nth: Figures(*figures) for nth, *figures in results[0]}
        self._known |= {asked: found.get(nth, _NOTHING) for nth, asked in enumerate(self._open, 1)}
        self._open = {}


def _shown(figures: Figures, shows: str) -> Decimal:
    match shows:
        case "amount":
            return figures.amount
        case "available":
            return figures.quantity - figures.taken
        case "expected":
            return figures.expected
        case _:
            return figures.quantity
