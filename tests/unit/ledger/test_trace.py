"""A lot's way through the book: whom it came from, where it lay, who got pieces of it, and what came back."""

from datetime import date

from onebook.ledger.account import AccountKey
from onebook.ledger.request import Convert, Move, Part
from onebook.ledger.trace import PAGE, Trace, trace
from tests.unit.ledger.book import Book, arrive, floor, leave, on_hand, request, sell
from tests.unit.ledger.test_picking import D


def way(book: Book, lot: int, pages: int = 1, through: tuple[str, ...] = ()) -> list[Trace]:
    found: list[Trace] = []
    with book.database.transaction(book.schema, read_only=True) as transaction:
        for _ in range(pages):
            found.append(trace(transaction, lot, through=through, after=found[-1].steps[-1] if found else None))
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


def lots(book: Book, lot: int) -> tuple[set[int], set[int]]:
    """The lots that a way goes on to, and those that it came by."""
    (found,) = way(book, lot, through=("converted",))
    ahead = {step.account.lot for step in found.steps if step.is_ahead}
    behind = {step.account.lot for step in found.steps if step.is_behind}
    assert {step.account.lot for step in found.steps} == ahead | behind
    return ahead, behind


def made(out: dict[tuple[int, int], object], into: dict[tuple[int, int], object]) -> Convert:
    """Pieces by item and lot become others."""
    inputs, outputs = (
        tuple(Part(on_hand(item, lot=lot), D(str(count)), line=1000 + lot) for (item, lot), count in parts.items())
        for parts in (out, into)
    )
    return Convert(inputs, outputs, "converted")


def test_what_a_lot_was_made_into_is_found_with_everybody_who_got_it(book: Book) -> None:
    """A bad part in a product in a set: everybody who got the set, and back from the set to every supplier."""
    part, screw, product, other, box = (1, 7), (2, 8), (3, 9), (3, 10), (4, 11)
    for number, ((item, lot), party) in enumerate(((part, 30), (screw, 31), (other, 32))):
        source = AccountKey("supply", item=item, party=party)
        book.act(100 + number, moves=[Move(source, on_hand(item, lot=lot), D(9), D(9))])
    book.act(200, converts=[made({part: 2, screw: 4}, {product: 2})])
    book.act(201, converts=[made({product: 1, other: 1}, {box: 1})])
    book.act(202, moves=[Move(on_hand(4, lot=11), AccountKey("cost", item=4, party=41), D(1))])
    book.act(203, moves=[Move(on_hand(1, lot=7), AccountKey("cost", item=1, party=42), D(1))])
    book.act(204, moves=[Move(on_hand(2, lot=8), AccountKey("cost", item=2, party=43), D(1))])
    assert lots(book, 7) == ({7, 9, 11}, {7})
    assert lots(book, 9) == ({9, 11}, {7, 8, 9})
    assert lots(book, 11) == ({11}, {7, 8, 9, 10, 11})
    assert lots(book, 10) == ({10, 11}, {10})
    (found,) = way(book, 7, through=("converted",))
    assert {party for step in found.steps if step.quantity < 0 for party in step.parties} == {41, 42}
    (found,) = way(book, 11, through=("converted",))
    sources = {step.against.party for step in found.steps if step.against and step.against.role == "supply"}
    assert sources == {30, 31, 32}
    # Without the roles that goods pass, or with others, a way ends where the goods became others.
    for through in ((), ("supply", "cost")):
        assert {step.account.lot for step in way(book, 7, through=through)[0].steps} == {7}


def test_conversions_of_one_journal_are_told_apart(book: Book) -> None:
    goods = [(1, 7), (2, 8), (3, 9), (4, 10), (5, 12)]
    book.act(moves=[arrive(9, 9, on_hand(item, lot=lot)) for item, lot in goods[:2]])
    book.act(
        converts=[made({goods[0]: 2}, {goods[2]: 1, goods[3]: 1}), made({goods[1]: 2}, {goods[4]: 1})],
        moves=[leave(1, on_hand(1, lot=7)), arrive(1, 1, on_hand(6, lot=13))],
    )
    assert lots(book, 7) == ({7, 9, 10}, {7})
    assert lots(book, 8) == ({8, 12}, {8})
    assert lots(book, 10) == ({10}, {7, 10})
    assert lots(book, 12) == ({12}, {8, 12})
    assert lots(book, 13) == ({13}, {13})


def test_what_was_taken_apart_and_put_together_again_ends(book: Book) -> None:
    whole, left, right = (3, 9), (1, 7), (2, 8)
    book.act(moves=[arrive(2, 2, on_hand(3, lot=9))])
    book.act(converts=[made({whole: 2}, {left: 2, right: 2})])
    book.act(converts=[made({left: 1, right: 1}, {whole: 1})])
    assert lots(book, 9) == ({7, 8, 9}, {7, 8, 9})
    assert lots(book, 7) == ({7, 8, 9}, {7, 8, 9})


def test_a_conversion_taken_back_made_nothing(book: Book) -> None:
    book.act(moves=[arrive(2, 2, on_hand(lot=7))])
    posting = book.act(converts=[made({(1, 7): 1}, {(3, 9): 1})])
    assert lots(book, 7) == ({7, 9}, {7})
    book.reverse(posting.id)
    assert (lots(book, 7), lots(book, 9)) == (({7}, {7}), ({9}, {9}))
