"""Reading apps: a folder of YAML files, or one text with everything, becomes an App or names all that is wrong."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from onebook.definition.account import AccountRole
from onebook.definition.app import App, Data, Menu, Patch
from onebook.definition.dashboard import Dashboard
from onebook.definition.form import Form
from onebook.definition.metric import Metric
from onebook.definition.model import Declared
from onebook.definition.print import Print
from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.report import Report
from onebook.definition.role import Role
from onebook.definition.rule import Rule, Template
from onebook.definition.source import Document, SourceError, documents
from onebook.values.refusal import Problem

#: The first key of a document: its model, and where the app keeps such things.
KINDS: Final[dict[str, tuple[type[Declared], str]]] = {
    "form": (Form, "forms"),
    "account": (AccountRole, "accounts"),
    "report": (Report, "reports"),
    "metric": (Metric, "metrics"),
    "dashboard": (Dashboard, "dashboards"),
    "rule": (Rule, "rules"),
    "template": (Template, "templates"),
    "print": (Print, "prints"),
    "role": (Role, "roles"),
    "menu": (Menu, "menus"),
    "data": (Data, "data"),
    "patch": (Patch, "patches"),
}


def read_app(folder: Path) -> App:
    """The app in a folder: `app.yaml` and every other `*.yaml` in it and below. Raises DefinitionRefusal."""
    files = sorted(folder.rglob("*.yaml"))
    return _app(str(folder), ((str(file.relative_to(folder)), file.read_bytes()) for file in files))


def read_text(text: str, name: str = "") -> App:
    """The app that a single text declares, as `write.text_of` writes it. Raises DefinitionRefusal."""
    return _app(name, [(name, text.encode())])


def _app(name: str, files: Iterable[tuple[str, bytes]]) -> App:
    problems: list[Problem] = []
    heads: list[dict[str, Any]] = []
    parts: dict[str, list[Declared]] = {}
    for file, content in files:
        for document in _documents(file, content, problems):
            if document.kind == "app":
                heads.append(document.content)
            elif document.kind in KINDS:
                model, place = KINDS[document.kind]
                parts.setdefault(place, []).extend(_read(model, document, file, problems))
            else:
                problems.append(_problem("definition.unknown_kind", file, 1, document.kind, document.kind))
    if len(heads) != 1:
        problems.append(_problem("definition.one_head", name, 1, "app", f"{len(heads)}"))
    try:
        app = App(**(heads[0] if heads else {"app": "nameless", "label": "无名 | Nameless"}))
    except ValidationError as error:
        problems.extend(
            _problem("definition.malformed", "app.yaml", 1, _dotted(each["loc"]), each["msg"])
            for each in error.errors(include_url=False)
        )
    if problems:
        raise DefinitionRefusal(problems)
    return app.model_copy(update={place: tuple(things) for place, things in parts.items()})


def _documents(file: str, content: bytes, problems: list[Problem]) -> Iterator[Document]:
    try:
        yield from documents(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.append(_problem("definition.not_yaml", file, line, "", "not UTF-8"))
    except SourceError as error:
        problems.append(_problem("definition.not_yaml", file, error.line, "", error.reason))


def _read(model: type[Declared], document: Document, file: str, problems: list[Problem]) -> Iterator[Declared]:
    try:
        yield model.model_validate(document.content)
    except ValidationError as error:
        subject = f"{document.kind} {document.content[document.kind]}"
        for each in error.errors(include_url=False):
            path = f"{subject}: {_dotted(each['loc'])}"
            problems.append(_problem("definition.malformed", file, document.line(each["loc"]), path, each["msg"]))


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(map(str, path))


def _problem(code: str, file: str, line: int, path: str, reason: str) -> Problem:
    return Problem(code, path, line, {"file": file, "reason": reason})
