"""What the rows of the shipped reports become: needs, orders, freezes, counts, applications, reconciliations, money."""

import logging
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.process.command import Bin, CreateFromRows
from onebook.engines.process.refusals import RequirementsFailed
from onebook.engines.report.refusals import NothingToCreate, RowsChanged
from onebook.engines.report.report import ReportRequest
from onebook.entrypoints.worker.tasks import SCHEDULES, NotMade, tasks
from onebook.storage import queue
from onebook.values.month import Month
from onebook.values.reference import RecordRef
from tests.scenarios.gauge import book, goods, received
from tests.scenarios.world import NOW, TODAY, World


def become(world: World, report: str, name: str, form: str, *rows: dict[str, Any], **parameters: Any) -> RecordRef:
    """The first document that the rows of a report become."""
    return world.do(CreateFromRows(report, name, form, parameters, rows or None)).record


def main_place(world: World) -> int:
    return int(world.ask("SELECT main_warehouse FROM company")[0][0])


@pytest.mark.parametrize(("name", "form"), [("need", "purchase_need"), ("order", "purchase_order")])
def test_what_runs_low_becomes_needs_or_orders_of_its_supplier(world: World, name: str, form: str) -> None:
    maker = world.supplier(f"补货厂{name}")
    low = world.product(f"低货{name}", lower_limit="10", reorder_quantity="25", supplier=maker)
    world.stock(low, "4")
    row = {"place": main_place(world), "item": low}
    made = become(world, "stock_to_reorder", name, form, row)
    assert (world.state(made), world.rows(made, "lines", "product", "quantity")) == ("draft", [(low, 25)])
    if form == "purchase_order":
        assert world.value(made, "supplier") == maker
        world.run(made, "approve")
        with pytest.raises(RowsChanged):
            become(world, "stock_to_reorder", name, form, row)
    else:
        assert (world.value(made, "reason"), world.rows(made, "lines", "supplier")) == ("limit", [(maker,)])


def lots_of(world: World, name: str, *expiry: date) -> tuple[int, list[int]]:
    """A product of which two pieces lie in a lot for each day of expiry: the product, its lots."""
    part, maker = world.product(name, costing="fefo"), world.supplier(f"{name}厂")
    for day in expiry:
        received(world, maker, {"product": part, "quantity": "2", "price": "1.13", "expires_on": day.isoformat()})
    return part, [row[0] for row in world.ask("SELECT id FROM lot WHERE product = %(at)s ORDER BY id", at=part)]


def test_expiring_lots_become_a_freeze_of_what_is_not_frozen_yet(world: World) -> None:
    part, (soon, later) = lots_of(world, "快过期", date(2026, 3, 20), date(2026, 6, 1))
    world.made("stock_freeze", "freeze", lines=[{"product": part, "lot": soon, "quantity": "0.5"}])
    made = become(world, "lots_expiring", "freeze", "stock_freeze", item=part)
    assert world.rows(made, "lines", "product", "lot", "quantity") == [(part, soon, Decimal("1.5"))]
    assert (world.value(made, "reason"), world.state(made)) == ("expired", "draft")
    world.run(made, "freeze")
    with pytest.raises(NothingToCreate):
        become(world, "lots_expiring", "freeze", "stock_freeze", item=part)
    assert later


def test_what_expired_is_frozen_at_night_once_and_who_had_it_waits_again(world: World) -> None:
    part, (old, _) = lots_of(world, "过夜货", TODAY, date(2026, 6, 1))
    order = world.order(world.customer("过夜客户"), (part, "3"), then="approve")
    assert "make_all" in {schedule.task for schedule in SCHEDULES}
    _night(world, NOW)
    assert goods(world, part)[:3] == (4, 0, 3), "a lot is good on its last day"

    _night(world, NOW + timedelta(days=1))
    frozen = book(world)
    assert goods(world, part)[:7] == (4, 2, 2, 0, 0, 0, 1)
    assert world.line(order, "waiting") == 1
    freeze = RecordRef("stock_freeze", world.ask("SELECT max(id) FROM stock_freeze")[0][0])
    assert (world.state(freeze), world.rows(freeze, "lines", "lot")) == ("frozen", [(old,)])
    for days in (1, 2):
        _night(world, NOW + timedelta(days=days))
    assert book(world) == frozen
    world.undo(freeze)
    assert (goods(world, part).frozen, world.line(order, "waiting")) == (0, 0)


def test_every_company_has_its_nightly_documents_and_a_refusal_is_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    table = tasks(world.application, world.application.database)
    table["make_all"](timestamp=0)
    with world.application.database.administration(queue.SCHEMA) as connection:
        jobs = connection.execute("SELECT task_name, args ->> 'schema' FROM procrastinate_jobs").fetchall()
        connection.execute("DELETE FROM procrastinate_jobs")
    assert ("make", world.schema) in jobs
    lots_of(world, "关账过夜货", TODAY)
    later = NOW + timedelta(days=70)
    world.application.close_period(world.schema, SYSTEM, Month.of(later.date()))
    try:
        with caplog.at_level(logging.ERROR), pytest.raises(NotMade):
            _night(world, later)
        assert caplog.records
    finally:
        world.application.reopen_period(world.schema, SYSTEM, Month.of(TODAY))


def _night(world: World, now: datetime) -> None:
    database = world.application.database
    tasks(Application(database, now=lambda: now), database)["make"](schema=world.schema)


def test_a_list_becomes_a_stocktake_of_its_place(world: World) -> None:
    place = world.made("warehouse", code="盘", name="盘点仓").id
    part = world.product("盘点货")
    world.made("opening_stock", "post", warehouse=place, lines=[{"product": part, "quantity": "3", "price": "1"}])
    made = become(world, "stock_to_count", "stocktake", "stocktake", place=place)
    assert (world.value(made, "warehouse"), world.rows(made, "lines", "product", "counted")) == (place, [(part, None)])
    world.run(made, "start")
    world.change(made, lines=[{"id": world.rows(made, "lines", "id")[0][0], "counted": "2"}])
    world.run(made, "finish")
    world.run(made, "post")
    assert goods(world, part, place)[0] == 2


def owing(world: World, name: str, price: str = "113") -> tuple[int, RecordRef, RecordRef]:
    """A customer who owes for one delivery: customer, order, delivery."""
    firm, part = world.customer(name), world.product(f"{name}货", price=price)
    world.stock(part, "1")
    order = world.order(firm, (part, "1"), then="approve")
    return firm, order, world.ship(order)


def test_open_orders_become_money_that_comes_in_or_is_let_off(world: World) -> None:
    firm, order, _ = owing(world, "抹零客户", "100.05")
    row = {"party": firm, "document": order.id}
    let_off = become(world, "open_receivables", "let_off", "receivable_adjustment", row)
    assert world.rows(let_off, "lines", "order", "amount") == [(order.id, Decimal("100.05"))]
    receipt = become(world, "receivables", "receipt", "receipt", {"party": firm})
    assert (world.value(receipt, "customer"), world.value(receipt, "amount")) == (firm, Decimal("100.05"))
    world.run(receipt, "post")
    world.allocate(firm, (receipt, order, "100"))
    let_off = become(world, "open_receivables", "let_off", "receivable_adjustment", row)
    world.run(let_off, "post")
    assert world.value(order, "open_amount") == 0


def test_what_is_owed_to_a_supplier_becomes_a_payment(world: World) -> None:
    maker, part = world.supplier("待付厂"), world.product("待付货")
    received(world, maker, {"product": part, "quantity": "2", "price": "56.5"})
    made = become(world, "payables", "payment", "payment", {"party": maker})
    assert (world.value(made, "supplier"), world.value(made, "amount")) == (maker, 113)


def test_short_rows_of_orders_become_needs_once(world: World) -> None:
    firm, maker = world.customer("缺货客户"), world.supplier("缺货厂")
    part, other = world.product("缺货甲", supplier=maker), world.product("缺货乙")
    order = world.order(firm, (part, "3"), (other, "2"), then="approve")
    [(line, short), (second, _)] = world.rows(order, "lines", "id", "waiting")
    above = {"warehouse": main_place(world), "customer": firm, "ship_on": world.value(order, "ship_on").isoformat()}
    keys: dict[str, Any] = {f"parent.{name}": value for name, value in above.items()}
    first = {**keys, "product": part, "id": line}
    made = become(world, "shortages", "need", "purchase_need", first)
    assert world.rows(made, "lines", "product", "supplier", "quantity", "wanted_by") == [(part, maker, short, line)]
    assert (world.value(made, "reason"), world.state(made)) == ("order", "draft")
    with pytest.raises(RowsChanged):
        become(world, "shortages", "need", "purchase_need", first)
    rest = become(world, "shortages", "need", "purchase_need", {**keys, "product": other, "id": second})
    assert world.rows(rest, "lines", "wanted_by") == [(second,)]
    world.run(made, "cancel")
    again = become(world, "shortages", "need", "purchase_need", first)
    assert world.rows(again, "lines", "wanted_by") == [(line,)]


def test_delivered_rows_become_invoices_once(world: World) -> None:
    firm, _, delivery = owing(world, "开票客户")
    [(line, part)] = world.rows(delivery, "lines", "id", "product")
    row = {"parent.customer": firm, "product": part, "id": line}
    made = become(world, "to_be_invoiced", "invoice", "output_invoice", row)
    assert world.value(made, "customer") == firm
    assert world.rows(made, "lines", "delivery_line", "quantity", "amount") == [(line, 1, 113)]
    with pytest.raises(RowsChanged):
        become(world, "to_be_invoiced", "invoice", "output_invoice", row)
    # What is thrown away deals with nothing any more.
    world.do(Bin(made))
    made = become(world, "to_be_invoiced", "invoice", "output_invoice", row)
    world.run(made, "approve")
    world.change(made, invoice_number="12345678901234567890")
    world.run(made, "issue")
    assert world.rows(delivery, "lines", "to_invoice") == [(0,)]
    with pytest.raises(RowsChanged):
        become(world, "to_be_invoiced", "invoice", "output_invoice", row)


def test_received_rows_become_invoices_once(world: World) -> None:
    maker, part = world.supplier("收票厂"), world.product("收票货")
    received(world, maker, {"product": part, "quantity": "3", "price": "33.34"})
    [(line, receipt)] = world.ask("SELECT id, parent FROM purchase_receipt__lines WHERE product = %(at)s", at=part)
    row = {"parent.supplier": maker, "product": part, "id": line}
    made = become(world, "invoices_awaited", "invoice", "input_invoice", row)
    assert (world.value(made, "supplier"), world.value(made, "invoice_number")) == (maker, None)
    [(quantity, amount, difference)] = world.rows(made, "lines", "quantity", "amount", "difference")
    assert (quantity, amount, difference) == (3, Decimal("100.02"), 0)
    with pytest.raises(RowsChanged):
        become(world, "invoices_awaited", "invoice", "input_invoice", row)
    for step in ("match", "receive"):
        with pytest.raises(RequirementsFailed):
            world.run(made, step)
    # A part comes on one invoice, the rest on the next: to the cent all that was received.
    first = {"id": world.rows(made, "lines", "id")[0][0], "quantity": "1", "amount": "33.34"}
    world.change(made, invoice_number="24312000000000000001", lines=[first])
    world.run(made, "receive")
    rest = become(world, "invoices_awaited", "invoice", "input_invoice", row)
    assert world.rows(rest, "lines", "quantity", "amount", "difference") == [(2, Decimal("66.68"), 0)]
    world.change(rest, invoice_number="24312000000000000002")
    world.run(rest, "match")
    world.run(rest, "receive")
    assert world.rows(RecordRef("purchase_receipt", receipt), "lines", "to_invoice") == [(0,)]
    with pytest.raises(RowsChanged):
        become(world, "invoices_awaited", "invoice", "input_invoice", row)


def test_money_that_came_in_becomes_allocations(world: World) -> None:
    firm, order, _ = owing(world, "核销客户")
    receipts = [world.made("receipt", "post", customer=firm, amount=amount) for amount in ("50", "63")]
    rows = [{"party": firm, "document": one.id} for one in receipts]
    made = become(world, "receipts_to_allocate", "allocate", "allocation", *rows)
    assert world.value(made, "customer") == firm
    assert sorted(world.rows(made, "lines", "receipt", "amount")) == [(receipts[0].id, 50), (receipts[1].id, 63)]
    with pytest.raises(RowsChanged):
        become(world, "receipts_to_allocate", "allocate", "allocation", rows[0])
    world.change(made, lines=[{"id": one, "order": order.id} for (one,) in world.rows(made, "lines", "id")])
    world.run(made, "allocate")
    assert world.value(order, "open_amount") == 0
    with pytest.raises(NothingToCreate):
        become(world, "receipts_to_allocate", "allocate", "allocation", party=firm)


def test_money_that_went_out_becomes_allocations(world: World) -> None:
    maker = world.supplier("付款核销厂")
    payment = world.made("payment", "post", supplier=maker, amount="70")
    made = become(
        world, "payments_to_allocate", "allocate", "payable_allocation", {"party": maker, "document": payment.id}
    )
    assert world.rows(made, "lines", "payment", "amount") == [(payment.id, 70)]


def test_a_month_becomes_reconciliations(world: World) -> None:
    firm, _, _ = owing(world, "对账客户甲")
    made = become(world, "to_reconcile", "reconcile", "customer_reconciliation", {"party": firm}, month="2026-03-01")
    assert (world.value(made, "customer"), world.value(made, "from_on"), world.value(made, "to_on")) == (
        firm, date(2026, 3, 1), date(2026, 3, 31),
    )  # fmt: skip
    world.run(made, "draw")
    world.run(made, "send")
    assert world.value(made, "closing") == 113


def test_a_month_confirmed_in_parts_is_listed_with_what_remains(world: World) -> None:
    firm, _, _ = owing(world, "分段客户")

    def confirmed(first: int, last: int) -> None:
        made = world.made(
            "customer_reconciliation", customer=firm, from_on=f"2026-03-{first:02}", to_on=f"2026-03-{last:02}"
        )
        for step in ("draw", "send", "confirm"):
            world.run(made, step)

    def remaining() -> tuple[date, date]:
        made = become(
            world, "to_reconcile", "reconcile", "customer_reconciliation", {"party": firm}, month="2026-03-01"
        )
        span = world.value(made, "from_on"), world.value(made, "to_on")
        world.do(Bin(made))
        return span

    assert remaining() == (date(2026, 3, 1), date(2026, 3, 31))
    confirmed(8, 15)
    assert remaining() == (date(2026, 3, 1), date(2026, 3, 7)), "what lies before comes first"
    confirmed(1, 7)
    assert remaining() == (date(2026, 3, 16), date(2026, 3, 31))
    confirmed(14, 20)
    assert remaining() == (date(2026, 3, 21), date(2026, 3, 31)), "what was confirmed twice counts once"
    confirmed(22, 31)
    assert remaining() == (date(2026, 3, 21), date(2026, 3, 21))
    confirmed(21, 21)
    with pytest.raises(RowsChanged):
        remaining()


def test_a_confirmed_month_is_not_listed_any_more(world: World) -> None:
    (firm, _, _), (other, _, _) = owing(world, "确认客户"), owing(world, "未确认客户")

    def listed(month: str) -> set[int]:
        page = world.application.report(
            world.schema, SYSTEM, ReportRequest("to_reconcile", {"month": month}, limit=1000)
        )
        return {row["party"]["id"] for row in page.rows} & {firm, other}

    march = {"month": "2026-03-01"}
    made = become(world, "to_reconcile", "reconcile", "customer_reconciliation", {"party": firm}, **march)
    world.run(made, "draw")
    world.run(made, "send")
    assert listed("2026-03-01") == {firm, other}, "what is only sent may still be disputed"
    world.run(made, "confirm")
    assert listed("2026-03-01") == {other}
    assert listed("2026-04-01") == {firm, other}
