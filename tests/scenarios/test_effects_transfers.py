"""Goods between warehouses: at once, or sent and received with what is lost on the way."""

from decimal import Decimal

import pytest

from onebook.engines.process.refusals import RequirementsFailed
from onebook.ledger.refusals import HoldExceeded
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.gauge import book, goods
from tests.scenarios.world import World


def warehouses(world: World) -> tuple[int, int]:
    """The main warehouse, and another one."""
    other = world.made("warehouse", code=f"W{world.ask('SELECT count(*) FROM warehouse')[0][0]}", name="分仓").id
    return world.ask("SELECT main_warehouse FROM company")[0][0], other


def transfer(world: World, target: int, *lines: tuple[int, str], then: str | None = None) -> RecordRef:
    rows = [{"product": product, "quantity": quantity} for product, quantity in lines]
    return world.made("transfer", then, target_warehouse=target, lines=rows)


def receipt_of(world: World, sent: RecordRef) -> RecordRef:
    rows = world.ask(
        "SELECT id FROM transfer_receipt WHERE transfer = %(id)s AND state = 'draft' AND deleted_at IS NULL",
        id=sent.id,
    )
    return RecordRef("transfer_receipt", rows[0][0])


def arrive(world: World, sent: RecordRef, *values: dict[str, str], **more: str) -> RecordRef:
    receipt = receipt_of(world, sent)
    rows = world.rows(receipt, "lines", "id")
    world.change(receipt, lines=[{"id": row[0], **value} for row, value in zip(rows, values, strict=True)], **more)
    world.run(receipt, "receive")
    return receipt


def test_at_once_the_value_goes_with_the_goods(world: World) -> None:
    main, other = warehouses(world)
    bolt = world.product("直拨")
    world.stock(bolt, "10", "6.00")
    before = book(world)
    moved = transfer(world, other, (bolt, "4"), then="move")
    assert (goods(world, bolt, main).on_hand, goods(world, bolt, main).value) == (6, Decimal("36.00"))
    assert (goods(world, bolt, other).on_hand, goods(world, bolt, other).value) == (4, Decimal("24.00"))
    world.undo(moved)
    assert book(world) == before


def test_sent_goods_are_on_their_way_until_they_are_received(world: World) -> None:
    main, other = warehouses(world)
    bolt = world.product("在途")
    world.stock(bolt, "10", "6.00")
    start = book(world)
    sent = transfer(world, other, (bolt, "4"), then="send")
    there = goods(world, bolt, main)
    assert (there.on_hand, there.available, there.value) == (6, 6, Decimal("36.00"))
    assert goods(world, bolt, other)[:2] == (0, 0)
    assert goods(world, bolt, other).moving == 4
    assert world.balance("transfer_in_transit", item=bolt) == (4, Decimal("24.00"))
    assert (world.value(sent, "in_transit"), world.value(sent, "progress")) == (4, "on_its_way")
    [expected] = world.ask(
        "SELECT expected_quantity FROM ledger_account WHERE role = 'on_hand' AND item = %(item)s AND place = %(at)s",
        item=bolt,
        at=other,
    )
    assert expected == (4,)

    on_its_way = book(world)
    received = arrive(world, sent, {"quantity": "4"})
    assert goods(world, bolt, other) == (4, 0, 0, 4, 0, 0, 0, Decimal("24.00"))
    assert world.balance("transfer_in_transit", item=bolt) == (0, 0)
    assert world.value(sent, "progress") == "arrived"
    world.undo(received)
    assert book(world) == on_its_way
    world.undo(sent)
    assert book(world) == start


@pytest.mark.parametrize(("how", "role"), [("loss", "stock_loss"), ("claim", "transfer_claim")])
def test_what_is_missing_is_a_loss_or_a_claim(world: World, how: str, role: str) -> None:
    _, other = warehouses(world)
    bolt = world.product(f"短少{how}")
    world.stock(bolt, "10", "3.333333")
    sent = transfer(world, other, (bolt, "3"), then="send")
    on_its_way = book(world)
    received = arrive(world, sent, {"quantity": "2", "missing": "1"}, missing_as=how)
    assert goods(world, bolt, other).on_hand == 2
    assert world.balance(role, item=bolt)[0] == 1
    assert goods(world, bolt).value + world.balance(role, item=bolt)[1] == Decimal("33.33")
    assert world.balance("transfer_in_transit", item=bolt) == (0, 0)
    assert world.value(sent, "progress") == "arrived"
    world.undo(received)
    assert book(world) == on_its_way


def test_goods_arrive_in_parts_and_the_rest_comes_back(world: World) -> None:
    main, other = warehouses(world)
    bolt = world.product("分批")
    world.stock(bolt, "9", "1.11")
    sent = transfer(world, other, (bolt, "9"), then="send")
    arrive(world, sent, {"quantity": "4"})
    assert (world.line(sent, "arrived"), world.line(sent, "to_arrive")) == (4, 5)
    assert world.value(sent, "progress") == "partly_arrived"
    world.run(sent, "receive_rest")
    with pytest.raises(HoldExceeded):
        arrive(world, sent, {"quantity": "6"})
    before = book(world)
    world.run(sent, "recall")
    assert (goods(world, bolt, main).on_hand, goods(world, bolt, other).on_hand) == (5, 4)
    assert goods(world, bolt).value == Decimal("9.99")
    assert world.value(sent, "in_transit") == 0
    world.undo(sent)
    assert book(world) == before


def test_arriving_goods_serve_who_waits_there(world: World) -> None:
    _, other = warehouses(world)
    bolt = world.product("等调拨")
    world.stock(bolt, "5")
    order = world.order(world.customer("分仓客户"), (bolt, "3"), then="approve", warehouse=other)
    assert goods(world, bolt, other).waiting == 3
    sent = transfer(world, other, (bolt, "5"), then="send")
    assert goods(world, bolt, other).waiting == 3
    arrive(world, sent, {"quantity": "5"})
    assert goods(world, bolt, other)[:4] == (5, 0, 3, 2)
    assert world.line(order, "waiting") == 0


def test_reserved_goods_do_not_leave(world: World) -> None:
    _, other = warehouses(world)
    bolt = world.product("已占用")
    world.stock(bolt, "5")
    world.order(world.customer("先订"), (bolt, "4"), then="approve")
    sent = transfer(world, other, (bolt, "2"))
    with pytest.raises(Refusal, match="available"):
        world.run(sent, "send")


def test_the_basic_mode_has_no_transfers_until_it_is_switched_on(world: World) -> None:
    main, other = warehouses(world)
    bolt = world.product("基础模式")
    world.stock(bolt, "5")
    company = RecordRef("company", world.ask("SELECT id FROM company")[0][0])
    world.change(company, several_warehouses=False)
    try:
        moved = transfer(world, other, (bolt, "2"))
        for step in ("move", "send"):
            with pytest.raises(RequirementsFailed):
                world.run(moved, step)
        elsewhere = world.order(world.customer("基础客户"), (bolt, "1"), warehouse=other)
        with pytest.raises(RequirementsFailed):
            world.run(elsewhere, "approve")
        world.change(elsewhere, warehouse=main)
        world.run(elsewhere, "approve")
    finally:
        world.change(company, several_warehouses=True)
    world.run(moved, "move")
    assert goods(world, bolt, other).on_hand == 2
