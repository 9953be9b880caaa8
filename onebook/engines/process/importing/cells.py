"""One cell as one value: what users and spreadsheets write for a number, a day, a yes; what is damaged is refused."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.process.importing.sheet import Cell
from onebook.values.decimals import decimal_of, rounded
from onebook.values.label import LANGUAGES

Value = str | Decimal | bool | date | datetime | tuple[str, ...] | None


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
LIST_SEPARATOR = re.compile(r"[,，;；、|\n]")
NUMBER_SCALES = {
    FieldKind.NUMBER: 6,
    FieldKind.QUANTITY: 6,
    FieldKind.PRICE: 6,
    FieldKind.MONEY: 2,
    FieldKind.PERCENT: 6,
}
WHOLE_DIGITS = {
    FieldKind.NUMBER: 18,
    FieldKind.QUANTITY: 12,
    FieldKind.PRICE: 12,
    FieldKind.MONEY: 16,
    FieldKind.PERCENT: 3,
}
EMPTY = frozenset({"", "-", "—", "N/A", "#N/A"})


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


def text_reader(field: FieldDeclaration) -> Callable[[Cell], Value]:
    """Reads text of one line, or of many for long text."""
    limit = field.length or 100_000
    kind = field.kind

    def read(cell: Cell) -> Value:
        text = trimmed(cell) if kind is FieldKind.LONG_TEXT and isinstance(cell, str) else text_of(cell)
        if len(text) > limit:
            raise Bad("importing.too_long", limit=limit, length=len(text))
        return text or None

    return read


def number_reader(field: FieldDeclaration) -> Callable[[Cell], Value]:
    """Reads numbers. Those of spreadsheets have fifteen digits; more digits than the field has are refused."""
    scale = field.scale if field.scale is not None else NUMBER_SCALES[field.kind]
    limit = Decimal(10) ** WHOLE_DIGITS[field.kind]
    percent = field.kind is FieldKind.PERCENT

    def read(cell: Cell) -> Value:
        if isinstance(cell, float):
            if abs(cell) >= 10**EXACT_DIGITS:
                raise Bad("importing.damaged_number", value=str(cell))
            number = Decimal(f"{cell:.15g}")
        elif isinstance(cell, int) and not isinstance(cell, bool):
            number = Decimal(cell)
        elif cell is None:
            return None
        elif isinstance(cell, str):
            parsed = number_text(cell, percent)
            if parsed is None:
                return None
            number = parsed
        else:
            raise Bad("importing.not_a_number", value=str(cell))
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > scale and rounded(number, scale) != number:
            raise Bad("importing.too_many_digits", scale=scale, value=str(number))
        if abs(number) >= limit:
            raise Bad("importing.too_large_number", value=str(number))
        return number

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
        raise Bad("importing.not_a_number", value=text)
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
    raise Bad("importing.not_a_date", value=str(cell))


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
                raise Bad("importing.not_an_instant", value=text) from wrong
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
    raise Bad("importing.not_a_flag", value=str(cell))


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
                "importing.unknown_choice", value=text, choices=[str(one) for one in (field.options or {}).values()]
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
        raise Bad("importing.not_a_date", value=text) from wrong


def reader(field: FieldDeclaration, zone: ZoneInfo) -> Callable[[Cell], Value]:
    """What turns the cells of a field's column into values. Links are read as text; who they are is found later."""
    if field.kind in NUMBER_SCALES:
        return number_reader(field)
    if field.kind is FieldKind.INSTANT:
        return instant_reader(zone)
    fixed: dict[FieldKind, Callable[[Cell], Value]] = {
        FieldKind.DATE: read_date, FieldKind.MONTH: read_month, FieldKind.FLAG: read_flag, FieldKind.LINK: _link_text,
    }  # fmt: skip
    if field.kind in fixed:
        return fixed[field.kind]
    if field.kind is FieldKind.CHOICE:
        return choice_reader(field)
    if field.kind in (FieldKind.CHOICES, FieldKind.TAGS):
        return several_reader(field)
    return text_reader(field)


def _link_text(cell: Cell) -> Value:
    return text_of(cell) or None


def column_values(cells: Sequence[Cell], read: Callable[[Cell], Value]) -> tuple[list[Value], dict[int, Bad]]:
    """Values of a whole column, and what is wrong by position. Each different cell is read once."""
    seen: dict[tuple[type, Cell], Value] = {}
    wrong: dict[tuple[type, Cell], Bad] = {}
    values: list[Value] = []
    bad: dict[int, Bad] = {}
    for position, cell in enumerate(cells):
        mark = (type(cell), cell)
        try:
            values.append(seen[mark])
            continue
        except KeyError:
            pass
        problem = wrong.get(mark)
        if problem is None:
            try:
                value = seen[mark] = read(cell)
                values.append(value)
                continue
            except Bad as found:
                problem = wrong[mark] = found
        bad[position] = problem
        values.append(None)
    return values, bad
