"""The file that comes back: only the wrong rows, their columns as they were, wrong cells red, the reason last."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

import xlsxwriter

from onebook.engines.process.importing.mapping import REASON
from onebook.engines.process.importing.sheet import Sheet
from onebook.values.refusal import Problem


def wrong_rows(
    sheet: Sheet, problems: Sequence[Problem], columns: Mapping[str, int], say: Callable[[Problem], str], language: str
) -> bytes:
    """An xlsx of the rows that have problems. `columns` tells in which column a field stands; `say` makes the words."""
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.row is not None:
            by_row.setdefault(problem.row, []).append(problem)
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet()
        bold, red = book.add_format({"bold": True}), book.add_format({"bg_color": "#FFC7CE"})
        shapes = {
            False: (
                book.add_format({"num_format": "yyyy-mm-dd"}),
                book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            ),
            True: (
                book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#FFC7CE"}),
                book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "bg_color": "#FFC7CE"}),
            ),
        }
        page.freeze_panes(1, 0)
        page.write_row(0, 0, [*sheet.headers, REASON.in_language(language)], bold)
        line = 0
        for position, number in enumerate(sheet.numbers):
            causes = by_row.get(number)
            if causes is None:
                continue
            line += 1
            wrong = {columns[cause.field] for cause in causes if cause.field is not None and cause.field in columns}
            for place, cell in enumerate(sheet.row(position)):
                is_wrong = place in wrong
                if isinstance(cell, datetime):
                    page.write_datetime(line, place, cell, shapes[is_wrong][1])
                elif isinstance(cell, date):
                    page.write_datetime(line, place, cell, shapes[is_wrong][0])
                elif isinstance(cell, bool):
                    page.write_boolean(line, place, cell, red if is_wrong else None)
                elif isinstance(cell, int | float):
                    page.write_number(line, place, cell, red if is_wrong else None)
                elif cell is None or cell == "":
                    page.write_blank(line, place, None, red if is_wrong else None)
                else:
                    page.write_string(
                        line,
                        place,
                        str(cell) if not isinstance(cell, time) else cell.isoformat(),
                        red if is_wrong else None,
                    )
            page.write_string(line, len(sheet.headers), "；".join(dict.fromkeys(say(cause) for cause in causes)))
    return buffer.getvalue()
