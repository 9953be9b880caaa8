"""A posting: what an event will write, decided and complete; nothing in it can still fail for a business reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.hold import Hold, HoldChange
from onebook.ledger.journal import Journal
from onebook.ledger.state import AccountState


@dataclass(frozen=True, slots=True)
class AccountChange:
    """A kept account before and after. `posted`: it, or one of its leaves, has an entry."""

    before: AccountState
    after: AccountState
    posted: bool

    @property
    def key(self) -> AccountKey:
        """The account."""
        return self.after.key


@dataclass(frozen=True, slots=True)
class Posting:
    """The journal with its number, every kept account and every hold that it changes."""

    id: int
    journal: Journal
    accounts: tuple[AccountChange, ...]
    #: Holds as they stand after it, the new ones among them.
    holds: tuple[Hold, ...]
    placed: frozenset[int]
    changes: tuple[HoldChange, ...]
    #: Ids of the accounts that have entries or holds.
    ids: Mapping[AccountKey, int]
    #: Leaf to control account, of kept accounts.
    controls: Mapping[AccountKey, AccountKey]
    #: Which accounts are only summed.
    summed: frozenset[AccountKey] = frozenset()
    reverses: int | None = None
    is_locked: bool = True

    @property
    def on(self) -> date:
        """Its business date."""
        return self.journal.on

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.journal.entries and not self.changes

    def balance(self, key: AccountKey) -> Balance | None:
        """The balance of a kept account after it; None if it is not concerned."""
        return next((change.after.balance for change in self.accounts if change.key == key), None)
