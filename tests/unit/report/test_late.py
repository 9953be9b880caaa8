"""What was written behind a moment: found by an index of late papers and by days, and nothing of it is missed."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import bindparam, select

from onebook.engines.report.sources.late import written_later
from onebook.engines.table.compiled import compiled
from onebook.storage.database import Database
from onebook.storage.schema import Company

DAY = date(2026, 3, 10)
#: Hours from the beginning of a paper's own day, in UTC, to its writing: before it, on it anywhere in the world, the
#: next day and the one after to the microsecond, long after.
HOURS = [-30, -14, -8, 0, 1, 12, 23.999, 24, 36, 47, 48 - 1 / 3_600_000_000, 48, 50, 100, 1000]
ANSWER = f"SELECT unnest({compiled(written_later()).sql})"
UP_TO = f"SELECT unnest({compiled(written_later(lambda one: one.c.booked_on <= bindparam('last'))).sql})"


@pytest.fixture
def written(database: Database, company: Company) -> dict[int, tuple[date, datetime]]:
    """Journals of three weeks, written whenever: their days and when they were written."""
    dice = random.Random(7)
    with database.administration(company.schema) as connection:
        found = {}
        for number in range(1, 300):
            day = DAY + timedelta(days=dice.randrange(21))
            at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=dice.choice(HOURS))
            connection.execute(
                "INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor, at)"
                " VALUES (%s, %s, 'x', 1, 'x', 1, %s)",
                (number, day, at),
            )
            found[number] = day, at
    return found


def test_every_late_paper_is_found(
    database: Database, company: Company, written: dict[int, tuple[date, datetime]]
) -> None:
    with database.administration(company.schema) as connection:
        for hours in range(-40, 21 * 24 + 60, 7):
            known_at = datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(hours=hours)
            last = DAY + timedelta(days=hours // 48)
            late = {number for number, (_, at) in written.items() if at > known_at}
            until = {number for number in late if written[number][0] <= last}
            values = {"known_at": known_at, "last": last}
            assert {one for (one,) in connection.execute(ANSWER.encode(), values)} == late
            assert {one for (one,) in connection.execute(UP_TO.encode(), values)} == until


def test_the_index_of_late_papers_says_the_same(database: Database, company: Company) -> None:
    """The server finds late papers by their index only if the question is put in its very words."""
    question = compiled(select(written_later())).sql
    with database.administration(company.schema) as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        plan = connection.execute(f"EXPLAIN {question}".encode(), {"known_at": datetime.now(UTC)}).fetchall()
    assert any("ledger_journal_late" in line for (line,) in plan)
