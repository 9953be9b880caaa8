"""The route of a command: its approval's conditions decided and its people found, as they are at submission. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from onebook.definition.approval import Approver
from onebook.engines.process.approving.flow import Agree, Stop, stops_of
from onebook.engines.process.approving.office import Office
from onebook.engines.process.approving.refusals import NobodyToAsk
from onebook.engines.process.composing.ready import ReadyApproval, ReadyApprover, ReadyStop
from onebook.expression.python import Context, evaluate
from onebook.expression.tree import Expression
from onebook.values.refusal import Problem


@dataclass(slots=True)
class Routing:
    """One approval over one record, submitted by somebody."""

    approval: ReadyApproval
    row: Mapping[str, Any]
    context: Context
    by: int
    _problems: list[Problem] = field(default_factory=list)

    @property
    def applies(self) -> bool:
        """Whether agreement is needed at all."""
        return self._holds(self.approval.when)

    @property
    def roles(self) -> list[str]:
        """The roles whose members are looked for."""
        return [one.approver.role for one in _named(self.approval) if one.approver.role]

    @property
    def people(self) -> list[int]:
        """Who is looked for by name, whoever submits it included."""
        found = (
            evaluate(one.of, self.row, self.context) for one in _named(self.approval) if one.approver.person and one.of
        )
        return [self.by, *(one for one in found if one is not None)]

    def stops(self, office: Office) -> tuple[Stop, ...]:
        """The route. Refuses with NobodyToAsk, naming every step that finds nobody."""
        self._problems.clear()
        stops = self._sequence(self.approval.steps, office)
        if self._problems:
            steps = [problem.data["step"] for problem in self._problems]
            raise NobodyToAsk(self._problems, steps=steps)
        return stops

    def copied(self, office: Office) -> tuple[int, ...]:
        """Who is told when it is granted."""
        return tuple(office.active(self._found(self.approval.cc, office)))

    def _sequence(self, steps: Sequence[ReadyStop], office: Office) -> tuple[Stop, ...]:
        stops = (self._stop(step, office) for step in steps if self._holds(step.when))
        return tuple(stop for stop in stops if stop is not None)

    def _stop(self, ready: ReadyStop, office: Office) -> Stop | None:
        """A stop; None where it is left out."""
        step = ready.step
        cc = tuple(office.active(self._found(ready.cc, office)))
        if ready.branches:
            branches = tuple(filter(None, (self._sequence(branch, office) for branch in ready.branches)))
            return Stop(step.step, step.label, cc=cc, branches=branches) if branches else None
        by = next((case.by for case in ready.table if self._holds(case.when)), ready.by)
        if not by:
            return None
        people, agreed = self._asked(ready, self._found(by, office), office)
        if not people and not agreed:
            if ready.nobody is not None:
                people, agreed = self._asked(ready, self._found((ready.nobody,), office), office)
            if not people and not agreed:
                if step.nobody != "skip":
                    self._problems.append(Problem("process.nobody_at_step", data={"step": step.label}))
                return None
        agree: Agree = "share" if step.ratio is not None else step.agree
        return Stop(
            step.step, step.label, agree, step.ratio, tuple(people), tuple(agreed), cc, step.within, step.then,
            step.own == "ask",
        )  # fmt: skip

    def _asked(self, ready: ReadyStop, found: Sequence[int], office: Office) -> tuple[list[int], list[int]]:
        """Who is asked, and who counts as agreed: whoever submits it agrees, or their superior is asked."""
        own = ready.step.own
        if self.by not in found or own == "ask":
            return list(found), []
        others = [one for one in found if one != self.by]
        if own == "skip":
            return others, [self.by]
        return list(dict.fromkeys([*others, *office.superiors(self.by)[:1]])), []

    def _found(self, approvers: Sequence[ReadyApprover], office: Office) -> list[int]:
        return list(dict.fromkeys(person for one in approvers for person in self._people(one, office)))

    def _people(self, ready: ReadyApprover, office: Office) -> list[int]:
        one: Approver = ready.approver
        if one.role is not None:
            return office.with_role(one.role)
        if one.superior is not None:
            return office.superiors(self.by)[one.superior - 1 :][:1]
        assert ready.of is not None, "exactly one way is declared"
        target = evaluate(ready.of, self.row, self.context)
        return office.head_of(target) if one.head_of is not None else office.active([target])

    def _holds(self, condition: Expression | None) -> bool:
        return condition is None or evaluate(condition, self.row, self.context) is True


@dataclass(frozen=True, slots=True)
class Routed:
    """What several approvals of one step ask together, one after another. `cc`: who is told of the grant."""

    route: tuple[Stop, ...]
    office: Office
    cc: tuple[int, ...]
    meanwhile: tuple[str, ...]


def routed(routings: Sequence[Routing], office: Office) -> Routed:
    """The route of all that apply. Refuses with NobodyToAsk."""
    route: list[Stop] = []
    for routing in routings:
        route += renamed(routing.stops(office), {stop.step for stop in stops_of(route)})
    cc = dict.fromkeys(person for routing in routings for person in routing.copied(office))
    meanwhile = dict.fromkeys(name for routing in routings for name in routing.approval.approval.meanwhile)
    return Routed(tuple(route), office, tuple(cc), tuple(meanwhile))


def renamed(stops: Sequence[Stop], taken: set[str]) -> list[Stop]:
    """Stops under names that nobody has taken."""
    found = []
    for stop in stops:
        name, number = stop.step, 1
        while name in taken:
            number += 1
            name = f"{stop.step}_{number}"
        taken.add(name)
        branches = tuple(tuple(renamed(branch, taken)) for branch in stop.branches)
        found.append(replace(stop, step=name, branches=branches))
    return found


def _named(approval: ReadyApproval) -> Iterator[ReadyApprover]:
    yield from approval.cc
    for step in _steps(approval.steps):
        yield from (*step.by, *step.cc, *(one for case in step.table for one in case.by))
        if step.nobody is not None:
            yield step.nobody


def _steps(steps: Sequence[ReadyStop]) -> Iterator[ReadyStop]:
    for step in steps:
        yield step
        for branch in step.branches:
            yield from _steps(branch)
