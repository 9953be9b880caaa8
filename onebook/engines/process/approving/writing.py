"""Everything that an operation on an approval writes: itself, its course, and the messages to those concerned."""

from datetime import datetime

from onebook.engines.message.outbox import posted
from onebook.engines.process.approving.kept import Kept, copied
from onebook.engines.process.approving.telling import copies, told
from onebook.storage.transaction import Statement


def written(kept: Kept, by: int, now: datetime, task: int | None = None, comment: str = "") -> list[Statement]:
    """What writes an operation by somebody (0: the clock), with what is told of it. `task`: the one answered."""
    return [*kept.changed(by, now, task, comment), *_told(kept, by, now, comment)]


def begun(kept: Kept) -> list[Statement]:
    """What writes a new approval."""
    return [*kept.begun(), *_told(kept, kept.flow.by, kept.at, "")]


def _told(kept: Kept, by: int, now: datetime, comment: str) -> list[Statement]:
    people = copies(kept)
    statements = [copied(kept.id, people, now)] if people else []
    return [*statements, *posted(told(kept, by, comment))]
