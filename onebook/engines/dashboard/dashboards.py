"""The dashboards of one published catalog: which a reader finds, what stands on them, and what each tile shows."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.definition.dashboard import Dashboard, Place, Shortcut, Tile, ToDo
from onebook.definition.field import FieldKind
from onebook.definition.report import Parameter
from onebook.engines.dashboard.asking import Asked
from onebook.engines.dashboard.refusals import UnknownDashboard, UnknownTile
from onebook.engines.dashboard.touching import Touching
from onebook.engines.dashboard.waiting import asked_for, told_of
from onebook.engines.report.cut import Cut, across, cut_page
from onebook.engines.report.heading import Heading
from onebook.engines.report.list import Lists
from onebook.engines.report.metric.metrics import Figure, Figures, Metrics, MetricsAsked
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import HiddenField, NotComparable, NotReadable
from onebook.engines.report.report import PAGE_LIMIT, ReportRequest, Reports
from onebook.engines.report.request import ListRequest, Page
from onebook.engines.report.span import Span
from onebook.engines.report.variant import REGROUPED, Variant
from onebook.engines.table.readable import Kept, Reader
from onebook.engines.table.rights import rights
from onebook.engines.table.tables import Tables
from onebook.engines.view.menus import may_read_report
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.given import with_values
from onebook.expression.types import Kind
from onebook.storage.transaction import Transaction
from onebook.values.reference import RecordRef

#: Rows of a list tile that says no number.
LIST_ROWS: Final = 20
#: Tiles that tell nobody anything by themselves.
_WORDS: Final = frozenset({"text", "flows", "shortcuts"})
#: Where the one tile of a report stands.
_WHOLE_PAGE: Final = Place(x=0, y=0, w=12, h=12)
#: A report as it is declared.
NO_LOOK: Final[Mapping[str, Any]] = {}
Told = dict[str, Any]


class Dashboards:
    """Everything is asked under the rights of its reader; what they may not see is not there."""

    def __init__(
        self, catalog: Catalog, tables: Tables, lists: Lists, reports: Reports, metrics: Metrics, kept: Kept
    ) -> None:
        """Over the lists, reports and metrics of a catalog. `kept`: keeps what is made once from it."""
        self.catalog: Final = catalog
        self.metrics: Final = metrics
        self.reports: Final = reports
        self._tables = tables
        self._lists = lists
        self._touching = Touching(catalog)
        self._once = kept

    def readable(self, actor: Actor, context: Context) -> Iterator[Dashboard]:
        """Those that the actor finds: their roles do, and they see something there besides words and ways."""
        for dashboard in self.catalog.dashboards.values():
            if self._finds(dashboard, actor) and any(
                tile.kind not in _WORDS for tile in self._seen(dashboard, actor, context)
            ):
                yield dashboard

    def find(self, name: str, actor: Actor, context: Context) -> Dashboard:
        """A dashboard by its name. Raises UnknownDashboard for what is not there and what the actor does not find."""
        for dashboard in self.readable(actor, context):
            if dashboard.dashboard == name:
                return dashboard
        raise UnknownDashboard(name=name)

    def described(
        self, transaction: Transaction, dashboard: Dashboard, given: Mapping[str, Any], actor: Actor, context: Context,
        language: str,
    ) -> Told:  # fmt: skip
        """What a page needs to draw a dashboard, figures apart."""
        asked = Asked(dashboard, given, context)
        titles = self.titles(transaction, dashboard.parameters, asked.values, actor, context)
        return {
            **labelled(dashboard, language),
            "parameters": [
                {
                    "name": key,
                    "kind": one.kind.value,
                    "label": one.label.in_language(language),
                    "to": one.to,
                    "has_default": one.default is not None,
                    "value": asked.told[key],
                    **({"title": titles[key]} if key in titles else {}),
                }
                for key, one in dashboard.parameters.items()
            ],
            "tiles": [
                {
                    "tile": tile.tile,
                    "label": self.label(tile, language),
                    "at": tile.at.model_dump(),
                    "draw": tile.drawn,
                    "kind": tile.kind,
                    "forms": sorted(self._forms(tile)),
                    "may_export": self.may_export(tile, actor),
                    "awaits": [
                        dashboard.parameters[key].label.in_language(language)
                        for key in tile.needs
                        if asked.values[key] is None
                    ],
                }
                for tile in self._seen(dashboard, actor, context)
            ],
        }

    def tile(self, name: str, tile: str, actor: Actor, context: Context) -> tuple[Dashboard, Tile]:
        """A tile by its name. Raises UnknownDashboard, UnknownTile."""
        dashboard = self.find(name, actor, context)
        return dashboard, self.tile_of(dashboard, tile, actor, context)

    def tile_of(self, dashboard: Dashboard, tile: str, actor: Actor, context: Context) -> Tile:
        """A tile of a dashboard. Raises UnknownTile."""
        for one in self._seen(dashboard, actor, context):
            if one.tile == tile:
                return one
        raise UnknownTile(name=tile)

    def titles(
        self, transaction: Transaction, parameters: Mapping[str, Parameter], values: Mapping[str, Any], actor: Actor,
        context: Context,
    ) -> Mapping[str, str | None]:  # fmt: skip
        """What the records are called that link parameters point at, by the parameter; None for those that the actor
        may not read. Without such parameters nothing is asked."""
        named = {
            name: RecordRef(one.to, values[name])
            for name, one in parameters.items()
            if one.kind is FieldKind.LINK and one.to is not None and values.get(name) is not None
        }
        if not named:
            return {}
        known = Reader(self.catalog, self._once, actor, context).titles(transaction, named.values())
        return {name: known.get(record) for name, record in named.items()}

    def shown(
        self, transaction: Transaction, dashboard: Dashboard, tile: Tile, given: Mapping[str, Any], actor: Actor,
        context: Context, language: str,
    ) -> Told:  # fmt: skip
        """What a tile shows, for values of the dashboard's parameters. Raises what reports and lists refuse."""
        asked = Asked(dashboard, given, context)
        head: Told = {"kind": tile.kind, "draw": tile.drawn}
        match tile.kind:
            case "metrics":
                span = asked.span(tile)
                found = self.figures(transaction, tile, asked, actor, context)
                return head | told_figures(found, span, language)
            case "report":
                return head | self.page(transaction, tile, asked, actor, context).told(language)
            case "list":
                return head | self.records(transaction, tile, asked, actor, context).told(language) | {
                    "filter": self._filter_text(str(tile.form), tile.filter, asked), "view": tile.view
                }  # fmt: skip
            case "shortcuts":
                return head | {"items": [self._shortcut(one, language) for one in self._ways(tile, actor)]}
            case "todos":
                return head | {"items": self._todos(transaction, tile, asked, actor, context, language)}
            case "text":
                return head | {"text": tile.text.in_language(language) if tile.text else ""}
        return head

    def figures(self, transaction: Transaction, tile: Tile, asked: Asked, actor: Actor, context: Context) -> Figures:
        """The metrics of a tile."""
        question = MetricsAsked(
            tile.metrics, asked.span(tile), asked.of_metrics(tile), tile.compare, tile.trend, tile.goal
        )
        return self.metrics.figures(transaction, question, actor, context)

    def page(
        self, transaction: Transaction, tile: Tile, asked: Asked, actor: Actor, context: Context, *,
        most: int = PAGE_LIMIT,
    ) -> Page:  # fmt: skip
        """The report of a tile, as the tile cuts it."""
        report = self.catalog.reports[str(tile.report)]
        request = self._request(tile, asked.of_report(tile, report), most)
        # What is beyond a file's rows counts in it as the others.
        top = tile.top or (most if most > PAGE_LIMIT and report.source in REGROUPED else None)
        cut = Cut(top, tile.pivot, tile.compare)
        return cut_page(self.reports, transaction, request, cut, actor, context, most=most)

    def whole(
        self, transaction: Transaction, tile: Tile, asked: Asked, actor: Actor, context: Context, *, most: int
    ) -> tuple[Sequence[Heading], Iterator[tuple[Any, ...]]]:
        """Headings and rows of a tile's report with plain values, of reports whose rows are cut by nothing: all of
        them, or more than `most`."""
        request = self._request(tile, asked.of_report(tile, self.catalog.reports[str(tile.report)]))
        return self.reports.stream(transaction, request, actor, context, most=most)

    def may_export(self, tile: Tile, actor: Actor) -> bool:
        """Whether there are figures in a tile, and the actor may take them out."""
        if tile.kind == "list":
            return self._lists.may_export(str(tile.form), actor)
        if tile.kind == "metrics":
            return all(self.reports.may_export(name, actor) for name in self.metrics.reports_of(tile.metrics))
        return tile.kind == "report" and self.reports.may_export(str(tile.report), actor)

    def of_report(self, name: str, actor: Actor, context: Context, look: Mapping[str, Any] = NO_LOOK) -> Dashboard:
        """A report as a dashboard of its own, with itself as its only tile, looked at as a tile may say: to be sent
        like one. Raises UnknownReport, what the report refuses to be looked at like that, and UnknownDashboard if the
        actor sees nothing of it."""
        self.reports.label(name)
        report = self.catalog.reports[name]
        tile = Tile.model_validate({"tile": "report", "at": _WHOLE_PAGE, "report": name, **look})
        found = Dashboard(dashboard=name, label=report.label, parameters=report.parameters, tiles=(tile,))
        if not any(True for _ in self._seen(found, actor, context)):
            raise UnknownDashboard(name=name)
        if tile.compare is not None and not report.is_of_a_time:
            raise NotComparable(name=report.label)
        if tile.pivot is not None:
            variant = Variant(across(report, tile.rows or None, tile.pivot))
            self.reports.sees(
                ReportRequest(name, Asked(found, {}, context).of_report(tile, report), variant=variant), actor, context
            )
        return found

    def seen_of(self, dashboard: Dashboard, actor: Actor, context: Context) -> list[Tile]:
        """The tiles of a dashboard that the actor sees."""
        return list(self._seen(dashboard, actor, context))

    def label(self, tile: Tile, language: str) -> str:
        """What a tile is called: as it says, else as what it shows is."""
        if tile.label is not None:
            return tile.label.in_language(language)
        if tile.report is not None:
            return self.catalog.reports[tile.report].label.in_language(language)
        if tile.form is not None:
            return self.catalog.forms[tile.form].label.in_language(language)
        if len(tile.metrics) == 1:
            return self.catalog.metrics[tile.metrics[0]].label.in_language(language)
        return ""

    def _request(self, tile: Tile, parameters: Mapping[str, Any], most: int = PAGE_LIMIT) -> ReportRequest:
        variant = Variant(tile.rows or None, tile.columns or None, None, tile.running, tile.share)
        return ReportRequest(str(tile.report), parameters, tile.sort or None, most, 0, variant)

    def records(self, transaction: Transaction, tile: Tile, asked: Asked, actor: Actor, context: Context) -> Page:
        """The records of a list tile, the first of them."""
        request = ListRequest(
            str(tile.form),
            columns=self._columns(tile, actor),
            filter=tile.filter,
            sort=tile.sort or None,
            limit=tile.top or LIST_ROWS,
            count=True,
            parameters=asked.of_list(),
        )
        return self._lists.page(transaction, request, actor, context)

    def _columns(self, tile: Tile, actor: Actor) -> tuple[str, ...] | None:
        """The columns of a list tile that the actor sees; None for those of the form's own list."""
        reading = self._reading(actor)
        found = [key for key in tile.columns if _is_seen(reading, str(tile.form), key)]
        return tuple(found) if tile.columns else None

    def _todos(
        self, transaction: Transaction, tile: Tile, asked: Asked, actor: Actor, context: Context, language: str
    ) -> list[Told]:
        known = list(self._owed(tile, asked, actor))
        reading = self._reading(actor)
        results = transaction.run(*(asked_for(reading, todo, asked, context) for todo in known))
        return [
            told_of(todo, rows, language, self._filter_text(todo.form, todo.filter, asked))
            for todo, rows in zip(known, results, strict=True)
        ]

    def _filter_text(self, form: str, text: str | None, asked: Asked) -> str | None:
        """A filter with its parameters written out, to open the list by; None where they cannot be written."""
        if text is None:
            return ""
        types = {name: kind for name, (kind, _) in asked.of_list().items()}
        return with_values(check(text, self.catalog.scope(form, None), Kind.FLAG, parameters=types), asked.values)

    def _finds(self, dashboard: Dashboard, actor: Actor) -> bool:
        if not dashboard.roles or actor.id == SYSTEM.id:
            return True
        roles = [self.catalog.roles[name] for name in actor.roles if name in self.catalog.roles]
        return any(role.everything or role.role in dashboard.roles for role in roles)

    def _seen(self, dashboard: Dashboard, actor: Actor, context: Context) -> Iterator[Tile]:
        asked = Asked(dashboard, {}, context)
        return (tile for tile in dashboard.tiles if self._is_seen(tile, asked, actor, context))

    def _is_seen(self, tile: Tile, asked: Asked, actor: Actor, context: Context) -> bool:
        match tile.kind:
            case "metrics":
                return any(self.metrics.sees(name, actor, context) for name in tile.metrics)
            case "report":
                report = self.catalog.reports[str(tile.report)]
                request = self._request(tile, asked.of_report(tile, report))
                return may_read_report(self.catalog, actor, report.report) and self.reports.sees(
                    request, actor, context
                )
            case "list":
                return self._reads(str(tile.form), tile.filter, asked, actor)
            case "shortcuts":
                return any(True for _ in self._ways(tile, actor))
            case "todos":
                return any(True for _ in self._owed(tile, asked, actor))
        return True

    def _owed(self, tile: Tile, asked: Asked, actor: Actor) -> Iterator[ToDo]:
        """What of a tile the actor may count."""
        reading = self._reading(actor)
        for todo in tile.todos:
            is_summed = todo.sum is None or _is_seen(reading, todo.form, todo.sum)
            if is_summed and self._reads(todo.form, todo.filter, asked, actor):
                yield todo

    def _ways(self, tile: Tile, actor: Actor) -> Iterator[Shortcut]:
        for one in tile.shortcuts:
            if one.new is not None:
                may_go = rights(self.catalog, actor, one.new).create is not None
            elif one.form is not None:
                may_go = rights(self.catalog, actor, one.form).read is not None
            elif one.report is not None:
                may_go = may_read_report(self.catalog, actor, one.report)
            else:
                other = self.catalog.dashboards[str(one.dashboard)]
                may_go = self._finds(other, actor)
            if may_go:
                yield one

    def _shortcut(self, one: Shortcut, language: str) -> Told:
        known = {"new": one.new, "form": one.form, "report": one.report, "dashboard": one.dashboard}
        to = {name: target for name, target in known.items() if target is not None}
        [(name, target)] = to.items()
        places: Mapping[str, Mapping[str, Any]] = {
            "report": self.catalog.reports,
            "dashboard": self.catalog.dashboards,
        }
        label = one.label or places.get(name, self.catalog.forms)[target].label
        return {"label": label.in_language(language), "to": {**to, **({"filter": one.filter} if one.filter else {})}}

    def _reads(self, form: str, filter_text: str | None, asked: Asked, actor: Actor) -> bool:
        reading = self._reading(actor)
        if reading.rights(form).read is None:
            return False
        if filter_text is None:
            return True
        types = {name: kind for name, (kind, _) in asked.of_list().items()}
        expression = check(filter_text, self.catalog.scope(form, None), Kind.FLAG, parameters=types)
        try:
            reading.may_read_all(form, expression, "filter")
        except (HiddenField, NotReadable):
            return False
        return True

    def _reading(self, actor: Actor) -> Reading:
        return Reading(self.catalog, self._tables, actor)

    def _forms(self, tile: Tile) -> frozenset[str]:
        """The forms whose changes concern a tile."""
        if tile.kind == "list":
            return frozenset({str(tile.form)})
        if tile.kind == "todos":
            return frozenset(todo.form for todo in tile.todos)
        names = self.metrics.reports_of(tile.metrics) if tile.kind == "metrics" else [tile.report or ""]
        known = [self.catalog.reports[name] for name in names if name in self.catalog.reports]
        return frozenset().union(*(self._touching.report(report) for report in known))


def labelled(dashboard: Dashboard, language: str) -> Told:
    """What a dashboard is called."""
    return {
        "name": dashboard.dashboard,
        "label": dashboard.label.in_language(language),
        "help": dashboard.help.in_language(language) if dashboard.help else None,
        "is_wall": dashboard.is_wall,
    }


def told_figures(found: Figures, span: Span, language: str) -> Told:
    """Metrics as JSON has them, with the days that they are of."""
    has_span = any(figure.metric.time != "now" for figure in found.figures)
    return {
        "span": _told_span(span) if has_span else None,
        "previous": _told_span(found.then) if has_span and found.then is not None else None,
        "goal": None if found.goal is None else _text(found.goal, "number", None),
        "metrics": [told_figure(figure, language) for figure in found.figures],
    }


def told_figure(figure: Figure, language: str) -> Told:
    """One metric as JSON has it: figures as texts."""
    metric = figure.metric

    def text(value: Decimal | None) -> str | None:
        return None if value is None else _text(value, metric.kind, metric.scale)

    return {
        "name": metric.metric,
        "label": metric.label.in_language(language),
        "help": metric.help.in_language(language) if metric.help else None,
        "kind": metric.kind,
        "scale": 2 if metric.kind == "money" else metric.scale,
        "time": metric.time,
        "value": text(figure.value),
        "previous": text(figure.previous),
        "change": None if figure.change is None else f"{figure.change:f}",
        "less_is_better": metric.less_is_better,
        "trend": [{"key": key, "value": text(value)} for key, value in figure.trend],
        "opens": figure.opens,
        "made_of": list(figure.made_of),
    }


def _text(value: Decimal, kind: str, scale: int | None) -> str:
    digits = 2 if kind == "money" else scale
    if digits is not None:
        # A percentage is a fraction: two more places show as many as were asked for.
        return f"{value:.{digits + 2 if kind == 'percent' else digits}f}"
    return f"{value.normalize():f}" if value else "0"


def _told_span(span: Span) -> dict[str, str]:
    return {"first": span.first.isoformat(), "last": span.last.isoformat()}


def _is_seen(reading: Reading, form: str, key: str) -> bool:
    try:
        reading.readable(form, key, "measure")
    except (HiddenField, NotReadable):
        return False
    return True
