"""Promises that came true and are undone in part, and promises that facts send back to the line."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from onebook.ledger.refusals import BalanceTooLow, HoldExceeded
from onebook.ledger.request import Unsettle
from tests.unit.ledger.book import Book, arrive, floor, leave, on_hand, request, reserve, settle

D = Decimal


def _unsettle(quantity: object, owner: int, **more: Any) -> Unsettle:
    return Unsettle("reserve", owner, D(str(quantity)), **more)


def _hold(book: Book, line: int) -> tuple[Any, ...]:
    (row,) = book.rows(
        "SELECT settled_quantity, released_quantity, open_quantity, waiting FROM ledger_hold WHERE line = %s", line
    )
    return row


def _shipped(book: Book) -> None:
    """Ten came, eight were ordered in one row and shipped: the promise has come true and is closed."""
    book.act(moves=[arrive(10, 50)])
    book.act(document=1, places=[reserve(8, 11, waits=True)])
    book.act(document=2, settles=[settle(8, 11, line=21)], moves=[leave(8, line=21)])


def test_what_came_back_is_let_go(book: Book) -> None:
    _shipped(book)
    before = book.meters()
    posting = book.act(document=3, unsettles=[_unsettle(3, 11, line=31)], moves=[arrive(3, 15)])
    assert _hold(book, 11) == (D(5), D(3), D(0), D(0))
    assert book.balance(on_hand()).available == D(5)
    book.reverse(posting.id)
    assert book.meters() == before
    assert _hold(book, 11) == (D(8), D(0), D(0), D(0))
    assert book.drifts() == []


def test_what_came_back_is_owed_again_and_served_at_once(book: Book) -> None:
    _shipped(book)
    before = book.meters()
    posting = book.act(document=3, unsettles=[_unsettle(3, 11, reopens=True)], moves=[arrive(2, 10)])
    # Four lie here now: three of them are promised to the row again.
    assert _hold(book, 11) == (D(5), D(0), D(3), D(0))
    assert book.balance(on_hand()).available == D(1)
    book.reverse(posting.id)
    assert book.meters() == before
    assert book.drifts() == []


def test_what_is_owed_again_waits_where_nothing_lies(book: Book) -> None:
    _shipped(book)
    book.act(document=4, moves=[leave(2)])
    book.act(document=3, unsettles=[_unsettle(3, 11, reopens=True)])
    assert _hold(book, 11) == (D(5), D(0), D(3), D(3))
    book.act(document=5, moves=[arrive(2, 10)])
    assert _hold(book, 11) == (D(5), D(0), D(3), D(1))
    assert book.drifts() == []


def test_no_more_is_undone_than_came_true(book: Book) -> None:
    _shipped(book)
    with pytest.raises(HoldExceeded) as refusal:
        book.act(document=3, unsettles=[_unsettle(9, 11, line=31)])
    told = refusal.value.problems[0].data
    assert (told["asked"], told["open"], told["line"]) == (D(9), D(8), 31)
    book.act(document=3, unsettles=[_unsettle(9, 11, capped=True)])
    assert _hold(book, 11) == (D(0), D(8), D(0), D(0))


def test_a_loss_sends_the_last_in_line_back(book: Book) -> None:
    book.act(moves=[arrive(10, 50)])
    book.act(document=1, places=[reserve(4, 11, waits=True, priority=2)])
    book.act(document=2, places=[reserve(5, 12, waits=True, priority=1)])
    before = book.meters()
    loss = request(document=3, moves=[leave(4)], limits=[floor(on_hand())])
    with pytest.raises(BalanceTooLow):
        book.run(loss)
    posting = book.run(replace(loss, displaces=True))
    # Six are left for nine: the row of the lower rank waits for three.
    assert _hold(book, 12) == (D(0), D(0), D(5), D(0))
    assert _hold(book, 11) == (D(0), D(0), D(4), D(3))
    assert book.balance(on_hand()).available == D(0)
    book.reverse(posting.id)
    assert book.meters() == before
    assert book.drifts() == []


def test_what_promises_cannot_cover_is_refused(book: Book) -> None:
    book.act(moves=[arrive(10, 50)])
    book.act(document=1, places=[reserve(4, 11)])
    loss = replace(request(document=3, moves=[leave(7)], limits=[floor(on_hand())]), displaces=True)
    # A promise that never waits is firm.
    with pytest.raises(BalanceTooLow):
        book.run(loss)
