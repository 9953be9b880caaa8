"""A real HTTP server in a process of its own, and a client that is logged in: `python -m bench.server URL PORT`."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from bench.place import NOW, Company
from onebook.access.logins import create_login, join_company
from onebook.engines.application import Application
from onebook.engines.process.command import Create, Run
from onebook.engines.process.outcome import Outcome
from onebook.entrypoints.http import app as http
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from onebook.values.reference import RecordRef

LOGIN, PASSWORD = "bench", "quick and correct"
START_TIMEOUT_S = 60


@dataclass
class Browser:
    """A session of an administrator."""

    client: httpx2.Client
    csrf: str

    def do(self, action: Create | Run) -> Outcome:
        """A command as a browser sends it."""
        if isinstance(action, Create):
            return self._sent(f"/api/{action.form}", {"values": action.values, "then": action.then})
        record = action.record
        return self._sent(f"/api/{record.form}/{record.id}/{action.transition}", {})

    def _sent(self, path: str, body: dict[str, Any]) -> Outcome:
        answer = self.client.post(path, json=body, headers={"X-CSRF-Token": self.csrf})
        assert answer.status_code in (200, 201), answer.text
        told = answer.json()
        created = tuple(RecordRef(one["form"], one["id"]) for one in told.get("created", ()))
        return Outcome(RecordRef(told["form"], told["id"]), told["version"], told.get("state"), created=created)


@contextmanager
def served(company: Company) -> Iterator[Browser]:
    """A server over the company's database, and somebody logged in."""
    database = company.application.database
    with database.transaction(PLATFORM) as transaction:
        create_login(transaction, LOGIN, PASSWORD)
        join_company(transaction, LOGIN, int(company.schema.rpartition("_")[2]))
        transaction.commit()
    company.made("user", name="Bench", login=LOGIN, roles=["administrator"])
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.server", database.url, str(port)])
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            _wait(client, process)
            answer = client.post("/api/session", json={"login": LOGIN, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            yield Browser(client, answer.json()["csrf"])
    finally:
        process.terminate()
        process.wait()


def _wait(client: httpx2.Client, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            client.get("/api/session")
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def main(url: str, port: str) -> None:
    """Serve until terminated."""
    database = Database(url)
    application = Application(database, now=lambda: NOW)
    uvicorn.run(http.create(application, database), host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
