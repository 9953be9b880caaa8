"""Limits: of pieces and of money, today and on later days, with all that a refusal tells; how large accounts grow."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from onebook.ledger.account import AccountKey
from onebook.ledger.journal import Entry, Journal, Origin
from onebook.ledger.refusals import BalanceTooLow, HoldInUse, LimitExceeded, TooLarge, WouldBreakLaterDay
from onebook.ledger.request import Limit, Measure, Place, Restate, Tense, Transfer, Unsettle
from onebook.values.decimals import MONEY_LIMIT, QUANTITY_LIMIT
from tests.unit.ledger.book import (
    DAY,
    Book,
    D,
    arrive,
    floor,
    leave,
    on_hand,
    receivable,
    release,
    reserve,
    settle,
    shelf,
)

CASH, WAGES = AccountKey("cash", place=1), AccountKey("wages")
DAYS = [date(2026, 3, n) for n in range(1, 32)]
#: Ten pieces worth 100; four of them and 30 are promised away, three and 20 promised to come.
FIGURES = {
    (Measure.QUANTITY, Tense.BALANCE): 10,
    (Measure.QUANTITY, Tense.AVAILABLE): 6,
    (Measure.QUANTITY, Tense.PROJECTED): 9,
    (Measure.AMOUNT, Tense.BALANCE): 100,
    (Measure.AMOUNT, Tense.AVAILABLE): 70,
    (Measure.AMOUNT, Tense.PROJECTED): 90,
}


def promised(book: Book) -> AccountKey:
    account = AccountKey("bare", item=1)
    book.act(moves=[arrive(10, 100, account)])
    book.act(
        101,
        places=[Place("out", account, -D(4), -D(30), line=201), Place("in", account, D(3), D(20), line=202)],
    )
    return account


@pytest.mark.parametrize(("measure", "tense"), FIGURES)
def test_each_figure_has_its_floor_and_its_ceiling(book: Book, measure: Measure, tense: Tense) -> None:
    account, now = promised(book), D(FIGURES[measure, tense])
    change = D(1) if measure is Measure.QUANTITY else D(10)
    lowest = Limit(account, measure, tense, at_least=now, name="lowest")
    with pytest.raises(BalanceTooLow) as low:
        book.act(moves=[leave(1, account, line=7)], limits=[lowest])
    told = low.value.problems[0].data
    assert (told["needed"], told["available"], told["limit"]) == (change, 0, now)
    assert (told["name"], told["measure"], told["lines"], told["item"]) == ("lowest", measure.value, [7], 1)
    highest = Limit(account, measure, tense, at_most=now)
    with pytest.raises(LimitExceeded) as high:
        book.act(moves=[arrive(1, 10, account, line=8)], limits=[highest])
    told = high.value.problems[0].data
    assert (told["limit"], told["before"], told["after"], told["over"]) == (now, now, now + change, change)
    book.act(moves=[leave(1, account)], limits=[Limit(account, measure, tense, at_least=now - change)])
    book.act(moves=[arrive(1, 10, account)], limits=[highest])


def test_a_refusal_names_the_rows_that_are_about_the_account(book: Book) -> None:
    book.act(moves=[arrive(1, 1), arrive(9, 9, on_hand(2))])
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(places=[reserve(2, 201), reserve(2, 202, on_hand(2))], limits=[floor(on_hand()), floor(on_hand(2))])
    assert [problem.data["lines"] for problem in refusal.value.problems] == [[201]]
    assert refusal.value.data["count"] == 1


def test_a_refusal_names_the_rows_that_took_pieces_in_the_accounts_stead(book: Book) -> None:
    spot = shelf(spot=5)
    book.act(moves=[arrive(2, 2, shelf(lot=7, spot=5)), arrive(9, 9, shelf(lot=8, spot=6))])
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(
            moves=[leave(2, spot, line=8), leave(1, spot, line=9), leave(1, shelf(spot=6), line=10)],
            limits=[floor(spot, each_leaf=True)],
        )
    (problem,) = refusal.value.problems
    assert (problem.data["lines"], problem.data["needed"], problem.data["available"]) == ([8, 9], 3, 2)


def test_what_is_asked_and_found_in_all_is_told(book: Book) -> None:
    book.act(moves=[arrive(1, 1), arrive(2, 2, on_hand(lot=7))])
    for moves in ([leave(7)], [leave(3), leave(4)], [leave(2), leave(5)]):
        with pytest.raises(BalanceTooLow) as refusal:
            book.act(moves=moves, limits=[floor(on_hand(), each_leaf=True)])
        (problem,) = refusal.value.problems
        assert (problem.data["needed"], problem.data["available"]) == (7, 3)
    # Own pieces that the caller did not name are there all the same.
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(moves=[leave(4)], picks={on_hand(): (on_hand(lot=7),)}, limits=[floor(on_hand(), each_leaf=True)])
    (problem,) = refusal.value.problems
    assert (problem.data["needed"], problem.data["available"]) == (4, 3)


def paid(book: Book, *steps: tuple[int, int]) -> None:
    for day, amount in steps:
        book.act(on=DAYS[day - 1], transfers=[Transfer(CASH, WAGES, D(amount))])


def test_money_of_a_later_day_is_not_spent_before(book: Book) -> None:
    paid(book, (1, 100), (10, -80), (20, 60))
    limit = Limit(CASH, Measure.AMOUNT, Tense.BALANCE, at_least=D(0))
    spent = [Transfer(WAGES, CASH, D(50))]
    with pytest.raises(WouldBreakLaterDay) as refusal:
        book.act(on=DAYS[4], transfers=spent, limits=[limit])
    told = refusal.value.problems[0].data
    assert (told["on"], told["needed"], told["limit"], told["lowest"]) == (DAYS[4], 50, 0, -30)
    assert told["measure"] == "amount"
    book.act(on=DAYS[4], transfers=[Transfer(WAGES, CASH, D(20))], limits=[limit])
    book.act(on=DAYS[19], transfers=spent, limits=[limit])


def test_a_ceiling_holds_on_later_days_too(book: Book) -> None:
    paid(book, (1, 50), (10, 50), (20, -60))
    credit = Limit(CASH, Measure.AMOUNT, Tense.BALANCE, at_most=D(100))
    more = [Transfer(CASH, WAGES, D(10))]
    with pytest.raises(WouldBreakLaterDay) as refusal:
        book.act(on=DAYS[4], transfers=more, limits=[credit])
    told = refusal.value.problems[0].data
    assert (told["on"], told["needed"], told["limit"], told["lowest"]) == (DAYS[4], 10, 100, 110)
    # It is reached, not passed; and who adds nothing is not asked.
    book.act(on=DAYS[4], transfers=more, limits=[Limit(CASH, Measure.AMOUNT, Tense.BALANCE, at_most=D(110))])
    book.act(on=DAYS[4], transfers=[*more, Transfer(WAGES, CASH, D(10))], limits=[credit])
    book.act(on=DAYS[4], transfers=[Transfer(WAGES, CASH, D(1))], limits=[credit])
    # What is promised has no past: such a ceiling is about today.
    book.act(on=DAYS[4], transfers=more, limits=[Limit(CASH, Measure.AMOUNT, Tense.AVAILABLE, at_most=D(100))])


def test_pieces_without_a_lot_are_there_on_every_later_day(book: Book) -> None:
    received = book.act(on=DAYS[0], moves=[arrive(2, 2)])
    book.act(on=DAYS[0], moves=[arrive(3, 3), arrive(5, 5, on_hand(lot=7))])
    book.act(on=DAYS[9], moves=[leave(4)])
    book.act(on=DAYS[19], moves=[arrive(4, 4)])
    with pytest.raises(WouldBreakLaterDay) as refusal:
        book.reverse(received.id, limits=[floor(on_hand())], on=DAYS[4])
    told = refusal.value.problems[0].data
    assert (told["on"], told["needed"], told["limit"], told["lowest"]) == (DAYS[4], 2, 0, -1)
    # A floor on money, and one on what is promised in all, are not about them.
    for measure, tense in ((Measure.AMOUNT, Tense.BALANCE), (Measure.QUANTITY, Tense.PROJECTED)):
        undone = book.reverse(received.id, limits=[Limit(on_hand(), measure, tense, at_least=D(0))], on=DAYS[4])
        assert undone.reverses == received.id
        received = book.act(on=DAYS[0], moves=[arrive(2, 2)])


@pytest.mark.parametrize("sign", [1, -1])
def test_accounts_have_room_for_less_than_their_columns_hold(book: Book, sign: int) -> None:
    most, money = Decimal(QUANTITY_LIMIT), Decimal(MONEY_LIMIT)
    bare, debtor = AccountKey("bare", item=1), receivable(1)
    quantities: dict[str, Callable[[Decimal], dict[str, Any]]] = {}
    amounts: dict[str, Callable[[Decimal], dict[str, Any]]] = {}
    quantities["pieces"] = lambda n: {"moves": [arrive(n, 0, bare) if sign > 0 else leave(n, bare, amount=0)]}
    quantities["expected"] = lambda n: {"places": [Place("in", bare, sign * n)]}
    quantities["waiting"] = lambda n: {"places": [Place("out", bare, -n, waits=True)]}
    amounts["paid"] = lambda n: {"transfers": [Transfer(debtor, WAGES, sign * n)]}
    amounts["planned"] = lambda n: {"places": [Place("in", debtor, amount=sign * n)]}
    for limit, smallest, kinds in ((most, D("0.000001"), quantities), (money, D("0.01"), amounts)):
        for parts in kinds.values():
            with pytest.raises(TooLarge) as refusal:
                book.act(**parts(limit))
            (problem,) = refusal.value.problems
            assert (problem.code, refusal.value.data["count"]) == (TooLarge.cause, 1)
            assert problem.data["role"] in ("bare", "receivable")
            posting = book.act(**parts(limit - smallest))
            book.reverse(posting.id)


def test_promised_money_that_was_used_since_cannot_be_taken_back(book: Book) -> None:
    planned = book.act(101, places=[Place("collect", receivable(1), amount=D(30), line=201)])
    paid_ = book.act(102, settles=[settle(0, 201, "collect", amount=D(10))])
    with pytest.raises(HoldInUse) as refusal:
        book.reverse(planned.id)
    assert [problem.data for problem in refusal.value.problems] == [{"name": "collect", "owner": 201}]
    assert refusal.value.data["count"] == 1
    refunded = book.act(103, unsettles=[Unsettle("collect", 201, amount=D(10), reopens=True)])
    with pytest.raises(HoldInUse):
        book.reverse(paid_.id)
    closed = book.act(101, releases=[release(101)])
    again = book.act(101, restates=[Restate("collect", (Place("collect", receivable(1), amount=D(30), line=201),))])
    with pytest.raises(HoldInUse):
        book.reverse(closed.id)
    for posting in (again, closed, refunded, paid_, planned):
        book.reverse(posting.id)
    assert book.meters() == []


def test_more_than_is_covered_may_come_true_and_waits_no_longer(book: Book) -> None:
    book.act(moves=[arrive(3, 3)])
    book.act(101, places=[reserve(5, 201, waits=True)], limits=[floor(on_hand())])
    posting = book.act(102, settles=[settle(4, 201)], moves=[leave(3)], limits=[floor(on_hand())])
    (hold,) = posting.holds
    assert (hold.open_quantity, hold.waiting, hold.covered) == (D(1), D(1), D(0))


def test_less_than_a_piece_tells_what_a_piece_costs(book: Book) -> None:
    book.act(moves=[arrive("0.5", 5)])
    book.act(moves=[arrive("0.25")])
    assert book.at(on_hand()) == (D("0.75"), D("7.50"))


def test_a_crooked_journal_cannot_be_made() -> None:
    def made(*entries: Entry) -> Journal:
        return Journal(DAY, Origin("paper", 1, "act", 7), entries)

    here, there = on_hand(1), on_hand(1, 2)
    made(Entry(here, D(1), D(2)), Entry(there, -D(1), -D(2)))
    with pytest.raises(AssertionError, match=r"amounts of .* sum to 0\.01"):
        made(Entry(here, D(1), D("2.01")), Entry(there, -D(1), -D(2)))
    with pytest.raises(AssertionError, match=r"do not balance: \{1: Decimal\('1'\), 2: Decimal\('-1'\)\}"):
        made(Entry(here, D(1), D(2)), Entry(on_hand(2), -D(1), -D(2)))
