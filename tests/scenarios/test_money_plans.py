"""Plans of money: instalments that are collected and paid by what falls due first, gates, and when a debt arises."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from onebook.engines.process.command import Update
from onebook.engines.process.refusals import RequirementsFailed
from onebook.values.reference import RecordRef
from tests.scenarios.test_money_documents import amount, books
from tests.scenarios.world import World


def setting(world: World, **values: str) -> None:
    number, version = world.ask("SELECT id, version FROM company")[0]
    record = RecordRef("company", number)
    assert version == world.version(record)
    world.change(record, **values)


def plan(world: World, order: RecordRef) -> list[tuple[Any, Any]]:
    column = "collected" if order.form == "sales_order" else "paid_off"
    return [(done, left) for done, left in world.rows(order, "instalments", column, "outstanding")]


THREE = [
    {"due_on": "2026-03-20", "percent": "0.3"},
    {"due_on": "2026-03-11", "fixed": "20"},
    {"due_on": "2026-05-01", "percent": "0.4", "note": "尾款"},
]


def test_money_pays_what_falls_due_first(world: World) -> None:
    part, firm = world.product("分期件", price="100"), world.customer("分期客户")
    world.stock(part, "10")
    order = world.order(firm, (part, "1"), instalments=THREE)
    before = books(world)
    world.run(order, "approve")
    assert plan(world, order) == [(0, 30), (0, 20), (0, 40)]
    assert world.value(order, "planned") == 100, "what no instalment names is due with the order"
    deposit = world.receipt(firm, "35", order=order.id)
    assert plan(world, order) == [(15, 15), (20, 0), (0, 40)]
    assert world.value(order, "planned") == 65
    world.ship(order)
    assert world.value(order, "planned") == 65, "goods move nothing of the plan"
    receipt = world.receipt(firm, "65")
    assert world.value(order, "planned") == 65, "nor does money that is nobody's yet"
    paid = world.allocate(firm, (receipt, order, "65"))
    assert plan(world, order) == [(30, 0), (20, 0), (40, 0)]
    assert world.value(order, "planned") == 0
    world.undo(paid)
    assert world.value(order, "planned") == 65
    world.undo(receipt)
    world.undo(delivery_of(world, order))
    world.undo(deposit)
    assert plan(world, order) == [(0, 30), (0, 20), (0, 40)]
    world.undo(order)
    assert books(world) == before


def test_rows_of_one_allocation_go_on_where_the_row_before_ended(world: World) -> None:
    """Three receipts of one allocation pay the instalment and then what stands beside it."""
    part, firm = world.product("多笔核销件", price="100"), world.customer("多笔核销客户")
    world.stock(part, "10")
    order = world.order(firm, (part, "1"), instalments=[{"due_on": "2026-03-20", "percent": "0.3"}], then="approve")
    world.ship(order)
    rows = [(world.receipt(firm, some), order, some) for some in ("20", "25", "15")]
    paid = world.allocate(firm, *rows)
    assert (plan(world, order), world.value(order, "planned")) == ([(30, 0)], 40)
    world.undo(paid)
    assert (plan(world, order), world.value(order, "planned")) == ([(0, 30)], 100)
    world.allocate(firm, *rows, (world.receipt(firm, "40"), order, "40"))
    assert (plan(world, order), world.value(order, "planned")) == ([(30, 0)], 0)


def delivery_of(world: World, order: RecordRef) -> RecordRef:
    """The posted delivery of an order."""
    rows = world.ask("SELECT id FROM sales_delivery WHERE \"order\" = %(id)s AND state = 'shipped'", id=order.id)
    return RecordRef("sales_delivery", rows[0][0])


def test_a_plan_does_not_exceed_its_order(world: World) -> None:
    part, firm = world.product("超额件", price="100"), world.customer("超额客户")
    rows = [{"due_on": "2026-03-20", "fixed": "100.01"}]
    order = world.order(firm, (part, "1"), instalments=rows)
    with pytest.raises(RequirementsFailed):
        world.run(order, "approve")


def test_the_first_instalment_opens_the_gate(world: World) -> None:
    part, firm = world.product("首付件", price="100"), world.customer("首付客户")
    world.stock(part, "1")
    rows = [{"due_on": "2026-03-10", "percent": "0.3"}, {"due_on": "2026-04-10", "percent": "0.7"}]
    order = world.order(firm, (part, "1"), then="approve", first_instalment=True, instalments=rows)
    with pytest.raises(RequirementsFailed):
        world.ship(order)
    world.receipt(firm, "29.99", order=order.id)
    with pytest.raises(RequirementsFailed):
        world.ship(order)
    world.receipt(firm, "0.01", order=order.id)
    world.ship(order)
    assert world.value(order, "open_amount") == 70


def test_closing_short_leaves_only_what_is_owed(world: World) -> None:
    part, firm = world.product("短交件", price="10"), world.customer("短交客户")
    world.stock(part, "10")
    order = world.order(firm, (part, "10"), then="approve", instalments=[{"due_on": "2026-04-01", "percent": "1"}])
    world.ship(order, "4")
    before = books(world)
    world.run(order, "close")
    assert (world.value(order, "planned"), amount(world, "receivable", party=firm)) == (40, 40)
    receipt = world.receipt(firm, "40")
    paid = world.allocate(firm, (receipt, order, "40"))
    assert world.value(order, "planned") == 0
    world.undo(paid)
    world.undo(receipt)
    world.undo(order)
    assert books(world) == before


def test_a_purchase_is_paid_by_plan(world: World) -> None:
    maker = world.supplier("分期厂")
    rows = [{"due_on": "2026-03-15", "percent": "0.5"}, {"due_on": "2026-04-15", "percent": "0.5"}]
    lines = [{"product": world.product("分期料", cost="100"), "quantity": "1"}]
    order = world.made("purchase_order", "approve", supplier=maker, lines=lines, instalments=rows)
    assert world.value(order, "planned") == 100
    world.run(world.draft_of("purchase_receipt", order), "receive")
    before = books(world)
    payment = world.made("payment", "post", supplier=maker, amount="60", fee="2")
    paid = world.made(
        "payable_allocation", "allocate", supplier=maker, lines=[{"payment": payment.id, "order": order.id}]
    )
    assert plan(world, order) == [(50, 0), (10, 40)]
    assert (world.value(order, "planned"), world.value(order, "open_amount")) == (40, 40)
    world.undo(paid)
    world.undo(payment)
    assert books(world) == before


def test_a_receivable_may_arise_at_approval(world: World) -> None:
    setting(world, receivable_at="approval")
    try:
        part, firm = world.product("先认件", price="100"), world.customer("先认客户")
        world.stock(part, "3")
        order = world.order(firm, (part, "3"), then="approve")
        claim = world.draft_of("receivable_claim", order)
        before = books(world)
        world.run(claim, "claim")
        assert (amount(world, "receivable", party=firm), amount(world, "revenue", party=firm)) == (300, 0)
        assert (world.value(order, "received"), world.value(order, "to_collect")) == (0, 300)
        world.undo(claim)
        assert books(world) == before
        claim = world.made("receivable_claim", "claim", order=order.id)
        delivery = world.ship(order, "1")
        assert amount(world, "receivable", party=firm) == 300, "what is delivered was claimed already"
        assert amount(world, "claimed_ahead", party=firm) == -200
        assert amount(world, "revenue", party=firm) == Decimal("-88.50")
        assert (world.value(order, "received"), world.value(order, "to_collect")) == (0, 300)
        world.undo(delivery)
        assert amount(world, "claimed_ahead", party=firm) == -300
    finally:
        setting(world, receivable_at="delivery")


def test_claims_take_no_credit_twice(world: World) -> None:
    part, firm = world.product("信用件", price="100"), world.customer("信用客户", credit_limit="100")
    order = world.order(firm, (part, "1"), then="approve")
    world.made("receivable_claim", "claim", order=order.id)
    assert amount(world, "receivable", party=firm) == 100


def test_days_of_a_plan_default_to_the_order(world: World) -> None:
    part, firm = world.product("默认件", price="100"), world.customer("默认客户", payment_days=10)
    order = world.order(firm, (part, "1"), instalments=[{"percent": "1"}])
    assert world.rows(order, "instalments", "due_on", "amount") == [(date(2026, 3, 20), 100)]


def returned(world: World, order: RecordRef, quantity: str = "1") -> RecordRef:
    """What was shipped comes back."""
    rows = world.rows(delivery_of(world, order), "lines", "id")
    lines = [{"delivery_line": row, "quantity": quantity} for (row,) in rows]
    made = world.made("sales_return", "approve", order=order.id, lines=lines)
    world.run(made, "receive")
    return made


def test_what_comes_back_is_not_collected_nor_invoiced(world: World) -> None:
    part, firm = world.product("退货件", price="113"), world.customer("退货客户")
    world.stock(part, "2")
    order = world.order(firm, (part, "2"), then="approve")
    world.ship(order)
    delivery = delivery_of(world, order)
    before = books(world)
    back = returned(world, order)
    assert (world.value(order, "planned"), world.value(order, "open_amount")) == (113, 113)
    assert world.value(delivery, "to_invoice") == 113
    world.undo(back)
    world.undo(back)
    assert books(world) == before


def test_paid_goods_that_come_back_are_refunded_and_not_planned_again(world: World) -> None:
    part, firm = world.product("退款件", price="113"), world.customer("退货退款")
    world.stock(part, "1")
    order = world.order(firm, (part, "1"), then="approve")
    world.receipt(firm, "113", order=order.id)
    world.ship(order)
    returned(world, order)
    assert (world.value(order, "planned"), world.value(order, "deposit")) == (0, 113)
    refund = world.made("refund", "approve", customer=firm, order=order.id, reason="退货")
    world.run(refund, "pay")
    assert (world.value(order, "planned"), world.value(order, "deposit")) == (0, 0)
    assert amount(world, "receivable", party=firm) == 0


def test_a_deposit_given_back_is_to_be_collected_again(world: World) -> None:
    part, firm = world.product("再收件", price="100"), world.customer("再收客户")
    rows = [{"due_on": "2026-04-01", "percent": "0.5"}]
    order = world.order(firm, (part, "1"), then="approve", instalments=rows)
    world.receipt(firm, "70", order=order.id)
    before = books(world)
    refund = world.made("refund", "approve", customer=firm, order=order.id, amount="30", reason="先退一部分")
    assert world.value(order, "planned") == 60
    assert plan(world, order) == [(40, 10)]
    world.undo(refund)
    assert books(world) == before


def test_an_amended_order_has_an_amended_plan(world: World) -> None:
    part, firm = world.product("变更件", price="100"), world.customer("变更客户")
    order = world.order(firm, (part, "2"), then="approve", instalments=[{"due_on": "2026-04-01", "percent": "0.5"}])
    assert (world.value(order, "planned"), plan(world, order)) == (200, [(0, 100)])
    row = world.rows(order, "lines", "id")[0][0]
    lines = [{"id": row, "quantity": "1"}]
    world.do(Update(order, world.version(order), {"lines": lines}, then="amend"))
    assert (world.value(order, "planned"), plan(world, order)) == (100, [(0, 50)])
    world.receipt(firm, "100", order=order.id)
    world.do(Update(order, world.version(order), {"lines": [{"id": row, "price": "80"}]}, then="amend"))
    assert (world.value(order, "planned"), world.value(order, "to_collect")) == (0, -20), "20 may be given back"
    refund = world.made("refund", "approve", customer=firm, order=order.id, amount="20", reason="降价")
    assert (world.value(order, "planned"), world.value(order, "to_collect")) == (0, 0)
    assert world.value(refund, "owed") == 20
