"""The way of a lot on its page: whence it came, where it lies, who has it; documents as links, a list to recall by."""

import csv
from pathlib import Path

from playwright.sync_api import expect

from onebook.engines.process.command import Update
from onebook.values.reference import RecordRef
from tests.browser.seat import Seat
from tests.browser.shop import Shop


def test_a_lot_is_followed_both_ways(shop: Shop, seat: Seat) -> None:
    world = shop.world
    resin = shop.goods("环氧树脂", "11.30", costing="chosen")
    lot = world.made("lot", code="R-2026-7", product=resin).id
    receipt = world.draft_of("purchase_receipt", world.purchase(world.supplier("长江化工"), (resin, "20")))
    _with_lot(shop, receipt, "20", lot, "receive")
    sold = {"东海船舶": "5", "西湖泵业": "3"}
    deliveries = [
        _with_lot(shop, world.delivery_of(world.order(world.customer(name), (resin, much), then="approve")), much, lot)
        for name, much in sold.items()
    ]

    # From a row that names the lot to its way.
    seat.enter(shop.boss).go(f"/sales_delivery/{deliveries[0].id}")
    seat.cell("明细", 1, "批次").get_by_role("link", name="R-2026-7").click()
    way = seat.page.get_by_role("region", name="批次追溯")
    stages = way.locator(".way-stage")
    expect(stages.nth(0)).to_contain_text("长江化工")
    expect(stages.nth(0)).to_contain_text("20")
    expect(stages.nth(1)).to_contain_text("主仓库")
    expect(stages.nth(1)).to_contain_text("12")
    for name, much in sold.items():
        expect(stages.nth(2).get_by_role("listitem").filter(has_text=name)).to_contain_text(much)
    numbers = [world.value(one, "number") for one in (receipt, *deliveries)]
    for number in numbers:
        expect(way.get_by_role("link", name=number)).to_be_visible()

    # Whoever has it is copied into a table, or the whole way taken along as a file.
    seat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seat.button("复制去向清单").click()
    seat.sees("已复制")
    copied = seat.page.evaluate("navigator.clipboard.readText()")
    rows = [line.split("\t") for line in copied.splitlines()]
    assert rows[0] == ["对方", "批次", "数量"]
    assert {(name, code, float(much)) for name, code, much in rows[1:]} == {
        (name, "R-2026-7", float(much)) for name, much in sold.items()
    }
    with seat.page.expect_download() as taken:
        seat.button("下载全程").click()
    told = list(csv.reader(Path(taken.value.path()).read_text("utf-8-sig").splitlines()))
    assert [row[2] for row in told[1:]] == numbers

    way.get_by_role("link", name=numbers[1]).click()
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text(numbers[1])


def _with_lot(shop: Shop, record: RecordRef, quantity: str, lot: int, step: str = "ship") -> RecordRef:
    """The one row of a document is of this lot, and the step is taken."""
    [(line,)] = shop.world.rows(record, "lines", "id")
    row = {"id": line, "quantity": quantity, "lot": lot}
    shop.world.do(Update(record, shop.world.version(record), {"lines": [row]}, then=step))
    return record
