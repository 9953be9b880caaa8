"""Choosing lots and spots under lock: what their order depends on is read in one more round trip, if need be."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from onebook.engines.form.forms import Forms
from onebook.engines.form.query import Query, Question
from onebook.engines.process.composing.picks import Choice
from onebook.engines.process.keeping.wanted import Locks
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.ledger.account import AccountKey
from onebook.storage.transaction import Rows, Statement

_NOTHING: Final[Mapping[str, Any]] = {}


class Picking:
    """Wants what the choices of a plan read of the lots and spots that the locks have found."""

    def __init__(self, forms: Forms, choices: Sequence[Choice], locks: Locks, context: Context) -> None:
        """Choose below these accounts, once they are locked."""
        self._forms, self._locks, self._context = forms, locks, context
        self._choices = choices
        self._asked: list[tuple[str, Query]] | None = None
        self._values: dict[str, Mapping[int, Mapping[str, Any]]] = {}

    def statements(self) -> Sequence[Statement]:
        """One statement for each form that lots or spots are records of; nothing before the locks are held."""
        if self._asked is not None or not self._locks.are_held:
            return ()
        self._asked = []
        statements: list[Statement] = []
        parameters = context_parameters(self._context)
        for form, (keys, ids) in sorted(self._open().items()):
            query = self._forms.query(Question(form, frozenset(keys)))
            self._asked.append((form, query))
            statements += query.statements(sorted(ids), parameters)
        return statements

    def take(self, results: Sequence[Rows]) -> None:
        """What was read, by form and id."""
        start = 0
        for form, query in self._asked or ():
            self._values[form] = query.answer(results[start : start + query.count]).rows
            start += query.count

    def picks(self, on: date) -> dict[AccountKey, tuple[AccountKey, ...]]:
        """From where to take pieces on a business date, in order, for each account that leaves it open."""
        return {
            choice.source: choice.ordered(self._candidates(choice), self._behind(choice), on, self._context)
            for choice in self._choices
            if self._is_open(choice)
        }

    def _open(self) -> dict[str, tuple[set[str], set[int]]]:
        """What is to be read: keys and ids, by form."""
        wanted: defaultdict[str, tuple[set[str], set[int]]] = defaultdict(lambda: (set(), set()))
        for choice in filter(self._is_open, self._choices):
            for dimension, paths in choice.picks.asks.items():
                ids = {int(getattr(candidate, dimension)) for candidate in self._candidates(choice)} - {0}
                if ids:
                    keys, known = wanted[choice.picks.leaf[dimension]]
                    keys |= paths
                    known |= ids
        return dict(wanted)

    def _is_open(self, choice: Choice) -> bool:
        """Whether anything depends on the choice."""
        return choice.picks.only is not None or len(self._candidates(choice)) > 1

    def _candidates(self, choice: Choice) -> tuple[AccountKey, ...]:
        """The account's own part and the leaves below it that have pieces."""
        return tuple(dict.fromkeys((choice.source, *self._locks.locked.leaves.get(choice.source, ()))))

    def _behind(self, choice: Choice) -> Callable[[str, int], Mapping[str, Any]]:
        def values(dimension: str, identity: int) -> Mapping[str, Any]:
            return self._values.get(choice.picks.leaf[dimension], {}).get(identity, _NOTHING)

        return values
