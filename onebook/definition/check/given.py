"""Checks of what formulas give to a new record or row: its fields exist, may be given, and none is forgotten."""

from collections.abc import Callable, Mapping

from onebook.definition.check.problems import Subject
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.tree import Expression
from onebook.expression.types import Kind

#: A formula of the kind that its place needs, checked where it stands; None once its problem was told.
Formulas = Callable[[str, Kind, Subject], Expression | None]


def check_given(
    formula: Formulas, given: Mapping[str, str], fields: Mapping[str, FieldDeclaration], at: Subject
) -> None:
    """Every formula fits its field, and every required field without a default is given."""
    check_values(formula, given, fields, at)
    for name, field in fields.items():
        if field.required == "TRUE" and field.default is None and name not in given:
            at.wrong("field_forgotten", name)


def check_values(
    formula: Formulas, given: Mapping[str, str], fields: Mapping[str, FieldDeclaration], at: Subject
) -> None:
    """Every formula fits its field, which is one that can be given."""
    for name, text in given.items():
        place = at.at(name)
        field = fields.get(name)
        if field is None:
            place.wrong("unknown_field", name)
        elif not field.is_typed or field.kind is FieldKind.LINES:
            place.wrong("not_typed", name)
        else:
            kind = VALUE_KINDS[field.kind]
            expression = formula(text, kind, place)
            if expression is not None and kind is Kind.LINK and expression.type.of not in (field.to, None):
                place.wrong("other_link", f"{expression.type.of} ≠ {field.to}")


def check_lines(target: Form, given: Mapping[str, object], at: Subject) -> None:
    """Lines that may not be empty are filled."""
    for name, field in target.line_fields.items():
        if field.at_least and name not in given:
            at.at("lines").wrong("field_forgotten", name)
