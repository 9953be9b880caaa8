"""What happens in the warehouse: frozen, counted, put together and taken apart, taken in and given out."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.process.refusals import RequirementsFailed, WrongState
from onebook.engines.report.report import ReportRequest
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.gauge import book, goods, lots, received
from tests.scenarios.world import World


def lot_of(world: World, product: int, code: str) -> int:
    return int(world.ask("SELECT id FROM lot WHERE product = %(of)s AND code = %(code)s", of=product, code=code)[0][0])


def other_warehouse(world: World, code: str) -> int:
    return world.made("warehouse", code=code, name=f"仓{code}").id


def counted(world: World, record: RecordRef, *quantities: str | None) -> None:
    """Write down what was counted, row by row."""
    rows = world.rows(record, "lines", "id")
    world.change(record, lines=[{"id": at[0], "counted": q} for at, q in zip(rows, quantities, strict=True)])


def test_frozen_goods_stay_and_cannot_be_had(world: World) -> None:
    bolt = world.product("冻货")
    world.stock(bolt, "10", "6")
    before = book(world)
    record = world.made("stock_freeze", "freeze", lines=[{"product": bolt, "quantity": "4"}])
    assert goods(world, bolt) == (10, 4, 0, 6, 0, 0, 0, Decimal("60.00"))
    with pytest.raises(Refusal):
        world.made("other_out", "issue", lines=[{"product": bolt, "quantity": "7"}])
    frozen = book(world)
    world.run(record, "unfreeze")
    assert goods(world, bolt)[:4] == (10, 0, 0, 10)
    world.undo(record)
    assert book(world) == frozen
    world.run(record, "scrap")
    assert goods(world, bolt) == (6, 0, 0, 6, 0, 0, 0, Decimal("36.00"))
    assert world.balance("stock_loss", item=bolt) == (4, Decimal("24.00"))
    world.undo(record)
    assert book(world) == frozen
    world.undo(record)
    assert book(world) == before


def test_freezing_reserved_goods_sends_the_last_order_back_to_the_line(world: World) -> None:
    bolt = world.product("冻占用")
    world.stock(bolt, "10")
    first = world.order(world.customer("冻先"), (bolt, "6"), then="approve")
    last = world.order(world.customer("冻后来"), (bolt, "4"), then="approve")
    before = book(world)
    record = world.made("stock_freeze", "freeze", lines=[{"product": bolt, "quantity": "3"}])
    assert goods(world, bolt)[:7] == (10, 3, 7, 0, 0, 0, 3)
    assert (world.line(first, "waiting"), world.line(last, "waiting")) == (0, 3)
    world.undo(record)
    assert book(world) == before


def test_a_frozen_lot_is_passed_over(world: World) -> None:
    bolt, maker = world.product("冻批", costing="fifo"), world.supplier("冻批厂")
    for price, code in (("1.13", "旧"), ("2.26", "新")):
        received(world, maker, {"product": bolt, "quantity": "5", "price": price, "lot_code": code})
    old = lot_of(world, bolt, "旧")
    world.made("stock_freeze", "freeze", lines=[{"product": bolt, "lot": old, "quantity": "4"}])
    world.made("other_out", "issue", lines=[{"product": bolt, "quantity": "3"}])
    assert lots(world, bolt) == {"旧": (4, Decimal("4.00")), "新": (3, Decimal("6.00"))}
    with pytest.raises(Refusal):
        world.made("other_out", "issue", lines=[{"product": bolt, "lot": old, "quantity": "1"}])


def test_expired_lots_are_listed_and_frozen_together(world: World) -> None:
    milk, maker = world.product("过期奶", costing="fefo"), world.supplier("过期奶站")
    place = other_warehouse(world, "EXP")
    received(
        world,
        maker,
        {"product": milk, "quantity": "5", "price": "1.13", "lot_code": "好", "expires_on": "2026-09-01"},
        {"product": milk, "quantity": "3", "price": "1.13", "lot_code": "坏", "expires_on": "2026-03-01"},
        {"product": milk, "quantity": "2", "price": "1.13", "lot_code": "快", "expires_on": "2026-03-20"},
        warehouse=place,
    )
    record = world.made("stock_freeze", warehouse=place, reason="expired")
    world.run(record, "take_expired")
    assert world.rows(record, "lines", "lot", "quantity") == [(lot_of(world, milk, "坏"), 3)]
    world.change(record, within="30")
    world.run(record, "take_expired")
    assert sorted(row[0] for row in world.rows(record, "lines", "quantity")) == [2, 3]
    world.run(record, "freeze")
    assert goods(world, milk)[:4] == (10, 5, 0, 5)


def test_a_count_posts_what_differs_at_the_cost_of_now(world: World) -> None:
    bolt, nut = world.product("盘亏货"), world.product("盘盈货")
    place = other_warehouse(world, "CNT1")
    lines = [{"product": one, "quantity": "10", "price": "6"} for one in (bolt, nut)]
    world.made("opening_stock", "post", warehouse=place, lines=lines)
    before = book(world)
    record = world.made("stocktake", warehouse=place)
    world.run(record, "take_list")
    world.run(record, "start")
    assert world.rows(record, "lines", "product", "counted") == [(bolt, None), (nut, None)]
    counted(world, record, "8", "11")
    assert world.rows(record, "lines", "book", "difference", "value") == [
        (10, -2, Decimal("-12.00")), (10, 1, Decimal("6.00")),
    ]  # fmt: skip
    assert book(world) == before
    world.run(record, "finish")
    world.run(record, "post")
    assert (goods(world, bolt)[0], goods(world, bolt).value) == (8, Decimal("48.00"))
    assert (goods(world, nut)[0], goods(world, nut).value) == (11, Decimal("66.00"))
    assert world.balance("stock_loss", item=bolt) == (2, Decimal("12.00"))
    assert world.balance("stock_gain", item=nut) == (-1, Decimal("-6.00"))
    world.undo(record)
    assert book(world) == before


def test_what_moves_after_the_count_changes_no_difference(world: World) -> None:
    bolt = world.product("盘后出库")
    place = other_warehouse(world, "CNT2")
    line = {"product": bolt, "quantity": "10", "price": "6"}
    world.made("opening_stock", "post", warehouse=place, lines=[line])
    record = world.made("stocktake", warehouse=place, blind=True)
    world.run(record, "take_list")
    world.run(record, "start")
    counted(world, record, "9")
    world.made("other_out", "issue", warehouse=place, lines=[{"product": bolt, "quantity": "4"}])
    world.run(record, "finish")
    assert world.rows(record, "lines", "book", "difference") == [(10, -1)]
    world.run(record, "recount")
    world.run(record, "finish")
    assert world.rows(record, "lines", "book", "difference") == [(10, -1)], "not counted again, nothing changes"
    world.run(record, "post")
    assert goods(world, bolt)[0] == 5


def test_a_recount_remembers_the_book_of_then(world: World) -> None:
    bolt = world.product("复盘货")
    place = other_warehouse(world, "CNT3")
    line = {"product": bolt, "quantity": "10", "price": "6"}
    world.made("opening_stock", "post", warehouse=place, lines=[line])
    record = world.made("stocktake", warehouse=place)
    world.run(record, "take_list")
    world.run(record, "start")
    counted(world, record, "9")
    world.made("other_out", "issue", warehouse=place, lines=[{"product": bolt, "quantity": "4"}])
    world.run(record, "finish")
    world.run(record, "recount")
    counted(world, record, "6")
    assert world.rows(record, "lines", "book", "difference") == [(6, 0)]
    world.run(record, "finish")
    world.run(record, "post")
    assert goods(world, bolt)[0] == 6


def test_a_count_that_is_entered_later_means_the_book_of_its_moment(world: World) -> None:
    """When an entry was written is told by the database, so people have its clock here."""
    world = World(Application(world.application.database, now=lambda: datetime.now(UTC)), world.schema)
    bolt = world.product("后录盘点")
    place = other_warehouse(world, "CNT6")
    line = {"product": bolt, "quantity": "10", "price": "6"}
    world.made("opening_stock", "post", warehouse=place, lines=[line])
    [(between,)] = world.ask("SELECT clock_timestamp()")
    world.made("other_out", "issue", warehouse=place, lines=[{"product": bolt, "quantity": "4"}])
    rows = [{"product": bolt, "counted": "9", "counted_at": between.isoformat()}]
    record = world.made("stocktake", warehouse=place, lines=rows)
    assert world.rows(record, "lines", "book", "book_value", "difference") == [(10, 60, -1)]
    for step in ("start", "finish", "post"):
        world.run(record, step)
    assert goods(world, bolt)[0] == 5
    rows = [{"product": bolt, "counted": "9", "counted_at": (between + timedelta(hours=1)).isoformat()}]
    with pytest.raises(Refusal):
        world.made("stocktake", warehouse=place, lines=rows)


def test_missing_goods_that_were_reserved_are_waited_for(world: World) -> None:
    bolt = world.product("盘占用")
    place = other_warehouse(world, "CNT4")
    line = {"product": bolt, "quantity": "10", "price": "6"}
    world.made("opening_stock", "post", warehouse=place, lines=[line])
    order = world.order(world.customer("盘占用客户"), (bolt, "9"), then="approve", warehouse=place)
    record = world.made("stocktake", warehouse=place)
    world.run(record, "take_list")
    world.run(record, "start")
    counted(world, record, "7")
    world.run(record, "finish")
    before = book(world)
    world.run(record, "post")
    assert goods(world, bolt)[:7] == (7, 0, 7, 0, 0, 0, 2)
    assert world.line(order, "waiting") == 2
    listed = world.application.report(world.schema, SYSTEM, ReportRequest("shortages", {}, limit=100)).rows
    assert [row["waiting"] for row in listed if row["product"]["id"] == bolt] == ["2"]
    world.undo(record)
    assert book(world) == before


def test_what_was_not_counted_stays(world: World) -> None:
    bolt, nut = world.product("没盘到"), world.product("盘到的")
    place = other_warehouse(world, "CNT5")
    lines = [{"product": one, "quantity": "10", "price": "6"} for one in (bolt, nut)]
    world.made("opening_stock", "post", warehouse=place, lines=lines)
    record = world.made("stocktake", warehouse=place)
    world.run(record, "take_list")
    world.run(record, "start")
    with pytest.raises(RequirementsFailed):
        world.run(record, "finish")
    counted(world, record, None, "0")
    with pytest.raises(WrongState):
        world.run(record, "take_list")
    world.run(record, "finish")
    world.run(record, "post")
    assert (goods(world, bolt)[0], goods(world, nut)[0]) == (10, 0)


def lamp(world: World, name: str, **more: Any) -> tuple[int, int, int]:
    """A lamp of a bulb and two screws, with ten bulbs and ten screws on hand."""
    bulb, screw = world.product(f"{name}泡"), world.product(f"{name}钉")
    world.stock(bulb, "10", "3.333333")
    world.stock(screw, "10", "0.111111")
    parts = [
        {"component": bulb, "quantity": "1", "share": "9"},
        {"component": screw, "quantity": "2", "share": "1"},
    ]
    return world.product(name, components=parts, **more), bulb, screw


def test_assembling_costs_the_components_and_the_fee(world: World) -> None:
    product, bulb, screw = lamp(world, "台灯")
    before = book(world)
    record = world.made("assembly", product=product, quantity="3", fee="1.00")
    world.run(record, "take_components")
    assert world.rows(record, "components", "component", "quantity") == [(bulb, 3), (screw, 6)]
    world.run(record, "assemble")
    assert goods(world, product) == (3, 0, 0, 3, 0, 0, 0, Decimal("11.67"))
    assert (goods(world, bulb)[0], goods(world, screw)[0]) == (7, 4)
    values = [goods(world, one).value for one in (product, bulb, screw)]
    assert sum(values) == Decimal("33.33") + Decimal("1.11") + Decimal("1.00")
    assert world.balance("making_cost")[1] == Decimal("-1.00")
    assert world.balance("converted")[1] == 0
    world.undo(record)
    assert book(world) == before


def test_taking_apart_spreads_the_value_to_the_cent(world: World) -> None:
    product, bulb, screw = lamp(world, "吊灯")
    world.stock(product, "3", "3.333333")
    before = book(world)
    record = world.made("assembly", direction="disassemble", product=product, quantity="2")
    world.run(record, "take_components")
    with pytest.raises(RequirementsFailed):
        world.run(record, "assemble")
    world.run(record, "disassemble")
    assert (goods(world, product)[0], goods(world, bulb)[0], goods(world, screw)[0]) == (1, 12, 14)
    gained = goods(world, bulb).value - Decimal("33.33"), goods(world, screw).value - Decimal("1.11")
    assert sum(gained) == Decimal("10.00") - goods(world, product).value
    # 2 × 9 to 4 × 1
    assert gained == (Decimal("5.46"), Decimal("1.21"))
    world.undo(record)
    assert book(world) == before


def test_assembly_makes_a_lot_and_takes_lots(world: World) -> None:
    bulb, maker = world.product("批灯泡", costing="fifo"), world.supplier("灯泡厂")
    for price in ("1.13", "2.26"):
        received(world, maker, {"product": bulb, "quantity": "2", "price": price})
    product = world.product("批台灯", costing="fifo", components=[{"component": bulb, "quantity": "1"}])
    record = world.made("assembly", product=product, quantity="3")
    world.run(record, "take_components")
    world.run(record, "assemble")
    assert list(lots(world, product).values()) == [(3, Decimal("4.00"))]
    assert list(lots(world, bulb).values()) == [(1, Decimal("2.00"))]


def test_assembly_is_an_option(world: World) -> None:
    product, _, _ = lamp(world, "落地灯")
    record = world.made("assembly", product=product, quantity="1")
    world.run(record, "take_components")
    company = RecordRef("company", world.ask("SELECT id FROM company")[0][0])
    world.change(company, uses_assembly=False)
    try:
        with pytest.raises(RequirementsFailed):
            world.run(record, "assemble")
    finally:
        world.change(company, uses_assembly=True)
    world.run(record, "assemble")
    assert goods(world, product)[0] == 1


@pytest.mark.parametrize(
    ("form", "step", "sign", "role"),
    [
        ("opening_stock", "post", 1, "opening_balance"),
        ("other_in", "receive", 1, "stock_gain"),
        ("other_out", "issue", -1, "stock_loss"),
    ],
)
def test_goods_that_come_and_go_without_a_trade(world: World, form: str, step: str, sign: int, role: str) -> None:
    bolt = world.product(f"其他{form}")
    world.stock(bolt, "10", "6")
    before, other = book(world), world.balance(role, item=bolt)
    record = world.made(form, step, lines=[{"product": bolt, "quantity": "4", **({"price": "6"} if sign > 0 else {})}])
    assert goods(world, bolt)[0] == 10 + sign * 4
    assert goods(world, bolt).value == 60 + sign * 24
    assert world.balance(role, item=bolt) == (other[0] - sign * 4, other[1] - sign * 24)
    world.undo(record)
    assert book(world) == before


def test_reports_say_how_many_packs_it_is(world: World) -> None:
    """The figures of stock in base units, and beside them in packs by the product's first other unit; exactly."""
    box, case = (world.ask("SELECT id FROM unit WHERE code = %(code)s", code=code)[0][0] for code in ("XIANG", "HE"))
    bottle = world.product(
        "报表瓶装水", units=[{"alternative": box, "numerator": "12"}, {"alternative": case, "numerator": "3"}]
    )
    third = world.product("三件两盒", units=[{"alternative": case, "numerator": "3", "denominator": "2"}])
    loose = world.product("报表散装货")
    for one, quantity in ((bottle, "41"), (third, "10.75"), (loose, "50")):
        world.stock(one, quantity)
    world.order(world.customer("报表整箱客户"), (bottle, "17"), then="approve")

    def packed(report: str, **parameters: Any) -> dict[int, str]:
        request = ReportRequest(report, parameters, limit=1000)
        page = world.application.report(world.schema, SYSTEM, request)
        return {row["item"]["id"]: row["packed"] for row in page.rows if row["item"]["id"] in (bottle, third, loose)}

    assert packed("stock_list") == {bottle: "3箱5个", third: "7盒0.25个", loose: None}
    assert packed("stock_available")[bottle] == "2箱", "what is promised is not counted"
    assert packed("stock_by_lot") == packed("stock_list")
    assert packed("stock_movement", month="2026-03-01") == packed("stock_list")
    assert packed("stock_movement", month="2026-02-01") == {}
