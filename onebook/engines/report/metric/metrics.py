"""Metrics: figures by their names, for a time; whoever may not see what one is made of does not see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.check.metrics import DAYS, metrics_scope
from onebook.definition.metric import Metric
from onebook.engines.report.metric.leaf import leaf_of, leaves_of, named_in
from onebook.engines.report.metric.parts import Comparison, Grain, before, parts
from onebook.engines.report.metric.totals import Totals
from onebook.engines.report.refusals import HiddenField, NotReadable, UnknownMetric
from onebook.engines.report.report import ReportRequest, Reports
from onebook.engines.report.request import Page
from onebook.engines.report.span import Span
from onebook.engines.report.variant import Variant
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.storage.transaction import Transaction

#: Of a change; a hundredth of a percent is its last place.
_CHANGE: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class MetricsAsked:
    """Which metrics, for which days, with which further parameters (as JSON has them; each report takes those that it
    knows); what they are compared with, and the grain of their trend. `goal`: a formula over metrics beside them."""

    names: tuple[str, ...]
    span: Span
    given: Mapping[str, Any] = field(default_factory=dict)
    compare: Comparison | None = None
    trend: Grain | None = None
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric as it was asked for. `opens`: the report that it is a total of, and how that was asked."""

    metric: Metric
    value: Decimal | None
    previous: Decimal | None
    trend: Sequence[tuple[str, Decimal | None]]
    opens: Mapping[str, Any] | None
    made_of: Sequence[str]

    @property
    def change(self) -> Decimal | None:
        """By which part of what it was it has grown; None where nobody can say."""
        if self.value is None or not self.previous:
            return None
        return ((self.value - self.previous) / abs(self.previous)).quantize(_CHANGE)


@dataclass(frozen=True, slots=True)
class Figures:
    """The metrics that the reader sees, the goal among them, and the time that they are compared with."""

    figures: Sequence[Figure]
    goal: Decimal | None
    then: Span | None


class Metrics:
    """The metrics of one published catalog."""

    def __init__(self, catalog: Catalog, reports: Reports) -> None:
        """Over the reports of a catalog."""
        self._catalog = catalog
        self._reports = reports
        self._formulas: dict[str, Expression] = {}

    def seen(self, actor: Actor, context: Context) -> list[Metric]:
        """The metrics that an actor may read, as they are declared."""
        return [one for name, one in self._catalog.metrics.items() if self.sees(name, actor, context)]

    def sees(self, name: str, actor: Actor, context: Context) -> bool:
        """Whether an actor may read everything that a metric is made of. Raises UnknownMetric."""
        today = Span(context.today, context.today)
        try:
            for leaf in leaves_of(self._catalog, [name]):
                metric = self._catalog.metrics[leaf]
                asked = leaf_of(self._catalog, metric, today, {}, context)
                self._reports.whole(asked.asked([metric.column]), actor, context)
        except (HiddenField, NotReadable):
            return False
        return True

    def figures(self, transaction: Transaction, asked: MetricsAsked, actor: Actor, context: Context) -> Figures:
        """The metrics among those asked for that the actor sees, and the goal if they see what it is made of; in one
        round trip. Raises UnknownMetric if they see none of them."""
        names = [name for name in asked.names if self.sees(name, actor, context)]
        if not names:
            raise UnknownMetric(name=", ".join(asked.names))
        aims = named_in(self._catalog, asked.goal)
        goal = asked.goal if all(self.sees(name, actor, context) for name in aims) else None
        totals = Totals(self._catalog, self._reports, actor, context, asked.given)
        then = before(asked.span, asked.compare) if asked.compare else None
        for leaf in leaves_of(self._catalog, [*names, *(aims if goal else ())]):
            totals.want(leaf, asked.span)
        past = [name for name in names if self._has_past(name)]
        if then is not None:
            for leaf in leaves_of(self._catalog, past):
                totals.want(leaf, then)
        cut = parts(asked.span, asked.trend) if asked.trend else []
        for leaf in leaves_of(self._catalog, past) if cut else ():
            totals.want_parts(leaf, cut, asked.trend or "month")
        totals.read(transaction)
        found = [
            Figure(
                self._catalog.metrics[name],
                self._value(name, asked.span, totals, context),
                self._value(name, then, totals, context) if then is not None and name in past else None,
                [(part.key, self._value(name, part.span, totals, context)) for part in cut] if name in past else [],
                self._opens(name, asked, context),
                named_in(self._catalog, self._catalog.metrics[name].shows),
            )
            for name in names
        ]
        return Figures(found, self._formula(goal, asked.span, totals, context) if goal else None, then)

    def rows(
        self, transaction: Transaction, name: str, span: Span, given: Mapping[str, Any], limit: int, offset: int,
        actor: Actor, context: Context,
    ) -> Page:  # fmt: skip
        """A page of the rows that a metric counts, or sums a column of, at its time. Raises UnknownMetric for a formula
        and for what the actor does not see."""
        metric = self._catalog.metrics.get(name)
        if metric is None or metric.report is None or not self.sees(name, actor, context):
            raise UnknownMetric(name=name)
        leaf = leaf_of(self._catalog, metric, span, given, context)
        request = ReportRequest(
            leaf.report, dict(leaf.parameters), limit=limit, offset=offset, variant=Variant(where=leaf.where)
        )
        return self._reports.page(transaction, request, actor, context, when=leaf.when)

    def reports_of(self, names: Iterable[str]) -> list[str]:
        """The reports that metrics are totals of, each once. Raises UnknownMetric."""
        leaves = leaves_of(self._catalog, names)
        return list(dict.fromkeys(str(self._catalog.metrics[leaf].report) for leaf in leaves))

    def _has_past(self, name: str) -> bool:
        """Whether anything that it is made of was once otherwise."""
        return any(self._catalog.metrics[leaf].time != "now" for leaf in leaves_of(self._catalog, [name]))

    def _value(self, name: str, span: Span, totals: Totals, context: Context) -> Decimal | None:
        metric = self._catalog.metrics[name]
        if metric.shows is None:
            return totals.value(name, span)
        return self._formula(metric.shows, span, totals, context)

    def _formula(self, text: str, span: Span, totals: Totals, context: Context) -> Decimal | None:
        expression = self._formulas.get(text)
        if expression is None:
            expression = self._formulas[text] = check(text, metrics_scope(self._catalog), Kind.NUMBER)
        row: dict[str, Any] = {DAYS: Decimal((span.last - span.first).days + 1)}
        row |= {name: self._value(name, span, totals, context) for name in expression.paths if name != DAYS}
        found: Decimal | None = evaluate(expression, row, context)
        return found

    def _opens(self, name: str, asked: MetricsAsked, context: Context) -> Mapping[str, Any] | None:
        metric = self._catalog.metrics[name]
        if metric.report is None:
            return None
        leaf = leaf_of(self._catalog, metric, asked.span, asked.given, context)
        return {
            "report": metric.report,
            "source": self._catalog.reports[metric.report].source,
            "parameters": dict(leaf.parameters),
            "metric": name,
            "column": metric.column,
        }
