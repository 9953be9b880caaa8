"""The sounds of Chinese text. The dictionary is large: it is read when the first text needs it, not when we start."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

#: What becomes of characters that have no sound: as they are, or what a function makes of them.
Otherwise = str | Callable[[str], object]
AS_THEY_ARE: Final = "default"


def syllables(text: str, otherwise: Otherwise = AS_THEY_ARE) -> list[str]:
    """The sound of each character, as it is read in its words, without tones."""
    found: list[str] = _dictionary().lazy_pinyin(text, errors=otherwise, v_to_u=False)
    return found


def first_letters(text: str) -> list[str]:
    """The first letter of each sound."""
    dictionary = _dictionary()
    found: list[str] = dictionary.lazy_pinyin(text, style=dictionary.Style.FIRST_LETTER)
    return found


def every_syllable(text: str, otherwise: Otherwise = AS_THEY_ARE) -> list[list[str]]:
    """All sounds that each character may have, without tones."""
    dictionary = _dictionary()
    found: list[list[str]] = dictionary.pinyin(
        text, style=dictionary.Style.NORMAL, heteronym=True, errors=otherwise, v_to_u=False
    )
    return found


@cache
def _dictionary() -> ModuleType:
    """Forty megabytes and a third of a second, which most processes never need."""
    return import_module("pypinyin")
