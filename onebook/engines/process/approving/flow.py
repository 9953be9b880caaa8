"""An approval under way: who is asked when, what each answer brings, and how it ends. Pure.

A route is a sequence of stops; a stop asks people, or has branches that run side by side and must all end. Each person
asked has a seat; who is added before or after somebody sits in the same seat, which agrees when all of it has agreed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, Literal

from onebook.engines.process.approving.refusals import AlreadyAsked, Answered, CannotReturn, FlowElsewhere, OwnApproval
from onebook.values.label import Label

TaskState = Literal["waiting", "open", "agreed", "refused", "returned", "transferred", "skipped", "void"]
FlowState = Literal["running", "granted", "done", "refused", "withdrawn", "returned", "stuck"]
Mark = Literal["open", "agreed", "skipped"]
Agree = Literal["any", "all", "in_turn", "share"]

#: While a flow is in one of these, its record waits for it.
OPEN: Final[tuple[FlowState, ...]] = ("running", "granted", "returned", "stuck")
#: Tasks that may still be answered.
_LIVE: Final = ("waiting", "open")
#: Tasks that say nothing about their seat.
_GONE: Final = ("transferred", "void")


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of a route, with the people whom it asks. `agreed`: who counts as agreed, since they submit it."""

    step: str
    label: Label
    agree: Agree = "any"
    share: Decimal | None = None
    people: tuple[int, ...] = ()
    agreed: tuple[int, ...] = ()
    cc: tuple[int, ...] = ()
    within: int | None = None
    then: str = "remind"
    #: Whether whoever submits may be asked to agree.
    asks_own: bool = False
    branches: tuple[tuple["Stop", ...], ...] = ()

    @property
    def asks(self) -> object:
        """What makes it the same question: whoever agreed to it need not be asked again."""
        return self.step, self.agree, self.share, self.people, self.agreed

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "step": self.step,
            "label": str(self.label),
            "agree": self.agree,
            "share": None if self.share is None else str(self.share),
            "people": list(self.people),
            "agreed": list(self.agreed),
            "cc": list(self.cc),
            "within": self.within,
            "then": self.then,
            "asks_own": self.asks_own,
            "branches": [[stop.to_json() for stop in branch] for branch in self.branches],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Stop":
        """As it was kept."""
        return cls(
            kept["step"],
            Label.parse(kept["label"]),
            kept["agree"],
            None if kept["share"] is None else Decimal(kept["share"]),
            tuple(kept["people"]),
            tuple(kept["agreed"]),
            tuple(kept["cc"]),
            kept["within"],
            kept["then"],
            kept["asks_own"],
            tuple(tuple(cls.from_json(stop) for stop in branch) for branch in kept["branches"]),
        )


@dataclass(slots=True)
class Task:
    """Somebody is asked. `behind`: the tasks that are answered before it; `round`: which time its step was opened."""

    number: int
    step: str
    round: int
    seat: int
    person: int
    behind: tuple[int, ...] = ()
    on_behalf_of: int | None = None
    state: TaskState = "waiting"

    @property
    def is_live(self) -> bool:
        """Whether it may still be answered."""
        return self.state in _LIVE


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `to`: whom it concerns."""

    what: str
    step: str | None = None
    task: int | None = None
    to: tuple[int, ...] = ()


@dataclass(slots=True)
class Flow:
    """One command that waits for agreement. `by` submitted it; `stand_ins`: who answers for whom now.

    What an operation brings about gathers in `happened`. Operations refuse what is not possible and change nothing."""

    route: tuple[Stop, ...]
    by: int
    state: FlowState = "running"
    tasks: list[Task] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    stand_ins: Mapping[int, int] = field(default_factory=dict)
    happened: list[Happening] = field(default_factory=list)

    def begin(self) -> None:
        """Submit it."""
        self._tell("submitted")
        self._advance()

    def open_tasks(self) -> list[Task]:
        """Those who are asked now."""
        return [task for task in self.tasks if task.state == "open"]

    def task_of(self, number: int) -> Task:
        """A task that waits for its answer. Refuses with Answered."""
        for task in self.tasks:
            if task.number == number and task.state == "open" and self.state == "running":
                return task
        raise Answered

    def agree(self, number: int, what: str = "agreed") -> None:
        """Somebody agrees."""
        task = self.task_of(number)
        task.state = "agreed"
        self._tell(what, task)
        self._judge(self.stop(task.step))

    def refuse(self, number: int, what: str = "refused") -> None:
        """Somebody refuses."""
        task = self.task_of(number)
        task.state = "refused"
        for other in self._seated(self.stop(task.step)):
            # Where a share is enough the others go on; in this seat there is nothing left to ask.
            if other.seat == task.seat and other.is_live:
                other.state = "skipped"
        self._tell(what, task)
        self._judge(self.stop(task.step))

    def send_back(self, number: int, to: str | None = None) -> None:
        """Somebody returns it to an earlier step, or to whoever submitted it. Refuses with CannotReturn."""
        task = self.task_of(number)
        if to is None:
            task.state = "returned"
            self._tell("returned", task, (self.by,))
            self._void()
            self.state = "returned"
            return
        if to not in {stop.step for stop in self.earlier(task.step)}:
            raise CannotReturn(step=to)
        task.state = "returned"
        asked = tuple(dict.fromkeys(one.person for one in self._seated(self.stop(to))))
        self._tell("returned_to", task, asked)
        self._reset_from(self.route, to)
        self._advance()

    def transfer(self, number: int, to: int, what: str = "transferred") -> None:
        """Somebody else is asked instead. Refuses with AlreadyAsked, OwnApproval."""
        task = self.task_of(number)
        self._require_new(self.stop(task.step), [to])
        task.state = "transferred"
        taker = self._seat(task, to, task.behind)
        for other in self.tasks:
            other.behind = tuple(taker.number if number == before else before for before in other.behind)
        self._tell(what, task, (to,))
        self._wake(self.stop(task.step))

    def add(self, number: int, people: Sequence[int], *, before: bool) -> None:
        """Others are asked too, before or after somebody. Refuses with AlreadyAsked, OwnApproval."""
        task = self.task_of(number)
        self._require_new(self.stop(task.step), people)
        added = [self._seat(task, person, task.behind if before else (task.number,)) for person in people]
        numbers = tuple(one.number for one in added)
        if before:
            task.behind = (*task.behind, *numbers)
            task.state = "waiting"
        else:
            for other in self.tasks:
                # Who is asked behind somebody is asked behind whoever they add.
                if task.number in other.behind and other not in added:
                    other.behind = (*other.behind, *numbers)
        self._tell("added_before" if before else "added_after", task, tuple(people))
        self._wake(self.stop(task.step))

    def hand_over(self) -> bool:
        """Whoever stands in for somebody gets what they are asked now; whether anything changed."""
        changed = False
        for task in self.open_tasks() if self.state == "running" else ():
            changed |= self._stand_in(task)
        return changed

    def take_back(self, number: int, person: int) -> bool:
        """Whoever somebody stands in for answers all the same; whether it was handed over."""
        task = self.task_of(number)
        if task.on_behalf_of != person:
            return False
        task.person, task.on_behalf_of = person, None
        return True

    def hand_back(self) -> bool:
        """Those whom nobody stands in for any more are asked themselves again; whether anything changed."""
        changed = False
        for task in self.open_tasks() if self.state == "running" else ():
            absent = task.on_behalf_of
            if absent is not None and absent not in self.stand_ins:
                task.person, task.on_behalf_of = absent, None
                self._tell("asked", task, (absent,))
                changed = True
        return changed

    def withdraw(self) -> None:
        """Whoever submitted it takes it back. Refuses with FlowElsewhere."""
        self._require("running", "returned", "stuck")
        self._tell("withdrawn")
        self._void()
        self.state = "withdrawn"

    def resubmit(self, route: tuple[Stop, ...], *, anew: bool) -> None:
        """It is submitted again, on the route of today: steps that agreed to the same question are not asked again,
        unless it begins anew. Refuses with FlowElsewhere."""
        self._require("returned")
        self.state = "running"
        self._tell("resubmitted")
        self._lay(() if anew else self.route, route)

    def move(self, route: tuple[Stop, ...]) -> None:
        """The declarations are others now: it goes on along this route. Refuses with FlowElsewhere."""
        self._require("running")
        self._tell("moved")
        self._lay(self.route, route)

    def over(self, state: Literal["done", "stuck"]) -> None:
        """The command was run, or refused. Refuses with FlowElsewhere."""
        self._require("granted")
        self._tell(state)
        self.state = state

    def retry(self) -> None:
        """The command is to be run once more. Refuses with FlowElsewhere."""
        self._require("stuck")
        self._tell("retried")
        self.state = "granted"

    def close(self) -> None:
        """Agreement is not needed any more: the command happened. Refuses with FlowElsewhere."""
        self._require("returned")
        self._tell("done")
        self.state = "done"

    def stop(self, step: str) -> Stop:
        """A stop of the route by its name."""
        return next(stop for stop in stops_of(self.route) if stop.step == step)

    def earlier(self, step: str) -> list[Stop]:
        """The steps that lie before one, were agreed to, and had somebody to ask."""
        before = _before(self.route, step) or []
        return [stop for stop in before if self.marks.get(stop.step) == "agreed" and self._seated(stop)]

    def current(self) -> list[Stop]:
        """The steps that are asked now."""
        if self.state != "running":
            return []
        return [stop for stop in stops_of(self.route) if self.marks.get(stop.step) == "open" and not stop.branches]

    def _require(self, *states: FlowState) -> None:
        if self.state not in states:
            raise FlowElsewhere(state=self.state)

    def _require_new(self, stop: Stop, people: Sequence[int]) -> None:
        there = {task.person for task in self._seated(stop) if task.is_live}
        if not people or len(set(people)) < len(people) or there.intersection(people):
            raise AlreadyAsked
        if self.by in people and not stop.asks_own:
            raise OwnApproval

    def _tell(self, what: str, task: Task | None = None, to: tuple[int, ...] = ()) -> None:
        self.happened.append(
            Happening(what, None if task is None else task.step, None if task is None else task.number, to)
        )

    def _advance(self) -> None:
        if self._run(self.route):
            self._tell("granted", to=(self.by,))
            self.state = "granted"

    def _run(self, stops: Sequence[Stop]) -> bool:
        """Open what is next in a sequence; whether all of it is over."""
        for stop in stops:
            if stop.branches:
                ended = [self._run(branch) for branch in stop.branches]
                if not all(ended):
                    self.marks[stop.step] = "open"
                    return False
                if self.marks.get(stop.step) != "agreed":
                    self._agreed(stop)
            elif stop.step not in self.marks:
                self._open(stop)
            if self.marks[stop.step] == "open":
                return False
        return True

    def _open(self, stop: Stop) -> None:
        self.rounds[stop.step] = self.rounds.get(stop.step, 0) + 1
        if not stop.people and not stop.agreed:
            self.marks[stop.step] = "skipped"
            return
        self.marks[stop.step] = "open"
        for seat, person in enumerate((*stop.agreed, *stop.people)):
            self.tasks.append(Task(self._next(), stop.step, self.rounds[stop.step], seat, person))
            if seat < len(stop.agreed):
                self.tasks[-1].state = "agreed"
        self._wake(stop)
        if self._verdict(stop) == "agreed":
            self._agreed(stop)

    def _judge(self, stop: Stop) -> None:
        """After an answer: the step is agreed to, the flow refused, or others are waited for."""
        verdict = self._verdict(stop)
        if verdict == "refused":
            self._tell("ended", to=(self.by,))
            self._void()
            self.state = "refused"
        elif verdict == "agreed":
            self._agreed(stop)
            self._advance()
        else:
            self._wake(stop)

    def _verdict(self, stop: Stop) -> Literal["agreed", "refused"] | None:
        seats = self._seats(stop)
        agreed = sum(all(task.state == "agreed" for task in seat) for seat in seats)
        refused = sum(any(task.state == "refused" for task in seat) for seat in seats)
        if stop.agree == "share":
            needed = int((Decimal(len(seats)) * (stop.share or 1)).to_integral_value(ROUND_CEILING))
            if agreed >= needed:
                return "agreed"
            return "refused" if len(seats) - refused < needed else None
        if refused:
            return "refused"
        return "agreed" if agreed >= (1 if stop.agree == "any" else len(seats)) else None

    def _agreed(self, stop: Stop) -> None:
        self.marks[stop.step] = "agreed"
        for task in self._seated(stop):
            if task.is_live:
                task.state = "skipped"
        self.happened.append(Happening("step_agreed", stop.step, None, stop.cc))

    def _wake(self, stop: Stop) -> None:
        """Ask everybody whose turn it is."""
        known = {task.number: task for task in self.tasks}
        for seat in self._seats(stop):
            for task in seat:
                if task.state == "waiting" and all(known[number].state == "agreed" for number in task.behind):
                    task.state = "open"
                    self._stand_in(task)
                    self.happened.append(Happening("asked", stop.step, task.number, (task.person,)))
            if stop.agree == "in_turn" and any(task.state != "agreed" for task in seat):
                return

    def _stand_in(self, task: Task) -> bool:
        """Whoever stands in for the person of a task is asked instead, unless they may not be."""
        person, seen = task.person, {task.person}
        while (further := self.stand_ins.get(person)) is not None and further not in seen:
            person = further
            seen.add(person)
        if person == task.person or (person == self.by and not self.stop(task.step).asks_own):
            return False
        task.on_behalf_of = task.person if task.on_behalf_of is None else task.on_behalf_of
        task.person = person
        self._tell("handed_over", task, (person,))
        return True

    def _seat(self, beside: Task, person: int, behind: tuple[int, ...]) -> Task:
        task = Task(self._next(), beside.step, beside.round, beside.seat, person, behind)
        self.tasks.append(task)
        return task

    def _next(self) -> int:
        return len(self.tasks) + 1

    def _seated(self, stop: Stop) -> list[Task]:
        """The tasks of a step since it was opened last."""
        now = self.rounds.get(stop.step)
        return [task for task in self.tasks if task.step == stop.step and task.round == now and task.state not in _GONE]

    def _seats(self, stop: Stop) -> list[list[Task]]:
        seats: dict[int, list[Task]] = {}
        for task in self._seated(stop):
            seats.setdefault(task.seat, []).append(task)
        return [seats[seat] for seat in sorted(seats)]

    def _void(self) -> None:
        """Nobody is asked any more; steps that were open are not."""
        for task in self.tasks:
            if task.is_live:
                task.state = "void"
        for step in [step for step, mark in self.marks.items() if mark == "open"]:
            del self.marks[step]

    def _forget(self, stop: Stop) -> None:
        self.marks.pop(stop.step, None)
        for task in self.tasks:
            if task.step == stop.step and task.is_live:
                task.state = "void"
        for branch in stop.branches:
            for inner in branch:
                self._forget(inner)

    def _reset_from(self, stops: Sequence[Stop], step: str) -> bool:
        """Forget a step and all that comes behind it; whether it was found here."""
        for place, stop in enumerate(stops):
            if stop.step == step:
                for later in stops[place:]:
                    self._forget(later)
                return True
            if any(self._reset_from(branch, step) for branch in stop.branches):
                self.marks.pop(stop.step, None)
                for later in stops[place + 1 :]:
                    self._forget(later)
                return True
        return False

    def _lay(self, old: tuple[Stop, ...], new: tuple[Stop, ...]) -> None:
        """Go on along another route: what was agreed, or is being asked, stays where the question is the same."""
        same = {stop.asks for stop in stops_of(old)} & {stop.asks for stop in stops_of(new)}
        kept = {stop.step for stop in stops_of(new) if stop.asks in same and not stop.branches}
        for step in [step for step in self.marks if step not in kept or self.marks[step] == "skipped"]:
            del self.marks[step]
        for task in self.tasks:
            if task.is_live and task.step not in self.marks:
                task.state = "void"
        self.route = new
        self._advance()


def stops_of(stops: Iterable[Stop]) -> Iterator[Stop]:
    """All stops of a route, those of branches behind the stop that has them."""
    for stop in stops:
        yield stop
        for branch in stop.branches:
            yield from stops_of(branch)


def _before(stops: Sequence[Stop], step: str) -> list[Stop] | None:
    """The steps with people that lie before a step; None if it is not here."""
    seen: list[Stop] = []
    for stop in stops:
        if stop.step == step:
            return seen
        for branch in stop.branches:
            inner = _before(branch, step)
            if inner is not None:
                return seen + inner
        seen += [inner for branch in stop.branches for inner in stops_of(branch) if not inner.branches]
        if not stop.branches:
            seen.append(stop)
    return None
