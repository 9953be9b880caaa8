"""What administrators said about rules: which sleep, whom they are tried out with; and who listens because of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson

from onebook.definition.declarations import Declarations
from onebook.definition.rule import Rule
from onebook.storage.transaction import Rows, Statement

_STATES: Final = "SELECT rule, paused, pilot_users, pilot_departments FROM onebook_rule_state"
#: Changes with every pause and pilot: who keeps states in memory compares it.
REVISION: Final = "SELECT coalesce(max(at)::text || count(*), '') FROM onebook_rule_state"
_PAUSE: Final = """
INSERT INTO onebook_rule_state (rule, paused, by) VALUES (%(rule)s, %(paused)s, %(by)s)
ON CONFLICT (rule) DO UPDATE SET paused = excluded.paused, by = excluded.by, at = clock_timestamp()
"""
_PILOT: Final = """
INSERT INTO onebook_rule_state (rule, pilot_users, pilot_departments, by)
VALUES (%(rule)s, %(users)s::bigint[], %(departments)s::bigint[], %(by)s)
ON CONFLICT (rule) DO UPDATE SET pilot_users = excluded.pilot_users, pilot_departments = excluded.pilot_departments,
    by = excluded.by, at = clock_timestamp()
"""
_LISTENERS: Final = """
INSERT INTO onebook_listener (rule, kind, form, names)
SELECT l.rule, l.kind, l.form, ARRAY(SELECT jsonb_array_elements_text(l.names))
FROM jsonb_to_recordset(%(listeners)s::jsonb) AS l(rule text, kind text, form text, names jsonb)
"""


@dataclass(frozen=True, slots=True)
class RuleState:
    """What was said about a rule. `paused` None: as it was declared. A pilot without anybody is for everybody."""

    paused: bool | None = None
    users: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()

    @property
    def is_pilot(self) -> bool:
        """Whether it is tried out with some."""
        return bool(self.users or self.departments)


@dataclass(frozen=True, slots=True)
class RuleStates:
    """The states of all rules of a company at one moment; `revision` tells it from others."""

    states: Mapping[str, RuleState] = field(default_factory=dict)
    revision: str = ""

    def of(self, rule: str) -> RuleState:
        """What was said about a rule."""
        return self.states.get(rule, _NOTHING)

    def sleeps(self, rule: Rule) -> bool:
        """Whether a rule is paused."""
        said = self.of(rule.rule).paused
        return rule.paused if said is None else said

    def concerns(self, rule: Rule, user: int, department: int | None) -> bool:
        """Whether a rule is for what this user does."""
        state = self.of(rule.rule)
        return not state.is_pilot or user in state.users or department in state.departments


_NOTHING: Final = RuleState()
#: Every rule is as it was declared.
NOTHING_SAID: Final = RuleStates()

STATES: Final = (Statement(_STATES), Statement(REVISION))


def states_of(answers: Sequence[Rows]) -> RuleStates:
    """The states that the answers to `STATES` tell."""
    rows, revision = answers
    found = {rule: RuleState(paused, tuple(users), tuple(departments)) for rule, paused, users, departments in rows}
    return RuleStates(found, str(revision[0][0]))


def paused(rule: str, by: int, *, is_paused: bool) -> Statement:
    """What pauses a rule, or wakes it."""
    return Statement(_PAUSE, {"rule": rule, "paused": is_paused, "by": by})


def piloted(rule: str, users: Sequence[int], departments: Sequence[int], by: int) -> Statement:
    """What limits a rule to some, or with nobody named opens it to everybody."""
    return Statement(_PILOT, {"rule": rule, "users": list(users), "departments": list(departments), "by": by})


@dataclass(frozen=True, slots=True)
class Listener:
    """What a rule listens to."""

    rule: str
    kind: str
    form: str
    names: tuple[str, ...] = ()


def listeners(declared: Declarations, states: RuleStates) -> Iterator[Listener]:
    """What the rules listen to that are awake."""
    for rule in declared.rules.values():
        if rule.phase == "after" and not states.sleeps(rule):
            yield from _of(declared, rule)


def _of(declared: Declarations, rule: Rule) -> Iterator[Listener]:
    on = rule.on
    if on.created:
        yield Listener(rule.rule, "created", rule.form)
    if on.changed:
        names = dict.fromkeys(name.partition(".")[0] for name in on.changed)
        yield Listener(rule.rule, "changed", rule.form, tuple(names))
    if on.transition is not None:
        yield Listener(rule.rule, "step", rule.form, (on.transition,))
    if on.reversed is not None:
        yield Listener(rule.rule, "reversed", rule.form, (on.reversed,))
    if on.is_timed:
        yield Listener(rule.rule, "clock", rule.form)
    if on.balance is not None:
        yield Listener(rule.rule, "posted", declared.account_call(on.balance, rule.form).role.account)


def listening(found: Iterable[Listener]) -> tuple[Statement, ...]:
    """What makes these the listeners from now on."""
    rows = [{"rule": one.rule, "kind": one.kind, "form": one.form, "names": list(one.names)} for one in found]
    return Statement("DELETE FROM onebook_listener"), Statement(_LISTENERS, {"listeners": orjson.dumps(rows).decode()})
