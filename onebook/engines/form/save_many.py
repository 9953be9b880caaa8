"""Many new records of one form that have no rows of their own, as a fixed number of statements. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.field import FieldKind
from onebook.engines.form.changes import own_columns
from onebook.engines.form.forms import CompiledForm, Forms
from onebook.engines.form.rows import Row
from onebook.engines.form.save import array_text, inserting, number_day
from onebook.engines.form.search_text import search_text
from onebook.engines.table.ddl import quoted, sql_type
from onebook.storage.numbering import Prefix, prefix_of
from onebook.storage.transaction import Statement

_ARRAYS: Final = frozenset({FieldKind.CHOICES, FieldKind.TAGS})
_CHANGES: Final = """
INSERT INTO onebook_change (form, record, at, by, action, version, changes)
SELECT %(form)s, made.id, %(at)s, %(by)s::bigint, 'create', 1, '{}' FROM unnest(%(ids)s::bigint[]) AS made (id)"""
#: Takes as many numbers as there are rows, in the same statement.
_COUNTER: Final = """
WITH counter AS (INSERT INTO onebook_number AS known (form, prefix, last)
    VALUES (%(counter_form)s, %(counter_prefix)s, %(count)s::bigint)
    ON CONFLICT (form, prefix) DO UPDATE SET last = known.last + %(count)s::bigint
    RETURNING last - %(count)s::bigint AS before)"""
_NUMBER: Final = (
    "%(counter_prefix)s::text || lpad((counter.before + given.nth)::text,"
    " greatest(%(counter_width)s::int, length((counter.before + given.nth)::text)), '0')"
)


def inserting_many(
    forms: Forms, form: str, rows: Sequence[Row], actor: Actor, now: datetime, today: date
) -> list[Statement]:
    """What writes new records, each with the number of its day if the form numbers at creation."""
    compiled = forms.form(form)
    declared = compiled.declaration
    is_numbered = declared.number is not None and declared.numbered_at == "create"
    if compiled.lines or len(rows) < 2:
        return [
            statement
            for row in rows
            for statement in inserting(
                forms, form, row, actor, now, number_on=number_day(compiled, row, today) if is_numbered else None
            ).statements
        ]
    written = [_inserted(compiled, part, prefix, actor, now) for prefix, part in _by_prefix(compiled, rows, today)]
    ids = [row["id"] for row in rows]
    return [*written, Statement(_CHANGES, {"form": form, "at": now, "by": actor.id, "ids": ids})]


def _by_prefix(compiled: CompiledForm, rows: Sequence[Row], today: date) -> Iterator[tuple[Prefix | None, list[Row]]]:
    """The rows whose numbers begin alike, in the order of their prefixes, as everybody takes them."""
    declared = compiled.declaration
    if declared.number is None or declared.numbered_at != "create":
        yield None, list(rows)
        return
    parts: dict[Prefix, list[Row]] = {}
    for row in rows:
        parts.setdefault(prefix_of(declared.number, number_day(compiled, row, today)), []).append(row)
    yield from sorted(parts.items(), key=lambda part: part[0].text)


def _inserted(
    compiled: CompiledForm, rows: Sequence[Row], prefix: Prefix | None, actor: Actor, now: datetime
) -> Statement:
    form, table = compiled.declaration, compiled.tables.form(compiled.name)
    fields = dict(own_columns(form))
    columns: dict[str, list[Any]] = {"id": [row["id"] for row in rows]}
    if form.states:
        columns["state"] = [row["state"] for row in rows]
    for name, field in fields.items():
        values = [row.get(name) for row in rows]
        columns[name] = [array_text(value) for value in values] if field.kind in _ARRAYS else values
    if form.search:
        columns["search"] = [search_text(row.get(name) for name in form.search) for row in rows]
    arrays = {name for name, field in fields.items() if field.kind in _ARRAYS}
    unnested = ", ".join(f"%({name})s::{'text' if name in arrays else sql_type(table.c[name])}[]" for name in columns)
    selected = [f"given.{quoted(name)}{'::text[]' if name in arrays else ''}" for name in columns]
    names = [quoted(name) for name in columns]
    same: Mapping[str, Any] = {
        "version": 1, "created_at": now, "created_by": actor.id, "updated_at": now, "updated_by": actor.id,
    }  # fmt: skip
    names += [quoted(name) for name in same]
    selected += [f"%({name})s::{sql_type(table.c[name])}" for name in same]
    source = f"unnest({unnested}) WITH ORDINALITY AS given ({', '.join(map(quoted, columns))}, nth)"
    counter: Mapping[str, Any] = {}
    before = ""
    if prefix is not None:
        counter = {
            "counter_form": compiled.name, "counter_prefix": prefix.text, "counter_width": prefix.width,
            "count": len(rows),
        }  # fmt: skip
        names, selected = [*names, "number"], [*selected, _NUMBER]
        source, before = f"{source} CROSS JOIN counter", _COUNTER
    sql = f"{before} INSERT INTO {quoted(table.name)} ({', '.join(names)}) SELECT {', '.join(selected)} FROM {source}"
    return Statement(sql, {**columns, **same, **counter})
