"""The log of rules: how often each spoke, and every run with its state, its why and what it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from onebook.storage.transaction import Rows, Statement

_COLUMNS: Final = (
    "f.id, f.rule, f.form, f.object, f.state, f.at, f.by, u.name, f.attempts, f.next_at, f.why, f.did, f.error,"
    " c.changes"
)
_FROM: Final = """
FROM onebook_firing f LEFT JOIN "user" u ON u.id = f.by
LEFT JOIN onebook_change c ON f.why ->> 'kind' = 'change' AND c.id = (f.why ->> 'source')::bigint
"""
_RUNS: Final = f"""
SELECT {_COLUMNS} {_FROM}
WHERE (%(rule)s::text IS NULL OR f.rule = %(rule)s) AND (%(state)s::text IS NULL OR f.state = %(state)s)
  AND (%(below)s::bigint IS NULL OR f.id < %(below)s) AND (%(id)s::bigint IS NULL OR f.id = %(id)s)
ORDER BY f.id DESC LIMIT %(most)s
"""
#: The latest of each rule, through the index of its log.
_COUNTS: Final = """
SELECT rule, count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'failed'),
       count(*) FILTER (WHERE state = 'dead'), count(*) FILTER (WHERE state IN ('waiting', 'running')),
       (max(ARRAY[at::text, state]))[1]::timestamptz, (max(ARRAY[at::text, state]))[2]
FROM onebook_firing WHERE at > %(since)s GROUP BY rule
"""
_PEOPLE: Final = 'SELECT id, name FROM "user" WHERE id = ANY(%(ids)s::bigint[])'
_DEPARTMENTS: Final = "SELECT id, name FROM department WHERE id = ANY(%(ids)s::bigint[])"
_CALLED: Final = """
SELECT id, name FROM department
WHERE deleted_at IS NULL AND strpos(lower(name), lower(%(words)s::text)) > 0 ORDER BY name, id LIMIT 20
"""
_HOOKS: Final = "SELECT webhook, at FROM onebook_hook"
_REPLAY: Final = """
UPDATE onebook_firing SET state = 'waiting', attempts = 0, next_at = %(now)s, ended_at = NULL
WHERE id = %(id)s AND state = 'dead' RETURNING id
"""
_PRESSED: Final = """
INSERT INTO onebook_firing (rule, version, form, object, episode, at, next_at, by, why, cause, depth)
VALUES (%(rule)s, %(version)s, %(form)s, %(object)s, %(episode)s, %(now)s, %(now)s, %(by)s,
        jsonb_build_object('kind', %(kind)s::text), 0, 0)
ON CONFLICT ON CONSTRAINT onebook_firing_once DO UPDATE SET rule = excluded.rule RETURNING id, state
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a rule."""

    id: int
    rule: str
    form: str
    object: int
    state: str
    at: datetime
    by: int
    by_name: str | None
    attempts: int
    next_at: datetime
    why: Mapping[str, Any]
    did: Sequence[Mapping[str, Any]]
    error: Mapping[str, Any] | None
    changes: Mapping[str, Any] | None


def runs(
    rule: str | None, *, state: str | None = None, below: int | None = None, number: int | None = None, most: int = 1
) -> Statement:
    """Asks for runs, the latest first; rows for `runs_of`."""
    return Statement(_RUNS, {"rule": rule, "state": state, "below": below, "id": number, "most": most})


def runs_of(rows: Rows) -> list[Run]:
    """The runs."""
    return [Run(*row) for row in rows]


def counts(since: datetime) -> Statement:
    """Asks of every rule how often it was done, failed, was given up and waits, and when it last spoke and how."""
    return Statement(_COUNTS, {"since": since})


def people(ids: Sequence[int]) -> Statement:
    """Asks what users are called."""
    return Statement(_PEOPLE, {"ids": list(ids)})


def departments(ids: Sequence[int]) -> Statement:
    """Asks what departments are called."""
    return Statement(_DEPARTMENTS, {"ids": list(ids)})


#: Asks which webhooks have a secret, and since when.
HOOKS: Final = Statement(_HOOKS)


def departments_called(words: str) -> Statement:
    """Asks for departments by a part of their names."""
    return Statement(_CALLED, {"words": words})


def replayed(number: int, now: datetime) -> Statement:
    """What makes a run that was given up wait again; answers it if it was."""
    return Statement(_REPLAY, {"id": number, "now": now})


def pressed(
    rule: str, version: int, form: str, record: int, by: int, episode: str, now: datetime, kind: str = "button"
) -> Statement:
    """What makes a firing by hand, or for what came from outside; answers its id, also if it was there before."""
    given = {"rule": rule, "version": version, "form": form, "object": record, "by": by, "episode": episode}
    return Statement(_PRESSED, {**given, "now": now, "kind": kind})
