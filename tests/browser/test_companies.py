"""One login in two companies: the other company is another book, with other rights, and heard of as it changes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from onebook.access.actor import SYSTEM
from onebook.access.logins import join_company
from onebook.definition.shipped import shipped_apps
from onebook.storage.schema import PLATFORM, create_company
from tests.browser.seat import Seat
from tests.browser.shop import Person, Shop
from tests.scenarios.world import World

BRANCH = "苏州分公司"


@pytest.fixture(scope="module")
def branch(shop: Shop) -> World:
    """A second company in the same installation, in which the boss of the first one only keeps the warehouse."""
    with shop.database.administration() as connection:
        company = create_company(connection, BRANCH)
    world = World(shop.world.application, company.schema)
    world.application.publish(company.schema, shipped_apps(), SYSTEM)
    boss: Person = shop.boss
    with shop.database.transaction(PLATFORM) as transaction:
        join_company(transaction, boss.login, company.id)
        transaction.commit()
    world.made("user", name=boss.name, login=boss.login, roles=["warehouse_keeper"])
    return world


def test_another_company_is_another_book(shop: Shop, branch: World, seats: Callable[..., Seat]) -> None:
    shop.goods("深沟球轴承")
    branch.product("直线导轨")
    seat: Seat = seats().enter(shop.boss).go("/product")
    expect(seat.page.get_by_role("gridcell", name="深沟球轴承")).to_be_visible()
    price = seat.page.get_by_role("columnheader", name="销售价")
    expect(price).to_be_visible()

    seat.page.get_by_role("button", name="切换公司").click()
    seat.page.get_by_role("menuitem", name=BRANCH).click()
    expect(seat.page.locator("header .company")).to_contain_text(BRANCH)

    # Its records and its rights, from the menus to the columns.
    expect(seat.page.get_by_role("gridcell", name="直线导轨")).to_be_visible()
    expect(seat.page.get_by_role("gridcell", name="深沟球轴承")).to_have_count(0)
    expect(price).to_have_count(0)
    places = seat.page.get_by_role("navigation", name="导航")
    expect(places.get_by_role("link", name="销售出库单")).to_be_visible()
    expect(places.get_by_role("link", name="收款单")).to_have_count(0)

    # What happens in the other company is heard, and nothing of the first one.
    branch.product("滚珠丝杠")
    shop.goods("角接触轴承")
    expect(seat.page.get_by_role("gridcell", name="滚珠丝杠")).to_be_visible()
    expect(seat.page.get_by_role("gridcell", name="角接触轴承")).to_have_count(0)

    # And back again: the session remembers it, the page begins anew with what is right there.
    seat.page.get_by_role("button", name="切换公司").click()
    seat.page.get_by_role("menuitem", name=shop.company.name).click()
    expect(seat.page.get_by_role("gridcell", name="角接触轴承")).to_be_visible()
    expect(seat.page.get_by_role("gridcell", name="直线导轨")).to_have_count(0)
    seat.go("/product")
    expect(seat.page.get_by_role("gridcell", name="深沟球轴承")).to_be_visible()
    expect(places.get_by_role("link", name="收款单")).to_be_visible()
