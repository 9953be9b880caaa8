"""Checks of reports over subjects: lines that are made of something, formulas over what stands above them."""

from collections.abc import Mapping
from typing import Final

from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldKind
from onebook.definition.report import Report, StatementLine
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.check import check
from onebook.expression.scope import Found, Scope
from onebook.expression.tree import Expression
from onebook.expression.types import NUMBER, Kind

#: What is known of a subject, and of a line: before the month, in it, at its end; and the same for its year. `moved` is
#: debit less credit (of a line whose side is credit: credit less debit).
MEASURES: Final = (
    *("opening", "debit", "credit", "moved", "closing", "own_closing"),
    *("year_opening", "year_debit", "year_credit", "year_moved"),
)


class Named:
    """Numbers by name, before the names of a further scope."""

    parent: Scope | None = None

    def __init__(self, names: tuple[str, ...], others: Scope | None = None) -> None:
        """These names, and what another scope knows."""
        self.name = others.name if others else ""
        self._names = frozenset(names)
        self._others = others

    def find(self, name: str) -> Found | None:
        """What a name means."""
        if name in self._names:
            return Found(NUMBER, None, name)
        return self._others.find(name) if self._others else None


def columns_scope(declared: Declarations, report: Report) -> Named:
    """What the columns of a report over subjects read: measures and, without lines, the subject's own fields."""
    return Named(MEASURES, None if report.lines else declared.scope_of(report.of))


def measure_of(shows: Expression) -> str | None:
    """The one measure that a column shows, whatever it makes of it; None for columns that open to nothing."""
    read = set(shows.paths) & set(MEASURES)
    return read.pop() if len(read) == 1 and shows.type.kind is Kind.NUMBER else None


def opening_columns(declared: Declarations, report: Report) -> tuple[str, ...]:
    """The columns of a report over subjects whose figures open to accounts or lines."""
    scope = columns_scope(declared, report)
    return tuple(name for name, column in report.columns.items() if measure_of(check(column.shows, scope)) is not None)


def lines_scope(above: Mapping[str, object]) -> Named:
    """What the formula of a line reads: the lines above it."""
    return Named(tuple(above))


def check_subjects(declared: Declarations, report: Report, subject: Subject) -> None:
    """One report: its form, lines, columns, and that nothing of other sources is asked of it."""
    if report.source != "subjects":
        subject.wrong("only_subjects_have_lines", report.source)
        return
    form = declared.forms.get(report.of)
    if form is None:
        subject.at("of").wrong("unknown_form", report.of)
        return
    if report.every is not None or report.sort or report.plus or report.buckets:
        subject.wrong("subjects_have_no_filter", report.report)
    if report.filter is not None:
        subject.at("filter").attempt(check, report.filter, columns_scope(declared, report), Kind.FLAG)
    if bool(report.rows) == bool(report.lines):
        subject.at("rows").wrong("subjects_or_lines", report.report)
    for number, name in enumerate(report.rows):
        field = form.fields.get(name)
        if field is None or VALUE_KINDS[field.kind] is not Kind.TEXT:
            subject.at("rows", number).wrong("unknown_field", name)
    for name, parameter in report.parameters.items():
        if parameter.kind is not FieldKind.MONTH:
            subject.at("parameters", name, "kind").wrong("months_only", parameter.kind)
    for number, name in enumerate(report.without):
        if name not in declared.accounts:
            subject.at("without", number).wrong("unknown_account", name)
    _check_lines(declared, report, subject)
    for name, column in report.columns.items():
        text = column.shows
        subject.at("columns", name, "shows").attempt(check, text, columns_scope(declared, report), None)


def _check_lines(declared: Declarations, report: Report, subject: Subject) -> None:
    above: dict[str, StatementLine] = {}
    for number, line in enumerate(report.lines):
        at = subject.at("lines", number)
        if line.line in above:
            at.wrong("declared_twice", line.line)
        if sum(map(bool, (line.subjects, line.roles, line.shows))) > 1:
            at.wrong("two_sources", "subjects, roles, shows")
        for name in line.roles:
            if name not in declared.accounts:
                at.at("roles").wrong("unknown_account", name)
        if line.shows is not None:
            text = line.shows
            at.at("shows").attempt(check, text, lines_scope(above), Kind.NUMBER)
        above[line.line] = line
