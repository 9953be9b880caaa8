"""Dashboards and desks: figures that lead to their records, filters in the address, walls, links, all devices."""

import re
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import faults
from tests.browser.seat import DESK, PHONE, Seat
from tests.browser.shop import Shop

WINDOWS = {"desk": {"viewport": DESK}, "phone": PHONE}
pytestmark = pytest.mark.usefixtures("orders")
#: An amount that is not nothing.
SOME = re.compile(r"[1-9][\d,]*\.\d\d\s*元$")
BOARDS = ("business_board", "sales_desk", "warehouse_desk", "customer_analysis")


@pytest.fixture(scope="module")
def orders(shop: Shop) -> None:
    """Two approved orders, one of them shipped, and one that nobody approved."""
    goods = shop.goods("深沟球轴承", "100", stock="40")
    found = [
        shop.world.order(shop.world.customer(name), (goods, quantity), then="approve")
        for name, quantity in (("华东精工机械", "3"), ("南方液压", "1"))
    ]
    shop.world.ship(found[0])
    shop.world.order(shop.world.customer("北方重工"), (goods, "9"))


def test_a_figure_says_its_rule_and_the_days_that_it_is_of(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/dashboards/business_board")
    tile = _tile(seat, "本年签约金额")
    expect(_figure(tile)).to_have_text(SOME)
    tile.get_by_role("button", name=re.compile("口径")).hover()
    expect(seat.page.get_by_role("tooltip")).not_to_be_empty()


def test_filters_stand_in_the_address_and_move_the_figures(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/dashboards/business_board?from=2020-01-01&to=2020-12-31")
    tile = _tile(seat, "本年签约金额")
    expect(_figure(tile)).to_have_text(re.compile(r"0\.00\s*元$"))
    expect(_figure(tile)).not_to_have_text(SOME)
    picker = seat.page.locator(".parameter.is-span")
    expect(picker.locator("input").first).to_have_value("2020-01-01")
    picker.locator("input").first.click()
    seat.page.locator(".ant-picker-presets li", has_text="今年").click()
    expect(_figure(tile)).to_have_text(SOME)
    expect(seat.page).to_have_url(re.compile(r"from=\d{4}-01-01&to=\d{4}-12-31"))


def test_figures_follow_what_others_do(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/dashboards/sales_desk")
    todo = _tile(seat, "待办").locator(".todo", has_text="待发货订单")
    before = int(todo.locator(".todo-count").inner_text())
    goods = shop.goods("同步带轮", "50", stock="9")
    shop.world.order(shop.world.customer("西部传动"), (goods, "2"), then="approve")
    expect(todo.locator(".todo-count")).to_have_text(str(before + 1))
    todo.click()
    expect(seat.page).to_have_url(re.compile(r"/sales_order\?filter="))
    expect(seat.page.get_by_text("西部传动").first).to_be_visible()


def test_a_picture_can_be_read_as_a_table(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/dashboards/business_board")
    tile = _tile(seat, "签约趋势分析")
    # What draws the picture says inside of it once more that it is one.
    expect(tile.get_by_role("img").first).to_be_visible()
    tile.get_by_role("button", name=re.compile("更多操作")).click()
    seat.page.get_by_role("menuitem", name="看数据").click()
    expect(tile.get_by_role("table")).to_contain_text(re.compile(r"[1-9]\d*00\.00"))


def test_the_palette_and_the_sidebar_find_dashboards(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go()
    seat.press("Control+k")
    seat.type("xsgzt")
    option = seat.page.get_by_role("option", name=re.compile("销售工作台"))
    expect(option).to_be_visible()
    option.click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("销售工作台")
    expect(seat.page.get_by_role("navigation").get_by_role("link", name="销售工作台")).to_have_attribute(
        "aria-current", "page"
    )


def test_a_wall_is_dark_without_a_frame_and_left_again(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/dashboards/business_board?wall=1")
    expect(seat.page.locator(".wall .metric-figure").first).to_be_visible()
    expect(seat.page.get_by_role("navigation")).to_have_count(0)
    expect(seat.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert seat.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    said = faults(seat.page)
    seat.press("Escape")
    expect(seat.page.get_by_role("navigation").first).to_be_visible()
    expect(seat.page.locator("html")).to_have_attribute("data-theme", "light")
    assert not said, "\n".join(said)


def test_whoever_has_a_link_looks_without_a_door(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats().enter(shop.boss).go("/dashboards/business_board")
    seat.page.get_by_role("button", name="分享").click()
    seat.dialog.get_by_role("button", name="生成链接").click()
    link = seat.dialog.get_by_role("textbox").input_value()
    other = seats()
    other.page.goto(link)
    expect(_tile(other, "本年签约金额").locator(".metric-figure")).to_contain_text("元")
    expect(other.page.get_by_role("navigation")).to_have_count(0)
    seat.dialog.get_by_role("button", name="停止分享").click()
    expect(seat.dialog.get_by_text("没有有效的链接")).to_be_visible()
    other.expects(401, 403, 404, 410)
    other.page.reload()
    expect(other.page.get_by_text("这个链接已失效")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", WINDOWS)
def test_nothing_grave_on_dashboards(shop: Shop, seats: Callable[..., Seat], window: str, theme: str) -> None:
    seat: Seat = seats(**WINDOWS[window], color_scheme=theme)
    seat.enter(shop.boss)
    said: dict[str, Sequence[str]] = {}
    for name in BOARDS:
        seat.go(f"/dashboards/{name}")
        expect(seat.page.locator(".tile-body").first).not_to_be_empty()
        expect(seat.page.locator(".tile-late.is-late")).to_have_count(0)
        said[name] = faults(seat.page)
        assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    lines = [f"{place}: {fault}" for place, found in said.items() for fault in found]
    assert not lines, "\n".join(lines)


def _figure(tile: Locator) -> Locator:
    return tile.locator(".metric-figure")


def _tile(seat: Seat, label: str) -> Locator:
    """A tile by its label, in sight."""
    tile = seat.page.get_by_role("region", name=label, exact=True)
    expect(tile).to_be_attached()
    tile.scroll_into_view_if_needed()
    return tile
