"""Why the ledger says no: each reason a type, with every account, hold or day that is concerned.

`cause` is the code of each problem in it. Its data names the account by ids (`role`, `item`, `place`, ...) and, for the
text, as `account`, which whoever knows the records may replace with their names.
"""

from typing import ClassVar

from onebook.values.refusal import Refusal, Status


class BalanceTooLow(Refusal):
    """Accounts would fall below their floors. Problems name every one with `needed` and `available`."""

    code: ClassVar[str] = "ledger.balance_too_low"
    cause: ClassVar[str] = "ledger.short"
    status: ClassVar[Status] = Status.CONFLICT


class LimitExceeded(Refusal):
    """Accounts would rise above their ceilings. Problems name every one with `limit`, `before` and `after`."""

    code: ClassVar[str] = "ledger.limit_exceeded"
    cause: ClassVar[str] = "ledger.over_limit"
    status: ClassVar[Status] = Status.CONFLICT


class WouldBreakLaterDay(Refusal):
    """A back-dated event would take an account below its floor on a later day. Problems name `lowest` and `limit`."""

    code: ClassVar[str] = "ledger.would_break_later_day"
    cause: ClassVar[str] = "ledger.short_later"
    status: ClassVar[Status] = Status.CONFLICT


class PeriodClosed(Refusal):
    """The business date lies in a closed month."""

    code: ClassVar[str] = "ledger.period_closed"
    status: ClassVar[Status] = Status.CONFLICT


class HoldExceeded(Refusal):
    """More would be settled than is promised. Problems name each promise with `asked` and `open`."""

    code: ClassVar[str] = "ledger.hold_exceeded"
    cause: ClassVar[str] = "ledger.hold_short"
    status: ClassVar[Status] = Status.CONFLICT


class BelowSettled(Refusal):
    """A promise cannot be made smaller than the part of it that came true, nor moved away from it. Problems name each
    with `asked` and `settled`."""

    code: ClassVar[str] = "ledger.below_settled"
    cause: ClassVar[str] = "ledger.promise_settled"
    status: ClassVar[Status] = Status.CONFLICT


class HoldInUse(Refusal):
    """A promise cannot be taken back: a part of it has come true or was let go since. Reverse that first."""

    code: ClassVar[str] = "ledger.hold_in_use"
    cause: ClassVar[str] = "ledger.hold_used"
    status: ClassVar[Status] = Status.CONFLICT


class ValueWithoutPieces(Refusal):
    """A position would keep a value without pieces, and its role names no account for the difference."""

    code: ClassVar[str] = "ledger.value_without_pieces"
    cause: ClassVar[str] = "ledger.value_left"
    status: ClassVar[Status] = Status.CONFLICT


class TooLarge(Refusal):
    """An account would hold more than its columns can carry."""

    code: ClassVar[str] = "ledger.too_large"
    cause: ClassVar[str] = "ledger.account_too_large"


class AlreadyReversed(Refusal):
    """The journal was reversed before; a second reversal would turn it on again."""

    code: ClassVar[str] = "ledger.already_reversed"
    status: ClassVar[Status] = Status.CONFLICT


class IsReversal(Refusal):
    """A reversal is not reversed: do the original transition again."""

    code: ClassVar[str] = "ledger.is_reversal"
    status: ClassVar[Status] = Status.CONFLICT


class JournalNotFound(Refusal):
    """There is no such journal."""

    code: ClassVar[str] = "ledger.journal_not_found"
    status: ClassVar[Status] = Status.NOT_FOUND


class PeriodAlreadyClosed(Refusal):
    """The month is closed already."""

    code: ClassVar[str] = "ledger.period_already_closed"
    status: ClassVar[Status] = Status.CONFLICT


class PeriodNotClosed(Refusal):
    """The month is open already."""

    code: ClassVar[str] = "ledger.period_not_closed"
    status: ClassVar[Status] = Status.CONFLICT


class MovedNothing(Refusal):
    """Rows that are to be given back or revalued moved nothing of the kind. Problems name `line`, `of`, `asked`."""

    code: ClassVar[str] = "ledger.moved_nothing"
    cause: ClassVar[str] = "ledger.line_moved_nothing"
    status: ClassVar[Status] = Status.CONFLICT


class OriginalReversed(Refusal):
    """Rows that are to be given back or revalued were reversed: nothing of them stands. Problems name `line`, `of`."""

    code: ClassVar[str] = "ledger.original_reversed"
    cause: ClassVar[str] = "ledger.line_reversed"
    status: ClassVar[Status] = Status.CONFLICT


class NothingLeft(Refusal):
    """Everything of the rows was given back before. Problems name `line`, `of` and `asked`; `left` is 0."""

    code: ClassVar[str] = "ledger.nothing_left"
    cause: ClassVar[str] = "ledger.line_given_back"
    status: ClassVar[Status] = Status.CONFLICT


class GivesBackTooMuch(Refusal):
    """More would be given back than rows moved and still stands. Problems name `line`, `of`, `asked` and `left`."""

    code: ClassVar[str] = "ledger.gives_back_too_much"
    cause: ClassVar[str] = "ledger.less_left"
    status: ClassVar[Status] = Status.CONFLICT


class GivenBackSince(Refusal):
    """A journal cannot be reversed: a part of what it moved was given back. Problems name `line` and `given_back`."""

    code: ClassVar[str] = "ledger.given_back_since"
    cause: ClassVar[str] = "ledger.line_given_back_since"
    status: ClassVar[Status] = Status.CONFLICT


class NegativeWeight(Refusal):
    """What a conversion brings forth has a weight below zero. Problems name `line`, `item` and `weight`."""

    code: ClassVar[str] = "ledger.negative_weight"
    cause: ClassVar[str] = "ledger.weight_below_zero"
