"""Invoices: what is to be invoiced and awaited, red letters, estimates and their differences, debts that arise late."""

from decimal import Decimal
from typing import Any

import pytest

from onebook.engines.form.refusals import Invalid, Locked
from onebook.engines.process.command import Update
from onebook.engines.process.refusals import HasFollowers, RequirementsFailed
from onebook.ledger.refusals import HoldExceeded
from onebook.values.reference import RecordRef
from tests.scenarios.test_money_documents import amount, books, shipped
from tests.scenarios.test_money_plans import delivery_of, setting
from tests.scenarios.world import World

NUMBER = "25442000000123456{:03d}"


def row_of(world: World, record: RecordRef, position: int = 0) -> int:
    return int(world.rows(record, "lines", "id")[position][0])


def to_invoice(world: World, record: RecordRef) -> Any:
    return Decimal(world.value(record, "to_invoice"))


def invoice(world: World, customer: int, number: int, *lines: dict[str, Any]) -> RecordRef:
    return world.made(
        "output_invoice", "issue", customer=customer, kind="digital_ordinary", lines=list(lines),
        invoice_number=NUMBER.format(number),
    )  # fmt: skip


def test_deliveries_wait_for_their_invoices(world: World) -> None:
    firm = world.customer("开票客户")
    delivery = delivery_of(world, shipped(world, firm, "113"))
    assert to_invoice(world, delivery) == 113
    before, tax = books(world), amount(world, "output_tax")
    line = row_of(world, delivery)
    world.run(delivery, "apply_invoice")
    [(asked,)] = world.ask("SELECT max(id) FROM output_invoice")
    assert world.rows(RecordRef("output_invoice", asked), "lines", "delivery_line", "amount") == [(line, 113)]
    world.undo(delivery)
    first = invoice(world, firm, 1, {"delivery_line": line, "quantity": "0.4"})
    assert world.rows(first, "lines", "amount", "tax", "net", "price") == [(Decimal("45.20"), Decimal("5.20"), 40, 113)]
    assert to_invoice(world, delivery) == Decimal("67.80")
    assert amount(world, "output_tax") == tax + Decimal("5.20")
    second = invoice(world, firm, 2, {"delivery_line": line})
    assert (to_invoice(world, delivery), world.value(second, "total")) == (0, Decimal("67.80"))
    assert amount(world, "receivable", party=firm) == 113, "an invoice is no debt of its own"
    with pytest.raises(HoldExceeded):
        invoice(world, firm, 3, {"delivery_line": line, "quantity": "1", "amount": "1"})
    with pytest.raises(HasFollowers):
        world.undo(delivery)
    world.undo(second)
    world.undo(first)
    assert to_invoice(world, delivery) == 113
    assert books(world) == before


def test_several_rates_on_one_invoice(world: World) -> None:
    firm = world.customer("多税率")
    goods = [world.product(name, price="100", tax_rate=rate) for name, rate in (("九", "0.09"), ("六", "0.06"))]
    for one in goods:
        world.stock(one, "1")
    order = world.order(firm, (goods[0], "1"), (goods[1], "1"), then="approve")
    delivery = world.ship(order)
    rows = [{"delivery_line": row_of(world, delivery, place)} for place in (0, 1)]
    made = invoice(world, firm, 4, *rows)
    assert world.rows(made, "lines", "tax_rate", "tax") == [
        (Decimal("0.09"), Decimal("8.26")),
        (Decimal("0.06"), Decimal("5.66")),
    ]
    assert (world.value(made, "tax_total"), world.value(made, "net_total")) == (Decimal("13.92"), Decimal("186.08"))


def test_numbers_of_invoices_are_numbers(world: World) -> None:
    firm = world.customer("号码客户")
    delivery = delivery_of(world, shipped(world, firm))
    lines = [{"delivery_line": row_of(world, delivery)}]
    values: dict[str, Any] = {"customer": firm, "lines": lines}
    with pytest.raises(Invalid):
        world.made("output_invoice", kind="digital_ordinary", invoice_number="123", **values)
    with pytest.raises(Invalid):
        world.made("output_invoice", kind="digital_special", **values)
    made = world.made("output_invoice", "apply", kind="special", tax_number="91310000MA1FL0000X", **values)
    world.run(made, "approve")
    with pytest.raises(RequirementsFailed):
        world.run(made, "issue")
    with pytest.raises(Invalid):
        world.do(Update(made, world.version(made), {"invoice_number": NUMBER.format(5)}, then="issue"))
    with pytest.raises(Locked):
        world.do(Update(made, world.version(made), {"title": "别家"}, then="issue"))
    world.do(Update(made, world.version(made), {"invoice_number": "12345678"}, then="issue"))
    assert world.state(made) == "issued"


def test_a_red_letter_takes_an_invoice_back(world: World) -> None:
    firm = world.customer("红字客户")
    delivery = delivery_of(world, shipped(world, firm, "113"))
    made = invoice(world, firm, 6, {"delivery_line": row_of(world, delivery)})
    issued, tax = books(world), amount(world, "output_tax_invoiced")
    world.run(made, "file")
    with pytest.raises(HoldExceeded):
        world.made(
            "red_invoice", "issue", invoice=made.id, red_number=NUMBER.format(60),
            lines=[{"invoice_line": row_of(world, made)}],
        )  # fmt: skip
    world.undo(made)
    red = world.made(
        "red_invoice", "issue", invoice=made.id, red_number=NUMBER.format(7),
        lines=[{"invoice_line": row_of(world, made), "quantity": "0.5"}],
    )  # fmt: skip
    assert to_invoice(world, delivery) == Decimal("56.50")
    assert amount(world, "output_tax_invoiced") == tax + Decimal("6.50")
    again = invoice(world, firm, 8, {"delivery_line": row_of(world, delivery)})
    assert (world.value(again, "total"), to_invoice(world, delivery)) == (Decimal("56.50"), 0)
    world.undo(again)
    world.undo(red)
    assert books(world) == issued
    stays = world.made(
        "red_invoice", "issue", invoice=made.id, red_number=NUMBER.format(9), reason="return",
        lines=[{"invoice_line": row_of(world, made)}],
    )  # fmt: skip
    assert world.value(stays, "tax_total") == 13
    assert to_invoice(world, delivery) == 0, "what was returned is not invoiced again"


def test_no_line_of_an_invoice_is_taken_back_twice(world: World) -> None:
    firm = world.customer("红字两次")
    delivery = delivery_of(world, shipped(world, firm, "100"))
    line = row_of(world, delivery)
    made = invoice(world, firm, 40, {"delivery_line": line, "quantity": "0.5"})
    invoice(world, firm, 41, {"delivery_line": line})
    of = row_of(world, made)

    def red(number: int, **row: object) -> RecordRef:
        lines = [{"invoice_line": of, **row}]
        return world.made("red_invoice", "issue", invoice=made.id, red_number=NUMBER.format(number), lines=lines)

    first = red(42, quantity="0.3", amount="33.33")
    assert world.rows(made, "lines", "reddened_quantity", "reddened") == [(Decimal("0.3"), Decimal("33.33"))]
    for row in ({"quantity": "0.3"}, {"quantity": "0.2", "amount": "16.68"}):
        with pytest.raises(HoldExceeded):
            red(43, **row)
    rest = red(43)
    assert world.rows(rest, "lines", "quantity", "amount") == [(Decimal("0.2"), Decimal("16.67"))]
    taxes = [world.value(one, "tax_total") for one in (first, rest)]
    assert sum(taxes) == world.value(made, "tax_total")
    world.undo(rest)
    world.undo(first)
    assert world.rows(made, "lines", "reddened_quantity", "reddened") == [(0, 0)]


def test_what_will_not_be_invoiced_is_let_go(world: World) -> None:
    firm = world.customer("不要发票")
    delivery = delivery_of(world, shipped(world, firm))
    before = books(world)
    world.run(delivery, "no_invoice")
    assert to_invoice(world, delivery) == 0
    world.undo(delivery)
    assert books(world) == before


def test_a_receivable_may_arise_with_the_invoice(world: World) -> None:
    setting(world, receivable_at="invoice")
    try:
        firm = world.customer("开票才欠")
        part = world.product("开票件", price="113")
        world.stock(part, "1")
        order = world.order(firm, (part, "1"), then="approve")
        world.receipt(firm, "13", order=order.id)
        delivery = world.ship(order)
        assert (amount(world, "receivable", party=firm), world.value(order, "unbilled")) == (0, 113)
        assert (world.value(order, "received"), world.value(order, "to_collect")) == (13, 100)
        before = books(world)
        made = invoice(world, firm, 10, {"delivery_line": row_of(world, delivery)})
        assert (world.value(order, "open_amount"), world.value(order, "unbilled")) == (113, 0)
        assert (world.value(order, "received"), world.value(order, "to_collect")) == (13, 100)
        red = world.made(
            "red_invoice", "issue", invoice=made.id, red_number=NUMBER.format(11),
            lines=[{"invoice_line": row_of(world, made)}],
        )  # fmt: skip
        assert (world.value(order, "open_amount"), world.value(order, "unbilled")) == (0, 113)
        world.undo(red)
        world.undo(made)
        assert books(world) == before
    finally:
        setting(world, receivable_at="delivery")


def test_a_receivable_may_arise_when_goods_are_signed_for(world: World) -> None:
    setting(world, receivable_at="acceptance")
    try:
        firm, part = world.customer("签收才欠"), world.product("签收件", price="113")
        world.stock(part, "4")
        order = world.order(firm, (part, "2"), then="approve")
        world.receipt(firm, "13", order=order.id)
        delivery = world.ship(order)
        assert (amount(world, "receivable", party=firm), world.value(order, "unbilled")) == (0, 226)
        assert amount(world, "revenue", party=firm) == -200
        assert (world.value(order, "received"), world.value(order, "to_collect")) == (13, 213)
        before = books(world)
        world.run(delivery, "sign")
        assert (world.value(order, "open_amount"), world.value(order, "unbilled")) == (213, 0)
        assert (world.value(order, "deposit"), world.value(order, "received")) == (0, 13)
        with pytest.raises(RequirementsFailed):
            world.run(delivery, "sign")
        invoice(world, firm, 50, {"delivery_line": row_of(world, delivery)})
        assert world.value(order, "open_amount") == 213, "an invoice changes nothing here"
        world.undo(RecordRef("output_invoice", world.ask("SELECT max(id) FROM output_invoice")[0][0]))
        world.undo(delivery)
        assert books(world) == before
        assert world.value(delivery, "signed_on") is None
        # What comes back before anybody signs was never owed.
        back = world.made(
            "sales_return", "approve", order=order.id, inspect=False,
            lines=[{"delivery_line": row_of(world, delivery), "quantity": "1"}],
        )  # fmt: skip
        world.run(back, "receive")
        assert (world.value(order, "open_amount"), world.value(order, "unbilled")) == (0, 113)
        assert (world.value(order, "received"), world.value(order, "to_collect")) == (13, 100)
    finally:
        setting(world, receivable_at="delivery")


def bought(world: World, supplier: int, part: int, quantity: str = "10") -> tuple[RecordRef, RecordRef]:
    """An order and its receipt."""
    order = world.purchase(supplier, (part, quantity))
    receipt = world.draft_of("purchase_receipt", order)
    world.run(receipt, "receive")
    return order, receipt


def billed(world: World, supplier: int, number: int, *lines: dict[str, object], then: str = "receive") -> RecordRef:
    return world.made("input_invoice", then, supplier=supplier, invoice_number=NUMBER.format(number), lines=list(lines))


def stock_of(world: World, part: int) -> Any:
    return amount(world, "on_hand", item=part)


@pytest.mark.parametrize("mode", ["receipt", "invoice"])
def test_an_invoice_that_differs_revalues_what_is_here_and_what_is_gone(world: World, mode: str) -> None:
    """Ten for 113 with tax; four are sold; the invoice says 135.60: 20 more, 12 in stock and 8 in what was sold."""
    setting(world, payable_at=mode)
    try:
        maker, part = world.supplier(f"差价厂 {mode}"), world.product("差价料", price="30", cost="11.30")
        tax = amount(world, "input_tax") + amount(world, "input_tax_uninvoiced")
        order, receipt = bought(world, maker, part)
        assert stock_of(world, part) == 100
        assert amount(world, "payable", party=maker) == (-113 if mode == "receipt" else 0)
        assert amount(world, "payable_uninvoiced", party=maker) == (0 if mode == "receipt" else -100)
        invoiced = amount(world, "input_tax") + amount(world, "input_tax_uninvoiced") - tax
        assert invoiced == (13 if mode == "receipt" else 0), "tax only with the invoice"
        assert (world.value(order, "paid"), world.value(order, "to_pay")) == (0, 113)
        world.ship(world.order(world.customer(f"买家 {mode}"), (part, "4"), then="approve"))
        before = books(world)
        line = row_of(world, receipt)
        made = billed(world, maker, 20 if mode == "receipt" else 21, {"receipt_line": line, "amount": "135.60"})
        assert world.rows(made, "lines", "estimate", "difference", "tax") == [(100, 20, Decimal("15.60"))]
        assert stock_of(world, part) == 60 + 12
        assert amount(world, "cost_of_sales", item=part) == 40 + 8
        assert amount(world, "payable", party=maker) == Decimal("-135.60")
        assert amount(world, "received_not_invoiced", party=maker) == 0
        assert amount(world, "payable_uninvoiced", party=maker) == 0
        after = amount(world, "input_tax") + amount(world, "input_tax_uninvoiced") - tax
        assert after == Decimal("15.60")
        assert (world.value(receipt, "to_invoice"), world.value(order, "open_amount")) == (0, Decimal("135.60"))
        world.undo(made)
        assert books(world) == before
        assert world.value(receipt, "to_invoice") == 100
    finally:
        setting(world, payable_at="receipt")


def test_one_receipt_invoiced_in_parts_to_the_cent(world: World) -> None:
    setting(world, payable_at="invoice")
    try:
        maker, part = world.supplier("分票厂"), world.product("分票料", cost="3.333333")
        _, receipt = bought(world, maker, part, "3")
        line = row_of(world, receipt)
        for number in (22, 23, 24):
            rows = [{"receipt_line": line, "quantity": "1"}]
            made = world.made("input_invoice", supplier=maker, invoice_number=NUMBER.format(number), lines=rows)
            estimate, tax = world.rows(made, "lines", "estimate", "estimated_tax")[0]
            world.change(made, lines=[{"id": row_of(world, made), "amount": str(estimate + tax), "tax": str(tax)}])
            world.run(made, "receive")
        assert world.value(receipt, "to_invoice") == 0
        assert amount(world, "payable", party=maker) == -10
        assert amount(world, "payable_uninvoiced", party=maker) == 0
        assert amount(world, "input_tax_uninvoiced", party=maker) == 0
        with pytest.raises(HoldExceeded):
            billed(world, maker, 25, {"receipt_line": line, "quantity": "1", "amount": "1"})
    finally:
        setting(world, payable_at="receipt")


def test_a_setting_decides_for_what_comes_after_it(world: World) -> None:
    """A receipt that was owed at once is not owed again by its invoice, whatever the company says by then."""
    maker, part = world.supplier("改口径厂"), world.product("改口径料", cost="11.30")
    _, receipt = bought(world, maker, part)
    setting(world, payable_at="invoice")
    try:
        billed(world, maker, 26, {"receipt_line": row_of(world, receipt)})
        assert amount(world, "payable", party=maker) == -113
        assert stock_of(world, part) == 100
    finally:
        setting(world, payable_at="receipt")


def test_goods_that_go_back_before_their_invoice(world: World) -> None:
    """Where debts arise with invoices, nothing was owed: the estimate goes back, and nothing is awaited."""
    setting(world, payable_at="invoice", receivable_at="invoice")
    try:
        maker, part = world.supplier("退货厂"), world.product("退货料", price="20", cost="11.30")
        order, receipt = bought(world, maker, part)
        before = books(world)
        lines = [{"receipt_line": row_of(world, receipt), "quantity": "4"}]
        back = world.made("purchase_return", "return_goods", order=order.id, lines=lines)
        assert amount(world, "payable_uninvoiced", party=maker) == -60
        assert (amount(world, "payable", party=maker), amount(world, "supplier_credit", party=maker)) == (0, 0)
        assert (world.value(receipt, "to_invoice"), stock_of(world, part)) == (60, 60)
        assert (world.value(order, "paid"), world.value(order, "to_pay")) == (0, Decimal("67.80"))
        world.undo(back)
        assert books(world) == before

        firm = world.customer("退货先生")
        sale = world.order(firm, (part, "2"), then="approve")
        delivery = world.ship(sale)
        rows = [{"delivery_line": row_of(world, delivery), "quantity": "1"}]
        returned = world.made("sales_return", "approve", order=sale.id, lines=rows)
        before = books(world)
        world.run(returned, "receive")
        assert (world.value(sale, "unbilled"), world.value(sale, "deposit")) == (20, 0)
        assert (to_invoice(world, delivery), world.value(sale, "to_collect")) == (20, 20)
        world.undo(returned)
        assert books(world) == before
    finally:
        setting(world, payable_at="receipt", receivable_at="delivery")
