"""What the trail of a record tells of its approval: who submitted, agreed, refused or returned it, in which words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson

from onebook.engines.process.approving.flow import stops_of
from onebook.engines.process.approving.kept import Kept
from onebook.engines.process.approving.said import Said
from onebook.engines.table.ddl import quoted
from onebook.engines.table.names import FLOW_IN_TRAIL, FLOW_SIGN, table_name
from onebook.storage.transaction import Statement

#: What follows from what is told beside it, and the step itself, which the trail tells anyway.
_UNTOLD: Final = frozenset({"asked", "step_agreed", "granted", "ended", "done", "reminded"})


def in_trail(kept: Kept, by: int, now: datetime, said: Said) -> Sequence[Statement]:
    """What writes what happened just now into the trail of the record, which stays at the version that it has."""
    told = [one for one in kept.flow.happened if one.what not in _UNTOLD]
    if not told:
        return ()
    labels = {stop.step: str(stop.label) for stop in stops_of(kept.flow.route)}
    tasks = {task.number: task for task in kept.flow.tasks}
    rows = [
        {
            "place": place, "action": f"{FLOW_SIGN}{one.what}", "step": labels.get(one.step or ""), "to": list(one.to),
            "on_behalf_of": None if one.task is None else tasks[one.task].on_behalf_of,
            "comment": "" if place else said.comment, "files": [] if place else list(said.files),
        }
        for place, one in enumerate(told)
    ]  # fmt: skip
    values = {
        "form": kept.record.form, "record": kept.record.id, "now": now, "by": by, "flow": kept.id, "key": FLOW_IN_TRAIL,
        "transition": kept.transition, "rows": orjson.dumps(rows).decode(),
    }  # fmt: skip
    return (Statement(_TRAIL.format(table=quoted(table_name(kept.record.form))), values),)


_TRAIL: Final = """
INSERT INTO onebook_change (form, record, at, by, action, version, changes)
SELECT %(form)s, kept.id, %(now)s, %(by)s::bigint, one.action, kept.version, jsonb_build_object(%(key)s::text,
    jsonb_build_object(
        'id', %(flow)s::bigint, 'transition', %(transition)s::text, 'step', one.step, 'comment', one.comment,
        'files', one.files, 'on_behalf_of', (SELECT name FROM "user" WHERE id = one.on_behalf_of),
        'to', (SELECT coalesce(jsonb_agg(name ORDER BY id), '[]') FROM "user"
               WHERE id IN (SELECT jsonb_array_elements_text(one."to")::bigint))))
FROM {table} AS kept CROSS JOIN jsonb_to_recordset(%(rows)s::jsonb) AS one(place int, action text, step text,
    on_behalf_of bigint, "to" jsonb, comment text, files jsonb)
WHERE kept.id = %(record)s::bigint ORDER BY one.place
"""
