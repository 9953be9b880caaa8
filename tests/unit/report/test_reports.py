"""Reports: every declared one runs; figures of the ledger agree with its entries on any day."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from onebook.access.actor import SYSTEM
from onebook.definition.field import FieldKind
from onebook.engines.report.record_rows import RowsRequest
from onebook.engines.report.refusals import UnknownReport, WrongParameter
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Page
from onebook.engines.report.variant import Variant
from tests.unit.report.conftest import NOW, World

FIRST = date(2026, 1, 3)
#: An id that nothing has.
NO_RECORD = 2**62


def _order(world: World, form: str, name: str) -> int:
    party = "customer" if form == "sales_order" else "supplier"
    whose = world.create(party, {"code": name, "name": name[::-1]}).record.id
    (unit,) = world.ask("SELECT id FROM unit ORDER BY id LIMIT 1")[0]
    item = world.create("product", {"code": name, "name": name, "unit": unit}).record.id
    return world.create(form, {party: whose, "lines": [{"product": item, "quantity": "1", "price": "1"}]}).record.id


def read(world: World, report: str, **parameters: object) -> Page:
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        request = ReportRequest(report, parameters, limit=1000)
        return world.reports.page(transaction, request, SYSTEM, world.context())


@pytest.fixture(scope="module")
def stocked(world: World) -> World:
    """Goods that came in and went out on many days, some of it undone."""
    chance = random.Random(7)
    (unit,) = world.ask("SELECT id FROM unit ORDER BY id LIMIT 1")[0]
    goods = [
        world.create("product", {"code": f"G{n}", "name": f"Good {n}", "unit": unit, "lower_limit": 500}).record.id
        for n in range(3)
    ]
    for _ in range(14):
        day = FIRST + timedelta(days=chance.randrange(75))
        lines = [
            {"product": one, "quantity": str(chance.randrange(1, 50)), "price": str(chance.randrange(1, 9))}
            for one in chance.sample(goods, 2)
        ]
        world.create("opening_stock", {"opened_on": day.isoformat(), "lines": lines}, "post")
    return world


def test_every_report_of_the_product_runs(world: World) -> None:
    for name, report in world.ground.catalog.reports.items():
        given: dict[str, object] = {}
        if report.source == "entries" and "party" in report.parameters:
            form = str(report.parameters["party"].to)
            given["party"] = world.create(form, {"code": name, "name": f"Of {name}"}).record.id
        elif report.source == "entries":
            given["document"] = _order(world, str(report.parameters["document"].to), name)
        page = read(world, name, **given)
        assert page.encoded("zh-CN")
        with world.database.transaction(world.ground.schema, read_only=True) as transaction:
            headings, rows = world.reports.stream(transaction, ReportRequest(name, given), SYSTEM, world.context())
            assert all(len(row) == len(headings) for row in rows)


def test_every_link_parameter_of_every_report_narrows_it(world: World) -> None:
    """Those of reports over lines too, where rows carry names of the record that they belong to."""
    for name, report in world.ground.catalog.reports.items():
        links = [key for key, one in report.parameters.items() if one.kind is FieldKind.LINK]
        for key in links if report.source != "entries" else ():
            assert read(world, name, **{key: NO_RECORD}).rows == [], (name, key)


@pytest.mark.parametrize("month", ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2025-12-01"])
def test_movement_of_a_month_is_what_the_entries_say(stocked: World, month: str) -> None:
    rows = {row["item"]["id"]: row for row in read(stocked, "stock_movement", month=month).rows}
    entries = stocked.ask(
        """SELECT a.item,
            sum(e.quantity) FILTER (WHERE e.booked_on < %(month)s::date),
            sum(e.quantity) FILTER (WHERE date_trunc('month', e.booked_on) = %(month)s::date AND e.quantity > 0),
            sum(e.amount) FILTER (WHERE e.booked_on < (%(month)s::date + interval '1 month'))
        FROM ledger_entry e JOIN ledger_account a ON a.id = e.account WHERE a.role = 'on_hand' GROUP BY 1""".replace(
            "%(month)s", f"'{month}'"
        )
    )
    for item, opening, incoming, closing in entries:
        row = rows.get(item)
        found = [
            Decimal(row[key]) if row else Decimal(0)
            for key in ("opening_quantity", "incoming_quantity", "closing_amount")
        ]
        assert found == [opening or 0, incoming or 0, closing or 0]
        if row:
            for measure in ("quantity", "amount"):
                opening_, into, out, closing_ = (
                    Decimal(row[f"{tense}_{measure}"]) for tense in ("opening", "incoming", "outgoing", "closing")
                )
                assert opening_ + into - out == closing_


def test_spans_that_cut_months_take_single_days(stocked: World) -> None:
    catalog = stocked.ground.catalog
    for role, report in (("cost_of_sales", "cost_of_goods_sold"),):
        assert catalog.reports[report].of == role
    for first in (date(2026, 1, 1), date(2026, 1, 20), date(2026, 2, 1)):
        for last in (date(2026, 2, 10), date(2026, 2, 28), date(2026, 3, 31)):
            page = read(stocked, "cost_of_goods_sold", **{"from": first.isoformat(), "to": last.isoformat()})
            assert page.extra["totals"]["cost"] == "0"


def test_positions_compare_with_fields_of_the_dimension(stocked: World) -> None:
    page = read(stocked, "stock_list")
    assert len(page.rows) == 3
    for row in page.rows:
        assert row["is_low"] is (Decimal(row["available"]) < 500)
        assert row["lower_limit"] == "500"
        assert Decimal(row["unit_cost"]) == round(Decimal(row["value"]) / Decimal(row["on_hand"]), 6)
    (total,) = stocked.ask("SELECT sum(amount) FROM ledger_account WHERE role = 'on_hand' AND control IS NULL")[0]
    assert Decimal(page.extra["totals"]["value"]) == total


def test_pages_carry_the_totals_of_everything(stocked: World) -> None:
    with stocked.database.transaction(stocked.ground.schema, read_only=True) as transaction:
        pages = [
            stocked.reports.page(
                transaction, ReportRequest("stock_list", {}, limit=1, offset=n), SYSTEM, stocked.context()
            )
            for n in range(3)
        ]
    assert {page.extra["total_rows"] for page in pages} == {3}
    assert len({page.rows[0]["item"]["id"] for page in pages}) == 3
    assert len({page.extra["totals"]["value"] for page in pages}) == 1


def test_what_a_report_does_not_know_is_refused(world: World) -> None:
    with pytest.raises(UnknownReport):
        read(world, "nothing")
    for wrong in ({"month": "soon"}, {"nothing": 1}, {"item": "x"}):
        with pytest.raises(WrongParameter):
            read(world, "stock_movement", **wrong)
    assert NOW.year == 2026


@pytest.mark.parametrize(
    ("form", "party", "names"),
    [("sales_order", "customer", ("maple", "quartz")), ("purchase_order", "supplier", ("cobalt", "willow"))],
)
def test_orders_are_tracked_for_one_party(world: World, form: str, party: str, names: tuple[str, str]) -> None:
    report = f"{form}_tracking"
    orders = [_order(world, form, name) for name in names]
    for order in orders:
        world.run(form, order, "submit")
        world.run(form, order, "approve")
    [(whose,)] = world.ask(f"SELECT {party} FROM {form} WHERE id = %s", orders[0])
    both, mine = read(world, report), read(world, report, **{party: whose})
    assert {whose} < {row[f"parent.{party}"]["id"] for row in both.rows}
    assert [row[f"parent.{party}"]["id"] for row in mine.rows] == [whose]
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        asked = ReportRequest(report, {party: whose}, variant=Variant(rows=("product",)))
        other = world.reports.page(transaction, asked, SYSTEM, world.context())
        behind = world.reports.rows(
            transaction, RowsRequest(report, "ordered", {}, {party: whose}), SYSTEM, world.context()
        )
    assert [row["ordered"] for row in other.rows] == ["1"], "narrowed by what it is not grouped by"
    assert [row["id"] for row in behind["rows"]] == [orders[0]]


@pytest.fixture(scope="module")
def sold(world: World) -> World:
    """Customers with as many orders, and as much money, as others."""
    for number, name in enumerate(("birch", "cedar", "elder", "hazel", "larch", "rowan", "poplar")):
        first = _order(world, "sales_order", name)
        orders = [first]
        if number % 2:
            ((whose, item),) = world.ask(
                "SELECT o.customer, l.product FROM sales_order o JOIN sales_order__lines l ON l.parent = o.id"
                " WHERE o.id = %s",
                first,
            )
            lines = [{"product": item, "quantity": "1", "price": "1"}]
            orders.append(world.create("sales_order", {"customer": whose, "lines": lines}).record.id)
        for order in orders:
            world.run("sales_order", order, "submit")
            world.run("sales_order", order, "approve")
    return world


@pytest.mark.parametrize("sort", [("-orders",), ("orders",), ("-amount", "orders"), ("customer",), None])
def test_pages_hold_every_group_once_in_one_order(sold: World, sort: tuple[str, ...] | None) -> None:
    def page(limit: int, offset: int = 0) -> Page:
        with sold.database.transaction(sold.ground.schema, read_only=True) as transaction:
            variant = Variant(share=True)
            asked = ReportRequest("sales_by_customer", {}, sort, limit=limit, offset=offset, variant=variant)
            return sold.reports.page(transaction, asked, SYSTEM, sold.context())

    whole = page(1000)
    pages = [page(3, offset) for offset in range(0, len(whole.rows), 3)]
    rows = [row for one in pages for row in one.rows]
    by_customer = {row["customer"]["id"]: row for row in whole.rows}
    assert len(rows) == len(by_customer) == whole.extra["total_rows"] > 6
    assert rows == list(whole.rows), "each once, with the same part of the whole"
    assert all(one.extra["totals"] == whole.extra["totals"] for one in pages)
    assert all(one.extra["total_rows"] == len(rows) for one in pages)
    assert page(3, len(rows)).rows == []
    for text in (sort or ())[:1]:
        head = text.lstrip("-")
        told = [row[head]["title"] if head == "customer" else Decimal(row[head]) for row in rows]
        assert told == sorted(told, reverse=text.startswith("-"))
    assert sum(Decimal(row["amount.share"]) for row in rows) == pytest.approx(Decimal(1), abs=Decimal("0.0001"))
