"""Files that leave: text stays text, figures stay figures, nothing runs when a spreadsheet opens them."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from onebook.definition.field import FieldKind
from onebook.engines.report.cursor import opened, sealed
from onebook.engines.report.files.csv_text import csv_blocks, defused
from onebook.engines.report.files.xlsx import write_xlsx
from onebook.engines.report.heading import Heading
from onebook.values.label import Label

ZONE = ZoneInfo("Asia/Shanghai")
HEADINGS = (
    Heading("code", Label("编码", "Code"), FieldKind.TEXT),
    Heading("price", Label("价格", "Price"), FieldKind.MONEY, 2),
    Heading("day", Label("日期", "Day"), FieldKind.DATE),
    Heading("at", Label("时间", "At"), FieldKind.INSTANT),
    Heading("yes", Label("是否", "Yes"), FieldKind.FLAG),
    Heading("kind", Label("种类", "Kind"), FieldKind.CHOICE, options=(("a", Label("甲", "A")),)),
    Heading("pieces", Label("数量", "Pieces"), FieldKind.QUANTITY),
)
ROWS = [
    (
        "=1+1",
        Decimal("-12.50"),
        date(2026, 3, 1),
        datetime(2026, 3, 1, 16, 30, tzinfo=UTC),
        True,
        "a",
        Decimal("22.000000"),
    ),
    ("00123456789012345678", Decimal("12345678901234567.89"), None, None, False, None, Decimal("0.500000")),
    (None, None, None, None, None, None, None),
]


def test_xlsx_keeps_codes_as_text_and_figures_as_numbers() -> None:
    target = io.BytesIO()
    assert write_xlsx(target, "a/b", HEADINGS, ROWS, language="zh-CN", zone=ZONE, about=[("导出人", "张三")]) == 3
    book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == ["编码", "价格", "日期", "时间", "是否", "种类", "数量"]
    assert rows[1] == ["=1+1", -12.5, date(2026, 3, 1), datetime(2026, 3, 2, 0, 30), "是", "甲", 22]
    # More digits than a spreadsheet keeps leave as text, whole.
    assert rows[2][:2] == ["00123456789012345678", "12345678901234567.89"]
    assert book.get_sheet_by_index(1).to_python() == [["导出人", "张三"]]


def test_csv_defuses_formulas_and_leaves_negative_figures_alone() -> None:
    text = b"".join(csv_blocks(HEADINGS, ROWS, language="en", zone=ZONE)).decode("utf-8-sig")
    assert text.split("\r\n")[1] == "'=1+1,-12.50,2026-03-01,2026-03-02 00:30:00,Yes,A,22"
    assert [defused(text) for text in ("+86", "-x", "@a", "\tx", "plain")] == ["'+86", "'-x", "'@a", "'\tx", "plain"]


VALUES = st.one_of(
    st.none(), st.text(), st.integers(-(2**60), 2**60), st.booleans(), st.dates(), st.datetimes(timezones=st.just(UTC)),
    st.decimals(allow_nan=False, allow_infinity=False),
)  # fmt: skip


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_cursors_bring_back_what_was_put_in(values: list[object]) -> None:
    assert opened("shape", sealed("shape", values), len(values)) == values
