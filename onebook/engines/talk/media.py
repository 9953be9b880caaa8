"""What a file is, by its first bytes and never by what its sender says; and a name that no system trips over."""

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 200
UNKNOWN: Final = "application/octet-stream"
#: What a browser may show itself instead of saving it: nothing that can run.
SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})

_FIRST: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
)
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
#: A zip whose first entries lie here is a document of an office program.
_PACKED: Final = (
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)
_LOOKED_AT: Final = 8_192
#: Signs with a meaning to file systems and shells.
_FORBIDDEN: Final = re.compile(r'[\\/:*?"<>|]')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def media_of(content: bytes) -> str:
    """The media type of a file's content."""
    start = content[:_LOOKED_AT]
    for sign, media in _FIRST:
        if start.startswith(sign):
            return media
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[:4] == b"PK\x03\x04":
        names = content[:_LOOKED_AT] + content[-_LOOKED_AT:]
        return next((media for folder, media in _PACKED if folder in names), "application/zip")
    return "text/plain" if _is_text(start) else UNKNOWN


def cleaned_name(name: str) -> str:
    """The last part of a name, without signs that mean something to file systems or that nobody sees."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C")
    kept = " ".join(_FORBIDDEN.sub("_", seen).split()).strip(". ")
    if _RESERVED.fullmatch(kept):
        kept = f"_{kept}"
    if len(kept) <= LONGEST_NAME:
        return kept or "file"
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 10:
        return kept[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _is_text(start: bytes) -> bool:
    if b"\0" in start:
        return False
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last character may have been cut in two.
        return error.end == len(start) and error.start > len(start) - 4
    return True
