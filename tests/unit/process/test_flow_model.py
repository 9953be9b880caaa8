"""Approvals against a small model that keeps nothing but answers, and works out anew who is asked after each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from onebook.engines.process.approving.flow import Flow, Stop, Task
from onebook.engines.process.approving.refusals import AlreadyAsked, Answered, CannotReturn
from onebook.values.label import Label

LABEL = Label.parse("步骤 | Step")
ME = 100
PEOPLE = st.integers(1, 7)
#: Where a leaf lies: its place in a sequence, then branch and place for every container around it.
Path = tuple[int, ...]


@dataclass
class Seat:
    """Somebody, and those who were put before and after them; of these whoever was put there last is asked first, since
    whoever is asked behind somebody is asked behind whoever they add."""

    person: int
    verdict: str | None = None
    before: list["Seat"] = field(default_factory=list)
    after: list[list["Seat"]] = field(default_factory=list)

    @property
    def others(self) -> list["Seat"]:
        return [*self.before, *(one for group in self.after for one in group)]

    @property
    def agreed(self) -> bool:
        return self.verdict == "agreed" and all(one.agreed for one in self.others)

    @property
    def refused(self) -> bool:
        return self.verdict == "refused" or any(one.refused for one in self.others)

    def everybody(self) -> Iterator["Seat"]:
        yield self
        for one in self.others:
            yield from one.everybody()

    def asked(self) -> Iterator["Seat"]:
        if not all(one.agreed for one in self.before):
            for one in self.before:
                yield from one.asked()
        elif self.verdict is None:
            yield self
        else:
            waiting = (group for group in reversed(self.after) if not all(one.agreed for one in group))
            for one in next(waiting, []):
                yield from one.asked()


@dataclass
class Leaf:
    """A step that asks people, with the answers so far."""

    stop: Stop
    seats: list[Seat] = field(default_factory=list)

    def fresh(self) -> None:
        agreed = [Seat(person, "agreed") for person in self.stop.agreed]
        self.seats = [*agreed, *(Seat(person) for person in self.stop.people)]

    @property
    def agreed(self) -> bool:
        count = sum(seat.agreed for seat in self.seats)
        if not self.seats:
            return True
        if self.stop.agree == "any":
            return count > 0
        if self.stop.agree == "share":
            return count >= len(self.seats) * (self.stop.share or 1)
        return count == len(self.seats)

    @property
    def refused(self) -> bool:
        count = sum(seat.refused for seat in self.seats)
        if self.stop.agree == "share":
            return bool(self.seats) and len(self.seats) - count < len(self.seats) * (self.stop.share or 1)
        return count > 0

    def asked(self) -> list[Seat]:
        found = []
        for seat in self.seats:
            if not seat.refused:
                found += list(seat.asked())
            if self.stop.agree == "in_turn" and not seat.agreed:
                break
        return found

    def live(self) -> set[int]:
        return {
            one.person
            for seat in self.seats
            if not seat.refused
            for one in seat.everybody()
            if one.verdict is None
        }  # fmt: skip


class Model:
    """The answers of all leaves; everything else follows from them."""

    def __init__(self, route: tuple[Stop, ...]) -> None:
        self.route = route
        self.leaves: dict[str, Leaf] = {}
        self.paths: dict[str, Path] = {}
        self._walk(route, ())
        self.state = "running"
        self.settle()

    def _walk(self, stops: tuple[Stop, ...], above: Path) -> None:
        for place, stop in enumerate(stops):
            if stop.branches:
                for number, branch in enumerate(stop.branches):
                    self._walk(branch, (*above, place, number))
            else:
                self.leaves[stop.step] = leaf = Leaf(stop)
                leaf.fresh()
                self.paths[stop.step] = (*above, place)

    def precedes(self, first: str, second: str) -> bool:
        """Paths go place, branch, place, …: an earlier place comes before, another branch is beside."""
        pairs = enumerate(zip(self.paths[first], self.paths[second], strict=False))
        for depth, (one, other) in pairs:
            if one != other:
                return depth % 2 == 0 and one < other
        return False

    def is_reached(self, step: str) -> bool:
        return all(leaf.agreed for name, leaf in self.leaves.items() if self.precedes(name, step))

    def asked(self) -> list[tuple[str, int]]:
        if self.state != "running":
            return []
        return sorted(
            (step, seat.person)
            for step, leaf in self.leaves.items()
            if self.is_reached(step) and not leaf.agreed
            for seat in leaf.asked()
        )  # fmt: skip

    def seat(self, step: str, person: int) -> Seat:
        return next(one for one in self.leaves[step].asked() if one.person == person)

    def targets(self, step: str) -> set[str]:
        return {name for name, leaf in self.leaves.items() if leaf.seats and self.precedes(name, step)}

    def settle(self) -> None:
        if self.state != "running":
            return
        if any(leaf.refused and self.is_reached(step) and not leaf.agreed for step, leaf in self.leaves.items()):
            self.state = "refused"
        elif all(leaf.agreed for leaf in self.leaves.values()):
            self.state = "granted"


@st.composite
def leaves(draw: st.DrawFn, name: str) -> Stop:
    people = draw(st.lists(PEOPLE, max_size=4, unique=True))
    agree = draw(st.sampled_from(["any", "all", "in_turn", "share"]))
    share = Decimal(draw(st.sampled_from(["0.3", "0.5", "0.67", "1"]))) if agree == "share" else None
    own = (ME,) if people and draw(st.integers(0, 5)) == 0 else ()
    return Stop(name, LABEL, agree, share, tuple(people), own)  # type: ignore[arg-type]


@st.composite
def sequences(draw: st.DrawFn, name: str = "s", depth: int = 0) -> tuple[Stop, ...]:
    found: list[Stop] = []
    for place in range(draw(st.integers(1, 3))):
        called = f"{name}_{place}"
        if depth < 2 and draw(st.integers(0, 2)) == 0:
            count = draw(st.integers(2, 3))
            branches = tuple(draw(sequences(f"{called}_{number}", depth + 1)) for number in range(count))
            found.append(Stop(called, LABEL, branches=branches))
        else:
            found.append(draw(leaves(called)))
    return tuple(found)


class Approving(RuleBasedStateMachine):
    """Random routes, random answers: both must say the same after each."""

    @initialize(route=sequences())
    def submit(self, route: tuple[Stop, ...]) -> None:
        self.flow = Flow(route, ME)
        self.flow.begin()
        self.model = Model(route)

    def picked(self, data: Any) -> tuple[Task, Seat]:
        tasks = sorted(self.flow.open_tasks(), key=lambda task: (task.step, task.person, task.number))
        task = data.draw(st.sampled_from(tasks))
        return task, self.model.seat(task.step, task.person)

    def is_asking(self) -> bool:
        return bool(self.flow.open_tasks())

    @precondition(is_asking)
    @rule(data=st.data())
    def agree(self, data: Any) -> None:
        task, seat = self.picked(data)
        self.flow.agree(task.number)
        seat.verdict = "agreed"
        self.model.settle()

    @precondition(is_asking)
    @rule(data=st.data(), really=st.integers(0, 2))
    def refuse(self, data: Any, really: int) -> None:
        task, seat = self.picked(data)
        if really or self.flow.stop(task.step).agree == "share":
            self.flow.refuse(task.number)
            seat.verdict = "refused"
            self.model.settle()

    @precondition(is_asking)
    @rule(data=st.data())
    def return_to_a_step(self, data: Any) -> None:
        task, _ = self.picked(data)
        target = data.draw(st.sampled_from(sorted(self.model.leaves)))
        if target not in self.model.targets(task.step):
            try:
                self.flow.send_back(task.number, target)
            except CannotReturn:
                return
            raise AssertionError("it went back to what does not lie before")
        self.flow.send_back(task.number, target)
        for step, leaf in self.model.leaves.items():
            if step == target or self.model.precedes(target, step):
                leaf.fresh()

    @precondition(is_asking)
    @rule(data=st.data())
    def return_to_the_submitter(self, data: Any) -> None:
        task, _ = self.picked(data)
        self.flow.send_back(task.number)
        self.model.state = "returned"

    @precondition(lambda self: self.flow.state == "returned")
    @rule(anew=st.booleans())
    def resubmit(self, anew: bool) -> None:
        self.flow.resubmit(self.flow.route, anew=anew)
        self.model.state = "running"
        for leaf in self.model.leaves.values():
            if anew or not leaf.agreed:
                leaf.fresh()
        self.model.settle()

    @precondition(is_asking)
    @rule(data=st.data(), to=PEOPLE)
    def transfer(self, data: Any, to: int) -> None:
        task, seat = self.picked(data)
        if to in self.model.leaves[task.step].live():
            self._refuses(lambda: self.flow.transfer(task.number, to))
            return
        self.flow.transfer(task.number, to)
        seat.person = to

    @precondition(is_asking)
    @rule(data=st.data(), people=st.lists(PEOPLE, min_size=1, max_size=2, unique=True), before=st.booleans())
    def add(self, data: Any, people: list[int], before: bool) -> None:
        task, seat = self.picked(data)
        if self.model.leaves[task.step].live().intersection(people):
            self._refuses(lambda: self.flow.add(task.number, people, before=before))
            return
        self.flow.add(task.number, people, before=before)
        added = [Seat(person) for person in people]
        if before:
            seat.before += added
        else:
            seat.after.append(added)

    @precondition(lambda self: self.flow.state in ("running", "returned"))
    @rule(really=st.integers(0, 9))
    def withdraw(self, really: int) -> None:
        if really == 0:
            self.flow.withdraw()
            self.model.state = "withdrawn"

    @precondition(lambda self: self.flow.state != "running")
    @rule(data=st.data())
    def answer_too_late(self, data: Any) -> None:
        if self.flow.tasks:
            with pytest.raises(Answered):
                self.flow.agree(data.draw(st.sampled_from(self.flow.tasks)).number)

    def _refuses(self, action: Any) -> None:
        before = [(task.number, task.state, task.person) for task in self.flow.tasks]
        try:
            action()
        except AlreadyAsked:
            assert [(task.number, task.state, task.person) for task in self.flow.tasks] == before
            return
        raise AssertionError("somebody was asked twice at once")

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "flow"):
            return
        assert self.flow.state == self.model.state
        assert sorted((task.step, task.person) for task in self.flow.open_tasks()) == self.model.asked()
        for task in self.flow.open_tasks():
            assert {stop.step for stop in self.flow.earlier(task.step)} == self.model.targets(task.step)

    @invariant()
    def it_never_hangs(self) -> None:
        """As long as it runs somebody is asked."""
        if hasattr(self, "flow") and self.flow.state == "running":
            assert self.flow.open_tasks()


TestApproving = Approving.TestCase
TestApproving.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
