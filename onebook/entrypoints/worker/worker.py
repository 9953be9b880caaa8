"""The worker: takes jobs from the queue, runs them, and gives back the jobs of workers that died."""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import procrastinate
import psycopg
import psycopg_pool
from procrastinate.exceptions import ConnectorException

from onebook.storage import queue
from onebook.storage.database import Database
from onebook.values.refusal import Refusal, Status

#: A worker that has said nothing for so long is dead; a living one says something every few seconds.
SILENT_S: Final = 30
HEARTBEAT_S: Final = 5
SWEEP_S: Final = 10
#: How long jobs that are under way may finish when we are asked to stop.
GRACE_S: Final = 5
_LOST: Final = (ConnectorException, psycopg.OperationalError, psycopg_pool.PoolTimeout)
_log: Final = logging.getLogger(__name__)


class Task(Protocol):
    """What a job does: called with its arguments. May run twice, if a worker dies after it and before saying so."""

    def __call__(self, **arguments: object) -> None:
        """Do the job. Raising makes the queue try again later."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A task that is begun by the clock (UTC, as cron writes it); it gets the planned instant as `timestamp`."""

    cron: str
    task: str


class Worker:
    """Runs the jobs of a table of tasks, in the thread that calls `run`, until `stop`.

    Args:
        database: where the queue lies; the worker connects as its owner.
        tasks: each task by its name.
        schedules: tasks that the clock begins.
        silent_s: when another worker counts as dead; tests are in more of a hurry than the default.
    """

    def __init__(
        self,
        database: Database,
        tasks: Mapping[str, Task],
        schedules: Sequence[Schedule] = (),
        *,
        silent_s: int = SILENT_S,
    ) -> None:
        """Describe the worker; nothing is connected yet."""
        self._database = database
        self._tasks = tasks
        self._schedules = schedules
        self._silent_s = silent_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._asked_to_stop = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called; a database that is away is waited for."""
        asyncio.run(self._run())

    def stop(self) -> None:
        """End `run` soon, from any thread: jobs under way get a moment, the others stay in the queue."""
        self._asked_to_stop.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    def sweep(self) -> list[int]:
        """Give back the jobs of dead workers; their ids."""
        statement = queue.give_back_stalled(self._silent_s)
        with self._database.administration(queue.SCHEMA) as connection:
            rows = connection.execute(statement.sql, statement.parameters).fetchall()
        for job, state in rows:
            _log.warning("job %s of a dead worker: %s", job, state)
        return [job for job, _ in rows]

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._asked_to_stop.is_set():
            return
        sweeper = asyncio.create_task(self._sweep_often())
        try:
            while not self._stop.is_set():
                await self._work()
        finally:
            sweeper.cancel()
            await asyncio.gather(sweeper, return_exceptions=True)

    async def _work(self) -> None:
        """Work until stopped or until the connection is lost; then come back after a second."""
        app = self._app()
        try:
            async with app.open_async():
                worker = asyncio.create_task(
                    app.run_worker_async(
                        queues=[queue.QUEUE],
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=GRACE_S,
                        update_heartbeat_interval=min(HEARTBEAT_S, self._silent_s / 3),
                        stalled_worker_timeout=self._silent_s,
                        delete_jobs="successful",
                    )
                )
                stop = asyncio.create_task(self._stop.wait())
                await asyncio.wait((worker, stop), return_when=asyncio.FIRST_COMPLETED)
                if self._stop.is_set():
                    worker.cancel()
                stop.cancel()
                await asyncio.gather(worker)
        except asyncio.CancelledError:
            if not self._stop.is_set():
                raise
        except _LOST as error:
            _log.warning("the queue is out of reach: %s", error)
            await self._pause(1)

    async def _sweep_often(self) -> None:
        while not self._stop.is_set():
            try:
                await asyncio.to_thread(self.sweep)
            except Refusal as refusal:
                _log.warning("the queue is out of reach: %s", refusal)
            await self._pause(min(SWEEP_S, self._silent_s))

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    def _app(self) -> procrastinate.App:
        connector = procrastinate.PsycopgConnector(
            conninfo=self._database.url,
            kwargs={"options": f"-c search_path={queue.SCHEMA}", "application_name": "onebook worker"},
            min_size=1,
            max_size=4,
        )
        app = procrastinate.App(connector=connector)
        retry = _TryAgain(max_attempts=queue.ATTEMPTS, exponential_wait=4)
        registered: dict[str, Any] = {
            name: app.task(name=name, queue=queue.QUEUE, retry=retry)(_plain(task))
            for name, task in self._tasks.items()
        }
        for schedule in self._schedules:
            app.periodic(cron=schedule.cron)(registered[schedule.task])
        return app


class _TryAgain(procrastinate.RetryStrategy):
    """Failures are tried again after 4, 16, 64 … seconds; a refusal would only be refused again."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        """When to try again, if at all."""
        if isinstance(exception, Refusal) and exception.status != Status.UNAVAILABLE:
            return None
        return super().get_retry_decision(exception=exception, job=job)


def _plain(task: Task) -> Task:
    """The task as a function, which is what the queue's library inspects."""

    def run(**arguments: object) -> None:
        task(**arguments)

    return run
