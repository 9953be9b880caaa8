"""Rules before the eyes of an administrator: what they say, what they did and why, asleep and awake, rehearsed; and the
pages of messages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from onebook.definition.read import read_text
from onebook.definition.shipped import shipped_apps
from onebook.engines.design.publish import publish
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from tests.browser.axe import faults
from tests.browser.seat import PHONE, Seat
from tests.browser.shop import Shop

RULES = """
app: watching
label: 提醒 | Watching
version: 1
needs: [sales]
---
rule: large_orders
label: 大订单提醒 | Large orders
help: 大订单一提交就告诉主管。 | Managers hear of large orders at once.
form: sales_order
on: {transition: submit}
when: total > 1000
do:
  - notify:
      to: {role: sales_manager}
      title: '大订单 {number}'
      text: '{customer.name} 下了 {total} 的订单'
      urgent: true
---
rule: hurry
label: 催办 | Hurry
form: sales_order
on: {button: 催一下 | Hurry up}
do:
  - notify: {to: {role: sales_manager}, text: '请尽快处理 {number}'}
"""


@pytest.fixture(scope="module")
def published(published: tuple[Database, Company]) -> tuple[Database, Company]:
    database, company = published
    publish(database, company.schema, [*shipped_apps(), read_text(RULES)])
    return database, company


def test_a_rule_says_what_it_does_and_what_it_did(shop: Shop, seats: Callable[..., Seat]) -> None:
    manager = shop.person("sales_manager", "苏梅")
    order = _submitted(shop, "华东精工机械")
    _settle(shop)
    told = seats().enter(manager).go()
    told.page.get_by_role("button", name=re.compile("^通知，")).click()
    notice = told.page.locator(".notice").first
    expect(notice).to_contain_text("华东精工机械 下了")
    expect(notice).to_contain_text("紧急")
    notice.click()
    expect(told.page).to_have_url(f"{shop.address}/sales_order/{order.id}")

    seat = seats().enter(shop.boss).go("/rules")
    seat.page.locator(".rule-row").filter(has_text="大订单提醒").click()
    expect(seat.page.get_by_role("heading", level=2, name="大订单提醒")).to_be_visible()
    run = seat.page.locator(".run")
    expect(run).to_have_count(1)
    expect(run).to_contain_text("完成")
    expect(run).to_contain_text("为什么")
    expect(run).to_contain_text("做了什么")
    assert not faults(seat.page)
    seat.page.get_by_role("tab", name="预演").click()
    seat.button("开始预演").click()
    seat.sees(re.compile("会触发 1 次"))

    # Asleep, it does nothing.
    seat.page.get_by_role("switch", name="运行“大订单提醒”").click()
    expect(seat.page.get_by_role("heading", level=2, name="大订单提醒")).to_contain_text("已暂停")
    _submitted(shop, "南方液压")
    _settle(shop)
    seat.go("/rules/large_orders")
    expect(run).to_have_count(1)


def test_a_button_of_a_rule_stands_on_the_record(shop: Shop, seats: Callable[..., Seat]) -> None:
    manager = shop.person("sales_manager", "苏梅")
    order = _submitted(shop, "北方重工")
    seat = seats().enter(shop.boss).go(f"/sales_order/{order.id}")
    seat.button("催一下").click()
    expect(seat.page.locator(".ant-message")).to_be_visible()
    _settle(shop)
    phone = seats(**PHONE).enter(manager).go()
    phone.page.get_by_role("button", name=re.compile("^通知，")).tap()
    expect(phone.page.locator(".notices")).to_contain_text("请尽快处理")


def test_what_reaches_me_where_and_by_which_ways(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats().enter(shop.boss).go("/channels")
    seat.button("新增渠道").click()
    seat.page.get_by_role("menuitem", name=re.compile("SMTP")).click()
    seat.dialog.get_by_label("名称").first.fill("公司邮箱")
    seat.dialog.get_by_label("服务器").fill("smtp.example.com")
    seat.dialog.get_by_label("发件人邮箱").fill("books@example.com")
    assert not faults(seat.page)
    seat.press("Escape")
    expect(seat.page.get_by_role("dialog")).to_have_count(0)
    seat.go("/preferences")
    quiet = seat.page.get_by_role("switch", name="免打扰")
    expect(quiet).to_be_visible()
    was = quiet.get_attribute("aria-checked")
    quiet.click()
    seat.page.locator(".wishes").get_by_role("button", name="保存").click()
    seat.sees("已保存")
    assert not faults(seat.page)
    seat.go("/preferences")
    expect(quiet).to_have_attribute("aria-checked", "false" if was == "true" else "true")
    seat.go("/messages")
    seat.sees("发送记录")
    assert not faults(seat.page)


def _submitted(shop: Shop, customer: str) -> RecordRef:
    goods = shop.goods(f"直线导轨 {customer}", "200", stock="40")
    return shop.world.order(shop.world.customer(customer), (goods, "10"), then="submit")


def _settle(shop: Shop) -> None:
    """Everything that rules wait for now, and what they say."""
    while shop.world.application.run_rules(shop.company.schema):
        pass
    while shop.world.application.deliver(shop.company.schema):
        pass
