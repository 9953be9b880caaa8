"""What says no: each refusal names everything that is wrong, and nothing is half written."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.form.refusals import Forbidden, Invalid, NotFound, Stale
from onebook.engines.process.command import Create, Run, Update
from onebook.engines.process.refusals import RequirementsFailed, UnknownForm, UnknownTransition, WrongState
from onebook.ledger.refusals import BalanceTooLow, LimitExceeded, PeriodClosed
from onebook.values.month import Month
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.world import World


def refused(world: World, kind: type[Refusal], action: Callable[[], object]) -> Refusal:
    """The refusal of an action, which must have written nothing."""
    before, meters = world.everything(), world.meters()
    with pytest.raises(kind) as caught:
        action()
    assert world.everything() == before
    assert world.meters() == meters
    return caught.value


def test_credit_names_what_is_needed_and_what_is_left(world: World) -> None:
    rod = world.product("丝杆", price="100")
    firm = world.customer("信用客户", credit_limit="250")
    world.order(firm, (rod, "2"), then="approve")
    order = world.order(firm, (rod, "1"))
    refusal = refused(world, LimitExceeded, lambda: world.run(order, "approve"))
    [problem] = refusal.problems
    assert problem.data["limit"] == 250
    assert problem.data["after"] == 300
    assert problem.data["before"] == 200
    assert str(problem.data["account"]) == "应收账款（信用客户） | Receivable (信用客户)"
    assert str(problem.data["words"]) == "超过客户信用额度 | The customer's credit limit is exceeded"


def test_a_prepayment_makes_room_for_credit(world: World) -> None:
    rail = world.product("导轨", price="100")
    firm = world.customer("预收客户", credit_limit="0")
    order = world.order(firm, (rail, "1"))
    refused(world, LimitExceeded, lambda: world.run(order, "approve"))
    world.receipt(firm, "100")
    world.run(order, "approve")
    assert world.state(order) == "approved"


def test_every_short_line_is_named_at_once(world: World) -> None:
    first, second, third = (world.product(name) for name in ("轴承甲", "轴承乙", "轴承丙"))
    world.stock(first, "1")
    world.stock(second, "5")
    wanted = {first: "3", second: "5", third: "2"}
    rows = [{"product": product, "quantity": quantity} for product, quantity in wanted.items()]
    issue = world.made("other_out", lines=rows)
    refusal = refused(world, BalanceTooLow, lambda: world.run(issue, "issue"))
    short = {problem.data["item"]: (problem.data["needed"], problem.data["available"]) for problem in refusal.problems}
    assert short == {first: (3, 1), third: (2, 0)}


def test_goods_promised_to_one_are_not_given_to_another(world: World) -> None:
    seal = world.product("油封")
    world.stock(seal, "5")
    world.order(world.customer("订走的"), (seal, "4"), then="approve")
    issue = world.made("other_out", lines=[{"product": seal, "quantity": "2"}])
    refused(world, BalanceTooLow, lambda: world.run(issue, "issue"))


def test_a_product_that_may_go_negative_does(world: World) -> None:
    glue = world.product("胶水", allows_negative=True)
    world.made("other_out", "issue", lines=[{"product": glue, "quantity": "2"}])
    assert world.balance("on_hand", item=glue)[0] == -2


def test_all_unmet_requirements_are_told_together(world: World) -> None:
    old = world.product("停产件", active=False)
    order = world.order(world.customer("停用客户", active=False), (old, "1"))
    refusal = refused(world, RequirementsFailed, lambda: world.run(order, "approve"))
    words = [str(problem.data["words"]).partition(" |")[0] for problem in refusal.problems]
    assert words == ["客户已停用", "有商品已停用"]


def test_a_transition_starts_only_from_its_states(world: World) -> None:
    order = world.order(world.customer("一次就好"), (world.product("螺钉"), "1"), then="approve")
    refusal = refused(world, WrongState, lambda: world.run(order, "approve"))
    assert refusal.data["record"] == world.value(order, "number")


def test_the_second_editor_is_told_what_changed(world: World) -> None:
    order = world.order(world.customer("两人编辑"), (world.product("键"), "1"), note="原来")
    version = world.version(order)
    world.do(Update(order, version, {"note": "第一位"}))
    refusal = refused(world, Stale, lambda: world.do(Update(order, version, {"note": "第二位"})))
    [problem] = refusal.problems
    assert (problem.data["new"], problem.data["yours"]) == ("第一位", "第二位")
    world.do(Update(order, version, {"ship_on": "2026-03-20"}))
    assert world.value(order, "note") == "第一位", "what does not touch goes together"


def test_a_step_meant_for_another_version(world: World) -> None:
    order = world.order(world.customer("旧页面"), (world.product("销钉"), "1"))
    version = world.version(order)
    world.do(Update(order, version, {"note": "改过"}))
    refused(world, Stale, lambda: world.do(Run(order, "approve", version)))


def test_somebody_elses_record_is_not_there(world: World) -> None:
    order = world.order(world.customer("别人的客户"), (world.product("卡簧"), "1"))
    world.actor = Actor(987654, "新来的销售", frozenset({"salesperson"}))
    refused(world, NotFound, lambda: world.run(order, "approve"))
    refused(world, NotFound, lambda: world.do(Update(order, 1, {"note": "偷看"})))
    world.actor = Actor(987655, "路人")
    refused(world, Forbidden, lambda: world.do(Create("sales_order", {})))
    world.actor = SYSTEM


def test_nothing_enters_a_closed_month(world: World) -> None:
    cap = world.product("端盖")
    world.application.close_period(world.schema, SYSTEM, Month(2026, 1))
    late = world.made("opening_stock", opened_on="2026-01-31", lines=[{"product": cap, "quantity": "1", "price": "1"}])
    refused(world, PeriodClosed, lambda: world.run(late, "post"))
    world.application.reopen_period(world.schema, SYSTEM, Month(2026, 1))
    world.run(late, "post")
    assert world.balance("on_hand", item=cap)[0] == 1


def test_more_than_a_receipt_has_left(world: World) -> None:
    belt = world.product("皮带", price="100")
    world.stock(belt, "2")
    firm = world.customer("核销客户")
    order = world.order(firm, (belt, "1"), then="approve")
    world.ship(order)
    receipt = world.receipt(firm, "60")
    draft = world.made("allocation", customer=firm, lines=[{"receipt": receipt.id, "order": order.id, "amount": "61"}])
    refusal = refused(world, LimitExceeded, lambda: world.run(draft, "allocate"))
    assert refusal.problems[0].data["after"] == Decimal("1.00")


def test_a_price_is_not_negative(world: World) -> None:
    unit = world.ask("SELECT min(id) FROM unit")[0][0]
    values = {"code": "P-0", "name": "倒贴件", "unit": unit, "sales_price": "-5", "purchase_price": "-0.01"}
    refusal = refused(world, Invalid, lambda: world.do(Create("product", values)))
    assert [problem.field for problem in refusal.problems] == ["sales_price", "purchase_price"]


def test_names_that_nobody_declared(world: World) -> None:
    refused(world, UnknownForm, lambda: world.do(Create("spaceship", {})))
    order = world.order(world.customer("无此操作"), (world.product("挡圈"), "1"))
    refused(world, UnknownTransition, lambda: world.run(order, "fly"))
    refused(world, NotFound, lambda: world.run(RecordRef("sales_order", 999_999_999), "approve"))
