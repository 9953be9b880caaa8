"""What the browser is tested with is what the server computes now, and nothing of the language is missing in it."""

import json

import pytest

from onebook.expression.aggregates import AGGREGATES
from onebook.expression.functions.table import FUNCTIONS
from tests.contracts.expressions.vectors import FOLDER, files

FILES = files()


@pytest.mark.parametrize("name", FILES)
def test_the_committed_files_are_current(name: str) -> None:
    committed = FOLDER.joinpath(name).read_text(encoding="utf-8")
    assert committed == FILES[name], "run `python -m tests.contracts.expressions.vectors`"


def test_every_function_and_figure_has_cases() -> None:
    formulas = [json.loads(line)[1] for line in FILES["vectors.jsonl"].splitlines()[1:]]
    called = {name for name in (*FUNCTIONS, *AGGREGATES) if any(f"{name}(" in formula for formula in formulas)}
    assert called == {*FUNCTIONS, *AGGREGATES}
