"""From an order to collected money: goods reserved, waiting, received, shipped in parts; the receivable collected."""

from decimal import Decimal

from onebook.engines.process.command import Create
from tests.scenarios.world import World


def test_the_whole_loop(world: World) -> None:
    bolt = world.product("六角螺栓", price="11.30", cost="6.78")
    acme, maker = world.customer("大明机械"), world.supplier("标准件厂")
    world.stock(bolt, "10", "6.00")

    order = world.order(acme, (bolt, "15"))
    world.run(order, "approve")
    assert (world.line(order, "waiting"), world.line(order, "to_ship")) == (5, 15)
    assert world.available(bolt) == 0
    assert world.value(order, "to_collect") == Decimal("169.50")
    assert world.value(order, "progress") == "awaiting_shipment"

    purchase = world.purchase(maker, (bolt, "8"))
    world.run(world.draft_of("purchase_receipt", purchase), "receive")
    assert world.line(order, "waiting") == 0, "arriving goods serve who waits, in the same transaction"
    assert world.available(bolt) == 3
    assert world.line(purchase, "received") == 8

    world.ship(order, "6")
    assert (world.line(order, "shipped"), world.value(order, "fulfilment")) == (6, "partial")
    assert world.value(order, "open_amount") == Decimal("67.80")
    assert world.value(order, "to_collect") == Decimal("169.50")

    world.run(order, "deliver")
    world.ship(order)
    assert (world.line(order, "shipped"), world.value(order, "fulfilment")) == (15, "full")
    assert world.value(order, "open_amount") == Decimal("169.50")
    assert world.value(order, "progress") == "shipped"

    receipt = world.receipt(acme, "200")
    world.allocate(acme, (receipt, order, "169.50"))
    assert world.value(order, "open_amount") == 0
    assert world.value(order, "payment") == "full"
    assert world.value(order, "progress") == "completed"
    assert world.value(receipt, "unallocated") == Decimal("30.50")
    assert world.balance("revenue", party=acme)[1] == Decimal("-150.00")
    assert world.balance("receivable", party=acme)[1] == 0


def test_a_sale_takes_its_share_of_the_value(world: World) -> None:
    nut = world.product("螺母", price="2")
    world.stock(nut, "3", "3.333333")
    world.ship(world.order(world.customer("小客户"), (nut, "2"), then="approve"))
    assert world.balance("on_hand", item=nut) == (1, Decimal("3.33"))
    world.ship(world.order(world.customer("再来一位"), (nut, "1"), then="approve"))
    assert world.balance("on_hand", item=nut) == (0, 0)


def test_made_and_approved_in_one_breath(world: World) -> None:
    washer = world.product("垫圈")
    world.stock(washer, "5")
    values = {"customer": world.customer("一口气"), "lines": [{"product": washer, "quantity": "2"}]}
    outcome = world.do(Create("sales_order", values, "approve"))
    assert outcome.state == "approved"
    assert outcome.number is not None
    assert [made.form for made in outcome.created] == ["sales_delivery"]
    assert world.line(outcome.record, "to_ship") == 2
    assert world.rows(outcome.created[0], "lines", "quantity", "amount") == [(Decimal(2), Decimal("20.00"))]


def test_parts_of_a_line_add_up_to_the_cent(world: World) -> None:
    pin = world.product("销", price="3.333333")
    world.stock(pin, "10")
    order = world.order(world.customer("三批"), (pin, "3"), then="approve")
    world.ship(order, "1")
    for _ in range(2):
        world.run(order, "deliver")
        delivery = world.delivery_of(order)
        if world.line(order, "to_ship") > 1:
            world.cut(delivery, "1")
        world.run(delivery, "ship")
    assert world.value(order, "open_amount") == world.value(order, "total") == Decimal("10.00")


def test_money_before_goods(world: World) -> None:
    cog = world.product("齿轮", price="50")
    world.stock(cog, "10")
    firm = world.customer("先款客户", pay_first=True)
    order = world.order(firm, (cog, "2"), then="approve")
    assert world.value(order, "progress") == "awaiting_payment"
    world.receipt(firm, "100", order=order.id)
    assert world.value(order, "deposit") == Decimal("100.00")
    assert world.value(order, "progress") == "awaiting_shipment"
    world.ship(order)
    assert world.value(order, "open_amount") == 0
    assert world.value(order, "deposit") == 0
    assert world.value(order, "progress") == "completed"


def test_cancelling_lets_go_of_everything(world: World) -> None:
    gear = world.product("伞齿轮")
    world.stock(gear, "4")
    first = world.order(world.customer("取消客户"), (gear, "3"), then="approve")
    second = world.order(world.customer("等货客户"), (gear, "3"), then="approve")
    assert world.line(second, "waiting") == 2
    world.run(first, "cancel")
    assert (world.line(first, "to_ship"), world.value(first, "to_collect")) == (0, 0)
    assert world.line(second, "waiting") == 0, "what is let go serves who waits"


def test_a_deposit_that_came_after_the_goods_left_is_allocated_by_hand(world: World) -> None:
    bolt, customer = world.product("螺栓", price="10"), world.customer("后付厂")
    world.stock(bolt, "10")
    order = world.order(customer, (bolt, "6"), then="approve")
    delivery = world.draft_of("sales_delivery", order)
    [row] = world.ask("SELECT id FROM sales_delivery__lines WHERE parent = %(id)s", id=delivery.id)
    world.change(delivery, lines=[{"id": row[0], "quantity": "4"}])
    world.run(delivery, "ship")
    receipt = world.made("receipt", "post", customer=customer, order=order.id, amount="50")
    amounts = "SELECT open_amount, deposit, received, to_collect FROM sales_order WHERE id = %(id)s"
    assert world.ask(amounts, id=order.id) == [(40, 50, 50, 10)]
    lines = [{"receipt": receipt.id, "order": order.id}]
    allocation = world.made("allocation", "allocate", customer=customer, lines=lines)
    assert world.ask(amounts, id=order.id) == [(0, 10, 50, 10)]
    world.undo(allocation)
    assert world.ask(amounts, id=order.id) == [(40, 50, 50, 10)]


def test_a_line_without_a_price_ships_like_any_other(world: World) -> None:
    bolt, gift, customer = world.product("螺栓"), world.product("赠品", price="0"), world.customer("赠品厂")
    world.stock(bolt, "10")
    world.stock(gift, "10")
    order = world.order(customer, (bolt, "2"), (gift, "1"), then="approve")
    world.run(world.draft_of("sales_delivery", order), "ship")
    assert world.ask("SELECT fulfilment, billed, total FROM sales_order WHERE id = %(id)s", id=order.id) == [
        ("full", 20, 20)
    ]
