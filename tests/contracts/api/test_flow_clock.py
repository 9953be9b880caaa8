"""Time limits of approvals, by the worker that the clock calls: asked again, of the superior, or taken as answered."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI

from onebook.access.actor import SYSTEM
from onebook.definition.read import read_app, read_text
from onebook.engines.application import Application
from onebook.entrypoints.worker.tasks import SCHEDULES, tasks
from onebook.entrypoints.worker.worker import Worker
from onebook.storage import queue
from onebook.storage.database import Database
from onebook.storage.transaction import Statement
from tests.contracts.api.conftest import SHOP, Person, Place, opened

THEN = ("remind", "escalate", "pass", "refuse")
#: A step for everything that may happen when its time is over.
STEP = """
  {then}:
    label: 办 | Do
    from: draft
    to: done
    approval: {{steps: [{{step: check, label: 复核 | Check, by: {{role: director}}, within: 24, then: {then}}}]}}"""
ERRANDS = f"""
app: errands
label: 差事 | Errands
version: 1
needs: [shop]
---
form: errand
label: 差事 | Errand
kind: document
title: name
fields:
  name: {{kind: text, required: true, label: 事由 | Name}}
states: {{draft: 草稿 | Draft, done: 已办 | Done}}
transitions:{"".join(STEP.format(then=then) for then in THEN)}
---
role: director
label: 董事 | Director
grants: {{user: {{read: true}}, errand: {{read: true}}}}
---
role: runner
label: 经办 | Runner
grants: {{user: {{read: true}}, errand: {{read: true, create: true, do: all}}}}
"""


@dataclass
class Office:
    """Who submits, who is asked, and the superior of whoever is asked."""

    place: Place
    runner: Person
    director: Person
    chief: Person

    def submitted(self, step: str) -> dict[str, Any]:
        answer = self.runner.post("/api/errand", {"values": {"name": "Post"}, "then": step})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def let_time_pass(self, *flows: int) -> None:
        """A day and a minute later."""
        later = "UPDATE onebook_flow_task SET due = due - interval '24 hours 1 minute' WHERE flow = ANY(%(flows)s)"
        self._write(Statement(later, {"flows": list(flows)}))

    def call_the_clock(self) -> None:
        self._write(queue.enter("approvals_all", {}))

    def _write(self, statement: Statement) -> None:
        with self.place.database.transaction(self.place.company.schema) as transaction:
            transaction.commit(statement)

    def flow(self, number: int) -> Any:
        return self.runner.get(f"/api/flows/{number}").json()

    def course(self, number: int) -> list[str]:
        return [event["what"] for event in self.flow(number)["events"]]

    def waits_for(self, number: int, what: str) -> None:
        """Until the worker has written it."""
        ends_at = time.monotonic() + 20
        while what not in self.course(number):
            assert time.monotonic() < ends_at, self.course(number)
            time.sleep(0.05)

    def told(self, person: Person) -> list[tuple[str, str]]:
        items = person.get("/api/notifications").json()["items"]
        return [(one["kind"], one["link"]) for one in items]


@pytest.fixture(scope="module")
def office(app: FastAPI, database: Database, application: Application) -> Office:
    place = opened(app, database, application)
    application.publish(place.company.schema, [read_app(SHOP), read_text(ERRANDS)], SYSTEM)
    chief = place.person("runner", language="en")
    department = place.execute("department", name="Checking", manager=chief.user)
    director = place.person("director", language="en", department=department)
    return Office(place, place.person("runner", language="en"), director, chief)


@pytest.fixture
def working(office: Office) -> Iterator[None]:
    """The worker of the product, with its own tasks."""
    worker = Worker(office.place.database, tasks(office.place.application, office.place.database))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


def test_the_clock_looks_every_few_minutes() -> None:
    assert [one.cron for one in SCHEDULES if one.task == "approvals_all"] == ["*/5 * * * *"]


@pytest.mark.usefixtures("working")
def test_what_happens_when_the_time_is_over(office: Office) -> None:
    made = {then: office.submitted(then) for then in THEN}
    flows = {then: one["flow"] for then, one in made.items()}
    assert all(office.flow(flow)["due"] for flow in flows.values())
    office.call_the_clock()
    office.let_time_pass(*flows.values())
    office.call_the_clock()
    office.waits_for(flows["remind"], "reminded")
    office.waits_for(flows["escalate"], "escalated")
    office.waits_for(flows["pass"], "done")
    office.waits_for(flows["refuse"], "ended")

    assert office.course(flows["remind"]) == ["submitted", "reminded"]
    assert ("reminder", f"/flows/{flows['remind']}") in office.told(office.director)
    assert [one["id"] for one in office.flow(flows["remind"])["people"]] == [office.director.user]

    assert office.course(flows["escalate"]) == ["submitted", "escalated"]
    assert [one["id"] for one in office.flow(flows["escalate"])["people"]] == [office.chief.user]
    assert ("task", f"/flows/{flows['escalate']}") in office.told(office.chief)

    assert office.course(flows["pass"]) == ["submitted", "timed_agreed", "step_agreed", "granted", "done"]
    assert office.flow(flows["pass"])["events"][1]["by"] == {"id": 0, "title": "System"}
    assert office.course(flows["refuse"]) == ["submitted", "timed_refused", "ended"]
    states = {then: office.runner.get(f"/api/errand/{one['id']}").json()["state"] for then, one in made.items()}
    assert states == {"remind": "draft", "escalate": "draft", "pass": "done", "refuse": "draft"}
    kinds = {link: kind for kind, link in office.told(office.runner)}
    assert (kinds[f"/flows/{flows['pass']}"], kinds[f"/flows/{flows['refuse']}"]) == ("granted", "refused")


@pytest.mark.usefixtures("working")
def test_the_superior_has_a_day_too_and_whoever_has_none_above_is_reminded(office: Office) -> None:
    flow = office.submitted("escalate")["flow"]
    for what in ("escalated", "reminded"):
        office.let_time_pass(flow)
        office.call_the_clock()
        office.waits_for(flow, what)
    [asked] = office.flow(flow)["people"]
    assert asked["id"] == office.chief.user
    assert office.chief.post(f"/api/flows/{flow}/agree").json()["state"] == "done"
