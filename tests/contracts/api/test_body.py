"""JSON from outside: exact numbers, bounded depth, and only text that a database can hold."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onebook.entrypoints.http.body import parsed
from onebook.entrypoints.http.refusals import BadJson, BadText, TooDeep


def test_numbers_are_exact() -> None:
    assert parsed(b'{"a": 0.1, "b": 12345678901234567890.12, "c": 7}', 64) == {
        "a": Decimal("0.1"),
        "b": Decimal("12345678901234567890.12"),
        "c": 7,
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"nul", b"\xff\xfe", b'"\xed\xa0\x80"', b"NaN", b'{"a": Infinity}', b'{"a": -Infinity}', b"[1,]",
     b"9" * 10_000, b"1e999999999", b"1." + b"0" * 5000, b'{"a": 1e-400}'],
)  # fmt: skip
def test_what_is_not_json_is_refused(content: bytes) -> None:
    with pytest.raises(BadJson):
        parsed(content, 64)


@pytest.mark.parametrize(
    "content", [rb'{"a": "x\u0000"}', rb'["\ud800"]', rb'{"\u0000": 1}', rb'{"a": [{"b": "\udfff"}]}']
)
def test_text_that_no_database_holds_is_refused(content: bytes) -> None:
    with pytest.raises(BadText):
        parsed(content, 64)


@pytest.mark.parametrize("depth", [65, 1_000, 100_000])
def test_depth_is_bounded(depth: int) -> None:
    with pytest.raises(TooDeep):
        parsed(b"[" * depth + b"]" * depth, 64)
    with pytest.raises(TooDeep):
        parsed(b'{"a":' * depth + b"1" + b"}" * depth, 64)


def test_the_depth_that_is_allowed_is_allowed() -> None:
    assert parsed(b"[" * 64 + b"]" * 64, 64)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_anything_is_read_or_refused(content: bytes) -> None:
    with suppress(BadJson, BadText, TooDeep):
        parsed(content, 64)
