"""Values on paper: figures, days, capital numerals, codes that can be drawn."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from onebook.definition.field import FieldKind
from onebook.engines.print.codes import code128, qr
from onebook.engines.print.text import capitals, exact, figure, said
from onebook.values.label import CHINESE, ENGLISH, Label

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (FieldKind.MONEY, "1234567.8", "1,234,567.80"),
        (FieldKind.MONEY, "-0.5", "-0.50"),
        (FieldKind.QUANTITY, "1200.500000", "1,200.5"),
        (FieldKind.QUANTITY, "100", "100"),
        (FieldKind.PRICE, "0.123456", "0.123456"),
        (FieldKind.PERCENT, "0.130", "13%"),
        (FieldKind.NUMBER, "1E+3", "1000"),
        (FieldKind.QUANTITY, "0E-6", "0"),
    ],
)
def test_figures_are_exact(kind: FieldKind, value: str, written: str) -> None:
    assert figure(kind, Decimal(value)) == written
    assert kind is FieldKind.PERCENT or Decimal(exact(kind, Decimal(value))) == Decimal(value)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("100000.05", "壹拾万元零伍分"),
        ("10010.10", "壹万零壹拾元壹角"),
        ("12345.60", "壹万贰仟叁佰肆拾伍元陆角"),
        ("-169.5", "负壹佰陆拾玖元伍角"),
    ],
)
def test_amounts_in_capital_numerals(amount: str, words: str) -> None:
    assert capitals(Decimal(amount), CHINESE) == words
    assert capitals(Decimal(amount), ENGLISH) is None


def test_what_has_no_capital_numerals_is_left_in_figures() -> None:
    assert capitals(Decimal("99999999999999.99"), CHINESE) is not None
    assert capitals(Decimal("100000000000000"), CHINESE) is None


def test_words_and_days() -> None:
    options = {"a": Label("甲", "First")}
    assert said(FieldKind.CHOICE, "a", CHINESE, UTC, options) == "甲"
    assert said(FieldKind.CHOICE, "gone", ENGLISH, UTC, options) == "gone"
    assert said(FieldKind.FLAG, False, CHINESE, UTC) == "否"
    assert said(FieldKind.MONTH, date(2026, 3, 1), CHINESE, UTC) == "2026-03"
    assert said(FieldKind.INSTANT, datetime(2026, 3, 1, 20, tzinfo=UTC), CHINESE, SHANGHAI) == "2026-03-02 04:00"
    assert said(FieldKind.TAGS, ("一", "二"), CHINESE, UTC) == "一、二"
    assert said(FieldKind.TEXT, None, CHINESE, UTC) == ""


def test_codes_are_drawn_only_where_they_can_be_read() -> None:
    assert code128("SD202603-0001") is not None
    assert [code128(text) for text in ("", "送货单", "x" * 25, "a\nb")] == [None] * 4
    assert qr("送货单 SD202603-0001") is not None
    assert [qr(text) for text in ("", "长" * 301)] == [None] * 2
