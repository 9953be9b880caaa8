"""Quantities as people say them in packs: `2箱3个`, read and counted in base units. Pure; ratios are exact."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

_PART: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([^\d\s.,，、+-]*)[\s,，、+]*")
#: A figure in powers of ten is no unit `e`.
_POWER: Final = re.compile(r"\d+(?:\.\d+)?e[+-]?\d+")
#: Longer texts are no quantities; nobody says more of them.
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Packed:
    """Figures with the units that were named behind them; the last one may go without: it counts what is left over."""

    text: str
    is_negative: bool
    parts: tuple[tuple[Decimal, str], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit under all its names, and how many base units one of it is."""

    id: int
    names: frozenset[str]
    ratio: Fraction


def folded(name: str) -> str:
    """A unit's name as names are compared: width and case do not tell units apart."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def packed_in(text: str) -> Packed | None:
    """What a text says in packs; None for plain figures and for what is no quantity at all."""
    rest = folded(text)
    if len(rest) > _LONGEST:
        return None
    is_negative = rest.startswith("-")
    rest = rest.removeprefix("-").lstrip()
    if _POWER.fullmatch(rest):
        return None
    parts: list[tuple[Decimal, str]] = []
    while rest:
        found = _PART.match(rest)
        if found is None:
            return None
        rest = rest[found.end() :]
        if not found[2] and (rest or not parts):
            return None
        parts.append((Decimal(found[1]), found[2]))
    return Packed(text.strip(), is_negative, tuple(parts)) if parts else None


def counted(packed: Packed, base: Unit, units: Sequence[Unit]) -> tuple[Fraction, Unit] | None:
    """How many of which unit: one part stays in its own unit, several become base units. None for unknown units."""
    sign = -1 if packed.is_negative else 1
    known = [_unit(name, base, units) for _, name in packed.parts]
    sound = [unit for unit in known if unit is not None]
    if len(sound) < len(known):
        return None
    if len(sound) == 1:
        return sign * Fraction(packed.parts[0][0]), sound[0]
    counts = zip((count for count, _ in packed.parts), sound, strict=True)
    return sign * sum((Fraction(count) * unit.ratio for count, unit in counts), Fraction()), base


def exact(quantity: Fraction, scale: int) -> Decimal | None:
    """As a decimal; None where its digits never end, or are more than `scale` of them."""
    scaled = quantity * 10**scale
    return Decimal(scaled.numerator).scaleb(-scale) if scaled.denominator == 1 else None


def _unit(name: str, base: Unit, units: Sequence[Unit]) -> Unit | None:
    if not name or name in base.names:
        return base
    return next((unit for unit in units if name in unit.names), None)
