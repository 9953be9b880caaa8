"""The work behind the order cycle: processor time of all who take part, which a busy machine hardly stretches."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from unittest.mock import patch

from bench.cycle import AMOUNT, cycle, in_process, sales
from bench.minimum import Minimum
from bench.place import Company, company
from bench.rounds import Measured
from bench.server import served
from onebook.storage.database import Database
from onebook.storage.pipeline import Parameters, PipelinedConnection

WARM = 45
ROUNDS = 40


def order_work(database: Database) -> Iterator[Measured]:
    """The order cycle against the hand-made minimum in processor time instead of waiting (Linux only)."""
    ground = company(database, "Work")
    do, sale, minimum = in_process(ground), sales(ground), Minimum(database, ground.schema)

    def by_hand() -> None:
        minimum.cycle(sale(), AMOUNT)

    def ours() -> None:
        cycle(do, sale())

    # What is made only once takes longer than a connection waits.
    by_hand()
    ours()
    with served(ground) as browser:

        def over_http() -> None:
            cycle(browser.do, sale())

        works = {"by hand": by_hand, "in process": ours, "over HTTP": over_http}
        for work in (over_http, by_hand, ours) * WARM:
            work()
        ground.maintain()
        taking_part = [os.getpid(), browser.pid, *_backends(ground)]
        spent: dict[str, list[int]] = {name: [] for name in works}
        gc.collect()
        gc.disable()
        for _ in range(ROUNDS):
            for name, work in works.items():
                before = _processor_ns(taking_part)
                work()
                spent[name].append(_processor_ns(taking_part) - before)
        gc.enable()
        note = f"{_statements(ours)} statements"
        for name, target in (("in process", 2.0), ("over HTTP", 3.3)):
            ratios = [one / base for one, base in zip(spent[name], spent["by hand"], strict=True)]
            whole = f"{median(spent[name]) / 1e6:.1f} ms against {median(spent['by hand']) / 1e6:.1f} ms; {note}"
            value = median(spent[name]) / median(spent["by hand"])
            yield Measured(
                name=f"work of an order cycle, {name}", value=value, lowest=min(ratios), highest=max(ratios),
                target=target, note=whole,
            )  # fmt: skip
    minimum.close()


def _statements(work: Callable[[], object]) -> int:
    """How many statements the work of this process sends."""
    sent = 0
    ahead = PipelinedConnection.ahead

    def counting(connection: PipelinedConnection, place: str, statements: Sequence[tuple[str, Parameters]]) -> None:
        nonlocal sent
        sent += len(statements)
        ahead(connection, place, statements)

    with patch.object(PipelinedConnection, "ahead", counting):
        # The declarations in force are looked at once a second: in the first cycle, not in the one that is counted.
        work()
        sent = 0
        work()
    return sent


def _backends(ground: Company) -> list[int]:
    """The server's processes that answer for somebody now."""
    query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database()"
    return [int(pid) for (pid,) in ground.ask(query)]


def _processor_ns(processes: Sequence[int]) -> int:
    """How long the threads of these processes have been running, in all."""
    spent = 0
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
            # A thread may end while it is looked at.
            with suppress(OSError):
                spent += int(thread.read_text().split()[0])
    return spent
