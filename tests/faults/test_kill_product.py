"""The product killed under people at work: what was acknowledged is there, nothing is twice, the books are right."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.product import Client, Product, installed

CLIENTS = 4
#: A night may look further than a run at the desk.
KILLS = int(os.environ.get("ONEBOOK_TEST_KILLS", "2"))
#: Orders that somebody must have finished between two kills, so that each hits people at work.
BETWEEN = 6


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with installed(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.mark.timeout(600)
@pytest.mark.parametrize("victim", ["server", "database"])
def test_nothing_is_lost_and_nothing_is_doubled(product: Product, victim: str) -> None:
    people = [Client(product) for _ in range(CLIENTS)]
    item = _goods(people[0], victim)
    firm = people[0].make("customer", name=f"客户{victim}")
    done: list[tuple[int, int, int]] = []
    troubles: list[BaseException] = []
    over = threading.Event()

    def work(number: int) -> None:
        turn = 0
        while not over.is_set():
            try:
                done.append(_sold(people[number], firm, item, f"{victim}-{number}-{turn}"))
            except BaseException as trouble:
                troubles.append(trouble)
                return
            turn += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(KILLS):
            _wait_for_more(done, troubles)
            if victim == "server":
                product.kill()
                product.start()
            else:
                product.server.kill()
        _wait_for_more(done, troubles)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert troubles == []
    assert sum(client.unanswered for client in people) > 0, "the kills hit nobody"
    _count(people[0], firm, item, done)
    for client in people:
        client.close()
    checked = product.command("check")
    assert (checked.returncode, checked.stderr) == (0, b""), checked


def _goods(client: Client, name: str) -> int:
    [unit] = [row["id"] for row in client.rows("unit", "id,code") if row["code"] == "PCS"]
    item = client.make("product", code=name, name=f"商品{name}", unit=unit, sales_price="10", purchase_price="5")
    rows = [{"product": item, "quantity": "100000", "price": "5"}]
    client.insist("/api/opening_stock", {"values": {"lines": rows}, "then": "post"}, key=f"opening {name}")
    return item


def _sold(client: Client, firm: int, item: int, key: str) -> tuple[int, int, int]:
    """An order from its making to its money, each step under its own key: order, delivery, receipt."""
    values = {"customer": firm, "note": key, "lines": [{"product": item, "quantity": "1", "price": "10"}]}
    order = client.insist("/api/sales_order", {"values": values, "then": "approve"}, key=f"{key} order")
    [delivery] = [made["id"] for made in order["created"]]
    client.insist(f"/api/sales_delivery/{delivery}/ship", key=f"{key} ship")
    values = {"customer": firm, "amount": "10", "note": key}
    receipt = client.insist("/api/receipt", {"values": values, "then": "post"}, key=f"{key} receipt")
    rows = [{"receipt": receipt["id"], "order": order["id"], "amount": "10"}]
    body = {"values": {"customer": firm, "note": key, "lines": rows}, "then": "allocate"}
    client.insist("/api/allocation", body, key=f"{key} allocation")
    return order["id"], delivery, receipt["id"]


def _count(client: Client, firm: int, item: int, done: list[tuple[int, int, int]]) -> None:
    """Everybody finished what they began: as many documents of each form as were acknowledged, and no more."""
    orders = [row for row in client.rows("sales_order", "id,customer,state,note,progress") if _of(row) == firm]
    assert sorted(row["id"] for row in orders) == sorted(order for order, _, _ in done)
    assert {row["progress"] for row in orders} == {"completed"}
    assert len({row["note"] for row in orders}) == len(orders)
    deliveries = [row for row in client.rows("sales_delivery", "id,customer,state") if _of(row) == firm]
    assert sorted((row["id"], row["state"]) for row in deliveries) == sorted((made, "shipped") for _, made, _ in done)
    receipts = [row for row in client.rows("receipt", "id,customer,state,unallocated") if _of(row) == firm]
    assert sorted(row["id"] for row in receipts) == sorted(made for _, _, made in done)
    assert {float(row["unallocated"]) for row in receipts} == {0}
    allocations = [row for row in client.rows("allocation", "id,customer,note") if _of(row) == firm]
    assert len({row["note"] for row in allocations}) == len(allocations) == len(done)
    report = client.send("GET", f"/api/reports/stock_list?item={item}").json()["rows"]
    assert [float(row["on_hand"]) for row in report] == [100000 - len(done)]


def _of(row: dict[str, object]) -> object:
    """The id of the customer, however a link is told."""
    linked = row["customer"]
    return linked["id"] if isinstance(linked, dict) else linked


def _wait_for_more(done: list[tuple[int, int, int]], troubles: list[BaseException]) -> None:
    known, deadline = len(done), time.monotonic() + 120
    while len(done) < known + BETWEEN:
        assert not troubles, troubles
        assert time.monotonic() < deadline, "nobody got anything done"
        time.sleep(0.01)
