"""Pages as they come out: heads on each of them, sums, hostile text printed literally, codes that scanners read."""

from dataclasses import replace
from decimal import Decimal

import pytest

from onebook.definition.field import FieldKind
from onebook.definition.print import Paper, Print
from onebook.engines.print.codes import code128, qr
from onebook.engines.print.sheet import Cell, Column, Sheet, pages
from onebook.engines.print.typeset import typeset
from onebook.values.label import CHINESE, Label
from tests.unit.print.paper import codes, colours, picture, sizes, texts, together

HALF = Paper.CONTINUOUS_HALF
DECLARED = Print(print="note", label=Label("送货单", "Note"), of="thing")
COLUMNS = (
    Column("序号", FieldKind.NUMBER, is_narrow=True),
    Column("品名", FieldKind.TEXT),
    Column("数量", FieldKind.QUANTITY, is_summed=True),
    Column("金额", FieldKind.MONEY, is_summed=True),
)
SHEET = Sheet(
    title="送货单",
    letterhead=["苏州一本精密零件有限公司", "星湖街 328 号"],
    head=[("客户", "宏达机械", 1), ("地址", "墨玉路 1200 号", 2)],
    columns=COLUMNS,
    signatures=["制单", "客户签收"],
    printed="打印：2026-03-10 10:00　李雷",
)


def _rows(count: int, name: str = "深沟球轴承") -> list[list[Cell]]:
    def row(place: int) -> list[Cell]:
        quantity, amount = Decimal("2.5"), Decimal("1234.56")
        return [Cell(f"{place}"), Cell(f"{name}{place:03}"), Cell("2.5", quantity), Cell("1,234.56", amount)]

    return [row(place) for place in range(1, count + 1)]


def _pdf(sheet: Sheet, paper: Paper = Paper.A4) -> bytes:
    return typeset(pages(DECLARED.model_copy(update={"paper": paper}), [sheet], "李雷", CHINESE))


@pytest.mark.parametrize("paper", [Paper.A4, Paper.A5_LANDSCAPE, HALF])
def test_every_page_of_a_long_print_stands_alone(paper: Paper) -> None:
    found = [together(text) for text in texts(_pdf(replace(SHEET, rows=_rows(200)), paper))]
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        for part in (
            "苏州一本精密零件有限公司",
            "客户：宏达机械",
            "序号品名数量金额",
            "合计500246,912.00",
            "客户签收：",
        ):
            assert part in text, (number, part)
        assert f"第{number}页/共{len(found)}页" in text
    for place in range(1, 201):
        assert sum(f"深沟球轴承{place:03}" in text for text in found) == 1


def test_the_sums_of_the_pages_are_the_sum_of_the_whole() -> None:
    sums = [Decimal(0), Decimal(0)]
    found = texts(_pdf(replace(SHEET, rows=_rows(90))))
    assert len(found) == 3
    for text in found:
        rows = together(text).count("深沟球轴承")
        line = next(line for line in text.splitlines() if "本页小计" in line)
        words = line.replace(",", "").split()
        if len(words) < 3:
            after = text.splitlines()[text.splitlines().index(line) + 1 :]
            words = [*words, *" ".join(after).replace(",", "").split()]
        quantity, amount = Decimal(words[1]), Decimal(words[2])
        assert (quantity, amount) == (rows * Decimal("2.5"), rows * Decimal("1234.56"))
        sums = [sums[0] + quantity, sums[1] + amount]
    assert sums == [225, Decimal("111110.40")]


HOSTILE = (
    '#eval("1+1") #panic("x") #import "@preview/x:0.1.0": *',
    "\" \\ ' ` $x^2$ *bold* _thin_ = head @ref <row> <end> // no /* comment */ ~ -- --- ... \\u{41}",
    '") #sys.exit() #read("data.json") {{ data }} {page} {pages}',
    "<script>alert(1)</script> &amp; %20 \\n \\",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_read_as_anything_else(text: str) -> None:
    sheet = replace(
        SHEET, title=text, mark=text, letterhead=[text], head=[(text, text, 3)], notes=[text], signatures=[text],
        printed=text, copies=[text], columns=[replace(one, label=text) for one in COLUMNS], rows=_rows(1, text),
        figures=[(text, text, True)],
    )  # fmt: skip
    printed = together("".join(texts(_pdf(sheet))))
    assert printed.count(together(text)) >= 10


def test_lines_break_where_the_text_breaks() -> None:
    [text] = texts(_pdf(replace(SHEET, rows=[[Cell("1"), Cell("第一行\n第二行\r\n第三行\t末"), Cell("1"), Cell("1")]])))
    assert "第一行" in text
    assert "第一行第二行" not in text.replace("\r", "")


@pytest.mark.parametrize("letters", ["长", "W", "1"])
@pytest.mark.parametrize("paper", [Paper.A4, Paper.CONTINUOUS_THIRD])
def test_ten_thousand_letters_stay_in_their_cell(paper: Paper, letters: str) -> None:
    pdf = _pdf(replace(SHEET, rows=[[Cell("1"), Cell(letters * 10_000), Cell("1"), Cell("1")]]), paper)
    assert sum(text.count(letters) for text in texts(pdf)) >= 10_000
    for page in range(min(3, len(texts(pdf)))):
        _assert_blank(pdf, page, 8)


def test_the_strips_of_continuous_paper_stay_empty() -> None:
    marked = replace(SHEET, mark="草稿", barcode=code128("SD202603-0001"), rows=_rows(5, "很长的品名" * 20))
    for paper, height in ((Paper.CONTINUOUS, 279.4), (HALF, 139.7), (Paper.CONTINUOUS_THIRD, 93.1)):
        pdf = _pdf(marked, paper)
        assert sizes(pdf)[0] == (241, height)
        _assert_blank(pdf, 0, 12.7)


def test_continuous_paper_is_black_and_white() -> None:
    sheet = replace(SHEET, rows=_rows(3), mark="草稿", qr=qr("x"))
    assert colours(_pdf(sheet, HALF)) <= {(0, 0, 0), (255, 255, 255)}
    assert len(colours(_pdf(sheet))) > 2, "A4 has grey, so grey would be found"


def test_wide_fields_begin_a_line_where_they_no_longer_fit() -> None:
    spans = (1, 3, 2, 2, 1, 1, 1, 3)
    head = [(f"栏{place}", f"值{place}", span) for place, span in enumerate(spans)]
    [text] = texts(_pdf(replace(SHEET, head=head)))
    assert all(f"栏{place}：值{place}" in together(text) for place in range(len(spans)))


def test_codes_can_be_read_back() -> None:
    sheet = replace(SHEET, barcode=code128("SD202603-0001"), qr=qr("送货单 SD202603-0001"), rows=_rows(3))
    for paper in (Paper.A4, HALF):
        assert codes(_pdf(sheet, paper)) == {"Code128": "SD202603-0001", "QRCode": "送货单 SD202603-0001"}


def test_copies_follow_each_other_or_share_the_carbon() -> None:
    names = ["白联存根", "红联财务", "黄联客户"]
    sheet = replace(SHEET, rows=_rows(2), copies=names)
    assert [[name in text for name in names] for text in texts(_pdf(sheet))] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    [only] = texts(_pdf(sheet, HALF))
    assert all(name in only for name in names)


def test_pages_are_counted_for_each_copy() -> None:
    found = [together(text) for text in texts(_pdf(replace(SHEET, rows=_rows(60), copies=["甲联", "乙联"])))]
    assert [text.count(f"第{page}页/共2页") for text, page in zip(found, (1, 2, 1, 2), strict=True)] == [1] * 4


def test_a_print_without_rows_is_a_print() -> None:
    [text] = texts(_pdf(SHEET))
    assert "0.00" in text
    [bare] = texts(_pdf(Sheet(title="空白", rows=[], columns=[])))
    assert "空白" in together(bare)


def _assert_blank(pdf: bytes, page: int, margin_mm: float) -> None:
    drawn = picture(pdf, page, dots_per_mm=8)
    edge = int(margin_mm * 8)
    for strip in ((0, 0, edge, drawn.height), (drawn.width - edge, 0, drawn.width, drawn.height)):
        assert drawn.crop(strip).getextrema() == (255, 255)
