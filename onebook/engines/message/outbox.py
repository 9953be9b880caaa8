"""Posting messages: they exist if and only if the transaction commits that they were posted in."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from onebook.engines.message.message import Message
from onebook.storage.queue import QUEUE
from onebook.storage.transaction import Statement

#: The task that delivers what waits.
DELIVER: Final = "deliver"


def posted(messages: Sequence[Message]) -> list[Statement]:
    """The statements that post messages, for the transaction that they belong to; none for none.

    Finished words stand in the inbox of a user at once; everything else is the worker's, who is called."""
    if not messages:
        return []
    rows = orjson.dumps([_row(message) for message in messages]).decode()
    return [Statement(_POST, {"messages": rows}), called()]


def called() -> Statement:
    """What calls the worker to the outbox of the company whose transaction it is."""
    return Statement(_CALL, {"queue": QUEUE, "task": DELIVER})


def _row(message: Message) -> Mapping[str, Any]:
    to = message.to
    return {
        "kind": message.kind,
        "channel": message.channel,
        "recipient": to if isinstance(to, int) else None,
        "address": to if isinstance(to, str) else None,
        "via": list(message.via),
        "title": message.title,
        "text": message.text,
        "words": message.words,
        "data": dict(message.data),
        "template": message.template,
        "has_formulas": message.has_formulas,
        "form": message.record.form if message.record else None,
        "record": message.record.id if message.record else None,
        "comment": message.comment,
        "files": list(message.files),
        "link": message.link,
        "by": message.by,
        "urgent": message.urgent,
        "key": message.key,
    }


_POST: Final = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(messages)s::jsonb) AS m(
        kind text, channel text, recipient bigint, address text, via text[], title text, text text, words text,
        data jsonb, template text, has_formulas boolean, form text, record bigint, comment bigint, files bigint[],
        link text, by bigint, urgent boolean, key text)
), posted AS (
    INSERT INTO onebook_message (kind, channel, recipient, address, via, title, text, words, data, template,
                                 has_formulas, form, record, comment, files, link, by, urgent, key)
    SELECT kind, channel, recipient, address, via, title, text, words, data, template, has_formulas, form, record,
           comment, files, link, by, urgent, key
    FROM given
    ON CONFLICT DO NOTHING
    RETURNING *
)
INSERT INTO onebook_notification (recipient, kind, form, record, subject, by, title, text, words, data, link, urgent,
                                  message)
SELECT recipient, kind, form, record, comment, by, title, text, words, data, link, urgent, id
FROM posted WHERE channel = 'inbox' AND recipient IS NOT NULL AND NOT has_formulas AND template IS NULL
"""
#: One call is enough for all that waits; what a call misses by a hair is found by the clock a minute later.
_CALL: Final = """
SELECT procrastinate.procrastinate_defer_jobs_v1(ARRAY[ROW(
    %(queue)s::varchar, %(task)s::varchar, 0, NULL::text, NULL::text,
    jsonb_build_object('schema', current_schema()), NULL::timestamptz)::procrastinate.procrastinate_job_to_defer_v1])
WHERE NOT EXISTS (SELECT FROM procrastinate.procrastinate_jobs
                  WHERE task_name = %(task)s AND status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
                    AND args ->> 'schema' = current_schema())
"""
