"""A change: the steps from the tables of one catalog to those of the next. Pure; nothing is ever destroyed."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table

from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.table.ddl import sql_type
from onebook.engines.table.tables import Tables, tables_of

#: Columns of every table that belong to no field, but may come and go with what the form declares.
_DECLARED: Final = ("state", "number", "search")


@dataclass(frozen=True, slots=True)
class TableAdded:
    """A form or lines that were not there."""

    target: str


@dataclass(frozen=True, slots=True)
class TableRenamed:
    """A form or lines under a new name."""

    old: str
    target: str


@dataclass(frozen=True, slots=True)
class TableDropped:
    """A form or lines that are gone; their table stays aside under another name."""

    target: str


@dataclass(frozen=True, slots=True)
class ColumnAdded:
    """A field that was not there. `kind` is its SQL type."""

    target: str
    column: str
    kind: str


@dataclass(frozen=True, slots=True)
class ColumnRenamed:
    """A field under a new name."""

    target: str
    old: str
    column: str


@dataclass(frozen=True, slots=True)
class ColumnDropped:
    """A field that is gone; its column stays aside under another name."""

    target: str
    column: str


@dataclass(frozen=True, slots=True)
class ColumnRetyped:
    """A field whose values are kept in another way. `converts` is false where no old value can mean anything."""

    target: str
    column: str
    old_target: str
    old_column: str
    old_kind: str
    kind: str
    converts: bool


@dataclass(frozen=True, slots=True)
class ColumnNarrowed:
    """A choice that lost options: records that have them must say something else first."""

    target: str
    column: str
    old_target: str
    old_column: str
    options: tuple[str, ...]
    is_many: bool


@dataclass(frozen=True, slots=True)
class ColumnUnique:
    """A field that becomes unique."""

    target: str
    column: str
    old_target: str
    old_column: str


@dataclass(frozen=True, slots=True)
class FormulaChanged:
    """A computed field whose formula is new or another. `is_new`: no record has a value yet."""

    target: str
    column: str
    is_new: bool


Step = (
    TableAdded
    | TableRenamed
    | TableDropped
    | ColumnAdded
    | ColumnRenamed
    | ColumnDropped
    | ColumnRetyped
    | ColumnNarrowed
    | ColumnUnique
    | FormulaChanged
)


@dataclass(frozen=True, slots=True)
class Change:
    """All steps, in the order in which they are made."""

    steps: tuple[Step, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the tables stay as they are."""
        return not self.steps


def compare(old: Declarations | None, new: Declarations) -> Change:
    """The steps from the old tables to the new ones; from nothing, everything is added."""
    after = tables_of(new)
    if old is None:
        return Change(tuple(TableAdded(target) for target in after.all()))
    before = tables_of(old)
    origins = _origins(old, after, new)
    steps: list[Step] = [TableDropped(target) for target in before.all() if target not in set(origins.values())]
    steps += [TableRenamed(origin, target) for target, origin in origins.items() if origin != target]
    steps += [TableAdded(target) for target in after.all() if target not in origins]
    for target in origins:
        steps += _columns(before, after, origins, target)
    return Change(tuple(steps))


def _origins(old: Declarations, after: Tables, new: Declarations) -> dict[str, str]:
    """For each new table that goes on from an old one: which."""
    found: dict[str, str] = {}
    former = {name: form.was for name, form in old.forms.items()}
    for form in new.forms.values():
        origin = _origin(form.form, form.was, former, after.all())
        if origin is None:
            continue
        found[form.form] = origin
        rows = {name: field.was for name, field in old.forms[origin].line_fields.items()}
        for lines, field in form.line_fields.items():
            standing = _origin(lines, field.was, rows, form.line_fields)
            if standing is not None:
                found[f"{form.form}.{lines}"] = f"{origin}.{standing}"
    return found


def _origin(name: str, was: str | None, before: Mapping[str, str | None], after: Container[str]) -> str | None:
    """Under which name it stood: its own, or the one that it says it had, or the one that says it had this (a renaming
    taken back), unless that is somebody else's now. `before`: what stood, with the names that it says it had."""
    if name in before:
        return name
    if was is not None and was in before and was not in after:
        return was
    return next((later for later, had in before.items() if had == name and later not in after), None)


def _names(table: Table) -> list[str]:
    return [str(column.name) for column in table.columns]


def _columns(before: Tables, after: Tables, targets: Mapping[str, str], target: str) -> Iterator[Step]:
    origin = targets[target]
    old_table, new_table = before.of(origin), after.of(target)
    old_fields, new_fields = before.fields(origin), after.fields(target)
    former = {name: old_fields[name].was if name in old_fields else None for name in _names(old_table)}
    origins = {
        name: old
        for name, field in new_fields.items()
        if name in new_table.c and (old := _origin(name, field.was, former, _names(new_table))) is not None
    }
    origins |= {name: name for name in _DECLARED if name in old_table.c and name in new_table.c}
    for name in _names(old_table):
        if (name in old_fields or name in _DECLARED) and name not in origins.values():
            yield ColumnDropped(target, name)
    for name, old in origins.items():
        if name != old:
            yield ColumnRenamed(target, old, name)
    for name in _names(new_table):
        if (name in new_fields or name in _DECLARED) and name not in origins:
            yield ColumnAdded(target, name, sql_type(new_table.c[name]))
    for name, old in origins.items():
        if name in new_fields and old in old_fields:
            field = new_fields[name]
            leads_to = None if field.to is None else targets.get(field.to, field.to)
            yield from _field((target, name, origin, old), (old_fields[old], old_table), (field, new_table), leads_to)
    for name, field in new_fields.items():
        standing = old_fields.get(origins.get(name, ""))
        if field.formula is not None and (standing is None or standing.formula != field.formula):
            yield FormulaChanged(target, name, standing is None)


def _field(
    place: tuple[str, str, str, str],
    old: tuple[FieldDeclaration, Table],
    new: tuple[FieldDeclaration, Table],
    leads_to: str | None,
) -> Iterator[Step]:
    """What becomes of the values of a field. `leads_to`: where its link leads, under the name that this had."""
    (former, old_table), (field, new_table) = old, new
    old_kind, kind = sql_type(old_table.c[place[3]]), sql_type(new_table.c[place[1]])
    leads_elsewhere = FieldKind.LINK in (former.kind, field.kind) and (former.kind, former.to) != (field.kind, leads_to)
    if old_kind != kind or leads_elsewhere:
        yield ColumnRetyped(*place, old_kind, kind, not leads_elsewhere)
    elif field.options and (field.kind, former.options) != (former.kind, field.options):
        yield ColumnNarrowed(*place, tuple(field.options), field.kind is FieldKind.CHOICES)
    if field.unique and not former.unique:
        yield ColumnUnique(*place)
