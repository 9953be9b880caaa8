"""Paper: its size, what of it stays empty, and how small letters may become on it."""

from dataclasses import dataclass
from typing import Any, Final

from onebook.definition.print import Paper

#: On each side of continuous paper, for the tractor of the printer.
STRIP_MM: Final = 12.7
#: Dot matrix printers cannot draw smaller letters.
SMALLEST_PT: Final = 9.0


@dataclass(frozen=True, slots=True)
class Size:
    """Millimetres, and points for letters."""

    width: float
    height: float
    side: float
    top: float
    bottom: float
    letters: float
    small: float
    is_black: bool = False

    def told(self) -> dict[str, Any]:
        """For the template."""
        return {
            "width": self.width,
            "height": self.height,
            "side": self.side,
            "top": self.top,
            "bottom": self.bottom,
            "size": self.letters,
            "small": self.small,
            "black": self.is_black,
        }


def _continuous(height: float) -> Size:
    return Size(241, height, STRIP_MM + 3, 5, 8.5, SMALLEST_PT, SMALLEST_PT, is_black=True)


SIZES: Final[dict[Paper, Size]] = {
    Paper.A4: Size(210, 297, 12, 11, 13, 9.5, 9),
    Paper.A4_LANDSCAPE: Size(297, 210, 12, 11, 13, 9.5, 9),
    Paper.A5_LANDSCAPE: Size(210, 148, 10, 8, 11, 9, 9),
    Paper.CONTINUOUS: _continuous(279.4),
    Paper.CONTINUOUS_HALF: _continuous(139.7),
    Paper.CONTINUOUS_THIRD: _continuous(93.1),
}
