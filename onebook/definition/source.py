"""YAML as declarations use it: numbers stay exact, a key stands once, and every path knows its line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """Only true, false, null and plain integers are more than text: `on`, `0.13`, `2026-01-01` stay as written."""


#: Its own table, or it would share the parent's words and change them.
_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]{0,17})$"), list("-0123456789"))


class SourceError(Exception):
    """The text is not YAML, or not the YAML that declarations use."""

    def __init__(self, line: int, reason: str) -> None:
        """Say where (from 1) and why."""
        super().__init__(f"{line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its mapping, its first key, and the line of every path in it."""

    content: dict[str, Any]
    lines: Mapping[Path, int] = field(repr=False)

    @property
    def kind(self) -> str:
        """The first key: what is declared."""
        return next(iter(self.content))

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it. Parts of the path that are not in the text are left
        out (the checker names the alternatives that it tried)."""
        real: Path = ()
        for part in path:
            if (*real, part) in self.lines:
                real = (*real, part)
        return self.lines[real]


def documents(text: str) -> Iterator[Document]:
    """The documents of a text. Raises SourceError."""
    try:
        for node in yaml.compose_all(text, Loader=_Loader):
            lines: dict[Path, int] = {}
            content = _plain(node, (), lines)
            if not isinstance(content, dict) or not content:
                raise SourceError(node.start_mark.line + 1, "a declaration is a mapping")
            yield Document(content, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceError(mark.line + 1 if mark else 1, error.problem or str(error)) from error
    except yaml.YAMLError as error:
        raise SourceError(1, str(error)) from error


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, number), lines) for number, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or name == "<<":
            raise SourceError(line, "a key is a word")
        if name in mapping:
            raise SourceError(line, f"{name} stands twice")
        lines[*path, name] = line
        mapping[name] = _plain(value, (*path, name), lines)
    return mapping


def _scalar(node: yaml.Node) -> Any:
    match node.tag.rpartition(":")[2]:
        case "bool":
            return node.value == "true"
        case "null":
            return None
        case "int":
            return int(node.value)
        case _:
            return node.value
