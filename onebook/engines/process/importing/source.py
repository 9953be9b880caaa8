"""From the bytes of a file to a sheet: headers found, blank rows and columns gone, cells by column."""

from collections.abc import Callable

from onebook.engines.process.importing.refusals import EmptyFile, FileTooLarge
from onebook.engines.process.importing.sheet import Cell, Limits, Sheet
from onebook.engines.process.importing.text_file import read_text_file
from onebook.engines.process.importing.workbook import is_workbook, read_workbook

#: Titles and notes may stand above the headers, but not more than this.
HEADER_WITHIN = 10


def read(content: bytes, known: Callable[[str], bool], limits: Limits | None = None, sheet: str = "") -> Sheet:
    """The sheet of a file. The header row is the one of the first ten with most headers that are `known`.

    Raises FileTooLarge, UnreadableFile, EmptyFile."""
    limits = limits or Limits()
    if len(content) > limits.file_bytes:
        raise FileTooLarge(what="bytes", limit=limits.file_bytes)
    if is_workbook(content):
        name, rows = read_workbook(content, limits, sheet)
    else:
        name, rows = "", read_text_file(content, limits)
    return laid_out(name, rows, known)


def laid_out(name: str, rows: list[list[Cell]], known: Callable[[str], bool]) -> Sheet:
    """Rows as a sheet. Raises EmptyFile."""
    heads = [(sum(known(header_text(cell)) for cell in row), -place) for place, row in enumerate(rows[:HEADER_WITHIN])]
    matches, place = max(heads, default=(0, 0))
    # Without any known header the first row that is not blank must be it; mapping will then name what is unknown.
    head = (
        -place if matches else next((n for n, row in enumerate(rows[:HEADER_WITHIN]) if _has_content(row)), len(rows))
    )
    if head >= len(rows):
        raise EmptyFile
    headers = [header_text(cell) for cell in rows[head]]
    kept = [(number, row) for number, row in enumerate(rows[head + 1 :], head + 2) if _has_content(row)]
    if not kept:
        raise EmptyFile
    width = max(len(row) for _, row in kept)
    width = max(width, len(headers))
    full = [row if len(row) == width else row + [None] * (width - len(row)) for _, row in kept]
    headers += [""] * (width - len(headers))
    columns = list(zip(*full, strict=True))
    named = [n for n, header in enumerate(headers) if header or _has_content(columns[n])]
    return Sheet(
        name, tuple(headers[n] for n in named), tuple(columns[n] for n in named), tuple(number for number, _ in kept)
    )


def header_text(cell: Cell) -> str:
    """A header as text, without line breaks and spaces around it."""
    return " ".join(str(cell).split()) if cell is not None else ""


def _has_content(cells: "list[Cell] | tuple[Cell, ...]") -> bool:
    return any(cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in cells)
