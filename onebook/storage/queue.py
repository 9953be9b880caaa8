"""The queue of jobs in PostgreSQL: entering them inside a transaction, and giving back those of dead workers."""

import json
from collections.abc import Mapping, Set
from datetime import datetime
from pathlib import Path
from typing import Final

import procrastinate
from psycopg import sql

from onebook.storage.database import APPLICATION_ROLE
from onebook.storage.transaction import Connection, Statement

SCHEMA: Final = "procrastinate"
QUEUE: Final = "onebook"
#: How often a job is begun before somebody has to look at it.
ATTEMPTS: Final = 5
_SQL: Final = Path(procrastinate.__file__).parent / "sql"
#: The right to enter jobs; fetching and finishing them is the worker's, who connects as the owner.
_RIGHTS: Final[tuple[str, ...]] = (
    "GRANT USAGE ON SCHEMA procrastinate TO {}",
    "GRANT SELECT, INSERT ON procrastinate.procrastinate_jobs, procrastinate.procrastinate_events TO {}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO {}",
)
#: Its functions name their tables without a schema; they must find them from a company's transaction too.
_PIN_FUNCTIONS: Final = """
DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate, pg_catalog, pg_temp', f);
    END LOOP;
END $$
"""


def enter(
    task: str, arguments: Mapping[str, object], *, lock: str | None = None, at: datetime | None = None
) -> Statement:
    """The statement that enters a job: it exists if and only if its transaction commits. Answers the job's id.

    Args:
        task: the task's name.
        arguments: what the task is called with; JSON values.
        lock: jobs of the same lock run one after the other.
        at: not before this instant.
    """
    return Statement(
        "SELECT (procrastinate.procrastinate_defer_jobs_v1(ARRAY[ROW("
        "%s::varchar, %s::varchar, 0, %s::text, NULL::text, %s::jsonb, %s::timestamptz"
        ")::procrastinate.procrastinate_job_to_defer_v1]))[1]",
        (QUEUE, task, lock, json.dumps(arguments), at),
    )


def give_back_stalled(silent_s: int) -> Statement:
    """The statement that returns the jobs of workers that have shown no sign of life for so many seconds.

    A killed worker leaves its jobs marked as running; without this nobody would ever run them. A job that was under
    way when its worker died for the fifth time probably kills them: it is marked as failed. Answers ids and states.
    """
    return Statement(
        "WITH dead AS (DELETE FROM procrastinate_workers"
        " WHERE last_heartbeat < now() - make_interval(secs => %(silent)s) RETURNING id),"
        " stalled AS (SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
        " WHERE j.status = 'doing' AND (w.id IS NULL OR w.id IN (SELECT id FROM dead))"
        " ORDER BY j.id FOR UPDATE OF j)"
        " UPDATE procrastinate_jobs j SET worker_id = NULL, scheduled_at = now(), attempts = j.attempts + 1, status ="
        " (CASE WHEN j.attempts + 1 >= %(limit)s THEN 'failed' ELSE 'todo' END)::procrastinate_job_status"
        " FROM stalled WHERE j.id = stalled.id RETURNING j.id, j.status::text",
        {"silent": silent_s, "limit": ATTEMPTS},
    )


def install(connection: Connection, installed: Set[str]) -> list[str]:
    """Create the queue's tables or bring them to the installed version of the library; the steps that were made."""
    known = sorted(file.name for file in (_SQL / "migrations").glob("*.sql"))
    missing = [name for name in known if name not in installed]
    if not missing:
        return []
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(SCHEMA)))
    files = [_SQL / "migrations" / name for name in missing] if installed else [_SQL / "schema.sql"]
    for file in files:
        connection.execute(file.read_text(encoding="utf-8"))
    connection.execute(_PIN_FUNCTIONS)
    for right in _RIGHTS:
        connection.execute(sql.SQL(right).format(sql.Identifier(APPLICATION_ROLE)))
    connection.execute("SET LOCAL search_path TO DEFAULT")
    return missing
