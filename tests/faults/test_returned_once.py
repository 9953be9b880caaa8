"""Many at once around one earlier row: it is given back once, reversed or given back, and revalued where it lies."""

import random
from contextlib import suppress
from decimal import Decimal as D

import pytest

from onebook.ledger.account import AccountKey
from onebook.ledger.refusals import BalanceTooLow, GivenBackSince, GivesBackTooMuch, NothingLeft, OriginalReversed
from onebook.ledger.request import GiveBack, Move, Request, Revalue
from onebook.storage.database import Database, TryAgain
from onebook.storage.schema import Company
from tests.faults.test_last_piece import at_once, many
from tests.unit.ledger.book import Book, arrive, floor, leave, on_hand, request

DELIVERY, DELIVERED, RECEIPT, RECEIVED = 500, 501, 400, 401


def patient(book: Book, asked: Request) -> object:
    """Begin again where the locks turned out not to cover what came meanwhile, as every caller does."""
    while True:
        try:
            return book.run(asked)
        except TryAgain:
            continue


@pytest.mark.parametrize("people", [2, 8, 24])
def test_one_row_is_given_back_once(database: Database, company: Company, people: int) -> None:
    """To whatever place: one winner for the whole of it, the others are told that nothing is left."""
    with many(database, people) as wide:
        book = Book(wide, company.schema)
        for turn in range(5):
            document = DELIVERY + 10 * turn
            book.act(moves=[arrive(3, 10, on_hand(lot=turn + 1))])
            book.act(document, moves=[leave(3, on_hand(lot=turn + 1), line=document + 1)])

            def give_back(n: int, document: int = document) -> object:
                at = on_hand(place=1 + n % 2)
                return patient(book, request(1000 + n, gives_back=[GiveBack(document, document + 1, at, D(3), 2000)]))

            refused = [answer for answer in at_once(people, give_back) if isinstance(answer, Exception)]
            assert len(refused) == people - 1
            assert all(isinstance(answer, NothingLeft) for answer in refused), refused
        assert [sum(book.at(on_hand(place=n))[at] for n in (1, 2)) for at in (0, 1)] == [15, 50]
        assert book.summed("cost") == (0, 0)
        assert book.drifts() == []


def test_pieces_of_a_row_are_given_back_as_often_as_it_has_pieces(database: Database, company: Company) -> None:
    with many(database, 16) as wide:
        book = Book(wide, company.schema)
        book.act(moves=[arrive(10, "9.99")])
        book.act(DELIVERY, moves=[leave(10, line=DELIVERED)])
        answers = at_once(
            16, lambda n: book.act(1000 + n, gives_back=[GiveBack(DELIVERY, DELIVERED, on_hand(), D(1), 2000 + n)])
        )
        assert sum(isinstance(answer, NothingLeft) for answer in answers) == 6, answers
        assert book.at(on_hand()) == (10, D("9.99"))
        assert book.drifts() == []


def test_a_row_is_reversed_or_given_back(database: Database, company: Company) -> None:
    with many(database, 2) as wide:
        book = Book(wide, company.schema)
        winners = set()
        for turn in range(20):
            document = DELIVERY + 10 * turn
            book.act(moves=[arrive(2, 4)])
            journal = book.act(document, moves=[leave(2, line=document + 1)]).id

            def work(n: int, document: int = document, journal: int = journal) -> object:
                if n:
                    return book.reverse(journal)
                return book.act(1000, gives_back=[GiveBack(document, document + 1, on_hand(), D(1), 2000)])

            answers = at_once(2, work)
            (refused,) = [n for n, answer in enumerate(answers) if isinstance(answer, Exception)]
            assert isinstance(answers[refused], GivenBackSince if refused else OriginalReversed), answers
            winners.add(refused)
            if refused:
                book.act(1000, gives_back=[GiveBack(document, document + 1, on_hand(), D(1), 2000)])
            assert book.at(on_hand()) == (2 * turn + 2, 4 * turn + 4)
        assert book.drifts() == []


def test_late_costs_find_lots_that_are_being_carried_about(database: Database, company: Company) -> None:
    """Wherever the pieces are in that moment: nothing is lost, nothing counted twice, nobody waits for ever."""
    with many(database, 8) as wide:
        book = Book(wide, company.schema)
        book.act(RECEIPT, moves=[arrive(40, 400, on_hand(lot=7), RECEIVED)])

        def work(n: int) -> int:
            chance = random.Random(n)
            for turn in range(10):
                places = chance.sample(range(1, 6), 2)
                if n % 2:
                    gone = AccountKey("cost", item=1)
                    asked = Revalue(RECEIPT, RECEIVED, D("4.00"), on_hand(place=places[0]), gone, gone, 800 + n)
                    patient(book, request(n * 100 + turn, revalues=[asked]))
                else:
                    source, target = (on_hand(place=place, lot=7) for place in places)
                    pieces = min(D(5), book.at(source)[0])
                    if pieces > 0:
                        move = Move(source, target, pieces)
                        with suppress(BalanceTooLow):
                            patient(book, request(n * 100 + turn, moves=[move], limits=[floor(source)]))
            return n

        answers = at_once(8, work)
        assert answers == list(range(8)), answers
        places = [book.at(on_hand(place=n)) for n in range(1, 6)]
        # All of it was here all the time: forty revaluations of four, and not a cent of them gone.
        assert (sum(q for q, _ in places), sum(a for _, a in places)) == (40, 560)
        assert book.drifts() == []


def test_returns_to_many_places_never_deadlock(database: Database, company: Company) -> None:
    with many(database, 8) as wide:
        book = Book(wide, company.schema)
        items = range(1, 7)
        book.act(moves=[arrive(50, 99, on_hand(item, lot=lot)) for item in items for lot in (1, 2)])
        lines = [leave(40, on_hand(item, lot=lot), line=DELIVERED + item) for item in items for lot in (1, 2)]
        book.act(DELIVERY, moves=lines)

        def work(n: int) -> int:
            chance = random.Random(n)
            done = 0
            for turn in range(8):
                chosen = chance.sample(items, 4)
                given = [
                    GiveBack(DELIVERY, DELIVERED + item, on_hand(item, chance.randint(1, 3)), D(5), 2000)
                    for item in chosen
                ]
                try:
                    patient(book, request(n * 100 + turn, gives_back=given, limits=[floor(one.at) for one in given]))
                    done += 1
                except (GivesBackTooMuch, NothingLeft):
                    pass
            return done

        answers = at_once(8, work)
        assert not [answer for answer in answers if isinstance(answer, Exception)], answers
        assert sum(answer for answer in answers if isinstance(answer, int)) >= 20
        assert book.drifts() == []
