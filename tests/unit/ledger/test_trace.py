"""A lot's way through the book: whom it came from, where it lay, who got pieces of it, and what came back."""

from datetime import date

from onebook.ledger.account import AccountKey
from onebook.ledger.request import Move
from onebook.ledger.trace import PAGE, Trace, trace
from tests.unit.ledger.book import Book, arrive, floor, leave, on_hand, request, sell
from tests.unit.ledger.test_picking import D


def way(book: Book, lot: int, pages: int = 1) -> list[Trace]:
    found: list[Trace] = []
    with book.database.transaction(book.schema, read_only=True) as transaction:
        for _ in range(pages):
            found.append(trace(transaction, lot, after=found[-1].steps[-1] if found else None))
        assert transaction.round_trips == pages
    return found


def test_from_the_supplier_to_every_customer_and_back(book: Book) -> None:
    lot = on_hand(lot=7)
    supply, cost = AccountKey("supply", item=1, party=30), AccountKey("cost", item=1, party=41)
    bought = book.act(100, moves=[Move(supply, lot, D(5), D(50), line=1001)])
    moved = book.act(101, moves=[Move(on_hand(), on_hand(place=2), D(3), line=1011)])
    sold = book.act(
        102,
        date(2026, 3, 12),
        # Another lot in the same journal is not its business, another customer of the journal is.
        moves=[Move(on_hand(place=2), cost, D(2), line=1021), arrive(4, 4, on_hand(lot=8), line=1022)],
        transfers=[sell(42, 12, 90)],
    )
    undone = book.reverse(sold.id, on=date(2026, 3, 13))
    (found,) = way(book, 7)
    assert [
        (s.journal, s.form, s.record, s.line, str(s.account), int(s.quantity), int(s.amount), str(s.against), s.parties)
        for s in found.steps
    ] == [
        (bought.id, "paper", 100, 1001, str(lot), 5, 50, str(supply), (30,)),
        (moved.id, "paper", 101, 1011, str(lot), -3, -30, str(on_hand(place=2, lot=7)), ()),
        (moved.id, "paper", 101, 1011, str(on_hand(place=2, lot=7)), 3, 30, str(lot), ()),
        (sold.id, "paper", 102, 1021, str(on_hand(place=2, lot=7)), -2, -20, str(cost), (41, 42)),
        (undone.id, "paper", 100, 1021, str(on_hand(place=2, lot=7)), 2, 20, str(cost), (41, 42)),
    ]
    assert [s.reverses for s in found.steps] == [None, None, None, None, sold.id]
    assert not found.has_more
    assert way(book, 99) == [Trace(99, (), False)]


def test_neighbours_of_a_journal_are_told_apart(book: Book) -> None:
    book.act(moves=[arrive(1, 1, on_hand(lot=7)), arrive(1, 2, on_hand(lot=8)), arrive(1, 3, on_hand(lot=9))])
    posting = book.act(moves=[leave(2), Move(on_hand(), AccountKey("cost", item=1, party=5), D(1))])
    book.reverse(posting.id)
    assert [[str(s.against) for s in way(book, lot)[0].steps] for lot in (7, 8, 9)] == [
        ["supply(item 1)", "cost(item 1)", "cost(item 1)"],
        ["supply(item 1)", "cost(item 1)", "cost(item 1)"],
        ["supply(item 1)", "cost(item 1, party 5)", "cost(item 1, party 5)"],
    ]


def test_a_long_way_comes_in_pages(book: Book) -> None:
    book.act(moves=[arrive(300, 300, on_hand(lot=7))])
    for _ in range(2):
        book.run(request(moves=[leave(1, line=n) for n in range(1, 121)], limits=[floor(on_hand())]))
    first, second = way(book, 7, 2)
    assert (len(first.steps), len(second.steps), first.has_more, second.has_more) == (PAGE, 41, True, False)
    steps = [*first.steps, *second.steps]
    assert sum(step.quantity for step in steps) == 60
    assert [(s.booked_on, s.journal, s.position) for s in steps] == sorted(
        (s.booked_on, s.journal, s.position) for s in steps
    )
