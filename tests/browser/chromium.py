"""The Chromium of this machine, how it is started for tests, and who watches its pages while they are used."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Nothing that a test does may leave the machine or depend on what Chromium fetches for itself.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ANSWERED = re.compile(r"the server responded with a status of (\d{3})")


def program() -> str:
    """Where Chromium is. Raises LookupError with what to do about it."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise LookupError(f"the browser tests need Chromium in the PATH ({', '.join(NAMES)}): tools/browser installs it")


@dataclass
class Watch:
    """Everything that went wrong on a page: scripts that failed, and words in the console that nobody expected."""

    #: Statuses of refusals that the test provokes.
    expected: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._said)
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        status = _ANSWERED.search(message.text)
        where = str(message.location.get("url", ""))
        if status is None:
            self.faults.append(f"console: {message.text} ({where})")
        elif int(status[1]) not in self.expected:
            self.faults.append(f"console: {status[1]} from {where}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"server: {response.status} from {response.url}")


def keep(page: Page, folder: Path, name: str) -> Sequence[Path]:
    """What the page looks like and says, for whoever asks why a test failed."""
    folder.mkdir(parents=True, exist_ok=True)
    picture, text = folder / f"{name}.png", folder / f"{name}.txt"
    page.screenshot(path=picture)
    text.write_text(f"{page.url}\n\n{page.locator('body').inner_text()}", encoding="utf-8")
    return picture, text
