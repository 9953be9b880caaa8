"""The documents that are made from the code are current, and no word of the apps is missing in the glossary."""

import runpy

import pytest

from tests.architecture.sources import ROOT

TOOL = runpy.run_path(str(ROOT / "tools" / "charters.py"))


@pytest.mark.parametrize("name", TOOL["PARTS"])
def test_generated_parts_are_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == TOOL["current"](name), "run `make docs`"


def test_the_glossary_names_every_form_and_account_in_both_languages() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for kind in ("form", "account"):
        for _, declaration in TOOL["_declarations"](kind):
            assert f"`{declaration[kind]}`" in glossary
            assert "|" in str(declaration.get("label", "")), f"{declaration[kind]} has no English label"


def test_decisions_are_numbered_and_complete() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(len(records)))
    for record in records[1:]:
        text = record.read_text(encoding="utf-8")
        for heading in ("## Context", "## Decision", "## Consequences", "## Alternatives"):
            assert heading in text, f"{record.name}: {heading}"
