"""Values from outside that are still being typed: what cannot be read is left out and told, the rest goes on."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from onebook.definition.form import Form
from onebook.engines.form.parse import parse_values
from onebook.engines.form.refusals import Invalid
from onebook.engines.table.rights import Rights
from onebook.values.refusal import Problem

#: Problems of values that have no place in the record at all; what merely cannot be read becomes blank instead.
_MISPLACED: Final = frozenset(
    {"form.unknown_field", "form.not_typed", "form.field_forbidden", "form.field_locked", "form.not_rows",
     "form.too_many_rows", "form.row_twice"}
)  # fmt: skip


def readable(form: Form, values: Mapping[str, Any], rights: Rights) -> tuple[dict[str, Any], list[Problem]]:
    """The values without those that cannot be read, and a problem for each of these."""
    kept, problems = dict(values), list[Problem]()
    while True:
        try:
            parse_values(form, kept, rights)
        except Invalid as refusal:
            problems += refusal.problems
            kept = without(kept, refusal.problems)
        else:
            return kept, problems


def without(values: Mapping[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """The values with the places of these problems blank, or left out where nothing may be given."""
    kept = dict(values)
    for problem in problems:
        name = problem.field or ""
        if problem.row is None:
            _blank(kept, name, problem)
            continue
        lines, _, column = name.partition(".")
        if problem.row <= len(kept[lines]):
            kept[lines] = rows = list(kept[lines])
            given = rows[problem.row - 1]
            rows[problem.row - 1] = row = dict(given) if isinstance(given, Mapping) else {}
            _blank(row, column, problem)
    return kept


def _blank(values: dict[str, Any], name: str, problem: Problem) -> None:
    if problem.code in _MISPLACED or name == "id":
        values.pop(name, None)
    else:
        values[name] = None
