"""How values leave the database for a page: figures as text without trailing noise, masked text masked."""

from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, case, cast, func, literal_column, null

from onebook.definition.field import FieldKind
from onebook.engines.report.heading import NUMBER_KINDS

TEXT_KINDS = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.PHONE, FieldKind.EMAIL, FieldKind.BARCODE})
#: From this many characters on, three stay at the beginning and four at the end; from the other, one at each end.
_LONG, _SHORT = 11, 5
_STARS: ColumnElement[str] = literal_column("'****'")


def as_text(value: ColumnElement[Any], kind: FieldKind) -> ColumnElement[Any]:
    """The value as a page shows it: decimals as exact text, everything else as it is."""
    if kind is FieldKind.MONEY:
        return cast(cast(value, Numeric(38, 2)), Text)
    return cast(func.trim_scale(value), Text) if kind in NUMBER_KINDS else value


def masked(value: ColumnElement[Any], kind: FieldKind) -> ColumnElement[Any]:
    """`138****1234`, as a page of the record shows it: the ends stay, the middle goes; what is no text goes whole."""
    if kind not in TEXT_KINDS:
        return case((value.is_not(None), _STARS))
    first, domain = func.left(value, 1), func.split_part(value, literal_column("'@'"), 2)
    return case(
        (func.coalesce(value, literal_column("''")) == literal_column("''"), null()),
        (domain != literal_column("''"), first.concat(_STARS).concat(literal_column("'@'")).concat(domain)),
        (func.length(value) >= _LONG, func.left(value, 3).concat(_STARS).concat(func.right(value, 4))),
        (func.length(value) >= _SHORT, first.concat(_STARS).concat(func.right(value, 1))),
        else_=first.concat(_STARS),
    )
