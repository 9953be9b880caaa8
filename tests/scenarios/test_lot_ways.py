"""The way of a lot: from whom it came, where it lay, who got pieces of it, what it became; and who may be told."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.role import Grant, Role
from onebook.engines.application import Application
from onebook.engines.form.refusals import NotFound
from onebook.engines.process.looking.tracing import LotAsked
from onebook.engines.process.refusals import UnknownForm
from onebook.engines.report.refusals import NotReadable
from onebook.values.label import Label
from onebook.values.reference import RecordRef
from tests.scenarios.world import World

ZERO = Decimal(0)


@dataclass
class Recall:
    """A batch of resin that went into glue, and what was sold of both."""

    world: World
    resin: int
    glue: int
    batch: int
    other: int
    made: int
    second: int
    customers: dict[str, int]
    supplier: int
    ann: Actor
    receipt: RecordRef
    deliveries: dict[str, RecordRef]


@pytest.fixture(scope="module")
def recall(application: Application, company_schema: str) -> Recall:
    world = World(application, company_schema)
    user = world.made("user", login="ann", name="Ann")
    ann = Actor(user.id, "Ann", frozenset({"salesperson"}), colleagues=frozenset({user.id}))
    resin, glue = world.product("Resin", price="11.30", cost="5"), world.product("Glue", price="22.60")
    batch = world.made("lot", code="R-1", product=resin).id
    other = world.made("lot", code="R-2", product=resin).id
    made = world.made("lot", code="G-1", product=glue).id
    second = world.made("warehouse", code="W2", name="Second").id
    sellers = {"Alpha": user.id, "Beta": None, "Gamma": None}
    customers = {name: world.customer(name, salesperson=seller) for name, seller in sellers.items()}
    supplier = world.supplier("Chem")
    receipt = _received(world, supplier, resin, batch, "20")
    _received(world, supplier, resin, other, "9")
    main = world.ask("SELECT min(id) FROM warehouse")[0][0]
    lines = [{"product": resin, "lot": batch, "quantity": "4"}, {"product": resin, "lot": other, "quantity": "2"}]
    world.made("transfer", "move", source_warehouse=main, target_warehouse=second, lines=lines)
    deliveries = {
        "Alpha": _sold(world, customers["Alpha"], resin, batch, "5"),
        "Beta": _sold(world, customers["Beta"], resin, batch, "3"),
        "mistake": _sold(world, customers["Gamma"], resin, batch, "1"),
    }
    world.undo(deliveries["mistake"])
    _returned(world, deliveries["Alpha"], "2")
    parts = [{"component": resin, "lot": batch, "quantity": "6"}]
    world.made("assembly", "assemble", product=glue, quantity="3", lot=made, components=parts)
    never = world.made("lot", code="G-2", product=glue).id
    parts = [{"component": resin, "lot": batch, "quantity": "1"}]
    wrong = world.made("assembly", "assemble", product=glue, quantity="1", lot=never, components=parts)
    world.undo(wrong)
    deliveries["Gamma"] = _sold(world, customers["Gamma"], glue, made, "2")
    world.assert_clean()
    return Recall(
        world, resin, glue, batch, other, made, second, customers, supplier, ann, receipt, deliveries
    )  # fmt: skip


def _received(world: World, supplier: int, product: int, lot: int, quantity: str) -> RecordRef:
    receipt = world.draft_of("purchase_receipt", world.purchase(supplier, (product, quantity)))
    [[line]] = world.rows(receipt, "lines", "id")
    world.change(receipt, lines=[{"id": line, "quantity": quantity, "lot": lot}])
    world.run(receipt, "receive")
    return receipt


def _sold(world: World, customer: int, product: int, lot: int, quantity: str) -> RecordRef:
    delivery = world.delivery_of(world.order(customer, (product, quantity), then="approve"))
    [[line]] = world.rows(delivery, "lines", "id")
    world.change(delivery, lines=[{"id": line, "quantity": quantity, "lot": lot}])
    world.run(delivery, "ship")
    return delivery


def _returned(world: World, delivery: RecordRef, quantity: str) -> None:
    [[line, product]] = world.rows(delivery, "lines", "id", "product")
    order = world.value(delivery, "order")
    lines = [{"delivery_line": line, "product": product, "quantity": quantity}]
    back = world.made("sales_return", order=order, lines=lines)
    catalog = world.application.ground(world.schema).catalog
    road = {name: step for name, step in catalog.forms["sales_return"].transitions.items() if not step.gives_back}
    while world.state(back) in {state for step in road.values() for state in step.source} and not _takes(world, back):
        world.run(back, next(name for name, step in road.items() if world.state(back) in step.source))
    world.run(back, _takes(world, back))


def _takes(world: World, record: RecordRef) -> str:
    """The step that takes the goods back, once it is open."""
    steps = world.application.ground(world.schema).catalog.forms[record.form].transitions.items()
    return next((name for name, step in steps if step.gives_back and world.state(record) in step.source), "")


def way(recall: Recall, lot: int, actor: Actor = SYSTEM) -> dict[str, Any]:
    world = recall.world
    return world.application.traced(world.schema, actor, LotAsked("lot", lot), "en")


def test_every_step_stands_there_and_sums_to_what_is_left(recall: Recall) -> None:
    told = way(recall, recall.batch)
    raw = recall.world.ask(
        "SELECT e.journal, e.quantity, e.amount FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
        " WHERE a.lot = %(lot)s AND e.quantity <> 0 ORDER BY e.booked_on, e.journal, e.position",
        lot=recall.batch,
    )
    assert [(one["journal"], one["quantity"], one["amount"]) for one in told["steps"]] == raw
    assert (told["withheld"], told["has_more"], told["title"]) == (None, False, "R-1")
    assert all(one["title"] for one in told["steps"])
    left: dict[int, Decimal] = defaultdict(Decimal)
    for place, quantity in recall.world.ask(
        "SELECT place, own_quantity FROM ledger_account WHERE lot = %(lot)s AND own_quantity <> 0", lot=recall.batch
    ):
        left[place] += quantity
    assert {one["account"]["at"]["place"]["id"]: one["quantity"] for one in told["here"]} == left
    assert sum(left.values()) == Decimal(20 - 5 - 3 + 2 - 6)
    assert left[recall.second] == 4


def _sums(told: list[dict[str, Any]]) -> dict[tuple[int, str | None], Decimal]:
    return {(one["lot"], one["party"] and one["party"]["title"]): one["quantity"] for one in told}


def test_a_recall_finds_everybody_who_has_pieces_and_whatever_was_made_of_them(recall: Recall) -> None:
    told = way(recall, recall.batch)
    assert _sums(told["came_from"]) == {(recall.batch, "Chem"): Decimal(20)}
    assert _sums(told["went_to"]) == {
        (recall.batch, "Alpha"): Decimal(3),
        (recall.batch, "Beta"): Decimal(3),
        (recall.made, "Gamma"): Decimal(2),
    }
    # What was taken apart again, or never made, is no part of it.
    assert told["made_into"] == [{"form": "lot", "id": recall.made, "title": "G-1"}]
    assert told["made_of"] == []


def test_a_complaint_finds_what_the_goods_were_made_of(recall: Recall) -> None:
    told = way(recall, recall.made)
    assert told["made_of"] == [{"form": "lot", "id": recall.batch, "title": "R-1"}]
    assert _sums(told["came_from"]) == {(recall.batch, "Chem"): Decimal(20)}
    assert _sums(told["went_to"]) == {(recall.made, "Gamma"): Decimal(2)}
    document = told["steps"][-1]
    assert (document["form"], document["id"]) == ("sales_delivery", recall.deliveries["Gamma"].id)


def test_another_lot_in_the_same_papers_is_not_mixed_in(recall: Recall) -> None:
    told = way(recall, recall.other)
    assert _sums(told["came_from"]) == {(recall.other, "Chem"): Decimal(9)}
    assert (told["went_to"], told["made_into"], told["made_of"]) == ([], [], [])
    assert {one["account"]["at"]["place"]["id"]: one["quantity"] for one in told["here"]}[recall.second] == 2


def test_a_salesperson_is_told_of_their_own_customers(recall: Recall) -> None:
    told = way(recall, recall.batch, recall.ann)
    whole = way(recall, recall.batch)
    mine = recall.deliveries["Alpha"].id
    shown = {one["id"] for one in told["steps"] if one["form"] == "sales_delivery"}
    assert shown == {mine}
    assert "Beta" not in str(told)
    assert "Gamma" not in str(told)
    assert told["withheld"]["count"] == len(whole["steps"]) - len(told["steps"])
    assert told["withheld"]["quantity"] + sum((one["quantity"] for one in told["steps"]), ZERO) == sum(
        one["quantity"] for one in whole["steps"]
    )
    assert {one["amount"] for one in told["steps"]} == {None}
    nobody = Actor(recall.ann.id, "Nobody", frozenset())
    with pytest.raises(NotFound):
        way(recall, recall.batch, nobody)


def test_only_what_is_a_lot_has_a_way(recall: Recall) -> None:
    world = recall.world
    assert world.application.describe(world.schema, SYSTEM, "lot", "en")["is_lot"]
    assert not world.application.describe(world.schema, SYSTEM, "product", "en")["is_lot"]
    for form in ("product", "nothing"):
        with pytest.raises(UnknownForm):
            world.application.traced(world.schema, SYSTEM, LotAsked(form, recall.resin), "en")
    with pytest.raises(NotFound):
        way(recall, recall.resin)


def test_who_may_look_behind_no_figure_of_goods_has_no_way_to_look_at(recall: Recall) -> None:
    """Reading the lot alone is not enough."""
    catalog = recall.world.application.ground(recall.world.schema).catalog
    before = catalog.roles
    readers = {
        name: Role(role=name, label=Label("读者", "Reader"), grants={"lot": Grant(read="TRUE")}, reports=reports)
        for name, reports in (("of_lots", ()), ("of_goods", ("stock_available",)))
    }
    catalog.roles = {**before, **readers}
    try:
        with pytest.raises(NotReadable):
            way(recall, recall.batch, Actor(recall.ann.id, "Reader", frozenset({"of_lots"})))
        told = way(recall, recall.batch, Actor(recall.ann.id, "Reader", frozenset({"of_goods"})))
    finally:
        catalog.roles = before
    # Neither papers nor people are theirs to read: they are told one sum.
    assert (told["steps"], told["went_to"], told["came_from"]) == ([], [], [])
    assert told["withheld"]["quantity"] == Decimal(8)
