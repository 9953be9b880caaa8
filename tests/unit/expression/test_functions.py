"""Functions that only Python has, and what functions say about themselves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from onebook.expression.aggregates import AGGREGATES
from onebook.expression.check import check
from onebook.expression.functions.table import FUNCTIONS
from onebook.expression.python import compiled, evaluate
from onebook.expression.refusals import CalendarMissing
from onebook.expression.types import DATE
from tests.contracts.expressions.world import CONTEXT, NOTE, ROW, line_rows, note_rows

ROOT = Path(__file__).parents[3]


def value(formula: str, row: dict[str, Any] | None = None) -> Any:
    return evaluate(check(formula, NOTE), row or {}, CONTEXT)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("1409.5", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("0.55", "伍角伍分"),
        ("0.004", "零元整"),
        ("0.005", "壹分"),
        ("-12.3", "负壹拾贰元叁角整"),
        ("-0.001", "零元整"),
        ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("100000000", "壹亿元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("10000000000000000", None),
    ],
)
def test_amounts_in_words(amount: str, words: str | None) -> None:
    assert value("RMBUPPER(a)", {"a": Decimal(amount)}) == words


def test_blank_amounts_have_no_words() -> None:
    assert value("RMBUPPER(a)") is None


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # The National Day holiday of 2025 lasted from 1 to 8 October; Sunday 28 September and Saturday 11 were worked.
        ("WORKDAYS(DATE(2025, 10, 1), DATE(2025, 10, 8))", 0),
        ("WORKDAYS(DATE(2025, 9, 28), DATE(2025, 10, 11))", 6),
        ("WORKDAYS(DATE(2025, 10, 11), DATE(2025, 9, 28))", -6),
        ("WORKDAYS(d, BLANK)", None),
        ("WORKDAYS(DATE(1, 1, 1), DATE(9999, 1, 1))", None),
        ("ADDWORKDAYS(DATE(2025, 9, 30), 1)", date(2025, 10, 9)),
        ("ADDWORKDAYS(DATE(2025, 10, 9), -1)", date(2025, 9, 30)),
        ("ADDWORKDAYS(DATE(2025, 9, 30), 0)", date(2025, 9, 30)),
        ("ISWORKDAY(DATE(2025, 9, 28))", True),
        ("ISWORKDAY(DATE(2025, 10, 1))", False),
    ],
)
def test_working_days(formula: str, expected: Any) -> None:
    assert value(formula) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "ISWORKDAY(DATE(2099, 1, 1))",
        "WORKDAYS(DATE(2025, 1, 1), DATE(2098, 1, 1))",
        "ADDWORKDAYS(DATE(2098, 12, 31), 1)",
    ],
)
def test_an_unknown_calendar_refuses_loudly(formula: str) -> None:
    with pytest.raises(CalendarMissing) as caught:
        value(formula)
    assert caught.value.data["year"] in range(2026, 2100)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('PINYIN("客户经理")', "kehujingli"),
        ('INITIALS("客户 B2")', "kh b2"),
        ("PINYIN(s)", None),
        ('MATCHES("13812341234", "1[3-9]\\d{9}")', True),
        ('MATCHES("x13812341234", "1[3-9]\\d{9}")', False),
        ('MATCHES("客户", "\\p{Han}+")', True),
        ('MATCHES("", "a*")', True),
        ('MATCHES(s, "a")', None),
    ],
)
def test_texts_of_python_alone(formula: str, expected: Any) -> None:
    assert value(formula) == expected


def test_patterns_take_linear_time() -> None:
    """(a+)+b on many a's hangs engines that try every way; this one answers at once."""
    assert value('MATCHES(s, "(a+)+b")', {"s": "a" * 50_000}) is False


def test_old_and_changed_read_what_was_there_before() -> None:
    row = {"a": Decimal(2), "old.a": Decimal(1), "s": "x", "old.s": "x"}
    assert value("OLD(a)", row) == 1
    assert value("CHANGED(a)", row) is True
    assert value("CHANGED(s)", row) is False
    assert value("CHANGED(b)", row) is False
    assert value("CHANGED(b)", {"old.b": Decimal(1)}) is True
    lines = [{"quantity": Decimal(1), "old.quantity": Decimal(1)}, {"quantity": Decimal(2)}]
    assert value("ANY(CHANGED(lines.quantity))", {"lines": lines}) is True
    assert value("ANY(CHANGED(lines.quantity))", {"lines": lines[:1]}) is False


def test_parameters_come_with_the_context() -> None:
    expression = check("d >= since", NOTE, parameters={"since": DATE})
    context = replace(CONTEXT, parameters={"since": date(2024, 1, 1)})
    assert evaluate(expression, {"d": date(2024, 1, 1)}, context) is True
    assert evaluate(expression, {"d": date(2023, 1, 1)}, context) is False
    assert evaluate(expression, {"d": date(2023, 1, 1)}, CONTEXT) is False


def test_long_replacements_are_cut() -> None:
    grown = value('SUBSTITUTE(SUBSTITUTE(s, "a", t), "b", t)', {"s": "a" * 1000, "t": "b" * 5000})
    assert len(grown) == 100_000


def test_a_long_product_stays_exact() -> None:
    product = value(" * ".join(["a"] * 200), {"a": Decimal("999999999999.999999")})
    sign, digits, exponent = product.as_tuple()
    assert (sign, exponent) == (0, -1200)
    assert int("".join(map(str, digits))) == 999999999999999999**200


def test_a_formula_is_compiled_once_and_held() -> None:
    expression = check("SUM(lines.quantity * price) + a", NOTE)
    row = note_rows()[0]
    run = compiled(expression)
    assert run(row, CONTEXT) == evaluate(expression, row, CONTEXT) == Decimal("24.999999")
    line = line_rows()[0]
    assert evaluate(check("^.person.name & part.code", ROW), line, CONTEXT) == "王芳B-1"
    assert evaluate(check("a", ROW), {}, CONTEXT) is None


def test_every_function_says_what_it_does_and_has_a_meaning() -> None:
    assert len(FUNCTIONS) >= 50
    for name, function in FUNCTIONS.items():
        assert name == name.upper()
        assert function.does.chinese != function.does.english
        assert name == "ID" or (function.python is None) != (function.compile is None)
        assert function.sql is None or function.lower is None


def test_every_function_is_documented() -> None:
    text = (ROOT / "docs" / "expressions.md").read_text("utf-8")
    signatures = [function.signature for function in FUNCTIONS.values()]
    signatures += [figure.signature for figure in AGGREGATES.values()]
    assert [signature for signature in signatures if f"`{signature}`" not in text] == []
