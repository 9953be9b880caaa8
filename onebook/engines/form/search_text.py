"""The text that a record is found by: its words, and their pinyin whole and by initials, in every likely reading."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice, product
from typing import Final

from onebook.values.pinyin import every_syllable, syllables

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
#: Up to this length every reading of each character is worth finding.
_FEW: Final = 12


def search_text(values: Iterable[object], *, most: int = 2_000) -> str:
    """Everything that these values are found by, in small letters, parts separated by spaces."""
    parts: dict[str, None] = {}
    for value in values:
        if value is None or value == "" or isinstance(value, bool):
            continue
        text = value if isinstance(value, str) else " ".join(value) if isinstance(value, tuple) else str(value)
        if text.isascii():
            parts[text.lower()] = None
        else:
            parts.update(dict.fromkeys(_parts(text)))
    return " ".join(parts)[:most]


@lru_cache(maxsize=20_000)
def _parts(text: str) -> tuple[str, ...]:
    short = text[:_LONGEST_WORD]
    # What stands before, between and behind the runs of Chinese characters, and the runs themselves.
    gaps = ["".join(_each(gap)) for gap in _HAN.split(short)]
    runs = tuple(_HAN.findall(short))
    if not runs:
        return (text.lower(),)
    found = [text.lower()]
    for reading in _readings(runs, short.startswith(runs[0]), len(short) <= _FEW):
        woven = gaps[0]
        for run, gap in zip(reading, gaps[1:], strict=True):
            woven += run + gap
        found.append(woven.lower())
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=20_000)
def _readings(runs: tuple[str, ...], begins: bool, is_short: bool) -> tuple[tuple[str, ...], ...]:
    """How the runs are spelled: by initials in the reading of the phrase first, then as a surname, then in the others
    that the characters of short names have; the likeliest two also whole.

    Names of goods differ in their figures more than in their words, so few different runs make many names."""
    by_phrase: list[Sequence[str]] = [_syllables(run) for run in runs]
    found = [by_phrase]
    surname = _as_surname(runs[0], by_phrase[0]) if begins else None
    if surname is not None:
        found.append([surname, *by_phrase[1:]])
    if is_short:
        every = [_every_syllable(run) for run in runs]
        for syllables in islice(product(*chain(*every)), _MOST_READINGS):
            one = iter(syllables)
            found.append([tuple(islice(one, len(run))) for run in every])
    spelled = [tuple("".join(part[0] for part in run if part) for run in reading) for reading in found]
    spelled += [tuple("".join(run) for run in reading) for reading in found[:2]]
    return tuple(dict.fromkeys(spelled))


@lru_cache(maxsize=20_000)
def _syllables(run: str) -> tuple[str, ...]:
    """The reading of Chinese characters that stand together; names of goods share many."""
    return tuple(syllables(run, _each))


@lru_cache(maxsize=20_000)
def _every_syllable(run: str) -> tuple[tuple[str, ...], ...]:
    """Each character's readings."""
    return tuple(tuple(dict.fromkeys(one)) for one in every_syllable(run, _each))


def _as_surname(text: str, reading: Sequence[str]) -> list[str] | None:
    for length in (2, 1):
        surname = _SURNAMES.get(text[:length])
        if surname is not None:
            return [*surname.split(" "), *reading[length:]]
    return None


def _each(text: str) -> list[str]:
    return [character for character in text if character.isalnum()]
