"""A lot's way: everything that moved it, from where it came to everybody who got pieces of it, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onebook.ledger.account import AccountKey
from onebook.storage.transaction import Statement, Transaction

#: How many steps one answer carries; `after` asks for the next ones.
PAGE = 200

_KEY = "role, item, place, lot, party, document, spot"
_HERE = ", ".join(f"a.{name}" for name in _KEY.split(", "))
_THERE = ", ".join(f"b.{name}" for name in _KEY.split(", "))
# Whoever gives pieces is written right before whoever gets them; a reversal turns the signs and keeps the places.
STEPS = f"""
WITH step AS MATERIALIZED (
    SELECT e.journal, e.position, e.booked_on, e.line, e.quantity, e.amount, e.gives_back, e.is_red, {_HERE}
    FROM ledger_account a JOIN ledger_entry e ON e.account = a.id
    WHERE a.lot = %(lot)s AND a.lot <> 0 AND e.quantity <> 0
        AND (%(on)s::date IS NULL OR (e.booked_on, e.journal, e.position) > (%(on)s, %(journal)s, %(position)s))
    ORDER BY e.booked_on, e.journal, e.position LIMIT {PAGE}
), party AS (
    SELECT e.journal, array_agg(DISTINCT a.party ORDER BY a.party) AS ids FROM ledger_entry e
    JOIN ledger_account a ON a.id = e.account
    WHERE e.journal IN (SELECT journal FROM step) AND a.party <> 0 GROUP BY e.journal
)
SELECT a.journal, a.position, a.booked_on, j.at, j.form, j.record, j.transition, j.actor, j.reverses, a.line,
    a.quantity, a.amount, a.gives_back, coalesce(p.ids, ARRAY[]::bigint[]), {_HERE}, {_THERE}
FROM step a JOIN ledger_journal j ON j.id = a.journal
LEFT JOIN party p ON p.journal = a.journal
LEFT JOIN ledger_entry c ON c.journal = a.journal
    AND c.position = a.position + CASE WHEN (a.quantity < 0) <> a.is_red THEN 1 ELSE -1 END
    AND c.line = a.line AND c.quantity = -a.quantity
LEFT JOIN ledger_account b ON b.id = c.account
ORDER BY a.booked_on, a.journal, a.position"""


@dataclass(frozen=True, slots=True)
class Step:
    """Pieces of the lot that came to an account (quantity > 0) or left it (< 0), with the document that did it.

    `against`: where they came from or went to. `parties`: everybody whom the same journal is about. `gives_back`: the
    row whose goods came back, or 0. `reverses`: the journal that this one takes back.
    """

    parties: tuple[int, ...]
    account: AccountKey
    against: AccountKey | None
    journal: int
    position: int
    booked_on: date
    at: datetime
    form: str
    record: int
    transition: str
    actor: int
    reverses: int | None
    line: int
    quantity: Decimal
    amount: Decimal
    gives_back: int


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of a lot, from its beginning on. `has_more`: ask again, with `after` set to the last step."""

    lot: int
    steps: tuple[Step, ...]
    has_more: bool


def trace(transaction: Transaction, lot: int, *, after: Step | None = None) -> Trace:
    """What moved a lot, the earliest first: one round trip, whatever else is in the book."""
    names: dict[str, object] = {
        "lot": lot,
        "on": after.booked_on if after else None,
        "journal": after.journal if after else 0,
        "position": after.position if after else 0,
    }
    (rows,) = transaction.run(Statement(STEPS, names))
    return Trace(lot, tuple(map(_step, rows)), len(rows) == PAGE)


def _step(row: Sequence[Any]) -> Step:
    against = AccountKey(*row[21:]) if row[21] else None
    return Step(tuple(row[13]), AccountKey(*row[14:21]), against, *row[:13])
