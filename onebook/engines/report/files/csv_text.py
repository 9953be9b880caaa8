"""Writing rows as csv: UTF-8 with a byte order mark, as spreadsheets expect; what could be a formula is defused."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from onebook.engines.report.files.xlsx import spoken
from onebook.engines.report.heading import Heading

#: A spreadsheet evaluates text that begins with one of these.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
BLOCK_ROWS = 1000


def csv_blocks(
    headings: Sequence[Heading], rows: Iterable[Sequence[Any]], *, language: str, zone: ZoneInfo
) -> Iterator[bytes]:
    """The file in blocks, the byte order mark first."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    writer.writerow([defused(heading.label.in_language(language)) for heading in headings])
    say = [(spoken(heading, language, zone), heading.is_number) for heading in headings]
    for count, row in enumerate(rows, 1):
        writer.writerow([_cell(value, *how) for value, how in zip(row, say, strict=True)])
        if count % BLOCK_ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def defused(text: str) -> str:
    """The text, behind an apostrophe if a spreadsheet would run it."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _cell(value: Any, say: Any, is_number: bool) -> str:
    if value is None:
        return ""
    text: str = say(value)
    return text if is_number else defused(text)


def _taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content
