"""Doors without a login: a form that strangers fill in by thumb, and a webhook's secret, seen once by who makes it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from onebook.definition.read import read_text
from onebook.definition.shipped import shipped_apps
from onebook.engines.design.publish import publish
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.browser.axe import faults
from tests.browser.seat import PHONE, Seat
from tests.browser.shop import Shop

DOORS = """
app: doors
label: 门 | Doors
version: 1
needs: [sales]
---
form: inquiry
label: 咨询 | Inquiry
kind: master
number: "ZX{seq:4}"
title: name
fields:
  name: {kind: text, required: true, length: 40, label: 姓名 | Name}
  phone: {kind: phone, required: true, label: 电话 | Phone, help: 工作日回电。 | We call on working days.}
  about: {kind: choice, options: {price: 报价 | Prices, repair: 维修 | Repair}, label: 事由 | About}
  pieces:
    kind: quantity
    label: 数量 | Pieces
    must: {that: pieces > 0, otherwise: 数量须大于 0 | It takes at least one}
  wanted_on: {kind: date, label: 希望日期 | Wanted on}
  urgent: {kind: flag, label: 加急 | Urgent}
  words: {kind: long_text, label: 说明 | In your words}
  seen: {kind: flag, label: 已看 | Seen}
---
rule: inquiry_came
label: 网上咨询 | Inquiries from the web
form: inquiry
on: {submitted: true, takes: [name, phone, about, pieces, wanted_on, urgent, words]}
do: {set: {seen: true}}
---
rule: partner_asks
label: 伙伴推送 | Told by a partner
form: inquiry
on: {webhook: partner, takes: [name, phone]}
do: {set: {seen: true}}
"""


@pytest.fixture(scope="module")
def published(published: tuple[Database, Company]) -> tuple[Database, Company]:
    database, company = published
    publish(database, company.schema, [*shipped_apps(), read_text(DOORS)])
    return database, company


def test_a_stranger_fills_in_a_form_by_thumb(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats(**PHONE).expects(422)
    page = seat.page
    page.goto(f"{shop.address}/open/{shop.company.id}/inquiry")
    expect(page.get_by_role("heading", level=1, name="咨询")).to_be_visible()
    assert not faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="提交").tap()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_label("姓名").fill("周女士")
    page.get_by_label("电话").fill("13800138000")
    page.get_by_label("数量").fill("0")
    page.get_by_label("说明").fill("轴承 6202 报价")
    page.get_by_role("button", name="提交").tap()
    expect(page.get_by_text("数量须大于 0")).to_be_visible()
    page.get_by_label("数量").fill("20")
    page.get_by_role("switch", name="加急").tap()
    page.get_by_role("button", name="提交").tap()
    expect(page.get_by_role("heading", level=1, name="已收到，谢谢")).to_be_visible()
    told = page.get_by_role("status").inner_text()
    number = re.search(r"ZX\d+", told)
    assert number, told
    _settle(shop)
    rows = shop.world.ask("SELECT number, name, phone, pieces, urgent, words, seen FROM inquiry")
    assert rows == [(number.group(), "周女士", "13800138000", 20, True, "轴承 6202 报价", True)]
    page.get_by_role("button", name="再填一份").tap()
    expect(page.get_by_label("姓名")).to_have_value("")


def test_the_form_speaks_english_and_is_dark_where_the_machine_is(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats(**PHONE, locale="en-GB", color_scheme="dark")
    page = seat.page
    page.goto(f"{shop.address}/open/{shop.company.id}/inquiry")
    expect(page.get_by_role("heading", level=1, name="Inquiry")).to_be_visible()
    expect(page.get_by_text("We call on working days.")).to_be_visible()
    assert not faults(page)
    page.get_by_role("button", name="中文").tap()
    expect(page.get_by_role("heading", level=1, name="咨询")).to_be_visible()


def test_what_nobody_opened_says_so(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats().expects(404)
    seat.page.goto(f"{shop.address}/open/{shop.company.id}/customer")
    expect(seat.page.get_by_role("heading", level=1, name="这张表单没有开放")).to_be_visible()
    assert not faults(seat.page)


def test_the_rules_page_leads_to_the_form_and_makes_secrets_once(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats().enter(shop.boss).go("/rules/inquiry_came")
    page = seat.page
    address = f"{shop.address}/open/{shop.company.id}/inquiry"
    expect(page.get_by_label("地址", exact=True)).to_have_value(address)
    code = page.get_by_role("img", name=re.compile("二维码"))
    expect(code).to_be_visible()
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")
    assert not faults(page)
    seat.go("/rules/partner_asks")
    expect(page.get_by_text("还没有密钥")).to_be_visible()
    page.get_by_role("button", name="生成密钥").click()
    secret = page.get_by_label("密钥", exact=True)
    expect(secret).to_have_value(re.compile("^whsec_"))
    first = secret.input_value()
    expect(page.get_by_label("签名并发送的例子", exact=True)).to_have_value(re.compile("webhook-signature: v1"))
    assert not faults(page)
    seat.go("/rules/partner_asks")
    expect(page.get_by_text("密钥自")).to_be_visible()
    expect(secret).to_have_count(0)
    page.get_by_role("button", name="更换密钥").click()
    page.get_by_role("tooltip").get_by_role("button", name="更换密钥").click()
    expect(secret).to_have_value(re.compile("^whsec_"))
    assert secret.input_value() != first


def _settle(shop: Shop) -> None:
    while shop.world.application.run_rules(shop.company.schema):
        pass
