"""Measures of rules: a burst of firings heard, fired and done while workers die; what it costs a writer to be heard."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final

from bench.place import NOW, Company, company
from bench.rounds import Measured, compare
from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.process.ruling import working
from onebook.engines.process.ruling.run import Runner
from onebook.storage.database import Database

BURST = 100_000
#: The share of the burst that is enough to see what one of a kind costs.
PART = 20
SINGLE = 50
ROUNDS = 5
#: One rule that changes its records, one that tells somebody, one that makes another record for each.
RULES = """
app: heard
label: 听 | Heard
needs: [base, sales]
---
rule: changes
label: 改 | Changes
form: customer
on: {created: true}
when: level = "a"
acts_as: system
do: {set: {note: '"seen " & name'}}
---
rule: tells
label: 说 | Tells
form: customer
on: {created: true}
when: level = "b"
do: {notify: {to: {role: administrator}, text: "{name}"}}
---
rule: makes
label: 做 | Makes
form: customer
on: {created: true}
when: level = "c"
acts_as: system
do: {create: {form: party, fields: {name: name}}}
"""
#: Workers that are killed, and how far into the burst each comes at the least.
KILLS: Final = 3
_WORKER: Final = """
import sys
from onebook.engines.application import Application
from onebook.storage.database import Database

application = Application(Database(sys.argv[1]))
while application.run_rules(sys.argv[2]):
    pass
"""
_PATIENCE_S: Final = 120
#: No two customers are called alike: an import would take the second for the first.
_NUMBERS: Final = count()


def rules(database: Database) -> Iterator[Measured]:
    """100,000 firings of one import while workers are killed; what telling, making and being heard cost."""
    yield from measured(database, BURST)


def measured(database: Database, burst: int) -> Iterator[Measured]:
    """The same with a burst of this size."""
    part, single = burst // PART, burst // SINGLE
    quiet = company(database, "Quiet", customers=1, products=1)
    place = company(database, "Heard", customers=1, products=1)
    place.application.publish(place.schema, [read_text(RULES)], SYSTEM)
    place.made("user", name="Boss", login="boss", roles=["administrator"])
    yield compare(
        f"an import of {part:,} that rules listen to", lambda: _customers(place, part, "b"),
        lambda: _customers(quiet, part, "b"), target=1.3, rounds=ROUNDS,
    )  # fmt: skip
    tells = part * (ROUNDS + 1)
    _hear(database, place)
    yield _rate(f"{tells:,} firings that tell", tells, _seconds(lambda: _run(database, place)))
    _customers(place, single, "c")
    _hear(database, place)
    yield _rate(f"{single:,} firings that make", single, _seconds(lambda: _run(database, place)))
    _customers(place, burst, "a")
    heard = _seconds(lambda: _hear(database, place))
    yield _told(f"{burst:,} events heard and fired", heard, 60 * burst / BURST, "s", f"{burst / heard:,.0f} a second")
    took = _seconds(lambda: _survive(database, place, burst))
    yield _rate(f"{burst:,} firings that change their record, {KILLS} workers killed", burst, took)
    [(total, done)] = place.ask("SELECT count(*), count(*) FILTER (WHERE state = 'done') FROM onebook_firing")
    [(changed, trail)] = place.ask(
        "SELECT (SELECT count(*) FROM customer WHERE level = 'a' AND note = 'seen ' || name),"
        " (SELECT count(*) FROM onebook_change WHERE form = 'customer' AND version > 1)"
    )
    [(told, made)] = place.ask(
        "SELECT (SELECT count(*) FROM onebook_message WHERE kind = 'rule'), (SELECT count(*) FROM party)"
    )
    expected = (burst + tells + single, burst + tells + single, burst, burst, tells, single)
    found = (total, done, changed, trail, told, made)
    wrong = sum(abs(one - other) for one, other in zip(found, expected, strict=True))
    yield _told("firings and effects that were lost, doubled or not done", wrong, 0, "", f"of {total:,}")


def _customers(place: Company, many: int, level: str) -> None:
    rows = [(f"{level} {next(_NUMBERS):07}", level) for _ in range(many)]
    assert place.take("customer", ("name", "level"), rows).new == many


def _hear(database: Database, place: Company) -> None:
    ground = place.application.ground(place.schema)
    while working.hear(database, ground, NOW):
        pass


def _run(database: Database, place: Company) -> None:
    runner = Runner(database, place.application.ground(place.schema), NOW)
    while runner.run_due():
        runner.done.clear()


def _survive(database: Database, place: Company, burst: int) -> None:
    """Workers die in the first half; then one does the rest."""
    for killed in range(1, KILLS + 1):
        _kill_one(database, place, burst * killed // (2 * KILLS + 2))
    _run(database, place)


def _kill_one(database: Database, place: Company, aim: int) -> None:
    """A worker that dies once so many firings are done."""
    deadline = time.monotonic() + _PATIENCE_S
    with subprocess.Popen([sys.executable, "-c", _WORKER, database.url, place.schema]) as worker:
        while place.ask("SELECT count(*) FROM onebook_firing WHERE rule = 'changes' AND state = 'done'")[0][0] < aim:
            assert worker.poll() is None, "it ended before it was killed"
            assert time.monotonic() < deadline, "it does nothing"
            time.sleep(0.2)
        worker.kill()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _rate(name: str, many: int, took: float) -> Measured:
    return _told(name, took * 1000 / many, 20, "ms", f"{many / took:,.0f} a second")


def _told(name: str, value: float, target: float, unit: str, note: str) -> Measured:
    return Measured(name=name, value=value, lowest=value, highest=value, target=target, unit=unit, note=note)
