"""Goods in lots and spots: what a depot does with them is chosen, made, given back, revalued, converted, counted."""

from decimal import Decimal
from typing import Any

import pytest

from onebook.engines.process.command import Create, Run
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.depot import TEXT, Depot

D = Decimal


def thing(depot: Depot, name: str, costing: str = "fifo") -> int:
    return depot.made("thing", name=name, costing=costing).id


def arrive(depot: Depot, place: int, *lines: dict[str, object], day: str = "2026-03-01") -> RecordRef:
    return depot.made("arrival", "receive", place=place, day=day, lines=list(lines))


def hand(depot: Depot, place: int, *lines: dict[str, object]) -> RecordRef:
    return depot.made("handout", "hand", place=place, lines=list(lines))


def test_a_lot_is_made_for_each_row_that_arrives(depot: Depot, place: int) -> None:
    nut, oil = thing(depot, "螺母"), thing(depot, "油", "average")
    rows = [
        {"thing": nut, "quantity": "5", "worth": "50", "code": "L1"},
        {"thing": oil, "quantity": "3", "worth": "9"},
        {"thing": nut, "quantity": "2", "worth": "20", "code": "L1"},
        {"thing": nut, "quantity": "1", "worth": "11", "code": "L2"},
    ]
    arrival = depot.made("arrival", place=place, lines=rows)
    shown = depot.preview(Run(arrival, "receive"))
    assert [form for form, _ in shown.created] == ["batch", "batch"]
    assert depot.ask("SELECT count(*) FROM batch")[0][0] == 0
    outcome = depot.run(arrival, "receive")
    assert [made.form for made in outcome.created] == ["batch", "batch"]
    first, none, again, second = (row[0] for row in depot.rows(arrival, "lines", "batch"))
    assert (none, first == again, first != second) == (None, True, True)
    assert [row[0] for row in depot.rows(arrival, "lines", "mark")] == ["lot", "loose", "lot", "lot"]
    assert depot.ask("SELECT code, note, number FROM batch ORDER BY number") == [
        ("L1", "螺母", "B0001"), ("L2", "螺母", "B0002"),
    ]  # fmt: skip
    assert depot.balance("stock", item=nut, lot=first) == (D(7), D(70))
    assert depot.balance("stock", item=oil, lot=0) == (D(3), D(9))
    depot.undo(arrival)
    assert depot.balance("stock") == (D(0), D(0))
    assert depot.rows(arrival, "lines", "batch")[0][0] == first


def test_what_is_made_is_checked_like_any_other_record(depot: Depot, place: int) -> None:
    nut = thing(depot, "螺母")
    arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "50", "code": "L1"})
    with pytest.raises(Refusal) as refused:
        arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "50", "code": "L1"})
    assert refused.value.code == "form.duplicated"
    with pytest.raises(Refusal) as refused:
        arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "50"})
    assert refused.value.code == "form.invalid"
    assert depot.balance("stock", item=nut) == (D(5), D(50))


def test_the_first_in_goes_first_and_what_is_out_of_date_stays(depot: Depot, place: int) -> None:
    nut, milk = thing(depot, "螺母"), thing(depot, "奶", "fefo")
    arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "60", "code": "N2"}, day="2026-02-02")
    arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "50", "code": "N1"}, day="2026-02-01")
    milks = [("M1", "2026-04-09"), ("M2", "2026-04-01"), ("M3", "2026-03-01")]
    arrive(
        depot, place,
        *({"thing": milk, "quantity": "2", "worth": "4", "code": code, "until": until} for code, until in milks),
    )  # fmt: skip
    draft = depot.made(
        "handout", place=place, lines=[{"thing": nut, "quantity": "7"}, {"thing": milk, "quantity": "3"}]
    )
    shown = depot.preview(Run(draft, "hand"))
    taken = [
        (shown.names[one.account.lot], one.quantity, one.amount)
        for one in shown.entries
        if one.account.role == "stock" and shown.names
    ]
    assert taken == [
        ("N1", D(-5), D(-50)), ("N2", D(-2), D(-24)), ("M2", D(-2), D(-4)), ("M1", D(-1), D(-2)),
    ]  # fmt: skip
    depot.run(draft, "hand")
    assert depot.balance("used", item=nut) == (D(7), D(74))
    with pytest.raises(Refusal) as refused:
        hand(depot, place, {"thing": milk, "quantity": "2"})
    assert refused.value.code == "ledger.balance_too_low"
    out_of_date = depot.ask("SELECT id FROM batch WHERE code = 'M3'")[0][0]
    hand(depot, place, {"thing": milk, "quantity": "2", "batch": out_of_date})
    depot.undo(draft)
    assert depot.balance("stock", item=nut) == (D(10), D(110))


def test_lots_go_along_to_another_place_and_spots_are_taken_from(depot: Depot, place: int) -> None:
    nut, other = thing(depot, "螺母"), depot.made("place", name="分仓").id
    left, right = depot.made("corner", name="左").id, depot.made("corner", name="右").id
    arrival = arrive(
        depot, place,
        {"thing": nut, "quantity": "4", "worth": "40", "code": "L1", "corner": left},
        {"thing": nut, "quantity": "4", "worth": "48", "code": "L2", "corner": right},
    )  # fmt: skip
    first, second = (row[0] for row in depot.rows(arrival, "lines", "batch"))
    depot.made("handout", "bring", place=place, to_place=other, lines=[{"thing": nut, "quantity": "5"}])
    assert depot.balance("stock", place=other, lot=first, spot=0) == (D(4), D(40))
    assert depot.balance("stock", place=other, lot=second, spot=0) == (D(1), D(12))
    hand(depot, place, {"thing": nut, "quantity": "2", "corner": right})
    assert depot.balance("stock", place=place, lot=second, spot=right) == (D(1), D(12))
    with pytest.raises(Refusal):
        hand(depot, place, {"thing": nut, "quantity": "1", "corner": left})


def test_goods_go_back_to_their_lots_at_their_amounts(depot: Depot, place: int) -> None:
    nut = thing(depot, "螺母")
    arrival = arrive(depot, place, {"thing": nut, "quantity": "3", "worth": "10", "code": "L1"})
    arrive(depot, place, {"thing": nut, "quantity": "3", "worth": "100", "code": "L2"}, day="2026-03-02")
    scrap = depot.made("scrap", "throw", place=place, lines=[{"thing": nut, "quantity": "4"}])
    [(line,)] = depot.rows(scrap, "lines", "id")
    back = depot.made("comeback", "take", place=place, lines=[{"of_scrap": line, "quantity": "2"}])
    first, second = (row[0] for row in depot.ask("SELECT id FROM batch ORDER BY code"))
    assert depot.balance("stock", lot=second) == (D(3), D(100))
    assert depot.balance("stock", lot=first) == (D(1), D("3.33"))
    with pytest.raises(Refusal) as refused:
        depot.made("comeback", "take", place=place, lines=[{"of_scrap": line, "quantity": "3"}])
    assert refused.value.code.startswith("ledger.")
    depot.undo(back)
    depot.made("comeback", "take", place=place, lines=[{"of_scrap": line, "quantity": "4"}])
    assert depot.balance("used") == (D(0), D(0))
    [(arrived,)] = depot.rows(arrival, "lines", "id")
    depot.made("comeback", "send", place=place, lines=[{"of_arrival": arrived, "quantity": "1"}])
    assert depot.balance("stock", lot=first) == (D(2), D("6.67"))
    blank = depot.made("comeback", place=place, lines=[{"quantity": "1"}])
    with pytest.raises(Refusal) as refused:
        depot.run(blank, "send")
    assert "process.blank_origin" in [problem.code for problem in refused.value.problems]


def test_a_row_gives_back_of_itself(database: Database, company: Company) -> None:
    back = (
        "  hand_back:\n    label: 退 | Hand back\n    from: received\n    to: received\n    reversed_to: received\n"
        "    gives_back:\n"
        '      - {each: lines, of: id, quantity: "IF(thing.name = \\"螺母\\", 2, 1)", at: "stock(thing, place)"}\n'
    )
    depot = Depot.opened(database, company, TEXT.replace("---\nform: handout", back + "---\nform: handout"))
    place = depot.made("place", name="总仓").id
    nut, oil = thing(depot, "螺母"), thing(depot, "油", "average")
    came = arrive(
        depot, place,
        {"thing": nut, "quantity": "5", "worth": "50", "code": "L1"}, {"thing": oil, "quantity": "3", "worth": "10"},
        day="2026-03-10",
    )  # fmt: skip
    assert depot.run(came, "hand_back").journal is not None
    assert (depot.balance("stock", item=nut), depot.balance("bought", item=nut)) == ((D(3), D(30)), (D(-3), D(-30)))
    assert depot.balance("stock", item=oil) == (D(2), D("6.67"))
    depot.run(came, "hand_back")
    with pytest.raises(Refusal) as refused:
        depot.run(came, "hand_back")
    assert refused.value.code == "ledger.gives_back_too_much"
    depot.undo(came)
    assert depot.balance("stock", item=nut) == (D(3), D(30))
    depot.run(came, "hand_back")
    for _ in range(2):
        depot.undo(came)
    assert depot.balance("stock", item=oil) == (D(3), D(10))
    hand(depot, place, {"thing": nut, "quantity": "1"})
    with pytest.raises(Refusal):
        depot.undo(came)
    depot.assert_clean()


def test_a_later_price_goes_to_what_is_here_and_what_is_gone(depot: Depot, place: int) -> None:
    nut = thing(depot, "螺母")
    arrival = arrive(depot, place, {"thing": nut, "quantity": "3", "worth": "30", "code": "L1"})
    hand(depot, place, {"thing": nut, "quantity": "1"})
    [(line,)] = depot.rows(arrival, "lines", "id")
    repricing = depot.made("repricing", "post", place=place, lines=[{"of_arrival": line, "difference": "1.00"}])
    assert depot.balance("stock") == (D(2), D("20.67"))
    assert depot.balance("used") == (D(1), D("10.33"))
    assert depot.balance("owed") == (D(0), D("-1.00"))
    depot.undo(repricing)
    assert depot.balance("stock") == (D(2), D(20))


def test_goods_become_others_with_all_their_value(depot: Depot, place: int) -> None:
    flour, egg, cake, crumb = (thing(depot, name) for name in ("粉", "蛋", "糕", "屑"))
    arrive(
        depot, place,
        {"thing": flour, "quantity": "10", "worth": "10", "code": "F"},
        {"thing": egg, "quantity": "6", "worth": "20", "code": "E"},
    )  # fmt: skip
    mixing = depot.made(
        "mixing", place=place, fee="5",
        parts=[{"thing": flour, "quantity": "5"}, {"thing": egg, "quantity": "6"}],
        results=[{"thing": cake, "quantity": "3", "weight": "2"}, {"thing": crumb, "quantity": "1", "weight": "1"}],
    )  # fmt: skip
    outcome = depot.run(mixing, "mix")
    assert len(outcome.created) == 2
    assert depot.ask("SELECT code FROM batch WHERE code LIKE 'M%%' ORDER BY code") == [("M0001-1",), ("M0001-2",)]
    assert depot.balance("stock", item=cake) == (D(3), D(20))
    assert depot.balance("stock", item=crumb) == (D(1), D(10))
    assert depot.balance("stock", item=egg) == (D(0), D(0))
    assert depot.balance("mixed")[1] == D(0)
    assert depot.balance("owed")[1] == D(-5)
    depot.undo(mixing)
    assert depot.balance("stock", item=egg) == (D(6), D(20))
    empty = depot.made("mixing", place=place, parts=[{"thing": flour, "quantity": "1"}], results=[])
    with pytest.raises(Refusal) as refused:
        depot.run(empty, "mix")
    assert "process.one_sided" in [problem.code for problem in refused.value.problems]


def test_what_is_made_in_one_breath_knows_the_number(depot: Depot, place: int) -> None:
    nut, pair = thing(depot, "螺母"), thing(depot, "一对")
    arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "50", "code": "L1"})
    values: dict[str, Any] = {
        "place": place, "parts": [{"thing": nut, "quantity": "2"}], "results": [{"thing": pair, "quantity": "1"}],
    }  # fmt: skip
    assert depot.preview(Create("mixing", values, "mix")).is_possible
    outcomes = [depot.do(Create("mixing", values, "mix")) for _ in range(2)]
    assert [outcome.number for outcome in outcomes] == ["M0001", "M0002"]
    assert depot.ask("SELECT code FROM batch WHERE thing = %(id)s ORDER BY id", id=pair) == [("M0001-1",), ("M0002-1",)]
    with pytest.raises(Refusal):
        depot.do(Create("mixing", values, "mix"))
    mixing = depot.made("mixing", **values)
    assert depot.ask("SELECT number FROM mixing WHERE id = %(id)s", id=mixing.id) == [("M0003",)]


def test_a_figure_is_remembered_when_it_is_counted(depot: Depot, place: int) -> None:
    nut = thing(depot, "螺母")
    arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "50", "code": "L1"})
    counting = depot.made("counting", place=place, lines=[{"thing": nut, "counted": "4"}, {"thing": nut}])
    names = ("counted", "booked", "worth", "off")
    assert depot.rows(counting, "lines", *names) == [(D(4), D(5), D(50), D(-1)), (None, None, None, None)]
    hand(depot, place, {"thing": nut, "quantity": "2"})
    ids = [row[0] for row in depot.rows(counting, "lines", "id")]
    depot.change(counting, lines=[{"id": ids[0], "note": "看过"}, {"id": ids[1], "counted": "3"}])
    assert depot.rows(counting, "lines", "booked") == [(D(5),), (D(3),)]
    depot.change(counting, lines=[{"id": ids[0], "counted": "3"}, {"id": ids[1], "counted": None}])
    assert depot.rows(counting, "lines", "booked", "off") == [(D(3), D(0)), (None, None)]
    with pytest.raises(Refusal) as refused:
        depot.change(counting, lines=[{"id": ids[0], "booked": "9"}])
    assert "form.not_typed" in [problem.code for problem in refused.value.problems]


def test_a_figure_is_remembered_as_of_an_instant(depot: Depot, place: int) -> None:
    nut = thing(depot, "螺母")
    arrive(depot, place, {"thing": nut, "quantity": "5", "worth": "50", "code": "L1"})
    [(at,)] = depot.ask("SELECT clock_timestamp()")
    hand(depot, place, {"thing": nut, "quantity": "2"})
    batch = depot.ask("SELECT id FROM batch")[0][0]
    lines = [{"thing": nut, "counted": "5"}, {"thing": nut, "batch": batch, "counted": "5"}]
    counting = depot.made("counting", place=place, counted_at=at.isoformat(), lines=lines)
    assert depot.rows(counting, "lines", "booked", "worth") == [(D(5), D(30)), (D(5), D(30))]
    depot.change(counting, counted_at=None)
    assert depot.rows(counting, "lines", "booked") == [(D(3),), (D(3),)]


def test_what_an_update_and_a_creation_do_at_once(depot: Depot, place: int) -> None:
    nut = thing(depot, "螺母")
    values = {"place": place, "lines": [{"thing": nut, "quantity": "1", "worth": "1", "code": "Q1"}]}
    shown = depot.preview(Create("arrival", values, "receive"))
    assert shown.is_possible
    assert [form for form, _ in shown.created] == ["batch"]
    assert depot.ask("SELECT count(*) FROM batch")[0][0] == 0
