"""Approvals as people see them: what waits for them, what they began, answered or were told of, and one as a whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from onebook.access.actor import Actor
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.text import masked
from onebook.engines.process.approving.flow import Stop, Task, stops_of
from onebook.engines.process.approving.kept import OPEN_STATES, FlowLoad, Kept
from onebook.engines.process.approving.refusals import UnknownFlow
from onebook.engines.process.ground import Ground
from onebook.engines.view.menus import may_do_everything
from onebook.engines.view.page import Page
from onebook.locale.texts import text
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

Box = Literal["waiting", "started", "handled", "cc"]
#: Of a record so many of its list's columns tell what it is about.
MOST_TOLD: Final = 5
#: Beyond this many a page says "more".
MOST_COUNTED: Final = 1000
#: What whoever is asked can do.
ANSWERS: Final = ("agree", "refuse", "return", "transfer", "add_before", "add_after")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a record is about."""

    title: str | None
    summary: list[dict[str, Any]]


@dataclass(slots=True)
class Boxes:
    """The approvals of one company as one user sees them."""

    transaction: Transaction
    ground: Ground
    actor: Actor
    now: datetime
    language: str
    _names: dict[int, str | None] = field(default_factory=dict)

    @property
    def is_administrator(self) -> bool:
        """Whether they see and may free every approval."""
        return may_do_everything(self.ground.catalog, self.actor)

    def page(self, box: Box, cursor: int | None, limit: int) -> dict[str, Any]:
        """The approvals of a box, the latest first; `next`: where to go on; how many wait."""
        asked = {"me": self.actor.id, "below": cursor, "limit": limit + 1, "most": MOST_COUNTED}
        found, [[waiting]] = self.transaction.run(
            Statement(_PAGE.format(condition=_BOXES[box]), asked), Statement(_COUNT, asked)
        )
        ids = [number for (number,) in found[:limit]]
        return {
            "rows": self._rows(ids),
            "next": str(ids[-1]) if len(found) > limit else None,
            "counts": {"waiting": waiting},
        }

    def one(self, number: int) -> tuple[Kept, dict[str, Any]]:
        """One approval with its route and its course. Refuses with UnknownFlow whom it does not concern."""
        self._require(number)
        load = FlowLoad([number], lock=False)
        gather(self.transaction, load)
        kept = load.one(number)
        answers, events = self.transaction.run(
            Statement(_ANSWERS, {"flow": number}), Statement(_EVENTS, {"flow": number})
        )
        told = {task: tuple(more) for task, *more in answers}
        people = [*_people(kept), *(row[1] for row in events), *(row[4] for row in events)]
        self._learn([*people, *(person for row in events for person in row[5])])
        [row] = self._rows([number])
        mine = self._my_task(kept)
        return kept, {
            **row,
            "route": [self._stop(kept, stop, told) for stop in kept.flow.route],
            "returns": [] if mine is None else [self._named(stop) for stop in kept.flow.earlier(mine.step)],
            "cc": [self._person(person) for person in kept.cc],
            "refusal": self._refusal(kept),
            "events": [self._event(kept, *event) for event in events],
        }

    def told_route(self, route: Sequence[Stop]) -> list[dict[str, Any]]:
        """A route before it is submitted, with names."""
        self._learn(person for stop in stops_of(route) for person in (*stop.people, *stop.agreed, *stop.cc))
        return [self._planned(stop) for stop in route]

    def version(self, record: RecordRef) -> int:
        """The version of a record that the user may read. Refuses with form.not_found."""
        context = self.ground.context(self.actor, self.now)
        load = RecordLoad(self.ground.forms, record.form, [record.id], (), self.actor, context)
        gather(self.transaction, load)
        return int(load.row(record.id)["version"])

    def of_record(self, record: RecordRef) -> dict[str, Any] | None:
        """The open approval of a record that the user may read, as its page tells it."""
        [rows] = self.transaction.run(Statement(_OF_RECORD, {"record": record.id}))
        if not rows:
            return None
        load = FlowLoad([rows[0][0]], lock=False)
        gather(self.transaction, load)
        kept = load.one(rows[0][0])
        self._learn(_people(kept))
        step = self.ground.catalog.forms[record.form].transitions.get(kept.transition)
        return {
            "id": kept.id,
            "state": kept.flow.state,
            "state_label": self._say(f"state_{kept.flow.state}"),
            "transition": kept.transition,
            "transition_label": step.label.in_language(self.language) if step else kept.transition,
            "steps": [self._named(stop) for stop in kept.flow.current()],
            "people": [self._person(task.person) for task in kept.flow.open_tasks()],
            "by": self._person(kept.flow.by),
            "at": kept.at,
            "meanwhile": list(kept.meanwhile),
            "refusal": self._refusal(kept),
            "returned": self._returned(kept),
            **self._mine(kept),
        }

    def _returned(self, kept: Kept) -> dict[str, Any] | None:
        """Who returned it to whoever submitted it, and with which words."""
        if kept.flow.state != "returned":
            return None
        [[(by, comment)]] = self.transaction.run(Statement(_RETURNED, {"flow": kept.id}))
        self._learn([by])
        return {"by": self._person(by), "comment": comment}

    def _require(self, number: int) -> None:
        [rows] = self.transaction.run(Statement(_CONCERNS, {"flow": number, "me": self.actor.id}))
        if not rows:
            raise UnknownFlow(id=number)
        form, record, concerns = rows[0]
        reader = self.ground.reader(self.actor, self.now)
        ref = RecordRef(form, record)
        if not concerns and not self.is_administrator and ref not in reader.titles(self.transaction, [ref]):
            raise UnknownFlow(id=number)

    def _rows(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        load = FlowLoad(ids, lock=False)
        gather(self.transaction, load)
        flows = [load.one(number) for number in ids]
        [dues] = self.transaction.run(Statement(_DUES, {"ids": list(ids)}))
        self._learn(person for kept in flows for person in _people(kept))
        records = self._records([kept.record for kept in flows])
        due: dict[int, list[tuple[int, Any]]] = {}
        for flow, person, at in dues:
            due.setdefault(flow, []).append((person, at))
        return [self._row(kept, records.get(kept.record), due.get(kept.id, [])) for kept in flows]

    def _row(self, kept: Kept, record: _Told | None, dues: Sequence[tuple[int, Any]]) -> dict[str, Any]:
        form = self.ground.catalog.forms.get(kept.record.form)
        step = form.transitions.get(kept.transition) if form else None
        current = kept.flow.current()
        mine = [at for person, at in dues if person == self.actor.id]
        return {
            "id": kept.id,
            "form": kept.record.form,
            "form_label": form.label.in_language(self.language) if form else kept.record.form,
            "record": kept.record.id,
            "title": None if record is None else record.title,
            "readable": record is not None,
            "transition": kept.transition,
            "transition_label": step.label.in_language(self.language) if step else kept.transition,
            "by": self._person(kept.flow.by),
            "at": kept.at,
            "state": kept.flow.state,
            "state_label": self._say(f"state_{kept.flow.state}"),
            "step": current[0].step if current else None,
            "step_label": "、".join(stop.label.in_language(self.language) for stop in current) or None,
            "people": [self._person(task.person) for task in kept.flow.open_tasks()],
            "due": min(mine or [at for _, at in dues], default=None),
            "summary": [] if record is None else record.summary,
            **self._mine(kept),
        }

    def _mine(self, kept: Kept) -> dict[str, Any]:
        """The task that the user answers, and everything that they can do."""
        task, state = self._my_task(kept), kept.flow.state
        can = list(ANSWERS) if task is not None else []
        if kept.flow.by == self.actor.id or self.is_administrator:
            can += ["withdraw"] if state in ("running", "returned", "stuck") else []
            can += ["retry"] if state == "stuck" else []
            can += ["move"] if state == "running" else []
        if kept.flow.by == self.actor.id and state == "returned":
            can.append("resubmit")
        return {"task": None if task is None else task.number, "can": can}

    def _my_task(self, kept: Kept) -> Task | None:
        if kept.flow.state != "running":
            return None
        me = self.actor.id
        mine = [task for task in kept.flow.open_tasks() if me in (task.person, task.on_behalf_of)]
        return min(mine, key=lambda task: task.person != me, default=None)

    def _records(self, records: Iterable[RecordRef]) -> dict[RecordRef, _Told]:
        """Titles and first columns of records, as far as the user may read them."""
        wanted: dict[str, set[int]] = {}
        for record in records:
            wanted.setdefault(record.form, set()).add(record.id)
        reader = self.ground.reader(self.actor, self.now)
        found: dict[RecordRef, _Told] = {}
        for form, ids in wanted.items():
            if not reader.reads(form):
                continue
            page, declared = Page(self.ground.catalog, self.actor, form), self.ground.catalog.forms[form]
            columns = [
                name
                for name in declared.list.columns
                if name in declared.fields and declared.fields[name].kind not in (FieldKind.LINES, FieldKind.FLAG)
            ]
            title = page.title_of(form)
            keys = {key for key in page.value_keys if key.partition(".")[0] in columns} | {title or "id"}
            context = reader.context
            load = RecordLoad(self.ground.forms, form, sorted(ids), keys, self.actor, context)
            gather(self.transaction, load)
            for number, row in load.rows.items():
                values = page.values(row, masked)
                lines = self._lines(declared.fields, [name for name in columns if name in values], values)
                called = row.get(title) if title else None
                found[RecordRef(form, number)] = _Told(None if called is None else str(called), list(lines))
        return found

    def _lines(
        self, fields: Mapping[str, FieldDeclaration], names: Sequence[str], values: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        for name in names[:MOST_TOLD]:
            value, declared = values[name], fields[name]
            if isinstance(value, Mapping):
                value = value["title"]
            elif declared.kind is FieldKind.CHOICE and declared.options and value in declared.options:
                value = declared.options[value].in_language(self.language)
            elif isinstance(value, list):
                value = "、".join(map(str, value))
            if value not in (None, ""):
                yield {"field": name, "label": declared.label.in_language(self.language), "text": str(value)}

    def _stop(self, kept: Kept, stop: Stop, told: Mapping[int, tuple[Any, ...]]) -> dict[str, Any]:
        flow = kept.flow
        now = flow.rounds.get(stop.step)
        tasks = [task for task in flow.tasks if task.step == stop.step and task.round == now and task.state != "void"]
        answered = {task.state for task in tasks}
        state: str | None = flow.marks.get(stop.step)
        if state is None:
            state = next((one for one in ("refused", "returned") if one in answered), None)
        people = [self._asked(task, told) for task in tasks if state is not None]
        return {
            **self._planned(stop),
            "state": state or "waiting",
            "people": people or self._planned(stop)["people"],
            "branches": [[self._stop(kept, inner, told) for inner in branch] for branch in stop.branches],
        }

    def _planned(self, stop: Stop) -> dict[str, Any]:
        people = [
            {
                **self._person(person),
                "state": state,
                "at": None,
                "due": None,
                "comment": "",
                "files": [],
                "on_behalf_of": None,
            }
            for state, persons in (("agreed", stop.agreed), ("waiting", stop.people))
            for person in persons
        ]
        return {
            **self._named(stop),
            "state": "waiting",
            "agree": stop.agree,
            "share": None if stop.share is None else str(stop.share),
            "within": stop.within,
            "then": stop.then,
            "people": people,
            "cc": [self._person(person) for person in stop.cc],
            "branches": [[self._planned(inner) for inner in branch] for branch in stop.branches],
        }

    def _asked(self, task: Task, told: Mapping[int, tuple[Any, ...]]) -> dict[str, Any]:
        at, due, comment, files = told.get(task.number, (None, None, "", []))
        behalf = None if task.on_behalf_of is None else self._person(task.on_behalf_of)
        return {
            **self._person(task.person), "state": task.state, "at": at, "due": due, "comment": comment,
            "files": files, "on_behalf_of": behalf,
        }  # fmt: skip

    def _event(
        self, kept: Kept, at: datetime, by: int, what: str, step: str | None, behalf: int | None, to: Sequence[int],
        comment: str, files: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:  # fmt: skip
        labels = {stop.step: stop.label.in_language(self.language) for stop in stops_of(kept.flow.route)}
        return {
            "at": at,
            "by": self._person(by),
            "what": what,
            "label": self._say(f"event_{what}"),
            "step": step,
            "step_label": labels.get(step or ""),
            "on_behalf_of": None if behalf is None else self._person(behalf),
            "to": [self._person(person) for person in to],
            "comment": comment,
            "files": files,
        }

    def _refusal(self, kept: Kept) -> dict[str, Any] | None:
        if kept.refusal is None or kept.flow.state != "stuck":
            return None
        return {"code": kept.refusal["code"], **kept.refusal["words"][self.language]}

    def _named(self, stop: Stop) -> dict[str, Any]:
        return {"step": stop.step, "label": stop.label.in_language(self.language)}

    def _person(self, person: int) -> dict[str, Any]:
        return {"id": person, "title": self._names.get(person) if person else self._say("system")}

    def _learn(self, people: Iterable[int | None]) -> None:
        """Names of people, each looked up once."""
        missing = sorted({one for one in people if one and one not in self._names})
        if missing:
            [rows] = self.transaction.run(
                Statement('SELECT id, name FROM "user" WHERE id = ANY(%(ids)s::bigint[])', {"ids": missing})
            )
            self._names.update(dict(rows))

    def _say(self, words: str) -> str:
        return text(f"process.flow.{words}", {}, self.language)


def _people(kept: Kept) -> Iterator[int]:
    yield kept.flow.by
    yield from kept.cc
    for task in kept.flow.tasks:
        yield task.person
        if task.on_behalf_of is not None:
            yield task.on_behalf_of
    for stop in stops_of(kept.flow.route):
        yield from (*stop.people, *stop.agreed, *stop.cc)


_WAITS: Final = """
(EXISTS (SELECT FROM onebook_flow_task t WHERE t.flow = f.id AND t.person = %(me)s AND t.state = 'open')
 OR (f.by = %(me)s AND f.state IN ('returned', 'stuck')))"""
_BOXES: Final[Mapping[Box, str]] = {
    "waiting": _WAITS,
    "started": "f.by = %(me)s",
    "handled": "EXISTS (SELECT FROM onebook_flow_task t WHERE t.flow = f.id AND t.person = %(me)s"
    " AND t.answered_at IS NOT NULL)",
    "cc": "EXISTS (SELECT FROM onebook_flow_copy c WHERE c.flow = f.id AND c.person = %(me)s)",
}
_PAGE: Final = """
SELECT f.id FROM onebook_flow f WHERE {condition} AND (%(below)s::bigint IS NULL OR f.id < %(below)s::bigint)
ORDER BY f.id DESC LIMIT %(limit)s
"""
_COUNT: Final = f"SELECT count(*) FROM (SELECT FROM onebook_flow f WHERE {_WAITS} LIMIT %(most)s) AS waiting"
_DUES: Final = """
SELECT flow, person, due FROM onebook_flow_task
WHERE flow = ANY(%(ids)s::bigint[]) AND state = 'open' AND due IS NOT NULL
"""
_ANSWERS: Final = """
SELECT number, answered_at, CASE WHEN state = 'open' THEN due END, comment, files FROM onebook_flow_task
WHERE flow = %(flow)s::bigint
"""
_EVENTS: Final = """
SELECT at, by, what, step, on_behalf_of, "to", comment, files FROM onebook_flow_event
WHERE flow = %(flow)s::bigint ORDER BY id
"""
_RETURNED: Final = """
SELECT by, comment FROM onebook_flow_event WHERE flow = %(flow)s::bigint AND what = 'returned' ORDER BY id DESC LIMIT 1
"""
_OF_RECORD: Final = f"SELECT id FROM onebook_flow WHERE record = %(record)s AND state IN ({OPEN_STATES})"
_CONCERNS: Final = """
SELECT f.form, f.record, f.by = %(me)s
    OR EXISTS (SELECT FROM onebook_flow_task t WHERE t.flow = f.id AND %(me)s IN (t.person, t.on_behalf_of))
    OR EXISTS (SELECT FROM onebook_flow_copy c WHERE c.flow = f.id AND c.person = %(me)s)
FROM onebook_flow f WHERE f.id = %(flow)s::bigint
"""
