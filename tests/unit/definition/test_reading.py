"""Apps as text: what is read is what is written, and nothing is guessed on the way."""

from pathlib import Path

import pytest

from onebook.definition.app import App
from onebook.definition.overlay import at, changed_paths, merged
from onebook.definition.read import read_app, read_text
from onebook.definition.refusal import DefinitionRefusal
from onebook.definition.shipped import all_apps
from onebook.definition.source import SourceError, documents
from onebook.definition.write import text_of


@pytest.mark.parametrize("app", all_apps(), ids=lambda app: app.app)
def test_written_and_read_again_is_the_same(app: App) -> None:
    assert read_text(text_of(app)) == app


def test_numbers_dates_and_words_stay_as_written() -> None:
    (document,) = documents("a: 0.10\nb: 2026-01-01\nc: on\nd: 007\ne: 12\nf: true\ng: ~\nh: 1e3\ni: no")
    assert document.content == {
        "a": "0.10", "b": "2026-01-01", "c": "on", "d": "007", "e": 12, "f": True, "g": None, "h": "1e3", "i": "no",
    }  # fmt: skip


def test_a_key_stands_once() -> None:
    with pytest.raises(SourceError) as error:
        list(documents("a: 1\nb: 2\na: 3"))
    assert (error.value.line, error.value.reason) == (3, "a stands twice")


def test_lines_are_known_for_every_path() -> None:
    (document,) = documents("form: x\nfields:\n  a:\n    kind: text\n")
    assert document.line(("fields", "a", "kind")) == 4
    assert document.line(("fields", "a", "missing")) == 3


@pytest.mark.parametrize("text", ["- 1", "just words", "{a: 1", "a: &x 1\nb: *x\nc: !!python/object:os.system {}"])
def test_what_is_no_declaration_is_refused(text: str) -> None:
    with pytest.raises(DefinitionRefusal):
        read_text(text)


def test_a_file_that_is_no_text_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("app: x\nlabel: 甲 | A\n", "utf-8")
    (tmp_path / "bad.yaml").write_bytes("form: y\nlabel: 乙".encode("gb18030"))
    with pytest.raises(DefinitionRefusal) as refused:
        read_app(tmp_path)
    (problem,) = refused.value.problems
    assert (problem.code, problem.row, problem.data) == (
        "definition.not_yaml", 2, {"file": "bad.yaml", "reason": "not UTF-8"},
    )  # fmt: skip


def test_exactly_one_head() -> None:
    with pytest.raises(DefinitionRefusal) as refused:
        read_text("menu: x\nlabel: 甲")
    assert [problem.code for problem in refused.value.problems] == ["definition.one_head"]


def test_patches_merge_mappings_replace_lists_add_and_remove() -> None:
    content = {"a": {"b": 1, "c": 2}, "l": [1, 2], "m": [1]}
    change = {"a": {"b": None, "d": 3}, "l": [9], "m+": [1, 2]}
    assert merged(content, change) == {"a": {"c": 2, "d": 3}, "l": [9], "m": [1, 2]}
    assert content == {"a": {"b": 1, "c": 2}, "l": [1, 2], "m": [1]}
    assert changed_paths(change) == [("a", "b"), ("a", "d"), ("l",), ("m+",)]
    assert at(content, ("a", "b")) == 1
    assert at(content, ("a", "x", "y")) is None
