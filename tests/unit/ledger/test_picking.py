"""Picking: which leaves pieces are taken from, in which order, with which value, and which are kept."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest

from onebook.ledger import lock, post
from onebook.ledger.account import AccountKey
from onebook.ledger.decide import decide_all
from onebook.ledger.posting import Posting
from onebook.ledger.refusals import BalanceTooLow, LimitExceeded, WouldBreakLaterDay
from onebook.ledger.request import Limit, Measure, Move, Place, Tense
from onebook.storage.database import retrying
from tests.unit.ledger.book import ROLES, Book, arrive, floor, leave, on_hand, request, reserve, settle, shelf

D = Decimal


def lot(number: int, place: int = 1) -> AccountKey:
    return on_hand(place=place, lot=number)


def stock(book: Book, *parts: tuple[AccountKey, object, object]) -> None:
    book.act(moves=[arrive(quantity, amount, key) for key, quantity, amount in parts])


def entries(posting: Posting) -> list[tuple[str, Any, Any, int]]:
    return [(str(e.account), e.quantity, e.amount, e.line) for e in posting.journal.entries]


def taken(posting: Posting, role: str = "on_hand") -> dict[tuple[int, int], tuple[Any, Any]]:
    """By lot and spot: pieces and value that left."""
    return {
        (e.account.lot, e.account.spot): (-e.quantity, -e.amount)
        for e in posting.journal.entries
        if e.account.role == role and e.quantity < 0
    }


def test_pieces_without_a_lot_go_first_then_lots_by_age(book: Book) -> None:
    stock(book, (lot(9), 5, 100), (lot(7), 4, "10.01"), (on_hand(), 2, 3))
    posting = book.act(moves=[leave(8, line=31)])
    cost = "cost(item 1)"
    assert entries(posting) == [
        ("on_hand(item 1, place 1)", -2, -3, 31), (cost, 2, 3, 31),
        ("on_hand(item 1, place 1, lot 7)", -4, D("-10.01"), 31), (cost, 4, D("10.01"), 31),
        ("on_hand(item 1, place 1, lot 9)", -2, -40, 31), (cost, 2, 40, 31),
    ]  # fmt: skip
    assert [book.at(key) for key in (lot(7), lot(9), on_hand())] == [(0, 0), (3, 60), (3, 60)]


def test_an_empty_book_and_one_without_lots_pick_nothing(book: Book) -> None:
    book.act(moves=[leave(1)])
    assert book.at(on_hand()) == (-1, 0)
    book.act(moves=[arrive(5, 5)])
    assert taken(book.act(moves=[leave(2)])) == {(0, 0): (2, 2)}
    assert book.round_trips == 2


def test_the_caller_may_say_which_lots_and_in_which_order(book: Book) -> None:
    stock(book, (lot(7), 5, 5), (lot(8), 5, 10), (lot(9), 5, 15), (on_hand(), 5, 1))
    # Lots that are not there, or not of this account, are passed over.
    picks = {on_hand(): (lot(12), lot(9), on_hand(place=2, lot=8), lot(7))}
    assert taken(book.act(moves=[leave(6)], picks=picks)) == {(9, 0): (5, 15), (7, 0): (1, 1)}
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(moves=[leave(12)], picks={on_hand(): (lot(8),)}, limits=[floor(on_hand())])
    (problem,) = refusal.value.problems
    # The account's own five pieces fill in, and nobody was told to take those of lot 7.
    assert (problem.data["needed"], problem.data["available"], problem.data["lot"]) == (12, 10, 0)


def test_two_moves_of_an_event_do_not_pick_the_same_piece(book: Book) -> None:
    stock(book, (lot(7), 3, 3), (lot(8), 3, 6))
    posting = book.act(moves=[leave(2, line=1), leave(2, line=2), leave(1, lot(8), line=3)])
    assert [(e.account, int(e.quantity), int(e.amount), e.line) for e in posting.journal.entries[::2]] == [
        (lot(7), -2, -2, 1), (lot(7), -1, -1, 2), (lot(8), -1, -2, 2), (lot(8), -1, -2, 3),
    ]  # fmt: skip
    with pytest.raises(BalanceTooLow):
        book.act(moves=[leave(1), leave(1)], limits=[floor(on_hand())])


def test_what_arrives_in_the_same_event_can_be_picked(book: Book) -> None:
    assert taken(book.act(moves=[arrive(3, 9, lot(7)), leave(2)], limits=[floor(on_hand())])) == {(7, 0): (2, 6)}


def test_frozen_leaves_give_what_is_not_frozen(book: Book) -> None:
    stock(book, (lot(7), 4, 4), (lot(8), 4, 8))
    frozen = book.act(103, places=[Place("freeze", lot(7), D(-3), line=301)], limits=[floor(on_hand())])
    assert taken(book.act(moves=[leave(2)])) == {(7, 0): (1, 1), (8, 0): (1, 2)}
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(moves=[leave(4)], limits=[floor(on_hand())])
    assert {key: refusal.value.problems[0].data[key] for key in ("needed", "available", "lot")} == {
        "needed": 4, "available": 3, "lot": 0,
    }  # fmt: skip
    # A reservation stands on the product, and takes from no lot in particular.
    book.act(104, places=[reserve(3, 401)], limits=[floor(on_hand())])
    assert taken(book.act(settles=[settle(3, 401)], moves=[leave(3)], limits=[floor(on_hand())])) == {(8, 0): (3, 6)}
    # What is frozen is free once its own promise comes true.
    thawed = book.act(settles=[settle(3, 301, "freeze")], moves=[leave(3)], limits=[floor(on_hand())])
    assert taken(thawed) == {(7, 0): (3, 3)}
    assert not frozen.journal.entries


def test_negative_stock_is_taken_from_no_lot(book: Book) -> None:
    stock(book, (lot(7), 2, 4))
    posting = book.act(moves=[leave(5)])
    assert taken(posting) == {(7, 0): (2, 4), (0, 0): (3, 0)}
    assert (book.at(on_hand()), book.at(lot(7))) == ((-3, 0), (0, 0))
    # A hole in the account's own part is not filled by lots, and gives nothing.
    stock(book, (lot(8), 4, 8))
    assert taken(book.act(moves=[leave(4)])) == {(8, 0): (4, 8)}
    assert book.at(on_hand()) == (-3, 0)


def test_a_given_amount_is_split_to_the_cent(book: Book) -> None:
    stock(book, (lot(7), 1, 3), (lot(8), 1, 3), (lot(9), 1, 4))
    assert taken(book.act(moves=[leave(3, amount="10.00")])) == {
        (7, 0): (1, D("3.33")), (8, 0): (1, D("3.34")), (9, 0): (1, D("3.33")),
    }  # fmt: skip
    assert book.summed("stock_difference") == (0, 0)


def test_a_transfer_keeps_its_lots(book: Book) -> None:
    stock(book, (lot(7), 2, 4), (lot(8), 5, 5), (on_hand(), 1, 9))
    book.act(moves=[Move(on_hand(), on_hand(place=2), D(6))], limits=[floor(on_hand())])
    there = {number: book.at(on_hand(place=2, lot=number)) for number in (0, 7, 8)}
    assert there == {0: (6, 16), 7: (2, 4), 8: (3, 3)}
    assert book.state(on_hand(place=2)).accounts[on_hand(place=2)].own_quantity == 1
    # Accounts that are there already are used again, and a lot that was named is kept too.
    book.act(moves=[Move(on_hand(), on_hand(place=2), D(1)), Move(lot(8), on_hand(place=2), D(1))])
    assert book.at(on_hand(place=2, lot=8)) == (5, 5)
    assert book.rows("SELECT count(*) FROM ledger_account WHERE lot = 8 AND place = 2") == [(1,)]
    # A target that names a lot gets all of it there.
    book.act(moves=[Move(on_hand(place=2), on_hand(place=3, lot=99), D(3))])
    assert book.at(on_hand(place=3, lot=99)) == (3, 13)


def test_lots_that_go_on_in_the_same_event_and_the_next(book: Book) -> None:
    stock(book, (lot(7), 4, 8))
    # A lot that is named on its first way is known on its second, back to where it was.
    book.act(moves=[Move(lot(7), on_hand(place=4), D(2)), Move(on_hand(place=4), on_hand(), D(2))])
    assert book.at(lot(7)) == (4, 8)
    first = request(101, moves=[arrive(1, 1, lot(8)), Move(on_hand(), on_hand(place=2), D(5))])
    onward = request(102, moves=[Move(on_hand(place=2), on_hand(place=3), D(5)), leave(2, on_hand(place=3))])
    with book.database.transaction(book.schema) as transaction:
        postings = decide_all([first, onward], lock.read(transaction, [first, onward], ROLES))
        transaction.commit(*post.statements(*postings))
    assert transaction.round_trips == 2
    assert [book.at(on_hand(place=3, lot=number)) for number in (7, 8)] == [(2, 4), (1, 1)]
    assert book.rows("SELECT count(*) FROM ledger_account WHERE place = 2 AND has_pieces") == [(0,)]


def test_spots_are_asked_for_and_not_carried(book: Book) -> None:
    stock(
        book, (shelf(spot=5, lot=7), 3, 3), (shelf(spot=5), 2, 10), (shelf(spot=6, lot=7), 4, 8), (shelf(lot=8), 1, 1)
    )
    assert book.at(shelf()) == (10, 22)
    # Only what lies at the spot, its own part first.
    assert taken(book.act(moves=[leave(3, shelf(spot=5))]), "shelf") == {(0, 5): (2, 10), (7, 5): (1, 1)}
    # Only that lot, wherever it lies.
    assert taken(book.act(moves=[leave(3, shelf(lot=7))]), "shelf") == {(7, 5): (2, 2), (7, 6): (1, 2)}
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(moves=[leave(4, shelf(spot=6), line=77)], limits=[floor(shelf(spot=6)), floor(shelf())])
    assert {key: refusal.value.problems[0].data[key] for key in ("needed", "available", "spot", "lines")} == {
        "needed": 4, "available": 3, "spot": 6, "lines": [77],
    }  # fmt: skip
    # To another spot: the lot goes along, the spot does not.
    posting = book.act(moves=[Move(shelf(spot=6), shelf(spot=5), D(2)), Move(shelf(), shelf(place=2), D(2))])
    assert [book.at(key) for key in (shelf(spot=6, lot=7), shelf(spot=5, lot=7))] == [(1, 2), (0, 0)]
    assert book.at(shelf(place=2, lot=7)) == (2, 4)
    assert {e.account.spot for e in posting.journal.entries if e.account.place == 2} == {0}


def test_between_spots_of_a_place_nothing_changes_on_the_whole(book: Book) -> None:
    stock(book, (shelf(spot=5), 3, 3))
    book.act(moves=[Move(shelf(spot=5), shelf(spot=6), D(3))], limits=[floor(shelf(spot=5))])
    assert [book.at(key) for key in (shelf(), shelf(spot=5), shelf(spot=6))] == [(3, 3), (0, 0), (3, 3)]
    assert book.rows(
        "SELECT sum(quantity_in), sum(quantity_out) FROM ledger_total t JOIN ledger_account a ON a.id = t.account"
        " WHERE a.role = 'shelf' AND a.control IS NULL"
    ) == [(6, 3)]


def test_a_position_of_negative_amount_lets_it_go_by_share(book: Book) -> None:
    """Hours that a customer has paid for: pieces that are owed, each at what was paid for it."""
    bought, gift = AccountKey("card", item=3, party=1, lot=21), AccountKey("card", item=3, party=1, lot=22)
    card, taught = AccountKey("card", item=3, party=1), AccountKey("cost", item=3)
    owed = AccountKey("supply", item=3)
    book.act(moves=[Move(owed, bought, D(3), D("-100.00")), Move(owed, gift, D(1), D(0))])
    lessons = [book.act(moves=[Move(card, taught, D(1))], limits=[floor(card)]) for _ in range(4)]
    amounts = [posting.journal.entries[1].amount for posting in lessons]
    assert amounts == [D("-33.33"), D("-33.34"), D("-33.33"), 0]
    assert book.at(card) == (0, 0)
    with pytest.raises(BalanceTooLow):
        book.act(moves=[Move(card, taught, D("0.5"))], limits=[floor(card)])
    book.reverse(lessons[1].id)
    assert book.at(bought) == (1, D("-33.34"))
    first = book.act(moves=[Move(card, taught, D("0.5"))], picks={card: (gift, bought)}, limits=[floor(card)])
    assert entries(first)[0] == ("card(item 3, lot 21, party 1)", D("-0.5"), D("16.67"), 0)


def test_a_reversal_brings_back_the_leaves_that_were_picked(book: Book) -> None:
    stock(book, (shelf(spot=5, lot=7), 2, "3.34"), (shelf(spot=6), 4, 8))
    stock(book, (shelf(lot=8), 1, 1))
    before = book.meters()
    posting = book.act(moves=[leave(3, shelf()), Move(shelf(), shelf(place=2, spot=9), D(2))], limits=[floor(shelf())])
    assert len(book.meters()) != len(before)
    book.reverse(posting.id, limits=[floor(shelf()), floor(shelf(place=2))])
    assert book.meters() == before


def test_a_limit_on_each_leaf_guards_those_that_were_picked(book: Book) -> None:
    stock(book, (lot(7), 3, 3), (lot(8), 3, 3))
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(moves=[leave(4)], limits=[floor(on_hand(), 1, each_leaf=True)])
    assert [(p.data["lot"], p.data["needed"], p.data["available"]) for p in refusal.value.problems] == [(7, 3, 2)]
    # The same limit on the account alone lets lots run out.
    book.act(moves=[leave(4)], limits=[floor(on_hand(), 1)])
    full = Limit(on_hand(place=2), Measure.QUANTITY, Tense.BALANCE, at_most=D(1), each_leaf=True)
    with pytest.raises(LimitExceeded) as over:
        book.act(moves=[Move(on_hand(), on_hand(place=2), D(2))], limits=[full])
    assert [(p.data["lot"], p.data["after"]) for p in over.value.problems] == [(8, 2)]
    # Behind the kernel stands the database, on the leaf too.
    book.act(moves=[leave(1)], limits=[floor(on_hand(), each_leaf=True)])
    assert book.rows("SELECT lot, floor FROM ledger_account WHERE role = 'on_hand' AND place = 1 ORDER BY 1") == [
        (0, 1), (7, None), (8, 0),
    ]  # fmt: skip


def test_a_number_is_one_piece_wherever_it_goes(book: Book) -> None:
    """Serial numbers: each leaf holds one piece at most, and any number of them go together."""

    def single(account: AccountKey) -> Limit:
        return Limit(account, Measure.QUANTITY, Tense.BALANCE, at_most=D(1), each_leaf=True)

    stock(book, *((lot(number), 1, number) for number in (7, 8, 9)))
    there = on_hand(place=2)
    book.act(moves=[Move(on_hand(), there, D(2))], limits=[single(there)])
    assert [book.at(on_hand(place=2, lot=number)) for number in (7, 8)] == [(1, 7), (1, 8)]
    for target in (on_hand(place=2, lot=7), there):
        with pytest.raises(LimitExceeded):
            book.act(moves=[arrive(2, 1, target)], limits=[single(target)])
    # On a past day, too: 9 was there and has gone on since.
    day = [date(2026, 3, n) for n in range(11, 31)]
    book.act(on=day[0], moves=[Move(lot(9), there, D(1))], limits=[single(there)])
    book.act(on=day[5], moves=[Move(on_hand(place=2, lot=9), on_hand(place=3), D(1))], limits=[single(there)])
    stock(book, (lot(9), 1, 1))
    with pytest.raises(WouldBreakLaterDay):
        book.act(on=day[1], moves=[Move(on_hand(), there, D(1))], limits=[single(there)])
    book.act(on=day[6], moves=[Move(on_hand(), there, D(1))], limits=[single(there)])


def test_a_back_dated_event_picks_what_no_later_day_needs(book: Book) -> None:
    day = [date(2026, 3, n) for n in range(1, 32)]
    book.act(on=day[0], moves=[arrive(4, 4, lot(9)), arrive(1, 5)])
    book.act(on=day[9], moves=[arrive(3, 6, lot(7))])
    book.act(on=day[12], moves=[leave(3, lot(9))])
    limits = [floor(on_hand(), each_leaf=True)]
    asked = request(on=day[4], moves=[leave(2)], limits=limits)
    assert taken(book.preview(asked)) == taken(book.run(asked)) == {(0, 0): (1, 5), (9, 0): (1, 1)}
    assert book.round_trips == 3
    # Lot 7 was not there on that day, and lot 9 is needed on a later one.
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(on=day[4], moves=[leave(1)], limits=limits)
    assert (refusal.value.problems[0].data["needed"], refusal.value.problems[0].data["available"]) == (1, 0)
    with pytest.raises(WouldBreakLaterDay):
        book.act(on=day[4], moves=[leave(1, lot(7))], limits=[floor(lot(7))])
    assert taken(book.act(on=day[9], moves=[leave(1)], limits=limits)) == {(7, 0): (1, 2)}


def test_own_pieces_of_a_past_day_are_not_borrowed_from_lots_either(book: Book) -> None:
    day = [date(2026, 3, n) for n in range(1, 32)]
    book.act(on=day[0], moves=[arrive(5, 5, lot(7))])
    received = book.act(on=day[4], moves=[arrive(2, 2)])
    book.act(on=day[9], moves=[leave(2)])
    book.act(on=day[19], moves=[arrive(2, 2)])
    with pytest.raises(WouldBreakLaterDay) as refusal:
        book.reverse(received.id, limits=[floor(on_hand())], on=day[4])
    assert (refusal.value.problems[0].data["lowest"], refusal.value.problems[0].data["limit"]) == (-2, 0)


def test_preview_is_what_execute_does_and_makes_no_accounts(book: Book) -> None:
    stock(book, (shelf(lot=7, spot=5), 3, 4), (shelf(lot=8), 3, 6))
    asked = request(moves=[Move(shelf(), shelf(place=2), D(5)), leave(1, shelf())], limits=[floor(shelf())])
    before = book.rows("SELECT count(*) FROM ledger_account")
    seen = book.preview(asked)
    assert book.rows("SELECT count(*) FROM ledger_account") == before
    done = book.run(asked)
    assert seen.journal == done.journal
    assert {c.key: c.after.balance for c in seen.accounts} == {c.key: c.after.balance for c in done.accounts}
    assert book.round_trips == 2


def test_what_is_read_is_known_to_the_caller(book: Book) -> None:
    stock(book, (lot(9), 1, 1), (lot(7), 1, 1), (on_hand(), 1, 1), (on_hand(place=2, lot=7), 1, 1))
    stock(book, (lot(8), 1, 1))
    book.act(moves=[leave(1, lot(8))])
    with book.database.transaction(book.schema) as transaction:
        locked = lock.read(transaction, request(moves=[leave(1)]), ROLES)
    assert locked.leaves == {on_hand(): (on_hand(), lot(7), lot(9))}
    with book.database.transaction(book.schema) as transaction:
        locked = lock.read(transaction, request(moves=[leave(1, lot(7))]), ROLES)
    assert locked.leaves == {}


def test_many_at_once_take_every_piece_once(book: Book) -> None:
    """Twelve who pick from the same lots, and carry some to a place where those have never been."""
    stock(book, *((lot(number), 3, number) for number in range(11, 17)))
    start = Barrier(6)
    refused = []

    def buyer(nth: int) -> None:
        start.wait()
        for turn in range(4):
            target = AccountKey("cost", item=1) if (nth + turn) % 2 else on_hand(place=2)
            move = Move(on_hand(), target, D(1))
            asked = request(200 + nth, moves=[move], limits=[floor(on_hand(), each_leaf=True)])
            try:
                retrying(lambda asked=asked: book.run(asked))  # type: ignore[misc]
            except BalanceTooLow:
                refused.append(nth)

    buyers = [Thread(target=buyer, args=(nth,)) for nth in range(6)]
    for thread in buyers:
        thread.start()
    for thread in buyers:
        thread.join()
    assert len(refused) == 6
    assert book.at(on_hand())[0] == 0
    assert book.at(on_hand(place=2))[0] + book.summed("cost")[0] == 18
    assert sum(amount for _, amount in (book.at(on_hand(place=2)), book.summed("cost"))) == sum(range(11, 17))


def test_a_spot_is_a_dimension_like_the_others() -> None:
    key = shelf(item=4, place=2, lot=3, spot=9)
    assert str(key) == "shelf(item 4, place 2, lot 3, spot 9)"
    assert key.control(ROLES["shelf"]) == key._replace(lot=0, spot=0)
    assert key.control(ROLES["bare"]) == key
