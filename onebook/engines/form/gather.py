"""What the first round trip of a command brings, whoever wants it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from onebook.storage.transaction import Rows, Statement, Transaction


class Wanted(Protocol):
    """Something that the database knows and a command needs."""

    def statements(self) -> Sequence[Statement]:
        """What to ask now; nothing once all is known."""
        ...

    def take(self, results: Sequence[Rows]) -> None:
        """The answers, one for each statement."""
        ...


class Together:
    """Several wants as one."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        """These, in order."""
        self._wanted = list(wanted)
        self._asked: list[tuple[Wanted, int]] = []

    def add(self, wanted: Wanted) -> None:
        """One more."""
        self._wanted.append(wanted)

    def statements(self) -> Sequence[Statement]:
        """What all of them ask now."""
        every: list[Statement] = []
        self._asked = []
        for one in self._wanted:
            statements = one.statements()
            if statements:
                self._asked.append((one, len(statements)))
                every += statements
        return every

    def take(self, results: Sequence[Rows]) -> None:
        """Give each its own answers."""
        distribute(self._asked, results)


def gather(transaction: Transaction, *wanted: Wanted) -> None:
    """Ask for everything in one round trip, and again only for what an answer made necessary."""
    together = Together(wanted)
    while statements := together.statements():
        together.take(transaction.run(*statements))


def gather_in_turn(transaction: Transaction, wanted: Iterable[Wanted], meanwhile: Callable[[], object]) -> None:
    """The same. Each is asked for as soon as it is there: the server answers while the next is being made, and while
    something is done `meanwhile`."""
    every = []
    asked = []
    for one in wanted:
        every.append(one)
        statements = one.statements()
        if statements:
            transaction.ahead(*statements)
            asked.append((one, len(statements)))
    meanwhile()
    if asked:
        distribute(asked, transaction.arrived())
        gather(transaction, *every)


def distribute(asked: Iterable[tuple[Wanted, int]], results: Sequence[Rows]) -> None:
    """To each its own answers: so many as it asked for."""
    start = 0
    for one, count in asked:
        one.take(results[start : start + count])
        start += count


class NewIds:
    """Ids for new records and rows, from the company's one sequence; negative stand-ins where nothing is written."""

    def __init__(self, count: int, *, preview: bool = False) -> None:
        """Ask for so many ids."""
        self.ids: list[int] = []
        self._is_preview = preview
        self._count = 0
        self.need(count)

    def need(self, count: int) -> None:
        """Ask for so many in all."""
        self._count = max(self._count, count)
        if self._is_preview:
            self.ids = list(range(-1, -self._count - 1, -1))

    def statements(self) -> Sequence[Statement]:
        """One statement for those that lack, if any do."""
        lacking = self._count - len(self.ids)
        if lacking <= 0:
            return ()
        return (Statement("SELECT nextval('record_id') FROM generate_series(1, %(count)s)", {"count": lacking}),)

    def take(self, results: Sequence[Rows]) -> None:
        """The ids."""
        self.ids += [one for (one,) in results[0]]
