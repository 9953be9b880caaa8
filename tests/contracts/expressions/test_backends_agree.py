"""Whatever formula is drawn: Python and the database agree on it for every row, and it prints back to itself."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from onebook.expression.check import check
from onebook.expression.printing import print_formula, print_tree
from onebook.expression.python import evaluate
from onebook.expression.refusals import ExpressionRefusal
from onebook.expression.tree import Expression
from onebook.values.label import CHINESE
from tests.conftest import Server
from tests.contracts.expressions.drawing import Drawing
from tests.contracts.expressions.world import CONTEXT, NOTE, ROW, create, in_database, line_rows, note_rows

SCOPES = {"note": NOTE, "note.lines": ROW}
ROWS = {"note": note_rows(), "note.lines": line_rows()}


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection that sees the world; nothing of it stays."""
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute("CREATE SCHEMA expressions_agree")
        connection.execute("SET LOCAL search_path TO expressions_agree")
        create(connection)
        yield connection
        connection.rollback()


@st.composite
def formulas(draw: st.DrawFn) -> tuple[str, list[Expression]]:
    """Some formulas for one target, so that one statement computes them together."""
    target = draw(st.sampled_from(sorted(SCOPES)))
    expressions = []
    for _ in range(draw(st.integers(1, 5))):
        drawing = Drawing(lambda things: draw(st.sampled_from(things)), target)
        try:
            expressions.append(check(drawing.formula(draw(st.integers(1, 4))), SCOPES[target]))
        except ExpressionRefusal:
            continue
    assume(expressions)
    return target, expressions


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=formulas())
def test_python_and_the_database_agree(
    drawn: tuple[str, list[Expression]], connection: psycopg.Connection[Any]
) -> None:
    target, expressions = drawn
    found = in_database(connection, expressions, target)
    for expression, column in zip(expressions, found, strict=True):
        values = [evaluate(expression, row, CONTEXT) for row in ROWS[target]]
        assert column == values, expression.text
        assert [type(value) for value in column] == [type(value) for value in values], expression.text


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=formulas())
def test_what_is_printed_means_the_same(drawn: tuple[str, list[Expression]]) -> None:
    target, expressions = drawn
    for expression in expressions:
        again = check(print_tree(expression), SCOPES[target])
        assert again.tree == expression.tree
        labelled = check(print_formula(expression, SCOPES[target], CHINESE), SCOPES[target])
        assert labelled.tree == expression.tree
        assert labelled.paths == expression.paths
