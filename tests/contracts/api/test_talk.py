"""Comments, files, notifications and the activity of records over HTTP: for whoever may read them, for nobody else."""

from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from onebook.engines.talk.attachments import LARGEST
from tests.contracts.api.conftest import Person, Place

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


_numbers = count(1)


@dataclass
class Room:
    """Two clerks, each with a record that the other may not see, and a boss who sees both."""

    boss: Person
    one: Person
    other: Person
    mine: str
    others: str


@pytest.fixture(scope="module")
def one(place: Place) -> Person:
    return place.person("clerk", language="en")


@pytest.fixture(scope="module")
def other(place: Place) -> Person:
    return place.person("clerk")


@pytest.fixture
def room(boss: Person, one: Person, other: Person) -> Room:
    for person in (one, other):
        person.post("/api/notifications/read", {"all": True})
    number = next(_numbers)
    mine = one.make("customer", name=f"甲 {one.login} {number}")["id"]
    others = other.make("customer", name=f"乙 {other.login} {number}")["id"]
    return Room(boss, one, other, f"/api/customer/{mine}", f"/api/customer/{others}")


def _bring(person: Person, record: str, name: str, content: bytes) -> Any:
    files = {"file": (name, content)}
    return person.client.post(f"{record}/files", files=files, headers={"X-CSRF-Token": person.csrf})


def _items(person: Person, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = person.get(path, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_comment_with_a_mention_reaches_whom_it_names(room: Room) -> None:
    made = room.boss.post(f"{room.mine}/comments", {"text": " 请确认\r\n额度 ", "mentions": [room.one.user]})
    assert made.status_code == 201, made.text
    comment = made.json()
    assert (comment["text"], comment["mine"], comment["deleted"]) == ("请确认\n额度", True, False)
    assert comment["by"] == {"id": room.boss.user, "title": room.boss.login.title()}
    assert comment["mentions"] == [{"id": room.one.user, "title": room.one.login.title()}]
    [seen] = _items(room.one, f"{room.mine}/comments")
    assert seen == {**comment, "mine": False}

    page = room.one.get("/api/notifications", unread="true").json()
    [told] = page["items"]
    assert (page["unread"], page["next"], told["kind"], told["read"]) == (1, None, "mention", False)
    assert (told["form"], told["record"], told["text"]) == (
        "customer",
        int(room.mine.rpartition("/")[2]),
        "请确认\n额度",
    )
    assert (told["title"], told["by"]["id"]) == (room.one.get(room.mine).json()["title"], room.boss.user)
    assert room.boss.get("/api/notifications").json() == {"items": [], "next": None, "unread": 0}

    assert room.one.post("/api/notifications/read", {"ids": [told["id"]]}).json() == {"unread": 0}
    assert _items(room.one, "/api/notifications", unread="true") == []
    assert _items(room.one, "/api/notifications")[0] == {**told, "read": True}


def test_who_may_not_read_the_record_sees_nothing(room: Room, other_place: Place) -> None:
    room.one.post(f"{room.mine}/comments", {"text": "秘密"})
    brought = _bring(room.one, room.mine, "秘密.txt", b"secret").json()
    strangers = [room.other, other_place.person("boss")]
    for stranger in strangers:
        answers = [
            stranger.get(f"{room.mine}/comments"),
            stranger.post(f"{room.mine}/comments", {"text": "x"}),
            stranger.send("DELETE", f"{room.mine}/comments/1"),
            stranger.get(f"{room.mine}/files"),
            stranger.get(f"{room.mine}/files/{brought['id']}"),
            stranger.send("DELETE", f"{room.mine}/files/{brought['id']}"),
            _bring(stranger, room.mine, "x.txt", b"x"),
        ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
        assert "秘密" not in stranger.get("/api/activity").text
        assert room.one.login not in stranger.get("/api/activity", form="customer").text
    # Through a record of one's own nobody reaches the file of another.
    assert room.other.get(f"{room.others}/files/{brought['id']}").json()["code"] == "talk.no_attachment"
    assert room.other.get("/api/department/1/comments").json()["code"] == "talk.no_record"


def test_nobody_is_told_of_what_they_may_not_read(room: Room, place: Place) -> None:
    wrong = room.one.post(f"{room.mine}/comments", {"text": "@", "mentions": [room.boss.user, room.other.user, 999]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "talk.cannot_mention")
    found = [(one["code"], one["row"], one["text"]) for one in wrong.json()["problems"]]
    name = room.other.login.title()
    assert found == [
        ("talk.may_not_read", 2, f"{name} may not read this record"),
        ("talk.unknown_user", 3, "There is no such user"),
    ]
    assert _items(room.one, f"{room.mine}/comments") == []
    # Who could read it, and no longer may, is not told any more: not the words, not the title, not the number.
    room.boss.post(f"{room.others}/comments", {"text": "给你看", "mentions": [room.other.user]})
    assert room.other.get("/api/notifications").json()["unread"] == 1
    version = room.boss.get(room.others).json()["version"]
    moved = room.boss.send("PATCH", room.others, {"expected_version": version, "values": {"owner": room.one.user}})
    assert moved.status_code == 200, moved.text
    assert room.other.get("/api/notifications").json() == {"items": [], "next": None, "unread": 0}
    assert place.company.schema


def test_people_are_found_by_name(room: Room) -> None:
    name = room.one.login.title()
    assert _items(room.boss, "/api/people", q=room.one.login)[0] == {"id": room.one.user, "title": name}
    assert len(_items(room.boss, "/api/people", limit=1)) == 1
    assert _items(room.boss, "/api/people", q="nobody is called so") == []
    assert room.boss.get("/api/people", limit=0).status_code == 422


def test_only_who_may_read_the_record_is_offered(room: Room) -> None:
    def offered(person: Person, record: str, **asked: Any) -> list[int]:
        return [one["id"] for one in _items(person, f"{record}/readers", **asked)]

    assert {room.boss.user, room.one.user} <= set(offered(room.one, room.mine, limit=50))
    assert room.other.user not in offered(room.boss, room.mine, limit=50)
    assert room.other.user in offered(room.boss, room.others, limit=50)
    name = room.one.login.title()
    assert _items(room.boss, f"{room.mine}/readers", q=room.one.login)[0] == {"id": room.one.user, "title": name}
    assert offered(room.boss, room.mine, q=room.other.login) == []
    assert len(offered(room.boss, room.mine, limit=1)) == 1
    everybody = offered(room.boss, room.mine, limit=50)
    told = room.boss.post(f"{room.mine}/comments", {"text": "大家", "mentions": everybody[:20]})
    assert told.status_code == 201, "whoever is offered may be mentioned"
    assert room.other.get(f"{room.mine}/readers").json()["code"] == "talk.no_record"
    assert room.boss.get(f"{room.mine}/readers", limit=0).status_code == 422


def test_a_deleted_comment_leaves_a_trace_without_its_words(room: Room) -> None:
    number = room.boss.post(f"{room.mine}/comments", {"text": "说错了", "mentions": [room.one.user]}).json()["id"]
    refused = room.one.send("DELETE", f"{room.mine}/comments/{number}")
    assert (refused.status_code, refused.json()["code"]) == (403, "talk.not_yours")
    assert room.boss.send("DELETE", f"{room.mine}/comments/{number}").status_code == 204
    [left] = _items(room.one, f"{room.mine}/comments")
    assert (left["id"], left["text"], left["deleted"], left["mentions"]) == (number, None, True, [])
    assert [one["text"] for one in _items(room.one, "/api/notifications", unread="true")] == [None]
    again = room.boss.send("DELETE", f"{room.mine}/comments/{number}")
    assert (again.status_code, again.json()["code"]) == (404, "talk.no_comment")


def test_the_same_key_says_it_once(room: Room) -> None:
    said = {"text": "一次", "mentions": [room.one.user]}
    twice = [room.boss.post(f"{room.mine}/comments", said, **{"Idempotency-Key": "k1"}).json()["id"] for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(_items(room.one, f"{room.mine}/comments")) == 1
    assert room.one.get("/api/notifications").json()["unread"] == 1
    other = room.boss.post(f"{room.mine}/comments", {"text": "两次"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "talk.key_reused")


NONE: list[tuple[dict[str, Any], str]] = [
    ({"text": "  \n "}, "talk.no_words"),
    ({"text": "长" * 10_001}, "talk.too_many_words"),
    ({"text": "x", "mentions": list(range(1, 30))}, "talk.too_many_mentions"),
    ({"text": 3}, "http.bad_parameter"),
    ({"text": "x", "mentions": ["1"]}, "http.bad_parameter"),
    ({"text": "x", "more": 1}, "http.bad_parameter"),
]


def test_comments_that_are_none(room: Room) -> None:
    for body, code in NONE:
        answer = room.one.post(f"{room.mine}/comments", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_files_come_back_as_they_went_and_the_trail_tells(room: Room) -> None:
    made = _bring(room.one, room.mine, "..\\送货\u202e单?.png", PICTURE)
    assert made.status_code == 201, made.text
    file = made.json()
    assert (file["name"], file["media"], file["size"], file["shown"]) == ("送货单_.png", "image/png", 48, True)
    assert _bring(room.one, room.mine, "送货单?.png", PICTURE).json()["id"] == file["id"]
    path = f"{room.mine}/files/{file['id']}"
    saved = room.boss.get(path)
    assert saved.content == PICTURE
    assert saved.headers["content-disposition"].startswith("attachment;")
    shown = room.boss.get(path, inline="true")
    assert shown.headers["content-disposition"].startswith("inline;")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert (shown.headers["x-content-type-options"], shown.headers["content-type"]) == ("nosniff", "image/png")

    evil = _bring(room.one, room.mine, "x.png", b"<svg onload='alert(1)'/>").json()
    assert (evil["media"], evil["shown"]) == ("text/plain", False)
    answered = room.boss.get(f"{room.mine}/files/{evil['id']}", inline="true")
    assert answered.headers["content-disposition"].startswith("attachment;")

    assert room.boss.send("DELETE", path).status_code == 204
    assert room.boss.get(path).status_code == 404
    assert [one["id"] for one in _items(room.one, f"{room.mine}/files")] == [evil["id"]]
    trail = room.one.get(f"{room.mine}/changes").json()
    told = [(one["action"], one["action_label"], one["file"] and one["file"]["name"]) for one in trail]
    assert told == [
        ("detach", "File removed", "送货单_.png"),
        ("attach", "File attached", "x.png"),
        ("attach", "File attached", "送货单_.png"),
        ("create", "Created", None),
    ]
    assert room.one.get(room.mine).json()["version"] == 1


def test_who_brought_a_file_or_may_change_the_record_removes_it(place: Place, room: Room) -> None:
    keeper = place.person("packer")
    goods = place.execute("product", code=f"F-{keeper.login}", name="件", price="1")
    order = room.boss.make(
        "order", customer=int(room.mine.rpartition("/")[2]), lines=[{"product": goods, "quantity": "1"}]
    )
    record = f"/api/order/{order['id']}"
    own, bosses = _bring(keeper, record, "a.txt", b"a").json(), _bring(room.boss, record, "b.txt", b"b").json()
    assert {one["name"]: one["removable"] for one in _items(keeper, f"{record}/files")} == {
        "a.txt": True,
        "b.txt": False,
    }
    refused = keeper.send("DELETE", f"{record}/files/{bosses['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "talk.not_to_remove")
    assert keeper.send("DELETE", f"{record}/files/{own['id']}").status_code == 204


def test_files_that_are_none(room: Room) -> None:
    assert _bring(room.one, room.mine, "empty", b"").json()["code"] == "talk.empty_file"
    assert _bring(room.one, room.mine, "big", b"x" * (LARGEST + 1)).json()["code"] == "talk.file_too_large"
    over = _bring(room.one, room.mine, "bigger", b"x" * (LARGEST + 1_000_000))
    assert (over.status_code, over.json()["code"]) == (413, "http.too_large")
    assert room.one.post(f"{room.mine}/files", {"file": "x"}).json()["code"] == "http.no_file"
    assert _items(room.one, f"{room.mine}/files") == []
    assert _bring(room.one, room.mine, "largest", b"x" * LARGEST).status_code == 201


def test_activity_is_the_trail_of_what_one_may_read(room: Room) -> None:
    room.one.send("PATCH", room.mine, {"expected_version": 1, "values": {"level": "gold"}})
    mine = [(one["record"], one["title"], one["action"]) for one in _items(room.one, "/api/activity", form="customer")]
    number, title = int(room.mine.rpartition("/")[2]), room.one.get(room.mine).json()["title"]
    assert mine[:2] == [(number, title, "update"), (number, title, "create")]
    assert not [record for record, *_ in mine if f"/api/customer/{record}" == room.others]
    [latest, *_] = _items(room.boss, "/api/activity", limit=1)
    assert (latest["form"], latest["form_label"], latest["action_label"]) == ("customer", "Customer", "Changed")
    assert latest["by"] == {"id": room.one.user, "title": room.one.login.title()}
    seen: list[int] = []
    cursor = None
    while True:
        page = room.boss.get("/api/activity", limit=3, **({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) > 10
    assert seen == sorted(set(seen), reverse=True)
    assert room.one.get("/api/activity", form="nothing").json()["code"] == "process.unknown_form"


def test_pages_of_notifications_hold_each_once(room: Room) -> None:
    for number in range(5):
        room.boss.post(f"{room.mine}/comments", {"text": str(number), "mentions": [room.one.user]})
    texts: list[str] = []
    page = room.one.get("/api/notifications", limit=2, unread="true").json()
    texts += [one["text"] for one in page["items"]]
    while page["next"]:
        page = room.one.get("/api/notifications", limit=2, unread="true", cursor=page["next"]).json()
        texts += [one["text"] for one in page["items"]]
    assert texts == ["4", "3", "2", "1", "0"]
    assert page["unread"] == 5
    assert room.one.post("/api/notifications/read", {"all": True}).json() == {"unread": 0}
    for wrong in ({}, {"all": True, "ids": [1]}, {"ids": ["x"]}):
        assert room.one.post("/api/notifications/read", wrong).json()["code"] == "http.bad_parameter"
