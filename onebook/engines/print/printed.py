"""Who printed what and how often: an entry in the record's trail for each print."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson

from onebook.access.actor import Actor
from onebook.storage.transaction import Rows, Statement

#: What the trail calls it.
ACTION: Final = "print"

_COUNT: Final = """
SELECT record, count(*) FROM onebook_change
WHERE record = ANY(%(ids)s::bigint[]) AND form = %(form)s AND action = %(action)s AND changes ->> 'print' = %(name)s
GROUP BY record
"""
_ENTER: Final = """
INSERT INTO onebook_change (form, record, at, by, action, version, changes)
SELECT %(form)s, given.record, %(at)s, %(by)s::bigint, %(action)s, given.version, %(changes)s::jsonb
FROM unnest(%(ids)s::bigint[], %(versions)s::int[]) WITH ORDINALITY AS given(record, version, place) ORDER BY place
"""


class Printed:
    """How often records have been printed with one print."""

    def __init__(self, form: str, name: str, ids: Sequence[int]) -> None:
        """Of these records."""
        self._form = form
        self._name = name
        self._ids = list(ids)
        self._counts: dict[int, int] | None = None

    def count(self, record: int) -> int:
        """How often it was printed before."""
        return (self._counts or {}).get(record, 0)

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        if self._counts is not None:
            return ()
        return (Statement(_COUNT, {"ids": self._ids, "form": self._form, "action": ACTION, "name": self._name}),)

    def take(self, results: Sequence[Rows]) -> None:
        """The counts."""
        self._counts = dict(results[0])

    def entered(self, actor: Actor, now: datetime, versions: Sequence[int]) -> Statement:
        """Enters one more print of each record, at the version that was printed."""
        changes = orjson.dumps({"print": self._name}).decode()
        return Statement(
            _ENTER,
            {
                "form": self._form, "at": now, "by": actor.id, "action": ACTION, "changes": changes,
                "ids": self._ids, "versions": list(versions),
            },
        )  # fmt: skip
