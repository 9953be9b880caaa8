"""Puts the parts together: settings, database, application, web server, worker, command line. Knows them all."""

import contextlib
import gc
import logging
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import uvicorn

from onebook.engines.application import Application
from onebook.entrypoints.cli import commands
from onebook.entrypoints.http import app as http
from onebook.entrypoints.worker.tasks import SCHEDULES, tasks
from onebook.entrypoints.worker.worker import Worker
from onebook.storage.database import Database
from onebook.storage.embedded import EmbeddedServer
from onebook.storage.schema import migrate
from onebook.storage.settings import Settings

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
        self.application = Application(database)

    def serve(self, host: str, port: int) -> None:
        """Answer HTTP requests and run jobs in this process until interrupted."""
        config = uvicorn.Config(
            http.create(self.application, self.database),
            host=host,
            port=port,
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
                uvicorn.Server(config).run()
        finally:
            worker.stop()
            thread.join()

    def work(self) -> None:
        """Run jobs until interrupted."""
        worker = self._worker()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                worker.run()
        finally:
            worker.stop()

    def _worker(self) -> Worker:
        return Worker(self.database, tasks(self.application, self.database), SCHEDULES)


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
        yield House(settings, database, migrate(database))


def main(prepare: commands.Prepare | None = None) -> None:
    """The command `onebook`; `prepare` is called with the open installation before it serves (a demo company, say)."""
    # What was imported stays: the collector need not look at it again and again (a quarter of a second each time).
    gc.freeze()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # As for Ctrl-C, so for a polite kill: leave through the clean-up, not past it.
    signal.signal(signal.SIGTERM, _terminate)
    commands.create(opened, prepare)()


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
