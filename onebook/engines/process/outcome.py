"""What a command answers: the record as it stands now, and what was made and undone on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onebook.values.reference import RecordRef
from onebook.values.refusal import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """The record after a command. `warnings` did not stop it (likely duplicates).

    `flow`: the approval that it waits for; what it was to do has not happened yet.
    `created`: further documents that it made. `undone`: every step that a reversal took back, in that order, as
    (record, transition). `is_repeat`: the command was answered before under the same key and has done nothing now.
    """

    record: RecordRef
    version: int
    state: str | None = None
    number: str | None = None
    journal: int | None = None
    created: tuple[RecordRef, ...] = ()
    undone: tuple[tuple[RecordRef, str], ...] = ()
    warnings: tuple[Problem, ...] = ()
    flow: int | None = None
    is_repeat: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it is kept under an idempotency key."""
        return {
            "form": self.record.form,
            "id": self.record.id,
            "version": self.version,
            "state": self.state,
            "number": self.number,
            "journal": self.journal,
            "flow": self.flow,
            "created": [[made.form, made.id] for made in self.created],
            "undone": [[record.form, record.id, transition] for record, transition in self.undone],
            "warnings": [
                {"code": one.code, "field": one.field, "row": one.row, "data": {k: str(v) for k, v in one.data.items()}}
                for one in self.warnings
            ],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Outcome":
        """The answer given before."""
        return cls(
            record=RecordRef(kept["form"], kept["id"]),
            version=kept["version"],
            state=kept["state"],
            number=kept["number"],
            journal=kept["journal"],
            created=tuple(RecordRef(form, record) for form, record in kept["created"]),
            undone=tuple((RecordRef(form, record), transition) for form, record, transition in kept["undone"]),
            warnings=tuple(Problem(one["code"], one["field"], one["row"], one["data"]) for one in kept["warnings"]),
            flow=kept.get("flow"),
            is_repeat=True,
        )
