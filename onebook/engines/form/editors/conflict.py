"""Two people changed the same record: what each of them changed, what goes together, and what does not. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.form.changes import ADDED, CHANGED, REMOVED, mapping_of, plain, unplain
from onebook.engines.form.compute import rows_of
from onebook.engines.form.editors.since import Change
from onebook.engines.form.rows import Row
from onebook.values.refusal import Problem


def merged(
    form: Form, now: Row, values: Mapping[str, Any], since: Sequence[Change]
) -> tuple[dict[str, Any], list[Problem]]:
    """The user's values laid over what others did since: disjoint changes go together; what both changed differently
    is a problem each (`form.changed_by_other`: who, when, old, new, yours)."""
    result: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in values.items():
        field = form.fields[name]
        if field.kind is FieldKind.LINES:
            result[name], found = _rows(name, field, now, value, since)
            problems += found
            continue
        change = _first(since, name)
        if change is None:
            result[name] = value
            continue
        old = unplain(field, change.told[name][0])
        if value not in (old, now[name]):
            problems.append(_problem(name, None, field, _last(since, name) or change, old, now[name], value))
        elif value == now[name]:
            result[name] = value
    return result, problems


def _rows(
    lines: str, declared: FieldDeclaration, now: Row, given: Sequence[Mapping[str, Any]], since: Sequence[Change]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Rows by their ids: the user's rows in the user's order, then those that others added."""
    problems: list[Problem] = []
    current = {row["id"]: row for row in rows_of(now, lines)}
    removed = {number: change for change in since for number in mapping_of(change.told, lines, REMOVED)}
    added = {number for change in since for number in mapping_of(change.told, lines, ADDED)} - removed.keys()
    result: list[dict[str, Any]] = []
    for place, row in enumerate(given, 1):
        number = row.get("id")
        if number is None or number in current:
            kept, found = _row(lines, declared, current.get(number), row, place, since)
            result.append(kept)
            problems += found
        elif number in removed:
            problems += _removed(lines, declared, row, place, removed[number], since)
        else:
            result.append(dict(row))
    mine = {row.get("id") for row in given}
    for number in current:
        if number in mine:
            continue
        changed = [change for change in since if number in mapping_of(change.told, lines, CHANGED)]
        if number in added:
            result.append({"id": number})
        elif changed:
            place = [*current].index(number) + 1
            problems.append(_problem(lines, place, declared, changed[-1], None, "row changed", "row removed"))
    return result, problems


def _row(
    lines: str, declared: FieldDeclaration, current: Row | None, row: Mapping[str, Any], place: int,
    since: Sequence[Change],
) -> tuple[dict[str, Any], list[Problem]]:  # fmt: skip
    if current is None:
        return dict(row), []
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in row.items():
        change = _first_in_row(since, lines, current["id"], name)
        if change is None:
            kept[name] = value
            continue
        field = (declared.fields or {})[name]
        old = unplain(field, mapping_of(change.told, lines, CHANGED)[current["id"]][name][0])
        if value not in (old, current[name]):
            problems.append(_problem(f"{lines}.{name}", place, field, change, old, current[name], value))
        elif value == current[name]:
            kept[name] = value
    return {"id": current["id"], **kept}, problems


def _removed(
    lines: str, declared: FieldDeclaration, row: Mapping[str, Any], place: int, change: Change, since: Sequence[Change]
) -> list[Problem]:
    """A row that somebody removed: no problem as long as the user did not change it."""
    before = mapping_of(change.told, lines, REMOVED)[row["id"]]
    fields = declared.fields or {}
    problems = []
    for name, value in row.items():
        if name == "id" or name not in fields:
            continue
        first = _first_in_row(since, lines, row["id"], name)
        told = mapping_of(first.told, lines, CHANGED)[row["id"]][name][0] if first is not None else before.get(name)
        old = unplain(fields[name], told)
        if value != old and not (value is False and old is None):
            problems.append(_problem(f"{lines}.{name}", place, fields[name], change, old, None, value))
    return problems


def _first(since: Sequence[Change], name: str) -> Change | None:
    return next((change for change in since if name in change.told), None)


def _last(since: Sequence[Change], name: str) -> Change | None:
    return next((change for change in reversed(since) if name in change.told), None)


def _first_in_row(since: Sequence[Change], lines: str, number: int, name: str) -> Change | None:
    return next((one for one in since if name in mapping_of(one.told, lines, CHANGED).get(number, ())), None)


def _problem(
    key: str, place: int | None, field: FieldDeclaration, change: Change, old: Any, new: Any, yours: Any
) -> Problem:
    data = {
        "label": field.label, "by": change.who, "at": change.at,
        "old": plain(old), "new": plain(new), "yours": plain(yours),
    }  # fmt: skip
    return Problem("form.changed_by_other", key, place, data)
