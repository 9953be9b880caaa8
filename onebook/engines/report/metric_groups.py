"""Metrics side by side: their totals by one key, joined, as the groups of a report."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Numeric,
    Select,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)

from onebook.definition.catalog import Catalog
from onebook.definition.check.metrics import DAYS, metrics_scope
from onebook.definition.check.reports import column_scope, metrics_named, parameters_of, source_scope
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.report import Report
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import HiddenField, UnknownColumn
from onebook.engines.report.row_key import row_key
from onebook.engines.report.shape import Grouped, Presented, heading_for
from onebook.expression.check import check
from onebook.expression.sql import Columns, lower
from onebook.expression.types import Kind

#: What a metric's figures are shown as.
_KINDS: Mapping[str, FieldKind] = {
    "money": FieldKind.MONEY,
    "quantity": FieldKind.QUANTITY,
    "number": FieldKind.NUMBER,
    "percent": FieldKind.PERCENT,
}


def metric_groups(
    reading: Reading, report: Report, parts: Mapping[str, Grouped], only: tuple[str, ...], hidden: frozenset[str]
) -> Grouped:
    """The groups of a report over metrics. `parts`: of each metric that is seen its report, grouped by the key, with
    one total. A key that one of them does not know counts as zero there."""
    reading.must_read(report.of)
    label = reading.form(report.of).label
    [name] = report.rows
    key = row_key(name, FieldDeclaration(kind=FieldKind.LINK, label=label, to=report.of), label)
    names = metrics_named(reading.catalog, report)
    shown = tuple(_presented(reading, report, frozenset(parts), hidden))
    base = _together(parts, names).subquery("parts")
    sums: list[ColumnElement[Any]] = [func.coalesce(func.sum(base.c[one]), 0).label(one) for one in names]
    query: Select[Any] = select(base.c.key_0, *sums).group_by(base.c.key_0)
    if name in only:
        query = query.where(base.c.key_0 == bindparam(f"only_{name}"))
    groups = query.subquery("by_key")
    columns = _MetricColumns(reading.catalog, groups)
    made = [name for name in _made(reading.catalog, report) if name not in names]
    figures: list[ColumnElement[Any]] = [columns.column(metric).label(metric) for metric in (*names, *made)]
    known = {metric: metric for metric in (*names, *made)}
    return Grouped(select(groups.c.key_0, *figures), (key,), known, shown)


def _together(parts: Mapping[str, Grouped], names: tuple[str, ...]) -> Any:
    """The totals of all metrics one under the other, each in a column of its own."""
    if parts:
        return union_all(*(_part(metric, parts[metric], names) for metric in sorted(parts)))
    blank: ColumnElement[Any] = cast(null(), BigInteger).label("key_0")
    zeros: list[ColumnElement[Any]] = [literal(0).label(name) for name in names]
    return select(blank, *zeros).where(literal_column("FALSE"))


def _part(metric: str, grouped: Grouped, names: tuple[str, ...]) -> Select[Any]:
    [column] = grouped.columns
    base = grouped.query.subquery()
    value: ColumnElement[Any] = (
        base.c[grouped.names[column.key]]
        if column.expression is None
        else lower(column.expression, _Figures(base, grouped.names))
    )
    figures: list[ColumnElement[Any]] = [
        (value if name == metric else cast(null(), Numeric)).label(name) for name in names
    ]
    return select(base.c.key_0.label("key_0"), *figures)


def _made(catalog: Catalog, report: Report) -> list[str]:
    """The metrics named by columns that are formulas over others."""
    source = source_scope(catalog, report)
    assert source is not None, "a published report has a source"
    paths: set[str] = set()
    for name, column in report.columns.items():
        scope = column_scope(catalog, report, name)
        assert scope is not None, "so have its columns"
        paths |= check(column.shows, scope, parameters=parameters_of(report, source)).paths
    return sorted(paths & catalog.metrics.keys())


def _presented(reading: Reading, report: Report, seen: frozenset[str], hidden: frozenset[str]) -> Iterator[Presented]:
    """The columns made of metrics that the reader sees."""
    before: dict[str, Presented] = {}
    for name in report.columns:
        if name not in hidden:
            with suppress(HiddenField):
                before[name] = _column(reading, report, name, seen, before)
                yield before[name]


def _column(
    reading: Reading, report: Report, name: str, seen: frozenset[str], before: Mapping[str, Presented]
) -> Presented:
    column, source = report.columns[name], source_scope(reading.catalog, report)
    scope = column_scope(reading.catalog, report, name)
    assert scope is not None, "a published report has a source"
    assert source is not None, "and so have its columns"
    expression = check(column.shows, scope, parameters=parameters_of(report, source))
    kinds: dict[str, FieldKind] = {}
    for path in expression.paths:
        metric = reading.catalog.metrics.get(path)
        if metric is not None:
            one = report.model_copy(update={"columns": {name: column.model_copy(update={"shows": path})}})
            if not seen.issuperset(metrics_named(reading.catalog, one)):
                raise HiddenField(field=metric.label, slot="measure")
            kinds[path] = _KINDS[metric.kind]
        elif path in report.columns:
            if path not in before:
                raise HiddenField(field=report.columns[path].label, slot="measure")
            kinds[path] = before[path].heading.kind
        elif "." in path:
            reading.may_read_path(report.of, path.partition(".")[2], "measure", is_linked=True)
    heading = heading_for(name, column, expression, kinds)
    return Presented(name, heading, expression, column.is_sum, column.parts)


class _Figures:
    """Figures of one report by their names."""

    def __init__(self, base: FromClause, names: Mapping[str, str]) -> None:
        self._base = base
        self._names = names

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        if up or key not in self._names:
            raise UnknownColumn(field=key, slot="measure")
        return self._base.c[self._names[key]]

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        raise UnknownColumn(field=f"{'^.' * up}{key}", slot="measure")


class _MetricColumns:
    """Metrics by name: totals that stand in a table, formulas over these, and the days of the span."""

    def __init__(self, catalog: Catalog, base: FromClause) -> None:
        self._catalog = catalog
        self._base = base

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        if key == DAYS:
            return bindparam("span_last", type_=Date) - bindparam("span_first", type_=Date) + 1
        text = None if up else self._catalog.metrics[key].shows
        if text is None:
            return self._base.c[key]
        return lower(check(text, metrics_scope(self._catalog), Kind.NUMBER), self)

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        raise UnknownColumn(field=f"{'^.' * up}{key}", slot="measure")
