"""Measures of reading: pages must not grow with history, nor with the number of records."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bench import deep, masses
from bench.place import Company, company
from bench.rounds import Ratio, compare
from onebook.access.actor import SYSTEM, Actor
from onebook.engines.process.looking.tracing import LotAsked
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Condition, ListRequest
from onebook.storage.database import Database

#: Entries of the books; their accounts are the same many.
SMALL, LARGE, HUGE = 100_000, 1_000_000, 10_000_000
ACCOUNTS = masses.PRODUCTS * masses.PLACES
#: Records of the smaller and of the larger list.
FEW, MANY = 10_000, 100_000
MONTH = "2025-03-01"
#: A day in the middle of that month, and when it was closed; a day shortly before the end of the book, and today.
DAY, KNOWN_AT = "2025-03-17", "2025-04-05T00:00:00+08:00"
FROM, TO = "2025-03-11", "2025-04-20"
LATELY, TODAY = "2025-11-17", "2026-03-10"
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


def past_days(database: Database) -> Iterator[Ratio]:
    """Past days, ageing, statements and a lot's way at 1,000,000 entries, against 100,000."""
    return _past_days(database, LARGE)


def huge_past_days(database: Database) -> Iterator[Ratio]:
    """The same at 10,000,000 entries, against 100,000; takes some minutes and 5 GB of disk."""
    return _past_days(database, HUGE)


def _past_days(database: Database, entries: int) -> Iterator[Ratio]:
    books = []
    for name, count in (("Small deep book", SMALL), ("Large deep book", entries)):
        ground = company(database, name, customers=1, products=1)
        deep.fill_deep(database, ground.schema, count)
        books.append(ground)
    small, large = books
    assert not small.application.check(small.schema), "the book of the bench does not add up"
    found = {
        (ground.schema, name): ground.ask(sql)[0][0]
        for ground in books
        for name, sql in (
            ("party", "SELECT id FROM customer WHERE number = 'D000000'"),
            ("item", "SELECT min(id) FROM product WHERE code LIKE 'G%'"),
            ("lot", "SELECT id FROM lot WHERE code = 'WATCHED'"),
        )
    }

    def reads(report: str, rows: int, *links: str, limit: int = 50, **given: str) -> Callable[[Company], object]:
        def read(ground: Company) -> None:
            own = {name.rstrip("_"): value for name, value in given.items()}
            own |= {name: str(found[ground.schema, name]) for name in links}
            page = ground.application.report(ground.schema, SYSTEM, ReportRequest(report, own, limit=limit))
            assert len(page.rows) >= rows, "a page of nothing measures nothing"

        return read

    def way(ground: Company) -> None:
        asked = LotAsked("lot", found[ground.schema, "lot"])
        told = ground.application.traced(ground.schema, SYSTEM, asked, "en")
        assert len(told["steps"]) == 1 + deep.SOLD

    times = f"{entries // SMALL} x the entries"
    for name, read, target in (
        ("stock of a past day, one product", reads("stock_list", 1, "item", as_of=DAY), 1.3),
        # The days of its month stand as many times as dense as the book is deep; see what that costs.
        ("stock of a past day, whole company", reads("stock_list", ACCOUNTS, limit=ACCOUNTS, as_of=DAY), 1.3),
        ("a month as known when it ended", reads("stock_movement", 50, month=MONTH, known_at=KNOWN_AT), 1.3),
        ("statement of a past month", reads("customer_statement", 20, "party", from_=FROM, to=TO), 1.3),
        ("the same as known then", reads("customer_statement", 10, "party", from_=FROM, to=TO, known_at=KNOWN_AT), 1.3),
        ("ageing today", reads("receivables_ageing", 50, as_of=TODAY), 1.3),
        # Whatever was paid since was open then.
        ("ageing of a past day", reads("receivables_ageing", 50, as_of=LATELY), 1.3),
        ("what can be promised", reads("stock_promisable", 50), 1.3),
        ("the way of a lot", way, 1.3),
    ):
        yield _grown(f"{name}, {times}", read, large, small, target)


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
