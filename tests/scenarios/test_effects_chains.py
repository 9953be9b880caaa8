"""Chains of goods documents at random: after every step the figures agree; taken back newest first, nothing is left."""

from contextlib import suppress
from decimal import Decimal
from random import Random
from typing import Final

import pytest

from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal
from tests.scenarios.gauge import book, came_back, goods, received, sent_back
from tests.scenarios.world import World

STEPS: Final = 25


class Chain:
    """One product, bought in several lots, ordered once, and whatever happens to it."""

    def __init__(self, world: World, random: Random, costing: str) -> None:
        self.world, self.random = world, random
        self.product = world.product(f"链{costing}{random.random()}", price="3.333333", costing=costing)
        self.maker = world.supplier(f"链厂{random.random()}")
        customer = world.customer(f"链客户{random.random()}")
        self.receipts = [self._received(str(count)) for count in (17, 15)]
        self.order = world.order(customer, (self.product, "18"), then="approve")
        world.ship(self.order, "3")
        self.deliveries = [RecordRef("sales_delivery", world.ask("SELECT max(id) FROM sales_delivery")[0][0])]
        self.done: list[RecordRef] = []

    def _received(self, quantity: str) -> RecordRef:
        price = str(Decimal(self.random.randint(1, 500)) / 100)
        return received(self.world, self.maker, {"product": self.product, "quantity": quantity, "price": price})

    def _pieces(self) -> str:
        return str(self.random.randint(1, 4))

    def ship(self) -> None:
        self.world.run(self.order, "deliver")
        try:
            self.deliveries.append(self.world.ship(self.order, self._pieces()))
        except Refusal:
            self.world.undo(self.order)
            raise
        self.done += [self.order, self.deliveries[-1]]

    def come_back(self) -> None:
        delivery, exchange = self.random.choice(self.deliveries), self.random.random() < 0.5
        record = came_back(self.world, delivery, self._pieces(), until=None, exchange=exchange)
        try:
            self.world.run(record, "receive")
        except Refusal:
            self.world.undo(record)
            raise
        self.done += [record, record]
        if self.random.random() < 0.7:
            self.world.run(record, self.random.choice(("accept", "scrap")))
            self.done.append(record)

    def send_back(self) -> None:
        record = sent_back(self.world, self.random.choice(self.receipts), self._pieces())
        self.done.append(record)

    def freeze(self) -> None:
        line = {"product": self.product, "quantity": self._pieces()}
        record = self.world.made("stock_freeze", "freeze", lines=[line])
        self.done.append(record)
        if self.random.random() < 0.5:
            self.world.run(record, self.random.choice(("unfreeze", "scrap")))
            self.done.append(record)

    def give_out(self) -> None:
        line = {"product": self.product, "quantity": self._pieces()}
        self.done.append(self.world.made("other_out", "issue", lines=[line]))

    def assert_figures_agree(self) -> None:
        world = self.world
        line = world.rows(self.order, "lines", "base_quantity", "shipped", "to_ship", "let_go", "waiting")[0]
        wanted, gone, open_, let_go, waiting = (Decimal(one or 0) for one in line)
        assert wanted == gone + open_ + let_go
        now = goods(world, self.product)
        assert now.waiting == waiting <= open_
        assert now.available == now.on_hand - now.reserved - now.frozen >= 0
        assert now.on_hand == world.balance("on_hand", item=self.product)[0]
        assert (now.on_hand == 0) is (now.value == 0)
        billed, open_amount, deposit, got = (
            world.value(self.order, name) for name in ("billed", "open_amount", "deposit", "received")
        )
        assert billed == open_amount - deposit + got
        assert got == 0
        net = world.balance("revenue", item=self.product)[1]
        assert net == -(billed / Decimal("1.13")).quantize(Decimal("0.01"))


@pytest.mark.parametrize("costing", ["average", "fifo"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_chain_comes_back_to_where_it_began(world: World, costing: str, seed: int) -> None:
    chain = Chain(world, Random(f"{costing}{seed}"), costing)
    before = book(world)
    steps = [chain.ship, chain.come_back, chain.send_back, chain.freeze, chain.give_out]
    for _ in range(STEPS):
        with suppress(Refusal):
            chain.random.choice(steps)()
        chain.assert_figures_agree()
    assert len(chain.done) > STEPS / 2
    for record in reversed(chain.done):
        world.undo(record)
    assert book(world) == before
