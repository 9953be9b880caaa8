"""What metrics are made of: totals of reports, and how each report is asked for a time and by what a reader chose."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onebook.definition.catalog import Catalog
from onebook.definition.check.metrics import NOTHING_NAMED, names_read
from onebook.definition.field import FieldKind
from onebook.definition.metric import Metric
from onebook.definition.report import Report
from onebook.definition.scope import VALUE_KINDS
from onebook.engines.report.parameters import told
from onebook.engines.report.refusals import UnknownMetric
from onebook.engines.report.report import WholeAsked
from onebook.engines.report.span import Span, When
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.values.month import Month


@dataclass(frozen=True, slots=True)
class Leaf:
    """A report, asked one way, at one time: one statement asks for all totals of it."""

    report: str
    parameters: tuple[tuple[str, Any], ...]
    where: str | None
    when: When | None

    def asked(self, columns: Collection[str | None]) -> WholeAsked:
        """Totals of some columns; None among them is the number of rows."""
        names = tuple(name for name in columns if name is not None)
        return WholeAsked(self.report, dict(self.parameters), names, self.where, self.when, None in columns)


def leaf_of(catalog: Catalog, metric: Metric, span: Span, given: Mapping[str, Any], context: Context) -> Leaf:
    """How the report of a metric is asked: by what the metric says, else by the time, else by what the reader chose."""
    report = catalog.reports[str(metric.report)]
    asked = {name: value for name, value in given.items() if name in report.parameters}
    asked |= _times(report, metric, span)
    for name, text in metric.parameters.items():
        expression = check(text, NOTHING_NAMED, VALUE_KINDS[report.parameters[name].kind])
        asked[name] = told({name: evaluate(expression, {}, context)})[name]
    return Leaf(report.report, tuple(sorted(asked.items())), metric.where, _when(report, metric, span))


def leaves_of(catalog: Catalog, names: Iterable[str]) -> list[str]:
    """The totals that metrics are made of, each once. Raises UnknownMetric."""
    found: dict[str, None] = {}
    left = list(names)
    while left:
        name = left.pop()
        metric = catalog.metrics.get(name)
        if metric is None:
            raise UnknownMetric(name=name)
        if metric.shows is None:
            found[name] = None
        else:
            left += named_in(catalog, metric.shows)
    return list(found)


def named_in(catalog: Catalog, formula: str | None) -> list[str]:
    """The metrics that a formula reads."""
    return sorted(names_read(formula) & catalog.metrics.keys()) if formula else []


def _times(report: Report, metric: Metric, span: Span) -> dict[str, Any]:
    """The time in the words of the report's own parameters."""
    found: dict[str, str] = {}
    for name, parameter in report.parameters.items():
        if metric.time == "span" and parameter.kind is FieldKind.MONTH:
            found[name] = Month.of(span.last).first.isoformat()
    days = {"from": span.first, "to": span.last} if metric.time == "span" else {"as_of": span.last}
    if metric.time != "now":
        found |= {name: day.isoformat() for name, day in days.items() if name in report.parameters}
    return found


def _when(report: Report, metric: Metric, span: Span) -> When | None:
    """The time of a report of the ledger, whatever its parameters; None where they say it."""
    if metric.time == "now" or report.source not in ("balances", "positions", "open_items"):
        return None
    if metric.time == "span" and report.source == "balances":
        return When(span)
    return When(Span(Month.of(span.last).first, span.last)) if metric.time == "day" else None
