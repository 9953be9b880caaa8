"""Two people at one document: each sees what the other does, nobody overwrites anybody, words reach their reader."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.seat import Seat
from tests.browser.shop import Shop


def test_two_people_change_one_order(shop: Shop, seats: Callable[..., Seat]) -> None:
    goods = shop.goods("直线导轨", "50", stock="10")
    order = shop.world.order(shop.world.customer("华东精工机械"), (goods, "2"))
    address = f"/sales_order/{order.id}"
    one = seats().enter(shop.boss).go(address)
    other = seats().enter(shop.person("sales_manager", "苏梅")).go(address)
    for seat in (one, other):
        expect(seat.field("备注").get_by_role("textbox")).to_be_visible()

    # What one saves, the other sees without asking.
    other.field("备注").get_by_role("textbox").fill("客户要求周五前到货")
    other.press("Control+s")
    other.sees("已保存")
    expect(one.field("备注").get_by_role("textbox")).to_have_value("客户要求周五前到货")

    # Both change the same field, and one of them another one as well.
    one.field("备注").get_by_role("textbox").fill("改为下周一")
    one.field("预计发货日期").get_by_role("textbox").fill("2030-05-06")
    one.press("Enter")
    other.field("备注").get_by_role("textbox").fill("改为自提")
    other.press("Control+s")
    one.sees(re.compile("苏梅.*也改了这条记录"))
    one.expects(409).press("Control+s")
    expect(one.dialog).to_contain_text("您和别人改了同一处")
    clash = one.dialog.get_by_role("listitem").filter(has_text="备注")
    expect(clash).to_contain_text("苏梅")
    expect(clash).to_contain_text("客户要求周五前到货")
    expect(clash.get_by_role("radio", name=re.compile("改为下周一"))).to_be_checked()
    clash.get_by_role("radio", name=re.compile("改为自提")).check()
    one.button("按选定的保存").click()
    expect(one.field("备注").get_by_role("textbox")).to_have_value("改为自提")
    expect(one.page.get_by_text("未保存")).to_have_count(0)
    assert shop.world.value(order, "note") == "改为自提"
    assert str(shop.world.value(order, "ship_on")) == "2030-05-06"


def test_a_step_is_not_taken_over_what_somebody_else_has_changed_meanwhile(
    shop: Shop, seats: Callable[..., Seat]
) -> None:
    goods = shop.goods("滑块", "20", stock="10")
    order = shop.world.order(shop.world.customer("滑块客户"), (goods, "2"))
    seat = seats().enter(shop.boss).go(f"/sales_order/{order.id}")
    seat.expects(409).button("审核").click()
    sure = seat.dialog.get_by_role("button", name="确认审核")
    expect(sure).to_be_enabled()
    shop.world.change(order, note="先不要审核")
    sure.click()
    expect(seat.dialog).to_contain_text("备注已由")
    assert shop.world.state(order) == "draft"
    seat.dialog.get_by_role("button", name="按最新内容重看").click()
    expect(seat.dialog.get_by_text("备注已由")).to_have_count(0)
    sure.click()
    expect(sure).to_have_count(0)
    assert shop.world.state(order) == "approved"


def test_who_is_mentioned_is_told_and_led_there(shop: Shop, seats: Callable[..., Seat]) -> None:
    customer = shop.world.customer("北方重工集团")
    reader = seats().enter(shop.boss).go()
    expect(reader.page.get_by_role("button", name="通知，0 条未读")).to_be_visible()
    writer = seats().enter(shop.person("sales_manager", "苏梅")).go(f"/customer/{customer}")
    words = writer.page.get_by_label("评论", exact=True)
    words.click()
    words.press_sequentially("@罗建")
    writer.page.get_by_role("menuitem", name="罗建平").or_(
        writer.page.locator(".ant-mentions-dropdown-menu-item", has_text="罗建平")
    ).first.click()
    words.press_sequentially("额度可以放到十万吗？")
    words.press("Control+Enter")
    expect(writer.page.locator(".said")).to_contain_text("额度可以放到十万吗")
    bell = reader.page.get_by_role("button", name="通知，1 条未读")
    expect(bell).to_be_visible()
    bell.click()
    reader.page.locator(".notice").filter(has_text="额度可以放到十万吗").click()
    expect(reader.page).to_have_url(f"{shop.address}/customer/{customer}")
    expect(reader.page.get_by_role("button", name="通知，0 条未读")).to_be_visible()
