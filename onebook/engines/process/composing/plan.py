"""The plan of a transition: everything it will do, decided before anything is locked or written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onebook.engines.process.composing.picks import Choice
from onebook.ledger.request import Request
from onebook.values.refusal import Problem


@dataclass(frozen=True, slots=True)
class Draft:
    """A further document to be made: its form and the values it begins with (rows under the names of its lines)."""

    form: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one transition of one record does."""

    transition: str
    #: None where nothing is asked of the ledger.
    request: Request | None
    #: Fields of the record that get another value, and its state.
    sets: Mapping[str, Any] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    #: Why it must not happen; with any, the request is empty or partial and is not to be run.
    problems: tuple[Problem, ...] = ()
    #: Accounts that pieces are taken from without saying which: their lots and spots are chosen under lock.
    choices: tuple[Choice, ...] = ()
