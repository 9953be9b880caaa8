"""Followers: later steps of other records that stand on a step, so that it cannot be taken back before them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from onebook.engines.process.keeping.steps import JOURNAL, TARGET, Step, step_of
from onebook.storage.transaction import Rows, Statement
from onebook.values.decimals import ZERO

_COLUMNS: Final = "s.id, s.form, s.record, s.transition, s.from_state, s.to_state, s.journal, s.created"
_STANDS: Final = "s.reversed_by IS NULL AND s.reverses IS NULL AND s.record <> %(record)s"

#: Documents that the step made and that have gone further since.
_MADE: Final = f"""
SELECT {_COLUMNS} FROM onebook_step s WHERE {_STANDS}
AND s.record = ANY(ARRAY(SELECT unnest(created) FROM ({TARGET.format(columns="created")}) AS target))"""

#: Steps that settled or released promises which the step placed; of those that it said anew, only where more came true
#: or was let go since than would be left of them.
_SETTLED: Final = f"""
SELECT {_COLUMNS} FROM onebook_step s WHERE {_STANDS}
AND s.id > (SELECT id FROM ({TARGET.format(columns="id")}) AS target) AND s.journal IN (
    SELECT later.journal FROM ledger_hold_change placed JOIN ledger_hold h ON h.id = placed.hold
    JOIN ledger_hold_change later ON later.hold = placed.hold AND later.kind IN ('settle', 'release')
    WHERE placed.journal IN ({JOURNAL}) AND placed.kind = 'place' AND (
        h.open_quantity < placed.wanted_quantity - placed.released_quantity
        OR h.open_amount < placed.wanted_amount - placed.released_amount
        OR NOT EXISTS (SELECT FROM ledger_hold_change earlier
            WHERE earlier.hold = placed.hold AND earlier.journal < placed.journal)))
"""

#: Entries of later steps against accounts of single documents that cannot give back what the step brought.
_USED: Final = f"""
WITH mine AS (
    SELECT account, sum(amount) AS amount FROM ledger_entry WHERE journal IN ({JOURNAL}) GROUP BY account
), short AS (
    SELECT a.id, mine.amount, a.own_amount FROM mine JOIN ledger_account a ON a.id = mine.account
    WHERE a.kept AND a.document <> 0
      AND CASE WHEN mine.amount > 0 THEN a.own_amount < mine.amount ELSE a.own_amount > mine.amount END
)
SELECT short.id, short.amount, short.own_amount, sum(e.amount), {_COLUMNS} FROM short
JOIN ledger_entry e ON e.account = short.id AND e.journal > ({JOURNAL})
JOIN onebook_step s ON s.journal = e.journal AND {_STANDS}
GROUP BY short.id, short.amount, short.own_amount, s.id HAVING sign(sum(e.amount)) = -sign(short.amount)
ORDER BY short.id, s.id DESC
"""


class Followers:
    """The steps that stand on a step, the newest first. Goods that were used by anybody are the ledger's to refuse."""

    def __init__(self, record: int, step: int | None) -> None:
        """Ask for what stands on a step of a record, or on its latest."""
        self.steps: list[Step] = []
        self._known = {"record": record, "step": step}
        self._is_asked = False

    def statements(self) -> Sequence[Statement]:
        """All statements at once."""
        if self._is_asked:
            return ()
        return [Statement(sql, self._known) for sql in (_MADE, _SETTLED, _USED)]

    def take(self, results: Sequence[Rows]) -> None:
        """The steps, each once, the newest first."""
        self._is_asked = True
        made, settled, used = results
        found = {values[0]: step_of(values) for values in (*made, *settled)}
        found.update((step.id, step) for step in _needed(used))
        self.steps = [found[number] for number in sorted(found, reverse=True)]


def _needed(rows: Rows) -> Iterator[Step]:
    """Of all that used an account, the newest that must go before the rest of it suffices."""
    covered: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for account, given, left, used, *values in rows:
        if covered[account] < abs(given) - abs(left) * (1 if given * left > 0 else -1):
            covered[account] += abs(used)
            yield step_of(values)
