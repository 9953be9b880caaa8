"""Short messages: signatures as the providers publish them, and fakes that verify every request anew."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from onebook.engines.message.provider import Outgoing
from onebook.engines.message.refusals import Rejected, TryLater
from onebook.integrations import aliyun, tencent
from onebook.integrations.aliyun import Aliyun
from onebook.integrations.tencent import Tencent, international
from tests.unit.integrations.fakes import AT_S, Reply, Request, here, web

MESSAGE = Outgoing("m-1", "", "您的单据 O1 已发出", address="13800000000", template="sent", values=("O1",))
WHOLE = Outgoing("m-2", "库存不足", "齿轮\n仅剩 5", address="13800000000")
TEMPLATES: dict[str, Any] = {
    "sent": {"code": "SMS_1", "variables": ["number"]},
    "any": {"code": "SMS_2", "variables": ["text"]},
}


def test_the_example_that_aliyun_publishes() -> None:
    headers = aliyun.signed_headers(
        "YourAccessKeyId",
        "YourAccessKeySecret",
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
        body=b"",
        query={"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        content_type=None,
    )
    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def _aliyun(request: Request) -> Reply:
    """Verifies as the service does: from the request as it came, written out here once more."""
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    parts = dict(one.split("=", 1) for one in rest.split(","))
    names = parts["SignedHeaders"].split(";")
    assert {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-content-sha256"} <= set(names)
    digest = hashlib.sha256(request.body).hexdigest()
    lines = "".join(f"{name}:{request.headers[name]}\n" for name in names)
    canonical = f"POST\n{request.path}\n\n{lines}\n{parts['SignedHeaders']}\n{digest}"
    to_sign = f"{algorithm}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    wanted = hmac.new(b"secret", to_sign.encode(), hashlib.sha256).hexdigest()
    if request.headers["x-acs-content-sha256"] != digest or parts["Signature"] != wanted:
        return Reply(json.dumps({"Code": "SignatureDoesNotMatch", "Message": "no"}).encode(), 400)
    asked = dict(parse_qsl(request.body.decode()))
    if asked["PhoneNumbers"] == "busy":
        return Reply(json.dumps({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发小时级流控"}).encode())
    if asked["TemplateCode"] not in ("SMS_1", "SMS_2"):
        return Reply(json.dumps({"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "no"}).encode())
    return Reply(json.dumps({"Code": "OK", "Message": "OK", "BizId": "9^0", "RequestId": "r"}).encode())


def test_aliyun_verifies_and_takes_by_template() -> None:
    with web(_aliyun) as server:
        settings = {"access_key_id": "id", "sign_name": "一本", "templates": TEMPLATES, "endpoint": server.address}
        assert Aliyun(here()).send(settings, {"access_key_secret": "secret"}, MESSAGE) == "9^0"
        asked = dict(parse_qsl(server.requests[0].body.decode()))
        assert (asked["SignName"], asked["TemplateCode"], asked["PhoneNumbers"]) == ("一本", "SMS_1", "13800000000")
        assert json.loads(asked["TemplateParam"]) == {"number": "O1"}
        Aliyun(here()).send(settings, {"access_key_secret": "secret"}, WHOLE)
        whole = dict(parse_qsl(server.requests[1].body.decode()))
        assert json.loads(whole["TemplateParam"]) == {"text": "库存不足 齿轮 仅剩 5"}
        with pytest.raises(Rejected) as refused:
            Aliyun(here()).send(settings, {"access_key_secret": "another"}, MESSAGE)
        assert "SignatureDoesNotMatch" in str(refused.value.data["reason"])
        busy = Outgoing("m-3", "", "x", address="busy")
        with pytest.raises(TryLater):
            Aliyun(here()).send(settings, {"access_key_secret": "secret"}, busy)


def test_the_number_of_a_message_can_be_kept_whatever_it_is() -> None:
    """What was sent is marked as sent: else it would be sent again."""
    with web(lambda _: Reply(b'{"Code": "OK", "BizId": "9\\u0000^0"}')) as server:
        settings = {"access_key_id": "id", "sign_name": "一本", "templates": TEMPLATES, "endpoint": server.address}
        assert Aliyun(here()).send(settings, {"access_key_secret": "secret"}, MESSAGE) == "9 ^0"


def test_a_template_that_nobody_has_entered_sends_nothing() -> None:
    with web(_aliyun) as server:
        settings = {"access_key_id": "id", "sign_name": "一本", "templates": {}, "endpoint": server.address}
        with pytest.raises(Rejected):
            Aliyun(here()).send(settings, {"access_key_secret": "secret"}, MESSAGE)
        two = {"sent": {"code": "SMS_1", "variables": ["number", "day"]}}
        with pytest.raises(Rejected):
            Aliyun(here()).send({**settings, "templates": two}, {"access_key_secret": "secret"}, MESSAGE)
        assert server.requests == []


def _tencent(request: Request) -> Reply:
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    key_id, day, service, end = parts["Credential"].split("/")
    at = request.headers["x-tc-timestamp"]
    lines = "".join(f"{name}:{request.headers[name].lower()}\n" for name in parts["SignedHeaders"].split(";"))
    digest = hashlib.sha256(request.body).hexdigest()
    canonical = f"POST\n/\n\n{lines}\n{parts['SignedHeaders']}\n{digest}"
    to_sign = f"{algorithm}\n{at}\n{day}/{service}/{end}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"TC3secret"
    for part in (day, service, end):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    wanted = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    is_now = abs(int(at) - AT_S) < 300 and day == datetime.fromtimestamp(AT_S, UTC).strftime("%Y-%m-%d")
    if (key_id, service, end, parts["Signature"], is_now) != ("id", "sms", "tc3_request", wanted, True):
        return _response({"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}})
    if (request.headers["x-tc-action"], request.headers["x-tc-version"]) != ("SendSms", "2021-01-11"):
        return _response({"Error": {"Code": "InvalidAction", "Message": "no"}})
    asked = json.loads(request.body)
    if asked["PhoneNumberSet"] == ["+8600"]:
        return _response({"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit", "Message": "limit"}]})
    state = {"SerialNo": "5000:1", "PhoneNumber": asked["PhoneNumberSet"][0], "Fee": 1, "Code": "Ok", "Message": "ok"}
    return _response({"SendStatusSet": [state]})


def _response(value: dict[str, Any]) -> Reply:
    return Reply(json.dumps({"Response": {**value, "RequestId": "r"}}).encode())


def test_tencent_verifies_and_takes_by_template() -> None:
    with web(_tencent) as server:
        settings = {
            "secret_id": "id", "application": "1400", "sign_name": "一本", "templates": TEMPLATES,
            "endpoint": server.address,
        }  # fmt: skip
        assert Tencent(here()).send(settings, {"secret_key": "secret"}, MESSAGE) == "5000:1"
        asked = json.loads(server.requests[0].body)
        assert (asked["PhoneNumberSet"], asked["TemplateId"], asked["TemplateParamSet"]) == (
            ["+8613800000000"], "SMS_1", ["O1"],
        )  # fmt: skip
        with pytest.raises(Rejected) as refused:
            Tencent(here()).send(settings, {"secret_key": "another"}, MESSAGE)
        assert "AuthFailure" in str(refused.value.data["reason"])
        with pytest.raises(TryLater):
            Tencent(here()).send(settings, {"secret_key": "secret"}, Outgoing("m", "", "x", address="00"))


def test_numbers_have_the_code_of_their_country() -> None:
    assert [international(one) for one in ("138 0000-0000", "+1 202 555 0100")] == ["+8613800000000", "+12025550100"]


def test_the_example_that_tencent_publishes() -> None:
    """What is signed in its example, for another service and action; the key of the example is not published."""
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    assert hashlib.sha256(body).hexdigest() == "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    names, text = tencent.to_sign(
        "cvm.tencentcloudapi.com", "2019-02-25/cvm/tc3_request", "DescribeInstances", 1551113065, body
    )
    assert names == "content-type;host;x-tc-action"
    assert text == (
        "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n"
        "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84"
    )
