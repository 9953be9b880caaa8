"""The embedded server killed in the middle of writing: it comes back by itself, and what was acknowledged is there."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from onebook.storage.database import Database, Unavailable
from onebook.storage.embedded import EmbeddedServer
from onebook.storage.schema import Company, create_company, migrate
from onebook.storage.transaction import Statement

KILLS = 5
WRITERS = 4
#: Two rows per document: one without the other would be half a document.
WRITE = Statement(
    "INSERT INTO onebook_answer (key, actor, request_hash, answer)"
    " SELECT %(key)s, half, '', '{}' FROM generate_series(1, 2) half ON CONFLICT DO NOTHING"
)


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path / "home", {"shared_buffers": "32MB"})
    server.start()
    yield server
    server.stop()
    assert server.running_pid() is None


def test_what_was_acknowledged_survives_kills(durable: EmbeddedServer) -> None:
    durable.watch()
    database = Database(durable.url(), size=WRITERS)
    company = _company(database)
    acknowledged: set[str] = set()
    over = threading.Event()

    def write(worker: int) -> None:
        number = 0
        while not over.is_set():
            key = f"{worker}-{number}"
            try:
                with database.transaction(company.schema) as transaction:
                    transaction.commit(Statement(WRITE.sql, {"key": key}))
            except Unavailable:
                time.sleep(0.05)
                continue  # the outcome is unknown: the same key again
            acknowledged.add(key)
            number += 1

    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    waits = []
    for _ in range(KILLS):
        known = len(acknowledged)
        _wait_for_more(acknowledged, known + 20)
        durable.kill()
        known, began = len(acknowledged), time.monotonic()
        _wait_for_more(acknowledged, known + WRITERS)
        waits.append(time.monotonic() - began)
    over.set()
    for writer in writers:
        writer.join()
    with database.transaction(company.schema) as transaction:
        found = transaction.run(Statement("SELECT key, count(*) FROM onebook_answer GROUP BY key"))[0]
    database.close()
    assert acknowledged <= {key for key, _ in found}
    assert {halves for _, halves in found} == {2}
    assert max(waits) < 10


def test_a_zombie_does_not_block_the_next_start(durable: EmbeddedServer) -> None:
    pid = durable.running_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    _wait_for(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    other = EmbeddedServer(durable.folder, {"shared_buffers": "32MB"})
    other.start()
    assert other.running_pid() not in (None, pid)
    other.stop()
    durable.stop()
    assert other.running_pid() is None


def test_a_child_that_outlived_its_server_does_not_block_the_next_start(durable: EmbeddedServer) -> None:
    pid = durable.running_pid()
    assert pid is not None
    child = psutil.Process(pid).children()[0]
    child.suspend()  # As one that waits for ever for a lock which a killed process held.
    os.kill(pid, signal.SIGKILL)
    _wait_for(lambda: durable.running_pid() is None)
    durable.start()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_stale_file_with_a_strangers_number_does_not_block_the_next_start(durable: EmbeddedServer) -> None:
    durable.kill()
    lock = durable.data / "postmaster.pid"
    lines = lock.read_text().split("\n")
    lock.write_text("\n".join([str(os.getppid()), *lines[1:]]))
    durable.start()
    assert durable.running_pid() not in (None, os.getppid())


def test_the_last_user_stops_it_even_if_the_others_were_killed(durable: EmbeddedServer) -> None:
    script = (
        "import sys, time; from pathlib import Path; from onebook.storage.embedded import EmbeddedServer;"
        "server = EmbeddedServer(Path(sys.argv[1])); server.start(); print('up', flush=True); time.sleep(60)"
    )
    arguments = [sys.executable, "-c", script, str(durable.folder)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"up\n"
        durable.stop()
        assert durable.running_pid() is not None
        durable.start()
        other.kill()
    durable.stop()
    assert durable.running_pid() is None


def _company(database: Database) -> Company:
    migrate(database)
    with database.administration() as connection:
        return create_company(connection, "Company")


def _wait_for_more(things: set[str], than: int) -> None:
    _wait_for(lambda: len(things) > than)


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in 20 seconds"
        time.sleep(0.01)
