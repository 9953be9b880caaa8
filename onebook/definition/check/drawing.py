"""Checks of what a step draws from reports, and of the months that it closes or opens."""

from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.drawing import Draw
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.definition.scope import VALUE_KINDS
from onebook.definition.transition import Transition
from onebook.expression.types import Kind


def check_drawing(declared: Declarations, form: Form, step: Transition, at: Subject) -> None:
    """Everything that a step draws, closes and opens."""
    for number, draw in enumerate(step.draws):
        _check_draw(declared, form, draw, at.at("draws", number))
    for number, state in enumerate(step.source if step.draws else ()):
        if not form.is_editable(state):
            at.at("from", number).wrong("draws_into_closed", state)
    if step.closes is not None:
        place = at.at("closes")
        kinds = (("month", Kind.DATE), ("leaves_drafts", Kind.FLAG), ("checks", Kind.FLAG))
        for name, kind in kinds:
            text = getattr(step.closes, name)
            if text is not None:
                place.at(name).attempt(declared.formula, text, form.form, None, kind)
    if step.reopens is not None:
        text = step.reopens
        at.at("reopens").attempt(declared.formula, text, form.form, None, Kind.DATE)
    if (step.closes is not None or step.reopens is not None) and step.irreversible is None:
        at.wrong("closing_reversible", form.form)


def _check_draw(declared: Declarations, form: Form, draw: Draw, at: Subject) -> None:
    report = declared.reports.get(draw.report)
    if report is None:
        at.at("report").wrong("unknown_report", draw.report)
        return
    if draw.when is not None:
        when = draw.when
        at.at("when").attempt(declared.formula, when, form.form, None, Kind.FLAG)
    for name, text in draw.parameters.items():
        place = at.at("parameters", name)
        parameter = report.parameters.get(name)
        if parameter is None:
            place.wrong("unknown_parameter", name)
        else:
            place.attempt(declared.formula, text, form.form, None, VALUE_KINDS[parameter.kind])
    rows = form.line_fields.get(draw.lines) if draw.lines else None
    if (rows is None) != (draw.lines is None) or bool(draw.fields) != (draw.lines is not None):
        at.at("lines").wrong("unknown_lines", draw.lines)
        return
    keys = {row.partition(":")[0] for row in report.rows}
    for name, column in draw.fields.items():
        field = (rows.fields or {}).get(name) if rows else None
        if field is None or not field.is_typed:
            at.at("fields", name).wrong("not_typed" if field else "unknown_field", name)
        if column not in keys | set(report.columns):
            at.at("fields", name).wrong("unknown_column", column)
    totals = {name for name, column in report.columns.items() if column.is_sum}
    ends = {"opening", "closing"} if report.source == "entries" else set()
    for name, figure in draw.sets.items():
        field = form.fields.get(name)
        if field is None or not field.is_typed or field.kind is not FieldKind.MONEY:
            at.at("sets", name).wrong("not_typed" if field else "unknown_field", name)
        if figure not in totals | ends:
            at.at("sets", name).wrong("unknown_column", figure)
