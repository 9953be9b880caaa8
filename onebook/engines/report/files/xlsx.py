"""Writing rows as an xlsx file: row by row in constant memory, codes as text, figures as numbers, nothing evaluated."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter

from onebook.definition.field import FieldKind
from onebook.engines.report.heading import Heading
from onebook.values.decimals import spelled
from onebook.values.label import Label

#: The most rows that a sheet holds, the header not counted; what is beyond goes to a further sheet.
SHEET_ROWS = 1_048_575
#: A spreadsheet keeps fifteen digits of a number; longer ones are written as text.
EXACT_DIGITS = 15
WIDTHS = {
    FieldKind.FLAG: 8,
    FieldKind.DATE: 12,
    FieldKind.MONTH: 10,
    FieldKind.INSTANT: 20,
    FieldKind.LONG_TEXT: 40,
    FieldKind.LINK: 24,
}
DATED = {FieldKind.DATE: "yyyy-mm-dd", FieldKind.MONTH: "yyyy-mm", FieldKind.INSTANT: "yyyy-mm-dd hh:mm:ss"}
FLAGS = {True: Label("是", "Yes"), False: Label("否", "No")}
ABOUT = Label("导出信息", "About this file")

Write = Callable[[int, int, Any], None]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on a sheet of its own, and on further ones if it is long."""

    name: str
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Any]]


def write_xlsx(
    target: BinaryIO, name: str, headings: Sequence[Heading], rows: Iterable[Sequence[Any]],
    *, language: str, zone: ZoneInfo, about: Sequence[tuple[str, str]] = (),
) -> int:  # fmt: skip
    """Write all rows to a file and return how many. `about`: who took out what and when, on a sheet of its own."""
    return write_parts(target, [Part(name, headings, rows)], language=language, zone=zone, about=about)


def write_parts(
    target: BinaryIO, parts: Sequence[Part], *, language: str, zone: ZoneInfo, about: Sequence[tuple[str, str]] = ()
) -> int:
    """Write several tables to one file, each on its sheet, and return how many rows they have together."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    taken: set[str] = {ABOUT.in_language(language).lower()}
    with xlsxwriter.Workbook(target, options) as book:
        looks = _looks(book)
        written = sum(_write_part(book, part, taken, language, zone, looks) for part in parts)
        if about:
            notes = book.add_worksheet(ABOUT.in_language(language))
            notes.set_column(0, 1, 30)
            for place, pair in enumerate(about):
                for column, text in enumerate(pair):
                    notes.write_string(place, column, text)
    return written


def _write_part(book: Any, part: Part, taken: set[str], language: str, zone: ZoneInfo, looks: dict[str, Any]) -> int:
    written, line, sheet, writers = 0, SHEET_ROWS, None, []
    for row in part.rows:
        if line >= SHEET_ROWS:
            sheet = _sheet(book, part, taken, language, looks)
            writers = [_writer(sheet, heading, looks, language, zone) for heading in part.headings]
            line = 0
        line += 1
        written += 1
        for place, value in enumerate(row):
            if value is not None:
                writers[place](line, place, value)
    if sheet is None:
        _sheet(book, part, taken, language, looks)
    return written


def _looks(book: Any) -> dict[str, Any]:
    looks = {kind.value: book.add_format({"num_format": shape}) for kind, shape in DATED.items()}
    return looks | {
        "head": book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1, "border_color": "#C9D1DB"}),
        "book": book,
    }


def _number_shape(heading: Heading) -> str:
    if heading.kind is FieldKind.MONEY:
        return "#,##0.00"
    if heading.kind is FieldKind.PERCENT:
        return "0.00%"
    if heading.scale is not None:
        return "#,##0" + ("." + "0" * heading.scale if heading.scale else "")
    return "General"


def _sheet(book: Any, part: Part, taken: set[str], language: str, looks: dict[str, Any]) -> Any:
    headings = part.headings
    sheet = book.add_worksheet(_named(part.name, taken))
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(headings):
        label = heading.label.in_language(language)
        sheet.set_column(place, place, max(WIDTHS.get(heading.kind, 14), 2 * len(label) + 2))
        sheet.write_string(0, place, label, looks["head"])
    return sheet


def _named(name: str, taken: set[str]) -> str:
    """A name that a sheet may have: without signs that spreadsheets forbid, and no other sheet's."""
    plain = "".join("_" if letter in "[]:*?/\\'" else letter for letter in name)[:26] or "1"
    found = next(one for n in count(1) if (one := plain if n == 1 else f"{plain} {n}").lower() not in taken)
    taken.add(found.lower())
    return found


def _writer(sheet: Any, heading: Heading, looks: dict[str, Any], language: str, zone: ZoneInfo) -> Write:
    """How the values of one column are written."""
    if heading.is_number:
        shape = _number_shape(heading)
        if shape not in looks:
            looks[shape] = looks["book"].add_format({"num_format": shape})
        return _figures(sheet, looks[shape])
    if heading.kind in DATED and not heading.is_masked:
        return _days(sheet, looks[heading.kind.value], zone)
    words = _words(heading, language)

    def write(line: int, place: int, value: Any) -> None:
        sheet.write_string(line, place, words(value))

    return write


def _figures(sheet: Any, look: Any) -> Write:
    def write(line: int, place: int, value: Any) -> None:
        if (
            isinstance(value, Decimal)
            and len(value.as_tuple().digits) > EXACT_DIGITS
            and len(value.normalize().as_tuple().digits) > EXACT_DIGITS
        ):
            sheet.write_string(line, place, spelled(value))
        else:
            sheet.write_number(line, place, float(value), look)

    return write


def _days(sheet: Any, look: Any, zone: ZoneInfo) -> Write:
    def write(line: int, place: int, value: Any) -> None:
        if isinstance(value, datetime):
            local = value.astimezone(zone).replace(tzinfo=None, microsecond=0)
            sheet.write_datetime(line, place, local, look)
        elif isinstance(value, date) and value.year >= 1900:
            sheet.write_datetime(line, place, value, look)
        else:
            sheet.write_string(line, place, str(value))

    return write


def _words(heading: Heading, language: str) -> Callable[[Any], str]:
    """Values as the text that users read."""
    if heading.is_masked:
        return str
    if heading.kind is FieldKind.FLAG:
        spoken = {flag: label.in_language(language) for flag, label in FLAGS.items()}
        return lambda value: spoken.get(value, str(value))
    names = {code: label.in_language(language) for code, label in heading.options}
    if heading.kind in (FieldKind.CHOICES, FieldKind.TAGS):
        return lambda value: ",".join(names.get(one, one) for one in value)
    if names:
        return lambda value: names.get(value, value)
    return str


def spoken(heading: Heading, language: str, zone: ZoneInfo) -> Callable[[Any], str]:
    """Any value of a column as text, figures as pages show them: for csv."""
    if heading.is_number:
        if heading.kind is FieldKind.MONEY:
            return lambda value: f"{value:.2f}"
        return lambda value: spelled(Decimal(value))
    if heading.is_masked:
        return str
    if heading.kind is FieldKind.INSTANT:
        return lambda value: value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if heading.kind is FieldKind.MONTH:
        return lambda value: value.strftime("%Y-%m")
    return _words(heading, language)
