"""Columns: which SQL type each field kind has, and what the database itself checks about it."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Numeric,
    Text,
    false,
    literal_column,
)
from sqlalchemy.types import TypeEngine

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.table.names import identifier
from onebook.values.decimals import MONEY_SCALE, PRICE_SCALE, QUANTITY_SCALE

#: Digits before and after the point, of kinds that hold numbers: numeric(precision, scale).
PRECISION: Final = {
    FieldKind.NUMBER: 24,
    FieldKind.QUANTITY: 18,
    FieldKind.PRICE: 18,
    FieldKind.MONEY: 18,
    FieldKind.PERCENT: 9,
}
_SCALES: Final = {FieldKind.QUANTITY: QUANTITY_SCALE, FieldKind.PRICE: PRICE_SCALE, FieldKind.MONEY: MONEY_SCALE}
_USUAL_SCALE: Final = 6

NUMBERS: Final = frozenset(PRECISION)
TEXTS: Final = frozenset({FieldKind.CHOICES, FieldKind.TAGS})

_TYPES: Final[dict[FieldKind, Callable[[], TypeEngine[Any]]]] = {
    FieldKind.DATE: Date,
    FieldKind.MONTH: Date,
    FieldKind.INSTANT: lambda: DateTime(timezone=True),
    FieldKind.FLAG: Boolean,
    FieldKind.CHOICES: lambda: ARRAY(Text),
    FieldKind.TAGS: lambda: ARRAY(Text),
    FieldKind.LINK: BigInteger,
}


def scale_of(field: FieldDeclaration) -> int:
    """Digits after the point that a field of a number kind keeps."""
    if field.kind is FieldKind.MONEY or field.scale is None:
        return _SCALES.get(field.kind, _USUAL_SCALE)
    return field.scale


def type_of(field: FieldDeclaration) -> TypeEngine[Any]:
    """The SQL type of a field's column. Numbers are exact; what is not listed is text."""
    if field.kind in NUMBERS:
        return Numeric(PRECISION[field.kind], scale_of(field))
    return _TYPES.get(field.kind, Text)()


def column_of(name: str, field: FieldDeclaration) -> Column[Any]:
    """The column of a field: flags begin false and meters at zero, everything else blank."""
    if field.kind is FieldKind.FLAG:
        return Column(name, type_of(field), server_default=false())
    if field.meter is not None:
        return Column(name, type_of(field), server_default=literal_column("0"))
    return Column(name, type_of(field))


def check_of(table: str, name: str, field: FieldDeclaration) -> CheckConstraint | None:
    """What the database refuses about a field, if anything: codes that are not options, days that are not firsts."""
    if field.kind is FieldKind.MONTH:
        return CheckConstraint(f'extract(day from "{name}") = 1', name=identifier(table, name, "month"))
    if field.options is None:
        return None
    codes = [_quoted(code) for code in field.options]
    if not codes:
        return None
    if field.kind is FieldKind.CHOICES:
        rule = f'"{name}" <@ ARRAY[{", ".join(codes)}]::text[]'
    else:
        rule = f'"{name}" IN ({", ".join(codes)})'
    return CheckConstraint(rule, name=identifier(table, name, "options"))


def _quoted(code: str) -> str:
    return "'" + code.replace("'", "''") + "'"


def normalised(text: str) -> str:
    """SQL for a text without case, width and spaces, as duplicates compare it (`form.text.normalised` in Python)."""
    return f"lower(regexp_replace(normalize({text}, NFKC), '\\s+', '', 'g'))"
