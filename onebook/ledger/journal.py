"""Entries and journals: facts that balance, or cannot be constructed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from onebook.ledger.account import AccountKey
from onebook.values.decimals import ZERO


@dataclass(frozen=True, slots=True)
class Origin:
    """What a journal is there for: the record and the transition that wrote it, and who did it."""

    form: str
    id: int
    transition: str
    actor: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact: a signed quantity and a signed amount on one account; debit is positive. `line`: the row behind it.

    `gives_back`: the row whose goods it gives back, 0 if it gives nothing back."""

    account: AccountKey
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    line: int = 0
    gives_back: int = 0


@dataclass(frozen=True, slots=True)
class Journal:
    """The entries of one event. Amounts sum to zero, and quantities of each item do; anything else is a bug."""

    on: date
    origin: Origin
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        """An unbalanced journal cannot exist."""
        per_item: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
        for entry in self.entries:
            per_item[entry.account.item] += entry.quantity
        crooked = {item: total for item, total in per_item.items() if total}
        amount = sum((entry.amount for entry in self.entries), ZERO)
        assert amount == 0, f"amounts of {self.origin} sum to {amount}"
        assert not crooked, f"quantities of {self.origin} do not balance: {crooked}"
