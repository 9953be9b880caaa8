"""Measures of reading: pages must not grow with history, nor with the number of records."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bench import masses
from bench.place import Company, company
from bench.rounds import Ratio, compare
from onebook.access.actor import SYSTEM, Actor
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Condition, ListRequest
from onebook.storage.database import Database

#: Entries of the books; their accounts are the same many.
SMALL, LARGE, HUGE = 100_000, 1_000_000, 10_000_000
ACCOUNTS = masses.PRODUCTS * masses.PLACES
#: Records of the smaller and of the larger list.
FEW, MANY = 10_000, 100_000
MONTH = "2025-03-01"
TIMES = 5


def stock_movement(database: Database) -> Iterator[Ratio]:
    """收发存 of a month at 1,000,000 entries, against 100,000: one page, and the whole company."""
    return _stock_movement(database, LARGE)


def huge_stock_movement(database: Database) -> Iterator[Ratio]:
    """收发存 of a month at 10,000,000 entries, against 100,000; takes some minutes and 3 GB of disk."""
    return _stock_movement(database, HUGE)


def _stock_movement(database: Database, entries: int) -> Iterator[Ratio]:
    books = []
    for name, count in (("Small book", SMALL), ("Large book", entries)):
        ground = company(database, name, customers=1, products=1)
        masses.fill_book(database, ground.schema, count)
        books.append(ground)
    small, large = books
    assert not small.application.check(small.schema), "the book of the bench does not add up"

    def page(ground: Company) -> None:
        ground.application.report(ground.schema, SYSTEM, ReportRequest("stock_movement", {"month": MONTH}))

    def whole(ground: Company) -> None:
        request = ReportRequest("stock_movement", {"month": MONTH}, limit=ACCOUNTS)
        assert len(ground.application.report(ground.schema, SYSTEM, request).rows) >= ACCOUNTS

    times = entries // SMALL
    yield _grown(f"收发存, a page, {times} x the entries", page, large, small, 1.3)
    yield _grown(f"收发存, whole company, {times} x the entries", whole, large, small, 1.3)


def lists(database: Database) -> Iterator[Ratio]:
    """A page of a list and a search at 100,000 records, against 10,000."""
    grounds = []
    for name, records in (("Few", FEW), ("Many", MANY)):
        ground = company(database, name, customers=1, products=1)
        masses.fill(database, ground.schema, records)
        grounds.append(ground)
    few, many = grounds
    seller = Actor(0, "seller", frozenset({"salesperson"}))

    def somebody(ground: Company) -> Actor:
        return replace(seller, id=ground.ask("SELECT id FROM \"user\" WHERE login = 's7'")[0][0])

    actors = {ground.schema: somebody(ground) for ground in grounds}

    def page(ground: Company, request: ListRequest, actor: Actor = SYSTEM) -> None:
        rows = ground.application.list(ground.schema, actor, request).rows
        assert rows or request.search, "a page of nothing measures nothing"

    newest = ListRequest("sales_order")
    filtered = ListRequest("sales_order", conditions=(Condition("state", "eq", "approved"),), sort=("-total",))
    found = ListRequest("customer", search="hdm", limit=20)
    yield _grown("list, newest first, 10 x the records", lambda g: page(g, newest), many, few, 1.5)
    yield _grown("list in a salesperson's scope, 10 x", lambda g: page(g, newest, actors[g.schema]), many, few, 1.5)
    yield _grown("list, filtered and sorted by total, 10 x", lambda g: page(g, filtered), many, few, 1.5)
    yield _grown("search by initials, 10 x the records", lambda g: page(g, found), many, few, 1.5)


def _grown(name: str, read: Callable[[Company], object], large: Company, small: Company, target: float) -> Ratio:
    def times(ground: Company) -> None:
        for _ in range(TIMES):
            read(ground)

    return compare(name, lambda: times(large), lambda: times(small), target=target, rounds=9, times=TIMES)
