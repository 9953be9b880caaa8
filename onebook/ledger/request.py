"""What the ledger can be asked to do in one event: promises, facts, and the limits that must hold after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from onebook.ledger.account import AccountKey
from onebook.ledger.hold import HoldChange
from onebook.ledger.journal import Entry, Origin
from onebook.values.decimals import ZERO


@dataclass(frozen=True, slots=True)
class Move:
    """Goods with their value from one account to another: quantity > 0. Without an amount the value that leaves is
    the source's share: all of it with the last piece, otherwise round(amount × q ÷ quantity, 2). A source that is only
    summed gives them at the target's present unit cost.

    A kept source that leaves its lot or spot open takes its pieces from the leaves below it (`Request.picks`); the lots
    that it takes go along to a kept target that keeps lots and names none."""

    source: AccountKey
    target: AccountKey
    quantity: Decimal
    amount: Decimal | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money: debit ← credit."""

    debit: AccountKey
    credit: AccountKey
    amount: Decimal
    line: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What goes into a conversion or comes out of it: quantity > 0 on a kept account. `weight` ≥ 0: the share of an
    output in the value of the inputs, in any unit; without any weight the outputs share by their quantities."""

    account: AccountKey
    quantity: Decimal
    weight: Decimal = ZERO
    line: int = 0


@dataclass(frozen=True, slots=True)
class Convert:
    """Goods become other goods: the inputs leave (picked like moves), the outputs arrive with the sum of the inputs'
    values and of the costs, split by weight to the cent; the last one takes the rest.

    Everything passes through the summed role `through` (quantity and amount, per item), whose amounts net to zero.
    `costs`: the account credited and the amount ≥ 0 that is added to the outputs."""

    inputs: tuple[Part, ...]
    outputs: tuple[Part, ...]
    through: str
    costs: tuple[tuple[AccountKey, Decimal], ...] = ()

    def passing(self, item: int) -> AccountKey:
        """The account that goods of an item pass through."""
        return AccountKey(self.through, item=item)


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Takes back part of what row `of` of record `document` moved: quantity > 0 pieces, from or to the lots that it
    moved, at the amounts that they moved with, against the accounts that they came from or went to.

    `at`: the role and place that the goods return to or leave from; lot and spot as they were, unless given. What was
    given back before counts; more than is left is refused. Entries are marked with `of`."""

    document: int
    of: int
    at: AccountKey
    quantity: Decimal
    line: int = 0


@dataclass(frozen=True, slots=True)
class Revalue:
    """Adds an amount of either sign to the value of what row `of` of record `document` brought in: the share that is
    still here to the accounts of the role of `at` where it lies (first at its place, then wherever its lots are), the
    share that is gone to `gone`. `against` gets the opposite."""

    document: int
    of: int
    amount: Decimal
    at: AccountKey
    gone: AccountKey
    against: AccountKey
    line: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A promise to be placed, owned by the origin record and, if it has one, by a row of it.

    Signed quantity and amount: negative takes, positive is expected. `waits`: what exceeds the available quantity waits
    in line by (priority, due, id) instead of being refused. `covers`: so much of it need not wait, because the promise
    had it already."""

    name: str
    account: AccountKey
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    due: date | None = None
    line: int = 0
    waits: bool = False
    priority: int = 0
    covers: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Settle:
    """A promise comes true by quantity and amount ≥ 0 (absolute values; the hold knows its sign).

    `owner` is the id that placed it: a row's id, or the record's; a record's id reaches the holds of all its rows too,
    the earliest due first. `capped`: what exceeds the open promise is ignored instead of refused. `extends`: a promise
    that is still open in part grows by what exceeds it; what nothing open stands behind is refused."""

    name: str
    owner: int
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    capped: bool = False
    line: int = 0
    extends: bool = False


@dataclass(frozen=True, slots=True)
class Unsettle:
    """What came true of a promise is undone in part: by quantity and amount ≥ 0, the promise due last first.

    `owner` as in `Settle`. `reopens`: it is owed again, and waits in line if such a promise ever waits; otherwise it
    counts as let go. `capped`: what exceeds the part that came true is ignored instead of refused."""

    name: str
    owner: int
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    reopens: bool = False
    capped: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Restate:
    """What the origin record promises under a name, said anew: everything that is wanted now, come true or not.

    A promise that stands changes by the difference, and keeps its account and day once a part of it came true; what is
    no longer named is wanted no more. Less than came true is refused."""

    name: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """What is still open of a record's holds is let go: of one name, or of all."""

    document: int
    name: str | None = None


class Measure(StrEnum):
    """What a limit is about."""

    QUANTITY = "quantity"
    AMOUNT = "amount"


class Tense(StrEnum):
    """Facts; facts less what holds take; facts and all holds."""

    BALANCE = "balance"
    AVAILABLE = "available"
    PROJECTED = "projected"


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on an account after the event. `plus`: accounts whose same measure is added before comparing."""

    account: AccountKey
    measure: Measure
    tense: Tense
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    plus: tuple[AccountKey, ...] = ()
    #: Name of the limit for texts: `on_hand.0`.
    name: str = ""
    #: Where the account leaves its lot or spot open: it guards each leaf that pieces are picked from or carried to in
    #: its stead, and of a control account, by quantity, the part without lot and spot. Not together with `plus`.
    each_leaf: bool = False


@dataclass(frozen=True, slots=True)
class Undo:
    """The exact inverse of a journal, signs already turned; made by `reverse.find`, never by hand."""

    journal: int
    entries: tuple[Entry, ...] = ()
    changes: tuple[HoldChange, ...] = ()
    #: The record that the journal belongs to.
    document: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """All that one event asks of the ledger.

    Order of working: undo, releases, settles, unsettles, moves, converts, gives_back, revalues, transfers, places; then
    the waiting line is served and limits are checked.

    `picks`: for a source that leaves its lot or spot open, the accounts to take pieces from, in order of preference;
    those not named are not taken. Without it: the account's own pieces first, then its leaves by lot and spot."""

    on: date
    origin: Origin
    releases: tuple[Release, ...] = ()
    settles: tuple[Settle, ...] = ()
    moves: tuple[Move, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    places: tuple[Place, ...] = ()
    limits: tuple[Limit, ...] = ()
    undo: Undo | None = None
    converts: tuple[Convert, ...] = ()
    gives_back: tuple[GiveBack, ...] = ()
    revalues: tuple[Revalue, ...] = ()
    picks: Mapping[AccountKey, tuple[AccountKey, ...]] = field(default_factory=dict)
    unsettles: tuple[Unsettle, ...] = ()
    restates: tuple[Restate, ...] = ()
    #: Where less would be available than a limit wants, promises that may wait go back to the line, the last first,
    #: before anything is refused: facts do not ask promises.
    displaces: bool = False
