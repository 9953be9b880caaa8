"""Parameters written out: the formula that stands alone means what the one with parameters meant."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.given import with_values
from onebook.expression.python import evaluate
from onebook.expression.types import DATE, FLAG, INSTANT, NUMBER, TEXT, Kind, Type
from tests.contracts.expressions.world import NOTE

PARAMETERS = {
    "since": DATE,
    "least": NUMBER,
    "word": TEXT,
    "only": FLAG,
    "who": Type(Kind.LINK, "person"),
    "at": INSTANT,
}
FORMULAS = [
    "ISBLANK(since) OR d >= since",
    "(ISBLANK(since) OR d >= since) AND (ISBLANK(least) OR a > least)",
    "NOT (a < least)",
    "NOT (ISBLANK(word) AND d < since) OR s = word",
    "s IN (word, \"x\") AND NOT only",
    "word IN (s, \"x\")",
    "a + least > 2 OR COALESCE(least, 7) > 3",
    "only AND d - since > 3",
    "IF(ISBLANK(only), a > 1, only)",
    "a - -least > 0",
]  # fmt: skip
VALUES: list[dict[str, Any]] = [
    {"since": since, "least": least, "word": word, "only": only}
    for since, least, word, only in product(
        (None, date(2026, 2, 28)), (None, Decimal("-1.50"), Decimal("0.7")), (None, 'say "x"', ""), (None, True, False)
    )
]
ROWS: list[dict[str, Any]] = [
    {"a": a, "d": d, "s": s}
    for a, d, s in product((None, Decimal(-2), Decimal(3)), (None, date(2026, 2, 28), date(2026, 3, 9)), (None, "x"))
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_it_means_the_same(formula: str) -> None:
    context = Context(date(2026, 3, 10), datetime(2026, 3, 10, tzinfo=UTC), 1)
    expression = check(formula, NOTE, Kind.FLAG, parameters=PARAMETERS)
    for values in VALUES:
        text = with_values(expression, values)
        if text is None:
            assert None in values.values(), (formula, values)
            continue
        alone = check(text, NOTE, Kind.FLAG)
        for row in ROWS:
            said = evaluate(expression, row, replace(context, parameters=values))
            assert bool(evaluate(alone, row, context)) == bool(said), (text, values, row)


@pytest.mark.parametrize(
    ("formula", "values", "text"),
    [
        ("ISBLANK(since) OR d >= since", {}, "TRUE"),
        ("(ISBLANK(since) OR d >= since) AND p", {}, "p"),
        ("(ISBLANK(since) OR d >= since) AND p", {"since": date(2026, 3, 1)}, "d >= DATE(2026, 3, 1) AND p"),
        ("d >= since AND p", {}, "FALSE"),
        ("NOT (a < least)", {"least": Decimal("-0.50")}, "NOT a < -0.5"),
        ("ISBLANK(who) OR person = who", {}, "TRUE"),
        ("ISBLANK(who) OR person = who", {"who": 7}, None),
        ("a + least > 2", {}, None),
        ("ISBLANK(at) OR d = d", {"at": datetime(2026, 3, 1, tzinfo=UTC)}, "d = d"),
        ("at = at OR d = d", {"at": datetime(2026, 3, 1, tzinfo=UTC)}, None),
    ],
)
def test_what_is_certain_is_left_out(formula: str, values: dict[str, Any], text: str | None) -> None:
    assert with_values(check(formula, NOTE, Kind.FLAG, parameters=PARAMETERS), values) == text
