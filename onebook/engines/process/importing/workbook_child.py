"""The child process that opens workbooks: whatever a broken or evil file does, it does to this process alone.

Standard input carries the file; standard output the columns of its first visible sheet with content, or of the sheet
named by the first argument, packed as messages. Exit code 3 means too many cells, 4 an unreadable file.
"""

import io
import resource
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

DAY, INSTANT, OTHER = 1, 2, 3
TOO_MANY, UNREADABLE = 3, 4


def pack(value: object) -> object:
    """Days and instants as tagged text; times and spans as the text that users see."""
    if isinstance(value, datetime):
        return msgspec.msgpack.Ext(INSTANT, value.isoformat().encode())
    if isinstance(value, date):
        return msgspec.msgpack.Ext(DAY, value.isoformat().encode())
    assert isinstance(value, time | timedelta), type(value)
    return msgspec.msgpack.Ext(OTHER, str(value).encode())


def tagged(cells: Sequence[object]) -> Sequence[object]:
    """A column whose dates are packed: by themselves they would become text, indistinguishable from text cells."""
    if {str, float, int, bool, type(None)}.issuperset(map(type, cells)):
        return cells
    return [pack(cell) if isinstance(cell, date | time | timedelta) else cell for cell in cells]


def chosen(workbook: CalamineWorkbook, wanted: str) -> CalamineSheet:
    """The sheet asked for, else the first visible one that has cells."""
    if wanted:
        return workbook.get_sheet_by_name(wanted)
    visible = [one.name for one in workbook.sheets_metadata if one.visible is SheetVisibleEnum.Visible]
    sheets = [workbook.get_sheet_by_name(name) for name in visible or workbook.sheet_names]
    return next((sheet for sheet in sheets if sheet.end is not None), sheets[0])


def main() -> int:
    """Read, pack, leave."""
    wanted, rows, columns, cells, memory, seconds = sys.argv[1], *(int(text) for text in sys.argv[2:7])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = io.BytesIO(sys.stdin.buffer.read())
    try:
        workbook = CalamineWorkbook.from_filelike(content)
        sheet = chosen(workbook, wanted)
        height, width = (place + 1 for place in sheet.end or (0, 0))
        if height > rows or width > columns or height * width > cells:
            return TOO_MANY
        data = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, KeyError, OverflowError, MemoryError):
        return UNREADABLE
    encoder = msgspec.msgpack.Encoder(enc_hook=pack)
    packed = [tagged(column) for column in zip(*data, strict=True)]
    sys.stdout.buffer.write(encoder.encode({"name": sheet.name, "columns": packed}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
