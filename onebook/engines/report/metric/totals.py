"""Totals that metrics want, gathered and then read in one round trip: as few statements as their reports allow."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.engines.report.metric.leaf import Leaf, leaf_of
from onebook.engines.report.metric.parts import Grain, Part
from onebook.engines.report.report import Reports
from onebook.engines.report.span import Span
from onebook.expression.context import Context
from onebook.storage.planning import planned_anew
from onebook.storage.transaction import Statement, Transaction
from onebook.values.decimals import ZERO


class Totals:
    """Totals for one reader: first everything is wanted, then it is read, then it is known."""

    def __init__(
        self, catalog: Catalog, reports: Reports, actor: Actor, context: Context, given: Mapping[str, Any]
    ) -> None:
        """Nothing is wanted yet. `given`: what the reader chose, by the names of report parameters."""
        self._catalog = catalog
        self._reports = reports
        self._actor = actor
        self._context = context
        self._given = given
        self._wanted: dict[tuple[str, Span], Leaf] = {}
        self._columns: dict[Leaf, dict[str | None, None]] = {}
        self._cut: dict[tuple[Leaf, str], tuple[Statement, list[tuple[str, Sequence[Part]]]]] = {}
        self._values: dict[tuple[str, Span], Decimal] = {}

    def want(self, name: str, span: Span) -> None:
        """The total that a metric is, at a time."""
        leaf = self._leaf(name, span)
        self._wanted[name, span] = leaf
        self._columns.setdefault(leaf, {})[self._catalog.metrics[name].column] = None

    def want_parts(self, name: str, cut: Sequence[Part], grain: Grain) -> None:
        """The total over each part: by one statement where the report can be cut by its day, else by one for each."""
        metric = self._catalog.metrics[name]
        if metric.time == "span" and metric.column is not None:
            leaf = self._leaf(name, Span(cut[0].span.first, cut[-1].span.last))
            statement = self._reports.series(leaf.asked([metric.column]), grain, self._actor, self._context)
            if statement is not None:
                self._cut.setdefault((leaf, metric.column), (statement, []))[1].append((name, cut))
                return
        for part in cut:
            self.want(name, part.span)

    def read(self, transaction: Transaction) -> None:
        """Ask for everything that is wanted, in one round trip."""
        asked = [(leaf, list(columns)) for leaf, columns in self._columns.items()]
        wholes = [self._reports.whole(leaf.asked(columns), self._actor, self._context) for leaf, columns in asked]
        cuts = list(self._cut.values())
        if not wholes and not cuts:
            return
        results = planned_anew(transaction, *wholes, *(statement for statement, _ in cuts))
        found: dict[tuple[Leaf, str | None], Decimal] = {}
        for (leaf, columns), [(count, *sums)] in zip(asked, results, strict=False):
            found[leaf, None] = Decimal(count)
            names = [name for name in columns if name is not None]
            found |= {(leaf, name): value or ZERO for name, value in zip(names, sums, strict=True)}
        for (name, span), leaf in self._wanted.items():
            self._values[name, span] = found[leaf, self._catalog.metrics[name].column]
        for (_, wanting), rows in zip(cuts, results[len(wholes) :], strict=True):
            known: dict[Any, Decimal | None] = dict(rows)
            for name, cut in wanting:
                self._values |= {(name, part.span): known.get(part.value) or ZERO for part in cut}

    def value(self, name: str, span: Span) -> Decimal:
        """A total that was wanted and read."""
        return self._values[name, span]

    def _leaf(self, name: str, span: Span) -> Leaf:
        return leaf_of(self._catalog, self._catalog.metrics[name], span, self._given, self._context)
