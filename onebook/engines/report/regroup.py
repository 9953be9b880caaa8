"""Other groups: by which keys there may be some, and figures that a report filters by its own, summed by some."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, func, select

from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.report.figure_columns import FigureColumns
from onebook.engines.report.heading import Heading
from onebook.engines.report.ledger_figures import LedgerFigures
from onebook.engines.report.reading import Reading
from onebook.engines.report.record_figures import chosen_records
from onebook.engines.report.refusals import HiddenField, NotReadable, UnknownColumn
from onebook.engines.report.row_key import RowKey
from onebook.engines.report.shape import Grouped, Presented
from onebook.engines.report.variant import REGROUPED
from onebook.expression.sql import lower_condition

#: Of a group the earliest day counts; of other days, and of days overdue, the latest.
_EARLIEST = frozenset({"due"})
_LATEST = frozenset({"overdue", "last_on", "on", "short_on"})


def keys_of(reading: Reading, report: Report, hidden: frozenset[str]) -> tuple[Heading, ...]:
    """The heads of the keys; none where rows are fixed, or one of them is hidden. `hidden`: columns of the report."""
    if report.source not in REGROUPED or report.unless:
        return ()
    try:
        if report.source == "records":
            keys = chosen_records(reading, report, (), hidden).keys
        else:
            keys = LedgerFigures(reading, report, hidden).keys
    except (HiddenField, NotReadable):
        return ()
    return tuple(key.heading() for key in keys)


def regrouped(reading: Reading, inner: Grouped, keys: tuple[RowKey, ...], columns: tuple[Presented, ...]) -> Grouped:
    """The groups that pass the inner filter, by other keys: each is one of the inner keys, days at a coarser grain.
    Raises UnknownColumn for a grain that the inner keys have lost already."""
    base = inner.query.subquery("inner")
    values = {key.name: base.c[f"key_{n}"] for n, key in enumerate(inner.keys)}
    own = {name: base.c[column] for name, column in inner.names.items()}
    links = {key.name: key.target for key in inner.keys if key.target}
    known = FigureColumns(reading, base, {**values, **own}, links)
    shown: list[ColumnElement[Any]] = [_key(key, inner.keys, values) for key in keys]
    named = dict.fromkeys(inner.names.values())
    sums = [_end(name)(base.c[name]).label(name) for name in named]
    query = select(*(one.label(f"key_{n}") for n, one in enumerate(shown)), *sums)
    if inner.filter is not None:
        query = query.where(lower_condition(inner.filter, known))
    return Grouped(query.select_from(known.from_clause()).group_by(*shown), keys, inner.names, columns)


def _key(key: RowKey, inner: Sequence[RowKey], values: dict[str, Any]) -> ColumnElement[Any]:
    for one in inner:
        if one.key == key.key and one.grain == key.grain:
            return values[one.name]  # type: ignore[no-any-return]
    for one in inner:
        if one.key == key.key and one.grain in (None, "day", "month") and key.grain not in (None, "day"):
            is_cut = one.grain is not None
            day = replace(key, field=key.field.model_copy(update={"kind": FieldKind.DATE})) if is_cut else key
            return day.grouped(values[one.name])
    raise UnknownColumn(field=key.name, slot="group")


def _end(name: str) -> Any:
    return func.min if name in _EARLIEST else func.max if name in _LATEST else func.sum
