"""Takes the pictures in docs/pictures: the main pages of the demo company, as they are.

    make run                        # in one window; the demo company is made the first time
    .venv/bin/python -m tools.pictures [ADDRESS [NAME ...]]

ADDRESS is http://127.0.0.1:8000 unless told otherwise. It needs a Chromium in the PATH (tools/browser installs one).
The demo company is only looked at, but that its owner reads English for a moment. Pictures are reduced to 256 colours,
so that each stays small.
"""

import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from examples.precision_parts.cast import PASSWORD

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
MOST_BYTES = 200_000
PATIENCE_MS = 30_000
#: Charts and drawers come to rest.
REST_MS = 900


def _nothing(page: Page) -> None:
    """The page as it opens."""


def _typing(page: Page) -> None:
    """A product sought by its initials in the empty row of a new order."""
    page.locator("#field-customer").fill("苏州")
    page.locator(".ant-select-item-option").filter(has_text="苏州").first.click()
    for place, (words, quantity) in enumerate((("zxdg", "4"), ("tbd", "24"), ("gzsg", "6"), ("sgq", ""))):
        page.locator(f"[role=grid] [data-row='{place}'][data-column='0']").first.click()
        page.keyboard.type(words)
        page.wait_for_timeout(REST_MS)
        page.locator(".lines-list [role=option]").filter(has_not_text="新建").first.wait_for()
        if quantity:
            page.keyboard.press("Enter")
            page.keyboard.press("Enter")
            page.keyboard.type(quantity)
            page.keyboard.press("ArrowDown")


def _preview(page: Page) -> None:
    """What the next step of the document would do, before it is done."""
    page.keyboard.press("Control+Enter")
    page.locator(".step-panel .effects, .step-panel .causes").first.wait_for()


def _chart(page: Page) -> None:
    """The report as a picture instead of a table."""
    page.locator(".ant-segmented-item").nth(2).click()
    page.wait_for_timeout(2 * REST_MS)


def _drawn(page: Page) -> None:
    """Every tile in sight has come and is drawn."""
    page.locator("#page .ant-skeleton").first.wait_for(state="detached")
    page.wait_for_timeout(3 * REST_MS)


def _rule(page: Page) -> None:
    """One of the rules, in words."""
    page.locator(".rule-row").first.click()
    page.wait_for_timeout(REST_MS)


def _packs(page: Page) -> None:
    """A row of a new order on a phone, with a figure for each unit of its product."""
    page.locator(".lines-foot").first.scroll_into_view_if_needed()
    page.get_by_role("region", name="明细").get_by_role("button", name="加一行").tap()
    page.get_by_role("combobox", name="商品，第 1 行").fill("FS-M6X20")
    page.locator(".ant-select-item-option").first.tap()
    page.locator(".lines-packs input").first.fill("3")
    page.locator(".lines-packs input").last.fill("20")


def _palette(page: Page) -> None:
    """Pages, records and things to do by the initials of their names."""
    page.keyboard.press("Control+k")
    page.locator("[cmdk-input]").fill("xs")
    page.locator("[cmdk-item]").nth(3).wait_for()


@dataclass(frozen=True)
class Picture:
    """A page of somebody, when it is ready, and what is done there before the picture is taken."""

    name: str
    login: str
    address: str
    shows: str
    first: Callable[[Page], None] = _nothing
    window: str = "desk"
    theme: str = "light"
    language: str = "zh-CN"


ROWS = "[role=rowgroup] [role=row], .row-card"
PICTURES = (
    Picture("home", "sales.manager", "/", ".home h2"),
    Picture("list", "sales.manager", "/sales_order", ROWS),
    Picture("board", "sales.manager", "/sales_order?view=by_progress", ".board-card"),
    Picture("typing", "sales.manager", "/sales_order/new", "[role=grid]", _typing),
    Picture("preview", "admin", "/sales_delivery?state=draft", ROWS, _preview),
    Picture("report", "boss", "/reports/sales_by_month", "canvas, [role=grid], table", _chart),
    Picture("dashboard", "boss", "/dashboards/business_board", "h1", _drawn),
    Picture("desk", "sales1", "/dashboards/sales_desk", "h1", _drawn),
    Picture("flows", "boss", "/flows", ".flow-acts button, #page button"),
    Picture("rules", "admin", "/rules", ".rule-row", _rule),
    Picture("dashboard-dark", "boss", "/dashboards/business_board", "h1", _drawn, theme="dark"),
    Picture("palette", "sales.manager", "/", ".home h2", _palette, theme="dark"),
    Picture("list-dark", "sales.manager", "/customer", ROWS, theme="dark"),
    Picture("record-dark", "boss", "/sales_order?latest", ROWS, theme="dark"),
    Picture("phone-home", "sales.manager", "/", ".home h2", window="phone"),
    Picture("phone-list", "sales.manager", "/sales_order", ROWS, window="phone"),
    Picture("phone-record", "keeper", "/sales_delivery?latest", ROWS, window="phone"),
    Picture("phone-packs", "sales1", "/sales_order/new", ".lines-foot", _packs, window="phone"),
    Picture("phone-flows", "boss", "/flows", "#page h1", window="phone"),
    Picture("phone-dark", "sales.manager", "/sales_order?latest", ROWS, window="phone", theme="dark"),
    # The last one: it stands in the activity that others show.
    Picture("english", "boss", "/sales_order", ROWS, language="en"),
)


def main(address: str = "http://127.0.0.1:8000", *names: str) -> None:
    """Take all pictures, or those that are named; raise on the first page that does not come."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _chromium() as browser:
        for one in (one for one in PICTURES if not names or one.name in names):
            content = _taken(browser, address, one)
            if len(content) > MOST_BYTES:
                raise ValueError(f"{one.name} is {len(content):,} bytes, more than {MOST_BYTES:,}")
            (FOLDER / f"{one.name}.png").write_bytes(content)
            print(f"{one.name:14} {len(content):9,} bytes")


def _taken(browser: Browser, address: str, one: Picture) -> bytes:
    options = PHONE if one.window == "phone" else DESK
    context = browser.new_context(
        **options, locale="zh-CN", timezone_id="Asia/Shanghai", color_scheme="dark" if one.theme == "dark" else "light"
    )
    context.set_default_timeout(PATIENCE_MS)
    answer = context.request.post(f"{address}/api/session", data={"login": one.login, "password": PASSWORD})
    if not answer.ok:
        raise ValueError(f"{one.login} cannot log in at {address}: {answer.text()}")
    headers = {"X-CSRF-Token": answer.json()["csrf"]}
    context.request.patch(f"{address}/api/session/preferences", data={"language": one.language}, headers=headers)
    page = context.new_page()
    path, _, of = one.address.partition("?")
    if of in ("latest", "state=draft"):
        path = _record(context.request.get(f"{address}/api{path}", params=_asked(of)).json(), path)
        shows = ".record-body .cell"
    else:
        path, shows = one.address, one.shows
    page.goto(address + path)
    page.locator(shows).first.wait_for()
    page.wait_for_timeout(REST_MS)
    one.first(page)
    page.wait_for_timeout(REST_MS)
    context.request.patch(f"{address}/api/session/preferences", data={"language": "zh-CN"}, headers=headers)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT)
    context.close()
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _asked(of: str) -> dict[str, str | float | bool]:
    """Which record of a form a picture shows: the latest, or the latest that is not done yet."""
    drafts: dict[str, str | float | bool] = {"filter": 'state = "draft"'} if of == "state=draft" else {}
    return {"limit": 1, "sort": "-number", **drafts}


def _record(found: dict[str, Any], path: str) -> str:
    rows = found["rows"]
    if not rows:
        raise ValueError(f"no record at {path}")
    return f"{path}/{rows[0]['id']}"


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = next((found for found in map(shutil.which, NAMES) if found), None)
    if program is None:
        raise LookupError(f"no Chromium in the PATH ({', '.join(NAMES)}): tools/browser installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
