"""Every reason for which declarations are refused has its words in both languages."""

import re
from pathlib import Path

import pytest

from onebook.locale.texts import texts
from onebook.values.label import LANGUAGES

ROOT = Path(__file__).parents[3] / "onebook"
SOURCES = [*(ROOT / "definition").rglob("*.py"), *(ROOT / "engines" / "design").glob("*.py")]
CODES = sorted(
    {code for file in SOURCES for code in re.findall(r'"((?:definition|design)\.[a-z_]+)"', file.read_text("utf-8"))}
    | {
        f"definition.{code}"
        for file in SOURCES
        for call in re.findall(r"\.wrong\((.*)", file.read_text("utf-8"))
        for code in re.findall(r'"([a-z]+(?:_[a-z]+)+|cycle|nameless|undated)"', call.split(", ")[0])
    }
)


def test_the_codes_were_found() -> None:
    assert len(CODES) > 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    assert [code for code in CODES if code not in texts(language)] == []
