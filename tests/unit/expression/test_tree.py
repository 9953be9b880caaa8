"""What is known of a checked formula: what it reads, how long it stays true, how it prints, its JSON."""

import json

import pytest

from onebook.expression.check import check
from onebook.expression.json_tree import to_json
from onebook.expression.printing import print_formula, print_tree
from onebook.expression.tree import Volatility
from onebook.expression.types import DATE, NUMBER, Kind, Type
from onebook.values.label import CHINESE, ENGLISH
from tests.contracts.expressions.world import NOTE, ROW, Fields

READS = [
    ("1 + 2", NOTE, "", Volatility.IMMUTABLE),
    ("a * b", NOTE, "a b", Volatility.IMMUTABLE),
    ("person", NOTE, "person", Volatility.IMMUTABLE),
    ("person.name", NOTE, "person.name", Volatility.ROW),
    ("COUNT(lines)", NOTE, "lines", Volatility.ROW),
    (
        "SUM(lines.quantity * price WHERE gift AND p)",
        NOTE,
        "lines lines.quantity lines.price lines.gift p",
        Volatility.ROW,
    ),
    ("SUM(COUNT(lines.part.units))", NOTE, "lines lines.part.units", Volatility.ROW),
    ("quantity * a", ROW, "quantity ^.a", Volatility.ROW),
    ("SUM(part.units.factor * quantity)", ROW, "part.units part.units.factor quantity", Volatility.ROW),
    ("SUM(part.units.factor * a)", ROW, "part.units part.units.factor ^.a", Volatility.ROW),
    ("quantity / SUM(lines.quantity)", ROW, "quantity ^.lines ^.lines.quantity", Volatility.ROW),
    ("d < TODAY()", NOTE, "d", Volatility.CLOCK),
    ("user IN MYDEPTS()", NOTE, "user", Volatility.CLOCK),
    ("ID()", NOTE, "id", Volatility.IMMUTABLE),
    ("CHANGED(a) OR OLD(b) > 1", NOTE, "a b", Volatility.ROW),
    ("WORKDAYS(d, e)", NOTE, "d e", Volatility.ROW),
]


@pytest.mark.parametrize(("formula", "scope", "paths", "volatility"), READS, ids=[case[0] for case in READS])
def test_what_it_reads_and_how_long_it_stays_true(
    formula: str, scope: Fields, paths: str, volatility: Volatility
) -> None:
    expression = check(formula, scope)
    assert expression.paths == set(paths.split())
    assert expression.volatility is volatility
    assert expression.reads_old == ("OLD" in formula or "CHANGED" in formula)


PRINTED = [
    ("SUM( 明细.金额 )".replace("金额", "数量"), "SUM(lines.quantity)", "SUM(明细.数量)"),
    ("sum(lines.quantity*price where Not gift)", "SUM(lines.quantity * lines.price WHERE NOT lines.gift)", None),
    ("a-(b-c)", "a - (b - c)", "甲 - (乙 - 丙)"),
    ("(a - b) - c", "a - b - c", "甲 - 乙 - 丙"),
    ("(a+b)*c", "(a + b) * c", "(甲 + 乙) * 丙"),
    ("-(a+b)", "-(a + b)", "-(甲 + 乙)"),
    ("not (p and q) or p", "NOT (p AND q) OR p", "NOT (是否 AND 确认) OR 是否"),
    ('s & "x""y"', 's & "x""y"', '文字 & "x""y"'),
    ("a in (1,2)", "a IN (1, 2)", "甲 IN (1, 2)"),
    ("a not in (1,2)", "NOT a IN (1, 2)", "NOT 甲 IN (1, 2)"),
    ("user in mydepts()", "user IN COLLEAGUES()", "用户 IN COLLEAGUES()"),
    ("changed(a) or old(a) = 13%", "CHANGED(a) OR OLD(a) = 0.13", "CHANGED(甲) OR OLD(甲) = 0.13"),
    ('join(lines.remark,";" where gift)', 'JOIN(lines.remark, ";" WHERE lines.gift)', None),
    ("person.name", "person.name", "人员.姓名"),
    ("[person].[姓名]", "person.name", "人员.姓名"),
    ("BLANK", "BLANK", "BLANK"),
]


@pytest.mark.parametrize(("formula", "declared", "chinese"), PRINTED, ids=[case[0] for case in PRINTED])
def test_it_prints_back_in_the_readers_words(formula: str, declared: str, chinese: str | None) -> None:
    expression = check(formula, NOTE)
    assert print_tree(expression) == declared
    assert print_formula(expression, NOTE, ENGLISH) == print_formula(expression, NOTE, CHINESE)
    if chinese:
        assert print_formula(expression, NOTE, CHINESE) == chinese
    assert check(print_tree(expression), NOTE).tree == expression.tree


def test_words_that_are_no_names_are_bracketed() -> None:
    expression = check("a + b", NOTE)
    words = {"a": "in", "b": "单价 (含税)"}
    assert print_tree(expression, lambda _scope, name: words[name]) == "[in] + [单价 (含税)]"


def test_json_names_everything_the_browser_needs() -> None:
    expression = check("SUM(lines.quantity * 1.50 WHERE gift) + a", NOTE)
    assert json.loads(json.dumps(to_json(expression))) == {
        "version": 1,
        "type": {"kind": "number"},
        "volatility": "row",
        "paths": ["a", "lines", "lines.gift", "lines.quantity"],
        "tree": {
            "node": "operation",
            "operator": "+",
            "type": {"kind": "number"},
            "operands": [
                {
                    "node": "aggregate",
                    "function": "SUM",
                    "rows": {"up": 0, "key": "lines"},
                    "value": {
                        "node": "operation",
                        "operator": "*",
                        "type": {"kind": "number"},
                        "operands": [
                            {"node": "path", "up": 0, "key": "quantity", "type": {"kind": "number"}},
                            {"node": "literal", "value": "1.5", "type": {"kind": "number"}},
                        ],
                    },
                    "where": {"node": "path", "up": 0, "key": "gift", "type": {"kind": "flag"}},
                    "separator": None,
                    "type": {"kind": "number"},
                },
                {"node": "path", "up": 0, "key": "a", "type": {"kind": "number"}},
            ],
        },
    }


def test_parameters_win_over_fields_and_are_supplied_by_the_reader() -> None:
    parameters = {"a": DATE, "limit": NUMBER, "who": Type(Kind.LINK, "person")}
    expression = check("d < a AND b > limit AND person = who", NOTE, Kind.FLAG, parameters=parameters)
    assert expression.paths == {"d", "b", "person"}
    assert expression.volatility is Volatility.CLOCK
    assert print_tree(expression) == "d < a AND b > limit AND person = who"
