"""Everything that an operation on an approval writes: itself, its course, and the messages to those concerned."""

from datetime import datetime

from onebook.engines.message.outbox import posted
from onebook.engines.process.approving.kept import Kept, copied
from onebook.engines.process.approving.said import NOTHING, Said
from onebook.engines.process.approving.telling import copies, told
from onebook.engines.process.approving.trail import in_trail
from onebook.storage.transaction import Statement


def written(kept: Kept, by: int, now: datetime, task: int | None = None, said: Said = NOTHING) -> list[Statement]:
    """What writes an operation by somebody (0: the clock), with what is told of it. `task`: the one answered."""
    return [*kept.changed(by, now, task, said), *_told(kept, by, now, said)]


def begun(kept: Kept) -> list[Statement]:
    """What writes a new approval."""
    return [*kept.begun(), *_told(kept, kept.flow.by, kept.at, NOTHING)]


def _told(kept: Kept, by: int, now: datetime, said: Said) -> list[Statement]:
    people = copies(kept)
    statements = [copied(kept.id, people, now)] if people else []
    return [*statements, *in_trail(kept, by, now, said), *posted(told(kept, by, said.comment))]
