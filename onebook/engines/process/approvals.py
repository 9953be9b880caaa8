"""What people do with approvals, and what the clock does: answers, grants carried out, reminders, absences."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from onebook.access.actor import SYSTEM, Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.process.actions.gate import restored
from onebook.engines.process.approving.asking import office_of, routings
from onebook.engines.process.approving.boxes import Box, Boxes
from onebook.engines.process.approving.flow import Happening, Stop
from onebook.engines.process.approving.kept import FlowLoad, Kept
from onebook.engines.process.approving.office import Office
from onebook.engines.process.approving.refusals import (
    AlreadyAsked,
    Answered,
    BadDelegation,
    FlowElsewhere,
    NotAsked,
    OwnApproval,
    UnknownPerson,
)
from onebook.engines.process.approving.route import Routed, routed
from onebook.engines.process.approving.said import NOTHING, Said, said_with
from onebook.engines.process.approving.writing import written
from onebook.engines.process.command import Command, Run, Update
from onebook.engines.process.ground import Ground
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.preview import Preview
from onebook.engines.view.menus import may_do_everything
from onebook.locale.texts import problem_texts, text_of
from onebook.storage.announcing import Message
from onebook.storage.database import Database
from onebook.storage.transaction import Rows, Statement, Transaction
from onebook.values.label import LANGUAGES
from onebook.values.refusal import Refusal, Status

Doing = Literal["agree", "refuse", "return", "transfer", "add"]

#: A grant that nobody has carried out for so long was left by somebody who died meanwhile.
LEFT_S: Final = 60
#: How many approvals the clock looks at in one go.
MOST_AT_ONCE: Final = 500
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody asked does. `task`: theirs, if they are asked more than once; `step`: where it is returned to, or
    to whoever submitted it; `to`: whom it is transferred to, or who is added, before or after them; `files`: beside the
    record, brought by them."""

    do: Doing
    task: int | None = None
    comment: str = ""
    files: tuple[int, ...] = ()
    step: str | None = None
    to: tuple[int, ...] = ()
    before: bool = True


@dataclass(slots=True)
class Approvals:
    """The approvals of one company, for one user, at one moment."""

    database: Database
    ground: Ground
    actor: Actor
    now: datetime
    #: Does a command, and previews one.
    do: Callable[[Command], Outcome]
    look: Callable[[Command], Preview]
    tell: Callable[[Message], None]

    def page(self, box: Box, language: str, cursor: int | None, limit: int) -> dict[str, Any]:
        """The approvals of a box."""
        with self._boxes(language) as boxes:
            return boxes.page(box, cursor, limit)

    def one(self, number: int, language: str) -> tuple[dict[str, Any], Preview | None]:
        """One approval, and what its command would do now, as long as that is of interest to a reader of the record.
        Refuses with UnknownFlow."""
        with self._boxes(language) as boxes:
            kept, told = boxes.one(number)
            by = self._submitter(boxes.transaction, kept)
        if by is None or not told["readable"] or kept.flow.state not in ("running", "granted", "stuck"):
            return told, None
        return told, self.look(Command(restored(kept), by, granted=kept.id))

    def routes(self, routes: Sequence[tuple[Stop, ...]], language: str) -> list[dict[str, Any]] | None:
        """The route on which agreement would be asked for, with names; None where nobody is asked."""
        if not routes:
            return None
        with self._boxes(language) as boxes:
            return boxes.told_route(routes[0])

    def answer(self, number: int, answer: Answer) -> None:
        """Answer what is asked of the user. Refuses with NotAsked, Answered and what the answer itself is refused with.

        The same answer again is fine. The last agreement is followed by the command itself, whatever becomes of it."""
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            task = self._task(kept, answer)
            if task is None:
                return
            flow = kept.flow
            flow.take_back(task, self.actor.id)
            if answer.do in ("transfer", "add"):
                self._require_people(transaction, answer.to)
            match answer.do:
                case "agree":
                    flow.agree(task)
                case "refuse":
                    flow.refuse(task)
                case "return":
                    flow.send_back(task, answer.step)
                case "transfer":
                    if len(answer.to) != 1:
                        raise UnknownPerson
                    flow.transfer(task, answer.to[0])
                case "add":
                    flow.add(task, answer.to, before=answer.before)
            said = said_with(transaction, kept.record, answer.comment, answer.files)
            self._write(transaction, kept, None if answer.do == "add" else task, said)
        self._after(kept)

    def withdraw(self, number: int, comment: str = "") -> None:
        """Take one's own submission back. Refuses with NotAsked, FlowElsewhere."""
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            self._require_own(kept)
            kept.flow.withdraw()
            self._write(transaction, kept, None, Said(comment))
        self._after(kept)

    def retry(self, number: int) -> None:
        """Carry a refused command out once more. Refuses with NotAsked, FlowElsewhere."""
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            self._require_own(kept)
            kept.flow.retry()
            self._write(transaction, kept, None)
        self._after(kept)

    def moved(self, number: int, language: str) -> dict[str, Any]:
        """The route as the declarations of today would have it, before it is moved there, and whether it asks anything
        else than the one it is on. Refuses with NotAsked, FlowElsewhere, NobodyToAsk."""
        with self._boxes(language) as boxes:
            kept = self._read(boxes.transaction, number)
            route = self._route_now(boxes.transaction, kept).route
            return {"route": boxes.told_route(route), "is_same": route == kept.flow.route}

    def move(self, number: int) -> None:
        """Go on as declared today: what was answered to the same question stays. Refuses as `moved` does."""
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            now = self._route_now(transaction, kept)
            kept.flow.move(now.route)
            kept.cc, kept.meanwhile = now.cc, now.meanwhile
            self._write(transaction, kept, None)
        self._after(kept)

    def _route_now(self, transaction: Transaction, kept: Kept) -> Routed:
        self._require_own(kept)
        by = self._submitter(transaction, kept)
        if by is None or kept.flow.state != "running":
            raise FlowElsewhere(state=kept.flow.state)
        ready = self.ground.transitions.of(kept.record.form, kept.transition)
        context = self.ground.context(by, self.now)
        keys = ready.needs | self.ground.guards.keys(ready.form, ready.name)
        load = RecordLoad(self.ground.forms, kept.record.form, [kept.record.id], keys, SYSTEM, context)
        gather(transaction, load)
        asking = routings(self.ground, ready, load.row(kept.record.id), context, by)
        office = office_of(asking, context)
        gather(transaction, office)
        return routed(asking, office)

    def resubmit(
        self, number: int, values: Mapping[str, Any] | None, key: str | None, *, anew: bool, accept_warnings: bool
    ) -> Outcome:
        """Submit again what was returned, with other values if given. Refuses with NotAsked, FlowElsewhere."""
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
        if kept.flow.by != self.actor.id:
            raise NotAsked
        if kept.flow.state != "returned":
            raise FlowElsewhere(state=kept.flow.state)
        version = self._version(kept)
        action: Run | Update = Run(kept.record, kept.transition, version)
        if values or kept.command["do"] == "update":
            given = {**kept.command.get("values", {}), **(values or {})}
            action = Update(kept.record, version, given, accept_warnings, kept.transition)
        return self.do(Command(action, self.actor, key, anew=anew))

    def delegation(self) -> dict[str, Any]:
        """Who stands in for the user, and for whom they stand in now."""
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            asked = {"me": self.actor.id, "today": self._today}
            own, others = transaction.run(Statement(_DELEGATION, asked), Statement(_STANDS_IN, asked))
        told = None
        if own:
            number, name, first, last = own[0]
            told = {"to": {"id": number, "title": name}, "from": first, "until": last}
        return {
            "delegation": told,
            "stands_in_for": [{"id": number, "title": name, "until": until} for number, name, until in others],
        }

    def delegate(self, to: int | None, first: date | None, last: date | None) -> None:
        """Have somebody answer for the user from one day until another, or nobody. What they are asked now goes along
        at once. Refuses with BadDelegation, UnknownPerson."""
        if to is None:
            self._end_delegation()
            return
        if first is None or last is None or last < first or last < self._today or to == self.actor.id:
            raise BadDelegation
        with self.database.transaction(self.ground.schema) as transaction:
            self._require_people(transaction, (to,))
            transaction.commit(
                Statement(_DELEGATE, {"me": self.actor.id, "to": to, "first": first, "last": last, "now": self.now})
            )
        self._hand_over()

    def tick(self) -> None:
        """What the clock brings: absences that end and begin, time limits, and grants that were left by who died
        meanwhile.

        One over which the program stumbles keeps no other from its turn; then it raises."""
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            asked = {"now": self.now, "most": MOST_AT_ONCE, "left": LEFT_S}
            overdue, left = transaction.run(Statement(_OVERDUE, asked), Statement(_LEFT, asked))
        stumbled = None
        turns = [
            (self._handed_back, self._waiting(_TO_HAND_BACK)),
            (self._handed_over, self._waiting(_TO_HAND_OVER)),
            (self._time_out, overdue),
            (self.carry_out, left),
        ]
        for turn, (number,) in ((turn, row) for turn, rows in turns for row in rows):
            try:
                turn(number)
            except Exception as error:
                _log.exception("%s: approval %s", self.ground.schema, number)
                stumbled = error
        if stumbled is not None:
            raise stumbled

    def carry_out(self, number: int) -> None:
        """Run the command that was granted, as whoever submitted it. What is refused now stands with its reason until
        it is tried again or withdrawn."""
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            kept = self._read(transaction, number)
            by = self._submitter(transaction, kept)
        if kept.flow.state != "granted":
            return
        try:
            if by is None:
                raise NotAMember
            self.do(Command(restored(kept), by, f"flow:{kept.id}:{kept.grants}", granted=kept.id))
        except Answered:
            # Somebody else was carrying it out, and has.
            _log.info("approval %s was carried out elsewhere", number)
        except Refusal as refusal:
            if refusal.status == Status.UNAVAILABLE:
                # It stays granted, and the clock comes back to it.
                raise
            self._stuck(number, refusal)

    def _stuck(self, number: int, refusal: Refusal) -> None:
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            if kept.flow.state != "granted":
                return
            kept.refusal = {
                "code": refusal.code,
                "words": {
                    language: {"text": text_of(refusal, language), "problems": problem_texts(refusal, language)}
                    for language in LANGUAGES
                },
            }
            kept.flow.over("stuck")
            kept.flow.happened[-1] = Happening("stuck", to=tuple(self._administrators(transaction)))
            self._write(transaction, kept, None, by=0)
        self._told(kept)

    def _time_out(self, number: int) -> None:
        """Do what is declared with everybody who has let their time pass."""
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            [late] = transaction.run(Statement(_LATE, {"flow": number, "now": self.now}))
            reminded: list[Statement] = []
            for (task,) in late:
                if kept.flow.state == "running" and any(one.number == task for one in kept.flow.open_tasks()):
                    reminded += self._late(transaction, kept, task)
            self._write(transaction, kept, None, by=0, further=reminded)
        self._after(kept)

    def _late(self, transaction: Transaction, kept: Kept, number: int) -> list[Statement]:
        """One task over its time; what lets it wait for so long again."""
        flow = kept.flow
        task = flow.task_of(number)
        stop = flow.stop(task.step)
        if stop.then == "pass":
            flow.agree(number, "timed_agreed")
            return []
        if stop.then == "refuse":
            flow.refuse(number, "timed_refused")
            return []
        if stop.then == "escalate":
            office = Office((), (task.person,), self._today)
            gather(transaction, office)
            for superior in office.superiors(task.person):
                try:
                    flow.transfer(number, superior, "escalated")
                except (AlreadyAsked, OwnApproval):
                    continue
                return []
        flow.happened.append(Happening("reminded", task.step, number, (task.person,)))
        return [Statement(_REMINDED, {"flow": kept.id, "task": number, "now": self.now, "hours": stop.within})]

    def _hand_over(self) -> None:
        """Whoever is away has others answer what they are asked now."""
        for (number,) in self._waiting(_TO_HAND_OVER):
            self._handed_over(number)

    def _waiting(self, statement: str) -> Rows:
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            asked = {"today": self._today, "me": self.actor.id, "most": MOST_AT_ONCE}
            [waiting] = transaction.run(Statement(statement, asked))
        return waiting

    def _handed_over(self, number: int) -> None:
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            if kept.flow.hand_over():
                handed = [one for one in kept.flow.happened if one.what == "handed_over"]
                kept.flow.happened += [Happening("asked", one.step, one.task, one.to) for one in handed]
                self._write(transaction, kept, None, by=0)
        self._told(kept)

    def _end_delegation(self) -> None:
        """Whoever is back is asked themselves again."""
        with self.database.transaction(self.ground.schema) as transaction:
            transaction.commit(Statement(_UNDELEGATE, {"me": self.actor.id}))
        for (number,) in self._waiting(_IN_MY_PLACE):
            self._handed_back(number)

    def _handed_back(self, number: int) -> None:
        with self.database.transaction(self.ground.schema) as transaction:
            kept = self._loaded(transaction, number)
            if kept.flow.hand_back():
                self._write(transaction, kept, None, by=0)
        self._told(kept)

    def _task(self, kept: Kept, answer: Answer) -> int | None:
        """The number of the task that is answered; None if it was answered just so before. Refuses with NotAsked,
        Answered."""
        mine = [task for task in kept.flow.tasks if self.actor.id in (task.person, task.on_behalf_of)]
        frees = answer.do == "transfer" and may_do_everything(self.ground.catalog, self.actor)
        if answer.task is not None:
            mine = [task for task in (kept.flow.tasks if frees else mine) if task.number == answer.task]
        if not mine:
            raise NotAsked
        now = [task for task in mine if task.state == "open"]
        if now and kept.flow.state == "running":
            # Their own before what others do for them.
            return min(now, key=lambda task: task.person != self.actor.id).number
        same = {"agree": "agreed", "refuse": "refused"}.get(answer.do)
        if answer.task is not None and mine[0].state == same:
            return None
        raise Answered

    def _write(
        self, transaction: Transaction, kept: Kept, task: int | None, said: Said = NOTHING, *, by: int | None = None,
        further: Sequence[Statement] = (),
    ) -> None:  # fmt: skip
        if kept.flow.state == "granted":
            kept.grants += 1
            kept.refusal = None
        who = self.actor.id if by is None else by
        transaction.commit(*written(kept, who, self.now, task, said), *further)

    def _after(self, kept: Kept) -> None:
        """What follows once it is written."""
        if kept.flow.state == "granted":
            self.carry_out(kept.id)
        self._told(kept)

    def _told(self, kept: Kept) -> None:
        by = {"id": self.actor.id, "title": self.actor.name}
        self.tell({"form": kept.record.form, "record": kept.record.id, "version": None, "action": "flow", "by": by})
        for person in {one for happening in kept.flow.happened for one in happening.to if one}:
            self.tell({"to": person})

    def _loaded(self, transaction: Transaction, number: int) -> Kept:
        """Under lock, with who stands in for whom."""
        kept = self._read(transaction, number, lock=True)
        office = Office((), (), self._today)
        gather(transaction, office)
        kept.flow.stand_ins = office.stand_ins
        return kept

    def _read(self, transaction: Transaction, number: int, *, lock: bool = False) -> Kept:
        load = FlowLoad([number], lock=lock)
        gather(transaction, load)
        return load.one(number)

    def _submitter(self, transaction: Transaction, kept: Kept) -> Actor | None:
        """Whoever submitted it, with the rights of now; None if they are no user any more."""
        if kept.flow.by == SYSTEM.id:
            return SYSTEM
        [rows] = transaction.run(user_statement(self.ground.schema, kept.flow.by))
        try:
            return actor_of(rows)
        except NotAMember:
            return None

    def _administrators(self, transaction: Transaction) -> Sequence[int]:
        roles = [role.role for role in self.ground.catalog.roles.values() if role.everything]
        office = Office(roles, (), self._today)
        gather(transaction, office)
        return sorted({person for role in roles for person in office.with_role(role)})

    def _require_people(self, transaction: Transaction, people: Sequence[int]) -> None:
        office = Office((), people, self._today)
        gather(transaction, office)
        if not people or len(office.active(people)) < len(people):
            raise UnknownPerson

    def _require_own(self, kept: Kept) -> None:
        if kept.flow.by != self.actor.id and not may_do_everything(self.ground.catalog, self.actor):
            raise NotAsked

    def _version(self, kept: Kept) -> int:
        with self._boxes("") as boxes:
            return boxes.version(kept.record)

    @property
    def _today(self) -> date:
        return self.now.astimezone(self.ground.zone).date()

    @contextmanager
    def _boxes(self, language: str) -> Iterator[Boxes]:
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            yield Boxes(transaction, self.ground, self.actor, self.now, language)


_DELEGATION: Final = """
SELECT d."to", u.name, d.from_day, d.until_day FROM onebook_delegation d LEFT JOIN "user" u ON u.id = d."to"
WHERE d.person = %(me)s AND d.until_day >= %(today)s
"""
_STANDS_IN: Final = """
SELECT d.person, u.name, d.until_day FROM onebook_delegation d LEFT JOIN "user" u ON u.id = d.person
WHERE d."to" = %(me)s AND %(today)s BETWEEN d.from_day AND d.until_day ORDER BY d.person
"""
#: What others are asked in the place of somebody.
_IN_MY_PLACE: Final = "SELECT DISTINCT flow FROM onebook_flow_task WHERE on_behalf_of = %(me)s AND state = 'open'"
_UNDELEGATE: Final = "DELETE FROM onebook_delegation WHERE person = %(me)s"
_DELEGATE: Final = """
INSERT INTO onebook_delegation (person, "to", from_day, until_day, at)
VALUES (%(me)s, %(to)s::bigint, %(first)s::date, %(last)s::date, %(now)s)
ON CONFLICT (person) DO UPDATE SET "to" = excluded."to", from_day = excluded.from_day,
    until_day = excluded.until_day, at = excluded.at
"""
_OVERDUE: Final = """
SELECT DISTINCT flow FROM onebook_flow_task WHERE state = 'open' AND due <= %(now)s ORDER BY flow LIMIT %(most)s
"""
_LATE: Final = """
SELECT number FROM onebook_flow_task WHERE flow = %(flow)s::bigint AND state = 'open' AND due <= %(now)s ORDER BY number
"""
#: So long again from now.
_REMINDED: Final = """
UPDATE onebook_flow_task SET due = %(now)s::timestamptz + make_interval(hours => %(hours)s::int)
WHERE flow = %(flow)s::bigint AND number = %(task)s::int
"""
_LEFT: Final = """
SELECT id FROM onebook_flow WHERE state = 'granted' AND changed_at < %(now)s - make_interval(secs => %(left)s)
ORDER BY id LIMIT %(most)s
"""
_TO_HAND_OVER: Final = """
SELECT DISTINCT t.flow FROM onebook_flow_task t JOIN onebook_delegation d ON d.person = t.person
WHERE t.state = 'open' AND %(today)s BETWEEN d.from_day AND d.until_day ORDER BY t.flow LIMIT %(most)s
"""
_TO_HAND_BACK: Final = """
SELECT DISTINCT t.flow FROM onebook_flow_task t JOIN onebook_delegation d ON d.person = t.on_behalf_of
JOIN "user" u ON u.id = d.person AND u.deleted_at IS NULL AND u.active IS NOT FALSE
WHERE t.state = 'open' AND d.until_day < %(today)s ORDER BY t.flow LIMIT %(most)s
"""
