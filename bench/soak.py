"""64 people at browsers of their own for minutes: they type all documents over the same few goods, customers and
suppliers, and take back, change and throw away. Afterwards everything that must hold of the book is looked at."""

import multiprocessing
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.rounds import Measured
from onebook.bootstrap import EMBEDDED_FOLDER
from onebook.engines.application import Application
from onebook.storage.database import Database
from tests.faults.crowd import Diary, Looker, Somebody, at_work
from tests.faults.product import Product, installed
from tests.invariants import books
from tests.invariants.office import DOCUMENTS, Office

PEOPLE = 64
#: Clients are spread over processes, so that they do not wait for one another.
PROCESSES = 4
MINUTES = float(os.environ.get("ONEBOOK_BENCH_MINUTES", "3"))
#: How often a request is cut off by its client, who asks again under the same key.
CUT = 0.01
#: What the server's log says of one circle: who waited for whom, and the statements of both.
LOG, CIRCLE_LINES = "log", 12
#: What the last of a hundred may wait when so many share a small machine, in seconds.
PATIENCE_S = 5.0


def soak(_: Database) -> Iterator[Measured]:
    """64 clients for minutes over HTTP, all documents; errors, deadlocks and waits, and the whole book checked."""
    with tempfile.TemporaryDirectory(prefix="onebook-soak-") as home, installed(Path(home)) as product:
        database = Database(product.server.url())
        office = Office(database, product.schema)
        office.stock("100000")
        look = Looker(product)
        before = _of_server(look)
        diaries = _crowd(product)
        happened = _of_server(look) - before
        waits = sorted(wait for diary in diaries for waits in diary.waits.values() for wait in waits)
        refused = sum((diary.refused for diary in diaries), Counter[str]())
        troubles = [trouble for diary in diaries for trouble in diary.troubles]
        drifts = [*office.application.check(product.schema)]
        broken = books.generally_broken(database, product.schema, office.catalog)
        for told in (*troubles, *drifts, *broken.items(), *_circles(product)):
            print("  ", told)
        made, repeated = sum(len(diary.made) for diary in diaries), sum(diary.repeated for diary in diaries)
        unanswered = sum(diary.unanswered for diary in diaries)
        print(f"   {len(waits)} answers, {len(waits) / (60 * MINUTES):.1f} a second; {made} documents")
        print(f"   {unanswered} asked again, of which {repeated} had been done")
        print(f"   {refused.total()} refused: {dict(refused.most_common())}")
        print(f"   steps of the server: {dict(happened)}")
        yield _measured("clients that were told of an error", len(troubles), 0)
        yield _measured("deadlocks", happened["deadlocks"], 0)
        yield _measured("invariants of the book that do not hold", len(drifts) + len(broken), 0)
        for share in (50, 95, 99):
            wait = waits[len(waits) * share // 100] if waits else 0.0
            yield _measured(f"{share} of 100 answers come within", wait, PATIENCE_S, "s")
        look.close()
        database.close()


def _crowd(product: Product) -> list[Diary]:
    """Everybody at work, for as long as it is to last."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        places = [(str(product.home), product.port, product.schema, place) for place in range(PROCESSES)]
        return pool.starmap(_people, places)


def _people(home: str, port: int, schema: str, place: int) -> Diary:
    product = Product(Path(home), port, schema)
    database = Database(product.server.url(), size=1)
    forms = Application(database).ground(schema).catalog.forms
    diary, over = Diary(), threading.Event()
    numbers = range(place, PEOPLE, PROCESSES)
    look = Looker(product)
    people = [Somebody(look, forms.__getitem__, f"person{n}", n, diary, cut=CUT) for n in numbers]
    # Nobody closes the months of the others for minutes on end.
    threads = at_work(people, [name for name in DOCUMENTS if not _closes(forms[name])], over)
    time.sleep(60 * MINUTES)
    over.set()
    for thread in threads:
        thread.join()
    look.close()
    database.close()
    # Errors of all kinds travel between processes as words.
    diary.troubles = [AssertionError(repr(trouble)) for trouble in diary.troubles]
    return diary


def _closes(form: Any) -> bool:
    return any(step.closes or step.reopens for step in form.transitions.values())


def _circles(product: Product) -> Iterator[str]:
    """Which statements waited for each other in a circle, as the database server told."""
    lines = (product.home / EMBEDDED_FOLDER / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    for nth, line in enumerate(lines):
        if "deadlock detected" in line:
            yield "\n".join(lines[nth : nth + CIRCLE_LINES])


def _of_server(look: Looker) -> Counter[str]:
    """What the database server has counted."""
    [row] = look.ask(
        "SELECT deadlocks, xact_commit, xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    )
    return Counter(dict(zip(("deadlocks", "commits", "rollbacks"), row, strict=True)))


def _measured(name: str, value: float, target: float, unit: str = "") -> Measured:
    return Measured(name=name, value=value, lowest=value, highest=value, target=target, unit=unit)
