"""Approvals in the database: read under lock, and written with what an operation changed of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import orjson

from onebook.engines.process.approving.flow import OPEN, Flow, Stop, Task, stops_of
from onebook.engines.process.approving.refusals import UnknownFlow
from onebook.engines.process.approving.said import NOTHING, Said
from onebook.storage.transaction import Rows, Statement
from onebook.values.reference import RecordRef

#: What is not told in the course of an approval: it follows from what is.
_UNTOLD: Final = frozenset({"asked"})


@dataclass(slots=True)
class Kept:
    """A flow with what it is about. `command`: what is run in the end, as JSON; `cc`: who is told of the grant."""

    id: int
    record: RecordRef
    transition: str
    command: Mapping[str, Any]
    at: datetime
    flow: Flow
    meanwhile: tuple[str, ...] = ()
    cc: tuple[int, ...] = ()
    grants: int = 0
    refusal: Mapping[str, Any] | None = None
    _before: dict[int, Task] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember what is stored, to write what changes."""
        self._before = {task.number: replace(task) for task in self.flow.tasks}

    def begun(self) -> list[Statement]:
        """What writes a new flow; nothing of it is stored yet."""
        self._before = {}
        row = {**self._row(), "id": self.id, "form": self.record.form, "record": self.record.id, "by": self.flow.by,
               "transition": self.transition, "at": self.at, "now": self.at}  # fmt: skip
        return [
            Statement(_INSERT, row), *self._tasks(self.at, None, NOTHING),
            *self._events(self.at, self.flow.by, NOTHING),
        ]  # fmt: skip

    def changed(self, by: int, now: datetime, task: int | None = None, said: Said = NOTHING) -> list[Statement]:
        """What writes an operation's changes. `by`: who did it (0: the clock); `task`: the one that they answered."""
        update = Statement(_UPDATE, {**self._row(), "id": self.id, "now": now})
        return [update, *self._tasks(now, task, said), *self._events(now, by, said)]

    def _row(self) -> dict[str, Any]:
        flow = self.flow
        return {
            "command": _json(self.command),
            "route": _json([stop.to_json() for stop in flow.route]),
            "marks": _json({"marks": flow.marks, "rounds": flow.rounds}),
            "meanwhile": list(self.meanwhile),
            "cc": list(self.cc),
            "grants": self.grants,
            "state": flow.state,
            "refusal": None if self.refusal is None else _json(self.refusal),
        }

    def _tasks(self, now: datetime, answered: int | None, said: Said) -> list[Statement]:
        within = {stop.step: stop.within for stop in stops_of(self.flow.route)}
        rows = [
            {
                "number": task.number, "step": task.step, "round": task.round, "seat": task.seat,
                "behind": list(task.behind), "person": task.person, "on_behalf_of": task.on_behalf_of,
                "state": task.state, "is_opened": task.state == "open" and self._was(task) != "open",
                "within": within.get(task.step), "is_answered": task.number == answered,
            }
            for task in self.flow.tasks
            if self._before.get(task.number) != task or task.number == answered
        ]  # fmt: skip
        if not rows:
            return []
        given = {"flow": self.id, "now": now, "comment": said.comment, "files": _json(said.files), "tasks": _json(rows)}
        return [Statement(_TASKS, given)]

    def _was(self, task: Task) -> str | None:
        before = self._before.get(task.number)
        return None if before is None else before.state

    def _events(self, now: datetime, by: int, said: Said) -> list[Statement]:
        tasks = {task.number: task for task in self.flow.tasks}
        told = [one for one in self.flow.happened if one.what not in _UNTOLD]
        rows = [
            {
                "what": one.what, "step": one.step, "to": list(one.to),
                "on_behalf_of": tasks[one.task].on_behalf_of if one.task is not None else None,
                "comment": "" if place else said.comment, "files": [] if place else said.files,
            }
            for place, one in enumerate(told)
        ]  # fmt: skip
        return [Statement(_EVENTS, {"flow": self.id, "now": now, "by": by, "events": _json(rows)})] if rows else []


class FlowLoad:
    """Wants flows under lock, with their tasks; those of one record or those named."""

    def __init__(self, ids: Sequence[int], *, lock: bool = True) -> None:
        """These flows."""
        self._ids = list(ids)
        self._lock = lock
        self._found: dict[int, Kept] | None = None

    def statements(self) -> Sequence[Statement]:
        """The flows first: their tasks are read once they are locked."""
        if self._found is not None:
            return ()
        asked = {"ids": self._ids}
        return Statement(_FLOWS + (" FOR UPDATE" if self._lock else ""), asked), Statement(_OF_FLOWS, asked)

    def take(self, results: Sequence[Rows]) -> None:
        """Put them together."""
        flows, tasks = results
        of: dict[int, list[Task]] = {}
        for flow, *values in tasks:
            of.setdefault(flow, []).append(_task(values))
        self._found = {row[0]: _kept(row, of.get(row[0], [])) for row in flows}

    def one(self, number: int) -> Kept:
        """One of them. Refuses with UnknownFlow."""
        found = (self._found or {}).get(number)
        if found is None:
            raise UnknownFlow(id=number)
        return found


def copied(flow: int, people: Iterable[int], now: datetime) -> Statement:
    """What puts a flow before people who are told without being asked."""
    values = {"flow": flow, "people": list(people), "now": now}
    return Statement(
        "INSERT INTO onebook_flow_copy (flow, person, at) SELECT %(flow)s::bigint, person, %(now)s"
        " FROM unnest(%(people)s::bigint[]) AS person ON CONFLICT DO NOTHING",
        values,
    )


def _kept(row: Sequence[Any], tasks: list[Task]) -> Kept:
    (number, form, record, transition, command, by, at, route, marks, meanwhile, cc, grants, state,
     refusal) = row  # fmt: skip
    flow = Flow(
        tuple(Stop.from_json(stop) for stop in route), by, state, tasks, dict(marks["marks"]), dict(marks["rounds"])
    )
    return Kept(
        number, RecordRef(form, record), transition, command, at, flow, tuple(meanwhile), tuple(cc), grants,
        refusal,
    )  # fmt: skip


def _task(values: Sequence[Any]) -> Task:
    number, step, round_, seat, person, behind, on_behalf_of, state = values
    return Task(number, step, round_, seat, person, tuple(behind), on_behalf_of, state)


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()


#: Open states as SQL lists them.
OPEN_STATES: Final = ", ".join(f"'{state}'" for state in OPEN)

_FLOWS: Final = (
    "SELECT id, form, record, transition, command, by, at, route, marks, meanwhile, cc, grants, state, refusal"
    " FROM onebook_flow WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id"
)
_OF_FLOWS: Final = (
    "SELECT flow, number, step, round, seat, person, behind, on_behalf_of, state FROM onebook_flow_task"
    " WHERE flow = ANY(%(ids)s::bigint[]) ORDER BY flow, number"
)
_INSERT: Final = """
INSERT INTO onebook_flow (id, form, record, transition, command, by, at, route, marks, meanwhile, cc, grants,
                          state, changed_at, refusal)
VALUES (%(id)s, %(form)s, %(record)s::bigint, %(transition)s, %(command)s::jsonb, %(by)s::bigint, %(at)s,
        %(route)s::jsonb, %(marks)s::jsonb, %(meanwhile)s::text[], %(cc)s::bigint[],
        %(grants)s::int, %(state)s, %(now)s, %(refusal)s::jsonb)
"""
_UPDATE: Final = """
UPDATE onebook_flow SET command = %(command)s::jsonb, route = %(route)s::jsonb, marks = %(marks)s::jsonb,
    meanwhile = %(meanwhile)s::text[], cc = %(cc)s::bigint[], grants = %(grants)s::int,
    state = %(state)s, changed_at = %(now)s, refusal = %(refusal)s::jsonb
WHERE id = %(id)s::bigint
"""
_TASKS: Final = """
INSERT INTO onebook_flow_task AS kept (flow, number, step, round, seat, behind, person, on_behalf_of, state, opened_at,
                                       due, answered_at, comment, files)
SELECT %(flow)s::bigint, number, step, round, seat, ARRAY(SELECT jsonb_array_elements_text(behind)::int), person,
       on_behalf_of, state, CASE WHEN is_opened THEN %(now)s::timestamptz END,
       CASE WHEN is_opened THEN %(now)s::timestamptz + make_interval(hours => "within") END,
       CASE WHEN is_answered THEN %(now)s::timestamptz END, CASE WHEN is_answered THEN %(comment)s::text ELSE '' END,
       CASE WHEN is_answered THEN %(files)s::jsonb ELSE '[]' END
FROM jsonb_to_recordset(%(tasks)s::jsonb) AS given(number int, step text, round int, seat int, behind jsonb,
    person bigint, on_behalf_of bigint, state text, is_opened boolean, "within" int, is_answered boolean)
ON CONFLICT (flow, number) DO UPDATE SET behind = excluded.behind, person = excluded.person,
    on_behalf_of = excluded.on_behalf_of, state = excluded.state,
    opened_at = coalesce(excluded.opened_at, kept.opened_at), due = coalesce(excluded.due, kept.due),
    answered_at = coalesce(excluded.answered_at, kept.answered_at),
    comment = CASE WHEN excluded.answered_at IS NULL THEN kept.comment ELSE excluded.comment END,
    files = CASE WHEN excluded.answered_at IS NULL THEN kept.files ELSE excluded.files END
"""
_EVENTS: Final = """
INSERT INTO onebook_flow_event (flow, at, by, what, step, on_behalf_of, "to", comment, files)
SELECT %(flow)s::bigint, %(now)s, %(by)s::bigint, what, step, on_behalf_of,
       ARRAY(SELECT jsonb_array_elements_text("to")::bigint), comment, files
FROM jsonb_to_recordset(%(events)s::jsonb) AS given(what text, step text, on_behalf_of bigint, "to" jsonb,
    comment text, files jsonb)
"""
