"""Setting pages: a template and data in a fresh folder, Typst in a child process with limits, a PDF out of it."""

import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import orjson

from onebook.engines.print.refusals import Busy, TookTooLong

#: The family of the font that comes with the product: Noto Sans CJK, under the SIL Open Font License.
FONT: Final = "Noto Sans CJK TC"
_FONT_PACKAGE: Final = "cvttf_NotoSansCJK_Regular"
_TEMPLATE: Final = files("onebook.engines.print") / "sheet.typ"
_CHILD: Final = "onebook.engines.print.child"
#: The child killed itself or was killed: limits of the operating system end a process by a signal, and a compiler that
#: gets no more memory aborts.
_KILLED_ABOVE: Final = 128


@dataclass(frozen=True, slots=True)
class Limits:
    """What setting one print may cost."""

    cpu_s: int = 30
    memory_bytes: int = 3 * 1024**3
    wall_s: float = 45.0
    #: How long to wait until another print is done.
    wait_s: float = 30.0


LIMITS: Final = Limits()
_PLACES: Final = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


class SettingFailed(Exception):
    """The template does not compile: a bug of ours, never the fault of what is printed."""


def typeset(data: Any, limits: Limits = LIMITS, template: str | None = None) -> bytes:
    """The PDF of a template over data. Refuses with TookTooLong and Busy."""
    if not _PLACES.acquire(timeout=limits.wait_s):
        raise Busy
    try:
        with tempfile.TemporaryDirectory(prefix="onebook-print-") as folder:
            root = Path(folder)
            (root / "data.json").write_bytes(orjson.dumps(data))
            (root / "sheet.typ").write_text(template or _TEMPLATE.read_text("utf-8"), "utf-8")
            with as_file(files(_FONT_PACKAGE)) as fonts:
                _compile(root, fonts, limits)
            return (root / "sheet.pdf").read_bytes()
    finally:
        _PLACES.release()


def _compile(root: Path, fonts: Path, limits: Limits) -> None:
    command = [
        sys.executable, "-I", "-m", _CHILD, str(root), str(fonts), str(limits.cpu_s), str(limits.memory_bytes),
    ]  # fmt: skip
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(root), "RAYON_NUM_THREADS": "2"}
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, timeout=limits.wall_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TookTooLong from None
    if done.returncode < 0 or done.returncode > _KILLED_ABOVE:
        raise TookTooLong
    if done.returncode != 0:
        raise SettingFailed(done.stderr.decode("utf-8", "replace")[:2000])
