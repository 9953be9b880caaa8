"""The running copy of the book that one event works on: several moves of an account see each other."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from onebook.ledger import value
from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.hold import Hold, HoldChange, Kind
from onebook.ledger.journal import Entry
from onebook.ledger.request import Request
from onebook.ledger.role import Role
from onebook.ledger.state import AccountState, Locked
from onebook.values.decimals import ZERO


class WorkingAccount:
    """A kept account while an event is being worked out."""

    __slots__ = (
        "amount", "control", "expected_amount", "expected_quantity", "key", "own_amount", "own_quantity", "posted",
        "quantity", "role", "state", "taken_amount", "taken_quantity", "unit_cost", "waiting",
    )  # fmt: skip

    def __init__(self, state: AccountState, role: Role, control: "WorkingAccount | None") -> None:
        """Start from what was read."""
        balance = state.balance
        self.state = state
        self.key = state.key
        self.role = role
        self.control = control
        self.quantity = balance.quantity
        self.amount = balance.amount
        self.taken_quantity = balance.taken_quantity
        self.taken_amount = balance.taken_amount
        self.expected_quantity = balance.expected_quantity
        self.expected_amount = balance.expected_amount
        self.waiting = balance.waiting
        self.own_quantity = state.own_quantity
        self.own_amount = state.own_amount
        self.unit_cost = state.unit_cost
        #: Whether it or one of its leaves has an entry of this event.
        self.posted = False

    @property
    def available(self) -> Decimal:
        """Quantity that nobody has been promised; of a leaf, no more than of its control account."""
        here = self.quantity - self.taken_quantity
        return here if self.control is None else min(here, self.control.available)

    def enter(self, quantity: Decimal, amount: Decimal) -> None:
        """Count an entry, here and on the control account."""
        if self.own_quantity > 0 >= self.own_quantity + quantity:
            self.unit_cost = value.unit_cost(self.own_quantity, self.own_amount, self.unit_cost)
        self.own_quantity += quantity
        self.own_amount += amount
        self.quantity += quantity
        self.amount += amount
        self.posted = True
        if self.control is not None:
            self.control.quantity += quantity
            self.control.amount += amount
            self.control.posted = True

    def promise(self, sign: int, quantity: Decimal, amount: Decimal, waiting: Decimal) -> None:
        """Count a difference of what holds take (covered only), bring or wait for, here and on the control account."""
        if sign < 0:
            self.taken_quantity += quantity - waiting
            self.taken_amount += amount
            self.waiting += waiting
        else:
            self.expected_quantity += quantity
            self.expected_amount += amount
        if self.control is not None:
            self.control.promise(sign, quantity, amount, waiting)

    def balance(self, on: date) -> Balance:
        """Where it stands; `on` is the business date of the event."""
        last_on = self.state.balance.last_on
        if self.posted and (last_on is None or last_on < on):
            last_on = on
        return Balance(
            self.quantity,
            self.amount,
            self.taken_quantity,
            self.taken_amount,
            self.expected_quantity,
            self.expected_amount,
            self.waiting,
            last_on,
        )


class Picked:
    """What was picked in an account's stead so far: pieces asked for, pieces found, and the accounts that gave or got
    them, in their order."""

    __slots__ = ("asked", "found", "leaves")

    def __init__(self) -> None:
        """Nothing yet."""
        self.asked = ZERO
        self.found = ZERO
        self.leaves: dict[AccountKey, None] = {}


class Working:
    """The running copy: kept accounts, holds, and what has been written down so far."""

    def __init__(self, locked: Locked, request: Request) -> None:
        """Start from the locks; nothing has happened yet."""
        self.locked = locked
        self.on = request.on
        self.picks = request.picks
        #: By account as asked for, whose lot or spot is left open.
        self.picked: dict[AccountKey, Picked] = {}
        self._below: dict[AccountKey, list[AccountKey]] | None = None
        self.accounts: dict[AccountKey, WorkingAccount] = {}
        self.holds: dict[int, Hold] = {}
        self.entries: list[Entry] = []
        self.changes: list[HoldChange] = []
        #: New holds, and where their change stands: what is served at once belongs to it.
        self.placed: dict[int, int] = {}

    def account(self, key: AccountKey) -> WorkingAccount:
        """The running copy of a kept account."""
        account = self.accounts.get(key)
        if account is None:
            role = self.locked.roles[key.role]
            control = key.control(role)
            account = WorkingAccount(self.locked.accounts[key], role, None if control == key else self.account(control))
            self.accounts[key] = account
        return account

    def is_kept(self, key: AccountKey) -> bool:
        """Whether the account keeps a balance."""
        return self.locked.roles[key.role].kept

    def below(self, control: AccountKey) -> list[AccountKey]:
        """The known leaves of a control account that have a lot or spot, by both."""
        if self._below is None:
            self._below = defaultdict(list)
            for key in self.locked.accounts:
                if key.lot or key.spot:
                    self._below[key.control(self.locked.roles[key.role])].append(key)
            for leaves in self._below.values():
                leaves.sort(key=lambda leaf: (leaf.lot, leaf.spot))
        return self._below.get(control, [])

    def enter(self, key: AccountKey, quantity: Decimal, amount: Decimal, line: int, gives_back: int = 0) -> None:
        """Write an entry down."""
        self.entries.append(Entry(key, quantity, amount, line, gives_back))
        if self.is_kept(key):
            self.account(key).enter(quantity, amount)

    def hold(self, identity: int) -> Hold:
        """A hold as it stands now."""
        return self.holds.get(identity) or self.locked.holds[identity]

    def place(self, hold: Hold, change: HoldChange) -> None:
        """Add a new hold, which `change` fills."""
        self.placed[hold.id] = len(self.changes)
        self.holds[hold.id] = hold
        self.change(change)

    def change(self, change: HoldChange) -> Hold:
        """Write a change of a hold down and count it on its account."""
        before = self.hold(change.hold)
        after = before.after(change)
        if after == before:
            # Goods that it was served with go again, and it was taken back or served otherwise since.
            return after
        self.holds[after.id] = after
        if change.kind is Kind.SERVE and change.hold in self.placed:
            nth = self.placed[change.hold]
            self.changes[nth] = self.changes[nth].plus(after.waiting - before.waiting)
        else:
            self.changes.append(change.plus(after.waiting - before.waiting - change.waiting))
        self.account(after.account).promise(
            after.sign,
            after.open_quantity - before.open_quantity,
            after.open_amount - before.open_amount,
            after.waiting - before.waiting,
        )
        return after

    def open_holds(self) -> list[Hold]:
        """All known holds with something open, as they stand now."""
        return [hold for hold in self.known_holds() if hold.open_quantity or hold.open_amount]

    def known_holds(self) -> list[Hold]:
        """All holds that were read or placed, as they stand now, whether anything of them is open or not."""
        return list({**self.locked.holds, **self.holds}.values())


def worth_of(working: Working, key: AccountKey, pieces: Decimal) -> Decimal:
    """What pieces would be worth on an account now."""
    account = working.account(key)
    if account.own_quantity > 0:
        return value.share(account.own_amount, pieces, account.own_quantity)
    return value.worth(pieces, account.unit_cost)
