"""Puts the parts together: settings, database, application, web server, worker, command line. Knows them all."""

import contextlib
import gc
import logging
import signal
import socket
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import uvicorn

from onebook.engines.application import Application
from onebook.engines.message.outlets import Outlets
from onebook.entrypoints.cli import commands
from onebook.entrypoints.http import app as http
from onebook.entrypoints.http.hub import Hub
from onebook.entrypoints.http.settings import HttpSettings
from onebook.entrypoints.worker.tasks import SCHEDULES, tasks
from onebook.entrypoints.worker.worker import Worker
from onebook.integrations.network import Outside
from onebook.integrations.providers import providers
from onebook.storage.announcing import Announcer
from onebook.storage.database import Database
from onebook.storage.embedded import EmbeddedServer
from onebook.storage.schema import migrate
from onebook.storage.settings import Settings
from onebook.storage.vault import Vault

#: How long requests under way may take to finish when the server is asked to stop.
GRACE_S = 5
EMBEDDED_FOLDER = "postgresql"


class House:
    """An installation that is open: database, application, and what runs on them."""

    def __init__(self, settings: Settings, database: Database, migrated: list[str]) -> None:
        """Put the application on its database."""
        self.settings = settings
        self.database = database
        self.migrated = migrated
        self.announcer = Announcer(database)
        self._vault = Vault.from_environment(settings.home)
        self._outside = Outside.from_environment()
        self.application = self._application(None)

    def serve(self, listener: socket.socket, origin: str | None = None) -> None:
        """Answer HTTP requests and run jobs in this process until interrupted; `origin` is that of a proxy in front."""
        self.application = self._application(origin)
        app = http.create(self.application, self.database, http_settings(origin))
        config = uvicorn.Config(
            app,
            log_level="warning",
            timeout_graceful_shutdown=GRACE_S,
            server_header=False,
        )
        worker = self._worker()
        thread = threading.Thread(target=worker.run, name="worker")
        thread.start()
        try:
            # Being interrupted is the usual way to end, not an error.
            with contextlib.suppress(KeyboardInterrupt):
                _Server(config, app.state.hub).run([listener])
        finally:
            worker.stop()
            thread.join()

    def work(self, origin: str | None = None) -> None:
        """Run jobs until interrupted; `origin`: where people find the product, for the links of messages."""
        self.application = self._application(origin)
        worker = self._worker()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                worker.run()
        finally:
            worker.stop()

    def _application(self, origin: str | None) -> Application:
        outlets = Outlets(self._vault, providers(self._outside), origin)
        return Application(self.database, announcer=self.announcer, outlets=outlets)

    def _worker(self) -> Worker:
        return Worker(self.database, tasks(self.application, self.database), SCHEDULES)


class _Server(uvicorn.Server):
    """Uvicorn, which waits for open requests when it stops: those that never end by themselves are ended first."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.stop()
        await super().shutdown(sockets)


def http_settings(origin: str | None) -> HttpSettings:
    """How to answer under a public origin: its own pages may send, and over https the cookie never leaves it."""
    return HttpSettings() if origin is None else HttpSettings(origin.startswith("https://"), origins=(origin,))


@contextlib.contextmanager
def opened(settings: Settings | None = None) -> Iterator[House]:
    """Open an installation: its server running, its schemas up to date. Leaving closes what this process has opened."""
    settings = settings or Settings.from_environment()
    with contextlib.ExitStack() as stack:
        url = settings.database_url
        if url is None:
            server = EmbeddedServer(settings.home / EMBEDDED_FOLDER)
            stack.callback(server.stop)
            server.start()
            server.watch()
            url = server.url()
        database = Database(url)
        stack.callback(database.close)
        house = House(settings, database, migrate(database))
        stack.callback(house.announcer.close)
        yield house


def main(prepare: commands.Prepare | None = None) -> None:
    """The command `onebook`; `prepare` is called with the open installation before it serves (a demo company, say)."""
    # What was imported stays: the collector need not look at it again and again (a quarter of a second each time).
    gc.freeze()
    # Requests and imports make many objects and hardly a cycle: a look every 700 is a tenth of an import.
    gc.set_threshold(50_000, 10, 10)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # As for Ctrl-C, so for a polite kill: leave through the clean-up, not past it.
    signal.signal(signal.SIGTERM, _terminate)
    commands.create(opened, prepare)()


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
