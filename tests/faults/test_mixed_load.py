"""Everybody types everything at once over the same few goods and customers, while servers, connections and clients are
killed again and again: nothing acknowledged is lost, nothing is twice, and all that must hold of the book holds."""

import os
import random
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from onebook.storage.database import Database
from tests.faults.crowd import Diary, Looker, Somebody, at_work
from tests.faults.product import Product, installed
from tests.invariants import books
from tests.invariants.office import DOCUMENTS, Office

PEOPLE = 4
#: A night may look further than a run at the desk.
KILLS = int(os.environ.get("ONEBOOK_TEST_KILLS", "2"))
#: Documents that are acknowledged between two kills, so that each hits people at work.
BETWEEN = 6
#: How often a request is cut off by its client.
CUT = 0.05
VICTIMS = """SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
WHERE application_name = 'onebook' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2) AS victims"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with installed(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.mark.timeout(900)
def test_everything_at_once_while_everything_dies(product: Product) -> None:
    database = Database(product.server.url())
    office = Office(database, product.schema)
    office.stock("500")
    look, diary, over = Looker(product), Diary(), threading.Event()
    people = [
        Somebody(look, office.form, f"person{seed}", seed, diary, cut=CUT) for seed in range(PEOPLE)
    ]  # fmt: skip
    threads = at_work(people, DOCUMENTS, over)
    chance = random.Random(7)
    try:
        for turn in range(KILLS + 1):
            _wait_for_more(diary)
            if turn % 3 == 0:
                product.kill()
                product.start()
            elif turn % 3 == 1:
                for _ in range(5):
                    with psycopg.connect(product.server.url(), autocommit=True) as connection:
                        connection.execute(VICTIMS)
                    time.sleep(chance.random() / 4)
            else:
                product.server.kill()
        _wait_for_more(diary)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert diary.troubles == []
    assert diary.unanswered > 0, "the kills hit nobody"
    _is_there_once(look, diary)
    look.close()
    # What knew the server before it was killed is no connection any more.
    database.close()
    database = Database(product.server.url())
    assert books.generally_broken(database, product.schema, office.catalog) == {}
    database.close()
    checked = product.command("check")
    assert (checked.returncode, checked.stderr) == (0, b""), checked
    print(f"{diary.answered} answered, {diary.unanswered} not at once, {diary.repeated} repeated, {diary.refused}")


def _is_there_once(look: Looker, diary: Diary) -> None:
    """What was acknowledged, under its key, as the record that it was acknowledged to be; and no other of that key."""
    told = {form: {key: id for key, named, id in diary.made if named == form} for _, form, _ in diary.made}
    for form, made in told.items():
        there = {row[0] for row in look.ask(f'SELECT id FROM "{form}"')}
        assert set(made.values()) <= there, form
        columns = look.ask(
            "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %(form)s"
            " AND column_name = 'note'",
            form=form,
        )
        if columns:
            noted = look.ask(f"SELECT note, id FROM \"{form}\" WHERE note LIKE 'person%%-%%'")
            assert len({note for note, _ in noted}) == len(noted), form
            assert {note: id for note, id in noted if note in made}.items() <= made.items(), form
    numbers = look.ask("SELECT count(*), count(DISTINCT key) FROM onebook_answer")
    assert numbers[0][0] == numbers[0][1]


def _wait_for_more(diary: Diary) -> None:
    known, deadline = len(diary.made), time.monotonic() + 120
    while len(diary.made) < known + BETWEEN:
        assert not diary.troubles, diary.troubles
        assert time.monotonic() < deadline, "nobody got anything done"
        time.sleep(0.02)
