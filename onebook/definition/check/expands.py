"""Checks of rows that stand for others: the rows behind them exist, and what these give fits the fields."""

from onebook.definition.check.given import check_given
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import Expand, FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.expression.tree import Expression
from onebook.expression.types import Kind


def check_expand(
    declared: Declarations, form: Form, lines: str, field: FieldDeclaration, expand: Expand, at: Subject
) -> None:
    """How the rows of one field unfold."""
    if field.kind is not FieldKind.LINES or not field.fields:
        at.wrong("lines_misplaced", field.kind)
        return
    at.at("when").attempt(declared.formula, expand.when, form.form, lines, Kind.FLAG)
    if at.at("each").attempt(declared.rows_behind, form.form, lines, expand.each) is None:
        return

    def formula(text: str, kind: Kind, place: Subject) -> Expression | None:
        return place.attempt(declared.formula_behind, text, form.form, lines, expand.each, kind)

    check_given(formula, expand.fields, field.fields, at.at("fields"))
