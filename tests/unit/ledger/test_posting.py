"""Posting through PostgreSQL: value, promises, limits, waiting demand, leaves and control accounts."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from onebook.ledger.account import AccountKey
from onebook.ledger.refusals import (
    BalanceTooLow,
    HoldExceeded,
    LimitExceeded,
    PeriodClosed,
    TooLarge,
    ValueWithoutPieces,
    WouldBreakLaterDay,
)
from onebook.ledger.request import Limit, Measure, Move, Place, Release, Settle, Tense, Transfer
from tests.unit.ledger.book import (
    DAY,
    Book,
    arrive,
    floor,
    leave,
    on_hand,
    prepayment,
    receivable,
    release,
    request,
    reserve,
    sell,
    settle,
)


def test_goods_and_money_in_one_journal(book: Book) -> None:
    book.act(moves=[arrive(10, 50)])
    posting = book.act(
        moves=[leave(4, line=5)],
        transfers=[sell(8, 12, 113)],
        limits=[floor(on_hand())],
    )
    assert book.round_trips == 2
    assert book.at(on_hand()) == (6, D("30.00"))
    assert book.at(receivable(8)) == (0, 113)
    assert book.at(receivable(8, 12)) == (0, 113)
    assert book.summed("cost") == (4, 20)
    assert book.summed("revenue") == (0, -113)
    assert sum(entry.amount for entry in posting.journal.entries) == 0


def test_value_follows_goods_to_the_last_cent(book: Book) -> None:
    book.act(moves=[arrive(3, "10.00")])
    book.act(moves=[leave(1)])
    assert book.at(on_hand()) == (2, D("6.67"))
    book.act(moves=[leave(1), leave(1)])
    assert book.at(on_hand()) == (0, 0)


def test_moves_of_one_event_see_each_other(book: Book) -> None:
    book.act(moves=[arrive(2, 10), arrive(2, 30), leave(3)])
    assert book.at(on_hand()) == (1, 10)


def test_what_comes_without_value_comes_at_the_present_cost(book: Book) -> None:
    book.act(moves=[arrive(4, 10)])
    book.act(moves=[arrive(2)])
    assert book.at(on_hand()) == (6, 15)
    book.act(moves=[leave(6)])
    book.act(moves=[arrive(2)])
    assert book.at(on_hand()) == (2, 5)


def test_transfer_carries_its_value(book: Book) -> None:
    book.act(moves=[arrive(3, 10)])
    book.act(moves=[Move(on_hand(), on_hand(place=2), D(2))])
    assert book.at(on_hand()) == (1, D("3.33"))
    assert book.at(on_hand(place=2)) == (2, D("6.67"))


def test_every_short_item_is_named_at_once(book: Book) -> None:
    book.act(moves=[arrive(5, 5, on_hand(1)), arrive(5, 5, on_hand(2)), arrive(5, 5, on_hand(3))])
    before = book.meters()
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(
            moves=[leave(6, on_hand(1), line=61), leave(5, on_hand(2)), leave(9, on_hand(3), line=63)],
            limits=[floor(on_hand(1)), floor(on_hand(2)), floor(on_hand(3))],
        )
    problems = [problem.data for problem in refusal.value.problems]
    assert [(p["item"], p["needed"], p["available"], p["lines"]) for p in problems] == [
        (1, 6, 5, [61]),
        (3, 9, 5, [63]),
    ]
    assert book.meters() == before


def test_promised_goods_are_not_available_to_others(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(101, places=[reserve(8, 201)], limits=[floor(on_hand())])
    with pytest.raises(BalanceTooLow):
        book.act(102, moves=[leave(3)], limits=[floor(on_hand())])
    book.act(103, settles=[settle(5, 201)], moves=[leave(5)], limits=[floor(on_hand())])
    state = book.balance(on_hand())
    assert (state.quantity, state.taken_quantity, state.available) == (5, 3, 2)
    book.act(101, releases=[release(101)])
    assert book.available(on_hand()) == 5


def test_more_than_promised_is_refused_and_names_each(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(101, places=[reserve(2, 201), reserve(2, 202)])
    with pytest.raises(HoldExceeded) as refusal:
        book.act(settles=[settle(3, 201), settle(4, 202), settle(1, 999)])
    assert [(p.data["owner"], p.data["asked"], p.data["open"]) for p in refusal.value.problems] == [
        (201, 3, 2), (202, 4, 2), (999, 1, 0),
    ]  # fmt: skip
    posting = book.act(settles=[settle(3, 201, capped=True)])
    assert posting.holds[0].open_quantity == 0


def test_a_promise_that_is_open_in_part_grows_by_what_exceeds_it(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(101, places=[reserve(4, 201)])
    before = book.meters()
    first = book.act(102, settles=[settle(3, 201)], moves=[leave(3)])
    posting = book.act(103, settles=[settle(3, 201, extends=True)], moves=[leave(3)], limits=[floor(on_hand())])
    [hold] = posting.holds
    assert (hold.wanted_quantity, hold.settled_quantity, hold.open_quantity) == (D(6), D(6), D(0))
    assert (book.balance(on_hand()).quantity, book.available(on_hand())) == (D(4), D(4))
    with pytest.raises(HoldExceeded):
        book.act(104, settles=[settle(1, 201, extends=True)])
    for done in (posting, first):
        book.reverse(done.id)
    assert book.meters() == before


def test_of_several_promises_of_a_row_the_one_due_last_grows(book: Book) -> None:
    book.act(
        101,
        places=[
            Place("collect", receivable(1), amount=D(20), line=201, due=DAY),
            Place("collect", receivable(1), amount=D(30), line=201, due=DAY + timedelta(days=9)),
        ],
    )
    posting = book.act(102, settles=[Settle("collect", 201, amount=D(60), extends=True, line=301)])
    by_due = {hold.due: (hold.wanted_amount, hold.settled_amount, hold.open_amount) for hold in posting.holds}
    assert by_due[DAY] == (D(20), D(20), D(0))
    assert by_due[DAY + timedelta(days=9)] == (D(40), D(40), D(0))
    assert {change.line for change in posting.changes} == {301}


def test_letting_go_of_what_waits_leaves_nobody_waiting(book: Book) -> None:
    limits = [floor(on_hand())]
    book.act(moves=[arrive(3, 30)], limits=limits)
    book.act(101, places=[reserve(5, 201, waits=True)], limits=limits)
    book.act(102, places=[reserve(4, 202, waits=True)], limits=limits)
    before = book.balance(on_hand())
    assert (before.taken_quantity, before.waiting) == (3, 6)
    posting = book.act(101, releases=[Release(101)], limits=limits)
    by_line = {hold.line: (hold.open_quantity, hold.waiting) for hold in posting.holds}
    assert by_line == {201: (D(0), D(0)), 202: (D(4), D(1))}
    after = book.balance(on_hand())
    assert (after.taken_quantity, after.waiting) == (3, 1)


def test_a_record_settles_the_holds_of_its_rows_earliest_first(book: Book) -> None:
    due = [date(2026, 5, 1), date(2026, 4, 1)]
    book.act(
        101,
        places=[Place("collect", receivable(1), amount=D(50), due=day, line=n) for n, day in enumerate(due, 201)],
    )
    posting = book.act(settles=[Settle("collect", 101, amount=D(70))])
    assert {hold.line: hold.open_amount for hold in posting.holds} == {201: 30, 202: 0}
    assert book.balance(receivable(1)).expected_amount == 30


def test_credit_counts_promises_and_prepayments(book: Book) -> None:
    credit = Limit(receivable(1), Measure.AMOUNT, Tense.PROJECTED, at_most=D(100), plus=(prepayment(1),), name="credit")
    book.act(transfers=[Transfer(AccountKey("cash", place=1), prepayment(1, 900), D(30))])
    book.act(101, places=[Place("collect", receivable(1), amount=D(120))], limits=[credit])
    with pytest.raises(LimitExceeded) as refusal:
        book.act(102, places=[Place("collect", receivable(1), amount=D(11))], limits=[credit])
    (problem,) = refusal.value.problems
    assert (problem.data["before"], problem.data["after"], problem.data["over"]) == (90, 101, 1)
    # What was over the limit before is not refused when it does not get worse: here the limit has fallen.
    lower = Limit(receivable(1), Measure.AMOUNT, Tense.PROJECTED, at_most=D(10), plus=(prepayment(1),))
    book.act(101, settles=[Settle("collect", 101, amount=D(120))], transfers=[sell(1, 101, 120)], limits=[lower])


def test_goods_that_arrive_serve_the_line(book: Book) -> None:
    book.act(moves=[arrive(3, 3)])
    limits = [floor(on_hand())]
    book.act(101, places=[reserve(5, 201, waits=True, due=date(2026, 4, 2))], limits=limits)
    book.act(102, places=[reserve(4, 202, waits=True, due=date(2026, 4, 1))], limits=limits)
    book.act(103, places=[reserve(1, 203, waits=True, priority=-1)], limits=limits)
    balance = book.balance(on_hand())
    assert (balance.available, balance.waiting, balance.projected) == (0, 7, -7)
    posting = book.act(moves=[arrive(4, 4)], limits=limits)
    assert {hold.line: hold.waiting for hold in posting.holds} == {203: 0, 202: 1}
    posting = book.act(103, releases=[release(103)], limits=limits)
    assert {hold.line: hold.waiting for hold in posting.holds} == {203: 0, 202: 0}
    book.act(moves=[arrive(9, 9)], limits=limits)
    balance = book.balance(on_hand())
    assert (balance.available, balance.waiting, balance.quantity) == (7, 0, 16)


def test_negative_stock_is_settled_by_the_next_receipt(book: Book) -> None:
    book.act(moves=[arrive(2, 20)])
    book.act(moves=[leave(5)])
    assert book.at(on_hand()) == (-3, -30)
    book.act(moves=[arrive(1, 12)])
    assert book.at(on_hand()) == (-2, -20)
    assert book.summed("stock_difference") == (0, 2)
    book.act(moves=[arrive(10, 130)])
    assert book.at(on_hand()) == (8, 104)
    assert book.summed("stock_difference") == (0, 8)
    book.act(moves=[leave(8)])
    assert book.at(on_hand()) == (0, 0)


def test_pieces_gone_value_gone(book: Book) -> None:
    book.act(moves=[arrive(10, 100)])
    book.act(moves=[leave(10, amount=90)])
    assert book.at(on_hand()) == (0, 0)
    assert book.summed("stock_difference") == (0, 10)
    bare = AccountKey("bare", item=1)
    book.act(moves=[arrive(10, 100, bare)])
    with pytest.raises(ValueWithoutPieces):
        book.act(moves=[leave(10, bare, amount=90)])


def test_lots_roll_up(book: Book) -> None:
    lots = [on_hand(lot=7), on_hand(lot=8)]
    book.act(moves=[arrive(2, 20, lots[0]), arrive(3, 60, lots[1]), arrive(1, 5)])
    assert book.at(on_hand()) == (6, 85)
    book.act(101, places=[reserve(6, 201)], limits=[floor(on_hand())])
    with pytest.raises(BalanceTooLow):
        book.act(moves=[leave(1, lots[0])], limits=[floor(on_hand()), floor(lots[0])])
    book.act(101, settles=[settle(4, 201)], moves=[leave(3, lots[1]), leave(1)], limits=[floor(on_hand())])
    assert book.at(lots[1]) == (0, 0)
    assert book.at(on_hand()) == (2, 20)
    with pytest.raises(BalanceTooLow) as refusal:
        limits = [floor(on_hand()), floor(lots[0])]
        book.act(101, settles=[settle(2, 201)], moves=[leave(3, lots[0])], limits=limits)
    assert [problem.data["lot"] for problem in refusal.value.problems] == [0, 7]


def test_a_promise_may_wait_for_a_lot(book: Book) -> None:
    lot = on_hand(lot=7)
    book.act(moves=[arrive(5, 5)])
    book.act(101, places=[reserve(3, 201, lot, waits=True)], limits=[floor(on_hand()), floor(lot)])
    assert (book.balance(lot).waiting, book.balance(on_hand()).waiting) == (3, 3)
    book.act(moves=[arrive(2, 2, lot)], limits=[floor(on_hand()), floor(lot)])
    assert (book.balance(lot).waiting, book.balance(on_hand()).waiting) == (1, 1)
    assert (book.balance(lot).available, book.balance(on_hand()).available) == (0, 5)


def test_pieces_without_a_lot_are_not_borrowed_from_lots(book: Book) -> None:
    book.act(moves=[arrive(5, 5, on_hand(lot=7))])
    # As it is where a lot was changed by hand, or a journal of before is taken back: nobody picks.
    received = book.act(moves=[arrive(1, 1)])
    book.act(moves=[leave(1)])
    with pytest.raises(BalanceTooLow) as refusal:
        book.reverse(received.id, limits=[floor(on_hand())])
    assert (refusal.value.problems[0].data["needed"], refusal.value.problems[0].data["available"]) == (1, 0)


def test_a_back_dated_event_may_not_break_a_later_day(book: Book) -> None:
    day = [date(2026, 3, n) for n in range(1, 32)]
    book.act(on=day[0], moves=[arrive(5, 5)])
    book.act(on=day[9], moves=[leave(5)])
    book.act(on=day[19], moves=[arrive(8, 8)])
    limits = [floor(on_hand())]
    with pytest.raises(WouldBreakLaterDay) as refusal:
        book.act(on=day[4], moves=[leave(1)], limits=limits)
    assert refusal.value.problems[0].data["lowest"] == -1
    with pytest.raises(WouldBreakLaterDay):
        book.act(on=day[10], moves=[leave(1)], limits=limits)
    book.act(on=day[20], moves=[leave(1)], limits=limits)
    book.act(on=day[4], moves=[arrive(1, 1), leave(1)], limits=limits)
    book.act(on=day[4], moves=[arrive(2, 2)], limits=limits)
    assert book.round_trips == 3
    book.act(on=day[5], moves=[leave(2)], limits=limits)


def test_a_cleared_document_is_no_open_item(book: Book) -> None:
    book.act(transfers=[sell(1, 12, 100), sell(1, 13, 50)])
    book.act(transfers=[Transfer(AccountKey("cash", place=1), receivable(1, 12), D(100))])
    assert book.rows("SELECT document, amount FROM ledger_account WHERE role = 'receivable' AND is_open_item") == [
        (13, 50)
    ]


def test_nothing_asked_writes_nothing(book: Book) -> None:
    assert book.act(settles=[settle(0, 5)]).is_empty
    assert book.rows("SELECT count(*) FROM ledger_journal") == [(0,)]


def test_preview_is_what_execute_does_and_writes_nothing(book: Book) -> None:
    book.act(moves=[arrive(5, 50)])
    asked = request(
        moves=[leave(2)],
        transfers=[sell(4, 40, 80)],
        places=[reserve(9, 401, waits=True)],
        limits=[floor(on_hand())],
    )
    before = book.rows("SELECT count(*), sum(quantity) FROM ledger_account")
    seen = book.preview(asked)
    assert book.rows("SELECT count(*), sum(quantity) FROM ledger_account") == before
    done = book.run(asked)
    assert seen.journal == done.journal
    assert [c.after.balance for c in seen.accounts] == [c.after.balance for c in done.accounts]
    assert [(h.line, h.open_quantity, h.waiting) for h in seen.holds] == [
        (h.line, h.open_quantity, h.waiting) for h in done.holds
    ]


def test_too_much_is_refused(book: Book) -> None:
    with pytest.raises(TooLarge):
        book.act(moves=[arrive("999999999999", 1), arrive("999999999999", 1)])


def test_a_closed_month_takes_nothing(book: Book) -> None:
    with book.database.administration(book.schema) as connection:
        connection.execute("INSERT INTO ledger_period (month, closed, changed_by) VALUES ('2026-03-01', true, 1)")
    for on in (DAY, date(2026, 1, 31)):
        with pytest.raises(PeriodClosed):
            book.act(on=on, moves=[arrive(1, 1)])
        with pytest.raises(PeriodClosed):
            book.preview(request(on=on, moves=[arrive(1, 1)]))
    book.act(on=date(2026, 4, 1), moves=[arrive(1, 1)])
