"""The connection cut before every single statement of a posting: all or nothing, and asking again completes it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import sleep
from typing import Any

import psycopg
import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.engines.process.command import Action, Command, Create, Reverse, Run
from onebook.storage.database import Database, Unavailable
from onebook.storage.schema import Company
from onebook.storage.transaction import Connection, Rows, Transaction
from tests.invariants import books
from tests.scenarios.world import NOW, World

#: More statements than any command has.
MANY = 200
_numbers = count(1)


class Cut:
    """A connection that goes dead before its n-th statement; or, `afterwards`, when the commit is done but not said."""

    def __init__(self, connection: Connection, database: "CutDatabase") -> None:
        self._connection = connection
        self._database = database
        self._ahead: list[Rows] = []

    def ahead(self, mark: str, statements: Sequence[tuple[str, Any]]) -> None:
        """One by one, so that each statement has reached the server before the next one is counted."""
        self._ahead += [self._alone(mark, *statement) for statement in statements]

    def together(self, mark: str, statements: Sequence[tuple[str, Any]]) -> list[Rows]:
        """The rows of all since the last time."""
        self.ahead(mark, statements)
        rows, self._ahead = self._ahead, []
        return rows

    def _alone(self, mark: str, sql: str, parameters: Any) -> Rows:
        self._database.sent += 1
        if self._database.sent == self._database.before:
            self._database.cut(self._connection)
        [rows] = self._connection.together(mark, [(sql, parameters)])
        if sql == "COMMIT":
            self._database.commits += 1
            if self._database.afterwards:
                self._database.cut(self._connection)
                raise psycopg.OperationalError("the answer is lost")
        return rows

    def __getattr__(self, name: str) -> Any:
        """Everything else is the connection's."""
        return getattr(self._connection, name)


class CutDatabase(Database):
    """A database whose connections fail when told to."""

    def __init__(self, url: str) -> None:
        super().__init__(url, size=2)
        self.sent = 0
        self.commits = 0
        self.before = 0
        self.afterwards = False
        self._killer = psycopg.connect(url, autocommit=True)

    @contextmanager
    def transaction(
        self, schema: str, *, read_only: bool = False, statement_timeout_s: int | None = None
    ) -> Iterator[Transaction]:
        with super().transaction(schema, read_only=read_only, statement_timeout_s=statement_timeout_s) as transaction:
            if not read_only:
                transaction.connection = Cut(transaction.connection, self)  # type: ignore[assignment]
            yield transaction

    def cut(self, connection: Connection) -> None:
        """As the server's end of the line would go: its process is told to die, and is waited for."""
        pid = [connection.info.backend_pid]
        self._killer.execute("SELECT pg_terminate_backend(%s)", pid)
        # Looked for more often than the server's own wait would look.
        for _ in range(5000):
            if self._killer.execute("SELECT FROM pg_stat_activity WHERE pid = %s", pid).fetchone() is None:
                return
            sleep(0.001)
        raise AssertionError("a process that does not die")

    def close(self) -> None:
        super().close()
        self._killer.close()


@pytest.fixture(scope="module")
def cutting(published: tuple[Database, Company]) -> Iterator[tuple[CutDatabase, Application, World]]:
    database, company = published
    faulty = CutDatabase(database.url)
    world = World(Application(database, now=lambda: NOW), company.schema)
    application = Application(faulty, now=lambda: NOW)
    application.ground(company.schema)
    yield faulty, application, world
    faulty.close()


def somebody(world: World) -> int:
    return world.do(Create("customer", {"name": f"客户{next(_numbers)}"}, accept_warnings=True)).record.id


def approve(world: World) -> Action:
    part = world.product(f"逐句审核{next(_numbers)}")
    world.stock(part, "3")
    return Run(world.order(somebody(world), (part, "2"), (part, "2")), "approve")


def make_and_approve(world: World) -> Action:
    values = {
        "customer": somebody(world),
        "lines": [{"product": world.product(f"一步{next(_numbers)}"), "quantity": "1"}],
    }
    return Create("sales_order", values, "approve")


def ship(world: World) -> Action:
    part = world.product(f"逐句出库{next(_numbers)}")
    world.stock(part, "3", "3.333333")
    order = world.order(somebody(world), (part, "2"), then="approve")
    return Run(world.delivery_of(order), "ship")


def receive(world: World) -> Action:
    part = world.product(f"逐句入库{next(_numbers)}")
    world.order(somebody(world), (part, "2"), then="approve")
    purchase = world.purchase(
        world.do(Create("supplier", {"name": f"供应商{next(_numbers)}"}, accept_warnings=True)).record.id, (part, "5")
    )
    return Run(world.draft_of("purchase_receipt", purchase), "receive")


def allocate(world: World) -> Action:
    part, firm = world.product(f"逐句核销{next(_numbers)}"), somebody(world)
    world.stock(part, "3")
    order = world.order(firm, (part, "2"), then="approve")
    world.ship(order)
    rows = [{"receipt": world.receipt(firm, "5").id, "order": order.id, "amount": "5"}]
    return Create("allocation", {"customer": firm, "lines": rows}, "allocate")


def take_back(world: World) -> Action:
    part = world.product(f"逐句冲销{next(_numbers)}")
    world.stock(part, "3")
    order = world.order(somebody(world), (part, "2"), then="approve")
    world.ship(order)
    return Reverse(order, followers=True)


@pytest.mark.parametrize("prepare", [approve, make_and_approve, ship, receive, allocate, take_back])
def test_all_or_nothing(cutting: tuple[CutDatabase, Application, World], prepare: Callable[[World], Action]) -> None:
    faulty, application, world = cutting
    command = Command(prepare(world), SYSTEM, f"{prepare.__name__}")
    before = books.contents(world.application.database, world.schema)
    faulty.afterwards = False
    for statement in range(1, MANY):
        faulty.sent, faulty.before, faulty.commits = 0, statement, 0
        try:
            outcome = application.execute(world.schema, command)
            break
        except Unavailable:
            assert faulty.commits == 0
            assert books.contents(world.application.database, world.schema) == before, f"statement {statement}"
    assert statement > 8, "fewer statements than a posting has"
    assert (outcome.is_repeat, faulty.commits) == (False, 1)
    _whole(world)


@pytest.mark.parametrize("prepare", [make_and_approve, ship, receive, allocate, take_back])
def test_an_answer_that_was_lost_is_found_again(
    cutting: tuple[CutDatabase, Application, World], prepare: Callable[[World], Action]
) -> None:
    faulty, application, world = cutting
    command = Command(prepare(world), SYSTEM, f"lost {prepare.__name__}")
    before = books.contents(world.application.database, world.schema)
    faulty.before, faulty.afterwards, faulty.commits = 0, True, 0
    with pytest.raises(Unavailable):
        application.execute(world.schema, command)
    faulty.afterwards = False
    after = books.contents(world.application.database, world.schema)
    assert (faulty.commits, after == before) == (1, False), "it was done, and nobody knows"
    outcome = application.execute(world.schema, command)
    assert outcome.is_repeat
    assert books.contents(world.application.database, world.schema) == after
    _whole(world)


def _whole(world: World) -> None:
    assert books.broken(world.application.database, world.schema) == {}
    world.assert_clean()
