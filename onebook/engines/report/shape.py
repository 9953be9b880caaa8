"""A report said in SQL: figures per account or record, grouped by the row keys, presented with formulas and titles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, func, literal, select

from onebook.definition.field import FieldKind
from onebook.definition.report import Column, Report
from onebook.engines.report.figure_columns import FigureColumns
from onebook.engines.report.heading import Heading
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import UnknownColumn
from onebook.engines.report.row_key import RowKey
from onebook.engines.report.shown import as_text
from onebook.expression.sql import Columns, lower, lower_condition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.values.label import Label

KINDS = {
    Kind.FLAG: FieldKind.FLAG,
    Kind.DATE: FieldKind.DATE,
    Kind.INSTANT: FieldKind.INSTANT,
    Kind.TEXTS: FieldKind.TAGS,
}


@dataclass(frozen=True, slots=True)
class Presented:
    """One column of a report after grouping: a grouped figure, or a formula over figures and row keys."""

    key: str
    heading: Heading
    expression: Expression | None
    is_total: bool


@dataclass(frozen=True, slots=True)
class Grouped:
    """Figures by row keys: the SQL, and which of its columns means what. Columns `key_0` ... are the row keys."""

    query: Select[Any]
    keys: tuple[RowKey, ...]
    #: Names that formulas may use, to columns of the query.
    names: Mapping[str, str]
    columns: tuple[Presented, ...]
    filter: Expression | None = None


class Shape:
    """The finished SQL of a report: a page with the totals of everything, or all rows."""

    def __init__(
        self, reading: Reading, grouped: Grouped, sort: Sequence[str], beside: Sequence[Expression] = ()
    ) -> None:
        """Present grouped figures in an order: names of columns or row keys, falling with a minus. `beside`: formulas
        over a row as it is shown, whose values come behind everything else of it."""
        self._reading = reading
        self.grouped = grouped
        self._sort = tuple(sort)
        self._beside = tuple(beside)
        self.keys = grouped.keys
        self.columns = grouped.columns
        self.headings = (*(key.heading() for key in grouped.keys), *(column.heading for column in grouped.columns))

    @property
    def totals(self) -> tuple[str, ...]:
        """The keys of the columns that have a total, in order."""
        return tuple(column.key for column in self.columns if column.is_total)

    def page(self) -> Any:
        """A page: the number of all rows and the totals over them first, then the cells as text."""
        return self._query(rendered=True)

    def rows(self) -> Any:
        """All rows with plain values."""
        return self._query(rendered=False)

    def plain(self) -> Any:
        """All rows: the values of their keys, and of the formulas beside them."""
        columns = self._columns(self.grouped.query.subquery("grouped"))
        keys = [columns.column(key.name) for key in self.keys]
        order = {key.name: self._row_key(columns, key, False)[1] for key in self.keys}
        order |= {column.key: self._value(columns, column) for column in self.columns}
        return self._finished([*keys, *self._values_beside(columns)], columns, order)

    def _query(self, *, rendered: bool) -> Any:
        base = self.grouped.query.subquery("grouped")
        columns = self._columns(base)
        cells: list[ColumnElement[Any]] = []
        order: dict[str, ColumnElement[Any]] = {}
        for key in self.keys:
            shown, sorted_by = self._row_key(columns, key, rendered)
            cells += shown
            order[key.name] = sorted_by
        totals: list[ColumnElement[Any]] = []
        for column in self.columns:
            value = self._value(columns, column)
            order[column.key] = value
            if column.is_total:
                totals.append(as_text(func.sum(value).over(), column.heading.kind))
            cells.append(as_text(value, column.heading.kind) if rendered else value)
            if column.heading.target is not None:
                title = self._title(columns, column)
                cells = [*cells, title] if rendered else [*cells[:-1], title]
        if not rendered:
            return self._finished(cells, columns, order)
        cells = [func.count().over(), *totals, *cells, *self._values_beside(columns)]
        query = self._finished(cells, columns, order)
        return query.limit(bindparam("page_limit")).offset(bindparam("page_offset"))

    def _finished(
        self, cells: Sequence[ColumnElement[Any]], columns: FigureColumns, order: Mapping[str, ColumnElement[Any]]
    ) -> Select[Any]:
        query = select(*(one.label(f"c{place}") for place, one in enumerate(cells)))
        if self.grouped.filter is not None:
            query = query.where(lower_condition(self.grouped.filter, columns))
        # Said after every column was asked for: only then are all joins known.
        return query.select_from(columns.from_clause()).order_by(*self._order(order))

    def _values_beside(self, columns: FigureColumns) -> list[ColumnElement[Any]]:
        shown = RowColumns(columns, self.columns, lambda column: self._value(columns, column))
        return [lower(one, shown) for one in self._beside]

    def _columns(self, base: FromClause) -> FigureColumns:
        values = {key.name: base.c[f"key_{n}"] for n, key in enumerate(self.keys)}
        values |= {name: base.c[column] for name, column in self.grouped.names.items()}
        links = {key.name: key.target for key in self.keys if key.target}
        return FigureColumns(self._reading, base, values, links)

    def _row_key(
        self, columns: FigureColumns, key: RowKey, rendered: bool
    ) -> tuple[list[ColumnElement[Any]], ColumnElement[Any]]:
        value = columns.column(key.name)
        if key.target is None:
            return [as_text(value, key.heading().kind) if rendered else value], value
        title = self._reading.title_key(key.target)
        named: ColumnElement[Any] = columns.column(f"{key.name}.{title}") if title else literal(None)
        return ([value, named] if rendered else [named]), named if title else value

    def _value(self, columns: FigureColumns, column: Presented) -> ColumnElement[Any]:
        return columns.column(column.key) if column.expression is None else lower(column.expression, columns)

    def _title(self, columns: FigureColumns, column: Presented) -> ColumnElement[Any]:
        assert column.expression is not None
        assert column.heading.target is not None
        title = self._reading.title_key(column.heading.target)
        (path,) = column.expression.paths
        return columns.column(f"{path}.{title}") if title else literal(None)

    def _order(self, known: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
        found = []
        named = [text.lstrip("-") for text in self._sort]
        for text, name in zip(self._sort, named, strict=True):
            if name not in known:
                raise UnknownColumn(field=name, slot="sort")
            found.append(known[name].desc().nulls_last() if text.startswith("-") else known[name].asc().nulls_last())
        # Rows of equal sort values keep one order from page to page.
        return found + [known[key.name].asc().nulls_last() for key in self.keys if key.name not in named]


class RowColumns:
    """What formulas over a row of a report read: its columns by name, its keys, and what lies behind these."""

    def __init__(
        self,
        figures: FigureColumns,
        shown: Sequence[Presented],
        value: Callable[[Presented], ColumnElement[Any]],
    ) -> None:
        """The row as it is shown, over the figures that it is made of."""
        self._figures = figures
        self._shown = {column.key: column for column in shown}
        self._value = value

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """A column of the report, a key of the row, or what lies behind either. Raises UnknownColumn."""
        first, _, rest = key.partition(".")
        column = self._shown.get(first) if not up else None
        if column is None:
            return self._figures.column(self._inside(key, up))
        return self._figures.column(f"{_path(column)}.{rest}") if rest else self._value(column)

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        """The rows of lines behind a key, or behind a column that is a link."""
        first, _, rest = key.partition(".")
        column = self._shown.get(first) if not up else None
        return self._figures.rows(self._inside(key, up) if column is None else f"{_path(column)}.{rest}")

    def _inside(self, key: str, up: int) -> str:
        """Names of the record are keys of its rows too, where rows are shown."""
        return f"parent.{key}" if up else key


def _path(column: Presented) -> str:
    """The key that a column repeats."""
    assert column.expression is not None
    (path,) = column.expression.paths
    return f"parent.{path[2:]}" if path.startswith("^.") else path


def heading_for(key: str, column: Column, expression: Expression, kinds: Mapping[str, FieldKind]) -> Heading:
    """The head of a formula's column. `kinds`: of what it reads; a formula over money alone is money."""
    kind = expression.type.kind
    if kind is Kind.NUMBER:
        read = {found for path in expression.paths if (found := kinds.get(path)) is not None}
        shape = read.pop() if len(read) == 1 and "/" not in expression.text else FieldKind.NUMBER
        scale = 0 if not expression.paths else (2 if shape is FieldKind.MONEY else None)
        return Heading(key, column.label, shape, scale, is_measure=column.total)
    if kind is Kind.LINK and len(expression.paths) == 1:
        return Heading(key, column.label, FieldKind.LINK, target=expression.type.of)
    return Heading(key, column.label, KINDS.get(kind, FieldKind.TEXT))


def bucket_columns(report: Report) -> tuple[Presented, ...]:
    """The columns of open amounts by age."""
    found = []
    for n, bucket in enumerate(report.buckets, 1):
        key = f"bucket_{n}"
        heading = Heading(key, Label(bucket.label.chinese, bucket.label.english), FieldKind.MONEY, 2, is_measure=True)
        found.append(Presented(key, heading, None, True))
    return tuple(found)


def without(columns: Sequence[Presented], hidden: frozenset[str]) -> tuple[Presented, ...]:
    """The columns that are not hidden."""
    return tuple(replace(column) for column in columns if column.key not in hidden)
