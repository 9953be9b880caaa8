"""What one actor may read: every key of a list or report passes here, whatever slot it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, and_, case

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.report.refusals import HiddenField, NotReadable, UnknownColumn
from onebook.engines.table.joins import Joins
from onebook.engines.table.rights import ALL, Rights, rights
from onebook.engines.table.system_fields import system_field
from onebook.engines.table.tables import Tables
from onebook.engines.table.walk import lines_target, link_target
from onebook.expression.sql import Columns, lower_condition
from onebook.expression.tree import Expression
from onebook.values.label import Label

Slot = Literal["column", "filter", "sort", "group", "search", "measure"]


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a dotted key, and the form or lines in which it stands."""

    target: str
    name: str
    field: FieldDeclaration


@dataclass(frozen=True, slots=True)
class Readable:
    """A key that may be read: the field at its end, and whether it is shown masked."""

    key: str
    field: FieldDeclaration
    label: Label
    is_masked: bool = False


class Reading:
    """The eyes of one actor on a catalog."""

    def __init__(self, catalog: Catalog, tables: Tables, actor: Actor) -> None:
        """For one actor; everything asked of it depends on their roles alone."""
        self.catalog = catalog
        self.tables = tables
        self.actor = actor

    def rights(self, target: str) -> Rights:
        """The actor's rights on the form of a target."""
        return rights(self.catalog, self.actor, target.partition(".")[0])

    def must_read(self, target: str) -> Rights:
        """The rights on a form of which the actor may read at least something. Raises NotReadable."""
        granted = self.rights(target)
        if granted.read is None:
            raise NotReadable(name=self.form(target).label)
        return granted

    def form(self, target: str) -> Form:
        """The form of a target."""
        return self.catalog.forms[target.partition(".")[0]]

    def readable(self, target: str, key: str, slot: Slot) -> Readable:
        """What stands at the end of a key. Raises UnknownColumn, HiddenField, NotReadable."""
        steps = list(self._steps(target, key, slot))
        is_masked = False
        for place, step in enumerate(steps):
            is_masked = self._may_see(step, slot, is_last=place == len(steps) - 1, is_linked=place > 0)
        last = steps[-1].field
        if last.kind is FieldKind.LINES:
            raise UnknownColumn(field=key, slot=slot)
        chinese = ".".join(step.field.label.chinese for step in steps)
        english = ".".join(step.field.label.english for step in steps)
        return Readable(key, last, Label(chinese, english), is_masked)

    def may_read_all(self, target: str, expression: Expression, slot: Slot) -> None:
        """Refuse a formula that reads anything which the actor may not see whole."""
        for path in sorted(expression.paths):
            self.may_read_path(target, path, slot)

    def may_read_path(self, target: str, path: str, slot: Slot, *, is_linked: bool = False) -> None:
        """Refuse a key that leads through, or to, anything which the actor may not see whole."""
        at, key = target, path
        while key.startswith("^."):
            at, key = at.partition(".")[0], key[2:]
        if key.partition(".")[0] == "company" and "." not in at and "company" in self.catalog.forms:
            # The company's own settings decide what everybody's records do; only what is hidden stays hidden.
            self._company(key, slot)
            return
        for place, step in enumerate(list(self._steps(at, key, slot))):
            self._may_see(step, slot, is_last=False, is_linked=is_linked or place > 0)

    def title_key(self, target: str) -> str | None:
        """The key that names a record to people, from its own form; None where the actor may not see it."""
        form = self.form(target)
        if "." in target:
            above = self.title_key(form.form)
            return f"parent.{above}" if above else None
        own = form.title or ("number" if form.number else None)
        if own is None or own in self.rights(target).hidden or own in self.rights(target).masked:
            return "number" if form.number and own != "number" else None
        field = form.fields.get(own)
        if field is not None and field.kind is FieldKind.LINK and field.to:
            further = self.title_key(field.to)
            return f"{own}.{further}" if further else None
        return own

    def _steps(self, target: str, key: str, slot: Slot) -> Iterator[Step]:
        names = key.split(".")
        for place, name in enumerate(names):
            field = self._field(target, name)
            if field is None:
                raise UnknownColumn(field=key, slot=slot)
            yield Step(target, name, field)
            if place < len(names) - 1:
                further = link_target(self.tables, target, name) or lines_target(self.tables, target, name)
                if further is None:
                    raise UnknownColumn(field=key, slot=slot)
                target = further

    def _field(self, target: str, name: str) -> FieldDeclaration | None:
        form, _, lines = target.partition(".")
        declared = self.catalog.forms[form]
        fields = (declared.fields[lines].fields or {}) if lines else declared.fields
        return fields.get(name) or system_field(declared, lines or None, name)

    def _may_see(self, step: Step, slot: Slot, *, is_last: bool, is_linked: bool) -> bool:
        """Whether a step's field shows masked; refuses what may not be seen (whole) in this slot."""
        granted = self.rights(step.target)
        form, _, lines = step.target.partition(".")
        name = f"{lines}.{step.name}" if lines else step.name
        if name in granted.hidden or lines in granted.hidden:
            raise HiddenField(field=step.field.label, slot=slot)
        is_masked = name in granted.masked
        if is_masked and not (is_last and slot == "column"):
            raise HiddenField(field=step.field.label, slot=slot)
        if is_linked and granted.read is None and not self.is_open(step.target, step.name):
            raise NotReadable(name=self.catalog.forms[form].label)
        return is_masked

    def is_open(self, target: str, name: str) -> bool:
        """Whether a name of a linked record is known to whoever sees the link: its title, number and id are."""
        return name in ("id", "number", "parent", "position") or name == self.form(target).title

    def _company(self, key: str, slot: Slot) -> None:
        name = key.partition(".")[2].partition(".")[0]
        if name and name in self.rights("company").hidden:
            raise HiddenField(field=name, slot=slot)


class GuardedColumns:
    """Columns for formulas: as `Joins` finds them, but a linked record outside the actor's scope reads as blank."""

    def __init__(self, joins: Joins, reading: Reading) -> None:
        """Guard these columns."""
        self.joins = joins
        self._reading = reading

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """The column of a dotted key."""
        value = self.joins.column(key, up)
        guards = [] if up else self._guards(key)
        return case((and_(*guards), value)) if guards else value

    def rows(self, key: str, up: int = 0) -> "tuple[FromClause, ColumnElement[bool], Columns]":
        """The rows of lines; those of a linked record only if that record may be read."""
        table, condition, inner = self.joins.rows(key, up)
        guards = [] if up else self._guards(key)
        return table, and_(condition, *guards) if guards else condition, GuardedColumns(inner, self._reading)

    def _guards(self, key: str) -> list[ColumnElement[bool]]:
        names = key.split(".")
        guards = []
        for place in range(1, len(names)):
            path, name = ".".join(names[:place]), names[place]
            if names[0] == "company":
                break
            target = self.joins.holder(path)
            scope = self._reading.rights(target).read
            if scope in (ALL, None) or self._reading.is_open(target, name):
                # Where nothing at all may be read the key was refused before; titles are open to whoever sees the link.
                continue
            assert not isinstance(scope, str)
            assert scope is not None
            record = f"{path}.parent" if "." in target else path
            guards.append(lower_condition(scope, BehindLink(self.joins, record)))
        return guards


class BehindLink:
    """The columns of a linked record, seen from the record that links to it."""

    def __init__(self, joins: Columns, path: str) -> None:
        """Columns behind a dotted path."""
        self._joins = joins
        self._path = path

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """The column of a key of the linked record."""
        if key.partition(".")[0] == "company":
            return self._joins.column(key, up)
        return self._joins.column(f"{self._path}.{key}", up)

    def rows(self, key: str, up: int = 0) -> "tuple[FromClause, ColumnElement[bool], Columns]":
        """The rows of lines of the linked record."""
        return self._joins.rows(f"{self._path}.{key}", up)
