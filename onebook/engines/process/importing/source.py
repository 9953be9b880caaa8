"""From the bytes of a file to a sheet: headers found, blank rows and columns gone, cells by column."""

from collections.abc import Callable
from itertools import zip_longest

from onebook.engines.process.importing.refusals import EmptyFile, FileTooLarge
from onebook.engines.process.importing.sheet import Cell, Columns, Limits, Sheet
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
        name, columns = read_workbook(content, limits, sheet)
    else:
        name, columns = "", [*zip_longest(*read_text_file(content, limits))]
    return laid_out(name, columns, known)


def laid_out(name: str, columns: Columns, known: Callable[[str], bool]) -> Sheet:
    """Columns as a sheet. Raises EmptyFile."""
    top = [*zip(*(column[:HEADER_WITHIN] for column in columns), strict=True)]
    heads = [(sum(known(header_text(cell)) for cell in row), -place) for place, row in enumerate(top)]
    matches, place = max(heads, default=(0, 0))
    # Without any known header the first row that is not blank must be it; mapping will then name what is unknown.
    head = -place if matches else next((n for n, row in enumerate(top) if not all(map(_is_blank, row))), None)
    if head is None:
        raise EmptyFile
    below = [column[head + 1 :] for column in columns]
    blank = _blank_rows(below)
    kept = [place for place in range(len(below[0])) if place not in blank]
    if not kept:
        raise EmptyFile
    if blank:
        below = [[column[place] for place in kept] for column in below]
    headers = [header_text(cell) for cell in top[head]]
    named = [n for n, header in enumerate(headers) if header or not all(map(_is_blank, below[n]))]
    return Sheet(
        name,
        tuple(headers[n] for n in named),
        tuple(below[n] for n in named),
        tuple(place + head + 2 for place in kept),
    )


def header_text(cell: Cell) -> str:
    """A header as text, without line breaks and spaces around it."""
    return " ".join(str(cell).split()) if cell is not None else ""


def _blank_rows(columns: Columns) -> set[int]:
    """The rows that are blank in every column: hardly any, so that each column narrows them down at once."""
    blank = set(range(len(columns[0])))
    for column in columns:
        blank = {place for place in blank if _is_blank(column[place])}
        if not blank:
            break
    return blank


def _is_blank(cell: Cell) -> bool:
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())
