"""Holds: promises that stand open on an account, and what a journal changed about them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from onebook.ledger.account import AccountKey
from onebook.values.decimals import ZERO


class Kind(StrEnum):
    """What happened to a hold."""

    PLACE = "place"
    SETTLE = "settle"
    RELEASE = "release"
    #: Waiting demand was covered by goods that arrived.
    SERVE = "serve"


@dataclass(frozen=True, slots=True)
class HoldChange:
    """Signed differences that one journal made to a hold. `line`: the row that caused it."""

    hold: int
    kind: Kind
    line: int = 0
    wanted_quantity: Decimal = ZERO
    wanted_amount: Decimal = ZERO
    settled_quantity: Decimal = ZERO
    settled_amount: Decimal = ZERO
    released_quantity: Decimal = ZERO
    released_amount: Decimal = ZERO
    waiting: Decimal = ZERO

    def inverse(self) -> "HoldChange":
        """The change that takes this one back."""
        return HoldChange(
            self.hold,
            self.kind,
            self.line,
            -self.wanted_quantity,
            -self.wanted_amount,
            -self.settled_quantity,
            -self.settled_amount,
            -self.released_quantity,
            -self.released_amount,
            -self.waiting,
        )

    def plus(self, waiting: Decimal) -> "HoldChange":
        """The same change with another difference of what waits."""
        return HoldChange(
            self.hold,
            self.kind,
            self.line,
            self.wanted_quantity,
            self.wanted_amount,
            self.settled_quantity,
            self.settled_amount,
            self.released_quantity,
            self.released_amount,
            self.waiting + waiting,
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """A promise: an entry that has not happened yet. Measures are absolute; `sign` -1 takes, +1 brings.

    wanted = settled + released + open; `waiting` ≤ open quantity is the part that nothing covers yet.
    """

    id: int
    name: str
    account: AccountKey
    form: str
    document: int
    line: int
    sign: int
    due: date | None = None
    priority: int = 0
    waits: bool = False
    wanted_quantity: Decimal = ZERO
    wanted_amount: Decimal = ZERO
    settled_quantity: Decimal = ZERO
    settled_amount: Decimal = ZERO
    released_quantity: Decimal = ZERO
    released_amount: Decimal = ZERO
    waiting: Decimal = ZERO

    @property
    def owner(self) -> int:
        """The row that placed it, or its record."""
        return self.line or self.document

    @property
    def open_quantity(self) -> Decimal:
        """Quantity still promised, waiting or not."""
        return self.wanted_quantity - self.settled_quantity - self.released_quantity

    @property
    def open_amount(self) -> Decimal:
        """Amount still promised."""
        return self.wanted_amount - self.settled_amount - self.released_amount

    @property
    def is_wanted(self) -> bool:
        """Whether anything was promised; of what was taken back nothing was."""
        return bool(self.wanted_quantity or self.wanted_amount)

    @property
    def covered(self) -> Decimal:
        """Open quantity that is not waiting."""
        return self.open_quantity - self.waiting

    @property
    def turn(self) -> tuple[int, date, int]:
        """Its place in the waiting line: priority, then due date, then age."""
        return self.priority, self.due or date.max, self.id

    def after(self, change: HoldChange) -> "Hold":
        """The hold once a change is made; what waits stays between nothing and all that is open."""
        wanted = self.wanted_quantity + change.wanted_quantity
        settled = self.settled_quantity + change.settled_quantity
        released = self.released_quantity + change.released_quantity
        waiting = min(max(self.waiting + change.waiting, ZERO), max(wanted - settled - released, ZERO))
        return Hold(
            self.id,
            self.name,
            self.account,
            self.form,
            self.document,
            self.line,
            self.sign,
            self.due,
            self.priority,
            self.waits,
            wanted,
            self.wanted_amount + change.wanted_amount,
            settled,
            self.settled_amount + change.settled_amount,
            released,
            self.released_amount + change.released_amount,
            waiting,
        )
