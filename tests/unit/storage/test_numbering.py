"""Numbers of documents: patterns, and no number lost or given out twice."""

import threading
from datetime import date

import pytest

from onebook.storage.database import Database
from onebook.storage.numbering import PatternWrong, Prefix, prefix_of, take
from onebook.storage.schema import Company

DAY = date(2026, 3, 7)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("SO{yyyy}{mm}-{seq:4}", Prefix("SO202603-", 4)),
        ("{yy}{mm}{dd}{seq}", Prefix("260307", 4)),
        ("单-{seq:6}", Prefix("单-", 6)),
    ],
)
def test_patterns(pattern: str, expected: Prefix) -> None:
    assert prefix_of(pattern, DAY) == expected


@pytest.mark.parametrize("pattern", ["", "SO", "{seq}-{yyyy}", "{seq}{seq}", "SO{week}{seq}", "SO{{seq}", "{seq:}"])
def test_wrong_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(PatternWrong):
        prefix_of(pattern, DAY)


def test_running_numbers_grow_beyond_their_width() -> None:
    prefix = Prefix("A", 2)
    assert [prefix.number(n) for n in (1, 99, 100)] == ["A01", "A99", "A100"]


def test_nobody_gets_a_number_twice_and_none_is_lost(database: Database, company: Company) -> None:
    given: list[int] = []

    def work(worker: int) -> None:
        for turn in range(10):
            with database.transaction(company.schema) as transaction:
                if turn % 3 == worker % 3:
                    transaction.run(take("order", "A"))  # rolled back: the number must come again
                else:
                    given.append(transaction.commit(take("order", "A"))[0][0][0])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, len(given) + 1))
    assert len(given) > 30
