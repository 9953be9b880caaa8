"""Keys followed through declarations: what `customer.region.name` or `product.units` lead to."""

from typing import Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.scope import COMPANY, USERS
from onebook.engines.table.names import RECORD_COLUMNS, ROW_COLUMNS, target_of
from onebook.engines.table.tables import Tables

#: System columns of a record that point at people.
_PEOPLE: Final = frozenset({"created_by", "updated_by", "deleted_by"})


def field_of(tables: Tables, target: str, name: str) -> FieldDeclaration | None:
    """The field of a form or lines; None for system columns and unknown names."""
    return tables.fields(target).get(name)


def is_column(tables: Tables, target: str, name: str) -> bool:
    """Whether the target's table has the column."""
    return name in tables.of(target).c


def link_target(tables: Tables, target: str, name: str) -> str | None:
    """The form or lines that a name of the target points at, or None if it is no link."""
    field = field_of(tables, target, name)
    if field is not None:
        return field.to if field.kind is FieldKind.LINK else None
    form, _, lines = target.partition(".")
    if name == "parent" and lines:
        return form
    if name == "id":
        return target
    if name == COMPANY and not lines and COMPANY in tables.forms:
        return COMPANY
    return USERS if name in _PEOPLE and not lines and USERS in tables.forms else None


def lines_target(tables: Tables, target: str, name: str) -> str | None:
    """The lines that a name of the target stands for, or None if it is not of kind lines."""
    field = field_of(tables, target, name)
    return target_of(target, name) if field is not None and field.kind is FieldKind.LINES else None


def end_of(tables: Tables, target: str, key: str) -> tuple[str, str]:
    """Where a dotted key ends: the target that holds its last name, and that name.

    `sales_order`, `customer.region.name` → `region`, `name`. Raises KeyError for keys that lead nowhere."""
    *path, last = key.split(".")
    for name in path:
        found = link_target(tables, target, name) or lines_target(tables, target, name)
        if found is None:
            raise KeyError(f"{target}.{name} is no link ({key})")
        target = found
    return target, last


def system_columns(target: str) -> tuple[str, ...]:
    """The columns that every record, or every row of lines, has."""
    return ROW_COLUMNS if "." in target else RECORD_COLUMNS
