"""The shipped rules, woken one by one: what runs low is bought, who went quiet is called, who paid is thanked."""

from collections.abc import Iterator
from datetime import date

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from tests.scenarios.clocked import Clocked
from tests.scenarios.world import NOW


class Office(Clocked):
    """The company of the module."""

    def user(self, name: str, *roles: str) -> int:
        return self.made("user", name=name, login=name, roles=list(roles)).id

    def runs(self, rule: str) -> list[str]:
        """The states of a rule's runs."""
        return [
            state for (state,) in self.ask("SELECT state FROM onebook_firing WHERE rule = %(r)s ORDER BY id", r=rule)
        ]


@pytest.fixture(scope="module")
def company_office(published: tuple[Database, Company]) -> Office:
    clock = [NOW]
    return Office(Application(published[0], now=lambda: clock[0]), published[1].schema, clock=clock)


@pytest.fixture
def office(company_office: Office) -> Iterator[Office]:
    company_office.clock[0] = NOW
    yield company_office
    company_office.assert_clean()


def test_what_falls_to_its_limit_becomes_one_submitted_purchase_need(office: Office) -> None:
    """Stock at or below the limit makes a request with product and quantity filled in, assigned and pushed to the
    buyers; the same shortage makes no second one, the next shortage does."""
    buyer, owner = office.user("b1", "purchaser"), office.user("o1", "owner")
    product = office.product("Book", lower_limit="10", reorder_quantity="40")
    office.stock(product, "30")
    customer = office.customer("Reader")
    with office.awake("reorder_when_low", "need_submitted"):
        office.order(customer, (product, "15"), then="approve")
        office.settle()
        assert office.runs("reorder_when_low") == []
        office.order(customer, (product, "5"), then="approve")
        office.settle()
        office.order(customer, (product, "1"), then="approve")
        office.settle()
        needs = office.ask(
            "SELECT n.id, n.state, n.reason, l.product, l.quantity FROM purchase_need n"
            " JOIN purchase_need__lines l ON l.parent = n.id WHERE l.product = %(p)s",
            p=product,
        )
        assert [row[1:] for row in needs] == [("submitted", "limit", product, 40)]
        need = RecordRef("purchase_need", needs[0][0])
        assert {to for _, to, _ in office.told(need)} == {str(buyer), str(owner)}
        assert [to for _, to, _ in office.told(RecordRef("product", product))] == [str(buyer)]
        office.stock(product, "100")
        office.settle()
        office.order(customer, (product, "105"), then="approve")
        office.settle()
        assert office.runs("reorder_when_low") == ["done", "done"]


def test_a_few_left_is_told_to_the_buyer_by_wecom(office: Office) -> None:
    buyer = office.user("b2", "purchaser")
    product = office.product("Textbook", lower_limit="5")
    office.stock(product, "6")
    with office.awake("low_stock_notice"):
        office.order(office.customer("School"), (product, "1"), then="approve")
        office.settle()
    rows = office.ask("SELECT recipient, via, urgent FROM onebook_message WHERE record = %(p)s", p=product)
    assert (buyer, ["wecom"], True) in rows


def test_a_follow_up_is_remembered_by_its_customer(office: Office) -> None:
    customer = RecordRef("customer", office.customer("Followed"))
    seller = office.user("s1", "salesperson")
    office.made("follow_up", "finish", customer=customer.id, salesperson=seller, result="likes it")
    office.settle()
    assert office.value(customer, "followed_on") == date(2026, 3, 10)


def test_who_went_quiet_becomes_a_to_do_once_until_it_is_done(office: Office) -> None:
    seller, chief = office.user("s3", "salesperson"), office.user("m3", "sales_manager")
    warm = RecordRef("customer", office.customer("Warm", stage="interested", salesperson=seller))
    keen = RecordRef("customer", office.customer("Keen", stage="keen", salesperson=seller))
    for customer in (warm, keen):
        office.change(customer, followed_on="2026-03-01")
    due = "SELECT id, purpose FROM follow_up WHERE customer = %(c)s AND state = 'draft'"
    with office.awake("interested_went_quiet", "keen_went_quiet"):
        office.later(5)
        assert office.ask(due, c=keen.id) == []
        office.later(2)
        assert [text for _, text in office.ask(due, c=keen.id)] == ["请立即跟进高意向客户Keen"]
        assert [(to, urgent) for to, urgent in office.ask(
            "SELECT recipient, urgent FROM onebook_message WHERE record = %(c)s ORDER BY id", c=keen.id
        )] == [(seller, True), (chief, False)]  # fmt: skip
        office.later(1)
        assert len(office.ask(due, c=keen.id)) == 1
        assert office.ask(due, c=warm.id) == []
        office.later(20)
        assert len(office.ask(due, c=warm.id)) == 1
        follow_up = RecordRef("follow_up", office.ask(due, c=warm.id)[0][0])
        office.change(follow_up, result="will order")
        office.run(follow_up, "finish")
        office.settle()
        office.later(1)
        assert office.ask(due, c=warm.id) == []
        office.later(35)
        assert len(office.ask(due, c=warm.id)) == 1


def test_who_paid_first_is_thanked_tagged_and_served(office: Office) -> None:
    seller, keeper = office.user("s4", "salesperson"), office.user("k4", "warehouse_keeper")
    customer = office.customer("Payer", phone="13912345678", salesperson=seller, tags=["老客户"])
    product = office.product("Paid thing", price="100")
    office.stock(product, "10")
    with office.awake("order_paid"):
        order = office.order(customer, (product, "2"), then="approve", pay_first=True)
        assert office.value(order, "progress") == "awaiting_payment"
        office.made("receipt", "post", customer=customer, order=order.id, amount="150")
        office.settle()
        assert office.runs("order_paid") == []
        office.made("receipt", "post", customer=customer, order=order.id, amount="50")
        office.settle()
        assert office.value(order, "progress") == "awaiting_shipment"
        assert office.runs("order_paid") == ["done"]
    told = [(channel, to) for channel, to, _ in office.told(order)]
    assert told == [("sms", "13912345678"), ("inbox", str(seller)), ("inbox", str(keeper))]
    assert list(office.value(RecordRef("customer", customer), "tags")) == ["老客户", "新成交客户"]


def test_what_fell_due_unpaid_is_asked_for_the_day_after(office: Office) -> None:
    seller = office.user("s5", "salesperson")
    customer = office.customer("Debtor", phone="13600000000", salesperson=seller)
    product = office.product("Owed thing")
    office.stock(product, "10")
    order = office.order(customer, (product, "1"), then="approve", due_on="2026-03-12")
    office.ship(order)
    with office.awake("dunning"):
        office.later(2)
        assert office.told(order) == []
        office.later(1)
        office.later(1)
    assert [(channel, to) for channel, to, _ in office.told(order)] == [("sms", "13600000000"), ("inbox", str(seller))]


def test_the_first_of_a_month_calls_for_its_figures(office: Office) -> None:
    office.user("a6", "accountant")
    office.made("company", name="Us") if not office.ask("SELECT id FROM company") else None
    with office.awake("month_is_over"):
        office.later(21)
        assert office.runs("month_is_over") == []
        office.later(1)
        office.settle()
        assert office.runs("month_is_over") == ["done"]


def test_a_lot_that_expires_soon_is_told_to_its_keepers(office: Office) -> None:
    keeper = office.user("k7", "warehouse_keeper")
    product = office.product("Milk", costing="fefo")
    lot = office.made("lot", product=product, code="M1", expires_on="2026-04-10")
    with office.awake("lot_expires"):
        office.settle()
        assert office.told(lot) == []
        office.later(1)
    assert str(keeper) in {to for _, to, _ in office.told(lot)}


def test_every_shipped_rule_is_told_in_both_languages(office: Office) -> None:
    for language in ("zh-CN", "en"):
        rules = office.application.rules(office.schema, SYSTEM, language).rules()
        assert len(rules) >= 9
        for rule in rules:
            assert not any("rule.words" in sentence for sentence in rule["words"]), rule
            if rule["can_rehearse"]:
                office.application.rules(office.schema, SYSTEM, language).rehearse(rule["rule"])
