"""The gate on the road: a step that needs agreement waits for it, with everything written that it needs to go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from onebook.engines.form.gather import Wanted
from onebook.engines.process.approving.asking import office_of, routings
from onebook.engines.process.approving.flow import Flow
from onebook.engines.process.approving.kept import FlowLoad, Kept
from onebook.engines.process.approving.refusals import NobodyToAsk
from onebook.engines.process.approving.route import Routed, routed
from onebook.engines.process.approving.waiting import NO_STEP, Waiting
from onebook.engines.process.approving.writing import begun, written
from onebook.engines.process.command import Run, Update
from onebook.engines.process.composing.ready import ReadyTransition
from onebook.engines.process.road import Road
from onebook.engines.process.run import TransitionRun
from onebook.engines.table.ddl import quoted
from onebook.engines.table.names import table_name
from onebook.storage.transaction import Rows, Statement
from onebook.values.reference import RecordRef

#: Where a record is written before it is known whether the step behind waits.
BEFORE: Final = Statement("SAVEPOINT before_step")
BACK: Final = Statement("ROLLBACK TO SAVEPOINT before_step")


@dataclass(frozen=True, slots=True)
class Asking:
    """What the gate says of a command. `flow`: the approval that it waits for; None: it happens now. `statements`: what
    is written either way."""

    flow: int | None = None
    statements: tuple[Statement, ...] = ()


@dataclass(slots=True)
class Gate:
    """The gate before a step of one record, or before another change of it."""

    road: Road
    form: str
    #: None for a record that is being made.
    record: int | None = None
    ready: ReadyTransition | None = None
    #: Whether what is returned, too, is kept from it: fields open then, but nothing else is done.
    is_closing: bool = False
    _waiting: Waiting | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Look for an approval that the record waits for."""
        road, command = self.road, self.road.command
        if self.record is None or not road.ground.approves(self.form):
            return
        step = self.ready.name if self.ready is not None else NO_STEP if self.is_closing else None
        may_change = command.granted is not None or self._may_ask
        self._waiting = Waiting(
            road.ground.catalog.forms[self.form],
            self.record,
            command.actor.id,
            step,
            granted=command.granted,
            lock=may_change and not road.is_only_seen,
        )

    @property
    def wanted(self) -> list[Wanted]:
        """What it wants to know, in the first round trip: an approval is locked before accounts and record."""
        return [] if self._waiting is None else [self._waiting]

    @property
    def may_wait(self) -> bool:
        """Whether the step might have to wait."""
        return self._may_ask and self.road.command.granted is None

    @property
    def _may_ask(self) -> bool:
        if self.ready is None:
            return False
        return self.ready.approval is not None or (self.form, self.ready.name) in self.road.ground.guards.asking

    def ask(self, running: TransitionRun, later: Run | Update) -> Asking:
        """Whether the step, which was decided on, waits for agreement; `later` is what is done then.

        Refuses with NobodyToAsk."""
        road = self.road
        if road.command.granted is not None:
            return Asking() if road.is_only_seen else Asking(None, tuple(self._done(road.command.granted)))
        returned = None if self._waiting is None else self._waiting.returned
        if running.refusals or (not self.may_wait and returned is None):
            return Asking()
        try:
            asked = self._routed(running)
        except NobodyToAsk as refusal:
            if not road.is_only_seen:
                raise
            running.refusals.append(refusal)
            return Asking()
        if asked is None:
            return Asking() if returned is None or road.is_only_seen else Asking(None, tuple(self._closed(returned)))
        flow = Flow(asked.route, road.actor.id, stand_ins=asked.office.stand_ins)
        if returned is None or road.is_only_seen:
            flow.begin()
            if flow.state == "granted":
                return Asking()
            road.routes.append(asked.route)
            return Asking() if road.is_only_seen else self._begun(flow, later, asked)
        return self._again(returned, later, asked)

    def _routed(self, running: TransitionRun) -> Routed | None:
        """The route, or None where nobody has to agree."""
        road = self.road
        asking = routings(road.ground, running.ready, running.fresh, road.context, road.actor)
        if not asking:
            return None
        office = office_of(asking, road.context)
        road.gather(office)
        found = routed(asking, office)
        return found if found.route else None

    def _begun(self, flow: Flow, later: Run | Update, asked: Routed) -> Asking:
        number = _NewFlow()
        self.road.gather(number)
        transition = later.transition if isinstance(later, Run) else str(later.then)
        kept = Kept(number.id, later.record, transition, stored(later), self.road.now, flow, asked.meanwhile, asked.cc)
        return Asking(kept.id, (*begun(kept), _touch(later.record)))

    def _again(self, number: int, later: Run | Update, asked: Routed) -> Asking:
        """Submitted again: on the route of today, with the command of today."""
        kept = self._kept(number)
        kept.flow.stand_ins = asked.office.stand_ins
        kept.flow.resubmit(asked.route, anew=self.road.command.anew)
        kept.command, kept.cc, kept.meanwhile = stored(later), asked.cc, asked.meanwhile
        if kept.flow.state == "granted":
            # All who are to be asked have agreed to this very question.
            kept.flow.over("done")
        statements = (*written(kept, self.road.actor.id, self.road.now), _touch(later.record))
        return Asking(kept.id if kept.flow.state == "running" else None, statements)

    def _done(self, number: int) -> list[Statement]:
        kept = self._kept(number)
        kept.flow.over("done")
        return written(kept, 0, self.road.now)

    def _closed(self, number: int) -> list[Statement]:
        kept = self._kept(number)
        kept.flow.close()
        return written(kept, self.road.actor.id, self.road.now)

    def _kept(self, number: int) -> Kept:
        load = FlowLoad([number])
        self.road.gather(load)
        return load.one(number)


def stored(action: Run | Update) -> dict[str, Any]:
    """A command as an approval keeps it."""
    common: dict[str, Any] = {"version": action.version}
    if isinstance(action, Run):
        return {"do": "run", **common}
    return {
        "do": "update", **common, "accept_warnings": action.accept_warnings,
        "values": dict(action.values),
    }  # fmt: skip


def restored(kept: Kept) -> Run | Update:
    """The command that an approval keeps. What may be done meanwhile makes further versions of the record."""
    command = kept.command
    version = None if kept.meanwhile else command["version"]
    if command["do"] == "run":
        return Run(kept.record, kept.transition, version)
    return Update(kept.record, command["version"], command["values"], command["accept_warnings"], kept.transition)


def _touch(record: RecordRef) -> Statement:
    """Writes the record without a change: whoever has read it before the approval begins again and sees it."""
    table = quoted(table_name(record.form))
    return Statement(f"UPDATE {table} SET version = version WHERE id = %(id)s", {"id": record.id})


class _NewFlow:
    """Wants the id of a new approval."""

    def __init__(self) -> None:
        self.id = 0

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        return () if self.id else (Statement("SELECT nextval('onebook_flow_id_seq')"),)

    def take(self, results: Sequence[Rows]) -> None:
        """The id."""
        self.id = results[0][0][0]
