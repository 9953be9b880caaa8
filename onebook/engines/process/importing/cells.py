"""One cell as one value: what users and spreadsheets write for a number, a day, a yes; what is damaged is refused."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.form.parse_value import Unreadable, parse_value
from onebook.engines.process.importing.packs import Packed, packed_in
from onebook.engines.process.importing.sheet import Cell
from onebook.engines.table.columns import NUMBERS
from onebook.values.decimals import decimal_of
from onebook.values.label import LANGUAGES

Value = str | Decimal | bool | date | datetime | tuple[str, ...] | Packed | None


class Bad(Exception):
    """The cell is wrong: the code of the problem and its data."""

    def __init__(self, code: str, /, **data: object) -> None:
        """With the data of the problem's text."""
        super().__init__(code, data)
        self.code = code
        self.data = data


#: A spreadsheet keeps fifteen digits; beyond them a number has lost some of its own.
EXACT_DIGITS = 15
#: A number that some program turned to text on its way: `6901234567892.0`, `6.22202E+17`.
DAMAGED = re.compile(r"\d{6,}\.0+|\d(\.\d+)?[eE]\+\d+")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
YES = frozenset({"是", "有", "对", "真", "启用", "√", "✓", "y", "yes", "true", "1", "on"})
NO = frozenset({"否", "无", "错", "假", "停用", "×", "✗", "n", "no", "false", "0", "off"})
#: Text that is the same however it is cleaned: ASCII and Chinese characters without spaces at the ends, and without the
#: point or plus that a damaged number would have. Most cells are such.
PLAIN = re.compile(r"[!-*,\-/-~\u4e00-\u9fff](?:[ -*,\-/-~\u4e00-\u9fff]*[!-*,\-/-~\u4e00-\u9fff])?")
PLAIN_KINDS = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.PHONE, FieldKind.BARCODE})
LIST_SEPARATOR = re.compile(r"[,，;；、|\n]")
#: Characters of a wrong text that are told.
SHOWN = 60
EMPTY = frozenset({"", "-", "—", "N/A", "#N/A"})


def shown(text: str) -> str:
    """As much of a wrong text as its message needs."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def trimmed(text: str) -> str:
    """Without blanks of any kind around it, and without characters that a database cannot keep."""
    if "\0" in text or "\ufeff" in text or "\u200b" in text:
        text = text.replace("\0", "").replace("\ufeff", "").replace("\u200b", "")
    return text.strip()


def text_of(cell: Cell) -> str:
    """A cell as text; whole numbers without `.0`. Raises Bad where a spreadsheet has lost digits."""
    if isinstance(cell, str):
        text = trimmed(cell)
        if DAMAGED.fullmatch(text):
            raise Bad("importing.damaged_number", value=text)
        return text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        if abs(cell) >= 10**EXACT_DIGITS:
            raise Bad("importing.damaged_number", value=str(cell))
        return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat(" ")
    return str(cell)


def text_reader(field: FieldDeclaration) -> Callable[[Cell], object]:
    """Reads text of one line, or of many for long text."""
    has_lines = field.kind is FieldKind.LONG_TEXT
    return lambda cell: trimmed(cell) if has_lines and isinstance(cell, str) else text_of(cell)


def number_reader(field: FieldDeclaration) -> Callable[[Cell], object]:
    """Reads numbers. Those of spreadsheets have fifteen digits; a number that has lost some is refused."""
    percent = field.kind is FieldKind.PERCENT

    def read(cell: Cell) -> object:
        if isinstance(cell, float):
            if not abs(cell) < 10**EXACT_DIGITS:
                raise Bad("importing.damaged_number", value=str(cell))
            return Decimal(f"{cell:.15g}")
        if cell is None or (isinstance(cell, int) and not isinstance(cell, bool)):
            return cell
        if isinstance(cell, str):
            return number_text(cell, percent)
        raise Bad("importing.not_a_number", value=str(cell))

    return read


def number_text(text: str, percent: bool) -> Decimal | None:
    """The number a text spells: `1,234.50`, `￥12`, `(3.00)`, `13%` in percent fields. Raises Bad."""
    plain = trimmed(text)
    if plain in EMPTY:
        return None
    factor = Decimal(1)
    if percent and plain.endswith(("%", "％")):
        plain, factor = plain[:-1].rstrip(), Decimal("0.01")
    plain = plain.lstrip("￥¥$€£").strip()
    if plain.startswith("(") and plain.endswith(")"):
        plain, factor = plain[1:-1], -factor
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    number = decimal_of(plain) if "_" not in plain else None
    if number is None:
        raise Bad("importing.not_a_number", value=shown(text))
    return number * factor


def read_date(cell: Cell) -> Value:
    """A calendar day: a date cell, or text in year-month-day order; a bare number is no day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date) or cell is None:
        return cell
    if isinstance(cell, str):
        text = trimmed(cell)
        if text in EMPTY:
            return None
        # The time of day that a program wrote behind the day is no part of it.
        found = DAY.fullmatch(text.split(" ")[0].split("T")[0]) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
        if found:
            return _day(int(found[1]), int(found[2]), int(found[3]), text)
    raise Bad("importing.not_a_date", value=shown(str(cell)))


def read_month(cell: Cell) -> Value:
    """A month, as its first day."""
    if isinstance(cell, str) and (found := MONTH.fullmatch(trimmed(cell))):
        return _day(int(found[1]), int(found[2]), 1, cell)
    day = read_date(cell)
    return day.replace(day=1) if isinstance(day, date) else None


def instant_reader(zone: ZoneInfo) -> Callable[[Cell], Value]:
    """Reads points in time; without an offset they are those of the company's zone."""

    def read(cell: Cell) -> Value:
        if cell is None:
            return None
        if isinstance(cell, str):
            text = trimmed(cell).replace("/", "-")
            if text in EMPTY:
                return None
            try:
                cell = datetime.fromisoformat(text)
            except ValueError as wrong:
                raise Bad("importing.not_an_instant", value=shown(text)) from wrong
        if isinstance(cell, date) and not isinstance(cell, datetime):
            cell = datetime(cell.year, cell.month, cell.day)
        if not isinstance(cell, datetime):
            raise Bad("importing.not_an_instant", value=str(cell))
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)

    return read


def read_flag(cell: Cell) -> Value:
    """A yes or a no in any of the usual spellings."""
    if cell is None or isinstance(cell, bool):
        return cell
    word = text_of(cell).lower()
    if not word:
        return None
    if word in YES or word in NO:
        return word in YES
    raise Bad("importing.not_a_flag", value=shown(str(cell)))


def choice_codes(field: FieldDeclaration) -> dict[str, str]:
    """What users may write for each option: its code, and its label in each language."""
    codes: dict[str, str] = {}
    for code, label in (field.options or {}).items():
        codes |= {label.in_language(language).lower(): code for language in LANGUAGES}
    return codes | {code.lower(): code for code in field.options or {}}


def choice_reader(field: FieldDeclaration) -> Callable[[Cell], Value]:
    """Reads one option by label or code."""
    codes = choice_codes(field)

    def read(cell: Cell) -> Value:
        text = text_of(cell)
        if not text:
            return None
        code = codes.get(text.lower())
        if code is None:
            raise Bad(
                "importing.unknown_choice",
                value=shown(text),
                choices=[str(one) for one in (field.options or {}).values()],
            )
        return code

    return read


def several_reader(field: FieldDeclaration) -> Callable[[Cell], Value]:
    """Reads options or tags, separated by commas, semicolons or 、."""
    one = choice_reader(field) if field.kind is FieldKind.CHOICES else text_of

    def read(cell: Cell) -> Value:
        parts = [part for part in (trimmed(part) for part in LIST_SEPARATOR.split(text_of(cell))) if part]
        return tuple(str(one(part)) for part in dict.fromkeys(parts)) or None

    return read


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as wrong:
        raise Bad("importing.not_a_date", value=shown(text)) from wrong


def reader(field: FieldDeclaration, zone: ZoneInfo) -> Callable[[Cell], Value]:
    """What turns the cells of a field's column into values: understood as spreadsheets write them, then under the same
    rules as if typed. Links are read as text, and counts in packs as such; what they mean is found later."""
    understood = _reader(field, zone)
    if field.kind is FieldKind.LINK:
        return lambda cell: text_of(cell) or None
    counts = field.counts is not None
    shortest = min(field.length or SHOWN, SHOWN) if field.kind in PLAIN_KINDS else 0

    def read(cell: Cell) -> Value:
        if shortest and type(cell) is str and len(cell) <= shortest and PLAIN.fullmatch(cell):
            return cell
        if counts and isinstance(cell, str) and (packed := packed_in(cell)) is not None:
            return packed
        try:
            value: Value = parse_value(field, understood(cell))
        except Unreadable as unreadable:
            raise Bad(unreadable.code, **unreadable.data) from unreadable
        return value

    return read


def _reader(field: FieldDeclaration, zone: ZoneInfo) -> Callable[[Cell], object]:
    if field.kind in NUMBERS:
        return number_reader(field)
    match field.kind:
        case FieldKind.INSTANT:
            return instant_reader(zone)
        case FieldKind.DATE:
            return read_date
        case FieldKind.MONTH:
            return read_month
        case FieldKind.FLAG:
            return read_flag
        case FieldKind.CHOICE:
            return choice_reader(field)
        case FieldKind.CHOICES | FieldKind.TAGS:
            return several_reader(field)
    return text_reader(field)


#: Kinds of cells that may be equal although they are not the same: 1, 1.0, TRUE.
_CONFUSED: Final = frozenset({int, float, bool})


def column_values(cells: Sequence[Cell], read: Callable[[Cell], Value]) -> tuple[list[Value], dict[int, Bad]]:
    """Values of a whole column, and what is wrong by position. Each different cell is read once."""
    kinds = set(map(type, cells))
    if len(kinds & _CONFUSED) > 1:
        parts = [column_values([cell if type(cell) is kind else None for cell in cells], read) for kind in kinds]
        values = [
            next((one for one in row if one is not None), None) for row in zip(*(v for v, _ in parts), strict=True)
        ]
        return values, {position: bad for _, wrong in parts for position, bad in wrong.items()}
    known: dict[Cell, Value] = {}
    wrong: dict[Cell, Bad] = {}
    for cell in dict.fromkeys(cells):
        try:
            known[cell] = read(cell) if cell is not None else None
        except Bad as found:
            known[cell], wrong[cell] = None, found
    bad = {position: wrong[cell] for position, cell in enumerate(cells) if cell in wrong} if wrong else {}
    return [known[cell] for cell in cells], bad
