"""Measures of rules: a burst of firings heard, fired and done; and what it costs a writer to be heard."""

import time
from collections.abc import Callable, Iterator

from bench.place import NOW, Company, company
from bench.rounds import Measured
from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.process.ruling import working
from onebook.engines.process.ruling.run import Runner
from onebook.storage.database import Database

BURST = 100_000
SINGLE = 2_000
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


def rules(database: Database) -> Iterator[Measured]:
    """100,000 firings of one import, drained by one worker; the import itself with and without rules that listen."""
    quiet = company(database, "Quiet", customers=1, products=1)
    without = _seconds(lambda: _customers(quiet, BURST, "a"))
    place = company(database, "Heard", customers=1, products=1)
    place.application.publish(place.schema, [read_text(RULES)], SYSTEM)
    place.made("user", name="Boss", login="boss", roles=["administrator"])
    with_rules = _seconds(lambda: _customers(place, BURST, "a"))
    yield _told("an import of 100,000 that rules listen to", with_rules / without, 1.3, "x", f"{with_rules:.1f} s")
    heard = _seconds(lambda: _hear(database, place))
    yield _told("100,000 events heard and fired", heard, 60, "s", f"{BURST / heard:,.0f} a second")
    for level, what, count in (("a", "change their record", BURST), ("b", "tell", BURST), ("c", "make", SINGLE)):
        if level != "a":
            _customers(place, count, level)
            _hear(database, place)
        took = _seconds(lambda: _run(database, place))
        yield _told(f"{count:,} firings that {what}", took * 1000 / count, 20, "ms", f"{count / took:,.0f} a second")
    [(total, done)] = place.ask("SELECT count(*), count(*) FILTER (WHERE state = 'done') FROM onebook_firing")
    expected = 2 * BURST + SINGLE
    yield _told(
        "firings that were lost, doubled or not done", abs(total - expected) + total - done, 0, "", f"of {total:,}"
    )


def _customers(place: Company, count: int, level: str) -> None:
    rows = [(f"{level} {number:06}", level) for number in range(count)]
    assert place.take("customer", ("name", "level"), rows).new == count


def _hear(database: Database, place: Company) -> None:
    ground = place.application.ground(place.schema)
    while working.hear(database, ground, NOW):
        pass


def _run(database: Database, place: Company) -> None:
    runner = Runner(database, place.application.ground(place.schema), NOW)
    while runner.run_due():
        runner.done.clear()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _told(name: str, value: float, target: float, unit: str, note: str) -> Measured:
    return Measured(name=name, value=value, lowest=value, highest=value, target=target, unit=unit, note=note)
