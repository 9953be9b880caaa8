"""Every refusal can be read: each code of the code base has a text in each language, and no text is left over."""

import ast
import re
import string

import pytest

from onebook.locale.texts import texts
from onebook.values.label import LANGUAGES
from tests.architecture.sources import Source, sources

CODE = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")


def _codes(source: Source) -> set[str]:
    """Codes of refusals (`code = "..."`), of problems (`Problem("...")`), and names of files with neither."""
    found = set()
    for node in ast.walk(source.tree):
        match node:
            case ast.ClassDef(body=body):
                for statement in body:
                    match statement:
                        case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=str(code))):
                            found.add(code)
                        case ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant(value=str(code))):
                            found.add(code)
            case ast.Call(func=ast.Name(id="Problem"), args=[ast.Constant(value=str(code)), *_]):
                found.add(code)
    return found


ALL_CODES = sorted({code for source in sources() for code in _codes(source)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_text(language: str) -> None:
    assert len(ALL_CODES) > 5
    assert [code for code in ALL_CODES if code not in texts(language)] == []


def test_codes_name_room_and_reason() -> None:
    assert [code for code in ALL_CODES if not CODE.match(code)] == []


def test_both_languages_say_the_same() -> None:
    """The same codes, filled with the same data."""
    chinese, english = (texts(language) for language in LANGUAGES)
    assert set(chinese) == set(english)
    assert {
        code: (_data(chinese[code]), _data(english[code]))
        for code in chinese
        if _data(chinese[code]) != _data(english[code])
    } == {}


def _data(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
