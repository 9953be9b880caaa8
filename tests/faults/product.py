"""The whole product as a process of its own on a port of its own, and clients who do not give up."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from onebook.access.actor import SYSTEM
from onebook.access.logins import create_login, join_company
from onebook.bootstrap import EMBEDDED_FOLDER, opened
from onebook.definition.shipped import shipped_apps
from onebook.engines.process.command import Command, Create
from onebook.storage.embedded import EmbeddedServer
from onebook.storage.schema import PLATFORM, create_company
from onebook.storage.settings import Settings

LOGIN, PASSWORD = "boss", "a good password"
PROGRAM = "from onebook.bootstrap import main; main()"
START_S = 120
#: What a client does not take for an answer: the server could not say whether it was done.
NO_ANSWER = {500, 502, 503, 504}


@dataclass
class Product:
    """An installation with one company, running or not."""

    home: Path
    port: int
    schema: str
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def server(self) -> EmbeddedServer:
        """Its database server, looked at from outside."""
        return EmbeddedServer(self.home / EMBEDDED_FOLDER)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM, "serve"], env=self._environment())
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "it ended by itself"
            try:
                if httpx2.get(f"{self.address}/api/health", timeout=5).status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"no answer in {START_S} s")

    def kill(self) -> None:
        """As a power cut would, for the process alone: its database server goes on."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end; its database server ends with it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    def command(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        """A command of the command line."""
        arguments = [sys.executable, "-c", PROGRAM, *words]
        return subprocess.run(arguments, env=self._environment(), capture_output=True, check=False)

    def _environment(self) -> Mapping[str, str]:
        own = {"ONEBOOK_HOME": str(self.home), "ONEBOOK_PORT": str(self.port), "ONEBOOK_LANGUAGE": "en"}
        kept = {name: value for name, value in os.environ.items() if name != "ONEBOOK_DATABASE_URL"}
        return {**kept, **own}


@contextmanager
def installed(home: Path) -> Iterator[Product]:
    """A product with one company and somebody who may do everything, started; stopped in the end."""
    with opened(Settings(home)) as house:
        with house.database.administration() as connection:
            company = create_company(connection, "Company")
        house.application.publish(company.schema, shipped_apps(), SYSTEM)
        with house.database.transaction(PLATFORM) as transaction:
            create_login(transaction, LOGIN, PASSWORD)
            join_company(transaction, LOGIN, company.id)
            transaction.commit()
        user = {"name": LOGIN, "login": LOGIN, "roles": ["administrator"]}
        house.application.execute(company.schema, Command(Create("user", user), SYSTEM))
    product = Product(home, free_port(), company.schema)
    try:
        product.start()
        yield product
    finally:
        product.stop()
        product.server.kill()


class Client:
    """Somebody at a browser: a session, and a request that is asked again under its key until it is answered."""

    def __init__(self, product: Product) -> None:
        """Log in."""
        self._http = httpx2.Client(base_url=product.address, timeout=30)
        answer = self._http.post("/api/session", json={"login": LOGIN, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self._csrf = answer.json()["csrf"]
        #: How often nobody answered.
        self.unanswered = 0

    def close(self) -> None:
        self._http.close()

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> httpx2.Response:
        """Once; whatever comes."""
        headers = {"X-CSRF-Token": self._csrf, **({"Idempotency-Key": key} if key else {})}
        return self._http.request(method, path, json=dict(body or {}), headers=headers)

    def cut_off(self, method: str, path: str, body: Mapping[str, Any], key: str, after_s: float) -> None:
        """Ask and be gone before the answer, or with it: nobody reads it."""
        headers = {"X-CSRF-Token": self._csrf, "Idempotency-Key": key}
        patience = httpx2.Timeout(30, read=after_s)
        with suppress(httpx2.ReadTimeout):
            self._http.request(method, path, json=dict(body), headers=headers, timeout=patience)

    def insist(self, path: str, body: Mapping[str, Any] | None = None, *, key: str) -> dict[str, Any]:
        """The answer, whatever happens to the server meanwhile."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                answer = self.send("POST", path, body, key)
            except httpx2.TransportError:
                self.unanswered += 1
                time.sleep(0.05)
                continue
            if answer.status_code not in NO_ANSWER:
                assert answer.status_code < 400, answer.text
                found: dict[str, Any] = answer.json()
                return found
            assert answer.json()["code"] == "storage.unavailable", answer.text
            self.unanswered += 1
            time.sleep(0.05)
        raise AssertionError(f"nobody answered {path} in {START_S} s")

    def make(self, form: str, **values: Any) -> int:
        """A record that is only prepared."""
        answer = self.send("POST", f"/api/{form}", {"values": values})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def rows(self, form: str, columns: str) -> list[dict[str, Any]]:
        """All records of a form, of less than a thousand."""
        answer = self._http.get(f"/api/{form}", params={"columns": columns, "limit": 1000})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["rows"]
        return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
