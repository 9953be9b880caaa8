"""Pieces of SQL that several functions are made of: constants, whole numbers in a range, days of the calendar."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    Interval,
    Numeric,
    Text,
    cast,
    func,
    literal_column,
    null,
)
from sqlalchemy.types import TypeEngine

from onebook.expression.arithmetic import DIVISION_SCALE
from onebook.expression.functions.function import Element
from onebook.expression.types import Kind

#: How each kind lies in the database.
COLUMN_TYPES: Final[dict[Kind, TypeEngine[Any]]] = {
    Kind.TEXT: Text(),
    Kind.NUMBER: Numeric(),
    Kind.FLAG: Boolean(),
    Kind.DATE: Date(),
    Kind.INSTANT: DateTime(timezone=True),
    Kind.LINK: BigInteger(),
    Kind.TEXTS: ARRAY(Text()),
    Kind.LINKS: ARRAY(BigInteger()),
    Kind.BLANK: Text(),
}

#: Days from the first to the last day of the calendar (years 1 to 9999), and months.
DAYS: Final = (date.max - date.min).days + 1
MONTHS: Final = 9999 * 12
_FIRST_DAY: Final = literal_column("DATE '0001-01-01'", Date())
_FIRST_MOMENT: Final = literal_column("TIMESTAMP '0001-01-01'", DateTime())


def constant(value: str | Decimal | bool | None, kind: Kind) -> Element:
    """A value written into the SQL itself, so that the statement needs no parameter for it and indexes can match."""
    match value:
        case None:
            return cast(null(), COLUMN_TYPES[kind])
        case bool():
            return literal_column("TRUE" if value else "FALSE", Boolean())
        case Decimal():
            return cast(literal_column(f"{value:f}", Numeric()), Numeric())
        case str():
            quoted = value.replace("'", "''")
            return cast(literal_column(f"'{quoted}'", Text()), Text())


def number(value: int) -> Element:
    """A whole number where the database wants an integer."""
    return literal_column(str(value), Integer())


def quoted(value: str) -> Element:
    """A text that the product itself writes (a pattern, a name of a part)."""
    escaped = value.replace("'", "''")
    return literal_column(f"'{escaped}'", Text())


def in_range(whole: Element, low: int, high: int) -> Element:
    """The whole number as an integer if low <= it < high, otherwise NULL. Asks for it once, however large it is."""
    size = high - low
    first, end = cast(number(low), Numeric()), cast(number(high), Numeric())
    bucket = func.width_bucket(whole, first, end, number(size), type_=Integer())
    inside = func.nullif(func.nullif(bucket, number(0), type_=Integer()), number(size + 1), type_=Integer())
    return inside + number(low - 1)


def clipped(number_: Element, low: int, high: int) -> Element:
    """The number without its fraction, at least low and at most high, as an integer; NULL stays NULL."""
    whole = func.trunc(number_, type_=Numeric())
    first, last = cast(number(low + 1), Numeric()), cast(number(high), Numeric())
    return func.width_bucket(whole, first, last, number(high - low - 1), type_=Integer()) + number(low)


def quotient(dividend: Element, divisor: Element, scale: int) -> Element:
    """HALF_UP at 12 digits, NULL for a zero divisor; `scale` digits are computed before rounding."""
    exact = func.round(dividend, number(scale), type_=Numeric()) / func.nullif(divisor, number(0), type_=Numeric())
    return func.round(exact, number(DIVISION_SCALE), type_=Numeric())


def day_at(offset: Element) -> Element:
    """The day so many days (a whole numeric) after 0001-01-01; NULL outside of the calendar."""
    return cast(_FIRST_DAY + in_range(offset, 0, DAYS), Date())


def offset_of(day: Element) -> Element:
    """How many days a day lies after 0001-01-01, as a numeric."""
    return cast(day - _FIRST_DAY, Numeric())


def month_at(offset: Element) -> Element:
    """The first day of the month so many months (a whole numeric) after 0001-01; NULL outside of the calendar."""
    months = func.make_interval(number(0), in_range(offset, 0, MONTHS), type_=Interval())
    return cast(_FIRST_MOMENT + months, Date())
