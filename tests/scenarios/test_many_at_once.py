"""Many people at the same moment, each on a connection of their own: one winner, the others told, no deadlocks."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from onebook.engines.application import Application
from onebook.engines.process.command import Create, Run
from onebook.engines.process.outcome import Outcome
from onebook.ledger.refusals import BalanceTooLow
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from tests.invariants import books
from tests.scenarios.world import NOW, World

BUYERS = [2, 3, 4, 8, 16, 32]
_numbers = count(1)


@pytest.fixture(scope="module")
def crowd(published: tuple[Database, Company]) -> Iterator[World]:
    """A company whose server has room for everybody at once."""
    database, company = published
    wide = Database(database.url, size=max(BUYERS))
    yield World(Application(wide, now=lambda: NOW), company.schema)
    wide.close()


@pytest.fixture
def world(crowd: World) -> Iterator[World]:
    yield crowd
    crowd.assert_clean()
    assert books.broken(crowd.application.database, crowd.schema) == {}


def at_once(people: int, work: Callable[[int], Any]) -> list[Any]:
    """What each of them got, refusals and errors too."""
    barrier = Barrier(people)

    def one(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


@pytest.mark.parametrize("buyers", BUYERS)
def test_the_last_piece_is_promised_to_one(world: World, buyers: int) -> None:
    part, firm = world.product(f"最后{next(_numbers)}"), world.customer(f"抢购{next(_numbers)}")
    world.stock(part, "1")
    orders = [world.order(firm, (part, "1")) for _ in range(buyers)]
    answers = at_once(buyers, lambda n: world.run(orders[n], "approve"))
    assert [answer for answer in answers if not isinstance(answer, Outcome)] == []
    waiting = sorted(world.line(order, "waiting") for order in orders)
    assert waiting == [0, *[1] * (buyers - 1)]
    assert world.available(part) == 0


@pytest.mark.parametrize("buyers", BUYERS)
def test_the_last_piece_is_shipped_once(world: World, buyers: int) -> None:
    """Every order waits for the same piece; who has nothing reserved ships nothing and is told what there is."""
    part, firm = world.product(f"发货{next(_numbers)}"), world.customer(f"抢发{next(_numbers)}")
    orders = [world.order(firm, (part, "1"), then="approve") for _ in range(buyers)]
    drafts = [world.delivery_of(order) for order in orders]
    world.stock(part, "1")
    answers = at_once(buyers, lambda n: world.run(drafts[n], "ship"))
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1, answers
    refused = [answer for answer in answers if not isinstance(answer, Outcome)]
    assert all(isinstance(answer, BalanceTooLow) for answer in refused), refused
    for answer in refused:
        [problem] = answer.problems
        assert (problem.field, problem.row) == ("lines", 1)
        assert (problem.data["needed"], problem.data["available"]) == (1, 0)
    assert world.balance("on_hand", item=part) == (0, 0)


@pytest.mark.parametrize("buyers", BUYERS)
def test_the_last_piece_is_taken_once(world: World, buyers: int) -> None:
    part = world.product(f"领用{next(_numbers)}")
    world.stock(part, "1")
    issues = [world.made("other_out", lines=[{"product": part, "quantity": "1"}]) for _ in range(buyers)]
    answers = at_once(buyers, lambda n: world.run(issues[n], "issue"))
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1, answers
    assert sum(isinstance(answer, BalanceTooLow) for answer in answers) == buyers - 1, answers
    assert world.balance("on_hand", item=part) == (0, 0)


@pytest.mark.parametrize("copies", [2, 8, 32])
def test_one_key_has_one_effect(world: World, copies: int) -> None:
    part, firm = world.product(f"同键{next(_numbers)}"), world.customer(f"同键{next(_numbers)}")
    values = {"customer": firm, "lines": [{"product": part, "quantity": "1"}]}
    key = f"one {copies}"
    answers = at_once(copies, lambda _: world.do(Create("sales_order", values, "approve"), key))
    assert [answer for answer in answers if not isinstance(answer, Outcome)] == []
    assert len({(answer.record, answer.number, answer.created) for answer in answers}) == 1
    assert sum(not answer.is_repeat for answer in answers) == 1
    assert world.ask("SELECT count(*) FROM sales_order WHERE customer = %(firm)s", firm=firm) == [(1,)]


def test_shuffled_orders_never_deadlock(world: World) -> None:
    """Eight people sell, ship, receive and collect the same goods, five rows each, every time in another order."""
    people, turns = 8, 4
    parts = [world.product(f"乱序{next(_numbers)}") for _ in range(8)]
    firms = [world.customer(name) for name in ("东方机械", "南山五金", "西林电器")]
    maker = world.supplier(f"乱序供应商{next(_numbers)}")
    for part in parts:
        world.stock(part, "40")
    deadlocks = world.ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(turns):
            lines = [(part, str(chance.randint(1, 4))) for part in chance.sample(parts, 5)]
            firm = chance.choice(firms)
            order = world.order(firm, *lines, then="approve")
            if chance.random() < 0.5:
                purchase = world.purchase(maker, *chance.sample(lines, 5))
                world.run(world.draft_of("purchase_receipt", purchase), "receive")
            try:
                world.run(world.delivery_of(order), "ship")
            except BalanceTooLow:
                world.run(order, "close")
            else:
                world.run(_collected(world, firm, order), "allocate")

    assert [answer for answer in at_once(people, work) if answer is not None] == []
    assert world.ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == deadlocks


def _collected(world: World, firm: int, order: RecordRef) -> RecordRef:
    amount = str(world.value(order, "open_amount"))
    receipt = world.receipt(firm, amount)
    return world.made("allocation", customer=firm, lines=[{"receipt": receipt.id, "order": order.id, "amount": amount}])


def test_a_draft_is_shipped_once_however_often_it_is_clicked(world: World) -> None:
    part = world.product(f"连点{next(_numbers)}")
    world.stock(part, "10")
    order = world.order(world.customer(f"连点{next(_numbers)}"), (part, "4"), then="approve")
    delivery = world.delivery_of(order)
    answers = at_once(8, lambda _: world.do(Run(delivery, "ship")))
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert world.balance("on_hand", item=part)[0] == Decimal(6)
