"""What formulas know besides the record: the clock and who acts."""

from datetime import datetime, tzinfo

from onebook.access.actor import Actor
from onebook.expression.python import Context


def context_of(actor: Actor, now: datetime, zone: tzinfo) -> Context:
    """The context of an actor at an instant; today is the calendar day in the company's zone."""
    return Context(
        today=now.astimezone(zone).date(),
        now=now,
        me=actor.id,
        department=actor.department,
        departments=actor.departments,
        roles=actor.roles,
        colleagues=actor.colleagues,
        zone=zone,
    )
