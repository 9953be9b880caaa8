"""Measures of commands: the order cycle, long orders, many clients, a grown book."""

from collections.abc import Iterator
from functools import partial

from bench.book import fill
from bench.clients import crowd
from bench.cycle import AMOUNT, LINES, cycle, in_process, sales
from bench.fairness import touched
from bench.minimum import Minimum
from bench.place import company
from bench.rounds import Ratio, compare
from bench.server import served
from onebook.engines.process.command import Create, Run
from onebook.storage.database import Database
from onebook.values.reference import RecordRef

#: Cycles of one go: long enough to be timed, short enough to be interleaved.
CYCLES = 10
WARM = 45
CLIENTS = 8
#: Cycles of each of that many clients in one go.
EACH = 4
LONG = 200
GROWN_ENTRIES = 200_000


def order_cycle(database: Database) -> Iterator[Ratio]:
    """Order of 5 lines to write-off, five commands: against the same rows written by hand."""
    ground = company(database, "Cycle")
    do, sale, minimum = in_process(ground), sales(ground), Minimum(database, ground.schema)
    for _ in range(WARM):
        cycle(do, sale())
        minimum.cycle(sale(), AMOUNT)
    note = touched(ground, lambda: cycle(do, sale()), lambda: minimum.cycle(sale(), AMOUNT))

    def by_hand() -> None:
        for _ in range(CYCLES):
            minimum.cycle(sale(), AMOUNT)

    def ours() -> None:
        for _ in range(CYCLES):
            cycle(do, sale())

    ground.maintain()
    yield compare("order cycle, in process", ours, by_hand, target=2.0, rounds=15, times=CYCLES, note=note)
    with served(ground) as browser:

        def over_http() -> None:
            for _ in range(CYCLES):
                cycle(browser.do, sale())

        over_http()
        yield compare("order cycle, over HTTP", over_http, by_hand, target=3.3, rounds=11, times=CYCLES)
    minimum.close()
    assert not ground.application.check(ground.schema), "the book of the bench does not add up"


def long_orders(database: Database) -> Iterator[Ratio]:
    """Approving an order of 200 lines, against one of 5."""
    ground = company(database, "Long orders")
    do = in_process(ground)
    short, long = sales(ground), sales(ground, lines=LONG)

    def orders(lines: int) -> list[RecordRef]:
        sale = long if lines == LONG else short
        return [do(Create("sales_order", sale().order)).record for _ in range(CYCLES)]

    waiting = {lines: [order for _ in range(9) for order in orders(lines)] for lines in (LINES, LONG)}

    def approve(lines: int) -> None:
        for _ in range(CYCLES):
            do(Run(waiting[lines].pop(), "approve"))

    ground.maintain()
    yield compare(
        "approve 200 lines against 5", lambda: approve(LONG), lambda: approve(LINES), target=12, rounds=8, times=CYCLES
    )


def many_clients(database: Database) -> Iterator[Ratio]:
    """1, 2, 4 and 8 clients at once, spread and all on one product, against the same by hand; 8 against one."""
    ground = company(database, "Clients")
    with crowd(ground, CLIENTS) as clients:
        everything = CLIENTS * EACH
        yield compare(
            "8 clients, spread, against one", lambda: clients.sell(CLIENTS, EACH), lambda: clients.sell(1, everything),
            target=1 / 1.6, rounds=7, times=everything,
        )  # fmt: skip
        yield compare(
            "8 clients on one product against spread", lambda: clients.sell(CLIENTS, EACH, hot=True),
            lambda: clients.sell(CLIENTS, EACH), target=2.0, rounds=7, times=everything,
        )  # fmt: skip
        for hot in (False, True):
            for size in (1, 2, 4, CLIENTS):
                sell = partial(clients.sell, size, everything // size, hot=hot)
                where = "on one product" if hot else "spread"
                yield compare(
                    f"{size} clients, {where}, against by hand", sell, partial(sell, by_hand=True), target=2.0,
                    rounds=5, times=everything,
                )  # fmt: skip
    assert not ground.application.check(ground.schema), "the book of the bench does not add up"


def grown_book(database: Database) -> Iterator[Ratio]:
    """The order cycle on a book of 33,000 orders, against an empty one."""
    fresh, grown = company(database, "Fresh"), company(database, "Grown")
    # Both are counted before the first order: plans made for empty tables must do for full ones.
    fresh.maintain()
    fill(grown, GROWN_ENTRIES)
    assert not grown.application.check(grown.schema), "the book of the bench does not add up"
    grounds = {
        name: (in_process(ground), sales(ground)) for name, ground in (("fresh", fresh), ("grown", grown))
    }  # fmt: skip

    def work(name: str) -> None:
        do, sale = grounds[name]
        for _ in range(CYCLES):
            cycle(do, sale())

    for name in ("fresh", "grown") * 3:
        work(name)
    yield compare(
        "order cycle on 33,000 orders against none", lambda: work("grown"), lambda: work("fresh"),
        target=1.2, rounds=11, times=CYCLES,
    )  # fmt: skip
