"""What a step may do besides its effects: draw rows from a report, and close or open months of the book."""

from onebook.definition.model import NOTHING, Declared, Formula, Name


class Draw(Declared):
    """Rows and figures taken from a report, as they stand when the step is done; what was drawn before is replaced."""

    report: Name
    when: Formula | None = None
    #: The report's parameters: formulas over the record.
    parameters: dict[Name, Formula] = NOTHING
    #: The lines that are filled, and for each of their fields the column of the report.
    lines: Name | None = None
    fields: dict[Name, Name] = NOTHING
    #: Fields of the record, each with the figure that it takes: `opening`, `closing`, or the total of a column.
    sets: dict[Name, Name] = NOTHING


class Closing(Declared):
    """The month of the book that a step closes, after everything that the step itself posts."""

    #: A date of the month; all months before it close too.
    month: Formula
    #: Whether records that may still post into it are left for later; else they refuse the step, by name.
    leaves_drafts: Formula | None = None
    #: Whether the whole book is computed anew and compared first; a difference refuses the step.
    checks: Formula | None = None
