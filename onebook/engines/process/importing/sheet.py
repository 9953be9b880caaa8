"""A sheet as it was read: raw cells by column, with the row numbers that users see in their file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

#: What a cell may hold. Numbers of xlsx are floats; cells of csv are always text; nothing is ever evaluated.
Cell = str | float | int | bool | date | datetime | time | timedelta | None


#: All cells of a file, column by column; all columns are of one length.
Columns = Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headers, and the cells below them column by column. `numbers` are the rows' places in the file, from 1."""

    name: str
    headers: tuple[str, ...]
    columns: tuple[Sequence[Cell], ...]
    numbers: tuple[int, ...]

    @property
    def height(self) -> int:
        """How many rows stand below the headers; blank ones are not counted."""
        return len(self.numbers)

    def row(self, position: int) -> tuple[Cell, ...]:
        """The raw cells of one row."""
        return tuple(column[position] for column in self.columns)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused."""

    file_bytes: int = 64 * 1024 * 1024
    unpacked_bytes: int = 1024 * 1024 * 1024
    rows: int = 500_000
    columns: int = 256
    cells: int = 8_000_000
    seconds: int = 120
    memory_bytes: int = 3 * 1024 * 1024 * 1024
