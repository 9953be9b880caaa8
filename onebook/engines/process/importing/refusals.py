"""Why a file as a whole cannot be imported; what is wrong with single rows are problems of `WrongRows`."""

from onebook.values.refusal import Refusal, Status


class FileTooLarge(Refusal):
    """More bytes, rows, columns or unpacked content than an import takes: `limit` of `what`."""

    code = "importing.too_large"
    status = Status.TOO_LARGE


class UnreadableFile(Refusal):
    """Not an xlsx, xls or csv that can be read: broken, encrypted, or built to harm."""

    code = "importing.unreadable"


class EmptyFile(Refusal):
    """No header row, or no row below it."""

    code = "importing.empty"


class UnknownHeaders(Refusal):
    """Columns that match no field, or the same field twice: `unknown` and `twice` list the headers."""

    code = "importing.headers"


class UnknownKey(Refusal):
    """The field by which records should be found again is not in the file, or cannot tell records apart: `key`."""

    code = "importing.key"


class ImportNotAllowed(Refusal):
    """The actor's roles do not grant importing into this form."""

    code = "importing.not_allowed"
    status = Status.FORBIDDEN


class WrongRows(Refusal):
    """Rows are wrong and the file was to be taken whole: nothing was written. Every cause is a problem with its row."""

    code = "importing.wrong_rows"


class ImportCancelled(Refusal):
    """Whoever watches the import stopped it; nothing was written."""

    code = "importing.cancelled"
    status = Status.CONFLICT
