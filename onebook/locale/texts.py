"""The texts of refusals in the user's language, read from the YAML files beside this one."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from onebook.values.label import CHINESE, ENGLISH, Label
from onebook.values.refusal import Problem, Refusal

_FOLDERS: Final[Mapping[str, str]] = {CHINESE: "zh_CN", ENGLISH: "en"}
_SEPARATORS: Final[Mapping[str, str]] = {CHINESE: "、", ENGLISH: ", "}
_PLACES: Final[Mapping[str, tuple[str, str, str]]] = {
    CHINESE: ("第 {row} 行", "{field}", "："),
    ENGLISH: ("row {row}", "{field}", ": "),
}
#: A line of a text file, as compilers say it and editors understand it.
_FILE_PLACE: Final = "{file}:{row}"


class _Data(dict[str, object]):
    """What fills a text; names that are not there stay readable instead of hiding the whole text."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


@cache
def texts(language: str) -> Mapping[str, str]:
    """All texts of a language by code; unknown languages read Chinese. Raises ValueError if two files share a code."""
    folder = Path(__file__).parent / _FOLDERS.get(language, _FOLDERS[CHINESE])
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        for code, text in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items():
            if code in found:
                raise ValueError(f"{file}: {code} has a text already")
            found[str(code)] = str(text)
    return found


def text(code: str, data: Mapping[str, object], language: str) -> str:
    """The text of a code filled with its data; the code itself if nobody wrote a text."""
    template = texts(language).get(code)
    if template is None:
        return f"{code} {dict(data)}" if data else code
    return template.format_map(_Data({name: _written(value, language) for name, value in data.items()}))


def text_of(refusal: Refusal, language: str) -> str:
    """Why the product said no, in one sentence; its causes are in `problem_texts`."""
    return text(refusal.code, refusal.data, language)


def problem_text(problem: Problem, language: str) -> str:
    """One cause, without its place: the reader's form or file shows the field and the row."""
    data = {"field": problem.field or "", "row": problem.row or "", **problem.data}
    return text(problem.code, data, language)


def problem_texts(refusal: Refusal, language: str) -> list[str]:
    """Every cause with its place in front, for readers that have nothing but lines of text."""
    row_form, field_form, colon = _PLACES.get(language, _PLACES[CHINESE])
    lines = []
    for problem in refusal.problems:
        place = []
        if (file := problem.data.get("file")) is not None:
            place.append(_FILE_PLACE.format(file=file, row=problem.row or 1))
        elif problem.row is not None:
            place.append(row_form.format(row=problem.row))
        if problem.field:
            place.append(field_form.format(field=problem.field))
        what = problem_text(problem, language)
        lines.append(f"{' '.join(place)}{colon}{what}" if place else what)
    return lines


def _written(value: object, language: str) -> object:
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, Label):
        return value.in_language(language)
    if isinstance(value, list | tuple | set | frozenset):
        separator = _SEPARATORS.get(language, _SEPARATORS[CHINESE])
        return separator.join(str(_written(item, language)) for item in value)
    if value is None:
        return "—"
    return value


def _plain(value: Decimal) -> str:
    """A decimal as people read it: no exponent, no zeros behind, digits before the point by threes."""
    written = f"{value:,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
