"""Rows as a file to take away: xlsx or csv, written to a spooled file and sent from there."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import IO, Annotated, Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Query
from starlette.responses import StreamingResponse

from onebook.engines.report.csv_text import csv_blocks
from onebook.engines.report.heading import Heading
from onebook.engines.report.xlsx import write_xlsx
from onebook.entrypoints.http.identity import Visitor

FileFormat = Annotated[Literal["xlsx", "csv"], Query()]
Rows = AbstractContextManager[tuple[Sequence[Heading], Iterator[tuple[Any, ...]]]]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Larger files wait on disk, not in memory.
IN_MEMORY = 4 * 1024 * 1024
BLOCK = 256 * 1024
#: Where the calendar days of files are told.
ZONE = ZoneInfo("Asia/Shanghai")


def file_of(rows: Rows, name: str, kind: str, visitor: Visitor) -> StreamingResponse:
    """All rows as a file. It is finished before the first byte leaves, so that whatever refuses still can."""
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed once it was sent)
    try:
        with rows as (headings, lines):
            if kind == "csv":
                for block in csv_blocks(headings, lines, language=visitor.language, zone=ZONE):
                    spool.write(block)
            else:
                about = [
                    (visitor.company.name, name),
                    (visitor.actor.name, datetime.now(UTC).isoformat(" ", "seconds")),
                ]
                write_xlsx(spool, name, headings, lines, language=visitor.language, zone=ZONE, about=about)  # type: ignore[arg-type]
    except BaseException:
        spool.close()
        raise
    size = spool.tell()
    spool.seek(0)
    media = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    headers = {**attachment(f"{name}.{kind}"), "Content-Length": str(size)}
    return StreamingResponse(_blocks(spool), media_type=media, headers=headers)


def attachment(name: str) -> dict[str, str]:
    """The header that makes a browser save a file under a name in any script."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}


def _blocks(spool: IO[bytes]) -> Iterator[bytes]:
    with spool:
        while block := spool.read(BLOCK):
            yield block
