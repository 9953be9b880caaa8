"""The approval that a record waits for: whatever would disturb it is refused."""

from collections.abc import Sequence
from typing import Final

from onebook.definition.form import Form
from onebook.engines.process.approving.kept import OPEN_STATES
from onebook.engines.process.approving.refusals import Answered, AwaitsApproval
from onebook.storage.database import Database
from onebook.storage.transaction import Rows, Statement, Transaction

#: The step of a command that is none, and yet more than a change of fields.
NO_STEP: Final = ""


class Waiting:
    """Wants the open approval of a record, if its form can have any, for a command on the record."""

    def __init__(
        self,
        form: Form,
        record: int,
        actor: int,
        step: str | None,
        *,
        granted: int | None = None,
        lock: bool = False,
        asks: bool = True,
    ) -> None:
        """Look before a step of a record, or before another change of it.

        Args:
            form: the form of the record.
            record: its id.
            actor: who asks.
            step: the transition, if it is one.
            granted: the approval that agreed to this very command.
            lock: whether an approval may change by this command.
            asks: whether there is anything to look for.
        """
        #: The approval that was returned and is submitted again by this.
        self.returned: int | None = None
        self._form, self._record, self._actor, self._step = form, record, actor, step
        self._granted, self._lock, self._is_asked = granted, lock, not asks

    def statements(self) -> Sequence[Statement]:
        """One statement, once; with the first that read the record."""
        if self._is_asked:
            return ()
        return (Statement(_OPEN + (" FOR UPDATE" if self._lock else ""), {"record": self._record}),)

    def take(self, results: Sequence[Rows]) -> None:
        """Refuses with AwaitsApproval what does not go on meanwhile, and with Answered a grant that is over."""
        self._is_asked = True
        if not results[0]:
            if self._granted is not None:
                raise Answered
            return
        flow, transition, state, meanwhile, by = results[0][0]
        if self._granted is not None:
            if flow != self._granted or (self._lock and state != "granted"):
                raise Answered
        elif state == "returned" and by == self._actor and self._step in (None, transition):
            self.returned = flow if self._step is not None else None
        elif not (state == "returned" and self._step is None) and self._step not in meanwhile:
            raise awaits(self._form, transition)


def awaits(form: Form, transition: str) -> AwaitsApproval:
    """The refusal of whatever would disturb an approval of a step."""
    step = form.transitions.get(transition)
    return AwaitsApproval(form=form.label, transition=transition if step is None else step.label)


def flowing(database: Database, schema: str) -> frozenset[str]:
    """The forms with approvals under way."""
    with database.transaction(schema, read_only=True) as transaction:
        [rows] = transaction.run(Statement(_FLOWING))
    return frozenset(form for (form,) in rows)


def closed_records(transaction: Transaction, records: Sequence[int]) -> dict[int, str]:
    """Of these records those that wait for agreement, each with the step that waits. They were locked before."""
    [rows] = transaction.run(Statement(_CLOSED, {"records": list(records)}))
    return dict(rows)


_FLOWING: Final = f"SELECT DISTINCT form FROM onebook_flow WHERE state IN ({OPEN_STATES})"
_OPEN: Final = (
    "SELECT id, transition, state, meanwhile, by FROM onebook_flow WHERE record = %(record)s"
    f" AND state IN ({OPEN_STATES})"
)
_CLOSED: Final = (
    "SELECT record, transition FROM onebook_flow WHERE record = ANY(%(records)s::bigint[])"
    f" AND state IN ({OPEN_STATES}) AND state <> 'returned'"
)
