"""Checks of dashboards: tiles stand beside each other, and each shows one thing that there is, as it can be drawn."""

from collections.abc import Iterator, Mapping
from typing import Final

from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.metrics import NOTHING_NAMED, check_given, metrics_scope, names_read
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.check.reports import GRAINS, source_scope
from onebook.definition.dashboard import WIDTH, Dashboard, Place, Shortcut, Tile, ToDo
from onebook.definition.declarations import Declarations
from onebook.definition.report import Report
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.check import check
from onebook.expression.types import DATE, INSTANT, Kind, Type

#: What metrics, and what reports, can be drawn as. Lines and bars of metrics are their trends.
_OF_METRICS: Final = frozenset({"number", "gauge", "line", "bar", "area"})
_OF_REPORTS: Final = frozenset(
    {"table", "pivot", "line", "bar", "stacked", "area", "pie", "funnel", "scatter", "map", "calendar"}
)
_TRENDS: Final = frozenset({"line", "bar", "area"})
#: Of one key: what is beside it would be drawn over it.
_BY_ONE: Final = frozenset({"pie", "funnel", "map", "calendar"})
#: Settings that only tiles of metrics, of reports, of lists understand.
_SETTINGS: Final[Mapping[str, frozenset[str]]] = {
    "compare": frozenset({"metrics", "report"}),
    "trend": frozenset({"metrics"}),
    "goal": frozenset({"metrics"}),
    "rows": frozenset({"report"}),
    "pivot": frozenset({"report"}),
    "running": frozenset({"report"}),
    "share": frozenset({"report"}),
    "columns": frozenset({"report", "list"}),
    "sort": frozenset({"report", "list"}),
    "top": frozenset({"report", "list"}),
    "parameters": frozenset({"report", "metrics"}),
    "needs": frozenset({"report", "metrics", "list"}),
    "filter": frozenset({"list"}),
    "view": frozenset({"list"}),
}


def check_dashboards(declared: Declarations, problems: Problems) -> None:
    """Every dashboard."""
    for dashboard in declared.dashboards.values():
        subject = problems.within(f"dashboard {dashboard.dashboard}")
        for number, role in enumerate(dashboard.roles):
            if role not in declared.roles:
                subject.at("roles", number).wrong("unknown_role", role)
        _check_parameters(declared, dashboard, subject)
        _check_places(dashboard, subject)
        for number, tile in enumerate(dashboard.tiles):
            _check_tile(declared, dashboard, tile, subject.at("tiles", number))


def parameter_types(dashboard: Dashboard) -> dict[str, Type]:
    """The dashboard's parameters as formulas of its tiles know them."""
    return {name: Type(VALUE_KINDS[one.kind], one.to) for name, one in dashboard.parameters.items()}


def _check_parameters(declared: Declarations, dashboard: Dashboard, subject: Subject) -> None:
    for name, parameter in dashboard.parameters.items():
        at = subject.at("parameters", name)
        kind = VALUE_KINDS[parameter.kind]
        if kind in (Kind.LINES, Kind.TEXTS):
            at.at("kind").wrong("lines_misplaced", parameter.kind)
        if (kind is Kind.LINK) != (parameter.to is not None) or (parameter.to and parameter.to not in declared.forms):
            at.at("to").wrong("unknown_form", parameter.to)
        if parameter.default is not None:
            at.at("default").attempt(check, parameter.default, NOTHING_NAMED, kind)


def _check_places(dashboard: Dashboard, subject: Subject) -> None:
    names = [tile.tile for tile in dashboard.tiles]
    for number, tile in enumerate(dashboard.tiles):
        at = subject.at("tiles", number)
        if tile.tile in names[:number]:
            at.wrong("declared_twice", tile.tile)
        if tile.at.x + tile.at.w > WIDTH:
            at.at("at").wrong("too_wide", tile.tile)
        for other in dashboard.tiles[:number]:
            if _overlap(tile.at, other.at):
                at.at("at").wrong("tiles_overlap", other.tile)


def _overlap(one: Place, other: Place) -> bool:
    beside = one.x + one.w <= other.x or other.x + other.w <= one.x
    below = one.y + one.h <= other.y or other.y + other.h <= one.y
    return not (beside or below)


def _check_tile(declared: Declarations, dashboard: Dashboard, tile: Tile, at: Subject) -> None:
    if len(tile.kinds) != 1:
        at.wrong("one_content", tile.tile)
        return
    for name, kinds in _SETTINGS.items():
        if getattr(tile, name) and tile.kind not in kinds:
            at.at(name).wrong("not_of_this_tile", name)
    match tile.kind:
        case "metrics":
            _check_metrics(declared, tile, at)
        case "report":
            _check_report(declared, tile, at)
        case "list":
            _check_list(declared, dashboard, tile, at)
        case "shortcuts":
            for number, shortcut in enumerate(tile.shortcuts):
                _check_shortcut(declared, shortcut, at.at("shortcuts", number))
        case "todos":
            for number, todo in enumerate(tile.todos):
                _check_todo(declared, dashboard, todo, at.at("todos", number))
    _check_given(declared, dashboard, tile, at)


def _check_given(declared: Declarations, dashboard: Dashboard, tile: Tile, at: Subject) -> None:
    """Parameters of what a tile shows, as formulas over the dashboard's own."""
    reports = [declared.reports.get(tile.report)] if tile.report else list(_reports_of(declared, tile.metrics))
    asked: list[Report] = [report for report in reports if report is not None]
    types = parameter_types(dashboard)
    for number, name in enumerate(tile.needs):
        if name not in dashboard.parameters:
            at.at("needs", number).wrong("unknown_parameter", name)
    for name, text in tile.parameters.items():
        place = at.at("parameters", name)
        knowing = next((report for report in asked if name in report.parameters), None)
        if knowing is not None:
            check_given(knowing, name, text, NOTHING_NAMED, place, types)
        elif tile.metrics and name in ("from", "to", "as_of"):
            place.attempt(check, text, NOTHING_NAMED, Kind.DATE, parameters=types)
        else:
            place.wrong("unknown_parameter", name)


def _reports_of(declared: Declarations, metrics: tuple[str, ...]) -> Iterator[Report | None]:
    """The reports that metrics are totals of, those behind formulas too."""
    for name in made_of(declared, metrics):
        yield declared.reports.get(declared.metrics[name].report or "")


def made_of(declared: Declarations, metrics: tuple[str, ...]) -> list[str]:
    """Metrics and everything that they are made of, each once."""
    found: list[str] = []
    left = [name for name in metrics if name in declared.metrics]
    while left:
        name = left.pop()
        if name not in found:
            found.append(name)
            text = declared.metrics[name].shows
            left += [one for one in (names_read(text) if text else ()) if one in declared.metrics]
    return found


def _check_metrics(declared: Declarations, tile: Tile, at: Subject) -> None:
    for number, name in enumerate(tile.metrics):
        if name not in declared.metrics:
            at.at("metrics", number).wrong("unknown_metric", name)
    if tile.drawn not in _OF_METRICS:
        at.at("draw").wrong("not_drawn_so", tile.drawn)
    if tile.drawn in _TRENDS and tile.trend is None:
        at.at("trend").wrong("trend_missing", tile.drawn)
    if (tile.drawn == "gauge") != (tile.goal is not None):
        at.at("goal").wrong("gauge_and_goal", tile.tile)
    if tile.goal is not None:
        at.at("goal").attempt(check, tile.goal, metrics_scope(declared), Kind.NUMBER)
    times = {declared.metrics[name].time for name in tile.metrics if name in declared.metrics}
    if (tile.trend or tile.compare) and times == {"now"}:
        at.at("trend" if tile.trend else "compare").wrong("now_has_no_past", tile.tile)


def _check_report(declared: Declarations, tile: Tile, at: Subject) -> None:
    report = declared.reports.get(tile.report or "")
    if report is None:
        at.at("report").wrong("unknown_report", tile.report)
        return
    if tile.drawn not in _OF_REPORTS:
        at.at("draw").wrong("not_drawn_so", tile.drawn)
    if (tile.drawn == "pivot") != (tile.pivot is not None) and tile.drawn in ("pivot", "table"):
        at.at("pivot").wrong("pivot_missing", tile.drawn)
    if report.source in ("entries", "subjects"):
        for name in ("rows", "pivot", "sort", "top", "running", "share", "compare"):
            if getattr(tile, name):
                at.at(name).wrong("fixed_rows", report.source)
        return
    if tile.compare is not None:
        _check_compared(report, tile, at)
    keys = _check_keys(declared, report, tile, at)
    for number, name in enumerate(tile.columns):
        if name not in report.columns and name not in _buckets(report):
            at.at("columns", number).wrong("unknown_column", name)
    shown = set(tile.columns) or {*report.columns, *_buckets(report)}
    for number, text in enumerate(tile.sort):
        if text.removeprefix("-") not in shown | set(keys):
            at.at("sort", number).wrong("unknown_column", text)
    if tile.drawn == "scatter" and len(shown) < 2:
        at.at("columns").wrong("two_figures", tile.tile)
    if tile.drawn in _BY_ONE and len(keys) != 1:
        at.at("rows").wrong("one_key", tile.drawn)
    if tile.drawn == "calendar" and not _is_by_day(declared, report, keys):
        at.at("rows").wrong("unknown_grain", tile.drawn)


def _check_compared(report: Report, tile: Tile, at: Subject) -> None:
    """Only what is of a time has one before it; what stands across is no row of either."""
    if tile.pivot is not None or not report.is_of_a_time:
        at.at("compare").wrong("now_has_no_past", tile.tile)


def _buckets(report: Report) -> set[str]:
    return {f"bucket_{number}" for number in range(1, len(report.buckets) + 1)}


def _check_keys(declared: Declarations, report: Report, tile: Tile, at: Subject) -> list[str]:
    """The keys that rows are grouped by: those of the report, its days cut as the tile wants them."""
    known = {row.partition(":")[0] for row in report.rows}
    asked = [*((at.at("rows", number), text) for number, text in enumerate(tile.rows))]
    if tile.pivot:
        asked.append((at.at("pivot"), tile.pivot))
        if tile.pivot in tile.rows:
            at.at("pivot").wrong("stands_twice", tile.pivot)
    for place, text in asked:
        key, _, grain = text.partition(":")
        if key not in known:
            place.wrong("unknown_key", text)
        elif grain and grain not in GRAINS:
            place.wrong("unknown_grain", grain)
        elif grain and not _is_day(declared, report, key):
            place.wrong("not_a_date", key)
    if tile.rows:
        return list(tile.rows)
    return [row for row in report.rows if row != tile.pivot]


def _is_day(declared: Declarations, report: Report, key: str) -> bool:
    scope = source_scope(declared, report)
    expression = Subject.silent().attempt(check, key, scope) if scope is not None else None
    return expression is not None and expression.type in (DATE, INSTANT)


def _is_by_day(declared: Declarations, report: Report, keys: list[str]) -> bool:
    key, _, grain = keys[0].partition(":") if keys else ("", "", "")
    return grain == "day" or (not grain and bool(key) and _is_day(declared, report, key))


def _check_list(declared: Declarations, dashboard: Dashboard, tile: Tile, at: Subject) -> None:
    form = tile.form or ""
    if form not in declared.forms:
        at.at("form").wrong("unknown_form", form)
        return
    if tile.drawn not in ("table", "calendar") or (tile.drawn == "calendar" and tile.view is None):
        at.at("draw").wrong("not_drawn_so", tile.drawn)
    if tile.view is not None and tile.view not in declared.forms[form].views:
        at.at("view").wrong("unknown_view", tile.view)
    for name in ("columns", "sort"):
        for number, key in enumerate(getattr(tile, name)):
            at.at(name, number).attempt(declared.formula, key.removeprefix("-"), form)
    _check_filter(declared, dashboard, form, tile.filter, at)


def _check_filter(declared: Declarations, dashboard: Dashboard, form: str, text: str | None, at: Subject) -> None:
    if text is not None:
        types = parameter_types(dashboard)
        place = at.at("filter")
        found = place.attempt(check, text, declared.scope(form, None), Kind.FLAG, parameters=types)
        if found is not None:
            place.attempt(lower_dry, found)


def _check_shortcut(declared: Declarations, shortcut: Shortcut, at: Subject) -> None:
    known: Mapping[str, Mapping[str, object]] = {
        "new": declared.forms,
        "form": declared.forms,
        "report": declared.reports,
        "dashboard": declared.dashboards,
    }
    given = [name for name in known if getattr(shortcut, name) is not None]
    if len(given) != 1:
        at.wrong("one_way", ", ".join(given))
        return
    [name] = given
    target = str(getattr(shortcut, name))
    if target not in known[name]:
        code = {"report": "unknown_report", "dashboard": "unknown_dashboard"}.get(name, "unknown_form")
        at.at(name).wrong(code, target)
    elif shortcut.filter is not None and name != "form":
        at.at("filter").wrong("not_of_this_tile", "filter")
    elif shortcut.filter is not None:
        at.at("filter").attempt(declared.formula, shortcut.filter, target, None, Kind.FLAG)


def _check_todo(declared: Declarations, dashboard: Dashboard, todo: ToDo, at: Subject) -> None:
    form = declared.forms.get(todo.form)
    if form is None:
        at.at("form").wrong("unknown_form", todo.form)
        return
    if todo.approval and not any(step.approval is not None for step in form.transitions.values()):
        at.at("approval").wrong("never_approved", todo.form)
    _check_filter(declared, dashboard, todo.form, todo.filter, at)
    if todo.sum is not None:
        at.at("sum").attempt(declared.formula, todo.sum, todo.form, None, Kind.NUMBER)
        if todo.approval:
            at.at("sum").wrong("not_of_this_tile", "sum")
