"""The main pages for everybody: axe finds nothing grave, in both themes, on a desk and on a phone."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.seat import DESK, PHONE, Seat
from tests.browser.shop import Shop

WINDOWS = {"desk": {"viewport": DESK}, "phone": PHONE}


@pytest.fixture(scope="module")
def orders(shop: Shop) -> tuple[int, int]:
    """An order that is shipped, to be read, and one that waits for approval, to be typed in."""
    goods = shop.goods("深沟球轴承", "18.5", stock="40")
    customer = shop.world.customer("华东精工机械", credit_limit="5000", phone="13800138000")
    shipped = shop.world.order(customer, (goods, "6"), then="approve")
    shop.world.ship(shipped)
    return shipped.id, shop.world.order(customer, (goods, "4"), note="月底前到货").id


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", WINDOWS)
def test_nothing_grave_on_the_main_pages(
    shop: Shop, seats: Callable[..., Seat], orders: tuple[int, int], window: str, theme: str
) -> None:
    seat: Seat = seats(**WINDOWS[window], color_scheme=theme)
    seat.go()
    said = {"the door": faults(seat.page)}
    seat.enter(shop.boss)
    for address, shows in {
        "/": ".home-begin a",
        "/sales_order": "[role=grid] [role=gridcell], .row-card",
        "/customer": "[role=grid] [role=gridcell], .row-card",
        f"/sales_order/{orders[0]}": ".record-body .cell",
        f"/sales_order/{orders[1]}": ".record-body .cell",
        "/sales_order/new": ".record-body .cell",
        "/reports/receivables": ".report-page, [role=grid], table",
        "/customer/import": ".import-drop",
        "/scan": ".scanner",
    }.items():
        seat.go(address)
        expect(seat.page.locator(shows).first).to_be_visible()
        expect(seat.page.locator(".ant-skeleton")).to_have_count(0)
        said[address] = faults(seat.page)
    _none(said)


def test_nothing_grave_where_something_lies_over_the_page(shop: Shop, seat: Seat, orders: tuple[int, int]) -> None:
    seat.enter(shop.boss).go()
    seat.press("Control+k")
    expect(seat.page.get_by_role("option").first).to_be_visible()
    said = {"palette": faults(seat.page)}
    seat.press("Escape", "Shift+?")
    expect(seat.dialog).to_contain_text("键盘快捷键")
    said["keys"] = faults(seat.page)
    seat.go(f"/sales_order/{orders[1]}")
    seat.button("审核").click()
    expect(seat.dialog.get_by_text("余额变化")).to_be_visible()
    said["preview"] = faults(seat.page)
    seat.go("/sales_order/new")
    seat.cell("明细", 1, "商品").click()
    seat.type("sgq")
    expect(seat.offered.first).to_contain_text("深沟球轴承")
    said["choices"] = faults(seat.page)
    _none(said)


def _none(said: Mapping[str, Sequence[str]]) -> None:
    lines = [f"{place}: {fault}" for place, found in said.items() for fault in found]
    assert not lines, "\n".join(lines)
