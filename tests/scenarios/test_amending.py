"""Promises that change: an amended document says them anew, returns undo them, losses push them back into the line."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from onebook.engines.process.command import Reverse, Run, Update
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.depot import TEXT, Depot

D = Decimal


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
    depot.do(Update(record, None, values, then="amend"))  # whatever it is now


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
    [problem] = refused.value.problems
    assert (problem.code, problem.field, problem.data["place"]) == ("form.row_used_by", "lines", 1)
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


def contents(depot: Depot, record: RecordRef) -> tuple[Any, ...]:
    """All that an order says and shows, and what it promises."""
    rows = depot.rows(record, "lines", "id", "thing", "quantity", "wanted", "given", "waiting", "left")
    heads = depot.ask("SELECT due, note, pieces, state FROM wish WHERE id = %(id)s", id=record.id)
    held = depot.ask(
        "SELECT a.item, h.line, h.due, h.wanted_quantity, h.settled_quantity, h.waiting FROM ledger_hold h"
        " JOIN ledger_account a ON a.id = h.account WHERE h.document = %(id)s AND h.is_open ORDER BY h.line, h.id",
        id=record.id,
    )
    return rows, heads, held


def test_an_amendment_taken_back_is_as_if_it_had_not_been(depot: Depot, place: int, nut: int) -> None:
    bolt = depot.made("thing", name="螺栓").id
    mine = wish(depot, place, (nut, "4"), (nut, "2"), (bolt, "1"), due="2026-04-01")
    first, second, third = ids(depot, mine)
    give(depot, place, first, "1")
    amended: list[dict[str, Any]] = [
        {"due": "2026-05-01"},
        {"lines": [{"id": first, "quantity": "12"}, {"id": second, "quantity": "1"}, {"id": third}]},
        {"lines": [{"id": first}, {"id": third}]},
        {"lines": [{"id": third, "thing": nut}, {"thing": nut, "quantity": "7"}, {"id": first}, {"id": second}]},
        {"lines": [{"thing": bolt, "quantity": "3"}, {"id": first, "quantity": "1"}], "due": None},
        {},
    ]
    seen = []
    for values in amended:
        seen.append(contents(depot, mine))
        amend(depot, mine, **values)
        depot.undo(mine)
        assert contents(depot, mine) == seen[0], values
        amend(depot, mine, **({} if "lines" in values and len(values["lines"]) < 3 else values))
        depot.undo(mine)
        assert contents(depot, mine) == seen[0], f"amended anew and taken back: {values}"
    depot.assert_clean()
    # One upon the other, and taken back one by one.
    seen = []
    for values in (amended[0], amended[1], {"lines": [{"id": first, "quantity": "3"}, {"id": second}]}, amended[5]):
        seen.append(contents(depot, mine))
        amend(depot, mine, **values)
    for before in reversed(seen):
        depot.undo(mine)
        assert contents(depot, mine) == before
    with pytest.raises(Refusal) as refused:
        depot.undo(mine)
    assert refused.value.code == "process.has_followers", "next is the step that promised, and a part of it was given"


def test_what_was_saved_with_another_step_stays_when_that_is_taken_back(depot: Depot, place: int, nut: int) -> None:
    mine = depot.made("wish", place=place, lines=[{"thing": nut, "quantity": "4"}])
    [line] = ids(depot, mine)
    held = {"lines": [{"id": line, "quantity": "3"}], "note": "急"}
    depot.do(Update(mine, None, held, then="hold"))  # whatever it is now
    depot.undo(mine)
    assert depot.rows(mine, "lines", "quantity", "wanted") == [(D(3), D(0))]
    assert depot.ask("SELECT note, state FROM wish") == [("急", "draft")]


def test_goods_that_served_an_earlier_promise_go_again(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "12"))
    [line] = ids(depot, mine)
    arrived = depot.made("arrival", "receive", place=place, lines=[{"thing": nut, "quantity": "5", "worth": "10"}])
    assert depot.rows(mine, "lines", "wanted", "waiting") == [(D(12), D(0))]
    depot.undo(mine)
    depot.change(mine, lines=[{"id": line, "quantity": "3"}])
    depot.run(mine, "hold")
    depot.undo(arrived)
    assert depot.rows(mine, "lines", "wanted", "waiting") == [(D(3), D(0))], "it shows the promise that stands"


def test_an_amendment_stays_as_long_as_more_was_given(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    give(depot, place, line, "2")
    amend(depot, mine, lines=[{"id": line, "quantity": "9"}])
    granted = give(depot, place, line, "1")
    depot.undo(mine)
    assert depot.rows(mine, "lines", "quantity", "wanted", "given", "left") == [(D(4), D(4), D(3), D(1))]
    amend(depot, mine, lines=[{"id": line, "quantity": "9"}])
    more = give(depot, place, line, "5")
    before = contents(depot, mine)
    with pytest.raises(Refusal) as refused:
        depot.undo(mine)
    assert refused.value.code == "process.has_followers"
    assert [problem.data["id"] for problem in refused.value.problems] == [more.id]
    assert contents(depot, mine) == before
    shown = depot.preview(Reverse(mine, followers=True))
    assert shown.is_possible
    done = depot.do(Reverse(mine, followers=True))
    assert done.undone == ((more, "give"), (mine, "amend"))
    assert depot.rows(mine, "lines", "quantity", "wanted", "given") == [(D(4), D(4), D(3))]
    assert granted.id not in [record.id for record, _ in done.undone]


def test_what_an_amendment_let_go_and_others_took_does_not_come_back(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "8"))
    [line] = ids(depot, mine)
    amend(depot, mine, lines=[{"id": line, "quantity": "1"}])
    theirs = wish(depot, place, (nut, "9"))
    with pytest.raises(Refusal) as refused:
        depot.undo(mine)
    assert refused.value.code == "ledger.balance_too_low"
    assert depot.rows(mine, "lines", "quantity", "wanted") == [(D(1), D(1))]
    depot.undo(theirs)
    depot.undo(mine)
    assert depot.rows(mine, "lines", "quantity", "wanted") == [(D(8), D(8))]


def test_a_row_that_others_point_at_is_not_taken_away_again(depot: Depot, place: int, nut: int) -> None:
    mine = wish(depot, place, (nut, "4"))
    [line] = ids(depot, mine)
    amend(depot, mine, lines=[{"id": line}, {"thing": nut, "quantity": "2"}])
    depot.made("grant", place=place, lines=[{"wish_line": ids(depot, mine)[1], "quantity": "1"}])
    for ask in (depot.preview, depot.do):
        with pytest.raises(Refusal) as refused:
            ask(Reverse(mine))
        assert [problem.code for problem in refused.value.problems] == ["form.still_pointed_at"]
    assert len(ids(depot, mine)) == 2


def test_what_was_changed_again_since_stays(database: Database, company: Company) -> None:
    text = TEXT.replace("held: 留 | Held", "held: 留 | Held, loose: {label: 松 | Loose, editable: true}")
    text = text.replace("    from: held\n    to: held\n    edits", "    from: held\n    to: loose\n    edits")
    assert text.count("loose: {label") == text.count("to: loose") == 1
    depot = Depot.opened(database, company, text)
    place = depot.made("place", name="总仓").id
    nut = depot.made("thing", name="螺母", costing="average").id
    mine = wish(depot, place, (nut, "4"), (nut, "2"))
    first, second = ids(depot, mine)
    amend(
        depot,
        mine,
        due="2026-05-01",
        lines=[{"id": first, "quantity": "5"}, {"id": second}, {"thing": nut, "quantity": "1"}],
    )
    third = ids(depot, mine)[2]
    depot.change(
        mine, due="2026-06-01", lines=[{"id": first, "quantity": "6"}, {"id": second}, {"id": third, "quantity": "2"}]
    )
    with pytest.raises(Refusal) as refused:
        depot.undo(mine)
    assert refused.value.code == "process.changed_since"
    assert sorted((problem.field or "", problem.row) for problem in refused.value.problems) == [
        ("due", None), ("lines.quantity", 1), ("lines.quantity", 3)
    ]  # fmt: skip
    depot.change(
        mine, due="2026-05-01", lines=[{"id": first, "quantity": "5"}, {"id": second}, {"id": third, "quantity": "1"}]
    )
    depot.undo(mine)
    assert depot.rows(mine, "lines", "quantity", "wanted") == [(D(4), D(4)), (D(2), D(2))]


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
    shown = depot.preview(Update(mine, None, values, then="amend"))  # whatever it is now
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
