"""What a step of a record asks for now: its own approval and those of rules, with the people who could be asked."""

from collections.abc import Iterator

from onebook.access.actor import Actor
from onebook.engines.form.rows import Row
from onebook.engines.process.approving.office import Office
from onebook.engines.process.approving.route import Routing
from onebook.engines.process.composing.approvals import ready_approval
from onebook.engines.process.composing.ready import ReadyApproval, ReadyTransition
from onebook.engines.process.ground import Ground
from onebook.expression.python import Context


def routings(ground: Ground, ready: ReadyTransition, row: Row, context: Context, by: Actor) -> list[Routing]:
    """The approvals that apply to a step which somebody submits."""
    found = (Routing(one, row, context, by.id) for one in _approvals(ground, ready, row, context, by))
    return [one for one in found if one.applies]


def office_of(routings: list[Routing], context: Context) -> Office:
    """Everybody whom they may ask, to be gathered."""
    roles = [role for one in routings for role in one.roles]
    return Office(roles, [person for one in routings for person in one.people], context.today)


def _approvals(
    ground: Ground, ready: ReadyTransition, row: Row, context: Context, by: Actor
) -> Iterator[ReadyApproval]:
    if ready.approval is not None:
        yield ready.approval
    asked = ground.guards.asked(ready.form, ready.name, row, context, by)
    if asked is not None:
        yield ready_approval(asked, lambda text, kind: ground.catalog.formula(text, ready.form, None, kind))
