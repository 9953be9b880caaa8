"""Broken metrics and dashboards, one by one: each is refused with its reason, at its place."""

from pathlib import Path

import pytest

from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.refusal import DefinitionRefusal
from tests.unit.definition.test_broken_apps import SHOP

BOARD = f"{SHOP}\n---\n{(Path(__file__).parent / 'desk.yaml').read_text('utf-8')}"


def _problems(old: str, new: str) -> list[tuple[str, str]]:
    assert old in BOARD, old
    with pytest.raises(DefinitionRefusal) as refusal:
        Catalog.of([read_text(BOARD.replace(old, new, 1))])
    return [(problem.code, str(problem.field)) for problem in refusal.value.problems]


def test_the_board_stands_before_it_is_broken() -> None:
    assert Catalog.of([read_text(BOARD)]).dashboards["desk"].tiles[0].kind == "metrics"


METRIC = "metric taken"
TILE = "dashboard desk: tiles."


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("report: spans\ncolumn: total\ntime: span", "time: span", "one_figure_source", METRIC),
        ("shows: taken / count / days", "shows: taken\nreport: spans", "one_figure_source", "metric average"),
        ("shows: taken / count / days", "shows: taken\ncolumn: total",
         "not_with_formula", "metric average: column"),
        ("shows: taken / count / days\ntime: span", "shows: taken / days",
         "days_without_span", "metric average: shows"),
        ("report: spans\ncolumn: total", "report: nothing\ncolumn: total",
         "unknown_report", f"{METRIC}: report"),
        ("report: spans\ncolumn: total", "report: ledger\ncolumn: increase",
         "no_metric_of", f"{METRIC}: report"),
        ("report: spans\ncolumn: total", "report: spans\ncolumn: nothing",
         "unknown_column", f"{METRIC}: column"),
        ("report: spans\ncolumn: total", "report: spans\ncolumn: title", "not_a_total", f"{METRIC}: column"),
        ("report: spans\ncolumn: total", "report: sums\ncolumn: total", "no_span", f"{METRIC}: time"),
        ("column: total\ntime: span", "column: total\ntime: day", "no_day", f"{METRIC}: time"),
        ("column: total\ntime: span", "column: total\nparameters: {x: 1}\ntime: span", "unknown_parameter",
         f"{METRIC}: parameters.x"),
        ("shows: taken / count / days", "shows: average + 1", "cycle", "metric average: shows"),
        ("roles: [clerk]", "roles: [nobody]", "unknown_role", "dashboard desk: roles.0"),
        ("to: shelf, label: 架 | Shelf}\ntiles", "to: rack, label: 架 | Shelf}\ntiles",
         "unknown_form", "dashboard desk: parameters.shelf.to"),
        ("tile: full, at", "tile: one, at", "declared_twice", f"{TILE}1"),
        ("{x: 6, y: 0, w: 6, h: 2}", "{x: 7, y: 0, w: 6, h: 2}", "too_wide", f"{TILE}1.at"),
        ("{x: 6, y: 0, w: 6, h: 2}", "{x: 5, y: 0, w: 6, h: 2}", "tiles_overlap", f"{TILE}1.at"),
        ("metrics: [taken, average]", "metrics: [taken], report: spans", "one_content", f"{TILE}0"),
        ("text: 话 | Said", "flows: true, top: 3", "not_of_this_tile", f"{TILE}8.top"),
        ("metrics: [taken, average]", "metrics: [taken, nothing]", "unknown_metric", f"{TILE}0.metrics.1"),
        ("compare: year, trend: month", "draw: pie", "not_drawn_so", f"{TILE}0.draw"),
        ("compare: year, trend: month", "draw: line", "trend_missing", f"{TILE}0.trend"),
        (", goal: count * 2", "", "gauge_and_goal", f"{TILE}1.goal"),
        ("metrics: taken, draw: gauge, goal: count * 2", "metrics: standing, trend: day",
         "now_has_no_past", f"{TILE}1.trend"),
        ("rows: [shelf], draw: bar", "rows: [total], draw: bar", "unknown_key", f"{TILE}2.rows.0"),
        ("rows: [shelf], draw: bar", "rows: ['shelf:month'], draw: bar", "not_a_date", f"{TILE}2.rows.0"),
        ('pivot: "day:month"', 'pivot: "day:week"', "unknown_grain", f"{TILE}3.pivot"),
        ('rows: [shelf], pivot: "day:month"', "rows: [shelf], pivot: shelf",
         "stands_twice", f"{TILE}3.pivot"),
        ('pivot: "day:month"', "draw: pivot", "pivot_missing", f"{TILE}3.pivot"),
        ("sort: -total", "sort: -nothing", "unknown_column", f"{TILE}2.sort.0"),
        ("columns: [orders]", "columns: [nothing]", "unknown_column", f"{TILE}4.columns.0"),
        ('rows: "day:day", draw: calendar', 'rows: "day:month", draw: calendar',
         "unknown_grain", f"{TILE}4.rows"),
        ('rows: "day:day", draw: calendar', 'rows: [shelf, day], draw: pie', "one_key", f"{TILE}4.rows"),
        ("draw: calendar, columns: [orders]", "draw: scatter, columns: [orders]",
         "two_figures", f"{TILE}4.columns"),
        ("report: spans, rows: [shelf], draw: bar, sort: -total, parameters: {to: from + 1}",
         "report: ledger, running: true",
         "fixed_rows", f"{TILE}2.running"),
        ("parameters: {to: from + 1}", "needs: [from, until]", "unknown_parameter", f"{TILE}2.needs.1"),
        ("text: 话 | Said", "text: 话 | Said, needs: from", "not_of_this_tile", f"{TILE}8.needs"),
        ("parameters: {to: from + 1}", "parameters: {until: from + 1}",
         "unknown_parameter", f"{TILE}2.parameters.until"),
        ("form: order, filter: day >= from, columns", "form: rack, columns", "unknown_form", f"{TILE}5.form"),
        ("filter: day >= from, columns: [number]", "draw: calendar, view: nothing",
         "unknown_view", f"{TILE}5.view"),
        ("{new: order}", "{new: order, report: spans}", "one_way", f"{TILE}6.shortcuts.0"),
        ("{new: order}", "{dashboard: nothing}", "unknown_dashboard", f"{TILE}6.shortcuts.0.dashboard"),
        ("{new: order}", "{new: order, filter: TRUE}", "not_of_this_tile", f"{TILE}6.shortcuts.0.filter"),
        ("form: order, filter: state = \"open\", sum: total", "form: order, approval: true", "never_approved",
         f"{TILE}7.todos.0.approval"),
        ("items+: [{dashboard: desk}]", "items+: [{dashboard: nothing}]",
         "unknown_dashboard", "menu main: items.2.dashboard"),
        ("items+: [{dashboard: desk}]", "items+: [{dashboard: desk, form: order}]",
         "one_place", "menu main: items.2"),
    ],
)  # fmt: skip
def test_each_is_refused_at_its_place(old: str, new: str, code: str, place: str) -> None:
    problems = _problems(old, new)
    assert (f"definition.{code}", place) in problems, problems


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("shows: taken / count / days", "shows: taken / nothing", "metric average: shows"),
        ("filter: day >= from, columns", "filter: nothing >= from, columns", f"{TILE}5.filter"),
        ("goal: count * 2", "goal: nothing", f"{TILE}1.goal"),
        ("default: TODAY(), label: 起", "default: day, label: 起", "dashboard desk: parameters.from.default"),
    ],
)
def test_names_that_nobody_knows_are_refused(old: str, new: str, place: str) -> None:
    assert ("expression.unknown_name", place) in _problems(old, new)
