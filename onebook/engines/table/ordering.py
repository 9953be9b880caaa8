"""In which orders lists can be read through indexes: by each column that a list shows, and what stands behind it.

An index is read forwards or backwards. What has few values goes on in the list's own order, so that the same index
finds one of the values and has its rows in order; what has many goes on by the id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.table.names import RECORD_COLUMNS

#: Kinds that have no order of their own: links are ordered by the titles of what they lead to.
_WITHOUT_ORDER: Final = frozenset({FieldKind.LINK, FieldKind.LINES, FieldKind.CHOICES, FieldKind.TAGS})
#: Kinds of which many records have the same value.
_FEW_VALUES: Final = frozenset({FieldKind.CHOICE, FieldKind.FLAG})
#: Longer texts do not fit into an index.
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Part:
    """A column of an order; the id stands behind the last one and runs as it does. Blanks are last, read forwards."""

    column: str
    falls: bool = False


def own_order(form: Form) -> tuple[Part, ...]:
    """The order in which the form's list begins; empty where no index can serve it."""
    found = []
    for key in form.list.sort:
        name = key.lstrip("-")
        field = form.fields.get(name)
        is_there = name in RECORD_COLUMNS if field is None else field.kind not in _WITHOUT_ORDER
        if not is_there:
            return ()
        found.append(Part(name, key.startswith("-")))
    return tuple(found)


def orders(form: Form) -> Mapping[str, tuple[Part, ...]]:
    """By what the form's list can be ordered through an index: the key that a reader chooses, and the order."""
    found: dict[str, tuple[Part, ...]] = {}
    own = own_order(form)
    if own:
        found[own[0].column] = own
    if form.number:
        found.setdefault("number", (Part("number"),))
    if form.states:
        found.setdefault("state", (Part("state"), *own))
    for name in _ordering(form):
        field = form.fields[name]
        if field.kind is FieldKind.LINK or field.kind in _FEW_VALUES:
            found.setdefault(name, (Part(name), *own))
        elif field.kind not in _WITHOUT_ORDER and not _is_long(field):
            found.setdefault(name, (Part(name),))
    return found


def _is_long(field: FieldDeclaration) -> bool:
    return field.kind is FieldKind.LONG_TEXT or (field.length or 0) > _LONGEST


def _ordering(form: Form) -> Iterator[str]:
    """Fields that lists are often ordered by: those that the list shows, its date, the title, every link."""
    shown = {*form.list.columns, form.dated_by, form.title}
    for name, field in form.fields.items():
        if field.kind is FieldKind.LINK or field.index or name in shown:
            yield name
