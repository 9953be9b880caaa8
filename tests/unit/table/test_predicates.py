"""Rights add up, and conditions over dotted keys mean in SQL what they mean in Python."""

from typing import Any

import pytest
from sqlalchemy import select

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.definition.role import Role
from onebook.engines.table.compiled import compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import filtered, permitted, permitted_rows
from onebook.engines.table.rights import EVERYTHING, Rights, rights
from onebook.expression.python import evaluate
from onebook.expression.sql import context_parameters, lower
from onebook.expression.types import Kind
from tests.unit.form.declared import CATALOG, FORMS, SHOP, Shop

OWNER = Actor(77, "甲", frozenset({"owner"}))


def roles(*grants: dict[str, Any]) -> tuple[Declarations, Actor]:
    """A catalog with one role for each grant on things, and an actor who has them all."""
    declared = {f"r{place}": {"role": f"r{place}", "label": "x", "grants": {"thing": grant}}
                for place, grant in enumerate(grants)}  # fmt: skip
    forms = {form["form"]: Form.model_validate(form) for form in FORMS}
    parsed = {name: Role.model_validate(role) for name, role in declared.items()}
    return Declarations([], forms, {}, {}, parsed, {}, []), Actor(5, "x", frozenset(declared))


def test_grants_add_up() -> None:
    catalog, actor = roles(
        {"read": "active", "update": True, "do": ["a"], "hide": ["price", "units.factor"], "read_only": ["code"]},
        {"read": "owner = ME()", "do": ["b"], "reverse": "all", "hide": ["price"], "export": True, "mask": ["code"]},
    )
    found = rights(catalog, actor, "thing")
    assert not isinstance(found.read, str)
    assert found.read is not None
    assert found.read.text == "(active) OR (owner = ME())"
    assert (found.update, found.create) == ("all", None)
    assert (found.do, found.reverse) == (frozenset({"a", "b"}), "all")
    assert found.hidden == {"price"}, "hidden only where all roles hide"
    assert found.masked == frozenset(), "the phone is masked for those who only read; one role may change it"
    assert (found.export, found.import_) == (True, False)
    assert not found.may_type("price")
    assert not found.may_type("code")
    assert found.may_do("a")
    assert not found.may_do("c")
    assert found.may_reverse("c")


def test_everything_and_nothing() -> None:
    catalog, actor = roles({"read": True})
    assert rights(catalog, SYSTEM, "thing") == EVERYTHING
    assert rights(catalog, Actor(9, "x", frozenset({"unknown"})), "thing") == Rights()
    assert rights(catalog, actor, "thing").masked == {"phone"}
    assert rights(catalog, actor, "paper") == Rights()


def ids(shop: Shop, joins: Joins, condition: Any, actor: Actor = SYSTEM) -> list[int]:
    """The ids of the rows that a condition admits."""
    query = compiled(select(joins.root.c.id).select_from(joins.from_clause()).where(condition).order_by("id"))
    with shop.database.transaction(shop.schema, read_only=True) as transaction:
        [rows] = transaction.run(query.bound(context_parameters(shop.context(actor))))
    return [number for (number,) in rows]


@pytest.fixture
def papers(shop: Shop) -> list[int]:
    """Two papers with rows, of things in groups."""
    heavy = shop.create("group", {"name": "重", "factor": 2})["id"]
    light = shop.create("group", {"name": "轻", "factor": 1})["id"]
    shop.execute('INSERT INTO "user" (id, name) VALUES (77, %s)', "甲")
    one = shop.create("thing", {"name": "铁", "price": 10, "group": heavy, "owner": 77,
                                "units": [{"unit": "箱", "factor": 12}]})["id"]  # fmt: skip
    two = shop.create("thing", {"name": "纸", "price": 1, "group": light})["id"]
    rows = [[(one, 3), (two, 5)], [(two, 200)]]
    return [
        shop.create("paper", {"rows": [{"thing": thing, "count": count} for thing, count in lines]})["id"]
        for lines in rows
    ]


FORMULAS = [
    "place.name = \"总仓\"",
    "company.main_place = place",
    "company.main_place.rate > 0.05",
    "SUM(rows.sum) > 100",
    "SUM(rows.count * rows.thing.price) = 35",
    "ANY(rows.thing.group.name = \"重\")",
    "COUNT(rows.thing WHERE thing.owner = ME()) = 1",
    "SUM(rows.count WHERE thing.group.factor < place.rate * 100) > 100",
    "created_by = ME() OR total > 100",
    "ISBLANK(note) AND number <> \"x\"",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_sql_and_python_agree(shop: Shop, papers: list[int], text: str) -> None:
    expression = CATALOG.formula(text, "paper", None, Kind.FLAG)
    joins = Joins(SHOP.tables, "paper")
    in_sql = ids(shop, joins, filtered(CATALOG, text, "paper", joins))
    context = shop.context()
    in_python = [
        paper for paper in papers if evaluate(expression, shop.load("paper", paper, *expression.paths), context) is True
    ]
    assert in_sql == in_python
    assert len(in_sql) < 3


def test_rows_see_their_record(shop: Shop, papers: list[int]) -> None:
    joins = Joins(SHOP.tables, "paper.rows")
    deep = ('place.name = "总仓" AND sum > 100', "thing.group.factor = 1 AND total > 100")
    for text in ("sum > 100", "^.total > 100", *deep):
        found = ids(shop, joins, lower(CATALOG.formula(text, "paper", "rows", Kind.FLAG), joins))
        assert found == [shop.load("paper", papers[1])["rows"][0]["id"]]


@pytest.mark.usefixtures("papers")
def test_scopes(shop: Shop) -> None:
    things = Joins(SHOP.tables, "thing")
    mine = rights(CATALOG, OWNER, "thing")
    [own] = ids(shop, things, permitted(mine, things), OWNER)
    assert shop.load("thing", own)["name"] == "铁"
    assert ids(shop, things, permitted(Rights(), things)) == []
    assert ids(shop, things, permitted(EVERYTHING, things, binned=True)) == []
    units = Joins(SHOP.tables, "thing.units")
    assert len(ids(shop, units, permitted_rows(mine, units), OWNER)) == 1
    assert ids(shop, units, permitted_rows(mine, units), Actor(78, "乙", frozenset({"owner"}))) == []
    shop.execute("UPDATE thing SET deleted_at = now()")
    assert ids(shop, units, permitted_rows(EVERYTHING, units)) == []
    assert len(ids(shop, things, permitted(EVERYTHING, things, binned=True))) == 2


def test_keys_that_lead_nowhere() -> None:
    joins = Joins(SHOP.tables, "paper")
    for key in ("partner.name", "nothing.name", "place.nothing"):
        with pytest.raises(KeyError):
            joins.column(key)
