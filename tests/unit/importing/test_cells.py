"""Cells as spreadsheets and people write them."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.engines.process.importing.cells import Bad, column_values, reader
from onebook.engines.process.importing.refusals import EmptyFile, FileTooLarge, UnreadableFile
from onebook.engines.process.importing.sheet import Cell, Limits
from onebook.engines.process.importing.source import read
from onebook.values.label import Label
from tests.unit.importing.conftest import xlsx

ZONE = ZoneInfo("Asia/Shanghai")
OPTIONS = {"a": Label("甲", "Alpha"), "b": Label("乙", "Beta")}


def value(kind: FieldKind, cell: Cell) -> object:
    options = OPTIONS if kind in (FieldKind.CHOICE, FieldKind.CHOICES) else None
    field = FieldDeclaration(kind=kind, label=Label("x", "x"), options=options)
    return reader(field, ZONE)(cell)


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        (FieldKind.TEXT, 6901234567892.0, "6901234567892"),
        (FieldKind.TEXT, "\u3000 a b\xa0", "a b"),
        (FieldKind.TEXT, "", None),
        (FieldKind.TEXT, "0012", "0012"),
        (FieldKind.PRICE, 0.1 + 0.2, Decimal("0.3")),
        (FieldKind.MONEY, "￥1,234.50", Decimal("1234.50")),
        (FieldKind.MONEY, "(3.00)", Decimal("-3.00")),
        (FieldKind.PERCENT, "13%", Decimal("0.13")),
        (FieldKind.PERCENT, 0.13, Decimal("0.13")),
        (FieldKind.NUMBER, "", None),
        (FieldKind.DATE, datetime(2026, 3, 1, 10, 30), date(2026, 3, 1)),
        (FieldKind.DATE, "2026年3月1日", date(2026, 3, 1)),
        (FieldKind.DATE, "2026/3/1 10:00", date(2026, 3, 1)),
        (FieldKind.DATE, "20260301", date(2026, 3, 1)),
        (FieldKind.MONTH, "2026-03", date(2026, 3, 1)),
        (FieldKind.INSTANT, "2026-03-01 09:30", datetime(2026, 3, 1, 9, 30, tzinfo=ZONE)),
        (FieldKind.FLAG, "是", True),
        (FieldKind.FLAG, 0.0, False),
        (FieldKind.CHOICE, "乙", "b"),
        (FieldKind.CHOICE, "ALPHA", "a"),
        (FieldKind.CHOICES, "甲，Beta、甲", ("a", "b")),
        (FieldKind.TAGS, "x; y", ("x", "y")),
    ],
)
def test_what_people_write_is_understood(kind: FieldKind, cell: Cell, expected: object) -> None:
    assert value(kind, cell) == expected


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        (FieldKind.TEXT, 6.222021000123457e17, "importing.damaged_number"),
        (FieldKind.BARCODE, "6901234567892.0", "importing.damaged_number"),
        (FieldKind.TEXT, "6.22202E+17", "importing.damaged_number"),
        (FieldKind.NUMBER, "1_000", "importing.not_a_number"),
        (FieldKind.NUMBER, "1,2,3", "importing.not_a_number"),
        (FieldKind.NUMBER, "NaN", "importing.not_a_number"),
        (FieldKind.MONEY, 1.005, "form.too_precise"),
        (FieldKind.DATE, 45000.0, "importing.not_a_date"),
        (FieldKind.DATE, "2026-02-30", "importing.not_a_date"),
        (FieldKind.DATE, "01/02/2026", "importing.not_a_date"),
        (FieldKind.FLAG, "maybe", "importing.not_a_flag"),
        (FieldKind.CHOICE, "丙", "importing.unknown_choice"),
    ],
)
def test_what_cannot_be_known_is_refused_not_guessed(kind: FieldKind, cell: Cell, code: str) -> None:
    with pytest.raises(Bad) as bad:
        value(kind, cell)
    assert bad.value.code == code


def test_columns_tell_each_wrong_place() -> None:
    field = FieldDeclaration(kind=FieldKind.NUMBER, label=Label("x", "x"))
    values, wrong = column_values(["1", "x", 2.0, "x"], reader(field, ZONE))
    assert values == [Decimal(1), None, Decimal(2), None]
    assert sorted(wrong) == [1, 3]


def test_titles_above_the_headers_and_blank_rows_do_not_disturb() -> None:
    content = xlsx([["商品表 2026"], [], ["编码", "名称"], ["A", "x"], ["", ""], ["B", "y"]])
    sheet = read(content, {"编码", "名称"}.__contains__)
    assert sheet.headers == ("编码", "名称")
    assert sheet.numbers == (4, 6)


def test_broken_and_endless_files_are_refused() -> None:
    def nothing(_header: str) -> bool:
        return False

    for broken in (b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", xlsx([["a"], ["b"]])[:-40]):
        with pytest.raises(UnreadableFile):
            read(broken, nothing)
    with pytest.raises(UnreadableFile):
        read(b"\x00\x01\x02\xff\xff", nothing)
    with pytest.raises(EmptyFile):
        read(xlsx([["only headers"]]), nothing)
    with pytest.raises(FileTooLarge):
        read(xlsx([["a"], *[["b"]] * 20]), nothing, Limits(rows=10))
    with pytest.raises(FileTooLarge):
        read(xlsx([["a"], ["b"]]), nothing, Limits(unpacked_bytes=100))
