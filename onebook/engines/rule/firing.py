"""Firings: what a rule is to do about one object, how far it has come, and when it is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson

from onebook.storage.planning import PLANNED_FOR_VALUES, PLANNED_ONCE
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Refusal

#: Longer than this after another a chain of one cause is a runaway.
MOST_OF_A_CAUSE: Final = 100
#: When what failed is tried again; after the last it is given up.
WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 600, 3600))

_COLUMNS: Final = "id, rule, form, object, by, attempts, done, why, cause, depth"
#: What is due, and what a worker that died had begun: one worker at a time runs the rules of a company.
_CLAIM: Final = f"""
UPDATE onebook_firing SET state = 'running', attempts = attempts + 1
WHERE id = ANY(ARRAY(
    SELECT id FROM onebook_firing WHERE state IN ('waiting', 'running', 'failed') AND next_at <= %(now)s
    ORDER BY next_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED))
RETURNING {_COLUMNS}
"""
_ONE: Final = f"""
UPDATE onebook_firing SET state = 'running', attempts = attempts + 1 WHERE id = %(id)s AND state <> 'done'
RETURNING {_COLUMNS}
"""
#: Held until the transaction ends: whoever comes second finds it further on, and does nothing.
_HOLD: Final = "SELECT 1 FROM onebook_firing WHERE id = %(id)s AND done = %(done)s AND state = 'running' FOR UPDATE"
_CAUSE: Final = (
    "SELECT set_config('onebook.cause', %(cause)s::text, true), set_config('onebook.depth', %(depth)s::text, true)"
)
_STEP: Final = """
UPDATE onebook_firing SET done = %(done)s, did = did || %(did)s::jsonb, error = NULL,
    state = CASE WHEN %(last)s THEN 'done' ELSE state END, ended_at = CASE WHEN %(last)s THEN now() ELSE ended_at END
WHERE id = %(id)s
"""
_END: Final = (
    "UPDATE onebook_firing SET state = %(state)s, error = %(error)s::jsonb, ended_at = now() WHERE id = %(id)s"
)
_LATER: Final = (
    "UPDATE onebook_firing SET state = 'failed', error = %(error)s::jsonb, next_at = %(at)s WHERE id = %(id)s"
)
# The ids stand there twice, so that firings are reached by them whatever the server believes about the table.
_MANY: Final = """
UPDATE onebook_firing f SET done = g.done, did = f.did || g.did, error = NULL, state = 'done', ended_at = now()
FROM jsonb_to_recordset(%(steps)s::jsonb) AS g(id bigint, done integer, did jsonb)
WHERE f.id = g.id AND f.id = ANY(%(ids)s::bigint[]) AND f.state = 'running' RETURNING f.id
"""
_TRACE: Final = """
WITH marked AS MATERIALIZED (SELECT id, record FROM onebook_event WHERE cause = %(mark)s)
UPDATE onebook_event e SET cause = f.cause, depth = f.depth
FROM marked m
JOIN unnest(%(objects)s::bigint[], %(causes)s::bigint[], %(depths)s::integer[]) AS f (object, cause, depth)
  ON f.object = m.record
WHERE e.id = m.id
"""
_LEFT: Final = "SELECT min(next_at) FROM onebook_firing WHERE state IN ('waiting', 'running', 'failed')"
_OF_CAUSE: Final = "SELECT cause, sum(done) FROM onebook_firing WHERE cause = ANY(%(causes)s::bigint[]) GROUP BY cause"


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule and one object that it speaks about. `done`: how many of its consequences are."""

    id: int
    rule: str
    form: str
    object: int
    by: int
    attempts: int
    done: int
    why: Mapping[str, Any]
    cause: int
    depth: int

    @property
    def root(self) -> int:
        """What whatever follows from it goes back to; what the clock began goes back to itself."""
        return self.cause or -self.id


@dataclass(frozen=True, slots=True)
class Did:
    """A consequence that was done, as the log keeps it: `do` names it, the rest says of what."""

    do: str
    data: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"do": self.do, **self.data}


def claimed(most: int, now: object) -> Statement:
    """What begins the firings that are due, the longest due first; rows for `firings_of`."""
    return Statement(_CLAIM, {"most": most, "now": now})


def begun(number: int) -> Statement:
    """What begins one firing now, whatever it waits for; rows for `firings_of`."""
    return Statement(_ONE, {"id": number})


def firings_of(rows: Rows) -> list[Firing]:
    """The firings that were begun, in the order in which they were caused."""
    return sorted((Firing(*row) for row in rows), key=lambda one: one.id)


def held(firing: Firing, done: int) -> tuple[Statement, Statement]:
    """What begins the transaction of a consequence: answers a row if it is still to be done; and what tells every
    event that the transaction leaves where it comes from."""
    known = {"cause": str(firing.root), "depth": str(firing.depth + 1)}
    return Statement(_HOLD, {"id": firing.id, "done": done}), Statement(_CAUSE, known)


def caused(firings: Sequence[Firing]) -> Statement:
    """What marks every event that the transaction of many firings leaves, for `traced`."""
    mark = -firings[0].id if firings else 0
    return Statement(_CAUSE, {"cause": str(mark), "depth": "0"})


def traced(firings: Sequence[Firing]) -> tuple[Statement, ...]:
    """What tells every event that `caused` marked from which firing of its record it comes."""
    if not firings:
        return ()
    columns = {
        "mark": -firings[0].id,
        "objects": [one.object for one in firings],
        "causes": [one.root for one in firings],
        "depths": [one.depth + 1 for one in firings],
    }
    return PLANNED_FOR_VALUES, Statement(_TRACE, columns), PLANNED_ONCE


def stepped(firing: Firing, done: int, did: Did, *, last: bool) -> Statement:
    """What counts a consequence, in the transaction that does it."""
    kept = orjson.dumps([did.to_json()]).decode()
    return Statement(_STEP, {"id": firing.id, "done": done, "did": kept, "last": last})


def told_many(steps: Sequence[tuple[Firing, int, Sequence[Did]]]) -> Statement:
    """What counts the last consequences of many firings at once; answers those that were still to be done."""
    rows = [{"id": one.id, "done": done, "did": [did.to_json() for did in said]} for one, done, said in steps]
    return Statement(_MANY, {"steps": orjson.dumps(rows).decode(), "ids": [one.id for one, _, _ in steps]})


def ended(firing: int, state: str, refusal: Refusal | None) -> Statement:
    """What ends a firing without effect: `skipped`, or `dead`."""
    return Statement(_END, {"id": firing, "state": state, "error": _told(refusal)})


def put_off(firing: Firing, refusal: Refusal, now: Any) -> Statement:
    """What tries a firing again later, or gives it up."""
    if firing.attempts > len(WAITS):
        return ended(firing.id, "dead", refusal)
    at = now + WAITS[firing.attempts - 1]
    return Statement(_LATER, {"id": firing.id, "error": _told(refusal), "at": at})


def of_causes(causes: Sequence[int]) -> Statement:
    """How many consequences each cause has had."""
    return Statement(_OF_CAUSE, {"causes": list(causes)})


#: When the next firing is due, if any waits.
LEFT: Final = Statement(_LEFT)


def _told(refusal: Refusal | None) -> str | None:
    """A refusal as data: its text is made in the reader's language."""
    if refusal is None:
        return None
    problems = [{"code": one.code, "field": one.field, "data": _plain(one.data)} for one in refusal.problems]
    return orjson.dumps({"code": refusal.code, "data": _plain(refusal.data), "problems": problems}).decode()


def _plain(data: Mapping[str, object]) -> dict[str, object]:
    return {name: [str(one) for one in value] if isinstance(value, list | tuple) else value
            if isinstance(value, int | str | None) else str(value) for name, value in data.items()}  # fmt: skip
