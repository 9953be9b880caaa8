"""What stands beside a document while it is typed, and what its formulas read behind links: only for who may see it."""

from datetime import date
from typing import Any

import pytest

from onebook.access.actor import Actor
from onebook.engines.form.refusals import Forbidden, Invalid
from onebook.engines.process.looking.beside import beside
from tests.scenarios.world import NOW, TODAY, World

SELLER = Actor(900_001, "seller", frozenset({"salesperson"}))
MANAGER = Actor(900_002, "manager", frozenset({"sales_manager"}))
KEEPER = Actor(900_003, "keeper", frozenset({"warehouse_keeper"}))
STRANGER = Actor(900_004, "stranger", frozenset({"no such role"}))


def _beside(world: World, form: str, values: dict[str, Any], actor: Actor = MANAGER, of: int | None = None) -> Any:
    return world.application.beside(world.schema, actor, form, values, of)


def _linked(world: World, form: str, links: dict[str, list[int]], actor: Actor = MANAGER) -> Any:
    return world.application.linked(world.schema, actor, form, links)


def _warehouse(world: World) -> int:
    return int(world.ask("SELECT main_warehouse FROM company")[0][0])


def test_figures_follow_the_book(world: World) -> None:
    bolt, nut = world.product("Bolt"), world.product("Nut")
    buyer = world.customer("Buyer", credit_limit="1000")
    world.stock(bolt, "10")
    world.order(buyer, (bolt, "4"), then="approve")
    world.purchase(world.supplier("Maker"), (bolt, "7"))
    pieces = world.ask("SELECT id FROM unit WHERE code = 'PCS'")[0][0]
    typed = {
        "customer": buyer, "warehouse": {"id": _warehouse(world), "title": "whatever"},
        "lines": [{"product": bolt, "unit": pieces, "quantity": "x"}, {"product": nut}, {}, "not a row"],
    }  # fmt: skip
    told = _beside(world, "sales_order", typed)
    # 4 × 10 are promised, the limit is 1000.
    assert told["record"] == {"credit_left": {"value": "960.00"}, "receivable": {"value": "0.00"}}
    first, second, third, fourth = told["lines"]["lines"]
    assert first == {
        "on_hand": {"value": "10"}, "available": {"value": "6"}, "in_transit": {"value": "7"},
        "last_price": {"value": "10", "at": TODAY},
    }  # fmt: skip
    assert second == {"on_hand": {"value": "0"}, "available": {"value": "0"}, "in_transit": {"value": "0"}}
    assert (third, fourth) == ({}, {})


def test_the_last_price_is_that_of_the_latest_approved_order_of_this_customer(world: World) -> None:
    bolt, buyer, other = world.product("Screw"), world.customer("First"), world.customer("Second")
    pieces = world.ask("SELECT id FROM unit WHERE code = 'PCS'")[0][0]

    def order(customer: int, price: str, on: date, then: str | None = "approve") -> int:
        line = {"product": bolt, "quantity": "1", "price": price}
        return world.made("sales_order", then, customer=customer, ordered_on=on.isoformat(), lines=[line]).id

    order(buyer, "9", date(2026, 3, 1))
    latest = order(buyer, "8.5", date(2026, 3, 5))
    order(buyer, "7", date(2026, 2, 1))
    order(buyer, "1", date(2026, 3, 6), then=None)
    order(other, "6", date(2026, 3, 7))
    row = {"product": bolt, "unit": pieces}
    typed = {"customer": buyer, "lines": [row, row]}
    assert [one["last_price"] for one in _beside(world, "sales_order", typed)["lines"]["lines"]] == [
        {"value": "8.5", "at": date(2026, 3, 5)}
    ] * 2
    # A record is never its own last time.
    told = _beside(world, "sales_order", typed, of=latest)["lines"]["lines"]
    assert told[0]["last_price"] == {"value": "9", "at": date(2026, 3, 1)}


def test_a_thousand_rows_take_one_round_trip(world: World) -> None:
    bolt = world.product("Rivet")
    pieces = world.ask("SELECT id FROM unit WHERE code = 'PCS'")[0][0]
    world.stock(bolt, "3")
    rows = [{"product": bolt, "unit": pieces}] * 1000
    typed = {"customer": world.customer("Many"), "warehouse": _warehouse(world), "lines": rows}
    application = world.application
    ground = application.ground(world.schema)
    with application.database.transaction(world.schema, read_only=True) as transaction:
        told = beside(transaction, ground, MANAGER, "sales_order", typed, NOW)["lines"]["lines"]
        assert transaction.round_trips == 1
    assert len(told) == 1000
    assert {one["on_hand"]["value"] for one in told} == {"3"}
    with pytest.raises(Invalid):
        _beside(world, "sales_order", {"lines": rows * 6})


def test_what_may_not_be_seen_is_absent(world: World) -> None:
    bolt, foreign = world.product("Washer"), world.customer("Not mine", salesperson=None)
    somebody = world.made("user", name="Somebody", login="somebody").id
    theirs = world.customer("Theirs", salesperson=somebody)
    world.stock(bolt, "5")
    typed = {"customer": theirs, "warehouse": _warehouse(world), "lines": [{"product": bolt}]}
    # A customer of somebody else has no figures for this seller; goods have.
    told = _beside(world, "sales_order", typed, SELLER)
    assert told["record"] == {}
    assert told["lines"]["lines"][0]["on_hand"] == {"value": "5"}
    assert "receivable" in _beside(world, "sales_order", {**typed, "customer": foreign}, SELLER)["record"]
    # Who may not see prices sees pieces only.
    told = _beside(world, "sales_order", typed, KEEPER)
    assert told["record"] == {}
    assert set(told["lines"]["lines"][0]) == {"on_hand", "available", "in_transit"}
    with pytest.raises(Forbidden):
        _beside(world, "sales_order", typed, STRANGER)


def test_the_description_names_the_figures_that_the_actor_may_see(world: World) -> None:
    def names(actor: Actor) -> list[tuple[str, str, str | None]]:
        described = world.application.describe(world.schema, actor, "sales_order", "en")["beside"]
        return [(one["name"], one["kind"], one["lines"]) for one in described]

    assert names(MANAGER) == [
        ("credit_left", "money", None), ("receivable", "money", None), ("on_hand", "quantity", "lines"),
        ("available", "quantity", "lines"), ("in_transit", "quantity", "lines"), ("last_price", "price", "lines"),
    ]  # fmt: skip
    assert [name for name, _, _ in names(KEEPER)] == ["on_hand", "available", "in_transit"]


def test_links_bring_exactly_what_formulas_read(world: World) -> None:
    seller = world.made("user", name="Anna", login="anna").id
    dozen = world.made("unit", code="DZ", name="Dozen").id
    bolt = world.product("Hook", units=[{"alternative": dozen, "numerator": "12"}])
    buyer = world.customer("Ship Co", payment_days="15", salesperson=seller)
    told = _linked(world, "sales_order", {"customer": [buyer], "lines.product": [bolt, bolt], "warehouse": [1]})
    assert told["customer"][str(buyer)] == {
        "name": "Ship Co", "payment_days": "15", "pay_first": False, "salesperson": {"id": seller, "title": "Anna"},
        "settlement_method": None,
    }  # fmt: skip
    product = told["lines.product"][str(bolt)]
    assert product["units"] == [{"alternative": {"id": dozen, "title": "Dozen"}, "numerator": "12", "denominator": "1"}]
    assert (product["sales_price"], product["tax_rate"], product["unit"]["title"]) == ("10", "0.13", "个")
    assert "purchase_price" not in product
    assert told["warehouse"] == {}
    assert told["company"]["main_warehouse"]["id"] == _warehouse(world)


def test_links_are_read_under_the_rights_of_who_types(world: World) -> None:
    somebody = world.made("user", name="Rival", login="rival").id
    theirs, bolt = world.customer("Closed", salesperson=somebody), world.product("Clip")
    assert _linked(world, "sales_order", {"customer": [theirs]}, SELLER)["customer"] == {}
    # A keeper may not see prices, and is sent no formula that reads them.
    told = _linked(world, "sales_order", {"lines.product": [bolt], "customer": [theirs]}, KEEPER)
    assert "sales_price" not in told["lines.product"][str(bolt)]
    assert "payment_days" not in told["customer"][str(theirs)]
    with pytest.raises(Forbidden):
        _linked(world, "sales_order", {}, STRANGER)
    with pytest.raises(Invalid):
        _linked(world, "sales_order", {"total": [1]})
