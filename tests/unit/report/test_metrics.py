"""Metrics and dashboards: figures agree with the records they are of, and nothing hidden stands in any of them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.read import read_text
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.engines.dashboard.boards import Boards
from onebook.engines.dashboard.dashboards import Dashboards
from onebook.engines.dashboard.refusals import UnknownTile
from onebook.engines.report.cut import Cut, cut_page
from onebook.engines.report.metric.metrics import Figure, Metrics, MetricsAsked
from onebook.engines.report.metric.parts import Comparison, Grain
from onebook.engines.report.record_rows import RowsRequest
from onebook.engines.report.refusals import FixedRows, UnknownColumn, UnknownMetric
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Page
from onebook.engines.report.span import Span
from onebook.engines.report.variant import Variant
from onebook.storage.database import Database
from tests.unit.report.conftest import NOW, World, make_world

FIGURES = Path(__file__).parent / "boards" / "figures.yaml"
SELLER = Actor(902, "seller", frozenset({"seller"}))
NOBODY = Actor(903, "nobody", frozenset())
YEAR = Span(date(2026, 1, 1), date(2026, 3, 20))

NAMES = {"K1": "Alpha Hardware", "K2": "Blue Ocean", "K3": "Cedar & Sons"}
#: Customer, day, quantity at 10 each.
ORDERS = [
    ("K1", "2025-12-20", 5), ("K1", "2026-01-05", 3), ("K1", "2026-02-10", 20), ("K2", "2026-01-31", 4),
    ("K2", "2026-03-01", 6), ("K3", "2026-03-20", 12), ("K3", "2026-03-21", 7),
]  # fmt: skip


@pytest.fixture(scope="module")
def world(database: Database) -> World:
    found = make_world(database, [*shipped_apps(), read_text(FIGURES.read_text("utf-8"))])
    (unit,) = found.ask("SELECT id FROM unit ORDER BY id LIMIT 1")[0]
    item = found.create("product", {"code": "P", "name": "Part", "unit": unit}).record.id
    dear = found.create("product", {"code": "D", "name": "Dear", "unit": unit}).record.id
    lines = [{"product": item, "quantity": "100", "price": "7"}, {"product": dear, "quantity": "3", "price": "1234.57"}]
    found.create("opening_stock", {"opened_on": "2026-01-02", "lines": lines}, "post")
    customers = {code: found.create("customer", {"code": code, "name": NAMES[code]}).record.id for code in NAMES}
    for code, day, quantity in ORDERS:
        lines = [{"product": item, "quantity": str(quantity), "price": "10"}]
        order = found.create("sales_order", {"customer": customers[code], "ordered_on": day, "lines": lines}).record.id
        found.run("sales_order", order, "submit")
        found.run("sales_order", order, "approve")
    return found


def boards(world: World, actor: Actor = SYSTEM) -> Boards:
    catalog = world.ground.catalog
    metrics, kept = Metrics(catalog, world.reports), world.ground.kept
    dashboards = Dashboards(catalog, world.ground.tables, world.lists, world.reports, metrics, kept)
    return Boards(world.database, world.ground.schema, dashboards, actor, world.context(actor))


def figures(
    world: World, *names: str, span: Span = YEAR, actor: Actor = SYSTEM, compare: Comparison | None = None,
    trend: Grain | None = None, **given: Any,
) -> dict[str, Figure]:  # fmt: skip
    metrics = Metrics(world.ground.catalog, world.reports)
    asked = MetricsAsked(names, span, given, compare, trend)
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        found = metrics.figures(transaction, asked, actor, world.context(actor))
        assert transaction.round_trips == 1
    return {one.metric.metric: one for one in found.figures}


def signed(first: str, last: str, least: int = 0, customer: str = "K") -> Decimal:
    """The amounts of the orders of some days, reckoned from what was ordered."""
    return sum(
        (Decimal(10 * quantity) for code, day, quantity in ORDERS
         if first <= day <= last and 10 * quantity >= least and code.startswith(customer)), Decimal(0)
    )  # fmt: skip


def test_a_span_metric_counts_the_records_of_its_days(world: World) -> None:
    found = figures(world, "tried_signed", "tried_orders", "tried_big_signed", "tried_customers_served")
    assert found["tried_signed"].value == signed("2026-01-01", "2026-03-20")
    assert found["tried_orders"].value == 5
    assert found["tried_big_signed"].value == signed("2026-01-01", "2026-03-20", least=100)
    assert found["tried_customers_served"].value == 3


def test_formulas_over_metrics_know_the_days_and_no_division_by_nothing(world: World) -> None:
    found = figures(world, "tried_average_order", "tried_signed_a_day")
    assert found["tried_average_order"].value == signed("2026-01-01", "2026-03-20") / 5
    assert found["tried_signed_a_day"].value == (signed("2026-01-01", "2026-03-20") / 79).quantize(Decimal("0.01"))
    empty = figures(world, "tried_average_order", "tried_signed", span=Span(date(2024, 1, 1), date(2024, 1, 31)))
    assert empty["tried_signed"].value == 0
    assert empty["tried_average_order"].value is None


def test_what_a_span_is_compared_with(world: World) -> None:
    january = Span(date(2026, 1, 1), date(2026, 1, 31))
    found = figures(world, "tried_signed", span=january, compare="previous")["tried_signed"]
    assert found.previous == signed("2025-12-01", "2025-12-31") == 50
    assert found.change == Decimal("0.4000")
    assert figures(world, "tried_signed", span=january, compare="year")["tried_signed"].change is None
    days = figures(world, "tried_signed", span=Span(date(2026, 3, 1), date(2026, 3, 20)), compare="previous")[
        "tried_signed"
    ]
    assert days.previous == signed("2026-02-09", "2026-02-28")


@pytest.mark.parametrize("grain", ["day", "month", "quarter", "year"])
def test_the_parts_of_a_trend_sum_to_the_whole(world: World, grain: Grain) -> None:
    span = Span(date(2025, 12, 1), date(2026, 3, 20))
    found = figures(world, "tried_signed", "tried_average_order", span=span, trend=grain)
    assert sum(value or Decimal(0) for _, value in found["tried_signed"].trend) == found["tried_signed"].value
    by_part: dict[str, list[int]] = defaultdict(list)
    for _, day, quantity in ORDERS:
        if day <= "2026-03-20":
            quarter = f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}"
            by_part[{"day": day, "month": day[:7], "quarter": quarter, "year": day[:4]}[grain]].append(quantity * 10)
    told = {key: value for key, value in found["tried_average_order"].trend if value is not None}
    assert told == {key: Decimal(sum(values)) / len(values) for key, values in by_part.items()}


def test_a_trend_of_one_month_shows_those_that_lead_up_to_it(world: World) -> None:
    march = Span(date(2026, 3, 1), date(2026, 3, 20))
    trend = dict(figures(world, "tried_signed", span=march, trend="month")["tried_signed"].trend)
    assert len(trend) == 12
    assert trend["2026-02"] == signed("2026-02-01", "2026-02-28")
    assert trend["2026-03"] == signed("2026-03-01", "2026-03-20")


def test_the_ledger_as_of_a_day_and_over_a_span(world: World) -> None:
    value = Decimal("700") + 3 * Decimal("1234.57")
    found = figures(world, "tried_stock_value", "tried_came_in", trend="month", compare="previous")
    assert (found["tried_stock_value"].value, found["tried_came_in"].value) == (value, value)
    assert dict(found["tried_stock_value"].trend) == dict.fromkeys(("2026-01", "2026-02", "2026-03"), value)
    assert dict(found["tried_came_in"].trend) == {"2026-01": value, "2026-02": 0, "2026-03": 0}
    before = figures(world, "tried_stock_value", span=Span(date(2025, 12, 1), date(2026, 1, 1)))
    assert before["tried_stock_value"].value == 0


def test_a_reader_s_choice_narrows_every_report_that_knows_it(world: World) -> None:
    (customer,) = world.ask("SELECT id FROM customer WHERE code = 'K2'")[0]
    assert figures(world, "tried_stock_now", item=None)["tried_stock_now"].value == 103
    rows = page(world, "sales_matrix", Variant(rows=("customer",))).rows
    assert {row["customer"]["id"]: row["amount"] for row in rows}[customer] == f"{signed('2025', '2027', 0, 'K2')}.00"


def test_whoever_sees_no_cost_sees_no_figure_made_of_it(world: World) -> None:
    metrics = Metrics(world.ground.catalog, world.reports)
    seen = {one.metric for one in metrics.seen(SELLER, world.context(SELLER))}
    assert {"tried_signed", "tried_orders", "tried_average_order", "tried_stock_now"} <= seen
    assert not {"tried_stock_value", "tried_came_in"} & seen
    assert not metrics.seen(NOBODY, world.context(NOBODY))
    with pytest.raises(UnknownMetric):
        figures(world, "tried_stock_value", actor=SELLER)
    board = boards(world, SELLER)
    described = board.described("tried", {})
    told = [described, board.metrics(), board.all()]
    told += [board.tile("tried", tile["tile"], {}) for tile in described["tiles"]]
    text = orjson.dumps(told, default=str).decode()
    assert not [canary for canary in ("3703.71", "4403.71", "1234.57") if canary in text]
    assert "tried_stock_now" in text
    everything = orjson.dumps([boards(world).tile("tried", "stock", {})], default=str).decode()
    assert "4403.71" in everything, "the canary sings for who may hear it"


def page(world: World, report: str, variant: Variant, cut: Cut | None = None, **parameters: Any) -> Page:
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        request = ReportRequest(report, parameters, None, 1000, 0, variant)
        return cut_page(world.reports, transaction, request, cut or Cut(), SYSTEM, world.context())


def test_a_report_by_other_groups_has_the_same_totals(world: World) -> None:
    whole = page(world, "sales_matrix", Variant())
    for rows in (("customer",), ("ordered_on:month",), ("ordered_on:year", "customer"), ("ordered_on:quarter",)):
        found = page(world, "sales_matrix", Variant(rows=rows))
        assert found.extra["totals"] == whole.extra["totals"]
    with pytest.raises(UnknownColumn):
        page(world, "sales_matrix", Variant(rows=("salesperson",)))
    with pytest.raises(UnknownColumn):
        page(world, "sales_matrix", Variant(rows=("customer:month",)))
    with pytest.raises(FixedRows):
        page(world, "trial_balance", Variant(rows=("code",)))


def test_groups_of_the_ledger_keep_what_its_own_filter_kept(world: World) -> None:
    whole, places = page(world, "stock_list", Variant()), page(world, "stock_list", Variant(rows=("place",)))
    assert places.extra["totals"] == whole.extra["totals"]
    assert {heading.key for heading in places.headings} >= {"place", "on_hand", "value", "unit_cost"}
    assert "lower_limit" not in {heading.key for heading in places.headings}, "a limit is of an item"
    assert places.rows[0]["unit_cost"] == str(round(Decimal("4403.71") / 103, 6))


def test_running_and_share_follow_the_rows(world: World) -> None:
    found = page(world, "sales_matrix", Variant(rows=("ordered_on:month",), running=True, share=True))
    amounts = [Decimal(row["amount"]) for row in found.rows]
    whole = sum(amounts)
    for place, row in enumerate(found.rows):
        assert Decimal(row["amount.running"]) == sum(amounts[: place + 1])
        assert Decimal(row["amount.share"]) == (amounts[place] / whole).quantize(Decimal("0.000001"))
    keys = [heading.key for heading in found.headings]
    assert keys == ["ordered_on:month", "orders", "amount", "orders.running", "amount.running", "orders.share",
                    "amount.share"] or set(keys) >= {"amount.running", "amount.share"}  # fmt: skip


def test_the_first_rows_and_the_others_make_the_whole(world: World) -> None:
    found = page(world, "sales_by_customer", Variant(), Cut(top=1))
    assert [row["customer"]["title"] for row in found.rows] == ["Alpha Hardware"]
    assert found.extra["more"] == 2
    shown, others = Decimal(found.rows[0]["amount"]), Decimal(found.extra["others"]["amount"])
    assert shown + others == Decimal(found.extra["totals"]["amount"]) == signed("2025", "2027")


def test_a_pivot_has_the_cells_of_its_groups(world: World) -> None:
    found = page(world, "sales_matrix", Variant(rows=("customer",), columns=("amount",)), Cut(pivot="ordered_on:month"))
    columns = {heading.key: heading for heading in found.headings if heading.of}
    cells: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for code, day, quantity in ORDERS:
        cells[NAMES[code], day[:7]] += 10 * quantity
    told = {
        (row["customer"]["title"], f"{heading.at:%Y-%m}"): Decimal(row[key])
        for row in found.rows for key, heading in columns.items() if row[key] is not None
    }  # fmt: skip
    assert told == cells
    assert [heading.label.english for heading in columns.values()] == ["2025-12", "2026-01", "2026-02", "2026-03"]
    for row in found.rows:
        assert Decimal(row["amount"]) == sum(Decimal(row[key] or 0) for key in columns)
    assert Decimal(found.extra["totals"]["amount"]) == sum(cells.values())


def test_rows_behind_a_cell_of_another_grouping(world: World) -> None:
    asked = RowsRequest("sales_matrix", "amount", {"ordered_on:month": "2026-03-01"}, {}, rows=("ordered_on:month",))
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        found = world.reports.rows(transaction, asked, SYSTEM, world.context())
    assert Decimal(found["sum"]) == signed("2026-03-01", "2026-03-31")
    asked = RowsRequest("sales_by_customer", "amount", {}, {}, metric="tried_big_signed")
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        found = world.reports.rows(transaction, asked, SYSTEM, world.context())
    assert Decimal(found["sum"]) == signed("2025", "2027", least=100)


def test_every_tile_of_a_dashboard_answers(world: World) -> None:
    board = boards(world)
    described = board.described("tried", {"to": "2026-03-20"})
    assert [one["value"] for one in described["parameters"]] == ["2026-01-01", "2026-03-20", None]
    tiles: Mapping[str, Any] = {
        one["tile"]: board.tile("tried", one["tile"], {"to": "2026-03-20"}) for one in described["tiles"]
    }
    assert [tile.tile for tile in world.ground.catalog.dashboards["tried"].tiles] == list(tiles)
    sales = {one["name"]: one for one in tiles["sales"]["metrics"]}
    assert sales["tried_signed"]["value"] == f"{signed('2026-01-01', '2026-03-20')}.00"
    assert sales["tried_signed"]["opens"]["report"] == "sales_by_customer"
    assert sales["tried_average_order"]["made_of"] == ["tried_orders", "tried_signed"]
    assert tiles["goal"]["goal"] == "500"
    assert tiles["by_customer"]["more"] == 1
    assert next(one["label"] for one in tiles["months"]["columns"] if "of" in one).startswith("2026-01")
    assert [Decimal(row["total"]) for row in tiles["orders"]["rows"]] == [200, 120, 60]
    [waiting] = tiles["waiting"]["items"]
    assert (waiting["count"], Decimal(waiting["sum"])) == (6, signed("2025", "2026-03-20"))
    assert [set(one["to"]) for one in tiles["ways"]["items"]] == [
        {"new"},
        {"report"},
        {"form", "filter"},
        {"dashboard"},
    ]
    forms = {one["tile"]: one["forms"] for one in described["tiles"]}
    assert forms["by_customer"] == ["sales_order"]
    assert {"opening_stock", "sales_delivery", "purchase_receipt"} <= set(forms["stock"])


def test_a_dashboard_is_there_for_who_finds_something_on_it(world: World) -> None:
    assert boards(world, NOBODY).all() == []
    assert [one["name"] for one in boards(world, SELLER).all()] == ["tried"]
    with pytest.raises(UnknownTile):
        boards(world).tile("tried", "nothing", {})


def test_the_clock_of_a_dashboard_is_the_company_s(world: World) -> None:
    application = Application(world.database, lambda: NOW)
    assert application.boards(world.ground.schema, SYSTEM).today == date(2026, 3, 20)
