"""Paper from a page: the delivery note as a PDF, with what stands on it."""

import pypdfium2
from playwright.sync_api import Route, expect

from tests.browser.seat import Seat
from tests.browser.shop import Shop


def test_a_delivery_note_is_printed(shop: Shop, seat: Seat) -> None:
    goods = shop.goods("深沟球轴承 6204", "18.5", stock="40")
    order = shop.world.order(shop.world.customer("华东精工机械"), (goods, "6"), then="approve")
    delivery = shop.world.ship(order)
    files: list[bytes] = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        assert answer.headers["content-type"] == "application/pdf"
        files.append(answer.body())
        route.fulfill(response=answer)

    # A Chromium without a screen has no print dialog, and now and then breaks on the attempt: it only tells.
    seat.page.add_init_script("window.print = () => { top.asked = [...(top.asked ?? []), location.href] }")
    seat.page.route("**/print/**", keep)
    seat.enter(shop.boss).go(f"/sales_delivery/{delivery.id}")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("SD")
    seat.button("打印").click()
    seat.page.get_by_role("menuitem").filter(has_text="送货单").first.click()
    # A frame out of sight holds the file; this frame and nothing else of the page is to be printed.
    frame = seat.page.locator("iframe[src^='blob:']")
    expect(frame).to_have_count(1)
    seat.page.wait_for_function("source => top.asked?.join() === source", arg=frame.get_attribute("src"))
    [content] = files
    document = pypdfium2.PdfDocument(content)
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "华东精工机械" in text
    assert "深沟球轴承 6204" in text
    seat.open_side()
    expect(seat.page.get_by_role("tabpanel", name="动态")).to_contain_text("打印")
