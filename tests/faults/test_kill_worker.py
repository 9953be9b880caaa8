"""Jobs: entered with their transaction or not at all, and run even if the worker that had them was killed."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from onebook.entrypoints.worker.worker import Task, Worker
from onebook.storage import queue
from onebook.storage.database import Database
from onebook.storage.schema import Company

#: Begins a job, says so, and never ends it.
STUCK = """
import sys, time
from pathlib import Path
from onebook.entrypoints.worker.worker import Worker
from onebook.storage.database import Database

def note(**arguments):
    Path(sys.argv[2]).write_text(str(arguments["text"]))
    time.sleep(60)

Worker(Database(sys.argv[1]), {"note": note}, silent_s=2).run()
"""


def test_a_job_of_an_undone_transaction_does_not_exist(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.run(queue.enter("note", {"text": "undone"}))
    with database.transaction(company.schema) as transaction:
        transaction.commit(queue.enter("note", {"text": "done"}))
    notes = Notes()
    with running(database, notes):
        wait_for(lambda: bool(notes.texts))
        time.sleep(0.3)
    assert notes.texts == ["done"]
    assert jobs(database) == []


def test_a_job_that_fails_is_tried_again_later(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.commit(queue.enter("note", {"text": "wrong"}))
    notes = Notes(fails=True)
    with running(database, notes):
        wait_for(lambda: jobs(database) == [("todo", 1)])
    with database.administration(queue.SCHEMA) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")


def test_the_job_of_a_killed_worker_is_given_back_and_run(database: Database, company: Company, tmp_path: Path) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.commit(queue.enter("note", {"text": "precious"}))
    said = tmp_path / "said"
    with subprocess.Popen([sys.executable, "-c", STUCK, database.url, str(said)]) as stuck:
        wait_for(said.exists)
        stuck.kill()
    assert jobs(database) == [("doing", 0)]
    notes = Notes()
    with running(database, notes):
        wait_for(lambda: notes.texts == ["precious"])
    assert jobs(database) == []


def test_a_job_that_kills_its_workers_is_put_aside(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.commit(queue.enter("note", {"text": "poison"}))
    worker = Worker(database, {}, silent_s=0)
    for _ in range(queue.ATTEMPTS):
        with database.administration(queue.SCHEMA) as connection:
            connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        worker.sweep()
    assert jobs(database) == [("failed", queue.ATTEMPTS)]


class Notes:
    """A task that remembers what it was told."""

    def __init__(self, *, fails: bool = False) -> None:
        self.texts: list[object] = []
        self._fails = fails

    def __call__(self, **arguments: object) -> None:
        if self._fails:
            raise ValueError(arguments)
        self.texts.append(arguments["text"])


@contextmanager
def running(database: Database, task: Task) -> Iterator[None]:
    worker = Worker(database, {"note": task}, silent_s=2)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        began = time.monotonic()
        worker.stop()
        thread.join(10)
        assert not thread.is_alive()
        assert time.monotonic() - began < 8


def jobs(database: Database) -> list[tuple[str, int]]:
    with database.administration(queue.SCHEMA) as connection:
        return [(row[0], row[1]) for row in connection.execute("SELECT status::text, attempts FROM procrastinate_jobs")]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("nothing happened in 20 seconds")
        time.sleep(0.05)
