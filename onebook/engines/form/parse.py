"""Values of a whole record from outside: every field and row looked at, every problem told at once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.engines.form.parse_value import GREATEST_ID, Unreadable, parse_value
from onebook.engines.form.refusals import Invalid
from onebook.engines.table.rights import Rights
from onebook.values.refusal import Problem

#: More rows than any document of a trading company has; each costs memory and locks.
MOST_ROWS: Final = 5_000
MOST_PROBLEMS: Final = 200


def parse_values(form: Form, values: Mapping[str, object], rights: Rights) -> dict[str, Any]:
    """The values as Python values: fields not given stay out, lines are lists of rows (`id` in those that exist).

    Refuses with form.invalid."""
    problems: list[Problem] = []
    parsed: dict[str, Any] = {}
    for name, value in values.items():
        field = form.fields.get(name)
        refused = _refused(field, name, rights)
        if refused is not None:
            problems.append(Problem(refused, name))
        elif field is not None and field.kind is FieldKind.LINES:
            rows, found = _rows(name, field, value, rights)
            parsed[name] = rows
            problems += found
        elif field is not None:
            _put(parsed, problems, name, name, field, value)
    if problems:
        raise Invalid(problems[:MOST_PROBLEMS], form=form.label)
    return parsed


def _refused(field: FieldDeclaration | None, name: str, rights: Rights) -> str | None:
    """Why a field may not be given at all."""
    if field is None or name in rights.hidden:
        return "form.unknown_field"
    if not field.is_typed:
        return "form.not_typed"
    return None if rights.may_type(name) else "form.field_forbidden"


def _put(
    into: dict[str, Any], problems: list[Problem], name: str, key: str, field: FieldDeclaration, value: object,
    row: int | None = None,
) -> None:  # fmt: skip
    try:
        into[name] = parse_value(field, value)
    except Unreadable as unreadable:
        problems.append(unreadable.problem(key, row))


def _rows(
    lines: str, field: FieldDeclaration, value: object, rights: Rights
) -> tuple[list[dict[str, Any]], list[Problem]]:
    if value is None:
        return [], []
    if not isinstance(value, list | tuple):
        return [], [Problem("form.not_rows", lines)]
    if len(value) > MOST_ROWS:
        return [], [Problem("form.too_many_rows", lines, None, {"most": MOST_ROWS, "rows": len(value)})]
    problems: list[Problem] = []
    rows = []
    for place, given in enumerate(value, 1):
        row: dict[str, Any] = {}
        problems += _row(lines, field.fields or {}, given, place, row, rights)
        rows.append(row)
    ids = [row["id"] for row in rows if "id" in row]
    if len(ids) != len(set(ids)):
        problems.append(Problem("form.row_twice", lines))
    return rows, problems


def _row(
    lines: str, fields: Mapping[str, FieldDeclaration], given: object, place: int, row: dict[str, Any], rights: Rights
) -> Iterator[Problem]:
    if not isinstance(given, Mapping):
        yield Problem("form.not_rows", lines, place)
        return
    problems: list[Problem] = []
    for name, value in given.items():
        key = f"{lines}.{name}"
        if name == "id":
            if value is not None:
                problems += _row_id(value, lines, place, row)
            continue
        field = fields.get(name)
        refused = _refused(field, key, rights)
        if refused is not None:
            problems.append(Problem(refused, key, place))
        elif field is not None:
            _put(row, problems, name, key, field, value, place)
    yield from problems


def _row_id(value: object, lines: str, place: int, row: dict[str, Any]) -> list[Problem]:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= GREATEST_ID:
        return [Problem("form.not_link", f"{lines}.id", place)]
    row["id"] = value
    return []
