"""Workbenches and boards: everything that was asked of them stands on them, and every tile answers for its readers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from examples.precision_parts.story import build
from onebook.access.actor import Actor
from onebook.access.membership import load_actor
from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.engines.dashboard.boards import Boards
from onebook.entrypoints.http.answers import answered
from onebook.storage.database import Database

TODAY = date(2026, 3, 27)
NOW = datetime(2026, 3, 27, 2, 0, tzinfo=UTC)
CATALOG = Catalog.of(shipped_apps())
#: Some of a minute of work when the machine is quiet: the demo company is built first.
pytestmark = pytest.mark.timeout(1200)

#: What the pages must have, line by line: the dashboard and its tile, and within the tile the item or the metric.
ASKED: dict[str, tuple[str, str, str | None]] = {
    "本年签约金额": ("business_board", "signed", "signed_amount"),
    "本年回款金额": ("business_board", "collected", "collected_amount"),
    "本年新增客户数": ("business_board", "new_customers", "new_customers"),
    "历史总计客户数": ("business_board", "customers", "customers_total"),
    "销售应收金额": ("business_board", "receivable", "receivable_total"),
    "采购应付总额": ("business_board", "payable", "payable_total"),
    "订单利润报表": ("business_board", "order_profit", None),
    "采购订单报表": ("business_board", "purchases", None),
    "库存周转率报表": ("business_board", "stock_turnover", None),
    "签约趋势分析": ("business_board", "signing_trend", "signed_amount"),
    "回款趋势分析": ("business_board", "collecting_trend", "collected_amount"),
    "产品信息": ("product_tracking", "product", None),
    "产品追踪的库存看板": ("product_tracking", "stock", None),
    "销售需求分析": ("product_tracking", "demand", None),
    "采购在途情况": ("product_tracking", "in_transit", None),
    "供应分析": ("product_tracking", "supply", None),
    "销售价格曲线": ("product_tracking", "sales_price", None),
    "采购价格曲线": ("product_tracking", "purchase_price", None),
    "出入库曲线": ("product_tracking", "in_and_out", "goods_in"),
    "客户最近消费距离天数": ("customer_analysis", "recency", None),
    "客户消费次数": ("customer_analysis", "frequency", None),
    "客户消费金额": ("customer_analysis", "money", None),
    "客户总数": ("customer_analysis", "customers", "customers_total"),
    "本月新增客户": ("customer_analysis", "new_this_month", "new_customers"),
    "客户等级分布": ("customer_analysis", "levels", None),
    "客户来源分布": ("customer_analysis", "sources", None),
    "客户地域分布": ("customer_analysis", "regions", None),
    "客户区域销售额排名": ("customer_analysis", "regional_sales", None),
    "新建入库单": ("warehouse_desk", "shortcuts", "新建入库单"),
    "新建出库单": ("warehouse_desk", "shortcuts", "新建出库单"),
    "新建产品信息": ("warehouse_desk", "shortcuts", "新建产品信息"),
    "库存盘点": ("warehouse_desk", "shortcuts", "库存盘点"),
    "待审批出库数": ("warehouse_desk", "todos", "待审批出库"),
    "待审批入库数": ("warehouse_desk", "todos", "待审批入库"),
    "待审批采购到货数": ("warehouse_desk", "todos", "待审批采购到货"),
    "待处理发货申请数": ("warehouse_desk", "todos", "待处理发货申请"),
    "库管的流程处理窗口": ("warehouse_desk", "flows", None),
    "出库流水": ("warehouse_desk", "goods_out", None),
    "入库流水": ("warehouse_desk", "goods_in", None),
    "调拨记录": ("warehouse_desk", "transfers", None),
    "盘点记录": ("warehouse_desk", "stocktakes", None),
    "仓库简报": ("warehouse_desk", "brief", "stock_quantity"),
    "客户建档": ("sales_desk", "shortcuts", "客户建档"),
    "客户跟进": ("sales_desk", "shortcuts", "客户跟进"),
    "创建订单": ("sales_desk", "shortcuts", "创建订单"),
    "创建收款": ("sales_desk", "shortcuts", "创建收款"),
    "退款申请": ("sales_desk", "shortcuts", "退款申请"),
    "开票申请": ("sales_desk", "shortcuts", "开票申请"),
    "待跟进客户": ("sales_desk", "todos", "待跟进客户"),
    "待发货订单": ("sales_desk", "todos", "待发货订单"),
    "待回款金额": ("sales_desk", "todos", "待回款金额"),
    "待开票金额": ("sales_desk", "todos", "待开票金额"),
    "销售的流程处理窗口": ("sales_desk", "flows", None),
    "待跟进日程": ("sales_desk", "follow_ups", None),
    "待发货日程": ("sales_desk", "shippings", None),
    "本月提成": ("sales_desk", "month", "commission"),
    "本月签约金额": ("sales_desk", "month", "signed_amount"),
    "本月回款金额": ("sales_desk", "month", "collected_amount"),
    "本月签约单数": ("sales_desk", "month", "signed_count"),
    "客户对账": ("sales_desk", "statements", None),
    "销售签约排行": ("sales_desk", "signing_ranking", None),
    "我的客户排行": ("sales_desk", "my_customers", None),
    "订单清单": ("sales_desk", "orders", None),
    "客户列表": ("sales_desk", "customers", None),
    "月度签单排行": ("sales_ranking", "month_signed", None),
    "月度回款排行": ("sales_ranking", "month_collected", None),
    "年度签单排行": ("sales_ranking", "year_signed", None),
    "年度回款排行": ("sales_ranking", "year_collected", None),
    "签约趋势": ("sales_ranking", "signing_trend", "signed_amount"),
    "回款趋势": ("sales_ranking", "collecting_trend", "collected_amount"),
    "商品看板": ("goods_board", "goods", None),
    "新建供应商": ("purchase_desk", "shortcuts", "新建供应商"),
    "新建采购单": ("purchase_desk", "shortcuts", "新建采购单"),
    "申请采购付款": ("purchase_desk", "shortcuts", "申请采购付款"),
    "采购回票录入": ("purchase_desk", "shortcuts", "采购回票录入"),
    "在途采购单": ("purchase_desk", "todos", "在途采购单"),
    "已延期采购单": ("purchase_desk", "todos", "已延期采购单"),
    "审核中采购单": ("purchase_desk", "todos", "审核中采购单"),
    "审批中到货单": ("purchase_desk", "todos", "审批中到货单"),
    "审核中付款单": ("purchase_desk", "todos", "审核中付款单"),
    "审核中回票": ("purchase_desk", "todos", "审核中回票"),
    "采购的流程处理窗口": ("purchase_desk", "flows", None),
    "待收货日程": ("purchase_desk", "arrivals", None),
    "本月采购下单额": ("purchase_desk", "month", "purchases_amount"),
    "本月采购下单量": ("purchase_desk", "month", "purchases_quantity"),
    "本月采购付款": ("purchase_desk", "month", "paid_amount"),
    "合作中供应商": ("purchase_desk", "month", "suppliers_active"),
    "采购订单清单": ("purchase_desk", "orders", None),
    "供应商清单": ("purchase_desk", "suppliers", None),
    "付款审批": ("finance_desk", "todos", "付款审批"),
    "收款审批": ("finance_desk", "todos", "收款审批"),
    "退款审批": ("finance_desk", "todos", "退款审批"),
    "开票审批": ("finance_desk", "todos", "开票审批"),
    "收票审批": ("finance_desk", "todos", "收票审批"),
    "本月收款": ("finance_desk", "month", "received_amount"),
    "财务的本月采购付款": ("finance_desk", "month", "paid_amount"),
    "本月退款": ("finance_desk", "month", "refunded_amount"),
    "本月开票": ("finance_desk", "month", "invoiced_amount"),
    "财务的流程处理窗口": ("finance_desk", "flows", None),
    "待回款客户": ("finance_desk", "customers_to_collect", None),
    "待回款订单": ("finance_desk", "orders_to_collect", None),
    "收款列表": ("finance_desk", "receipts", None),
    "退款列表": ("finance_desk", "refunds", None),
    "销项发票清单": ("finance_desk", "invoices_out", None),
    "进项发票清单": ("finance_desk", "invoices_in", None),
}
#: Pages that are a form's list or a report of its own, in the group of the home page where they are looked for.
PAGES = {
    "库存看板": ("stock", "report", "stock_list"),
    "收发存报表": ("stock", "report", "stock_movement"),
    "库存盘点单": ("stock", "form", "stocktake"),
    "仓库信息": ("base_data", "form", "warehouse"),
    "客户信息": ("sales", "form", "customer"),
    "客户跟进": ("sales", "form", "follow_up"),
    "销售订单": ("sales", "form", "sales_order"),
    "销售订单跟踪": ("sales", "report", "sales_order_tracking"),
    "供应商信息": ("purchasing", "form", "supplier"),
    "采购订单": ("purchasing", "form", "purchase_order"),
    "采购需求": ("purchasing", "form", "purchase_need"),
    "采购订单跟踪": ("purchasing", "report", "purchase_order_tracking"),
    "收款单": ("finance", "form", "receipt"),
    "收款核销": ("finance", "form", "allocation"),
    "付款单": ("finance", "form", "payment"),
    "付款核销": ("finance", "form", "payable_allocation"),
    "经营看板": ("company_management", "dashboard", "business_board"),
    "产品追踪": ("company_management", "dashboard", "product_tracking"),
    "客户分析": ("company_management", "dashboard", "customer_analysis"),
    "库管工作台": ("stock", "dashboard", "warehouse_desk"),
    "销售工作台": ("sales", "dashboard", "sales_desk"),
    "销售排行": ("sales", "dashboard", "sales_ranking"),
    "商品看板": ("sales", "dashboard", "goods_board"),
    "采购工作台": ("purchasing", "dashboard", "purchase_desk"),
    "财务工作台": ("finance", "dashboard", "finance_desk"),
}
#: Whose desk is whose.
DESKS = (
    ("boss", "business_board"), ("boss", "product_tracking"), ("boss", "customer_analysis"),
    ("buyer", "product_tracking"), ("accountant", "product_tracking"),
    ("sales.manager", "customer_analysis"), ("sales1", "customer_analysis"),
    ("keeper", "warehouse_desk"), ("sales1", "sales_desk"), ("sales.manager", "sales_desk"),
    ("sales1", "sales_ranking"), ("sales.manager", "sales_ranking"), ("sales1", "goods_board"),
    ("buyer", "purchase_desk"), ("accountant", "finance_desk"),
)  # fmt: skip
#: Tiles that are not for everybody who finds their dashboard: who buys does not see what goods are sold for.
LEFT_OUT = {("buyer", "product_tracking"): {"sales_price"}}
#: What a tile holds that is not to be found empty.
CONTENTS = ("metrics", "rows", "items")


@dataclass
class Demo:
    application: Application
    database: Database
    schema: str

    def actor(self, login: str) -> Actor:
        with self.database.transaction(self.schema, read_only=True) as transaction:
            return load_actor(transaction, login)

    def boards(self, login: str) -> Boards:
        return self.application.boards(self.schema, self.actor(login))


@pytest.fixture(scope="module")
def demo(database: Database) -> Demo:
    application = Application(database, now=lambda: NOW)
    company = build(application, database, today=TODAY, days=80)
    return Demo(application, database, company.schema)


@pytest.mark.parametrize(("name", "place"), ASKED.items(), ids=ASKED)
def test_what_was_asked_for_stands_there(name: str, place: tuple[str, str, str | None]) -> None:
    dashboard, tile_name, part = place
    [tile] = [one for one in CATALOG.dashboards[dashboard].tiles if one.tile == tile_name]
    if part is not None:
        ways = [one.label.chinese for one in tile.shortcuts if one.label]
        assert part in (*tile.metrics, *ways, *(one.label.chinese for one in tile.todos))
    elif tile.kind != "flows":
        told = tile.label.chinese if tile.label else CATALOG.dashboards[dashboard].label.chinese
        assert any(word in name for word in (told[:4], CATALOG.dashboards[dashboard].label.chinese)), told


@pytest.mark.parametrize("place", PAGES.values(), ids=PAGES)
def test_every_page_has_its_place_on_the_home_page(place: tuple[str, str, str]) -> None:
    menu, kind, target = place
    assert target in {getattr(item, kind) for item in CATALOG.menus[menu].items}


def test_every_dashboard_is_somebody_s_and_has_no_hole() -> None:
    assert {dashboard for _, dashboard in DESKS} == set(CATALOG.dashboards)
    for dashboard in CATALOG.dashboards.values():
        rows: dict[int, int] = {}
        for tile in dashboard.tiles:
            for row in range(tile.at.y, tile.at.y + tile.at.h):
                rows[row] = rows.get(row, 0) + tile.at.w
        assert set(rows.values()) == {12}, (dashboard.dashboard, rows)


@pytest.mark.parametrize(("login", "dashboard"), DESKS)
def test_every_tile_answers_its_reader_with_figures(demo: Demo, login: str, dashboard: str) -> None:
    boards = demo.boards(login)
    told = boards.described(dashboard, {})
    names = [tile["tile"] for tile in told["tiles"]]
    hidden = LEFT_OUT.get((login, dashboard), set())
    assert names == [one.tile for one in CATALOG.dashboards[dashboard].tiles if one.tile not in hidden]
    empty = []
    for name in names:
        shown = boards.tile(dashboard, name, {})
        assert answered(shown).status_code == 200
        if shown["kind"] != "flows" and not _says_something(shown):
            empty.append(name)
    assert empty == []


def test_prices_await_the_choice_of_a_product(demo: Demo) -> None:
    boards = demo.boards("boss")
    assert [one["tile"] for one in boards.described("product_tracking", {})["tiles"] if one["awaits"]] == [
        "sales_price", "purchase_price",
    ]  # fmt: skip
    [product] = boards.tile("product_tracking", "product", {})["rows"][:1]
    chosen = boards.described("product_tracking", {"item": str(product["id"])})
    assert not any(one["awaits"] for one in chosen["tiles"])


def _says_something(shown: dict[str, Any]) -> bool:
    for content in CONTENTS:
        if content == "metrics" and "metrics" in shown:
            return any(one["value"] is not None for one in shown["metrics"])
        if content in shown:
            return bool(shown[content])
    return False


def test_what_waits_is_counted(demo: Demo) -> None:
    waiting = {
        (login, item["label"]): item
        for login, dashboard in (
            ("keeper", "warehouse_desk"), ("sales.manager", "sales_desk"),
            ("buyer", "purchase_desk"), ("accountant", "finance_desk"),
        )
        for item in demo.boards(login).tile(dashboard, "todos", {})["items"]
    }  # fmt: skip
    assert waiting["keeper", "待审批出库"]["count"] == 1
    assert waiting["keeper", "待审批入库"]["count"] == 1
    for login, label in (
        ("buyer", "已延期采购单"), ("buyer", "审核中采购单"), ("buyer", "审核中付款单"), ("buyer", "审核中回票"),
        ("accountant", "付款审批"), ("accountant", "收款审批"), ("accountant", "退款审批"),
        ("accountant", "开票审批"), ("accountant", "收票审批"), ("sales.manager", "待跟进客户"),
        ("sales.manager", "待发货订单"),
    ):  # fmt: skip
        assert waiting[login, label]["count"] > 0, label
    for label, metric in (("待回款金额", "to_collect"), ("待开票金额", "to_invoice")):
        assert Decimal(waiting["sales.manager", label]["sum"]) > 0, metric


def test_a_salesperson_sees_their_own_figures_and_no_cost(demo: Demo) -> None:
    mine, all_ = (
        {one["name"]: Decimal(one["value"]) for one in demo.boards(login).tile("sales_desk", "month", {})["metrics"]}
        for login in ("sales1", "sales.manager")
    )
    assert 0 < mine["signed_count"] < all_["signed_count"]
    assert 0 < mine["commission"] < all_["commission"]
    columns = [one["key"] for one in demo.boards("sales1").tile("goods_board", "goods", {})["columns"]]
    assert "on_hand" in columns
    assert "unit_cost" not in columns
    assert "unit_cost" in [one["key"] for one in demo.boards("boss").tile("goods_board", "goods", {})["columns"]]
    assert "stock_value" not in {one["metric"] for one in demo.boards("sales1").metrics()}


def test_one_product_is_tracked_through_every_tile(demo: Demo) -> None:
    boards = demo.boards("boss")
    whole = _went_out(boards, {})
    products = boards.tile("product_tracking", "stock", {})["rows"]
    given, one = next(
        (given, one)
        for product in products
        if (one := _went_out(boards, given := {"item": str(product["item"]["id"])}))
    )
    assert 0 < one < whole
    product = next(product for product in products if str(product["item"]["id"]) == given["item"])
    rows = boards.tile("product_tracking", "stock", given)["rows"]
    assert {row["item"]["id"] for row in rows} == {product["item"]["id"]}
    assert len(boards.tile("product_tracking", "product", given)["rows"]) == 1
    curve = boards.tile("product_tracking", "sales_price", given)["rows"]
    assert all(Decimal(row["lowest"]) <= Decimal(row["price"]) <= Decimal(row["highest"]) for row in curve)


def _went_out(boards: Boards, asked: dict[str, str]) -> Decimal:
    [_, went] = boards.tile("product_tracking", "in_and_out", asked)["metrics"]
    return sum((Decimal(part["value"] or 0) for part in went["trend"]), Decimal(0))


def test_a_board_takes_further_tiles() -> None:
    """其他各项报表: an overlay adds a report to a board that is shipped."""
    text = """
app: own
label: 自己的 | Our own
needs: [desks]
---
patch: dashboard
name: business_board
change:
  tiles+:
    - {tile: own, at: {x: 0, y: 40, w: 12, h: 4}, report: sales_by_product, draw: bar, columns: [amount], top: 10}
"""
    catalog = Catalog.of([*shipped_apps(), read_text(text)])
    assert [tile.tile for tile in catalog.dashboards["business_board"].tiles][-1] == "own"
