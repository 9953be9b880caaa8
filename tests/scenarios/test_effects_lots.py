"""Which pieces leave, and whose cost goes with them: average, first in, first expired, chosen lots, serial numbers."""

from decimal import Decimal

import pytest

from onebook.engines.process.command import Update
from onebook.engines.process.refusals import RequirementsFailed
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.gauge import book, goods, lots, received
from tests.scenarios.world import World

#: One buyer for each product.
_buyers: dict[int, int] = {}


def sold(world: World, product: int, quantity: str, lot: int | None = None) -> RecordRef:
    """Shipped to somebody; of a lot that is named, if one is."""
    if product not in _buyers:
        _buyers[product] = world.customer(f"买{product}")
    order = world.order(_buyers[product], (product, quantity), then="approve")
    delivery = world.delivery_of(order)
    if lot is not None:
        [row] = world.rows(delivery, "lines", "id")
        world.change(delivery, lines=[{"id": row[0], "lot": lot}])
    world.run(delivery, "ship")
    return delivery


def cost(world: World, product: int) -> Decimal:
    return Decimal(world.balance("cost_of_sales", item=product)[1])


def lot_of(world: World, product: int, code: str) -> int:
    return int(world.ask("SELECT id FROM lot WHERE product = %(of)s AND code = %(code)s", of=product, code=code)[0][0])


def test_a_moving_average_knows_no_lots(world: World) -> None:
    bolt, maker = world.product("平均"), world.supplier("平均厂")
    assert world.value(RecordRef("product", bolt), "costing") == "average"
    received(world, maker, {"product": bolt, "quantity": "10", "price": "1.13"})
    received(world, maker, {"product": bolt, "quantity": "10", "price": "2.26"})
    sold(world, bolt, "5")
    assert lots(world, bolt) == {"": (15, Decimal("22.50"))}
    assert cost(world, bolt) == Decimal("7.50")


def test_first_in_first_out_is_a_lot_for_each_receipt(world: World) -> None:
    bolt, maker = world.product("先进", costing="fifo"), world.supplier("先进厂")
    old = received(world, maker, {"product": bolt, "quantity": "10", "price": "1.13"}, received_on="2026-02-01")
    new = received(world, maker, {"product": bolt, "quantity": "10", "price": "2.26"}, received_on="2026-02-20")
    first, second = (f"{world.value(one, 'number')}-1" for one in (old, new))
    assert lots(world, bolt) == {first: (10, Decimal("10.00")), second: (10, Decimal("20.00"))}
    order = world.order(world.customer("先进客户"), (bolt, "12"), then="approve")
    before = book(world)
    delivery = world.ship(order)
    assert lots(world, bolt) == {second: (8, Decimal("16.00"))}
    assert cost(world, bolt) == Decimal("14.00")
    assert goods(world, bolt).value == Decimal("16.00")
    world.undo(delivery)
    assert lots(world, bolt) == {first: (10, Decimal("10.00")), second: (10, Decimal("20.00"))}
    assert book(world) == before


def test_a_late_paper_of_an_older_day_still_leaves_first(world: World) -> None:
    bolt, maker = world.product("补单", costing="fifo"), world.supplier("补单厂")
    received(world, maker, {"product": bolt, "quantity": "5", "price": "2.26"}, received_on="2026-02-20")
    received(world, maker, {"product": bolt, "quantity": "5", "price": "1.13"}, received_on="2026-02-01")
    sold(world, bolt, "5")
    assert cost(world, bolt) == Decimal("5.00")


def test_what_expires_first_leaves_first_and_what_has_expired_stays(world: World) -> None:
    milk, maker = world.product("牛奶", costing="fefo", shelf_life="30"), world.supplier("奶站")
    with pytest.raises(RequirementsFailed):
        received(world, maker, {"product": milk, "quantity": "5", "price": "1.13"})
    received(
        world,
        maker,
        {"product": milk, "quantity": "5", "price": "1.13", "lot_code": "晚", "expires_on": "2026-05-01"},
        {"product": milk, "quantity": "5", "price": "2.26", "lot_code": "早", "made_on": "2026-03-01"},
        {"product": milk, "quantity": "5", "price": "3.39", "lot_code": "过期", "expires_on": "2026-03-01"},
    )
    [(expires,)] = world.ask("SELECT expires_on::text FROM lot WHERE code = '早'")
    assert expires == "2026-03-31", "made on the first, good for thirty days"
    sold(world, milk, "7")
    assert lots(world, milk) == {"晚": (3, Decimal("3.00")), "过期": (5, Decimal("15.00"))}
    with pytest.raises(Refusal):
        sold(world, milk, "4")
    sold(world, milk, "1", lot_of(world, milk, "过期"))
    assert lots(world, milk)["过期"] == (4, Decimal("12.00")), "who names it, takes it"


def test_chosen_lots_are_named(world: World) -> None:
    steel, maker = world.product("钢卷", costing="chosen"), world.supplier("钢厂")
    with pytest.raises(RequirementsFailed):
        received(world, maker, {"product": steel, "quantity": "2", "price": "11.30"})
    received(
        world,
        maker,
        {"product": steel, "quantity": "2", "price": "11.30", "lot_code": "A1"},
        {"product": steel, "quantity": "2", "price": "22.60", "lot_code": "B2"},
    )
    with pytest.raises(RequirementsFailed):
        sold(world, steel, "1")
    sold(world, steel, "1", lot_of(world, steel, "B2"))
    assert lots(world, steel) == {"A1": (2, Decimal("20.00")), "B2": (1, Decimal("20.00"))}
    assert cost(world, steel) == Decimal("20.00")


def test_a_serial_number_is_one_piece(world: World) -> None:
    meter, maker = world.product("仪表", costing="serial"), world.supplier("仪表厂")
    with pytest.raises(Refusal, match=r"limit|balance"):
        received(world, maker, {"product": meter, "quantity": "2", "price": "113", "lot_code": "S0"})
    received(
        world,
        maker,
        {"product": meter, "quantity": "1", "price": "113", "lot_code": "S1"},
        {"product": meter, "quantity": "1", "price": "226", "lot_code": "S2"},
    )
    with pytest.raises(Refusal):
        received(world, maker, {"product": meter, "quantity": "1", "price": "113", "lot_code": "S1"})
    second = lot_of(world, meter, "S2")
    sold(world, meter, "1", second)
    assert lots(world, meter) == {"S1": (1, Decimal("100.00"))}
    with pytest.raises(Refusal):
        sold(world, meter, "1", second)


def test_lots_are_switched_on_later_without_losing_anything(world: World) -> None:
    bolt, maker = world.product("改用先进先出"), world.supplier("后来厂")
    received(world, maker, {"product": bolt, "quantity": "4", "price": "1.13"})
    world.change(RecordRef("product", bolt), costing="fifo")
    received(world, maker, {"product": bolt, "quantity": "4", "price": "2.26"})
    assert len(lots(world, bolt)) == 2
    sold(world, bolt, "5")
    assert cost(world, bolt) == Decimal("6.00"), "what was there without a lot is the oldest"
    assert goods(world, bolt)[:2] == (3, 0)


def test_a_transfer_keeps_its_lots(world: World) -> None:
    bolt, maker = world.product("带批调拨", costing="fifo"), world.supplier("带批厂")
    other = world.made("warehouse", code="LOT2", name="批次分仓").id
    for price in ("1.13", "2.26"):
        received(world, maker, {"product": bolt, "quantity": "5", "price": price})
    before = lots(world, bolt)
    rows = [{"product": bolt, "quantity": "7"}]
    moved = world.made("transfer", "move", target_warehouse=other, lines=rows)
    assert lots(world, bolt) == before
    assert goods(world, bolt, other)[0] == 7
    assert goods(world, bolt, other).value == Decimal("9.00")
    world.undo(moved)
    sent = world.made("transfer", "send", target_warehouse=other, lines=rows)
    assert sum(amount for _, amount in lots(world, bolt).values()) == Decimal("6.00")
    receipt = RecordRef(
        "transfer_receipt", world.ask("SELECT id FROM transfer_receipt WHERE transfer = %(id)s", id=sent.id)[0][0]
    )
    world.run(receipt, "receive")
    assert lots(world, bolt) == before
    assert goods(world, bolt, other).value == Decimal("9.00")


def test_a_reservation_moves_from_the_product_to_a_lot_and_back(world: World) -> None:
    bolt, maker = world.product("配货件", costing="fifo"), world.supplier("配货厂")
    for price in ("1.13", "2.26"):
        received(world, maker, {"product": bolt, "quantity": "5", "price": price})
    [_, (new,)] = world.ask("SELECT id FROM lot WHERE product = %(at)s ORDER BY id", at=bolt)
    order = world.order(world.customer("配货客户"), (bolt, "4"), then="approve")
    waiting = world.order(world.customer("等货客户"), (bolt, "8"), then="approve")
    stands, before = goods(world, bolt), book(world)
    assert (stands.reserved, stands.waiting) == (10, 2)
    [(line,)] = world.rows(order, "lines", "id")
    world.do(Update(order, world.version(order), {"lines": [{"id": line, "lot": new}]}, then="allot"))
    assert goods(world, bolt) == stands, "the total is the same"
    [taken] = world.ask("SELECT taken_quantity FROM ledger_account WHERE role = 'on_hand' AND lot = %(at)s", at=new)
    assert taken == (4,)
    world.undo(order)
    assert book(world) == before
    world.do(Update(order, world.version(order), {"lines": [{"id": line, "lot": new}]}, then="allot"))
    delivery = world.delivery_of(waiting)
    world.change(delivery, lines=[{"id": world.rows(delivery, "lines", "id")[0][0], "lot": new, "quantity": "2"}])
    with pytest.raises(Refusal):
        world.run(delivery, "ship")
    world.ship(order)
    assert sorted(lots(world, bolt).values()) == [(1, Decimal("2.00")), (5, Decimal("5.00"))]
    assert cost(world, bolt) == Decimal("8.00"), "the lot that was named, not the oldest"


def test_pieces_at_their_locations(world: World) -> None:
    company = RecordRef("company", world.ask("SELECT id FROM company")[0][0])
    world.change(company, uses_locations=True)
    bolt = world.product("库位货", costing="fifo")
    shelves = [world.made("storage_location", code=code).id for code in ("K-01", "K-02")]
    lines = [{"product": bolt, "quantity": "3", "price": "1", "spot": spot} for spot in shelves]
    world.run(world.made("opening_stock", lines=lines), "post")
    assert goods(world, bolt)[0] == 6
    [row] = world.ask("SELECT count(*) FROM ledger_account WHERE item = %(item)s AND spot <> 0", item=bolt)
    assert row[0] == 2
    rows = [{"product": bolt, "quantity": "2", "spot": shelves[1]}]
    world.made("other_out", "issue", lines=rows)
    assert world.balance("on_hand", item=bolt, spot=shelves[1])[0] == 1
    sold(world, bolt, "4")
    assert goods(world, bolt)[0] == 0, "without a location pieces are taken from any"
    elsewhere = world.made("warehouse", code="KW2", name="别处").id
    with pytest.raises(Refusal):
        world.made("other_out", warehouse=elsewhere, lines=rows)
