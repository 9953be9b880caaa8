"""One transition of one record on its way: composed, locked, decided, and turned into statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from onebook.access.actor import Actor
from onebook.engines.form.checks import problems_of
from onebook.engines.form.compute import compute, rows_of
from onebook.engines.form.draft import NewRecord
from onebook.engines.form.forms import CompiledForm
from onebook.engines.form.gather import Wanted
from onebook.engines.form.linked import Linked
from onebook.engines.form.plan import Step as PlanStep
from onebook.engines.form.refusals import Forbidden, Invalid
from onebook.engines.form.rows import Row, copied
from onebook.engines.form.save import Saved, inserting, inserting_stepped, number_day, updating
from onebook.engines.process.composing.compose import compose
from onebook.engines.process.composing.fresh import refresh, stale_steps
from onebook.engines.process.composing.making import Made, make, makes_any
from onebook.engines.process.composing.plan import Plan
from onebook.engines.process.composing.ready import ReadyTransition
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.made_ids import MadeIds
from onebook.engines.process.keeping.made_records import MadeRecords, keys_behind
from onebook.engines.process.keeping.meters import moved_by
from onebook.engines.process.keeping.picking import Picking
from onebook.engines.process.keeping.steps import Step, recorded
from onebook.engines.process.keeping.wanted import Locks
from onebook.engines.process.refusals import RequirementsFailed, WrongState
from onebook.engines.rule.guarding import forbidden
from onebook.engines.table.rights import rights
from onebook.expression.python import Context
from onebook.ledger.decide import decide
from onebook.ledger.post import totals, without_totals
from onebook.ledger.posting import Posting
from onebook.ledger.request import Request
from onebook.storage.transaction import Statement
from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem, Refusal


@dataclass(slots=True)
class TransitionRun:
    """A transition of a record, step by step; nothing in it talks to the database.

    `wants_number`: the record has none yet and gets it now.
    """

    ground: Ground
    actor: Actor
    context: Context
    now: datetime
    ready: ReadyTransition
    is_preview: bool = False
    #: The record as it is stored, and as it will be.
    before: Row = field(default_factory=dict)
    after: Row = field(default_factory=dict)
    plan: Plan | None = None
    posting: Posting | None = None
    drafts: tuple[tuple[str, NewRecord], ...] = ()
    #: Records made for rows, which link to them.
    made: MadeRecords | None = None
    #: Every reason against it found so far; a command stops at the first, a preview goes on as far as it can.
    refusals: list[Refusal] = field(default_factory=list)
    _locks: Locks | None = None
    _picking: Picking | None = None
    _saved: Saved | None = None
    _ids: MadeIds | None = None
    _makes: tuple[Made, ...] = ()
    #: The record that the step works on, while the ids of what it makes are not all known.
    _fresh: Row = field(default_factory=dict)

    @property
    def ids(self) -> MadeIds:
        """Ids for the records that it makes: wanted with the record, and once more if those are not enough."""
        if self._ids is None:
            self._ids = MadeIds(self.ready, preview=self.is_preview)
        return self._ids

    @property
    def form(self) -> CompiledForm:
        """The form of the record."""
        return self.ground.forms.form(self.ready.form)

    @property
    def keys(self) -> frozenset[str]:
        """Everything that must be read of the record."""
        kept: frozenset[str] = self.ground.kept(("keys", self.ready.form, self.ready.name), self._keys)
        return kept

    def _keys(self) -> frozenset[str]:
        keys = keys_of_run(self.form, self.ready) | keys_behind(self.ground.forms, self.ready)
        return keys | self.ground.guards.keys(self.ready.form, self.ready.name)

    @property
    def ref(self) -> RecordRef:
        """The record."""
        return RecordRef(self.ready.form, int(self.before["id"]))

    @property
    def label(self) -> object:
        """What people call the record: its number, or its form."""
        return self.before.get("number") or self.form.declaration.label

    def begin(self, row: Row, *, is_computed: bool = False) -> MadeIds:
        """Look at the record, which was read with `keys`; then ids are wanted, if those known are not enough.

        `is_computed`: all that it reads through its links was computed, and checked, a moment ago."""
        self.before = row
        self._require_rights()
        self._require_state()
        if not self.refusals:
            self._fresh = copied(row)
            if not is_computed and self.form.declaration.is_editable(row.get("state")):
                self._recompute(self._fresh)
            self.ids.need(self._fresh)
        return self.ids

    @property
    def fresh(self) -> Row:
        """The record that the step is decided on: as it is stored, with what it reads computed anew."""
        return self._fresh

    @property
    def tells_number(self) -> bool:
        """Whether records will be made that tell the record's own number."""
        return self.ready.tells_number and not self.refusals and makes_any(self.ready, self._fresh, self.context)

    def take_number(self, number: str) -> None:
        """The record's own number, known before it is written, or one that stands in for it: what reads it is computed
        anew."""
        # What was to be made for its rows is made anew.
        for made in self._makes:
            for own in made.rows:
                own[made.into] = None
        self._makes = ()
        self.before["number"] = self._fresh["number"] = number
        self._recompute(self._fresh)

    def compose(self) -> None:
        """Decide what the transition does."""
        if self.refusals:
            return
        fresh = self._fresh
        makes = make(self.ready, fresh, self.context, self.ids.ids)
        assert makes is not None, "ids were wanted for all of them"
        self._makes = makes
        self.plan = compose(self.ready, fresh, self.context, self.ground.roles)
        self._require(self.plan)
        self._heed(self.ground.guards.against_step(self.ready.form, self.ready.name, fresh, self.context, self.actor))
        self.after = self._stepped(fresh, self.plan)

    def wanted(self) -> Iterator[Wanted]:
        """What to lock and read once composed."""
        yield from self.locks()
        yield from self.looks()

    def locks(self) -> list[Wanted]:
        """The ledger's locks, which come before all others, and where pieces are taken from."""
        plan = self.plan
        if plan is None or plan.request is None:
            return []
        if self._locks is None or not self._locks.are_of(plan.request):
            self._locks = Locks(plan.request, self.ground.roles, lock=not self.is_preview)
        if not plan.choices:
            return [self._locks]
        self._picking = Picking(self.ground.forms, plan.choices, self._locks, self.context)
        return [self._locks, self._picking]

    def looks(self) -> list[Wanted]:
        """What the records that it makes look at, its own among them."""
        plan = self.plan
        if plan is None:
            return []
        self.drafts = tuple(
            (
                draft.form,
                NewRecord(
                    self.ground.forms,
                    draft.form,
                    draft.values,
                    self.actor,
                    self.context,
                    parsed=True,
                    keys=self.ground.guards.keys(draft.form),
                ),
            )
            for draft in plan.drafts
        )
        if self._makes:
            forms, preview = self.ground.forms, self.is_preview
            self.made = MadeRecords(
                forms, self.ready, self._makes, self.actor, self.context, self.ground.guards.keys, preview=preview
            )
        return [record for _, record in (*self._made, *self.drafts)]

    def decide(self) -> None:
        """Ask the rules about what is made, and the ledger; previews keep what they refuse."""
        self._heed_new()
        if self._locks is not None and self.plan is not None and self.plan.request is not None:
            try:
                self.posting = decide(self._chosen(self.plan.request), self._locks.locked)
            except Refusal as refusal:
                self._refuse(self._placed(refusal))

    def posted(self) -> list[Statement]:
        """What the ledger writes on the accounts that are locked: nobody else waits for any of it."""
        return [] if self.posting is None else without_totals(self.posting)

    @property
    def makes_records(self) -> bool:
        """Whether it makes others, which may look at its own."""
        return bool(self._makes) or (self.plan is not None and bool(self.plan.drafts))

    def save(self, *, is_new: bool = False) -> None:
        """Make what writes the record itself, which is known once composed. `is_new`: nothing was written of it yet."""
        if self.plan is None or self.is_preview:
            return
        save = inserting_stepped if is_new else updating
        self._saved = save(
            self.ground.forms, self.ready.form, self.before, self.after, self.actor, self.now,
            action=self.ready.name, number_on=self.number_on,
        )  # fmt: skip

    def written(self) -> Saved:
        """Everything that is written, in the order in which everybody waits for others: the records whose meters move,
        numbers, totals. What it makes for its rows comes before the record, which links to it."""
        if self._saved is None:
            self.save()
        saved = self._saved
        assert saved is not None, "a preview writes nothing"
        locks: list[Statement] = []
        booked: list[Statement] = []
        if self.posting is not None:
            locks, meters = self.ground.meters.statements(moved_by(self.posting), self.ref)
            booked = [*meters, *totals(self.posting)]
        before = [*locks, *([] if self.made is None else self.made.statements(self.now))]
        drafted = [statement for form, record in self.drafts for statement in self._drafted(form, record)]
        step = recorded(self.step, self.actor.id)
        numbered = None if saved.numbered is None else saved.numbered + len(before)
        return replace(saved, statements=(*before, *saved.statements, *drafted, *booked, step), numbered=numbered)

    @property
    def number_on(self) -> date | None:
        """The day whose number the record takes now, if it takes one."""
        declared = self.form.declaration
        if declared.number is None or self.before.get("number") is not None:
            return None
        if declared.numbered_at not in ("create", self.ready.name):
            return None
        return number_day(self.form, self.after, self.context.today)

    @property
    def journal(self) -> int | None:
        """The journal that it wrote, if any."""
        return None if self.posting is None or self.posting.is_empty else self.posting.id

    @property
    def created(self) -> tuple[RecordRef, ...]:
        """The further documents, and the records made for rows."""
        return tuple(RecordRef(form, record.id) for form, record in (*self.drafts, *self._made))

    @property
    def state(self) -> str | None:
        """The state in which it leaves the record: where it was, if anything was found against it."""
        state: str | None = self.before.get("state") if self.refusals else self.ready.declaration.target
        return state

    @property
    def step(self) -> Step:
        """The step that it is."""
        return Step(
            id=0,
            form=self.ready.form,
            record=self.ref.id,
            transition=self.ready.name,
            from_state=self.before.get("state"),
            to_state=self.ready.declaration.target,
            journal=self.journal,
            created=tuple(made.id for made in self.created),
        )

    @property
    def _made(self) -> tuple[tuple[str, NewRecord], ...]:
        return () if self.made is None else self.made.records

    def _chosen(self, request: Request) -> Request:
        """The request with the lots and spots to take pieces from."""
        return request if self._picking is None else replace(request, picks=self._picking.picks(request.on))

    def _drafted(self, form: str, record: NewRecord) -> tuple[Statement, ...]:
        row = record.finish()
        compiled = self.ground.forms.form(form)
        declared = compiled.declaration
        is_numbered = declared.number is not None and declared.numbered_at == "create"
        day = number_day(compiled, row, self.context.today) if is_numbered else None
        return inserting(self.ground.forms, form, row, self.actor, self.now, number_on=day).statements

    def _recompute(self, row: Row) -> None:
        """What the record reads through its links may have changed since it was last saved."""
        linked = Linked()
        links = self.form.links(self.ready.needs)
        for link in links:
            for own in rows_of(row, link.lines):
                linked.learn_from(own, link)
        declared = self.form.declaration
        compute(self.form.plan, links, row, linked, self.context)
        problems = problems_of(declared, self.form.plan, row, self.context)
        if problems:
            self._refuse(Invalid(problems, form=declared.label))

    def _stepped(self, fresh: Row, plan: Plan) -> Row:
        """The record after the step, with the formulas that read what changed."""
        after = copied(fresh)
        after.update(plan.sets)
        refresh(self.ground.kept(("stale", self.ready.form, self.ready.name), self._stale), after, self.context)
        return after

    def _stale(self) -> tuple[PlanStep, ...]:
        sets = {(None, name) for name in (*self.ready.sets, "state")}
        made = {(effect.make.each, effect.make.into) for effect in self.ready.makes}
        return stale_steps(self.form.declaration, self.form.plan, sets | made)

    def _require_rights(self) -> None:
        if not rights(self.ground.catalog, self.actor, self.ready.form).may_do(self.ready.name):
            self._refuse(Forbidden(form=self.form.declaration.label, action=self.ready.name))

    def _require_state(self) -> None:
        states = self.form.declaration.states
        step = self.ready.declaration
        state = self.before.get("state")
        if state not in step.source:
            shown = states[state].label if state in states else state
            sources = [states[name].label for name in step.source]
            self._refuse(WrongState(record=self.label, state=shown, transition=step.label, source=sources))

    def _require(self, plan: Plan) -> None:
        if plan.problems:
            reasons = [problem.data.get("words") for problem in plan.problems if "words" in problem.data]
            label = self.ready.declaration.label
            self._refuse(RequirementsFailed(plan.problems, transition=label, reasons=reasons, record=self.label))

    def _heed_new(self) -> None:
        """What rules say against the further documents and the records made for rows."""
        guards = self.ground.guards
        for form, record in (*self._made, *self.drafts):
            if form in guards.forms:
                self._heed(guards.against_new(form, record.row, self.context, self.actor))

    def _heed(self, problems: Sequence[Problem]) -> None:
        """What rules say against it."""
        if problems:
            self._refuse(forbidden(problems))

    def _placed(self, refusal: Refusal) -> Refusal:
        """The ledger's refusal with the places in the record that it is about: each problem at its first row."""
        fields = self.form.declaration.line_fields
        places = {
            row["id"]: (name, place) for name in fields for place, row in enumerate(rows_of(self.before, name), 1)
        }
        problems = []
        for problem in refusal.problems:
            lines = problem.data.get("lines")
            found = [places[line] for line in lines if line in places] if isinstance(lines, list) else []
            problems.append(replace(problem, field=min(found)[0], row=min(found)[1]) if found else problem)
        return type(refusal)(problems, **refusal.data)

    def _refuse(self, refusal: Refusal) -> None:
        if not self.is_preview:
            raise refusal
        self.refusals.append(refusal)


def keys_of_run(form: CompiledForm, ready: ReadyTransition) -> frozenset[str]:
    """What is read of a record to run a transition: what it composes from, what it computes, and all that is stored."""
    return ready.needs | form.keys | form.stored
