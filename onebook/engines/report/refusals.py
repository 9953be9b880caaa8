"""Why a list, report or export is refused."""

from onebook.values.refusal import Refusal, Status


class UnknownColumn(Refusal):
    """There is no such field, or it cannot stand here: `field`, `slot`."""

    code = "report.unknown_column"


class HiddenField(Refusal):
    """The actor may not see this field, so nothing may be shown, filtered, sorted, grouped or searched by it."""

    code = "report.hidden_field"
    status = Status.FORBIDDEN


class NotReadable(Refusal):
    """The actor's roles let them read nothing of this form or report: `name`."""

    code = "report.not_readable"
    status = Status.FORBIDDEN


class NotExportable(Refusal):
    """The actor's roles do not let them take this out as a file: `name`."""

    code = "report.not_exportable"
    status = Status.FORBIDDEN


class WrongCondition(Refusal):
    """A condition of the filter names an unknown comparison, or a value that does not fit its field."""

    code = "report.wrong_condition"
    status = Status.BAD_REQUEST


class WrongCursor(Refusal):
    """The cursor was not made by this product for this list, or the list's shape has changed since."""

    code = "report.wrong_cursor"
    status = Status.BAD_REQUEST


class WrongParameter(Refusal):
    """A parameter of the report is missing or does not fit its kind: `name`."""

    code = "report.wrong_parameter"
    status = Status.BAD_REQUEST


class NotComparable(Refusal):
    """The report is of no time that another could be set beside, or its rows are days: `name`."""

    code = "report.not_comparable"
    status = Status.BAD_REQUEST


class UnknownReport(Refusal):
    """There is no report of that name."""

    code = "report.unknown_report"
    status = Status.NOT_FOUND


class UnknownForm(Refusal):
    """There is no form of that name."""

    code = "report.unknown_form"
    status = Status.NOT_FOUND


class UnknownCreation(Refusal):
    """The report's rows become no document of that name: `report`, `name`."""

    code = "report.unknown_creation"
    status = Status.NOT_FOUND


class NotCreatable(Refusal):
    """The actor's roles do not let them make such documents: `name`."""

    code = "report.not_creatable"
    status = Status.FORBIDDEN


class RowsChanged(Refusal):
    """Some of the chosen rows are not in the report any more, or do not qualify any more: `count`, `name`."""

    code = "report.rows_changed"
    status = Status.CONFLICT


class NothingToCreate(Refusal):
    """No row qualifies: `name`."""

    code = "report.nothing_to_create"
    status = Status.CONFLICT


class TooManyRows(Refusal):
    """More rows than documents are made of at once: `rows`, `most`."""

    code = "report.too_many_rows"


class FixedRows(Refusal):
    """The rows of the report are what they are: they cannot be grouped, cut or summed otherwise: `name`."""

    code = "report.fixed_rows"


class TooManyCells(Refusal):
    """More groups than a pivot is made of: `most`."""

    code = "report.too_many_cells"


class UnknownMetric(Refusal):
    """There is no such metric, or the actor may not read it: `name`."""

    code = "report.unknown_metric"
    status = Status.NOT_FOUND
