"""One record as a page shows it to one actor: values, titles of what it points at, the steps that are open to it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.table.rights import Rights, rights
from onebook.engines.view.sight import Sight
from onebook.values.decimals import spelled

#: System fields that a page shows besides id, version, state and number.
STAMPS = ("created_at", "created_by", "updated_at", "updated_by")
#: Links to links to links: no title is further away.
_DEEPEST = 4

Mask = Callable[[Any], Any]


class Page:
    """The pages of one form for one actor."""

    def __init__(self, catalog: Catalog, actor: Actor, form: str) -> None:
        """For one actor and one form of the catalog."""
        self._catalog = catalog
        self._form: Form = catalog.forms[form]
        self._rights: Rights = rights(catalog, actor, form)
        self._sight = Sight(catalog, actor)

    @property
    def keys(self) -> frozenset[str]:
        """Everything that has to be read of the record."""
        return frozenset([*self.value_keys, *STAMPS, *self._people()])

    @property
    def value_keys(self) -> frozenset[str]:
        """What has to be read for its values alone, with the titles of what they point at."""
        return frozenset(self._keys(self._form.fields))

    def values(self, row: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
        """Its values as the page has them; `row` was read with `value_keys`."""
        return self._values(self._form.fields, row, mask)

    def drawn(self, row: Mapping[str, Any], language: str, mask: Mask, may: frozenset[str]) -> dict[str, Any]:
        """The page.

        Args:
            row: the record with `keys`.
            language: of labels.
            mask: half hides a value from those who may not see it whole.
            may: `update`, `delete`: what the actor may do to this very record.
        """
        form, state = self._form, row.get("state")
        is_editable = form.is_editable(state) and row.get("deleted_at") is None
        drawn: dict[str, Any] = {"form": form.form, "id": row["id"], "version": row["version"]}
        if form.states:
            label = form.states[state].label.in_language(language) if state in form.states else state
            drawn |= {"state": state, "state_label": label}
        if form.number:
            drawn["number"] = row.get("number")
        return drawn | {
            "title": self._title(row),
            "values": self.values(row, mask),
            "stamps": {name: self._stamp(name, row) for name in STAMPS},
            "editable": is_editable and "update" in may,
            "deletable": is_editable and "delete" in may and row.get("deleted_at") is None,
            "deleted_at": row.get("deleted_at"),
            "transitions": list(self._steps(state, language)),
        }

    def _keys(self, fields: Mapping[str, FieldDeclaration], lines: str | None = None) -> Iterator[str]:
        for name, field in fields.items():
            key = f"{lines}.{name}" if lines else name
            if not self._sight.sees(self._form.form, key):
                continue
            if field.kind is FieldKind.LINES:
                yield from self._keys(field.fields or {}, name)
            else:
                yield key
                title = self._title_key(field)
                if title:
                    yield f"{key}.{title}"

    def _people(self) -> Iterator[str]:
        """The names of who made and changed it."""
        title = self.title_of("user") if "user" in self._catalog.forms else None
        if title:
            yield from (f"{name}.{title}" for name in STAMPS if name.endswith("_by"))

    def title_of(self, target: str, depth: int = 0) -> str | None:
        """The key by which people know the records of a target; None if the actor may not see it."""
        form, _, lines = target.partition(".")
        if lines:
            above = self.title_of(form, depth + 1)
            return f"parent.{above}" if above else None
        declared = self._catalog.forms[form]
        name = declared.title if declared.title and self._sight.sees(form, declared.title) else None
        name = name or ("number" if declared.number else None)
        field = declared.fields.get(name) if name else None
        if field is None or field.kind is not FieldKind.LINK or not field.to:
            return name
        further = self.title_of(field.to, depth + 1) if depth < _DEEPEST else None
        return f"{name}.{further}" if further else None

    def _title_key(self, field: FieldDeclaration) -> str | None:
        return self.title_of(field.to) if field.kind is FieldKind.LINK and field.to else None

    def _values(
        self, fields: Mapping[str, FieldDeclaration], row: Mapping[str, Any], mask: Mask, lines: str | None = None
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, field in fields.items():
            full = f"{lines}.{name}" if lines else name
            if not self._sight.sees(self._form.form, full):
                continue
            if field.kind is FieldKind.LINES:
                values[name] = [
                    {
                        "id": one["id"],
                        "position": one.get("position"),
                        **self._values(field.fields or {}, one, mask, name),
                    }
                    for one in row.get(name) or ()
                ]
            elif full in self._rights.masked:
                values[name] = mask(row.get(name))
            elif field.kind is FieldKind.LINK:
                values[name] = self._link(field, name, row)
            else:
                values[name] = shown(field.kind, row.get(name))
        return values

    def _link(self, field: FieldDeclaration, name: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
        if row.get(name) is None:
            return None
        title = self._title_key(field)
        return {"id": row[name], "title": _text(row.get(f"{name}.{title}")) if title else None}

    def _stamp(self, name: str, row: Mapping[str, Any]) -> Any:
        value = row.get(name)
        if not name.endswith("_by") or value is None:
            return value
        title = self.title_of("user") if "user" in self._catalog.forms else None
        return {"id": value, "title": _text(row.get(f"{name}.{title}")) if title else None}

    def _title(self, row: Mapping[str, Any]) -> str | None:
        title = self.title_of(self._form.form)
        return _text(row.get(title)) if title else None

    def _steps(self, state: str | None, language: str) -> Iterator[dict[str, Any]]:
        """The transitions that start here and that the actor may run."""
        for name, step in self._form.transitions.items():
            if state in step.source and self._rights.may_do(name):
                yield {"name": name, "label": step.label.in_language(language), "to": step.target}


def shown(kind: FieldKind, value: Any) -> Any:
    """A value as pages and clients read it: figures as exact text, months without a day."""
    match value:
        case Decimal():
            return f"{value:f}" if kind is FieldKind.MONEY else spelled(value)
        case date() if kind is FieldKind.MONTH:
            return f"{value:%Y-%m}"
        case tuple() | set() | frozenset():
            return list(value)
        case _:
            return value


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case Decimal():
            return spelled(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
