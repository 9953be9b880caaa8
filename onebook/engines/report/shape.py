"""A report said in SQL: figures per account or record, grouped by the row keys, presented with formulas and titles."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, bindparam, func, literal, select

from onebook.definition.field import FieldKind
from onebook.definition.report import Column, Report
from onebook.engines.report.covering import Covering
from onebook.engines.report.figure_columns import FigureColumns
from onebook.engines.report.heading import NUMBER_KINDS, Heading
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


RUNNING: Final = ("running", Label("累计", "running"))
SHARE: Final = ("share", Label("占比", "share"))
#: Of a share; a hundredth of a percent is its last but two.
SHARE_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Presented:
    """One column of a report after grouping: a grouped figure, or a formula over figures and row keys."""

    key: str
    heading: Heading
    expression: Expression | None
    is_total: bool
    #: Instead of the value: in which of so many equal parts of all rows it lies.
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """Figures by row keys: the SQL, and which of its columns means what. Columns `key_0` ... are the row keys."""

    query: Select[Any]
    keys: tuple[RowKey, ...]
    #: Names that formulas may use, to columns of the query.
    names: Mapping[str, str]
    columns: tuple[Presented, ...]
    filter: Expression | None = None
    #: What has dealt with rows, so that they are left out.
    covering: tuple[Covering, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """The groups that one page is among, with what is said of all groups in columns of its own: how many there are, the
    totals, and the parts of the whole."""

    groups: FromClause
    count: ColumnElement[Any]
    totals: Sequence[ColumnElement[Any]]
    windows: Sequence[ColumnElement[Any]]


#: What is asked of a row as it is shown.
Beside = Callable[[Columns], Sequence[ColumnElement[Any]]]


class Shape:
    """The finished SQL of a report: a page with the totals of everything, or all rows."""

    def __init__(
        self, reading: Reading, grouped: Grouped, sort: Sequence[str], beside: Sequence[Beside] = (), *,
        running: bool = False, share: bool = False, shown: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        """Present grouped figures in an order: names of columns or row keys, falling with a minus. `beside`: what is
        asked of each row as it is shown; the values come behind everything else of it. `running`, `share`: of every
        total its sum down the rows, and its part of the whole, as further columns. `shown`: of the columns only these;
        the others are there for the formulas that name them."""
        self._reading = reading
        self.grouped = grouped
        self._sort = tuple(sort)
        self._beside = tuple(beside)
        self.keys = grouped.keys
        self.columns = tuple(one for one in grouped.columns if shown is None or one.key in shown)
        self._windows = tuple(_windows(self.columns, running=running, share=share))
        self.headings = (
            *(key.heading() for key in grouped.keys),
            *(column.heading for column in self.columns),
            *(heading for _, _, heading in self._windows),
        )

    @property
    def totals(self) -> tuple[str, ...]:
        """The keys of the columns that have a total, in order."""
        return tuple(column.key for column in self.columns if column.is_total)

    def page(self) -> Any:
        """A page: the number of all rows and the totals over them first, then the cells as text."""
        cut = self._cut()
        groups = self.grouped.query.subquery("grouped") if cut is None else cut.groups
        query = self._query(groups, rendered=True, cut=cut)
        return query.limit(bindparam("page_limit")).offset(bindparam("page_offset"))

    def rows(self) -> Any:
        """All rows with plain values."""
        return self._query(self.grouped.query.subquery("grouped"), rendered=False)

    def plain(self) -> Any:
        """All rows: the values of their keys, and of the formulas beside them."""
        columns = self._columns(self.grouped.query.subquery("grouped"))
        keys = [columns.column(key.name) for key in self.keys]
        order = {key.name: self._row_key(columns, key, False)[1] for key in self.keys}
        order |= {column.key: self._value(columns, column) for column in self.columns}
        return self._finished([*keys, *self._values_beside(columns)], columns, order)

    def whole(self) -> Any:
        """One row: how many rows there are, and the totals over them, as numbers."""
        columns = self._columns(self.grouped.query.subquery("grouped"))
        sums = [func.sum(self._value(columns, column)) for column in self.columns if column.is_total]
        found: list[ColumnElement[Any]] = [func.count(), *sums]
        return self._admitted(select(*found), columns).select_from(columns.from_clause())

    def _cut(self) -> Cut | None:
        """The groups up to the end of the page, and those that are equal to the last, before anything is looked up
        behind their keys: there may be many more than the page shows, and names tell only equal ones apart. None where
        the order, or what is said of all rows, reads what lies there."""
        if self.grouped.filter is not None or self.grouped.covering or any(one.parts for one in self.columns):
            return None
        base = self.grouped.query.subquery("every_group")
        columns = self._columns(base)
        names = {*(key.name for key in self.keys), *(column.key for column in self.columns)}
        sorts = {name_in(text.lstrip("-"), names) for text in self._sort}
        is_running = any(how == "running" for _, how, _ in self._windows)
        if (
            not sorts
            or not sorts <= names
            or any(key.target and (is_running or key.name in sorts) for key in self.keys)
        ):
            return None
        order = {key.name: columns.column(key.name) for key in self.keys}
        wanted = [column for column in self.columns if column.is_total or column.key in sorts]
        order |= {column.key: self._value(columns, column) for column in wanted}
        if columns.looks_behind or any(column.heading.target for column in wanted):
            return None
        sums = [as_text(func.sum(order[one.key]).over(), one.heading.kind) for one in self.columns if one.is_total]
        parts = [as_text(self._window(order[name], how, order), one.kind) for name, how, one in self._windows]
        whole = [one.label(f"whole_{n}") for n, one in enumerate((func.count().over(), *sums, *parts))]
        last = bindparam("page_limit", type_=BigInteger) + bindparam("page_offset", type_=BigInteger)
        query = select(*base.c, *whole).order_by(*self._sorted(order))
        groups = query.fetch(last, with_ties=True).subquery("grouped")
        count, *said = (groups.c[one.name] for one in whole)
        return Cut(groups, count, said[: len(sums)], said[len(sums) :])

    def _query(self, base: FromClause, *, rendered: bool, cut: Cut | None = None) -> Any:
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
            if column.is_total and cut is None:
                totals.append(as_text(func.sum(value).over(), column.heading.kind))
            cells.append(as_text(value, column.heading.kind) if rendered else value)
            if column.heading.target is not None:
                title = self._title(columns, column)
                cells = [*cells, title] if rendered else [*cells[:-1], title]
        for name, how, heading in self._windows if cut is None else ():
            value = self._window(order[name], how, order)
            cells.append(as_text(value, heading.kind) if rendered else value)
        if not rendered:
            return self._finished(cells, columns, order)
        whole = [func.count().over(), *totals] if cut is None else [cut.count, *cut.totals]
        windows = () if cut is None else cut.windows
        return self._finished([*whole, *cells, *windows, *self._values_beside(columns)], columns, order)

    def _window(
        self, value: ColumnElement[Any], how: str, order: Mapping[str, ColumnElement[Any]]
    ) -> ColumnElement[Any]:
        if how == "running":
            return func.sum(value).over(order_by=self._order(order), rows=(None, 0))
        return func.round(value / func.nullif(func.sum(value).over(), 0), SHARE_DIGITS)

    def _finished(
        self, cells: Sequence[ColumnElement[Any]], columns: FigureColumns, order: Mapping[str, ColumnElement[Any]]
    ) -> Select[Any]:
        query = self._admitted(select(*(one.label(f"c{place}") for place, one in enumerate(cells))), columns)
        # Said after every column was asked for: only then are all joins known.
        return query.select_from(columns.from_clause()).order_by(*self._order(order))

    def _admitted(self, query: Select[Any], columns: FigureColumns) -> Select[Any]:
        """Only the groups that pass, and that nothing has dealt with."""
        if self.grouped.filter is not None:
            query = query.where(lower_condition(self.grouped.filter, columns))
        if self.grouped.covering:
            shown = self._shown(columns)
            query = query.where(*(~one.is_there(shown) for one in self.grouped.covering))
        return query

    def _values_beside(self, columns: FigureColumns) -> list[ColumnElement[Any]]:
        shown = self._shown(columns)
        return [value for one in self._beside for value in one(shown)]

    def _shown(self, columns: FigureColumns) -> "RowColumns":
        return RowColumns(columns, self.grouped.columns, lambda column: self._value(columns, column))

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
        if column.expression is None:
            return columns.column(column.key)
        known = self.grouped.columns
        before = known[: known.index(column)]
        seen = ColumnsBefore(columns, before, self.grouped.names, lambda one: self._value(columns, one))
        value = lower(column.expression, seen)
        if column.parts is None:
            return value
        ties = [columns.column(key.name) for key in self.keys]
        return func.ntile(column.parts).over(order_by=[value.asc().nulls_first(), *ties])

    def _title(self, columns: FigureColumns, column: Presented) -> ColumnElement[Any]:
        assert column.expression is not None
        assert column.heading.target is not None
        title = self._reading.title_key(column.heading.target)
        (path,) = column.expression.paths
        return columns.column(f"{path}.{title}") if title else literal(None)

    def _order(self, known: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
        """Rows of equal sort values keep one order from page to page."""
        named = [name_in(text.lstrip("-"), known) for text in self._sort]
        return [
            *self._sorted(known),
            *(known[key.name].asc().nulls_last() for key in self.keys if key.name not in named),
        ]

    def _sorted(self, known: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
        found: list[ColumnElement[Any]] = []
        named = [name_in(text.lstrip("-"), known) for text in self._sort]
        for text, name in zip(self._sort, named, strict=True):
            if name not in known:
                raise UnknownColumn(field=name, slot="sort")
            found.append(known[name].desc().nulls_last() if text.startswith("-") else known[name].asc().nulls_last())
        return found


def name_in(name: str, known: Collection[str]) -> str:
    """A key or column by the name that it has in a page: keys of the record that rows of lines belong to stand there
    as `parent.customer`."""
    return f"parent.{name}" if name not in known and f"parent.{name}" in known else name


def _windows(columns: Sequence[Presented], *, running: bool, share: bool) -> Iterator[tuple[str, str, Heading]]:
    """The columns beside totals: of which, how, and their heads."""
    wanted = [(how, label) for how, label, is_wanted in ((*RUNNING, running), (*SHARE, share)) if is_wanted]
    for column in columns:
        for how, label in wanted if column.is_total else ():
            own = column.heading.label
            name = Label(f"{own.chinese}{label.chinese}", f"{own.english} {label.english}")
            kind, scale = column.heading.kind, column.heading.scale
            if how == "share":
                kind, scale = FieldKind.PERCENT, None
            yield column.key, how, Heading(f"{column.key}.{how}", name, kind, scale)


class ColumnsBefore:
    """What a formula over a group reads: its figures and keys and what lies behind these, then the columns before."""

    def __init__(
        self,
        figures: FigureColumns,
        before: Sequence[Presented],
        measures: Mapping[str, str],
        value: Callable[[Presented], ColumnElement[Any]],
    ) -> None:
        """The group as far as it is computed."""
        self._figures = figures
        self._before = {column.key: column for column in before if column.key not in measures}
        self._value = value

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """A figure, a key, what lies behind it, or a column. Raises UnknownColumn."""
        column = None if up or self._figures.has(key) else self._before.get(key)
        return self._figures.column(key, up) if column is None else self._value(column)

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        """The rows of lines behind a key."""
        return self._figures.rows(key, up)


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
    if column.parts is not None:
        return Heading(key, column.label, FieldKind.NUMBER, 0)
    if column.options is not None:
        return Heading(key, column.label, FieldKind.CHOICE, options=tuple(column.options.items()))
    if kind is Kind.NUMBER:
        read = {found for path in expression.paths if (found := kinds.get(path)) in NUMBER_KINDS}
        shape = read.pop() if len(read) == 1 and "/" not in expression.text else FieldKind.NUMBER
        scale = 0 if not expression.paths else (2 if shape is FieldKind.MONEY else None)
        return Heading(key, column.label, shape, scale, is_measure=column.is_sum)
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
