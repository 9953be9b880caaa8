"""Transitions: the steps of a document, and the effects that each has on ledger and records."""

from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic import Field as Key

from onebook.definition.approval import Approval
from onebook.definition.drawing import Closing, Draw
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
    #: More than is open: refuse, settle only what is open, or let a promise that is open in part grow by it.
    beyond: Literal["refuse", "cap", "extend"] = "refuse"


class Unsettle(Declared):
    """What came true of a promise comes undone: this much of what the hold that the row or record `of` placed has
    settled, the latest due first."""

    hold: Name
    of: Formula
    each: Name | None = None
    quantity: Formula | None = None
    amount: Formula | None = None
    when: Formula | None = None
    #: Where it holds, the promise is owed again; otherwise it counts as let go.
    reopens: Formula = "FALSE"
    #: More than has come true: refuse, or undo only what has.
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
    """下推: a further document as a draft, made in the same transaction; skipped when no row is admitted.

    `by`: one document for each different value of this formula over the rows; its own fields may then be read from the
    first row of each (`lines` are all of the same `each`)."""

    form: Name
    when: Formula | None = None
    by: Formula | None = None
    fields: dict[Name, Formula] = NOTHING
    lines: dict[Name, CreatedLines] = NOTHING

    @property
    def each(self) -> str | None:
        """The rows over which `by` and the fields are read; None: the record."""
        return next((lines.each for lines in self.lines.values()), None) if self.by is not None else None


class Make(Declared):
    """A record made for a row, or for the record, and linked from it (`into`) before anything else happens: whatever
    the step posts finds it there. Rows that are linked already keep what they have."""

    each: Name | None = None
    form: Name
    into: Name
    fields: dict[Name, Formula] = NOTHING
    when: Formula | None = None


class GiveBack(Declared):
    """Part of what an earlier row `of` moved goes back: to or from the lots that it moved, at the amounts that they
    moved with, against the accounts that they came from or went to. `at`: the role and place where the goods are."""

    each: Name | None = None
    of: Formula
    quantity: Formula
    at: AccountText
    when: Formula | None = None


class Revalue(Declared):
    """An amount (of either sign) is added to the value of what an earlier row `of` brought in: the share still here to
    the accounts of `at`'s role where it lies, the share gone to `gone`; `against` gets the opposite."""

    each: Name | None = None
    of: Formula
    amount: Formula
    at: AccountText
    gone: AccountText
    against: AccountText
    when: Formula | None = None


class Taken(Declared):
    """Goods that a conversion uses up."""

    each: Name | None = None
    quantity: Formula
    source: Annotated[AccountText, Key(alias="from")]
    when: Formula | None = None


class Given(Declared):
    """Goods that a conversion brings forth, with their weight in the value of everything that went in."""

    each: Name | None = None
    quantity: Formula
    target: Annotated[AccountText, Key(alias="to")]
    weight: Formula = "1"
    when: Formula | None = None


class Cost(Declared):
    """An amount that a conversion adds to the value of what it brings forth, and the account credited with it."""

    each: Name | None = None
    amount: Formula
    credit: AccountText
    when: Formula | None = None


class Convert(Declared):
    """Goods become other goods: what comes is worth what went in and the costs. Everything passes through the summed
    role `through`, per item, whose amounts come to nothing."""

    through: Name
    takes: tuple[Taken, ...]
    gives: tuple[Given, ...]
    costs: tuple[Cost, ...] = ()
    when: Formula | None = None


class Transition(Declared):
    """One step of a record's life: who may stand where before and after, and everything it does, in order."""

    label: Words
    source: Annotated[tuple[Name, ...], BeforeValidator(one_or_many), Key(alias="from")]
    target: Annotated[Name, Key(alias="to")]
    requires: tuple[Must, ...] = ()
    #: Who must agree before it is done.
    approval: Approval | None = None
    #: The business date of what it posts; default: the form's `dated_by`.
    on: Formula | None = None
    sets: dict[Name, Formula] = NOTHING
    #: Names of this record's holds to let go of what is still open, or all of them.
    releases: Literal["all"] | tuple[Name, ...] = ()
    settles: tuple[Settle, ...] = ()
    unsettles: tuple[Unsettle, ...] = ()
    holds: tuple[Hold, ...] = ()
    #: Fields that may be changed together with the step, though the state does not let them be: `lines.quantity` for
    #: that of rows, `lines` for rows that come and go. Its reversal gives them back what they were.
    edits: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()
    #: Names of this form's holds that are said anew: they change by the difference, never below what came true.
    reholds: Annotated[tuple[Name, ...], BeforeValidator(one_or_many)] = ()
    makes: tuple[Make, ...] = ()
    moves: tuple[Move, ...] = ()
    converts: tuple[Convert, ...] = ()
    gives_back: tuple[GiveBack, ...] = ()
    revalues: tuple[Revalue, ...] = ()
    entries: tuple[Entry, ...] = ()
    creates: tuple[Create, ...] = ()
    #: Facts do not ask promises: where they leave less than was promised away, promises that may wait go back to the
    #: line, the last first, instead of refusing the step.
    displaces: bool = False
    #: Rows and figures taken from reports, before everything else.
    draws: tuple[Draw, ...] = ()
    #: The month of the book that it closes, or the date whose month (and all after it) it opens again.
    closes: Closing | None = None
    reopens: Formula | None = None
    #: The state after reversal; default: the state it came from. What has posted must name one that cannot be edited.
    reversed_to: Name | None = None
    #: Why it cannot be reversed, if it cannot.
    irreversible: Words | None = None

    @property
    def posts(self) -> bool:
        """Whether it writes facts into the ledger (as opposed to promises alone)."""
        return bool(self.moves or self.converts or self.gives_back or self.revalues or self.entries)
