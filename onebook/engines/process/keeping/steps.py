"""Steps: every transition that a record made, and which of them still stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from onebook.storage.transaction import Rows, Statement

_STANDING: Final = """
SELECT id, form, record, transition, from_state, to_state, journal, created FROM onebook_step
WHERE record = %(record)s AND reversed_by IS NULL AND reverses IS NULL ORDER BY id DESC
"""
#: The step that a reversal is about: the one named, or the latest that stands. Parameters `record` and `step`.
TARGET: Final = """
SELECT {columns} FROM onebook_step WHERE record = %(record)s AND reversed_by IS NULL AND reverses IS NULL
AND (%(step)s::bigint IS NULL OR id = %(step)s) ORDER BY id DESC LIMIT 1"""
#: Its journal, as a query of one row or none.
JOURNAL: Final = f"SELECT journal FROM ({TARGET.format(columns='journal')}) AS target WHERE journal IS NOT NULL"
_INSERT: Final = """
INSERT INTO onebook_step (form, record, transition, from_state, to_state, journal, by, created, reverses)
VALUES (%(form)s, %(record)s, %(transition)s, %(from_state)s, %(to_state)s, %(journal)s, %(by)s,
        %(created)s::bigint[], %(reverses)s)
"""
_MARK: Final = "UPDATE onebook_step SET reversed_by = made.id FROM made WHERE onebook_step.id = %(reverses)s"


@dataclass(frozen=True, slots=True)
class Step:
    """A transition that a record made."""

    id: int
    form: str
    record: int
    transition: str
    from_state: str | None
    to_state: str | None
    journal: int | None
    created: tuple[int, ...] = ()


def step_of(values: Sequence[Any]) -> Step:
    """The step that a row of the table's columns, in the order of `Step`, describes."""
    number, form, record, transition, from_state, to_state, journal, created = values
    return Step(number, form, record, transition, from_state, to_state, journal, tuple(created))


class StandingSteps:
    """The steps of a record that have not been reversed, the latest first."""

    def __init__(self, record: int) -> None:
        """Ask for the steps of a record."""
        self.steps: list[Step] = []
        self._record = record
        self._is_asked = False

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        return () if self._is_asked else (Statement(_STANDING, {"record": self._record}),)

    def take(self, results: Sequence[Rows]) -> None:
        """The steps."""
        self._is_asked = True
        self.steps = [step_of(values) for values in results[0]]


def recorded(step: Step, actor: int, *, reverses: int | None = None) -> Statement:
    """The statement that records a step; of a reversal, it also marks the step that it takes back."""
    parameters = {
        "form": step.form,
        "record": step.record,
        "transition": step.transition,
        "from_state": step.from_state,
        "to_state": step.to_state,
        "journal": step.journal,
        "by": actor,
        "created": list(step.created),
        "reverses": reverses,
    }
    if reverses is None:
        return Statement(_INSERT, parameters)
    return Statement(f"WITH made AS ({_INSERT} RETURNING id) {_MARK}", parameters)
