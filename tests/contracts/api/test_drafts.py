"""Drafts over HTTP: what a record would be while it is typed, beginning from another one, and saving with a step."""

from typing import Any

import pytest

from tests.contracts.api.conftest import Person, Place


@pytest.fixture(scope="module")
def goods(place: Place) -> int:
    return place.execute("product", code="D-1", name="轴承", price="10", cost="7")


@pytest.fixture(scope="module")
def customer(place: Place, boss: Person) -> int:
    return place.execute("customer", name="草稿客户", credit_limit="100", owner=boss.user)


def _drafted(person: Person, form: str, values: dict[str, Any], **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    answer = person.post(f"/api/{form}/draft", {"values": values, **more})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    problems = {f"{one['field']}:{one['row']}" if one["row"] else one["field"]: one["code"] for one in body["problems"]}
    assert all(one["text"] for one in body["problems"])
    return body["values"], problems


def test_defaults_and_formulas_are_computed_and_titles_told(boss: Person, goods: int, customer: int) -> None:
    before = boss.get("/api/order", count=True).json()["count"]
    values, problems = _drafted(
        boss, "order", {"customer": customer, "lines": [{"product": goods, "quantity": "3"}, {"product": goods}]}
    )
    assert values["customer"] == {"id": customer, "title": "草稿客户"}
    [first, second] = values["lines"]
    assert (first["price"], first["amount"], first["id"], first["position"]) == ("10", "30.00", None, 1)
    assert first["product"] == {"id": goods, "title": "轴承"}
    assert second["amount"] is None
    assert (values["total"], values["limit_left"]) == ("30.00", "70.00")
    assert values["ordered_on"]
    assert problems == {"lines.quantity:2": "form.required"}
    assert boss.get("/api/order", count=True).json()["count"] == before


def test_what_cannot_be_read_is_told_and_the_rest_computed(boss: Person, goods: int) -> None:
    values, problems = _drafted(
        boss,
        "order",
        {
            "nonsense": 1,
            "total": "5",
            "ordered_on": "someday",
            "lines": [{"product": goods, "quantity": "many"}, "no row", {"product": goods, "quantity": "2"}],
        },
    )
    assert values["total"] == "20.00"
    assert problems == {
        "nonsense": "form.unknown_field",
        "total": "form.not_typed",
        "ordered_on": "form.not_date",
        "lines.quantity:1": "form.not_number",
        "lines:2": "form.not_rows",
        "customer": "form.required",
        "lines.product:2": "form.required",
        "lines.quantity:2": "form.required",
    }


def test_a_draft_of_a_stored_record_lays_the_changes_over_it(boss: Person, goods: int, customer: int) -> None:
    made = boss.make("order", customer=customer, lines=[{"product": goods, "quantity": "2"}], note="x")
    row = boss.get(f"/api/order/{made['id']}").json()["values"]["lines"][0]["id"]
    changed = {"lines": [{"id": row, "quantity": "4"}, {"product": goods, "quantity": "1", "price": "2.5"}]}
    values, problems = _drafted(boss, "order", changed, of=made["id"])
    assert problems == {}
    assert [(one["id"], one["amount"]) for one in values["lines"]] == [(row, "40.00"), (None, "2.50")]
    assert (values["total"], values["note"]) == ("42.50", "x")
    assert boss.get(f"/api/order/{made['id']}").json()["values"]["total"] == "20.00"
    boss.post(f"/api/order/{made['id']}/approve")
    _, problems = _drafted(boss, "order", {"note": "y"}, of=made["id"])
    assert problems == {"note": "form.locked_in_state"}


def test_a_copy_brings_what_is_typed_and_nothing_else(boss: Person, goods: int, customer: int) -> None:
    made = boss.make(
        "order", customer=customer, ordered_on="2020-01-01", urgent=True, reason="昨天", note="n",
        lines=[{"product": goods, "quantity": "2", "price": "9"}],
    )  # fmt: skip
    boss.post(f"/api/order/{made['id']}/approve")
    values, problems = _drafted(boss, "order", {"note": "other"}, copy=made["id"])
    assert problems == {}
    assert values["ordered_on"] > "2020-01-01"
    assert (values["urgent"], values["reason"], values["note"]) == (True, "昨天", "other")
    [row] = values["lines"]
    assert (row["id"], row["quantity"], row["price"], row["amount"]) == (None, "2", "9", "18.00")
    assert (values["owed"], values["customer"]["id"]) == ("0", customer)

    product, problems = _drafted(boss, "product", {}, copy=goods)
    assert (product["code"], product["name"], problems) == (None, "轴承", {"code": "form.required"})


def test_drafts_tell_nothing_that_reading_would_not(place: Place, goods: int, customer: int, boss: Person) -> None:
    clerk = place.person("clerk", language="en")
    closed, problems = _drafted(clerk, "order", {"customer": customer, "lines": [{"product": goods, "quantity": "1"}]})
    assert (closed["customer"], problems["customer"]) == (None, "form.link_missing")
    assert "limit_left" not in closed
    assert "cost" not in closed["lines"][0]
    _, problems = _drafted(clerk, "order", {"limit_left": "1", "lines": [{"product": goods, "cost": "1"}]})
    assert (problems["limit_left"], problems["lines.cost:1"]) == ("form.unknown_field", "form.unknown_field")
    theirs = boss.make("order", customer=customer, lines=[{"product": goods, "quantity": "1"}])["id"]
    assert clerk.post("/api/order/draft", {"values": {}, "of": theirs}).status_code == 404
    assert clerk.post("/api/order/draft", {"values": {}, "copy": theirs}).status_code == 404
    watcher = place.person("watcher", language="en")
    assert watcher.post("/api/product/draft", {"values": {}}).status_code == 403
    assert watcher.post("/api/product/draft", {"values": {}, "of": goods}).status_code == 403
    assert boss.post("/api/order/draft", {"values": {}, "of": theirs, "copy": theirs}).status_code == 422
    assert boss.post("/api/nothing/draft", {"values": {}}).status_code == 404


def test_saving_and_a_step_are_one_transaction(boss: Person, goods: int) -> None:
    wide = boss.make("customer", name="宽松", credit_limit="1000")["id"]
    made = boss.make("order", customer=wide, lines=[{"product": goods, "quantity": "1"}])
    path = f"/api/order/{made['id']}"
    row = boss.get(path).json()["values"]["lines"][0]["id"]
    body = {
        "expected_version": 1,
        "values": {"lines": [{"id": row, "quantity": "5"}, {"product": goods, "quantity": "1"}], "note": "all at once"},
        "then": "approve",
    }
    preview = boss.post(f"{path}/preview", body).json()
    assert preview["is_possible"], preview
    assert sorted(one["amount"] for one in preview["entries"]) == ["-60.00", "60.00"]
    assert (preview["outcome"]["state"], boss.get(path).json()["version"]) == ("approved", 1)

    done = boss.send("PATCH", path, body, **{"Idempotency-Key": "save and approve"}).json()
    assert (done["state"], done["version"], done["journal"] is not None) == ("approved", 3, True)
    page = boss.get(path).json()
    assert (page["values"]["owed"], page["values"]["note"]) == ("60.00", "all at once")
    assert [one["action"] for one in boss.get(f"{path}/changes").json()] == ["approve", "update", "create"]
    again = boss.send("PATCH", path, body, **{"Idempotency-Key": "save and approve"}).json()
    assert (again["repeated"], again["version"]) == (True, 3)
    assert boss.get("/api/check").json() == []


def test_a_step_that_is_refused_keeps_the_change_from_being_saved(boss: Person, goods: int, customer: int) -> None:
    made = boss.make("order", customer=customer, lines=[{"product": goods, "quantity": "1"}])
    path = f"/api/order/{made['id']}"
    body = {"expected_version": 1, "values": {"lines": [{"product": goods, "quantity": "500"}]}, "then": "approve"}
    refused = boss.send("PATCH", path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "ledger.limit_exceeded")
    assert not boss.post(f"{path}/preview", body).json()["is_possible"]
    page = boss.get(path).json()
    assert (page["version"], page["state"], page["values"]["total"]) == (1, "draft", "10.00")
    unknown = boss.send("PATCH", path, {**body, "then": "fly"})
    assert unknown.status_code == 404
    stale = boss.send("PATCH", path, {**body, "expected_version": 9})
    assert (stale.status_code, stale.json()["code"]) == (409, "form.stale")


def test_nobody_takes_a_step_by_saving_that_they_may_not_take(place: Place, goods: int) -> None:
    clerk = place.person("clerk", language="en")
    own = clerk.make("customer", name="店员的客户")["id"]
    order = clerk.make("order", customer=own, lines=[{"product": goods, "quantity": "1"}])["id"]
    body = {"expected_version": 1, "values": {"note": "x"}, "then": "cancel"}
    assert clerk.send("PATCH", f"/api/order/{order}", body).status_code == 403
    assert clerk.get(f"/api/order/{order}").json()["version"] == 1
