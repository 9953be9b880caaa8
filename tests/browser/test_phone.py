"""A phone in somebody's hand: the list, an approval by thumb, and the code in front of the camera."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.camera import film
from tests.browser.chromium import QUIET, program
from tests.browser.seat import PHONE, Seat
from tests.browser.shop import Shop

CODE = "6901234567892"


@pytest.fixture(scope="module")
def camera(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with a camera in front of which the code of a product lies."""
    seen = film(tmp_path_factory.mktemp("camera"), CODE)
    flags = [
        *QUIET,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]
    browser = playwright.chromium.launch(executable_path=program(), args=flags)
    yield browser
    browser.close()


def test_an_order_is_found_and_approved_by_thumb(shop: Shop, seats: Callable[..., Seat]) -> None:
    goods = shop.goods("深沟球轴承", "18.5", stock="40")
    order = shop.world.order(shop.world.customer("华东精工机械"), (goods, "6"))
    seat = seats(**PHONE).enter(shop.person("sales_manager", "苏梅")).go()
    seat.page.get_by_role("navigation", name="导航").get_by_role("button", name="更多").tap()
    seat.dialog.get_by_role("link", name="销售订单", exact=True).tap()
    card = seat.page.locator(".row-card").filter(has_text="华东精工机械")
    expect(card).to_contain_text("111.00")
    _fits(seat)
    card.tap()
    expect(seat.page).to_have_url(f"{shop.address}/sales_order/{order.id}")
    expect(seat.button("审核")).to_be_visible()
    _fits(seat)
    seat.button("审核").tap()
    expect(seat.dialog.get_by_text("余额变化")).to_be_visible()
    seat.dialog.get_by_role("button", name="确认审核").tap()
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("已审核")
    assert shop.world.state(order) == "approved"


def test_several_are_approved_at_once_and_each_says_what_became_of_it(shop: Shop, seats: Callable[..., Seat]) -> None:
    goods = shop.goods("直线导轨", "100", stock="40")
    poor = shop.world.customer("南方液压", credit_limit="500")
    orders = [shop.world.order(poor, (goods, quantity)) for quantity in ("3", "4")]
    seat = seats(**PHONE).enter(shop.person("sales_manager", "苏梅")).go("/sales_order?q=南方液压")
    cards = seat.page.locator(".row-card").filter(has_text="南方液压")
    expect(cards).to_have_count(2)
    seat.button("选择").tap()
    for card in cards.all():
        card.tap()
    bar = seat.page.get_by_role("toolbar", name="批量操作")
    expect(bar).to_contain_text("已选 2 条")
    _fits(seat)
    bar.get_by_role("button", name="更多").tap()
    seat.page.get_by_role("menuitem", name="审核", exact=True).tap()
    seat.page.locator(".ant-popconfirm").get_by_role("button", name="确定").tap()
    expect(seat.dialog).to_contain_text("成功 1 条，未成功 1 条")
    expect(seat.dialog).to_contain_text("应收账款（南方液压）：限额 500")
    _fits(seat)
    assert sorted(shop.world.state(order) for order in orders) == ["approved", "draft"]


def test_packs_are_counted_where_no_key_says_so(shop: Shop, seats: Callable[..., Seat]) -> None:
    box = shop.world.made("unit", code="BOX24", name="箱").id
    shop.goods("密封圈", "0.5", units=[{"alternative": box, "numerator": "24", "denominator": "1"}])
    shop.world.customer("东方泵业")
    seat = seats(**PHONE).enter(shop.boss).go("/sales_order/new")
    seat.choose("客户", "dfby", "东方泵业")
    seat.page.get_by_role("region", name="明细").get_by_role("button", name="加一行").tap()
    seat.dialog.get_by_role("combobox", name="商品，第 1 行").fill("mfq")
    seat.option("密封圈").tap()
    seat.dialog.get_by_label("数量，第 1 行 箱").fill("2")
    seat.dialog.get_by_label("数量，第 1 行 个").fill("3")
    _fits(seat)
    seat.dialog.get_by_role("button", name="完成").tap()
    card = seat.page.locator(".lines-card")
    expect(card).to_contain_text("25.50")
    expect(card).to_contain_text("2箱3个")
    # A whole pack alone is the unit of the row.
    card.locator(".lines-card-open").tap()
    seat.dialog.get_by_label("数量，第 1 行 个").fill("")
    seat.dialog.get_by_role("button", name="完成").tap()
    seat.button("保存").tap()
    seat.sees("已保存")
    stored = shop.world.ask('SELECT quantity, base_quantity FROM "sales_order__lines" ORDER BY id DESC LIMIT 1')
    assert stored == [(2, 48)]


def test_what_the_camera_sees_is_opened(shop: Shop, seats: Callable[..., Seat], camera: Browser) -> None:
    goods = shop.goods("同步带轮", barcode=CODE)
    seat = seats(camera, **PHONE, permissions=["camera"]).enter(shop.boss).go()
    seat.page.get_by_role("link", name="扫码").tap()
    expect(seat.page).to_have_url(f"{shop.address}/product/{goods}", timeout=60_000)
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("同步带轮")


def test_a_code_that_nobody_knows_is_said_to_be_unknown(shop: Shop, seats: Callable[..., Seat]) -> None:
    seat = seats(**PHONE).enter(shop.boss).go("/scan")
    seat.page.get_by_label("扫入或输入编码，回车").fill("4006381333931")
    seat.press("Enter")
    seat.sees("没有找到编码 4006381333931")
    seat.sees("没有可用的相机")


def _fits(seat: Seat) -> None:
    """Nothing is cut off at the side, and what is to be pressed is large enough for a thumb."""
    assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
