"""A lot's way: everything that moved it, from where it came to everybody who got pieces of it, and what came back."""

from collections.abc import Collection, Sequence
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
# What lots became, or were made of: the other side of conversions that nobody took back. Each conversion of a journal
# writes its inputs first, the account passed through right behind each; then its outputs, right before each.
_MADE = """
    SELECT b.lot FROM {way} w
    CROSS JOIN LATERAL (SELECT a.id FROM ledger_account a WHERE a.lot = w.lot AND a.lot <> 0 OFFSET 0) AS a
    CROSS JOIN LATERAL (SELECT e.journal, e.position FROM ledger_entry e
        WHERE e.account = a.id AND e.quantity {gives} 0 AND NOT e.is_red OFFSET 0) AS e
    CROSS JOIN LATERAL (SELECT t.role FROM ledger_entry c JOIN ledger_account t ON t.id = c.account
        WHERE c.journal = e.journal AND c.position = e.position {step} 1 AND t.role = ANY(%(through)s::text[])
            AND c.quantity {takes} 0 AND NOT EXISTS (SELECT FROM ledger_journal r WHERE r.reverses = e.journal)
        OFFSET 0) AS t
    CROSS JOIN LATERAL (SELECT f.account FROM ledger_entry o JOIN ledger_account u ON u.id = o.account
        JOIN ledger_entry f ON f.journal = o.journal AND f.position = o.position {step} 1
        WHERE o.journal = e.journal AND o.position {after} e.position AND o.quantity {gives} 0 AND u.role = t.role
            AND f.quantity {takes} 0 AND NOT EXISTS (
                SELECT FROM ledger_entry x JOIN ledger_account y ON y.id = x.account
                JOIN ledger_entry z ON z.journal = x.journal AND z.quantity > 0
                    AND z.position BETWEEN x.position AND greatest(o.position, e.position)
                JOIN ledger_account v ON v.id = z.account AND v.role = t.role
                WHERE x.journal = e.journal AND x.quantity < 0 AND y.role = t.role
                    AND x.position BETWEEN least(o.position, e.position) AND greatest(o.position, e.position))
        OFFSET 0) AS f
    JOIN ledger_account b ON b.id = f.account AND b.lot <> 0
    WHERE cardinality(%(through)s::text[]) > 0"""
_ITSELF = "SELECT %(lot)s::bigint WHERE %(lot)s <> 0"
_AHEAD = _MADE.format(way="ahead", gives="<", takes=">", step="+", after=">")
_BEHIND = _MADE.format(way="behind", gives=">", takes="<", step="-", after="<")
# Whoever gives pieces is written right before whoever gets them; a reversal turns the signs and keeps the places.
STEPS = f"""
WITH RECURSIVE ahead (lot) AS ({_ITSELF} UNION {_AHEAD}
), behind (lot) AS ({_ITSELF} UNION {_BEHIND}
), way AS MATERIALIZED (
    SELECT lot, bool_or(is_ahead) AS is_ahead, bool_or(NOT is_ahead) AS is_behind
    FROM (SELECT lot, true AS is_ahead FROM ahead UNION ALL SELECT lot, false FROM behind) AS found
    GROUP BY lot
), step AS MATERIALIZED (
    SELECT e.journal, e.position, e.booked_on, e.line, e.quantity, e.amount, e.gives_back, e.is_red,
        w.is_ahead, w.is_behind, {_HERE}
    FROM way w CROSS JOIN LATERAL (SELECT * FROM ledger_account a WHERE a.lot = w.lot AND a.lot <> 0 OFFSET 0) AS a
    CROSS JOIN LATERAL (SELECT * FROM ledger_entry e WHERE e.account = a.id AND e.quantity <> 0
        AND (%(on)s::date IS NULL OR (e.booked_on, e.journal, e.position) > (%(on)s, %(journal)s, %(position)s))
        OFFSET 0) AS e
    ORDER BY e.booked_on, e.journal, e.position LIMIT {PAGE}
), party AS (
    SELECT e.journal, array_agg(DISTINCT a.party ORDER BY a.party) AS ids FROM ledger_entry e
    JOIN ledger_account a ON a.id = e.account
    WHERE e.journal IN (SELECT journal FROM step) AND a.party <> 0 GROUP BY e.journal
)
SELECT a.journal, a.position, a.booked_on, j.at, j.form, j.record, j.transition, j.actor, j.reverses, a.line,
    a.quantity, a.amount, a.gives_back, a.is_ahead, a.is_behind, coalesce(p.ids, ARRAY[]::bigint[]), {_HERE}, {_THERE}
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
    row whose goods came back, or 0. `reverses`: the journal that this one takes back. `is_ahead`: there may be pieces
    of the lot asked for in the lot of `account`, which is that lot itself or was made of it; `is_behind`: there may be
    pieces of this lot in the one asked for.
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
    is_ahead: bool
    is_behind: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of a lot, from its beginning on. `has_more`: ask again, with `after` set to the last step."""

    lot: int
    steps: tuple[Step, ...]
    has_more: bool


def trace(transaction: Transaction, lot: int, *, through: Collection[str] = (), after: Step | None = None) -> Trace:
    """What moved a lot, the earliest first: one round trip, whatever else is in the book.

    `through`: the roles that goods pass when they become others (`Convert.through`). The way goes on through such
    conversions, unless they were reversed: to all lots that were made of this one, and back to those it was made of."""
    names: dict[str, object] = {
        "lot": lot,
        "through": list(through),
        "on": after.booked_on if after else None,
        "journal": after.journal if after else 0,
        "position": after.position if after else 0,
    }
    (rows,) = transaction.run(Statement(STEPS, names))
    return Trace(lot, tuple(map(_step, rows)), len(rows) == PAGE)


def _step(row: Sequence[Any]) -> Step:
    against = AccountKey(*row[23:]) if row[23] else None
    return Step(tuple(row[15]), AccountKey(*row[16:23]), against, *row[:15])
