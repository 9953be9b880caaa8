"""Robots in groups of Feishu (飞书)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

from onebook.engines.message.provider import Outgoing
from onebook.integrations.robot import Robot, words
from onebook.values.label import Label

_MOST_BYTES: Final = 18_000
_TOO_OFTEN: Final = frozenset({9499, 11232})
_WAIT_S: Final = 60


class Feishu(Robot):
    """The token stands in the address; with a secret, time and signature stand in the body."""

    label = Label("飞书群机器人", "Feishu group robot")
    per_minute = 60

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Say it in the group."""
        del settings
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": words(message, _MOST_BYTES)}}
        if secret := secrets.get("secret"):
            body |= signature(secret, int(self._now))
        answer = self._ask(secrets["address"], body)
        # Older robots answer with another name.
        code, said = answer.get("code", answer.get("StatusCode")), answer.get("msg", answer.get("StatusMessage"))
        self._require(code, said, _TOO_OFTEN, _WAIT_S)
        return None


def signature(secret: str, at_s: int) -> dict[str, str]:
    """What signs a message at a time, in seconds: the key is made of both, and nothing is signed with it."""
    digest = hmac.new(f"{at_s}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": str(at_s), "sign": base64.b64encode(digest).decode()}
