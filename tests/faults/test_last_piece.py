"""Many at once: one winner for the last piece, no deadlock on shuffled items, no posting into a month being closed."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal as D
from typing import TypeVar

import pytest

from onebook.ledger import periods, reverse
from onebook.ledger.refusals import AlreadyReversed, BalanceTooLow, PeriodClosed
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.month import Month
from onebook.values.refusal import Refusal
from tests.unit.ledger.book import DAY, Book, arrive, floor, leave, on_hand, reserve, settle

Result = TypeVar("Result")


@contextmanager
def many(database: Database, size: int) -> Iterator[Database]:
    """As many connections as there are people."""
    wide = Database(database.url, size=size)
    try:
        yield wide
    finally:
        wide.close()


def at_once(count: int, work: Callable[[int], Result]) -> list[Result | Exception]:
    """What each of `count` people gets who start in the same moment."""
    answers: list[Result | Exception | None] = [None] * count
    start = threading.Barrier(count)

    def run(n: int) -> None:
        start.wait()
        try:
            answers[n] = work(n)
        except Exception as error:
            answers[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers  # type: ignore[return-value]


@pytest.mark.parametrize("buyers", [2, 3, 4, 8, 16, 32])
def test_one_piece_has_one_buyer(database: Database, company: Company, buyers: int) -> None:
    with many(database, buyers) as wide:
        book = Book(wide, company.schema)
        book.act(moves=[arrive(1, 10)])
        limits = [floor(on_hand())]
        answers = at_once(buyers, lambda n: book.act(1000 + n, moves=[leave(1)], limits=limits))
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(refused) == buyers - 1
        assert all(isinstance(answer, BalanceTooLow) for answer in refused), refused
        assert book.at(on_hand()) == (0, 0)
        assert book.drifts() == []


@pytest.mark.parametrize("buyers", [2, 8, 32])
def test_one_piece_is_promised_once_and_the_others_wait_in_line(
    database: Database, company: Company, buyers: int
) -> None:
    with many(database, buyers) as wide:
        book = Book(wide, company.schema)
        limits = [floor(on_hand())]
        book.act(moves=[arrive(1, 10)])
        answers = at_once(
            buyers, lambda n: book.act(1000 + n, places=[reserve(1, 2000 + n, waits=True)], limits=limits)
        )
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        balance = book.balance(on_hand())
        assert (balance.available, balance.taken_quantity, balance.waiting) == (0, 1, buyers - 1)
        at_once(buyers, lambda n: book.act(3000 + n, moves=[arrive(1, 10)], limits=limits))
        balance = book.balance(on_hand())
        assert (balance.available, balance.taken_quantity, balance.waiting) == (1, buyers, 0)
        assert book.drifts() == []


def test_a_promise_is_settled_once(database: Database, company: Company) -> None:
    with many(database, 8) as wide:
        book = Book(wide, company.schema)
        book.act(moves=[arrive(100, 100)])
        book.act(101, places=[reserve(1, 201)])
        answers = at_once(8, lambda n: book.act(300 + n, settles=[settle(1, 201)], moves=[leave(1)]))
        assert sum(isinstance(answer, Exception) for answer in answers) == 7
        assert book.at(on_hand()) == (99, 99)
        assert book.drifts() == []


def test_a_journal_is_reversed_once(database: Database, company: Company) -> None:
    with many(database, 8) as wide:
        book = Book(wide, company.schema)
        journal = book.act(moves=[arrive(5, 5)]).id
        answers = at_once(8, lambda _: book.reverse(journal))
        assert sum(not isinstance(answer, Exception) for answer in answers) == 1
        assert sum(isinstance(answer, AlreadyReversed) for answer in answers) == 7, answers
        assert book.at(on_hand()) == (0, 0)
        with pytest.raises(AlreadyReversed), wide.transaction(company.schema) as transaction:
            reverse.find(transaction, [journal])
        assert book.drifts() == []


@pytest.mark.parametrize("people", [4, 16])
def test_shuffled_items_never_deadlock(database: Database, company: Company, people: int) -> None:
    """Everybody buys, sells and moves the same items, new ones among them, each in another order."""
    with many(database, people) as wide:
        book = Book(wide, company.schema)
        items = list(range(1, 13))
        book.act(moves=[arrive(3, 7, on_hand(item, lot=lot)) for item in items[:10] for lot in range(3)])

        def work(n: int) -> int:
            chance = random.Random(n)
            done = 0
            for turn in range(8):
                chosen = chance.sample(items, 8)
                moves = [
                    arrive(2, 3, on_hand(item, lot=chance.randint(0, 2))) if chance.random() < 0.6
                    else leave(1, on_hand(item, lot=chance.randint(0, 2)))
                    for item in chosen
                ]  # fmt: skip
                places = [reserve(1, 0, on_hand(item), waits=True) for item in chosen[:3]]
                limits = [floor(on_hand(item)) for item in chosen]
                try:
                    book.act(n * 100 + turn + 1, moves=moves, places=places, limits=limits)
                    done += 1
                except BalanceTooLow:
                    pass
            return done

        answers = at_once(people, work)
        assert not [answer for answer in answers if isinstance(answer, Exception)], answers
        assert sum(answer for answer in answers if isinstance(answer, int)) > 0
        assert book.drifts() == []
        lows = book.rows("SELECT min(quantity - taken_quantity) FROM ledger_account WHERE control IS NULL AND kept")
        assert lows[0][0] >= 0


def test_nobody_posts_into_a_month_being_closed(database: Database, company: Company) -> None:
    """What was posted was posted before the close; whoever comes after it is refused."""
    with many(database, 9) as wide:
        book = Book(wide, company.schema)
        book.act(moves=[arrive(1, 1)])
        closed = threading.Event()
        late: list[bool] = []

        def post(n: int) -> int:
            for turn in range(200):
                was_closed = closed.is_set()
                try:
                    book.act(1000 * n + turn + 1, moves=[arrive(1, 1, on_hand(n + 1))])
                except PeriodClosed:
                    return turn
                late.append(was_closed)
            raise AssertionError("the month was never closed")

        def close() -> int:
            while len(late) < 20:
                pass
            with wide.transaction(company.schema) as transaction:
                periods.close(transaction, Month.of(DAY), 1)
                transaction.commit()
            closed.set()
            return 0

        answers = at_once(9, lambda n: close() if n == 8 else post(n))
        assert not [answer for answer in answers if isinstance(answer, Exception)], answers
        assert not any(late)
        posted = sum(answer for answer in answers if isinstance(answer, int))
        assert book.rows("SELECT count(*) FROM ledger_journal") == [(posted + 1,)]
        assert book.drifts() == []
        book.act(on=date(2026, 4, 1), moves=[arrive(1, 1)])


def test_reversal_that_comes_too_late_is_refused_whole(database: Database, company: Company) -> None:
    """Goods that were sold on meanwhile cannot be taken back; a race between the two has one winner."""
    with many(database, 2) as wide:
        book = Book(wide, company.schema)
        limits = [floor(on_hand())]
        for _ in range(10):
            journal = book.act(moves=[arrive(1, 10)]).id

            def work(n: int, journal: int = journal) -> object:
                return book.reverse(journal, limits) if n else book.act(moves=[leave(1)], limits=limits)

            answers = at_once(2, work)
            assert [isinstance(answer, Refusal) for answer in answers].count(True) == 1, answers
            assert book.at(on_hand()) == (D(0), D(0))
        assert book.drifts() == []
