"""What changed between two states of a record, field by field and row by row, as the trail keeps it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.form.compute import rows_of
from onebook.engines.form.rows import Row
from onebook.engines.table.columns import NUMBERS
from onebook.values.decimals import spelled

#: What a changed row of lines is told under: new, gone, and what became of the others.
ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
#: The ids of the rows as they stood, where some are gone or others came before them.
ORDER: Final = "order"


@dataclass(slots=True)
class RowChanges:
    """What became of one kind of lines."""

    added: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    #: Rows as they are now, with what they were before.
    changed: list[tuple[Row, Row]] = field(default_factory=list)
    #: The ids of all rows as they stood, if those that stay stand otherwise now, or some are gone.
    order: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything happened."""
        return bool(self.added or self.removed or self.changed)


@dataclass(slots=True)
class Changes:
    """What became of a record: columns old → new, and its rows."""

    columns: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    rows: dict[str, RowChanges] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.columns) or any(self.rows.values())


def changes_of(form: Form, before: Row, after: Row) -> Changes:
    """Compare two states of a record. Only fields that both know are compared; meters are the ledger's own."""
    found = Changes()
    names = [*(["state"] if form.states else []), *(name for name, _ in own_columns(form))]
    for name in names:
        if name in before and name in after and before[name] != after[name]:
            found.columns[name] = (before[name], after[name])
    for lines, declared in form.line_fields.items():
        if lines in before and lines in after:
            found.rows[lines] = _rows(declared, rows_of(before, lines), rows_of(after, lines))
    return found


def own_columns(form: Form) -> Iterator[tuple[str, FieldDeclaration]]:
    """The fields of the record itself that are saved with it: all but lines and meters."""
    for name, declared in form.fields.items():
        if declared.kind is not FieldKind.LINES and declared.meter is None:
            yield name, declared


def row_columns(lines: FieldDeclaration) -> Iterator[tuple[str, FieldDeclaration]]:
    """The fields of a row that are saved with it: all but meters."""
    for name, declared in (lines.fields or {}).items():
        if declared.meter is None:
            yield name, declared


def _rows(declared: FieldDeclaration, before: list[Row], after: list[Row]) -> RowChanges:
    old = {row["id"]: row for row in before}
    kept = {row["id"] for row in after}
    found = RowChanges(removed=[row for row in before if row["id"] not in kept])
    names = ["position", *(name for name, _ in row_columns(declared))]
    for row in after:
        known = old.get(row["id"])
        if known is None:
            found.added.append(row)
        elif any(name in known and row.get(name) != known[name] for name in names):
            found.changed.append((row, known))
    if found.removed or [row["id"] for row in before] != [row["id"] for row in after if row["id"] in old]:
        found.order = [row["id"] for row in before]
    return found


def trail(form: Form, changes: Changes) -> dict[str, Any]:
    """The changes as the trail keeps them: `{field: [old, new]}`, and for lines
    `{lines: {added: {id: {field: value}}, removed: {id: ...}, changed: {id: {field: [old, new]}}, order: [id]}}`."""
    told: dict[str, Any] = {name: [plain(old), plain(new)] for name, (old, new) in changes.columns.items()}
    for lines, rows in changes.rows.items():
        names = [name for name, _ in row_columns(form.fields[lines])]
        one: dict[str, Any] = {}
        if rows.added:
            one[ADDED] = {str(row["id"]): _values(row, names) for row in rows.added}
        if rows.removed:
            one[REMOVED] = {str(row["id"]): _values(row, names) for row in rows.removed}
        moved = {str(row["id"]): pairs for row, old in rows.changed if (pairs := _pairs(row, old, names))}
        if moved:
            one[CHANGED] = moved
        if rows.order:
            one[ORDER] = rows.order
        if one:
            told[lines] = one
    return told


def _values(row: Row, names: list[str]) -> dict[str, Any]:
    return {name: plain(row[name]) for name in names if row.get(name) is not None}


def _pairs(row: Row, old: Row, names: list[str]) -> dict[str, list[Any]]:
    return {
        name: [plain(old[name]), plain(row.get(name))] for name in names if name in old and old[name] != row.get(name)
    }


def plain(value: Any) -> Any:
    """A value as JSON keeps it without loss: decimals as text, days and instants in ISO form."""
    match value:
        case Decimal():
            return spelled(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return list(value)
    return value


def unplain(declared: FieldDeclaration, value: Any) -> Any:
    """The value that the trail kept."""
    if value is None:
        return None
    if declared.kind in NUMBERS:
        return Decimal(value)
    match declared.kind:
        case FieldKind.DATE | FieldKind.MONTH:
            return date.fromisoformat(value)
        case FieldKind.INSTANT:
            return datetime.fromisoformat(value)
        case FieldKind.CHOICES | FieldKind.TAGS:
            return tuple(value)
    return value


def mapping_of(told: Mapping[str, Any], lines: str, what: str) -> Mapping[int, Any]:
    """What the trail tells about the rows of one kind of lines, by their ids."""
    part = told.get(lines)
    found = part.get(what) if isinstance(part, Mapping) else None
    return {int(number): value for number, value in (found or {}).items()}
