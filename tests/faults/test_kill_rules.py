"""Workers that run rules are killed in the middle, again and again: every firing has its effect, and none has two."""

import subprocess
import sys
import time

from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.application import Application
from onebook.engines.design.publish import publish
from onebook.engines.process.command import Command, Create
from onebook.engines.process.importing.request import ImportRequest
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.storage.transaction import Rows, Statement

RECORDS = 300
KILLS = 3
WORKSHOP = """
app: workshop
label: 坊 | Workshop
---
form: job
label: 活 | Job
kind: master
title: name
fields:
  name: {kind: text, required: true, label: 名 | Name}
  seen: {kind: number, default: 0, label: 见 | Seen}
---
form: echo
label: 回 | Echo
kind: master
number: "E{seq:6}"
fields:
  job: {kind: link, to: job, label: 活 | Job}
---
form: user
label: 人 | User
kind: master
title: name
fields:
  name: {kind: text, label: 名 | Name}
  login: {kind: text, label: 登 | Login}
  roles: {kind: choices, options_from: roles, label: 角 | Roles}
  active: {kind: flag, default: true, label: 在 | Active}
---
role: boss
label: 主 | Boss
everything: true
---
rule: answer
label: 应 | Answer
form: job
on: {created: true}
when: name <> "quiet"
do:
  - create: {form: echo, fields: {job: id}}
  - set: {seen: seen + 1}
  - notify: {to: {role: boss}, text: "{name}"}
"""
#: Runs rules until it is killed.
WORKER = """
import sys
from onebook.engines.application import Application
from onebook.storage.database import Database

application = Application(Database(sys.argv[1]))
while application.run_rules(sys.argv[2]):
    pass
"""


def test_killed_workers_lose_nothing_and_do_nothing_twice(database: Database, company: Company) -> None:
    publish(database, company.schema, [read_text(WORKSHOP)])
    application = Application(database)
    names = ["quiet" if number % 10 == 0 else f"job {number}" for number in range(RECORDS)]
    sheet = "\n".join(["名", *names]).encode()
    application.import_(company.schema, SYSTEM, ImportRequest("job", sheet, key=()))
    application.execute(company.schema, Command(Create("user", {"name": "boss", "roles": ["boss"]}), SYSTEM))
    assert _ask(database, company, "SELECT count(*) FROM onebook_event") == [(RECORDS,)]
    loud = RECORDS - RECORDS // 10
    for round_ in range(1, KILLS + 1):
        aim = loud * round_ // (KILLS + 2)
        with subprocess.Popen([sys.executable, "-c", WORKER, database.url, company.schema]) as worker:
            _wait(database, company, aim, worker)
            worker.kill()
    while application.run_rules(company.schema):
        pass
    assert _ask(database, company, "SELECT state, count(*) FROM onebook_firing GROUP BY state") == [("done", loud)]
    assert _ask(database, company, "SELECT count(*), count(DISTINCT job) FROM echo") == [(loud, loud)]
    assert _ask(database, company, "SELECT seen, count(*) FROM job GROUP BY seen ORDER BY seen") == [
        (0, RECORDS // 10),
        (1, loud),
    ]
    told = "SELECT count(*), count(DISTINCT record) FROM onebook_message WHERE kind = 'rule'"
    assert _ask(database, company, told) == [(loud, loud)]
    assert _ask(database, company, "SELECT count(*) FROM onebook_event") == [(0,)]


def _wait(database: Database, company: Company, aim: int, worker: "subprocess.Popen[bytes]") -> None:
    """Until so many firings are done, or begun and on their way."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        [(done,)] = _ask(database, company, "SELECT count(*) FROM onebook_firing WHERE state = 'done'")
        if done >= aim:
            return
        assert worker.poll() is None, "it ended before it was killed"
        time.sleep(0.01)
    raise AssertionError(f"not {aim} firings in two minutes")


def _ask(database: Database, company: Company, sql: str) -> Rows:
    with database.transaction(company.schema, read_only=True) as transaction:
        [rows] = transaction.commit(Statement(sql))
    return rows
