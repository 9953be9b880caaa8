"""Converting: what comes out is worth what went in, to the cent, however it is put together or taken apart."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebook.ledger import value
from onebook.ledger.account import AccountKey
from onebook.ledger.refusals import BalanceTooLow, NegativeWeight
from onebook.ledger.request import Convert, GiveBack, Part, Revalue
from tests.unit.ledger.book import Book, arrive, floor, leave, on_hand, request, reserve, shelf

WAGES = AccountKey("wages")


def part(quantity: object, account: AccountKey, weight: object = 0, line: int = 0) -> Part:
    return Part(account, D(str(quantity)), D(str(weight)), line)


def made(inputs: list[Part], outputs: list[Part], *costs: object) -> Convert:
    return Convert(tuple(inputs), tuple(outputs), "converted", tuple((WAGES, D(str(cost))) for cost in costs))


def test_several_things_become_one(book: Book) -> None:
    book.act(moves=[arrive(3, 10, on_hand(1)), arrive(5, 7, on_hand(2))])
    inputs = [part(2, on_hand(1), line=11), part(5, on_hand(2), line=12)]
    asked = made(inputs, [part(1, on_hand(3), line=10)], "1.50", 0)
    posting = book.act(converts=[asked], limits=[floor(on_hand(item)) for item in (1, 2, 3)])
    entries: list[Any] = [(str(e.account), e.quantity, e.amount, e.line) for e in posting.journal.entries]
    assert entries == [
        ("on_hand(item 1, place 1)", -2, D("-6.67"), 11), ("converted(item 1)", 2, D("6.67"), 11),
        ("on_hand(item 2, place 1)", -5, D("-7.00"), 12), ("converted(item 2)", 5, D("7.00"), 12),
        ("converted(item 3)", 0, D("1.50"), 10), ("wages()", 0, D("-1.50"), 10),
        ("converted(item 3)", -1, D("-15.17"), 10), ("on_hand(item 3, place 1)", 1, D("15.17"), 10),
    ]  # fmt: skip
    assert (book.at(on_hand(1)), book.at(on_hand(2))) == ((1, D("3.33")), (0, 0))
    assert book.summed("converted")[1] == 0
    assert book.round_trips == 2


def test_one_thing_becomes_several_by_weight(book: Book) -> None:
    book.act(moves=[arrive(1, 10)])
    outputs = [part(2, on_hand(2), 1), part(3, on_hand(3), 1), part(1, on_hand(4), 1), part(9, on_hand(5))]
    book.act(converts=[made([part(1, on_hand())], outputs)])
    assert [book.at(on_hand(n)) for n in (2, 3, 4, 5)] == [(2, D("3.33")), (3, D("3.34")), (1, D("3.33")), (9, 0)]
    assert (book.at(on_hand()), book.summed("converted")[1]) == ((0, 0), 0)


def test_without_any_weight_pieces_share_alike(book: Book) -> None:
    book.act(moves=[arrive(1, 10)])
    book.act(converts=[made([part(1, on_hand())], [part(1, on_hand(2)), part(3, on_hand(3))])])
    assert [book.at(on_hand(n)) for n in (2, 3)] == [(1, D("2.50")), (3, D("7.50"))]


def test_a_weight_below_nothing_is_refused(book: Book) -> None:
    book.act(moves=[arrive(1, 10)])
    with pytest.raises(NegativeWeight) as refusal:
        book.act(converts=[made([part(1, on_hand())], [part(1, on_hand(2), 2), part(1, on_hand(3), -1, 33)])])
    assert [(p.data["line"], p.data["weight"]) for p in refusal.value.problems] == [(33, -1)]


def test_what_is_worth_nothing_becomes_worth_nothing_but_its_costs(book: Book) -> None:
    book.act(moves=[arrive(4, 0)])
    book.act(converts=[made([part(2, on_hand())], [part(1, on_hand(2), 1), part(1, on_hand(3), 2)])])
    assert [book.at(on_hand(n)) for n in (2, 3)] == [(1, 0), (1, 0)]
    book.act(converts=[made([part(2, on_hand())], [part(1, on_hand(2), 1), part(1, on_hand(3), 2)], "0.01", "0.01")])
    assert [book.at(on_hand(n)) for n in (2, 3)] == [(2, D("0.01")), (2, D("0.01"))]
    assert book.summed("wages") == (0, D("-0.02"))


def test_inputs_are_picked_and_outputs_have_their_lots(book: Book) -> None:
    book.act(moves=[arrive(2, 20, shelf(lot=7, spot=31)), arrive(2, 30, shelf(lot=8, spot=32)), arrive(1, 4, shelf())])
    asked = request(
        converts=[made([part(4, shelf())], [part(2, shelf(2, lot=9, spot=33))])],
        limits=[floor(shelf(), each_leaf=True)],
    )
    assert book.preview(asked).journal == book.run(asked).journal
    assert book.at(shelf(2, lot=9, spot=33)) == (2, 39)
    assert (book.at(shelf(lot=8, spot=32)), book.at(shelf())) == ((1, 15), (1, 15))
    picks = {shelf(): (shelf(lot=8, spot=32),)}
    book.act(converts=[made([part(1, shelf())], [part(1, shelf(2))])], picks=picks)
    assert book.at(shelf(2)) == (3, 54)


def test_missing_inputs_are_named(book: Book) -> None:
    book.act(moves=[arrive(1, 1), arrive(1, 1, on_hand(2))])
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(
            converts=[made([part(2, on_hand(), line=11), part(3, on_hand(2), line=12)], [part(1, on_hand(3))])],
            limits=[floor(on_hand()), floor(on_hand(2))],
        )
    problems = [problem.data for problem in refusal.value.problems]
    assert [(p["item"], p["needed"], p["available"], p["lines"]) for p in problems] == [
        (1, 2, 1, [11]), (2, 3, 1, [12]),
    ]  # fmt: skip


def test_one_conversion_works_on_what_the_other_made(book: Book) -> None:
    book.act(moves=[arrive(4, 10)])
    first = made([part(4, on_hand())], [part(2, on_hand(2))])
    second = made([part(1, on_hand(2))], [part(1, on_hand(3))], 2)
    book.act(converts=[first, second], limits=[floor(on_hand(n)) for n in (1, 2, 3)])
    assert [book.at(on_hand(n)) for n in (1, 2, 3)] == [(0, 0), (1, 5), (1, 7)]


def test_goods_may_become_the_same_goods(book: Book) -> None:
    """Repacking: another lot, another grade."""
    book.act(moves=[arrive(3, 10, on_hand(lot=7))])
    book.act(converts=[made([part(3, on_hand(lot=7))], [part(1, on_hand(lot=8), 2), part(2, on_hand(lot=9), 1)])])
    assert (book.at(on_hand(lot=8)), book.at(on_hand(lot=9))) == ((1, D("6.67")), (2, D("3.33")))
    assert book.summed("converted") == (0, 0)


def test_what_is_made_serves_the_line_and_fills_a_hole(book: Book) -> None:
    book.act(moves=[arrive(4, 40)])
    book.act(101, places=[reserve(1, 201, on_hand(2), waits=True)], limits=[floor(on_hand(2))])
    posting = book.act(converts=[made([part(2, on_hand())], [part(1, on_hand(2))])], limits=[floor(on_hand(2))])
    assert {hold.line: hold.waiting for hold in posting.holds} == {201: 0}
    book.act(moves=[leave(2, on_hand(2))])
    assert book.at(on_hand(2)) == (-1, -20)
    book.act(converts=[made([part(2, on_hand())], [part(1, on_hand(2))], 5)])
    assert (book.at(on_hand(2)), book.summed("stock_difference")) == ((0, 0), (0, 5))


def test_it_is_reversed_exactly(book: Book) -> None:
    book.act(moves=[arrive(3, 10), arrive(7, "9.99", on_hand(lot=7))])
    before = book.meters()
    outputs = [part(2, on_hand(2), "0.333333"), part(1, on_hand(3, lot=8), "0.666667")]
    journal = book.act(converts=[made([part(5, on_hand())], outputs, "0.01")]).id
    book.reverse(journal, [floor(on_hand(n)) for n in (1, 2, 3)])
    assert book.meters() == before


def test_what_was_made_is_revalued_and_unmade(book: Book) -> None:
    """A late bill of the workshop; then one piece is taken apart again, as far as its row goes."""
    book.act(moves=[arrive(4, 40)])
    book.act(700, converts=[made([part(4, on_hand(), line=702)], [part(2, on_hand(2), line=701)])])
    at, gone = on_hand(2), AccountKey("cost", item=2)
    book.act(moves=[leave(1, on_hand(2))])
    book.act(710, revalues=[Revalue(700, 701, D(3), at, gone, WAGES, 711)])
    assert (book.at(at), book.summed("cost")) == ((1, D("21.50")), (1, D("21.50")))
    book.act(720, gives_back=[GiveBack(700, 701, at, D(1), 721), GiveBack(700, 702, on_hand(), D(2), 722)])
    assert (book.at(at), book.at(on_hand())) == ((0, 0), (2, 20))
    assert book.summed("converted")[1] == 0


@given(
    st.decimals("-99999999", "999999999999.99", places=2),
    st.lists(st.decimals(0, 9999, places=6), min_size=1, max_size=12).filter(any),
)
def test_shares_add_up_and_none_has_the_other_sign(amount: D, weights: list[D]) -> None:
    parts = value.split(amount, weights)
    assert sum(parts, D(0)) == amount
    assert all(part * amount >= 0 for part in parts)
    assert all(part == part.quantize(D("0.01")) for part in parts)
    assert all(not part for part, weight in zip(parts, weights, strict=True) if not weight)


@given(st.lists(st.just(D(1)), min_size=1, max_size=60), st.integers(-300, 300))
def test_equal_shares_differ_by_a_cent_at_most(weights: list[D], cents: int) -> None:
    parts = value.split(D(cents) / 100, weights)
    assert max(parts) - min(parts) <= D("0.01")
