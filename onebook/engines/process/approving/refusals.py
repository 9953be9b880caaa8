"""Why the answer to an approval, or what would disturb one, is refused."""

from onebook.values.refusal import Refusal, Status


class AwaitsApproval(Refusal):
    """The record waits for agreement to a step; until then nothing else is done with it."""

    code = "process.awaits_approval"
    status = Status.CONFLICT


class NobodyToAsk(Refusal):
    """A step of an approval finds nobody who could be asked: `step`."""

    code = "process.nobody_to_ask"


class UnknownFlow(Refusal):
    """There is no such approval, or it is not for this user to see."""

    code = "process.unknown_flow"
    status = Status.NOT_FOUND


class NotAsked(Refusal):
    """The user is not asked here, or did not submit this."""

    code = "process.not_asked"
    status = Status.FORBIDDEN


class Answered(Refusal):
    """The answer came too late: somebody else has answered, or it was taken back."""

    code = "process.answered"
    status = Status.CONFLICT


class FlowElsewhere(Refusal):
    """The approval is not in a state in which this can be done: `state`."""

    code = "process.flow_elsewhere"
    status = Status.CONFLICT


class CannotReturn(Refusal):
    """A step that was not agreed to before cannot be returned to."""

    code = "process.cannot_return"


class AlreadyAsked(Refusal):
    """Whoever is to be asked is asked in this step already."""

    code = "process.already_asked"


class OwnApproval(Refusal):
    """Whoever submitted it cannot be asked to agree."""

    code = "process.own_approval"


class UnknownPerson(Refusal):
    """Whoever is to be asked is not a user in use."""

    code = "process.unknown_person"


class BadDelegation(Refusal):
    """Nobody stands in for themselves, and an absence does not end before it begins."""

    code = "process.bad_delegation"
