"""Random histories of a trader's documents through the one door: after every command book and documents agree."""

import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from onebook.access.actor import SYSTEM
from onebook.definition.field import HoldMeter
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Bin, Create, Restore, Reverse, Run, Update
from onebook.engines.process.looking.opening_meter import AskedMeter
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preview import Preview
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Rows
from onebook.values.month import Month
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.invariants import books
from tests.scenarios.world import NOW, World

D = Decimal
#: A night may look further than a run at the desk.
ASKED = os.environ.get("ONEBOOK_TEST_DOCUMENT_HISTORIES")
EXAMPLES = int(ASKED or 12)
STEPS = int(os.environ.get("ONEBOOK_TEST_DOCUMENT_STEPS", "25"))

#: The documents.
FORMS = (
    "sales_order", "sales_delivery", "purchase_order", "purchase_receipt", "opening_stock", "other_in", "other_out",
    "transfer", "receipt", "allocation", "payment", "payable_allocation",
)  # fmt: skip
MONTHS = (Month(2026, 1), Month(2026, 2))
DAYS = st.sampled_from(["2026-01-20", "2026-02-14", "2026-03-01", *["2026-03-10"] * 4, "2026-03-14"])
WHICH = st.integers(0, 30)
PIECES = st.sampled_from(["1", "1", "2", "3", "5", "0.5", "7.25", "40"])
PRICES = st.sampled_from(["10", "3.333333", "0.01", "99.99", "0"])
MONEY = st.sampled_from(["0.01", "3.34", "10", "33.33", "150", "4000"])
LINES = st.lists(st.tuples(WHICH, PIECES, PRICES), min_size=1, max_size=3)


class Documents(RuleBasedStateMachine):
    """A trader whose people do everything in any order, on any day, including what they may not do."""

    database: Database
    schema: str
    application: Application
    products: Sequence[int]
    customers: Sequence[int]
    suppliers: Sequence[int]
    warehouses: Sequence[int]

    @initialize(has_goods=st.booleans())
    def begin(self, has_goods: bool) -> None:
        """An empty book, or one with goods."""
        books.emptied(self.database, self.schema, FORMS)
        self.world = World(self.application, self.schema)
        self.closed: dict[Month, Any] = {}
        if has_goods:
            rows = [{"product": product, "quantity": "20", "price": "3.333333"} for product in self.products]
            self.act(Create("opening_stock", {"opened_on": "2026-01-02", "lines": rows}, "post"))

    @rule(which=WHICH, lines=LINES, day=DAYS, place=WHICH, then=st.sampled_from(["approve", "approve", None]))
    def sell(self, which: int, lines: list[tuple[int, str, str]], day: str, place: int, then: str | None) -> None:
        rows = [{"product": one(self.products, item), "quantity": q, "price": price} for item, q, price in lines]
        values = {"customer": one(self.customers, which), "ordered_on": day, "lines": rows}
        self.act(Create("sales_order", {**values, "warehouse": one(self.warehouses, place // 9)}, then))

    @rule(which=WHICH, lines=LINES, day=DAYS, then=st.sampled_from(["approve", "approve", None]))
    def buy(self, which: int, lines: list[tuple[int, str, str]], day: str, then: str | None) -> None:
        rows = [{"product": one(self.products, item), "quantity": q, "price": price} for item, q, price in lines]
        values = {"supplier": one(self.suppliers, which), "ordered_on": day, "lines": rows}
        self.act(Create("purchase_order", values, then))

    @rule(form=st.sampled_from(["opening_stock", "other_in"]), lines=LINES, day=DAYS, place=WHICH)
    def bring(self, form: str, lines: list[tuple[int, str, str]], day: str, place: int) -> None:
        rows = [{"product": one(self.products, item), "quantity": q, "price": price} for item, q, price in lines]
        dated, then = {"opening_stock": ("opened_on", "post"), "other_in": ("received_on", "receive")}[form]
        self.act(Create(form, {"warehouse": one(self.warehouses, place), dated: day, "lines": rows}, then))

    @rule(lines=LINES, day=DAYS, place=WHICH)
    def take(self, lines: list[tuple[int, str, str]], day: str, place: int) -> None:
        rows = [{"product": one(self.products, item), "quantity": q} for item, q, _ in lines]
        values = {"warehouse": one(self.warehouses, place), "issued_on": day, "lines": rows}
        self.act(Create("other_out", values, "issue"))

    @rule(lines=LINES, day=DAYS, place=WHICH)
    def carry(self, lines: list[tuple[int, str, str]], day: str, place: int) -> None:
        rows = [{"product": one(self.products, item), "quantity": q} for item, q, _ in lines]
        here, there = one(self.warehouses, place), one(self.warehouses, place + 1)
        values = {"source_warehouse": here, "target_warehouse": there, "moved_on": day, "lines": rows}
        self.act(Create("transfer", values, "move"))

    @rule(which=WHICH, amount=MONEY, day=DAYS, is_deposit=st.booleans())
    def collect(self, which: int, amount: str, day: str, is_deposit: bool) -> None:
        orders = self.world.ask("SELECT id, customer FROM sales_order WHERE state = 'approved' ORDER BY id")
        values: dict[str, Any] = {"customer": one(self.customers, which), "amount": amount, "received_on": day}
        if is_deposit and orders:
            values["order"], values["customer"] = one(orders, which)
        self.act(Create("receipt", values, "post"))

    @rule(which=WHICH, amount=MONEY, day=DAYS)
    def pay(self, which: int, amount: str, day: str) -> None:
        self.act(Create("payment", {"supplier": one(self.suppliers, which), "amount": amount, "paid_on": day}, "post"))

    @rule(which=WHICH, other=WHICH, amount=st.one_of(st.none(), MONEY), day=DAYS)
    def allocate(self, which: int, other: int, amount: str | None, day: str) -> None:
        """By default as much as both sides allow; else any amount, which is often too much."""
        self._allocate("allocation", "receipt", "sales_order", "customer", which, other, amount, day)

    @rule(which=WHICH, other=WHICH, amount=st.one_of(st.none(), MONEY), day=DAYS)
    def settle(self, which: int, other: int, amount: str | None, day: str) -> None:
        self._allocate("payable_allocation", "payment", "purchase_order", "supplier", which, other, amount, day)

    @rule(which=WHICH, step=WHICH)
    def move_on(self, which: int, step: int) -> None:
        """A step that a document's state allows: ship, receive, close, cancel, deliver the rest..."""
        if (found := self._open_step(which, step)) is not None:
            self.act(Run(*found))

    @rule(which=WHICH, step=WHICH)
    def there_and_back(self, which: int, step: int) -> None:
        """A step taken back at once leaves every meter where it was."""
        if (found := self._open_step(which, step)) is None:
            return
        before = books.meters(self.database, self.schema)
        if isinstance(self.act(Run(*found)), Outcome):
            answer = self.act(Reverse(found[0]))
            assert isinstance(answer, Outcome), answer
            assert books.meters(self.database, self.schema) == before

    @rule(which=WHICH, step=WHICH)
    def try_anything(self, which: int, step: int) -> None:
        """Any step of any document, whatever its state."""
        if (record := self._record(which)) is not None:
            self.act(Run(record, one(sorted(self.application.form(self.schema, record.form).transitions), step)))

    @rule(which=WHICH, quantity=PIECES, is_purchase=st.booleans(), day=DAYS)
    def cut(self, which: int, quantity: str, is_purchase: bool, day: str) -> None:
        """Another quantity and day for a delivery or an arrival: often less, sometimes more than was ordered."""
        form, dated = ("purchase_receipt", "received_on") if is_purchase else ("sales_delivery", "shipped_on")
        drafts = self.world.ask(f"SELECT id FROM {form} WHERE state = 'draft' AND deleted_at IS NULL ORDER BY id")
        if drafts:
            record = RecordRef(form, one(drafts, which)[0])
            rows = self.world.rows(record, "lines", "id")
            lines = [{"id": rows[0][0], "quantity": quantity}, *({"id": row[0]} for row in rows[1:])]
            self.act(Update(record, self.world.version(record), {"lines": lines, dated: day}))

    @rule(which=WHICH, quantity=PIECES, what=st.sampled_from(["less", "more", "other", "less"]), back=st.booleans())
    def amend(self, which: int, quantity: str, what: str, back: bool) -> None:
        """An approved order is changed under its deliveries, rows and all, and often that is taken back at once."""
        orders = self.world.ask(
            "SELECT 'sales_order', id FROM sales_order WHERE state = 'approved' UNION ALL"
            " SELECT 'purchase_order', id FROM purchase_order WHERE state = 'approved' ORDER BY 2"
        )
        if not orders:
            return
        record = RecordRef(*one(orders, which))
        rows: list[dict[str, Any]] = [{"id": row[0]} for row in self.world.rows(record, "lines", "id")]
        if what == "other":
            rows[0]["quantity"] = quantity
        elif what == "less":
            rows.pop()
        if what == "more" or not rows:
            rows.insert(0, {"product": one(self.products, which), "quantity": quantity, "price": "10"})
        before = books.meters(self.database, self.schema), self._written(record)
        answer = self.act(Update(record, self.world.version(record), {"lines": rows}, then="amend"))
        if back and isinstance(answer, Outcome):
            answer = self.act(Reverse(record))
            assert isinstance(answer, Outcome), answer
            assert (books.meters(self.database, self.schema), self._written(record)) == before

    def _written(self, record: RecordRef) -> Any:
        """What an order and its rows say."""
        rows = self.world.rows(
            record, "lines", "id", "position", "product", "quantity", "base_quantity", "price", "amount"
        )
        return rows, self.world.ask(f"SELECT total, tax_total FROM {record.form} WHERE id = %(id)s", id=record.id)

    @rule(which=WHICH, quantity=PIECES, day=DAYS)
    def approve_anew(self, which: int, quantity: str, day: str) -> None:
        """An approved order with nothing on it is taken back, changed and approved again; a draft is just changed."""
        orders = self.world.ask(
            "SELECT id, state FROM sales_order WHERE state IN ('draft', 'approved') AND deleted_at IS NULL ORDER BY id"
        )
        if not orders:
            return
        number, state = one(orders, which)
        record = RecordRef("sales_order", number)
        if state == "approved" and not isinstance(self.act(Reverse(record)), Outcome):
            return
        if self.world.state(record) == "draft":
            rows = self.world.rows(record, "lines", "id")
            lines = [{"id": rows[0][0], "quantity": quantity}, *({"id": row[0]} for row in rows[1:])]
            self.act(Update(record, self.world.version(record), {"lines": lines, "ordered_on": day, "due_on": None}))
            if state == "approved":
                self.act(Run(record, "approve"))

    @rule(which=WHICH, followers=st.booleans())
    def undo(self, which: int, followers: bool) -> None:
        """Any document, with what stands on it or refused because of it."""
        if (record := self._record(which)) is not None:
            self.act(Reverse(record, followers=followers))

    @rule(which=WHICH, back=st.booleans())
    def throw_away(self, which: int, back: bool) -> None:
        if (record := self._record(which)) is not None:
            self.act(Restore(record) if back else Bin(record))

    @rule(which=WHICH)
    def ask_why(self, which: int) -> None:
        """Every meter of promises of an order opens to steps that sum to what it shows."""
        orders = self.world.ask("SELECT 'sales_order', id FROM sales_order UNION ALL"
                                " SELECT 'purchase_order', id FROM purchase_order ORDER BY 2")  # fmt: skip
        if not orders:
            return
        form, number = one(orders, which)
        catalog = self.application.ground(self.schema).catalog
        for meter in catalog.meters(form):
            if not isinstance(meter.meter, HoldMeter) or meter.lines is None:
                continue
            for row, shown in self.world.rows(RecordRef(form, number), meter.lines, "id", meter.field):
                asked = AskedMeter(form, number, f"{meter.lines}.{meter.field}", row)
                told = self.application.opened_meter(self.schema, SYSTEM, asked, "zh-CN")
                assert sum(step["figure"] for step in told["steps"]) == told["figure"] == (shown or 0), asked
                assert all(hold[meter.meter.shows] == shown for hold in told["holds"] if hold["is_shown"])

    @rule(month=st.sampled_from(MONTHS), is_closed=st.booleans())
    def turn_the_month(self, month: Month, is_closed: bool) -> None:
        if is_closed and month not in self.closed:
            self.application.close_period(self.schema, SYSTEM, month)
            for one_of_them in MONTHS:
                if one_of_them <= month:
                    self.closed.setdefault(one_of_them, self._figures_of(one_of_them))
        elif not is_closed and month in self.closed:
            self.application.reopen_period(self.schema, SYSTEM, month)
            self.closed = {closed: figures for closed, figures in self.closed.items() if closed < month}

    def act(self, action: Action) -> Outcome | Refusal:
        """See what a command would do, do it, and compare; everything holds afterwards, whatever it answered."""
        before = books.contents(self.database, self.schema)
        seen = self.world.preview(action)
        assert books.contents(self.database, self.schema) == before, "a preview wrote"
        answer = self._done(action)
        if isinstance(answer, Refusal):
            assert books.contents(self.database, self.schema) == before, "a refused command wrote"
            assert answer.code in {told.code for told in seen.refusals}, (answer, seen.refusals)
        else:
            assert seen.is_possible, (action, seen.refusals)
            self._as_seen(seen, answer)
        self._all_is_well()
        return answer

    def _done(self, action: Action) -> Outcome | Refusal:
        try:
            return self.world.do(action)
        except Refusal as refusal:
            return refusal

    def _as_seen(self, seen: Preview, outcome: Outcome) -> None:
        assert seen.outcome is not None
        assert (seen.outcome.state, seen.outcome.undone) == (outcome.state, outcome.undone)
        assert outcome.state in (None, self.world.state(outcome.record))
        assert [form for form, _ in seen.created] == [made.form for made in outcome.created]
        for shown in seen.balances:
            names = ("role", "item", "place", "lot", "party", "document", "spot")
            key = {name: getattr(shown.account, name) for name in names}
            # A new record gets its number with each try.
            if key["document"] == seen.outcome.record.id:
                key["document"] = outcome.record.id
            stored = self.world.ask(
                "SELECT quantity, amount, waiting FROM ledger_account WHERE role = %(role)s AND item = %(item)s AND"
                " place = %(place)s AND lot = %(lot)s AND party = %(party)s AND document = %(document)s"
                " AND spot = %(spot)s",
                **key,
            )
            assert stored == [(shown.quantity[1], shown.amount[1], shown.waiting[1])], shown
        if outcome.journal is not None and len(outcome.undone) <= 1:
            written = self.world.ask(
                "SELECT a.role, e.quantity, e.amount FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
                " WHERE e.journal = %(journal)s",
                journal=outcome.journal,
            )
            assert sorted(written) == sorted((one.account.role, one.quantity, one.amount) for one in seen.entries)

    def _all_is_well(self) -> None:
        assert books.broken(self.database, self.schema) == {}
        self.world.assert_clean()
        for month, figures in self.closed.items():
            assert self._figures_of(month) == figures, f"{month} was closed"

    def _figures_of(self, month: Month) -> Any:
        return self.world.ask(
            "SELECT account, sum(quantity), sum(amount) FROM ledger_entry WHERE booked_on < %(end)s GROUP BY 1"
            " ORDER BY 1",
            end=date(month.year, month.number + 1, 1),
        )

    def _allocate(
        self, form: str, money: str, order: str, party: str, which: int, other: int, amount: str | None, day: str
    ) -> None:
        sources = self.world.ask(f"SELECT id, {party}, unallocated FROM {money} WHERE unallocated > 0 ORDER BY id")
        if not sources:
            return
        source, whose, _ = one(sources, which)
        targets = self.world.ask(
            f"SELECT id, {party} FROM {order} WHERE open_amount > 0 OR id %% 5 = 0 ORDER BY {party} = %(p)s DESC, id",
            p=whose,
        )
        if targets:
            line: dict[str, Any] = {money: source, "order": one(targets, other // 4)[0]}
            if amount is not None:
                line["amount"] = amount
            self.act(Create(form, {party: whose, "allocated_on": day, "lines": [line]}, "allocate"))

    def _record(self, which: int) -> RecordRef | None:
        every = " UNION ALL ".join(f"SELECT '{form}' AS form, id FROM {form}" for form in FORMS)
        found = self.world.ask(f"SELECT form, id FROM ({every}) AS every ORDER BY id DESC LIMIT 12")
        return RecordRef(*one(found, which)) if found else None

    def _open_step(self, which: int, step: int) -> tuple[RecordRef, str] | None:
        every = " UNION ALL ".join(
            f"SELECT '{form}' AS form, id, state FROM {form} WHERE deleted_at IS NULL" for form in FORMS
        )
        found = [
            (RecordRef(form, number), name)
            for form, number, state in self.world.ask(f"SELECT form, id, state FROM ({every}) AS every ORDER BY id")
            for name, declared in sorted(self.application.form(self.schema, form).transitions.items())
            if state in declared.source and name != "submit"
        ]
        return one(found, which + 31 * step) if found else None

    def teardown(self) -> None:
        """Everything taken back, the newest steps first, leaves an empty book."""
        if not hasattr(self, "closed"):
            return
        if self.closed:
            self.application.reopen_period(self.schema, SYSTEM, MONTHS[0])
        self.closed = {}
        standing, has_help = self._standing(), False
        while standing:
            refusals = [refusal for step in standing if (refusal := self._taken_back(*step)) is not None]
            left = self._standing()
            if len(left) == len(standing):
                # A closed order opens again only with goods to reserve, and others may have had them since.
                assert not has_help, refusals
                self._bring_plenty()
                has_help, left = True, self._standing()
            standing = left
        self._all_is_well()
        meters = books.meters(self.database, self.schema)
        assert [meters[name] for name in ("accounts", "summed", "holds")] == [[], [], []]

    def _bring_plenty(self) -> None:
        for place in self.warehouses:
            rows = [{"product": product, "quantity": "1000", "price": "1"} for product in self.products]
            self.act(Create("opening_stock", {"warehouse": place, "opened_on": "2026-01-02", "lines": rows}, "post"))

    def _standing(self) -> Rows:
        return self.world.ask(
            "SELECT form, record, id FROM onebook_step WHERE reverses IS NULL AND reversed_by IS NULL ORDER BY id DESC"
        )

    def _taken_back(self, form: str, record: int, step: int) -> Refusal | None:
        answer = self._done(Reverse(RecordRef(form, record), step))
        return answer if isinstance(answer, Refusal) else None


def one(found: Any, which: int) -> Any:
    """One of several, by any number."""
    return found[which % len(found)]


@pytest.fixture(scope="module")
def trader(published: tuple[Database, Company]) -> type[Documents]:
    database, company = published
    application = Application(database, now=lambda: NOW)

    world = World(application, company.schema)

    class Trader(Documents):
        """Two warehouses, three kinds of goods, customers with and without credit, two suppliers."""

    Trader.database, Trader.schema, Trader.application = database, company.schema, application
    Trader.products = [
        world.product("件", price="11.30", cost="6.78"),
        world.product("三分之一", price="3.333333", cost="1.666667", tax_rate="0.06"),
        world.product("可负", price="20", allows_negative=True),
    ]
    Trader.customers = [
        world.customer("普通客户"),
        world.customer("有额度客户", credit_limit="300"),
        world.customer("先款客户", pay_first=True),
    ]
    Trader.suppliers = [world.supplier("供应商"), world.supplier("另一家")]
    main = world.ask("SELECT id FROM warehouse WHERE code = '01'")[0][0]
    Trader.warehouses = [main, world.made("warehouse", code="02", name="分仓").id]
    return Trader


@pytest.mark.timeout(0)
def test_histories(trader: type[Documents]) -> None:
    run_state_machine_as_test(
        trader,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=ASKED is None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )


def test_the_second_walls_are_up(trader: type[Documents]) -> None:
    """Emptying needs what no running product has: triggers turned off."""
    with pytest.raises(psycopg.Error), trader.database.administration(trader.schema) as connection:
        connection.execute("TRUNCATE ledger_entry")
