"""Checks of what steps create: its fields exist, may be given, are of the right type, and none is forgotten."""

from collections.abc import Mapping

from onebook.definition.check.given import check_given, check_lines
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.transition import Create, Make
from onebook.expression.tree import Expression
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
    if create.by is not None and len({rows.each for rows in create.lines.values()}) != 1:
        at.at("by").wrong("by_no_rows", create.by)
        return
    if create.each is not None and create.each not in form.line_fields:
        at.at("lines").wrong("unknown_lines", create.each)
        return
    if create.by is not None:
        at.at("by").attempt(declared.formula, create.by, form.form, create.each)
    _check_given(declared, form, create.each, create.fields, target.fields, at.at("fields"))
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
    check_lines(target, create.lines, at)


def check_make(declared: Declarations, form: Form, make: Make, at: Subject) -> None:
    """A record made for a row: of a form that needs no rows, and linked from a field that leads there."""
    if make.each is not None and make.each not in form.line_fields:
        at.at("each").wrong("unknown_lines", make.each)
        return
    if make.when is not None:
        at.at("when").attempt(declared.formula, make.when, form.form, make.each, Kind.FLAG)
    into = declared.fields(form.form, make.each).get(make.into)
    if into is None:
        at.at("into").wrong("unknown_field", make.into)
    elif not into.is_typed or into.kind is not FieldKind.LINK or into.to != make.form:
        at.at("into").wrong("into_elsewhere", f"{make.into}: {into.to} ≠ {make.form}")
    target = declared.forms.get(make.form)
    if target is None:
        at.at("form").wrong("unknown_form", make.form)
        return
    _check_given(declared, form, make.each, make.fields, target.fields, at.at("fields"))
    for name, field in target.line_fields.items():
        if field.at_least:
            at.at("form").wrong("field_forgotten", name)


def _check_given(
    declared: Declarations,
    form: Form,
    lines: str | None,
    given: Mapping[str, str],
    fields: Mapping[str, FieldDeclaration],
    at: Subject,
) -> None:
    def formula(text: str, kind: Kind, place: Subject) -> Expression | None:
        return place.attempt(declared.formula, text, form.form, lines, kind)

    check_given(formula, given, fields, at)
