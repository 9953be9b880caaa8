"""Robots in groups: fakes that verify address, time and signature as the real ones do, and answer with their codes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from onebook.engines.message.provider import Outgoing
from onebook.engines.message.refusals import Rejected, TryLater
from onebook.integrations.dingtalk import DingTalk
from onebook.integrations.feishu import Feishu
from onebook.integrations.robot import words
from onebook.integrations.wecom import WeCom
from tests.unit.integrations.fakes import AT_S, Reply, Request, here, web

SECRET = "SEC000example"
MESSAGE = Outgoing("m-1", "库存不足", "齿轮 仅剩 5", "https://book.example.com/product/7")


def _json(value: Mapping[str, Any]) -> Reply:
    return Reply(json.dumps(value).encode())


def _dingtalk(request: Request) -> Reply:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
    if asked.get("access_token") != "token":
        return _json({"errcode": 300001, "errmsg": "token is not exist"})
    if abs(int(asked["timestamp"]) - AT_S * 1000) > 3_600_000:
        return _json({"errcode": 310000, "errmsg": "invalid timestamp"})
    wanted = hmac.new(SECRET.encode(), f"{asked['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
    if base64.b64decode(asked["sign"]) != wanted:
        return _json({"errcode": 310000, "errmsg": "sign not match"})
    body = json.loads(request.body)
    if body["msgtype"] != "text" or not body["text"]["content"]:
        return _json({"errcode": 400105, "errmsg": "unsupported msgtype"})
    return _json({"errcode": 0, "errmsg": "ok"})


def test_dingtalk_takes_what_is_signed_with_its_secret() -> None:
    with web(_dingtalk) as server:
        address = f"{server.address}/robot/send?access_token=token"
        DingTalk(here()).send({}, {"address": address, "secret": SECRET}, MESSAGE)
        text = json.loads(server.requests[0].body)["text"]["content"]
        assert text == "库存不足\n齿轮 仅剩 5\nhttps://book.example.com/product/7"
        with pytest.raises(Rejected) as refused:
            DingTalk(here()).send({}, {"address": address, "secret": "another"}, MESSAGE)
        assert "sign not match" in str(refused.value.data["reason"])


def test_dingtalk_that_was_asked_too_often_is_left_alone_for_ten_minutes() -> None:
    often = _json({"errcode": 130101, "errmsg": "send too fast"})
    with web(lambda _: often) as server, pytest.raises(TryLater) as later:
        DingTalk(here()).send({}, {"address": server.address}, MESSAGE)
    assert later.value.data["wait_s"] == 600


def _feishu(request: Request) -> Reply:
    body = json.loads(request.body)
    key = f"{body.get('timestamp')}\n{SECRET}".encode()
    wanted = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    if abs(int(body.get("timestamp", 0)) - AT_S) > 3600 or body.get("sign") != wanted:
        return _json({"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"})
    return _json({"code": 0, "msg": "success", "data": {}, "StatusCode": 0, "StatusMessage": "success"})


def test_feishu_takes_what_is_signed_with_its_secret() -> None:
    with web(_feishu) as server:
        Feishu(here()).send({}, {"address": f"{server.address}/open-apis/bot/v2/hook/x", "secret": SECRET}, MESSAGE)
        assert json.loads(server.requests[0].body)["content"]["text"].startswith("库存不足\n")
        with pytest.raises(Rejected) as refused:
            Feishu(here()).send({}, {"address": server.address}, MESSAGE)
        assert "19021" in str(refused.value.data["reason"])
    with web(lambda _: _json({"code": 11232, "msg": "frequency limited"})) as busy, pytest.raises(TryLater):
        Feishu(here()).send({}, {"address": busy.address}, MESSAGE)


def _wecom(request: Request) -> Reply:
    if parse_qs(urlsplit(request.path).query).get("key") != ["the-key"]:
        return _json({"errcode": 93000, "errmsg": "invalid webhook url"})
    if len(json.loads(request.body)["text"]["content"].encode()) > 2048:
        return _json({"errcode": 40058, "errmsg": "text.content exceed max length 2048"})
    return _json({"errcode": 0, "errmsg": "ok"})


def test_wecom_takes_text_that_fits() -> None:
    with web(_wecom) as server:
        address = f"{server.address}/cgi-bin/webhook/send?key=the-key"
        WeCom(here()).send({}, {"address": address}, Outgoing("m-2", "长", "字" * 5000, "https://b.example/x"))
        text = json.loads(server.requests[0].body)["text"]["content"]
        assert text.endswith("…\nhttps://b.example/x")
        with pytest.raises(Rejected):
            WeCom(here()).send({}, {"address": server.address}, MESSAGE)
    often = _json({"errcode": 45009, "errmsg": "api freq out of limit"})
    with web(lambda _: often) as busy, pytest.raises(TryLater) as later:
        WeCom(here()).send({}, {"address": busy.address}, MESSAGE)
    assert later.value.data["wait_s"] == 60


def test_what_is_no_provider_is_not_believed() -> None:
    for body in (b"<html>welcome</html>", b"[]", b"{}", b"[" * 60_000):
        with web(lambda _, body=body: Reply(body)) as server:  # type: ignore[misc]
            for robot in (WeCom, DingTalk, Feishu):
                with pytest.raises(Rejected):
                    robot(here()).send({}, {"address": server.address}, MESSAGE)


def test_words_that_nobody_can_keep_are_told_without_them() -> None:
    odd = Reply(b'{"errcode": 93000, "errmsg": "wrong\\ud800 \\u0000key"}')
    with web(lambda _: odd) as server, pytest.raises(Rejected) as refused:
        WeCom(here()).send({}, {"address": server.address}, MESSAGE)
    assert refused.value.data["reason"] == "93000 wrong key"


def test_a_text_is_cut_between_signs() -> None:
    for most in range(40, 80):
        cut = words(Outgoing("m", "", "汉字𠀀" * 50, "https://x.example"), most)
        assert len(cut.encode()) <= most
        assert cut.endswith("…\nhttps://x.example")
