"""Fields are computed in the order in which they read each other; what reads nothing new asks nothing twice."""

from decimal import Decimal
from typing import Any

from onebook.access.actor import SYSTEM
from onebook.definition.catalog import Catalog
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.definition.shipped import shipped_apps
from onebook.engines.form.compute import compute
from onebook.engines.form.draft import NewRecord
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import gather
from onebook.engines.form.linked import Linked
from onebook.engines.form.plan import Plan
from onebook.engines.form.query import Question
from onebook.engines.form.rows import OUTER, absolute, copied
from onebook.engines.table.context import context_of
from onebook.engines.table.ddl import create_all
from onebook.engines.table.tables import Tables
from onebook.expression.sql import context_parameters
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.unit.form.declared import NOW, SHOP, ZONE, Shop


def plan_of(fields: dict[str, Any]) -> tuple[Form, Plan]:
    form = Form.model_validate({"form": "x", "label": "x", "kind": "master", "fields": fields})
    catalog = Declarations([], {"x": form}, {}, {}, {}, {}, [])
    return form, Plan.of(form, catalog, Tables(catalog))


def test_against_the_order_of_the_declaration() -> None:
    number = {"kind": "number", "label": "x"}
    _, plan = plan_of({
        "last": number | {"formula": "middle + SUM(rows.part)"},
        "rows": {"kind": "lines", "label": "x", "fields": {
            "part": number | {"formula": "size / ^.whole"}, "size": number | {"default": "^.first * 2"}}},
        "middle": number | {"formula": "whole + 1"},
        "whole": number | {"formula": "SUM(rows.size)"},
        "first": number | {"default": 5},
    })  # fmt: skip
    names = [step.name for step in plan.steps]
    assert names.index("first") < names.index("size") < names.index("whole") < names.index("part") < names.index("last")
    row: dict[str, Any] = {"id": 1}
    row["rows"] = [{"id": 2, OUTER: row}, {"id": 3, "size": Decimal(30), OUTER: row}]
    assert compute(plan, plan.links, row, Linked(), context_of(SYSTEM, NOW, ZONE)) == frozenset()
    assert (row["whole"], row["last"]) == (40, 42)


def test_defaults_that_wait_for_each_other() -> None:
    """Whichever is given, the other follows; with none of them both are blank."""
    _, plan = plan_of({
        "net": {"kind": "number", "label": "x", "default": "gross / 2"},
        "gross": {"kind": "number", "label": "x", "default": "net * 2"},
    })  # fmt: skip
    row: dict[str, Any] = {"gross": Decimal(8)}
    compute(plan, plan.links, row, Linked(), context_of(SYSTEM, NOW, ZONE))
    assert row["net"] == 4


def test_keys_of_row_formulas() -> None:
    paths = ("amount", "^.partner.level", "thing.units.factor")
    assert absolute(paths, "rows") == {"rows.amount", "partner.level", "rows.thing.units.factor"}
    assert absolute(paths[:1]) == {"amount"}


def test_copies_are_apart() -> None:
    row: dict[str, Any] = {"id": 1}
    row["rows"] = [{"id": 2, OUTER: row}]
    other = copied(row)
    other["rows"][0]["id"] = 3
    assert row["rows"][0]["id"] == 2
    assert other["rows"][0][OUTER] is other


def test_a_preview_writes_nothing(shop: Shop) -> None:
    """It runs where writing is impossible, ids and locks included."""
    thing = shop.create("thing", {"name": "甲", "price": 5})["id"]
    with shop.database.transaction(shop.schema, read_only=True) as transaction:
        values = {"rows": [{"thing": thing, "count": 2}]}
        wanted = NewRecord(SHOP, "paper", values, SYSTEM, shop.context(), preview=True)
        again = NewRecord(SHOP, "thing", {"name": "乙"}, SYSTEM, shop.context(), preview=True)
        gather(transaction, wanted, again)
        row = wanted.finish()
        assert (row["id"], row["rows"][0]["id"], row["total"]) == (-1, -2, 10)
        assert again.finish()["name"] == "乙"
        assert transaction.round_trips == 1


def test_records_made_by_transitions(shop: Shop) -> None:
    """Values in Python; what the maker has read already is not read again."""
    thing = shop.create("thing", {"name": "甲", "price": 5})["id"]
    stored = shop.load("thing", thing, *SHOP.form("paper").links(frozenset())[-1].keys)
    known = Linked()
    [link] = [one for one in SHOP.form("paper").links(frozenset()) if one.name == "thing"]
    known.learn("thing", {thing: stored | {"group.factor": None, "units": []}}, link.keys)
    with shop.database.transaction(shop.schema) as transaction:
        wanted = NewRecord(
            SHOP, "paper", {"rows": [{"thing": thing, "count": Decimal(3)}]}, SYSTEM, shop.context(),
            parsed=True, known=known,
        )  # fmt: skip
        asked = " ".join(statement.sql for statement in wanted.statements())
        assert "FROM thing" not in asked
        gather(transaction, wanted)
        assert wanted.finish()["total"] == 15


def test_every_shipped_form(database: Database, company: Company) -> None:
    """Its tables can be made and each of its queries runs."""
    catalog = Catalog.of(shipped_apps())
    forms = Forms(catalog)
    with database.administration(company.schema) as connection:
        for statement in create_all(forms.tables):
            connection.execute(statement)
        connection.execute("GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA " + company.schema + " TO onebook_app")
    parameters = context_parameters(context_of(SYSTEM, NOW, ZONE))
    with database.transaction(company.schema) as transaction:
        for name in catalog.forms:
            compiled = forms.form(name)
            query = forms.query(Question(name, compiled.stored | compiled.keys | compiled.titles, lock=True))
            assert transaction.run(*query.statements([1, 2], parameters)) == [[]] * query.count
            for link in compiled.plan.links:
                query = forms.query(Question(link.target, link.keys))
                assert transaction.run(*query.statements([], parameters)) == [[]] * query.count
