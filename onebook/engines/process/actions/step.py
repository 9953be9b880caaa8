"""Running a transition of a stored record: the road from its reading to its commit."""

from itertools import chain

from onebook.engines.form.load import RecordLoad
from onebook.engines.process.actions.gate import Gate
from onebook.engines.process.actions.seen import require_seen
from onebook.engines.process.command import Run
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.watch import Marks, marks_sql, unmoved
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road
from onebook.engines.process.run import TransitionRun


def run(road: Road, action: Run) -> Outcome:
    """Take a record one step further. Refuses with everything that speaks against it."""
    ready = road.ground.transitions.of(action.record.form, action.transition)
    running = TransitionRun(road.ground, road.actor, road.context, road.now, ready, road.is_preview)
    road.runs.append(running)
    marks = Marks(watched(road.ground, running), action.record.id)
    load = RecordLoad(road.ground.forms, action.record.form, [action.record.id], running.keys, road.actor, road.context)
    running.ids.of_stored(action.record.id)
    gate = Gate(road, action.record.form, action.record.id, ready)
    with unmoved(marks, road.gather):
        earlier = road.begin(marks, load, running.ids, *gate.wanted)
        if earlier is not None:
            return earlier
        row = load.row(action.record.id)
        require_seen(road, action.record, action.version, row["version"])
        road.gather(running.begin(row))
        running.compose()
    marks.again(lock=not road.is_preview)
    road.gather_in_turn(chain(running.wanted(), (marks,)), meanwhile=running.save)
    running.decide()
    asking = gate.ask(running, Run(action.record, action.transition, row["version"]))
    if road.is_preview:
        return Outcome(action.record, row["version"], running.state, row.get("number"))
    if asking.flow is not None:
        waits = Outcome(action.record, row["version"], row.get("state"), row.get("number"), flow=asking.flow)
        return road.end(waits, asking.statements)
    road.transaction.ahead(*running.posted())
    saved = running.written()
    outcome = Outcome(
        record=action.record,
        version=saved.version,
        state=running.state,
        number=row.get("number"),
        journal=running.journal,
        created=running.created,
    )
    return road.end(outcome, [*saved.statements, *asking.statements], saved.numbered)


def watched(ground: Ground, running: TransitionRun) -> tuple[str, str]:
    """The SQL of the marks that a transition watches."""
    ready = running.ready
    return ground.marks(("run", ready.form, ready.name), lambda: marks_sql(ground.catalog, ready.form, running.keys))
