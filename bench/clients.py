"""Clients in processes of their own, started once and told round by round what to sell."""

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from bench.cycle import AMOUNT, cycle, in_process, sales
from bench.minimum import Minimum
from bench.place import NOW, Company
from onebook.engines.application import Application
from onebook.storage.database import Database

#: Numbers of sales that no two clients share.
APART = 1_000_003


@dataclass(frozen=True)
class Crowd:
    """The clients."""

    ends: Sequence[Connection]

    def sell(self, clients: int, cycles: int, *, hot: bool = False, by_hand: bool = False) -> None:
        """So many clients make so many cycles each, at the same time; `hot`: the first line of every order is the same
        product; `by_hand`: through the hand-made minimum."""
        for end in self.ends[:clients]:
            end.send((cycles, hot, by_hand))
        answers = [end.recv() for end in self.ends[:clients]]
        assert not any(answers), answers


@contextmanager
def crowd(company: Company, size: int) -> Iterator[Crowd]:
    """So many clients, warmed up."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(size)]
    url = company.application.database.url
    arguments = [(theirs, url, company.schema, company.customers, company.products) for _, theirs in pairs]
    processes = [
        context.Process(target=_client, args=(place, *given), daemon=True) for place, given in enumerate(arguments)
    ]
    for process in processes:
        process.start()
    try:
        clients = Crowd([ours for ours, _ in pairs])
        clients.sell(size, 10)
        clients.sell(size, 10, by_hand=True)
        yield clients
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _client(
    place: int, end: Connection, url: str, schema: str, customers: Sequence[int], products: Sequence[int]
) -> None:
    company = Company(Application(Database(url, size=1), now=lambda: NOW), schema, customers, products)
    do, minimum = in_process(company), Minimum(company.application.database, schema)
    spread = sales(company, start=place * APART)
    while True:
        cycles, is_hot, is_by_hand = end.recv()
        refused = ""
        try:
            for _ in range(cycles):
                sale = spread()
                if is_hot:
                    sale = replace(sale, products=[products[0], *sale.products[1:]])
                if is_by_hand:
                    minimum.cycle(sale, AMOUNT)
                else:
                    cycle(do, sale)
        except Exception as error:
            refused = repr(error)
        end.send(refused)
