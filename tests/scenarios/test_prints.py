"""The shipped prints: what stands on them, for whom; and a statement of account that is the book, entry by entry."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.report.refusals import NotReadable, UnknownColumn, WrongParameter
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Page
from onebook.values.reference import RecordRef
from tests.scenarios.world import World
from tests.unit.print.paper import codes, sizes, texts, together

KEEPER = Actor(1, "石磊", frozenset({"warehouse_keeper"}))
ACCOUNTANT = Actor(2, "方丽娟", frozenset({"accountant"}))
BOOKS = ("receivable", "order_deposit", "customer_prepayment")


def _printed(world: World, record: RecordRef, name: str, actor: Actor = SYSTEM) -> bytes:
    return world.application.print(world.schema, actor, record.form, [record.id], name)[1]


def _page(pdf: bytes) -> str:
    return together("".join(texts(pdf)))


def _delivery(world: World, name: str = "宏达机械", lines: int = 2) -> RecordRef:
    goods = [world.product(f"深沟球轴承 {n}", price="11.30") for n in range(lines)]
    for one in goods:
        world.stock(one, "1000")
    customer = world.customer(name, phone=f"1380000{1234 + lines - 2}", address="墨玉路 1200 号")
    return world.delivery_of(world.order(customer, *((one, "100") for one in goods), then="approve"))


@pytest.fixture(scope="module")
def shared() -> dict[str, RecordRef]:
    return {}


@pytest.fixture
def delivery(world: World, shared: dict[str, RecordRef]) -> RecordRef:
    if "delivery" not in shared:
        shared["delivery"] = _delivery(world)
    return shared["delivery"]


def test_a_delivery_note_says_what_is_delivered(world: World, delivery: RecordRef) -> None:
    number = str(world.value(delivery, "number"))
    pdf = _printed(world, delivery, "delivery_note")
    pages = texts(pdf)
    assert [name in page for page, name in zip(pages, ("白联存根", "红联财务", "黄联客户"), strict=True)] == [True] * 3
    for part in (
        "宏达机械",
        "墨玉路1200号",
        "13800001234",
        "深沟球轴承0",
        "1,130.00",
        "2,260.00",
        "贰仟贰佰陆拾元整",
        "客户签收",
    ):
        assert part in together(pages[0]), part
    assert "（草稿）" in pages[0]
    assert codes(pdf) == {"Code128": number, "QRCode": number}


def test_what_a_keeper_may_not_see_is_not_on_the_note(world: World, delivery: RecordRef) -> None:
    for name in ("delivery_note", "delivery_note_continuous"):
        page = _page(_printed(world, delivery, name, KEEPER))
        assert "深沟球轴承0" in page
        assert "数量" in page
        for absent in ("单价", "金额", "1,130", "2,260", "大写", "11.3"):
            assert absent not in page, absent
        assert "138****1234" in page


def test_the_note_fits_half_a_continuous_page(world: World, delivery: RecordRef) -> None:
    pdf = _printed(world, delivery, "delivery_note_continuous")
    assert sizes(pdf) == [(241, 139.7)]
    assert codes(pdf) == {"Code128": str(world.value(delivery, "number"))}
    assert all(name in _page(pdf) for name in ("白联存根", "红联财务", "黄联客户"))


def test_what_was_shipped_is_no_draft(world: World) -> None:
    shipped = _delivery(world, "已出库客户", 1)
    world.run(shipped, "ship")
    assert "草稿" not in _page(_printed(world, shipped, "delivery_note"))


def test_orders_are_printed(world: World) -> None:
    bolt = world.product("螺栓", price="2.26", cost="1.13")
    order = world.order(world.customer("打印客户"), (bolt, "1000"))
    assert {"打印客户", "2,260.00", "13%"} <= _words(_printed(world, order, "sales_order"))
    purchase = world.purchase(world.supplier("打印供应商"), (bolt, "10"), then=None)
    assert {"打印供应商", "11.30", "采购订单"} <= _words(_printed(world, purchase, "purchase_order"))


def _words(pdf: bytes) -> set[str]:
    page = _page(pdf)
    return {word for word in ("打印客户", "2,260.00", "13%", "打印供应商", "11.30", "采购订单") if word in page}


def _statement(world: World, customer: int, first: str = "", last: str = "", actor: Actor = SYSTEM) -> Page:
    span = {name: day for name, day in (("from", first), ("to", last)) if day}
    request = ReportRequest("customer_statement", {"party": customer, **span}, limit=1000)
    return world.application.report(world.schema, actor, request)


def _story(world: World) -> int:
    """Deposits, deliveries, money before and after, a mistake taken back."""
    nut, customer = world.product("对账螺母", price="1.13"), world.customer("对账客户")
    supply = {"opened_on": "2026-01-01"}
    world.made("opening_stock", "post", lines=[{"product": nut, "quantity": "10000", "price": "6"}], **supply)
    first = world.order(customer, (nut, "1000"), then="approve", ordered_on="2026-01-05")
    delivery = world.delivery_of(first)
    world.change(delivery, shipped_on="2026-01-10")
    world.run(delivery, "ship")
    receipt = world.receipt(customer, "500", received_on="2026-02-03")
    world.allocate(customer, (receipt, first, "400"))
    second = world.order(customer, (nut, "200"), then="approve", ordered_on="2026-02-10")
    mistaken = world.delivery_of(second)
    world.change(mistaken, shipped_on="2026-02-11")
    world.run(mistaken, "ship")
    world.undo(mistaken)
    world.receipt(customer, "30.50", received_on="2026-03-01")
    return customer


@pytest.fixture
def customer(world: World, shared: dict[str, RecordRef]) -> int:
    if "customer" not in shared:
        shared["customer"] = RecordRef("customer", _story(world))
    return shared["customer"].id


def test_a_statement_is_the_book_entry_by_entry(world: World, customer: int) -> None:
    page = _statement(world, customer, "2026-02-01", "2026-03-31")
    opening, *rows = page.rows
    assert (opening["balance"], opening["is_balance"], opening["document"]) == ("1130.00", True, "opening")
    balance = Decimal(opening["balance"])
    for row in rows:
        balance += Decimal(row["charged"] or 0) - Decimal(row["paid"] or 0)
        assert Decimal(row["balance"]) == balance
        assert row["number"]
        assert row["record"]["form"] == row["document"]
    assert [(row["on"].isoformat(), row["document"], row["charged"], row["paid"]) for row in rows] == [
        ("2026-02-03", "receipt", None, "500.00"),
        ("2026-02-11", "sales_delivery", "226.00", None),
        ("2026-03-01", "receipt", None, "30.50"),
        ("2026-03-10", "sales_delivery", "-226.00", None),
    ]
    assert page.extra["totals"] == {"charged": "0.00", "paid": "530.50"}
    assert (page.extra["opening"], page.extra["closing"]) == ("1130.00", "599.50")
    assert balance == sum(world.balance(role, party=customer)[1] for role in BOOKS)


def test_what_only_moves_between_the_books_of_a_customer_is_no_entry(world: World, customer: int) -> None:
    documents = {row["document"] for row in _statement(world, customer, "2026-01-01").rows}
    assert world.balance("receivable", party=customer)[1] == Decimal("730.00"), "400 were allocated"
    assert documents == {"opening", "sales_delivery", "receipt"}


def test_spans_join_without_a_gap(world: World, customer: int) -> None:
    months = [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31")]
    pages = [_statement(world, customer, first, last) for first, last in months]
    assert pages[0].extra["opening"] == "0.00"
    for before, after in pairwise(pages):
        assert before.extra["closing"] == after.extra["opening"]
    whole = _statement(world, customer, "2026-01-01", "2026-03-31")
    assert len(whole.rows) - 1 == sum(len(page.rows) - 1 for page in pages)


def test_pages_of_a_statement_know_the_whole(world: World, customer: int) -> None:
    found: list[Any] = []
    for offset in range(0, 6, 2):
        request = ReportRequest("customer_statement", {"party": customer, "from": "2026-01-01"}, None, 2, offset)
        page = world.application.report(world.schema, SYSTEM, request)
        assert (page.extra["total_rows"], page.extra["closing"]) == (6, "599.50")
        found += page.rows
    assert found == list(_statement(world, customer, "2026-01-01").rows)


def test_a_statement_on_paper(world: World, customer: int) -> None:
    request = ReportRequest("customer_statement", {"party": customer, "from": "2026-02-01", "to": "2026-03-31"})
    label, pdf = world.application.print_report(world.schema, ACCOUNTANT, request, "customer_statement")
    page = _page(pdf)
    assert label == "对账单"
    for part in (
        "客户：对账客户",
        "至：2026-03-31",
        "期初余额1,130.00",
        "销售出库单",
        "伍佰玖拾玖元伍角",
        "客户确认（盖章）：",
    ):
        assert part in page, part
    assert "合计0.00530.50" in page, "the opening balance is no movement"


def test_a_supplier_s_statement_counts_what_we_owe_up(world: World) -> None:
    bolt, supplier = world.product("应付螺栓", cost="1.13"), world.supplier("对账供应商")
    purchase = world.purchase(supplier, (bolt, "100"))
    world.run(world.draft_of("purchase_receipt", purchase), "receive")
    world.made("payment", "post", supplier=supplier, amount="13")
    page = world.application.report(world.schema, SYSTEM, ReportRequest("supplier_statement", {"party": supplier}))
    assert [(row["charged"], row["paid"], row["balance"]) for row in page.rows] == [
        (None, None, "0.00"),
        ("113.00", None, "113.00"),
        (None, "13.00", "100.00"),
    ]
    assert page.extra["closing"] == "100.00"


def test_whose_account_has_to_be_said_and_may_be_seen(world: World, customer: int) -> None:
    for wrong in ({}, {"party": ""}, {"party": customer, "from": "2026-03-02", "to": "2026-03-01"}):
        with pytest.raises(WrongParameter):
            world.application.report(world.schema, SYSTEM, ReportRequest("customer_statement", wrong))
    with pytest.raises(NotReadable):
        _statement(world, 99_999_999)
    with pytest.raises(NotReadable):
        _statement(world, customer, actor=KEEPER)
    with pytest.raises(UnknownColumn):
        request = ReportRequest("customer_statement", {"party": customer}, ("-on",))
        world.application.report(world.schema, SYSTEM, request)


def test_a_link_leads_no_further_than_its_reader_may(world: World) -> None:
    """A salesperson prints their order of a customer who is a colleague's: the name is open, the telephone is not."""
    me, colleague = (world.made("user", name=name, login=name, roles=["salesperson"]).id for name in ("ann", "bob"))
    seller = Actor(me, "ann", frozenset({"salesperson"}))
    bolt = world.product("越权螺栓")
    theirs = world.customer("同事的客户", salesperson=colleague, contact="秘密联系人")
    mine = world.customer("我的客户", salesperson=me, contact="我的联系人")
    for customer, contact in ((theirs, False), (mine, True)):
        order = world.order(customer, (bolt, "1"), salesperson=me)
        page = _page(_printed(world, order, "sales_order", seller))
        assert ("同事的客户" in page, "我的客户" in page) == (not contact, contact)
        assert "秘密联系人" not in page
        assert ("我的联系人" in page) is contact
