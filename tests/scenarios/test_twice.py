"""The same thing twice: by key, by a double click, at the same moment, by many for the last piece."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from onebook.engines.process.command import Command, Create, Run
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.refusals import KeyReused, WrongState
from onebook.ledger.refusals import BalanceTooLow
from onebook.values.refusal import Refusal
from tests.scenarios.world import World


def at_once(actions: Sequence[Callable[[], Outcome]]) -> list[Outcome | Refusal]:
    """Run all actions at the same moment; what each of them answered."""
    barrier = Barrier(len(actions))

    def one(action: Callable[[], Outcome]) -> Outcome | Refusal:
        barrier.wait()
        try:
            return action()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(one, actions))


def test_the_same_key_gives_the_same_answer(world: World) -> None:
    values = {"customer": world.customer("重复提交"), "lines": [{"product": world.product("轴"), "quantity": "1"}]}
    first = world.do(Create("sales_order", values, "approve"), key="k1")
    before = world.everything()
    again = world.do(Create("sales_order", values, "approve"), key="k1")
    assert again.is_repeat
    assert (again.record, again.number, again.state, again.created) == (
        first.record,
        first.number,
        first.state,
        first.created,
    )
    assert world.everything() == before
    with pytest.raises(KeyReused):
        world.do(Create("sales_order", values), key="k1")


def test_a_step_is_repeated_by_its_key_though_the_record_moved_on(world: World) -> None:
    order = world.order(world.customer("重试"), (world.product("轴套"), "1"))
    first = world.do(Run(order, "approve"), key="k2")
    again = world.do(Run(order, "approve"), key="k2")
    assert again.is_repeat
    assert again.version == first.version


def test_the_same_key_at_the_same_moment_has_one_effect(world: World) -> None:
    values = {"customer": world.customer("并发同键"), "lines": [{"product": world.product("轮"), "quantity": "1"}]}
    command = Command(Create("sales_order", values, "approve"), world.actor, "k3")
    answers = at_once([lambda: world.application.execute(world.schema, command)] * 6)
    outcomes = [answer for answer in answers if isinstance(answer, Outcome)]
    assert len(outcomes) == 6
    assert len({outcome.record for outcome in outcomes}) == 1
    assert sum(not outcome.is_repeat for outcome in outcomes) == 1


def test_a_double_click_approves_once(world: World) -> None:
    part = world.product("双击")
    world.stock(part, "10")
    order = world.order(world.customer("手快"), (part, "4"))
    answers = at_once([lambda: world.run(order, "approve")] * 4)
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert sum(isinstance(answer, WrongState) for answer in answers) == 3
    assert world.available(part) == 6


@pytest.mark.parametrize("buyers", [2, 8])
def test_the_last_piece_goes_to_one(world: World, buyers: int) -> None:
    part = world.product(f"最后一件{buyers}")
    world.stock(part, "1")
    rows = [{"product": part, "quantity": "1"}]
    issues = [world.made("other_out", lines=rows) for _ in range(buyers)]
    answers = at_once([lambda issue=issue: world.run(issue, "issue") for issue in issues])  # type: ignore[misc]
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert sum(isinstance(answer, BalanceTooLow) for answer in answers) == buyers - 1
    assert world.balance("on_hand", item=part) == (0, 0)


def test_closing_and_shipping_at_once(world: World) -> None:
    part = world.product("抢时间")
    world.stock(part, "50")
    firm = world.customer("抢时间客户")
    for _ in range(5):
        order = world.order(firm, (part, "2"), then="approve")
        delivery = world.delivery_of(order)
        at_once([lambda o=order: world.run(o, "close"), lambda d=delivery: world.run(d, "ship")])  # type: ignore[misc]
        shipped, left = world.line(order, "shipped"), world.line(order, "to_ship")
        assert (shipped, left) in ((0, 0), (2, 0)), "shipped, or let go; never half of each"
