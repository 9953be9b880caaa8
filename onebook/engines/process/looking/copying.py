"""Beginning from another record: which of its values a new one takes over."""

from typing import Any, Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.form.compute import rows_of
from onebook.engines.form.rows import Row
from onebook.engines.table.rights import Rights

#: Days belong to the record that has them; a new one has its own.
_DAYS: Final = frozenset({FieldKind.DATE, FieldKind.MONTH, FieldKind.INSTANT})


def values_to_copy(form: Form, row: Row, rights: Rights) -> dict[str, Any]:
    """The values of a stored record that the actor may give to a new one, as they could be typed: no numbers, states,
    formulas and meters, no days, and nothing that must be unique."""
    values: dict[str, Any] = {}
    for name, field in form.fields.items():
        if not rights.may_type(name):
            continue
        if field.kind is FieldKind.LINES:
            columns = [
                column
                for column, one in (field.fields or {}).items()
                if rights.may_type(f"{name}.{column}") and _is_taken(one)
            ]
            values[name] = [{column: own[column] for column in columns} for own in rows_of(row, name)]
        elif _is_taken(field) and not field.unique:
            values[name] = row[name]
    return values


def _is_taken(field: FieldDeclaration) -> bool:
    return field.is_typed and field.kind not in _DAYS
