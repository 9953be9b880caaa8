"""A leg of a road: an action whose writing is sent, but neither answered nor committed yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onebook.engines.process.command import Action, Command, Create, Run, Update
from onebook.engines.process.composing.ready import ReadyTransition
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road
from onebook.storage.transaction import Statement


@dataclass(slots=True)
class Leg(Road):
    """The same transaction, for an action that others follow in it. It writes in previews too: they go no further."""

    def end(self, outcome: Outcome, statements: Sequence[Statement], numbered: int | None = None) -> Outcome:
        """Write."""
        answers = self.transaction.run(*statements) if statements else ()
        return outcome if numbered is None else replace(outcome, number=answers[numbered][0][0])


def leg_of(road: Road, action: Action) -> Leg:
    """A leg of a road for one of its actions; what is decided on it is decided on the road."""
    command = Command(action, road.actor, granted=road.command.granted, anew=road.command.anew)
    return Leg(
        road.transaction, road.ground, command, road.now, False, road.runs, road.undone, routes=road.routes,
        is_of_preview=road.is_only_seen,
    )  # fmt: skip


def asked_step(road: Road) -> ReadyTransition | None:
    """The transition that an action runs, if it names one that the form has."""
    action = road.command.action
    match action:
        case Run():
            form, name = action.record.form, action.transition
        case Update(then=str() as name):
            form = action.record.form
        case Create(then=str() as name):
            form = action.form
        case _:
            return None
    declared = road.ground.catalog.forms.get(form)
    if declared is None or name not in declared.transitions:
        return None
    return road.ground.transitions.of(form, name)
