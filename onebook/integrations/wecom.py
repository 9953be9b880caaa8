"""Robots in groups of WeCom (企业微信)."""

from collections.abc import Mapping
from typing import Any, Final

from onebook.engines.message.provider import Outgoing
from onebook.integrations.robot import Robot, words
from onebook.values.label import Label

_MOST_BYTES: Final = 2048
_TOO_OFTEN: Final = frozenset({45009})
#: Its count of messages is by the minute.
_WAIT_S: Final = 60


class WeCom(Robot):
    """A robot's key stands in its address; text goes as it is."""

    label = Label("企业微信群机器人", "WeCom group robot")
    per_minute = 20

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Say it in the group."""
        del settings
        answer = self._ask(secrets["address"], {"msgtype": "text", "text": {"content": words(message, _MOST_BYTES)}})
        self._require(answer.get("errcode"), answer.get("errmsg"), _TOO_OFTEN, _WAIT_S)
        return None
