"""The one road of a command: begin, load, compose, lock, check, write, commit; three round trips at most."""

import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from onebook.engines.process.actions.bin import put_away, restore
from onebook.engines.process.actions.closing import close_or_open
from onebook.engines.process.actions.create import create
from onebook.engines.process.actions.drawing import draw
from onebook.engines.process.actions.edit import update
from onebook.engines.process.actions.from_rows import create_from_rows
from onebook.engines.process.actions.leg import asked_step
from onebook.engines.process.actions.reversal import reverse
from onebook.engines.process.actions.step import run
from onebook.engines.process.command import Bin, Command, Create, CreateFromRows, Restore, Reverse, Run, Update
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.watch import Moved
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.refusals import Busy, UnknownForm
from onebook.engines.process.road import Along, Road
from onebook.storage.database import Database, retrying

#: How often a command begins again because what it had read was changed under it.
ATTEMPTS: Final = 10

Result = TypeVar("Result")


def execute(database: Database, ground: Ground, command: Command, now: datetime, along: Along | None = None) -> Outcome:
    """Do what a command asks for, wholly or not at all. Refuses with whatever says no; raises Republished.

    `along`: what belongs into the same transaction."""
    require_form(ground, command)

    def attempt() -> Outcome:
        with database.transaction(ground.schema) as transaction:
            return travel(Road(transaction, ground, command, now, along=along))

    return persistently(lambda: retrying(attempt))


def travel(road: Road) -> Outcome:
    """One command in one transaction, from begin to commit."""
    ready = asked_step(road)
    if ready is not None and (ready.declaration.closes or ready.declaration.reopens):
        return close_or_open(road, ready, _drawn)
    return _drawn(road)


def _drawn(road: Road) -> Outcome:
    """One command, with what its step draws first."""
    ready = asked_step(road)
    return draw(road, ready, _plain) if ready is not None and ready.declaration.draws else _plain(road)


def _plain(road: Road) -> Outcome:
    match road.command.action:
        case Create() as action:
            return create(road, action)
        case Run() as action:
            return run(road, action)
        case Update() as action:
            return update(road, action)
        case Reverse() as action:
            return reverse(road, action)
        case Bin() as action:
            return put_away(road, action)
        case Restore() as action:
            return restore(road, action)
        case CreateFromRows() as action:
            return create_from_rows(road, action)


def require_form(ground: Ground, command: Command) -> None:
    """Refuse forms that nobody declared."""
    if command.form not in ground.catalog.forms:
        raise UnknownForm(form=command.form)


def persistently(action: Callable[[], Result]) -> Result:
    """Run a whole transaction again when a record moved between reading and locking. Refuses with Busy in the end."""
    for turn in range(ATTEMPTS):
        try:
            return action()
        except Moved:
            time.sleep(random.uniform(0, 0.01) * turn)
    raise Busy
