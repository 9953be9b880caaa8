"""The waiting line below a control account: who waits for one lot stands with who waits for any."""

from onebook.ledger.request import GiveBack, Move, Place, Release
from tests.unit.ledger.book import DAY, Book, D, arrive, floor, leave, on_hand, request, reserve

LOT = on_hand(lot=7)
LIMITS = [floor(on_hand())]


def waits(book: Book, *owners: int) -> list[object]:
    """What waits of promises, by owner."""
    found = dict(book.rows("SELECT owner, waiting FROM ledger_hold"))
    return [found[owner] for owner in owners]


def test_a_lot_that_is_carried_to_a_place_serves_who_waits_for_it_there(book: Book) -> None:
    there = on_hand(place=2, lot=7)
    book.act(moves=[arrive(5, 5, LOT), arrive(4, 4, on_hand(lot=8))])
    book.act(101, places=[reserve(3, 201, there, waits=True)])
    asked = request(moves=[Move(on_hand(), on_hand(place=2), D(9))], limits=LIMITS)
    seen, done = book.preview(asked), book.run(asked)
    assert [hold.waiting for hold in seen.holds] == [hold.waiting for hold in done.holds] == [0]
    assert (book.balance(there).available, waits(book, 201)) == (2, [0])


def test_a_named_lot_that_is_moved_on_serves_who_waits_for_it(book: Book) -> None:
    there = on_hand(place=2, lot=7)
    book.act(moves=[arrive(5, 5, LOT)])
    book.act(101, places=[reserve(3, 201, there, waits=True)])
    book.act(moves=[Move(LOT, on_hand(place=2), D(2))], limits=LIMITS)
    assert waits(book, 201) == [1]


def test_who_waits_for_a_lot_is_served_when_the_whole_becomes_free(book: Book) -> None:
    """Pieces of the lot are there, but all pieces of the place were promised: releasing that serves the lot's line."""
    book.act(moves=[arrive(5, 5, LOT)])
    book.act(101, places=[reserve(5, 201)], limits=LIMITS)
    book.act(102, places=[reserve(3, 202, LOT, waits=True)], limits=LIMITS)
    assert waits(book, 202) == [3]
    book.act(101, releases=[Release(101)], limits=LIMITS)
    assert waits(book, 202) == [0]


def test_a_lot_that_thaws_serves_who_waits_for_any(book: Book) -> None:
    book.act(moves=[arrive(5, 5, LOT)])
    book.act(101, places=[Place("frozen", LOT, -D(5))], limits=LIMITS)
    book.act(102, places=[reserve(3, 202, waits=True)], limits=LIMITS)
    assert waits(book, 202) == [3]
    book.act(101, releases=[Release(101, "frozen")], limits=LIMITS)
    assert waits(book, 202) == [0]


def test_one_line_by_turn_whether_a_lot_is_named_or_not(book: Book) -> None:
    book.act(101, places=[reserve(3, 201, LOT, waits=True, priority=1)])
    book.act(102, places=[reserve(3, 202, waits=True, priority=0)])
    book.act(103, places=[reserve(3, 203, waits=True, priority=2)])
    book.act(moves=[arrive(4, 4, LOT)], limits=LIMITS)
    assert waits(book, 201, 202, 203) == [2, 0, 3]
    book.act(moves=[arrive(4, 4)], limits=LIMITS)
    # Two more pieces of the lot lie there, but the line behind gets only what the lot's turn leaves.
    assert waits(book, 201, 202, 203) == [0, 0, 1]


def test_nobody_is_served_below_the_floor_of_the_whole(book: Book) -> None:
    book.act(101, places=[reserve(5, 201, LOT, waits=True)])
    book.act(moves=[arrive(6, 6, LOT)], limits=[floor(on_hand(), 2)])
    assert waits(book, 201) == [1]
    book.act(moves=[arrive(1, 1)], limits=[floor(on_hand(), 2)])
    assert waits(book, 201) == [0]


def test_goods_given_back_to_their_lot_serve_who_waits_for_it(book: Book) -> None:
    book.act(moves=[arrive(5, 5, LOT)])
    book.act(500, moves=[leave(5, LOT, line=501)])
    book.act(101, places=[reserve(2, 201, LOT, waits=True)])
    book.act(600, gives_back=[GiveBack(500, 501, on_hand(), D(1), 601)])
    assert waits(book, 201) == [1]


def test_an_arrival_taken_back_and_made_again(book: Book) -> None:
    book.act(101, places=[reserve(3, 201, LOT, waits=True)])
    before = book.meters()
    arrived = book.act(moves=[arrive(2, 2, LOT)], limits=LIMITS)
    assert waits(book, 201) == [1]
    book.reverse(arrived.id, on=DAY)
    assert book.meters() == before
