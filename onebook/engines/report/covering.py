"""What has dealt with a row of a report already: records, or rows of lines, that agree with it."""

from typing import Any

from sqlalchemy import ColumnElement, select

from onebook.definition.check.report_creates import RowScope
from onebook.definition.check.reports import parameters_of
from onebook.definition.report import Report
from onebook.definition.report_create import Covered
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

    def is_there(self, row: Columns) -> ColumnElement[bool]:
        """Whether one of them has dealt with the row."""
        joins = Joins(self._reading.tables, self._form)
        deleted_at: ColumnElement[Any] = joins.column("parent.deleted_at" if "." in self._form else "deleted_at")
        conditions = [joins.column(name) == lower(value, row) for name, value in self._same.items()]
        conditions += [deleted_at.is_(None), lower_condition(self._when, joins)]
        own = joins.from_clause()
        return select(joins.root.c.id).select_from(own).where(*conditions).correlate_except(own).exists()
