"""Revaluing: the share still here and the share gone, in cents that add up, wherever the lots lie by now."""

from datetime import date
from decimal import Decimal as D

import pytest

from onebook.ledger import lock, periods
from onebook.ledger.account import AccountKey
from onebook.ledger.decide import decide_all
from onebook.ledger.refusals import MovedNothing, OriginalReversed, PeriodClosed
from onebook.ledger.request import GiveBack, Move, Revalue, Transfer
from onebook.storage.database import Database
from onebook.values.month import Month
from tests.unit.ledger.book import DAY, ROLES, Book, arrive, leave, on_hand, request, shelf

RECEIPT, RECEIVED, BILL = 400, 401, 800
GONE, AGAINST = AccountKey("cost", item=1), AccountKey("estimated", item=1)


def late(
    amount: object, document: int = RECEIPT, of: int = RECEIVED, at: AccountKey | None = None, line: int = 801
) -> Revalue:
    return Revalue(document, of, D(str(amount)), at or on_hand(), GONE, AGAINST, line)


def received(book: Book, quantity: object = 10, amount: object = 100, at: AccountKey | None = None) -> int:
    return book.act(RECEIPT, moves=[arrive(quantity, amount, at, RECEIVED)]).id


def test_everything_is_here(book: Book) -> None:
    received(book)
    posting = book.act(BILL, revalues=[late("7.77")])
    assert book.round_trips == 2
    assert [(str(e.account), e.amount, e.line) for e in posting.journal.entries if not e.quantity] == [
        ("on_hand(item 1, place 1)", D("7.77"), 801), ("estimated(item 1)", D("-7.77"), 801),
    ]  # fmt: skip
    assert book.at(on_hand()) == (10, D("107.77"))


def test_a_part_is_gone(book: Book) -> None:
    received(book)
    book.act(moves=[leave(7)])
    book.act(BILL, revalues=[late(1)])
    assert book.at(on_hand()) == (3, D("30.30"))
    assert book.summed("cost") == (7, D("70.70"))
    assert book.summed("estimated") == (0, -1)


def test_everything_is_gone(book: Book) -> None:
    received(book)
    book.act(moves=[leave(10)])
    book.act(BILL, revalues=[late("3.33"), late("-1.11")])
    assert book.at(on_hand()) == (0, 0)
    assert book.summed("cost") == (10, D("102.22"))


def test_less_may_be_asked_for_than_was_thought(book: Book) -> None:
    received(book, 3, 10)
    book.act(moves=[leave(1)])
    book.act(BILL, revalues=[late("-1.00")])
    assert book.at(on_hand()) == (2, D("6.00"))
    assert book.summed("cost") == (1, D("3.00"))
    assert book.summed("estimated") == (0, 1)


def test_several_times_and_by_several_documents(book: Book) -> None:
    received(book, 3, 10)
    book.act(BILL, revalues=[late("0.01"), late("0.01"), late("0.02")])
    book.act(moves=[leave(1)])
    book.act(BILL + 1, revalues=[late("0.01")])
    assert book.at(on_hand()) == (2, D("6.70"))
    assert book.summed("cost") == (1, D("3.35"))
    book.act(moves=[leave(2)])
    book.act(BILL + 2, revalues=[late("-0.05")])
    assert (book.at(on_hand()), book.summed("cost")) == ((0, 0), (3, D("10.00")))


def test_every_lot_has_its_share_by_pieces(book: Book) -> None:
    lots = [on_hand(lot=n) for n in (7, 8, 9)]
    book.act(RECEIPT, moves=[arrive(1, 10, lot, RECEIVED) for lot in lots])
    book.act(moves=[leave(1, lots[1])])
    book.act(BILL, revalues=[late("1.00")])
    assert [book.at(lot) for lot in lots] == [(1, D("10.33")), (0, 0), (1, D("10.33"))]
    assert book.summed("cost") == (1, D("10.34"))


def test_lots_are_followed_to_where_they_lie(book: Book) -> None:
    received(book, 10, 100, on_hand(lot=7))
    book.act(moves=[Move(on_hand(lot=7), on_hand(place=2), D(4)), Move(on_hand(lot=7), on_hand(place=3), D(1))])
    book.act(moves=[leave(2, on_hand(lot=7))])
    # Others of the same goods are none of its business.
    book.act(moves=[arrive(5, 50, on_hand(place=2, lot=8)), arrive(5, 50, on_hand(place=2))])
    book.act(BILL, revalues=[late("-10.00")])
    assert [book.at(on_hand(place=n, lot=7)) for n in (1, 2, 3)] == [(3, 27), (4, 36), (1, 9)]
    assert book.summed("cost") == (2, 18)
    assert book.at(on_hand(place=2)) == (14, 136)
    # The place that is named comes first: a lot that met others of itself counts no piece twice.
    book.act(moves=[arrive(9, 90, on_hand(place=3, lot=7))])
    book.act(BILL, revalues=[late("10.00", at=on_hand(place=3))])
    assert [book.at(on_hand(place=n, lot=7))[1] for n in (1, 2, 3)] == [27, 36, 109]


def test_spots_are_followed_too(book: Book) -> None:
    received(book, 10, 100, shelf(lot=7, spot=31))
    book.act(moves=[Move(shelf(lot=7, spot=31), shelf(lot=7, spot=32), D(4))])
    book.act(moves=[Move(shelf(lot=7, spot=32), shelf(place=2, spot=41), D(1))])
    book.act(BILL, revalues=[late("10.00", at=shelf())])
    spots = [shelf(lot=7, spot=31), shelf(lot=7, spot=32), shelf(place=2, lot=7, spot=41)]
    assert [book.at(spot) for spot in spots] == [(6, 66), (3, 33), (1, 11)]
    book.act(RECEIPT, moves=[arrive(2, 20, shelf(item=1, spot=31), line=402)])
    book.act(BILL, revalues=[late("2.00", of=402, at=shelf())])
    assert book.at(shelf(spot=31)) == (2, 22)


def test_what_went_back_to_the_supplier_has_no_share(book: Book) -> None:
    received(book, 10, 100)
    book.act(600, gives_back=[GiveBack(RECEIPT, RECEIVED, on_hand(), D(4), 601)])
    book.act(moves=[leave(3)])
    book.act(BILL, revalues=[late("6.00")])
    assert book.at(on_hand()) == (3, 33)
    assert book.summed("cost") == (3, 33)
    book.act(601, gives_back=[GiveBack(RECEIPT, RECEIVED, on_hand(), D(3), 602)])
    # Nothing of it is here: three were sold, seven went back.
    assert book.at(on_hand()) == (0, 0)
    book.act(BILL, revalues=[late("6.00")])
    assert book.summed("cost") == (3, 39)


def test_a_receipt_that_wholly_went_back_is_all_gone(book: Book) -> None:
    received(book, 10, 100)
    book.act(moves=[arrive(5, 50)])
    book.act(600, gives_back=[GiveBack(RECEIPT, RECEIVED, on_hand(), D(10), 601)])
    book.act(BILL, revalues=[late("6.00")])
    assert book.at(on_hand()) == (5, 50)
    assert book.summed("cost") == (0, 6)


def test_goods_that_customers_returned_count_as_here(book: Book) -> None:
    received(book, 10, 100, on_hand(lot=7))
    book.act(500, moves=[leave(8, on_hand(lot=7), line=501)])
    book.act(600, gives_back=[GiveBack(500, 501, on_hand(), D(5), 601)])
    book.act(BILL, revalues=[late("10.00")])
    assert book.at(on_hand(lot=7)) == (7, 77)
    # And they come back at what they cost when they left: the late costs of those stay where they went.
    book.act(600, gives_back=[GiveBack(500, 501, on_hand(), D(3), 601)])
    assert book.at(on_hand(lot=7)) == (10, 107)
    assert book.summed("cost") == (0, 3)


def test_a_mixed_position_takes_the_share_of_what_it_can_hold(book: Book) -> None:
    """Without lots nobody knows which pieces are here: as many as there are, and no more than came."""
    received(book, 10, 100)
    book.act(moves=[arrive(30, 60)])
    book.act(moves=[leave(36)])
    book.act(BILL, revalues=[late("10.00")])
    assert book.at(on_hand()) == (4, 20)
    book.act(moves=[arrive(30, 150)])
    book.act(BILL, revalues=[late("10.00")])
    assert book.at(on_hand()) == (34, 180)
    # At another place they are gone, as far as anybody can tell.
    book.act(moves=[Move(on_hand(), on_hand(place=2), D(34))])
    book.act(BILL, revalues=[late("10.00")])
    assert book.at(on_hand(place=2)) == (34, 180)


def test_no_position_falls_below_nothing(book: Book) -> None:
    received(book, 10, 100)
    book.act(moves=[arrive(10, 0)])
    book.act(moves=[leave(12)])
    assert book.at(on_hand()) == (8, 40)
    cost = book.summed("cost")[1]
    book.act(BILL, revalues=[late("-90.00")])
    assert book.at(on_hand()) == (8, 0)
    assert book.summed("cost")[1] == cost - 50
    assert book.summed("estimated") == (0, 90)


def test_negative_stock_holds_no_share(book: Book) -> None:
    received(book, 2, 20)
    book.act(moves=[leave(5)])
    book.act(BILL, revalues=[late("3.00")])
    assert book.at(on_hand()) == (-3, -30)


def test_nothing_is_added_by_nothing(book: Book) -> None:
    received(book)
    assert book.act(BILL, revalues=[late(0)]).is_empty


def test_what_brought_nothing_in_is_refused(book: Book) -> None:
    receipt = received(book)
    book.act(500, moves=[leave(2, line=501)])
    with pytest.raises(MovedNothing) as refusal:
        book.act(BILL, revalues=[late(1, of=999), late(1), late(2, 500, 501, line=802), late(3, at=on_hand(2))])
    assert [(p.data["line"], p.data["of"], p.data["asked"]) for p in refusal.value.problems] == [
        (801, 999, 1), (802, 501, 2), (801, RECEIVED, 3),
    ]  # fmt: skip
    book.reverse(receipt)
    with pytest.raises(OriginalReversed):
        book.act(BILL, revalues=[late(1)])


def test_it_is_reversed_like_everything_else(book: Book) -> None:
    received(book, 3, 10, on_hand(lot=7))
    book.act(moves=[leave(1, on_hand(lot=7))])
    before = book.meters()
    journal = book.act(BILL, revalues=[late("0.10"), late("-0.07")]).id
    book.reverse(journal)
    assert book.meters() == before
    # After the pieces have gone, taking it back leaves no value behind.
    journal = book.act(BILL, revalues=[late("0.10")]).id
    book.act(moves=[leave(2, on_hand(lot=7))])
    book.reverse(journal)
    assert book.at(on_hand()) == (0, 0)


def test_preview_is_what_execute_does(book: Book) -> None:
    received(book, 3, 10, on_hand(lot=7))
    book.act(moves=[Move(on_hand(lot=7), on_hand(place=2), D(1))])
    asked = request(BILL, revalues=[late("0.10")])
    assert book.preview(asked).journal == book.run(asked).journal


def test_it_stands_on_its_own_date_linked_to_its_cause(book: Book, database: Database) -> None:
    april = date(2026, 4, 2)
    received(book)
    with database.transaction(book.schema) as transaction:
        periods.close(transaction, Month.of(DAY), 1)
        transaction.commit()
    with pytest.raises(PeriodClosed):
        book.act(BILL, revalues=[late(1)])
    posting = book.act(BILL, april, revalues=[late(1)])
    assert book.rows("SELECT booked_on, record FROM ledger_journal WHERE id = %s", posting.id) == [(april, BILL)]


def test_what_is_dated_back_is_worth_what_things_are_worth_today(book: Book) -> None:
    """A receipt of yesterday that is booked today changes nothing that left yesterday; what leaves takes today's."""
    early, later = date(2026, 3, 2), date(2026, 3, 20)
    book.act(on=early, moves=[arrive(10, 100)])
    sold = book.act(on=later, moves=[leave(5)])
    book.act(RECEIPT, early, moves=[arrive(5, 100, line=RECEIVED)])
    assert sold.journal.entries[1].amount == 50
    assert book.at(on_hand()) == (10, 150)
    late_sale = book.act(on=early, moves=[leave(2)])
    assert late_sale.journal.entries[1].amount == 30
    revalued = book.act(BILL, early, revalues=[late(8)])
    assert [e.amount for e in revalued.journal.entries] == [8, -8]


def test_goods_and_late_costs_in_one_transaction(book: Book) -> None:
    received(book, 4, 40)
    requests = [request(500, moves=[leave(3)]), request(BILL, revalues=[late(4)])]
    with book.database.transaction(book.schema) as transaction:
        _, second = decide_all(requests, lock.read(transaction, requests, ROLES))
    assert [e.amount for e in second.journal.entries] == [1, 3, -4]
    asked = request(BILL, moves=[leave(1)], revalues=[late(4)], transfers=[Transfer(GONE, AGAINST, D(1))])
    assert [e.amount for e in book.run(asked).journal.entries] == [-10, 10, 3, 1, -4, 1, -1]


def bought(party: int, quantity: object, amount: object, target: AccountKey) -> Move:
    source = AccountKey("supply", item=1, party=party)
    return Move(source, target, D(str(quantity)), D(str(amount)), RECEIVED)


def test_a_lot_of_two_suppliers_is_one_lot(book: Book) -> None:
    lot = on_hand(lot=7)
    book.act(RECEIPT, moves=[bought(1, 2, 10, lot), bought(2, 2, 10, lot)])
    book.act(moves=[leave(1, lot)])
    book.act(BILL, revalues=[late(4)])
    assert book.at(lot) == (3, 18)
    # Of all that the lot is worth to the row, no more than is here can be taken.
    book.act(BILL, revalues=[late(-40)])
    assert book.at(lot) == (3, 0)


def test_pieces_of_a_lot_in_two_spots_count_once(book: Book) -> None:
    spots = [shelf(lot=7, spot=spot) for spot in (1, 2)]
    book.act(RECEIPT, moves=[bought(1, 2, 10, spots[0]), bought(2, 2, 10, spots[1])])
    book.act(moves=[leave(2, spots[0])])
    book.act(BILL, revalues=[late(4, at=shelf())])
    assert (book.at(spots[0]), book.at(spots[1])) == ((0, 0), (2, 12))


def test_what_came_for_nothing_is_worth_something_later(book: Book) -> None:
    received(book, 2, 0)
    book.act(moves=[leave(1)])
    book.act(BILL, revalues=[late(5)])
    assert book.at(on_hand()) == (1, D("2.50"))
    received(book, 1, "0.50", on_hand(place=2))
    book.act(BILL, revalues=[late(2, at=on_hand(place=2))])
    # Two of its three pieces lie elsewhere, and without a lot they are not followed.
    assert book.at(on_hand(place=2)) == (1, D("1.17"))


def test_hours_that_are_owed_become_worth_less_or_more_but_never_a_claim(book: Book) -> None:
    """Pieces with an amount below zero: what is taken off is bounded by what they stand for, what is added is not."""
    hours = AccountKey("class_hours", item=1, party=1, lot=7)
    tuition, breakage = AccountKey("tuition", item=1, party=1), AccountKey("breakage", item=1, party=1)
    book.act(RECEIPT, moves=[Move(AccountKey("sold_hours", item=1, party=1), hours, D(10), D(-100), RECEIVED)])
    book.act(moves=[Move(hours, tuition, D(4))])
    assert book.at(hours) == (6, -60)

    def revalued(amount: object) -> None:
        asked = Revalue(RECEIPT, RECEIVED, D(str(amount)), hours, tuition, breakage, 801)
        book.act(BILL, revalues=[asked])

    revalued(-30)
    assert book.at(hours) == (6, -78)
    revalued(50)
    assert book.at(hours) == (6, -48)
    revalued(100)
    assert book.at(hours) == (6, 0)
    revalued(10)
    assert book.at(hours) == (6, 0)
