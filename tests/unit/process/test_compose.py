"""Composing is pure: a row and a transition in, a plan out, with every problem at once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from onebook.definition.app import App
from onebook.definition.catalog import Catalog
from onebook.engines.process.composing.compose import compose
from onebook.engines.process.composing.plan import Plan
from onebook.engines.process.ground import Ground
from onebook.engines.process.keeping.meters import Meters
from onebook.expression.python import Context
from onebook.ledger.account import AccountKey

TODAY = date(2026, 3, 10)


def app() -> App:
    """A loan desk: things are promised, handed out, and paid for."""
    lines = {
        "thing": {"kind": "link", "to": "thing", "label": "物"},
        "count": {"kind": "quantity", "label": "数"},
        "worth": {"kind": "money", "label": "值"},
        "given": {"kind": "quantity", "label": "已给", "meter": {"hold": "promise", "shows": "settled"}},
        "left": {"kind": "quantity", "label": "剩", "formula": "COALESCE(count, 0) - COALESCE(given, 0)"},
    }
    made = {"thing": "thing", "count": "count - 1"}
    way = {"from": "shelf(thing)", "to": "gone(thing)"}
    slip = {
        "form": "slip", "label": "单", "kind": "document", "dated_by": "held_on", "number": "S{seq:4}",
        "fields": {
            "who": {"kind": "link", "to": "person", "label": "人"},
            "held_on": {"kind": "date", "label": "日"},
            "fee": {"kind": "money", "label": "费"},
            "lines": {"kind": "lines", "label": "行", "fields": lines},
            "open": {"kind": "quantity", "label": "未给", "formula": "SUM(lines.left)"},
            "is_done": {"kind": "flag", "label": "完", "formula": "open = 0"},
        },
        "states": {"draft": "草", "held": "留", "undone": "冲"},
        "transitions": {
            "hold": {
                "label": "留", "from": "draft", "to": "held", "reversed_to": "undone",
                "requires": [
                    {"that": "NOT ISBLANK(who)", "otherwise": "没有人"},
                    {"that": "COUNT(lines) > 0", "otherwise": "没有行"},
                ],
                "sets": {"held_on": "COALESCE(held_on, TODAY())"},
                "holds": [
                    {"name": "promise", "each": "lines", "on": "shelf(thing)", "quantity": "-count", "short": "wait"}
                ],
                "moves": [
                    {"each": "lines", "quantity": "count", "when": "worth > 5", **way}
                ],
                "entries": [{"amount": "fee", "debit": "debt(who, id)", "credit": "earned"}],
                "creates": [
                    {
                        "form": "slip", "fields": {"who": "who"},
                        "lines": {"lines": {"each": "lines", "when": "count > 1", "fields": made}},
                    }
                ],
            },
        },
    }  # fmt: skip
    master = {"kind": "master", "number": "M{seq:4}"}
    thing = {**master, "form": "thing", "label": "物", "fields": {"spare": {"kind": "flag", "label": "备"}}}
    person = {**master, "form": "person", "label": "人", "fields": {"most": {"kind": "money", "label": "限"}}}
    accounts = [
        {
            "account": "shelf", "label": "架", "measures": "quantity_and_amount", "dimensions": {"item": "thing"},
            "limits": [{"measure": "quantity", "tense": "available", "at_least": "0", "unless": "item.spare"}],
        },
        {
            "account": "gone", "label": "去", "measures": "quantity_and_amount", "dimensions": {"item": "thing"},
            "kept": False,
        },
        {
            "account": "debt", "label": "欠", "leaf": ["document"],
            "dimensions": {"party": "person", "document": "slip"},
            "limits": [{"measure": "amount", "tense": "projected", "level": "control", "at_most": "party.most"}],
        },
        {"account": "earned", "label": "得", "kept": False},
    ]  # fmt: skip
    whole = {"app": "desk", "label": "台", "forms": [slip, thing, person], "accounts": accounts}
    return App.model_validate(whole, by_alias=True, by_name=True)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground("nowhere", Catalog.of([app()]), 1, UTC)


def slip(*lines: dict[str, Any], **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"id": 100, "state": "draft", "who": 7, "who.most": Decimal(50), "fee": Decimal(30)} | values
    row["lines"] = [{"id": 101 + n, "^": row, **line} for n, line in enumerate(lines)]
    return row


def line(thing: int | None, count: str | None, worth: str = "0", *, spare: bool = False) -> dict[str, Any]:
    number = None if count is None else Decimal(count)
    return {"thing": thing, "thing.spare": spare, "count": number, "worth": Decimal(worth)}


def planned(ground: Ground, row: dict[str, Any]) -> Plan:
    context = Context(
        today=TODAY, now=datetime(2026, 3, 10, tzinfo=UTC), me=1, department=None, departments=frozenset(),
        roles=frozenset(), colleagues=frozenset(), zone=UTC,
    )  # fmt: skip
    return compose(ground.transitions.of("slip", "hold"), row, context, ground.roles)


def test_everything_that_it_does(ground: Ground) -> None:
    plan = planned(ground, slip(line(1, "2"), line(2, "1", "9")))
    assert plan.problems == ()
    assert plan.sets == {"held_on": TODAY, "state": "held"}
    request = plan.request
    assert request is not None
    assert [(one.account, one.quantity, one.line, one.waits) for one in request.places] == [
        (AccountKey("shelf", item=1), Decimal(-2), 101, True),
        (AccountKey("shelf", item=2), Decimal(-1), 102, True),
    ]
    assert [(one.source.item, one.quantity) for one in request.moves] == [(2, Decimal(1))]
    [fee] = request.transfers
    assert (fee.debit, fee.credit) == (AccountKey("debt", party=7, document=100), AccountKey("earned"))
    assert fee.amount == Decimal(30)
    [draft] = plan.drafts
    assert draft.values == {"who": 7, "lines": [{"thing": 1, "count": Decimal(1)}]}


def test_limits_are_those_that_it_could_break(ground: Ground) -> None:
    request = planned(ground, slip(line(1, "2"), line(2, "1", "9", spare=True))).request
    assert request is not None
    limits = {(one.account, one.at_least, one.at_most) for one in request.limits}
    assert limits == {
        (AccountKey("shelf", item=1), Decimal(0), None),
        (AccountKey("debt", party=7), None, Decimal(50)),
    }


def test_without_a_bound_there_is_no_limit(ground: Ground) -> None:
    request = planned(ground, slip(line(1, "2", spare=True), **{"who.most": None})).request
    assert request is not None
    assert request.limits == ()


def test_a_negative_amount_turns_the_sides(ground: Ground) -> None:
    request = planned(ground, slip(line(1, "1"), fee=Decimal(-5))).request
    assert request is not None
    [fee] = request.transfers
    assert (fee.debit.role, fee.credit.role, fee.amount) == ("earned", "debt", Decimal(5))


def test_all_problems_at_once(ground: Ground) -> None:
    plan = planned(ground, slip(line(None, "1"), line(1, None), line(1, "-3", "9"), who=None, fee=None))
    found = [(problem.code, problem.row) for problem in plan.problems]
    assert ("process.requirement", None) in found
    assert ("process.blank_account", 1) in found
    assert ("process.blank_number", 2) in found
    assert ("process.negative_quantity", 3) in found
    assert ("process.blank_number", None) in found


def test_nothing_made_of_no_rows(ground: Ground) -> None:
    assert planned(ground, slip(line(1, "1"))).drafts == ()


def test_keys_that_it_reads(ground: Ground) -> None:
    needs = ground.transitions.of("slip", "hold").needs
    assert {"who", "who.most", "lines.thing", "lines.thing.spare", "lines.count", "fee", "held_on"} <= needs


def test_formulas_over_meters_are_written_in_their_order(ground: Ground) -> None:
    meters = Meters(ground.catalog, ground.tables)
    statements = [statement.sql for statement in meters.refresh("slip", [1])]
    written = [sql.partition(" SET ")[0].split(" ")[1].strip('"') for sql in statements]
    assert written == ["slip__lines", "slip__lines", "slip"]
    assert "given" in statements[0]
    assert "left" in statements[1]
    # The record itself is written once: what reads a fresh value stands outside of the query that brings it.
    assert statements[2].startswith("UPDATE slip SET open=anon_1.open, is_done=anon_1.is_done FROM (SELECT anon_2.id")
