"""Small and capital letters that change one for one: the same pairs in every backend, whatever the locale."""

from typing import Final

#: Latin with its accents, Greek, Cyrillic.
_RANGES: Final = ((0x61, 0x7A), (0xE0, 0xFF), (0x100, 0x17F), (0x3B1, 0x3C9), (0x430, 0x45F))


def _pairs() -> list[tuple[str, str]]:
    letters = [chr(code) for first, last in _RANGES for code in range(first, last + 1)]
    return [
        (small, small.upper())
        for small in letters
        if len(small.upper()) == 1 and small.upper().lower() == small != small.upper()
    ]


SMALL: Final = "".join(small for small, _ in _pairs())
CAPITALS: Final = "".join(capital for _, capital in _pairs())
