"""Formats of TEXT: `#,##0.00`, `0000`, `0%` for numbers, `yyyy-mm-dd` for dates."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from sqlalchemy import DateTime, Numeric, Text, case, cast, func

from onebook.expression.arithmetic import EXACT
from onebook.expression.functions.function import Element
from onebook.expression.functions.lowered import number, quoted

_NUMBER_FORMAT: Final = re.compile(r"(?P<grouped>#,##)?(?P<whole>0{1,20})(\.(?P<fraction>0{1,12}))?(?P<percent>%)?")
_DATE_PARTS: Final = re.compile(r"yyyy|yy|mm|dd|m|d")
#: To the database's names; literal text between them stays.
_IN_SQL: Final = {"yyyy": "YYYY", "yy": "YY", "mm": "MM", "dd": "DD", "m": "FMMM", "d": "FMDD"}


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How many digits at least before and exactly behind the point, thousands apart or not, as percent or not."""

    grouped: bool
    whole: int
    scale: int
    percent: bool


@lru_cache(maxsize=1000)
def number_format(text: str) -> NumberFormat | None:
    """The format that the text describes, or None."""
    match = _NUMBER_FORMAT.fullmatch(text)
    if match is None or (match["grouped"] and len(match["whole"]) > 1):
        return None
    return NumberFormat(
        bool(match["grouped"]), len(match["whole"]), len(match["fraction"] or ""), bool(match["percent"])
    )


def is_date_format(text: str) -> bool:
    """Whether the text has a year, month or day, and nothing that the database reads as something else."""
    rest = _DATE_PARTS.sub("", text)
    return bool(_DATE_PARTS.search(text)) and '"' not in rest and "\\" not in rest and len(text) <= 40


def plain(value: Decimal) -> str:
    """A number as text: all its digits, no more; never an exponent."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def lower_plain(value: Element) -> Element:
    """The same in SQL."""
    return cast(func.trim_scale(value, type_=Numeric()), Text())


def format_number(value: Decimal, text: str) -> str:
    """A number in a format that is known to be one."""
    shape = number_format(text)
    assert shape is not None
    scaled = value.scaleb(2, context=EXACT) if shape.percent else value
    rounded = scaled.quantize(Decimal(1).scaleb(-shape.scale), rounding=ROUND_HALF_UP, context=EXACT)
    digits = f"{abs(rounded):{',' if shape.grouped else ''}f}"
    width = shape.whole + (shape.scale + 1 if shape.scale else 0)
    return ("-" if rounded < 0 else "") + digits.rjust(width, "0") + ("%" if shape.percent else "")


def lower_format_number(value: Element, text: str) -> Element:
    """The same in SQL."""
    shape = number_format(text)
    assert shape is not None
    scaled = value * number(100) if shape.percent else value
    rounded = func.round(scaled, number(shape.scale), type_=Numeric())
    if shape.whole > 1:
        digits = cast(func.abs(rounded, type_=Numeric()), Text())
        width = number(shape.whole + (shape.scale + 1 if shape.scale else 0))
        padded = func.lpad(digits, func.greatest(func.char_length(digits), width), quoted("0"), type_=Text())
        spelled = case((rounded < number(0), quoted("-")), else_=quoted("")).concat(padded)
    else:
        spelled = cast(rounded, Text())
    if shape.grouped:
        end = r"\." if shape.scale else "$"
        spelled = func.regexp_replace(
            spelled, quoted(rf"(\d)(?=(\d{{3}})+{end})"), quoted(r"\1,"), quoted("g"), type_=Text()
        )
    return spelled.concat(quoted("%")) if shape.percent else spelled


def format_date(day: date, text: str) -> str:
    """A date in a format that is known to be one."""
    parts = {
        "yyyy": f"{day.year:04d}",
        "yy": f"{day.year % 100:02d}",
        "mm": f"{day.month:02d}",
        "m": str(day.month),
        "dd": f"{day.day:02d}",
        "d": str(day.day),
    }
    return _DATE_PARTS.sub(lambda match: parts[match[0]], text)


def lower_format_date(day: Element, text: str) -> Element:
    """The same in SQL: literal text is quoted so that the database does not read it."""
    pieces: list[str] = []
    end = 0
    for match in _DATE_PARTS.finditer(text):
        pieces += [_literal(text[end : match.start()]), _IN_SQL[match[0]]]
        end = match.end()
    pieces.append(_literal(text[end:]))
    return func.to_char(cast(day, DateTime()), quoted("".join(pieces)), type_=Text())


def _literal(text: str) -> str:
    return f'"{text}"' if text else ""
