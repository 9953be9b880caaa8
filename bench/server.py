"""A real HTTP server in a process of its own, and a client that is logged in: `python -m bench.server URL PORT`."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from bench.place import NOW, Company
from onebook.access.logins import create_login, join_company
from onebook.engines.application import Application
from onebook.engines.process.command import Create, Run
from onebook.engines.process.outcome import Outcome
from onebook.entrypoints.http import app as door
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from onebook.values.reference import RecordRef

LOGIN, PASSWORD = "bench", "quick and correct"
START_TIMEOUT_S = 60
#: How long a connection may wait for its next request: the others of a measure have their turns meanwhile.
PATIENCE_S = 600


class Browser:
    """A session of an administrator on one connection, with the thinnest client there is: the server is measured."""

    def __init__(self, port: int, pid: int) -> None:
        """Nobody is logged in yet. `pid`: the server's process."""
        self.pid = pid
        self.address = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Content-Type": "application/json"}

    def log_in(self) -> None:
        """From here on as the administrator."""
        answer, told = self._asked("POST", "/api/session", {"login": LOGIN, "password": PASSWORD})
        cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        self._headers |= {"Cookie": cookie, "X-CSRF-Token": told["csrf"]}

    def knock(self) -> None:
        """Ask something that needs nobody; raises OSError while there is no server."""
        self._connection.request("GET", "/api/health")
        self._connection.getresponse().read()

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def do(self, action: Create | Run) -> Outcome:
        """A command as a browser sends it."""
        if isinstance(action, Create):
            return self._sent(f"/api/{action.form}", {"values": action.values, "then": action.then})
        record = action.record
        return self._sent(f"/api/{record.form}/{record.id}/{action.transition}", {})

    def _sent(self, path: str, body: dict[str, Any]) -> Outcome:
        _, told = self._asked("POST", path, body)
        created = tuple(RecordRef(one["form"], one["id"]) for one in told.get("created", ()))
        return Outcome(RecordRef(told["form"], told["id"]), told["version"], told.get("state"), created=created)

    def _asked(self, method: str, path: str, body: dict[str, Any]) -> tuple[http.client.HTTPResponse, dict[str, Any]]:
        self._connection.request(method, path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status in (200, 201), content
        return answer, json.loads(content)


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
    browser = Browser(port, process.pid)
    try:
        _wait(browser, process)
        browser.log_in()
        yield browser
    finally:
        browser.close()
        process.terminate()
        process.wait()


def _wait(browser: Browser, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            browser.knock()
        except OSError:
            browser.close()
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
    app = door.create(application, database)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", timeout_keep_alive=PATIENCE_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
