"""Accounts: a role at given dimensions, and what the book says of one at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from onebook.ledger.role import Dimension, Role
from onebook.values.decimals import ZERO


class AccountKey(NamedTuple):
    """A role at dimensions (record ids, 0 where there is none). A decision makes and compares hundreds of them: a tuple
    does both at once."""

    role: str
    item: int = 0
    place: int = 0
    lot: int = 0
    party: int = 0
    document: int = 0
    spot: int = 0

    def control(self, role: Role) -> "AccountKey":
        """The account that this one rolls up to; itself, if it is one."""
        if not role.leaf:
            return self
        leaf = role.leaf
        return AccountKey(
            self.role,
            0 if Dimension.ITEM in leaf else self.item,
            0 if Dimension.PLACE in leaf else self.place,
            0 if Dimension.LOT in leaf else self.lot,
            0 if Dimension.PARTY in leaf else self.party,
            0 if Dimension.DOCUMENT in leaf else self.document,
            0 if Dimension.SPOT in leaf else self.spot,
        )

    def at(self, dimension: Dimension) -> int:
        """Its place in one dimension."""
        return int(getattr(self, dimension.value))

    def __str__(self) -> str:
        """For logs and refusals: `on_hand(item 3, place 1)`."""
        named = [f"{dimension.value} {self.at(dimension)}" for dimension in Dimension if self.at(dimension)]
        return f"{self.role}({', '.join(named)})"


def difference_account(role: Role, key: AccountKey, roles: Mapping[str, Role]) -> AccountKey | None:
    """Where a rest of value of an account goes: its role's difference role, per item if that has items."""
    if role.difference is None:
        return None
    has_item = Dimension.ITEM in roles[role.difference].dimensions
    return AccountKey(role.difference, item=key.item if has_item else 0)


@dataclass(frozen=True, slots=True)
class Balance:
    """Facts and promises of one account.

    `quantity`, `amount`: the sum of its entries and, on a control account, of its leaves' entries.
    `taken_*` ≥ 0: what open holds of negative sign will take (waiting parts not counted);
    `expected_*` ≥ 0: what open holds of positive sign will bring. `waiting` ≥ 0: what is wanted beyond availability.
    """

    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    taken_quantity: Decimal = ZERO
    taken_amount: Decimal = ZERO
    expected_quantity: Decimal = ZERO
    expected_amount: Decimal = ZERO
    waiting: Decimal = ZERO
    #: The business date of its latest entry.
    last_on: date | None = None

    @property
    def available(self) -> Decimal:
        """Quantity that nobody has been promised."""
        return self.quantity - self.taken_quantity

    @property
    def projected(self) -> Decimal:
        """Quantity once every promise has come true, waiting demand included."""
        return self.available + self.expected_quantity - self.waiting

    @property
    def available_amount(self) -> Decimal:
        """Amount less what holds take."""
        return self.amount - self.taken_amount

    @property
    def projected_amount(self) -> Decimal:
        """Amount once every promise has come true."""
        return self.available_amount + self.expected_amount
