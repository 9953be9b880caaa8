"""Running firings: what is due is done by commands or messages, and counted in the transaction that does it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import psycopg

from onebook.access.actor import SYSTEM, Actor
from onebook.access.membership import actor_of, user_statement
from onebook.access.refusals import NotAMember
from onebook.definition.rule import Consequence
from onebook.engines.form.gather import gather
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.refusals import NotFound
from onebook.engines.form.rows import Row
from onebook.engines.form.violations import refusal_of
from onebook.engines.message.outbox import posted
from onebook.engines.process.command import Command
from onebook.engines.process.composing.transitions import keys_of
from onebook.engines.process.execute import execute
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.wanted import Republished
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.ruling.consequences import SAYING, People, Wishing, keys_wanted
from onebook.engines.process.ruling.together import FEW, changed_together, is_for_many
from onebook.engines.rule.firing import (
    MOST_OF_A_CAUSE,
    Did,
    Firing,
    begun,
    claimed,
    ended,
    firings_of,
    held,
    of_causes,
    put_off,
    stepped,
    told_many,
)
from onebook.engines.rule.refusals import HoldsNoMore, TooManyOfACause, UnknownFiring, UnknownRule
from onebook.expression.python import evaluate
from onebook.storage.database import Database
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Refusal, Status

#: How many firings are begun together, and how many that only say something are done together.
TOGETHER: Final = 2_000
_log: Final = logging.getLogger(__name__)


class Fault(Refusal):
    """Something broke that is no refusal; the log of the server has it in full: `fault`."""

    code = "rule.fault"


class _DoneBefore(Exception):
    """Somebody else has done this consequence: there is nothing to do."""


@dataclass(slots=True)
class Counted:
    """What travels with the command of a consequence: it holds the firing, and counts what was done in the same
    transaction, so that it is done once whoever dies when."""

    firing: Firing
    place: int
    did: Did
    is_last: bool

    def begin(self) -> Sequence[Statement]:
        """Hold the firing."""
        return held(self.firing, self.place)

    def begun(self, results: Sequence[Rows]) -> None:
        """Raises _DoneBefore."""
        if not results[0]:
            raise _DoneBefore

    def end(self, outcome: Outcome) -> Sequence[Statement]:
        """What counts it."""
        did = Did(self.did.do, {**self.did.data, "record": outcome.record.id})
        if self.did.do == "run":
            did = self.did
        return (stepped(self.firing, self.place + 1, did, last=self.is_last),)


@dataclass(slots=True)
class Runner:
    """The firings of one company at one moment."""

    database: Database
    ground: Ground
    now: datetime
    #: Every command that was done, for whoever tells listeners.
    done: list[tuple[Command, Outcome]] = field(default_factory=list)
    _actors: dict[int, Actor | None] = field(default_factory=dict)

    def run_due(self, most: int = TOGETHER) -> int:
        """Begin what is due, so many at most, and do it; how many were begun."""
        with self.database.transaction(self.ground.schema) as transaction:
            [rows] = transaction.commit(claimed(most, self.now))
        firings = firings_of(rows)
        for _, group in groupby(sorted(firings, key=_together), _together):
            self._run(sorted(group, key=lambda one: one.id))
        return len(firings)

    def run_one(self, number: int) -> Firing:
        """Do one firing now, whatever it waits for."""
        with self.database.transaction(self.ground.schema) as transaction:
            [rows] = transaction.commit(begun(number))
        if not rows:
            raise UnknownFiring(id=number)
        [firing] = firings_of(rows)
        self._run([firing])
        return firing

    def _run(self, firings: Sequence[Firing]) -> None:
        """Firings of one rule that one user set off."""
        rule = self.ground.rules.by_name.get(firings[0].rule)
        if rule is None:
            self._end(firings, "dead", UnknownRule(rule=firings[0].rule))
            return
        actor = SYSTEM if rule.rule.is_of_the_system else self._actor(firings[0].by)
        if actor is None:
            self._end(firings, "dead", NotAMember())
            return
        firings = self._bounded(firings)
        context = self.ground.context(actor, self.now)
        wishing = Wishing(self.ground, rule, actor, context)
        keys = self.ground.kept(("rule wants", rule.name), lambda: keys_wanted(self.ground, rule))
        ids = [one.object for one in firings]
        load = RecordLoad(self.ground.forms, rule.rule.form, ids, keys, actor, context)
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            gather(transaction, load)
        gone = [one for one in firings if one.object not in load.rows]
        if gone:
            self._end(
                gone, "skipped", NotFound(form=self.ground.catalog.forms[rule.rule.form].label, id=gone[0].object)
            )
        there = [one for one in firings if one.object in load.rows]
        if all(map(_says, rule.rule.do)) and not any(one.done for one in there):
            try:
                self._say(wishing, there, load.rows)
            except (Refusal, psycopg.DatabaseError):
                # One of them cannot be said: each by itself, so that the log tells which.
                _log.info("rule %s: %s firings one by one", rule.name, len(there))
            else:
                return
        if len(there) >= FEW and not any(one.done for one in there) and is_for_many(wishing):
            done = self._change(wishing, there, load.rows)
            there = [one for one in there if one.id not in done]
        for firing in there:
            if self._is_done_already(wishing, firing):
                self._end([firing], "skipped", HoldsNoMore())
            else:
                self._do(wishing, firing, load.rows[firing.object])

    def _say(self, wishing: Wishing, firings: Sequence[Firing], rows: Any) -> None:
        """Rules that only say something: many firings in one transaction."""
        people, places = People(), range(len(wishing.rule.rule.do))
        with self.database.transaction(self.ground.schema) as transaction:
            said = {
                one.id: [wishing.wish(transaction, people, one, rows[one.object], place) for place in places]
                for one in firings
            }
            steps = [(one, len(places), [wish.did for wish in said[one.id]]) for one in firings]
            [counted] = transaction.run(told_many(steps))
            messages = [message for (number,) in counted for wish in said[number] for message in wish.messages]
            transaction.commit(*posted(messages))

    def _change(self, wishing: Wishing, firings: Sequence[Firing], rows: Any) -> set[int]:
        """Rules that fill in fields of their records: many in one transaction; those that are done."""
        try:
            with self.database.transaction(self.ground.schema) as transaction:
                done = changed_together(transaction, wishing, firings, rows)
                transaction.commit()
        except (Refusal, psycopg.DatabaseError):
            # Something about one of them: each by itself, so that the log tells which.
            _log.info("rule %s: %s firings one by one", wishing.rule.name, len(firings))
            return set()
        return done

    def _do(self, wishing: Wishing, firing: Firing, row: Row) -> None:
        """One firing, consequence by consequence. What is refused is tried again later; what was done stays done."""
        places = len(wishing.rule.rule.do)
        try:
            for place in range(firing.done, places):
                self._one(wishing, firing, row, place, is_last=place == places - 1)
        except _DoneBefore:
            return
        except Republished:
            raise
        except Refusal as refusal:
            if refusal.status == Status.UNAVAILABLE:
                raise
            self._put_off(firing, refusal)
        except psycopg.Error as error:
            told = refusal_of(self.ground.forms, error)
            if told is None:
                _log.exception("rule %s, firing %s", firing.rule, firing.id)
            self._put_off(firing, told or Fault(fault=type(error).__name__))
        except Exception as error:
            # One rule that breaks must not keep the others from running; its log and the server's say what broke.
            _log.exception("rule %s, firing %s", firing.rule, firing.id)
            self._put_off(firing, Fault(fault=type(error).__name__))

    def _is_done_already(self, wishing: Wishing, firing: Firing) -> bool:
        """Of a rule that takes steps: whether its condition has become false since it was set off. Another firing of
        the batch, or somebody meanwhile, has taken the step then; it would only be refused."""
        rule = wishing.rule
        takes_steps = any(one.run is not None for one in rule.rule.do)
        if not takes_steps or rule.when is None or rule.call is not None or firing.done:
            return False
        keys = frozenset(keys_of(rule.when.paths, None))
        load = RecordLoad(self.ground.forms, rule.rule.form, [firing.object], keys, SYSTEM, wishing.context)
        with self.database.transaction(self.ground.schema, read_only=True) as transaction:
            gather(transaction, load)
        row = load.rows.get(firing.object)
        return row is not None and evaluate(rule.when, row, wishing.context) is not True

    def _one(self, wishing: Wishing, firing: Firing, row: Row, place: int, *, is_last: bool) -> None:
        with self.database.transaction(self.ground.schema) as transaction:
            wish = wishing.wish(transaction, People(), firing, row, place)
            if wish.action is None:
                holding, _ = transaction.run(*held(firing, place))
                if not holding:
                    raise _DoneBefore
                transaction.commit(*posted(wish.messages), stepped(firing, place + 1, wish.did, last=is_last))
                return
        command = Command(wish.action, wishing.actor)
        counted = Counted(firing, place, wish.did, is_last)
        self.done.append((command, execute(self.database, self.ground, command, self.now, counted)))

    def _bounded(self, firings: Sequence[Firing]) -> list[Firing]:
        """Without those whose cause has had enough consequences."""
        deep = sorted({one.cause for one in firings if one.depth})
        if not deep:
            return list(firings)
        with self.database.transaction(self.ground.schema) as transaction:
            [rows] = transaction.commit(of_causes(deep))
        spent = {cause for cause, count in rows if count >= MOST_OF_A_CAUSE}
        stopped = [one for one in firings if one.depth and one.cause in spent]
        if stopped:
            self._end(stopped, "dead", TooManyOfACause(most=MOST_OF_A_CAUSE))
        return [one for one in firings if not (one.depth and one.cause in spent)]

    def _actor(self, user: int) -> Actor | None:
        """The user as they are now; none for whoever is no user any more."""
        if user == SYSTEM.id:
            return SYSTEM
        if user not in self._actors:
            with self.database.transaction(self.ground.schema, read_only=True) as transaction:
                [rows] = transaction.commit(user_statement(self.ground.schema, user))
            try:
                self._actors[user] = actor_of(rows)
            except NotAMember:
                self._actors[user] = None
        return self._actors[user]

    def _put_off(self, firing: Firing, refusal: Refusal) -> None:
        with self.database.transaction(self.ground.schema) as transaction:
            transaction.commit(put_off(firing, refusal, self.now))

    def _end(self, firings: Sequence[Firing], state: str, refusal: Refusal) -> None:
        with self.database.transaction(self.ground.schema) as transaction:
            transaction.commit(*(ended(one.id, state, refusal) for one in firings))


def _together(one: Firing) -> tuple[str, int]:
    """What is looked at together: of one rule and one user."""
    return one.rule, one.by


def _says(one: Consequence) -> bool:
    """Whether a consequence changes no record."""
    return any(getattr(one, word) is not None for word in SAYING)
