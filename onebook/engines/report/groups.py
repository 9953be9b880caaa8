"""Groups of a list: how many of the rows that match share a value, and what their figures sum to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any, Final, Literal

import orjson
from sqlalchemy import ColumnElement, Date, DateTime, Select, Text, bindparam, cast, func, literal_column, select

from onebook.definition.field import FieldKind
from onebook.engines.report.heading import heading_of
from onebook.engines.report.listing import Listing
from onebook.engines.report.reading import GuardedColumns, Readable
from onebook.engines.report.refusals import UnknownColumn
from onebook.engines.report.shown import TEXT_KINDS, as_text
from onebook.values.label import Label

Grain = Literal["day", "month", "year"]

#: The most groups of one answer.
GROUP_LIMIT: Final = 1000
DATES: Final = frozenset({FieldKind.DATE, FieldKind.MONTH, FieldKind.INSTANT})
#: What rows can be grouped by, besides dates.
PLAIN: Final = (TEXT_KINDS - {FieldKind.LONG_TEXT}) | {FieldKind.CHOICE, FieldKind.FLAG, FieldKind.LINK}
_SHOWN: Final[Mapping[Grain, str]] = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
_FLAGS: Final = {True: Label("是", "Yes"), False: Label("否", "No")}


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What rows are grouped by: a key of the list; dates also by `grain`, by default the finest that they have."""

    key: str
    grain: Grain | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with one value (None: blank): how many, and the sums of the list's figures by column, as text."""

    value: Any
    title: str | None
    count: int
    sums: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a list. `more`: there are others, which hold fewer rows or lie further back."""

    form: str
    by: Readable
    grain: Grain | None
    groups: Sequence[Group]
    more: bool
    zone: tzinfo

    def encoded(self, language: str) -> bytes:
        """As JSON: each group with its label, and with the conditions that make a list show its rows."""
        answer = {
            "form": self.form,
            "by": heading_of(self.by.key, self.by.field, self.by.label).described(language),
            "grain": self.grain,
            "groups": [
                {
                    "value": self._value(group),
                    "label": self._label(group, language),
                    "count": group.count,
                    "sums": group.sums,
                    "where": list(self._where(group.value)),
                }
                for group in self.groups
            ],
            "more": self.more,
        }
        return orjson.dumps(answer)

    def _value(self, group: Group) -> Any:
        is_link = self.by.field.kind is FieldKind.LINK and group.value is not None
        return {"id": group.value, "title": group.title} if is_link else group.value

    def _label(self, group: Group, language: str) -> str | None:
        value, kind = group.value, self.by.field.kind
        if value is None:
            return None
        if self.grain is not None:
            shown: str = value.strftime(_SHOWN[self.grain])
            return shown
        if kind is FieldKind.FLAG:
            return _FLAGS[value].in_language(language)
        if kind is FieldKind.CHOICE:
            label = (self.by.field.options or {}).get(value)
            return label.in_language(language) if label else str(value)
        return group.title if kind is FieldKind.LINK else str(value)

    def _where(self, value: Any) -> list[dict[str, Any]]:
        key = self.by.key
        if value is None:
            return [{"field": key, "op": "blank"}]
        if self.grain is None:
            return [{"field": key, "op": "eq", "value": value}]
        bounds: list[date] = [value, _following(value, self.grain)]
        if self.by.field.kind is FieldKind.INSTANT:
            bounds = [datetime.combine(day, time(), self.zone) for day in bounds]
        return [{"field": key, "op": op, "value": bound} for op, bound in zip(("ge", "lt"), bounds, strict=True)]


class Grouping:
    """The SQL of the groups of one shape of a list."""

    def __init__(self, listing: Listing, by: Readable, grain: Grain | None) -> None:
        """Group a listing. Raises UnknownColumn for what has too many values, or several at once."""
        kind = by.field.kind
        if kind not in PLAIN | DATES or (grain is not None and kind not in DATES):
            raise UnknownColumn(field=by.key, slot="group")
        self._listing = listing
        self.by = by
        self.grain: Grain | None = None
        if kind in DATES:
            self.grain = grain or ("month" if kind is FieldKind.MONTH else "day")

    def query(self) -> Select[Any]:
        """The groups, one more than `group_limit` to know whether there are further ones: value, title, count, sums.

        Dates come latest first, everything else by how many rows there are."""
        listing = self._listing
        joins, guarded, conditions = listing.matching()
        summed = [one for one in listing.columns if listing.is_summed(one)]
        figures = [guarded.column(one.key).label(f"figure_{n}") for n, one in enumerate(summed)]
        value, title = self._value(guarded), self._title(guarded)
        inner = (
            select(value.label("value"), title.label("title"), *figures)
            .select_from(joins.from_clause())
            .where(*conditions)
            .subquery("matching")
        )
        columns = inner.c
        size = func.count()
        sums = [as_text(func.sum(columns[f"figure_{n}"]), one.field.kind) for n, one in enumerate(summed)]
        order: list[ColumnElement[Any]] = [columns.value.desc().nulls_last()]
        if self.grain is None:
            order = [size.desc(), columns.title.asc().nulls_last(), columns.value.asc().nulls_last()]
        grouped = select(columns.value, columns.title, size, *sums).group_by(columns.value, columns.title)
        return grouped.order_by(*order).limit(bindparam("group_limit"))

    def groups(self, rows: Sequence[tuple[Any, ...]]) -> list[Group]:
        """The rows of the query as groups; those of a choice in the order of its options."""
        keys = [one.key for one in self._listing.columns if self._listing.is_summed(one)]
        found = [
            Group(value, title, size, {key: total or "0" for key, total in zip(keys, sums, strict=True)})
            for value, title, size, *sums in rows
        ]
        if self.by.field.kind is FieldKind.CHOICE and self.by.field.options:
            order = {code: place for place, code in enumerate(self.by.field.options)}
            found.sort(key=lambda one: order.get(one.value, len(order)))
        return found

    def _value(self, guarded: GuardedColumns) -> ColumnElement[Any]:
        value = guarded.column(self.by.key)
        if self.grain is None:
            return value
        if self.by.field.kind is FieldKind.INSTANT:
            value = func.timezone(bindparam("context_zone", type_=Text()), value)
        # Only three words are possible here, so they may stand in the text.
        return cast(func.date_trunc(literal_column(f"'{self.grain}'"), cast(value, DateTime())), Date())

    def _title(self, guarded: GuardedColumns) -> ColumnElement[Any]:
        field = self.by.field
        title = self._listing.title_key(field.to) if field.kind is FieldKind.LINK and field.to else None
        return guarded.column(f"{self.by.key}.{title}") if title else literal_column("NULL::text")


def _following(day: date, grain: Grain) -> date:
    """The first day after a day, month or year that begins with this one."""
    if grain == "day":
        return date.fromordinal(day.toordinal() + 1)
    months = day.year * 12 + day.month - 1 + (1 if grain == "month" else 12)
    return date(months // 12, months % 12 + 1, 1)
