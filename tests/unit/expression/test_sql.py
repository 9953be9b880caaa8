"""How formulas lower to SQL: what is refused, what stays bare for indexes, what is a parameter."""

import pytest

from onebook.expression.check import check
from onebook.expression.functions.table import FUNCTIONS
from onebook.expression.refusals import NotInSql, TooLargeInSql
from onebook.expression.sql import context_parameters, lower, lower_condition
from tests.contracts.expressions.world import CONTEXT, DIALECT, NOTE, Lying


def sql(formula: str, *, condition: bool = False) -> str:
    lowering = lower_condition if condition else lower
    compiled = lowering(check(formula, NOTE), Lying("note")).compile(dialect=DIALECT)
    return " ".join(str(compiled).split())


@pytest.mark.parametrize(
    ("formula", "position", "part"),
    [
        ("a = 1 AND ISWORKDAY(d)", 11, "ISWORKDAY(d)"),
        ('MATCHES(s, "a")', 1, 'MATCHES(s, "a")'),
        ("RMBUPPER(a) & PINYIN(s)", 1, "RMBUPPER(a)"),
        ("SUM(lines.quantity WHERE OLD(quantity) > 1)", 26, "OLD(quantity)"),
        ("CHANGED(a)", 1, "CHANGED(a)"),
    ],
)
def test_what_the_database_does_not_know_is_refused(formula: str, position: int, part: str) -> None:
    with pytest.raises(NotInSql) as caught:
        sql(formula)
    assert (caught.value.position, caught.value.part) == (position, part)


def test_only_these_functions_are_unknown_to_the_database() -> None:
    unknown = {name for name, function in FUNCTIONS.items() if function.sql is None and function.lower is None}
    assert unknown == {
        *("CHANGED", "RMBUPPER", "PINYIN", "INITIALS", "MATCHES", "WORKDAYS", "ADDWORKDAYS", "ISWORKDAY"),
        "ID",
    }


def test_conditions_are_bare_so_that_indexes_serve_them() -> None:
    assert sql("user = ME() AND a > b", condition=True) == (
        'note_1."user" = %(context_me)s::BIGINT AND note_1.a > note_1.b'
    )
    assert "coalesce" in sql("user = ME() AND a > b")


def test_conditions_know_blank_under_not() -> None:
    assert sql("NOT a = b", condition=True) == "NOT coalesce(note_1.a = note_1.b, FALSE)"


def test_texts_are_quoted_and_percent_signs_are_no_placeholders() -> None:
    assert sql('s = "it\'s 100%"', condition=True) == "note_1.s = CAST('it''s 100%%' AS TEXT)"


def test_every_parameter_has_a_value() -> None:
    formula = (
        'user = ME() AND dept = MYDEPT() AND dept IN MYDEPTS() AND user IN COLLEAGUES() AND HASROLE("x") '
        "AND d < TODAY() AND i < NOW() AND DATEOF(i) = d"
    )
    compiled = lower(check(formula, NOTE), Lying("note")).compile(dialect=DIALECT)
    names = {name for name in compiled.params if name.startswith("context_")}
    assert names == set(context_parameters(CONTEXT))


def test_formulas_that_explode_are_refused_before_they_are_sent() -> None:
    formula = "a"
    for _ in range(20):
        formula = f"MOD(b, {formula})"
    with pytest.raises(TooLargeInSql):
        sql(formula)
