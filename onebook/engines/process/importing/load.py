"""Writing many records at once: COPY for what is new, one statement for all that changed alike, the same trail."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from onebook.access.actor import Actor
from onebook.engines.form.changes import Changes, changes_of, own_columns, row_columns, trail
from onebook.engines.form.compute import rows_of
from onebook.engines.form.forms import CompiledForm
from onebook.engines.form.rows import Row
from onebook.engines.form.save import number_day, updating
from onebook.engines.form.search_text import search_text
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.copy_text import Source, array_text, blocks
from onebook.engines.table.columns import TEXTS
from onebook.engines.table.ddl import quoted, sql_type
from onebook.storage.numbering import Prefix, prefix_of, take
from onebook.storage.planning import planned_for_values
from onebook.storage.transaction import Statement, Transaction

#: How many records one statement changes, and how many statements travel together.
TOGETHER: Final = 5_000
_STATEMENTS: Final = 100
_TRAIL: Final = ("form", "record", "at", "by", "action", "version", "changes")


def insert(
    transaction: Transaction, ground: Ground, form: str, rows: Sequence[Row], actor: Actor, now: datetime
) -> None:
    """Write new records with their rows of lines and their trail. Numbers are taken here, as late as can be."""
    compiled = ground.forms.form(form)
    declared = compiled.declaration
    _number(transaction, ground, compiled, rows, now)
    names = ["id", "version", *(["state"] if declared.states else []), *(["number"] if declared.number else [])]
    names += [name for name, _ in own_columns(declared)]
    columns: dict[str, Source] = {name: name for name in names}
    if declared.search:
        columns["search"] = _searched(compiled)
    columns |= {name: name for name in ("created_at", "created_by", "updated_at", "updated_by")}
    _copy(transaction, compiled.tables.form(form).name, columns, rows)
    for lines, field in declared.line_fields.items():
        inner = [own for row in rows for own in rows_of(row, lines)]
        if inner:
            kept = ["id", "parent", "position", *(name for name, _ in row_columns(field))]
            _copy(transaction, compiled.tables.lines(form, lines).name, {name: name for name in kept}, inner)
    told = [{"record": row["id"], "version": 1, "changes": "{}"} for row in rows]
    _tell(transaction, form, told, actor, now)


def update(
    transaction: Transaction, ground: Ground, form: str, pairs: Sequence[tuple[Row, Row]], actor: Actor, now: datetime,
    *, action: str = "import",
) -> None:  # fmt: skip
    """Bring records from what was read under lock to what they shall be, with their trail, which calls it `action`."""
    compiled = ground.forms.form(form)
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    told: list[Mapping[str, Any]] = []
    single: list[Statement] = []
    for before, after in pairs:
        changes = changes_of(compiled.declaration, before, after)
        if any(changes.rows.values()):
            single += updating(ground.forms, form, before, after, actor, now, action=action).statements
        else:
            alike[tuple(changes.columns)].append(after)
            told.append({"record": after["id"], "version": before["version"] + 1, "changes": _json(compiled, changes)})
    for start in range(0, len(single), _STATEMENTS):
        transaction.run(*single[start : start + _STATEMENTS])
    together = [
        _update(compiled, names, rows[start : start + TOGETHER], actor, now)
        for names, rows in alike.items()
        for start in range(0, len(rows), TOGETHER)
    ]
    for start in range(0, len(together), _STATEMENTS):
        planned_for_values(transaction, *together[start : start + _STATEMENTS])
    if told:
        _tell(transaction, form, told, actor, now, action)


def _update(
    compiled: CompiledForm, names: Sequence[str], rows: Sequence[Row], actor: Actor, now: datetime
) -> Statement:
    """One statement for records of which the same columns changed."""
    table, fields = compiled.tables.form(compiled.name), compiled.declaration.fields
    arrays = {name for name in names if name in fields and fields[name].kind in TEXTS}
    values: dict[str, list[Any]] = {"id": [row["id"] for row in rows]}
    values |= {name: [row.get(name) for row in rows] for name in names}
    # Arrays travel as text: arrays of arrays would have to be of one length.
    values |= {name: [None if one is None else array_text(one) for one in values[name]] for name in arrays}
    if set(names) & set(compiled.declaration.search):
        values["search"] = [*map(_searched(compiled), rows)]
    given = ", ".join(f"%({name})s::{'text' if name in arrays else sql_type(table.c[name])}[]" for name in values)
    sets = [
        f"{quoted(name)} = given.{quoted(name)}{'::text[]' if name in arrays else ''}"
        for name in values
        if name != "id"
    ]
    sets += ["version = version + 1", "updated_at = %(updated_at)s", "updated_by = %(updated_by)s::bigint"]
    sql = (
        f"UPDATE {quoted(table.name)} AS standing SET {', '.join(sets)}"
        f" FROM unnest({given}) AS given({', '.join(map(quoted, values))}) WHERE standing.id = given.id"
    )
    return Statement(sql, {**values, "updated_at": now, "updated_by": actor.id})


def _searched(compiled: CompiledForm) -> Callable[[Mapping[str, Any]], str]:
    names = compiled.declaration.search
    return lambda row: search_text([row.get(name) for name in names])


def _json(compiled: CompiledForm, changes: Changes) -> str:
    return orjson.dumps(trail(compiled.declaration, changes)).decode()


def _tell(
    transaction: Transaction, form: str, told: Sequence[Mapping[str, Any]], actor: Actor, now: datetime,
    action: str = "import",
) -> None:  # fmt: skip
    """The trail's rows about these records."""
    same = {"form": form, "at": now, "by": actor.id, "action": action}
    columns: dict[str, Source] = {name: _always(same[name]) if name in same else name for name in _TRAIL}
    _copy(transaction, "onebook_change", columns, told)


def _always(value: object) -> Callable[[Mapping[str, Any]], object]:
    return lambda _: value


def _copy(
    transaction: Transaction, table: str, columns: Mapping[str, Source], rows: Sequence[Mapping[str, Any]]
) -> None:
    named = ", ".join(map(quoted, columns))
    transaction.copy_blocks(f"COPY {quoted(table)} ({named}) FROM STDIN", blocks(rows, list(columns.values())))


def _number(
    transaction: Transaction, ground: Ground, compiled: CompiledForm, rows: Sequence[Row], now: datetime
) -> None:
    """Give numbers to those that have none; given numbers push their counter on, so that none comes twice."""
    form = compiled.declaration
    if form.number is None:
        return
    today = now.astimezone(ground.zone).date()
    given = [row for row in rows if row.get("number")]
    if given:
        transaction.run(*_pushed(compiled, given, today))
    if form.numbered_at != "create":
        return
    prefix_on = _prefixes(form.number)
    waiting: dict[Prefix, list[Row]] = {}
    for row in rows:
        if not row.get("number"):
            waiting.setdefault(prefix_on(number_day(compiled, row, today)), []).append(row)
    if not waiting:
        return
    # Prefixes in one order, as everybody takes them.
    order = sorted(waiting, key=lambda prefix: prefix.text)
    answers = transaction.run(*(take(form.form, prefix.text, len(waiting[prefix])) for prefix in order))
    for prefix, answer in zip(order, answers, strict=True):
        mine = waiting[prefix]
        first = answer[0][0] - len(mine) + 1
        for running, row in enumerate(mine, first):
            row["number"] = prefix.number(running)


def _prefixes(pattern: str) -> Callable[[date], Prefix]:
    """The prefix of numbers on a day; days repeat."""
    return lru_cache(maxsize=10_000)(lambda day: prefix_of(pattern, day))


def _pushed(compiled: CompiledForm, rows: Iterable[Row], today: date) -> list[Statement]:
    """Statements that move counters past the given numbers which look like the form's own."""
    last: dict[str, int] = {}
    assert compiled.declaration.number is not None
    prefix_on = _prefixes(compiled.declaration.number)
    for row in rows:
        prefix = prefix_on(number_day(compiled, row, today)).text
        running = str(row["number"])[len(prefix) :]
        if (
            str(row["number"]).startswith(prefix)
            and running.isascii()
            and running.isdigit()
            and 0 < int(running) < 10**12
        ):
            last[prefix] = max(last.get(prefix, 0), int(running))
    sql = (
        "INSERT INTO onebook_number AS known (form, prefix, last) VALUES (%s, %s, %s)"
        " ON CONFLICT (form, prefix) DO UPDATE SET last = greatest(known.last, excluded.last)"
    )
    return [Statement(sql, (compiled.name, prefix, running)) for prefix, running in sorted(last.items())]
