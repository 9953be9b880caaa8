"""Promises said anew: what stands changes by the difference, what is new is placed, and what came true stays true."""

from collections.abc import Sequence
from datetime import date

import pytest

from onebook.ledger.hold import Hold
from onebook.ledger.posting import Posting
from onebook.ledger.refusals import BelowSettled, HoldInUse
from onebook.ledger.request import Place, Release, Restate
from tests.unit.ledger.book import Book, D, arrive, floor, leave, on_hand, receivable, request, reserve, settle

ORDER = 101
LIMITS = [floor(on_hand())]


def anew(book: Book, *places: Place, name: str = "reserve") -> Posting:
    """What the order promises now, and nothing else: previewed, then done."""
    asked = request(ORDER, restates=[Restate(name, places)], limits=LIMITS)
    seen, done = book.preview(asked), book.run(asked)
    assert figures(seen.holds) == figures(done.holds)
    return done


def figures(holds: Sequence[Hold]) -> list[tuple[object, ...]]:
    return [(h.owner, h.wanted_quantity, h.settled_quantity, h.released_quantity, h.waiting) for h in holds]


def standing(book: Book, owner: int) -> list[tuple[int, ...]]:
    """Wanted, settled, released and waiting of the promises of a row, the oldest first, without those taken back."""
    rows = book.rows(
        "SELECT wanted_quantity, settled_quantity, released_quantity, waiting FROM ledger_hold"
        " WHERE owner = %s AND wanted_quantity > 0 ORDER BY id",
        owner,
    )
    return [tuple(map(int, row)) for row in rows]


def stock(book: Book) -> tuple[object, ...]:
    balance = book.balance(on_hand())
    return balance.quantity, balance.taken_quantity, balance.waiting


def test_more_and_less_is_wanted(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(ORDER, places=[reserve(4, 201), reserve(3, 202)])
    before = book.meters()
    posting = anew(book, reserve(6, 201), reserve(1, 202))
    assert (standing(book, 201), standing(book, 202), stock(book)) == ([(6, 0, 0, 0)], [(1, 0, 0, 0)], (10, 7, 0))
    assert posting.placed == frozenset()
    book.reverse(posting.id)
    assert book.meters() == before


def test_what_is_said_again_alike_changes_nothing(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(ORDER, places=[reserve(4, 201)])
    assert anew(book, reserve(4, 201)).is_empty


def test_rows_come_and_go(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(ORDER, places=[reserve(4, 201), reserve(3, 202)])
    # Another record, and another name of this one, are not its business.
    book.act(102, places=[reserve(1, 301)])
    book.act(ORDER, places=[Place("sample", on_hand(), -D(1), line=201)])
    before = book.meters()
    posting = anew(book, reserve(3, 202), reserve(2, 203))
    assert (standing(book, 202), standing(book, 203)) == ([(3, 0, 0, 0)], [(2, 0, 0, 0)])
    assert standing(book, 201) == [(1, 0, 0, 0)]
    assert stock(book) == (10, 3 + 2 + 1 + 1, 0)
    assert len(posting.placed) == 1
    book.reverse(posting.id)
    assert book.meters() == before
    anew(book)
    assert stock(book) == (10, 2, 0)


def test_what_came_true_stays(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(ORDER, places=[reserve(4, 201)])
    book.act(102, settles=[settle(3, 201)], moves=[leave(3)])
    posting = anew(book, reserve(5, 201))
    assert (standing(book, 201), stock(book)) == ([(5, 3, 0, 0)], (7, 2, 0))
    anew(book, reserve(3, 201))
    assert (standing(book, 201), stock(book)) == ([(3, 3, 0, 0)], (7, 0, 0))
    with pytest.raises(HoldInUse):
        book.reverse(posting.id)


def test_less_than_came_true_is_refused_and_names_each(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(ORDER, places=[reserve(4, 201), reserve(2, 202), Place("collect", receivable(1), amount=D(90), line=203)])
    book.act(102, settles=[settle(3, 201), settle(1, 202), settle(0, 203, "collect", amount=D(40))])
    before = book.meters()
    with pytest.raises(BelowSettled) as refusal:
        anew(book, reserve(2, 201))
    assert [problem.data for problem in refusal.value.problems] == [
        {"name": "reserve", "owner": 201, "lines": [201], "measure": "quantity", "asked": 2, "settled": 3},
        {"name": "reserve", "owner": 202, "lines": [202], "measure": "quantity", "asked": 0, "settled": 1},
    ]
    assert refusal.value.data["count"] == 2
    with pytest.raises(BelowSettled) as refusal:
        anew(book, Place("collect", receivable(1), amount=D("39.99"), line=203), name="collect")
    (problem,) = refusal.value.problems
    assert (problem.data["measure"], problem.data["asked"], problem.data["settled"]) == ("amount", D("39.99"), 40)
    assert book.meters() == before


def test_what_came_true_of_an_account_is_not_moved_away(book: Book) -> None:
    book.act(moves=[arrive(10, 10), arrive(10, 10, on_hand(place=2))])
    book.act(ORDER, places=[reserve(4, 201), reserve(3, 202)])
    book.act(102, settles=[settle(1, 201)], moves=[leave(1)])
    with pytest.raises(BelowSettled) as refusal:
        anew(book, reserve(4, 201, on_hand(place=2)), reserve(3, 202))
    assert [problem.data["owner"] for problem in refusal.value.problems] == [201]
    posting = anew(book, reserve(4, 201), reserve(2, 202, on_hand(place=2)))
    assert (stock(book), book.balance(on_hand(place=2)).taken_quantity) == ((9, 3, 0), 2)
    assert (standing(book, 202), len(posting.placed)) == ([(2, 0, 0, 0)], 1)


def test_what_was_let_go_is_wanted_again_first(book: Book) -> None:
    book.act(moves=[arrive(10, 10)])
    book.act(ORDER, places=[reserve(5, 201)])
    book.act(102, settles=[settle(2, 201)], moves=[leave(2)])
    before = book.meters()
    closed = book.act(ORDER, releases=[Release(ORDER)])
    assert standing(book, 201) == [(5, 2, 3, 0)]
    first = anew(book, reserve(4, 201))
    assert (standing(book, 201), stock(book)) == ([(5, 2, 1, 0)], (8, 2, 0))
    second = anew(book, reserve(6, 201))
    assert (standing(book, 201), stock(book)) == ([(6, 2, 0, 0)], (8, 4, 0))
    for posting in (second, first, closed):
        book.reverse(posting.id)
    assert book.meters() == before


def test_what_waits_goes_first_and_what_is_new_waits_until_it_is_served(book: Book) -> None:
    book.act(moves=[arrive(3, 3)])
    book.act(ORDER, places=[reserve(5, 201, waits=True)], limits=LIMITS)
    assert standing(book, 201) == [(5, 0, 0, 2)]
    anew(book, reserve(4, 201, waits=True))
    assert (standing(book, 201), stock(book)) == ([(4, 0, 0, 1)], (3, 3, 1))
    anew(book, reserve(2, 201, waits=True))
    assert (standing(book, 201), stock(book)) == ([(2, 0, 0, 0)], (3, 2, 0))
    anew(book, reserve(7, 201, waits=True))
    assert (standing(book, 201), stock(book)) == ([(7, 0, 0, 4)], (3, 3, 4))


def test_what_is_wanted_less_serves_who_waits_behind(book: Book) -> None:
    book.act(moves=[arrive(3, 3)])
    book.act(ORDER, places=[reserve(3, 201)], limits=LIMITS)
    book.act(102, places=[reserve(2, 301, waits=True)], limits=LIMITS)
    assert standing(book, 301) == [(2, 0, 0, 2)]
    anew(book, reserve(2, 201))
    assert standing(book, 301) == [(2, 0, 0, 1)]


def test_another_day_is_another_promise_unless_a_part_came_true(book: Book) -> None:
    days = [date(2026, 5, 1), date(2026, 6, 1)]
    book.act(moves=[arrive(10, 10)])
    book.act(ORDER, places=[reserve(4, 201, due=days[0]), reserve(4, 202, due=days[0])])
    book.act(102, settles=[settle(1, 202)], moves=[leave(1)])
    anew(book, reserve(4, 201, due=days[1]), reserve(5, 202, due=days[1]))
    assert book.rows("SELECT owner, due FROM ledger_hold WHERE wanted_quantity > 0 ORDER BY owner") == [
        (201, days[1]), (202, days[0]),
    ]  # fmt: skip
    assert stock(book) == (9, 4 + 4, 0)
    anew(book, reserve(4, 201, due=days[1], priority=3), reserve(5, 202))
    assert book.rows("SELECT priority FROM ledger_hold WHERE owner = 201 AND wanted_quantity > 0") == [(3,)]


def test_what_took_brings_from_now_on(book: Book) -> None:
    book.act(ORDER, places=[reserve(4, 201)])
    anew(book, Place("reserve", on_hand(), D(4), line=201))
    balance = book.balance(on_hand())
    assert (balance.taken_quantity, balance.expected_quantity) == (0, 4)


def test_money_is_promised_anew_by_the_record_itself(book: Book) -> None:
    def collected(amount: object) -> Place:
        return Place("collect", receivable(1), amount=D(str(amount)))

    book.act(ORDER, places=[collected(90)])
    book.act(102, settles=[settle(0, ORDER, "collect", amount=D(40))])
    before = book.meters()
    more = anew(book, collected("99.99"), name="collect")
    assert book.balance(receivable(1)).expected_amount == D("59.99")
    less = anew(book, collected(40), name="collect")
    assert book.balance(receivable(1)).expected_amount == 0
    for posting in (less, more):
        book.reverse(posting.id)
    assert book.meters() == before
    book.act(ORDER, releases=[Release(ORDER)])
    anew(book, collected(70), name="collect")
    assert book.rows("SELECT wanted_amount, settled_amount, released_amount FROM ledger_hold") == [(90, 40, 20)]
