"""Opens a figure: the entries and holds that sum to it, for whoever asks why it is what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.role import Role
from onebook.storage.transaction import Statement, Transaction
from onebook.values.decimals import ZERO

#: How many entries and holds one answer carries; `before` asks for the next ones.
PAGE = 200

_SAME = """a.role = %(role)s AND a.item = %(item)s AND a.place = %(place)s AND a.lot = %(lot)s
    AND a.party = %(party)s AND a.document = %(document)s AND a.spot = %(spot)s"""
_HERE = f"(SELECT a.id FROM ledger_account a WHERE {_SAME})"
_ACCOUNTS = f"(SELECT x.id FROM ledger_account x WHERE x.id = {_HERE} OR x.control = {_HERE})"

BALANCE = f"""SELECT a.quantity, a.amount, a.taken_quantity, a.taken_amount, a.expected_quantity, a.expected_amount,
    a.waiting, a.last_on FROM ledger_account a WHERE {_SAME}"""
SUMMED = f"""SELECT coalesce(sum(quantity_in - quantity_out), 0), coalesce(sum(amount_in - amount_out), 0)
    FROM ledger_total WHERE account = {_HERE}"""
# What came before the page, so that the lines run on to the balance.
ENTRIES = f"""SELECT e.journal, e.position, e.booked_on, j.at, j.form, j.record, j.transition, j.actor, j.reverses,
    e.line, e.quantity, e.amount, a.lot, a.document, a.spot, e.gives_back
FROM ledger_entry e JOIN ledger_journal j ON j.id = e.journal JOIN ledger_account a ON a.id = e.account
WHERE e.account IN {_ACCOUNTS}
    AND (%(until)s::date IS NULL OR e.booked_on <= %(until)s)
    AND (%(on)s::date IS NULL OR (e.booked_on, e.journal, e.position) < (%(on)s, %(journal)s, %(position)s))
ORDER BY e.booked_on DESC, e.journal DESC, e.position DESC LIMIT {PAGE}"""
HOLDS = f"""SELECT h.id, h.name, h.form, h.document, h.line, h.sign, h.due, h.priority, h.open_quantity, h.open_amount,
    h.waiting
FROM ledger_hold h WHERE h.is_open AND h.account IN {_ACCOUNTS} ORDER BY h.due NULLS LAST, h.id LIMIT {PAGE}"""


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """One fact behind a figure, with the document that wrote it."""

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
    lot: int
    document: int
    spot: int
    #: The row whose goods it gives back, or 0.
    gives_back: int


@dataclass(frozen=True, slots=True)
class OpenedHold:
    """One open promise behind a figure. Measures are absolute; `sign` -1 takes, +1 brings."""

    id: int
    name: str
    form: str
    document: int
    line: int
    sign: int
    due: date | None
    priority: int
    open_quantity: Decimal
    open_amount: Decimal
    waiting: Decimal


@dataclass(frozen=True, slots=True)
class Opened:
    """A figure and what it is made of, the latest entry first."""

    account: AccountKey
    balance: Balance
    entries: tuple[OpenedEntry, ...]
    holds: tuple[OpenedHold, ...]
    #: Whether there are entries before the last one shown: ask again with `before` set to it.
    has_more: bool


def why(
    transaction: Transaction,
    account: AccountKey,
    roles: Mapping[str, Role],
    *,
    until: date | None = None,
    before: OpenedEntry | None = None,
) -> Opened:
    """Why an account stands where it stands: its entries and open holds, of a control account those of its leaves too.

    `until`: entries up to this business date only. `before`: the next page. One round trip.
    """
    names: dict[str, object] = {
        "role": account.role,
        "item": account.item,
        "place": account.place,
        "lot": account.lot,
        "party": account.party,
        "document": account.document,
        "spot": account.spot,
        "until": until,
        "on": before.booked_on if before else None,
        "journal": before.journal if before else 0,
        "position": before.position if before else 0,
    }
    is_kept = roles[account.role].kept
    balances, entries, holds = transaction.run(
        Statement(BALANCE if is_kept else SUMMED, names), Statement(ENTRIES, names), Statement(HOLDS, names)
    )
    return Opened(
        account,
        Balance(*balances[0]) if balances else Balance(ZERO, ZERO),
        tuple(OpenedEntry(*row) for row in entries),
        tuple(OpenedHold(*row) for row in holds),
        len(entries) == PAGE,
    )
