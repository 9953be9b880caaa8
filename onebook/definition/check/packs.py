"""Checks of units: rows that say how many base units a larger one is, and quantities that are counted in them."""

from collections.abc import Mapping

from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form

_NUMBERS = (FieldKind.NUMBER, FieldKind.QUANTITY)


def check_packs(form: Form, subject: Subject) -> None:
    """The units in which records of a form are counted."""
    packs = form.packs
    if packs is None:
        return
    at = subject.at("packs")
    lines = form.line_fields.get(packs.lines)
    if lines is None:
        at.at("lines").wrong("unknown_lines", packs.lines)
        return
    columns = lines.fields or {}
    base, unit = form.fields.get(packs.base), columns.get(packs.unit)
    if base is None or base.kind is not FieldKind.LINK:
        at.at("base").wrong("unknown_field", packs.base)
    elif unit is None or unit.kind is not FieldKind.LINK or unit.to != base.to:
        at.at("unit").wrong("unknown_field", packs.unit)
    for part, name in (("numerator", packs.numerator), ("denominator", packs.denominator)):
        column = columns.get(name)
        if column is None or column.kind not in _NUMBERS:
            at.at(part).wrong("unknown_field", name)


def check_counts(
    declared: Declarations, beside: Mapping[str, FieldDeclaration], field: FieldDeclaration, at: Subject
) -> None:
    """A quantity and the fields beside it that say what is counted, and in which unit."""
    if field.counts is None:
        if field.in_unit is not None:
            at.at("in_unit").wrong("counts_misplaced", field.in_unit)
        return
    if field.kind is not FieldKind.QUANTITY:
        at.at("counts").wrong("counts_misplaced", field.counts)
        return
    link, unit = beside.get(field.counts), beside.get(field.in_unit or "")
    counted = declared.forms.get(link.to or "") if link is not None and link.kind is FieldKind.LINK else None
    if counted is None or counted.packs is None:
        at.at("counts").wrong("unknown_field", field.counts)
        return
    base = counted.fields.get(counted.packs.base)
    if field.in_unit is not None and (unit is None or base is None or unit.to != base.to):
        at.at("in_unit").wrong("unknown_field", field.in_unit)
