"""Promises of amounts, and several of one record: let go, come true and undone like those of pieces, to the cent."""

from datetime import date

import pytest

from onebook.ledger.refusals import HoldExceeded
from onebook.ledger.request import Limit, Measure, Place, Tense, Unsettle
from tests.unit.ledger.book import Book, D, arrive, floor, leave, on_hand, receivable, release, reserve, settle

PLAN = 101
DUE = [date(2026, 5, 1), date(2026, 4, 1), None]


def planned(book: Book) -> None:
    """Three instalments: the second is due first, the third has no day."""
    amounts = [30, 20, 50]
    book.act(
        PLAN,
        places=[
            Place("collect", receivable(1), amount=D(amount), due=due, line=201 + nth)
            for nth, (amount, due) in enumerate(zip(amounts, DUE, strict=True))
        ],
    )


def paid(book: Book) -> list[tuple[int, ...]]:
    """Settled and let go of each instalment."""
    rows = book.rows("SELECT settled_amount, released_amount FROM ledger_hold ORDER BY line")
    return [tuple(map(int, row)) for row in rows]


def expected(book: Book) -> object:
    return book.balance(receivable(1)).expected_amount


def collect(amount: object, owner: int = PLAN) -> Unsettle:
    return Unsettle("collect", owner, amount=D(str(amount)))


def test_instalments_come_true_by_their_days_and_are_let_go(book: Book) -> None:
    planned(book)
    book.act(102, settles=[settle(0, PLAN, "collect", amount=D(35), line=9)])
    assert (paid(book), expected(book)) == ([(15, 0), (20, 0), (0, 0)], 65)
    assert book.rows("SELECT DISTINCT line FROM ledger_hold_change WHERE kind = 'settle'") == [(9,)]
    before = book.meters()
    closed = book.act(PLAN, releases=[release(PLAN)])
    assert (paid(book), expected(book)) == ([(15, 15), (20, 0), (0, 50)], 0)
    book.reverse(closed.id)
    assert book.meters() == before


def test_a_refund_undoes_the_instalment_due_last_first(book: Book) -> None:
    planned(book)
    book.act(102, settles=[settle(0, PLAN, "collect", amount=D(60))])
    assert paid(book) == [(30, 0), (20, 0), (10, 0)]
    before = book.meters()
    reopened = book.act(103, unsettles=[Unsettle("collect", PLAN, amount=D(25), reopens=True, line=8)])
    assert (paid(book), expected(book)) == ([(15, 0), (20, 0), (0, 0)], 65)
    undone = "SELECT DISTINCT line FROM ledger_hold_change WHERE settled_amount < 0"
    assert book.rows(undone) == [(8,)]
    book.reverse(reopened.id)
    assert book.meters() == before
    book.act(103, unsettles=[collect(45)])
    assert (paid(book), expected(book)) == ([(0, 30), (15, 5), (0, 10)], 40)


def test_more_money_than_was_promised_is_refused_in_money(book: Book) -> None:
    planned(book)
    with pytest.raises(HoldExceeded) as refusal:
        book.act(
            102,
            settles=[
                settle(0, 201, "collect", amount=D(31), line=7),
                settle(0, 202, "collect", amount=D("20.01")),
                settle(0, 203, "collect", amount=D(51), capped=True),
            ],
        )
    assert refusal.value.data["count"] == 2
    first, second = (problem.data for problem in refusal.value.problems)
    assert first == {"name": "collect", "owner": 201, "line": 7, "measure": "amount", "asked": 31, "open": 30}
    assert (second["asked"], second["open"]) == (D("20.01"), 20)
    book.act(102, settles=[settle(0, 201, "collect", amount=D(12))])
    with pytest.raises(HoldExceeded) as refusal:
        book.act(103, unsettles=[collect(13, 201), collect(1, 202)])
    assert [(p.data["owner"], p.data["asked"], p.data["open"]) for p in refusal.value.problems] == [
        (201, 13, 12), (202, 1, 0),
    ]  # fmt: skip
    assert refusal.value.data["count"] == 2
    assert paid(book) == [(12, 0), (0, 0), (0, 0)]


def test_money_that_will_be_taken_is_not_available(book: Book) -> None:
    account = receivable(1)
    taken = [Place("owe", account, amount=-D(30), line=301), Place("owe", account, amount=-D("0.50"), line=302)]
    book.act(101, places=taken)
    balance = book.balance(account)
    assert (balance.taken_amount, balance.expected_amount, balance.available_amount) == (D("30.50"), 0, D("-30.50"))
    limit = Limit(account, Measure.AMOUNT, Tense.AVAILABLE, at_least=D("-30.50"))
    book.act(102, settles=[settle(0, 301, "owe", amount=D(10))], limits=[limit])
    assert book.balance(account).taken_amount == D("20.50")


def test_a_promise_of_pieces_and_money_at_once(book: Book) -> None:
    both = Place("both", on_hand(), D(3), D(30), line=201)
    book.act(101, places=[Place("none", on_hand(), line=200), both, Place("both", on_hand(), D(2), D(5), line=202)])
    balance = book.balance(on_hand())
    assert (balance.expected_quantity, balance.expected_amount) == (5, 35)
    with pytest.raises(AssertionError):
        book.act(101, places=[Place("both", on_hand(), -D(1), D("0.01"))])
    with pytest.raises(AssertionError):
        book.act(101, places=[Place("both", on_hand(), D("0.01"), -D(1))])


def test_pieces_of_several_rows_are_undone_the_last_first(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(101, places=[reserve(3, 201, due=DUE[1]), reserve(3, 202, due=DUE[0]), reserve(2, 203)])
    book.act(102, places=[reserve(1, 301)], settles=[settle(8, 101)], moves=[leave(8)])
    book.act(103, unsettles=[Unsettle("reserve", 101, D(4), line=9)])
    rows = book.rows("SELECT settled_quantity, released_quantity FROM ledger_hold WHERE document = 101 ORDER BY line")
    assert rows == [(3, 0), (1, 2), (0, 2)]
    # What was let go is not owed, so that it waits for nothing.
    assert book.balance(on_hand()).taken_quantity == 1
    assert book.rows("SELECT count(*) FROM ledger_hold_change WHERE line = 9") == [(2,)]


def test_what_is_let_go_while_it_waits_waits_no_longer(book: Book) -> None:
    book.act(moves=[arrive(1, 1)])
    book.act(101, places=[reserve(3, 201, waits=True)], limits=[floor(on_hand())])
    before = book.meters()
    closed = book.act(101, releases=[release(101)])
    assert book.rows("SELECT released_quantity, waiting FROM ledger_hold_change WHERE kind = 'release'") == [(3, -2)]
    book.reverse(closed.id)
    assert book.meters() == before
