"""Groups of a list over HTTP: counts and sums under the same conditions and rights as the list itself."""

import json
from typing import Any

import pytest

from tests.contracts.api.conftest import Person, Place, opened


@pytest.fixture(scope="module")
def busy(app: Any, database: Any, application: Any) -> Place:
    return opened(app, database, application)


@pytest.fixture(scope="module")
def owner(busy: Place) -> Person:
    return busy.person("boss", language="en")


@pytest.fixture(scope="module")
def clerk(busy: Place) -> Person:
    return busy.person("clerk", language="en")


@pytest.fixture(scope="module")
def customers(busy: Place, owner: Person, clerk: Person) -> tuple[int, int]:
    goods = busy.execute("product", code="G-1", name="轴承", price="10", cost="7")
    mine = busy.execute("customer", name="甲", level="gold", credit_limit="1000", owner=owner.user, since="2026-01")
    theirs = busy.execute("customer", name="乙", level="plain", credit_limit="1000", owner=clerk.user, since="2026-02")
    for customer, day, quantity in (
        (mine, "2026-01-05", "1"),
        (mine, "2026-01-20", "2"),
        (mine, "2026-03-01", "4"),
        (theirs, "2026-03-01", "8"),
    ):
        lines = [{"product": goods, "quantity": quantity}]
        busy.execute("order", customer=customer, ordered_on=day, urgent=quantity == "8", reason="r", lines=lines)
    [first, *_] = owner.get("/api/order", sort="id").json()["rows"]
    owner.post(f"/api/order/{first['id']}/approve")
    return mine, theirs


def _groups(person: Person, by: str, form: str = "order", **query: Any) -> list[dict[str, Any]]:
    answer = person.get(f"/api/{form}/groups", by=by, **query)
    assert answer.status_code == 200, answer.text
    groups: list[dict[str, Any]] = answer.json()["groups"]
    for group in groups:
        # A group's own conditions show exactly its rows.
        where = json.dumps([*json.loads(query.get("where", "[]")), *group["where"]])
        rest = {key: value for key, value in query.items() if key in ("filter", "q")}
        assert person.get(f"/api/{form}", where=where, count=True, **rest).json()["count"]["value"] == group["count"]
    return groups


def test_by_what_a_link_points_at(owner: Person, customers: tuple[int, int]) -> None:
    mine, theirs = customers
    first, second = _groups(owner, "customer")
    assert first["value"] == {"id": mine, "title": "甲"}
    assert (first["label"], first["count"], first["sums"]["total"]) == ("甲", 3, "70.00")
    assert (second["value"]["id"], second["count"], second["sums"]["total"]) == (theirs, 1, "80.00")
    answer = owner.get("/api/order/groups", by="customer", limit=1).json()
    assert (len(answer["groups"]), answer["more"], answer["by"]["kind"]) == (1, True, "link")


@pytest.mark.usefixtures("customers")
def test_by_state_flag_choice_and_text(owner: Person) -> None:
    drafts, approved = _groups(owner, "state")
    assert [(one["value"], one["label"], one["count"]) for one in (drafts, approved)] == [
        ("draft", "Draft", 3),
        ("approved", "Approved", 1),
    ]
    assert {one["label"]: one["count"] for one in _groups(owner, "urgent")} == {"No": 3, "Yes": 1}
    assert [one["label"] for one in _groups(owner, "level", "customer")] == ["Gold", "Plain"]
    assert {one["label"]: one["count"] for one in _groups(owner, "customer.level")} == {"Gold": 3, "Plain": 1}
    assert {one["value"] for one in _groups(owner, "name", "customer")} == {"甲", "乙"}
    [blank, *_] = _groups(owner, "phone", "customer")
    assert (blank["value"], blank["label"], blank["count"]) == (None, None, 2)


@pytest.mark.usefixtures("customers")
def test_by_date(owner: Person) -> None:
    months = _groups(owner, "ordered_on:month")
    assert [(one["value"], one["label"], one["count"]) for one in months] == [
        ("2026-03-01", "2026-03", 2),
        ("2026-01-01", "2026-01", 2),
    ]
    assert [one["label"] for one in _groups(owner, "ordered_on")] == ["2026-03-01", "2026-01-20", "2026-01-05"]
    assert [(one["label"], one["count"]) for one in _groups(owner, "ordered_on:year")] == [("2026", 4)]
    assert [one["label"] for one in _groups(owner, "since", "customer")] == ["2026-02", "2026-01"]
    [today] = _groups(owner, "created_at")
    assert today["count"] == 4
    assert [one["count"] for one in _groups(owner, "created_at:month")] == [4]


@pytest.mark.usefixtures("customers")
def test_the_conditions_of_the_list_apply(owner: Person) -> None:
    where = json.dumps([{"field": "total", "op": "ge", "value": "20"}])
    assert [one["count"] for one in _groups(owner, "customer", where=where)] == [2, 1]
    assert [one["count"] for one in _groups(owner, "customer", filter="urgent")] == [1]
    assert [one["label"] for one in _groups(owner, "level", "customer", q="甲")] == ["Gold"]
    sums = _groups(owner, "state", columns="total,limit_left")[0]["sums"]
    assert set(sums) == {"total", "limit_left"}
    rows = owner.get("/api/order/groups", by="product", lines="lines").json()["groups"]
    assert [(one["label"], one["count"], one["sums"]["quantity"]) for one in rows] == [("轴承", 4, "15")]


@pytest.mark.usefixtures("customers")
def test_groups_never_show_more_than_the_list(clerk: Person, busy: Place) -> None:
    [only] = _groups(clerk, "customer")
    assert (only["label"], only["count"], only["sums"]["total"]) == ("乙", 1, "80.00")
    assert [one["label"] for one in _groups(clerk, "state")] == ["Draft"]
    assert "credit_limit" not in json.dumps(only)
    for by, form in (("secret_nickname", "customer"), ("phone", "customer"), ("customer.secret_nickname", "order")):
        refused = clerk.get(f"/api/{form}/groups", by=by)
        assert (refused.status_code, refused.json()["code"]) == (403, "report.hidden_field")
    assert clerk.get("/api/order/groups", by="state", columns="limit_left").status_code == 403
    assert clerk.get("/api/order/groups", by="state", filter="limit_left > 5").status_code == 403
    assert busy.person("watcher").get("/api/order/groups", by="state").status_code == 403


@pytest.mark.usefixtures("customers")
def test_what_has_no_groups_is_refused(owner: Person) -> None:
    for by in ("total", "note", "lines", "nothing", "customer:month"):
        refused = owner.get("/api/order/groups", by=by)
        assert (refused.status_code, refused.json()["code"]) == (422, "report.unknown_column"), by
    for by in ("ordered_on:week", "1", ""):
        assert owner.get("/api/order/groups", by=by).status_code == 422
    assert owner.get("/api/order/groups").status_code == 422
    assert owner.get("/api/nothing/groups", by="x").status_code == 404


@pytest.mark.usefixtures("customers")
def test_lists_bring_state_and_version_when_asked(owner: Person) -> None:
    answer = owner.get("/api/order", columns="number,state,version", sort="id").json()
    state = next(one for one in answer["columns"] if one["key"] == "state")
    assert (state["kind"], state["label"]) == ("choice", "State")
    assert state["options"] == {"draft": "Draft", "approved": "Approved", "cancelled": "Cancelled"}
    assert [(row["state"], row["version"]) for row in answer["rows"]][:2] == [("approved", 2), ("draft", 1)]
