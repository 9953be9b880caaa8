"""A real Chromium before the real product: one browser for all, a company for each file, a window for each test."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from onebook.entrypoints.http import site
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.browser.chromium import QUIET, Watch, keep, program
from tests.browser.seat import DESK, Seat
from tests.browser.shop import Shop, opened

#: Longer than anything takes on a machine that does other things as well.
PATIENCE_MS = 20_000
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fixtures that end want to know how the test went."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session", autouse=True)
def pages() -> None:
    """The pages are built: these tests look at what users get."""
    if not site.is_built(site.FOLDER):
        pytest.fail(f"the pages are not built: `make test` does it, or `tools/npm run build` alone ({site.FOLDER})")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The one browser; every window of it knows nothing of the others."""
    browser = playwright.chromium.launch(executable_path=program(), args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def shop(published: tuple[Database, Company]) -> Iterator[Shop]:
    """A company with all apps behind a server of its own; its book is clean after all that was done on its pages."""
    with opened(*published) as shop:
        yield shop
        shop.world.assert_clean()


@pytest.fixture
def seats(
    request: pytest.FixtureRequest, shop: Shop, chromium: Browser, tmp_path: Path
) -> Iterator[Callable[..., Seat]]:
    """Makes windows: `seats(browser=..., **options)`. Whatever went wrong on a page fails the test that used it."""
    made: list[Seat] = []
    with ExitStack() as stack:

        def sit(browser: Browser = chromium, **options: Any) -> Seat:
            chosen = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": DESK, **options}
            context = browser.new_context(**chosen)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            watch = Watch()
            context.on("page", watch.over)
            watch.over(page)
            made.append(Seat(shop, context, page, watch))
            return made[-1]

        yield sit
        faults = [fault for one in made for fault in one.watch.faults]
        if faults or request.node.stash.get(_FAILED, True):
            for place, one in enumerate(made):
                kept = keep(one.page, tmp_path, f"window-{place}")
                print("looked like this:", *kept)
    assert not faults


@pytest.fixture
def seat(seats: Callable[..., Seat]) -> Seat:
    """One window, for tests of one person."""
    return seats()
