"""How prints refuse."""

from onebook.values.refusal import Refusal, Status


class UnknownPrint(Refusal):
    """There is no such print of this form or report."""

    code = "print.unknown"
    status = Status.NOT_FOUND


class TooMuch(Refusal):
    """More records or rows than are printed at once."""

    code = "print.too_much"


class TookTooLong(Refusal):
    """Setting the pages needed more time or memory than it may."""

    code = "print.took_too_long"
    status = Status.UNAVAILABLE


class Busy(Refusal):
    """Too many pages are being set at this moment."""

    code = "print.busy"
    status = Status.UNAVAILABLE
