"""Money that moves without goods: adjustments, offsets, transfers, refunds, expenses; and the way back from each."""

from decimal import Decimal
from typing import Any

import pytest

from onebook.ledger.refusals import BalanceTooLow, LimitExceeded
from onebook.storage.transaction import Rows
from onebook.values.reference import RecordRef
from tests.scenarios.world import World


def books(world: World) -> dict[str, Any]:
    """Everything that the book says: all balances and promises, and the sums of what keeps none."""
    return {
        "kept": world.meters()["accounts"],
        "summed": world.summed(),
        "plans": world.ask("SELECT id, planned, received, to_collect FROM sales_order ORDER BY id"),
    }


def shipped(world: World, customer: int, amount: str = "100") -> RecordRef:
    """An order of one piece at that price, delivered."""
    part = world.product("件", price=amount, cost="6")
    world.stock(part, "1")
    order = world.order(customer, (part, "1"), then="approve")
    world.ship(order)
    return order


def received(world: World, supplier: int, cost: str = "40") -> RecordRef:
    """A purchase of one piece at that price, received."""
    order = world.purchase(supplier, (world.product("料", cost=cost), "1"))
    world.run(world.draft_of("purchase_receipt", order), "receive")
    return order


def subject(world: World, code: str) -> int:
    return int(world.ask("SELECT id FROM subject WHERE code = %(code)s", code=code)[0][0])


def account(world: World, code: str) -> int:
    return int(world.ask("SELECT id FROM money_account WHERE code = %(code)s", code=code)[0][0])


def category(world: World, code: str, form: str = "expense_category") -> int:
    return int(world.ask(f"SELECT id FROM {form} WHERE code = %(code)s", code=code)[0][0])


def amount(world: World, role: str, **at: int) -> Any:
    return Decimal(world.balance(role, **at)[1])


def order_money(world: World, order: RecordRef) -> Rows:
    return world.ask(
        "SELECT open_amount, planned, discounted, written_off, received FROM sales_order WHERE id = %(id)s", id=order.id
    )


@pytest.mark.parametrize(
    ("reason", "role", "column"),
    [
        ("discount", "sales_discount", "discounted"),
        ("rounding", "sales_discount", "discounted"),
        ("bad_debt", "bad_debt", "written_off"),
    ],
)
def test_what_is_let_off_lowers_the_receivable_and_is_a_cost(world: World, reason: str, role: str, column: str) -> None:
    firm = world.customer(f"折让客户 {reason}")
    order = shipped(world, firm)
    before = books(world)
    made = world.made(
        "receivable_adjustment", "post", customer=firm, reason=reason, lines=[{"order": order.id, "amount": "12.50"}]
    )
    assert world.value(order, "open_amount") == Decimal("87.50")
    assert world.value(order, "planned") == Decimal("87.50")
    assert world.value(order, column) == Decimal("12.50")
    assert world.value(order, "received") == 0, "what was let off is no money"
    assert amount(world, role, party=firm) == Decimal("12.50")
    world.undo(made)
    assert books(world) == before


def test_a_bad_debt_that_is_paid_after_all_comes_back_first(world: World) -> None:
    firm = world.customer("失而复得")
    order = shipped(world, firm)
    lines = [{"order": order.id, "amount": "100"}]
    world.made("receivable_adjustment", "post", customer=firm, reason="bad_debt", lines=lines)
    assert order_money(world, order) == [(0, 0, 0, 100, 0)]
    world.made("receivable_adjustment", "post", customer=firm, reason="recovery", lines=lines)
    assert world.value(order, "open_amount") == 100
    assert amount(world, "bad_debt_recovered", party=firm) == -100
    receipt = world.receipt(firm, "100")
    world.allocate(firm, (receipt, order, "100"))
    assert world.value(order, "open_amount") == 0


def test_nobody_is_let_off_more_than_is_owed(world: World) -> None:
    firm = world.customer("只欠一百")
    order = shipped(world, firm)
    with pytest.raises(BalanceTooLow):
        lines = [{"order": order.id, "amount": "100.01"}]
        world.made("receivable_adjustment", "post", customer=firm, lines=lines)


@pytest.mark.parametrize(("reason", "role"), [("discount", "purchase_discount"), ("waived", "payable_waived")])
def test_what_a_supplier_lets_off(world: World, reason: str, role: str) -> None:
    maker = world.supplier(f"让利厂 {reason}")
    order = received(world, maker)
    before = books(world)
    lines = [{"order": order.id, "amount": "4"}]
    made = world.made("payable_adjustment", "post", supplier=maker, reason=reason, lines=lines)
    assert world.value(order, "open_amount") == 36
    assert world.value(order, "planned") == 36
    assert amount(world, role, party=maker) == -4
    world.undo(made)
    assert books(world) == before


def test_what_is_owed_both_ways_is_set_off(world: World) -> None:
    party = world.made("party", name="双向往来").id
    firm, maker = world.customer("双向客户", party=party), world.supplier("双向供应商", party=party)
    sold, bought = shipped(world, firm), received(world, maker)
    before = books(world)
    made = world.made(
        "debt_offset", "post", customer=firm, supplier=maker, lines=[{"order": sold.id, "purchase_order": bought.id}]
    )
    assert (world.value(sold, "open_amount"), world.value(bought, "open_amount")) == (60, 0)
    assert (amount(world, "receivable", party=firm), amount(world, "payable", party=maker)) == (60, 0)
    assert (world.value(sold, "planned"), world.value(bought, "planned")) == (60, 0)
    world.undo(made)
    assert books(world) == before


def test_another_customer_takes_a_debt_over_and_pays_it(world: World) -> None:
    first, second = world.customer("原欠款人"), world.customer("代付人")
    order = shipped(world, first)
    before = books(world)
    lines = [{"order": order.id, "amount": "70"}]
    made = world.made("receivable_transfer", "post", customer=first, target_customer=second, lines=lines)
    assert (amount(world, "receivable", party=first), amount(world, "receivable", party=second)) == (30, 70)
    world.undo(made)
    assert books(world) == before
    world.made("receivable_transfer", "post", customer=first, target_customer=second, lines=lines)
    receipt = world.receipt(second, "100")
    rows = [{"receipt": receipt.id, "amount": "70"}]
    world.made("allocation", "allocate", customer=second, lines=rows)
    assert amount(world, "receivable", party=second) == 0
    assert world.value(receipt, "unallocated") == 30


def test_another_supplier_is_paid_instead(world: World) -> None:
    first, second = world.supplier("原债主"), world.supplier("新债主")
    order = received(world, first)
    before = books(world)
    lines = [{"order": order.id}]
    made = world.made("payable_transfer", "post", supplier=first, target_supplier=second, lines=lines)
    assert (amount(world, "payable", party=first), amount(world, "payable", party=second)) == (0, -40)
    world.undo(made)
    assert books(world) == before


def test_many_receipts_pay_many_orders(world: World) -> None:
    firm = world.customer("多对多")
    orders = [shipped(world, firm, price) for price in ("100", "50")]
    receipts = [world.receipt(firm, paid) for paid in ("70", "80")]
    before = books(world)
    made = world.allocate(
        firm, (receipts[0], orders[0], "70"), (receipts[1], orders[0], "30"), (receipts[1], orders[1], "50")
    )
    assert [world.value(order, "open_amount") for order in orders] == [0, 0]
    assert [world.value(order, "planned") for order in orders] == [0, 0]
    assert [world.value(receipt, "unallocated") for receipt in receipts] == [0, 0]
    world.undo(made)
    assert books(world) == before
    with pytest.raises(LimitExceeded):
        world.allocate(firm, (receipts[0], orders[0], "70.01"))


def test_a_refund_is_owed_when_approved_and_gone_when_paid(world: World) -> None:
    firm = world.customer("退款客户")
    receipt = world.receipt(firm, "80")
    before, bank = books(world), amount(world, "cash")
    refund = world.made("refund", "apply", customer=firm, receipt=receipt.id, amount="30", reason="多付")
    assert books(world) == before, "an application is none"
    world.run(refund, "approve")
    assert world.value(receipt, "unallocated") == 50
    assert (world.value(refund, "owed"), amount(world, "refund_payable", party=firm)) == (30, -30)
    approved = books(world)
    world.run(refund, "pay")
    assert (world.value(refund, "owed"), amount(world, "cash")) == (0, bank - 30)
    world.undo(refund)
    assert books(world) == approved
    world.undo(refund)
    assert books(world) == before
    with pytest.raises(LimitExceeded):
        world.made("refund", "approve", customer=firm, receipt=receipt.id, amount="80.01", reason="太多")


def test_the_deposit_of_an_order_is_given_back(world: World) -> None:
    firm = world.customer("退订金")
    order = world.order(firm, (world.product("订制件", price="50"), "2"), then="approve")
    world.receipt(firm, "60", order=order.id)
    refund = world.made("refund", "approve", customer=firm, order=order.id, reason="取消")
    assert (world.value(order, "deposit"), amount(world, "refund_payable", party=firm)) == (0, -60)
    world.run(refund, "pay")
    world.run(order, "cancel")
    assert world.value(order, "planned") == 0


def test_a_supplier_gives_a_prepayment_back(world: World) -> None:
    maker = world.supplier("退预付")
    payment = world.made("payment", "post", supplier=maker, amount="90")
    before, bank = books(world), amount(world, "cash")
    refund = world.made("supplier_refund", "agree", supplier=maker, payment=payment.id, amount="40")
    assert (world.value(payment, "unallocated"), world.value(refund, "due")) == (50, 40)
    world.run(refund, "receive")
    assert (world.value(refund, "due"), amount(world, "cash")) == (0, bank + 40)
    world.undo(refund)
    world.undo(refund)
    assert books(world) == before


def test_money_between_our_own_accounts_with_its_fee(world: World) -> None:
    bank, till = account(world, "bank"), account(world, "cash")
    before, at = books(world), (amount(world, "cash", place=bank), amount(world, "cash", place=till))
    made = world.made("cash_transfer", "post", source_account=bank, target_account=till, amount="100", fee="1.5")
    assert amount(world, "cash", place=bank) == at[0] - Decimal("101.5")
    assert amount(world, "cash", place=till) == at[1] + 100
    assert amount(world, "payment_fee", place=bank) == Decimal("1.5")
    world.undo(made)
    assert books(world) == before


def test_a_channel_keeps_its_fee(world: World) -> None:
    method = world.made("settlement_method", code="pos", name="刷卡费率", fee_rate="0.006").id
    firm, bank = world.customer("刷卡客户"), account(world, "bank")
    before, at = books(world), (amount(world, "cash", place=bank), amount(world, "payment_fee", place=bank))
    receipt = world.receipt(firm, "1000", settlement_method=method)
    assert world.value(receipt, "fee") == 6
    assert world.value(receipt, "unallocated") == 1000, "the customer has paid all of it"
    assert amount(world, "cash", place=bank) == at[0] + 994
    assert amount(world, "payment_fee", place=bank) == at[1] + 6
    world.undo(receipt)
    assert books(world) == before


def test_an_expense_is_owed_when_approved_and_settled_when_paid(world: World) -> None:
    rent, travel = category(world, "rent"), category(world, "travel")
    before = books(world)
    lines = [{"category": rent, "amount": "1090", "tax": "90"}, {"category": travel, "amount": "200"}]
    expense = world.made("expense", "submit", purpose="三月房租", lines=lines)
    assert books(world) == before
    tax = amount(world, "input_tax")
    world.run(expense, "approve")
    assert (amount(world, "expense", item=rent), amount(world, "expense", item=travel)) == (1000, 200)
    assert (amount(world, "input_tax"), world.value(expense, "owed")) == (tax + 90, 1290)
    world.run(expense, "pay")
    assert world.value(expense, "owed") == 0
    world.undo(expense)
    world.undo(expense)
    assert books(world) == before


def test_other_income_in_money_and_on_credit(world: World) -> None:
    scrap, firm = category(world, "scrap", "income_category"), world.customer("废品站")
    before, cash = books(world), amount(world, "cash")
    lines = [{"category": scrap, "amount": "113", "tax": "13"}]
    paid = world.made("income", "post", purpose="废料", lines=lines)
    owed = world.made("income", "post", purpose="废料挂账", customer=firm, on_credit=True, lines=lines)
    assert amount(world, "cash") == cash + 113
    assert (amount(world, "other_income", item=scrap), amount(world, "receivable", party=firm)) == (-200, 113)
    world.undo(owed)
    world.undo(paid)
    assert books(world) == before


def test_a_voucher_books_what_no_other_document_says(world: World) -> None:
    before = books(world)
    capital, bank = subject(world, "3001"), account(world, "bank")
    lines = [
        {"subject": subject(world, "1002"), "money_account": bank, "debit": "500"},
        {"subject": capital, "credit": "500"},
    ]
    at = amount(world, "cash", place=bank)
    made = world.made("voucher", "post", summary="投入资本", lines=lines)
    assert amount(world, "cash", place=bank) == at + 500
    assert amount(world, "voucher_entry", item=capital) == -500
    assert amount(world, "voucher_clearing") == 0
    world.undo(made)
    assert books(world) == before


def test_what_returns_left_over_pays_other_orders(world: World) -> None:
    firm, maker = world.customer("余款客户"), world.supplier("余款厂")
    other = shipped(world, firm)
    paid = world.order(firm, (world.product("预付件", price="100"), "1"), then="approve")
    world.receipt(firm, "60", order=paid.id)
    before = books(world)
    made = world.made("allocation", "allocate", customer=firm, lines=[{"deposit_order": paid.id, "order": other.id}])
    assert world.value(paid, "deposit") == 0
    assert (world.value(other, "open_amount"), world.value(other, "planned")) == (40, 40)
    world.undo(made)
    assert books(world) == before

    owed, sent_back = received(world, maker, "100"), received(world, maker, "40")
    payment = world.made("payment", "post", supplier=maker, amount="40")
    world.made("payable_allocation", "allocate", supplier=maker, lines=[{"payment": payment.id, "order": sent_back.id}])
    [(row,)] = world.ask(
        "SELECT l.id FROM purchase_receipt__lines l JOIN purchase_receipt r ON r.id = l.parent"
        ' WHERE r."order" = %(id)s',
        id=sent_back.id,
    )
    lines = [{"receipt_line": row, "quantity": "1"}]
    world.made("purchase_return", "return_goods", order=sent_back.id, lines=lines)
    assert world.value(sent_back, "supplier_credit") == 40
    before = books(world)
    rows = [{"credit_order": sent_back.id, "order": owed.id, "amount": "25"}]
    made = world.made("payable_allocation", "allocate", supplier=maker, lines=rows)
    assert (world.value(sent_back, "supplier_credit"), world.value(owed, "open_amount")) == (15, 75)
    refund = world.made("supplier_refund", "agree", supplier=maker, order=sent_back.id)
    assert (world.value(refund, "due"), world.value(sent_back, "supplier_credit")) == (15, 0)
    world.undo(refund)
    world.undo(made)
    assert books(world) == before
