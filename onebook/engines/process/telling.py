"""What listeners are told of a command once it is done: every record that it made, changed or took back."""

from typing import Any

from onebook.engines.process.command import Bin, Command, Create, CreateFromRows, Restore, Reverse, Run
from onebook.engines.process.outcome import Outcome
from onebook.engines.talk.heard import change
from onebook.values.reference import RecordRef


def told(command: Command, outcome: Outcome) -> list[dict[str, Any]]:
    """The changes of a command; none of one that was answered before."""
    if outcome.is_repeat:
        return []
    by = {"id": command.actor.id, "title": command.actor.name}

    def one(record: RecordRef, version: int | None, action: str) -> dict[str, Any]:
        return change(record.form, record.id, version, action, by)

    undone = [record for record, _ in outcome.undone if record != outcome.record]
    return [
        one(outcome.record, outcome.version, action_of(command)),
        *(one(made, 1, "create") for made in outcome.created),
        *(one(record, None, "reverse") for record in dict.fromkeys(undone)),
    ]


def action_of(command: Command) -> str:
    """What the trail calls what a command does."""
    match command.action:
        case Create() | CreateFromRows():
            return "create"
        case Run() as run:
            return run.transition
        case Reverse():
            return "reverse"
        case Bin():
            return "bin"
        case Restore():
            return "restore"
        case _:
            return "update"
