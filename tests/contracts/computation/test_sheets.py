"""What the browser's computation is tested with is what the server computes now."""

from tests.contracts.computation.sheets import FILE, text


def test_the_committed_file_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run `python -m tests.contracts.computation.sheets`"
