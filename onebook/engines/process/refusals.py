"""Why a command is refused before the ledger is asked."""

from onebook.values.refusal import Refusal, Status


class UnknownForm(Refusal):
    """There is no form of that name."""

    code = "process.unknown_form"
    status = Status.NOT_FOUND


class UnknownTransition(Refusal):
    """The form has no transition of that name."""

    code = "process.unknown_transition"
    status = Status.NOT_FOUND


class WrongState(Refusal):
    """The transition does not start from the state that the record is in."""

    code = "process.wrong_state"
    status = Status.CONFLICT


class RequirementsFailed(Refusal):
    """What the transition requires does not hold; every unmet requirement is a problem."""

    code = "process.requirements_failed"


class KeyReused(Refusal):
    """The same key came with another request before."""

    code = "process.key_reused"
    status = Status.CONFLICT


class NothingToReverse(Refusal):
    """The record has no step that stands and could be reversed."""

    code = "process.nothing_to_reverse"
    status = Status.CONFLICT


class Irreversible(Refusal):
    """The declaration says that this step cannot be undone, and why."""

    code = "process.irreversible"
    status = Status.CONFLICT


class LaterStep(Refusal):
    """A later step of the same record stands; it is reversed first."""

    code = "process.later_step"
    status = Status.CONFLICT


class ChangedSince(Refusal):
    """What was edited with a step was changed again since, so that it does not come back; each is a problem."""

    code = "process.changed_since"
    cause = "process.changed_again"
    status = Status.CONFLICT


class HasFollowers(Refusal):
    """Later documents stand on this one; each is a problem with its form, number and transition."""

    code = "process.has_followers"
    status = Status.CONFLICT


class Busy(Refusal):
    """The record was changed by others again and again while the command ran; nothing was written."""

    code = "process.busy"
    status = Status.CONFLICT


class NotPublished(Refusal):
    """The company has no apps yet."""

    code = "process.not_published"
    status = Status.CONFLICT


class UnknownAccount(Refusal):
    """There is no account role of that name, or it does not have such dimensions."""

    code = "process.unknown_account"
    status = Status.NOT_FOUND


class MonthMissing(Refusal):
    """The step closes or opens a month, and the record does not say which: `formula`."""

    code = "process.month_missing"


class StillOpen(Refusal):
    """Records wait that could still post into the month; each problem names a form, how many and the first of them."""

    code = "process.still_open"
    cause = "process.still_open_form"
    status = Status.CONFLICT


class BookDiffers(Refusal):
    """The book is not what its entries say; `onebook check` names every difference."""

    code = "process.book_differs"
    status = Status.CONFLICT


class DocumentRefused(Refusal):
    """Of several documents made at once one cannot be saved, so none is: `form`, `place` of `count`; its problems."""

    code = "process.document_refused"


class TooManyDocuments(Refusal):
    """More documents than are made at once: `documents`, `most`."""

    code = "process.too_many_documents"


class DrawnOtherwise(Refusal):
    """What a step draws is not what was agreed to any more. Data: transition."""

    code = "process.drawn_otherwise"
    status = Status.CONFLICT
