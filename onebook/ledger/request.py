"""What the ledger can be asked to do in one event: promises, facts, and the limits that must hold after it."""

from dataclasses import dataclass
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
    summed gives them at the target's present unit cost."""

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
class Place:
    """A promise to be placed, owned by the origin record and, if it has one, by a row of it.

    Signed quantity and amount: negative takes, positive is expected. `waits`: what exceeds the available quantity waits
    in line by (priority, due, id) instead of being refused."""

    name: str
    account: AccountKey
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    due: date | None = None
    line: int = 0
    waits: bool = False
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Settle:
    """A promise comes true by quantity and amount ≥ 0 (absolute values; the hold knows its sign).

    `owner` is the id that placed it: a row's id, or the record's; a record's id reaches the holds of all its rows too,
    the earliest due first. `capped`: what exceeds the open promise is ignored instead of refused."""

    name: str
    owner: int
    quantity: Decimal = ZERO
    amount: Decimal = ZERO
    capped: bool = False
    line: int = 0


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


@dataclass(frozen=True, slots=True)
class Undo:
    """The exact inverse of a journal, signs already turned; made by `reverse.find`, never by hand."""

    journal: int
    entries: tuple[Entry, ...] = ()
    changes: tuple[HoldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """All that one event asks of the ledger.

    Order of working: undo, releases, settles, moves, transfers, places; then the waiting line is served and limits
    are checked."""

    on: date
    origin: Origin
    releases: tuple[Release, ...] = ()
    settles: tuple[Settle, ...] = ()
    moves: tuple[Move, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    places: tuple[Place, ...] = ()
    limits: tuple[Limit, ...] = ()
    undo: Undo | None = None
