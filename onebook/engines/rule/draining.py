"""From what was heard to firings: batches in one transaction each, nothing lost and nothing twice."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from onebook.engines.rule.compiled import CompiledRule, Rules
from onebook.engines.rule.heard import asked, heard, reminded
from onebook.engines.rule.states import STATES, RuleStates, states_of
from onebook.engines.table.compiled import CompiledText
from onebook.engines.table.readable import Kept
from onebook.expression.python import Context
from onebook.expression.sql import context_parameters
from onebook.storage.planning import PLANNED_FOR_VALUES
from onebook.storage.transaction import Statement, Transaction

#: How many events are looked at together.
BATCH: Final = 5_000
#: So many are matched as sets, whatever the planner thinks of what it has no statistics about.
MANY: Final = 200
_AS_SETS: Final = Statement("SELECT set_config('enable_nestloop', 'off', true)")
#: Longer chains of rules that set each other off are cut.
DEEPEST: Final = 8
#: So many days what follows a date may be late: the worker stood still, or the rule was asleep. What precedes a date
#: is said until the date itself is past.
LATE_DAYS: Final = 7

#: Two drains at once take different events; they are gone when, and only when, their firings are there.
_TAKE: Final = "SELECT id, kind, form FROM onebook_event ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED"
_FORGET: Final = "DELETE FROM onebook_event WHERE id = ANY(%(ids)s::bigint[])"
_PILOTS: Final = """
SELECT id FROM "user" WHERE id = ANY(%(users)s::bigint[]) OR department = ANY(%(departments)s::bigint[])
"""
_FIRING: Final = """
INSERT INTO onebook_firing (rule, version, form, object, episode, at, next_at, state, by, why, error, cause, depth,
    ended_at)
SELECT %(rule)s, %(version)s, %(object_form)s, object, {episode}, %(context_now)s, %(context_now)s,
       CASE WHEN depth > %(deepest)s THEN 'dead' ELSE 'waiting' END, by,
       jsonb_build_object('kind', kind, 'source', source, 'reads', reads),
       CASE WHEN depth > %(deepest)s THEN jsonb_build_object('code', 'rule.too_deep', 'data',
            jsonb_build_object('deepest', %(deepest)s::integer)) END,
       cause, depth, CASE WHEN depth > %(deepest)s THEN now() END
FROM {source} ORDER BY event
ON CONFLICT ON CONSTRAINT onebook_firing_once DO NOTHING
RETURNING id
"""
_BEGIN: Final = "WITH heard AS MATERIALIZED ({heard}), asked AS MATERIALIZED ({asked})"
_EVERY: Final = "(SELECT h.*, a.reads FROM heard h JOIN asked a ON a.object = h.object WHERE a.holds) AS every"
#: Of several events about one record in a batch the last one tells.
_LATEST: Final = """latest AS MATERIALIZED (
    SELECT DISTINCT ON (h.object) h.*, a.reads, a.holds FROM heard h JOIN asked a ON a.object = h.object
    ORDER BY h.object, h.event DESC
)"""
#: What does not hold any more is over; what holds and was not open begins.
_EPISODES: Final = """
over AS (
    DELETE FROM onebook_episode o USING latest l WHERE o.rule = %(rule)s AND o.object = l.object AND NOT l.holds
), opened AS (
    INSERT INTO onebook_episode (rule, object) SELECT %(rule)s, object FROM latest WHERE holds
    ON CONFLICT DO NOTHING RETURNING object
)"""
_OPENED: Final = "(SELECT l.* FROM latest l JOIN opened o ON o.object = l.object) AS begun"
_HOLDING: Final = "(SELECT * FROM latest WHERE holds) AS holding"

#: A day of a rule is begun once, whoever comes first.
_DAY: Final = """
INSERT INTO onebook_rule_day (rule, day) VALUES (%(rule)s, %(on)s) ON CONFLICT DO NOTHING RETURNING rule
"""
_REMINDED: Final = """WITH latest AS MATERIALIZED (
    SELECT r.object, r.holds, r.reads, r.date, NULL::bigint AS event, 'clock' AS kind, NULL::bigint AS source,
           0::bigint AS by, 0::bigint AS cause, 0 AS depth
    FROM ({reminded}) AS r
)"""


@dataclass(frozen=True, slots=True)
class Drained:
    """What a batch came to."""

    events: int
    fired: int


class Draining:
    """Events of one company becoming firings, by the rules of one publication."""

    def __init__(self, rules: Rules, kept: Kept, version: int, context: Context) -> None:
        """With what is kept of these rules, the number of their publication, and the system's clock."""
        self._rules = rules
        self._kept = kept
        self._version = version
        self._context = context

    def drain(self, transaction: Transaction) -> Drained:
        """One batch, in a transaction that the caller commits. Nothing was left: no events."""
        _, taken, *told = transaction.run(PLANNED_FOR_VALUES, Statement(_TAKE, {"most": BATCH}), *STATES)
        if not taken:
            return Drained(0, 0)
        states = states_of(told)
        kinds = {(kind, form) for _, kind, form in taken}
        ids = [number for number, _, _ in taken]
        fired = 0
        if len(ids) >= MANY:
            transaction.run(_AS_SETS)
        for rule in self._rules.after:
            if not states.sleeps(rule.rule) and _may_hear(rule, kinds):
                fired += self._fire(transaction, rule, {"ids": ids}, states)
        transaction.run(Statement(_FORGET, {"ids": ids}))
        return Drained(len(ids), fired)

    def remind(self, transaction: Transaction, now: datetime) -> int:
        """Rules of the clock whose time has come today and that were not begun yet, in a transaction that the caller
        commits. How often they fired."""
        states = states_of(transaction.run(PLANNED_FOR_VALUES, _AS_SETS, *STATES)[2:])
        fired = 0
        for rule in self._rules.timed:
            time = rule.rule.on.daily or rule.rule.on.at
            if states.sleeps(rule.rule) or states.of(rule.name).is_pilot or f"{now:%H:%M}" < time:
                continue
            [begun] = transaction.run(Statement(_DAY, {"rule": rule.name, "on": now.date()}))
            if begun:
                late = rule.rule.on.before + 1 if rule.rule.on.before > 0 else LATE_DAYS
                fired += self._fire(transaction, rule, {"late": late}, states)
        return fired

    def _fire(self, transaction: Transaction, rule: CompiledRule, given: Mapping[str, Any], states: RuleStates) -> int:
        text: CompiledText = self._kept(("rule fires", rule.name), lambda: _text(rule))
        [rows] = transaction.run(
            text.bound(
                {
                    **context_parameters(self._context),
                    **given,
                    "rule": rule.name,
                    "version": self._version,
                    "object_form": rule.rule.form,
                    "deepest": DEEPEST,
                    "pilot": self._pilot(transaction, rule, states),
                }
            )
        )
        return len(rows)

    def _pilot(self, transaction: Transaction, rule: CompiledRule, states: RuleStates) -> list[int] | None:
        """The users that the rule is tried out with; None: everybody."""
        state = states.of(rule.name)
        if not state.is_pilot:
            return None
        asked = {"users": list(state.users), "departments": list(state.departments)}
        [rows] = transaction.run(Statement(_PILOTS, asked))
        return [user for (user,) in rows]


def _may_hear(rule: CompiledRule, kinds: Set[tuple[str, str]]) -> bool:
    """Whether any of these events may be meant; whether they are is asked by the database."""
    on = rule.rule.on
    if on.balance is not None:
        return any(kind == "journal" for kind, _ in kinds)
    if on.transition is not None or on.reversed is not None:
        return ("step", rule.rule.form) in kinds
    return bool(on.created or on.changed) and ("change", rule.rule.form) in kinds


def _text(rule: CompiledRule) -> CompiledText:
    """What makes firings of the objects that a rule speaks about."""
    once = rule.rule.once
    if rule.rule.on.is_timed:
        reminding = reminded(rule)
        literals = dict(reminding.literals)
        begin = _REMINDED.format(reminded=reminding.sql)
        episode = "'once'" if once == "record" else "'d' || %(context_today)s::date::text"
        if rule.date is not None:
            episode = "'on ' || date"
    else:
        listening, asking = heard(rule), asked(rule)
        literals = {**listening.literals, **asking.literals}
        begin = f"{_BEGIN.format(heard=listening.sql, asked=asking.sql)}, {_LATEST}"
        episode = {"record": "'once'", "day": "'d' || %(context_today)s::date::text"}.get(once, "'e' || event")
    source = _HOLDING
    if once == "episode":
        begin, source = f"{begin}, {_EPISODES}", _OPENED
    elif once == "time" and not rule.rule.on.is_timed and rule.call is None:
        source = _EVERY
    sql = f"{begin} {_FIRING.format(episode=episode, source=source)}"
    return CompiledText(sql, literals)
