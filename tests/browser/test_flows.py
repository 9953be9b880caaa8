"""Steps that wait for agreement: submitted on a desk, agreed to by thumb and by key, returned, and many at once."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FilePayload, expect

from onebook.definition.read import read_text
from onebook.definition.shipped import shipped_apps
from onebook.engines.design.publish import publish
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from tests.browser.axe import faults
from tests.browser.seat import PHONE, Seat
from tests.browser.shop import Person, Shop

#: Larger orders are looked at by finance and then by the head.
SIGNING = """
app: signing
label: 会签 | Signing
version: 1
needs: [sales]
---
patch: form
name: sales_order
change:
  transitions:
    approve:
      approval:
        when: total > 1000
        steps:
          - {step: finance, label: 财务复核 | Finance, by: {role: accountant}, within: 48}
          - {step: head, label: 总经理审批 | Head, by: {role: administrator}}
"""


@pytest.fixture(scope="module")
def published(published: tuple[Database, Company]) -> tuple[Database, Company]:
    database, company = published
    publish(database, company.schema, [*shipped_apps(), read_text(SIGNING)])
    return database, company


@pytest.fixture
def people(shop: Shop) -> Sequence[Person]:
    """Who submits, who looks at the money, and who has the last word."""
    return shop.person("sales_manager", "苏梅"), shop.person("accountant", "方丽娟"), shop.boss


def test_it_is_submitted_on_a_desk_and_agreed_to_by_thumb(
    shop: Shop, seats: Callable[..., Seat], people: Sequence[Person]
) -> None:
    seller, finance, head = people
    order = _order(shop, "华东精工机械", "200")
    desk = seats().enter(seller).go(f"/sales_order/{order.id}")
    desk.button("审核").click()
    expect(desk.dialog).to_contain_text("这一步要先审批")
    route = desk.dialog.locator(".route")
    expect(route).to_contain_text(finance.name)
    expect(route).to_contain_text(head.name)
    expect(desk.dialog.get_by_text("余额变化")).to_be_visible()
    assert not faults(desk.page)
    desk.dialog.get_by_role("button", name="提交审批").click()
    bar = desk.page.locator(".flow-bar")
    expect(bar).to_contain_text("财务复核")
    expect(bar).to_contain_text(f"等待 {finance.name}")
    assert shop.world.state(order) == "draft", "nothing is done before all have agreed"

    phone = seats(**PHONE).enter(finance).go()
    expect(phone.page.locator(".home-desk")).to_contain_text("财务工作台")
    phone.page.get_by_role("link", name=re.compile("1 个待处理")).tap()
    phone.page.locator(".flow-row").filter(has_text="华东精工机械").tap()
    expect(phone.page.locator(".flow-summary")).to_contain_text("华东精工机械")
    expect(phone.page.get_by_text("同意后会做什么")).to_be_visible()
    _fits(phone)
    assert not faults(phone.page)
    phone.button("同意").tap()
    phone.sees("没有等您处理的流程")

    last = seats(**PHONE).enter(head).go("/flows")
    last.page.locator(".flow-row").first.tap()
    last.page.get_by_label("意见").fill("按合同发货")
    last.button("同意").tap()
    last.sees("没有等您处理的流程")
    assert shop.world.state(order) == "approved"
    # Whoever submitted it sees it happen.
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("已审核")
    expect(bar).to_have_count(0)
    desk.page.get_by_role("button", name="通知，").click()
    expect(desk.page.locator(".notice").first).to_be_visible()


def test_it_is_returned_changed_and_submitted_again(
    shop: Shop, seats: Callable[..., Seat], people: Sequence[Person]
) -> None:
    seller, finance, _ = people
    order = _order(shop, "南方液压", "150")
    desk = seats().enter(seller)
    _submit(desk, order)
    other = seats().enter(finance).go("/flows")
    expect(other.page.locator(".flow")).to_contain_text("南方液压")
    other.button("退回").click()
    other.page.get_by_label("意见").fill("备注里写明交货地点")
    chosen: FilePayload = {"name": "地图.txt", "mimeType": "text/plain", "buffer": "三号门".encode()}
    other.page.locator(".act-files input[type=file]").set_input_files(chosen)
    expect(other.page.locator(".act-file")).to_contain_text("地图.txt")
    assert not faults(other.page)
    other.button("确定").click()
    other.sees("没有等您处理的流程")

    desk.go("/flows")
    expect(desk.page.locator(".flow-row").first).to_contain_text("已退回")
    expect(desk.page.locator(".route")).to_contain_text("备注里写明交货地点")
    expect(desk.page.locator(".route").get_by_role("link", name="地图.txt")).to_be_visible()
    desk.page.get_by_role("tab", name="动态").click()
    told = desk.page.locator(".activity .changed").first
    expect(told).to_contain_text(f"{finance.name} 退回给提交人")
    expect(told).to_contain_text("备注里写明交货地点")
    expect(told.get_by_role("link", name="地图.txt")).to_be_visible()
    desk.go(f"/sales_order/{order.id}")
    expect(desk.page.locator(".flow-bar")).to_contain_text(f"已退回 · {finance.name}：备注里写明交货地点")
    desk.field("备注").get_by_role("textbox").fill("送到三号门")
    expect(desk.page.locator(".flow-bar")).to_contain_text("先保存修改")
    desk.press("Control+s")
    expect(desk.page.locator(".flow-bar")).not_to_contain_text("先保存修改")
    desk.button("重新提交").click()
    desk.dialog.get_by_role("button", name="重新提交").click()
    expect(desk.page.locator(".flow-bar")).to_contain_text("财务复核")

    # Without the mouse: to the row, into the flow, and agreed.
    row = other.page.locator(".flow-row").first
    expect(row).to_contain_text("南方液压")
    row.focus()
    other.press("Enter")
    expect(other.button("同意")).to_be_focused()
    other.press("Enter")
    other.sees("没有等您处理的流程")
    expect(desk.page.locator(".flow-bar")).to_contain_text("总经理审批")
    desk.button("查看审批").click()
    desk.dialog.get_by_role("button", name="撤回").click()
    desk.button("确定").click()
    expect(desk.page.locator(".flow-bar")).to_have_count(0)
    assert shop.world.state(order) == "draft"


def test_many_are_agreed_to_at_once_and_refusing_needs_words(
    shop: Shop, seats: Callable[..., Seat], people: Sequence[Person]
) -> None:
    seller, finance, head = people
    desk = seats().enter(seller)
    for name in ("东海机床", "北方重工", "西部矿山"):
        _submit(desk, _order(shop, name, "120"))
    seat = seats().enter(finance).go("/flows")
    rows = seat.page.locator(".flow-rows > li")
    expect(rows).to_have_count(3)
    rows.filter(has_text="东海机床").get_by_role("checkbox").check()
    bar = seat.page.get_by_role("toolbar", name="批量处理")
    bar.get_by_role("button", name="全选").click()
    expect(bar).to_contain_text("已选 3 个")
    rows.filter(has_text="西部矿山").get_by_role("checkbox").uncheck()
    bar.get_by_role("button", name="同意").click()
    seat.page.locator(".flow-asking").get_by_role("button", name="同意").click()
    seat.sees("已同意 2 个")
    expect(rows).to_have_count(1)
    seat.button("拒绝").click()
    seat.sees("请写明理由")
    seat.press("Escape")
    seat.page.get_by_label("意见").fill("超出信用额度")
    seat.button("拒绝").click()
    seat.sees("没有等您处理的流程")
    assert not faults(seat.page)
    seat.page.get_by_role("link", name="我已处理").click()
    expect(rows.filter(has_text="西部矿山")).to_contain_text("已拒绝")

    home = seats().enter(head).go()
    tile = home.page.locator(".waiting-tile")
    expect(tile.get_by_role("listitem")).to_have_count(2)
    tile.get_by_role("button", name="同意").first.click()
    expect(tile.get_by_role("listitem")).to_have_count(1)


def test_somebody_answers_for_whoever_is_away(shop: Shop, seats: Callable[..., Seat], people: Sequence[Person]) -> None:
    seller, finance, _ = people
    deputy = shop.person("accountant", "许文静")
    away = seats().enter(finance).go("/preferences")
    away.page.get_by_role("combobox", name="代理人").fill("许文静")
    away.option("许文静").click()
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    for box in away.page.locator(".delegation .ant-picker input").all():
        box.fill(today)
        away.press("Enter")
    away.page.locator(".delegation").get_by_role("button", name="保存").click()
    away.sees("由 许文静 代您审批")
    assert not faults(away.page)
    _submit(seats().enter(seller), _order(shop, "华北石油", "180"))
    seat = seats().enter(deputy).go("/flows")
    expect(seat.page.locator(".route")).to_contain_text(f"代 {finance.name}")


def _order(shop: Shop, customer: str, price: str) -> RecordRef:
    goods = shop.goods(f"直线导轨 {customer}", price, stock="40")
    return shop.world.order(shop.world.customer(customer), (goods, "10"))


def _submit(seat: Seat, order: RecordRef) -> None:
    """The step that asks for agreement, without going through its page."""
    me = seat.context.request.get(f"{seat.shop.address}/api/session").json()
    answer = seat.context.request.post(
        f"{seat.shop.address}/api/sales_order/{order.id}/approve",
        data={"expected_version": 1},
        headers={"X-CSRF-Token": me["csrf"], "Idempotency-Key": f"submit {order.id}", "Origin": seat.shop.address},
    )
    assert answer.ok, answer.text()
    assert answer.json()["flow"] is not None


def _fits(seat: Seat) -> None:
    assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
