"""Text as users give it: cleaned, refused, normalised for comparison, half hidden from those who may not see it."""

import re
import unicodedata
from typing import Any, Final

#: Characters that no line of text holds: control characters, lone surrogates, and the noncharacter at the end.
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: The same for texts of several lines, which hold line breaks and tabs.
_FORBIDDEN_IN_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: What is invisible and would make two equal texts differ: byte order mark, zero width space, soft hyphen.
_INVISIBLE: Final = re.compile("[\ufeff\u200b\u00ad]")
#: Full-width letters, digits and what stands in codes, to their usual form.
_NARROW: Final = {0xFF01 + offset: chr(0x21 + offset) for offset in range(94) if chr(0x21 + offset).isalnum()} | {
    ord("－"): "-", ord("＿"): "_", ord("．"): ".", ord("／"): "/", ord("＋"): "+", ord("＠"): "@", ord("＃"): "#",
    ord("\u3000"): " ",
}  # fmt: skip


def cleaned(text: str) -> str:
    """Without spaces at its ends and without invisible characters."""
    return _INVISIBLE.sub("", text).strip()


def is_forbidden(text: str, *, has_lines: bool = False) -> bool:
    """Whether it holds characters that nobody typed on purpose and that break lists, exports or the database."""
    return (_FORBIDDEN_IN_LINES if has_lines else _FORBIDDEN).search(text) is not None


def narrowed(text: str) -> str:
    """Full-width letters and digits as usual ones, as codes want it; brackets of company names stay."""
    return text.translate(_NARROW)


def normalised(text: str) -> str:
    """Without case, width and spaces, as duplicates compare (`table.columns.normalised` in SQL)."""
    narrow = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(narrow.split()).lower()


def masked(value: Any) -> str | None:
    """`138****1234`: the ends stay so that the owner recognises it, the middle goes. Blank stays blank; what is not
    text goes whole."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return "****"
    name, at, domain = value.partition("@")
    if at and domain:
        return f"{name[:1]}****@{domain}"
    if len(value) >= 11:
        return f"{value[:3]}****{value[-4:]}"
    if len(value) >= 5:
        return f"{value[:1]}****{value[-1:]}"
    return f"{value[:1]}****"
