"""Many browsers at the same moment on one running product: one winner, the others told in words, never an error."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from tests.faults.product import Client, Product, installed

MOST = 32
_numbers = count(1)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with installed(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture(scope="module")
def people(product: Product) -> Iterator[list[Client]]:
    people = [Client(product) for _ in range(MOST)]
    yield people
    for client in people:
        client.close()


@pytest.fixture
def piece(people: list[Client]) -> int:
    """Goods of which there is one."""
    number = next(_numbers)
    unit = next(row["id"] for row in people[0].rows("unit", "id,code") if row["code"] == "PCS")
    item = people[0].make("product", code=f"L{number}", name=f"最后一件{number}", unit=unit, purchase_price="5")
    rows = [{"product": item, "quantity": "1", "price": "5"}]
    people[0].insist("/api/opening_stock", {"values": {"lines": rows}, "then": "post"}, key=f"opening {number}")
    return item


def at_once(people: list[Client], work: Callable[[int, Client], Any]) -> list[Any]:
    """What each of them is answered."""
    barrier = Barrier(len(people))

    def one(number: int) -> Any:
        barrier.wait()
        return work(number, people[number])

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(one, range(len(people))))


@pytest.mark.parametrize("buyers", [2, 4, 8, 16, MOST])
def test_the_last_piece_has_one_buyer(people: list[Client], piece: int, buyers: int) -> None:
    rows = [{"product": piece, "quantity": "1"}]
    issues = [people[0].make("other_out", lines=rows) for _ in range(buyers)]
    answers = at_once(people[:buyers], lambda n, client: client.send("POST", f"/api/other_out/{issues[n]}/issue"))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * (buyers - 1)]
    for refused in (answer.json() for answer in answers if answer.status_code == 409):
        [problem] = refused["problems"]
        assert (refused["code"], problem["code"]) == ("ledger.balance_too_low", "ledger.short")
        assert (problem["field"], problem["row"]) == ("lines", 1)
        assert float(problem["data"]["available"]) == 0
        assert problem["text"]
    _is_clean(people[0])


@pytest.mark.parametrize("copies", [2, MOST])
def test_one_key_makes_one_order(people: list[Client], piece: int, copies: int) -> None:
    firm = people[0].make("customer", name={2: "东方机械", MOST: "西林电器"}[copies])
    body: dict[str, Any] = {"values": {"customer": firm, "lines": [{"product": piece, "quantity": "1", "price": "9"}]}}
    body["then"] = "approve"
    answers = at_once(people[:copies], lambda _, client: client.send("POST", "/api/sales_order", body, f"one {copies}"))
    assert {answer.status_code for answer in answers} == {201}
    told = [answer.json() for answer in answers]
    assert len({(one["id"], one["number"], one["version"]) for one in told}) == 1
    assert sum(not one["repeated"] for one in told) == 1
    _is_clean(people[0])


def _is_clean(client: Client) -> None:
    checked = client.send("GET", "/api/check")
    assert (checked.status_code, checked.json()) == (200, [])
