"""Goods that come back and goods that go back: to their lots, at their amounts, with the money that hung on them."""

from decimal import Decimal

import pytest

from onebook.engines.process.refusals import RequirementsFailed
from onebook.ledger.refusals import HoldExceeded
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.gauge import book, came_back, goods, lots, money, received, sent_back
from tests.scenarios.world import World


def figures(world: World, order: RecordRef) -> dict[str, Decimal]:
    names = ("billed", "open_amount", "deposit", "received", "to_collect")
    return {name: world.value(order, name) for name in names}


def shipped(
    world: World, name: str, quantity: str = "10", price: str = "11.30", **more: str
) -> tuple[int, RecordRef, RecordRef]:
    """A product of which so many were sold and shipped: product, order, delivery."""
    part = world.product(name, price=price, **more)
    world.stock(part, "20", "6.00")
    order = world.order(world.customer(f"{name}客户"), (part, quantity), then="approve")
    return part, order, world.ship(order)


def test_an_approved_return_is_expected_and_nothing_else(world: World) -> None:
    part, _, delivery = shipped(world, "待退")
    before, stand = book(world), goods(world, part)
    record = came_back(world, delivery, "4", until=None)
    assert goods(world, part) == stand
    [expected] = world.ask(
        "SELECT expected_quantity FROM ledger_account WHERE role = 'on_hand' AND item = %(item)s AND control IS NULL",
        item=part,
    )
    assert expected == (4,)
    assert world.line(record, "to_come") == 4
    world.run(record, "cancel")
    assert book(world) == before


def test_a_return_comes_to_the_frozen_until_it_is_accepted(world: World) -> None:
    part, order, delivery = shipped(world, "退检")
    firm = world.value(order, "customer")
    approved = came_back(world, delivery, "4", until=None)
    before = book(world)
    assert money(world, "receivable", "revenue", party=firm) == (Decimal("113.00"), Decimal("-100.00"))
    world.run(approved, "receive")
    assert goods(world, part) == (14, 4, 0, 10, 0, 0, 0, Decimal("84.00"))
    assert world.balance("cost_of_sales", item=part) == (6, Decimal("36.00"))
    assert money(world, "receivable", "revenue", party=firm) == (Decimal("67.80"), Decimal("-60.00"))
    assert (world.line(order, "shipped"), world.line(order, "to_ship"), world.line(order, "let_go")) == (6, 0, 4)
    assert figures(world, order) == {
        "billed": Decimal("67.80"), "open_amount": Decimal("67.80"), "deposit": 0, "received": 0,
        "to_collect": Decimal("67.80"),
    }  # fmt: skip
    assert (world.value(order, "fulfilment"), world.value(order, "progress")) == ("full", "shipped")

    arrived = book(world)
    world.run(approved, "accept")
    assert goods(world, part)[:4] == (14, 0, 0, 14)
    world.undo(approved)
    assert book(world) == arrived
    world.undo(approved)
    assert book(world) == before


def test_what_cannot_be_used_is_an_expense(world: World) -> None:
    part, _, delivery = shipped(world, "退废")
    record = came_back(world, delivery, "4")
    before = book(world)
    world.run(record, "scrap")
    assert goods(world, part) == (10, 0, 0, 10, 0, 0, 0, Decimal("60.00"))
    assert world.balance("stock_loss", item=part) == (4, Decimal("24.00"))
    world.undo(record)
    assert book(world) == before


def test_one_line_is_partly_good_and_partly_scrapped(world: World) -> None:
    part, _, delivery = shipped(world, "退半", costing="fifo")
    record = came_back(world, delivery, "6")
    received_back = book(world)
    world.run(record, "inspect_parts")
    [(first,)] = world.ask("SELECT id FROM return_inspection WHERE sales_return = %(id)s", id=record.id)
    inspection = RecordRef("return_inspection", first)
    assert world.rows(inspection, "lines", "good", "bad") == [(6, 0)]
    world.change(inspection, lines=[{"id": world.rows(inspection, "lines", "id")[0][0], "good": "3", "bad": "2"}])
    world.run(inspection, "finish")
    assert goods(world, part) == (14, 1, 0, 13, 0, 0, 0, Decimal("84.00"))
    assert world.balance("stock_loss", item=part) == (2, Decimal("12.00"))
    assert world.value(record, "to_inspect") == 1
    lines = [{"return_line": world.rows(record, "lines", "id")[0][0], "good": "1", "bad": "1"}]
    with pytest.raises(HoldExceeded):
        world.made("return_inspection", "finish", sales_return=record.id, lines=lines)
    world.undo(inspection)
    assert book(world) == received_back
    assert world.line(record, "in_inspection") == 6


def test_without_inspection_it_serves_who_waits(world: World) -> None:
    part, _, delivery = shipped(world, "退用", quantity="20")
    waiting = world.order(world.customer("等退货"), (part, "3"), then="approve")
    assert world.line(waiting, "waiting") == 3
    came_back(world, delivery, "5", inspect=False)
    assert goods(world, part)[:4] == (5, 0, 3, 2)
    assert world.line(waiting, "waiting") == 0


def test_what_was_paid_becomes_the_orders_deposit(world: World) -> None:
    part, order, delivery = shipped(world, "退款")
    firm = world.value(order, "customer")
    receipt = world.receipt(firm, "113")
    world.allocate(firm, (receipt, order, "113"))
    before = book(world)
    record = came_back(world, delivery, "4", inspect=False)
    assert figures(world, order) == {
        "billed": Decimal("67.80"), "open_amount": 0, "deposit": Decimal("45.20"), "received": Decimal("113.00"),
        "to_collect": Decimal("-45.20"),
    }  # fmt: skip
    assert money(world, "receivable", "order_deposit", party=firm) == (0, Decimal("-45.20"))
    world.undo(record)
    world.undo(record)
    assert book(world) == before
    assert goods(world, part)[0] == 10


def test_returns_add_up_to_the_cent(world: World) -> None:
    part, order, delivery = shipped(world, "三退", quantity="3", price="3.333333")
    for _ in range(3):
        came_back(world, delivery, "1", inspect=False)
    assert figures(world, order) == {
        "billed": 0, "open_amount": 0, "deposit": 0, "received": 0, "to_collect": 0,
    }  # fmt: skip
    assert world.value(order, "fulfilment") == "returned"
    assert goods(world, part)[:4] == (20, 0, 0, 20)
    assert goods(world, part).value == Decimal("120.00")
    assert world.balance("revenue", item=part)[1] == 0
    with pytest.raises(Refusal):
        came_back(world, delivery, "1")


def test_it_comes_back_to_the_lots_that_it_left_at_their_cost(world: World) -> None:
    part, maker = world.product("退批", price="10", costing="fifo"), world.supplier("退批厂")
    for price in ("1.13", "2.26"):
        received(world, maker, {"product": part, "quantity": "5", "price": price})
    before = lots(world, part)
    order = world.order(world.customer("退批客户"), (part, "8"), then="approve")
    delivery = world.ship(order)
    received(world, maker, {"product": part, "quantity": "5", "price": "11.30"})
    first = came_back(world, delivery, "4", inspect=False)
    now = lots(world, part)
    assert [now[code] for code in before] == [(1, Decimal("1.00")), (5, Decimal("10.00"))]
    came_back(world, delivery, "4", inspect=False)
    now = lots(world, part)
    assert [now[code] for code in before] == [(5, Decimal("5.00")), (5, Decimal("10.00"))]
    assert world.balance("cost_of_sales", item=part) == (0, 0)
    assert first


def test_an_exchange_leaves_only_the_difference(world: World) -> None:
    part, order, delivery = shipped(world, "换货")
    firm = world.value(order, "customer")
    before = book(world)
    record = came_back(world, delivery, "4", exchange=True)
    assert (world.line(order, "shipped"), world.line(order, "to_ship"), world.line(order, "let_go")) == (6, 4, 0)
    assert goods(world, part)[:4] == (14, 4, 4, 6), "the returned ones are frozen, others are reserved instead"
    assert (world.value(order, "fulfilment"), world.value(order, "to_collect")) == ("partial", Decimal("113.00"))
    world.run(order, "deliver")
    again = world.ship(order)
    assert money(world, "receivable", "revenue", party=firm) == (Decimal("113.00"), Decimal("-100.00"))
    assert (world.line(order, "shipped"), world.value(order, "fulfilment")) == (10, "full")
    assert goods(world, part)[:4] == (10, 4, 0, 6)
    world.undo(again)
    world.undo(order)
    world.undo(record)
    world.undo(record)
    assert book(world) == before


def test_of_what_did_not_leave_nothing_comes_back(world: World) -> None:
    part, order, delivery = shipped(world, "没发")
    with pytest.raises(Refusal):
        came_back(world, delivery, "11")
    world.undo(delivery)
    with pytest.raises(RequirementsFailed):
        came_back(world, delivery, "1")
    assert goods(world, part)[0] == 20
    assert world.line(order, "shipped") == 0


def test_a_claim_on_arrival_is_allowed_on_the_price(world: World) -> None:
    part, order, delivery = shipped(world, "签收")
    firm = world.value(order, "customer")
    before, stand = book(world), goods(world, part)
    [row] = world.rows(delivery, "lines", "id")
    rows = [{"delivery_line": row[0], "problem": "short", "quantity": "2"}]
    claim = world.made("delivery_claim", delivery=delivery.id, lines=rows)
    assert book(world) == before, "a claim alone changes nothing"
    world.run(claim, "accept")
    assert goods(world, part) == stand
    assert money(world, "receivable", "sales_allowance", party=firm) == (Decimal("90.40"), Decimal("22.60"))
    assert (world.value(order, "allowance"), world.value(order, "received")) == (Decimal("22.60"), 0)
    assert world.value(order, "to_collect") == Decimal("90.40")
    world.undo(claim)
    assert book(world) == before


def test_a_claim_on_what_was_paid_becomes_deposit(world: World) -> None:
    _, order, delivery = shipped(world, "付后签收")
    firm = world.value(order, "customer")
    world.allocate(firm, (world.receipt(firm, "113"), order, "113"))
    [row] = world.rows(delivery, "lines", "id")
    rows = [{"delivery_line": row[0], "problem": "damaged", "quantity": "1"}]
    world.made("delivery_claim", "accept", delivery=delivery.id, lines=rows)
    assert money(world, "receivable", "order_deposit", party=firm) == (0, Decimal("-11.30"))
    assert world.value(order, "received") == Decimal("113.00")


def test_goods_go_back_to_the_supplier_from_their_lot_at_what_they_came_for(world: World) -> None:
    part, maker = world.product("退供", costing="fifo"), world.supplier("退供厂")
    old = received(world, maker, {"product": part, "quantity": "10", "price": "1.13"})
    received(world, maker, {"product": part, "quantity": "10", "price": "2.26"})
    order = RecordRef("purchase_order", world.value(old, "order"))
    before, stand = book(world), lots(world, part)
    record = sent_back(world, old, "4")
    first, second = stand
    assert lots(world, part) == {first: (6, Decimal("6.00")), second: (10, Decimal("20.00"))}
    assert money(world, "received_not_invoiced", party=maker) == (0,)
    assert money(world, "payable", party=maker) == (Decimal("-29.38"),)
    assert (world.line(order, "received"), world.line(order, "let_go")) == (6, 4)
    assert (world.value(order, "billed"), world.value(order, "open_amount")) == (Decimal("6.78"), Decimal("6.78"))
    assert world.value(order, "to_pay") == Decimal("6.78")
    world.undo(record)
    assert book(world) == before


def test_what_was_paid_to_the_supplier_becomes_credit(world: World) -> None:
    part, maker = world.product("付后退"), world.supplier("付后退厂")
    receipt = received(world, maker, {"product": part, "quantity": "10", "price": "1.13"})
    order = RecordRef("purchase_order", world.value(receipt, "order"))
    payment = world.made("payment", "post", supplier=maker, amount="11.30")
    rows = [{"payment": payment.id, "order": order.id, "amount": "11.30"}]
    world.made("payable_allocation", "allocate", supplier=maker, lines=rows)
    before = book(world)
    record = sent_back(world, receipt, "4")
    assert money(world, "payable", "supplier_credit", party=maker) == (0, Decimal("4.52"))
    assert (world.value(order, "paid"), world.value(order, "to_pay")) == (Decimal("11.30"), Decimal("-4.52"))
    world.undo(record)
    assert book(world) == before


def test_what_the_supplier_replaces_is_on_order_again(world: World) -> None:
    part, maker = world.product("换供"), world.supplier("换供厂")
    receipt = received(world, maker, {"product": part, "quantity": "10", "price": "1.13"})
    order = RecordRef("purchase_order", world.value(receipt, "order"))
    sent_back(world, receipt, "4", replace=True)
    assert goods(world, part)[:5] == (6, 0, 0, 6, 4)
    assert world.value(order, "fulfilment") == "partial"
    world.run(order, "receive_rest")
    world.run(world.draft_of("purchase_receipt", order), "receive")
    assert goods(world, part) == (10, 0, 0, 10, 0, 0, 0, Decimal("10.00"))
    assert world.value(order, "open_amount") == Decimal("11.30")


def test_what_was_sold_or_reserved_is_not_sent_back(world: World) -> None:
    part, maker = world.product("已卖"), world.supplier("已卖厂")
    receipt = received(world, maker, {"product": part, "quantity": "10", "price": "1.13"})
    world.order(world.customer("占着"), (part, "8"), then="approve")
    with pytest.raises(Refusal):
        sent_back(world, receipt, "3")
    sent_back(world, receipt, "2")
    assert goods(world, part)[:4] == (8, 0, 8, 0)


def test_what_the_supplier_credits_less_is_a_loss(world: World) -> None:
    part, maker = world.product("少认"), world.supplier("少认厂")
    receipt = received(world, maker, {"product": part, "quantity": "10", "price": "1.13"})
    order = RecordRef("purchase_order", world.value(receipt, "order"))
    before = book(world)
    rows = [{"receipt_line": world.rows(receipt, "lines", "id")[0][0], "quantity": "4", "credited": "4.00"}]
    record = world.made("purchase_return", "return_goods", order=order.id, lines=rows)
    assert money(world, "payable", "return_loss", party=maker) == (Decimal("-7.30"), Decimal("0.52"))
    assert (goods(world, part).value, world.value(order, "paid")) == (Decimal("6.00"), 0)
    world.undo(record)
    assert book(world) == before


def test_a_paid_delivery_that_is_taken_back_leaves_the_money_with_us(world: World) -> None:
    _, order, delivery = shipped(world, "红冲")
    firm = world.value(order, "customer")
    receipt = world.receipt(firm, "113")
    world.allocate(firm, (receipt, order, "113"))
    world.undo(delivery, followers=True)
    assert money(world, "receivable", "revenue", "customer_prepayment", party=firm) == (0, 0, Decimal("-113.00"))
    assert world.value(receipt, "unallocated") == Decimal("113.00")
    assert world.line(order, "to_ship") == 10
