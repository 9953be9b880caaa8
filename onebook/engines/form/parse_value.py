"""One value from outside (JSON, a cell, a form) as the Python value of a field's kind, or the reason why not."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.text import cleaned, is_forbidden, narrowed
from onebook.engines.table.columns import NUMBERS, PRECISION, scale_of
from onebook.values.decimals import decimal_of
from onebook.values.refusal import Problem

#: Longest text of each kind, where the declaration does not say.
LENGTHS: Final = {
    FieldKind.TEXT: 500,
    FieldKind.LONG_TEXT: 20_000,
    FieldKind.PHONE: 50,
    FieldKind.EMAIL: 254,
    FieldKind.BARCODE: 100,
}
LONGEST_TAG: Final = 100
MOST_TAGS: Final = 100
GREATEST_ID: Final = 2**63 - 1
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2999

_THOUSANDS: Final = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
_PLAIN_NUMBER: Final = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
_DAY: Final = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_MONTH: Final = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?$")
_FLAGS: Final = {"true": True, "false": False, "是": True, "否": False, "yes": True, "no": False, "1": True, "0": False}
_EMAIL: Final = re.compile(r"^[^\s@]+@[^\s@]+\.[^\s@]+$")


class Unreadable(Exception):
    """The value does not fit the field; `code` and `data` make the problem."""

    def __init__(self, code: str, **data: object) -> None:
        """The reason, as a code of this room."""
        super().__init__(code)
        self.code = code
        self.data = data

    def problem(self, name: str, row: int | None = None) -> Problem:
        """As a problem at a field."""
        return Problem(self.code, name, row, self.data)


def parse_value(field: FieldDeclaration, value: object) -> Any:
    """The value of a field, or None for blank. Raises Unreadable. Not for fields of kind lines."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if field.kind in NUMBERS:
        return _number(field, value)
    return _PARSERS.get(field.kind, _text)(field, value)


def _text(field: FieldDeclaration, value: object) -> str | None:
    if not isinstance(value, str):
        raise Unreadable("form.not_text")
    has_lines = field.kind is FieldKind.LONG_TEXT
    text = cleaned(value)
    if field.unique:
        text = narrowed(text)
    if field.kind in (FieldKind.BARCODE, FieldKind.PHONE, FieldKind.EMAIL):
        text = unicodedata.normalize("NFKC", text)
    if is_forbidden(text, has_lines=has_lines):
        raise Unreadable("form.forbidden_characters")
    longest = field.length or LENGTHS.get(field.kind, LENGTHS[FieldKind.TEXT])
    if len(text) > longest:
        raise Unreadable("form.too_long", longest=longest, length=len(text))
    if field.kind is FieldKind.EMAIL and text and not _EMAIL.match(text):
        raise Unreadable("form.not_email")
    return text or None


def _number(field: FieldDeclaration, value: object) -> Decimal:
    number = decimal_in(value)
    if number is None:
        raise Unreadable("form.not_number")
    scale = scale_of(field)
    if number and number.adjusted() >= PRECISION[field.kind] - scale:
        raise Unreadable("form.too_large", digits=PRECISION[field.kind] - scale)
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > scale:
        raise Unreadable("form.too_precise", scale=scale)
    return number


def decimal_in(value: object) -> Decimal | None:
    """The exact number that a value stands for, or None: `1,234.50`, `１２`, `￥5` are numbers, true is not."""
    match value:
        case bool():
            return None
        case Decimal():
            return value if value.is_finite() else None
        case int():
            return Decimal(value)
        case float():
            return decimal_of(repr(value))
        case str():
            text = unicodedata.normalize("NFKC", value).strip().lstrip("¥￥").strip()
            if _THOUSANDS.match(text):
                text = text.replace(",", "")
            return decimal_of(text) if _PLAIN_NUMBER.match(text) else None
    return None


def _date(_: FieldDeclaration, value: object) -> date:
    if isinstance(value, datetime):
        raise Unreadable("form.not_date")
    if isinstance(value, date):
        return _in_range(value)
    found = _DAY.match(_narrow_text(value, "form.not_date"))
    if found is None:
        raise Unreadable("form.not_date")
    return _in_range(_day(*(int(part) for part in found.groups()), code="form.not_date"))


def _month(_: FieldDeclaration, value: object) -> date:
    if isinstance(value, date):
        return _in_range(date(value.year, value.month, 1))
    text = _narrow_text(value, "form.not_month")
    found = _MONTH.match(text) or _DAY.match(text)
    if found is None:
        raise Unreadable("form.not_month")
    year, month, *day = (int(part) for part in found.groups())
    if day and day[0] != 1:
        raise Unreadable("form.not_month")
    return _in_range(_day(year, month, 1, code="form.not_month"))


def _instant(_: FieldDeclaration, value: object) -> datetime:
    instant = value
    if isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value.strip())
        except ValueError:
            raise Unreadable("form.not_instant") from None
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise Unreadable("form.not_instant")
    _in_range(instant.date())
    return instant


def _narrow_text(value: object, code: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(code)
    return unicodedata.normalize("NFKC", value).strip()


def _day(year: int, month: int, day: int, *, code: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(code) from None


def _in_range(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Unreadable("form.date_out_of_range", first=_FIRST_YEAR, last=_LAST_YEAR)
    return day


def _flag(_: FieldDeclaration, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _FLAGS:
        return _FLAGS[value.strip().lower()]
    raise Unreadable("form.not_flag")


def _choice(field: FieldDeclaration, value: object) -> str:
    return _option(field.options or {}, value)


def _option(options: Mapping[str, Any], value: object) -> str:
    """The code of an option, given as its code or as its label in either language."""
    if isinstance(value, str):
        text = value.strip()
        if text in options:
            return text
        for code, label in options.items():
            if text in (label.chinese, label.english):
                return code
    raise Unreadable("form.not_option", given=str(value)[:50], options=list(options.values())[:20])


def _choices(field: FieldDeclaration, value: object) -> tuple[str, ...] | None:
    parts = [_option(field.options or {}, part) for part in _parts(value)]
    return tuple(dict.fromkeys(parts)) or None


def _tags(field: FieldDeclaration, value: object) -> tuple[str, ...] | None:
    if field.options:
        return _choices(field, value)
    tags: dict[str, None] = {}
    for part in _parts(value):
        if not isinstance(part, str) or is_forbidden(cleaned(part)):
            raise Unreadable("form.not_tags")
        if len(part) > LONGEST_TAG:
            raise Unreadable("form.too_long", longest=LONGEST_TAG, length=len(part))
        if cleaned(part):
            tags[cleaned(part)] = None
    if len(tags) > MOST_TAGS:
        raise Unreadable("form.not_tags")
    return tuple(tags) or None


def _parts(value: object) -> list[object]:
    if isinstance(value, str):
        return list(re.split(r"[,，、;；]", value))
    if isinstance(value, list | tuple):
        return list(value)
    raise Unreadable("form.not_tags")


def _link(_: FieldDeclaration, value: object) -> int:
    number = value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) <= 19:
        number = int(value)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= GREATEST_ID:
        raise Unreadable("form.not_link")
    return number


_PARSERS: Final[dict[FieldKind, Callable[[FieldDeclaration, object], Any]]] = {
    FieldKind.DATE: _date,
    FieldKind.MONTH: _month,
    FieldKind.INSTANT: _instant,
    FieldKind.FLAG: _flag,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.TAGS: _tags,
    FieldKind.LINK: _link,
}
