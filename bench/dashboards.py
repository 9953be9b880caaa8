"""The measure of dashboards: twelve tiles over a million orders open while somebody looks."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import masses
from bench.place import Company, company
from bench.rounds import Ratio, compare
from onebook.access.actor import SYSTEM
from onebook.definition.read import read_text
from onebook.engines.dashboard.boards import Boards
from onebook.storage.database import Database

#: Orders of the smaller company and of the larger one; both have a book of a hundred thousand entries.
FEW, MANY = 100_000, 1_000_000
ENTRIES = 100_000
ROUNDS = 5
#: Metrics with trends and comparisons, rankings, a pivot, running sums, a list and what waits: a month's days as
#: offices look at them, and a year for what grows over it.
BOARD = Path(__file__).parent / "board.yaml"


def dashboard(database: Database) -> Iterator[Ratio]:
    """A dashboard of 12 tiles over 1,000,000 orders, against 100,000: all tiles one after another, and each."""
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

    times = f"{MANY // FEW} x the orders"
    yield _grown(f"dashboard of 12 tiles, {times}", shown(*tiles), large, small)
    for tile in tiles:
        yield _grown(f"tile {tile}, {times}", shown(tile), large, small)


def _grown(name: str, read: Callable[[Company], None], large: Company, small: Company) -> Ratio:
    # Ten times the orders of a span are ten times the rows that a figure over records reads.
    return compare(name, lambda: read(large), lambda: read(small), target=12.0, rounds=ROUNDS)


def _board(ground: Company) -> Boards:
    return ground.application.boards(ground.schema, SYSTEM)
