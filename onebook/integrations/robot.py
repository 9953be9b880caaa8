"""Robots in groups: plain text to an address that nobody else may know."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import orjson

from onebook.engines.message.provider import Outgoing, Reach
from onebook.engines.message.refusals import Rejected, TryLater
from onebook.integrations.answers import said
from onebook.integrations.network import Outside, told
from onebook.integrations.shape import GroupSettings, Secret, Secrets, WebAddress

_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
#: What all of them say when they are busy themselves.
_BUSY: Final = -1


class RobotSecrets(Secrets):
    """The address holds the key; `secret` signs, where the robot asks for it."""

    address: WebAddress
    secret: Secret | None = None


class Robot:
    """What the robots of all providers have in common."""

    reach: Reach = "group"
    settings = GroupSettings
    secrets: type[RobotSecrets] = RobotSecrets
    goes_to: tuple[str, ...] = ()

    def __init__(self, outside: Outside) -> None:
        """On a way to the network."""
        self._outside = outside

    def check(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Refuse an address inside."""
        del settings
        self._outside.check_web(secrets["address"])

    def _ask(self, address: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return said(self._outside.post(address, orjson.dumps(body), _JSON))

    def _require(self, code: object, words: object, too_often: Collection[int], wait_s: int) -> None:
        """Refuse what was not taken: for now, the whole robot for a while, or for good. 0 is the word for taken."""
        reason = told(f"{code} {words or ''}")
        if isinstance(code, int) and code in too_often:
            raise TryLater(reason=reason, wait_s=wait_s)
        if code == _BUSY:
            raise TryLater(reason=reason, wait_s=0)
        if code != 0:
            raise Rejected(reason=reason)

    @property
    def _now(self) -> float:
        return self._outside.clock()


def words(message: Outgoing, most: int) -> str:
    """A message as lines of plain text, of at most so many bytes."""
    lines = "\n".join(part for part in (message.title, message.text) if part)
    end = f"\n{message.link}" if message.link else ""
    room = most - len(end.encode())
    if len(lines.encode()) > room:
        lines = lines.encode()[: room - len("…".encode())].decode("utf-8", "ignore") + "…"
    return lines + end
