"""Reading printed pages back: their text, their pictures, the codes on them."""

import ctypes
import re
from typing import Any

import pypdfium2
import zxingcpp
from pypdfium2 import raw


def texts(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def together(text: str) -> str:
    """The text without what lines and cells put between letters."""
    return re.sub(r"[\s\u200b\ufffe\x02]", "", text)


def picture(pdf: bytes, page: int = 0, dots_per_mm: float = 8) -> Any:
    """A page as a printer would draw it."""
    return pypdfium2.PdfDocument(pdf)[page].render(scale=dots_per_mm * 25.4 / 72).to_pil().convert("L")


def codes(pdf: bytes, page: int = 0) -> dict[str, str]:
    """What the codes on a page say, by their kind."""
    return {code.format.name: code.text for code in zxingcpp.read_barcodes(picture(pdf, page))}


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in millimetres."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_size()
        found.append((round(width * 25.4 / 72, 1), round(height * 25.4 / 72, 1)))
    return found


def colours(pdf: bytes) -> set[tuple[int, int, int]]:
    """Every visible colour that letters and lines are drawn in."""
    found = set()
    for page in pypdfium2.PdfDocument(pdf):
        for drawn in page.get_objects():
            for colour in (raw.FPDFPageObj_GetFillColor, raw.FPDFPageObj_GetStrokeColor):
                parts = [ctypes.c_uint() for _ in range(4)]
                if colour(drawn.raw, *(ctypes.byref(part) for part in parts)) and parts[3].value:
                    red, green, blue, _ = (part.value for part in parts)
                    found.add((red, green, blue))
    return found
