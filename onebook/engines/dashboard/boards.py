"""The door of the room: dashboards and metrics as one reader sees them, each question in a transaction of its own."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.engines.dashboard.dashboards import Dashboards, Told, labelled, told_figures
from onebook.engines.dashboard.tables import TakenOut, taken_out
from onebook.engines.report.metric.metrics import MetricsAsked
from onebook.engines.report.metric.parts import Comparison, Grain
from onebook.engines.report.refusals import UnknownMetric
from onebook.engines.report.span import Span
from onebook.expression.context import Context
from onebook.storage.database import Database


class Boards:
    """For one reader, in the language that they read."""

    def __init__(self, database: Database, schema: str, dashboards: Dashboards, actor: Actor, context: Context) -> None:
        """Over the dashboards of a published catalog."""
        self._database = database
        self._schema = schema
        self._dashboards = dashboards
        self._actor: Final = actor
        self._context: Final = context

    @property
    def today(self) -> date:
        """The calendar day of the company."""
        return self._context.today

    @property
    def language(self) -> str:
        """The language that the reader reads."""
        return self._actor.language

    def names(self) -> list[str]:
        """The names of the dashboards that the reader finds."""
        return [one.dashboard for one in self._dashboards.readable(self._actor, self._context)]

    def all(self) -> list[Told]:
        """The dashboards that the reader finds."""
        found = self._dashboards.readable(self._actor, self._context)
        return [labelled(one, self._actor.language) for one in found]

    def described(self, name: str, given: Mapping[str, Any]) -> Told:
        """What a page needs to draw a dashboard. Raises UnknownDashboard, WrongParameter."""
        dashboard = self._dashboards.find(name, self._actor, self._context)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            return self._dashboards.described(
                transaction, dashboard, given, self._actor, self._context, self._actor.language
            )

    def tile(self, name: str, tile: str, given: Mapping[str, Any]) -> Told:
        """What a tile shows. Raises UnknownDashboard, UnknownTile, and what reports and lists refuse."""
        dashboard, found = self._dashboards.tile(name, tile, self._actor, self._context)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            return self._dashboards.shown(
                transaction, dashboard, found, given, self._actor, self._context, self._actor.language
            )

    def taken_out(self, name: str, tile: str | None, given: Mapping[str, Any]) -> TakenOut:
        """A dashboard, or one tile of it, as it is now, to be written to a file. Raises UnknownDashboard, UnknownTile,
        TileNotExportable, and what reports and lists refuse."""
        if tile is None:
            dashboard = self._dashboards.find(name, self._actor, self._context)
            tiles = self._dashboards.seen_of(dashboard, self._actor, self._context)
        else:
            dashboard, found = self._dashboards.tile(name, tile, self._actor, self._context)
            tiles = [found]
        with self._database.transaction(self._schema, read_only=True) as transaction:
            return taken_out(transaction, self._dashboards, dashboard, tiles, given, self._actor, self._context)

    def report_taken_out(self, report: str, given: Mapping[str, Any], look: Mapping[str, Any]) -> TakenOut:
        """A report as it is looked at, to be written to a file. Raises UnknownReport, UnknownDashboard,
        TileNotExportable, and what reports refuse."""
        dashboard = self._dashboards.of_report(report, self._actor, self._context, look)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            tiles = dashboard.tiles
            return taken_out(transaction, self._dashboards, dashboard, tiles, given, self._actor, self._context)

    def metrics(self) -> list[Told]:
        """The metrics that the reader sees."""
        language = self._actor.language
        return [
            {
                "metric": one.metric,
                "label": one.label.in_language(language),
                "help": one.help.in_language(language) if one.help else None,
                "kind": one.kind,
                "scale": 2 if one.kind == "money" else one.scale,
                "time": one.time,
                "less_is_better": one.less_is_better,
            }
            for one in self._dashboards.metrics.seen(self._actor, self._context)
        ]

    def metric(
        self, name: str, span: Span, given: Mapping[str, Any], compare: Comparison | None, trend: Grain | None
    ) -> Told:
        """One metric for some days. Raises UnknownMetric, also for one that the reader does not see."""
        if name not in self._dashboards.catalog.metrics:
            raise UnknownMetric(name=name)
        asked = MetricsAsked((name,), span, given, compare, trend)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            found = self._dashboards.metrics.figures(transaction, asked, self._actor, self._context)
        told = told_figures(found, span, self._actor.language)
        return {**told["metrics"][0], "span": told["span"], "then": told["previous"]}

    def counted(self, name: str, span: Span, given: Mapping[str, Any], limit: int, offset: int) -> Told:
        """The rows of its report that a metric counts, or sums a column of. Raises UnknownMetric, also for a formula
        over other metrics and for one that the reader does not see."""
        if name not in self._dashboards.catalog.metrics:
            raise UnknownMetric(name=name)
        with self._database.transaction(self._schema, read_only=True) as transaction:
            page = self._dashboards.metrics.rows(
                transaction, name, span, given, limit, offset, self._actor, self._context
            )
        return page.told(self._actor.language)
