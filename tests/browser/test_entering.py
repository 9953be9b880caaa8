"""Coming in: the wrong password, the right one, the palette, another look and another language."""

import re

from playwright.sync_api import expect

from tests.browser.seat import Seat
from tests.browser.shop import PASSWORD, Shop


def test_a_wrong_password_is_refused_and_the_right_one_opens_the_door(seat: Seat, shop: Shop) -> None:
    # Nobody is logged in yet: the first visit says so to nobody, not even to the console.
    seat.go()
    seat.page.get_by_label("账号").fill(shop.boss.login)
    seat.page.get_by_label("密码").fill("not this one")
    assert not seat.watch.faults
    seat.expects(401).press("Enter")
    expect(seat.page.get_by_role("alert")).to_contain_text("密码")
    seat.page.get_by_label("密码").fill(PASSWORD)
    seat.press("Enter")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text(shop.boss.name)
    seat.page.reload()
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text(shop.boss.name)


def test_who_leaves_is_out_on_every_page(seat: Seat, shop: Shop) -> None:
    seat.enter(shop.person("salesperson", "丁一凡")).go("/")
    seat.expects(401)
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("丁一凡")
    seat.press("Control+k")
    seat.page.get_by_placeholder(re.compile("搜页面")).fill("退出")
    expect(seat.page.get_by_role("option", selected=True)).to_contain_text("退出")
    seat.press("Enter")
    expect(seat.page.get_by_label("账号")).to_be_visible()
    seat.go("/sales_order")
    expect(seat.page.get_by_label("账号")).to_be_visible()


def test_the_palette_finds_pages_by_initials_and_records_by_name(seat: Seat, shop: Shop) -> None:
    customer = shop.world.customer("华东精工机械")
    seat.enter(shop.boss).go()
    seat.press("Control+k")
    words = seat.page.get_by_placeholder(re.compile("搜页面"))
    words.fill("xsdd")
    expect(seat.page.get_by_role("option").first).to_contain_text("销售订单")
    seat.press("Enter")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("销售订单")
    seat.press("Control+k")
    words.fill("hdjg")
    expect(seat.page.get_by_role("option", name="华东精工机械")).to_be_visible()
    seat.page.get_by_role("option", name="华东精工机械").click()
    expect(seat.page).to_have_url(f"{shop.address}/customer/{customer}")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("华东精工机械")


def test_dark_and_english_are_kept_for_the_next_time(seat: Seat, shop: Shop) -> None:
    person = shop.person("sales_manager", "苏梅")
    seat.enter(person).go()
    bright = seat.page.evaluate("getComputedStyle(document.body).backgroundColor")
    seat.page.get_by_role("button", name="我的账号与偏好").click()
    seat.page.get_by_role("menuitem", name="外观").hover()
    seat.page.get_by_role("menuitem", name="深色").click()
    expect(seat.page.locator("html")).to_have_attribute("data-theme", "dark")
    # Colours may glide from one to the other.
    expect(seat.page.locator("body")).not_to_have_css("background-color", bright)
    seat.page.get_by_role("button", name="我的账号与偏好").click()
    seat.page.get_by_role("menuitem", name="English").click()
    expect(seat.page.get_by_role("navigation").first).to_contain_text("Sales")
    # Another browser knows nothing but who comes in.
    seat.page.evaluate("localStorage.clear()")
    seat.page.reload()
    expect(seat.page.get_by_role("navigation").first).to_contain_text("Sales")
    expect(seat.page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    expect(seat.page.locator("html")).to_have_attribute("data-theme", "dark")
