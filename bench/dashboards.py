"""The measure of dashboards: twelve tiles over a million orders open while somebody looks."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from bench import masses
from bench.place import Company, company
from bench.rounds import Measured, Ratio, compare, seconds
from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.dashboard.boards import Boards
from onebook.storage.database import Database

#: Orders of the smaller company and of the larger one; both have a book of a hundred thousand entries.
FEW, MANY = 100_000, 1_000_000
ENTRIES = 100_000
ROUNDS = 5
#: Connections that a browser holds to one server.
LINES = 6
#: Metrics with trends and comparisons, rankings, a pivot, running sums, a list and what waits: a month's days as
#: offices look at them, and a year for what grows over it.
BOARD = Path(__file__).parent / "board.yaml"


def dashboard(database: Database) -> Iterator[Measured]:
    """A dashboard of 12 tiles over 1,000,000 orders: opened at once; against 100,000: all tiles in turn, and each."""
    places = []
    for name, orders in (("Small board", FEW), ("Large board", MANY)):
        ground = company(database, name, customers=1, products=1)
        ground.application.publish(ground.schema, [read_text(BOARD.read_text("utf-8"))], SYSTEM)
        masses.fill(database, ground.schema, orders)
        masses.fill_book(database, ground.schema, ENTRIES)
        places.append(ground)
    small, large = places
    tiles: Sequence[str] = [one["tile"] for one in _board(large).described("bench_board", {})["tiles"]]
    assert len(tiles) == 12, tiles

    def shown(*names: str) -> Callable[[Company], None]:
        def read(ground: Company) -> None:
            for name in names:
                _board(ground).tile("bench_board", name, {})

        return read

    yield _opened(large, tiles)
    times = f"{MANY // FEW} x the orders"
    yield _grown(f"dashboard of 12 tiles, {times}", shown(*tiles), large, small)
    for tile in tiles:
        yield _grown(f"tile {tile}, {times}", shown(tile), large, small)


def _grown(name: str, read: Callable[[Company], None], large: Company, small: Company) -> Ratio:
    # Ten times the orders of a span are ten times the rows that a figure over records reads.
    return compare(name, lambda: read(large), lambda: read(small), target=12.0, rounds=ROUNDS)


def _opened(ground: Company, tiles: Sequence[str]) -> Measured:
    """As a browser opens it: every tile asked for at once, through as many lines as it has."""
    with ThreadPoolExecutor(LINES) as lines:

        def opened() -> None:
            list(lines.map(lambda tile: _board(ground).tile("bench_board", tile, {}), tiles))

        opened()
        took = [seconds(opened) for _ in range(ROUNDS)]
    return Measured(
        name=f"dashboard of 12 tiles over {MANY:,} orders opens", value=median(took), lowest=min(took),
        highest=max(took), target=1.0, unit="s",
    )  # fmt: skip


def _board(ground: Company) -> Boards:
    return ground.application.boards(ground.schema, SYSTEM)
