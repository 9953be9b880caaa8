"""What becomes of the rows of a report: documents, made of those that somebody chose or of all."""

from onebook.definition.model import NOTHING, Declared, Formula, Name, Words


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
    by: Formula | None = None
    fields: dict[Name, Formula] = NOTHING
    #: The clock makes them every night as well, of all rows that it is offered for; they take this step at once.
    nightly: Name | None = None
    #: The lines of the form that are filled.
    lines: dict[Name, ReportLines] = NOTHING
