"""Webhooks: signed so that the receiver can verify, under an id that stays, and refused when anything was changed."""

import json

import pytest

from onebook.engines.message.provider import Outgoing
from onebook.engines.message.refusals import Rejected
from onebook.integrations.webhook import Webhook
from onebook.values.webhooks import is_signed, signed
from tests.unit.integrations.fakes import AT_S, Reply, Request, here, web

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = Outgoing("company_1-9", "", "", data={"number": "O1", "total": "12.50"}, kind="rule", form="order", record=3)


def test_the_receiver_verifies() -> None:
    def receive(request: Request) -> Reply:
        return Reply(status=204 if is_signed(SECRET, request.headers, request.body, AT_S + 200) else 401)

    with web(receive) as server:
        Webhook(here()).send({"address": f"{server.address}/in"}, {"secret": SECRET}, MESSAGE)
        Webhook(here()).send({"address": f"{server.address}/in"}, {"secret": SECRET}, MESSAGE)
        first, second = server.requests
        assert first.headers["webhook-id"] == second.headers["webhook-id"] == "company_1-9"
        body = json.loads(first.body)
        assert (body["kind"], body["record"]) == ("rule", {"form": "order", "id": 3})
        assert body["fields"] == {"number": "O1", "total": "12.50"}
        with pytest.raises(Rejected):
            Webhook(here()).send({"address": server.address}, {"secret": "another secret, also long"}, MESSAGE)


def test_the_example_of_the_specification() -> None:
    body = b'{"test": 2432232314}'
    headers = signed(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_whatever_was_changed_is_noticed() -> None:
    body = b'{"a": 1}'
    good = signed(SECRET, "m1", AT_S, body)
    assert is_signed(SECRET, good, body, AT_S)
    assert is_signed(SECRET, {**good, "webhook-signature": f"v2,x v1,!! {good['webhook-signature']}"}, body, AT_S)
    wrong = [
        ({**good, "webhook-id": "m2"}, body, AT_S),
        ({**good, "webhook-timestamp": str(AT_S + 1)}, body, AT_S),
        (good, b'{"a": 2}', AT_S),
        (good, body, AT_S + 301),
        (good, body, AT_S - 301),
        ({**good, "webhook-signature": good["webhook-signature"].removeprefix("v1,")}, body, AT_S),
        ({**good, "webhook-timestamp": "soon"}, body, AT_S),
        ({**good, "webhook-timestamp": "²"}, body, AT_S),
        ({}, body, AT_S),
    ]
    assert [is_signed(SECRET, headers, content, now) for headers, content, now in wrong] == [False] * len(wrong)
    assert not is_signed("another secret", good, body, AT_S)
