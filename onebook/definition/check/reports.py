"""Checks of reports: sources that exist, keys and columns that can be computed over them."""

from collections.abc import Iterator, Mapping
from typing import Final

from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.check.report_creates import check_report_creates
from onebook.definition.check.subject_reports import check_subjects
from onebook.definition.declarations import Declarations
from onebook.definition.report import Report
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.check import check
from onebook.expression.scope import Scope
from onebook.expression.tree import Expression
from onebook.expression.types import DATE, NUMBER, TEXT, Kind, Type

GRAINS: Final = frozenset({"day", "month", "quarter", "year"})

_SPAN: Final = ("opening", "incoming", "outgoing", "closing")
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
            _check_formulas(report, scope, subject)
            _check_every(declared, report, subject)
            _check_due(declared, report, subject)
            _check_time(declared, report, subject)
            _check_entries(declared, report, subject)


def _scope(declared: Declarations, report: Report, subject: Subject) -> Scope | None:
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


def _check_formulas(report: Report, scope: Scope, subject: Subject) -> None:
    given = parameters_of(report, scope)

    def checked(text: str, at: Subject, kind: Kind | None = None) -> Expression | None:
        expression = at.attempt(check, text, scope, kind, parameters=given)
        return expression and at.attempt(lower_dry, expression)

    for number, row in enumerate(report.rows):
        key, _, grain = row.partition(":")
        at = subject.at("rows", number)
        expression = at.attempt(check, key, scope)
        if grain and grain not in GRAINS:
            at.wrong("unknown_grain", grain)
        elif grain and expression is not None and expression.type.kind not in (Kind.DATE, Kind.INSTANT):
            at.wrong("not_a_date", key)
    for name, column in report.columns.items():
        at = subject.at("columns", name, "shows")
        expression = checked(column.shows, at)
        if column.total and expression is not None and expression.type.kind is not Kind.NUMBER:
            at.wrong("total_of_words", column.shows)
    if report.filter is not None:
        checked(report.filter, subject.at("filter"), Kind.FLAG)
    rows = {row.partition(":")[0] for row in report.rows}
    for number, text in enumerate(report.sort):
        if text.removeprefix("-") not in rows | set(report.columns) | set(report.rows):
            subject.at("sort", number).wrong("unknown_column", text)


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
    else:
        is_spanned = report.source in ("balances", "entries")
        understood = {"known_at": Kind.INSTANT} | ({} if is_spanned else {"as_of": Kind.DATE})
    for name, kind in understood.items():
        if name in report.parameters and VALUE_KINDS[report.parameters[name].kind] is not kind:
            subject.at("parameters", name).wrong("time_misplaced", name)
