"""A company moves in with a file: customers and goods, opening stock posted, orders of many lines."""

from typing import Any

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.process.importing.refusals import WrongRows
from onebook.engines.report.report import ReportRequest, Reports
from tests.unit.importing.conftest import *  # noqa: F403
from tests.unit.importing.conftest import NOW, World, xlsx


@pytest.fixture
def shop(world: World) -> World:
    (unit,) = world.ask("SELECT name FROM unit ORDER BY id LIMIT 1")[0]
    world.take("product", xlsx([["商品编码", "商品名称", "基本单位"], ["A1", "螺丝", unit], ["A2", "螺母", unit]]))
    world.take(
        "customer",
        xlsx([["customer.code", "名称"], ["K1", "华东五金"]]),
        mapping={"customer.code": "code", "名称": "name"},
    )
    return world


ORDERS: list[list[Any]] = [
    ["单号", "customer", "ordered_on", "product", "quantity", "price"],
    ["X-1", "K1", "2026-03-01", "A1", 10, 2],
    ["X-1", "", "", "A2", 5, "1.5"],
    ["", "", "", "A1", 1, 2],
    ["X-2", "华东五金", "2026/3/2", "A2", 1, 100],
]


def test_rows_of_one_number_are_one_document(shop: World) -> None:
    result = shop.take("sales_order", xlsx(ORDERS))
    assert (result.new, result.wrong) == (2, 0)
    assert shop.ask("SELECT number, total::text, state FROM sales_order ORDER BY id") == [
        ("X-1", "29.50", "draft"),
        ("X-2", "100.00", "draft"),
    ]
    assert shop.ask("SELECT count(*) FROM sales_order__lines") == [(4,)]
    again = shop.take("sales_order", xlsx(ORDERS))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)


def test_a_wrong_line_is_named_by_its_row_and_field(shop: World) -> None:
    rows: list[list[Any]] = [list(row) for row in ORDERS]
    rows[2][3], rows[4][4] = "A9", ""
    with pytest.raises(WrongRows) as refused:
        shop.take("sales_order", xlsx(rows))
    found = [(one.row, one.field, one.code) for one in refused.value.problems]
    assert found == [(3, "lines.product", "importing.link_unknown"), (5, "lines.quantity", "form.required")]
    assert shop.ask("SELECT count(*) FROM sales_order") == [(0,)]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_imported_documents_run_their_transition_and_reports_show_it(shop: World, one_by_one: bool) -> None:
    rows: list[list[Any]] = [
        ["opened_on", "product", "quantity", "price"],
        ["2026-03-01", "A1", 100, 2],
        ["2026-03-01", "A2", 40, "0.5"],
        ["2026-03-05", "A1", 10, 3],
    ]
    file = xlsx(rows)
    result = shop.take("opening_stock", file, then="post", one_by_one=one_by_one)
    assert (result.new, result.wrong) == (2, 0)
    assert shop.ask(
        "SELECT state, count(*) FROM opening_stock WHERE id = ANY(%s) GROUP BY 1", [one.id for one in result.records]
    ) == [("posted", 2)]
    reports = Reports(shop.ground.catalog, shop.ground.tables)
    context = shop.ground.context(SYSTEM, NOW)
    item = shop.ask("SELECT id FROM product WHERE code = 'A1'")[0][0]
    with shop.database.transaction(shop.ground.schema, read_only=True) as transaction:
        page = reports.page(transaction, ReportRequest("stock_list", {"item": item}), SYSTEM, context)
        assert [(row["on_hand"], row["value"]) for row in page.rows] == [("110", "230.00")]
    if one_by_one:
        # The same file again is answered from what was kept, and adds nothing.
        again = shop.take("opening_stock", file, then="post", one_by_one=True)
        assert [one.id for one in again.records] == [one.id for one in result.records]


def test_one_refused_transition_takes_back_the_whole_file(shop: World) -> None:
    rows: list[list[Any]] = [
        ["opened_on", "product", "quantity", "price"],
        ["2026-03-01", "A1", 1, 2],
        ["", "A2", -5, 2],
    ]
    with pytest.raises(WrongRows):
        shop.take("opening_stock", xlsx(rows), then="post")
    assert shop.ask("SELECT count(*) FROM opening_stock WHERE state = 'draft'") == [(0,)]


def test_numbers_are_given_without_gaps_and_given_ones_are_not_given_again(shop: World) -> None:
    rows: list[list[Any]] = [ORDERS[0], ["SO202603-0007", "K1", "2026-03-01", "A1", 1, 1]]
    shop.take("sales_order", xlsx(rows))
    free: list[list[Any]] = [ORDERS[0][1:], ["K1", "2026-03-02", "A1", 1, 1], ["K1", "2026-03-03", "A1", 1, 1]]
    shop.take("sales_order", xlsx(free))
    numbers = [number for (number,) in shop.ask("SELECT number FROM sales_order ORDER BY id")]
    assert numbers == ["SO202603-0007", "SO202603-0008", "SO202603-0009"]
