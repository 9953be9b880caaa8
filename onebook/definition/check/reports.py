"""Checks of reports: sources that exist, keys and columns that can be computed over them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.check.report_creates import check_report_creates
from onebook.definition.check.subject_reports import check_subjects
from onebook.definition.declarations import Declarations
from onebook.definition.report import Column, Report
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.check import check
from onebook.expression.names import names_in
from onebook.expression.parse import parse
from onebook.expression.refusals import ExpressionRefusal
from onebook.expression.scope import Found, Scope
from onebook.expression.tree import Expression
from onebook.expression.types import DATE, NUMBER, TEXT, Kind, Type

GRAINS: Final = frozenset({"day", "month", "quarter", "year"})

_SPAN: Final = ("opening", "incoming", "outgoing", "closing", "average")
_NOW: Final = ("balance", "taken", "expected", "available", "projected")
_COMING: Final = ("balance", "incoming", "outgoing", "projected", "promisable")


def _measured(names: tuple[str, ...]) -> dict[str, Type]:
    return {f"{name}{suffix}": NUMBER for name in names for suffix in ("", "_quantity", "_amount")}


#: What each source knows beside the dimensions of its role.
MEASURES: Final[Mapping[str, Mapping[str, Type]]] = {
    "balances": _measured(_SPAN),
    "positions": {**_measured(_NOW), "waiting": NUMBER, "waiting_quantity": NUMBER, "last_on": DATE},
    "open_items": {**_measured(("open",)), "due": DATE, "overdue": NUMBER},
    "outlook": {**_measured(_COMING), "on": DATE, "short_on": DATE},
    "entries": {"on": DATE, "form": TEXT, "number": TEXT, **dict.fromkeys(("increase", "decrease", "balance"), NUMBER)},
}


def check_reports(declared: Declarations, problems: Problems) -> None:
    """Every report."""
    for report in declared.reports.values():
        subject = problems.within(f"report {report.report}")
        if report.lines or report.without or report.source == "subjects":
            check_subjects(declared, report, subject)
        if report.source == "subjects":
            check_report_creates(declared, report, None, {}, subject)
            continue
        scope = _scope(declared, report, subject)
        if scope is not None:
            check_report_creates(declared, report, scope, parameters_of(report, scope), subject)
            _check_parameters(declared, report, scope, subject)
            _check_formulas(declared, report, scope, subject)
            _check_every(declared, report, subject)
            _check_due(declared, report, subject)
            _check_time(declared, report, subject)
            _check_entries(declared, report, subject)


def _scope(declared: Declarations, report: Report, subject: Subject) -> Scope | None:
    if report.source == "metrics":
        behind = declared.scope_of(report.of)
        if behind is None:
            subject.at("of").wrong("unknown_form", report.of)
            return None
        return MetricNames(declared, report, behind)
    if report.source == "records":
        form, _, lines = report.of.partition(".")
        if form not in declared.forms:
            subject.at("of").wrong("unknown_form", report.of)
            return None
        if lines and lines not in declared.forms[form].line_fields:
            subject.at("of").wrong("unknown_lines", report.of)
            return None
        return declared.scope(form, lines or None)
    if report.of not in declared.accounts:
        subject.at("of").wrong("unknown_account", report.of)
        return None
    return declared.role_scope(report.of, MEASURES[report.source])


class MetricNames:
    """What a report over metrics knows: their names, and its key with what lies behind it."""

    parent: Scope | None = None

    def __init__(self, declared: Declarations, report: Report, behind: Scope) -> None:
        """The metrics that are declared; `behind` is the form of the rows."""
        self.name = ""
        self._metrics = declared.metrics
        self._keys = {row: Found(Type(Kind.LINK, report.of), behind, row) for row in report.rows}

    def find(self, name: str) -> Found | None:
        """What a name means."""
        return self._keys.get(name) or (Found(NUMBER, None, name) if name in self._metrics else None)


class Beside:
    """Names beside those of a scope: known before it or, where they are its own too, behind it."""

    def __init__(self, scope: Scope, types: Mapping[str, Type], *, first: bool = True) -> None:
        """The scope, and what else is known."""
        self.name = scope.name
        self.parent = scope.parent
        self._scope = scope
        self._types = types
        self._first = first

    def find(self, name: str) -> Found | None:
        """What a name means."""
        own = Found(self._types[name], None, name) if name in self._types else None
        return (own or self._scope.find(name)) if self._first else (self._scope.find(name) or own)


def column_scope(declared: Declarations, report: Report, name: str) -> Scope | None:
    """What the formula of a column knows; None where the source of the report is not there.

    The source and, over groups, the columns before it by name: those go first in reports over records, whose groups
    have no fields; measures of the ledger stay what they are."""
    return next((scope for one, scope in _column_scopes(declared, report) if one == name), None)


def groups_scope(declared: Declarations, report: Report) -> Scope | None:
    """What the condition on groups knows: their totals by name, before their keys."""
    scope = source_scope(declared, report)
    if scope is None:
        return None
    types = {}
    for name, known in _column_scopes(declared, report):
        kind = _column_type(report, name, known, scope)
        if report.columns[name].total and kind is not None:
            types[name] = kind
    return Beside(scope, types)


def _column_scopes(declared: Declarations, report: Report) -> Iterator[tuple[str, Scope]]:
    scope = source_scope(declared, report)
    if scope is None:
        return
    types: dict[str, Type] = {}
    for name, column in report.columns.items():
        if column.total or not report.rows:
            known: Scope = Beside(scope, dict.fromkeys(report.posted, NUMBER)) if report.posted else scope
        else:
            known = Beside(scope, dict(types), first=report.source == "records") if types else scope
        yield name, known
        kind = _column_type(report, name, known, scope)
        if kind is not None and name not in report.rows:
            types[name] = kind


def _column_type(report: Report, name: str, known: Scope, source: Scope) -> Type | None:
    """What a column shows; None if its formula is wrong."""
    column = report.columns[name]
    if column.parts is not None:
        return NUMBER
    found = Subject.silent().attempt(check, column.shows, known, None, parameters=parameters_of(report, source))
    return found.type if found is not None else None


def source_scope(declared: Declarations, report: Report) -> Scope | None:
    """What formulas over the rows of a report's source know; None where its source is not there."""
    return _scope(declared, report, Subject.silent())


def parameters_of(report: Report, scope: Scope) -> dict[str, Type]:
    """The parameters that formulas know. A link parameter called like a name of the source narrows the report to it;
    in formulas the name stays the source's own (`item.lower_limit`)."""
    types = {name: Type(VALUE_KINDS[parameter.kind], parameter.to) for name, parameter in report.parameters.items()}
    return {name: kind for name, kind in types.items() if kind.kind is not Kind.LINK or scope.find(name) is None}


def _check_parameters(declared: Declarations, report: Report, scope: Scope, subject: Subject) -> None:
    for name, parameter in report.parameters.items():
        at = subject.at("parameters", name)
        kind = VALUE_KINDS[parameter.kind]
        if kind is Kind.LINES:
            at.at("kind").wrong("lines_misplaced", parameter.kind)
        if (kind is Kind.LINK) != (parameter.to is not None) or (parameter.to and parameter.to not in declared.forms):
            at.at("to").wrong("unknown_form", parameter.to)
        if parameter.default is not None:
            text = parameter.default
            at.at("default").attempt(check, text, scope, kind)


def _check_formulas(declared: Declarations, report: Report, scope: Scope, subject: Subject) -> None:
    given = parameters_of(report, scope)

    def checked(text: str, at: Subject, kind: Kind | None = None, known: Scope | None = None) -> Expression | None:
        expression = at.attempt(check, text, known or scope, kind, parameters=given)
        return expression and at.attempt(lower_dry, expression)

    for number, row in enumerate(report.rows):
        key, _, grain = row.partition(":")
        at = subject.at("rows", number)
        expression = at.attempt(check, key, scope)
        if grain and grain not in GRAINS:
            at.wrong("unknown_grain", grain)
        elif grain and expression is not None and expression.type.kind not in (Kind.DATE, Kind.INSTANT):
            at.wrong("not_a_date", key)
    known = dict(_column_scopes(declared, report))
    for name, column in report.columns.items():
        at = subject.at("columns", name, "shows")
        expression = checked(column.shows, at, None, known[name])
        if expression is not None and not _may_be_total(column, expression):
            at.wrong("total_of_words", column.shows)
        if column.options is not None and (expression is None or expression.type.kind is not Kind.TEXT):
            subject.at("columns", name, "options").wrong("options_of_texts", name)
        if column.parts is not None and (column.total or not report.rows):
            subject.at("columns", name, "parts").wrong("parts_of_groups", name)
    if report.filter is not None:
        checked(report.filter, subject.at("filter"), Kind.FLAG)
    _check_groups(declared, report, subject, checked)
    rows = {row.partition(":")[0] for row in report.rows}
    for number, text in enumerate(report.sort):
        if text.removeprefix("-") not in rows | set(report.columns) | set(report.rows):
            subject.at("sort", number).wrong("unknown_column", text)


def _may_be_total(column: Column, expression: Expression) -> bool:
    if column.total in ("min", "max"):
        return expression.type.kind in (Kind.NUMBER, Kind.DATE, Kind.INSTANT)
    return not column.total or expression.type.kind is Kind.NUMBER


def _check_groups(declared: Declarations, report: Report, subject: Subject, checked: Callable[..., object]) -> None:
    """What only reports over records have: a condition on groups, what rows posted, the least and the greatest."""
    if report.source != "records":
        for name in ("keeps", "posted"):
            if getattr(report, name):
                subject.at(name).wrong("only_records_have", name)
        for name, column in report.columns.items():
            if column.total in ("min", "max"):
                subject.at("columns", name, "total").wrong("only_records_have", column.total)
        return
    for name, role in report.posted.items():
        at = subject.at("posted", name)
        if role not in declared.accounts:
            at.wrong("unknown_account", role)
        elif (scope := _scope(declared, report, subject)) is not None and scope.find(name) is not None:
            at.wrong("stands_twice", name)
    if report.keeps is not None:
        at = subject.at("keeps")
        if not report.rows:
            at.wrong("parts_of_groups", "keeps")
        checked(report.keeps, at, Kind.FLAG, groups_scope(declared, report))


def _check_every(declared: Declarations, report: Report, subject: Subject) -> None:
    if report.every is None:
        return
    dimensions = declared.accounts[report.of].dimensions if report.source in ("balances", "positions") else {}
    target = dimensions.get(report.every)  # type: ignore[call-overload]  # any text may be looked up
    if target is None or "." in target:
        subject.at("every").wrong("unknown_dimension", report.every)
    elif report.every not in report.rows:
        subject.at("every").wrong("dimension_missing", report.every)


def entries_of(declared: Declarations, report: Report) -> Iterator[str]:
    """The parameters that say whose entries a report on entries shows: links named like a dimension of its role."""
    dimensions = declared.accounts[report.of].dimensions
    for name, parameter in report.parameters.items():
        if parameter.to is not None and dimensions.get(name) == parameter.to:  # type: ignore[call-overload]
            yield name


def _check_entries(declared: Declarations, report: Report, subject: Subject) -> None:
    if report.source != "entries":
        if report.plus:
            subject.at("plus").wrong("only_entries_add", report.report)
        return
    whose = list(entries_of(declared, report))
    if not whose:
        subject.at("parameters").wrong("entries_of_whom", report.of)
    if report.rows or report.buckets or report.filter is not None or report.every is not None or report.sort:
        subject.wrong("entries_have_no_rows", report.report)
    for number, name in enumerate(report.plus):
        role = declared.accounts.get(name)
        if role is None:
            subject.at("plus", number).wrong("unknown_account", name)
        elif any(role.dimensions.get(one) != report.parameters[one].to for one in whose):  # type: ignore[call-overload]
            subject.at("plus", number).wrong("other_dimension", name)
    scope = declared.role_scope(report.of, MEASURES["entries"])
    for name, column in report.columns.items():
        expression = Subject.silent().attempt(check, column.shows, scope, None, parameters=parameters_of(report, scope))
        if expression is not None and not set(expression.paths) <= set(MEASURES["entries"]):
            subject.at("columns", name).wrong("unknown_column", column.shows)


def _check_due(declared: Declarations, report: Report, subject: Subject) -> None:
    ages = report.due is not None or report.buckets
    if report.source != "open_items":
        if ages:
            subject.at("buckets").wrong("only_open_items_age", report.source)
        return
    document = declared.accounts[report.of].dimensions.get("document")
    if document is None or document not in declared.forms:
        subject.at("of").wrong("dimension_missing", "document")
    elif report.due is not None:
        field = declared.forms[document].fields.get(report.due)
        if field is None or VALUE_KINDS[field.kind] is not Kind.DATE:
            subject.at("due").wrong("unknown_field" if field is None else "not_a_date", report.due)
    days = [bucket.days for bucket in report.buckets]
    numbers = [day for day in days if day is not None]
    if None in days[:-1] or numbers != sorted(set(numbers)):
        subject.at("buckets").wrong("buckets_unordered", days)


def _check_time(declared: Declarations, report: Report, subject: Subject) -> None:
    """The parameters that a source of the ledger understands by itself mean what they are called."""
    if report.source == "outlook":
        if not declared.accounts[report.of].kept:
            subject.at("of").wrong("beside_summed", report.of)
        if any(row.startswith("on:") for row in report.rows):
            subject.at("rows").wrong("unknown_grain", "on")
        understood: Mapping[str, Kind | None] = {"as_of": None, "known_at": None}
    elif report.source == "records":
        return
    elif report.source == "metrics":
        _check_metrics(declared, report, subject)
        return
    else:
        is_spanned = report.source in ("balances", "entries")
        understood = {"known_at": Kind.INSTANT} | ({} if is_spanned else {"as_of": Kind.DATE})
    for name, kind in understood.items():
        if name in report.parameters and VALUE_KINDS[report.parameters[name].kind] is not kind:
            subject.at("parameters", name).wrong("time_misplaced", name)


def metrics_named(declared: Declarations, report: Report) -> tuple[str, ...]:
    """The metrics that are totals of reports and of which the columns of a report over metrics are made, each once."""
    found: dict[str, None] = {}
    left = [name for column in report.columns.values() for name in _named(column.shows)]
    while left:
        name = left.pop()
        metric = declared.metrics.get(name)
        if metric is None:
            continue
        if metric.shows is None:
            found[name] = None
        else:
            left += _named(metric.shows)
    return tuple(sorted(found))


def _named(text: str) -> list[str]:
    try:
        return sorted({name.segments[0] for name in names_in(parse(text))})
    except ExpressionRefusal:
        return []


def _check_metrics(declared: Declarations, report: Report, subject: Subject) -> None:
    """A span, one key, and metrics whose reports can be grouped by it."""
    days = {name for name, one in report.parameters.items() if VALUE_KINDS[one.kind] is Kind.DATE}
    if not {"from", "to"} <= days:
        subject.at("parameters").wrong("no_span", report.report)
    if len(report.rows) != 1:
        subject.at("rows").wrong("one_key", report.source)
        return
    for name in report.keys:
        if name not in declared.metrics:
            subject.at("keys", name).wrong("unknown_metric", name)
    for name in metrics_named(declared, report):
        other = declared.reports.get(declared.metrics[name].report or "")
        key = report.keys.get(name, report.rows[0])
        scope = source_scope(declared, other) if other is not None else None
        if other is None or scope is None:
            continue
        found = Subject.silent().attempt(check, key, scope)
        if found is None or found.type != Type(Kind.LINK, report.of):
            subject.at("keys", name).wrong("unknown_key", key)
        metric = declared.metrics[name]
        is_cut = other.keeps is not None or other.unless or metric.column is None or metric.parameters
        if is_cut or metric.time == "day" or other.source not in ("records", "balances", "positions"):
            subject.at("columns").wrong("not_by_key", name)
