"""Checks of metrics: a total that a report has, or a formula over other metrics; asked for a time that it knows."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.check.reports import parameters_of, source_scope
from onebook.definition.check.subject_reports import Named
from onebook.definition.declarations import Declarations
from onebook.definition.metric import Metric
from onebook.definition.model import NOTHING
from onebook.definition.report import Report
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.check import check
from onebook.expression.names import names_in
from onebook.expression.parse import parse
from onebook.expression.refusals import ExpressionRefusal
from onebook.expression.tree import Expression
from onebook.expression.types import Kind, Type

#: What formulas over metrics know besides them: how many days the span has that is asked for.
DAYS: Final = "days"
#: Sources whose columns are totals over rows.
COUNTED: Final = frozenset({"records", "balances", "positions", "open_items", "outlook"})
#: Sources that stand as of a day without being asked by a parameter.
_STANDING: Final = frozenset({"positions", "open_items", "balances"})
#: Nothing: parameters and defaults read the clock and the user, and no field.
NOTHING_NAMED: Final = Named(())


def check_metrics(declared: Declarations, problems: Problems) -> None:
    """Every metric."""
    for metric in declared.metrics.values():
        subject = problems.within(f"metric {metric.metric}")
        if (metric.report is None) == (metric.shows is None):
            subject.wrong("one_figure_source", metric.metric)
        elif metric.report is not None:
            _check_total(declared, metric, metric.report, subject)
        else:
            _check_formula(declared, metric, subject)
    _check_circles(declared, problems)


def metrics_scope(declared: Declarations) -> Named:
    """What formulas over metrics know: their names, and the days."""
    return Named((*declared.metrics, DAYS))


def names_read(text: str) -> frozenset[str]:
    """The names that stand in a formula over metrics; none in one that cannot be read."""
    try:
        return frozenset(name.segments[0] for name in names_in(parse(text)))
    except ExpressionRefusal:
        return frozenset()


def _check_formula(declared: Declarations, metric: Metric, subject: Subject) -> None:
    for name in ("column", "parameters", "where"):
        if getattr(metric, name):
            subject.at(name).wrong("not_with_formula", name)
    text = metric.shows or ""
    expression = subject.at("shows").attempt(check, text, metrics_scope(declared), Kind.NUMBER)
    if expression is not None and DAYS in expression.paths and metric.time != "span":
        subject.at("shows").wrong("days_without_span", text)


def _check_total(declared: Declarations, metric: Metric, name: str, subject: Subject) -> None:
    report = declared.reports.get(name)
    if report is None:
        subject.at("report").wrong("unknown_report", name)
        return
    if report.source not in COUNTED:
        subject.at("report").wrong("no_metric_of", report.source)
        return
    column = report.columns.get(metric.column) if metric.column is not None else None
    if metric.column is not None and (column is None or not column.is_sum):
        subject.at("column").wrong("unknown_column" if column is None else "not_a_total", metric.column)
    for key, text in metric.parameters.items():
        check_given(report, key, text, NOTHING_NAMED, subject.at("parameters", key))
    scope = source_scope(declared, report)
    if metric.where is not None and scope is not None:
        at = subject.at("where")
        found: Expression | None = at.attempt(
            check, metric.where, scope, Kind.FLAG, parameters=parameters_of(report, scope)
        )
        if found is not None:
            at.attempt(lower_dry, found)
    _check_time(metric, report, subject.at("time"))


def check_given(
    report: Report, name: str, text: str, scope: Named, at: Subject, types: Mapping[str, Type] = NOTHING
) -> None:
    """A parameter of a report as a formula over what a scope knows, and other parameters."""
    parameter = report.parameters.get(name)
    if parameter is None:
        at.wrong("unknown_parameter", name)
    else:
        at.attempt(check, text, scope, VALUE_KINDS[parameter.kind], parameters=types)


def _check_time(metric: Metric, report: Report, at: Subject) -> None:
    kinds: Mapping[str, Kind] = {name: VALUE_KINDS[one.kind] for name, one in report.parameters.items()}
    days = {name for name, kind in kinds.items() if kind is Kind.DATE}
    if metric.time == "span" and report.source != "balances" and not {"from", "to"} <= days:
        at.wrong("no_span", report.report)
    if metric.time == "day" and report.source not in _STANDING and "as_of" not in days:
        at.wrong("no_day", report.report)


def _check_circles(declared: Declarations, problems: Problems) -> None:
    made = {name: names_read(one.shows or "") & declared.metrics.keys() for name, one in declared.metrics.items()}
    try:
        tuple(TopologicalSorter(made).static_order())
    except CycleError as error:
        problems.within(f"metric {error.args[1][0]}").at("shows").wrong("cycle", " → ".join(error.args[1]))
