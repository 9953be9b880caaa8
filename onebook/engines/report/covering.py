"""What has dealt with a row of a report already: records, or rows of lines, that agree with it."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, FromClause, cast, func, literal_column, select

from onebook.definition.check.report_creates import RowScope
from onebook.definition.check.reports import parameters_of
from onebook.definition.report import Report
from onebook.definition.report_create import OPEN_FROM, OPEN_TO, Covered
from onebook.definition.scope import VALUE_KINDS
from onebook.engines.report.reading import Reading
from onebook.engines.table.joins import Joins
from onebook.expression.check import check
from onebook.expression.scope import Scope
from onebook.expression.sql import Columns, lower, lower_condition
from onebook.expression.types import Kind


class Covering:
    """One declared kind of them. Whoever may read the report learns that there are some, and nothing of them."""

    def __init__(self, reading: Reading, report: Report, covered: Covered, source: Scope) -> None:
        """Of rows of this report, over a source with these names."""
        self._reading = reading
        self._form = covered.form
        form, _, lines = covered.form.partition(".")
        parameters = parameters_of(report, source)
        row = RowScope(reading.catalog, report, source, parameters)
        fields = reading.catalog.fields(form, lines or None)
        self._same = {
            name: check(text, row, VALUE_KINDS[fields[name].kind], parameters=parameters)
            for name, text in covered.same.items()
        }
        scope = reading.catalog.scope(form, lines or None)
        self._when = check(covered.when or "TRUE", scope, Kind.FLAG, parameters=parameters)
        self._days = covered.days
        if covered.days is not None:
            self._first = check(covered.days.first, row, Kind.DATE, parameters=parameters)
            self._last = check(covered.days.last, row, Kind.DATE, parameters=parameters)

    def is_there(self, row: Columns) -> ColumnElement[bool]:
        """Whether one of them has dealt with the row, or all of them together with all of its days."""
        if self._days is not None:
            return self._dealt_with(row).op("@>")(self._wanted(row)).cast(Boolean)
        joins, own, conditions = self._agreeing(row)
        return select(joins.root.c.id).select_from(own).where(*conditions).correlate_except(own).exists()

    def left(self, row: Columns) -> dict[str, ColumnElement[Any]]:
        """What is left of the days, by the names that documents know: the first days in a row that nobody has dealt
        with."""
        assert self._days is not None, "it deals with no days"
        rest = func.datemultirange(self._wanted(row)).op("-")(self._dealt_with(row))
        first = cast(func.lower(rest), Date)
        joins, own, conditions = self._agreeing(row)
        starts = joins.column(self._days.starts)
        later = select(func.min(starts)).select_from(own).where(*conditions, starts > first).correlate_except(own)
        before = cast(later.scalar_subquery().op("-")(literal_column("1")), Date)
        return {OPEN_FROM: first, OPEN_TO: func.least(lower(self._last, row), before)}

    def _agreeing(self, row: Columns) -> tuple[Joins, FromClause, list[ColumnElement[bool]]]:
        """The records that may have dealt with a row: where their fields lie, what to select from, and under which
        conditions."""
        joins = Joins(self._reading.tables, self._form)
        deleted_at: ColumnElement[Any] = joins.column("parent.deleted_at" if "." in self._form else "deleted_at")
        conditions = [joins.column(name) == lower(value, row) for name, value in self._same.items()]
        conditions += [deleted_at.is_(None), lower_condition(self._when, joins)]
        if self._days is not None:
            conditions.append(joins.column(self._days.starts) <= joins.column(self._days.ends))
        return joins, joins.from_clause(), conditions

    def _wanted(self, row: Columns) -> ColumnElement[Any]:
        return _days(lower(self._first, row), lower(self._last, row))

    def _dealt_with(self, row: Columns) -> ColumnElement[Any]:
        assert self._days is not None, "it deals with no days"
        joins, own, conditions = self._agreeing(row)
        every = func.range_agg(_days(joins.column(self._days.starts), joins.column(self._days.ends)))
        dealt = select(every).select_from(own).where(*conditions).correlate_except(own).scalar_subquery()
        return func.coalesce(dealt, literal_column("'{}'::datemultirange"))


def _days(first: ColumnElement[Any], last: ColumnElement[Any]) -> ColumnElement[Any]:
    """All days from the first to the last; none if they are the wrong way round."""
    return func.daterange(first, func.greatest(last + 1, first), literal_column("'[)'"))
