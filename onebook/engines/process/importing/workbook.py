"""Opening xlsx, xls, xlsb and ods files: in a child process with limits, so that no file can take the server along."""

import io
import subprocess
import sys
import zipfile
from datetime import date, datetime
from typing import Any

import msgspec

from onebook.engines.process.importing.refusals import FileTooLarge, UnreadableFile
from onebook.engines.process.importing.sheet import Cell, Columns, Limits
from onebook.engines.process.importing.workbook_child import DAY, INSTANT, TOO_MANY

CHILD = "onebook.engines.process.importing.workbook_child"


def is_workbook(content: bytes) -> bool:
    """Whether the bytes begin like a zip archive (xlsx, xlsb, ods) or a compound file (xls)."""
    return content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def read_workbook(content: bytes, limits: Limits, sheet: str = "") -> tuple[str, Columns]:
    """Name and columns of a sheet. Raises FileTooLarge, UnreadableFile."""
    _check_archive(content, limits)
    arguments = [
        sheet,
        *(str(n) for n in (limits.rows, limits.columns, limits.cells, limits.memory_bytes, limits.seconds)),
    ]
    try:
        done = subprocess.run(
            [sys.executable, "-m", CHILD, *arguments],
            input=content, capture_output=True, timeout=limits.seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as timeout:
        raise UnreadableFile(reason="timeout") from timeout
    if done.returncode == TOO_MANY:
        raise FileTooLarge(what="rows", limit=limits.rows)
    if done.returncode:
        raise UnreadableFile(reason="broken")
    answer: dict[str, Any] = msgspec.msgpack.decode(done.stdout, ext_hook=_unpack)
    return answer["name"], answer["columns"]


def _unpack(tag: int, data: memoryview) -> Cell:
    text = bytes(data).decode()
    if tag == INSTANT:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if tag == DAY else text


def _check_archive(content: bytes, limits: Limits) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError) as broken:
        raise UnreadableFile(reason="broken") from broken
    if unpacked > limits.unpacked_bytes:
        raise FileTooLarge(what="bytes", limit=limits.unpacked_bytes)
