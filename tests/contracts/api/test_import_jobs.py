"""Imports as jobs: how far they are, what was wrong with the file, stopping them, and no thread left behind."""

import io
import threading
import time
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from onebook.engines.process.importing.refusals import ImportCancelled
from onebook.entrypoints.http.jobs import MOST_OPEN, Job, Jobs
from onebook.entrypoints.http.refusals import NotFound, TooManyJobs
from tests.contracts.api.conftest import Person


def end_of(person: Person, job: str) -> dict[str, Any]:
    for _ in range(600):
        state: dict[str, Any] = person.get(f"/api/imports/{job}").json()
        if state["state"] not in ("waiting", "running"):
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def test_a_refused_import_tells_every_problem_and_gives_the_wrong_rows_back(boss: Person, clerk: Person) -> None:
    content = "名称,等级\n任务甲,钻石\n任务乙,普通\n任务丙,白银\n".encode()
    job = boss.upload("/api/customer/import", content).json()["job"]
    state = end_of(boss, job)
    assert (state["state"], state["has_wrong_rows"], state["result"]) == ("refused", True, None)
    assert [(one["row"], one["field"]) for one in state["problem"]["problems"]] == [(2, "level"), (4, "level")]
    file = boss.get(f"/api/imports/{job}/wrong_rows").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert [row[:2] for row in rows[1:]] == [["任务甲", "钻石"], ["任务丙", "白银"]]
    assert clerk.get(f"/api/imports/{job}/wrong_rows").status_code == 404


def test_an_import_without_problems_has_no_wrong_rows(boss: Person) -> None:
    job = boss.upload("/api/customer/import", "名称\n任务丁\n".encode()).json()["job"]
    assert end_of(boss, job)["state"] == "done"
    assert boss.get(f"/api/imports/{job}/wrong_rows").status_code == 404


def test_jobs_are_stopped_told_apart_and_leave_no_thread() -> None:
    before = threading.active_count()
    jobs = Jobs(workers=2)
    bugs: list[BaseException] = []

    def endless(job: Job) -> None:
        for place in range(10**9):
            job.watch("compute", place, 10**9)
            time.sleep(0.001)

    def broken(_: Job) -> None:
        raise ZeroDivisionError

    stopped = jobs.start("a", 1, endless, bugs.append)
    while stopped.stage != "compute":
        time.sleep(0.001)
    assert stopped.state == "running"
    stopped.cancelled = True
    assert stopped.finished.wait(10)
    assert (stopped.state, type(stopped.refusal)) == ("refused", ImportCancelled)
    failed = jobs.start("a", 1, broken, bugs.append)
    assert failed.finished.wait(10)
    assert (failed.state, [type(bug) for bug in bugs]) == ("failed", [ZeroDivisionError])
    with pytest.raises(NotFound):
        jobs.find(failed.id, "b", 1)
    for _ in range(MOST_OPEN):
        jobs.start("a", 1, endless, bugs.append)
    with pytest.raises(TooManyJobs):
        jobs.start("a", 1, endless, bugs.append)
    jobs.close()
    assert threading.active_count() <= before
    with pytest.raises(TooManyJobs):
        jobs.start("a", 1, broken, bugs.append)
