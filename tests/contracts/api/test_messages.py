"""Messages from the outbox to whoever they are for: by real protocols, with the rights of the reader, once."""

import json
import logging
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from onebook.access.actor import SYSTEM
from onebook.definition.read import read_app
from onebook.engines.application import Application
from onebook.engines.message.message import Message
from onebook.engines.message.outbox import posted
from onebook.engines.message.outlets import Outlets
from onebook.entrypoints.http.app import create
from onebook.entrypoints.worker.tasks import tasks
from onebook.entrypoints.worker.worker import Worker
from onebook.integrations.providers import providers
from onebook.storage.database import Database
from onebook.storage.schema import create_company
from onebook.storage.transaction import Rows, Statement
from onebook.storage.vault import Vault
from onebook.values.reference import RecordRef
from onebook.values.webhooks import is_signed
from tests.contracts.api.conftest import SHOP, Person, Place
from tests.unit.integrations.fakes import (
    AT_S,
    Certificate,
    Mailbox,
    Reply,
    Request,
    Web,
    certificate,
    here,
    mailbox,
    web,
)

#: Ten in the morning in Shanghai.
MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
NUMBER, TEXT, PHONE = "7391846.25", "canarynickname", "13987654321"
SECRETS = ("robot-token-canary", "an app password", "a secret of the webhook")
TEMPLATES = """
---
template: welcome
label: 欢迎 | Welcome
form: customer
title: "欢迎 {name}"
text: >-
  代号 {secret_nickname}，额度 {credit_limit}，电话 {phone}，负责人 {owner.name}，{IF(credit_limit > 1, "大", "小")}
---
template: order_sent
label: 单据 | Order
form: order
text: >-
  {number} 合计 {total}，成本 {SUM(lines.cost)}，客户 {customer.name}，代号 {customer.secret_nickname}，{company.name}
"""
_numbers = count(1)


@dataclass
class Clock:
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Room:
    """A company that reaches out to fakes on this machine."""

    place: Place
    clock: Clock
    box: Mailbox
    robot: Web
    hook: Web
    boss: Person
    clerk: Person
    #: What the robot answers, one after the other; then that all is well.
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def schema(self) -> str:
        return self.place.company.schema

    def post(self, *messages: Message) -> None:
        with self.place.database.transaction(self.schema) as transaction:
            transaction.commit(*posted(messages))

    def deliver(self) -> int:
        return self.place.application.deliver(self.schema)

    def ask(self, sql: str, **parameters: Any) -> Rows:
        with self.place.database.transaction(self.schema, read_only=True) as transaction:
            return transaction.run(Statement(sql, parameters))[0]

    def log(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.boss.get("/api/messages", **query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def inbox(self, person: Person) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = person.get("/api/notifications").json()["items"]
        return items

    def texts(self) -> list[str]:
        """What the robot said in its group."""
        return [json.loads(one.body)["text"]["content"] for one in self.robot.requests]

    def prefer(self, person: Person, **preferred: Any) -> Any:
        return person.send("PUT", "/api/preferences/messages", preferred)

    def channel(self, name: str, kind: str, settings: dict[str, Any], secrets: dict[str, Any], **more: Any) -> Any:
        given = {"name": name, "kind": kind, "label": name.title(), "settings": settings, "secrets": secrets, **more}
        return self.boss.send("PUT", "/api/channels", given)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def application(database: Database, clock: Clock, tls: Certificate, key_folder: Path) -> Application:
    outlets = Outlets(Vault(key_folder), providers(here(tls.trust)), "https://book.example.com")
    return Application(database, clock, outlets=outlets)


@pytest.fixture(scope="module")
def app(database: Database, application: Application) -> Iterator[FastAPI]:
    app = create(application, database)
    yield app
    app.state.jobs.close()


@pytest.fixture(scope="module")
def place(
    app: FastAPI, database: Database, application: Application, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """The shop, whose users have addresses and numbers."""
    folder = tmp_path_factory.mktemp("apps") / "shop"
    shutil.copytree(SHOP, folder)
    file = folder / "shop.yaml"
    text = file.read_text(encoding="utf-8")
    login = "  login: {kind: text, length: 60, required: true, unique: true, label: 登录名 | Login}\n"
    reached = "  email: {kind: email, label: 邮箱 | E-mail}\n  phone: {kind: phone, label: 手机 | Phone}\n"
    assert login in text
    file.write_text(text.replace(login, login + reached) + TEMPLATES, encoding="utf-8")
    with database.administration() as connection:
        company = create_company(connection, f"Messages {next(_numbers)}")
    application.publish(company.schema, [read_app(folder)], SYSTEM)
    place = Place(app, database, application, company)
    place.execute("company", name="一本贸易")
    return place


@pytest.fixture(scope="module")
def clerk(place: Place) -> Person:
    return place.person("clerk", language="en", email="clerk@example.com", phone="13800000001")


@pytest.fixture(scope="module")
def boss(place: Place) -> Person:
    return place.person("boss", email="boss@example.com")


@pytest.fixture
def room(place: Place, clock: Clock, boss: Person, clerk: Person, tls: Certificate) -> Iterator[Room]:
    answers: list[dict[str, Any]] = []

    def robot(_: Request) -> Reply:
        return Reply(json.dumps(answers.pop(0) if answers else {"errcode": 0, "errmsg": "ok"}).encode())

    def hook(request: Request) -> Reply:
        return Reply(status=200 if is_signed(SECRETS[2], request.headers, request.body, AT_S) else 401)

    clock.now = MORNING
    with mailbox(tls.server) as box, web(robot) as group, web(hook) as system:
        room = Room(place, clock, box, group, system, boss, clerk, answers)
        mail = {"host": "localhost", "port": box.port, "user": box.user, "sender": "book@example.com"}
        assert room.channel("post", "mail", mail, {"password": box.password}).status_code == 200
        address = f"{group.address}/cgi-bin/webhook/send?key={SECRETS[0]}"
        assert room.channel("group", "wecom", {}, {"address": address}).status_code == 200
        there = {"address": f"{system.address}/in"}
        assert room.channel("system", "webhook", there, {"secret": SECRETS[2]}).status_code == 200
        for person in (boss, clerk):
            person.post("/api/notifications/read", {"all": True})
            room.prefer(person)
        yield room
    with place.database.administration(place.company.schema) as connection:
        connection.execute("DELETE FROM onebook_notification")
        connection.execute("DELETE FROM onebook_message")
        connection.execute("DELETE FROM onebook_channel")


def _customer(room: Room, owner: Person, **values: Any) -> RecordRef:
    name = f"客户 {next(_numbers)}"
    secret = {"secret_nickname": TEXT, "credit_limit": NUMBER, "phone": PHONE}
    return RecordRef("customer", room.place.execute("customer", name=name, owner=owner.user, **secret, **values))


def test_a_message_goes_to_the_inbox_and_by_the_ways_asked_for(room: Room) -> None:
    record = _customer(room, room.clerk)
    told = Message("rule", room.clerk.user, via=("mail", "group"), title="看一下", text="<b>快</b>", record=record)
    room.post(told)
    [seen] = room.inbox(room.clerk)
    assert (seen["kind"], seen["heading"], seen["text"], seen["read"]) == ("rule", "看一下", "<b>快</b>", False)
    assert (seen["form"], seen["record"], seen["link"], seen["urgent"]) == ("customer", record.id, None, False)
    assert room.deliver() == 3, "the inbox, and two rows more"
    [mail] = room.box.mails
    assert (mail["To"], mail["Subject"]) == ("clerk@example.com", "看一下")
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;快&lt;/b&gt;" in html.get_content()
    assert f"https://book.example.com/customer/{record.id}" in html.get_content()
    assert room.texts() == [f"看一下\n<b>快</b>\nhttps://book.example.com/customer/{record.id}"]
    assert {(one["channel"], one["state"]) for one in room.log()} == {
        ("inbox", "sent"), ("post", "sent"), ("group", "sent"),
    }  # fmt: skip
    assert len(room.inbox(room.clerk)) == 1
    assert room.deliver() == 0, "nothing is sent twice"


def test_the_same_key_is_the_same_message_and_a_group_reads_it_once(room: Room) -> None:
    both = [
        Message("rule", one.user, via=("group",), title="一次", text="x", key="rule:7:0")
        for one in (room.boss, room.clerk)
    ]
    room.post(*both)
    room.post(*both)
    room.deliver()
    assert (len(room.inbox(room.boss)), len(room.inbox(room.clerk)), len(room.texts())) == (1, 1, 1)
    with room.place.database.transaction(room.schema) as transaction:
        transaction.run(*posted([Message("rule", room.boss.user, title="nie")]))
    assert len(room.inbox(room.boss)) == 1, "what is rolled back was never posted"


def test_a_hidden_field_reaches_nobody_who_may_not_see_it(room: Room) -> None:
    """Canaries in every way that a message takes: inbox, mail, group, log of the worker."""
    record = _customer(room, room.clerk)
    product = room.place.execute("product", code=f"C-{next(_numbers)}", name="阀门", price="10", cost=NUMBER)
    rows = [{"product": product, "quantity": "2"}]
    order = RecordRef("order", room.place.execute("order", customer=record.id, lines=rows))
    for person in (room.clerk, room.boss):
        room.post(
            Message("rule", person.user, via=("post", "group"), template="welcome", record=record),
            Message("rule", person.user, via=("post",), template="order_sent", record=order),
            Message(
                "rule", person.user, via=("post",), record=order, has_formulas=True,
                title="{customer.credit_limit}", text="{limit_left} {customer.phone} {customer.credit_limit - total}",
            ),
        )  # fmt: skip
    room.deliver()
    everything = [json.dumps(room.inbox(room.clerk), ensure_ascii=False), *room.texts()]
    for mail in room.box.mails:
        if mail["To"] == "clerk@example.com":
            everything += [
                str(mail["Subject"]),
                *(part.get_content() for part in mail.walk() if not part.is_multipart()),
            ]
    assert len(everything) > 8
    for canary in (TEXT, "7391846", "7,391,846", "87654", "14783692", "14,783,692"):
        assert [one for one in everything if canary in one] == []
    texts = {one["text"] for one in room.inbox(room.clerk)}
    name = room.clerk.login.title()
    assert f"代号 —，额度 —，电话 139****4321，负责人 {name}，—" in texts
    number = room.clerk.get(f"/api/order/{order.id}").json()["number"]
    customer = room.clerk.get(f"/api/customer/{record.id}").json()["title"]
    assert f"{number} 合计 20.00，成本 —，客户 {customer}，代号 —，一本贸易" in texts
    # Whoever may see everything sees it, so that the test can fail.
    seen = {one["text"] for one in room.inbox(room.boss)}
    assert f"代号 {TEXT}，额度 7,391,846.25，电话 {PHONE}，负责人 {name}，大" in seen
    assert f"{number} 合计 20.00，成本 7,391,846.25，客户 {customer}，代号 {TEXT}，一本贸易" in seen


def test_a_group_sees_what_its_user_sees(room: Room) -> None:
    record = _customer(room, room.clerk)
    address = f"{room.robot.address}/send?key=k"
    for reads_as, said in ((None, "—"), (room.clerk.user, "—"), (room.boss.user, TEXT)):
        room.robot.requests.clear()
        assert room.channel("group", "wecom", {"reads_as": reads_as}, {"address": address}).status_code == 200
        room.post(Message("rule", None, "group", text="{secret_nickname}!", has_formulas=True, record=record))
        room.deliver()
        assert [text.split("\n")[0] for text in room.texts()] == [f"{said}!"]


def test_a_group_of_nobody_is_told_no_figure_that_came_along(room: Room) -> None:
    record, text = _customer(room, room.clerk), "{name} 仅剩 {balance}"
    told = Message("rule", room.clerk.user, via=("group",), text=text, has_formulas=True, record=record)
    room.post(replace(told, data={"balance": NUMBER}))
    room.deliver()
    [said] = room.texts()
    assert "— 仅剩 —" in said
    assert NUMBER in room.inbox(room.clerk)[0]["text"], "whoever it is for reads it"


def test_who_may_not_read_a_record_is_told_nothing_of_it(room: Room) -> None:
    record = _customer(room, room.boss)
    room.post(Message("rule", room.clerk.user, via=("post",), title="秘密", text="x", record=record))
    room.post(Message("rule", room.clerk.user, via=("post",), template="welcome", record=record))
    room.deliver()
    assert (room.inbox(room.clerk), room.box.mails) == ([], [])
    dropped = room.log(state="dropped")
    assert {one["channel"] for one in dropped} == {"inbox"}
    assert all("不能查看" in one["error"] for one in dropped)


def test_nights_are_quiet_and_what_is_urgent_is_not_held(room: Room) -> None:
    room.clock.now = MORNING.replace(hour=15)
    can_wait = Message("rule", room.clerk.user, via=("post", "group"), title="可以等", text="x")
    room.post(can_wait)
    room.post(Message("rule", room.clerk.user, via=("post",), title="急", text="x", urgent=True))
    room.deliver()
    assert [mail["Subject"] for mail in room.box.mails] == ["急"]
    assert room.texts() == []
    assert [one["state"] for one in room.log(state="held")] == ["held"] * 2
    assert {one["heading"] for one in room.inbox(room.clerk)} == {"可以等", "急"}, "the inbox has both at once"
    room.clock.now = MORNING.replace(hour=23, minute=29)
    room.deliver()
    assert len(room.box.mails) == 1
    room.clock.later(minutes=1)
    room.deliver()
    assert [mail["Subject"] for mail in room.box.mails] == ["急", "可以等"]
    assert len(room.texts()) == 1


def test_a_day_in_one_mail(room: Room) -> None:
    assert room.prefer(room.clerk, bundle="18:00", quiet=None).status_code == 200
    for number in range(3):
        room.post(Message("rule", room.clerk.user, via=("post",), title=f"第 {number} 条", text="内容"))
    room.deliver()
    assert room.box.mails == []
    room.clock.now = MORNING.replace(hour=10)
    room.deliver()
    [mail] = room.box.mails
    text = mail.get_body(("plain",))
    assert text is not None
    assert mail["Subject"] == "You have 3 new messages"
    assert [f"第 {number} 条" in text.get_content() for number in range(3)] == [True] * 3
    assert len(room.log(state="sent", channel="post")) == 3


def test_a_long_day_is_one_mail_too(room: Room) -> None:
    assert room.prefer(room.clerk, bundle="18:00", quiet=None).status_code == 200
    room.post(*(Message("rule", room.clerk.user, via=("post",), title=f"第 {n} 条", text="内容") for n in range(45)))
    room.deliver()
    room.clock.now = MORNING.replace(hour=10)
    room.deliver()
    assert [mail["Subject"] for mail in room.box.mails] == ["You have 45 new messages"]
    assert {one["attempts"] for one in room.log(state="sent", channel="post", limit=100)} == {1}


def test_people_choose_their_ways(room: Room) -> None:
    preferred = room.clerk.get("/api/preferences/messages").json()
    assert [(one["name"], one["reach"], one["address"]) for one in preferred["channels"]] == [
        ("post", "mail", "clerk@example.com")
    ]
    assert (preferred["quiet"], preferred["bundle"]) == ({"from": "22:00", "to": "07:30"}, None)
    assert {"kind": "rule", "label": "Automation"} in preferred["kinds"]
    assert preferred["usual"]["task"] == {"post": True}
    chosen = room.prefer(room.clerk, ways={"cc": {"post": True}, "rule": {"post": False}}).json()
    assert chosen["ways"] == {"cc": {"post": True}, "rule": {"post": False}}
    room.post(Message("cc", room.clerk.user, title="抄送", text="x"))
    room.post(Message("rule", room.clerk.user, via=("post",), title="规则", text="x"))
    room.deliver()
    assert [mail["Subject"] for mail in room.box.mails] == ["抄送"]
    wrong = room.prefer(room.clerk, quiet={"from": "9", "to": "10:00"})
    assert (wrong.status_code, wrong.json()["problems"][0]["field"]) == (422, "quiet.from")


def test_a_channel_that_fails_is_tried_again_then_given_up_with_an_alarm_and_replayed(room: Room) -> None:
    room.answers += [{"errcode": -1, "errmsg": "system busy"}] * 6
    room.post(Message("rule", None, "group", title="重试", text="x"))
    waits = []
    for _ in range(12):
        room.deliver()
        [one] = room.log(channel="group")
        if one["state"] != "failed":
            break
        waits.append(datetime.fromisoformat(one["next_at"]) - room.clock.now)
        room.clock.now += waits[-1]
    assert [int(wait.total_seconds()) // 60 for wait in waits] == [1, 5, 30, 120, 360]
    assert (one["state"], one["attempts"], len(room.robot.requests)) == ("dead", 6, 6)
    assert "system busy" in one["error"]
    [group] = [each for each in room.boss.get("/api/channels").json()["channels"] if each["name"] == "group"]
    assert (group["dead"], "system busy" in group["error"]) == (1, True)
    room.deliver()
    [alarm] = [each for each in room.inbox(room.boss) if each["kind"] == "alarm"]
    assert (alarm["urgent"], alarm["heading"]) == (True, "渠道“Group”有消息发不出去，已放弃")
    assert "system busy" in alarm["text"]
    assert room.inbox(room.clerk) == [], "alarms are for administrators"
    assert room.boss.post(f"/api/messages/{one['id']}/replay").json()["state"] == "waiting"
    assert room.boss.post(f"/api/messages/{one['id']}/replay").json()["code"] == "message.not_replayed"
    room.deliver()
    [again] = room.log(channel="group")
    assert (again["state"], again["error"], len(room.robot.requests)) == ("sent", None, 7)
    assert room.boss.get("/api/channels").json()["channels"][0]["error"] is None


def test_what_a_provider_refuses_for_ever_is_not_tried_again(room: Room) -> None:
    room.answers.append({"errcode": 93000, "errmsg": "invalid webhook url"})
    room.post(Message("rule", None, "group", title="x", text="x"))
    room.deliver()
    room.clock.later(days=2)
    room.deliver()
    [one] = room.log(channel="group")
    assert (one["state"], one["attempts"], len(room.robot.requests)) == ("dead", 1, 1)
    assert room.boss.post("/api/messages/replay", {"channel": "group"}).json() == {"replayed": 1}


def test_a_channel_takes_so_many_a_minute_and_a_closed_one_nothing(room: Room) -> None:
    room.post(*(Message("rule", None, "group", title=f"{number}", text="x") for number in range(45)))
    sent = []
    for _ in range(20):
        before = len(room.robot.requests)
        room.deliver()
        sent.append(len(room.robot.requests) - before)
        room.clock.later(seconds=15)
    assert sum(sent) == 45
    assert max(sum(sent[start : start + 4]) for start in range(20)) <= 20
    assert all(one["attempts"] == 1 for one in room.log(channel="group", limit=200)), "waiting is no attempt"
    room.answers.append({"errcode": 45009, "errmsg": "api freq out of limit"})
    room.post(*(Message("rule", None, "group", title=f"{number}", text="x") for number in range(3)))
    room.deliver()
    assert len(room.robot.requests) == 46, "one was refused, and nobody else tried"
    room.clock.later(seconds=61)
    room.deliver()
    assert len(room.robot.requests) == 49


def test_webhooks_are_signed_and_carry_their_fields(room: Room) -> None:
    record = _customer(room, room.clerk)
    room.post(Message("rule", None, "system", data={"total": "12.50"}, record=record, key="rule:9:1"))
    room.deliver()
    [request] = room.hook.requests
    assert json.loads(request.body)["fields"] == {"total": "12.50"}
    assert room.log(channel="system")[0]["state"] == "sent"


def test_channels_are_for_administrators_and_secrets_never_come_back(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for method, path in (
            ("GET", "/api/channels"), ("PUT", "/api/channels"), ("DELETE", "/api/channels/post"),
            ("POST", "/api/channels/post/test"), ("GET", "/api/messages"), ("POST", "/api/messages/1/replay"),
            ("POST", "/api/messages/replay"),
        ):  # fmt: skip
            body = {"name": "x", "kind": "mail", "label": "x"} if method == "PUT" else {}
            assert room.clerk.send(method, path, body).status_code == 403
        told = room.boss.get("/api/channels")
        kept = room.ask("SELECT name, convert_from(secret, 'UTF8') || settings::text FROM onebook_channel")
        assert {name for name, _ in kept} == {"post", "group", "system"}
        other = {"host": "localhost", "port": room.box.port, "sender": "a@example.com"}
        changed = room.channel("post", "mail", other, {})
        everything = told.text + changed.text + caplog.text
        assert [one["secrets"] for one in told.json()["channels"]] == [["address"], ["password"], ["secret"]]
        assert changed.json()["secrets"] == ["password"], "what is not named stays"
        gone = room.channel("post", "mail", {"host": "localhost", "sender": "a@example.com"}, {"password": None})
        assert gone.json()["secrets"] == []
    for secret in SECRETS:
        assert secret not in everything
        assert all(secret not in text for _, text in kept), "encrypted at rest"


def test_wrong_channels_are_refused_with_their_fields(room: Room) -> None:
    def refused(kind: str, settings: dict[str, Any], secrets: dict[str, Any], name: str = "x") -> tuple[int, str, Any]:
        answer = room.channel(name, kind, settings, secrets)
        problems: Sequence[dict[str, Any]] = answer.json()["problems"]
        return answer.status_code, answer.json()["code"], sorted(str(one["field"]) for one in problems)

    assert refused("mail", {"host": "a b", "port": 0}, {"pin": "1"}) == (
        422, "message.channel_wrong", ["secrets.pin", "settings.host", "settings.port", "settings.sender"],
    )  # fmt: skip
    assert refused("pigeon", {}, {})[1:] == ("message.channel_wrong", ["kind"])
    assert refused("mail", {}, {}, "inbox")[1:] == ("message.channel_wrong", ["name"])
    assert refused("wecom", {}, {}, "post")[:2] == (409, "message.kind_fixed")
    for address in ("https://169.254.169.254/latest", "https://10.0.0.1/hook", "http://93.184.216.34/"):
        status, code, _ = refused("webhook", {"address": address}, {"secret": SECRETS[2]})
        assert (status, code) == (422, "message.not_public")
        assert refused("dingtalk", {}, {"address": address})[1] == "message.not_public"
    where = {"address": "https://93.184.216.34/钩子"}
    assert refused("webhook", where, {"secret": SECRETS[2]})[1:] == ("message.channel_wrong", ["settings.address"])
    assert refused("wecom", {}, where)[1:] == ("message.channel_wrong", ["secrets.address"])
    assert room.boss.send("DELETE", "/api/channels/nothing").json()["code"] == "message.no_channel"


def test_a_password_does_not_follow_to_another_server(room: Room, tls: Certificate) -> None:
    with mailbox(tls.server) as other:
        there = {"host": "localhost", "port": other.port, "user": other.user, "sender": "book@example.com"}
        moved = room.channel("post", "mail", there, {})
        assert (moved.status_code, moved.json()["problems"][0]["field"]) == (422, "secrets.password")
        assert room.boss.post("/api/channels/post/test", {"to": "me@example.com"}).status_code == 200
        assert (len(room.box.mails), other.mails) == (1, [])
        assert room.channel("post", "mail", there, {"password": other.password}).status_code == 200
        assert room.channel("post", "mail", {**there, "sender_name": "一本"}, {}).status_code == 200
        assert room.boss.post("/api/channels/post/test", {"to": "me@example.com"}).status_code == 200
        assert len(other.mails) == 1


def test_a_test_tells_what_the_provider_says(room: Room) -> None:
    assert room.boss.post("/api/channels/post/test").json()["code"] == "message.no_address"
    sent = room.boss.post("/api/channels/post/test", {"to": "me@example.com"})
    assert (sent.status_code, sent.json()["sent"], room.box.mails[0]["To"]) == (200, True, "me@example.com")
    assert room.boss.post("/api/channels/group/test").json()["sent"] is True
    room.answers.append({"errcode": 93000, "errmsg": "invalid webhook url"})
    refused = room.boss.post("/api/channels/group/test")
    assert (refused.status_code, refused.json()["detail"]) == (422, "对方拒收：93000 invalid webhook url")


def test_a_lost_key_is_told_and_nothing_is_lost(room: Room, key_folder: Path) -> None:
    file = key_folder / "secret.key"
    kept = file.read_bytes()
    other = Application(
        room.place.database,
        room.clock,
        outlets=Outlets(Vault(key_folder / "new"), room.place.application.outlets.providers),
    )
    room.post(Message("rule", None, "group", title="x", text="x"))
    other.deliver(room.schema)
    [one] = room.log(channel="group")
    assert (one["state"], "密钥" in one["error"]) == ("failed", True)
    assert kept == file.read_bytes()
    room.clock.later(minutes=2)
    room.deliver()
    assert room.log(channel="group")[0]["state"] == "sent"


def test_a_channel_that_is_gone_is_said_in_the_log(room: Room) -> None:
    assert room.boss.send("DELETE", "/api/channels/group").status_code == 204
    room.post(Message("rule", room.clerk.user, via=("group", "sms"), title="x", text="x"))
    room.deliver()
    assert {(one["channel"], one["state"]) for one in room.log(state="dropped")} == {
        ("group", "dropped"),
        ("sms", "dropped"),
    }
    assert len(room.inbox(room.clerk)) == 1


def test_mentions_take_the_ways_of_their_reader(room: Room) -> None:
    record = _customer(room, room.clerk)
    room.prefer(room.clerk, ways={"mention": {"post": True}})
    said = room.boss.post(
        f"/api/customer/{record.id}/comments", {"text": "看 <i>这里</i>", "mentions": [room.clerk.user]}
    )
    assert said.status_code == 201
    assert room.inbox(room.clerk)[0]["heading"] == f"{room.boss.login.title()} mentioned you in a comment"
    other = room.boss.post(
        f"/api/customer/{record.id}/comments", {"text": "说错了", "mentions": [room.clerk.user]}
    ).json()
    assert room.boss.send("DELETE", f"/api/customer/{record.id}/comments/{other['id']}").status_code == 204
    room.deliver()
    [mail] = room.box.mails
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().startswith("看 <i>这里</i>")
    assert [one["error"] for one in room.log(state="dropped")] == ["消息已无内容：评论被删除，或模板已不存在"]


def test_a_worker_that_dies_while_sending_leaves_a_message_that_is_sent_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.post(Message("rule", None, "system", title="x", text="x"))
    provider = room.place.application.outlets.providers["webhook"]
    really = provider.send

    def dying(*arguments: Any) -> None:
        really(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(provider, "send", dying)
    with pytest.raises(KeyboardInterrupt):
        room.deliver()
    monkeypatch.undo()
    assert room.deliver() == 0, "it is somebody's for some minutes"
    room.clock.later(minutes=6)
    assert room.deliver() == 1
    first, second = room.hook.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"], "the receiver knows that it is the same"


def test_a_slow_provider_gets_nothing_twice(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker took too long ago it leaves to whoever comes, who may have it already."""
    provider = room.place.application.outlets.providers["webhook"]
    sent: list[str] = []

    def slow(_: Any, __: Any, message: Any) -> None:
        sent.append(message.id)
        room.clock.later(seconds=20)
        if len(sent) == 16:
            room.deliver()

    monkeypatch.setattr(provider, "send", slow)
    room.post(*(Message("rule", None, "system", title=f"{number}", text="x") for number in range(20)))
    room.deliver()
    assert len(sent) == len(set(sent)) == 20
    assert {(one["state"], one["attempts"]) for one in room.log(channel="system")} == {("sent", 1)}


def test_what_is_tried_again_does_not_ring_at_night(room: Room) -> None:
    room.clock.now = MORNING.replace(hour=13, minute=58)
    room.box.recipient = b"451 later"
    room.post(Message("rule", room.clerk.user, via=("post",), title="可以等", text="x"))
    room.post(Message("rule", room.clerk.user, via=("post",), title="急", text="x", urgent=True))
    room.deliver()
    room.box.recipient = b"250 ok"
    room.clock.later(minutes=5)
    room.deliver()
    assert [mail["Subject"] for mail in room.box.mails] == ["急"]
    [held] = room.log(state="held")
    assert (held["attempts"], held["next_at"][:16]) == (1, "2026-03-10T23:30")
    room.clock.now = MORNING.replace(hour=23, minute=30)
    room.deliver()
    assert [mail["Subject"] for mail in room.box.mails] == ["急", "可以等"]


def test_a_message_over_which_the_program_stumbles_keeps_no_other(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = room.place.application.outlets.providers["webhook"]
    really = provider.send

    def stumbling(settings: Any, secrets: Any, message: Any) -> str | None:
        if message.title == "poison":
            raise ZeroDivisionError
        return really(settings, secrets, message)

    monkeypatch.setattr(provider, "send", stumbling)
    room.post(*(Message("rule", None, "system", title=title, text="x") for title in ("poison", "good")))
    with pytest.raises(ZeroDivisionError):
        room.deliver()
    assert [json.loads(one.body)["title"] for one in room.hook.requests] == ["good"]
    for _ in range(5):
        room.clock.later(hours=7)
        with pytest.raises(ZeroDivisionError):
            room.deliver()
    assert {one["title"]: one["state"] for one in room.log(channel="system")} == {"poison": "dead", "good": "sent"}


def test_a_company_that_is_broken_keeps_no_other_waiting(room: Room) -> None:
    """The clock looks into every company, and calls the worker where anything is due."""
    database, tasked = room.place.database, tasks(room.place.application, room.place.database)
    with database.administration() as connection:
        broken, sound = (create_company(connection, f"Beside {next(_numbers)}") for _ in range(2))
    with database.transaction(sound.schema) as transaction:
        transaction.commit(*posted([Message("rule", None, "nowhere", title="x", text="x")]))
    with database.administration() as connection:
        connection.execute("DELETE FROM procrastinate.procrastinate_jobs WHERE task_name = 'deliver'")
        connection.execute(f"ALTER TABLE {broken.schema}.onebook_message RENAME TO gone")
    try:
        with pytest.raises(Exception, match="onebook_message"):
            tasked["deliver_all"]()
    finally:
        with database.administration() as connection:
            connection.execute(f"ALTER TABLE {broken.schema}.gone RENAME TO onebook_message")
    with database.administration() as connection:
        jobs = connection.execute(
            "SELECT args ->> 'schema' FROM procrastinate.procrastinate_jobs WHERE task_name = 'deliver'"
        ).fetchall()
    assert (sound.schema,) in jobs


def test_the_worker_is_called_by_the_post_itself(room: Room) -> None:
    """Nobody waits for the clock: the job comes into being with the message."""
    room.clock.now = datetime.now(UTC)
    worker = Worker(room.place.database, tasks(room.place.application, room.place.database))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        room.post(Message("rule", None, "system", title="x", text="x"))
        ends_at = time.monotonic() + 20
        while not room.hook.requests and time.monotonic() < ends_at:
            time.sleep(0.05)
    finally:
        worker.stop()
        thread.join()
    assert len(room.hook.requests) == 1
