"""Reports tell the truth: every figure recomputed from raw entries and documents, and opened to what it is made of."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.report import Report
from onebook.engines.application import Application
from onebook.engines.process.looking.opening import Asked
from onebook.engines.report.refusals import NotReadable, UnknownColumn
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Page
from onebook.engines.view.reports import described
from onebook.values.month import Month
from tests.scenarios.history import Entry, History, readings
from tests.scenarios.world import TODAY, World

ZERO = Decimal(0)
MEASURES = ("quantity", "amount")
TENSES = ("opening", "incoming", "outgoing", "closing")
MONTHS = [date(2025, 11, 1), date(2025, 12, 1), *(date(2026, n, 1) for n in range(1, 5))]
SPANS = [
    (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 1, 10), date(2026, 1, 15)),
    (date(2025, 12, 21), date(2026, 2, 5)),
    (date(2026, 2, 2), date(2026, 3, 4)), (date(2026, 3, 10), date(2026, 3, 10)), (date(2025, 1, 1), date(2027, 1, 1)),
]  # fmt: skip
DAYS = [date(2025, 12, 19), date(2026, 1, 15), date(2026, 1, 31), date(2026, 2, 3), date(2026, 3, 9), TODAY]
Key = tuple[int | None, ...]


@pytest.fixture(scope="module")
def history(application: Application, company_schema: str) -> History:
    application.publish(company_schema, [readings()], SYSTEM)
    history = History(World(application, company_schema))
    history.happen()
    history.world.assert_clean()
    return history


def read(
    history: History, report: str, *, actor: Actor = SYSTEM, limit: int = 1000, offset: int = 0, **given: Any
) -> Page:
    parameters = {name.rstrip("_"): str(value) for name, value in given.items()}
    request = ReportRequest(report, parameters, limit=limit, offset=offset)
    return history.world.application.report(history.world.schema, actor, request)


def keyed(page: Page, *keys: str) -> dict[Key, Mapping[str, Any]]:
    def key(row: Mapping[str, Any]) -> Key:
        return tuple(row[name]["id"] if isinstance(row[name], dict) else row[name] for name in keys)

    found = {key(row): row for row in page.rows}
    assert len(found) == len(page.rows)
    return found


def moved(
    entries: Iterable[Entry], key: Callable[[Entry], Key], first: date, last: date
) -> dict[Key, dict[str, Decimal]]:
    """Opening, in, out and closing by a key, from the entries alone; keys where nothing ever was are left out."""
    found: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for entry in entries:
        figures = found[key(entry)]
        for measure in MEASURES:
            value: Decimal = getattr(entry, measure)
            if entry.on < first:
                figures[f"opening_{measure}"] += value
            elif entry.on <= last and (value > 0) != entry.is_red:
                figures[f"incoming_{measure}"] += value
            elif entry.on <= last:
                figures[f"outgoing_{measure}"] -= value
            if entry.on <= last:
                figures[f"closing_{measure}"] += value
    return {key: figures for key, figures in found.items() if any(figures.values())}


def assert_same(
    rows: Mapping[Key, Mapping[str, Any]], expected: Mapping[Key, Mapping[str, Decimal]], names: Iterable[str]
) -> None:
    names = list(names)
    assert set(rows) == set(expected)
    for key, figures in expected.items():
        assert {name: Decimal(rows[key][name]) for name in names} == {name: figures[name] for name in names}, key


def assert_totals(page: Page, *, within: Decimal = ZERO) -> None:
    for name, total in page.extra["totals"].items():
        assert abs(Decimal(total or 0) - sum((Decimal(row[name] or 0) for row in page.rows), ZERO)) <= within, name


HALF_CENT = Decimal("0.005")

FIGURES = [f"{tense}_{measure}" for tense in TENSES for measure in MEASURES]


@pytest.mark.parametrize("month", MONTHS)
def test_stock_movement_of_every_month(history: History, month: date) -> None:
    page = read(history, "stock_movement", month=month)
    expected = moved(history.entries("on_hand"), lambda one: (one.place, one.item), month, Month.of(month).last)
    assert_same(keyed(page, "place", "item"), expected, FIGURES)
    assert_totals(page)
    for row in page.rows:
        for measure in MEASURES:
            opening, into, out, closing = (Decimal(row[f"{tense}_{measure}"]) for tense in TENSES)
            assert opening + into - out == closing


def test_a_month_closes_as_the_next_one_opens(history: History) -> None:
    for month, following in pairwise(MONTHS):
        before = keyed(read(history, "stock_movement", month=month), "place", "item")
        after = keyed(read(history, "stock_movement", month=following), "place", "item")
        for measure in MEASURES:
            closing = {key: Decimal(row[f"closing_{measure}"]) for key, row in before.items()}
            opening = {key: Decimal(row[f"opening_{measure}"]) for key, row in after.items()}
            assert {k: v for k, v in closing.items() if v} == {k: v for k, v in opening.items() if v}


@pytest.mark.parametrize(("first", "last"), SPANS)
@pytest.mark.parametrize(
    ("report", "role", "keys", "parts"),
    [
        ("stock_between", "on_hand", ("place", "item"), ("place", "item")),
        ("lots_between", "on_hand", ("place", "item", "lot"), ("place", "item", "lot")),
        ("revenue_between", "revenue", ("party",), ("party",)),
    ],
)
def test_movement_between_any_two_days(
    history: History, report: str, role: str, keys: tuple[str, ...], parts: tuple[str, ...], first: date, last: date
) -> None:
    page = read(history, report, from_=first, to=last)
    expected = moved(
        history.entries(role), lambda one: tuple(getattr(one, part) or None for part in parts), first, last
    )
    assert_same(keyed(page, *keys), expected, FIGURES)
    assert_totals(page)


@pytest.mark.parametrize(("first", "last"), SPANS)
def test_movement_by_what_lies_behind_a_dimension(history: History, first: date, last: date) -> None:
    of: dict[int, int | None] = dict(history.world.ask("SELECT id, category FROM product"))
    page = read(history, "categories_between", from_=first, to=last)
    expected = moved(history.entries("on_hand"), lambda one: (of[one.item],), first, last)
    assert_same(keyed(page, "item.category"), expected, FIGURES)
    assert_totals(page)


def test_a_report_narrowed_to_one_is_its_part_of_the_whole(history: History) -> None:
    for first, last in SPANS:
        whole = keyed(read(history, "stock_between", from_=first, to=last), "place", "item")
        for product in history.products.values():
            part = keyed(read(history, "stock_between", from_=first, to=last, item=product), "place", "item")
            assert part == {key: row for key, row in whole.items() if key[1] == product}


@pytest.mark.parametrize("day", DAYS)
def test_the_stock_of_any_day(history: History, day: date) -> None:
    rows = keyed(read(history, "stock_between", from_=day, to=day), "place", "item")
    held: dict[Key, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for one in history.entries("on_hand"):
        if one.on <= day:
            held[one.place, one.item][0] += one.quantity
            held[one.place, one.item][1] += one.amount
    for key, (quantity, amount) in held.items():
        row = rows.get(key)
        assert [Decimal(row[f"closing_{one}"]) if row else ZERO for one in MEASURES] == [quantity, amount]


def test_what_was_undone_is_in_no_total(history: History) -> None:
    """A reversal lowers what its original raised: over both, neither side has moved."""
    p, places = history.products, history.places
    row = keyed(read(history, "stock_between", from_=date(2026, 3, 1), to=TODAY), "place", "item")
    second = row[places["second"], p["bolt"]]
    assert (Decimal(second["incoming_quantity"]), Decimal(second["outgoing_quantity"])) == (ZERO, ZERO)
    nut = keyed(read(history, "stock_between", from_=date(2026, 1, 1), to=TODAY), "place", "item")
    assert Decimal(nut[places["main"], p["nut"]]["outgoing_quantity"]) == 0
    cash = keyed(read(history, "cash_movement", month=date(2026, 3, 1)), "place")
    assert {Decimal(one["incoming"]) for one in cash.values()} == {Decimal("-123.45")}


def test_cash_movement(history: History) -> None:
    for month in MONTHS:
        page = read(history, "cash_movement", month=month)
        expected = moved(history.entries("cash"), lambda one: (one.place,), month, Month.of(month).last)
        plain = {key: {tense: one[f"{tense}_amount"] for tense in TENSES} for key, one in expected.items()}
        assert_same(keyed(page, "place"), plain, TENSES)
        assert_totals(page)


def test_cost_of_sales_over_spans(history: History) -> None:
    for first, last in SPANS:
        page = read(history, "cost_of_goods_sold", from_=first, to=last)
        found = {key[0]: (Decimal(row["quantity"]), Decimal(row["cost"])) for key, row in keyed(page, "item").items()}
        expected: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for one in history.entries("cost_of_sales"):
            if first <= one.on <= last:
                expected[one.item][0] += one.quantity
                expected[one.item][1] += one.amount
        assert {k: v for k, v in found.items() if any(v)} == {k: tuple(v) for k, v in expected.items() if any(v)}
        assert_totals(page)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    ("report", "role"),
    [("open_receivables", "receivable"), ("open_payables", "payable"), ("open_prepayments", "customer_prepayment")],
)
def test_open_items_of_any_day(history: History, report: str, role: str, day: date) -> None:
    expected: dict[Key, Decimal] = defaultdict(Decimal)
    for one in history.entries(role):
        if one.on <= day:
            expected[one.party, one.document] += one.amount
    page = read(history, report, as_of=day)
    found = {key: Decimal(row["open"]) for key, row in keyed(page, "party", "document").items()}
    assert found == {key: amount for key, amount in expected.items() if amount}
    assert_totals(page)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    ("report", "role", "form"),
    [("receivables_ageing", "receivable", "sales_order"), ("payables_ageing", "payable", "purchase_order")],
)
def test_ageing_by_due_day(history: History, report: str, role: str, form: str, day: date) -> None:
    due: dict[int, date] = dict(history.world.ask(f"SELECT id, due_on FROM {form}"))
    open_: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for one in history.entries(role):
        if one.on <= day:
            open_[one.party, one.document] += one.amount
    expected: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for (party, document), amount in open_.items():
        if amount:
            late = (day - due[document]).days
            bucket = 1 if late <= 0 else 2 if late <= 30 else 3 if late <= 60 else 4 if late <= 90 else 5
            expected[party,][f"bucket_{bucket}"] += amount
            expected[party,]["open"] += amount
    page = read(history, report, as_of=day)
    assert_same(keyed(page, "party"), expected, ["open", *(f"bucket_{n}" for n in range(1, 6))])
    assert_totals(page)


def test_positions_are_sums_of_entries_and_open_promises(history: History) -> None:
    for report, role, sign, column in (
        ("receivables", "receivable", 1, "receivable"),
        ("payables", "payable", -1, "payable"),
        ("prepayments", "customer_prepayment", -1, "unallocated"),
        ("revenue_now", "revenue", 1, "amount"),
    ):
        page = read(history, report)
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        for one in history.entries(role):
            sums[one.party,] += sign * one.amount
        found = {key: Decimal(row[column]) for key, row in keyed(page, "party").items()}
        assert {key: one for key, one in found.items() if one} == {key: one for key, one in sums.items() if one}
        assert_totals(page)
    planned = history.world.ask(
        "SELECT a.party, sum(h.wanted_amount - h.settled_amount - h.released_amount) FROM ledger_hold h"
        " JOIN ledger_account a ON a.id = h.account WHERE a.role = 'receivable' GROUP BY 1"
    )
    rows = keyed(read(history, "receivables"), "party")
    assert {party: one for party, one in planned if one} == {
        key[0]: Decimal(row["planned"]) for key, row in rows.items() if Decimal(row["planned"])
    }


def test_the_stock_list_is_the_sum_of_entries_and_promises(history: History) -> None:
    held: dict[Key, Decimal] = defaultdict(Decimal)
    worth: dict[Key, Decimal] = defaultdict(Decimal)
    for one in history.entries("on_hand"):
        held[one.place, one.item] += one.quantity
        worth[one.place, one.item] += one.amount
    holds = history.world.ask(
        "SELECT a.place, a.item, h.sign, sum(h.wanted_quantity - h.settled_quantity - h.released_quantity - h.waiting)"
        " FROM ledger_hold h JOIN ledger_account a ON a.id = h.account WHERE a.role = 'on_hand' GROUP BY 1, 2, 3"
    )
    promised = {(place, item, sign): quantity for place, item, sign, quantity in holds}
    page = read(history, "stock_list")
    for (place, item), row in keyed(page, "place", "item").items():
        key = (place, item)
        assert Decimal(row["on_hand"]) == held[key]
        assert Decimal(row["value"]) == worth[key]
        assert Decimal(row["reserved"]) == promised.get((place, item, -1), 0)
        assert Decimal(row["in_transit"]) == promised.get((place, item, 1), 0)
        assert Decimal(row["available"]) == held[key] - promised.get((place, item, -1), 0)
    assert_totals(page)
    by_lot = read(history, "stock_by_lot")
    assert {key for key in held if held[key]} == {key[:2] for key in keyed(by_lot, "place", "item", "lot")}
    assert Decimal(by_lot.extra["totals"]["on_hand"]) == sum(held.values())


def test_what_ran_out_or_never_came_stands_in_the_stock_list(history: History) -> None:
    p = history.products
    page = read(history, "stock_list")
    rows = {row["item"]["id"]: row for row in page.rows}
    for name in ("gone", "rare"):
        row = rows[p[name]]
        assert (row["on_hand"], row["available"], row["value"], row["is_low"]) == ("0", "0", "0.00", True)
        assert row["place"] is None
    assert p["retired"] not in rows
    low = read(history, "stock_list", only_low="true")
    assert {row["item"]["id"] for row in low.rows} >= {p["gone"], p["rare"]}
    assert all(row["is_low"] for row in low.rows)
    assert low.extra["total_rows"] == len(low.rows)
    second = read(history, "stock_list", place=history.places["second"])
    assert {row["item"]["id"] for row in second.rows if row["place"] is None} >= {p["gone"], p["rare"]}
    [only] = read(history, "stock_list", item=p["rare"]).rows
    assert only["is_low"]


def test_sales_by_customer_month_product_and_salesperson(history: History) -> None:
    orders = history.world.ask(
        "SELECT id, customer, ordered_on, salesperson, total, received, to_collect FROM sales_order"
        " WHERE state IN ('approved', 'closed') AND deleted_at IS NULL"
    )
    lines = history.world.ask("SELECT parent, product, base_quantity, amount FROM sales_order__lines")
    kept = {order[0]: order for order in orders}
    for first, last in ((None, None), (date(2026, 1, 9), date(2026, 2, 28))):
        span: dict[str, Any] = {"from_": first, "to": last} if first else {}
        inside = [one for one in orders if first is None or first <= one[2] <= last]
        for report, place in (("sales_by_customer", 1), ("sales_by_salesperson", 3)):
            sums: dict[Key, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
            for one in inside:
                for at, value in enumerate((Decimal(1), one[4], one[5])):
                    sums[one[place],][at] += value
            page = read(history, report, **span)
            key = report.removeprefix("sales_by_")
            found = {
                k: [Decimal(row[name]) for name in ("orders", "amount", "received")]
                for k, row in keyed(page, key).items()
            }
            assert found == sums
            assert_totals(page)
        goods: dict[Key, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for parent, product, quantity, amount in lines:
            if parent in {one[0] for one in inside}:
                goods[product,][0] += quantity
                goods[product,][1] += amount
        page = read(history, "sales_by_product", **span)
        found = {k: [Decimal(row["quantity"]), Decimal(row["amount"])] for k, row in keyed(page, "product").items()}
        assert found == goods
        assert_totals(page)
    months: dict[Key, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for one in kept.values():
        months[one[2].replace(day=1),][0] += 1
        months[one[2].replace(day=1),][1] += one[4]
    page = read(history, "sales_by_month")
    by_month = keyed(page, "ordered_on:month")
    assert {key: [Decimal(row["orders"]), Decimal(row["amount"])] for key, row in by_month.items()} == months
    assert_totals(page)


def subject(history: History, report: Report) -> dict[str, Any]:
    """Whom a statement is of."""
    if report.source != "entries":
        return {}
    if "document" in report.parameters:
        first = "SELECT min(id) FROM purchase_order" if report.of == "payable" else "SELECT min(id) FROM sales_order"
        return {"document": history.world.ask(first)[0][0]}
    return {"party": history.suppliers["Steel"] if report.of == "payable" else history.customers["Alpha"]}


def test_pages_make_the_whole(history: History) -> None:
    for report, known in history.world.application.ground(history.world.schema).catalog.reports.items():
        of = subject(history, known)
        whole = read(history, report, **of)
        pages = [read(history, report, limit=2, offset=at, **of) for at in range(0, len(whole.rows), 2)]
        assert [row for page in pages for row in page.rows] == list(whole.rows), report
        assert all(page.extra["totals"] == whole.extra["totals"] for page in pages)
        assert whole.extra["total_rows"] == len(whole.rows)
        if known.source != "records":
            # A daily average over all rows is rounded once, and once in each of its rows.
            assert_totals(whole, within=len(whole.rows) * HALF_CENT if known.source == "metrics" else ZERO)


def test_every_report_runs_for_every_role_or_is_refused(history: History) -> None:
    catalog = history.world.application.ground(history.world.schema).catalog
    for name, role in catalog.roles.items():
        actor = Actor(history.people["ann"].id, name, frozenset({name}))
        for report, known in catalog.reports.items():
            if role.everything or role.reports == "all" or report in role.reports:
                page = read(history, report, actor=actor, **subject(history, known))
                assert page.headings, (name, report)
            else:
                with pytest.raises(NotReadable):
                    read(history, report, actor=actor, **subject(history, known))


def test_a_reader_s_figures_are_those_of_their_own_records(history: History) -> None:
    ann = history.people["ann"]
    page = read(history, "sales_by_customer", actor=ann)
    assert {row["customer"]["id"] for row in page.rows} == {history.customers["Alpha"]}
    whole = keyed(read(history, "sales_by_customer"), "customer")
    assert page.rows[0]["amount"] == whole[history.customers["Alpha"],]["amount"]


def test_what_a_role_may_not_see_is_no_column_of_its_reports(history: History) -> None:
    trainee = history.trainee
    page = read(history, "sales_by_customer", actor=trainee)
    assert [heading.key for heading in page.headings] == ["customer", "orders", "amount"]
    assert set(page.extra["totals"]) == {"orders", "amount"}
    stock = read(history, "stock_list", actor=trainee)
    assert not {"value", "unit_cost"} & {heading.key for heading in stock.headings}
    assert "value" not in stock.extra["totals"]
    with pytest.raises(UnknownColumn):
        request = ReportRequest("stock_list", {}, sort=("-value",))
        history.world.application.report(history.world.schema, trainee, request)


def figure(history: History, account: str, actor: Actor = SYSTEM, **asked: Any) -> dict[str, Any]:
    application, schema = history.world.application, history.world.schema
    return application.opened(schema, actor, Asked(account, **asked), "zh-CN")


def at(row: Mapping[str, Any], *keys: str) -> dict[str, int]:
    return {key: row[key]["id"] if row[key] else 0 for key in keys}


@pytest.mark.parametrize("month", ["2026-01-01", "2026-02-01", "2026-03-01"])
def test_every_column_over_a_span_opens_to_its_own_days(history: History, month: str) -> None:
    catalog = history.world.application.ground(history.world.schema).catalog
    tenses = described(catalog, catalog.reports["stock_movement"], "en")["tenses"]
    assert set(tenses.values()) == {"opening", "moved", "closing"}
    page = read(history, "stock_movement", month=month)
    first, last = (date.fromisoformat(page.extra["days"][name]) for name in ("first", "last"))
    days: dict[str, dict[str, Any]] = {
        "opening": {"until": first - timedelta(days=1)},
        "moved": {"since": first, "until": last},
        "closing": {"until": last},
    }
    assert page.rows
    for row in page.rows:
        for column, tense in tenses.items():
            opened = figure(history, "on_hand", at=at(row, "place", "item"), **days[tense])
            name = column if tense == "moved" else column.partition("_")[2]
            assert Decimal(opened[name] or 0) == Decimal(row[column]), (column, row)


def assert_adds_up(opened: Mapping[str, Any]) -> None:
    """The parts come to the whole, whatever of them may be told one by one."""
    withheld = opened["withheld"] or {"count": 0, "quantity": ZERO, "amount": ZERO}
    assert opened["count"] == len(opened["entries"]) + withheld["count"]
    for measure in MEASURES:
        told = sum((one[measure] for one in opened["entries"]), ZERO)
        assert told + withheld[measure] == opened[measure]
        assert opened[f"incoming_{measure}"] - opened[f"outgoing_{measure}"] == opened[measure]


MOVEMENTS = ("stock_between", "lots_between", "categories_between", "revenue_between")


@pytest.mark.parametrize("report", MOVEMENTS)
def test_every_row_of_a_movement_opens_to_its_entries(history: History, report: str) -> None:
    first, last = date(2026, 1, 10), date(2026, 3, 4)
    declared = history.world.application.ground(history.world.schema).catalog.reports[report]
    page = read(history, report, from_=first, to=last)
    assert page.rows
    for row in page.rows:
        where = at(row, *declared.rows)
        before = figure(history, declared.of, at=where, until=first - timedelta(days=1))
        during = figure(history, declared.of, at=where, since=first, until=last)
        after = figure(history, declared.of, at=where, until=last)
        for opened in (before, during, after):
            assert_adds_up(opened)
            assert opened["holds"] == []
        for measure in MEASURES:
            assert before[measure] == Decimal(row[f"opening_{measure}"])
            assert during[f"incoming_{measure}"] == Decimal(row[f"incoming_{measure}"])
            assert during[f"outgoing_{measure}"] == Decimal(row[f"outgoing_{measure}"])
            assert after[measure] == Decimal(row[f"closing_{measure}"])


def test_every_row_of_what_is_now_opens_to_entries_and_promises(history: History) -> None:
    for row in read(history, "stock_list").rows:
        opened = figure(history, "on_hand", at=at(row, "place", "item"))
        assert_adds_up(opened)
        assert (opened["quantity"], opened["amount"]) == (Decimal(row["on_hand"]), Decimal(row["value"]))
        taken = sum((one["quantity"] - one["waiting"] for one in opened["holds"] if one["takes"]), ZERO)
        coming = sum((one["quantity"] for one in opened["holds"] if not one["takes"]), ZERO)
        assert (taken, coming) == (Decimal(row["reserved"]), Decimal(row["in_transit"]))
    for row in read(history, "stock_by_lot").rows:
        assert figure(history, "on_hand", at=at(row, "place", "item", "lot"))["quantity"] == Decimal(row["on_hand"])
    for row in read(history, "receivables").rows:
        opened = figure(history, "receivable", at=at(row, "party"))
        assert_adds_up(opened)
        assert opened["amount"] == Decimal(row["receivable"])
        assert sum((one["amount"] for one in opened["holds"]), ZERO) == Decimal(row["planned"])


@pytest.mark.parametrize("day", DAYS)
def test_every_open_item_opens_to_its_entries(history: History, day: date) -> None:
    for report, role in (("open_receivables", "receivable"), ("open_payables", "payable")):
        for row in read(history, report, as_of=day).rows:
            opened = figure(history, role, at=at(row, "party", "document"), until=day)
            assert_adds_up(opened)
            assert opened["amount"] == Decimal(row["open"])


def test_a_figure_opens_under_the_reader_s_own_scope(history: History) -> None:
    trainee, alpha = history.trainee, history.customers["Alpha"]
    total = Decimal(read(history, "receivables", actor=trainee).extra["totals"]["receivable"])
    mine = figure(history, "receivable", trainee)
    assert mine["amount"] == total == figure(history, "receivable", at={"party": alpha})["amount"]
    assert_adds_up(mine)
    assert {entry["form"] for entry in mine["entries"]} == {"sales_delivery"}
    assert mine["withheld"]["count"] == 1
    others = figure(history, "receivable", trainee, at={"party": history.customers["Beta"]})
    assert (others["count"], others["amount"], others["entries"], others["holds"]) == (0, 0, [], [])
    for row in read(history, "stock_list", actor=trainee).rows:
        opened = figure(history, "on_hand", trainee, at=at(row, "place", "item"))
        assert_adds_up(opened)
        assert opened["quantity"] == Decimal(row["on_hand"])
        hidden = opened["withheld_holds"] or {"count": 0}
        everyone = figure(history, "on_hand", at=at(row, "place", "item"))
        assert len(opened["holds"]) + hidden["count"] == len(everyone["holds"])
