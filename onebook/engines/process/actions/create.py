"""Making a record, and running a transition of it in the same breath: the road from its values to its commit."""

from collections.abc import Iterator
from datetime import date

from onebook.engines.form.draft import NewRecord
from onebook.engines.form.gather import Wanted
from onebook.engines.form.rows import Row
from onebook.engines.form.save import Saved, inserting, number_day
from onebook.engines.process.actions.gate import BACK, BEFORE, Gate
from onebook.engines.process.command import Create, Run
from onebook.engines.process.keeping.wanted import Number, Sent
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road
from onebook.engines.process.run import TransitionRun
from onebook.engines.rule.guarding import forbidden
from onebook.values.reference import RecordRef


def create(road: Road, action: Create) -> Outcome:
    """Make a record. Refuses with everything that is wrong with it, and with what speaks against its transition."""
    running = None
    if action.then is not None:
        ready = road.ground.transitions.of(action.form, action.then)
        running = TransitionRun(road.ground, road.actor, road.context, road.now, ready, road.is_preview)
        road.runs.append(running)
    new = NewRecord(
        road.ground.forms,
        action.form,
        action.values,
        road.actor,
        road.context,
        keys=(running.keys if running else frozenset()) | road.ground.guards.keys(action.form),
        accept_warnings=action.accept_warnings,
    )
    wanted: list[Wanted] = [new]
    if running is not None:
        running.ids.of_given(action.values)
        wanted.append(running.ids)
    earlier = road.begin(*wanted)
    if earlier is not None:
        return earlier
    row = new.finish()
    against = road.ground.guards.against_new(action.form, row, road.context, road.actor)
    if against:
        raise forbidden(against)
    return _created(road, action, row) if running is None else _created_and_run(road, action, row, running)


def _created(road: Road, action: Create, row: Row) -> Outcome:
    saved = _inserting(road, action.form, row, number_on(road, action.form, row))
    outcome = Outcome(RecordRef(action.form, row["id"]), saved.version, row.get("state"))
    return road.end(outcome, saved.statements, saved.numbered)


def _created_and_run(road: Road, action: Create, row: Row, running: TransitionRun) -> Outcome:
    """The record is inserted last, as its transition leaves it; or right behind the locks, if other records are made
    that may look at it, or if the step may have to wait. Its number is last, so that nobody waits for it, unless what
    is made tells it: then it comes right behind the locks, and until then another stands in for it."""
    ids = running.begin(row, is_computed=True)
    day = number_on(road, action.form, row) if running.tells_number else None
    number = None if day is None else Number(road.ground.forms.form(action.form).declaration, day)
    if number is not None:
        running.take_number(number.stand_in)
    road.gather(ids)
    running.compose()
    if number is not None:
        road.gather(*running.locks(), number)
        running.take_number(number.text)
        running.compose()
    gate = Gate(road, action.form, None, running.ready)
    is_last = not running.makes_records and not gate.may_wait

    def wanted() -> Iterator[Wanted]:
        yield from running.locks()
        if not is_last:
            before = [BEFORE] if gate.may_wait else []
            yield Sent([*before, *_inserting(road, action.form, row, None).statements])
        yield from running.looks()

    road.gather_in_turn(wanted(), meanwhile=lambda: running.save(is_new=is_last))
    running.decide()
    record = RecordRef(action.form, row["id"])
    asking = gate.ask(running, Run(record, running.ready.name, row["version"]))
    if road.is_preview:
        return Outcome(record, row["version"], running.state)
    if asking.flow is not None:
        day = None if row.get("number") is not None else number_on(road, action.form, row)
        alone = _inserting(road, action.form, row, day)
        waits = Outcome(record, alone.version, row.get("state"), row.get("number"), flow=asking.flow)
        numbered = None if alone.numbered is None else alone.numbered + 1
        return road.end(waits, [BACK, *alone.statements, *asking.statements], numbered)
    road.transaction.ahead(*running.posted())
    saved = running.written()
    outcome = Outcome(
        record=record,
        version=saved.version,
        state=running.state,
        number=row.get("number"),
        journal=running.journal,
        created=running.created,
    )
    return road.end(outcome, saved.statements, saved.numbered)


def _inserting(road: Road, form: str, row: Row, day: date | None) -> Saved:
    return inserting(road.ground.forms, form, row, road.actor, road.now, number_on=day)


def number_on(road: Road, form: str, row: Row) -> date | None:
    """The day whose number a new record takes, if it takes one at once."""
    compiled = road.ground.forms.form(form)
    declared = compiled.declaration
    if declared.number is None or declared.numbered_at != "create":
        return None
    return number_day(compiled, row, road.context.today)
