"""A command under way: its transaction, what it stands on, and how it begins and ends, whatever it does in between."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from onebook.access.actor import Actor
from onebook.engines.form.gather import Wanted, gather, gather_in_turn
from onebook.engines.process.approving.flow import Stop
from onebook.engines.process.command import Command
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.answers import EarlierAnswer, kept
from onebook.engines.process.keeping.wanted import Publication
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.run import TransitionRun
from onebook.expression.python import Context
from onebook.ledger.posting import Posting
from onebook.storage.transaction import Rows, Statement, Transaction


class Along(Protocol):
    """What belongs into the transaction of a command besides it."""

    def begin(self) -> Sequence[Statement]:
        """What comes before anything is read."""
        ...

    def begun(self, results: Sequence[Rows]) -> None:
        """The answers, one for each statement; whatever it raises ends the command."""
        ...

    def end(self, outcome: Outcome) -> Sequence[Statement]:
        """What is written with the commit."""
        ...


@dataclass(slots=True)
class Road:
    """One command in one transaction. A preview travels the same road and leaves it before the end."""

    transaction: Transaction
    ground: Ground
    command: Command
    now: datetime
    is_preview: bool = False
    #: The transitions decided on the way, for previews.
    runs: list[TransitionRun] = field(default_factory=list)
    #: The postings of reversals decided on the way.
    undone: list[Posting] = field(default_factory=list)
    along: Along | None = None
    #: The routes on which agreement would be asked for, for previews.
    routes: list[tuple[Stop, ...]] = field(default_factory=list)
    _is_begun: bool = False
    _context: Context | None = None
    #: A leg of a preview: it writes, and goes no further.
    is_of_preview: bool = False

    @property
    def is_only_seen(self) -> bool:
        """Whether nothing of it stays."""
        return self.is_preview or self.is_of_preview

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.command.actor

    @property
    def context(self) -> Context:
        """The clock and the user."""
        if self._context is None:
            self._context = self.ground.context(self.command.actor, self.now)
        return self._context

    @property
    def postings(self) -> list[Posting]:
        """Everything that the ledger was asked and agreed to, in order."""
        return [run.posting for run in self.runs if run.posting is not None] + self.undone

    def begin(self, *wanted: Wanted) -> Outcome | None:
        """The first round trip: what the command wants, unless it was answered before; then that answer."""
        first = _First(EarlierAnswer(self.command), Publication(self.ground.version), wanted)
        opening = () if self.along is None or self._is_begun else (_Opening(self.along),)
        self._is_begun = True
        gather(self.transaction, *opening, first)
        return first.earlier.outcome

    def gather(self, *wanted: Wanted) -> None:
        """A further round trip, if anything is wanted."""
        gather(self.transaction, *wanted)

    def gather_in_turn(self, wanted: Iterable[Wanted], meanwhile: Callable[[], object]) -> None:
        """A further round trip, in which each is asked for as soon as it is there; what is done `meanwhile`."""
        gather_in_turn(self.transaction, wanted, meanwhile)

    def end(self, outcome: Outcome, statements: Sequence[Statement], numbered: int | None = None) -> Outcome:
        """Write, keep the answer, commit. `numbered`: which statement answers the number that the record took."""
        has_number = self.ground.catalog.forms[outcome.record.form].number is not None
        if self.is_preview:
            return outcome
        further = [] if self.along is None else self.along.end(outcome)
        answers = self.transaction.commit(*statements, *kept(self.command, outcome, has_number=has_number), *further)
        return outcome if numbered is None else replace(outcome, number=answers[numbered][0][0])


class _Opening:
    """How what belongs into the same transaction begins: with the first statements, before all others."""

    def __init__(self, along: Along) -> None:
        self._along = along
        self._is_asked = False

    def statements(self) -> Sequence[Statement]:
        """Once."""
        return () if self._is_asked else self._along.begin()

    def take(self, results: Sequence[Rows]) -> None:
        """Raises whatever ends the command."""
        self._is_asked = True
        self._along.begun(results)


class _First:
    """What every command asks first: was it answered before, are the declarations still in force; and its own wants.

    All travel together. Once an earlier answer is known, what the command itself wanted is no longer looked at: a
    record that has moved on since must not turn a repeated question into a refusal."""

    def __init__(self, earlier: EarlierAnswer, publication: Publication, wanted: Sequence[Wanted]) -> None:
        self.earlier = earlier
        self._own: tuple[Wanted, ...] = (earlier, publication)
        self._wanted = tuple(wanted)
        self._asked: list[tuple[Wanted, int]] = []

    def statements(self) -> Sequence[Statement]:
        """Everybody's."""
        self._asked = []
        every: list[Statement] = []
        if self.earlier.outcome is not None:
            return every
        for one in (*self._own, *self._wanted):
            statements = list(one.statements())
            if statements:
                self._asked.append((one, len(statements)))
                every += statements
        return every

    def take(self, results: Sequence[Rows]) -> None:
        """To each its own, as long as nothing was answered before."""
        start = 0
        for one, count in self._asked:
            if self.earlier.outcome is None:
                one.take(results[start : start + count])
            start += count
