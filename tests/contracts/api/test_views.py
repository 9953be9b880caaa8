"""Saved views over HTTP: kept, shared, begun with, changed by whoever they belong to, and never showing more."""

import json
from typing import Any

import pytest

from onebook.storage.database import Database
from onebook.storage.schema import migrate
from tests.contracts.api.conftest import Person, Place

SETTINGS: dict[str, Any] = {
    "columns": ["number", "customer", "customer.credit_limit", "limit_left", "total", "version"],
    "where": [
        {"field": "total", "op": "ge", "value": "20"},
        {"field": "limit_left", "op": "lt", "value": "77"},
        {"any": [{"field": "total", "op": "ge", "value": "20"}, {"all": [{"field": "number", "op": "not_blank"}]}]},
        {"any": [{"field": "total", "op": "blank"}, {"all": [{"field": "limit_left", "op": "gt", "value": "1"}]}]},
    ],
    "filter": "limit_left > 123",
    "sort": ["-limit_left", "number"],
    "group": "ordered_on:month",
    "widths": {"number": 120, "limit_left": 90},
    "q": "宏达",
    "view": "by_state",
}


@pytest.fixture
def mine(place: Place) -> Person:
    return place.person("boss", language="en")


@pytest.fixture
def other(place: Place) -> Person:
    return place.person("clerk", language="en")


def _made(person: Person, name: str = "我的", **more: Any) -> dict[str, Any]:
    answer = person.post("/api/order/views", {"name": name, **more})
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


def _names(person: Person) -> list[str]:
    return [one["name"] for one in person.get("/api/order/views").json()]


def test_a_view_is_kept_changed_and_dropped(mine: Person) -> None:
    view = _made(mine, "  大单  ", kind="board", settings=SETTINGS, default=True)
    assert (view["name"], view["kind"], view["shared"], view["mine"], view["default"]) == (
        "大单", "board", False, True, True,
    )  # fmt: skip
    assert (view["settings"], view["reduced"], view["by"]["id"]) == (SETTINGS, False, mine.user)
    path = f"/api/order/views/{view['id']}"
    changed = mine.send("PUT", path, {"name": "大单 2", "settings": {"sort": ["-total"]}}).json()
    assert (changed["name"], changed["kind"], changed["settings"]) == ("大单 2", "board", {"sort": ["-total"]})
    second = _made(mine, "另一个", default=True)
    assert {one["name"]: one["default"] for one in mine.get("/api/order/views").json()} == {
        "大单 2": False,
        "另一个": True,
    }
    mine.send("PUT", f"/api/order/views/{second['id']}", {"default": False})
    assert not any(one["default"] for one in mine.get("/api/order/views").json())
    assert mine.send("DELETE", path).status_code == 204
    assert _names(mine) == ["另一个"]
    assert (mine.send("PUT", path, {"name": "x"}).status_code, mine.send("DELETE", path).status_code) == (404, 404)


def test_others_see_what_is_shared_and_change_nothing_but_their_beginning(place: Place, other: Person) -> None:
    clerk = place.person("clerk", language="en")
    private = _made(clerk, "私人")
    shared = _made(clerk, "共享", shared=True)
    assert "私人" not in _names(other)
    [seen] = [one for one in other.get("/api/order/views").json() if one["id"] == shared["id"]]
    assert (seen["mine"], seen["may_change"], seen["by"]["id"]) == (False, False, clerk.user)
    path = f"/api/order/views/{shared['id']}"
    begun = other.send("PUT", path, {"default": True}).json()
    assert (begun["default"], begun["name"]) == (True, "共享")
    [own] = [one for one in clerk.get("/api/order/views").json() if one["id"] == shared["id"]]
    assert own["default"] is False
    for answer in (other.send("PUT", path, {"name": "夺"}), other.send("DELETE", path)):
        assert (answer.status_code, answer.json()["code"]) == (403, "view.not_yours")
    hidden = f"/api/order/views/{private['id']}"
    assert other.send("PUT", hidden, {"default": True}).status_code == 404
    assert other.send("DELETE", hidden).status_code == 404
    admin = place.person("boss", language="en")
    assert admin.send("PUT", path, {"name": "共享（改）"}).json()["name"] == "共享（改）"
    assert admin.send("DELETE", path).status_code == 204
    assert "共享（改）" not in _names(other)


def test_what_a_reader_may_not_see_is_not_in_the_settings(mine: Person, other: Person) -> None:
    view = _made(mine, "额度", shared=True, settings=SETTINGS)
    [seen] = [one for one in other.get("/api/order/views").json() if one["id"] == view["id"]]
    assert seen["reduced"] is True
    assert seen["settings"] == {
        "columns": ["number", "customer", "total", "version"],
        "where": [SETTINGS["where"][0], SETTINGS["where"][2]],
        "sort": ["number"],
        "group": "ordered_on:month",
        "widths": {"number": 120},
        "q": "宏达",
        "view": "by_state",
    }
    masked = {"columns": ["phone"], "where": [{"field": "phone", "op": "eq", "value": "138"}], "group": "phone"}
    kept = mine.post("/api/customer/views", {"name": "电话", "shared": True, "settings": masked}).json()
    [seen] = [one for one in other.get("/api/customer/views").json() if one["id"] == kept["id"]]
    assert seen["settings"] == {"columns": ["phone"], "where": []}
    # Settings grant nothing: whoever asks with all of them is refused as ever.
    where = json.dumps(SETTINGS["where"])
    assert other.get("/api/order", where=where).status_code == 403


def test_fields_that_are_gone_do_not_break_a_view(mine: Person) -> None:
    view = _made(mine, "旧", settings={"columns": ["number", "gone"], "sort": ["-gone"], "filter": "gone > 1"})
    assert (view["settings"], view["reduced"]) == ({"columns": ["number"], "sort": []}, True)


def test_only_readers_of_the_form_keep_views_of_it(place: Place) -> None:
    watcher = place.person("watcher", language="en")
    for answer in (watcher.get("/api/order/views"), watcher.post("/api/order/views", {"name": "x"})):
        assert (answer.status_code, answer.json()["code"]) == (403, "view.form_not_readable")
    assert watcher.get("/api/product/views").json() == []
    assert watcher.get("/api/nothing/views").status_code == 404


def test_views_belong_to_one_form(mine: Person) -> None:
    view = _made(mine, "订单的")
    assert mine.send("PUT", f"/api/customer/views/{view['id']}", {"name": "x"}).status_code == 404
    assert mine.send("DELETE", f"/api/customer/views/{view['id']}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "  "},
        {"name": "x" * 61},
        {"name": "x", "kind": "gantt"},
        {"name": "x", "owner": 1},
        {"name": "x", "settings": {"script": "x"}},
        {"name": "x", "settings": {"columns": ["no spaces"]}},
        {"name": "x", "settings": {"where": [{"field": "a", "op": "eq", "value": {"deep": 1}}]}},
        {"name": "x", "settings": {"where": [{"any": []}]}},
        {"name": "x", "settings": {"where": [{"any": [SETTINGS["where"][0]], "all": [SETTINGS["where"][1]]}]}},
        {"name": "x", "settings": {"widths": {"number": 5}}},
        {"name": "x", "settings": {"group": "day:week"}},
    ],
)
def test_other_shapes_are_refused(boss: Person, body: dict[str, Any]) -> None:
    refused = boss.post("/api/order/views", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "http.bad_parameter")


def test_there_is_an_end_to_size_and_number(mine: Person) -> None:
    values = [{"field": "note", "op": "in", "value": ["长" * 500] * 12}]
    refused = mine.post("/api/order/views", {"name": "x", "settings": {"where": values}})
    assert (refused.status_code, refused.json()["code"]) == (422, "view.too_large")
    for number in range(100):
        _made(mine, f"视图 {number}")
    refused = mine.post("/api/order/views", {"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "view.too_many")


def test_preferences(place: Place) -> None:
    clerk = place.person("clerk", language="zh-CN")
    assert clerk.get("/api/session/preferences").json() == {"language": "zh-CN"}
    given = {"theme": "dark", "size": "large", "navigation": {"collapsed": True, "pinned": ["order"]}}
    assert clerk.send("PATCH", "/api/session/preferences", given).json() == {**given, "language": "zh-CN"}
    clerk.send("PATCH", "/api/session/preferences", {"theme": "system", "size": None})
    me = clerk.get("/api/session").json()["user"]
    assert me["preferences"] == {
        "theme": "system", "navigation": {"collapsed": True, "pinned": ["order"]}, "language": "zh-CN",
    }  # fmt: skip
    assert place.person("clerk").get("/api/session").json()["user"]["preferences"] == {"language": "zh-CN"}
    for wrong in ({"theme": "pink"}, {"language": "fr"}, {"colour": 1}, {"navigation": {"x": 1}}, {"size": 3}):
        assert clerk.send("PATCH", "/api/session/preferences", wrong).status_code == 422
    assert clerk.client.patch("/api/session/preferences", json={"theme": "dark"}).status_code == 403


def test_the_language_is_that_of_the_user_record(place: Place, boss: Person) -> None:
    clerk = place.person("clerk", language="zh-CN")
    spoken = clerk.send("PATCH", "/api/session/preferences", {"language": "en"}).json()
    assert spoken == {"language": "en"}
    assert clerk.get("/api/session").json()["user"]["language"] == "en"
    assert clerk.get("/api/forms/order").json()["label"] == "Order"
    path = f"/api/user/{clerk.user}"
    assert boss.get(path).json()["values"]["language"] == "en"
    [latest, *_] = boss.get(f"{path}/changes").json()
    assert (latest["action"], latest["by"]["id"]) == ("update", clerk.user)
    version = boss.get(path).json()["version"]
    clerk.send("PATCH", "/api/session/preferences", {"language": "en", "theme": "dark"})
    assert boss.get(path).json()["version"] == version
    # Nothing else of their record is theirs to change.
    assert clerk.send("PATCH", path, {"expected_version": version, "values": {"name": "x"}}).status_code == 403


def test_a_company_from_before_gets_its_tables(place: Place, database: Database, mine: Person) -> None:
    schema = place.company.schema
    with database.administration(schema) as connection:
        connection.execute("DROP TABLE onebook_view_default, onebook_view, onebook_preference")
        connection.execute("DELETE FROM onebook.migration WHERE scope = %s AND name = '0004_view'", (schema,))
    assert migrate(database) == [f"{schema}: 0004_view"]
    assert mine.get("/api/order/views").json() == []
    _made(mine, "还在")
    assert _names(mine) == ["还在"]
