"""From order to money on the pages: by keyboard alone, refused with every reason, shipped, collected, looked into."""

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import expect

from onebook.values.reference import RecordRef
from tests.browser.seat import Seat
from tests.browser.shop import Shop


def test_an_order_is_made_and_approved_by_keyboard_alone(shop: Shop, seat: Seat) -> None:
    customer = shop.world.customer("华东精工机械")
    bearing = shop.goods("轴承座", "45", stock="100")
    belt = shop.goods("同步带轮", "12.5", stock="100")
    seat.enter(shop.boss).go()
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text(shop.boss.name)
    seat.press("Control+k").type("xsdd")
    expect(seat.page.get_by_role("option", selected=True)).to_contain_text("销售订单")
    seat.press("Enter")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("销售订单")
    seat.press("n")
    box = seat.field("客户").get_by_role("combobox")
    expect(box).to_be_focused()
    # Nobody waits for the list: Enter takes the first that is found, as soon as it is found.
    seat.type("hdjg").press("Enter")
    expect(seat.field("客户")).to_contain_text("华东精工机械")

    seat.tab_into("明细")
    for place, (initials, name, quantity) in enumerate((("zcz", "轴承座", "12"), ("tbdl", "同步带轮", "40")), 1):
        seat.type(initials)
        expect(seat.offered.first).to_contain_text(name)
        seat.press("Enter")
        seat.reads("明细", place, "商品", name)
        # Over the unit, which is known from the product, to the quantity.
        seat.press("Enter").type(quantity)
        # Formulas follow while it is typed.
        seat.reads("明细", place, "金额（含税）", {1: "540.00", 2: "500.00"}[place])
        seat.press("ArrowDown", "Home")
    expect(seat.value("含税合计")).to_contain_text("1,040.00")
    seat.reads("明细", 1, "现存量", "100")

    # The step that comes next, whichever that is: handed in, then approved after a look at what that does.
    seat.press("Control+Enter")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("待审批")
    seat.press("Control+Enter")
    expect(seat.dialog.get_by_role("button", name="确认审核")).to_be_enabled()
    expect(seat.dialog).to_contain_text("应收账款")
    seat.press("Control+Enter")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("已审核")
    stored = shop.world.ask(
        "SELECT o.state, l.product, l.quantity, l.amount"
        " FROM sales_order o JOIN sales_order__lines l ON l.parent = o.id"
        " WHERE o.customer = %(customer)s ORDER BY l.position",
        customer=customer,
    )
    assert stored == [
        ("approved", bearing, Decimal(12), Decimal("540.00")),
        ("approved", belt, Decimal(40), Decimal("500.00")),
    ]


def test_refused_for_credit_with_every_reason_and_then_mended(shop: Shop, seat: Seat) -> None:
    customer = shop.world.customer("南山电机", credit_limit="1000", active=False)
    motor = shop.goods("减速电机", "100", stock="50")
    old = shop.goods("老式联轴器", "10", stock="50", active=False)
    order = shop.world.order(customer, (motor, "12"), (old, "3"))
    seat.enter(shop.boss).go(f"/sales_order/{order.id}")
    # What stands against it is said before anybody presses anything.
    seat.sees("暂不能“审核”：客户已停用；有商品已停用")
    expect(seat.button("审核")).to_be_disabled()
    shop.world.change(RecordRef("customer", customer), active=True)
    seat.page.get_by_role("button", name="删除第 2 行").click()
    seat.button("保存").click()
    seat.button("审核").click()
    # The rest is in the book: how much credit there is, and by how much it is too little.
    expect(seat.dialog.get_by_role("button", name="确认审核")).to_be_disabled()
    expect(seat.dialog).to_contain_text("应收账款（南山电机）：限额 1,000，本次之后将达到 1,200，超出 200。")
    seat.press("Escape")
    expect(seat.page.get_by_role("dialog")).to_have_count(0)

    seat.cell("明细", 1, "数量").click()
    seat.type("10").press("Enter")
    expect(seat.value("含税合计")).to_contain_text("1,000.00")
    seat.button("保存并审核").click()
    seat.dialog.get_by_role("button", name="确认审核").click()
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("已审核")
    assert shop.world.state(order) == "approved"


def test_refused_for_stock_with_every_reason_and_then_mended(shop: Shop, seat: Seat) -> None:
    screw, nut = shop.goods("内六角螺钉", "1", stock="5"), shop.goods("六角螺母", "1", stock="6")
    order = shop.world.order(shop.world.customer("西湖泵业"), (screw, "8"), (nut, "8"), then="approve")
    delivery = shop.world.delivery_of(order)
    seat.enter(shop.person("warehouse_keeper", "石磊")).go(f"/sales_delivery/{delivery.id}")
    seat.button("出库").click()
    # What is there is reserved for this very order; the rest is short.
    for name, short in (("内六角螺钉", "3"), ("六角螺母", "2")):
        expect(seat.dialog).to_contain_text(f"库存（{name}、主仓库）：需要 {short}，可用 0。")
    expect(seat.dialog.get_by_role("button", name="确认出库")).to_be_disabled()
    seat.press("Escape")
    expect(seat.page.get_by_role("dialog")).to_have_count(0)
    for row, quantity in ((1, "5"), (2, "6")):
        seat.cell("明细", row, "数量（基本单位）").click()
        seat.type(quantity).press("Enter")
    seat.button("保存并出库").click()
    seat.dialog.get_by_role("button", name="确认出库").click()
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("已出库")
    assert [shop.world.line(order, "shipped", place) for place in (0, 1)] == [5, 6]


def test_shipped_collected_allocated_and_the_balance_opened(shop: Shop, seats: Callable[..., Seat]) -> None:
    customer = shop.world.customer("中原轴承")
    goods = shop.goods("滚珠丝杠", "250", stock="10")
    order = shop.world.order(customer, (goods, "4"), then="approve")
    number = shop.world.value(order, "number")
    keeper = (
        seats().enter(shop.person("warehouse_keeper", "石磊")).go(f"/sales_delivery/{shop.world.delivery_of(order).id}")
    )
    expect(keeper.button("出库")).to_be_enabled()
    keeper.press("Control+Enter")
    expect(keeper.dialog.get_by_role("button", name="确认出库")).to_be_enabled()
    keeper.press("Control+Enter")
    expect(keeper.page.get_by_role("heading", level=1)).to_contain_text("已出库")

    money = seats().enter(shop.person("accountant", "方丽娟")).go("/receipt/new")
    money.choose("客户", "zyzc", "中原轴承")
    money.field("收款金额").get_by_role("spinbutton").or_(money.field("收款金额").get_by_role("textbox")).fill("600")
    money.button("保存并收款").click()
    money.dialog.get_by_role("button", name="确认收款").click()
    expect(money.page.get_by_role("heading", level=1)).to_contain_text("已收款")
    expect(money.value("未核销金额")).to_contain_text("600.00")

    [[receipt]] = shop.world.ask("SELECT number FROM receipt WHERE customer = %(customer)s", customer=customer)

    money.go("/allocation/new")
    money.choose("客户", "zyzc", "中原轴承")
    money.cell("明细", 1, "收款单").click()
    for column, written in (("收款单", receipt), ("销售订单", number)):
        expect(money.page.get_by_role("combobox", name=f"{column}，第 1 行")).to_be_focused()
        money.type(written)
        expect(money.offered.first).to_contain_text(written)
        money.press("Enter")
    # As much as is there: the smaller of what came and what is owed.
    money.reads("明细", 1, "核销金额", "600.00")
    money.button("保存并核销").click()
    money.dialog.get_by_role("button", name="确认核销").click()
    expect(money.page.get_by_role("heading", level=1)).to_contain_text("已核销")

    money.go(f"/sales_order/{order.id}")
    expect(money.value("应收余额")).to_contain_text("400.00")
    money.value("应收余额").get_by_role("button").click()
    drawer = money.dialog
    # The entries of the book that it is the sum of: goods, their tax, and what came in.
    for figure in ("884.96", "115.04", "-600.00"):
        expect(drawer).to_contain_text(figure)
    expect(drawer).to_contain_text("合计400.00")
    drawer.get_by_text("销售出库单").first.click()
    expect(money.page.get_by_role("heading", level=1)).to_contain_text("已出库")
