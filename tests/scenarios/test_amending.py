"""Promises that change: an amended document says them anew, returns undo them, losses push them back into the line."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from onebook.engines.process.command import Run, Update
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.depot import Depot

D = Decimal


@pytest.fixture
def depot(database: Database, company: Company) -> Iterator[Depot]:
    depot = Depot.opened(database, company)
    yield depot
    depot.assert_clean()


@pytest.fixture
def place(depot: Depot) -> int:
    return depot.made("place", name="总仓").id


@pytest.fixture
def nut(depot: Depot, place: int) -> int:
    """Ten of them are there."""
    nut = depot.made("thing", name="螺母", costing="average").id
    depot.made("arrival", "receive", place=place, lines=[{"thing": nut, "quantity": "10", "worth": "20"}])
    return nut


def wish(depot: Depot, place: int, *lines: tuple[int, str], **more: Any) -> RecordRef:
    rows = [{"thing": thing, "quantity": quantity} for thing, quantity in lines]
    return depot.made("wish", "hold", place=place, lines=rows, **more)


def amend(depot: Depot, record: RecordRef, **values: Any) -> None:
    depot.do(Update(record, None, values, then="amend"))  # type: ignore[arg-type]  # whatever it is now


def ids(depot: Depot, record: RecordRef) -> list[int]:
    return [row[0] for row in depot.rows(record, "lines", "id")]


def give(depot: Depot, place: int, line: int, quantity: str, **more: Any) -> RecordRef:
    return depot.made("grant", "give", place=place, lines=[{"wish_line": line, "quantity": quantity}], **more)


def taken(depot: Depot, item: int) -> tuple[Decimal, Decimal]:
    rows = depot.ask("SELECT taken_quantity, waiting FROM ledger_account WHERE role = 'stock' AND item = %(i)s", i=item)
    return rows[0][0], rows[0][1]


def test_the_promise_follows_by_the_difference(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    give(depot, place, line, "1")
    amend(depot, mine, lines=[{"id": line, "quantity": "12"}])
    assert depot.rows(mine, "lines", "quantity", "wanted", "given", "waiting", "left") == [
        (D(12), D(12), D(1), D(2), D(11))
    ]
    assert depot.ask("SELECT pieces FROM wish") == [(D(12),)]
    assert taken(depot, nut) == (D(9), D(2))
    amend(depot, mine, lines=[{"id": line, "quantity": "3"}])
    assert depot.rows(mine, "lines", "wanted", "given", "waiting") == [(D(3), D(1), D(0))]
    assert taken(depot, nut) == (D(2), D(0))
    give(depot, place, line, "2")
    amend(depot, mine, lines=[{"id": line, "quantity": "5"}])
    assert taken(depot, nut) == (D(2), D(0))
    changes = depot.ask("SELECT action FROM onebook_change WHERE record = %(id)s ORDER BY id DESC LIMIT 2", id=mine.id)
    assert changes == [("amend",), ("update",)]


def test_never_less_than_came_true(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"), (nut, "1"))
    first, second = ids(depot, mine)
    give(depot, place, first, "3")
    with pytest.raises(Refusal) as refused:
        amend(depot, mine, lines=[{"id": second}])
    assert [problem.code for problem in refused.value.problems] == ["form.still_pointed_at"]
    with pytest.raises(Refusal) as refused:
        amend(depot, mine, lines=[{"id": first, "quantity": "2"}, {"id": second}])
    assert refused.value.code == "ledger.below_settled"
    assert [(one.field, one.row) for one in refused.value.problems] == [("lines", 1)]
    assert depot.rows(mine, "lines", "quantity", "wanted") == [(D(4), D(4)), (D(1), D(1))]


def test_rows_come_and_go_and_change_what_they_are_about(depot: Depot, place: int, nut: int) -> None:
    bolt = depot.made("thing", name="螺栓").id
    mine = wish(depot, place, (nut, "4"), (nut, "2"))
    first, _ = ids(depot, mine)
    amend(depot, mine, lines=[{"id": first, "thing": bolt}, {"thing": nut, "quantity": "7"}], due="2026-05-01")
    assert depot.rows(mine, "lines", "thing", "wanted", "waiting") == [(bolt, D(4), D(4)), (nut, D(7), D(0))]
    assert (taken(depot, nut), taken(depot, bolt)) == ((D(7), D(0)), (D(0), D(4)))
    assert depot.ask("SELECT count(*) FROM ledger_hold WHERE is_open AND due = '2026-05-01'") == [(2,)]
    with pytest.raises(Refusal):
        amend(depot, mine, lines=[])


def test_what_was_let_go_is_wanted_again(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    give(depot, place, line, "1")
    depot.run(mine, "close")
    assert taken(depot, nut) == (D(0), D(0))
    depot.run(mine, "open")
    amend(depot, mine, lines=[{"id": line, "quantity": "5"}])
    assert depot.rows(mine, "lines", "wanted", "given") == [(D(5), D(1))]
    assert taken(depot, nut) == (D(4), D(0))


def test_only_what_the_step_opens_may_be_changed_and_only_with_it(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    for values in ({"note": "别的"}, {"place": depot.made("place", name="分仓").id}):
        with pytest.raises(Refusal) as refused:
            amend(depot, mine, **values)
        assert refused.value.code == "form.locked"
    with pytest.raises(Refusal) as refused:
        depot.change(mine, lines=[{"id": line, "quantity": "5"}])
    assert refused.value.code == "form.locked"
    with pytest.raises(Refusal) as refused:
        amend(depot, mine, lines=[{"id": line, "quantity": "0"}])
    assert refused.value.code == "form.invalid"
    amend(depot, mine, lines=[{"id": line, "quantity": "5"}])
    with pytest.raises(Refusal) as refused:
        depot.undo(mine)
    assert refused.value.code == "process.irreversible"


def test_the_right_to_the_step_suffices(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    depot.actor = replace(depot.actor, id=77, roles=frozenset({"clerk"}))
    amend(depot, mine, lines=[{"id": line, "quantity": "6"}])
    with pytest.raises(Refusal) as refused:
        amend(depot, mine, note="别的")
    assert refused.value.code == "form.forbidden"
    with pytest.raises(Refusal) as refused:
        depot.change(mine, lines=[{"id": line, "quantity": "7"}])
    assert refused.value.code == "form.forbidden"
    assert depot.rows(mine, "lines", "wanted") == [(D(6),)]


def test_a_preview_changes_nothing(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    values = {"lines": [{"id": line, "quantity": "6"}, {"thing": nut, "quantity": "9"}]}
    shown = depot.preview(Update(mine, None, values, then="amend"))  # type: ignore[arg-type]  # whatever it is now
    assert shown.is_possible
    assert sorted((one.wanted, one.waiting, one.is_new) for one in shown.holds) == [
        (D(6), D(0), False),
        (D(9), D(5), True),
    ]
    assert depot.rows(mine, "lines", "quantity", "wanted") == [(D(4), D(4))]
    assert depot.preview(Run(mine, "amend")).holds == ()


@pytest.mark.parametrize("again", [True, False])
def test_a_return_undoes_what_came_true(depot: Depot, place: int, nut: int, again: bool) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    grant = give(depot, place, line, "3")
    [given] = ids(depot, grant)
    rows = [{"grant_line": given, "quantity": "3"}]
    regret = depot.made("regret", "return", place=place, again=again, lines=rows)
    assert depot.rows(mine, "lines", "given") == [(D(0),)]
    assert taken(depot, nut) == ((D(4) if again else D(1)), D(0))
    assert depot.balance("stock") == (D(10), D(20))
    depot.undo(regret)
    assert depot.rows(mine, "lines", "given") == [(D(3),)]


def test_a_loss_pushes_promises_back_into_the_line(depot: Depot, place: int, nut: int) -> None:
    first, last = wish(depot, place, (nut, "6")), wish(depot, place, (nut, "4"))
    loss = depot.made("loss", place=place, lines=[{"thing": nut, "quantity": "3"}])
    outcome = depot.run(loss, "lose")
    assert depot.rows(first, "lines", "waiting") == [(D(0),)]
    assert depot.rows(last, "lines", "waiting") == [(D(3),)]
    assert [made.form for made in outcome.created] == ["wish"]
    depot.undo(loss)
    assert depot.rows(last, "lines", "waiting") == [(D(0),)]


def test_one_document_for_each_value_and_finds_at_the_present_cost(depot: Depot, place: int, nut: int) -> None:
    bolt = depot.made("thing", name="螺栓", costing="average").id
    lines = [{"thing": thing, "quantity": quantity} for thing, quantity in ((nut, "5"), (bolt, "1"), (nut, "2"))]
    depot.made("arrival", "receive", place=place, lines=[{"thing": bolt, "quantity": "2", "worth": "3"}])
    outcome = depot.run(depot.made("loss", place=place, lines=lines), "lose")
    notes = depot.ask(
        "SELECT note, pieces FROM wish WHERE id = ANY(%(ids)s) ORDER BY id", ids=[one.id for one in outcome.created]
    )
    assert notes == [("螺母", D(7)), ("螺栓", D(1))]
    depot.made("loss", "find", place=place, lines=[{"thing": nut, "quantity": "1"}])
    assert depot.balance("stock", item=nut) == (D(4), D(8))
