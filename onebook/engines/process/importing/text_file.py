"""Opening csv files: UTF-8, UTF-16 or GB18030, separated by comma, tab or semicolon; every cell is text."""

import csv
import io

from onebook.engines.process.importing.refusals import FileTooLarge, UnreadableFile
from onebook.engines.process.importing.sheet import Cell, Limits

SEPARATORS = ",\t;"
#: What our own export writes before text that a spreadsheet would take for a formula.
NEUTRALISED = ("'=", "'+", "'-", "'@")


def decoded(content: bytes) -> str:
    """The text, by its byte order mark, else as UTF-8, else as GB18030. Raises UnreadableFile."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile(reason="encoding")


def read_text_file(content: bytes, limits: Limits) -> list[list[Cell]]:
    """Its rows. Raises FileTooLarge, UnreadableFile."""
    text = decoded(content)
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append([cell[1:] if cell.startswith(NEUTRALISED) else cell for cell in row])
            if len(rows) > limits.rows or len(row) > limits.columns:
                raise FileTooLarge(what="rows", limit=limits.rows)
    except csv.Error as broken:
        raise UnreadableFile(reason="broken") from broken
    return rows
