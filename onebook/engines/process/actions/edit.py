"""Changing a record, putting it into the recycle bin and bringing it back: the road of what touches no ledger."""

from dataclasses import dataclass

from onebook.engines.form.changed import Changed, ChangedRecord
from onebook.engines.form.changes import changes_of
from onebook.engines.form.compute import rows_of
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import Wanted
from onebook.engines.form.plan import Place
from onebook.engines.form.rows import Row
from onebook.engines.form.save import Saved, updating
from onebook.engines.process.actions.gate import BACK, BEFORE, Gate
from onebook.engines.process.actions.step import watched
from onebook.engines.process.command import Run, Update
from onebook.engines.process.composing.fresh import stale_places
from onebook.engines.process.composing.ready import ReadyTransition
from onebook.engines.process.heeding import against_change
from onebook.engines.process.keeping.wanted import Sent
from onebook.engines.process.keeping.watch import Marks, stopped, unmoved
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.refusals import DrawnOtherwise
from onebook.engines.process.road import Road
from onebook.engines.process.run import TransitionRun
from onebook.engines.rule.guarding import forbidden


def update(road: Road, action: Update) -> Outcome:
    """Give fields other values. Refuses with form.forbidden, form.stale, form.locked, form.invalid, form.duplicated,
    and with what speaks against the transition that is to follow."""
    running = None
    watching: list[Wanted] = []
    marks: Marks | None = None
    if action.then is not None:
        ready = road.ground.transitions.of(action.record.form, action.then)
        running = TransitionRun(road.ground, road.actor, road.context, road.now, ready, road.is_preview)
        road.runs.append(running)
        marks = Marks(watched(road.ground, running), action.record.id)
        running.ids.of_stored(action.record.id)
        running.ids.of_given(action.values)
        watching += [marks, running.ids]
    changing = _changing(road, action, running)
    gate = Gate(road, action.record.form, action.record.id, None if running is None else running.ready)
    with unmoved(marks, road.gather):
        earlier = road.begin(*watching, changing, *gate.wanted)
        if earlier is not None:
            return earlier
        changed = changing.finish()
        _judge(road, action.record.form, changed, running)
        saved = updating(road.ground.forms, action.record.form, changed.before, changed.after, road.actor, road.now)
        if running is not None:
            road.gather(running.begin({**changed.after, "version": saved.version}))
            running.compose()
    if running is not None and marks is not None:
        return _changed_and_run(road, _Stepping(action, changed, saved, running, marks, gate))
    outcome = Outcome(action.record, saved.version, changed.before.get("state"), changed.before.get("number"))
    return road.end(outcome, saved.statements)


def _changing(road: Road, action: Update, running: TransitionRun | None) -> ChangedRecord:
    return ChangedRecord(
        road.ground.forms,
        action.record.form,
        action.record.id,
        action.version,
        action.values,
        road.actor,
        road.context,
        keys=(running.keys if running else frozenset()) | road.ground.guards.keys(action.record.form),
        accept_warnings=action.accept_warnings,
        # The step reads what the change has written, so a preview of both writes it too, and leaves before the end.
        preview=road.is_preview and running is None,
        # The accounts of a step are locked before its record.
        lock=running is None,
        opens=frozenset(running.ready.declaration.edits) if running is not None else frozenset(),
        writes=drawn_by(running.ready) if running is not None else frozenset(),
    )


def _judge(road: Road, form: str, changed: Changed, running: TransitionRun | None) -> None:
    """What was agreed to is what is drawn, facts stay, and no rule says no."""
    if running is not None and road.command.granted is not None:
        _require_drawn_alike(running.ready, changed)
    keep_facts(road.ground.forms, form, changed)
    against = against_change(road.ground, form, changed.before, changed.after, road.context, road.actor)
    if against:
        raise forbidden(against)


def drawn_by(ready: ReadyTransition) -> frozenset[str]:
    """The fields that a step draws: nobody types them."""
    own = {name for draw in ready.declaration.draws for name in draw.sets}
    lines = {draw.lines for draw in ready.declaration.draws if draw.lines is not None}
    rows = {f"{draw.lines}.{name}" for draw in ready.declaration.draws for name in draw.fields}
    return frozenset(own | lines | rows)


def _require_drawn_alike(ready: ReadyTransition, changed: Changed) -> None:
    """What is drawn now is what was agreed to. Refuses with DrawnOtherwise."""

    def drawn(row: Row) -> list[object]:
        own = [row.get(name) for draw in ready.declaration.draws for name in draw.sets]
        rows = [
            [line.get(name) for name in draw.fields]
            for draw in ready.declaration.draws
            if draw.lines is not None
            for line in rows_of(row, draw.lines)
        ]
        return [own, rows]

    if drawn(changed.before) != drawn(changed.after):
        raise DrawnOtherwise(transition=ready.declaration.label)


@dataclass(frozen=True, slots=True)
class _Stepping:
    """A change on its way with the transition that follows it."""

    action: Update
    changed: Changed
    saved: Saved
    running: TransitionRun
    marks: Marks
    gate: Gate

    @property
    def later(self) -> Run | Update:
        """What an approval keeps: the step of the changed record. What only the step lets be changed waits with it."""
        if self.is_edited_by_step:
            values, accepts = self.action.values, self.action.accept_warnings
            return Update(self.action.record, self.changed.before["version"], values, accepts, self.running.ready.name)
        return Run(self.action.record, self.running.ready.name, self.saved.version)

    @property
    def is_edited_by_step(self) -> bool:
        """Whether the change is the step's own."""
        return bool(self.running.ready.declaration.edits)

    @property
    def is_undone(self) -> bool:
        """Whether what is written before the step may have to be taken back."""
        return self.is_edited_by_step and self.gate.may_wait


def _changed_and_run(road: Road, stepping: _Stepping) -> Outcome:
    """The change is written behind the locks, so that what the transition makes reads the record as it is now."""
    action, saved, running = stepping.action, stepping.saved, stepping.running
    row = stepping.changed.after
    stepping.marks.again(lock=not road.is_preview, stop=True)
    before = [BEFORE] if stepping.is_undone else []
    with stopped():
        road.gather(*running.locks(), stepping.marks, Sent([*before, *saved.statements]), *running.looks())
    running.decide()
    asking = stepping.gate.ask(running, stepping.later)
    if road.is_preview:
        return Outcome(action.record, saved.version, running.state, row.get("number"))
    if asking.flow is not None:
        version = stepping.changed.before["version"] if stepping.is_undone else saved.version
        waits = Outcome(action.record, version, row.get("state"), row.get("number"), flow=asking.flow)
        return road.end(waits, [*([BACK] if stepping.is_undone else ()), *asking.statements])
    road.transaction.ahead(*running.posted())
    stepped = running.written()
    outcome = Outcome(
        record=action.record,
        version=stepped.version,
        state=running.state,
        number=row.get("number"),
        journal=running.journal,
        created=running.created,
    )
    return road.end(outcome, [*stepped.statements, *asking.statements], stepped.numbered)


def keep_facts(forms: Forms, form: str, changed: Changed) -> None:
    """Of a record that has left its editable states only formulas over the changed fields are computed anew:
    what it was posted with stays, whatever its links say today."""
    compiled = forms.form(form)
    declared = compiled.declaration
    if declared.is_editable(changed.before.get("state")):
        return
    changes = changes_of(declared, changed.before, changed.after)
    typed: set[Place] = {
        (None, name) for name in changes.columns if name in declared.fields and declared.fields[name].formula is None
    }
    for lines, rows in changes.rows.items():
        typed |= {(lines, name) for name in declared.fields[lines].fields or {}} if rows else set()
    stale = stale_places(declared, compiled.plan, typed)
    for step in compiled.plan.steps:
        if step.formula is None or (step.lines, step.name) in stale:
            continue
        before = {row["id"]: row for row in rows_of(changed.before, step.lines)}
        for row in rows_of(changed.after, step.lines):
            if row["id"] in before:
                row[step.name] = before[row["id"]][step.name]
