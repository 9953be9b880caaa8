"""Checks of prints: what is printed exists, every key shows one value, and only figures are summed."""

from onebook.definition.check.problems import Problems, Subject
from onebook.definition.declarations import Declarations
from onebook.definition.print import Print
from onebook.definition.scope import COMPANY
from onebook.expression.check import check
from onebook.expression.scope import Scope
from onebook.expression.types import Kind


def check_prints(declared: Declarations, problems: Problems) -> None:
    """Every print."""
    for print_ in declared.prints.values():
        subject = problems.within(f"print {print_.print}")
        if (print_.of is None) == (print_.report is None):
            subject.wrong("one_printed", print_.print)
        elif print_.of is not None:
            _check_form(declared, print_, print_.of, subject)
        else:
            _check_report(declared, print_, str(print_.report), subject)
        _check_letterhead(declared, print_, subject)


def _check_form(declared: Declarations, print_: Print, of: str, subject: Subject) -> None:
    form = declared.forms.get(of)
    if form is None:
        subject.at("of").wrong("unknown_form", of)
        return
    record = declared.scope(of)
    for part in ("barcode", "qr"):
        key = getattr(print_, part)
        if key is not None:
            _check_key(key, record, subject.at(part))
    for name, one in print_.head.items():
        _check_key(one.shows, record, subject.at("head", name))
    for name, figure in print_.figures.items():
        _check_key(figure.shows, record, subject.at("figures", name), is_figure=True)
    if print_.lines is None:
        if print_.columns:
            subject.at("columns").wrong("columns_without_lines", print_.print)
    elif print_.lines not in form.line_fields:
        subject.at("lines").wrong("unknown_lines", print_.lines)
    else:
        rows = declared.scope(of, print_.lines)
        for name, column in print_.columns.items():
            _check_key(column.shows, rows, subject.at("columns", name), is_figure=column.total)


def _check_key(key: str, scope: Scope, at: Subject, *, is_figure: bool = False) -> None:
    """A key, and nothing more: neither a formula, nor a name that belongs elsewhere."""
    expression = at.attempt(check, key, scope)
    if expression is None:
        return
    if set(expression.paths) != {key} or expression.type.kind is Kind.LINES or key.partition(".")[0] == COMPANY:
        at.wrong("not_a_value", key)
    elif is_figure and expression.type.kind is not Kind.NUMBER:
        at.wrong("total_of_words", key)


def _check_report(declared: Declarations, print_: Print, name: str, subject: Subject) -> None:
    report = declared.reports.get(name)
    if report is None:
        subject.at("report").wrong("unknown_report", name)
        return
    for part in ("barcode", "qr", "lines"):
        if getattr(print_, part) is not None:
            subject.at(part).wrong("only_of_forms", part)
    for key, field in print_.head.items():
        if field.shows not in report.parameters:
            subject.at("head", key).wrong("unknown_parameter", field.shows)
    totals = {column for column, one in report.columns.items() if one.is_sum}
    ends = {"opening", "closing"} if report.source == "entries" else set()
    for key, figure in print_.figures.items():
        if figure.shows not in totals | ends:
            subject.at("figures", key).wrong("unknown_column", figure.shows)
    shown = {row.partition(":")[0] for row in report.rows} | set(report.rows) | set(report.columns)
    shown |= {"line", "line_number"} if report.lines else set()
    for key, column in print_.columns.items():
        if column.shows not in shown:
            subject.at("columns", key).wrong("unknown_column", column.shows)
        elif column.total and column.shows not in totals:
            subject.at("columns", key).wrong("total_of_words", column.shows)


def _check_letterhead(declared: Declarations, print_: Print, subject: Subject) -> None:
    form = declared.forms.get(COMPANY)
    for number, name in enumerate(print_.letterhead):
        if form is None or name not in form.fields or name in form.line_fields:
            subject.at("letterhead", number).wrong("unknown_field", name)
