"""Where problems of declarations stand: the file of a folder, and the line in it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.source import Document, documents
from onebook.values.refusal import Problem

#: A patch is written under the name of what it changes.
PATCH: Final = "patch"


def with_places(refusal: DefinitionRefusal, folders: Iterable[Path]) -> DefinitionRefusal:
    """The same problems, each with file and line if it is about something that these folders declare.

    Reading tells the place of what cannot be read. The checks, which see all apps together, know a declaration by kind
    and name only: that is looked up here, in the files that they came from.
    """
    known = {
        subject: (file.relative_to(folder), document)
        for folder in folders
        for file in sorted(folder.rglob("*.yaml"))
        for document in documents(file.read_text("utf-8"))
        for subject in _subjects(document)
    }
    return DefinitionRefusal([_placed(problem, known) for problem in refusal.problems])


def _subjects(document: Document) -> Iterator[str]:
    name = document.content[document.kind]
    if document.kind == PATCH:
        yield f"{name} {document.content.get('name')}"
    yield f"{document.kind} {name}"


def _placed(problem: Problem, known: dict[str, tuple[Path, Document]]) -> Problem:
    subject, _, path = (problem.field or "").partition(": ")
    if problem.data.get("file") or subject not in known:
        return problem
    file, document = known[subject]
    parts = [int(part) if part.isdigit() else part for part in path.split(".")]
    return replace(problem, row=document.line(tuple(parts)), data={**problem.data, "file": str(file)})
