"""The nightly check: every book is recomputed, and a drift of a cent raises an alarm that names the account."""

import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest

from onebook.engines.application import Application
from onebook.entrypoints.worker.tasks import SCHEDULES, BooksDiffer, NotMade, tasks
from onebook.locale.texts import text_of
from onebook.storage import queue
from onebook.storage.database import Database, TryAgain
from onebook.storage.schema import Company, create_company
from onebook.values.label import CHINESE
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


@pytest.mark.usefixtures("spoiled")
def test_every_active_administrator_is_told_once(published: Published, world: World) -> None:
    database, company = published
    told = {
        "boss": world.made("user", name="甲", login="alarm-boss", roles=["administrator"]).id,
        "abroad": world.made("user", name="Jo", login="alarm-jo", roles=["administrator"], language="en").id,
    }
    world.made("user", name="乙", login="alarm-gone", roles=["administrator"], active=False)
    world.made("user", name="丙", login="alarm-keeper", roles=["warehouse_keeper"])
    for _ in range(2):
        with pytest.raises(BooksDiffer):
            tasks(world.application, database)["check"](schema=company.schema)
    rows = world.ask(
        "SELECT n.recipient, n.kind, n.urgent, n.words, n.text FROM onebook_notification n"
        " JOIN \"user\" u ON u.id = n.recipient WHERE u.login LIKE 'alarm-%%' ORDER BY n.id"
    )
    assert [(row[0], *row[1:4]) for row in rows] == [
        (told["boss"], "alarm", True, "worker.alarm_books_differ"),
        (told["abroad"], "alarm", True, "worker.alarm_books_differ"),
    ]
    assert "on_hand" in rows[0][4]
    assert ("记录为" in rows[0][4], "stored" in rows[1][4]) == (True, True), "each in their language"


def test_documents_of_the_night_that_are_not_made_are_told_too(
    published: Published, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, company = published
    boss = world.made("user", name="丁", login="alarm-night", roles=["administrator"]).id
    monkeypatch.setattr(world.application, "nightly", lambda _: [TryAgain()])
    with pytest.raises(NotMade):
        tasks(world.application, database)["make"](schema=company.schema)
    rows = world.ask("SELECT words, text FROM onebook_notification WHERE recipient = %(boss)s", boss=boss)
    assert ("worker.alarm_not_made", text_of(TryAgain(), CHINESE)) in rows


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
