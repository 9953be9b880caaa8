"""Writing many records at once: COPY for what is new, the statements of a save for what changed, the same trail."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from onebook.access.actor import Actor
from onebook.engines.form.changes import own_columns, row_columns
from onebook.engines.form.compute import rows_of
from onebook.engines.form.forms import CompiledForm
from onebook.engines.form.rows import Row
from onebook.engines.form.save import number_day, updating
from onebook.engines.form.search_text import search_text
from onebook.engines.process.ground import Ground
from onebook.storage.numbering import Prefix, prefix_of, take
from onebook.storage.transaction import Statement, Transaction

#: How many updates travel together.
TOGETHER = 200


def insert(
    transaction: Transaction, ground: Ground, form: str, rows: Sequence[Row], actor: Actor, now: datetime
) -> None:
    """Write new records with their rows of lines and their trail. Numbers are taken here, as late as can be."""
    compiled = ground.forms.form(form)
    declared = compiled.declaration
    _number(transaction, ground, compiled, rows, now)
    names = [name for name, _ in own_columns(declared)]
    head = ["id", "version", *(["state"] if declared.states else []), *(["number"] if declared.number else [])]
    tail = ["created_at", "created_by", "updated_at", "updated_by"]
    columns = [*head, *names, *(["search"] if declared.search else []), *tail]
    stamp = (now, actor.id, now, actor.id)
    table = compiled.tables.form(form).name
    # Made before COPY begins: what takes long must not run against the server's clock.
    _copy(transaction, table, columns, list(_records(compiled, rows, (*head, *names), stamp)))
    for lines, field in declared.line_fields.items():
        row_names = ["id", "parent", "position", *(name for name, _ in row_columns(field))]
        inner = ([_sent(own.get(name)) for name in row_names] for row in rows for own in rows_of(row, lines))
        _copy(transaction, compiled.tables.lines(form, lines).name, row_names, inner)
    trail = ["form", "record", "at", "by", "action", "version", "changes"]
    _copy(transaction, "onebook_change", trail, ((form, row["id"], now, actor.id, "import", 1, "{}") for row in rows))


def update(
    transaction: Transaction, ground: Ground, form: str, pairs: Sequence[tuple[Row, Row]], actor: Actor, now: datetime
) -> None:
    """Bring records from what was read under lock to what they shall be, with their trail."""
    statements: list[Statement] = []
    for before, after in pairs:
        statements += updating(ground.forms, form, before, after, actor, now, action="import").statements
        if len(statements) >= TOGETHER:
            transaction.run(*statements)
            statements = []
    if statements:
        transaction.run(*statements)


def _records(
    compiled: CompiledForm, rows: Iterable[Row], names: Sequence[str], stamp: tuple[object, ...]
) -> Iterator[list[Any]]:
    searched = compiled.declaration.search
    for row in rows:
        values = [_sent(row.get(name)) for name in names]
        if searched:
            values.append(search_text(row.get(name) for name in searched))
        values += stamp
        yield values


def _copy(transaction: Transaction, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    named = ", ".join(f'"{name}"' for name in columns)
    transaction.copy_in(f'COPY "{table}" ({named}) FROM STDIN', rows)


def _sent(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


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
    waiting: dict[Prefix, list[Row]] = {}
    for row in rows:
        if not row.get("number"):
            waiting.setdefault(prefix_of(form.number, number_day(compiled, row, today)), []).append(row)
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


def _pushed(compiled: CompiledForm, rows: Sequence[Row], today: Any) -> list[Statement]:
    """Statements that move counters past the given numbers which look like the form's own."""
    last: dict[str, int] = {}
    assert compiled.declaration.number is not None
    for row in rows:
        prefix = prefix_of(compiled.declaration.number, number_day(compiled, row, today)).text
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
