"""One step on its way back: read, locked, decided, and turned into statements."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from onebook.engines.form.gather import Wanted
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.refusals import Forbidden
from onebook.engines.form.rows import Row
from onebook.engines.form.save import Saved, change_statement, updating
from onebook.engines.process.actions.followers import Followers
from onebook.engines.process.actions.gate import Gate
from onebook.engines.process.actions.put_back import TrailOfStep, before_step
from onebook.engines.process.actions.subjects import Subjects
from onebook.engines.process.keeping.meters import moved_by
from onebook.engines.process.keeping.steps import JOURNAL, TARGET, StandingSteps, Step, recorded
from onebook.engines.process.keeping.wanted import Locks
from onebook.engines.process.keeping.watch import Marks, marks_sql
from onebook.engines.process.refusals import Irreversible, NothingToReverse
from onebook.engines.process.road import Road
from onebook.engines.table.names import table_name
from onebook.engines.table.rights import rights
from onebook.ledger.decide import decide
from onebook.ledger.journal import Origin
from onebook.ledger.post import without_totals
from onebook.ledger.posting import Posting
from onebook.ledger.request import Request
from onebook.ledger.reverse import prepare_of, request_of, undone
from onebook.storage.transaction import Rows, Statement
from onebook.values.reference import RecordRef

_BOOKED: Final = f"SELECT booked_on FROM ledger_journal WHERE id IN ({JOURNAL})"


class Undoing:
    """The reversal of a step of a record: of `step`, or of the latest that stands."""

    def __init__(self, road: Road, record: RecordRef, step: int | None) -> None:
        """Prepare to read."""
        self.road = road
        self.record = record
        self.posting: Posting | None = None
        self._wants_step = step
        self._form = road.ground.forms.form(record.form)
        self._standing = StandingSteps(record.id)
        self._followers = Followers(record.id, step)
        self._subjects = Subjects(road.ground, record.id, step)
        self._journal = _Journal(record.id, step)
        self._trail = TrailOfStep(record.id, step)
        self._made = _Made(road, record, step)
        ground = road.ground
        keys = self._form.stored | self._form.keys
        self._load = RecordLoad(ground.forms, record.form, [record.id], keys, road.actor, road.context)
        sql = ground.marks(("undo", record.form), lambda: marks_sql(ground.catalog, record.form, ()))
        self._marks = Marks(sql, record.id)
        self._gate = Gate(road, record.form, record.id, is_closing=True)
        self._locks: Locks | None = None
        self._request: Request | None = None
        self._row: Row = {}
        self._after: Row = {}
        self._saved: Saved | None = None
        self.target: Step = Step(0, record.form, record.id, "", None, None, None)

    @property
    def request(self) -> Request | None:
        """What it asks of the ledger, if it asks anything."""
        if self._request is None and self.target.journal is not None:
            self._request = self._asked(self.target.journal)
        return self._request

    @property
    def blockers(self) -> list[Step]:
        """What must be taken back before: later steps of the same record, then steps of others, the newest first."""
        later = [step for step in self._standing.steps if step.id > self.target.id]
        return later + self._followers.steps

    @property
    def label(self) -> object:
        """What people call the record."""
        return self._row.get("number") or self._form.declaration.label

    @property
    def number(self) -> str | None:
        """Its number."""
        return self._row.get("number")

    @property
    def state(self) -> str | None:
        """The state that it has afterwards."""
        return self._after.get("state")

    @property
    def version(self) -> int:
        """The version that it has afterwards."""
        return self._row["version"] if self._saved is None else self._saved.version

    @property
    def journal(self) -> int | None:
        """The reversing journal, if the step had one."""
        return None if self.posting is None or self.posting.is_empty else self.posting.id

    def wanted(self) -> list[Wanted]:
        """Everything to read, in one round trip."""
        return [
            self._marks, self._load, self._standing, self._followers, self._journal, self._trail, self._subjects,
            self._made, *self._gate.wanted,
        ]  # fmt: skip

    def read(self) -> bool:
        """Look at what was read; False if the step was taken back already. Refuses what cannot be reversed."""
        self._row = self._load.row(self.record.id)
        self._after = self._row
        wanted = [step for step in self._standing.steps if self._wants_step in (None, step.id)]
        if not wanted:
            raise NothingToReverse(record=self.label)
        self.target = wanted[0]
        declared = self._form.declaration.transitions.get(self.target.transition)
        if declared is None:
            raise NothingToReverse(record=self.label)
        if not rights(self.road.ground.catalog, self.road.actor, self.record.form).may_reverse(self.target.transition):
            raise Forbidden(form=self._form.declaration.label, action="reverse")
        if declared.irreversible is not None:
            raise Irreversible(transition=declared.label, words=declared.irreversible)
        return True

    def locks(self) -> list[Wanted]:
        """What to lock, once nothing stands on the step any more."""
        self._marks.again(lock=True)
        if self.request is None:
            return [self._marks]
        self._locks = Locks(self.request, self.road.ground.roles, lock=True)
        return [self._locks, self._marks]

    def decide(self) -> None:
        """Ask the ledger. Limits hold for reversals as for everything else."""
        if self._locks is not None and self.request is not None:
            self.posting = decide(self.request, self._locks.locked)
            self.road.undone.append(self.posting)
        step = self._form.declaration.transitions[self.target.transition]
        # What has posted keeps a state of its own.
        state = step.reversed_to or self.target.from_state
        self._after = before_step(self._form, self._row, step, state, self._trail, self.road.context)
        self._saved = updating(
            self.road.ground.forms, self.record.form, self._row, self._after, self.road.actor, self.road.now,
            action="reverse",
        )  # fmt: skip

    def tried(self) -> Sequence[Statement]:
        """What a preview writes too, and leaves before the end: rows that come and go, which others may point at."""
        edits = self._form.declaration.transitions[self.target.transition].edits
        return self._saved.statements if edits and self._saved is not None else ()

    def statements(self) -> list[Statement]:
        """Everything that is written but the totals of its posting: first what others may hold."""
        assert self._saved is not None, "not decided yet"
        locks: list[Statement] = []
        booked: list[Statement] = []
        if self.posting is not None:
            locks, meters = self.road.ground.meters.statements(moved_by(self.posting), self.record)
            booked = [*without_totals(self.posting), *meters]
        written = [*locks, *self._made.binned(), *self._saved.statements, *booked]
        ref, was = self.record, self._row.get("state")
        taken_back = Step(0, ref.form, ref.id, self.target.transition, was, self.state, self.journal)
        written.append(recorded(taken_back, self.road.actor.id, reverses=self.target.id))
        return written

    def _asked(self, journal: int) -> Request:
        [undo] = undone([journal], self._journal.rows)
        context = self.road.context
        on = max(self._journal.booked_on or context.today, context.today)
        origin = Origin(self.record.form, self.record.id, self.target.transition, self.road.actor.id)
        return request_of(undo, on, origin, self._subjects.limits(undo, context))


class _Journal:
    """The journal of the step: its entries and hold changes, and its day."""

    def __init__(self, record: int, step: int | None) -> None:
        self.rows: Sequence[Rows] = ()
        self.booked_on: date | None = None
        self._known = {"record": record, "step": step}

    def statements(self) -> Sequence[Statement]:
        """All at once."""
        if self.rows:
            return ()
        return [*prepare_of(JOURNAL, self._known), Statement(_BOOKED, self._known)]

    def take(self, results: Sequence[Rows]) -> None:
        """The rows as the ledger wants them, and ours."""
        *self.rows, booked = results
        self.booked_on = booked[0][0] if booked else None


class _Made:
    """The drafts that the step made: they go to the bin as long as nobody took them further."""

    def __init__(self, road: Road, record: RecordRef, step: int | None) -> None:
        self._road = road
        self._known = {"record": record.id, "step": step}
        self._drafts: list[tuple[str, int, int]] = []
        self._is_asked = False
        forms = road.ground.catalog.forms
        declared = forms[record.form].transitions.values()
        self._forms = sorted({made.form for transition in declared for made in transition.creates})

    def statements(self) -> Sequence[Statement]:
        """One statement per form that the record's transitions make."""
        if self._is_asked:
            return ()
        return [Statement(self._sql(form), self._known) for form in self._forms]

    def take(self, results: Sequence[Rows]) -> None:
        """The drafts."""
        self._is_asked = True
        for form, rows in zip(self._forms, results, strict=True):
            first = self._road.ground.catalog.forms[form].first_state
            for number, version, state in rows:
                if state == first:
                    self._drafts.append((form, number, version))

    def binned(self) -> list[Statement]:
        """What puts them into the bin."""
        road = self._road
        statements = []
        for form, number, version in self._drafts:
            sql = (
                f'UPDATE "{table_name(form)}" SET deleted_at = %(now)s, deleted_by = %(by)s, version = version + 1'
                " WHERE id = %(id)s AND deleted_at IS NULL"
            )
            statements.append(Statement(sql, {"id": number, "now": road.now, "by": road.actor.id}))
            statements.append(change_statement(form, number, road.actor, road.now, "bin", version + 1, {}))
        return statements

    def _sql(self, form: str) -> str:
        declared = self._road.ground.catalog.forms[form]
        state = "state" if declared.states else "NULL::text"
        target = TARGET.format(columns="created")
        return (
            f'SELECT id, version, {state} FROM "{table_name(form)}" WHERE deleted_at IS NULL'
            f" AND id = ANY(ARRAY(SELECT unnest(created) FROM ({target}) AS target))"
        )
