"""Typing into lines: words that an input method composes, bursts of a scan gun, and rows from somebody else's table."""

import time

import pytest
from playwright.sync_api import Route, expect

from onebook.values.reference import RecordRef
from tests.browser.seat import Seat
from tests.browser.shop import Shop

CODE, OTHER = "6901234567892", "4006381333931"
#: Between the keys of a gun; no hand is as fast.
GUN_S = 0.004
#: How long a slow network makes a search wait.
LATE_MS = 800


@pytest.fixture(scope="module", autouse=True)
def goods(shop: Shop) -> dict[str, int]:
    shop.world.customer("华东精工机械")
    return {
        "wheel": shop.goods("同步带轮", "12.5", barcode=CODE),
        "belt": shop.goods("同步带", "30", barcode=OTHER),
        "seat": shop.goods("轴承座", "45"),
    }


def test_enter_of_an_input_method_takes_its_words_and_not_the_cell(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/sales_order/new")
    seat.cell("明细", 1, "商品").click()
    method = seat.context.new_cdp_session(seat.page)
    # Letters that are being composed are not words yet; the Enter that ends composing belongs to the input method.
    for letters in ("z", "zh", "zhou", "zhoucheng"):
        method.send(
            "Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)}
        )
    key = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
    method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    method.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    expect(seat.page.get_by_role("combobox", name="商品，第 1 行")).to_be_focused()
    method.send("Input.insertText", {"text": "轴承"})
    expect(seat.page.get_by_role("combobox", name="商品，第 1 行")).to_have_value("轴承")
    expect(seat.offered.first).to_contain_text("轴承座")
    seat.press("Enter")
    seat.reads("明细", 1, "商品", "轴承座")
    expect(seat.page.get_by_role("combobox", name="单位，第 1 行")).to_be_focused()


def test_what_is_typed_before_the_answer_goes_where_it_was_meant(shop: Shop, seat: Seat) -> None:
    def late(route: Route) -> None:
        answer = route.fetch()
        seat.page.wait_for_timeout(LATE_MS)
        route.fulfill(response=answer)

    seat.enter(shop.boss).go("/sales_order/new")
    seat.cell("明细", 1, "商品").click()
    seat.page.route("**/api/search?*q=zcz*", late)
    # Two rows as fast as the fingers go: product, over the unit, quantity, and the next row.
    seat.type("zcz").press("Enter", "Enter").type("12").press("Enter")
    seat.reads("明细", 1, "商品", "轴承座")
    seat.reads("明细", 1, "数量", "12")
    seat.reads("明细", 1, "金额（含税）", "540.00")


def test_packs_are_typed_as_people_say_them_and_counted_exactly(shop: Shop, seat: Seat) -> None:
    box = shop.world.made("unit", code="BOX24", name="箱").id
    units = [{"alternative": box, "numerator": "24", "denominator": "1"}]
    goods = shop.goods("密封圈", "0.5", stock="500", units=units)
    seat.enter(shop.boss).go("/sales_order/new")
    seat.choose("客户", "hdjg", "华东精工机械")
    seat.cell("明细", 1, "商品").click()
    seat.type("mfq")
    expect(seat.offered.first).to_contain_text("密封圈")
    seat.press("Enter", "Enter").type("2箱3个").press("Enter")
    seat.reads("明细", 1, "数量", "51")
    seat.reads("明细", 1, "金额（含税）", "25.50")
    expect(seat.cell("明细", 1, "数量")).to_contain_text("2箱3个")
    # A single pack is the unit of the row, and takes its price.
    seat.cell("明细", 1, "数量").click()
    seat.type("3箱").press("Enter")
    seat.reads("明细", 1, "单位", "箱")
    seat.reads("明细", 1, "数量", "3")
    seat.reads("明细", 1, "金额（含税）", "36.00")
    # Taken back together with its unit.
    seat.press("Control+z")
    seat.reads("明细", 1, "数量", "51")
    seat.press("Control+s")
    seat.sees("已保存")
    order = shop.world.ask('SELECT max(id) FROM "sales_order"')[0][0]
    assert shop.world.rows(RecordRef("sales_order", order), "lines", "product", "base_quantity") == [(goods, 51)]


def test_a_scan_gun_adds_rows_and_counts_them(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/sales_order/new")
    expect(seat.page.get_by_role("grid", name="明细")).to_be_visible()
    # The focus is in the head, as it is after opening the page: a gun does not care.
    expect(seat.field("客户").get_by_role("combobox")).to_be_focused()
    for code, place, count in ((CODE, 1, "1"), (CODE, 1, "2"), (OTHER, 2, "1"), (CODE, 1, "3")):
        _scan(seat, code)
        seat.reads("明细", place, "数量", count)
    seat.reads("明细", 1, "商品", "同步带轮")
    seat.reads("明细", 2, "商品", "同步带")
    expect(seat.value("含税合计")).to_contain_text("67.50")
    expect(seat.field("客户")).not_to_contain_text(CODE)
    _scan(seat, "9999999999994")
    seat.sees("有 1 个编码没有加进来")


def test_a_table_from_excel_is_pasted_and_undone(shop: Shop, seat: Seat) -> None:
    seat.enter(shop.boss).go("/sales_order/new")
    seat.cell("明细", 1, "商品").click()
    table = "商品\t数量\n同步带轮\t20\n轴承座\t3\n同步带\t5\n"
    _paste(seat, table)
    seat.page.get_by_role("button", name="加入 3 行").click()
    expect(seat.value("含税合计")).to_contain_text("535.00")
    seat.reads("明细", 3, "商品", "同步带")
    seat.press("Control+z")
    expect(seat.value("含税合计")).to_contain_text("0.00")


def test_packs_in_a_pasted_message_are_counted_once_the_product_is_known(shop: Shop, seat: Seat) -> None:
    box = shop.world.made("unit", code="BOX12", name="箱").id
    shop.goods("油封", "2", units=[{"alternative": box, "numerator": "12", "denominator": "1"}])
    seat.enter(shop.boss).go("/sales_order/new")
    seat.cell("明细", 1, "商品").click()
    _paste(seat, "油封 2箱3个\n轴承座 4\n")
    seat.page.get_by_role("button", name="加入 2 行").click()
    seat.reads("明细", 1, "数量", "27")
    expect(seat.cell("明细", 1, "数量")).to_contain_text("2箱3个")
    seat.reads("明细", 1, "金额（含税）", "54.00")
    expect(seat.value("含税合计")).to_contain_text("234.00")
    # A unit that the product does not have stays as it was pasted, and is shown to be wrong.
    seat.cell("明细", 3, "商品").click()
    _paste(seat, "油封 2桶3个\n轴承座 1\n")
    seat.page.get_by_role("button", name="加入 2 行").click()
    seat.reads("明细", 3, "数量", "2桶3个")
    expect(seat.cell("明细", 3, "数量")).to_have_attribute("aria-invalid", "true")


def _paste(seat: Seat, text: str) -> None:
    seat.page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def _scan(seat: Seat, code: str) -> None:
    """As a gun types: a burst with an Enter at its end. The keys say when they were pressed, however late they come."""
    method = seat.context.new_cdp_session(seat.page)
    began = time.time()
    for place, key in enumerate([*code, "Enter"]):
        at = {"key": key, "text": "\r" if key == "Enter" else key, "timestamp": began + place * GUN_S}
        method.send("Input.dispatchKeyEvent", {"type": "keyDown", **at})
        method.send("Input.dispatchKeyEvent", {"type": "keyUp", **at})
    method.detach()
