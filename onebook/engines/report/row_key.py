"""What a report is grouped by: a key, or a day at the grain of months, quarters or years."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, bindparam, cast, func

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.report.heading import Heading, heading_of
from onebook.engines.report.refusals import UnknownColumn
from onebook.values.label import Label

GRAINS: Final = ("day", "month", "quarter", "year")
_DAYS: Final = frozenset({FieldKind.DATE, FieldKind.INSTANT, FieldKind.MONTH})


@dataclass(frozen=True, slots=True)
class RowKey:
    """One grouping key with the field at its end."""

    key: str
    grain: str | None
    field: FieldDeclaration
    label: Label

    @property
    def name(self) -> str:
        """As the declaration writes it: `ordered_on:month`."""
        return f"{self.key}:{self.grain}" if self.grain else self.key

    @property
    def target(self) -> str | None:
        """The form that it links to."""
        return self.field.to if self.field.kind is FieldKind.LINK and self.grain is None else None

    def heading(self) -> Heading:
        """The head of its column."""
        if self.grain is None:
            plain = heading_of(self.name, self.field, self.label)
            return replace(plain, is_masked=False, is_measure=False, is_key=True)
        kind = {"day": FieldKind.DATE, "month": FieldKind.MONTH}.get(self.grain, FieldKind.TEXT)
        return Heading(self.name, self.label, kind, is_key=True)

    def grouped(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The value that rows of one group share."""
        if self.grain is None:
            return value
        # Named in full for the text to be the same in SELECT and GROUP BY; the zone decides on which day an instant is.
        day = func.timezone(bindparam("zone"), value) if self.field.kind is FieldKind.INSTANT else value
        if self.grain == "year":
            return func.to_char(day, "YYYY")
        if self.grain == "quarter":
            return func.to_char(day, 'YYYY"Q"Q')
        return cast(func.date_trunc(self.grain, day), Date)


def split(text: str) -> tuple[str, str | None]:
    """Key and grain of a row as declared. Raises UnknownColumn for unknown grains."""
    key, _, grain = text.partition(":")
    if grain and grain not in GRAINS:
        raise UnknownColumn(field=text, slot="group")
    return key, grain or None


def row_key(text: str, field: FieldDeclaration, label: Label) -> RowKey:
    """The grouping key of a field. Raises UnknownColumn for a grain on what is no day, and for what has no groups."""
    key, grain = split(text)
    if (grain and field.kind not in _DAYS) or field.kind in (FieldKind.LINES, FieldKind.CHOICES, FieldKind.TAGS):
        raise UnknownColumn(field=text, slot="group")
    return RowKey(key, grain, field, label)
