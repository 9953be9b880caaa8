"""Files by their first bytes, and names that no system trips over."""

import pytest

from onebook.engines.talk.media import LONGEST_NAME, UNKNOWN, cleaned_name, media_of

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", UNKNOWN),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", SHEET),
        (b"PK\x03\x04" + b"\0" * 26 + b"a.txt", "application/zip"),
        ("送货单".encode(), "text/plain"),
        (b"<html><script>", "text/plain"),
        (("字" * 5000).encode(), "text/plain"),
        (b"\xff\xfe\xfd", UNKNOWN),
        (b"a\0b", UNKNOWN),
    ],
)  # fmt: skip
def test_the_first_bytes_say_what_a_file_is(content: bytes, media: str) -> None:
    assert media_of(content) == media


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("送货单.pdf", "送货单.pdf"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egnp.exe", "agnp.exe"),
        ('<a>:"b"|c?*.txt', "_a___b__c__.txt"),
        ("  a   b .", "a b"),
        ("CON.txt", "_CON.txt"),
        ("", "file"),
        ("...", "file"),
        ("\0\n", "file"),
        ("\udc80x", "x"),
    ],
)
def test_names_are_cleaned(name: str, cleaned: str) -> None:
    assert cleaned_name(name) == cleaned


def test_long_names_keep_their_ending() -> None:
    assert cleaned_name("长" * 500 + ".xlsx").endswith("长.xlsx")
    assert len(cleaned_name("长" * 500 + ".xlsx")) == len(cleaned_name("x" * 500)) == LONGEST_NAME
