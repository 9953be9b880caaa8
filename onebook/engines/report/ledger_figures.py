"""Reports over the ledger: balances, positions, open items and outlook of an account role, grouped by dimensions."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, FromClause, Integer, Select, and_, bindparam, case, cast, func, or_, select

from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import column_scope, parameters_of
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.report import Report
from onebook.engines.report.figure_columns import FigureColumns
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import HiddenField, NotReadable, UnknownColumn
from onebook.engines.report.row_key import RowKey, row_key, split
from onebook.engines.report.shape import Grouped, Presented, bucket_columns, heading_for
from onebook.engines.report.sources import balances, open_items, outlook, positions
from onebook.engines.report.sources.every import with_every
from onebook.engines.report.sources.level import Level, level_of
from onebook.engines.report.span import When
from onebook.engines.table.predicate import condition
from onebook.engines.table.rights import ALL
from onebook.expression.check import check
from onebook.expression.sql import lower_condition
from onebook.expression.tree import Expression
from onebook.expression.types import DATE, NUMBER, Kind, Type
from onebook.values.label import Label

MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    "balances": balances.MEASURES,
    "positions": positions.MEASURES,
    "open_items": open_items.MEASURES,
    "outlook": outlook.MEASURES,
}
#: Figures that are not summed: days, and how many of them have passed.
_DAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "positions": (positions.LAST_ON,),
    "open_items": ("due",),
    "outlook": (outlook.ON, outlook.SHORT_ON),
}
_DAY: Final = Label("日期", "Day")


class LedgerFigures:
    """One ledger report, seen by one actor."""

    def __init__(self, reading: Reading, report: Report, hidden: frozenset[str]) -> None:
        """Check what it reads against what the actor may see."""
        self._reading = reading
        self._report = report
        catalog: Catalog = reading.catalog
        self._role = catalog.accounts[report.of]
        self._scope = catalog.role_scope(report.of, measure_types(catalog, report))
        self._filter = self._checked(report.filter, Kind.FLAG) if report.filter else None
        expressions = dict(self._open(hidden))
        self._columns = tuple(self._presented(name, one) for name, one in expressions.items()) + tuple(
            column for column in bucket_columns(report) if column.key not in hidden
        )
        read = [path for one in (*expressions.values(), self._filter) if one is not None for path in one.paths]
        names = [*report.rows, *read, *(["document"] if report.source == "open_items" else [])]
        self.level: Level = level_of(self._role, names)
        self._read = frozenset(read)
        self.keys = tuple(self._key(text) for text in report.rows)

    def grouped(self, when: When, only: tuple[str, ...]) -> Grouped:
        """The groups. `only`: row keys or dimensions that are given."""
        own = tuple(name for name in only if name in self.level.dimensions)
        measures = MEASURES[self._report.source]
        told = outlook.CHANGES if self._report.source == "outlook" else measures
        found = self._figures(when, own)
        if self._report.every is not None:
            found = with_every(self._reading, self.level, found, self._report.every, measures, own)
        figures = found.subquery("figures")
        names = [*self.level.dimensions, *told]
        columns = FigureColumns(
            self._reading, figures, {name: figures.c[name] for name in names}, dict(self.level.dimensions)
        )
        values = [
            self._keyed(columns, key).label(f"key_{n}") for n, key in enumerate(self.keys) if not self._is_day(key)
        ]
        summed = {name: figures.c[name].label(name) for name in told}
        days, buckets = self._days(columns, figures)
        conditions = self._scopes(columns)
        conditions += [columns.column(name) == bindparam(f"only_{name}") for name in only if name not in own]
        before = self._filter is not None and not set(self._filter.paths) & set(self._names)
        if before and self._filter is not None:
            conditions.append(lower_condition(self._filter, columns))
        inner = select(*values, *summed.values(), *(one.label(name) for name, one in {**days, **buckets}.items()))
        base = inner.select_from(columns.from_clause()).where(*conditions).subquery("by_key")
        if self._report.source == "outlook":
            query, known = self._running(base)
        else:
            keys = [base.c[f"key_{n}"] for n in range(len(self.keys))]
            sums = [func.sum(base.c[name]).label(name) for name in (*summed, *buckets)]
            ends = [self._end(name)(base.c[name]).label(name) for name in days]
            query = select(*keys, *sums, *ends).group_by(*keys)
            known = {str(one.name): str(one.name) for one in (*sums, *ends)}
        known |= dict(short_names(self._role.measures, measures).items())
        return Grouped(query, self.keys, known, self._columns, None if before else self._filter)

    def _running(self, base: FromClause) -> tuple[Select[Any], dict[str, str]]:
        """Day by day if the report has rows of days, else all days in one; and what the columns mean."""
        day = next((f"key_{n}" for n, key in enumerate(self.keys) if self._is_day(key)), None)
        names = [f"key_{n}" for n, key in enumerate(self.keys) if not self._is_day(key)]
        known = {name: name for name in (*outlook.MEASURES, outlook.SHORT_ON)}
        about = "quantity" if self._role.measures == "quantity_and_amount" else "amount"
        return outlook.running(base, names, about, day), known

    def _is_day(self, key: RowKey) -> bool:
        return self._report.source == "outlook" and key.key == outlook.ON

    def _keyed(self, columns: FigureColumns, key: RowKey) -> ColumnElement[Any]:
        value = columns.column(key.key)
        # Accounts without a dimension have zero there; for readers that is blank.
        return func.nullif(value, 0) if key.key in self.level.dimensions else key.grouped(value)

    @property
    def _names(self) -> Mapping[str, Type]:
        return measure_types(self._reading.catalog, self._report)

    @property
    def _kinds(self) -> Mapping[str, FieldKind]:
        names = MEASURES[self._report.source]
        kinds = {name: FieldKind.MONEY if name.endswith("_amount") else FieldKind.QUANTITY for name in names}
        return kinds | {short: kinds[name] for short, name in short_names(self._role.measures, names).items()}

    def _figures(self, when: When, only: tuple[str, ...]) -> Any:
        match self._report.source:
            case "positions":
                told = self._read & self._names.keys() - {positions.LAST_ON}
                return positions.figures(self.level, when, only, facts_only=told <= positions.FACTS)
            case "open_items":
                return open_items.figures(self.level, when, only)
            case "outlook":
                return outlook.figures(self.level, only)
            case _:
                return balances.figures(self.level, when, only, averaged=bool(self._read & balances.AVERAGES))

    def _days(self, columns: FigureColumns, figures: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Figures of age: the due day, days overdue, and the open amount by bucket."""
        if self._report.source == "positions":
            return {"last_on": figures.c.last_on}, {}
        if self._report.source == "outlook":
            return {outlook.ON: figures.c[outlook.ON]}, {}
        if self._report.source != "open_items":
            return {}, {}
        due = self._due(columns)
        as_of: ColumnElement[Any] = bindparam("span_last", type_=Date)
        age = cast(as_of - due, Integer)
        days = {"due": due, "overdue": case((as_of > due, age))}
        buckets: dict[str, Any] = {}
        before: int | None = None
        for n, bucket in enumerate(self._report.buckets, 1):
            # What has no due day is not overdue.
            reached = func.coalesce(age, 0)
            within = [reached > before] if before is not None else []
            within += [reached <= bucket.days] if bucket.days is not None else []
            buckets[f"bucket_{n}"] = case((and_(*within), figures.c.open_amount), else_=0)
            before = bucket.days
        return days, buckets

    def _due(self, columns: FigureColumns) -> ColumnElement[Any]:
        form = self._reading.catalog.forms[self._role.dimensions["document"].partition(".")[0]]
        key = self._report.due or form.dated_by
        if key is None:
            raise UnknownColumn(field="due", slot="measure")
        self._reading.may_read_path(form.form, key, "measure")
        # The days of documents are read whoever may open the documents: the report itself was granted.
        return columns.behind("document").column(key)

    def _end(self, name: str) -> Any:
        """The one day that stands for a group: the earliest due, the longest overdue, the latest movement."""
        return func.min if name == "due" else func.max

    def _scopes(self, columns: FigureColumns) -> list[ColumnElement[bool]]:
        """Only figures of records that the actor may read, in every dimension that the accounts have."""
        found = []
        for name, target in self.level.dimensions.items():
            scope = self._reading.rights(target).read
            if scope is None and any(key.key.partition(".")[0] == name for key in self.keys):
                raise NotReadable(name=self._reading.form(target).label)
            if scope in (ALL, None):
                continue
            joins = columns.behind(name)
            found.append(or_(columns.column(name) == 0, condition(scope, joins)))
        return found

    def _key(self, text: str) -> RowKey:
        key, grain = split(text)
        if self._report.source == "outlook" and key == outlook.ON and grain is None:
            return row_key(text, FieldDeclaration(kind=FieldKind.DATE, label=_DAY), _DAY)
        dimension, _, rest = key.partition(".")
        target = self._role.dimensions.get(dimension)  # type: ignore[call-overload]  # any text may be looked up
        if target is None:
            raise UnknownColumn(field=key, slot="group")
        form = self._reading.form(target)
        if not rest:
            return row_key(text, FieldDeclaration(kind=FieldKind.LINK, label=form.label, to=target), form.label)
        readable = self._reading.readable(target, rest, "group")
        return row_key(text, readable.field, readable.label)

    def _open(self, hidden: frozenset[str]) -> Iterator[tuple[str, Expression]]:
        """The columns that are not hidden, and read nothing that is."""
        seen: set[str] = set()
        for name, column in self._report.columns.items():
            if name not in hidden:
                with suppress(HiddenField):
                    expression = self._checked(column.shows, None, name)
                    for path in expression.paths - seen:
                        if path in self._report.columns and self._scope.find(path) is None:
                            raise HiddenField(field=self._report.columns[path].label, slot="measure")
                    seen.add(name)
                    yield name, expression

    def _presented(self, name: str, expression: Expression) -> Presented:
        column = self._report.columns[name]
        heading = heading_for(name, column, expression, self._kinds)
        return Presented(name, heading, expression, column.is_sum, column.parts)

    def _checked(self, text: str, expected: Kind | None, column: str | None = None) -> Expression:
        scope = column_scope(self._reading.catalog, self._report, column) if column is not None else None
        known = parameters_of(self._report, self._scope)
        expression = check(text, scope or self._scope, expected, parameters=known)
        for path in expression.paths:
            name, _, rest = path.partition(".")
            if rest:
                target = self._role.dimensions[name]  # type: ignore[index]
                self._reading.may_read_path(target, rest, "measure", is_linked=True)
        return expression


def measure_types(catalog: Catalog, report: Report) -> dict[str, Type]:
    """The measures that formulas of a ledger report may name, in full and in short."""
    names = MEASURES[report.source]
    types = dict.fromkeys((*names, *short_names(catalog.accounts[report.of].measures, names)), NUMBER)
    types |= dict.fromkeys(_DAYS.get(report.source, ()), DATE)
    if report.source == "open_items":
        types |= {"overdue": NUMBER} | {f"bucket_{n}": NUMBER for n in range(1, len(report.buckets) + 1)}
    return types


def short_names(measures: str, names: Iterable[str]) -> dict[str, str]:
    """`opening` for the measure that a role is about: quantity where it has one, else amount."""
    about = "quantity" if measures == "quantity_and_amount" else "amount"
    return {name.rpartition("_")[0]: name for name in names if name.endswith(f"_{about}")}
