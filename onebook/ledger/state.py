"""What the book says at one moment: accounts as they were read, and everything a decision needs to know of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.hold import Hold
from onebook.ledger.originals import NOTHING_BEFORE, Originals
from onebook.ledger.role import Role
from onebook.values.decimals import ZERO
from onebook.values.month import Month

EMPTY = Balance()


@dataclass(frozen=True, slots=True)
class AccountState:
    """One kept account. `id` is 0 while it does not exist yet (previews).

    `own_*`: the sum of its own entries, without those of its leaves; equal to the balance where there are no leaves.
    `unit_cost`: what a piece was last worth while there were any. `floor`: the quantity that the database guards.
    `is_new`: it has a number but no row yet; the posting that uses it writes that too.
    """

    id: int
    key: AccountKey
    balance: Balance = EMPTY
    own_quantity: Decimal = ZERO
    own_amount: Decimal = ZERO
    unit_cost: Decimal = ZERO
    floor: Decimal | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class LaterDays:
    """How far an account's past balances lay from the present one, from a day on: extremes of the facts since then.

    `*_own_quantity`: of its own entries, without those of its leaves."""

    highest_quantity: Decimal
    lowest_quantity: Decimal
    highest_amount: Decimal
    lowest_amount: Decimal
    highest_own_quantity: Decimal = ZERO
    lowest_own_quantity: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Locked:
    """Accounts under lock, and the only thing that `decide` accepts: holding it proves that nobody else moves them.

    A preview reads the same without locks (`is_locked` false) and can decide, but not post.
    """

    roles: Mapping[str, Role]
    #: Every kept account that may change or limit.
    accounts: Mapping[AccountKey, AccountState]
    #: Ids of summed accounts.
    summed: Mapping[AccountKey, int]
    holds: Mapping[int, Hold] = field(default_factory=dict)
    journals: tuple[int, ...] = (0,)
    new_holds: tuple[int, ...] = ()
    #: The last closed month.
    closed: Month | None = None
    #: For back-dated events: per account and day, what later days looked like.
    later: Mapping[tuple[AccountKey, date], LaterDays] = field(default_factory=dict)
    #: Per source that leaves its lot or spot open, as asked: where there are pieces, itself first, then its leaves by
    #: lot and spot.
    leaves: Mapping[AccountKey, tuple[AccountKey, ...]] = field(default_factory=dict)
    #: Per target of such a source, as asked: the accounts of the lots that may be carried there.
    carried: Mapping[AccountKey, tuple[AccountKey, ...]] = field(default_factory=dict)
    #: What earlier rows moved that are given back, revalued or reversed.
    originals: Originals = NOTHING_BEFORE
    is_locked: bool = True

    def after(self, accounts: Mapping[AccountKey, AccountState], holds: Mapping[int, Hold], placed: int) -> "Locked":
        """The same locks once a posting has been decided, for the next request of the same transaction."""
        return replace(
            self,
            accounts={**self.accounts, **accounts},
            holds={**self.holds, **holds},
            journals=self.journals[1:],
            new_holds=self.new_holds[placed:],
        )
