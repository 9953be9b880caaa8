"""The Python files of the product, parsed once for the tests that look at them."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "onebook"


@dataclass(frozen=True)
class Source:
    """One file: where it lies and what is in it."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        """The first folder under the package, or the file itself."""
        return self.path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def sources() -> tuple[Source, ...]:
    """All Python files of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Source(path, text, ast.parse(text, str(path))))
    return tuple(found)


def of_rooms(*rooms: str) -> list[Source]:
    """The files of some rooms."""
    return [source for source in sources() if source.room in rooms]
