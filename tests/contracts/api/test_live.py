"""Live updates over HTTP: each listener hears of what they may read, in their own company, while they are there."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, Queue
from typing import Any

import httpx2
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.entrypoints.http.app import create
from onebook.entrypoints.http.settings import HttpSettings
from onebook.storage.announcing import Announcer
from onebook.storage.database import Database
from tests.contracts.api.conftest import Person, Place

PATIENCE_S = 10.0
#: Whatever was going to be heard was heard by then.
SILENCE_S = 1.0
HEARTBEAT_S = 0.6


@dataclass
class Server:
    """The application on a port of its own."""

    app: FastAPI
    address: str
    database: Database


@pytest.fixture(scope="module")
def announcer(database: Database) -> Iterator[Announcer]:
    announcer = Announcer(database)
    yield announcer
    announcer.close()


@pytest.fixture(scope="module")
def application(database: Database, announcer: Announcer) -> Application:
    return Application(database, announcer=announcer)


@pytest.fixture(scope="module")
def app(database: Database, application: Application) -> FastAPI:
    return create(application, database, HttpSettings(heartbeat=timedelta(seconds=HEARTBEAT_S)))


@pytest.fixture(scope="module")
def serving(app: FastAPI, database: Database) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=running.run)
    thread.start()
    _until(lambda: running.started)
    yield Server(app, f"http://127.0.0.1:{port}", database)
    app.state.hub.stop()
    running.should_exit = True
    thread.join()


class Ear:
    """Somebody's open stream: what it says, as (event, data); `None` when it ends."""

    def __init__(self, serving: Server, person: Person) -> None:
        self.said: Queue[tuple[str, Any] | None] = Queue()
        self.heartbeats = 0
        cookie = f"onebook_session={person.client.cookies['onebook_session']}"
        self._connection = http.client.HTTPConnection(serving.address.removeprefix("http://"))
        self._connection.request("GET", "/api/live", headers={"Cookie": cookie})
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200, self._answer.read()
        assert str(self._answer.headers["content-type"]).startswith("text/event-stream")
        self._thread = threading.Thread(target=self._hear)
        self._thread.start()
        assert self.next()[0] == "notification"

    def next(self) -> tuple[str, Any]:
        found = self.said.get(timeout=PATIENCE_S)
        assert found is not None, "the stream has ended"
        return found

    def rest(self) -> list[tuple[str, Any] | None]:
        """Everything that is said within a moment."""
        found = []
        while True:
            try:
                found.append(self.said.get(timeout=SILENCE_S))
            except Empty:
                return found

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _hear(self) -> None:
        name = ""
        with suppress(http.client.HTTPException, OSError), self._answer:
            while read := self._answer.readline():
                line = read.decode().rstrip()
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    said = json.loads(line[6:])
                    if not _is_entering(said):
                        self.said.put((name, said))
                elif line.startswith(":"):
                    self.heartbeats += 1
        self._connection.close()
        self.said.put(None)


def _is_entering(said: dict[str, Any]) -> bool:
    """Whoever listens was entered by the system a moment before, and that may still be on its way to them."""
    return said.get("form") == "user" and said.get("action") == "create" and said["by"]["id"] == SYSTEM.id


@contextmanager
def listening(serving: Server, *people: Person) -> Iterator[list[Ear]]:
    ears = [Ear(serving, person) for person in people]
    try:
        yield ears
    finally:
        for ear in ears:
            ear.close()
        _until(lambda: serving.app.state.hub.count == 0)


@pytest.fixture(scope="module")
def one(place: Place) -> Person:
    return place.person("clerk")


@pytest.fixture(scope="module")
def other(place: Place) -> Person:
    return place.person("clerk")


@pytest.fixture(scope="module")
def foreign(other_place: Place) -> Person:
    return other_place.person("boss")


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.02)


def test_everybody_hears_of_what_they_may_read_and_of_nothing_else(
    serving: Server, boss: Person, one: Person, other: Person, foreign: Person
) -> None:
    with listening(serving, boss, one, other, foreign) as (bosses, ones, others, foreigns):
        made = one.make("customer", name="听得见")
        change = {
            "form": "customer", "record": made["id"], "version": 1, "action": "create",
            "by": {"id": one.user, "title": one.login.title()},
        }  # fmt: skip
        assert bosses.next() == ones.next() == ("change", change)
        binned = boss.send("DELETE", f"/api/customer/{made['id']}")
        assert binned.status_code == 200
        assert [ear.next()[1]["action"] for ear in (bosses, ones)] == ["bin", "bin"]
        # A department is for the boss alone, whatever record it is.
        boss.make("department", name="不可说")
        assert bosses.next()[1]["form"] == "department"
        goods = boss.make("product", code="L-1", name="给所有人", price="1")
        for ear in (bosses, ones, others):
            assert ear.next()[1] == {**ear_change(boss, "product", goods["id"]), "action": "create"}
        assert [ear.rest() for ear in (bosses, ones, others, foreigns)] == [[], [], [], []]
        foreign.make("product", code="L-1", name="别家", price="1")
        assert foreigns.next()[1]["form"] == "product"
        assert [ear.rest() for ear in (bosses, ones, others)] == [[], [], []]


def ear_change(person: Person, form: str, record: int) -> dict[str, Any]:
    by = {"id": person.user, "title": person.login.title()}
    return {"form": form, "record": record, "version": 1, "by": by}


def test_steps_and_what_they_make_and_what_is_said_beside_are_heard(serving: Server, boss: Person) -> None:
    goods = boss.make("product", code="L-2", name="件", price="1")["id"]
    customer = boss.make("customer", name="步步", credit_limit="100")["id"]
    order = boss.make("order", customer=customer, lines=[{"product": goods, "quantity": "1"}])["id"]
    time.sleep(SILENCE_S / 2)
    with listening(serving, boss) as (ear,):
        boss.post(f"/api/order/{order}/approve")
        boss.post(f"/api/order/{order}/reverse")
        boss.post(f"/api/order/{order}/comments", {"text": "好"})
        heard = [ear.next()[1] for _ in range(3)]
    assert [(one["record"], one["version"], one["action"]) for one in heard] == [
        (order, 2, "approve"), (order, 3, "reverse"), (order, None, "comment"),
    ]  # fmt: skip


def test_an_import_is_told_once_however_many_records_it_has(serving: Server, boss: Person) -> None:
    rows = "\n".join(f"I-{n},件{n},1" for n in range(300))
    with listening(serving, boss) as (ear,):
        done = boss.upload("/api/product/import?wait=true", f"编码,名称,售价\n{rows}\n".encode())
        assert done.json()["new"] == 300, done.text
        assert ear.next()[1] == {**ear_change(boss, "product", 0), "record": None, "version": None, "action": "import"}
        assert ear.rest() == []


def test_a_mention_and_its_reading_change_the_count(serving: Server, boss: Person, one: Person, other: Person) -> None:
    customer = one.make("customer", name="数一数")["id"]
    time.sleep(SILENCE_S / 2)
    with listening(serving, one, other) as (ones, others):
        boss.post(f"/api/customer/{customer}/comments", {"text": "看", "mentions": [one.user]})
        assert sorted([ones.next(), ones.next()], key=lambda said: said[0])[1] == ("notification", {"unread": 1})
        one.post("/api/notifications/read", {"all": True})
        assert ones.next() == ("notification", {"unread": 0})
        assert others.rest() == []


def test_rights_that_change_count_at_once(serving: Server, boss: Person, place: Place) -> None:
    person = place.person("packer")
    path = f"/api/user/{person.user}"
    with listening(serving, person) as (ear,):
        version = boss.get(path).json()["version"]
        changed = boss.send("PATCH", path, {"expected_version": version, "values": {"roles": []}})
        assert changed.status_code == 200, changed.text
        time.sleep(SILENCE_S / 2)
        boss.make("product", code="L-3", name="不再看见", price="1")
        assert ear.rest() == []


def test_a_stream_ends_with_its_session_and_with_its_company(serving: Server, place: Place) -> None:
    person = place.person("packer")
    with listening(serving, person) as (ear,):
        _until(lambda: ear.heartbeats > 1)
        assert person.send("DELETE", "/api/session").status_code == 204
        assert ear.said.get(timeout=PATIENCE_S) is None
    disabled = place.person("packer")
    with listening(serving, disabled) as (ear,):
        with place.database.administration() as connection:
            connection.execute(
                "DELETE FROM onebook.membership WHERE login = (SELECT id FROM onebook.login WHERE name = %s)",
                (disabled.login,),
            )
        assert ear.said.get(timeout=PATIENCE_S) is None


def test_without_a_session_nobody_listens(serving: Server) -> None:
    answer = httpx2.get(f"{serving.address}/api/live")
    assert (answer.status_code, answer.json()["code"]) == (401, "access.not_signed_in")


def test_many_listeners_take_no_threads_and_their_number_has_a_limit(serving: Server, place: Place) -> None:
    before = threading.active_count()
    person = place.person("packer")
    with listening(serving, *[person] * 20):
        # Each ear of this test has a thread of its own; the server has a few, however many listen.
        assert threading.active_count() - before <= 20 + 10
        assert serving.app.state.hub.count == 20
        cookie = f"onebook_session={person.client.cookies['onebook_session']}"
        refused = httpx2.get(f"{serving.address}/api/live", headers={"Cookie": cookie})
        assert (refused.status_code, refused.json()["code"]) == (429, "http.too_many_streams")
        assert person.get("/api/home").status_code == 200


def test_a_killed_connection_comes_back_and_everybody_looks_again(serving: Server, boss: Person) -> None:
    with listening(serving, boss) as (ear,):
        with psycopg.connect(serving.database.url, autocommit=True) as connection:
            killed = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'onebook listener'"
            ).fetchone()
        assert killed == (1,)
        assert ear.next() == ("missed", {})
        made = boss.make("product", code="L-4", name="又听见", price="1")
        assert ear.next()[1]["record"] == made["id"]
