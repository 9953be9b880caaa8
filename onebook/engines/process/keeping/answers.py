"""Idempotency keys: the same request again gets the same answer and does nothing."""

from collections.abc import Sequence
from typing import Final

import orjson

from onebook.engines.process.command import Command
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.refusals import KeyReused
from onebook.engines.table.names import table_name
from onebook.storage.transaction import Rows, Statement

#: Whoever brings the same key at the same moment waits here until the first one has been answered.
_WAIT: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || %(actor)s || '/' || %(key)s, 0))"
)
_KNOWN: Final = "SELECT request_hash, answer FROM onebook_answer WHERE actor = %(actor)s AND key = %(key)s"


class EarlierAnswer:
    """The answer that was given to this command before, if it was; wanted first of all in a transaction."""

    def __init__(self, command: Command) -> None:
        """Ask for the answer of a command."""
        self.outcome: Outcome | None = None
        self._command = command
        self._is_asked = command.key is None

    def statements(self) -> Sequence[Statement]:
        """Two statements, so that the second one sees what was answered while the first one waited."""
        if self._is_asked:
            return ()
        key = {"actor": self._command.actor.id, "key": self._command.key}
        return Statement(_WAIT, {**key, "actor": str(self._command.actor.id)}), Statement(_KNOWN, key)

    def take(self, results: Sequence[Rows]) -> None:
        """The answer. Refuses with KeyReused if the key came with another request."""
        self._is_asked = True
        for request, answer in results[1]:
            if request != self._command.fingerprint:
                raise KeyReused(key=self._command.key)
            self.outcome = Outcome.from_json(answer)


def kept(command: Command, outcome: Outcome, *, has_number: bool) -> list[Statement]:
    """What keeps an answer, with the number that the record has by then: sent after it was given."""
    if command.key is None:
        return []
    number = "'null'"
    if has_number:
        table = table_name(outcome.record.form)
        number = f"coalesce((SELECT to_jsonb(number) FROM \"{table}\" WHERE id = %(id)s), 'null')"
    return [
        Statement(
            "INSERT INTO onebook_answer (key, actor, request_hash, answer)"
            f" VALUES (%(key)s, %(actor)s, %(request)s, jsonb_set(%(answer)s::jsonb, '{{number}}', {number}))",
            {
                "key": command.key,
                "actor": command.actor.id,
                "request": command.fingerprint,
                "answer": orjson.dumps(outcome.to_json()).decode(),
                "id": outcome.record.id,
            },
        )
    ]
