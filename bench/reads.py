"""Measures of reading: pages must not grow with history, nor with the number of records."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bench import deep, masses
from bench.place import Company, company
from bench.rounds import Ratio, compare
from onebook.access.actor import SYSTEM, Actor
from onebook.engines.process.looking.tracing import LotAsked
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Condition, ListRequest, Page
from onebook.storage.database import Database

#: Entries of the books; their accounts are the same many.
SMALL, LARGE, HUGE = 100_000, 1_000_000, 10_000_000
ACCOUNTS = masses.PRODUCTS * masses.PLACES
#: Records of the smaller list and of the larger ones.
FEW, MANY, HUGE_LIST = 10_000, 100_000, 1_000_000
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
        # Its documents have no records that could be named.
        assert len(told["steps"]) + told["withheld"]["count"] == 1 + deep.SOLD

    times = f"{entries // SMALL} x the entries"
    for name, read, target in (
        ("stock of a past day, one product", reads("stock_list", 1, "item", as_of=DAY), 1.3),
        # The days of its month stand as many times as dense as the book is deep; see what that costs.
        ("stock of a past day, whole company", reads("stock_list", ACCOUNTS, limit=ACCOUNTS, as_of=DAY), 1.3),
        ("a month as known when it ended", reads("stock_movement", 50, month=MONTH, known_at=KNOWN_AT), 1.3),
        ("statement of a past month", reads("customer_statement", 20, "party", from_=FROM, to=TO), 1.3),
        ("the same as known then", reads("customer_statement", 10, "party", from_=FROM, to=TO, known_at=KNOWN_AT), 1.3),
        ("ageing today", reads("receivables_ageing", 50, as_of=TODAY), 1.3),
        # As much was open then in either book; what else moved since is as many times as dense.
        ("ageing of a past day", reads("receivables_ageing", 50, as_of=LATELY), 1.3),
        ("what can be promised", reads("stock_promisable", 50), 1.3),
        ("the way of a lot", way, 1.3),
    ):
        yield _grown(f"{name}, {times}", read, large, small, target)


def lists(database: Database) -> Iterator[Ratio]:
    """Pages of lists at 100,000 records against 10,000: every kind of order, both ways, top, middle and end; scopes,
    filters, search."""
    return _lists(database, MANY)


def huge_lists(database: Database) -> Iterator[Ratio]:
    """The same at 1,000,000 records, against 10,000; takes some minutes and 4 GB of disk."""
    return _lists(database, HUGE_LIST)


def _lists(database: Database, records: int) -> Iterator[Ratio]:
    grounds = []
    for name, count in (("Few", FEW), ("Many", records)):
        ground = company(database, name, customers=1, products=1)
        masses.fill(database, ground.schema, count)
        grounds.append(ground)
    few, many = grounds
    times = f"{records // FEW} x the records"
    somebody = {ground.schema: ground.ask("SELECT id FROM \"user\" WHERE login = 's7'")[0][0] for ground in grounds}
    sizes = {few.schema: FEW, many.schema: records}

    def page(ground: Company, request: ListRequest, actor: Actor = SYSTEM) -> Page:
        found = ground.application.list(ground.schema, actor, request)
        assert found.rows or request.search, "a page of nothing measures nothing"
        return found

    def sold(ground: Company, request: ListRequest) -> None:
        page(ground, request, Actor(somebody[ground.schema], "seller", frozenset({"salesperson"})))

    def of_somebody(ground: Company) -> None:
        page(ground, replace(newest, conditions=(Condition("salesperson", "eq", somebody[ground.schema]),)))

    newest = ListRequest("sales_order")
    approved = replace(newest, conditions=(Condition("state", "eq", "approved"),))
    found = ListRequest("customer", search="hdm", limit=20)
    for what, read in (
        ("newest first", lambda ground: page(ground, newest)),
        ("in a salesperson's scope", lambda ground: sold(ground, newest)),
        ("in that scope, by customer", lambda ground: sold(ground, replace(newest, sort=("customer",)))),
        ("of one state, newest first", lambda ground: page(ground, approved)),
        ("of one state, by total", lambda ground: page(ground, replace(approved, sort=("-total",)))),
        ("of one salesperson, newest first", of_somebody),
        ("search by initials", lambda ground: page(ground, found)),
    ):
        yield _grown(f"list, {what}, {times}", read, many, few, 1.5)

    def through(*sort: str) -> Callable[[Company], None]:
        """The first page, one in the middle with its neighbours, and the last."""
        asked = replace(newest, sort=sort or None)
        middles = {ground.schema: page(ground, replace(asked, skip=sizes[ground.schema] // 2)) for ground in grounds}

        def read(ground: Company) -> None:
            middle = middles[ground.schema]
            for one in (asked, replace(asked, cursor=middle.next), replace(asked, before=middle.previous)):
                page(ground, one)
            page(ground, replace(asked, end=True))

        return read

    own = through()
    for key in ("ordered_on", "number", "total", "progress", "state", "customer", "salesperson"):
        for sort in (key, f"-{key}"):
            read = through(sort)
            yield _grown(f"list by {sort}, {times}", read, many, few, 1.5)
            yield _against(f"list by {sort}, against its own order", read, own, many, 3)


def _against(
    name: str, read: Callable[[Company], object], other: Callable[[Company], object], ground: Company, target: float
) -> Ratio:
    return compare(name, lambda: read(ground), lambda: other(ground), target=target, rounds=9)


def _grown(name: str, read: Callable[[Company], object], large: Company, small: Company, target: float) -> Ratio:
    def times(ground: Company) -> None:
        for _ in range(TIMES):
            read(ground)

    return compare(name, lambda: times(large), lambda: times(small), target=target, rounds=9, times=TIMES)
