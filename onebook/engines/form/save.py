"""A computed record as statements: set-based, a fixed number of them however many rows it has. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import orjson

from onebook.access.actor import Actor
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.changes import Changes, RowChanges, changes_of, own_columns, row_columns, trail
from onebook.engines.form.compute import rows_of
from onebook.engines.form.forms import CompiledForm, Forms
from onebook.engines.form.rows import Row
from onebook.engines.form.search_text import search_text
from onebook.engines.table.ddl import quoted, sql_type
from onebook.engines.table.names import target_of
from onebook.storage.numbering import Prefix, prefix_of
from onebook.storage.transaction import Statement

_ARRAYS: Final = frozenset({FieldKind.CHOICES, FieldKind.TAGS})
#: How many different texts a form may have: one for each set of columns that are changed together.
_MOST_TEXTS: Final = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """What writes a record. With `numbered`, that statement answers one row with the number it took."""

    statements: tuple[Statement, ...]
    version: int
    numbered: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


def inserting(
    forms: Forms, form: str, row: Row, actor: Actor, now: datetime, *, action: str = "create",
    number_on: date | None = None,
) -> Saved:  # fmt: skip
    """What writes a new record with its rows. `number_on`: the business day whose number it takes; None if it takes
    none yet."""
    inserted = _inserting(forms.form(form), row, actor, now, number_on, version=1)
    created = _change(form, row["id"], actor, now, action, 1, {})
    return Saved((*inserted, created), 1, None if number_on is None else 0)


def inserting_stepped(
    forms: Forms, form: str, before: Row, after: Row, actor: Actor, now: datetime, *, action: str,
    number_on: date | None = None,
) -> Saved:  # fmt: skip
    """What writes a new record that has taken its first step already, as if it had been written before and after."""
    compiled = forms.form(form)
    told = trail(compiled.declaration, changes_of(compiled.declaration, before, after))
    inserted = _inserting(compiled, after, actor, now, number_on, version=2)
    created, stepped = (
        _told(form, after["id"], actor, now, *change) for change in (("create", 1, {}), (action, 2, told))
    )
    both = Statement(f"{_CHANGE}, {_CHANGE_ROW}", (*created, *stepped))
    return Saved((*inserted, both), 2, None if number_on is None else 0, told)


def updating(
    forms: Forms, form: str, before: Row, after: Row, actor: Actor, now: datetime, *, action: str = "update",
    number_on: date | None = None,
) -> Saved:  # fmt: skip
    """What brings a record from one state to another: only columns and rows that changed, the version one higher.

    Both rows may hold any part of the record, but the same part; `before` was read under lock."""
    compiled = forms.form(form)
    changes = changes_of(compiled.declaration, before, after)
    if not changes and number_on is None and action == "update":
        return Saved((), before["version"])
    version = before["version"] + 1
    statements = [_update(compiled, changes, after, actor, now, number_on)]
    for lines, rows in changes.rows.items():
        statements += _changed_rows(compiled, lines, after["id"], rows)
    told = trail(compiled.declaration, changes)
    statements.append(_change(form, after["id"], actor, now, action, version, told))
    return Saved(tuple(statements), version, None if number_on is None else 0, told)


def number_day(compiled: CompiledForm, row: Row, today: date) -> date:
    """The day whose number a record takes: its business date, else today."""
    dated_by = compiled.declaration.dated_by
    found = row.get(dated_by) if dated_by else None
    return found.date() if isinstance(found, datetime) else found if isinstance(found, date) else today


def change_statement(
    form: str, record: int, actor: Actor, now: datetime, action: str, version: int, told: Mapping[str, Any]
) -> Statement:
    """The trail's row about a change."""
    return _change(form, record, actor, now, action, version, told)


def _inserting(
    compiled: CompiledForm, row: Row, actor: Actor, now: datetime, number_on: date | None, *, version: int
) -> list[Statement]:
    statements = [_insert(compiled, row, actor, now, number_on, version)]
    for lines, declared in compiled.lines.items():
        rows = rows_of(row, lines)
        if rows:
            statements.append(_insert_rows(compiled, lines, declared, row["id"], rows))
    return statements


def _insert(
    compiled: CompiledForm, row: Row, actor: Actor, now: datetime, number_on: date | None, version: int
) -> Statement:
    form = compiled.declaration
    values: dict[str, Any] = {"id": row["id"], "version": version}
    if form.states:
        values["state"] = row["state"]
    values |= {name: _sent(row.get(name)) for name, _ in own_columns(form)}
    if form.search:
        values["search"] = _search(compiled, row)
    values |= {"created_at": now, "created_by": actor.id, "updated_at": now, "updated_by": actor.id}
    if form.number is not None and row.get("number") is not None:
        values["number"] = row["number"]
    prefix = _prefix(compiled, number_on)
    is_numbered = prefix is not None
    sql = _text(
        compiled, ("insert", is_numbered, "number" in values), lambda: _insert_text(compiled, list(values), is_numbered)
    )
    return Statement(sql, values | _counter(compiled, prefix))


def _insert_text(compiled: CompiledForm, names: Sequence[str], is_numbered: bool) -> str:
    table = compiled.tables.form(compiled.name)
    columns = ", ".join(quoted(name) for name in names)
    values = ", ".join(f"%({name})s::{sql_type(table.c[name])}" for name in names)
    if not is_numbered:
        return f"INSERT INTO {quoted(table.name)} ({columns}) VALUES ({values})"
    return (
        f"{_COUNTER} INSERT INTO {quoted(table.name)} ({columns}, number) SELECT {values}, {_NUMBER} FROM counter"
        " RETURNING number"
    )


#: Takes the next number in the same statement; its row stays locked until the commit that travels with it.
_COUNTER: Final = (
    "WITH counter AS (INSERT INTO onebook_number AS known (form, prefix, last)"
    " VALUES (%(counter_form)s, %(counter_prefix)s, 1)"
    " ON CONFLICT (form, prefix) DO UPDATE SET last = known.last + 1 RETURNING last)"
)
_NUMBER: Final = (
    "%(counter_prefix)s::text"
    " || lpad(counter.last::text, greatest(%(counter_width)s::int, length(counter.last::text)), '0')"
)


def _update(
    compiled: CompiledForm, changes: Changes, after: Row, actor: Actor, now: datetime, number_on: date | None
) -> Statement:
    form = compiled.declaration
    values: dict[str, Any] = {name: _sent(new) for name, (_, new) in changes.columns.items()}
    if form.search and values.keys() & set(form.search):
        values["search"] = _search(compiled, after)
    prefix = _prefix(compiled, number_on)
    names, is_numbered = tuple(values), prefix is not None
    sql = _text(compiled, ("update", names, is_numbered), lambda: _update_text(compiled, names, is_numbered))
    system = {"id": after["id"], "updated_at": now, "updated_by": actor.id}
    return Statement(sql, values | system | _counter(compiled, prefix))


def _update_text(compiled: CompiledForm, names: Sequence[str], is_numbered: bool) -> str:
    table = compiled.tables.form(compiled.name)
    sets = [f"{quoted(name)} = %({name})s::{sql_type(table.c[name])}" for name in names]
    sets += ["version = version + 1", "updated_at = %(updated_at)s", "updated_by = %(updated_by)s"]
    if not is_numbered:
        return f"UPDATE {quoted(table.name)} SET {', '.join(sets)} WHERE id = %(id)s"
    sets.append(f"number = {_NUMBER}")
    return (
        f"{_COUNTER} UPDATE {quoted(table.name)} AS numbered SET {', '.join(sets)} FROM counter"
        " WHERE numbered.id = %(id)s RETURNING numbered.number"
    )


def _changed_rows(compiled: CompiledForm, lines: str, record: int, rows: RowChanges) -> list[Statement]:
    table = quoted(compiled.tables.lines(compiled.name, lines).name)
    declared = compiled.declaration.fields[lines]
    statements = []
    if rows.removed:
        removed = {"parent": record, "ids": [row["id"] for row in rows.removed]}
        statements.append(Statement(f"DELETE FROM {table} WHERE parent = %(parent)s AND id = ANY(%(ids)s)", removed))
    if rows.changed:
        statements.append(_update_rows(compiled, lines, declared, record, [row for row, _ in rows.changed]))
    if rows.added:
        statements.append(_insert_rows(compiled, lines, declared, record, rows.added))
    return statements


def _insert_rows(
    compiled: CompiledForm, lines: str, declared: FieldDeclaration, record: int, rows: Sequence[Row]
) -> Statement:
    def text() -> str:
        names = ["id", "position", *(name for name, _ in row_columns(declared))]
        table = quoted(compiled.tables.lines(compiled.name, lines).name)
        return (
            f"INSERT INTO {table} (parent, {', '.join(map(quoted, names))})"
            f" SELECT %(parent)s::bigint, {_selected(declared, names)} FROM {_unnest(compiled, lines, declared)}"
        )

    return Statement(_text(compiled, ("insert", lines), text), _columns(declared, record, rows))


def _update_rows(
    compiled: CompiledForm, lines: str, declared: FieldDeclaration, record: int, rows: Sequence[Row]
) -> Statement:
    def text() -> str:
        table = quoted(compiled.tables.lines(compiled.name, lines).name)
        names = ["position", *(name for name, _ in row_columns(declared))]
        sets = ", ".join(f"{quoted(name)} = {_selected(declared, [name])}" for name in names)
        return (
            f"UPDATE {table} AS kept SET {sets} FROM {_unnest(compiled, lines, declared)}"
            " WHERE kept.id = given.id AND kept.parent = %(parent)s"
        )

    return Statement(_text(compiled, ("update", lines), text), _columns(declared, record, rows))


def _columns(declared: FieldDeclaration, record: int, rows: Sequence[Row]) -> dict[str, Any]:
    """Each column of the rows as one array."""
    values: dict[str, Any] = {
        "parent": record,
        "id": [row["id"] for row in rows],
        "position": [row["position"] for row in rows],
    }
    for name, column in row_columns(declared):
        if column.kind in _ARRAYS:
            values[name] = [array_text(row.get(name)) for row in rows]
        else:
            values[name] = [row.get(name) for row in rows]
    return values


def _unnest(compiled: CompiledForm, lines: str, declared: FieldDeclaration) -> str:
    table = compiled.tables.of(target_of(compiled.name, lines))
    names = ["id", "position", *(name for name, _ in row_columns(declared))]
    arrays = []
    for name in names:
        column = (declared.fields or {}).get(name)
        kind = "text" if column is not None and column.kind in _ARRAYS else sql_type(table.c[name])
        arrays.append(f"%({name})s::{kind}[]")
    return f"unnest({', '.join(arrays)}) AS given({', '.join(map(quoted, names))})"


def _selected(declared: FieldDeclaration, names: Iterable[str]) -> str:
    """The columns of the unnested rows. Arrays travel as text: arrays of arrays would have to be of one length."""
    fields = declared.fields or {}
    return ", ".join(
        f"given.{quoted(name)}::text[]" if name in fields and fields[name].kind in _ARRAYS else f"given.{quoted(name)}"
        for name in names
    )


def array_text(values: tuple[str, ...] | None) -> str | None:
    """An array as the database writes it: arrays of arrays would have to be of one length."""
    if values is None:
        return None
    escaped = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return "{" + ",".join(escaped) + "}"


def _change(
    form: str, record: int, actor: Actor, now: datetime, action: str, version: int, told: Mapping[str, Any]
) -> Statement:
    return Statement(_CHANGE, _told(form, record, actor, now, action, version, told))


def _told(
    form: str, record: int, actor: Actor, now: datetime, action: str, version: int, told: Mapping[str, Any]
) -> tuple[object, ...]:
    return form, record, now, actor.id, action, version, orjson.dumps(told).decode()


_CHANGE_ROW: Final = "(%s, %s::bigint, %s::timestamptz, %s::bigint, %s, %s::int, %s::jsonb)"
_CHANGE: Final = f"INSERT INTO onebook_change (form, record, at, by, action, version, changes) VALUES {_CHANGE_ROW}"


def _search(compiled: CompiledForm, row: Row) -> str:
    return search_text(row.get(name) for name in compiled.declaration.search)


def _prefix(compiled: CompiledForm, number_on: date | None) -> Prefix | None:
    pattern = compiled.declaration.number
    return prefix_of(pattern, number_on) if number_on is not None and pattern is not None else None


def _counter(compiled: CompiledForm, prefix: Prefix | None) -> dict[str, Any]:
    if prefix is None:
        return {}
    return {"counter_form": compiled.name, "counter_prefix": prefix.text, "counter_width": prefix.width}


def _sent(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _text(compiled: CompiledForm, key: tuple[object, ...], build: Any) -> str:
    found = compiled.texts.get(key)
    if found is None:
        if len(compiled.texts) >= _MOST_TEXTS:
            compiled.texts.clear()
        found = compiled.texts[key] = build()
    return found
