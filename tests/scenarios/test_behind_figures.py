"""Behind figures: meters of promises open to every step they took, figures of records to the rows that sum to them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.field import HoldMeter
from onebook.definition.read import read_text
from onebook.definition.report import Report
from onebook.engines.application import Application
from onebook.engines.form.refusals import NotFound
from onebook.engines.process.looking.opening_meter import AskedMeter
from onebook.engines.process.refusals import UnknownForm
from onebook.engines.report.record_rows import RowsRequest
from onebook.engines.report.refusals import HiddenField, NotReadable, UnknownColumn, WrongCondition, WrongParameter
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Condition, ListRequest, Page
from tests.scenarios.history import History, readings
from tests.scenarios.world import World

ZERO = Decimal(0)
#: Reports over records that group by what the shipped ones do not: days behind links, quarters, flags, states, blanks.
MORE = """
app: groupings
label: 分组 | Groupings
needs: [sales, stock, finance]
---
report: orders_by_quarter
label: 按季度 | By quarter
source: records
of: sales_order
parameters:
  least: {kind: money, label: 至少 | At least}
  customer: {kind: link, to: customer, label: 客户 | Customer}
filter: NOT (total < least) AND state <> "draft"
rows: ["ordered_on:quarter", state, customer]
columns:
  amount: {label: 金额 | Amount, shows: total, total: true}
  doubled: {label: 两倍 | Twice, shows: total * 2 + 1, total: true}
  buyer: {label: 客户名称 | Name of the customer, shows: customer.name}
---
report: orders_by_year
label: 按年 | By year
source: records
of: sales_order
rows: ["ordered_on:year", "ordered_on:day", salesperson]
columns:
  amount: {label: 金额 | Amount, shows: total, total: true}
---
report: orders_of
label: 某人的订单 | Orders of somebody
source: records
of: sales_order
parameters:
  buyer: {kind: link, to: customer, label: 客户 | Customer}
filter: ISBLANK(buyer) OR customer = buyer
rows: ["created_at:month"]
columns:
  amount: {label: 金额 | Amount, shows: total, total: true}
---
report: lines_by_category
label: 按分类 | By category
source: records
of: sales_order.lines
rows: [product.category, "ordered_on:month"]
columns:
  shipped: {label: 已出库 | Shipped, shows: shipped, total: true}
  amount: {label: 金额 | Amount, shows: amount, total: true}
---
role: analyst
label: 分析 | Analyst
reports: all
grants:
  user: {read: true}
  product: {read: name <> "bolt"}
  product_category: {read: true}
  customer: {read: salesperson = ME()}
  supplier: {read: true}
  sales_order: {read: "salesperson = ME() OR ISBLANK(salesperson)"}
  purchase_order: {read: total > 50}
  receipt: {read: true}
---
role: counter
label: 柜台 | Counter
reports: [sales_by_customer]
hide_columns: {sales_by_customer: [received]}
grants:
  user: {read: true}
  warehouse: {read: true}
  product: {read: true}
  customer: {read: salesperson = ME()}
  sales_order: {read: salesperson = ME(), hide: [lines.waiting]}
"""
RECORDS = [
    "sales_order_tracking", "sales_by_customer", "sales_by_month", "sales_by_product", "sales_by_salesperson",
    "receipts_by_month", "purchase_order_tracking", "purchases_by_supplier", "purchases_by_month",
    "orders_by_quarter", "orders_by_year", "orders_of", "lines_by_category",
]  # fmt: skip


@pytest.fixture(scope="module")
def history(application: Application, company_schema: str) -> History:
    application.publish(company_schema, [readings(), read_text(MORE, "groupings")], SYSTEM)
    history = History(World(application, company_schema))
    history.happen()
    # Somebody waits behind somebody else, and one of several promises is let go.
    p, customers = history.products, history.customers
    for buyer, quantity in (("Beta", "900"), ("Alpha", "40"), ("Alpha", "30")):
        history.world.order(customers[buyer], (p["nut"], quantity), then="approve", ordered_on="2026-03-08")
    history.world.assert_clean()
    return history


def meters(history: History) -> Iterator[tuple[AskedMeter, Decimal]]:
    """Every meter of promises of every record and row, with what its field shows."""
    world = history.world
    catalog = world.application.ground(world.schema).catalog
    for form in catalog.forms:
        for meter in catalog.meters(form):
            if not isinstance(meter.meter, HoldMeter):
                continue
            table = f"{form}__{meter.lines}" if meter.lines else form
            owner = "parent, id" if meter.lines else "id, NULL"
            for record, row, value in world.ask(f'SELECT {owner}, "{meter.field}" FROM "{table}"'):
                name = f"{meter.lines}.{meter.field}" if meter.lines else meter.field
                yield AskedMeter(form, record, name, row), value or ZERO


def opened(history: History, asked: AskedMeter, actor: Actor = SYSTEM) -> dict[str, Any]:
    return history.world.application.opened_meter(history.world.schema, actor, asked, "zh-CN")


def assert_adds_up(told: Mapping[str, Any], shown: Decimal) -> None:
    """Steps and what is withheld come to the figure, the figure is what the field shows, and the measures fit."""
    withheld = told["withheld"] or {"count": 0, "figure": ZERO}
    assert sum((one["figure"] for one in told["steps"]), ZERO) + withheld["figure"] == told["figure"] == shown
    if not told["holds"]:
        assert (told["steps"], told["line"]) == ([], None)
        return
    first, *others = told["holds"]
    assert first["is_shown"]
    assert not any(one["is_shown"] for one in others)
    assert first[told["shows"]] == shown
    assert first["wanted"] == first["settled"] + first["released"] + first["open"]
    if not withheld["count"]:
        for name in ("wanted", "settled", "released", "waiting"):
            assert sum((one[name] for one in told["steps"]), ZERO) == first[name]
    if told["line"] is not None:
        line = told["line"]
        hidden = line["withheld"] or {"count": 0, "waiting": ZERO}
        assert sum((one["waiting"] for one in line["ahead"]), ZERO) + hidden["waiting"] == line["waiting"]
        assert len(line["ahead"]) + hidden["count"] == line["count"]


def test_every_meter_of_promises_opens_to_its_steps(history: History) -> None:
    seen = dict.fromkeys(("settled", "waiting", "open"), 0)
    for asked, shown in meters(history):
        told = opened(history, asked)
        assert_adds_up(told, shown)
        assert told["withheld"] is None
        seen[told["shows"]] = seen.get(told["shows"], 0) + (shown != 0)
    assert all(seen[name] for name in ("settled", "waiting", "open")), seen


def test_a_meter_names_the_documents_that_moved_it(history: History) -> None:
    """120 bolts were ordered and left in two deliveries."""
    world, order = history.world, history.first
    row = world.line(order, "id")
    told = opened(history, AskedMeter("sales_order", order.id, "lines.shipped", row))
    assert [(one["form"], one["kind"], str(one["on"]), one["figure"]) for one in told["steps"]] == [
        ("sales_order", "place", "2026-01-08", 0),
        ("sales_delivery", "settle", "2026-01-15", 50),
        ("sales_delivery", "settle", "2026-02-02", 70),
    ]
    numbers = {one["title"] for one in told["steps"]}
    assert numbers == {world.value(order, "number"), *(row[0] for row in world.ask(
        'SELECT number FROM sales_delivery WHERE "order" = %(order)s', order=order.id
    ))}  # fmt: skip
    [hold] = told["holds"]
    assert (hold["wanted"], hold["settled"], hold["open"], hold["takes"]) == (120, 120, 0, True)
    assert str(hold["placed_on"]) == "2026-01-08"
    billed = opened(history, AskedMeter("sales_order", order.id, "lines.billed", row))
    assert [one["figure"] for one in billed["steps"] if one["figure"]] == [Decimal("565.00"), Decimal("791.00")]


def test_what_was_let_go_or_taken_back_is_a_step_too(history: History) -> None:
    world = history.world
    closed = opened(
        history, AskedMeter("sales_order", history.fifth.id, "lines.to_ship", world.line(history.fifth, "id"))
    )
    assert [(one["kind"], one["figure"]) for one in closed["steps"]] == [
        ("place", 60),
        ("settle", -20),
        ("release", -40),
    ]
    undone = opened(
        history, AskedMeter("sales_order", history.second.id, "lines.shipped", world.line(history.second, "id"))
    )
    assert [(one["kind"], one["figure"], one["is_reversal"]) for one in undone["steps"]] == [
        ("place", 0, False), ("settle", 33, False), ("settle", -33, True),
    ]  # fmt: skip


def waiting_rows(history: History) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = history.world.ask(
        "SELECT l.parent, l.id, o.customer FROM sales_order__lines l JOIN sales_order o ON o.id = l.parent"
        " WHERE l.product = %(nut)s AND l.waiting > 0 ORDER BY l.id",
        nut=history.products["nut"],
    )
    return found


def test_who_waits_learns_behind_whom(history: History) -> None:
    first, second, third = waiting_rows(history)
    lines = [
        opened(history, AskedMeter("sales_order", one[0], "lines.waiting", one[1])) for one in (first, second, third)
    ]
    assert [[ahead["id"] for ahead in told["line"]["ahead"]] for told in lines] == [
        [], [first[0]], [first[0], second[0]],
    ]  # fmt: skip
    assert lines[2]["line"]["waiting"] == lines[0]["figure"] + lines[1]["figure"]
    assert lines[0]["account"]["account"] == "on_hand"
    assert lines[0]["account"]["at"]["item"] == history.products["nut"]


def test_a_reader_is_told_the_sum_of_what_they_may_not_see(history: History) -> None:
    """Ann's trainee sees Alpha's orders; Beta, who stands before them in line, is a sum; no counter sees the book."""
    first, second, third = waiting_rows(history)
    asked = AskedMeter("sales_order", third[0], "lines.waiting", third[1])
    told, whole = opened(history, asked, history.trainee), opened(history, asked)
    assert_adds_up(told, whole["figure"])
    assert [one["id"] for one in told["line"]["ahead"]] == [second[0]]
    assert told["line"]["withheld"] == {"count": 1, "waiting": whole["line"]["ahead"][0]["waiting"]}
    with pytest.raises(NotFound):
        opened(history, AskedMeter("sales_order", first[0], "lines.waiting", first[1]), history.trainee)
    counter = replace(history.people["ann"], roles=frozenset({"counter"}))
    with pytest.raises(HiddenField):
        opened(history, asked, counter)
    row = history.world.line(history.first, "id")
    told = opened(history, AskedMeter("sales_order", history.first.id, "lines.shipped", row), counter)
    assert_adds_up(told, Decimal(120))
    assert [one["form"] for one in told["steps"]] == ["sales_order"]
    assert told["withheld"] == {"count": 2, "figure": 120}
    assert (told["line"], told["account"]) == (None, None)


def test_amounts_of_documents_whose_money_is_hidden_are_a_sum(history: History) -> None:
    """A keeper of the shipped apps sees deliveries without their money."""
    catalog = history.world.application.ground(history.world.schema).catalog
    ann = history.people["ann"]
    row = history.world.line(history.first, "id")
    seen: list[str] = []
    for role, asked in product(sorted(catalog.roles), ("lines.shipped", "lines.billed", "lines.to_ship")):
        actor = replace(ann, roles=frozenset({role}))
        # Who may not read the order, or the field, is refused; everybody else is told all of the sum.
        with suppress(NotReadable, HiddenField, NotFound):
            told = opened(history, AskedMeter("sales_order", history.first.id, asked, row), actor)
            assert_adds_up(told, history.world.line(history.first, asked.removeprefix("lines.")))
            seen.append(role)
    assert len(set(seen)) > 2


def test_what_is_no_meter_of_promises_is_refused(history: History) -> None:
    order, row = history.first.id, history.world.line(history.first, "id")
    other = history.world.line(history.second, "id")
    wrong = {
        UnknownForm: [AskedMeter("nothing", order, "total")],
        UnknownColumn: [
            AskedMeter("sales_order", order, "total"), AskedMeter("sales_order", order, "open_amount"),
            AskedMeter("sales_order", order, "lines.shipped"), AskedMeter("sales_order", order, "total", row),
            AskedMeter("sales_order", order, "lines.nothing", row),
            AskedMeter("sales_order", order, "a.b.shipped", row), AskedMeter("sales_order", order, "", row),
            AskedMeter("sales_order", order, "lines.product.name", row),
        ],
        NotFound: [
            AskedMeter("sales_order", order + 10**9, "lines.shipped", row),
            AskedMeter("sales_order", order, "lines.shipped", other),
        ],
    }  # fmt: skip
    for refusal, several in wrong.items():
        for asked in several:
            with pytest.raises(refusal):
                opened(history, asked)
    stranger = Actor(history.people["ann"].id, "stranger", frozenset())
    with pytest.raises(NotReadable):
        opened(history, AskedMeter("sales_order", order, "lines.shipped", row), stranger)


def run(history: History, report: str, parameters: Mapping[str, Any], actor: Actor = SYSTEM) -> Page:
    application, schema = history.world.application, history.world.schema
    return application.report(schema, actor, ReportRequest(report, parameters, limit=1000))


def rows(
    history: History, report: str, column: str, at: Mapping[str, Any], parameters: Mapping[str, Any],
    actor: Actor = SYSTEM,
) -> dict[str, Any]:  # fmt: skip
    asked = RowsRequest(report, column, at, parameters, limit=1000)
    return history.world.application.report_rows(history.world.schema, actor, asked)


def listed(history: History, place: Mapping[str, Any], actor: Actor = SYSTEM) -> list[int]:
    """The ids of the list that an address leads to."""
    conditions = tuple(Condition(one["field"], one["op"], one.get("value")) for one in place["where"])
    request = ListRequest(
        place["form"], columns=("id",), filter=place["filter"] or None, conditions=conditions, limit=1000
    )
    page = history.world.application.list(history.world.schema, actor, request)
    return sorted(row["id"] for row in page.rows)


def keys_of(declared: Report, page: Page, row: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a row of a report, as its page shows them: the first columns."""
    keys = [heading.key for heading in page.headings[: len(declared.rows)]]
    return {key: row[key]["id"] if isinstance(row[key], dict) else row[key] for key in keys}


def choices(history: History, declared: Report) -> Sequence[Mapping[str, Any]]:
    """What each report is asked: nothing, and something for each of its parameters."""
    given = {
        "from": "2026-01-09", "to": "2026-02-28", "least": "100.01", "customer": history.customers["Alpha"],
        "buyer": history.customers["Beta"], "supplier": history.suppliers["Steel"],
    }  # fmt: skip
    # What is not named is a switch.
    own = {name: given.get(name, "true") for name in declared.parameters}
    return [{}, *({name: value} for name, value in own.items()), own] if own else [{}]


@pytest.mark.parametrize("report", RECORDS)
@pytest.mark.parametrize("who", ["system", "analyst"])
def test_rows_behind_figures_of_records_sum_to_them(history: History, report: str, who: str) -> None:
    declared = history.world.application.ground(history.world.schema).catalog.reports[report]
    actor = SYSTEM if who == "system" else replace(history.people["ann"], roles=frozenset({"analyst"}))
    measures = [name for name, column in declared.columns.items() if column.total]
    for parameters in choices(history, declared):
        page = run(history, report, parameters, actor)
        assert page.rows or parameters
        for row in page.rows:
            at = keys_of(declared, page, row)
            for measure in measures:
                told = rows(history, report, measure, at, parameters, actor)
                figures = [Decimal(one["figure"]) for one in told["rows"] if one["figure"] is not None]
                assert sum(figures, ZERO) == Decimal(told["sum"]) == Decimal(row[measure] or 0)
                assert told["count"] == len(told["rows"]) > 0
                assert told["list"] is not None
                records = sorted({one["id"] for one in told["rows"]})
                assert listed(history, told["list"], actor) == records, told["list"]
                assert (told["lines"] is not None) == ("." in declared.of)
        # What is left out of the keys is summed over: the total of the whole.
        for measure in measures:
            whole = rows(history, report, measure, {}, parameters, actor)
            assert Decimal(whole["sum"]) == Decimal(page.extra["totals"][measure] or 0)


def test_conditions_lead_to_the_list_where_they_can_be_said(history: History) -> None:
    alpha = history.customers["Alpha"]
    told = rows(history, "sales_by_customer", "amount", {"customer": alpha}, {"from": "2026-01-09"})
    assert told["list"] == {
        "form": "sales_order",
        "where": [{"field": "customer", "op": "eq", "value": alpha}],
        "filter": 'state IN ("approved", "closed") AND ordered_on >= DATE(2026, 1, 9)',
    }
    year = rows(history, "orders_by_year", "amount", {"ordered_on:year": "2026"}, {})
    assert year["list"]["where"] == [
        {"field": "ordered_on", "op": "ge", "value": "2026-01-01"},
        {"field": "ordered_on", "op": "lt", "value": "2027-01-01"},
    ]
    # Records have no literals: those that were found are named.
    of = rows(history, "orders_of", "amount", {}, {"buyer": alpha})
    assert [one["op"] for one in of["list"]["where"]] == ["in"]


def test_only_measures_and_keys_of_the_report_open(history: History) -> None:
    for refusal, asked in (
        (UnknownColumn, ("orders_by_quarter", "buyer", {}, {})),
        (UnknownColumn, ("orders_by_quarter", "nothing", {}, {})),
        (UnknownColumn, ("orders_by_quarter", "amount", {"number": "1"}, {})),
        (UnknownColumn, ("receivables", "receivable", {}, {})),
        (WrongCondition, ("orders_by_quarter", "amount", {"ordered_on:quarter": "2026Q5"}, {})),
        (WrongCondition, ("orders_by_quarter", "amount", {"customer": "x"}, {})),
        (WrongCondition, ("orders_by_quarter", "amount", {"customer": 2**63}, {})),
        (WrongCondition, ("sales_by_month", "amount", {"ordered_on:month": "9999-12-01"}, {})),
        (WrongCondition, ("sales_by_month", "amount", {"ordered_on:month": "last"}, {})),
        (WrongParameter, ("sales_by_month", "amount", {}, {"nothing": "1"})),
    ):
        with pytest.raises(refusal):
            rows(history, *asked)
    counter = replace(history.people["ann"], roles=frozenset({"counter"}))
    with pytest.raises(NotReadable):
        rows(history, "sales_by_month", "amount", {}, {}, counter)
    with pytest.raises(UnknownColumn):
        rows(history, "sales_by_customer", "received", {}, {}, counter)
    mine = rows(history, "sales_by_customer", "amount", {}, {}, counter)
    assert Decimal(mine["sum"]) == Decimal(run(history, "sales_by_customer", {}, counter).extra["totals"]["amount"])
    owners = history.world.ask("SELECT DISTINCT salesperson FROM sales_order WHERE id = ANY(%(ids)s)",
                               ids=[one["id"] for one in mine["rows"]])  # fmt: skip
    assert owners == [(history.people["ann"].id,)]
