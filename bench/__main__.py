"""`python -m bench [MEASURE ...]`: runs the measures one after another, prints ratios and keeps them in a file.

Ratios are of the same minute on the same machine; absolute times are noise. The file under `bench/results/` is named
after the moment, so that drift is a difference of two files."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.dashboards import dashboard
from bench.loads import imports
from bench.orders import grown_book, long_orders, many_clients, order_cycle
from bench.pages import pages
from bench.place import database
from bench.reads import huge_lists, huge_past_days, huge_stock_movement, lists, past_days, stock_movement
from bench.rounds import Measured
from bench.rules import rules
from bench.soak import soak
from bench.work import order_work
from onebook.storage.database import Database

RESULTS = Path(__file__).parent / "results"
MEASURES: Mapping[str, Callable[[Database], Iterator[Measured]]] = {
    "cycle": order_cycle,
    "work": order_work,
    "long": long_orders,
    "clients": many_clients,
    "grown": grown_book,
    "stock": stock_movement,
    "past": past_days,
    "lists": lists,
    "import": imports,
    "rules": rules,
    "pages": pages,
    "soak": soak,
    "dashboard": dashboard,
    "huge": huge_stock_movement,
    "huge-past": huge_past_days,
    "huge-lists": huge_lists,
}
#: Only when they are named: they take longer than anybody waits for.
LONG = frozenset({"dashboard", "huge", "huge-past", "huge-lists", "soak"})


def main(arguments: list[str]) -> None:
    """Run the measures that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=_described(), formatter_class=_AsWritten)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help="which ones; without any, all short ones")
    chosen = parser.parse_args(arguments).measures or [name for name in MEASURES if name not in LONG]
    unknown = [name for name in chosen if name not in MEASURES]
    if unknown:
        parser.error(f"no measure is called {', '.join(unknown)}")
    ratios: list[Measured] = []
    # Each measure has a server of its own: what one left to be cleaned up is no burden of the next.
    for name in chosen:
        start = time.monotonic()
        print(f"\n== {name}: {MEASURES[name].__doc__}", flush=True)
        with database() as place:
            for ratio in MEASURES[name](place):
                print(ratio, flush=True)
                ratios.append(ratio)
        print(f"   ({time.monotonic() - start:.0f} s)", flush=True)
    print(f"\nkept in {_kept(ratios)}")


def _kept(ratios: list[Measured]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "at": now.isoformat(),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "ratios": [{**asdict(ratio), "is_good": ratio.is_good} for ratio in ratios],
    }
    file = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return file


def _described() -> str:
    lines = [f"  {name:<10} {measure.__doc__}" for name, measure in MEASURES.items()]
    return "\n".join(["Speed as ratios, and the pages against their budgets.", "", *lines])


class _AsWritten(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the description."""


if __name__ == "__main__":
    main(sys.argv[1:])
