"""Fields: the kinds a record is made of, and what each may say about itself."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints
from pydantic import Field as Key

from onebook.definition.model import Declared, Formula, Must, Name, Words, one_or_many


class FieldKind(StrEnum):
    """What a field holds. Table column, expression type, import, export and page follow from it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    PHONE = "phone"
    EMAIL = "email"
    BARCODE = "barcode"
    NUMBER = "number"
    QUANTITY = "quantity"
    PRICE = "price"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    INSTANT = "instant"
    MONTH = "month"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    TAGS = "tags"
    LINK = "link"
    LINES = "lines"


class HoldMeter(Declared):
    """The field shows how far the holds that this row placed have come; of holds of pieces and money, a field of money
    shows the money."""

    hold: Name
    shows: Literal["wanted", "settled", "released", "waiting", "open"]


class AccountMeter(Declared):
    """The field shows a balance of the accounts whose `document` dimension is this record."""

    account: Name
    shows: Literal["quantity", "amount"]


class Remembered(Declared):
    """The field keeps a figure of the book as it stood when `when` was filled in: written by the server when that value
    (or the account) becomes another one, and on no other change; blank while `when` is blank.

    With `at`, an instant: as the book stood then, without what was posted later."""

    #: `on_hand(product, warehouse)`, as effects write it.
    balance: Formula
    #: available = facts less what is promised away; expected = what is promised to come.
    shows: Literal["quantity", "amount", "available", "expected"] = "quantity"
    when: Formula
    at: Formula | None = None


class Duplicate(Declared):
    """Records that agree in these fields are duplicates. `exact` after trimming; `normalised` ignores case, width and
    spaces; `alike` compares by trigram similarity and can only warn."""

    fields: tuple[Name, ...]
    how: Literal["exact", "normalised", "alike"] = "exact"
    then: Literal["block", "warn"] = "block"


class Expand(Declared):
    """Rows that stand for others: a new row for which `when` holds is replaced, when its record is saved, by one row
    for each that lies behind a link of it. Formulas of `fields` stand in those rows; `^.` leads to the typed one. What
    they leave blank is left to the field's default."""

    when: Formula
    #: `thing.parts`: links of the row, down to lines.
    each: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=200)]
    fields: dict[Name, Formula]


class FieldDeclaration(Declared):
    """One field, declared in one place; table, form, list, import, API and report follow."""

    kind: FieldKind
    label: Words
    help: Words | None = None
    #: What the column was called before, so that a rename keeps the values.
    was: Name | None = None

    required: Formula | None = None
    visible: Formula | None = None
    editable: Formula | None = None
    #: Evaluated when a record is made and the field is not given.
    default: Formula | None = None
    #: Computed, never typed; stored, and recomputed with every save and every meter it reads.
    formula: Formula | None = None
    #: Kept by the ledger: never typed, and changed in the transaction that moves it.
    meter: HoldMeter | AccountMeter | None = None
    #: Kept by the server from the ledger: never typed, and changed only with what it is remembered for.
    remembers: Remembered | None = None
    must: Annotated[tuple[Must, ...], BeforeValidator(one_or_many)] = ()
    unique: bool = False
    index: bool = False
    #: The last state in which the field may be changed; without it: every editable state.
    locked_after: Name | None = None
    #: Those who may not see the field whole see it masked (`138****1234`).
    masked: bool = False

    #: link: the form, or `form.lines` for a row of another form's lines.
    to: str | None = None
    #: choice, choices: code to label.
    options: dict[str, Words] | None = None
    #: choice, choices: the options are the declared roles.
    options_from: Literal["roles"] | None = None
    #: quantity: the link beside it to what is counted; it can be typed in the packs of that, and is shown in them.
    counts: Name | None = None
    #: quantity: the link beside it that says in which unit it is; without it, in the base unit.
    in_unit: Name | None = None
    #: number, quantity, price, percent: digits after the point.
    scale: Annotated[int, Key(ge=0, le=9)] | None = None
    #: text: longest allowed.
    length: Annotated[int, Key(ge=1, le=100_000)] | None = None
    #: lines: its own fields, and how few rows are too few.
    fields: "dict[Name, FieldDeclaration] | None" = None
    at_least: Annotated[int, Key(ge=0)] = 0
    #: lines: which rows stand for others.
    expands: Expand | None = None

    @property
    def is_typed(self) -> bool:
        """Whether users give its value (as opposed to formulas, meters and remembered figures)."""
        return self.formula is None and self.meter is None and self.remembers is None
