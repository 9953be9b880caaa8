"""Buying: what an order promises, what a receipt does, what later costs do to goods here and gone, what is needed."""

from decimal import Decimal

import pytest

from onebook.engines.process.command import Update
from onebook.engines.process.refusals import RequirementsFailed
from onebook.ledger.refusals import HoldExceeded
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.gauge import Figure, book, goods, lots, money, received
from tests.scenarios.world import World


def line_of(world: World, receipt: RecordRef) -> int:
    return int(world.rows(receipt, "lines", "id")[0][0])


def order_of(world: World, receipt: RecordRef) -> RecordRef:
    return RecordRef("purchase_order", world.value(receipt, "order"))


def sell(world: World, product: int, quantity: str, name: str) -> RecordRef:
    return world.ship(world.order(world.customer(name), (product, quantity), then="approve"))


def planned(world: World, supplier: int) -> Figure:
    """What is still to go of the payment plan."""
    return Decimal(
        world.ask(
            "SELECT coalesce(sum(open_amount), 0) FROM ledger_hold h JOIN ledger_account a ON a.id = h.account"
            " WHERE role = 'payable' AND party = %(at)s",
            at=supplier,
        )[0][0]
    )


def test_an_order_is_in_transit_and_planned_until_it_ends(world: World) -> None:
    bolt, maker = world.product("在途货", cost="1.13"), world.supplier("在途厂")
    order = world.purchase(maker, (bolt, "10"), then=None)
    before = book(world)
    world.run(order, "approve")
    assert goods(world, bolt)[:7] == (0, 0, 0, 0, 10, 0, 0)
    assert planned(world, maker) == Decimal("11.30")
    world.run(order, "cancel")
    assert book(world)[0]["accounts"] == before[0]["accounts"]
    world.undo(order)
    assert goods(world, bolt).bought == 10
    world.undo(order)
    assert book(world) == before


def test_a_receipt_brings_goods_value_and_debt_and_goes_back(world: World) -> None:
    bolt, maker = world.product("入库货", cost="1.13"), world.supplier("入库厂")
    waiting = world.order(world.customer("等入库"), (bolt, "4"), then="approve")
    order = world.purchase(maker, (bolt, "10"))
    before = book(world)
    receipt = world.draft_of("purchase_receipt", order)
    world.run(receipt, "receive")
    assert goods(world, bolt) == (10, 0, 4, 6, 0, 0, 0, Decimal("10.00"))
    assert world.line(waiting, "waiting") == 0
    assert money(world, "received_not_invoiced", "payable", party=maker) == (0, Decimal("-11.30"))
    assert planned(world, maker) == 0
    world.undo(receipt)
    assert book(world) == before
    assert world.line(waiting, "waiting") == 4


def test_the_rest_is_in_transit_until_the_order_is_closed(world: World) -> None:
    bolt, maker = world.product("少收货", cost="1.13"), world.supplier("少收厂")
    order = world.purchase(maker, (bolt, "10"))
    receipt = world.draft_of("purchase_receipt", order)
    world.cut(receipt, "4")
    world.run(receipt, "receive")
    assert goods(world, bolt)[:5] == (4, 0, 0, 4, 6)
    before = book(world)
    world.run(order, "close")
    assert goods(world, bolt).bought == 0
    assert (world.line(order, "let_go"), planned(world, maker)) == (6, 0)
    world.undo(order)
    assert book(world) == before


def test_more_than_ordered_within_the_allowance(world: World) -> None:
    bolt, maker = world.product("超收货", cost="1.13"), world.supplier("超收厂")
    plain = world.draft_of("purchase_receipt", world.purchase(maker, (bolt, "10")))
    world.cut(plain, "11")
    with pytest.raises(HoldExceeded):
        world.run(plain, "receive")
    rows = [{"product": bolt, "quantity": "10"}]
    order = world.made("purchase_order", "approve", supplier=maker, lines=rows, over_delivery="0.1")
    receipt = world.draft_of("purchase_receipt", order)
    world.cut(receipt, "12")
    with pytest.raises(RequirementsFailed):
        world.run(receipt, "receive")
    world.cut(receipt, "11")
    before = book(world)
    world.run(receipt, "receive")
    assert (world.line(order, "received"), world.value(order, "billed"), world.value(order, "paid")) == (
        11, Decimal("12.43"), 0,
    )  # fmt: skip
    assert goods(world, bolt)[:5] == (11, 0, 0, 11, 10), "only the other order is in transit"
    assert goods(world, bolt).value == Decimal("11.00")
    assert money(world, "payable", party=maker) == (Decimal("-12.43"),)
    world.undo(receipt)
    assert book(world)[0]["accounts"] == before[0]["accounts"]


def test_what_is_sent_beyond_the_order_stays_the_suppliers_until_it_is_kept_or_sent_back(world: World) -> None:
    bolt, maker = world.product("多送货", cost="1.13"), world.supplier("多送厂")
    order = world.purchase(maker, (bolt, "10"))
    receipt = world.draft_of("purchase_receipt", order)
    world.change(receipt, lines=[{"id": line_of(world, receipt), "surplus": "5"}])
    before = book(world)
    world.run(receipt, "receive")
    assert goods(world, bolt) == (10, 0, 0, 10, 0, 0, 0, Decimal("10.00")), "no stock of ours"
    assert world.balance("supplier_goods", item=bolt) == (5, 0)
    assert money(world, "payable", "received_not_invoiced", party=maker) == (Decimal("-11.30"), 0)
    assert (world.value(receipt, "surplus"), world.value(order, "fulfilment")) == (5, "full")
    with_surplus = book(world)

    world.run(receipt, "keep_surplus")
    taken = world.draft_of("purchase_receipt", order)
    world.cut(taken, "6")
    with pytest.raises(HoldExceeded):
        world.run(taken, "receive")
    world.cut(taken, "2")
    kept = book(world)
    world.run(taken, "receive")
    assert goods(world, bolt) == (12, 0, 0, 12, 0, 0, 0, Decimal("12.00"))
    assert world.balance("supplier_goods", item=bolt) == (3, 0)
    assert money(world, "payable", party=maker) == (Decimal("-13.56"),)
    assert (world.value(order, "open_amount"), world.value(order, "paid")) == (Decimal("13.56"), 0)
    assert world.value(receipt, "surplus") == 3
    assert (world.line(order, "received"), world.line(order, "to_receive")) == (10, 0), "of what was ordered"
    world.undo(taken)
    assert book(world) == kept

    world.run(receipt, "return_surplus")
    assert world.balance("supplier_goods", item=bolt) == (0, 0)
    assert world.value(receipt, "surplus") == 0
    with pytest.raises(RequirementsFailed):
        world.run(receipt, "return_surplus")
    world.undo(receipt)
    assert book(world) == with_surplus
    world.undo(receipt)
    world.undo(receipt)
    assert book(world) == before


def test_a_later_cost_goes_where_the_goods_are(world: World) -> None:
    bolt, maker, carrier = world.product("运费货"), world.supplier("运费厂"), world.supplier("承运商")
    receipt = received(world, maker, {"product": bolt, "quantity": "10", "price": "1.13"})
    sell(world, bolt, "4", "运费客户")
    before = book(world)
    rows = [{"receipt_line": line_of(world, receipt)}]
    record = world.made("landed_cost", supplier=carrier, amount="5.00", tax="0.45", lines=rows)
    world.run(record, "book")
    assert goods(world, bolt).value == Decimal("9.00")
    assert world.balance("cost_of_sales", item=bolt) == (4, Decimal("6.00"))
    assert money(world, "payable", party=carrier) == (Decimal("-5.45"),)
    world.undo(record)
    assert book(world) == before


def test_a_cost_is_spread_over_receipts_to_the_cent(world: World) -> None:
    maker, carrier = world.supplier("分摊厂"), world.supplier("分摊承运")
    parts = [
        world.product(f"分摊{name}", weight=weight, costing="fifo")
        for name, weight in (("甲", "1"), ("乙", "2"), ("丙", "4"))
    ]
    receipts = [
        received(world, maker, {"product": part, "quantity": quantity, "price": "1.13"})
        for part, quantity in zip(parts, ("1", "1", "1"), strict=True)
    ]
    rows = [{"receipt_line": line_of(world, receipt)} for receipt in receipts]
    before = book(world)
    record = world.made("landed_cost", "book", supplier=carrier, amount="10.00", by="weight", lines=rows)
    assert [row[0] for row in world.rows(record, "lines", "share")] == [
        Decimal("1.43"), Decimal("2.86"), Decimal("5.71"),
    ]  # fmt: skip
    world.undo(record)
    assert book(world) == before
    record = world.made("landed_cost", "book", supplier=carrier, amount="10.00", by="quantity", lines=rows)
    assert sorted(goods(world, part).value for part in parts) == [Decimal("4.33"), Decimal("4.33"), Decimal("4.34")]
    assert money(world, "payable", party=carrier) == (Decimal("-10.00"),)
    assert world.value(record, "shared") == Decimal("10.00")
    weightless = received(world, maker, {"product": world.product("无重"), "quantity": "1", "price": "1"})
    rows = [{"receipt_line": line_of(world, weightless)}]
    with pytest.raises(RequirementsFailed):
        world.made("landed_cost", "book", supplier=carrier, amount="1", by="weight", lines=rows)


@pytest.mark.parametrize("price", ["2.26", "0.565"])
def test_a_corrected_price_goes_to_stock_and_to_what_was_sold(world: World, price: str) -> None:
    bolt, maker = world.product(f"调价{price}", costing="fifo"), world.supplier(f"调价厂{price}")
    receipt = received(world, maker, {"product": bolt, "quantity": "10", "price": "1.13"})
    received(world, maker, {"product": bolt, "quantity": "10", "price": "3.39"})
    sell(world, bolt, "4", f"调价客户{price}")
    before, order = book(world), order_of(world, receipt)
    [first, second] = lots(world, bolt)
    rows = [{"receipt_line": line_of(world, receipt), "price": price}]
    record = world.made("price_correction", "book", order=order.id, lines=rows)
    unit = (Decimal(price) / Decimal("1.13")).quantize(Decimal("0.01"))
    assert lots(world, bolt) == {first: (6, 6 * unit), second: (10, Decimal("30.00"))}
    assert world.balance("cost_of_sales", item=bolt) == (4, 4 * unit)
    assert money(world, "received_not_invoiced", party=maker) == (0,)
    assert world.value(order, "open_amount") == (10 * Decimal(price)).quantize(Decimal("0.01"))
    assert world.value(order, "paid") == 0
    world.undo(record)
    assert book(world) == before


def test_a_second_correction_counts_from_the_first(world: World) -> None:
    bolt, maker = world.product("两次调价"), world.supplier("两次调价厂")
    receipt = received(world, maker, {"product": bolt, "quantity": "10", "price": "22.6"})
    row: dict[str, object] = {"receipt_line": line_of(world, receipt)}
    order = order_of(world, receipt)

    def correct(*lines: dict[str, object]) -> RecordRef:
        return world.made("price_correction", "book", order=order.id, lines=list(lines))

    with pytest.raises(Refusal):
        correct(row | {"price": "11.3"}, row | {"price": "9.04"})
    before = book(world)
    first = correct(row | {"price": "11.3"})
    assert (goods(world, bolt).value, world.value(order, "open_amount")) == (100, 113)
    with pytest.raises(RequirementsFailed):
        correct(row | {"price": "9.04"})
    again = row | {"previous": line_of(world, first)}
    second = correct(again | {"price": "9.04"})
    assert world.rows(second, "lines", "old_price", "amount") == [(Decimal("11.3"), Decimal("-22.60"))]
    assert (goods(world, bolt).value, world.value(order, "open_amount")) == (80, Decimal("90.40"))
    with pytest.raises(RequirementsFailed):
        correct(again | {"price": "5"})
    world.undo(second)
    assert goods(world, bolt).value == 100
    world.undo(first)
    assert book(world) == before
    world.run(receipt, "fix_prices")
    with pytest.raises(HoldExceeded):
        correct(row | {"price": "11.3"})


def test_what_an_order_lacks_is_requested_once_and_bought_for_it(world: World) -> None:
    first, second = world.supplier("需求一厂"), world.supplier("需求二厂")
    bolt = world.product("以销定采", supplier=first)
    nut = world.product("以销定采二", supplier=second)
    world.stock(bolt, "2")
    order = world.order(world.customer("以销客户"), (bolt, "10"), (nut, "5"), then="approve")
    world.run(order, "request_goods")
    [(number,)] = world.ask("SELECT max(id) FROM purchase_need")
    need = RecordRef("purchase_need", number)
    assert world.rows(need, "lines", "product", "quantity", "supplier") == [(bolt, 8, first), (nut, 5, second)]
    assert [row[0] for row in world.rows(order, "lines", "requested")] == [8, 5]
    with pytest.raises(RequirementsFailed):
        world.run(order, "request_goods")
    world.run(need, "approve")
    world.run(need, "order")
    bought = world.ask(
        "SELECT o.id, o.supplier, l.product, l.quantity, l.sales_order FROM purchase_order o"
        " JOIN purchase_order__lines l ON l.parent = o.id WHERE o.supplier IN (%(a)s, %(b)s) ORDER BY o.id",
        a=first,
        b=second,
    )
    assert [row[1:] for row in bought] == [(first, bolt, 8, order.id), (second, nut, 5, order.id)]
    with pytest.raises(RequirementsFailed):
        world.run(order, "request_goods")
    purchase = RecordRef("purchase_order", bought[0][0])
    world.run(purchase, "approve")
    before = book(world)
    receipt = world.draft_of("purchase_receipt", purchase)
    world.run(receipt, "receive")
    assert world.rows(order, "lines", "waiting", "requested") == [(0, 0), (5, 5)]
    world.undo(receipt)
    assert book(world) == before
    assert world.rows(order, "lines", "waiting", "requested") == [(8, 8), (5, 5)]


def test_what_runs_low_is_taken_into_a_need(world: World) -> None:
    maker = world.supplier("备货厂")
    place = world.made("warehouse", code="LOW", name="备货仓").id
    low = world.product("低于下限", lower_limit="10", supplier=maker)
    much = world.product("够用", lower_limit="10", supplier=maker)
    more = world.product("定量补货", lower_limit="10", reorder_quantity="50", supplier=maker)
    lines = [
        {"product": one, "quantity": quantity, "price": "1"}
        for one, quantity in ((low, "4"), (much, "11"), (more, "9"))
    ]
    world.made("opening_stock", "post", warehouse=place, lines=lines)
    need = world.made("purchase_need", warehouse=place)
    world.run(need, "take_low")
    assert dict(world.rows(need, "lines", "product", "quantity")) == {low: 16, more: 50}
    world.run(need, "approve")
    world.run(need, "order")
    [(number,)] = world.ask("SELECT id FROM purchase_order WHERE supplier = %(at)s", at=maker)
    order = RecordRef("purchase_order", number)
    assert world.value(order, "warehouse") == place
    world.run(order, "approve")
    again = world.made("purchase_need", warehouse=place)
    world.run(again, "take_low")
    assert world.rows(again, "lines", "product") == [], "what is bought already is not lacking"


def test_what_is_inspected_first_is_neither_stock_nor_debt_until_it_is_good(world: World) -> None:
    bolt, maker = world.product("先检货", price="10"), world.supplier("先检厂")
    waiting = world.order(world.customer("等检验"), (bolt, "3"), then="approve")
    rows = [{"product": bolt, "quantity": "10", "price": "1.13"}]
    order = world.made("purchase_order", "approve", supplier=maker, lines=rows, inspect=True)
    arrival = world.draft_of("purchase_arrival", order)
    world.run(arrival, "arrive")
    assert goods(world, bolt)[:5] == (0, 0, 0, 0, 0), "no longer on order, not yet on hand"
    assert world.balance("at_the_dock", item=bolt) == (10, 0)
    assert money(world, "payable", "received_not_invoiced", party=maker) == (0, 0)
    assert world.line(waiting, "waiting") == 3
    receipt = world.draft_of("purchase_receipt", order)
    world.cut(receipt, "7")
    world.run(receipt, "receive")
    assert goods(world, bolt) == (7, 0, 3, 4, 0, 0, 0, Decimal("7.00"))
    assert world.balance("at_the_dock", item=bolt) == (3, 0)
    assert money(world, "payable", "received_not_invoiced", party=maker) == (Decimal("-7.91"), 0)
    world.run(arrival, "finish")
    assert world.balance("at_the_dock", item=bolt) == (0, 0)
    assert goods(world, bolt).bought == 3, "what was bad is on order again"
    assert world.rows(arrival, "lines", "passed", "to_inspect", "sent_back") == [(7, 0, 3)]
    world.run(order, "receive_rest")
    again = world.draft_of("purchase_arrival", order)
    world.run(again, "arrive")
    world.run(world.draft_of("purchase_receipt", order), "receive")
    assert world.value(order, "billed") == Decimal("11.30")
    assert world.value(order, "fulfilment") == "full"


def test_an_arrival_comes_back_step_by_step(world: World) -> None:
    bolt, maker = world.product("检验冲销"), world.supplier("检验冲销厂")
    rows = [{"product": bolt, "quantity": "10", "price": "1.13"}]
    order = world.made("purchase_order", "approve", supplier=maker, lines=rows, inspect=True)
    arrival = world.draft_of("purchase_arrival", order)
    marks = [book(world)]
    world.run(arrival, "arrive")
    marks.append(book(world))
    receipt = world.draft_of("purchase_receipt", order)
    world.cut(receipt, "4")
    world.run(receipt, "receive")
    marks.append(book(world))
    world.run(arrival, "finish")
    for record in (arrival, receipt, arrival):
        world.undo(record)
        assert book(world) == marks.pop()


def test_a_late_paper_stands_at_its_day_and_never_makes_a_past_day_negative(world: World) -> None:
    bolt, maker = world.product("补录货"), world.supplier("补录厂")
    received(world, maker, {"product": bolt, "quantity": "5", "price": "1.13"}, received_on="2026-03-05")
    rows = [{"product": bolt, "quantity": "4"}]
    with pytest.raises(Refusal):
        world.made("other_out", "issue", issued_on="2026-03-01", lines=rows)
    world.made("other_out", "issue", issued_on="2026-03-07", lines=rows)
    received(world, maker, {"product": bolt, "quantity": "5", "price": "2.26"}, received_on="2026-03-01")
    days = world.ask(
        "SELECT e.booked_on::text, sum(e.quantity) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
        " WHERE role = 'on_hand' AND item = %(item)s GROUP BY 1 ORDER BY 1",
        item=bolt,
    )
    assert days == [("2026-03-01", 5), ("2026-03-05", 5), ("2026-03-07", -4)]
    assert goods(world, bolt).value == Decimal("11.00"), "what left before the paper came keeps its cost"


def test_an_order_is_amended_by_the_difference_and_never_below_what_came(world: World) -> None:
    bolt, nut, maker = world.product("变更采购"), world.product("变更添加"), world.supplier("变更厂")
    rows = [{"product": bolt, "quantity": "10", "price": "1.13"}]
    order = world.made("purchase_order", "approve", supplier=maker, lines=rows)
    receipt = world.draft_of("purchase_receipt", order)
    world.cut(receipt, "4")
    world.run(receipt, "receive")
    [(row,)] = world.rows(order, "lines", "id")

    def amend(*lines: dict[str, object]) -> None:
        world.do(Update(order, world.version(order), {"lines": list(lines)}, then="amend"))

    amend({"id": row, "quantity": "7"}, {"product": nut, "quantity": "5", "price": "2"})
    assert (goods(world, bolt).bought, goods(world, nut).bought) == (3, 5)
    assert planned(world, maker) == Decimal("3.39") + Decimal("10.00")
    before = book(world)
    with pytest.raises(Refusal, match="below"):
        amend({"id": row, "quantity": "3"})
    assert book(world) == before
    amend({"id": row, "quantity": "4"})
    assert (goods(world, bolt).bought, goods(world, nut).bought, planned(world, maker)) == (0, 0, 0)
    assert world.value(order, "fulfilment") == "full"
