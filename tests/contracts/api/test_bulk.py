"""One step of many records over HTTP: a result for each, one transaction each, keys that cover each."""

from itertools import count
from typing import Any

import pytest

from tests.contracts.api.conftest import Person, Place


@pytest.fixture(scope="module")
def goods(place: Place) -> int:
    return place.execute("product", code="M-1", name="轴承", price="10", cost="7")


_turns = count(1)


def _orders(person: Person, goods: int, *quantities: str) -> list[int]:
    customer = person.make("customer", name=f"批量 {next(_turns)}", credit_limit="100")["id"]
    return [
        int(person.make("order", customer=customer, lines=[{"product": goods, "quantity": one}])["id"])
        for one in quantities
    ]


def _bulk(person: Person, body: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    answer = person.post("/api/order/bulk", body, **headers)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def test_each_record_has_its_own_result(boss: Person, goods: int) -> None:
    first, second, dear = _orders(boss, goods, "1", "2", "100")
    chosen = ({"id": first, "expected_version": 1}, {"id": dear}, {"id": second, "expected_version": 7}, {"id": 10**12})
    done, refused, stale, missing = _bulk(boss, {"transition": "approve", "records": [*chosen]})
    assert (done["ok"], done["id"], done["state"], done["version"]) == (True, first, "approved", 2)
    assert done["number"].startswith("O")
    assert (refused["ok"], refused["id"], refused["problem"]["code"]) == (False, dear, "ledger.limit_exceeded")
    assert refused["problem"]["problems"][0]["text"]
    assert (stale["problem"]["code"], missing["problem"]["code"]) == ("form.stale", "form.not_found")
    states = [boss.get(f"/api/order/{one}").json()["state"] for one in (first, second, dear)]
    assert states == ["approved", "draft", "draft"]


def test_the_key_covers_each_record(boss: Person, goods: int) -> None:
    first, second = _orders(boss, goods, "1", "2")
    one = {"transition": "approve", "records": [{"id": first}]}
    both = {"transition": "approve", "records": [{"id": first}, {"id": second}]}
    assert _bulk(boss, one, **{"Idempotency-Key": "k" * 200})[0]["repeated"] is False
    again = _bulk(boss, both, **{"Idempotency-Key": "k" * 200})
    assert [(result["ok"], result["version"], result["repeated"]) for result in again] == [
        (True, 2, True),
        (True, 2, False),
    ]


def test_reversals_and_the_bin(boss: Person, goods: int) -> None:
    first, second = _orders(boss, goods, "1", "2")
    boss.post(f"/api/order/{first}/approve")
    stale = _bulk(boss, {"reverse": True, "records": [{"id": first, "expected_version": 1}]})
    assert stale[0]["problem"]["code"] == "form.stale"
    undone, nothing = _bulk(boss, {"reverse": True, "records": [{"id": first, "expected_version": 2}, {"id": second}]})
    assert (undone["ok"], undone["state"], nothing["ok"]) == (True, "cancelled", False)
    kept, binned = _bulk(boss, {"bin": True, "records": [{"id": first}, {"id": second}]})
    assert (kept["ok"], kept["problem"]["code"], binned["ok"]) == (False, "form.not_binnable", True)
    assert boss.get(f"/api/order/{second}").status_code == 404
    assert boss.get("/api/check").json() == []


def test_rights_are_those_of_each_record(place: Place, boss: Person, goods: int) -> None:
    clerk = place.person("clerk", language="en")
    [theirs] = _orders(boss, goods, "1")
    own = clerk.make("customer", name="店员批量")["id"]
    mine = clerk.make("order", customer=own, lines=[{"product": goods, "quantity": "1"}])["id"]
    results = _bulk(clerk, {"transition": "cancel", "records": [{"id": theirs}, {"id": mine}]})
    assert [(one["ok"], one["problem"]["code"]) for one in results] == [
        (False, "form.not_found"),
        (False, "form.forbidden"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"records": [{"id": 1}]},
        {"transition": "approve", "records": []},
        {"transition": "approve", "bin": True, "records": [{"id": 1}]},
        {"bin": False, "records": [{"id": 1}]},
        {"bin": True, "records": [{"id": 1}, {"id": 1}]},
        {"bin": True, "records": [{"id": number} for number in range(1, 502)]},
        {"bin": True, "records": [{"id": "1"}]},
    ],
)
def test_what_is_not_one_thing_with_some_records_is_refused(boss: Person, body: dict[str, Any]) -> None:
    assert boss.post("/api/order/bulk", body).status_code == 422


def test_forms_that_do_not_exist(boss: Person) -> None:
    assert boss.post("/api/nothing/bulk", {"bin": True, "records": [{"id": 1}]}).status_code == 404
