"""What becomes of the rows of a report: documents, made of those that somebody chose or of all."""

from typing import Annotated

from pydantic import Field as Key
from pydantic import StringConstraints

from onebook.definition.model import NOTHING, Declared, Formula, Name, Words

#: A form, an account role, or `form.lines` for one row per line.
Source = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)?$", max_length=97)
]


#: What is left of days that others have dealt with: the first of them that nobody has, and the last in a row with it.
OPEN_FROM, OPEN_TO = "open_from", "open_to"


class Days(Declared):
    """Days that records deal with: their fields `starts` and `ends`. A row is dealt with once they have dealt with all
    days from `first` to `last` (formulas over the row), in one or in several parts."""

    starts: Name
    ends: Name
    first: Formula
    last: Formula


class Covered(Declared):
    """Records, or rows of lines, that have dealt with a row of a report already: those in use that agree with it in
    `same` (a field of theirs, and what it equals in the row) and for which `when` holds. `when` stands in them, and
    knows the report's parameters. With `days` all of them together count; where the report itself says so, its
    documents know what is left as `open_from` and `open_to`."""

    form: Source
    same: Annotated[dict[Name, Formula], Key(min_length=1)]
    when: Formula | None = None
    days: Days | None = None


class ReportLines(Declared):
    """Rows of the document, one for each row of the report that the condition admits."""

    fields: dict[Name, Formula]
    when: Formula | None = None


class ReportCreate(Declared):
    """Drafts made of rows of the report. Formulas read a row: its keys, what lies behind those that are links, the
    report's columns and parameters. What they leave blank is left to the field's default.

    Rows that agree in all `fields` share a document; with `by`, rows that agree in it, and the fields are read from the
    first of them. Without `lines` and `by` each row is a document of its own."""

    name: Name
    label: Words
    form: Name
    #: Which rows it is offered for.
    when: Formula | None = None
    #: It is not offered for rows that something has dealt with.
    unless: tuple[Covered, ...] = ()
    by: Formula | None = None
    fields: dict[Name, Formula] = NOTHING
    #: The clock makes them every night as well, of all rows that it is offered for; they take this step at once.
    nightly: Name | None = None
    #: The lines of the form that are filled.
    lines: dict[Name, ReportLines] = NOTHING
