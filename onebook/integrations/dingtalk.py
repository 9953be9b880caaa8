"""Robots in groups of DingTalk (钉钉)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from onebook.engines.message.provider import Outgoing
from onebook.integrations.robot import Robot, words
from onebook.values.label import Label

_MOST_BYTES: Final = 18_000
_TOO_OFTEN: Final = frozenset({130101, 130102})
#: A robot that spoke too often is silenced for ten minutes.
_WAIT_S: Final = 600


class DingTalk(Robot):
    """The token stands in the address; with a secret, time and signature are added to it."""

    label = Label("钉钉群机器人", "DingTalk group robot")
    per_minute = 20

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Say it in the group."""
        del settings
        address, secret = secrets["address"], secrets.get("secret")
        if secret:
            address += ("&" if "?" in address else "?") + urlencode(signature(secret, int(self._now * 1000)))
        answer = self._ask(address, {"msgtype": "text", "text": {"content": words(message, _MOST_BYTES)}})
        self._require(answer.get("errcode"), answer.get("errmsg"), _TOO_OFTEN, _WAIT_S)
        return None


def signature(secret: str, at_ms: int) -> dict[str, str]:
    """What signs a request at a time, in milliseconds."""
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": str(at_ms), "sign": base64.b64encode(digest).decode()}
