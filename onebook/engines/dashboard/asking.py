"""What the tiles of a dashboard are asked: its parameters, handed to what each of them shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from onebook.definition.check.dashboards import parameter_types
from onebook.definition.check.metrics import NOTHING_NAMED
from onebook.definition.dashboard import Dashboard, Tile
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.report.parameters import resolved, told
from onebook.engines.report.refusals import WrongParameter
from onebook.engines.report.span import Span
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.expression.types import Type
from onebook.values.month import Month


class Asked:
    """A dashboard with values for its parameters."""

    def __init__(self, dashboard: Dashboard, given: Mapping[str, Any], context: Context) -> None:
        """`given` as JSON or an address has it; what is not named takes its default. Raises WrongParameter."""
        self.dashboard = dashboard
        self.values: dict[str, Any] = resolved(dashboard.parameters, given, context)
        #: The same as texts that can be given again.
        self.told = told(self.values)
        self._types = parameter_types(dashboard)
        self._context = replace(context, parameters=self.values)

    def of_report(self, tile: Tile, report: Report) -> dict[str, str | None]:
        """The parameters of a tile's report: as the tile says, else those of the same name."""
        own = self._own(tile)
        return {name: own[name] for name in report.parameters if name in own}

    def of_metrics(self, tile: Tile) -> dict[str, str | None]:
        """What the reports of a tile's metrics are asked, as far as they know it; days apart."""
        return {name: value for name, value in self._own(tile).items() if name not in ("from", "to", "as_of")}

    def of_list(self) -> dict[str, tuple[Type, Any]]:
        """The parameters as a filter of records knows them."""
        return {name: (kind, self.values[name]) for name, kind in self._types.items()}

    def span(self, tile: Tile) -> Span:
        """The days that a tile's metrics are asked for: from and to, or as of a day, or a month; else the month of
        today so far. Raises WrongParameter for days that end before they begin."""
        own = self._own(tile)
        first, last = (_day(own.get(name)) for name in ("from", "to"))
        last = last or _day(own.get("as_of"))
        if first is None and last is None:
            months = (self.values[name] for name, one in self.dashboard.parameters.items() if _is_month(one.kind))
            for day in months:
                if day is not None:
                    return Span(Month.of(day).first, Month.of(day).last)
        today = self._context.today
        last = last or (today if first is None or first <= today else first)
        span = Span(first or Month.of(last).first, last)
        if span.last < span.first:
            label = self.dashboard.parameters["to"].label if "to" in self.dashboard.parameters else "to"
            raise WrongParameter(name=label)
        return span

    def _own(self, tile: Tile) -> dict[str, str | None]:
        """Every parameter that the tile hands on."""
        found = dict(self.told)
        for name, text in tile.parameters.items():
            expression = check(text, NOTHING_NAMED, parameters=self._types)
            found[name] = told({name: evaluate(expression, {}, self._context)})[name]
        return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _is_month(kind: FieldKind) -> bool:
    return kind is FieldKind.MONTH
