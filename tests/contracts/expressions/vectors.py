"""The table of formulas for the backend in the browser: rows, trees as the server sends them, and the values of Python.

`python -m tests.contracts.expressions.vectors` writes the files anew; a test compares them with what would be written.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from chinese_calendar import constants

from onebook.expression.check import check
from onebook.expression.json_tree import to_json
from onebook.expression.python import evaluate
from tests.contracts.expressions.cells import written
from tests.contracts.expressions.world import CONTEXT, NOTE, ROW, line_rows, note_rows

HERE = Path(__file__).parent
FOLDER = HERE.parents[2] / "web" / "src" / "expression"
SCOPES = {"note": NOTE, "note.lines": ROW}


def files() -> dict[str, str]:
    """The files by name: the table, and the working days of China, which the browser has no library for."""
    return {"vectors.jsonl": vectors(), "workdays.json": workdays()}


def vectors() -> str:
    """The whole table: the world first, then a formula on each line."""
    return "".join(
        f"{json.dumps(line, ensure_ascii=False, separators=(',', ':'))}\n" for line in (_world(), *_formulas())
    )


def workdays() -> str:
    """The days of the week that were free, and the days of weekends that were worked."""
    off = [day.isoformat() for day in sorted(constants.holidays) if day.isoweekday() <= 5]
    on = [day.isoformat() for day in sorted(constants.workdays)]
    years = [day.year for day in constants.holidays]
    told = {"first": min(years), "last": max(years), "off": " ".join(off), "on": " ".join(on)}
    return f"{json.dumps(told, indent=2)}\n"


def _world() -> dict[str, Any]:
    """The context, and every note with its lines; a line finds its note by the note's id."""
    return {
        "context": {
            "today": CONTEXT.today.isoformat(), "now": CONTEXT.now.isoformat(), "zone": str(CONTEXT.zone),
            "me": CONTEXT.me, "department": CONTEXT.department,
            "departments": sorted(CONTEXT.departments), "colleagues": sorted(CONTEXT.colleagues),
            "roles": sorted(CONTEXT.roles),
        },
        "note": [_row(row) for row in note_rows()],
        "note.lines": [{**_row(row), "^": row["^"]["id"]} for row in line_rows()],
    }  # fmt: skip


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: [_row(inner) for inner in value] if isinstance(value, list) else written(value)
        for key, value in row.items()
        if key not in ("^", "parent")
    }


def _formulas() -> Iterator[list[Any]]:
    """Each formula once: the scope, its text, its tree, and its value for every row."""
    rows = {"note": note_rows(), "note.lines": line_rows()}
    seen: set[tuple[str, str]] = set()
    for target, formula in (*_by_hand(), *_generated(), *_unknown_to_the_database()):
        if (target, formula) not in seen:
            seen.add((target, formula))
            expression = check(formula, SCOPES[target])
            values = [written(evaluate(expression, row, CONTEXT)) for row in rows[target]]
            yield [target, formula, to_json(expression)["tree"], values]


def _by_hand() -> Iterator[tuple[str, str]]:
    themes = yaml.load(HERE.joinpath("cases.yaml").read_text("utf-8"), yaml.BaseLoader)
    for theme, cases in themes.items():
        for formula, _ in cases:
            yield "note.lines" if theme == "lines" else "note", formula


def _generated() -> Iterator[tuple[str, str]]:
    for line in HERE.joinpath("generated.jsonl").read_text("utf-8").splitlines():
        target, formula, _ = json.loads(line)
        yield target, formula


#: What the database does not know, and the table that it shares therefore does not hold.
_AMOUNTS = (
    "0", "0.004", "0.005", "0.1", "0.05", "1", "10", "1.5", "101.01", "1203.05", "100000", "1000001", "20300040.5",
    "100000000", "123456789012.34", "1000000000000", "1001000000000000", "9999999999999999.99", "a * b", "a / b",
)  # fmt: skip
_PATTERNS = (
    "1[3-9][0-9]{9}", r"\d+", r"[^\s]*", ".*", r"\w+|客.+", "[a-z]{3}", r"(?:a|b|,|c)+", r"\+\d+\.\d+", "", "a.*z?",
)  # fmt: skip


def _unknown_to_the_database() -> Iterator[tuple[str, str]]:
    for amount in _AMOUNTS:
        yield "note", f"RMBUPPER({amount})"
        yield "note", f"RMBUPPER(-{amount})" if amount[0].isdigit() else f"RMBUPPER(0 - {amount})"
    for pattern in _PATTERNS:
        yield "note", f'MATCHES(s, "{pattern}")'
        yield "note", f'MATCHES(t, "{pattern}")'
    for month in range(1, 13):
        yield "note", f"WORKDAYS(DATE(2024, {month}, 1), DATE(2024, {month + 3}, {month}))"
        yield "note", f"ADDWORKDAYS(DATE(2025, {month}, 10), a)"
        yield "note", f"ADDWORKDAYS(DATE(2023, {month}, 20), 0 - {month} * 3)"
        yield "note", f"ISWORKDAY(DATE(2025, {month}, {month}))"
        yield "note", f"ISWORKDAY(DATE(2020, {month}, 28))"
    yield "note", "WORKDAYS(DATE(2026, 2, 20), DATE(2026, 1, 1))"
    yield "note", "WORKDAYS(DATE(2025, 1, 1), DATE(2225, 1, 1))"
    for formula in (
        "CHANGED(a)",
        "OLD(a)",
        "CHANGED(tags)",
        "COLLEAGUES",
        "PINYIN(s)",
        "INITIALS(person.name)",
        "ID()",
    ):
        yield "note", "user IN COLLEAGUES()" if formula == "COLLEAGUES" else formula


if __name__ == "__main__":
    for name, content in files().items():
        FOLDER.joinpath(name).write_text(content, encoding="utf-8")
