"""Starting is quick: what is large is read when it is first needed."""

import subprocess
import sys

#: Tens of megabytes each, or of no use to a server.
LATE = ("pypinyin.phrases_dict", "cn2an", "typst", "hypothesis", "httpx", "pytest")


def test_nothing_large_is_read_at_the_start() -> None:
    program = f"import onebook.bootstrap, sys; print([name for name in {LATE!r} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert shown.stdout.strip() == "[]"
