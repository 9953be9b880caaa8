"""Formulas that cannot be: the code, the place and the offending part of each."""

import pytest

from onebook.expression.check import check
from onebook.expression.parse import parse_call
from onebook.expression.refusals import ExpressionRefusal
from onebook.expression.types import Kind
from tests.contracts.expressions.world import NOTE, ROW

WRONG = [
    ("1 +", "unfinished", 4, "1 +"),
    ("", "unfinished", 1, ""),
    ("a b", "syntax", 3, "b"),
    ("a ! b", "syntax", 3, "! b"),
    ("(a", "unfinished", 3, "(a"),
    ('"open', "syntax", 1, '"open'),
    ("a\0", "syntax", 2, "\\0"),
    ("nothing", "unknown_name", 1, "nothing"),
    ("1 + person.nothing", "unknown_name", 5, "person.nothing"),
    ("a.b", "not_a_link", 1, "a"),
    ("^.a", "no_parent", 1, "^.a"),
    ("FOO(1)", "unknown_function", 1, "FOO"),
    ("1 + s", "wrong_type", 5, "s"),
    ("(a + 1) & s", "wrong_type", 1, "(a + 1)"),
    ("NOT a", "wrong_type", 5, "a"),
    ("-s", "wrong_type", 2, "s"),
    ("d * 2", "wrong_type", 1, "d"),
    ("d + e", "wrong_type", 5, "e"),
    ("p < q", "wrong_type", 1, "p"),
    ("tags = s", "wrong_type", 1, "tags"),
    ("d = 1", "types_differ", 1, "d = 1"),
    ("d = i", "types_differ", 1, "d = i"),
    ("person = user", "types_differ", 1, "person = user"),
    ("a = BLANK", "blank_compared", 1, "a = BLANK"),
    ("BLANK IN (BLANK)", "blank_compared", 1, "BLANK IN (BLANK)"),
    ('a IN (1, "x")', "types_differ", 1, 'a IN (1, "x")'),
    ("a IN tags", "types_differ", 1, "a IN tags"),
    ("person IN MYDEPTS()", "types_differ", 1, "person IN MYDEPTS()"),
    ("IF(p, 1, s)", "types_differ", 1, "IF(p, 1, s)"),
    ("IF(a, 1, 2)", "wrong_type", 4, "a"),
    ("SWITCH(s, 1, 2)", "types_differ", 1, "SWITCH(s, 1, 2)"),
    ("IF(p)", "wrong_arguments", 1, "IF(p)"),
    ("TODAY(1)", "wrong_arguments", 1, "TODAY(1)"),
    ("ROUND(a)", "wrong_arguments", 1, "ROUND(a)"),
    ("ID(1)", "wrong_arguments", 1, "ID(1)"),
    ("ROUND(a, b)", "literal_needed", 10, "b"),
    ("ROUND(a, 1.5)", "wrong_literal", 10, "1.5"),
    ("ROUND(a, 13)", "wrong_literal", 10, "13"),
    ("ROUND(a, -13)", "wrong_literal", 10, "-13"),
    ('TEXT(a, "yyyy")', "wrong_literal", 9, '"yyyy"'),
    ('TEXT(d, "0.00")', "wrong_literal", 9, '"0.00"'),
    ('TAXSPLIT(a, b, "gross")', "wrong_literal", 16, '"gross"'),
    ('MATCHES(s, "(")', "wrong_literal", 12, '"("'),
    ("MATCHES(s, t)", "literal_needed", 12, "t"),
    ("lines", "rows_outside", 1, "lines"),
    ("lines.quantity", "rows_outside", 1, "lines.quantity"),
    ("1 + lines.part.weight", "rows_outside", 5, "lines.part.weight"),
    ("SUM(lines)", "rows_outside", 5, "lines"),
    ("SUM(lines.part.units.factor)", "rows_outside", 5, "lines.part.units.factor"),
    ("SUM(a)", "no_rows", 1, "SUM(a)"),
    ("SUM()", "wrong_arguments", 1, "SUM()"),
    ("SUM(lines.remark)", "wrong_type", 5, "lines.remark"),
    ("SUM(lines.quantity WHERE quantity)", "wrong_type", 26, "quantity"),
    ("SUM(lines.quantity WHERE nothing)", "unknown_name", 26, "nothing"),
    ("SUM(lines.a)", "unknown_name", 5, "a"),
    ("JOIN(lines.remark, s)", "literal_needed", 20, "s"),
    ("IF(p WHERE q, 1)", "where_misplaced", 12, "q"),
    ("OLD(person.name)", "field_needed", 5, "person.name"),
    ("CHANGED(a + 1)", "field_needed", 9, "a + 1"),
    ("1234567890123456789012345678901", "number_too_long", 1, "1234567890123456789012345678901"),
]


@pytest.mark.parametrize(("formula", "reason", "position", "part"), WRONG, ids=[case[0] for case in WRONG])
def test_what_is_wrong_and_where(formula: str, reason: str, position: int, part: str) -> None:
    with pytest.raises(ExpressionRefusal) as caught:
        check(formula, NOTE)
    refusal = caught.value
    assert (refusal.code, refusal.position, refusal.part) == (f"expression.{reason}", position, part)


def test_rows_of_two_kinds_do_not_mix() -> None:
    with pytest.raises(ExpressionRefusal) as caught:
        check("SUM(part.units.factor * ^.lines.quantity)", ROW)
    assert (caught.value.code, caught.value.part) == ("expression.rows_differ", "^.lines.quantity")


def test_the_place_says_what_it_needs() -> None:
    assert check("BLANK", NOTE, Kind.DATE).type.kind is Kind.DATE
    assert check("a", NOTE, Kind.NUMBER).type.kind is Kind.NUMBER
    with pytest.raises(ExpressionRefusal) as caught:
        check("a + 1", NOTE, Kind.FLAG)
    assert caught.value.code == "expression.wrong_type"
    assert caught.value.data["expected"] == "flag"
    assert caught.value.data["actual"] == "number"


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("1" + " + 1" * 498, None),
        ("1" + " + 1" * 499, "too_large"),
        ("1 - " * 31 + "1", None),
        ("1 - " * 32 + "1", "too_deep"),
        ("-" * 31 + "1", None),
        ("-" * 32 + "1", "too_deep"),
        ("(" * 2000 + "1" + ")" * 2000, None),
        ("NOT " * 500 + "p", "too_deep"),
        ("IF(p, " * 40 + "1" + ")" * 40, "too_deep"),
        ('"' + "字" * 1364 + '"', None),
        ('"' + "字" * 1365 + '"', "too_long"),
        (" OR ".join(["p"] * 400), None),
    ],
)
def test_limits(formula: str, reason: str | None) -> None:
    if reason is None:
        assert check(formula, NOTE).text == formula
    else:
        with pytest.raises(ExpressionRefusal) as caught:
            check(formula, NOTE)
        assert caught.value.code == f"expression.{reason}"


def test_calls_are_split_into_name_and_arguments() -> None:
    assert parse_call("on_hand(part, a.b)") == ("on_hand", ["part", "a.b"])
    assert parse_call("revenue") == ("revenue", [])
    assert parse_call("f( IF(p, 1, 2) , (b) )") == ("f", ["IF(p, 1, 2)", "(b)"])
    for wrong in ("a.b", "a + b", "f(a WHERE b)", '"f"'):
        with pytest.raises(ExpressionRefusal):
            parse_call(wrong)
