"""Prints: a record or a report on paper, said as content; how it is set is the product's own."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator
from pydantic import Field as Key

from onebook.definition.model import NOTHING, Declared, Name, Words

#: What is shown: a field, or a path through links (`order.customer.address`); of a report, a column or parameter.
Shown = Annotated[str, Key(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=200)]


def _shown(value: object) -> object:
    return {"shows": value} if isinstance(value, str) else value


class Paper(StrEnum):
    """What stands in the printer. Continuous paper is 241 mm wide with carbon copies, and has tractor strips."""

    A4 = "a4"
    A4_LANDSCAPE = "a4_landscape"
    A5_LANDSCAPE = "a5_landscape"
    CONTINUOUS = "continuous_241x280"
    CONTINUOUS_HALF = "continuous_241x140"
    CONTINUOUS_THIRD = "continuous_241x93"

    @property
    def is_continuous(self) -> bool:
        """Whether a dot matrix printer writes through all copies at once."""
        return self.value.startswith("continuous")


class PrintField(Declared):
    """One value with its label, above the table."""

    shows: Shown
    #: Without it, what the field is called.
    label: Words | None = None
    #: How many of the places of a line it takes.
    span: Annotated[int, Key(ge=1, le=3)] = 1


class PrintColumn(Declared):
    """One column of the table."""

    shows: Shown
    label: Words | None = None
    #: Its share of the width; 0 is as wide as its content, without it the kind decides.
    width: Annotated[int, Key(ge=0, le=20)] | None = None
    #: Summed, on each page and over all of them.
    total: bool = False


class PrintFigure(Declared):
    """One figure below the table; `capital` also writes it in capital numerals (大写)."""

    shows: Shown
    label: Words | None = None
    capital: bool = False


class Print(Declared):
    """One print, of the records of a form or of a report."""

    print: Name
    label: Words
    #: The form; or else the report.
    of: Name | None = None
    report: Name | None = None
    paper: Paper = Paper.A4
    #: What stands at its head; without it the label.
    title: Words | None = None
    #: Fields of the company's own record: the first large, the others in one line below it.
    letterhead: tuple[Name, ...] = ()
    #: Code 128, and QR, of what a key shows.
    barcode: Shown | None = None
    qr: Shown | None = None
    head: dict[Name, Annotated[PrintField, BeforeValidator(_shown)]] = NOTHING
    #: The rows of the table: lines of the form. A report has its own.
    lines: Name | None = None
    columns: dict[Name, Annotated[PrintColumn, BeforeValidator(_shown)]] = NOTHING
    figures: dict[Name, Annotated[PrintFigure, BeforeValidator(_shown)]] = NOTHING
    notes: tuple[Words, ...] = ()
    signatures: Annotated[tuple[Words, ...], Key(max_length=6)] = ()
    #: Printed one after the other, each under its name; on continuous paper all names stand on the one page that is
    #: written through.
    copies: Annotated[tuple[Words, ...], Key(max_length=6)] = ()
