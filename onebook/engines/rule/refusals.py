"""Why something about rules is refused."""

from onebook.values.refusal import Refusal, Status


class UnknownRule(Refusal):
    """There is no rule of that name."""

    code = "rule.unknown_rule"
    status = Status.NOT_FOUND


class UnknownFiring(Refusal):
    """There is no such run of a rule."""

    code = "rule.unknown_firing"
    status = Status.NOT_FOUND


class HoldsNoMore(Refusal):
    """The rule's condition held when it was set off, and holds no more: somebody has done it already."""

    code = "rule.holds_no_more"


class TooManyOfACause(Refusal):
    """One event has led to more consequences than rules may have: `most`."""

    code = "rule.too_many_of_a_cause"


class NotDead(Refusal):
    """Only what was given up is run again by hand."""

    code = "rule.not_dead"
    status = Status.CONFLICT


class NoButton(Refusal):
    """The rule has no button on records of that form, it is paused, or it is not for this user."""

    code = "rule.no_button"
    status = Status.CONFLICT


class ConditionFails(Refusal):
    """The rule's condition does not hold for the record."""

    code = "rule.condition_fails"
    status = Status.CONFLICT


class ForbiddenByRule(Refusal):
    """A rule speaks against it, in its own words; each rule that does is a problem."""

    code = "rule.forbidden"
    cause = "rule.says_no"


class CannotRehearse(Refusal):
    """What only happens when somebody presses or sends something has no past to look at."""

    code = "rule.cannot_rehearse"


class UnknownWebhook(Refusal):
    """Nothing listens at that address."""

    code = "rule.unknown_webhook"
    status = Status.NOT_FOUND


class SignatureWrong(Refusal):
    """The signature does not fit the body, the time and the secret, or its time is long past."""

    code = "rule.signature_wrong"
    status = Status.FORBIDDEN


class TakenBefore(Refusal):
    """The very same message came before."""

    code = "rule.taken_before"
    status = Status.CONFLICT


class TooManyKnocks(Refusal):
    """One address sends more than a person would: `seconds` until it may again."""

    code = "rule.too_many"
    status = Status.TOO_MANY
