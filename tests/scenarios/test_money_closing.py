"""Statements with customers and suppliers, months that close, and the three statements against the bare entries."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.process.command import Create, Run, Update
from onebook.engines.process.looking.opening import Asked
from onebook.engines.process.refusals import RequirementsFailed, StillOpen, WrongState
from onebook.engines.report.record_rows import RowsRequest
from onebook.engines.report.report import ReportRequest
from onebook.ledger.refusals import PeriodClosed
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.history import History
from tests.scenarios.test_money_documents import amount, category, received, shipped, subject
from tests.scenarios.world import World

ZERO = Decimal(0)
#: The chart as the statements group it, written down once more by hand: what is an asset, what is owed.
ASSETS = ("1", "4")
OWED = ("2", "3", "5")


def statement(world: World, report: str, month: str) -> dict[str, dict[str, Any]]:
    """The rows of a statement by line or code."""
    request = ReportRequest(report, {"month": month}, limit=1000)
    page = world.application.report(world.schema, world.actor, request)
    return {str(row.get("line") or row.get("code")): dict(row) for row in page.rows}


def by_subject(world: World, month: str, *, carried: bool = True) -> dict[str, dict[str, Decimal]]:
    """Opening, debit, credit and closing of each subject, from single entries: nothing is taken from totals.

    A reversal takes back what the original brought on its own side."""
    codes: dict[int, str] = dict(world.ask("SELECT id, code FROM subject"))
    codes |= dict(world.ask("SELECT id, subject_code FROM expense_category"))
    codes |= dict(world.ask("SELECT id, subject_code FROM income_category"))
    roles = world.application.ground(world.schema).catalog.accounts
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    rows = world.ask(
        "SELECT a.role, a.item, to_char(e.booked_on, 'YYYY-MM'), e.amount, e.is_red FROM ledger_entry e"
        " JOIN ledger_account a ON a.id = e.account WHERE to_char(e.booked_on, 'YYYY-MM') <= %(month)s",
        month=month,
    )
    for role, item, on, value, is_red in rows:
        if role == "profit_carried" and not carried:
            continue
        declared = roles[role].subject or ""
        code = codes[item] if "." in declared else declared
        figures = found[code]
        figures["closing"] += value
        side = "debit" if (value > 0) != is_red else "credit"
        turned = value if side == "debit" else -value
        if on == month:
            figures[side] += turned
        else:
            figures["opening"] += value
        if on[:4] == month[:4]:
            figures[f"year_{side}"] += turned
        else:
            figures["year_opening"] += value
    return found


def assert_statements(world: World, month: str) -> None:
    """The three statements of a month say what the entries say, and balance to the cent."""
    book, gains = by_subject(world, month), by_subject(world, month, carried=False)
    trial = statement(world, "trial_balance", month)
    assert set(trial) == {code for code, figures in book.items() if any(figures.values())}
    for code, row in trial.items():
        figures = book[code]
        assert Decimal(row["opening_debit"]) - Decimal(row["opening_credit"]) == figures["opening"], code
        assert Decimal(row["closing_debit"]) - Decimal(row["closing_credit"]) == figures["closing"], code
        for name in ("debit", "credit", "year_debit", "year_credit"):
            assert Decimal(row[name]) == figures[name], (code, name)
    for left, right in (("opening_debit", "opening_credit"), ("debit", "credit"), ("closing_debit", "closing_credit")):
        assert sum(Decimal(row[left]) for row in trial.values()) == sum(Decimal(row[right]) for row in trial.values())

    sheet = statement(world, "balance_sheet", month)
    for column in ("closing", "year_opening"):
        assets = sum((figures[column] for code, figures in book.items() if code.startswith(ASSETS)), ZERO)
        owed = -sum((figures[column] for code, figures in book.items() if code.startswith(OWED)), ZERO)
        assert Decimal(sheet["assets"][column]) == assets
        assert Decimal(sheet["liabilities_and_equity"][column]) == owed
        assert assets == owed, "what is owned is owed"
    for line, code, sign in (("receivables", "1122", 1), ("payables", "2202", -1), ("taxes", "2221", -1)):
        assert Decimal(sheet[line]["closing"]) == (sign * book[code]["closing"] if code in book else ZERO)

    result = statement(world, "profit_and_loss", month)
    profit = [figures for code, figures in gains.items() if code.startswith("5")]
    assert Decimal(result["net_profit"]["month"]) == sum((f["credit"] - f["debit"] for f in profit), ZERO)
    year = sum((f["year_credit"] - f["year_debit"] for f in profit), ZERO)
    assert Decimal(result["net_profit"]["year"]) == year
    sales = gains.get("5001", {})
    assert Decimal(result["operating_income"]["month"]) == sales.get("credit", ZERO) - sales.get("debit", ZERO)


def closing(world: World, month: str, **more: Any) -> RecordRef:
    return world.made("period_close", "close", month=month, **more)


@pytest.fixture(scope="module")
def lived(application: Any, company_schema: str) -> World:
    """A company with four months behind it."""
    world = World(application, company_schema)
    History(world).happen()
    return world


def test_statements_say_what_the_entries_say(lived: World) -> None:
    for month in ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        assert_statements(lived, month)


@pytest.mark.parametrize("report", ["trial_balance", "profit_and_loss", "balance_sheet"])
def test_every_figure_of_a_statement_opens_to_its_entries(lived: World, report: str) -> None:
    application, month = lived.application, "2026-02-01"
    declared = application.ground(lived.schema).catalog.reports[report]
    key = "line" if declared.lines else "code"
    page = application.report(lived.schema, SYSTEM, ReportRequest(report, {"month": month}, limit=1000))
    measures = {name: column.shows for name, column in declared.columns.items()}
    opened = 0
    for row in page.rows:
        for column in measures:
            if row[column] is None:
                continue
            asked = RowsRequest(report, column, {key: row[key]}, {"month": month})
            told = application.report_rows(lived.schema, SYSTEM, asked)
            assert told["sum"] == row[column], (row[key], column)
            if told["lines"]:
                shown = {one[key]: one[column] for one in page.rows}
                assert all(one["figure"] == shown[one["line"]] for one in told["lines"])
                continue
            figures = [Decimal(part["figure"]) for part in told["parts"]]
            # What a column cuts off at nothing stands in the column beside it.
            assert max(sum(figures, ZERO), ZERO) == Decimal(row[column]) or sum(figures) == Decimal(row[column])
            for part, figure in zip(told["parts"], figures, strict=True):
                since, until = (date.fromisoformat(day) if (day := part[name]) else None for name in ("since", "until"))
                question = Asked(part["account"], part["at"], until=until, since=since)
                entries = application.opened(lived.schema, SYSTEM, question, "en")
                sides = {Decimal(entries[name] or 0) for name in ("amount", "incoming_amount", "outgoing_amount")}
                assert abs(figure) in {abs(side) for side in sides}, (part, entries["amount"])
                assert entries["count"] > 0
                opened += 1
    assert opened >= 4


def test_what_is_no_figure_of_a_statement_does_not_open(lived: World) -> None:
    def refused(column: str, **at: Any) -> str:
        with pytest.raises(Refusal) as told:
            lived.application.report_rows(lived.schema, SYSTEM, RowsRequest("profit_and_loss", column, at, {}))
        return told.value.code

    assert refused("nothing", line="net_profit") == "report.unknown_column"
    assert refused("month", line="nothing") == "report.wrong_condition"
    assert refused("month") == "report.wrong_condition"


def test_a_statement_with_a_customer_is_drawn_sent_and_frozen(lived: World) -> None:
    world = lived
    [(customer,)] = world.ask("SELECT id FROM customer WHERE name = 'Alpha'")
    made = world.made("customer_reconciliation", "draw", customer=customer, from_on="2026-01-01", to_on="2026-02-28")
    rows = world.rows(made, "lines", "on", "charged", "paid", "balance")
    assert len(rows) >= 3
    roles = ("receivable", "order_deposit", "customer_prepayment", "receivable_unbilled")
    [(opening, closing_balance)] = world.ask(
        "SELECT coalesce(sum(e.amount) FILTER (WHERE e.booked_on < '2026-01-01'), 0), sum(e.amount) FROM ledger_entry e"
        " JOIN ledger_account a ON a.id = e.account"
        " WHERE a.party = %(party)s AND a.role = ANY(%(roles)s) AND e.booked_on <= '2026-02-28'",
        party=customer,
        roles=list(roles),
    )
    figures = "SELECT opening, charged, paid, closing FROM customer_reconciliation WHERE id = %(id)s"
    [(brought, charged, paid, carried)] = world.ask(figures, id=made.id)
    assert (brought, carried) == (opening, closing_balance)
    assert brought + charged - paid == carried, "opening and movements are closing"
    assert rows[-1][3] == carried
    world.run(made, "send")
    with pytest.raises(WrongState):
        world.run(made, "draw")
    world.run(made, "dispute")
    world.run(made, "confirm")
    world.made("receipt", "post", customer=customer, amount="1", received_on="2026-02-20")
    assert world.ask(figures, id=made.id) == [(brought, charged, paid, carried)], "what is confirmed stays"


def test_one_order_and_a_supplier_are_reconciled_alike(lived: World) -> None:
    world = lived
    [(supplier,)] = world.ask("SELECT id FROM supplier WHERE name = 'Steel'")
    made = world.made("supplier_reconciliation", "draw", supplier=supplier, from_on="2026-01-01", to_on="2026-03-31")
    owed = -amount(world, "payable", party=supplier) - amount(world, "supplier_prepayment", party=supplier)
    assert world.value(made, "closing") == owed
    [(order, customer, open_amount, deposit)] = world.ask(
        "SELECT id, customer, open_amount, deposit FROM sales_order WHERE billed > 0 ORDER BY id LIMIT 1"
    )
    one = world.made(
        "customer_reconciliation", "draw", customer=customer, order=order, from_on="2026-01-01", to_on="2026-03-31"
    )
    assert world.value(one, "closing") == open_amount - deposit
    [drawn] = world.ask("SELECT count(*) FROM customer_reconciliation__lines WHERE parent = %(id)s", id=one.id)
    world.run(one, "draw")
    again = world.ask("SELECT count(*) FROM customer_reconciliation__lines WHERE parent = %(id)s", id=one.id)
    assert again == [drawn], "drawing again replaces"


def test_months_close_carry_forward_and_open_again(lived: World) -> None:
    """The whole of month-end, in the order of a year's turn."""
    world = lived
    draft = world.made("receipt", customer=world.customer("未入账"), amount="5", received_on="2026-02-10")
    with pytest.raises(StillOpen) as caught:
        closing(world, "2026-02-01")
    waiting = [(problem.data["count"], problem.data["first"]) for problem in caught.value.problems]
    assert waiting == [(1, world.value(draft, "number"))], "what is not posted stops a closing, by name"
    before = {month: by_subject(world, month, carried=False) for month in ("2025-12", "2026-01", "2026-02")}

    seen = world.preview(Create("period_close", {"month": "2025-12-01"}, "close"))
    assert seen.is_possible
    december = closing(world, "2025-12-01")
    assert world.state(december) == "closed"
    assert world.value(december, "is_year_end") is True
    profit = -sum((f["closing"] for code, f in before["2025-12"].items() if code.startswith("5")), ZERO)
    assert world.value(december, "profit") == world.value(december, "year_profit") == profit
    assert_statements(world, "2025-12")
    with pytest.raises(PeriodClosed):
        world.made("receipt", "post", customer=world.customer("迟到"), amount="1", received_on="2025-12-31")

    january = closing(world, "2026-01-01")
    trial = statement(world, "trial_balance", "2026-01")
    assert all(
        Decimal(row["closing_debit"]) == Decimal(row["closing_credit"]) == 0
        for code, row in trial.items()
        if code.startswith("5")
    ), "profit and loss are carried to nothing"
    assert_statements(world, "2026-01")
    earned = -sum((f["year_debit"] - f["year_credit"] for c, f in before["2026-01"].items() if c.startswith("5")), ZERO)
    assert world.value(january, "profit") == earned
    assert Decimal(statement(world, "profit_and_loss", "2026-01")["net_profit"]["month"]) == earned

    with pytest.raises(RequirementsFailed):
        world.run(january, "reopen")
    world.do(Update(january, world.version(january), {"reason": "漏记一笔"}, then="reopen"))
    assert world.state(january) == "reopened"
    rent = category(world, "rent")
    expense = [{"category": rent, "amount": "33"}]
    world.made("expense", "approve", purpose="漏记", spent_on="2026-01-31", lines=expense)
    again = closing(world, "2026-01-01")
    assert world.value(again, "profit") == -33, "only what came since is carried"
    assert world.value(again, "year_profit") == earned - 33
    assert_statements(world, "2026-01")
    assert_statements(world, "2026-02")


def test_a_month_is_needed_and_closes_once(lived: World) -> None:
    world = lived
    made = world.made("period_close", month="2026-02-01", leaves_drafts=True)
    world.run(made, "prepare")
    assert world.state(made) == "draft"
    assert world.rows(made, "lines", "subject", "balance")
    world.do(Run(made, "close"), key="close-february")
    world.do(Run(made, "close"), key="close-february")
    assert world.state(made) == "closed"
    assert len(world.ask("SELECT id FROM ledger_journal WHERE record = %(id)s", id=made.id)) == 1


def test_statements_of_documents_of_every_kind(lived: World) -> None:
    """Expenses, fees, bad debts and vouchers reach their lines; the sheet balances in the month that is open."""
    world = lived
    firm, maker = world.customer("报表客户"), world.supplier("报表厂")
    order = shipped(world, firm, "226")
    lines = [{"order": order.id, "amount": "26"}]
    world.made("receivable_adjustment", "post", customer=firm, reason="bad_debt", lines=lines)
    received(world, maker)
    world.made("expense", "approve", purpose="工资", lines=[{"category": category(world, "wages"), "amount": "70"}])
    entries = [{"subject": subject(world, "5602"), "debit": "10"}, {"subject": subject(world, "1602"), "credit": "10"}]
    world.made("voucher", "post", summary="折旧", lines=entries)
    assert_statements(world, "2026-03")
    result = statement(world, "profit_and_loss", "2026-03")
    assert Decimal(result["administrative"]["month"]) == 80
    assert Decimal(result["bad_debts"]["month"]) == 26
    sheet: Mapping[str, Any] = statement(world, "balance_sheet", "2026-03")
    assert Decimal(sheet["depreciation"]["closing"]) == 10
