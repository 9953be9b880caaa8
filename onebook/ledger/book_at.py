"""What accounts say now, or said at an instant, many at once and without locks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from onebook.ledger.account import AccountKey
from onebook.storage.arrays import numbers
from onebook.storage.transaction import Statement
from onebook.values.decimals import ZERO


@dataclass(frozen=True, slots=True)
class Figures:
    """Facts of an account, and the quantities that open promises take from it and bring to it."""

    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    taken: Decimal = ZERO
    expected: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Asked:
    """An account, the control account that it rolls up to (itself, if it is one), and the instant as of which it is
    asked; None: now. Promises have no past."""

    account: AccountKey
    control: AccountKey
    until: datetime | None = None


_NAMES: Final = ("role", "item", "place", "lot", "party", "document", "spot")
_SAME: Final = " AND ".join(f"o.{name} = k.{name}" for name in _NAMES)
_UP: Final = " AND ".join(f"c.{name} = k.up_{name}" for name in _NAMES[1:])
_AGREES: Final = " AND ".join(f"k.{name} IN (0, b.{name})" for name in _NAMES[1:])
_ITSELF: Final = " AND ".join(f"b.{name} = k.{name}" for name in _NAMES[1:])
_ARRAYS: Final = ", ".join(
    ["%(role)s::text[]", *(f"%({up}{name})s::bigint[]" for up in ("", "up_") for name in _NAMES[1:])]
)
_COLUMNS: Final = ", ".join([*_NAMES, *(f"up_{name}" for name in _NAMES[1:])])

# Of an account, all leaves below it that agree with what it names. A control account counts their promises already.
FIGURES: Final = f"""
SELECT k.nth, sum(a.own_quantity - coalesce(late.quantity, 0)), sum(a.own_amount - coalesce(late.amount, 0)),
    coalesce(sum(a.taken_quantity) FILTER (WHERE a.counts), 0),
    coalesce(sum(a.expected_quantity) FILTER (WHERE a.counts), 0)
FROM unnest({_ARRAYS}, %(is_leaf)s::boolean[], %(until)s::timestamptz[])
    WITH ORDINALITY AS k ({_COLUMNS}, is_leaf, until, nth)
CROSS JOIN LATERAL (
    SELECT o.id, o.own_quantity, o.own_amount, o.taken_quantity, o.expected_quantity, true AS counts
    FROM ledger_account o WHERE {_SAME}
    UNION ALL
    SELECT b.id, b.own_quantity, b.own_amount, b.taken_quantity, b.expected_quantity, k.is_leaf
    FROM ledger_account c JOIN ledger_account b ON b.control = c.id
    WHERE c.role = k.role AND {_UP} AND {_AGREES} AND NOT ({_ITSELF}) OFFSET 0
) AS a
LEFT JOIN LATERAL (
    SELECT sum(e.quantity) AS quantity, sum(e.amount) AS amount
    FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal
    WHERE k.until IS NOT NULL AND e.account = a.id AND j.at > k.until
) AS late ON true
GROUP BY k.nth"""


def figures_of(asked: Iterable[Asked]) -> Statement:
    """The statement that answers a row for each account that there is: its place from 1, then its figures."""
    every = list(asked)
    parameters: dict[str, object] = {
        "role": [one.account.role for one in every],
        "is_leaf": [one.account != one.control for one in every],
        "until": [one.until for one in every],
    }
    for name in _NAMES[1:]:
        parameters[name] = numbers(getattr(one.account, name) for one in every)
        parameters[f"up_{name}"] = numbers(getattr(one.control, name) for one in every)
    return Statement(FIGURES, parameters)
