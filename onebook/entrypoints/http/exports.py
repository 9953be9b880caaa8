"""Rows as a file to take away: xlsx or csv, written to a spooled file and sent from there."""

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Annotated, BinaryIO, Literal, cast
from urllib.parse import quote

from fastapi import Query
from starlette.responses import StreamingResponse

from onebook.engines.report.files.export import Format

FileFormat = Annotated[Format, Query()]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}
#: Larger files wait on disk, not in memory.
IN_MEMORY = 4 * 1024 * 1024
BLOCK = 256 * 1024


def file_of(write: Callable[[BinaryIO], None], name: str, kind: Format | Literal["pdf"]) -> StreamingResponse:
    """What is written, as a file. It is finished before the first byte leaves, so that whatever refuses still can."""
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed once it was sent)
    try:
        write(cast("BinaryIO", spool))
    except BaseException:
        spool.close()
        raise
    size = spool.tell()
    spool.seek(0)
    media = MEDIA[kind]
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
