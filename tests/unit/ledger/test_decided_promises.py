"""Promises decided on a book that is only said: what exactly is written of each, and every word of a refusal."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.decide import decide
from onebook.ledger.hold import Hold, HoldChange, Kind
from onebook.ledger.refusals import HoldExceeded
from onebook.ledger.request import Limit, Measure, Place, Settle, Tense, Unsettle
from onebook.ledger.state import AccountState, Locked
from tests.unit.ledger.book import ROLES, arrive, floor, leave, on_hand, receivable, release, request

D = Decimal
SPRING, SUMMER = date(2026, 4, 1), date(2026, 7, 1)


def hold(identity: int, line: int, *, account: AccountKey | None = None, **more: Any) -> Hold:
    """A promise of record 100 that takes pieces, unless it says otherwise."""
    said = {"name": "reserve", "account": account or on_hand(), "form": "paper", "document": 100, "sign": -1}
    return Hold(id=identity, line=line, **{**said, **more})


def known(*holds: Hold, on_hand_quantity: object = 0, others: Sequence[AccountState] = ()) -> Locked:
    """A book with these promises, on accounts that say the same of them."""
    accounts = {state.key: state for state in others}
    for key in {one.account for one in holds} | {on_hand()} - accounts.keys():
        mine = [one for one in holds if one.account == key]
        pieces = D(str(on_hand_quantity)) if key == on_hand() else D(0)
        accounts[key] = AccountState(
            len(accounts) + 1,
            key,
            Balance(
                quantity=pieces,
                amount=pieces * 5,
                taken_quantity=sum((one.covered for one in mine if one.sign < 0), D(0)),
                taken_amount=sum((one.open_amount for one in mine if one.sign < 0), D(0)),
                expected_quantity=sum((one.open_quantity for one in mine if one.sign > 0), D(0)),
                expected_amount=sum((one.open_amount for one in mine if one.sign > 0), D(0)),
                waiting=sum((one.waiting for one in mine), D(0)),
            ),
            own_quantity=pieces,
            own_amount=pieces * 5,
        )
    summed = {AccountKey(role, item=1): 90 + place for place, role in enumerate(("supply", "cost"))}
    summed[AccountKey("stock_difference", item=1)] = 99
    return Locked(ROLES, accounts, summed, {one.id: one for one in holds}, (7,), (51, 52, 53))


def test_all_that_is_open_is_let_go_in_pieces_money_and_waiting() -> None:
    one = hold(
        1, 11, waits=True, wanted_quantity=D(9), settled_quantity=D(2), wanted_amount=D(90), settled_amount=D(20),
        released_amount=D(5), waiting=D(3),
    )  # fmt: skip
    other = hold(2, 12, name="expect", sign=1, wanted_quantity=D(4))
    posting = decide(request(releases=[release(100, "reserve")]), known(one, other, on_hand_quantity=4))
    [change] = posting.changes
    assert change == HoldChange(
        1, Kind.RELEASE, released_quantity=D(7), released_amount=D(65), waiting=D(-3)
    )  # fmt: skip
    balance = posting.balance(on_hand())
    assert balance is not None
    assert (balance.taken_quantity, balance.taken_amount, balance.waiting, balance.expected_quantity) == (
        D(0),
        D(0),
        D(0),
        D(4),
    )


def test_what_comes_true_is_of_the_row_that_caused_it_the_earliest_day_first() -> None:
    late = hold(1, 11, due=SUMMER, wanted_quantity=D(4))
    undated = hold(2, 12, wanted_quantity=D(4))
    early = hold(3, 13, due=SPRING, wanted_quantity=D(4))
    posting = decide(
        request(settles=[Settle("reserve", 100, D(9), line=21)]), known(late, undated, early, on_hand_quantity=20)
    )
    assert [(one.hold, one.line, one.settled_quantity) for one in posting.changes] == [
        (3, 21, D(4)),
        (1, 21, D(4)),
        (2, 21, D(1)),
    ]


def test_too_much_names_every_promise_with_what_is_open() -> None:
    goods = hold(1, 11, wanted_quantity=D(4))
    money = hold(2, 0, name="collect", account=receivable(1), sign=1, wanted_amount=D("30.50"), settled_amount=D("10"))
    asked = request(
        settles=[
            Settle("reserve", 11, D("4.5"), line=21),
            Settle("collect", 100, amount=D("20.51"), line=22),
            Settle("reserve", 11, D(9), capped=True),
        ]
    )
    with pytest.raises(HoldExceeded) as caught:
        decide(asked, known(goods, money, on_hand_quantity=9))
    assert caught.value.data["count"] == 2
    assert [dict(problem.data) for problem in caught.value.problems] == [
        {"name": "reserve", "owner": 11, "line": 21, "measure": "quantity", "asked": D("4.5"), "open": D(4)},
        {"name": "collect", "owner": 100, "line": 22, "measure": "amount", "asked": D("20.51"), "open": D("20.50")},
    ]


def test_what_came_true_is_undone_of_its_own_name_the_latest_day_first() -> None:
    holds = [
        hold(1, 11, due=SPRING, wanted_quantity=D(2), settled_quantity=D(2), wanted_amount=D(20), settled_amount=D(20)),
        hold(2, 12, due=SUMMER, wanted_quantity=D(2), settled_quantity=D(2), wanted_amount=D(20), settled_amount=D(20)),
        hold(3, 13, wanted_quantity=D(2), settled_quantity=D(2), wanted_amount=D(20), settled_amount=D(20)),
        hold(4, 14, name="expect", sign=1, wanted_quantity=D(2), settled_quantity=D(2)),
    ]
    posting = decide(
        request(unsettles=[Unsettle("reserve", 100, D("2.5"), D(45), line=31)]), known(*holds, on_hand_quantity=9)
    )
    assert list(posting.changes) == [
        HoldChange(3, Kind.SETTLE, 31, D(0), D(0), D(-2), D(-20), D(2), D(20)),
        HoldChange(2, Kind.SETTLE, 31, D(0), D(0), D("-0.5"), D(-20), D("0.5"), D(20)),
        HoldChange(1, Kind.SETTLE, 31, D(0), D(0), D(0), D(-5), D(0), D(5)),
    ]
    again = decide(
        request(unsettles=[Unsettle("reserve", 13, amount=D(7), reopens=True)]), known(*holds, on_hand_quantity=9)
    )
    assert list(again.changes) == [HoldChange(3, Kind.SETTLE, 0, D(0), D(0), D(0), D(-7))]


@pytest.mark.parametrize(("waits", "reopens", "waiting"), [(True, True, 2), (True, False, 0), (False, True, 0)])
def test_what_is_owed_again_waits_only_if_it_ever_does(waits: bool, reopens: bool, waiting: int) -> None:
    one = hold(1, 11, waits=waits, wanted_quantity=D(2), settled_quantity=D(2))
    posting = decide(request(unsettles=[Unsettle("reserve", 11, D(2), reopens=reopens)]), known(one))
    assert posting.holds[0].waiting == waiting
    assert posting.holds[0].released_quantity == (0 if reopens else 2)


def test_more_than_came_true_is_refused_in_its_own_measure() -> None:
    one = hold(1, 11, wanted_quantity=D(5), settled_quantity=D(2), wanted_amount=D(50), settled_amount=D(20))
    with pytest.raises(HoldExceeded) as caught:
        decide(
            request(unsettles=[Unsettle("reserve", 11, D(1), D("20.01"), line=31), Unsettle("reserve", 99, D(1))]),
            known(one),
        )
    assert caught.value.data["count"] == 2
    assert [dict(problem.data) for problem in caught.value.problems] == [
        {"name": "reserve", "owner": 11, "line": 31, "measure": "amount", "asked": D("20.01"), "open": D(20)},
        {"name": "reserve", "owner": 99, "line": 0, "measure": "quantity", "asked": D(1), "open": D(0)},
    ]
    capped = decide(request(unsettles=[Unsettle("reserve", 11, D(9), D(99), capped=True)]), known(one))
    assert capped.holds[0].settled_quantity == capped.holds[0].settled_amount == 0


def test_promises_of_nothing_are_none_and_those_behind_them_are_placed() -> None:
    places = [Place("a", on_hand()), Place("b", on_hand(), D("0.5"), D("0.25"), line=12), Place("c", on_hand(), -D(1))]
    posting = decide(request(places=places), known(on_hand_quantity=3))
    assert [(one.id, one.name, one.sign, one.wanted_quantity, one.wanted_amount) for one in posting.holds] == [
        (51, "b", 1, D("0.5"), D("0.25")), (52, "c", -1, D(1), D(0)),
    ]  # fmt: skip


@pytest.mark.parametrize(("quantity", "amount"), [("0.5", "-1"), ("-1", "0.5"), ("2", "-1"), ("-1", "2")])
def test_a_promise_does_not_take_and_bring_at_once(quantity: str, amount: str) -> None:
    with pytest.raises(AssertionError, match="takes and brings"):
        decide(request(places=[Place("a", on_hand(), D(quantity), D(amount))]), known(on_hand_quantity=3))


def test_money_alone_may_be_taken_and_is_never_waited_for() -> None:
    posting = decide(request(places=[Place("a", on_hand(), amount=D(-5), waits=True)]), known())
    assert (posting.holds[0].sign, posting.holds[0].wanted_amount, posting.holds[0].waiting) == (-1, D(5), D(0))


def test_the_line_is_served_down_to_the_floor_and_no_further() -> None:
    first = hold(1, 11, waits=True, due=SUMMER, wanted_quantity=D(4), waiting=D(4))
    second = hold(2, 12, waits=True, wanted_quantity=D(4), waiting=D(4))
    other = hold(3, 13, waits=True, due=SUMMER, account=on_hand(place=2), wanted_quantity=D(1), waiting=D(1))
    posting = decide(
        request(moves=[arrive(6, 30), arrive(1, 5, on_hand(place=2))], limits=[floor(on_hand(), 1)]),
        known(first, second, other),
    )
    assert {one.hold: one.waiting for one in posting.changes} == {1: -4, 2: -1, 3: -1}
    assert [one.line for one in posting.changes] == [11, 13, 12]


def test_new_promises_of_a_preview_come_last_in_their_order() -> None:
    old = hold(9, 11, waits=True, wanted_quantity=D(2), waiting=D(2))
    locked = known(old)
    locked = Locked(
        ROLES, locked.accounts, locked.summed, locked.holds, (0,), (-1, -2), is_locked=False
    )  # fmt: skip
    places = [Place("reserve", on_hand(), D(-2), line=line, waits=True) for line in (12, 13)]
    posting = decide(request(moves=[arrive(5, 25)], places=places), locked)
    assert {one.line: one.waiting for one in posting.holds} == {11: 0, 12: 0, 13: 1}


def test_facts_send_only_promises_that_may_wait_back_the_last_first() -> None:
    holds = [
        hold(1, 11, wanted_quantity=D(2)),
        hold(2, 12, waits=True, due=SPRING, wanted_quantity=D(3)),
        hold(3, 13, waits=True, due=SUMMER, wanted_quantity=D("0.5")),
        hold(4, 14, waits=True, wanted_quantity=D(2)),
        hold(5, 15, waits=True, account=on_hand(place=2), wanted_quantity=D(0), wanted_amount=D(1)),
    ]
    limits = [
        Limit(on_hand(), Measure.AMOUNT, Tense.AVAILABLE, D(0)),
        Limit(on_hand(), Measure.QUANTITY, Tense.BALANCE, D(0)),
        Limit(on_hand(), Measure.QUANTITY, Tense.AVAILABLE, at_most=D(99)),
        floor(on_hand()),
    ]
    asked = request(moves=[leave(3)], limits=limits)
    posting = decide(
        type(asked)(asked.on, asked.origin, moves=asked.moves, limits=asked.limits, displaces=True),
        known(*holds, on_hand_quantity=D("7.5")),
    )
    assert [(one.hold, one.line, one.waiting) for one in posting.changes] == [
        (4, 14, 2),
        (3, 13, D("0.5")),
        (2, 12, D("0.5")),
    ]
    balance = posting.balance(on_hand())
    assert balance is not None
    assert (balance.quantity, balance.available, balance.waiting) == (D("4.5"), D(0), D(3))
