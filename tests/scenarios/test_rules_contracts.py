"""The rules of contracts: 30 days before one ends its owner gets an e-mail and an opportunity to renew it, once."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any
from uuid import uuid4

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.form.refusals import Invalid
from onebook.engines.process.command import Reverse, Update
from onebook.engines.process.refusals import RequirementsFailed
from onebook.engines.report.report import ReportRequest
from onebook.locale.texts import text_of
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from tests.scenarios.world import NOW, World

RULE = "contract_ends_soon"
MAIL = "wang@example.com"


class Bureau(World):
    """A company with contracts, and a clock that can be turned."""

    clock: list[datetime]
    seller: int
    buyer: int

    def settle(self) -> None:
        while self.application.run_rules(self.schema):
            pass

    def until(self, day: str) -> None:
        """Turn the clock to ten o'clock of a day, on which the worker looks again."""
        self.clock[0] = NOW.replace(year=int(day[:4]), month=int(day[5:7]), day=int(day[8:]))
        self.settle()

    def contract(self, then: str | None = "sign", **more: Any) -> RecordRef:
        given = {"name": "年度供货", "salesperson": self.seller, "amount": "120000", "starts_on": "2026-03-10"}
        return self.made("contract", then, **(given | {"customer": self.buyer} | more))

    def fired(self, contract: RecordRef | None = None) -> list[tuple[Any, ...]]:
        """(episode, state) of the rule's runs."""
        return list(self.ask(
            "SELECT episode, state FROM onebook_firing WHERE rule = %(rule)s"
            " AND (%(id)s::bigint IS NULL OR object = %(id)s) ORDER BY id",
            rule=RULE, id=None if contract is None else contract.id,
        ))  # fmt: skip

    def mails(self, contract: RecordRef) -> list[str]:
        """To whom mails about a contract went."""
        rows = self.ask(
            "SELECT channel, address FROM onebook_message WHERE record = %(id)s ORDER BY id", id=contract.id
        )
        return [f"{channel} {address}" for channel, address in rows]

    def opportunities(self, contract: RecordRef) -> list[RecordRef]:
        rows = self.ask("SELECT id FROM opportunity WHERE contract = %(id)s ORDER BY id", id=contract.id)
        return [RecordRef("opportunity", number) for (number,) in rows]


@pytest.fixture
def bureau(published: tuple[Database, Company]) -> Bureau:
    clock = [NOW]
    bureau = Bureau(Application(published[0], now=lambda: clock[0]), published[1].schema)
    bureau.clock = clock
    bureau.seller = bureau.made("user", name="王敏", login=uuid4().hex, email=MAIL, roles=["salesperson"]).id
    bureau.buyer = bureau.customer(uuid4().hex)
    # The clock goes back for every story: none of its days was begun.
    with published[0].administration(bureau.schema) as connection:
        connection.execute("DELETE FROM onebook_rule_day")
    bureau.application.rules(bureau.schema, SYSTEM, "zh-CN").pause(RULE, is_paused=False)
    return bureau


def test_thirty_days_before_its_end_a_contract_becomes_a_mail_and_an_opportunity(bureau: Bureau) -> None:
    customer = bureau.customer("华东精工", salesperson=bureau.seller)
    contract = bureau.contract(customer=customer, ends_on="2026-04-20")
    bureau.until("2026-03-20")
    assert (bureau.fired(contract), bureau.mails(contract)) == ([], [])
    bureau.until("2026-03-21")
    assert bureau.fired(contract) == [("on 2026-04-20", "done")]
    assert bureau.mails(contract) == [f"mail {MAIL}"]
    [made] = bureau.opportunities(contract)
    [row] = bureau.ask(
        "SELECT customer, contract, salesperson, expected_amount, expected_on, state, stage FROM opportunity"
        " WHERE id = %(id)s",
        id=made.id,
    )
    assert row == (customer, contract.id, bureau.seller, 120000, date(2026, 4, 20), "open", "contact")
    assert bureau.value(contract, "renewal") == made.id
    for day in ("2026-03-22", "2026-04-19", "2026-04-20"):
        bureau.until(day)
    assert len(bureau.fired(contract)) == len(bureau.mails(contract)) == len(bureau.opportunities(contract)) == 1


def test_what_the_worker_missed_is_done_late_and_once(bureau: Bureau) -> None:
    """Off for weeks: it is said on the first day that somebody works again; after the end there is nothing to say."""
    missed, over = bureau.contract(ends_on="2026-05-04"), bureau.contract(ends_on="2026-04-10")
    bureau.until("2026-04-18")
    assert bureau.fired(missed) == [("on 2026-05-04", "done")]
    assert len(bureau.mails(missed)) == len(bureau.opportunities(missed)) == 1
    assert bureau.fired(over) == []
    bureau.until("2026-04-30")
    assert len(bureau.fired(missed)) == 1


def test_a_contract_that_is_entered_late_is_told_at_once(bureau: Bureau) -> None:
    contract = bureau.contract(ends_on="2026-03-25")
    bureau.until("2026-03-11")
    assert bureau.fired(contract) == [("on 2026-03-25", "done")]


def test_another_end_is_another_day_and_no_second_opportunity_while_one_is_open(bureau: Bureau) -> None:
    contract = bureau.contract(ends_on="2026-04-20")
    bureau.until("2026-03-15")
    _extended(bureau, contract, "2026-04-30")
    bureau.until("2026-03-30")
    assert bureau.fired(contract) == []
    bureau.until("2026-03-31")
    assert bureau.fired(contract) == [("on 2026-04-30", "done")]
    _extended(bureau, contract, "2026-06-30")
    bureau.until("2026-06-01")
    assert [episode for episode, _ in bureau.fired(contract)] == ["on 2026-04-30", "on 2026-06-30"]
    assert len(bureau.mails(contract)) == 2
    assert len(bureau.opportunities(contract)) == 1
    # Back to an end that was said already: nothing is said twice.
    _extended(bureau, contract, "2026-06-20")
    _extended(bureau, contract, "2026-06-30")
    bureau.until("2026-06-03")
    assert len(bureau.fired(contract)) == 2


def test_an_opportunity_that_was_lost_makes_room_for_the_next_term(bureau: Bureau) -> None:
    contract = bureau.contract(ends_on="2026-04-09")
    bureau.until("2026-03-11")
    [first] = bureau.opportunities(contract)
    with pytest.raises(RequirementsFailed):
        bureau.run(first, "lose")
    bureau.change(first, lost_because="price")
    bureau.run(first, "lose")
    assert bureau.value(first, "closed_on") == date(2026, 3, 11)
    _extended(bureau, contract, "2026-05-31")
    bureau.until("2026-05-01")
    assert len(bureau.opportunities(contract)) == 2
    bureau.run(first, "reopen")
    assert bureau.value(first, "lost_because") is None


def test_drafts_and_what_is_over_are_left_alone(bureau: Bureau) -> None:
    draft = bureau.contract(None, ends_on="2026-04-20")
    ended = bureau.contract(ends_on="2026-04-20")
    bureau.do(Update(ended, bureau.version(ended), {"ended_because": "客户停业"}, then="end"))
    bureau.until("2026-04-21")
    assert bureau.fired(draft) == bureau.fired(ended) == []


def test_a_contract_that_is_ended_before_its_last_day_says_why(bureau: Bureau) -> None:
    """One that has run out ends without a word."""
    early, late = bureau.contract(ends_on="2026-04-20"), bureau.contract(ends_on="2026-04-20")
    with pytest.raises(RequirementsFailed):
        bureau.run(early, "end")
    bureau.do(Update(early, bureau.version(early), {"ended_because": "客户停业"}, then="end"))
    assert (bureau.value(early, "state"), bureau.value(early, "ended_on")) == ("ended", date(2026, 3, 10))
    bureau.until("2026-04-21")
    assert (bureau.value(late, "state"), bureau.value(late, "ended_on")) == ("ended", date(2026, 4, 20))


def test_the_funnel_counts_what_is_open_and_contracts_near_their_end_are_told(bureau: Bureau) -> None:
    mine = bureau.made("user", name="漏斗", login="funnel", roles=["salesperson"]).id

    def told(report: str) -> list[dict[str, Any]]:
        page = bureau.application.report(bureau.schema, bureau.actor, ReportRequest(report, {}))
        return [dict(row) for row in page.rows if row["salesperson"]["id"] == mine]

    def talk(name: str, stage: str, amount: str | None, then: str | None = None) -> None:
        given = {"customer": bureau.buyer, "salesperson": mine, "stage": stage, "expected_amount": amount}
        bureau.made("opportunity", then, name=name, **given)

    talk("甲", "contact", "1000")
    talk("乙", "offer", "500")
    talk("丙", "offer", None)
    talk("丁", "offer", "9", "win")
    funnel = {
        row["stage"]: [D(row[name]) for name in ("opportunities", "expected", "weighted")]
        for row in told("opportunities_by_stage")
    }
    assert funnel == {"contact": [1, 1000, 100], "offer": [2, 500, 250]}
    bureau.contract(ends_on="2026-06-08", salesperson=mine)
    bureau.contract(ends_on="2026-06-09", salesperson=mine)
    assert [D(row["days"]) for row in told("contracts_ending")] == [90]


def test_what_is_won_becomes_the_next_contract_which_ends_the_one_before(bureau: Bureau) -> None:
    contract = bureau.contract(ends_on="2026-04-09")
    bureau.until("2026-03-11")
    [opportunity] = bureau.opportunities(contract)
    [following] = [one for one in bureau.run(opportunity, "win").created if one.form == "contract"]
    [row] = bureau.ask(
        "SELECT state, renews, amount, starts_on, ends_on FROM contract WHERE id = %(id)s", id=following.id
    )
    assert row == ("draft", contract.id, 120000, date(2026, 4, 10), date(2027, 4, 9))
    assert bureau.state(contract) == "in_force"
    bureau.run(following, "sign")
    bureau.settle()
    # The next one is signed; until it begins the one before stays in force, and is not reminded of again.
    assert (bureau.state(following), bureau.state(contract)) == ("in_force", "in_force")
    _extended(bureau, contract, "2026-04-11")
    bureau.until("2026-04-09")
    assert len(bureau.mails(contract)) == 1
    bureau.until("2026-04-10")
    assert (bureau.state(following), bureau.state(contract)) == ("in_force", "renewed")


def test_a_contract_that_has_begun_renews_the_one_before_at_once_and_gives_it_back(bureau: Bureau) -> None:
    contract = bureau.contract(starts_on="2025-03-10", ends_on="2026-12-31")
    following = bureau.contract(renews=contract.id, starts_on="2026-03-01")
    bureau.settle()
    assert (bureau.state(contract), bureau.value(contract, "renewed_by")) == ("renewed", following.id)
    with pytest.raises(RequirementsFailed):
        bureau.contract(renews=contract.id)
    bureau.do(Reverse(following))
    bureau.settle()
    assert (bureau.state(contract), bureau.value(contract, "renewed_by")) == ("in_force", None)
    # Taken back before it begins: the one before is nobody's any more.
    bureau.change(following, starts_on="2026-06-01", ends_on="2027-05-31")
    bureau.run(following, "sign")
    bureau.settle()
    with pytest.raises(RequirementsFailed):
        bureau.contract(renews=contract.id)
    bureau.do(Reverse(following))
    bureau.settle()
    assert (bureau.state(contract), bureau.value(contract, "renewed_by")) == ("in_force", None)


def test_a_contract_renews_another_one_of_its_customer(bureau: Bureau) -> None:
    contract = bureau.contract()
    with pytest.raises(Invalid):
        bureau.contract(None, renews=contract.id, customer=bureau.customer(uuid4().hex))
    with pytest.raises(Invalid):
        bureau.change(draft := bureau.contract(None), renews=draft.id)


def test_a_contract_ends_by_itself_the_day_after_its_last(bureau: Bureau) -> None:
    contract = bureau.contract(ends_on="2026-03-12")
    bureau.until("2026-03-12")
    assert bureau.state(contract) == "in_force"
    bureau.until("2026-03-13")
    assert bureau.state(contract) == "ended"
    bureau.do(Reverse(contract))
    assert bureau.state(contract) == "in_force"


def test_a_contract_needs_an_amount_and_days_in_order(bureau: Bureau) -> None:
    blank = bureau.contract(None, ends_on="2026-04-20", amount=None)
    with pytest.raises(RequirementsFailed) as refused:
        bureau.run(blank, "sign")
    assert "请填写合同金额" in text_of(refused.value, "zh-CN")
    with pytest.raises(Exception, match=r"form\.invalid"):
        bureau.contract(None, ends_on="2026-03-01")


def _extended(bureau: Bureau, contract: RecordRef, day: str) -> None:
    bureau.do(Update(contract, bureau.version(contract), {"ends_on": day}, then="extend"))
