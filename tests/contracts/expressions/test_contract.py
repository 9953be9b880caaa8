"""One table of formulas, rows and values: Python and the database give exactly what it says."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from onebook.expression.check import check
from onebook.expression.python import evaluate
from onebook.expression.tree import Expression
from tests.conftest import Server
from tests.contracts.expressions.cells import read, written
from tests.contracts.expressions.drawing import Drawing
from tests.contracts.expressions.generate import FORMULAS, SEED
from tests.contracts.expressions.world import CONTEXT, NOTE, ROW, create, in_database, line_rows, note_rows

HERE = Path(__file__).parent
THEMES: dict[str, list[tuple[str, Any]]] = yaml.load(HERE.joinpath("cases.yaml").read_text("utf-8"), yaml.BaseLoader)
GENERATED = [json.loads(line) for line in HERE.joinpath("generated.jsonl").read_text("utf-8").splitlines()]
SCOPES = {"note": NOTE, "note.lines": ROW}
ROWS = {"note": note_rows(), "note.lines": line_rows()}
IDS = {target: [row["id"] for row in rows] for target, rows in ROWS.items()}
#: Formulas computed by one statement.
BATCH = 40


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection that sees the world; nothing of it stays."""
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute("CREATE SCHEMA expression_contract")
        connection.execute("SET LOCAL search_path TO expression_contract")
        create(connection)
        yield connection
        connection.rollback()


def _cell(text: Any, expression: Expression) -> Any:
    if text in ("~", None):
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if expression.type.kind == "link" else read(text, expression.type.kind)


def _by_hand(theme: str) -> tuple[str, list[tuple[Expression, dict[int, Any]]]]:
    """The formulas of a theme, each with its values by row; what has one value has it for every row."""
    target = "note.lines" if theme == "lines" else "note"
    cases = []
    for formula, expected in THEMES[theme]:
        expression = check(formula, SCOPES[target])
        values = expected if isinstance(expected, dict) else dict.fromkeys(IDS[target], expected)
        cases.append((expression, {int(row): _cell(text, expression) for row, text in values.items()}))
    return target, cases


def _same(found: Any, expected: Any) -> bool:
    return type(found) is type(expected) and bool(found == expected)


@pytest.mark.parametrize("theme", THEMES)
def test_python_gives_what_was_worked_out_by_hand(theme: str) -> None:
    target, cases = _by_hand(theme)
    rows = {row["id"]: row for row in ROWS[target]}
    wrong = [
        (expression.text, row, found, value)
        for expression, values in cases
        for row, value in values.items()
        if not _same(found := evaluate(expression, rows[row], CONTEXT), value)
    ]
    assert wrong == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_database_gives_what_was_worked_out_by_hand(theme: str, connection: psycopg.Connection[Any]) -> None:
    target, cases = _by_hand(theme)
    found = in_database(connection, [expression for expression, _ in cases], target)
    wrong = [
        (expression.text, row, value, expected)
        for (expression, values), column in zip(cases, found, strict=True)
        for row, value in zip(IDS[target], column, strict=True)
        if row in values and not _same(value, expected := values[row])
    ]
    assert wrong == []


def _generated(target: str) -> list[tuple[Expression, list[Any]]]:
    cases = []
    for _, formula, cells in (case for case in GENERATED if case[0] == target):
        expression = check(formula, SCOPES[target])
        cases.append((expression, [read(cell, expression.type.kind) for cell in cells]))
    return cases


def test_there_are_thousands_of_generated_cases() -> None:
    assert sum(len(cells) for _, _, cells in GENERATED) > 8000


@pytest.mark.parametrize("target", SCOPES)
def test_python_gives_what_was_generated(target: str) -> None:
    wrong = {
        expression.text: (found, values)
        for expression, values in _generated(target)
        if not all(map(_same, found := [evaluate(expression, row, CONTEXT) for row in ROWS[target]], values))
    }
    assert wrong == {}


@pytest.mark.parametrize("target", SCOPES)
def test_the_database_gives_what_was_generated(target: str, connection: psycopg.Connection[Any]) -> None:
    cases = _generated(target)
    wrong = {}
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        found = in_database(connection, [expression for expression, _ in batch], target)
        for (expression, values), column in zip(batch, found, strict=True):
            if not all(map(_same, column, values)):
                wrong[expression.text] = (column, values)
    assert wrong == {}


def test_the_generated_formulas_can_be_drawn_again() -> None:
    """The script that wrote the table still draws from the same seed what the table begins with."""
    chance = random.Random(SEED)
    drawn = [Drawing(chance.choice, "note").formula(chance.choice((1, 2, 2, 3, 3, 4))) for _ in range(FORMULAS)]
    assert GENERATED[0][1] in drawn


def test_cells_are_read_as_written() -> None:
    for expression, values in _generated("note"):
        assert [read(written(value), expression.type.kind) for value in values] == values
