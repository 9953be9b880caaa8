"""Values as they stand on paper: figures grouped by thousands, days, words for choices and yes or no."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from onebook.definition.field import FieldKind
from onebook.engines.print.words import NO, YES
from onebook.values.label import CHINESE, Label

_GROUPED: Final = frozenset({FieldKind.MONEY, FieldKind.QUANTITY, FieldKind.PRICE})
#: More than this has no capital numerals.
_MOST: Final = Decimal("1E14")


def figure(kind: FieldKind, value: Decimal) -> str:
    """A figure: money with two digits, anything else with those it has."""
    if kind is FieldKind.MONEY:
        return f"{value:,.2f}"
    if kind is FieldKind.PERCENT:
        return f"{_plain(value * 100):f}%"
    plain = _plain(value)
    return f"{plain:,f}" if kind in _GROUPED else f"{plain:f}"


def exact(kind: FieldKind, value: Decimal) -> str:
    """A figure to count with."""
    return f"{value:.2f}" if kind is FieldKind.MONEY else f"{_plain(value):f}"


def said(kind: FieldKind, value: Any, language: str, zone: tzinfo, options: Mapping[str, Label] | None = None) -> str:
    """Any value but a link; blank is nothing."""
    match value:
        case None:
            return ""
        case bool():
            return (YES if value else NO).in_language(language)
        case Decimal():
            return figure(kind, value)
        case datetime():
            return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        case date():
            return f"{value:%Y-%m}" if kind is FieldKind.MONTH else value.isoformat()
        case tuple() | list():
            return "、".join(said(kind, one, language, zone, options) for one in value)
    label = (options or {}).get(str(value))
    return label.in_language(language) if label else str(value)


def capitals(value: Decimal, language: str) -> str | None:
    """An amount in capital numerals: `壹万贰仟叁佰元伍角整`. None in English, and beyond 100 trillion."""
    if language != CHINESE or abs(value) >= _MOST:
        return None
    amount = value.quantize(Decimal("0.01"))
    words = str(_numerals().an2cn(f"{abs(amount):f}", "rmb"))
    return f"负{words}" if amount < 0 else words


def _plain(value: Decimal) -> Decimal:
    return value.normalize() if value else Decimal(0)


@cache
def _numerals() -> ModuleType:
    """It reads dictionaries of its own, which a server that prints nothing never needs."""
    return import_module("cn2an")
