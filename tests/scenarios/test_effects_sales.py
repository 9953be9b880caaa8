"""Selling: what an order promises, what a delivery does, more and less than ordered, cancelled, closed, in kits."""

from decimal import Decimal

import pytest

from onebook.engines.process.command import Update
from onebook.engines.process.refusals import RequirementsFailed
from onebook.ledger.refusals import HoldExceeded
from onebook.values.refusal import Refusal
from tests.scenarios.gauge import Figure, book, came_back, goods, money, received
from tests.scenarios.world import World


def planned(world: World, customer: int) -> Figure:
    """What is still to come of the collection plan."""
    return Decimal(
        world.ask(
            "SELECT coalesce(sum(open_amount), 0) FROM ledger_hold h JOIN ledger_account a ON a.id = h.account"
            " WHERE role = 'receivable' AND party = %(at)s",
            at=customer,
        )[0][0]
    )


def test_a_draft_promises_nothing(world: World) -> None:
    bolt, firm = world.product("草稿货"), world.customer("草稿客户")
    world.stock(bolt, "10")
    before = book(world)[0]["accounts"]
    order = world.order(firm, (bolt, "4"))
    world.run(order, "submit")
    assert book(world)[0]["accounts"] == before


def test_approval_reserves_what_there_is_and_waits_for_the_rest(world: World) -> None:
    bolt, firm = world.product("占用货", price="11.30"), world.customer("占用客户", credit_limit="200")
    world.stock(bolt, "10", "6")
    order = world.order(firm, (bolt, "15"))
    before = book(world)
    world.run(order, "approve")
    assert goods(world, bolt) == (10, 0, 10, 0, 0, 0, 5, Decimal("60.00"))
    assert planned(world, firm) == Decimal("169.50")
    assert money(world, "receivable", "revenue", party=firm) == (0, 0)
    with pytest.raises(Refusal, match=r"credit|limit|high"):
        world.order(firm, (bolt, "3"), then="approve")
    world.undo(order)
    assert book(world) == before


def test_a_delivery_moves_goods_value_and_money_and_comes_back(world: World) -> None:
    bolt, firm = world.product("出库货", price="11.30"), world.customer("出库客户")
    world.stock(bolt, "10", "6")
    order = world.order(firm, (bolt, "4"), then="approve")
    before = book(world)
    delivery = world.ship(order)
    assert goods(world, bolt) == (6, 0, 0, 6, 0, 0, 0, Decimal("36.00"))
    assert money(world, "receivable", "revenue", party=firm) == (Decimal("45.20"), Decimal("-40.00"))
    assert world.balance("cost_of_sales", item=bolt) == (4, Decimal("24.00"))
    assert planned(world, firm) == 0
    world.undo(delivery)
    assert book(world) == before
    assert goods(world, bolt)[2:4] == (4, 6), "reserved again"


def test_the_deposit_is_taken_by_the_delivery_and_given_back_by_its_reversal(world: World) -> None:
    bolt, firm = world.product("预收货", price="10"), world.customer("预收客户")
    world.stock(bolt, "10")
    order = world.order(firm, (bolt, "4"), then="approve")
    world.receipt(firm, "30", order=order.id)
    assert money(world, "order_deposit", "receivable", party=firm) == (-30, 0)
    before = book(world)
    delivery = world.ship(order)
    assert money(world, "order_deposit", "receivable", party=firm) == (0, 10)
    world.undo(delivery)
    assert book(world) == before


def test_what_is_not_shipped_stays_promised_until_the_order_is_closed(world: World) -> None:
    bolt, firm = world.product("少发货", price="10"), world.customer("少发客户")
    world.stock(bolt, "6")
    order = world.order(firm, (bolt, "10"), then="approve")
    world.ship(order, "4")
    assert goods(world, bolt)[:7] == (2, 0, 2, 0, 0, 0, 4)
    assert (money(world, "receivable", party=firm), planned(world, firm)) == ((40,), 60)
    before = book(world)
    world.run(order, "close")
    assert goods(world, bolt)[:7] == (2, 0, 0, 2, 0, 0, 0)
    assert (world.line(order, "let_go"), planned(world, firm)) == (6, 0)
    assert (world.value(order, "fulfilment"), world.value(order, "to_collect")) == ("partial", 40)
    world.undo(order)
    assert book(world) == before


def test_more_than_ordered_within_the_allowance_and_from_what_is_available(world: World) -> None:
    bolt, firm = world.product("超发货", price="10"), world.customer("超发客户")
    world.stock(bolt, "30")
    plain = world.order(firm, (bolt, "10"), then="approve")
    with pytest.raises(HoldExceeded):
        world.ship(plain, "11")
    world.run(plain, "cancel")
    order = world.order(firm, (bolt, "10"), then="approve", over_delivery="0.1")
    with pytest.raises(RequirementsFailed):
        world.ship(order, "12")
    before = book(world)
    delivery = world.ship(order, "11")
    assert goods(world, bolt)[:4] == (19, 0, 0, 19)
    assert (world.line(order, "shipped"), world.line(order, "to_ship")) == (11, 0)
    assert money(world, "receivable", party=firm) == (110,)
    assert (world.value(order, "billed"), world.value(order, "received"), world.value(order, "to_collect")) == (
        110,
        0,
        110,
    )
    assert world.value(order, "fulfilment") == "full"
    world.undo(delivery)
    assert book(world)[0]["accounts"] == before[0]["accounts"]
    world.order(world.customer("别人占了"), (bolt, "20"), then="approve")
    world.run(order, "deliver")
    with pytest.raises(Refusal, match="available"):
        world.ship(order, "11")


def test_what_came_beyond_the_order_goes_back_for_what_was_billed(world: World) -> None:
    for bill_by in ("shipped", "ordered"):
        bolt, firm = world.product(f"超发退{bill_by}", price="10"), world.customer(f"超发退{bill_by}客户")
        world.stock(bolt, "30")
        order = world.order(firm, (bolt, "10"), then="approve", over_delivery="0.2", bill_by=bill_by)
        delivery = world.ship(order, "12")
        came_back(world, delivery, "1", inspect=False)
        assert money(world, "receivable", party=firm) == (110 if bill_by == "shipped" else 100,)
        came_back(world, delivery, "11", inspect=False)
        assert money(world, "receivable", "revenue", party=firm) == (0, 0)
        assert (world.value(order, "billed"), world.value(order, "received")) == (0, 0)


def test_a_line_shipped_from_two_lots_is_billed_to_the_cent(world: World) -> None:
    bolt, firm = world.product("拆批货", price="0.335"), world.customer("拆批客户")
    world.stock(bolt, "30")
    order = world.order(firm, (bolt, "3"), then="approve")
    delivery = world.delivery_of(order)
    [(row, line)] = world.rows(delivery, "lines", "id", "order_line")
    rows = [{"id": row, "quantity": "1"}, *({"order_line": line, "product": bolt, "quantity": "1"} for _ in range(2))]
    world.change(delivery, lines=rows)
    world.run(delivery, "ship")
    # Each alone would come to 0.34; together they are the order's 1.01.
    assert world.rows(delivery, "lines", "amount") == [(Decimal("0.34"),), (Decimal("0.33"),), (Decimal("0.34"),)]
    assert (world.value(delivery, "total"), world.value(order, "open_amount")) == (Decimal("1.01"), Decimal("1.01"))
    back = came_back(world, delivery, "1", "1", "0", inspect=False)
    assert (world.value(back, "total"), world.value(order, "open_amount")) == (Decimal("0.67"), Decimal("0.34"))


def test_a_split_line_is_not_shipped_twice_over(world: World) -> None:
    bolt, firm = world.product("拆行货"), world.customer("拆行客户")
    world.stock(bolt, "30")
    order = world.order(firm, (bolt, "10"), then="approve", over_delivery="0.1")
    delivery = world.delivery_of(order)
    [(row, line)] = world.rows(delivery, "lines", "id", "order_line")
    rows = [{"id": row, "quantity": "8"}, {"order_line": line, "product": bolt, "quantity": "8"}]
    world.change(delivery, lines=rows)
    with pytest.raises(RequirementsFailed):
        world.run(delivery, "ship")


def test_the_allowance_of_one_line_is_none_of_another(world: World) -> None:
    bolt, nut, firm = world.product("甲行货"), world.product("乙行货"), world.customer("两行客户")
    for one in (bolt, nut):
        world.stock(one, "30")
    order = world.order(firm, (bolt, "10"), (nut, "10"), then="approve", over_delivery="0.1")
    delivery = world.delivery_of(order)
    [(row, line), (other, _)] = world.rows(delivery, "lines", "id", "order_line")
    split = [{"id": row, "quantity": "6"}, {"order_line": line, "product": bolt, "quantity": "6"}]
    world.change(delivery, lines=[*split, {"id": other, "quantity": "5"}])
    with pytest.raises(RequirementsFailed):
        world.run(delivery, "ship")
    [(row, _), (second, _), (other, _)] = world.rows(delivery, "lines", "id", "order_line")
    world.change(delivery, lines=[{"id": row}, {"id": second, "quantity": "5"}, {"id": other}])
    world.run(delivery, "ship")
    assert world.rows(order, "lines", "shipped") == [(11,), (5,)]


def test_the_excess_is_billed_or_not(world: World) -> None:
    bolt, firm = world.product("不另收货", price="10"), world.customer("不另收客户")
    world.stock(bolt, "30")
    order = world.order(firm, (bolt, "10"), then="approve", over_delivery="0.1", bill_by="ordered")
    world.ship(order, "11")
    assert money(world, "receivable", party=firm) == (100,)
    assert world.balance("cost_of_sales", item=bolt)[0] == 11


def test_who_is_urgent_gets_arriving_goods_first(world: World) -> None:
    bolt, maker = world.product("抢货"), world.supplier("抢货厂")
    orders = {
        name: world.order(world.customer(f"抢货{name}"), (bolt, "4"), then="approve", priority=name)
        for name in ("low", "normal", "urgent")
    }
    received(world, maker, {"product": bolt, "quantity": "6", "price": "1"})
    assert [world.line(orders[name], "waiting") for name in ("urgent", "normal", "low")] == [0, 2, 4]


def test_cancelling_lets_go_of_reservation_line_and_plan(world: World) -> None:
    bolt, firm = world.product("取消货"), world.customer("取消货客户")
    world.stock(bolt, "3")
    order = world.order(firm, (bolt, "5"), then="approve")
    before = book(world)
    world.run(order, "cancel")
    assert goods(world, bolt)[:7] == (3, 0, 0, 3, 0, 0, 0)
    assert planned(world, firm) == 0
    world.undo(order)
    assert book(world) == before


def test_kits_of_an_order_become_their_components_for_their_price_to_the_cent(world: World) -> None:
    cup, plate, cloth = world.product("杯", price="10"), world.product("碟", price="30"), world.product("布", price="5")
    parts = [{"component": cup, "quantity": "2"}, {"component": plate, "quantity": "1"}]
    tea = world.product("茶具", price="45", is_kit=True, components=parts)
    thirds = [{"component": one, "quantity": "1"} for one in (cup, plate, cloth)]
    gift = world.product("礼盒", price="33.34", is_kit=True, components=thirds)
    for one in (cup, plate, cloth):
        world.stock(one, "20")
    lines = [
        {"product": tea, "quantity": "3", "note": "送礼"},
        {"product": cloth, "quantity": "2"},
        {"product": gift, "quantity": "7", "discount": "0.1"},
    ]
    order = world.made("sales_order", customer=world.customer("套件客户"), lines=lines)
    rows = world.rows(order, "lines", "product", "base_quantity", "amount", "kit", "note")
    assert rows[:3] == [(cup, 6, 54, tea, "送礼"), (plate, 3, 81, tea, "送礼"), (cloth, 2, 10, None, None)]
    # Seven gifts at 33.34 less a tenth are 210.04; in proportion of 10 to 30 to 5.
    assert rows[3:] == [
        (cup, 7, Decimal("46.68"), gift, None),
        (plate, 7, Decimal("140.02"), gift, None),
        (cloth, 7, Decimal("23.34"), gift, None),
    ]  # fmt: skip
    assert world.value(order, "total") == Decimal("145.00") + Decimal("210.04")
    world.run(order, "approve")
    assert [goods(world, one).reserved for one in (cup, plate, cloth)] == [13, 10, 9]
    world.ship(order)
    assert [goods(world, one)[0] for one in (cup, plate, cloth)] == [7, 10, 11]
    with pytest.raises(Refusal, match="behind"):
        world.order(world.customer("空套件客户"), (world.product("空套件", is_kit=True), "1"))


def test_an_order_is_amended_by_the_difference_and_never_below_what_left(world: World) -> None:
    bolt, nut, firm = (
        world.product("变更货", price="10"),
        world.product("变更加货", price="2"),
        world.customer("变更客户"),
    )
    world.stock(bolt, "8")
    order = world.order(firm, (bolt, "6"), then="approve")
    world.ship(order, "4")
    [(row,)] = world.rows(order, "lines", "id")

    def amend(*lines: dict[str, object]) -> None:
        world.do(Update(order, world.version(order), {"lines": list(lines)}, then="amend"))

    amend({"id": row, "quantity": "10"}, {"product": nut, "quantity": "3"})
    assert goods(world, bolt)[:7] == (4, 0, 4, 0, 0, 0, 2)
    assert goods(world, nut).waiting == 3
    assert (planned(world, firm), world.value(order, "to_collect")) == (66, 106)
    before = book(world)
    with pytest.raises(Refusal, match="below"):
        amend({"id": row, "quantity": "3"})
    assert book(world) == before
    amend({"id": row, "quantity": "5"})
    assert goods(world, bolt)[:7] == (4, 0, 1, 3, 0, 0, 0)
    assert (goods(world, nut).waiting, planned(world, firm)) == (0, 10)
    world.run(order, "deliver")
    world.ship(order)
    assert money(world, "receivable", "revenue", party=firm)[0] == 50
    assert world.value(order, "fulfilment") == "full"


def test_a_product_that_is_amended_keeps_the_credit_limit(world: World) -> None:
    bolt, firm = world.product("变更超限", price="10"), world.customer("变更超限客户", credit_limit="100")
    world.stock(bolt, "50")
    order = world.order(firm, (bolt, "9"), then="approve")
    [(row,)] = world.rows(order, "lines", "id")
    with pytest.raises(Refusal, match=r"credit|limit|high"):
        world.do(Update(order, world.version(order), {"lines": [{"id": row, "quantity": "11"}]}, then="amend"))


def test_documents_say_how_many_packs_it_is(world: World) -> None:
    box = world.ask("SELECT id FROM unit WHERE code = 'XIANG'")[0][0]
    bottle = world.product("瓶装水", units=[{"alternative": box, "numerator": "12"}])
    plain = world.product("散装货")
    for one in (bottle, plain):
        world.stock(one, "50")
    order = world.order(
        world.customer("整箱客户"), (bottle, "41"), (bottle, "24"), (bottle, "5"), (plain, "9"), then="approve"
    )
    delivery = world.delivery_of(order)
    assert [row[0] for row in world.rows(delivery, "lines", "packed")] == ["3箱5个", "2箱", None, None]
    world.cut(delivery, "13", "24", "5", "9")
    assert world.rows(delivery, "lines", "packed")[0] == ("1箱1个",)


def test_what_was_paid_for_a_cancelled_order_stays_the_customers(world: World) -> None:
    bolt, firm = world.product("取消预收货", price="10"), world.customer("取消预收客户")
    order = world.order(firm, (bolt, "5"), then="approve")
    receipt = world.receipt(firm, "30", order=order.id)
    before = book(world)
    world.run(order, "cancel")
    assert money(world, "order_deposit", "receivable", party=firm) == (-30, 0)
    assert (world.value(order, "deposit"), world.value(order, "to_collect"), planned(world, firm)) == (30, -30, 0)
    world.undo(order)
    assert book(world) == before
    world.run(order, "cancel")
    world.stock(bolt, "5")
    other = world.order(firm, (bolt, "5"), then="approve")
    world.ship(other)
    world.allocate(firm, (receipt, other, "30"))
    assert world.value(other, "open_amount") == 20
