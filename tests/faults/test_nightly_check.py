"""The nightly check: every book is recomputed, and a drift of a cent raises an alarm that names the account."""

import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest

from onebook.engines.application import Application
from onebook.entrypoints.worker.tasks import SCHEDULES, BooksDiffer, tasks
from onebook.storage import queue
from onebook.storage.database import Database
from onebook.storage.schema import Company, create_company
from tests.scenarios.world import NOW, World

Published = tuple[Database, Company]


@pytest.fixture
def world(published: Published) -> World:
    return World(Application(published[0], now=lambda: NOW), published[1].schema)


@pytest.fixture
def spoiled(published: Published, world: World) -> Iterator[None]:
    """A cent too much on one account: somebody at a prompt, or a disk that lies."""
    database, company = published
    world.stock(world.product("齿轮"), "10", "6")
    _add(database, company, Decimal("0.01"))
    yield
    _add(database, company, Decimal("-0.01"))
    world.assert_clean()


@pytest.mark.usefixtures("spoiled")
def test_a_drift_of_a_cent_raises_an_alarm(
    published: Published, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    database, company = published
    with caplog.at_level(logging.ERROR), pytest.raises(BooksDiffer) as alarm:
        tasks(world.application, database)["check"](schema=company.schema)
    assert alarm.value.data["schema"] == company.schema
    told = [record.getMessage() for record in caplog.records if "account balance" in record.getMessage()]
    ((journal,),) = world.ask("SELECT max(journal) FROM ledger_entry")
    assert told, "the alarm names what differs"
    assert "on_hand" in told[0]
    assert str(journal) in told[0]


def test_a_clean_book_raises_none(published: Published, world: World) -> None:
    database, company = published
    tasks(world.application, database)["check"](schema=company.schema)


def test_every_company_is_checked_each_night_by_a_job_of_its_own(published: Published, world: World) -> None:
    database, company = published
    with database.administration() as connection:
        other = create_company(connection, "Other")
    assert any(schedule.task == "check_all" for schedule in SCHEDULES)
    tasks(world.application, database)["check_all"](timestamp=0)
    with database.administration(queue.SCHEMA) as connection:
        jobs = connection.execute("SELECT task_name, args ->> 'schema' FROM procrastinate_jobs").fetchall()
        connection.execute("DELETE FROM procrastinate_jobs")
    assert {("check", company.schema), ("check", other.schema)} <= set(jobs)


def _add(database: Database, company: Company, amount: Decimal) -> None:
    with database.administration(company.schema) as connection:
        connection.execute(
            "UPDATE ledger_account SET amount = amount + %s WHERE role = 'on_hand' AND quantity > 0", (amount,)
        )
