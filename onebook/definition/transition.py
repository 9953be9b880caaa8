"""Transitions: the steps of a document, and the effects that each has on ledger and records."""

from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic import Field as Key

from onebook.definition.model import NOTHING, Declared, Formula, Must, Name, Words, one_or_many

#: `receivable(customer, order)`: a role at dimensions, in the order in which the role declares them; trailing
#: dimensions may be left out. Each argument is a formula whose type is a link.
AccountText = Formula


class Hold(Declared):
    """A promise: an entry that has not happened yet. Negative takes from what is available, positive is expected."""

    #: What settles and releases call it; unique in the form.
    name: Name
    each: Name | None = None
    on: AccountText
    quantity: Formula | None = None
    amount: Formula | None = None
    due: Formula | None = None
    when: Formula | None = None
    #: When not enough is available: refuse, or let the rest wait in line (a smaller priority is served first).
    short: Literal["refuse", "wait"] = "refuse"
    priority: Formula | None = None


class Settle(Declared):
    """A promise comes true: takes this much off an open hold that the row or record `of` placed."""

    hold: Name
    of: Formula
    each: Name | None = None
    quantity: Formula | None = None
    amount: Formula | None = None
    when: Formula | None = None
    #: More than is open: refuse, or settle only what is open.
    beyond: Literal["refuse", "cap"] = "refuse"


class Move(Declared):
    """Goods and their value, from → to. The value follows from the book; `amount` gives it for goods that come in."""

    each: Name | None = None
    quantity: Formula
    amount: Formula | None = None
    source: Annotated[AccountText, Key(alias="from")]
    target: Annotated[AccountText, Key(alias="to")]
    when: Formula | None = None


class Entry(Declared):
    """Money: debit ← credit. A negative amount turns the sides; zero writes nothing."""

    each: Name | None = None
    amount: Formula
    debit: AccountText
    credit: AccountText
    when: Formula | None = None


class CreatedLines(Declared):
    """Rows of a created document, one for each row of ours that the condition admits."""

    each: Name
    when: Formula | None = None
    fields: dict[Name, Formula]


class Create(Declared):
    """下推: a further document as a draft, made in the same transaction; skipped when no row is admitted."""

    form: Name
    when: Formula | None = None
    fields: dict[Name, Formula] = NOTHING
    lines: dict[Name, CreatedLines] = NOTHING


class Transition(Declared):
    """One step of a record's life: who may stand where before and after, and everything it does, in order."""

    label: Words
    source: Annotated[tuple[Name, ...], BeforeValidator(one_or_many), Key(alias="from")]
    target: Annotated[Name, Key(alias="to")]
    requires: tuple[Must, ...] = ()
    #: The business date of what it posts; default: the form's `dated_by`.
    on: Formula | None = None
    sets: dict[Name, Formula] = NOTHING
    #: Names of this record's holds to let go of what is still open, or all of them.
    releases: Literal["all"] | tuple[Name, ...] = ()
    settles: tuple[Settle, ...] = ()
    holds: tuple[Hold, ...] = ()
    moves: tuple[Move, ...] = ()
    entries: tuple[Entry, ...] = ()
    creates: tuple[Create, ...] = ()
    #: The state after reversal; default: the state it came from. What has posted must name one that cannot be edited.
    reversed_to: Name | None = None
    #: Why it cannot be reversed, if it cannot.
    irreversible: Words | None = None

    @property
    def posts(self) -> bool:
        """Whether it writes facts into the ledger (as opposed to promises alone)."""
        return bool(self.moves or self.entries)
