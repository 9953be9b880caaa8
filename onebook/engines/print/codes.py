"""Barcodes and QR codes as one path each: Code 128 and QR, made by libraries, drawn by us in whole modules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import segno
from barcode.codex import Code128

#: The narrowest bar that every scanner and every dot matrix printer knows, in millimetres.
MODULE_MM: Final = 0.33
#: Longer bars leave no room beside them and are seldom read.
LONGEST: Final = 24
#: As much as still fits into 15 mm with modules that can be read.
LONGEST_QR: Final = 300


@dataclass(frozen=True, slots=True)
class Barcode:
    """A drawing, how wide it is at the least, and what it says."""

    svg: str
    width_mm: float
    text: str

    def told(self) -> dict[str, Any]:
        """For the template."""
        return {"svg": self.svg, "width": self.width_mm, "text": self.text}


def code128(text: str) -> Barcode | None:
    """Code 128 of a text; None for what it cannot say, or not in a width that fits."""
    if not text or len(text) > LONGEST or not all(" " <= letter <= "~" for letter in text):
        return None
    [bits] = Code128(text).build()
    bars = [bit == "1" for bit in bits]
    return Barcode(_drawing([bars], quiet=10), round((len(bars) + 20) * MODULE_MM, 2), text)


def qr(text: str) -> str | None:
    """QR of a text, correcting up to 15 % of damage; None for nothing, and for more than can be read."""
    if not text or len(text) > LONGEST_QR:
        return None
    code = segno.make(text, micro=False, error="m")
    return _drawing([[bool(module) for module in row] for row in code.matrix], quiet=2)


def _drawing(rows: Sequence[Sequence[bool]], quiet: int) -> str:
    """Dark runs as one path, so that no seam shows between them; `quiet` modules stay white on each side."""
    upright = quiet if len(rows) > 1 else 0
    width, height = len(rows[0]) + 2 * quiet, len(rows) + 2 * upright
    path = "".join(
        f"M{start + quiet} {y + upright}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" preserveAspectRatio="none">'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def _runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where dark runs begin, and how long they are."""
    start: int | None = None
    for place, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = place
        elif not is_dark and start is not None:
            yield start, place - start
            start = None
