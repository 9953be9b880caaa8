"""What is handed to others: a dashboard, or a report as it was looked at, with what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from onebook.access.actor import Actor
from onebook.definition.dashboard import Dashboard
from onebook.engines.dashboard.asking import Asked
from onebook.engines.dashboard.dashboards import Dashboards
from onebook.engines.dashboard.refusals import TileNotExportable
from onebook.engines.report.cut import Cut
from onebook.engines.report.report import ReportRequest
from onebook.expression.context import Context

#: How a report can be looked at, as a tile says it.
LOOKS: Final = ("draw", "rows", "columns", "pivot", "sort", "top", "running", "share", "compare")


@dataclass(frozen=True, slots=True)
class Handed:
    """Exactly one of dashboard and report. `parameters`: those that were chosen; others follow their defaults. `look`:
    of a report, what a tile that shows it would say of LOOKS."""

    dashboard: str | None
    report: str | None
    parameters: Mapping[str, Any]
    look: Mapping[str, Any] = field(default_factory=dict)

    def found(self, dashboards: Dashboards, actor: Actor, context: Context) -> Dashboard:
        """What is handed on, as the actor sees it; a report as a dashboard of its own. Raises UnknownDashboard, and
        what the report refuses to be looked at like that."""
        if self.report is not None:
            return dashboards.of_report(self.report, actor, context, self.look)
        return dashboards.find(str(self.dashboard), actor, context)

    def asked(self, dashboards: Dashboards, actor: Actor, context: Context) -> tuple[Dashboard, Asked]:
        """The same with its parameters. Raises WrongParameter, and what `found` raises."""
        dashboard = self.found(dashboards, actor, context)
        return dashboard, Asked(dashboard, self.parameters, context)

    def label(self, dashboards: Dashboards, language: str) -> str:
        """What it is called; its name, if it is not published any more."""
        known = dashboards.catalog.dashboards.get(self.dashboard or "") or dashboards.catalog.reports.get(
            self.report or ""
        )
        return known.label.in_language(language) if known else str(self.dashboard or self.report)

    def values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """As a row keeps it, with these parameters."""
        return {
            "dashboard": self.dashboard,
            "report": self.report,
            "parameters": orjson.dumps(dict(parameters)).decode(),
            "look": orjson.dumps(dict(self.look)).decode(),
        }


def look_of(request: ReportRequest, cut: Cut) -> dict[str, Any]:
    """How a report is looked at by whoever asks for it like this."""
    variant = request.variant
    asked = {
        "rows": variant.rows, "columns": variant.columns, "pivot": cut.pivot, "sort": request.sort, "top": cut.top,
        "running": variant.running, "share": variant.share, "compare": cut.compare,
    }  # fmt: skip
    return {name: value for name, value in asked.items() if value}


def require_figures(dashboards: Dashboards, dashboard: Dashboard, actor: Actor, context: Context) -> None:
    """Refuse, with TileNotExportable, what has nothing on it that the actor may take out."""
    tiles = dashboards.seen_of(dashboard, actor, context)
    if not any(dashboards.may_export(tile, actor) for tile in tiles):
        raise TileNotExportable(name=dashboard.label)
