"""Values from outside, kind by kind: what is read, what is refused and why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import combining, normalize

import pytest
from hypothesis import given, strategies

from onebook.definition.field import FieldDeclaration
from onebook.engines.form.changes import plain, unplain
from onebook.engines.form.parse_value import Unreadable, parse_value
from onebook.engines.form.search_text import search_text
from onebook.engines.form.text import cleaned, narrowed, normalised


def field(kind: str, **more: Any) -> FieldDeclaration:
    return FieldDeclaration.model_validate({"kind": kind, "label": "x", **more})


RED = {"red": "红 | Red", "blue": "蓝 | Blue"}
READ = [
    (field("text"), "  轴承\u200b ", "轴承"),
    (field("text"), " ", None),
    (field("text"), "北京（甲）公司", "北京（甲）公司"),
    (field("text", unique=True), "ＡＢ１２－３", "AB12-3"),
    (field("barcode"), "６９０１", "6901"),
    (field("long_text"), "一\n二\t三", "一\n二\t三"),
    (field("email"), "a@b.cn", "a@b.cn"),
    (field("money"), "1,234.50", Decimal("1234.50")),
    (field("money"), "￥１２", Decimal(12)),
    (field("money"), 0.1, Decimal("0.1")),
    (field("money"), "-0.005e1", Decimal("-0.05")),
    (field("quantity"), 3, Decimal(3)),
    (field("number", scale=0), "5.000", Decimal(5)),
    (field("date"), "2026-02-28", date(2026, 2, 28)),
    (field("date"), "2026/2/8", date(2026, 2, 8)),
    (field("date"), "２０２６年2月8日", date(2026, 2, 8)),
    (field("month"), "2026-02", date(2026, 2, 1)),
    (field("month"), date(2026, 2, 9), date(2026, 2, 1)),
    (field("instant"), "2026-02-01T08:00:00+08:00", datetime(2026, 2, 1, tzinfo=UTC)),
    (field("flag"), "是", True),
    (field("flag"), False, False),
    (field("choice", options=RED), "red", "red"),
    (field("choice", options=RED), "蓝", "blue"),
    (field("choices", options=RED), ["red", "Red", "blue"], ("red", "blue")),
    (field("choices", options=RED), [], None),
    (field("tags"), "甲，乙, 甲", ("甲", "乙")),
    (field("link", to="x"), 7, 7),
    (field("link", to="x"), "7", 7),
    (field("link", to="x"), None, None),
]


@pytest.mark.parametrize(("declared", "value", "expected"), READ, ids=str)
def test_read(declared: FieldDeclaration, value: object, expected: object) -> None:
    found = parse_value(declared, value)
    assert found == expected
    assert type(found) is type(expected)
    assert unplain(declared, plain(found)) == found, "the trail keeps it"


REFUSED = [
    (field("text"), 5, "not_text"),
    (field("text"), "a\x00b", "forbidden_characters"),
    (field("text"), "a\nb", "forbidden_characters"),
    (field("text"), "a\ud800", "forbidden_characters"),
    (field("text", length=3), "abcd", "too_long"),
    (field("long_text"), "a\x0bb", "forbidden_characters"),
    (field("email"), "a@b", "not_email"),
    (field("money"), "1.005", "too_precise"),
    (field("money"), "1e16", "too_large"),
    (field("money"), "1e999999999", "not_number"),
    (field("money"), "NaN", "not_number"),
    (field("money"), float("inf"), "not_number"),
    (field("money"), True, "not_number"),
    (field("money"), "1,23", "not_number"),
    (field("money"), "0x10", "not_number"),
    (field("percent"), "1000", "too_large"),
    (field("date"), "2026-02-30", "not_date"),
    (field("date"), "20260230", "not_date"),
    (field("date"), "0001-01-01", "date_out_of_range"),
    (field("date"), 5, "not_date"),
    (field("month"), "2026-02-05", "not_month"),
    (field("month"), "2026-13", "not_month"),
    (field("instant"), "2026-02-01T08:00:00", "not_instant"),
    (field("flag"), "maybe", "not_flag"),
    (field("flag"), 1, "not_flag"),
    (field("choice", options=RED), "green", "not_option"),
    (field("choice", options=RED), ["red"], "not_option"),
    (field("tags"), ["a\x00"], "not_tags"),
    (field("tags"), [["a"]], "not_tags"),
    (field("link", to="x"), 0, "not_link"),
    (field("link", to="x"), True, "not_link"),
    (field("link", to="x"), 2**63, "not_link"),
    (field("link", to="x"), "²", "not_link"),
    (field("link", to="x"), {"id": 1}, "not_link"),
]


@pytest.mark.parametrize(("declared", "value", "code"), REFUSED, ids=str)
def test_refused(declared: FieldDeclaration, value: object, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_value(declared, value)
    assert refused.value.code == f"form.{code}"


ANY = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(), inner, max_size=2),
    max_leaves=5,
)
KINDS = ["text", "long_text", "phone", "email", "barcode", "number", "money", "percent", "date", "month", "instant",
         "flag", "choice", "choices", "tags", "link"]  # fmt: skip


@given(kind=strategies.sampled_from(KINDS), value=ANY)
def test_whatever_comes_is_read_or_refused(kind: str, value: object) -> None:
    """Never another error, never a text that PostgreSQL or UTF-8 cannot hold."""
    try:
        found = parse_value(field(kind, options=RED if kind.startswith("choice") else None, to="x"), value)
    except Unreadable:
        return
    texts = found if isinstance(found, tuple) else (found,)
    assert all("\x00" not in text and text.encode() for text in texts if isinstance(text, str))


@given(strategies.text())
def test_normalised_once_is_normalised_for_ever(text: str) -> None:
    # A mark that stood on a space joins the letter before it, but only when it is read again.
    is_marked = any(combining(one) for one in normalize("NFKC", text))
    assert normalised(normalised(text)) == normalised(text) or is_marked or text.lower() != text
    assert cleaned(cleaned(text)) == cleaned(text) or "\u200b" in text or "\ufeff" in text or "\u00ad" in text
    assert narrowed(narrowed(text)) == narrowed(text)


@pytest.mark.parametrize(
    ("name", "found_by"),
    [("重庆银行", "cqyh"), ("长沙", "cs"), ("行情", "hq"), ("厦门", "xm"), ("曾国藩", "zgf"), ("单雄信", "sxx"),
     ("尉迟恭", "ycg"), ("不锈钢轴承6204", "bxgzc6204"), ("ABC公司", "abcgs"), ("绿色", "lvse")],
)  # fmt: skip
def test_found_by_initials(name: str, found_by: str) -> None:
    assert found_by in search_text([name]).split()


def test_search_text_stays_bounded() -> None:
    assert len(search_text(["行长乐曾" * 500, "x" * 5000])) <= 2000
    assert search_text([None, "", ("a", "B"), Decimal("1.5")]) == "a b 1.5"
