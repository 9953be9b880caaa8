"""Reversal: exact, once, in the way of what came later, and through the same limits as everything else."""

from decimal import Decimal as D

import pytest

from onebook.ledger import lock, post, reverse
from onebook.ledger.account import AccountKey
from onebook.ledger.decide import decide, decide_all
from onebook.ledger.journal import Origin
from onebook.ledger.refusals import AlreadyReversed, BalanceTooLow, HoldInUse, IsReversal, JournalNotFound
from onebook.ledger.request import Place, Request, Settle, Transfer
from tests.unit.ledger.book import (
    DAY,
    ROLES,
    Book,
    arrive,
    floor,
    leave,
    on_hand,
    prepayment,
    receivable,
    release,
    request,
    reserve,
    sell,
    settle,
)


def test_a_chain_taken_back_restores_every_meter(book: Book) -> None:
    """Order, delivery, receipt, allocation; then backwards, one by one, to each state in between."""
    limits = [floor(on_hand())]
    book.act(moves=[arrive(7, "9.99")])
    book.act(moves=[arrive(3, "8.88")])
    events = [
        request(101, places=[reserve(6, 201), reserve(9, 202, waits=True),
                             Place("collect", receivable(1), amount=D(90))]),
        request(102, settles=[settle(5, 201), Settle("collect", 101, amount=D(50))], moves=[leave(5, line=301)],
                transfers=[sell(1, 101, 50)], limits=limits),
        request(103, transfers=[Transfer(AccountKey("cash", place=1), prepayment(1, 103), D(70))]),
        request(104, transfers=[Transfer(prepayment(1, 103), receivable(1, 101), D(50))]),
        request(105, moves=[arrive(2, 7)], limits=limits),
        request(106, releases=[release(101)]),
    ]  # fmt: skip
    before = []
    journals = []
    for asked in events:
        before.append(book.meters())
        journals.append(book.run(asked).id)
    for journal, meters in zip(reversed(journals), reversed(before), strict=True):
        book.reverse(journal, limits)
        assert book.meters() == meters


def test_a_chain_taken_back_in_one_transaction(book: Book) -> None:
    book.act(moves=[arrive(7, "9.99")])
    before = book.meters()
    first = book.act(101, places=[reserve(6, 201), reserve(4, 202, waits=True)]).id
    second = book.act(102, settles=[settle(5, 201)], moves=[leave(5)], transfers=[sell(1, 101, 50)]).id
    with book.database.transaction(book.schema) as transaction:
        undos = reverse.find(transaction, [second, first])
        requests = [reverse.request_of(undo, DAY, Origin("paper", 101, "reverse", 7)) for undo in undos]
        postings = decide_all(requests, lock.read(transaction, requests, ROLES))
        transaction.commit(*post.statements(*postings))
        assert transaction.round_trips == 3
    assert book.meters() == before


def test_several_events_share_one_transaction(book: Book) -> None:
    limits = [floor(on_hand())]
    requests = [
        request(101, moves=[arrive(5, 50)], limits=limits),
        request(102, places=[reserve(4, 202)], limits=limits),
        request(103, settles=[settle(3, 202)], moves=[leave(3)], limits=limits),
        request(104, places=[reserve(4, 204, waits=True)], limits=limits),
    ]
    with book.database.transaction(book.schema) as transaction:
        locked = lock.read(transaction, requests, ROLES)
        # The hold of the second event is not in the database when the third one settles it.
        postings = decide_all(requests, locked)
        transaction.commit(*post.statements(*postings))
    balance = book.balance(on_hand())
    assert (balance.quantity, balance.amount, balance.taken_quantity, balance.waiting) == (2, 20, 2, 3)


def test_original_amounts_come_back(book: Book) -> None:
    book.act(moves=[arrive(4, 40)])
    journal = book.act(moves=[leave(2)]).id
    book.act(moves=[arrive(2, 80)])
    book.reverse(journal)
    assert book.at(on_hand()) == (6, 120)


def test_what_was_used_since_cannot_be_taken_back(book: Book) -> None:
    arrival = book.act(moves=[arrive(4, 40)]).id
    order = book.act(101, places=[reserve(4, 201)]).id
    book.act(102, settles=[settle(1, 201)], moves=[leave(1)])
    before = book.meters()
    with pytest.raises(HoldInUse) as in_use:
        book.reverse(order)
    assert in_use.value.problems[0].data["owner"] == 201
    with pytest.raises(BalanceTooLow):
        book.reverse(arrival, [floor(on_hand())])
    assert book.meters() == before


def test_each_journal_once(book: Book) -> None:
    journal = book.act(moves=[arrive(4, 40)]).id
    reversal = book.reverse(journal).id
    with pytest.raises(AlreadyReversed):
        book.reverse(journal)
    with pytest.raises(IsReversal):
        book.reverse(reversal)
    with pytest.raises(JournalNotFound):
        book.reverse(10**9)


def test_reversal_is_previewed_like_everything_else(book: Book) -> None:
    journal = book.act(moves=[arrive(4, 40)], places=[Place("collect", receivable(1), amount=D(5))]).id
    with book.database.transaction(book.schema, read_only=True) as transaction:
        (undo,) = reverse.find(transaction, [journal])
        asked: Request = reverse.request_of(undo, DAY, Origin("paper", 100, "reverse", 7))
        seen = decide(asked, lock.read(transaction, asked, ROLES, lock=False))
    done = book.reverse(journal)
    assert seen.journal.entries == done.journal.entries
    assert [hold.id for hold in seen.holds] == [hold.id for hold in done.holds]
    assert not any(hold.open_amount for hold in (*seen.holds, *done.holds))


def test_goods_that_came_back_serve_the_line(book: Book) -> None:
    limits = [floor(on_hand())]
    book.act(moves=[arrive(2, 20)])
    sold = book.act(moves=[leave(2)], limits=limits).id
    book.act(101, places=[reserve(2, 201, waits=True)], limits=limits)
    posting = book.reverse(sold, limits)
    assert {hold.line: str(hold.waiting) for hold in posting.holds} == {201: "0.000000"}


def test_whoever_was_second_to_reverse_is_told_who_was_first(book: Book) -> None:
    """Both have found the journal whole; under its locks the second one looks again."""
    journal = book.act(moves=[arrive(4, 40)]).id
    with book.database.transaction(book.schema) as transaction:
        (undo,) = reverse.find(transaction, [journal])
    first = book.reverse(journal).id
    with pytest.raises(AlreadyReversed) as refused:
        book.run(reverse.request_of(undo, DAY, Origin("paper", 100, "reverse", 7), ()))
    assert refused.value.data == {"journal": journal, "by": first}
