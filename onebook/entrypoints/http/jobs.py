"""Long work that a request starts and others ask about: imports, with progress, cancelling and a result."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from onebook.engines.process.importing.refusals import ImportCancelled
from onebook.entrypoints.http.refusals import NotFound, TooManyJobs
from onebook.values.refusal import Refusal

#: At once in this process, waiting or running; and how many finished ones are remembered.
MOST_OPEN = 16
REMEMBERED = 50

State = Literal["waiting", "running", "done", "refused", "failed"]


@dataclass(slots=True)
class Job:
    """One piece of work, and how far it is. Only who started it, in the company it was started in, may ask about it."""

    id: str
    schema: str
    actor: int
    state: State = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    result: Any = None
    refusal: Refusal | None = None
    #: A file to fetch when the work is over.
    file: bytes | None = None
    cancelled: bool = False
    finished: threading.Event = field(default_factory=threading.Event)

    def watch(self, stage: str, done: int, total: int) -> None:
        """Told by the work now and then; raises ImportCancelled when it shall stop."""
        self.stage, self.done, self.total = stage, done, total
        if self.cancelled:
            raise ImportCancelled

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.finished.is_set()


class Jobs:
    """The jobs of this process. A job that dies with it has written nothing: imports are one transaction."""

    def __init__(self, workers: int = 2) -> None:
        """No job yet; `workers` run at the same time."""
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="onebook-job")

    def start(
        self, schema: str, actor: int, work: Callable[[Job], Any], on_bug: Callable[[BaseException], None]
    ) -> Job:
        """Begin work that answers a result, or refuses. Raises TooManyJobs."""
        job = Job(secrets.token_urlsafe(12), schema, actor)
        with self._lock:
            if sum(1 for one in self._jobs.values() if not one.is_over) >= MOST_OPEN:
                raise TooManyJobs(seconds=10)
            self._jobs[job.id] = job
            self._forget()
        try:
            self._pool.submit(_run, job, work, on_bug)
        except RuntimeError as closed:
            # The server is going down.
            job.state = "failed"
            job.finished.set()
            raise TooManyJobs(seconds=60) from closed
        return job

    def find(self, number: str, schema: str, actor: int) -> Job:
        """A job of this user in this company. Raises NotFound."""
        job = self._jobs.get(number)
        if job is None or (job.schema, job.actor) != (schema, actor):
            raise NotFound
        return job

    def close(self) -> None:
        """Stop what runs and take nothing more."""
        for job in list(self._jobs.values()):
            job.cancelled = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _forget(self) -> None:
        over = [number for number, job in self._jobs.items() if job.is_over]
        for number in over[: max(0, len(over) - REMEMBERED)]:
            del self._jobs[number]


def _run(job: Job, work: Callable[[Job], Any], on_bug: Callable[[BaseException], None]) -> None:
    job.state = "running"
    try:
        job.result = work(job)
        job.state = "done"
    except Refusal as refusal:
        job.refusal, job.state = refusal, "refused"
    except Exception as error:  # The thread must end with an answer; what went wrong is logged like any other bug.
        job.state = "failed"
        on_bug(error)
    finally:
        job.finished.set()
