"""Nobody waits for others in a circle, because everybody waits in one order: whatever is typed into any document, each
transaction locks accounts first and once, then records and their numbers, then totals."""

import pytest

from onebook.engines.process.command import Bin, Create, Reverse, Update
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.invariants.locks import ACCOUNTS, RECORDS, TOTALS, Held, Listener, listen
from tests.invariants.office import DOCUMENTS, Office

#: How many turns somebody takes at the documents.
TURNS = 60


@pytest.fixture(scope="module")
def office(published: tuple[Database, Company]) -> Office:
    database, company = published
    office = Office(database, company.schema)
    office.stock("500")
    return office


@pytest.fixture
def listener(office: Office, monkeypatch: pytest.MonkeyPatch) -> Listener:
    listener = Listener(office.catalog.forms)
    listen(listener, monkeypatch)
    return listener


def test_whatever_is_typed_waits_in_one_order(office: Office, listener: Listener) -> None:
    typist = office.typist(11)
    forms = [name for name in DOCUMENTS if not any(step.closes for step in office.form(name).transitions.values())]
    for turn in range(TURNS):
        match turn % 4:
            case 0 | 1:
                typist.bring_about(typist.chance.choice(forms))
            case 2:
                typist.change(forms)
            case 3:
                typist.undo(forms)
    circles = [(held.locks, list(held.problems())) for held in listener.held if list(held.problems())]
    assert circles == []
    posting = [held for held in listener.held if {rank for rank, _ in held.locks} == {ACCOUNTS, RECORDS, TOTALS}]
    assert len(posting) > TURNS / 10, "hardly anything was posted"


def test_a_chain_of_documents_is_taken_back_under_locks_taken_at_once(office: Office, listener: Listener) -> None:
    world = office.world
    part, firm = world.product("链货"), world.customer("链客户")
    world.stock(part, "10")
    order = world.order(firm, (part, "4"), then="approve")
    world.ship(order, "1")
    receipt = world.receipt(firm, "5")
    world.allocate(firm, (receipt, order, "5"))
    listener.held.clear()
    undone = world.do(Reverse(order, followers=True)).undone
    [held] = [one for one in listener.held if one.locks]
    assert len(undone) > 1
    assert list(held.problems()) == []


def test_a_change_with_a_step_locks_accounts_before_its_record(office: Office, listener: Listener) -> None:
    world = office.world
    part, firm = world.product("改货"), world.customer("改客户")
    world.stock(part, "10")
    order = world.order(firm, (part, "4"))
    listener.held.clear()
    world.do(Update(order, world.version(order), {"note": "改后即审"}, then="approve"))
    [held] = [one for one in listener.held if one.locks]
    assert [rank for rank, _ in held.locks][:2] == [ACCOUNTS, RECORDS]


def test_a_number_that_lots_are_named_by_comes_behind_the_accounts(office: Office, listener: Listener) -> None:
    world = office.world
    part = world.product("批号货", costing="fifo")
    listener.held.clear()
    rows = [{"product": part, "quantity": "2", "price": "3"}]
    record = world.do(Create("opening_stock", {"lines": rows}, "post")).record
    [held] = [one for one in listener.held if one.locks]
    assert [what for _, what in held.locks if what == "a number"] == ["a number"]
    assert list(held.problems()) == []
    number = world.value(record, "number")
    assert world.ask("SELECT code FROM lot WHERE product = %(at)s", at=part) == [(f"{number}-1",)]


def test_months_close_behind_nobody(office: Office, listener: Listener) -> None:
    """Whoever closes keeps posters out before the closing posts anything itself: they may wait for its accounts."""
    world = office.world
    closing = world.made("period_close", month="2025-11-01")
    world.run(closing, "close")
    reopened = world.do(Update(closing, world.version(closing), {"reason": "漏记"}, then="reopen"))
    assert reopened.state == "reopened"
    assert [problem for held in listener.held for problem in held.problems()] == []
    assert any(held.keeps_out for held in listener.held)


def test_only_what_goes_into_the_bin_stands_alone(office: Office, listener: Listener) -> None:
    """Whoever holds a record while others wait to point at it may be waiting for them: only what locks nothing else."""
    world = office.world
    order = world.order(world.customer("桶客户"), (world.product("桶货"), "1"))
    world.change(order, note="改")
    world.run(order, "approve")
    world.undo(order)
    assert listener.alone == []
    world.do(Bin(order))
    assert listener.alone != []


def test_a_circle_would_be_seen() -> None:
    """The listener itself: what comes in another order is told."""
    held = Held()
    forms = {"paper": object()}
    held.take('SELECT id FROM "paper" WHERE id = %(id)s FOR NO KEY UPDATE', {"id": 1}, [(1,)], forms)
    held.take("SELECT id FROM ledger_account WHERE id = 7 FOR NO KEY UPDATE", (), [(7,)], forms)
    assert list(held.problems()) == ["accounts [7] after records [('paper', 1)]"]
    held.take('UPDATE "paper" SET note = NULL WHERE id = %(id)s', {"id": 1}, [], forms)
    held.take("SELECT id FROM ledger_account WHERE id = 7 FOR NO KEY UPDATE", (), [(7,)], forms)
    assert len(held.locks) == 2
    held.take("INSERT INTO ledger_total AS t", (), [], forms)
    held.take("INSERT INTO ledger_total AS t", (), [], forms)
    assert "totals more than once" in list(held.problems())
