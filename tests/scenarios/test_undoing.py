"""Taking back: exactly, with everything that stands on it, or not at all."""

from decimal import Decimal

import pytest

from onebook.engines.process.command import Reverse
from onebook.engines.process.refusals import HasFollowers, LaterStep, NothingToReverse
from onebook.values.reference import RecordRef
from tests.scenarios.world import World


def shipped_order(world: World) -> tuple[int, RecordRef, RecordRef]:
    """A customer with an order that is wholly shipped: customer, order, delivery."""
    part = world.product("法兰", price="50")
    world.stock(part, "10")
    firm = world.customer(f"冲销客户{part}")
    order = world.order(firm, (part, "4"), then="approve")
    return firm, order, world.ship(order)


def test_an_allocation_comes_back_exactly(world: World) -> None:
    firm, order, _ = shipped_order(world)
    receipt = world.receipt(firm, "150")
    before = world.meters()
    allocation = world.allocate(firm, (receipt, order, "150"))
    assert world.value(order, "open_amount") == Decimal("50.00")
    world.undo(allocation)
    assert world.meters() == before
    assert world.state(allocation) == "reversed"


def test_a_delivery_comes_back_to_the_promise(world: World) -> None:
    part = world.product("法兰盘", price="50")
    world.stock(part, "10", "7.77")
    order = world.order(world.customer("退回"), (part, "4"), then="approve")
    before, summed = world.meters(), world.summed()
    delivery = world.ship(order)
    world.undo(delivery)
    assert world.meters() == before
    assert world.summed() == summed
    assert world.state(delivery) == "reversed"
    world.run(order, "deliver")
    world.ship(order)
    assert world.line(order, "shipped") == 4


def test_an_approval_comes_back_with_its_draft(world: World) -> None:
    part = world.product("衬套")
    world.stock(part, "3")
    order = world.order(world.customer("反审核"), (part, "5"))
    before = world.meters()
    world.run(order, "approve")
    draft = world.delivery_of(order)
    world.undo(order)
    assert world.meters() == before
    assert world.state(order) == "draft"
    assert world.value(draft, "deleted_at") is not None
    world.run(order, "approve")
    assert (world.line(order, "to_ship"), world.line(order, "waiting")) == (5, 2)


def test_a_closed_order_opens_again(world: World) -> None:
    part = world.product("联轴器")
    world.stock(part, "5")
    order = world.order(world.customer("又要了"), (part, "5"), then="approve")
    before = world.meters()
    world.run(order, "close")
    assert world.available(part) == 5
    world.undo(order)
    assert world.meters() == before
    assert world.state(order) == "approved"


def test_what_stands_on_it_is_named(world: World) -> None:
    firm, order, delivery = shipped_order(world)
    receipt = world.receipt(firm, "200")
    allocation = world.allocate(firm, (receipt, order, "200"))
    with pytest.raises(HasFollowers) as caught:
        world.undo(order)
    # The money was allocated to the order's plan, the goods settled what it had reserved.
    found = {(one.data["form"], one.data["id"]) for one in caught.value.problems}
    assert found == {("sales_delivery", delivery.id), ("allocation", allocation.id)}
    for record in (delivery, receipt):
        with pytest.raises(HasFollowers) as caught:
            world.undo(record)
        assert [one.data["id"] for one in caught.value.problems] == [allocation.id]


def test_a_chain_comes_back_newest_first(world: World) -> None:
    part = world.product("主轴", price="100")
    world.stock(part, "5")
    firm = world.customer("整链冲销")
    order = world.order(firm, (part, "2"))
    before, summed = world.meters(), world.summed()
    world.run(order, "approve")
    delivery = world.ship(order)
    receipt = world.receipt(firm, "200")
    allocation = world.allocate(firm, (receipt, order, "200"))
    seen = world.preview(Reverse(order, followers=True))
    assert seen.is_possible
    assert seen.outcome is not None
    outcome = world.undo(order, followers=True)
    assert outcome.undone == seen.outcome.undone
    assert outcome.undone == (
        (allocation, "allocate"),
        (delivery, "ship"),
        (order, "approve"),
    )
    assert world.value(receipt, "unallocated") == Decimal("200.00"), "the money itself stays"
    world.undo(receipt)
    assert world.meters() == before
    assert world.summed() == summed


def test_later_steps_go_first(world: World) -> None:
    order = world.order(world.customer("先后"), (world.product("端子"), "1"), then="approve")
    world.run(order, "close")
    step = world.ask("SELECT id FROM onebook_step WHERE record = %(id)s ORDER BY id", id=order.id)[0][0]
    with pytest.raises(LaterStep):
        world.do(Reverse(order, step))
    world.do(Reverse(order, step, followers=True))
    assert world.state(order) == "draft"


def test_nothing_is_taken_back_twice(world: World) -> None:
    _, _, delivery = shipped_order(world)
    world.undo(delivery)
    with pytest.raises(NothingToReverse):
        world.undo(delivery)


def test_what_is_sold_is_not_sent_back(world: World) -> None:
    part = world.product("已售")
    opening = world.stock(part, "2")
    world.ship(world.order(world.customer("买走"), (part, "2"), then="approve"))
    before = world.meters()
    with pytest.raises(Exception, match=r"ledger\.(balance_too_low|would_break)"):
        world.undo(opening)
    assert world.meters() == before


def test_a_part_that_is_taken_back_and_leaves_again_bills_no_cent_too_much(world: World) -> None:
    bolt, customer = world.product("螺栓", price="3.333333"), world.customer("毫厘厂")
    world.stock(bolt, "10")
    order = world.order(customer, (bolt, "3"), then="approve")
    first, second = ship_one(world, order), ship_one(world, order)
    world.undo(first)
    ship_one(world, order)
    ship_one(world, order)
    total, billed, open_amount, fulfilment = world.ask(
        "SELECT total, billed, open_amount, fulfilment FROM sales_order WHERE id = %(id)s", id=order.id
    )[0]
    assert second
    assert (billed, open_amount, fulfilment) == (total, total, "full")


def ship_one(world: World, order: RecordRef) -> RecordRef:
    """One piece leaves, by the delivery that stands there as a draft or by another one."""
    if not world.ask("SELECT FROM sales_delivery WHERE \"order\" = %(id)s AND state = 'draft'", id=order.id):
        world.run(order, "deliver")
    delivery = world.draft_of("sales_delivery", order)
    [row] = world.ask("SELECT id FROM sales_delivery__lines WHERE parent = %(id)s", id=delivery.id)
    world.change(delivery, lines=[{"id": row[0], "quantity": "1"}])
    world.run(delivery, "ship")
    return delivery
