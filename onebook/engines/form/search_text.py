"""The text that a record is found by: its words, and their pinyin whole and by initials, in every likely reading."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any, Final, cast

from pypinyin import Style, lazy_pinyin, pinyin

#: Readings of a character that stands first in a person's or company's name.
_SURNAMES: Final = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "盖": "ge", "区": "ou", "尉": "yu",
    "缪": "miao", "朴": "piao", "翟": "zhai", "乐": "yue", "华": "hua", "覃": "qin", "隗": "wei", "种": "chong",
    "员": "yun", "折": "she", "黑": "he", "秘": "bi", "繁": "po", "逄": "pang", "晁": "chao", "哈": "ha", "訾": "zi",
    "长孙": "zhang sun", "尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "澹台": "tan tai", "令狐": "ling hu",
}  # fmt: skip
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
#: Words with many characters of several readings would multiply without end.
_MOST_READINGS: Final = 8
_LONGEST_WORD: Final = 60


def search_text(values: Iterable[object], *, most: int = 2_000) -> str:
    """Everything that these values are found by, in small letters, parts separated by spaces."""
    parts: dict[str, None] = {}
    for value in values:
        if value is None or value == "" or isinstance(value, bool):
            continue
        text = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        parts.update(dict.fromkeys(_parts(text)))
    return " ".join(parts)[:most]


@lru_cache(maxsize=20_000)
def _parts(text: str) -> tuple[str, ...]:
    low = text.lower()
    if not _HAN.search(text):
        return (low,)
    short = text[:_LONGEST_WORD]
    found = [low]
    readings = list(_readings(short))
    found += ["".join(part[0] for part in reading if part) for reading in readings]
    found += ["".join(reading) for reading in readings[:2]]
    return tuple(dict.fromkeys(part.lower() for part in found))


def _readings(text: str) -> Iterator[list[str]]:
    """The reading by phrase first, then as a surname, then the others that its characters have."""
    by_phrase = _spelled(text)
    yield by_phrase
    surname = _as_surname(text, by_phrase)
    if surname is not None:
        yield surname
    if len(text) <= 12:
        every: list[tuple[str, ...]] = []
        end = 0
        for run in _HAN.finditer(text):
            every += [(one,) for one in _each(text[end : run.start()])]
            every += _every_syllable(run[0])
            end = run.end()
        every += [(one,) for one in _each(text[end:])]
        yield from map(list, islice(product(*every), _MOST_READINGS))


def _spelled(text: str) -> list[str]:
    """Syllables of the Chinese characters, single characters of everything else."""
    found: list[str] = []
    end = 0
    for run in _HAN.finditer(text):
        found += _each(text[end : run.start()])
        found += _syllables(run[0])
        end = run.end()
    return found + _each(text[end:])


@lru_cache(maxsize=20_000)
def _syllables(run: str) -> tuple[str, ...]:
    """The reading of Chinese characters that stand together; names of goods share many."""
    return tuple(lazy_pinyin(run, errors=_characters, v_to_u=False))


@lru_cache(maxsize=20_000)
def _every_syllable(run: str) -> tuple[tuple[str, ...], ...]:
    """Each character's readings."""
    every = pinyin(run, style=Style.NORMAL, heteronym=True, errors=_characters, v_to_u=False)
    return tuple(tuple(dict.fromkeys(one)) for one in every)


def _as_surname(text: str, reading: list[str]) -> list[str] | None:
    for length in (2, 1):
        surname = _SURNAMES.get(text[:length])
        if surname is not None:
            return [*surname.split(" "), *reading[length:]]
    return None


def _each(text: str) -> list[str]:
    return [character for character in text if character.isalnum()]


#: pypinyin takes a list, too, although its types do not say so.
_characters: Final = cast(Any, _each)
