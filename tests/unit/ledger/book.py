"""A small book for tests: the roles of a trader, and short words for events."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from onebook.ledger import lock, post, reverse
from onebook.ledger.account import AccountKey
from onebook.ledger.check import Drift, check
from onebook.ledger.decide import decide
from onebook.ledger.journal import Origin
from onebook.ledger.posting import Posting
from onebook.ledger.request import Limit, Measure, Move, Place, Release, Request, Settle, Tense, Transfer
from onebook.ledger.role import Dimension, Role
from onebook.ledger.state import Locked
from onebook.storage.database import Database
from onebook.storage.transaction import Statement

D = Decimal
DAY = date(2026, 3, 10)
ITEM, PLACE, LOT, PARTY, DOCUMENT, SPOT = Dimension
ROLES = {
    role.name: role
    for role in (
        Role(
            "on_hand", frozenset({ITEM, PLACE, LOT}), frozenset({LOT}), has_quantity=True, difference="stock_difference"
        ),
        Role(
            "shelf",
            frozenset({ITEM, PLACE, LOT, SPOT}),
            frozenset({LOT, SPOT}),
            has_quantity=True,
            difference="stock_difference",
        ),
        Role("card", frozenset({ITEM, PARTY, LOT}), frozenset({LOT}), has_quantity=True),
        Role("bare", frozenset({ITEM}), has_quantity=True),
        Role("receivable", frozenset({PARTY, DOCUMENT}), frozenset({DOCUMENT})),
        Role("prepayment", frozenset({PARTY, DOCUMENT}), frozenset({DOCUMENT})),
        Role("cash", frozenset({PLACE})),
        Role("supply", frozenset({ITEM, PARTY}), has_quantity=True, kept=False),
        Role("cost", frozenset({ITEM, PARTY}), has_quantity=True, kept=False),
        Role("revenue", frozenset({ITEM, PARTY}), kept=False),
        Role("tax", frozenset(), kept=False),
        Role("stock_difference", frozenset({ITEM}), kept=False),
        # Goods that lie with customers, goods on their way through a conversion, and the price of what is late.
        Role("consigned", frozenset({ITEM, PARTY, LOT}), frozenset({LOT}), True, difference="stock_difference"),
        Role("converted", frozenset({ITEM}), has_quantity=True, kept=False),
        Role("estimated", frozenset({ITEM, PARTY}), kept=False),
        Role("wages", frozenset(), kept=False),
        # Hours that were paid and are owed: pieces with an amount below zero.
        Role("class_hours", frozenset({ITEM, PARTY, LOT}), frozenset({LOT}), has_quantity=True),
        Role("tuition", frozenset({ITEM, PARTY}), has_quantity=True, kept=False),
        Role("breakage", frozenset({ITEM, PARTY}), has_quantity=True, kept=False),
        Role("refunded_hours", frozenset({ITEM, PARTY}), has_quantity=True, kept=False),
        Role("sold_hours", frozenset({ITEM, PARTY}), has_quantity=True, kept=False),
    )
}
SUPPLY, COST = "supply", "cost"


def on_hand(item: int = 1, place: int = 1, lot: int = 0) -> AccountKey:
    return AccountKey("on_hand", item=item, place=place, lot=lot)


def shelf(item: int = 1, place: int = 1, lot: int = 0, spot: int = 0) -> AccountKey:
    return AccountKey("shelf", item=item, place=place, lot=lot, spot=spot)


def receivable(party: int = 1, document: int = 0) -> AccountKey:
    return AccountKey("receivable", party=party, document=document)


def prepayment(party: int = 1, document: int = 0) -> AccountKey:
    return AccountKey("prepayment", party=party, document=document)


def floor(account: AccountKey, at_least: object = 0, *, each_leaf: bool = False) -> Limit:
    lowest = D(str(at_least))
    return Limit(account, Measure.QUANTITY, Tense.AVAILABLE, at_least=lowest, name="stock", each_leaf=each_leaf)


def arrive(quantity: object, amount: object = None, account: AccountKey | None = None, line: int = 0) -> Move:
    """Goods come in."""
    target = account or on_hand()
    value = None if amount is None else D(str(amount))
    return Move(AccountKey(SUPPLY, item=target.item), target, D(str(quantity)), value, line)


def leave(quantity: object, account: AccountKey | None = None, line: int = 0, amount: object = None) -> Move:
    """Goods go out."""
    source = account or on_hand()
    value = None if amount is None else D(str(amount))
    return Move(source, AccountKey(COST, item=source.item), D(str(quantity)), value, line)


def sell(party: int, document: int, amount: object) -> Transfer:
    return Transfer(receivable(party, document), AccountKey("revenue", party=party), D(str(amount)))


def reserve(quantity: object, line: int, account: AccountKey | None = None, **more: Any) -> Place:
    return Place("reserve", account or on_hand(), -D(str(quantity)), line=line, **more)


def settle(quantity: object, owner: int, name: str = "reserve", **more: Any) -> Settle:
    return Settle(name, owner, D(str(quantity)), **more)


def request(document: int = 100, on: date = DAY, **parts: Any) -> Request:
    """An event of a document."""
    listed: dict[str, Any] = {n: part if isinstance(part, Mapping) else tuple(part) for n, part in parts.items()}
    return Request(on, Origin("paper", document, "act", 7), **listed)


class Book:
    """The ledger of one company, event by event."""

    def __init__(self, database: Database, schema: str) -> None:
        self.database = database
        self.schema = schema
        self.round_trips = 0

    def act(self, document: int = 100, on: date = DAY, **parts: Any) -> Posting:
        """Run one event and commit it."""
        return self.run(request(document, on, **parts))

    def run(self, asked: Request) -> Posting:
        with self.database.transaction(self.schema) as transaction:
            locked = lock.read(transaction, asked, ROLES)
            posting = decide(asked, locked)
            transaction.commit(*post.statements(posting))
            self.round_trips = transaction.round_trips
        return posting

    def preview(self, asked: Request) -> Posting:
        with self.database.transaction(self.schema, read_only=True) as transaction:
            return decide(asked, lock.read(transaction, asked, ROLES, lock=False))

    def reverse(self, journal: int, limits: Sequence[Limit] = (), on: date = DAY) -> Posting:
        with self.database.transaction(self.schema) as transaction:
            (undo,) = reverse.find(transaction, [journal])
            asked = reverse.request_of(undo, on, Origin("paper", 100, "reverse", 7), tuple(limits))
            posting = decide(asked, lock.read(transaction, asked, ROLES))
            transaction.commit(*post.statements(posting))
        return posting

    def state(self, *accounts: AccountKey) -> Locked:
        limits = [floor(account) for account in accounts]
        asked = request(limits=limits)
        with self.database.transaction(self.schema, read_only=True) as transaction:
            return lock.read(transaction, asked, ROLES, lock=False)

    def at(self, account: AccountKey) -> tuple[Any, Any]:
        """Quantity and amount."""
        balance = self.state(account).accounts[account].balance
        return balance.quantity, balance.amount

    def balance(self, account: AccountKey) -> Any:
        return self.state(account).accounts[account].balance

    def available(self, account: AccountKey) -> Decimal:
        return self.state(account).accounts[account].balance.available

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.schema, read_only=True) as transaction:
            return transaction.run(Statement(sql, parameters))[0]

    def summed(self, role: str) -> tuple[Any, Any]:
        """A summed role: quantity and amount from its totals."""
        (row,) = self.rows(
            "SELECT coalesce(sum(quantity_in - quantity_out), 0), coalesce(sum(amount_in - amount_out), 0)"
            " FROM ledger_total t JOIN ledger_account a ON a.id = t.account WHERE a.role = %s",
            role,
        )
        return row[0], row[1]

    def meters(self) -> list[tuple[Any, ...]]:
        """Every figure that users see, for comparing before and after. Facts that cancel out are not among them."""
        accounts = self.rows(
            "SELECT role, item, place, lot, party, document, spot, quantity, amount, own_quantity, own_amount,"
            " taken_quantity, taken_amount, expected_quantity, expected_amount, waiting FROM ledger_account"
            " WHERE kept AND (quantity, amount, own_quantity, own_amount, taken_quantity, taken_amount,"
            " expected_quantity, expected_amount, waiting) IS DISTINCT FROM (0, 0, 0, 0, 0, 0, 0, 0, 0)"
            " ORDER BY 1, 2, 3, 4, 5, 6, 7"
        )
        holds = self.rows(
            "SELECT id, settled_quantity, settled_amount, released_quantity, released_amount, open_quantity,"
            " open_amount, waiting FROM ledger_hold WHERE is_open ORDER BY id"
        )
        totals = self.rows(
            "SELECT role, item, place, lot, party, document, spot, month, sum(quantity_in), sum(quantity_out),"
            " sum(amount_in), sum(amount_out) FROM ledger_total t JOIN ledger_account a ON a.id = t.account"
            " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING (sum(quantity_in), sum(quantity_out), sum(amount_in),"
            " sum(amount_out)) IS DISTINCT FROM (0, 0, 0, 0) ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"
        )
        return [*accounts, *holds, *totals]

    def drifts(self) -> list[Drift]:
        with self.database.transaction(self.schema, read_only=True) as transaction:
            return check(transaction)


def release(document: int = 100, name: str | None = None) -> Release:
    return Release(document, name)
