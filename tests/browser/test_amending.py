"""An order changed after its approval: opened by the step itself, seen before it happens, refused with every reason."""

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import expect

from onebook.engines.process.command import Update
from tests.browser.seat import PHONE, Seat
from tests.browser.shop import Shop


def test_an_approved_order_is_amended(shop: Shop, seat: Seat) -> None:
    world = shop.world
    customer = world.customer("华东精工机械")
    rail, ring, seal = shop.goods("直线导轨", "50", "10"), shop.goods("挡圈", "2", "5"), shop.goods("油封", "8", "7")
    order = world.order(customer, (rail, "2"), (ring, "5"), then="approve")
    delivery = world.delivery_of(order)
    seat.enter(shop.boss).go(f"/sales_order/{order.id}")
    expect(seat.button("变更")).to_be_enabled()
    # Nothing can be typed before the step opens it; what it does not open stays closed.
    expect(seat.field("备注").get_by_role("textbox")).to_have_count(0)
    seat.button("变更").click()
    seat.sees("正在变更")
    expect(seat.field("备注").get_by_role("textbox")).to_be_visible()
    expect(seat.field("客户").get_by_role("combobox")).to_have_count(0)

    # One quantity is raised, one row goes, one comes.
    seat.cell("明细", 1, "数量").click()
    seat.type("8").press("Enter")
    seat.reads("明细", 1, "金额（含税）", "400.00")
    seat.page.get_by_role("button", name="删除第 2 行").click()
    seat.cell("明细", 2, "商品").click()
    seat.type("yf")
    expect(seat.offered.first).to_contain_text("油封")
    seat.press("Enter")
    seat.reads("明细", 2, "商品", "油封")
    seat.press("Enter").type("3")
    seat.reads("明细", 2, "金额（含税）", "24.00")
    expect(seat.value("含税合计")).to_contain_text("424.00")

    # The delivery that waits still means the row that is to go: it is named, and nothing is lost meanwhile.
    seat.press("Control+s")
    expect(seat.dialog).to_contain_text(f"原第 2 行在销售出库单的订单行中被使用：{world.value(delivery, 'number')}")
    expect(seat.dialog.get_by_role("button", name="确认变更")).to_be_disabled()
    seat.press("Escape")
    expect(seat.page.get_by_role("dialog")).to_have_count(0)
    seat.sees("正在变更")
    [kept] = [row[0] for row in world.rows(delivery, "lines", "id", "product") if row[1] == rail]
    world.change(delivery, lines=[{"id": kept}])

    seat.press("Control+s")
    expect(seat.dialog.get_by_role("button", name="确认变更")).to_be_enabled()
    for name, before, after in (("直线导轨", "8", "2"), ("挡圈", "0", "5"), ("油封", "7", "4")):
        moved = seat.dialog.get_by_role("listitem").filter(has=seat.page.get_by_role("button", name=name)).first
        expect(moved).to_contain_text("可用")
        expect(moved.locator("dd").filter(has_text=before).filter(has_text=after).first).to_be_visible()
    seat.press("Control+Enter")
    expect(seat.page.get_by_role("dialog")).to_have_count(0)
    expect(seat.page.get_by_text("正在变更")).to_have_count(0)
    expect(seat.value("含税合计")).to_contain_text("424.00")
    expect(seat.page.get_by_text("未保存")).to_have_count(0)
    assert world.rows(order, "lines", "product", "quantity", "to_ship") == [(rail, 8, 8), (seal, 3, 3)]
    assert [world.available(one) for one in (rail, ring, seal)] == [2, 5, 4]
    assert (world.value(order, "total"), world.value(order, "to_collect")) == (Decimal(424), Decimal(424))


def test_never_below_what_was_shipped_and_left_as_it_was(shop: Shop, seat: Seat) -> None:
    world = shop.world
    gear, pin = shop.goods("直齿轮", "10", "50"), shop.goods("圆柱销", "1", "50")
    order = world.order(world.customer("西湖泵业"), (gear, "10"), (pin, "20"), then="approve")
    world.ship(order, "6", "15")
    seat.enter(shop.boss).go(f"/sales_order/{order.id}")
    seat.button("变更").click()
    for row, quantity in ((1, "4"), (2, "9")):
        seat.cell("明细", row, "数量").click()
        seat.type(quantity).press("Enter")
    seat.button("保存并变更").click()
    # Every reason at once: both rows, and how much has gone already.
    for place, gone in (("第 1 行", "6"), ("第 2 行", "15")):
        expect(seat.dialog.get_by_role("listitem").filter(has_text=place).last).to_contain_text(gone)
    expect(seat.dialog.get_by_role("button", name="确认变更")).to_be_disabled()
    seat.press("Escape")
    expect(seat.page.get_by_role("dialog")).to_have_count(0)
    seat.reads("明细", 1, "数量", "4")

    # Escape leaves all as it was; a slip of the hand is taken back.
    seat.press("Escape")
    expect(seat.page.get_by_text("正在变更")).to_have_count(0)
    seat.reads("明细", 1, "数量", "10")
    seat.button("撤销").click()
    seat.sees("正在变更")
    seat.reads("明细", 1, "数量", "4")
    seat.button("取消").click()
    expect(seat.button("变更")).to_be_enabled()
    seat.reads("明细", 2, "数量", "20")
    assert world.rows(order, "lines", "quantity", "shipped") == [(10, 6), (20, 15)]


def test_what_was_typed_for_a_step_waits_for_whoever_comes_again(shop: Shop, seat: Seat) -> None:
    goods = shop.goods("滚子链", "30", "9")
    order = shop.world.order(shop.world.customer("南山电机"), (goods, "2"), then="approve")
    seat.enter(shop.boss).go(f"/sales_order/{order.id}")
    seat.button("变更").click()
    seat.cell("明细", 1, "数量").click()
    seat.type("3").press("Enter")
    # A link on the page asks before it leads away.
    seat.page.locator(".record-trail a").click()
    expect(seat.dialog).to_contain_text("还有没保存的内容")
    seat.button("离开").click()
    expect(seat.page).to_have_url(f"{shop.address}/sales_order")
    seat.go(f"/sales_order/{order.id}")
    seat.button("接着填").click()
    seat.sees("正在变更")
    seat.reads("明细", 1, "数量", "3")
    seat.press("Control+s")
    expect(seat.dialog.get_by_role("button", name="确认变更")).to_be_enabled()
    seat.press("Control+Enter")
    expect(seat.page.get_by_text("正在变更")).to_have_count(0)
    assert shop.world.rows(order, "lines", "quantity", "to_ship") == [(3, 3)]


def test_two_amend_at_once(shop: Shop, seats: Callable[..., Seat]) -> None:
    goods = shop.goods("联轴器", "20", "30")
    order = shop.world.order(shop.world.customer("中原轴承"), (goods, "2"), then="approve")
    seat = seats().enter(shop.boss).go(f"/sales_order/{order.id}")
    seat.button("变更").click()
    seat.cell("明细", 1, "数量").click()
    seat.type("6").press("Enter")
    [(line,)] = shop.world.rows(order, "lines", "id")
    shop.world.do(Update(order, shop.world.version(order), {"lines": [{"id": line, "quantity": "5"}]}, then="amend"))
    seat.expects(409).button("保存并变更").click()
    expect(seat.dialog).to_contain_text("您和别人改了同一处")
    seat.button("按选定的保存").click()
    # What is left of it stands on other values now: it is looked at once more.
    expect(seat.dialog.get_by_role("button", name="确认变更")).to_be_enabled()
    seat.dialog.get_by_role("button", name="确认变更").click()
    expect(seat.page.get_by_text("正在变更")).to_have_count(0)
    assert shop.world.rows(order, "lines", "quantity", "to_ship") == [(6, 6)]


def test_amended_on_a_phone(shop: Shop, seats: Callable[..., Seat]) -> None:
    goods = shop.goods("深沟球轴承", "12", "40")
    order = shop.world.order(shop.world.customer("东海船舶"), (goods, "2"), then="approve")
    seat = seats(**PHONE).enter(shop.boss).go(f"/sales_order/{order.id}")
    seat.button("变更").click()
    seat.sees("正在变更")
    seat.page.get_by_role("button", name="加 1").first.click()
    expect(seat.value("含税合计")).to_contain_text("36.00")
    seat.button("保存并变更").click()
    seat.dialog.get_by_role("button", name="确认变更").click()
    expect(seat.page.get_by_text("正在变更")).to_have_count(0)
    assert shop.world.rows(order, "lines", "quantity", "to_ship") == [(3, 3)]
