"""Who is told of what happens to an approval."""

from collections.abc import Iterator

from onebook.engines.message.message import Kind, Message
from onebook.engines.process.approving.flow import Happening
from onebook.engines.process.approving.kept import Kept

#: What each happening tells those whom it concerns.
_TOLD: dict[str, Kind] = {
    "asked": "task",
    "ended": "refused",
    "returned": "returned",
    "returned_to": "reminder",
    "step_agreed": "cc",
    "reminded": "reminder",
    "stuck": "alarm",
}


def told(kept: Kept, by: int, comment: str = "") -> list[Message]:
    """The messages of what happened just now, each person once for each thing; nobody is told of their own doing."""
    found: dict[tuple[str, int], Message] = {}
    for happening in kept.flow.happened:
        for what, kind, people in _of(kept, happening):
            for person in people:
                if person and (person != by or kind == "task"):
                    found.setdefault((what, person), _message(kept, what, kind, person, by, comment))
    return list(found.values())


def copies(kept: Kept) -> list[int]:
    """Before whom what happened puts the approval without asking them."""
    found = [person for one in kept.flow.happened if one.what == "step_agreed" for person in one.to]
    if any(one.what == "done" for one in kept.flow.happened):
        found += kept.cc
    return list(dict.fromkeys(found))


def _of(kept: Kept, happening: Happening) -> Iterator[tuple[str, Kind, tuple[int, ...]]]:
    if happening.what == "done":
        yield "granted", "granted", (kept.flow.by,)
        yield "step_agreed", "cc", kept.cc
    elif happening.what == "stuck":
        yield "stuck", "alarm", (kept.flow.by, *happening.to)
    elif happening.what in _TOLD:
        yield happening.what, _TOLD[happening.what], happening.to


def _message(kept: Kept, what: str, kind: Kind, person: int, by: int, comment: str) -> Message:
    return Message(
        kind,
        person,
        words=f"process.told.{what}",
        data={"comment": f" {comment}" if comment else ""},
        record=kept.record,
        link=f"/flows/{kept.id}",
        by=by,
    )
