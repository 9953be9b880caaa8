"""Months close, and open again, once somebody has agreed: with what was agreed to, or not at all."""

from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.access.membership import actor_of, user_statement
from onebook.definition.read import read_text
from onebook.definition.shipped import shipped_apps
from onebook.engines.application import Application
from onebook.engines.process.approvals import Answer, Approvals
from onebook.engines.process.command import Command, Create, Run, Update
from onebook.engines.process.refusals import StillOpen
from onebook.ledger.refusals import PeriodClosed
from onebook.values.reference import RecordRef
from tests.scenarios.world import World

SIGNED = """
app: signed_closing
label: 结账审批 | Signed closing
version: 1
needs: [finance]
---
patch: form
name: period_close
change:
  transitions:
    close: {approval: {steps: [{step: head, label: 负责人 | Head, by: {role: owner}}]}}
    reopen: {approval: {steps: [{step: head, label: 负责人 | Head, by: {role: owner}}]}}
---
patch: role
name: accountant
change:
  grants:
    period_close: {do+: [reopen]}
"""
MONTH = "2026-03"


class Office:
    """An accountant who closes months, and the owner who agrees."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.accountant, self.owner = self._joined("accountant"), self._joined("owner")
        self.customer = world.customer("Lakeside", credit_limit="1000000")
        self.product = world.product("Lathe", price="100")
        world.stock(self.product, "50", "60")

    def _joined(self, role: str) -> Actor:
        user = self.world.made("user", name=role.title(), login=role, roles=[role]).id
        with self.world.application.database.transaction(self.world.schema, read_only=True) as transaction:
            [rows] = transaction.run(user_statement(self.world.schema, user))
        return actor_of(rows)

    def sell(self) -> None:
        """Something that this month earns."""
        self.world.ship(self.world.order(self.customer, (self.product, "1"), then="approve"))

    def do(self, action: Any) -> Any:
        return self.world.application.execute(self.world.schema, Command(action, self.accountant))

    def approvals(self, actor: Actor) -> Approvals:
        return self.world.application.approvals(self.world.schema, actor)

    def agree(self, flow: int) -> str:
        self.approvals(self.owner).answer(flow, Answer("agree"))
        return self.state(flow)

    def state(self, flow: int) -> str:
        return str(self.world.ask("SELECT state FROM onebook_flow WHERE id = %(id)s", id=flow)[0][0])

    @property
    def is_closed(self) -> bool:
        return bool(self.world.ask("SELECT FROM ledger_period WHERE closed AND month = '2026-03-01'"))

    def journals(self, record: RecordRef) -> int:
        return int(self.world.ask("SELECT count(*) FROM ledger_journal WHERE record = %(id)s", id=record.id)[0][0])


@pytest.fixture(scope="module")
def office(application: Application, company_schema: str) -> Office:
    application.publish(company_schema, [*shipped_apps(), read_text(SIGNED)], SYSTEM)
    return Office(World(application, company_schema))


def test_closing_waits_and_opening_again_waits_too(office: Office) -> None:
    world = office.world
    office.sell()
    closing = Create("period_close", {"month": MONTH, "leaves_drafts": True}, "close")
    seen = world.application.preview(world.schema, Command(closing, office.accountant))
    assert (seen.refusals, len(seen.routes), bool(seen.entries)) == ((), 1, True)
    assert world.ask("SELECT count(*) FROM onebook_flow") == [(0,)], "looking asks nobody"
    asked = office.do(closing)
    assert (asked.state, asked.flow is not None) == ("draft", True)
    assert (office.is_closed, office.journals(asked.record)) == (False, 0)
    assert world.rows(asked.record, "lines", "balance"), "whoever agrees sees what was drawn"
    told, preview = office.approvals(office.owner).one(asked.flow, "en")
    assert preview is not None
    assert (preview.refusals, told["state"], office.is_closed) == ((), "running", False)
    assert office.agree(asked.flow) == "done"
    assert (world.state(asked.record), office.is_closed, office.journals(asked.record)) == ("closed", True, 1)

    version = world.version(asked.record)
    opening = Update(asked.record, version, {"reason": "A bill came late"}, then="reopen")
    again = office.do(opening)
    assert (again.state, office.is_closed, world.value(asked.record, "reason")) == ("closed", True, None)
    with pytest.raises(PeriodClosed):
        office.sell()
    assert office.agree(again.flow) == "done"
    assert (world.state(asked.record), office.is_closed) == ("reopened", False)
    assert world.value(asked.record, "reason") == "A bill came late"
    world.assert_clean()


def test_what_is_drawn_otherwise_by_then_is_not_what_was_agreed_to(office: Office) -> None:
    world = office.world
    asked = office.do(Create("period_close", {"month": MONTH, "leaves_drafts": True}, "close"))
    office.sell()
    _, preview = office.approvals(office.owner).one(asked.flow, "en")
    assert preview is not None
    assert [refusal.code for refusal in preview.refusals] == ["process.drawn_otherwise"]
    assert office.agree(asked.flow) == "stuck"
    assert (world.state(asked.record), office.is_closed) == ("draft", False)
    office.approvals(office.accountant).withdraw(asked.flow)
    again = office.do(Run(asked.record, "close"))
    assert again.flow not in (None, asked.flow)
    assert office.agree(again.flow) == "done"
    assert (world.state(asked.record), office.is_closed) == ("closed", True)
    opened = office.do(Update(asked.record, world.version(asked.record), {"reason": "again"}, then="reopen"))
    assert office.agree(opened.flow) == "done"


def test_what_cannot_be_closed_is_refused_before_anybody_is_asked(office: Office) -> None:
    world = office.world
    world.order(office.customer, (office.product, "1"), then="approve")
    before = world.ask("SELECT count(*) FROM onebook_flow")
    with pytest.raises(StillOpen):
        office.do(Create("period_close", {"month": MONTH}, "close"))
    assert world.ask("SELECT count(*) FROM onebook_flow") == before
