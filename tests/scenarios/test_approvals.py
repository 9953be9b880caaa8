"""Large sums need agreement: an order over the limit from the manager to the boss and back, until it is granted."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.access.membership import actor_of, user_statement
from onebook.engines.application import Application
from onebook.engines.process.approvals import Answer, Approvals
from onebook.engines.process.approving.refusals import Answered, AwaitsApproval, NobodyToAsk
from onebook.engines.process.command import Command, Create, CreateFromRows, Run, Update
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.world import World

_numbers = count(1)


class Office:
    """People of a company who act by their own rights."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[str, Actor] = {}
        for login, role in (("manager", "sales_manager"), ("boss", "owner"), ("second", "owner")):
            self.join(login, role)
        self.customer = world.customer("Lakeside", credit_limit="1000000")
        limits = {"sales_approval_above": "1000"}
        company = RecordRef("company", world.ask("SELECT id FROM company")[0][0])
        world.change(company, **limits)

    def join(self, login: str, role: str) -> None:
        user = self.world.made("user", name=login.title(), login=login, roles=[role]).id
        with self.world.application.database.transaction(self.world.schema, read_only=True) as transaction:
            [rows] = transaction.run(user_statement(self.world.schema, user))
        self.people[login] = actor_of(rows)

    def of(self, login: str) -> Approvals:
        return self.world.application.approvals(self.world.schema, self.people[login])

    def answer(self, login: str, flow: int, do: Any, **more: Any) -> str:
        self.of(login).answer(flow, Answer(do, **more))
        return self.state(flow)

    def state(self, flow: int) -> str:
        return str(self.world.ask("SELECT state FROM onebook_flow WHERE id = %(id)s", id=flow)[0][0])

    def do(self, login: str, action: Any) -> Any:
        return self.world.application.execute(self.world.schema, Command(action, self.people[login]))

    def order(self, amount: str) -> Any:
        product = self.world.product(f"Lathe {next(_numbers)}", price=amount)
        self.world.stock(product, "5")
        values = {"customer": self.customer, "lines": [{"product": product, "quantity": "1"}]}
        return self.do("manager", Create("sales_order", values, "approve"))


@pytest.fixture(scope="module")
def office(application: Application, company_schema: str) -> Office:
    return Office(World(application, company_schema))


def test_an_order_over_the_limit_goes_to_the_boss_and_back(office: Office) -> None:
    world = office.world
    asked = office.order("5000")
    order = asked.record
    assert (asked.state, asked.flow is not None) == ("draft", True)
    assert asked.number, "it is a draft like any other"
    assert world.ask("SELECT count(*) FROM ledger_hold") == [(0,)], "nothing was promised yet"
    with pytest.raises(AwaitsApproval):
        office.do("manager", Run(order, "submit"))
    told = [row[0] for row in world.ask("SELECT recipient FROM onebook_notification WHERE kind = 'task' ORDER BY 1")]
    assert told == sorted(office.people[login].id for login in ("boss", "second"))

    assert office.answer("boss", asked.flow, "return", comment="20 % off is too much") == "returned"
    line = world.rows(order, "lines", "id")[0][0]
    values = {"lines": [{"id": line, "price": "6000"}]}
    again = office.of("manager").resubmit(asked.flow, values, "again", anew=False, accept_warnings=False)
    assert (again.flow, again.state) == (asked.flow, "draft")

    # Meanwhile the world changes: the customer is closed down.
    customer = RecordRef("customer", world.value(order, "customer"))
    world.change(customer, active=False)
    assert office.answer("boss", asked.flow, "agree") == "stuck"
    [[refusal]] = world.ask("SELECT refusal FROM onebook_flow WHERE id = %(id)s", id=asked.flow)
    assert "客户已停用" in refusal["words"]["zh-CN"]["text"]
    assert world.state(order) == "draft"

    world.change(customer, active=True)
    office.of("manager").retry(asked.flow)
    assert (office.state(asked.flow), world.state(order)) == ("done", "approved")
    assert world.value(order, "total") == Decimal("6000")
    assert world.value(order, "updated_by") == office.people["manager"].id
    assert world.ask("SELECT count(*) FROM ledger_hold WHERE name = 'collect'") == [(1,)]


def test_below_the_limit_and_by_the_boss_nobody_is_asked(office: Office) -> None:
    assert office.order("1000").flow is None
    world, manager = office.world, office.people["manager"]
    office.join("both", "sales_manager")
    both = RecordRef("user", office.people["both"].id)
    world.change(both, roles=["sales_manager", "owner"])
    with world.application.database.transaction(world.schema, read_only=True) as transaction:
        [rows] = transaction.run(user_statement(world.schema, both.id))
    office.people["manager"] = actor_of(rows)
    done = office.order("5000")
    assert (done.flow, done.state) == (None, "approved"), "the boss's own step counts as agreed"
    office.people["manager"] = manager
    world.change(both, active=False)


def test_two_answer_at_once_and_it_happens_once(office: Office) -> None:
    world = office.world
    for _ in range(4):
        asked = office.order("5000")
        with ThreadPoolExecutor(2) as pool:
            tries = [pool.submit(office.answer, login, asked.flow, "agree") for login in ("boss", "second")]
            results = []
            for one in tries:
                try:
                    results.append(one.result())
                except Answered:
                    results.append("too late")
        assert sorted(results, key=len) == ["done", "too late"]
        steps = "SELECT count(*) FROM onebook_step WHERE record = %(id)s AND transition = 'approve'"
        assert world.ask(steps, id=asked.record.id) == [(1,)]
        assert office.state(asked.flow) == "done"


def test_submitting_and_changing_at_once(office: Office) -> None:
    """Either the change comes first and is what is asked about, or it is refused: nothing slips in behind."""
    world = office.world
    customer, product = world.customer("Hillside"), world.product("Lathe", price="5000")
    for _ in range(6):
        rows = [{"product": product, "quantity": "1"}]
        order = office.do("manager", Create("sales_order", {"customer": customer, "lines": rows})).record

        def tried(action: Any) -> str:
            try:
                office.do("manager", action)
            except Refusal as refusal:
                return refusal.code
            return "done"

        with ThreadPoolExecutor(2) as pool:
            submitting = pool.submit(tried, Run(order, "approve"))
            changing = pool.submit(tried, Update(order, 1, {"note": "other"}))
            assert submitting.result() == "done"
            changed = changing.result()
        [[command]] = world.ask("SELECT command FROM onebook_flow WHERE record = %(id)s", id=order.id)
        assert command["version"] == world.version(order)
        assert (world.version(order), changed) in ((2, "done"), (1, "process.awaits_approval"))


def test_documents_of_a_report_wait_one_by_one(office: Office) -> None:
    """Whatever writes the step: the gate stands before all of it."""
    world = office.world
    company = RecordRef("company", world.ask("SELECT id FROM company")[0][0])
    world.change(company, purchase_approval_above="10")
    supplier = world.supplier("Foundry")
    world.stock(world.product("Bolt", cost="5", lower_limit="100", supplier=supplier), "1", "5")
    report = next(
        (one, create)
        for one in world.application.ground(world.schema).catalog.reports.values()
        for create in one.creates
        if create.form == "purchase_order"
    )
    action = CreateFromRows(report[0].report, report[1].name, "purchase_order", then="approve")
    outcome = world.application.execute(world.schema, Command(action, SYSTEM))
    assert outcome.flow is not None
    assert world.state(outcome.record) == "draft"
    assert office.answer("boss", outcome.flow, "agree") == "done"
    assert world.state(outcome.record) == "approved"


def test_where_nobody_can_be_asked_the_submission_says_so(office: Office) -> None:
    world = office.world
    for login in ("boss", "second"):
        world.change(RecordRef("user", office.people[login].id), active=False)
    with pytest.raises(NobodyToAsk):
        office.order("5000")
    world.made("user", name="Admin", login="admin", roles=["administrator"])
    assert office.order("5000").flow is not None, "the administrator is asked instead"
