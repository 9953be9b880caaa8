"""The pages in a real Chromium: what is loaded until a list is there, how soon pages answer, how quick a key is."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page, Request, ViewportSize, sync_playwright

from bench.masses import fill
from bench.place import Company, company
from bench.rounds import Measured
from bench.server import LOGIN, PASSWORD, served
from onebook.storage.database import Database

#: What the pages may take at most.
SCRIPT_KB, PAGE_MS, KEY_MS, LOOKUP_MS, FRAME_MS = 350, 1000, 50, 100, 50
ROUNDS = 5
PRODUCTS, LINES, SHORT, RECORDS = 2_000, 1_000, 10, 100_000
#: From one key to the next, as a quick hand types.
PAUSE_MS = 100
#: Turns of the wheel, and how far each goes: through some twenty pages of a list.
TURNS, TURN_PX = 120, 600
PATIENCE_MS = 60_000
WINDOW: ViewportSize = {"width": 1440, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pages(database: Database) -> Iterator[Measured]:
    """The pages in Chromium: scripts until the list, list and record, a key in 1,000 lines, a look-up, a long list."""
    ground = company(database, "Pages", products=PRODUCTS)
    with served(ground) as server, _chromium() as browser:
        address = server.address
        yield _scripts(browser, address)
        short, long = _order(ground, SHORT), _order(ground, LINES)
        context = browser.new_context(viewport=WINDOW, locale="zh-CN")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        _enter(page, address)
        yield _opened("list, interactive, warm server", page, f"{address}/sales_order", _FIRST_ROW)
        yield _opened("record, interactive, warm server", page, f"{address}/sales_order/{short}", _FIRST_CELL)
        page.goto(f"{address}/sales_order/{long}")
        page.locator(_FIRST_CELL).first.wait_for()
        yield _keys(page)
        yield _look_up(page, ground)
        fill(database, ground.schema, RECORDS)
        page.goto(f"{address}/sales_order")
        page.locator(_FIRST_ROW).first.wait_for()
        yield _scrolled(page)
        context.close()


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = next((found for found in map(shutil.which, NAMES) if found), None)
    if program is None:
        raise LookupError(f"no Chromium in the PATH ({', '.join(NAMES)}): tools/browser installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def _scripts(browser: Browser, address: str) -> Measured:
    """Everything that somebody loads who comes for the first time, logs in and opens a list."""
    # What the pages keep for later visits would hide what is sent.
    context = browser.new_context(viewport=WINDOW, locale="zh-CN", service_workers="block")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    loaded: list[Request] = []
    page.on("requestfinished", lambda one: loaded.append(one) if one.resource_type == "script" else None)
    _enter(page, address)
    page.locator('a[href="/sales_order"]').first.click()
    page.locator(".list-page h1").wait_for()
    page.wait_for_load_state("networkidle")
    size = sum(one.sizes()["responseBodySize"] for one in loaded) / 1000
    context.close()
    return Measured(
        name="scripts from the door to a list, compressed",
        value=size,
        lowest=size,
        highest=size,
        target=SCRIPT_KB,
        unit="kB",
        digits=0,
        note=f"{len(loaded)} files",
    )


def _enter(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("input[autocomplete=username]").fill(LOGIN)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#page h1").wait_for()


def _opened(name: str, page: Page, address: str, shows: str) -> Measured:
    """From typing an address until what it is about is drawn and the page has nothing left to do."""
    page.goto(address)
    page.locator(shows).first.wait_for()
    taken = []
    for _ in range(ROUNDS):
        page.goto(address, wait_until="commit")
        page.wait_for_function(_IS_THERE, arg=shows, polling="raf")
        taken.append(float(page.evaluate(_IDLE)))
    return _figure(name, taken, PAGE_MS)


def _keys(page: Page) -> Measured:
    """From a key until the frame that shows it, in a row far down, ten keys a second; formulas and sums follow in the
    same frame."""
    cells = page.locator("[role=grid] [data-row='12'][data-column='2']")
    cells.click()
    page.evaluate(_HEAR)
    for key in ("3", "7", "Backspace", "ArrowDown") * 8:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_function("() => window.frames_taken.length >= 32")
    taken: list[float] = page.evaluate("window.frames_taken")
    return _figure(f"a key in {LINES:,} lines, until the next frame", taken, KEY_MS)


def _look_up(page: Page, ground: Company) -> Measured:
    """From the last key of a code until the product is offered, among 2,000."""
    page.keyboard.press("Control+End")
    page.keyboard.press("Home")
    taken = []
    for number in (7, 812, 1204, 1650, 1999):
        code = f"P{number:05}"
        page.keyboard.type(code[:-1])
        page.wait_for_timeout(300)
        page.evaluate(_AWAIT_OPTION, f"Product {number:05}")
        page.keyboard.type(code[-1])
        taken.append(float(page.evaluate("window.option_taken")))
        page.keyboard.press("Escape")
    return _figure(f"a product of {len(ground.products):,} looked up", taken, LOOKUP_MS)


def _scrolled(page: Page) -> Measured:
    """From one frame to the next while the wheel turns, through pages that are fetched on the way."""
    page.mouse.move(WINDOW["width"] / 2, WINDOW["height"] / 2)
    page.evaluate(_WATCH)
    for _ in range(TURNS):
        page.mouse.wheel(0, TURN_PX)
        page.wait_for_timeout(16)
    taken: list[float] = sorted(page.evaluate("window.frames_drawn"))
    row = int(page.locator(_FIRST_ROW).last.get_attribute("aria-rowindex") or 0)
    return Measured(
        name=f"a frame while scrolling, {RECORDS:,} records, p95",
        value=taken[int(len(taken) * 0.95)],
        lowest=taken[0],
        highest=taken[-1],
        target=FRAME_MS,
        unit="ms",
        digits=0,
        note=f"as far as row {row:,}; {_load()}",
    )


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _figure(name: str, taken: Sequence[float], target: float) -> Measured:
    # Of a machine that does other things as well, only the lowest says much.
    return Measured(
        name=name,
        value=median(taken),
        lowest=min(taken),
        highest=max(taken),
        target=target,
        unit="ms",
        digits=0,
        note=_load(),
    )


def _order(ground: Company, count: int) -> int:
    lines = [{"product": product, "quantity": 1 + place % 9} for place, product in enumerate(ground.products[:count])]
    return ground.made("sales_order", customer=ground.customers[0], lines=lines).id


_FIRST_CELL = "[role=grid] [data-row='0'][data-column='0']"
_FIRST_ROW = "[role=rowgroup] [role=row]"
_IS_THERE = "selector => document.querySelector(selector) !== null"
#: The frame after the one that showed it, once nothing else waits for the page.
_IDLE = """() => new Promise(done => requestAnimationFrame(() => requestIdleCallback(() => done(performance.now()))))"""
_HEAR = """() => {
  window.frames_taken = [];
  addEventListener('keydown', event => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.frames_taken.push(performance.now() - event.timeStamp);
      channel.port2.postMessage(null);
    });
  }, true);
}"""
_WATCH = """() => {
  window.frames_drawn = [];
  let last = performance.now();
  const next = () => {
    const now = performance.now();
    window.frames_drawn.push(now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""
_AWAIT_OPTION = """name => {
  window.option_taken = new Promise(done => {
    addEventListener('keydown', event => {
      const look = () => {
        const first = document.querySelector('.lines-list [role=option]');
        if (first?.textContent.includes(name)) done(performance.now() - event.timeStamp);
        else requestAnimationFrame(look);
      };
      look();
    }, {capture: true, once: true});
  });
}"""
