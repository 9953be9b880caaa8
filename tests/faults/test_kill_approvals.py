"""Servers are killed between the last agreement and the command: the grant stays, and is carried out exactly once."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from psycopg import sql

from onebook.access.actor import SYSTEM, Actor
from onebook.access.logins import create_login, join_company
from onebook.access.membership import actor_of, user_statement
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.process.command import Command, Create
from onebook.storage import queue
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, Company
from onebook.storage.transaction import Rows, Statement
from tests.faults.product import LOGIN, PASSWORD, Client, Product, free_port

SPENDING = """
app: spending
label: 支出 | Spending
---
form: user
label: 人 | User
kind: master
title: name
fields:
  name: {kind: text, label: 名 | Name}
  login: {kind: text, label: 登 | Login}
  department: {kind: link, to: department, label: 部 | Department}
  roles: {kind: choices, options_from: roles, label: 角 | Roles}
  language: {kind: text, label: 语 | Language}
  active: {kind: flag, default: true, label: 在 | Active}
---
form: department
label: 部 | Department
kind: master
title: name
fields:
  name: {kind: text, label: 名 | Name}
  parent_department: {kind: link, to: department, label: 上 | Above}
  manager: {kind: link, to: user, label: 管 | Manager}
---
form: spending
label: 支 | Spending
kind: document
title: name
fields:
  name: {kind: text, label: 名 | Name}
  times: {kind: number, default: 0, label: 次 | Times}
states: {draft: 草稿 | Draft, approved: 已批 | Approved}
transitions:
  approve:
    label: 批 | Approve
    from: draft
    to: approved
    sets: {times: times + 1}
    approval:
      steps:
        - {step: board, label: 董 | Board, by: {role: director}}
---
role: director
label: 董 | Director
grants: {spending: {read: true}, user: {read: true}}
---
role: clerk
label: 员 | Clerk
grants: {spending: {read: true, create: true, do: all}, user: {read: true}}
"""


@dataclass
class Elsewhere(Product):
    """A server process on the database of the test."""

    url: str = ""

    def _environment(self) -> Mapping[str, str]:
        return {**super()._environment(), "ONEBOOK_DATABASE_URL": self.url}


@dataclass
class Waiting:
    """A company with a spending that somebody was asked to agree to."""

    database: Database
    schema: str
    product: Elsewhere
    record: int
    flow: int

    def ask(self, statement: str) -> Rows:
        with self.database.transaction(self.schema, read_only=True) as transaction:
            [rows] = transaction.run(Statement(statement, {"record": self.record, "flow": self.flow}))
        return rows

    @property
    def state(self) -> str:
        return str(self.ask("SELECT state FROM onebook_flow WHERE id = %(flow)s")[0][0])

    @contextmanager
    def held(self) -> Iterator[None]:
        """The record, so that the command has to wait for it."""
        with self.database.administration(self.schema) as connection:
            record = sql.SQL("SELECT FROM spending WHERE id = {} FOR UPDATE").format(self.record)
            connection.execute(record)
            yield

    def somebody_waits(self) -> bool:
        """Whether a command has come as far as the record."""
        waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        with self.database.administration() as connection:
            return connection.execute(waiting).fetchone() is not None

    def killed_while_carrying_out(self, begin: Callable[[], None]) -> None:
        """Whoever runs the command is killed before it is run."""
        with self.held():
            begin()
            _wait(lambda: self.state == "granted" and self.somebody_waits())
            self.product.kill()
        _wait(lambda: not self.somebody_waits())
        assert self.state == "granted"
        assert self.ask("SELECT state, times FROM spending WHERE id = %(record)s") == [("draft", 0)]

    def call_the_clock(self) -> None:
        """The job that the clock enters, some minutes later."""
        late = "UPDATE onebook_flow SET changed_at = changed_at - interval '5 minutes' WHERE id = %(flow)s"
        with self.database.transaction(self.schema) as transaction:
            transaction.commit(Statement(late, {"flow": self.flow}), queue.enter("approvals_all", {}))


@pytest.fixture
def waiting(database: Database, company: Company, tmp_path: Path) -> Iterator[Waiting]:
    application = Application(database)
    application.publish(company.schema, [read_text(SPENDING)], SYSTEM)
    with database.transaction(PLATFORM) as transaction:
        create_login(transaction, LOGIN, PASSWORD)
        join_company(transaction, LOGIN, company.id)
        transaction.commit()

    def user(name: str, role: str) -> Actor:
        values = {"name": name, "login": name, "roles": [role]}
        number = application.execute(company.schema, Command(Create("user", values), SYSTEM)).record.id
        with database.transaction(company.schema, read_only=True) as transaction:
            [rows] = transaction.run(user_statement(company.schema, number))
        return actor_of(rows)

    user(LOGIN, "director")
    clerk = user("clerk", "clerk")
    made = application.execute(company.schema, Command(Create("spending", {"name": "Lamps"}, "approve"), clerk))
    assert made.flow is not None
    product = Elsewhere(tmp_path, free_port(), company.schema, url=database.url)
    product.start()
    try:
        yield Waiting(database, company.schema, product, made.record.id, made.flow)
    finally:
        product.stop()


@pytest.mark.timeout(300)
def test_a_grant_survives_whoever_was_to_carry_it_out(waiting: Waiting) -> None:
    """Killed twice: the server behind the last agreement, and the worker that takes the grant up."""
    client = Client(waiting.product)

    def agree() -> None:
        with suppress(httpx2.TransportError):
            client.send("POST", f"/api/flows/{waiting.flow}/agree", {"comment": "fine"})

    thread = threading.Thread(target=agree)
    waiting.killed_while_carrying_out(thread.start)
    thread.join()
    client.close()
    waiting.product.start()
    waiting.killed_while_carrying_out(waiting.call_the_clock)
    waiting.product.start()
    waiting.call_the_clock()
    _wait(lambda: waiting.state == "done")
    assert waiting.ask("SELECT state, times FROM spending WHERE id = %(record)s") == [("approved", 1)]
    assert waiting.ask("SELECT count(*) FROM onebook_step WHERE record = %(record)s") == [(1,)]
    events = "SELECT what, count(*) FROM onebook_flow_event WHERE flow = %(flow)s GROUP BY what ORDER BY what"
    assert waiting.ask(events) == [("agreed", 1), ("done", 1), ("granted", 1), ("step_agreed", 1), ("submitted", 1)]
    assert waiting.ask("SELECT count(*) FROM onebook_message WHERE kind = 'granted'") == [(1,)]


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in a minute"
        time.sleep(0.02)
