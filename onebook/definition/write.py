"""Writing apps: the same YAML that a person would have written, so that reading it back gives the same app."""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from onebook.definition.app import App
from onebook.definition.model import Declared
from onebook.definition.read import KINDS

_WIDTH: Final = 120


class _Dumper(yaml.CSafeDumper):
    """Text that reads as something else in YAML is quoted; long formulas stay on their line."""


def text_of(app: App) -> str:
    """The whole app as one text: its head, then a document for each declaration."""
    return "---\n".join(map(_document, _contents(app)))


def text_of_declaration(declaration: Declared) -> str:
    """One declaration as text."""
    return _document(_content(declaration))


def _contents(app: App) -> Iterator[dict[str, Any]]:
    places = [place for _, place in KINDS.values()]
    yield app.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=set(places))
    for place in places:
        for declaration in getattr(app, place):
            yield _content(declaration)


def _content(declaration: Declared) -> dict[str, Any]:
    return declaration.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _document(content: dict[str, Any]) -> str:
    return str(yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH))
