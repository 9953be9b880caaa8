"""A list as people work with it: narrowed, gathered in groups, kept as a view, and many rows done at once."""

import pytest
from playwright.sync_api import Locator, expect

from onebook.values.reference import RecordRef
from tests.browser.seat import Seat
from tests.browser.shop import Shop

#: Several pages of rows.
LONG = 730
EAST, NORTH = "华东精工机械", "北方重工集团"


@pytest.fixture(scope="module")
def orders(shop: Shop) -> dict[str, RecordRef]:
    """Two orders of a customer whose credit is nearly used up, and one of another customer."""
    goods = shop.goods("深沟球轴承", "100", stock="1000")
    east = shop.world.customer(EAST, credit_limit="1000")
    north = shop.world.customer(NORTH)
    return {
        "small": shop.world.order(east, (goods, "6")),
        "large": shop.world.order(east, (goods, "7")),
        "other": shop.world.order(north, (goods, "2")),
    }


def test_conditions_narrow_the_list_and_stand_in_its_address(
    seat: Seat, shop: Shop, orders: dict[str, RecordRef]
) -> None:
    seat.enter(shop.boss).go("/sales_order")
    expect(_rows(seat)).to_have_count(len(orders))
    _narrow(seat, "客户名称", NORTH)
    expect(_rows(seat)).to_have_count(1)
    expect(_rows(seat)).to_contain_text("200.00")
    seat.page.reload()
    expect(_rows(seat)).to_have_count(1)
    seat.page.get_by_role("button", name="去掉这个条件").click()
    expect(_rows(seat)).to_have_count(len(orders))
    # By the initials of its name, as it is typed.
    seat.page.get_by_role("searchbox").or_(seat.page.get_by_label("搜索销售订单")).first.fill("bfzg")
    expect(_rows(seat)).to_have_count(1)
    seat.press("Escape")


def test_conditions_of_which_any_will_do_are_said_and_kept_in_the_address(
    seat: Seat, shop: Shop, orders: dict[str, RecordRef]
) -> None:
    seat.enter(shop.boss).go("/sales_order")
    expect(_rows(seat)).to_have_count(len(orders))
    _say(seat, "客户名称", NORTH)
    seat.button("或者…").click()
    _say(seat, "含税合计", "700", begins=False)
    seat.button("应用").click()
    seat.button("应用").click()
    expect(_rows(seat)).to_have_count(2)
    seat.sees(f"客户名称 包含 {NORTH}，或含税合计 不小于 700.00")
    seat.page.reload()
    expect(_rows(seat)).to_have_count(2)
    # One of the two away: what is left is a condition like any other.
    seat.page.get_by_text("，或").click()
    seat.page.locator(".filter-ways").get_by_role("button", name="去掉这个条件").last.click()
    seat.button("应用").click()
    expect(_rows(seat)).to_have_count(1)
    expect(_rows(seat)).to_contain_text("200.00")


def test_the_end_of_a_long_list_is_one_key_away(seat: Seat, shop: Shop) -> None:
    for n in range(1, LONG + 1):
        shop.world.made("region", code=f"{n:04}", name=f"片区 {n:04}")
    pages: list[str] = []
    seat.page.on("request", lambda request: pages.append(request.url) if "limit=100" in request.url else None)
    seat.enter(shop.boss).go("/region?q=片区")
    expect(seat.page.get_by_role("grid")).to_have_attribute("aria-rowcount", str(LONG + 1))
    expect(_rows(seat).filter(has_text="片区 0001")).to_be_visible()
    seat.page.locator("[data-at='0:1']").focus()
    seat.press("Control+End")
    last = _rows(seat).filter(has_text=f"片区 {LONG:04}")
    expect(last).to_be_visible()
    expect(last).to_have_attribute("aria-rowindex", str(LONG + 1))
    assert seat.page.evaluate("document.activeElement.closest('[role=row]').ariaRowIndex") == str(LONG + 1)
    # What lies between was not read: the first page, the last, and what stands around them.
    assert len(pages) <= 4
    seat.press("Control+Home")
    expect(_rows(seat).filter(has_text="片区 0001")).to_be_visible()
    # The scrollbar is of the whole list: dragged to its middle, it shows the middle.
    pages.clear()
    grid = seat.page.get_by_role("grid")
    grid.evaluate("grid => { grid.scrollTop = (grid.scrollHeight - grid.clientHeight) / 2 }")
    expect(_rows(seat).filter(has_text=f"片区 {LONG // 2:04}")).to_be_visible()
    assert len(pages) <= 3


def test_groups_show_how_many_and_how_much(seat: Seat, shop: Shop, orders: dict[str, RecordRef]) -> None:
    seat.enter(shop.boss).go("/sales_order")
    expect(_rows(seat)).to_have_count(len(orders))
    seat.button("分组").click()
    seat.page.locator(".ant-dropdown").get_by_role("menuitem", name="客户", exact=True).click()
    groups = seat.page.locator(".grid-row.is-group")
    group = groups.filter(has_text=EAST)
    expect(group).to_contain_text("1,300.00")
    expect(groups.filter(has_text=NORTH)).to_contain_text("200.00")
    group.get_by_role("button").click()
    expect(seat.page.locator(".grid-row.is-open")).to_have_count(2)


def test_a_view_is_kept_and_found_by_others_when_it_is_shared(
    seat: Seat, shop: Shop, orders: dict[str, RecordRef]
) -> None:
    seat.enter(shop.boss).go("/sales_order")
    expect(_rows(seat)).to_have_count(len(orders))
    _narrow(seat, "客户名称", EAST)
    expect(_rows(seat)).to_have_count(2)
    seat.button("存为视图").click()
    seat.page.get_by_label("视图名称").fill("华东的订单")
    seat.page.get_by_label("共享给能看到这个表单的人").check()
    seat.button("保存").click()
    views = seat.page.get_by_role("navigation", name="视图")
    expect(views.get_by_role("link", name="华东的订单")).to_have_attribute("aria-current", "page")
    seat.enter(shop.person("sales_manager", "苏梅")).go("/sales_order")
    expect(_rows(seat)).to_have_count(len(orders))
    views.get_by_role("link", name="华东的订单").click()
    expect(_rows(seat)).to_have_count(2)


def test_a_step_of_many_says_of_each_what_became_of_it(seat: Seat, shop: Shop, orders: dict[str, RecordRef]) -> None:
    seat.enter(shop.boss).go("/sales_order")
    expect(_rows(seat)).to_have_count(len(orders))
    for amount in ("600.00", "700.00"):
        row = _rows(seat).filter(has_text=amount)
        row.get_by_label("选择这一行").click()
        expect(row).to_have_attribute("aria-selected", "true")
    bar = seat.page.get_by_role("toolbar", name="批量操作")
    expect(bar).to_contain_text("已选 2 条")
    bar.get_by_role("button", name="审核").click()
    seat.page.locator(".ant-popconfirm").get_by_role("button", name="确定").click()
    expect(seat.dialog).to_contain_text("成功 1 条，未成功 1 条")
    expect(seat.dialog).to_contain_text(f"应收账款（{EAST}）：限额 1,000，本次之后将达到 1,300，超出 300。")
    states = {shop.world.state(orders["small"]), shop.world.state(orders["large"])}
    assert states == {"draft", "approved"}


def _rows(seat: Seat) -> Locator:
    """The rows of the list: not its head and not its sums."""
    return seat.page.get_by_role("rowgroup").get_by_role("row")


def _narrow(seat: Seat, field: str, value: str) -> None:
    _say(seat, field, value)
    seat.button("应用").click()


def _say(seat: Seat, field: str, value: str, *, begins: bool = True) -> None:
    """Choose a field and say with what it is compared."""
    if begins:
        seat.button("筛选").click()
    seat.page.get_by_role("combobox", name="字段").fill(field)
    seat.press("Enter")
    seat.page.get_by_label("值", exact=True).fill(value)
