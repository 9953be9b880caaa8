"""A dirty Excel file: what is right goes in, what is wrong comes back with its reasons, and goes in once mended."""

import io
from pathlib import Path
from typing import Any

import xlsxwriter
from playwright.sync_api import expect
from python_calamine import load_workbook

from tests.browser.seat import Seat
from tests.browser.shop import Shop

HEADS = ("客户名称", "客户编码", "联系人", "信用额度", "账期（天）")
GOOD = (
    ("东海五金", "K1", "钱一", 5000, 30),
    ("南山电机", "K2", "孙二", "12,000.50", 45),
    ("西湖泵业", "K3", "李三", None, None),
)
WRONG = (
    ("北岭阀门", "K4", "周四", "很多", 30),
    ("", "K5", "吴五", 100, 30),
    ("中原轴承", "K6", "郑六", 100, -5),
)
MENDED = {"K4": ("北岭阀门", "8000", "30"), "K5": ("新城机电", "100", "30"), "K6": ("中原轴承", "100", "60")}


def test_a_dirty_file_goes_in_row_by_row_as_it_is_mended(seat: Seat, shop: Shop, tmp_path: Path) -> None:
    seat.enter(shop.boss).go("/customer")
    seat.page.get_by_role("button", name="更多").click()
    seat.page.get_by_role("menuitem", name="导入").click()
    _give(seat, "客户.xlsx", [HEADS, *GOOD, *WRONG])
    expect(_count(seat, "有错")).to_have_text("3")
    expect(_count(seat, "新增")).to_have_text("3")
    start = seat.page.get_by_role("button", name="导入 3 条")
    expect(start).to_be_disabled()
    assert shop.world.ask("SELECT count(*) FROM customer WHERE code LIKE 'K%%'") == [(0,)]

    with seat.page.expect_download() as coming:
        seat.page.get_by_role("button", name="下载有错的行").click()
    kept = tmp_path / "wrong.xlsx"
    coming.value.save_as(kept)
    back = load_workbook(kept).get_sheet_by_index(0).to_python()
    assert sorted(str(row[back[0].index("客户编码")]) for row in back[1:]) == ["K4", "K5", "K6"]

    seat.page.get_by_label("跳过有错的行，导入其余的").check()
    start.click()
    seat.sees("导入完成")
    expect(_count(seat, "新增")).to_have_text("3")

    seat.page.get_by_role("button", name="再导入一个文件").click()
    _give(seat, "改好的.xlsx", [back[0], *(_mended(back[0], row) for row in back[1:])])
    expect(_count(seat, "新增")).to_have_text("3")
    expect(_count(seat, "有错")).to_have_text("0")
    seat.page.get_by_role("button", name="导入 3 条").click()
    seat.sees("导入完成")
    seat.page.get_by_role("link", name="查看客户").click()
    expect(seat.page.get_by_role("rowgroup").get_by_role("row")).to_have_count(6)
    stored = shop.world.ask("SELECT code, name, credit_limit::text, payment_days::text FROM customer ORDER BY code")
    assert stored == [
        ("K1", "东海五金", "5000.00", "30"),
        ("K2", "南山电机", "12000.50", "45"),
        ("K3", "西湖泵业", None, "30"),
        *((code, name, f"{limit}.00", days) for code, (name, limit, days) in MENDED.items()),
    ]


def _give(seat: Seat, name: str, rows: list[Any]) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        sheet = workbook.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    seat.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": kind, "buffer": content.getvalue()}
    )


def _mended(heads: list[Any], row: list[Any]) -> list[Any]:
    """The row as somebody would set it right in Excel; the column with the reasons stays where it is."""
    values = dict(zip(heads, row, strict=True))
    name, limit, days = MENDED[str(values["客户编码"])]
    return list((values | {"客户名称": name, "信用额度": limit, "账期（天）": days}).values())


def _count(seat: Seat, label: str) -> Any:
    return seat.page.locator(".counts div").filter(has_text=label).locator("dd").last
