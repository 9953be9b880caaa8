"""Checks of created documents: their fields exist, may be given, are of the right type, and none is forgotten."""

from collections.abc import Mapping

from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.scope import VALUE_KINDS
from onebook.definition.transition import Create
from onebook.expression.types import Kind


def check_create(declared: Declarations, form: Form, create: Create, at: Subject) -> None:
    """One created document."""
    target = declared.forms.get(create.form)
    if create.when is not None:
        when = create.when
        at.at("when").attempt(declared.formula, when, form.form, None, Kind.FLAG)
    if target is None:
        at.at("form").wrong("unknown_form", create.form)
        return
    _check_given(declared, form, None, create.fields, target.fields, at.at("fields"))
    for name, rows in create.lines.items():
        place = at.at("lines", name)
        if name not in target.line_fields:
            place.wrong("unknown_lines", name)
            continue
        if rows.each not in form.line_fields:
            place.at("each").wrong("unknown_lines", rows.each)
            continue
        if rows.when is not None:
            text, each = rows.when, rows.each
            place.at("when").attempt(declared.formula, text, form.form, each, Kind.FLAG)
        _check_given(declared, form, rows.each, rows.fields, target.fields[name].fields or {}, place.at("fields"))
    for name, field in target.line_fields.items():
        if field.at_least and name not in create.lines:
            at.at("lines").wrong("field_forgotten", name)


def _check_given(
    declared: Declarations,
    form: Form,
    lines: str | None,
    given: Mapping[str, str],
    fields: Mapping[str, FieldDeclaration],
    at: Subject,
) -> None:
    for name, text in given.items():
        place = at.at(name)
        field = fields.get(name)
        if field is None:
            place.wrong("unknown_field", name)
        elif not field.is_typed or field.kind is FieldKind.LINES:
            place.wrong("not_typed", name)
        else:
            kind = VALUE_KINDS[field.kind]
            expression = place.attempt(declared.formula, text, form.form, lines, kind)
            if expression is not None and kind is Kind.LINK and expression.type.of not in (field.to, None):
                place.wrong("other_link", f"{expression.type.of} ≠ {field.to}")
    for name, field in fields.items():
        if field.required == "TRUE" and field.default is None and name not in given:
            at.wrong("field_forgotten", name)
