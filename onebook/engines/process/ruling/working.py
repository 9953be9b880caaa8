"""What the worker does for the rules of a company: hear, fire, run, until nothing is due; and ask the clock."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from onebook.access.actor import SYSTEM
from onebook.engines.process.ground import Ground
from onebook.engines.process.ruling.run import Runner
from onebook.engines.rule.draining import Draining
from onebook.engines.rule.states import STATES, RuleStates, states_of
from onebook.storage.database import Database
from onebook.storage.transaction import Statement

#: Batches may be large; each is a statement of its own.
_BATCH_TIMEOUT_S: Final = 300
#: Whether there is anything to do for the rules of a company.
WAITING: Final = Statement(
    "SELECT EXISTS (SELECT FROM onebook_event) OR EXISTS (SELECT FROM onebook_listener WHERE kind = 'clock')"
    " OR EXISTS (SELECT FROM onebook_firing WHERE state IN ('waiting', 'running', 'failed') AND next_at <= now())"
)


def rule_states(database: Database, schema: str) -> RuleStates:
    """What was said about the rules of a company."""
    with database.transaction(schema, read_only=True) as transaction:
        return states_of(transaction.commit(*STATES))


def remind(database: Database, ground: Ground, now: datetime) -> int:
    """Fire the rules of the clock whose time has come; how often."""
    with database.transaction(ground.schema, statement_timeout_s=_BATCH_TIMEOUT_S) as transaction:
        fired = _draining(ground, now).remind(transaction, now.astimezone(ground.zone))
        transaction.commit()
    return fired


def hear(database: Database, ground: Ground, now: datetime) -> int:
    """Make firings of one batch of events; how many events there were."""
    with database.transaction(ground.schema, statement_timeout_s=_BATCH_TIMEOUT_S) as transaction:
        drained = _draining(ground, now).drain(transaction)
        transaction.commit()
    return drained.events


def work(database: Database, ground: Ground, now: datetime, told: Callable[[Runner], None]) -> int:
    """One round: a batch of events heard, a batch of firings run; how many of both. Nothing left: 0."""
    heard = hear(database, ground, now)
    runner = Runner(database, ground, now)
    try:
        run = runner.run_due()
    finally:
        told(runner)
    return heard + run


def _draining(ground: Ground, now: datetime) -> Draining:
    return Draining(ground.rules, ground.kept, ground.version, ground.context(SYSTEM, now))
