"""What the conductor itself wants from the database: the ledger's locks, the publication in force, statements."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from onebook.definition.form import Form
from onebook.ledger import later_days
from onebook.ledger.lock import Reading, prepare
from onebook.ledger.request import Request
from onebook.ledger.role import Role
from onebook.ledger.state import Locked
from onebook.storage.numbering import prefix_of, take
from onebook.storage.transaction import Rows, Statement

_VERSION: Final = "SELECT coalesce(max(version), 0) FROM onebook_definition"


class Republished(Exception):
    """The company's declarations were published anew: not a refusal, the command begins again on the new ones."""


class Publication:
    """Makes sure that the declarations at hand are those in force."""

    def __init__(self, version: int) -> None:
        """The version at hand."""
        self._version = version
        self._is_asked = False

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        return () if self._is_asked else (Statement(_VERSION),)

    def take(self, results: Sequence[Rows]) -> None:
        """Raises Republished if others are in force."""
        self._is_asked = True
        if results[0][0][0] != self._version:
            raise Republished


class Sent:
    """Statements that travel with the others; nobody waits for their rows."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        """These statements, in their order."""
        self._statements = statements

    def statements(self) -> Sequence[Statement]:
        """All of them, once."""
        return self._statements

    def take(self, results: Sequence[Rows]) -> None:
        """They are done."""
        assert len(results) == len(self._statements)
        self._statements = ()


class Number:
    """The next number of a form, taken before the record is written; others of its prefix wait from here on.

    `stand_in`: a number of the same look that no record has, for what must be decided before."""

    def __init__(self, form: Form, day: date) -> None:
        """Of the day that the record is dated by."""
        assert form.number is not None, f"{form.form} has no numbers"
        self._form = form.form
        self._prefix = prefix_of(form.number, day)
        self._taken: str | None = None
        self.stand_in = self._prefix.number(0)

    @property
    def text(self) -> str:
        """The number, once it was gathered."""
        assert self._taken is not None, "not gathered yet"
        return self._taken

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        return () if self._taken is not None else (take(self._form, self._prefix.text),)

    def take(self, results: Sequence[Rows]) -> None:
        """The number."""
        self._taken = self._prefix.number(results[0][0][0])


class Locks:
    """The ledger's locks for a request, taken together with whatever else is wanted."""

    def __init__(self, request: Request, roles: Mapping[str, Role], *, lock: bool) -> None:
        """Want the accounts and holds that the request touches."""
        self._request = request
        self._reading: Reading | None = prepare(request, roles, lock=lock)
        self._locked: Locked | None = None
        self._later: list[tuple[later_days.Asked, Statement]] = []

    def are_of(self, request: Request) -> bool:
        """Whether they are those of a request."""
        return self._request == request

    @property
    def are_held(self) -> bool:
        """Whether they were taken."""
        return self._locked is not None

    @property
    def locked(self) -> Locked:
        """The proof that they are held."""
        assert self._locked is not None, "not gathered yet"
        return self._locked

    def statements(self) -> Sequence[Statement]:
        """The locks; and, for what is dated before the latest entries, the days since then."""
        if self._reading is not None:
            return self._reading.statements
        return [statement for _, statement in self._later]

    def take(self, results: Sequence[Rows]) -> None:
        """The accounts and holds as they stand under lock."""
        if self._reading is not None:
            self._locked = self._reading.locked(results)
            self._reading = None
            self._later = list(later_days.wanted((self._request,), self._locked))
            return
        found = later_days.found([asked for asked, _ in self._later], list(results))
        self._locked = replace(self.locked, later=found)
        self._later = []
