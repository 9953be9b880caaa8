"""What rows of a report become: the formulas of its declared documents, and their values row by row.

They are part of the report's own query, so that a document says what its report says, and nobody learns from a document
what the report would not show them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, and_

from onebook.definition.catalog import Catalog
from onebook.definition.check.report_creates import RowScope
from onebook.definition.check.reports import parameters_of
from onebook.definition.field import FieldDeclaration
from onebook.definition.report import Report
from onebook.definition.report_create import ReportCreate
from onebook.definition.scope import VALUE_KINDS
from onebook.engines.report.covering import Covering
from onebook.engines.report.ledger_figures import measure_types
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import HiddenField
from onebook.engines.report.row_key import RowKey
from onebook.engines.report.shape import Grouped
from onebook.expression.check import check
from onebook.expression.scope import Scope
from onebook.expression.sql import Columns, lower, lower_condition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind

#: More rows than anybody chooses; each becomes a row of a document.
MOST_ROWS: Final = 5000
_UP: Final = "^."


@dataclass(frozen=True, slots=True)
class CreateAsked:
    """Which documents to make: a declared creation of a report as it is for `parameters`, of the rows with these keys
    as the report's page shows them (of links the id); None: of all rows that it is offered for."""

    report: str
    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] | None = None
    sort: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MadeRow:
    """What one row of a report gives: its fields for the document, and for the rows of its lines where they want it."""

    by: Any
    fields: Mapping[str, Any]
    lines: Mapping[str, Mapping[str, Any]]


class Creating:
    """One declared creation, its formulas checked against what the reader of the report may see."""

    def __init__(self, reading: Reading, report: Report, create: ReportCreate, source: Scope, grouped: Grouped) -> None:
        """Raises HiddenField and NotReadable for what the reader does not see in the report."""
        self.declared: Final = create
        self._reading = reading
        self._grouped = grouped
        self._parameters = parameters_of(report, source)
        self._scope = RowScope(reading.catalog, report, source, self._parameters)
        self._report = report
        self._when = self._checked(create.when or "TRUE", Kind.FLAG)
        self._covering = [Covering(reading, report, one, source) for one in create.unless]
        self._days = next((Covering(reading, report, one, source) for one in report.unless if one.days), None)
        catalog = reading.catalog
        found = [self._checked(create.by or "TRUE", None)]
        found += self._given(create.fields, catalog.fields(create.form))
        for name, lines in create.lines.items():
            found.append(self._checked(lines.when or "TRUE", Kind.FLAG))
            found += self._given(lines.fields, catalog.fields(create.form, name))
        self._formulas = found

    def offered(self, row: Columns) -> ColumnElement[bool]:
        """Whether a row qualifies, in SQL."""
        return and_(lower_condition(self._when, row), *(~one.is_there(row) for one in self._covering))

    def values(self, row: Columns) -> list[ColumnElement[Any]]:
        """Whether a row qualifies and what it gives, in SQL, in the order in which `made` takes the values."""
        known = row if self._days is None else _WithDays(row, self._days.left(row))
        return [self.offered(row), *(lower(one, known) for one in self._formulas)]

    def is_offered(self, values: Sequence[Any]) -> bool:
        """Whether a row qualifies, by the values of its formulas."""
        return values[0] is True

    def made(self, values: Sequence[Any]) -> MadeRow:
        """What a row gives, by the values of its formulas."""
        left: Iterator[Any] = (tuple(one) if isinstance(one, list) else one for one in values[1:])
        by = next(left)
        fields = {name: next(left) for name in self.declared.fields}
        lines: dict[str, Mapping[str, Any]] = {}
        for name, declared in self.declared.lines.items():
            is_wanted = next(left) is True
            given = {one: next(left) for one in declared.fields}
            if is_wanted:
                lines[name] = given
        return MadeRow(by, fields, lines)

    def _given(self, given: Mapping[str, str], fields: Mapping[str, FieldDeclaration]) -> list[Expression]:
        return [self._checked(text, VALUE_KINDS[fields[name].kind]) for name, text in given.items()]

    def _checked(self, text: str, expected: Kind | None) -> Expression:
        expression = check(text, self._scope, expected, parameters=self._parameters)
        for path in sorted(expression.paths):
            self._may_see(path)
        return expression

    def _may_see(self, path: str) -> None:
        """Refuse what the reader would not see: a hidden column, or a hidden field behind a link."""
        first, _, rest = path.partition(".")
        if path in self._scope.left:
            return
        if first in self._scope.columns:
            shown = next((one for one in self._grouped.columns if one.key == first), None)
            if shown is None:
                raise HiddenField(field=self._report.columns[first].label, slot="measure")
            if rest:
                self._reading.may_read_path(str(shown.heading.target), rest, "measure", is_linked=True)
            return
        key, rest = _split(path.removeprefix(_UP), self._grouped.keys)
        if rest and key.target is not None:
            self._reading.may_read_path(key.target, rest, "measure", is_linked=True)


class _WithDays:
    """A row that knows what is left of its days."""

    def __init__(self, row: Columns, left: Mapping[str, ColumnElement[Any]]) -> None:
        self._row, self._left = row, left

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """What is left, or a field of the row."""
        return self._left[key] if not up and key in self._left else self._row.column(key, up)

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        """Rows of the row."""
        return self._row.rows(key, up)


def source_scope(catalog: Catalog, report: Report) -> Scope:
    """What the formulas of a report's source know."""
    if report.source == "records":
        form, _, lines = report.of.partition(".")
        return catalog.scope(form, lines or None)
    return catalog.role_scope(report.of, measure_types(catalog, report))


def _split(path: str, keys: Sequence[RowKey]) -> tuple[RowKey, str]:
    """The key that a path begins with, and what of it lies behind that key."""
    names: Callable[[RowKey], tuple[str, ...]] = lambda key: (key.name, key.name.removeprefix("parent."))  # noqa: E731
    found = [
        (key, path.removeprefix(name).removeprefix("."))
        for key in keys
        for name in names(key)
        if path == name or path.startswith(f"{name}.")
    ]
    return min(found, key=lambda one: len(one[1]))
