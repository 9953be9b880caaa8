"""Behind a figure of a report over records: the rows that sum to it, and the list of the form that shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, null, select

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.report import Report
from onebook.engines.report.condition import value_of
from onebook.engines.report.heading import NUMBER_KINDS
from onebook.engines.report.reading import Reading
from onebook.engines.report.record_figures import Chosen, chosen_records
from onebook.engines.report.refusals import UnknownColumn, WrongCondition
from onebook.engines.report.row_key import RowKey
from onebook.engines.report.shape import Presented
from onebook.engines.report.shown import as_text
from onebook.expression.given import with_values
from onebook.expression.sql import lower

#: The most records that an address names one by one.
MOST_NAMED: Final = 400
_GREATEST_ID: Final = 2**63 - 1

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowsRequest:
    """Which figure of a report over records: a measure, in the row that has these keys, as the report's own page shows
    them; keys that are left out are summed over. `parameters` are those of the report."""

    report: str
    column: str
    at: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    limit: int = 50
    offset: int = 0
    #: How the page was grouped that shows the figure; None: as declared. `metric`: only what that metric counts.
    rows: tuple[str, ...] | None = None
    metric: str | None = None


class RecordRows:
    """The SQL of the rows behind a measure, for one choice of keys."""

    def __init__(
        self, reading: Reading, report: Report, only: tuple[str, ...], hidden: frozenset[str], column: str,
        keys: frozenset[str],
    ) -> None:  # fmt: skip
        """Raises UnknownColumn for what is no measure of the reader's report, or no key of it."""
        self._reading = reading
        self._report = report
        self._only = only
        self._chosen: Chosen = chosen_records(reading, report, only, hidden)
        known = {key.name: key for key in self._chosen.keys}
        if not keys <= set(known):
            raise UnknownColumn(field=", ".join(sorted(keys - set(known))) or column, slot="group")
        self._keys: tuple[RowKey, ...] = tuple(known[name] for name in sorted(keys))
        found = [one for one in self._chosen.columns if one.key == column and one.is_total]
        if not found:
            raise UnknownColumn(field=column, slot="measure")
        self.column: Presented = found[0]

    def values(self, at: Mapping[str, Any]) -> dict[str, Any]:
        """The keys as the database holds them. Raises WrongCondition for what is no value of a key."""
        return {f"key_{n}": key_value(key, at[key.name]) for n, key in enumerate(self._keys)}

    def page(self) -> Select[Any]:
        """How many rows there are and what they sum to, and a page of them, the latest record first: the record, its
        title, the row of lines with its position, what it brings."""
        rows = self._rows()
        kind = self.column.heading.kind
        query = select(
            func.count().over(),
            as_text(func.sum(rows.c.figure).over(), kind),
            rows.c.record, rows.c.title, rows.c.line, rows.c.position,
            as_text(rows.c.figure, kind),
        )  # fmt: skip
        ordered = query.order_by(rows.c.record.desc(), rows.c.position, rows.c.line)
        return ordered.limit(bindparam("page_limit")).offset(bindparam("page_offset"))

    def records(self) -> Select[Any]:
        """The records that the rows stand in, one more than an address can name."""
        rows = self._rows()
        return select(rows.c.record).distinct().order_by(rows.c.record).limit(MOST_NAMED + 1)

    def listed(
        self, values: Mapping[str, Any], given: Mapping[str, Any], records: Sequence[int], zone: tzinfo
    ) -> Told | None:
        """The list of the form that shows these records: by the group's own conditions where they can be said of a
        record, else by name; None where they are too many for that."""
        form, _, lines = self._report.of.partition(".")
        if not lines:
            text = with_values(self._chosen.filter, given) if self._chosen.filter is not None else ""
            where = self._where(values, given, zone)
            if text is not None and where is not None:
                return {"form": form, "where": where, "filter": "" if text == "TRUE" else text}
        if len(records) > MOST_NAMED:
            return None
        return {"form": form, "where": [{"field": "id", "op": "in", "value": list(records)}], "filter": ""}

    def _rows(self) -> Any:
        chosen, root = self._chosen, self._chosen.joins.root
        lines = "." in self._report.of
        title = self._reading.title_key(self._report.of)
        assert self.column.expression is not None
        columns = [
            (root.c.parent if lines else root.c.id).label("record"),
            (chosen.guarded.column(title) if title else null()).label("title"),
            (root.c.id if lines else null()).label("line"),
            (root.c.position if lines else null()).label("position"),
            lower(self.column.expression, chosen.guarded).label("figure"),
        ]
        same = [self._same(key, n) for n, key in enumerate(self._keys)]
        return (
            select(*columns).select_from(chosen.joins.from_clause()).where(*chosen.conditions, *same).subquery("rows")
        )

    def _same(self, key: RowKey, place: int) -> ColumnElement[bool]:
        """Whether a row belongs to the group, blank being a value like others."""
        value = key.grouped(self._chosen.guarded.column(key.key))
        kind = BigInteger() if key.target else value.type
        return value.is_not_distinct_from(bindparam(f"key_{place}", type_=kind))

    def _where(self, values: Mapping[str, Any], given: Mapping[str, Any], zone: tzinfo) -> list[Told] | None:
        found: list[Told] = [{"field": name, "op": "eq", "value": given[name]} for name in self._only]
        for n, key in enumerate(self._keys):
            value = values[f"key_{n}"]
            if value == "":
                # An empty text and none at all read the same, and are groups of their own.
                return None
            if value is None:
                found.append({"field": key.key, "op": "blank"})
            elif key.grain is None:
                found.append({"field": key.key, "op": "eq", "value": _said(value)})
            else:
                bounds: list[date] = list(_span(value, key.grain))
                if key.field.kind is FieldKind.INSTANT:
                    bounds = [datetime.combine(day, time(), zone) for day in bounds]
                ends = zip(("ge", "lt"), bounds, strict=True)
                found += [{"field": key.key, "op": op, "value": bound.isoformat()} for op, bound in ends]
        return found


def key_value(key: RowKey, shown: Any) -> Any:
    """A value of a key, as a page shows it, as the database holds it. Raises WrongCondition for what is none."""
    if shown is None:
        return None
    kind = key.heading().kind
    if kind in NUMBER_KINDS and isinstance(shown, bool):
        raise WrongCondition(field=key.name, op="eq")
    if shown == "" and kind not in NUMBER_KINDS and key.target is None:
        return ""
    value = value_of(FieldDeclaration(kind=kind, label=key.field.label, to=key.target), shown)
    if value is None or not _is_in_reach(value, key):
        raise WrongCondition(field=key.name, op="eq")
    return value


def _is_in_reach(value: Any, key: RowKey) -> bool:
    """Whether the value can be one of the key's: an id that records have, a span of days with an end."""
    if key.target is not None:
        return 0 <= int(value) <= _GREATEST_ID
    if key.grain in ("quarter", "year"):
        return _months(str(value), key.grain) is not None
    return key.grain is None or value.year < MAXYEAR


def _said(value: Any) -> Any:
    """A value as conditions in an address hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _span(value: Any, grain: str) -> tuple[date, date]:
    """The first day of a group of days, and the first day after it."""
    if isinstance(value, date):
        first, months = value, 1
        if grain == "day":
            return first, date.fromordinal(first.toordinal() + 1)
    else:
        found = _months(value, grain)
        assert found is not None
        first, months = found
    beyond = first.year * 12 + first.month - 1 + months
    return first, date(beyond // 12, beyond % 12 + 1, 1)


def _months(text: str, grain: str) -> tuple[date, int] | None:
    """The first day and the months of `2026` and `2026Q3`; None for other texts."""
    year, mark, quarter = text.partition("Q")
    if not (year.isdecimal() and len(year) == 4 and 1 <= int(year) < MAXYEAR) or bool(mark) is (grain == "year"):
        return None
    if grain == "year":
        return date(int(year), 1, 1), 12
    return (date(int(year), int(quarter) * 3 - 2, 1), 3) if quarter in ("1", "2", "3", "4") else None
