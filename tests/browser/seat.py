"""Somebody at a browser: what they press and read, in the words of the pages."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.chromium import Watch
from tests.browser.shop import PASSWORD, Person, Shop

DESK = {"width": 1440, "height": 900}
#: Between two keys, a little slower than the pages' measure of a gun.
HAND_MS = 45
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@dataclass
class Seat:
    """One browser window of one person."""

    shop: Shop
    context: BrowserContext
    page: Page
    watch: Watch

    def expects(self, *statuses: int) -> "Seat":
        """Refusals with these statuses are what the test is about."""
        self.watch.expected.update(statuses)
        return self

    def enter(self, person: Person) -> "Seat":
        """Be logged in, without going through the door each time."""
        answer = self.context.request.post(
            f"{self.shop.address}/api/session", data={"login": person.login, "password": PASSWORD}
        )
        assert answer.ok, answer.text()
        return self

    def go(self, address: str = "/") -> "Seat":
        """Open an address, until the frame of the pages (or the door) stands."""
        self.page.goto(self.shop.address + address, wait_until="commit")
        expect(self.page.locator("#page, .door").first).to_be_visible()
        return self

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def press(self, *keys: str) -> "Seat":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, text: str) -> "Seat":
        """Type as fast as a hand can; what comes faster the pages rightly take for a scan gun."""
        self.page.keyboard.type(text, delay=HAND_MS)
        return self

    def button(self, name: str, *, exact: bool = True) -> Locator:
        """A button by its words, whatever icon stands before them."""
        return self.page.get_by_role("button", name=re.compile(rf"^([a-z-]+ )?{re.escape(name)}$" if exact else name))

    def field(self, label: str) -> Locator:
        """A field of a record by its label, to type in."""
        return self.page.locator(".cell").filter(has=self.page.locator(".cell-label", has_text=_whole(label)))

    def value(self, label: str) -> Locator:
        """A field of a record by its label, to read."""
        return self.field(label).locator(".cell-value")

    def choose(self, label: str, words: str, title: str) -> None:
        """A link: type some of its name, and take what is offered."""
        box = self.field(label).get_by_role("combobox")
        box.click()
        box.fill(words)
        self.option(title).click()

    def cell(self, lines: str, row: int, column: str) -> Locator:
        """A cell of a grid of lines; rows count from 1."""
        grid = self.page.get_by_role("grid", name=lines)
        expect(grid.get_by_role("columnheader", name=column, exact=True)).to_be_visible()
        heads = grid.get_by_role("columnheader").all_inner_texts()
        return grid.locator(f'[data-row="{row - 1}"][data-column="{heads.index(column) - 1}"]')

    def reads(self, lines: str, row: int, column: str, text: str) -> None:
        """What stands in a cell of a grid of lines, whether somebody is typing there or not."""
        cell = self.cell(lines, row, column)
        expect(cell.get_by_text(text, exact=True).or_(cell.locator(f'input[value="{text}"]')).first).to_be_visible()

    @property
    def offered(self) -> Locator:
        """What a cell of lines offers while somebody types in it."""
        return self.page.locator(".lines-list").get_by_role("option")

    def tab_into(self, lines: str) -> None:
        """By the tabulator alone, from wherever the focus is."""
        for _ in range(40):
            self.press("Tab")
            if self.page.evaluate("document.activeElement.closest('[role=grid]')?.getAttribute('aria-label')") == lines:
                return
        raise AssertionError(f"the tabulator never came to {lines}")

    def open_side(self) -> None:
        """Activity and files, which stand folded beside records with lines."""
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        button = self.button("动态与附件")
        expect(button).to_be_visible()
        if button.get_attribute("aria-expanded") == "false":
            button.click()

    def option(self, title: str) -> Locator:
        """What an open list offers."""
        return self.page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=title).first

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    @property
    def dialog(self) -> Locator:
        """The drawer or dialog that lies over the page."""
        return self.page.get_by_role("dialog").last


def _whole(text: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(text)}\s*\*?\s*$")
