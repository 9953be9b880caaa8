"""Giving back: the original lots at the original amounts, never more than is left, exact and reversible."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from onebook.ledger import lock, periods, post, reverse
from onebook.ledger.account import AccountKey
from onebook.ledger.decide import decide, decide_all
from onebook.ledger.journal import Origin
from onebook.ledger.refusals import (
    BalanceTooLow,
    GivenBackSince,
    GivesBackTooMuch,
    MovedNothing,
    NothingLeft,
    OriginalReversed,
    PeriodClosed,
    WouldBreakLaterDay,
)
from onebook.ledger.request import GiveBack, Move
from onebook.storage.database import Database
from onebook.values.month import Month
from tests.unit.ledger.book import (
    DAY,
    ROLES,
    Book,
    arrive,
    floor,
    leave,
    on_hand,
    request,
    reserve,
    shelf,
)

DELIVERY, DELIVERED, RECEIPT, RECEIVED, RETURN = 500, 501, 400, 401, 600


def back(
    quantity: object, document: int = DELIVERY, of: int = DELIVERED, at: AccountKey | None = None, line: int = 601
) -> GiveBack:
    return GiveBack(document, of, at or on_hand(), D(str(quantity)), line)


def test_goods_come_back_at_what_they_cost_when_they_left(book: Book) -> None:
    book.act(moves=[arrive(3, 10)])
    book.act(DELIVERY, moves=[leave(3, line=DELIVERED)])
    book.act(moves=[arrive(3, 90)])
    assert [book.act(RETURN, gives_back=[back(1)]).journal.entries[1].amount for _ in range(3)] == [
        D("3.33"), D("3.34"), D("3.33"),
    ]  # fmt: skip
    assert book.round_trips == 2
    assert book.at(on_hand()) == (6, 100)
    assert book.summed("cost") == (0, 0)
    with pytest.raises(NothingLeft) as refusal:
        book.act(RETURN, gives_back=[back(1)])
    (problem,) = refusal.value.problems
    assert (problem.data["line"], problem.data["asked"], problem.data["left"]) == (601, 1, 0)


def test_more_than_is_left_is_refused_and_names_every_row(book: Book) -> None:
    book.act(moves=[arrive(9, 9), arrive(9, 9, on_hand(2))])
    book.act(DELIVERY, moves=[leave(4, line=501), leave(5, on_hand(2), line=502)])
    book.act(RETURN, gives_back=[back(3)])
    before = book.meters()
    asked = [back(2, line=601), back(6, of=502, at=on_hand(2), line=602), back(1, of=502, at=on_hand(2), line=603)]
    with pytest.raises(GivesBackTooMuch) as refusal:
        book.act(RETURN, gives_back=asked)
    assert [
        (p.data["line"], p.data["of"], p.data["item"], p.data["asked"], p.data["left"], p.data["lines"])
        for p in refusal.value.problems
    ] == [(601, 501, 1, 2, 1, [601]), (602, 502, 2, 6, 5, [602])]
    # Two rows that return the same line share what is left of it.
    with pytest.raises(GivesBackTooMuch) as refusal:
        book.act(RETURN, gives_back=[back(3, of=502, at=on_hand(2)), back(3, of=502, at=on_hand(2), line=602)])
    assert [(p.data["line"], p.data["left"]) for p in refusal.value.problems] == [(602, 2)]
    assert book.meters() == before


def test_a_row_that_moved_nothing_and_one_that_was_reversed_are_told_apart(book: Book) -> None:
    book.act(moves=[arrive(9, 9)])
    reversed_one = book.act(DELIVERY, moves=[leave(4, line=DELIVERED)])
    book.reverse(reversed_one.id)
    with pytest.raises(OriginalReversed):
        book.act(RETURN, gives_back=[back(1)])
    with pytest.raises(MovedNothing) as refusal:
        book.act(RETURN, gives_back=[back(1, of=999), back(2, document=999)])
    assert [(p.data["of"], p.data["asked"], p.data["left"]) for p in refusal.value.problems] == [
        (999, 1, 0), (DELIVERED, 2, 0),
    ]  # fmt: skip
    # Of another item or role, it moved nothing either.
    book.act(DELIVERY, moves=[leave(4, line=DELIVERED)])
    with pytest.raises(MovedNothing):
        book.act(RETURN, gives_back=[back(1, at=on_hand(2))])
    with pytest.raises(MovedNothing):
        book.act(RETURN, gives_back=[back(1, at=shelf())])
    book.act(RETURN, gives_back=[back(4)])
    assert book.at(on_hand()) == (9, 9)


def test_the_lots_taken_last_come_back_first(book: Book) -> None:
    lots = [on_hand(lot=7), on_hand(lot=8)]
    book.act(moves=[arrive(2, 20, lots[0]), arrive(3, 60, lots[1])])
    book.act(DELIVERY, moves=[leave(2, lots[0], line=DELIVERED), leave(2, lots[1], line=DELIVERED)])
    posting = book.act(RETURN, gives_back=[back(3)])
    entries: list[Any] = [
        (e.account.role, e.account.lot, e.quantity, e.amount, e.gives_back) for e in posting.journal.entries
    ]
    assert entries == [
        ("cost", 0, -2, -40, DELIVERED), ("on_hand", 8, 2, 40, DELIVERED),
        ("cost", 0, -1, -10, DELIVERED), ("on_hand", 7, 1, 10, DELIVERED),
    ]  # fmt: skip
    assert (book.at(lots[0]), book.at(lots[1]), book.at(on_hand())) == ((1, 10), (3, 60), (4, 70))
    book.act(RETURN, gives_back=[back(1)])
    assert book.at(lots[0]) == (2, 20)


def test_a_lot_that_is_named_is_the_one_that_comes_back(book: Book) -> None:
    lots = [on_hand(lot=n) for n in (7, 8, 9)]
    book.act(moves=[arrive(1, n, lot) for n, lot in enumerate(lots, 10)])
    book.act(DELIVERY, moves=[leave(1, lot, line=DELIVERED) for lot in lots])
    book.act(RETURN, gives_back=[back(1, at=lots[1])])
    assert (book.at(lots[1]), book.at(on_hand())) == ((1, 11), (1, 11))
    with pytest.raises(NothingLeft):
        book.act(RETURN, gives_back=[back(1, at=lots[1])])
    with pytest.raises(MovedNothing):
        book.act(RETURN, gives_back=[back(1, at=on_hand(lot=3))])
    book.act(RETURN, gives_back=[back(2)])
    assert book.at(on_hand()) == (3, 33)


def test_goods_may_come_back_to_another_place(book: Book) -> None:
    """Their lot has never been there: its account is made with the return, and not by a preview."""
    book.act(moves=[arrive(4, 40, on_hand(lot=7))])
    book.act(DELIVERY, moves=[leave(4, on_hand(lot=7), line=DELIVERED)])
    asked = request(RETURN, gives_back=[back(3, at=on_hand(place=2))], limits=[floor(on_hand(place=2))])
    accounts = book.rows("SELECT count(*) FROM ledger_account")
    seen = book.preview(asked)
    assert book.rows("SELECT count(*) FROM ledger_account") == accounts
    done = book.run(asked)
    assert seen.journal == done.journal
    assert book.at(on_hand(place=2, lot=7)) == (3, 30)
    assert book.at(on_hand(place=2)) == (3, 30)
    with pytest.raises(GivesBackTooMuch):
        book.act(RETURN, gives_back=[back(2)])
    book.act(RETURN, gives_back=[back(1)])
    assert book.at(on_hand(lot=7)) == (1, 10)


def test_goods_come_back_to_their_spot_or_to_the_one_named(book: Book) -> None:
    book.act(moves=[arrive(4, 40, shelf(lot=7, spot=31)), arrive(4, 80, shelf(lot=7, spot=32))])
    book.act(DELIVERY, moves=[leave(4, shelf(lot=7, spot=31), line=DELIVERED)])
    book.act(RETURN, gives_back=[back(1, at=shelf())])
    assert book.at(shelf(lot=7, spot=31)) == (1, 10)
    book.act(RETURN, gives_back=[back(1, at=shelf(spot=32))])
    assert book.at(shelf(lot=7, spot=32)) == (5, 90)
    book.act(RETURN, gives_back=[back(1, at=shelf(place=2))])
    assert book.at(shelf(place=2, lot=7)) == (1, 10)
    assert book.rows("SELECT count(*) FROM ledger_account WHERE role = 'shelf' AND place = 2") == [(2,)]


def test_a_purchase_goes_back_at_what_it_cost(book: Book) -> None:
    """Out of a mixed position, whatever the others cost; the supplier is credited with the original amount."""
    book.act(RECEIPT, moves=[arrive(10, 100, line=RECEIVED)])
    book.act(moves=[arrive(10, 300)])
    book.act(RETURN, gives_back=[back(3, RECEIPT, RECEIVED)], limits=[floor(on_hand())])
    assert book.at(on_hand()) == (17, 370)
    assert book.summed("supply") == (-17, -370)
    book.act(RETURN, gives_back=[back(7, RECEIPT, RECEIVED)], limits=[floor(on_hand())])
    assert book.at(on_hand()) == (10, 300)
    with pytest.raises(NothingLeft):
        book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED)])


def test_what_was_sold_since_cannot_go_back(book: Book) -> None:
    book.act(RECEIPT, moves=[arrive(10, 100, line=RECEIVED)])
    book.act(moves=[leave(8)])
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(RETURN, gives_back=[back(3, RECEIPT, RECEIVED)], limits=[floor(on_hand())])
    (problem,) = refusal.value.problems
    assert (problem.data["needed"], problem.data["available"], problem.data["lines"]) == (3, 2, [601])
    # What is promised is not free to go back either.
    book.act(101, places=[reserve(1, 201)])
    with pytest.raises(BalanceTooLow):
        book.act(RETURN, gives_back=[back(2, RECEIPT, RECEIVED)], limits=[floor(on_hand())])
    book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED)], limits=[floor(on_hand())])


def test_the_lots_that_are_still_here_go_back(book: Book) -> None:
    lots = [on_hand(lot=n) for n in (7, 8)]
    book.act(RECEIPT, moves=[arrive(5, 50, lots[0], RECEIVED), arrive(5, 75, lots[1], RECEIVED)])
    book.act(moves=[leave(4, lots[1])])
    limits = [floor(on_hand(), each_leaf=True)]
    posting = book.act(RETURN, gives_back=[back(3, RECEIPT, RECEIVED)], limits=limits)
    left: list[Any] = [(e.account.lot, e.quantity, e.amount) for e in posting.journal.entries if e.quantity < 0]
    assert left == [(8, -1, -15), (7, -2, -20)]
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(RETURN, gives_back=[back(4, RECEIPT, RECEIVED)], limits=limits)
    assert {problem.data["lot"] for problem in refusal.value.problems} >= {8}
    # Another lot of the same goods is of no use to the supplier.
    book.act(moves=[arrive(9, 9, on_hand(lot=9))])
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(RETURN, gives_back=[back(4, RECEIPT, RECEIVED)], limits=limits)
    assert {problem.data["lot"] for problem in refusal.value.problems} == {8}
    book.act(RETURN, gives_back=[back(3, RECEIPT, RECEIVED)], limits=limits)
    assert book.at(on_hand()) == (9, 9)


def test_a_lot_goes_back_from_the_spots_where_it_lies(book: Book) -> None:
    book.act(RECEIPT, moves=[arrive(6, 60, shelf(lot=7, spot=31), RECEIVED)])
    book.act(moves=[Move(shelf(lot=7, spot=31), shelf(lot=7, spot=32), D(4))])
    limits = [floor(shelf(), each_leaf=True)]
    posting = book.act(RETURN, gives_back=[back(5, RECEIPT, RECEIVED, shelf())], limits=limits)
    left: dict[int, Any] = {
        e.account.spot: (e.quantity, e.amount) for e in posting.journal.entries if e.account.role == "shelf"
    }
    assert left == {31: (-2, -20), 32: (-3, -30)}
    with pytest.raises(BalanceTooLow):
        limits = [floor(shelf(spot=31), each_leaf=True)]
        book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED, shelf(spot=31))], limits=limits)
    book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED, shelf(spot=32))])
    assert book.at(shelf()) == (0, 0)


def test_pieces_without_a_lot_go_back_from_the_spots_where_they_lie(book: Book) -> None:
    """Lots of the same goods stand beside them, and are not what the supplier sent."""
    book.act(RECEIPT, moves=[arrive(6, 60, shelf(spot=31), RECEIVED)])
    book.act(moves=[arrive(9, 99, shelf(lot=7, spot=31)), Move(shelf(spot=31), shelf(spot=32), D(1))])
    book.act(moves=[Move(shelf(spot=31), shelf(), D(2), line=1)], picks={shelf(spot=31): (shelf(spot=31),)})
    limits = [floor(shelf(), each_leaf=True)]
    posting = book.act(RETURN, gives_back=[back(5, RECEIPT, RECEIVED, shelf())], limits=limits)
    left: list[Any] = [(e.account.spot, e.quantity, e.amount) for e in posting.journal.entries if e.quantity < 0]
    assert left == [(31, -3, -30), (0, -2, -20)]
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED, shelf(spot=31))], limits=[
            floor(shelf(spot=31), each_leaf=True)
        ])  # fmt: skip
    assert {(problem.data["spot"], problem.data["lot"]) for problem in refusal.value.problems} == {(31, 0)}
    book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED, shelf())], limits=limits)
    assert book.at(shelf()) == (9, 99)


def test_the_last_pieces_of_a_cheaper_position_leave_no_value(book: Book) -> None:
    book.act(RECEIPT, moves=[arrive(5, 50, line=RECEIVED)])
    book.act(moves=[arrive(5, 5)])
    book.act(moves=[leave(5)])
    book.act(RETURN, gives_back=[back(5, RECEIPT, RECEIVED)])
    assert book.at(on_hand()) == (0, 0)
    assert book.summed("stock_difference") == (0, D("-22.50"))


def test_no_pieces_are_left_with_a_value_below_nothing(book: Book) -> None:
    book.act(RECEIPT, moves=[arrive(5, 50, line=RECEIVED)])
    book.act(moves=[arrive(5, 5)])
    book.act(moves=[leave(4)])
    book.act(RETURN, gives_back=[back(5, RECEIPT, RECEIVED)])
    assert book.at(on_hand()) == (1, 0)
    assert book.summed("stock_difference") == (0, -17)


def test_kept_counter_accounts_get_back_what_they_gave(book: Book) -> None:
    """Goods that went to a customer's shelf in their lots come back from it, and what is left there keeps its value."""
    there = AccountKey("consigned", item=1, party=9)
    book.act(moves=[arrive(3, 10, on_hand(lot=7)), arrive(3, 20, on_hand(lot=8))])
    book.act(DELIVERY, moves=[Move(on_hand(), there, D(5), line=DELIVERED)])
    assert book.at(there) == (5, D("23.33"))
    book.act(RETURN, gives_back=[back(3)])
    assert book.at(AccountKey("consigned", item=1, party=9, lot=7)) == (2, D("6.67"))
    assert (book.at(on_hand(lot=7)), book.at(on_hand(lot=8))) == ((1, D("3.33")), (3, 20))
    book.act(RETURN, gives_back=[back(2)])
    assert (book.at(there), book.at(on_hand())) == ((0, 0), (6, 30))
    assert book.summed("stock_difference") == (0, 0)


def test_a_transfer_is_given_back_from_either_end(book: Book) -> None:
    book.act(moves=[arrive(6, 60, on_hand(lot=7))])
    book.act(DELIVERY, moves=[Move(on_hand(), on_hand(place=2), D(4), line=DELIVERED)])
    book.act(RETURN, gives_back=[back(1)])
    book.act(RETURN, gives_back=[back(1, at=on_hand(place=2))])
    assert (book.at(on_hand(lot=7)), book.at(on_hand(place=2, lot=7))) == ((4, 40), (2, 20))
    with pytest.raises(GivesBackTooMuch):
        book.act(RETURN, gives_back=[back(3)])


def test_a_return_that_is_reversed_may_be_made_again(book: Book) -> None:
    book.act(moves=[arrive(3, 10)])
    book.act(DELIVERY, moves=[leave(3, line=DELIVERED)])
    before = book.meters()
    journal = book.act(RETURN, gives_back=[back(2)])
    book.reverse(journal.id)
    assert book.meters() == before
    book.act(RETURN, gives_back=[back(1)])
    journal = book.act(RETURN, gives_back=[back(1)])
    book.act(RETURN, gives_back=[back(1)])
    book.reverse(journal.id)
    book.act(RETURN, gives_back=[back(1)])
    assert book.at(on_hand()) == (3, 10)
    with pytest.raises(NothingLeft):
        book.act(RETURN, gives_back=[back("0.000001")])


def test_a_return_is_given_back_like_everything_else(book: Book) -> None:
    """The customer sends goods back, and gets part of them again: at their first cost, out of their lot."""
    book.act(moves=[arrive(3, 10, on_hand(lot=7))])
    book.act(DELIVERY, moves=[leave(3, line=DELIVERED)])
    book.act(RETURN, gives_back=[back(2, line=601)])
    assert book.at(on_hand(lot=7)) == (2, D("6.67"))
    book.act(700, gives_back=[back(1, RETURN, 601, line=701)], limits=[floor(on_hand())])
    assert book.at(on_hand(lot=7)) == (1, D("3.33"))
    with pytest.raises(GivesBackTooMuch):
        book.act(700, gives_back=[back(2, RETURN, 601)])


def test_what_was_given_back_is_not_reversed_under_it(book: Book) -> None:
    book.act(moves=[arrive(9, 9)])
    delivery = book.act(DELIVERY, moves=[leave(4, line=DELIVERED)])
    returned = book.act(RETURN, gives_back=[back(1)])
    before = book.meters()
    with pytest.raises(GivenBackSince) as refusal:
        book.reverse(delivery.id)
    (problem,) = refusal.value.problems
    assert (problem.data["line"], problem.data["given_back"]) == (DELIVERED, 1)
    assert book.meters() == before
    with book.database.transaction(book.schema) as transaction:
        undos = reverse.find(transaction, [returned.id, delivery.id])
        requests = [reverse.request_of(undo, DAY, Origin("paper", 100, "reverse", 7)) for undo in undos]
        postings = decide_all(requests, lock.read(transaction, requests, ROLES))
        transaction.commit(*post.statements(*postings))
    assert book.at(on_hand()) == (9, 9)


def bought(
    party: int, quantity: object, amount: object, target: AccountKey | None = None, line: int = RECEIVED
) -> Move:
    """Goods of a supplier."""
    source = AccountKey("supply", item=1, party=party)
    return Move(source, target or on_hand(), D(str(quantity)), D(str(amount)), line)


def test_what_is_missing_is_missing_in_the_lots_that_came_last(book: Book) -> None:
    """Negative stock is allowed: what is here goes first, then the latest lot owes, and never more than it brought."""
    book.act(RECEIPT, moves=[bought(1, 3, 30, on_hand(lot=7)), bought(1, 3, 60, on_hand(lot=8))])
    book.act(moves=[leave(2, on_hand(lot=7)), leave(2, on_hand(lot=8))])
    book.act(RETURN, gives_back=[back(5, RECEIPT, RECEIVED)])
    assert [book.at(on_hand(lot=lot))[0] for lot in (7, 8)] == [-1, -2]
    assert book.summed("supply") == (-1, -10)


def test_a_lot_of_two_suppliers_goes_back_to_the_last_first(book: Book) -> None:
    """One piece is here: it is not given to both."""
    lot = on_hand(lot=7)
    book.act(RECEIPT, moves=[bought(1, 2, 2, lot), bought(2, 2, 4, lot)])
    book.act(moves=[leave(3, lot)])
    posting = book.act(RETURN, gives_back=[back(2, RECEIPT, RECEIVED)])
    assert [(e.account.party, e.quantity, e.amount) for e in posting.journal.entries if e.account.role == "supply"] == [
        (2, D(2), D(4)),
    ]  # fmt: skip
    posting = book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED)])
    assert [(e.account.party, e.amount) for e in posting.journal.entries if e.account.role == "supply"] == [(1, D(1))]


def test_what_goes_back_in_all_and_what_is_there_is_told(book: Book) -> None:
    book.act(RECEIPT, moves=[bought(1, 5, 5), bought(1, 5, 5, line=402), arrive(9, 9, on_hand(lot=9))])
    book.act(moves=[leave(9)], picks={on_hand(): (on_hand(),)})
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(
            RETURN,
            gives_back=[back(2, RECEIPT, RECEIVED), back(3, RECEIPT, 402, line=602)],
            limits=[floor(on_hand())],
        )
    (problem,) = refusal.value.problems
    assert (problem.data["needed"], problem.data["available"]) == (5, 1)


def test_pieces_that_stay_keep_what_they_are_worth(book: Book) -> None:
    """Nothing, or next to nothing: only a value below nothing is a difference."""
    for rest in ("0", "0.05"):
        book.act(RECEIPT, moves=[bought(1, 1, 10)])
        book.act(moves=[arrive(1, rest)])
        posting = book.act(RETURN, gives_back=[back(1, RECEIPT, RECEIVED)])
        assert len(posting.journal.entries) == 2
        assert book.at(on_hand()) == (1, D(rest))
        book.act(moves=[leave(1)])


def test_a_refusal_tells_what_it_is_about(book: Book) -> None:
    book.act(moves=[arrive(9, 9)])
    delivery = book.act(DELIVERY, moves=[leave(4, line=DELIVERED)])
    book.act(RETURN, gives_back=[back(1)])
    with pytest.raises(GivenBackSince) as since:
        book.reverse(delivery.id)
    (problem,) = since.value.problems
    assert (problem.code, problem.data["lines"], since.value.data["count"]) == (GivenBackSince.cause, [DELIVERED], 1)
    with pytest.raises(GivesBackTooMuch) as refusal:
        book.act(RETURN, gives_back=[back(4, line=0)])
    (problem,) = refusal.value.problems
    assert (problem.data["line"], problem.data["lines"]) == (0, [])


def test_a_row_may_give_back_of_itself(book: Book) -> None:
    """A later step of the same record: what it gives back is no move of the row, and undone it undoes itself alone."""
    book.act(moves=[arrive(9, 9)])
    delivery = book.act(DELIVERY, moves=[leave(5, line=DELIVERED)])
    before = book.meters()
    first = book.act(DELIVERY, gives_back=[back(2, line=DELIVERED)])
    between = book.meters()
    second = book.act(DELIVERY, gives_back=[back(2, line=DELIVERED)])
    with pytest.raises(GivesBackTooMuch) as refusal:
        book.act(DELIVERY, gives_back=[back(2, line=DELIVERED)])
    assert refusal.value.problems[0].data["left"] == 1
    assert book.at(on_hand()) == (8, 8)
    with pytest.raises(GivenBackSince) as since:
        book.reverse(delivery.id)
    assert since.value.problems[0].data["given_back"] == 4
    book.reverse(second.id)
    assert book.meters() == between
    book.reverse(first.id)
    assert book.meters() == before
    book.act(DELIVERY, gives_back=[back(5, line=DELIVERED)])
    assert book.at(on_hand()) == (9, 9)


def test_a_record_without_rows_may_give_back_of_itself(book: Book) -> None:
    book.act(moves=[arrive(9, 9)])
    book.act(DELIVERY, moves=[leave(5)])
    before = book.meters()
    returned = book.act(DELIVERY, gives_back=[back(2, DELIVERY, DELIVERY, line=0)])
    with pytest.raises(GivesBackTooMuch) as refusal:
        book.act(DELIVERY, gives_back=[back(4, DELIVERY, DELIVERY, line=0)])
    assert refusal.value.problems[0].data["left"] == 3
    book.reverse(returned.id)
    assert book.meters() == before


def test_a_return_is_not_reversed_under_what_was_given_back_of_it(book: Book) -> None:
    book.act(moves=[arrive(9, 9)])
    book.act(DELIVERY, moves=[leave(4, line=DELIVERED)])
    returned = book.act(RETURN, gives_back=[back(2)])
    again = book.act(700, gives_back=[back(1, RETURN, 601, line=701)], limits=[floor(on_hand())])
    with pytest.raises(GivenBackSince) as refusal:
        book.reverse(returned.id)
    assert (refusal.value.problems[0].data["line"], refusal.value.problems[0].data["given_back"]) == (601, 1)
    book.reverse(again.id)
    book.reverse(returned.id)
    assert book.at(on_hand()) == (5, 5)


def test_what_a_record_moved_without_a_row_is_given_back_by_the_record(book: Book) -> None:
    book.act(moves=[arrive(9, 9)])
    delivery = book.act(DELIVERY, moves=[leave(4), leave(2, line=DELIVERED)])
    book.act(RETURN, gives_back=[back(3, of=DELIVERY)])
    with pytest.raises(GivesBackTooMuch) as refusal:
        book.act(RETURN, gives_back=[back(3, of=DELIVERY)])
    assert refusal.value.problems[0].data["left"] == 1
    with pytest.raises(GivenBackSince):
        book.reverse(delivery.id)
    assert book.at(on_hand()) == (6, 6)


def test_several_returns_of_one_transaction_see_each_other(book: Book) -> None:
    book.act(moves=[arrive(9, 9)])
    book.act(DELIVERY, moves=[leave(4, line=DELIVERED)])
    requests = [request(RETURN, gives_back=[back(3)]), request(RETURN + 1, gives_back=[back(2)])]
    with book.database.transaction(book.schema) as transaction:
        locked = lock.read(transaction, requests, ROLES)
        with pytest.raises(GivesBackTooMuch) as refusal:
            decide_all(requests, locked)
        assert refusal.value.problems[0].data["left"] == 1
        decide(requests[1], locked)


def test_what_comes_back_serves_the_line(book: Book) -> None:
    limits = [floor(on_hand())]
    book.act(moves=[arrive(4, 4, on_hand(lot=7))])
    book.act(DELIVERY, moves=[leave(4, line=DELIVERED)], limits=limits)
    book.act(101, places=[reserve(1, 201, waits=True)], limits=limits)
    book.act(102, places=[reserve(2, 202, on_hand(lot=7), waits=True)], limits=limits)
    posting = book.act(RETURN, gives_back=[back(2)], limits=limits)
    assert {hold.line: hold.waiting for hold in posting.holds} == {201: 0, 202: 1}


def test_a_return_fills_a_hole_first(book: Book) -> None:
    book.act(moves=[arrive(2, 20)])
    book.act(DELIVERY, moves=[leave(2, line=DELIVERED)])
    book.act(moves=[arrive(1, 30), leave(3)])
    assert book.at(on_hand()) == (-2, -60)
    book.act(RETURN, gives_back=[back(2)])
    assert book.at(on_hand()) == (0, 0)
    assert book.summed("stock_difference") == (0, -40)


def test_a_return_is_booked_on_its_own_date(book: Book, database: Database) -> None:
    """The original's month may be closed since: the return stands in today's, linked by its marks and its origin."""
    april = date(2026, 4, 3)
    book.act(moves=[arrive(3, 10)])
    book.act(DELIVERY, moves=[leave(3, line=DELIVERED)])
    with database.transaction(book.schema) as transaction:
        periods.close(transaction, Month.of(DAY), 1)
        transaction.commit()
    with pytest.raises(PeriodClosed):
        book.act(RETURN, gives_back=[back(1)])
    posting = book.act(RETURN, april, gives_back=[back(1)])
    assert book.rows(
        "SELECT DISTINCT j.booked_on, j.record, e.line, e.gives_back FROM ledger_journal j"
        " JOIN ledger_entry e ON e.journal = j.id WHERE j.id = %s",
        posting.id,
    ) == [(april, RETURN, 601, DELIVERED)]


def test_a_return_that_is_dated_back_leaves_later_days_their_lots(book: Book) -> None:
    """There are as many pieces today as in the house on that day, but not of this lot."""
    lots = [on_hand(lot=7), on_hand(lot=8)]
    early, later = date(2026, 3, 3), date(2026, 3, 9)
    limits = [floor(on_hand(), each_leaf=True)]
    book.act(RECEIPT, early, moves=[arrive(5, 50, lots[0], RECEIVED), arrive(5, 75, lots[1])])
    book.act(on=date(2026, 3, 5), moves=[leave(5, lots[0])])
    book.act(on=later, moves=[arrive(5, 50, lots[0])])
    with pytest.raises(WouldBreakLaterDay) as refusal:
        book.act(RETURN, early, gives_back=[back(2, RECEIPT, RECEIVED)], limits=limits)
    (problem,) = refusal.value.problems
    assert (problem.data["lot"], problem.data["lowest"]) == (7, -2)
    book.act(RETURN, later, gives_back=[back(2, RECEIPT, RECEIVED)], limits=limits)
    assert book.round_trips == 2
    # What comes back in the past harms nobody, and may go to a place where its lot has never been.
    book.act(DELIVERY, moves=[leave(3, lots[0], line=DELIVERED)], limits=limits)
    elsewhere = on_hand(place=2)
    given = [back(1), back(1, at=elsewhere)]
    book.act(RETURN, early, gives_back=given, limits=[*limits, floor(elsewhere, each_leaf=True)])
    assert (book.at(lots[0]), book.at(on_hand(place=2, lot=7))) == ((1, 10), (1, 10))
