"""Fields: the kinds a record is made of, and what each may say about itself."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator
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
    """The field shows how far the holds that this row placed have come."""

    hold: Name
    shows: Literal["wanted", "settled", "released", "waiting", "open"]


class AccountMeter(Declared):
    """The field shows a balance of the accounts whose `document` dimension is this record."""

    account: Name
    shows: Literal["quantity", "amount"]


class Duplicate(Declared):
    """Records that agree in these fields are duplicates. `exact` after trimming; `normalised` ignores case, width and
    spaces; `alike` compares by trigram similarity and can only warn."""

    fields: tuple[Name, ...]
    how: Literal["exact", "normalised", "alike"] = "exact"
    then: Literal["block", "warn"] = "block"


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
    #: number, quantity, price, percent: digits after the point.
    scale: Annotated[int, Key(ge=0, le=9)] | None = None
    #: text: longest allowed.
    length: Annotated[int, Key(ge=1, le=100_000)] | None = None
    #: lines: its own fields, and how few rows are too few.
    fields: "dict[Name, FieldDeclaration] | None" = None
    at_least: Annotated[int, Key(ge=0)] = 0

    @property
    def is_typed(self) -> bool:
        """Whether users give its value (as opposed to formulas and meters)."""
        return self.formula is None and self.meter is None
