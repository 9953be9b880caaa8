"""The line breaks while somebody types on a phone: nothing is lost, and a calm page says what is wrong."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.seat import PHONE, Seat
from tests.browser.shop import Shop

_UNANSWERED = re.compile("ERR_INTERNET_DISCONNECTED|ERR_FAILED")


def test_what_is_typed_without_a_line_is_there_when_it_comes_back(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats(**PHONE).enter(shop.boss).go("/customer/new")
    # What the page begins with is kept from now on.
    seat.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    name = seat.field("客户名称").get_by_role("textbox")
    name.fill("华东精工")

    seat.context.set_offline(True)
    name.fill("华东精工机械")
    seat.button("保存").tap()
    seat.sees("连不上服务器")
    # The page stays what it was; begun anew it says calmly that nobody answers.
    expect(name).to_have_value("华东精工机械")
    seat.page.wait_for_timeout(1_000)
    # The browser asks whether to leave what is typed.
    seat.page.once("dialog", lambda asked: asked.accept())
    seat.page.goto(f"{shop.address}/customer/new", wait_until="commit")
    seat.sees("连不上服务器")
    expect(name).to_have_count(0)
    assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # The line is back: the page asks again by itself, and offers what was typed.
    seat.context.set_offline(False)
    seat.button("接着填").tap()
    expect(name).to_have_value("华东精工机械")
    seat.button("保存").tap()
    seat.sees("已保存")
    assert shop.world.ask("SELECT name FROM customer") == [("华东精工机械",)]
    # Of requests that nobody could answer the browser says so itself.
    seat.watch.faults[:] = [one for one in seat.watch.faults if not _UNANSWERED.search(one)]
