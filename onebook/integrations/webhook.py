"""Webhooks: JSON to the address of another system, signed so that it knows who sent it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import orjson
from pydantic import StringConstraints

from onebook.engines.message.provider import Outgoing, Reach
from onebook.integrations.network import Outside
from onebook.integrations.shape import Secrets, Settings, WebAddress
from onebook.values.label import Label
from onebook.values.webhooks import signed

_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}


class WebhookSettings(Settings):
    """Where it goes."""

    address: WebAddress


class WebhookSecrets(Secrets):
    """What signs; whoever receives knows it too."""

    secret: Annotated[str, StringConstraints(min_length=16, max_length=200)]


class Webhook:
    """A generic webhook. The id stays when it is sent again, so that nothing counts twice."""

    label = Label("Webhook", "Webhook")
    reach: Reach = "system"
    settings = WebhookSettings
    secrets = WebhookSecrets
    #: Here as elsewhere a secret signs, and is not told.
    goes_to: tuple[str, ...] = ()
    per_minute = 600

    def __init__(self, outside: Outside) -> None:
        """On a way to the network."""
        self._outside = outside

    def check(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Refuse an address inside."""
        del secrets
        self._outside.check_web(settings["address"])

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Post what it says and what it is about."""
        about = {"form": message.form, "id": message.record} if message.form else None
        words = {"title": message.title, "text": message.text, "link": message.link}
        body = orjson.dumps(
            {"id": message.id, "kind": message.kind, "record": about, **words, "fields": dict(message.data or {})}
        )
        headers = signed(secrets["secret"], message.id, int(self._outside.clock()), body)
        self._outside.post(settings["address"], body, {**_JSON, **headers})
        return None
