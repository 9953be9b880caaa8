"""The channels of a company: what they are called, how they are set up, how they fare. Secrets go in, never out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from pydantic import BaseModel, ValidationError

from onebook.engines.message.message import INBOX
from onebook.engines.message.outlets import Outlets
from onebook.engines.message.provider import Provider
from onebook.engines.message.refusals import ChannelWrong, KindFixed, NoChannel, SecretLost
from onebook.locale.texts import text as words_of
from onebook.storage.transaction import Statement, Transaction
from onebook.storage.vault import KeyWrong, NotOurs
from onebook.values.refusal import Problem, Refusal

#: What rules may say instead of a channel's name: whichever channel of that kind there is.
SHORT: Final = "sms"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out of a company."""

    name: str
    kind: str
    label: str
    active: bool
    settings: Mapping[str, Any]
    #: As it is kept.
    secret: bytes | None = field(repr=False)
    closed_until: datetime | None = None

    def per_minute(self, provider: Provider) -> int:
        """How many messages it takes."""
        return int(self.settings.get("per_minute") or provider.per_minute)

    def opened(self, outlets: Outlets) -> dict[str, Any]:
        """Its secrets. Refuses with SecretLost."""
        if self.secret is None:
            return {}
        try:
            return outlets.vault.opened(self.secret)
        except (NotOurs, KeyWrong) as lost:
            raise SecretLost(name=self.label) from lost


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says of a channel. Secrets that are not named stay as they are; None takes one away."""

    name: str
    kind: str
    label: str
    active: bool
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any] = field(repr=False)


def active(transaction: Transaction) -> dict[str, Channel]:
    """The channels in use, by name."""
    [rows] = transaction.run(Statement(_ACTIVE))
    return {row[0]: Channel(*row) for row in rows}


def found(channels: Mapping[str, Channel], outlets: Outlets, name: str) -> Channel:
    """The channel of a name, or the first of a kind. Refuses with NoChannel."""
    channel = channels.get(name)
    if channel is not None:
        return channel
    for one in channels.values():
        provider = outlets.providers.get(one.kind)
        if provider is not None and (one.kind == name or (name == SHORT and provider.reach == "phone")):
            return one
    raise NoChannel(name=name)


def one(transaction: Transaction, name: str) -> Channel:
    """A channel, in use or not. Refuses with NoChannel."""
    [rows] = transaction.run(Statement(_ONE, {"name": name}))
    if not rows:
        raise NoChannel(name=name)
    return Channel(*rows[0])


def told(transaction: Transaction, outlets: Outlets, language: str) -> dict[str, Any]:
    """What pages show of channels, and what of the kinds that there are."""
    [rows] = transaction.run(Statement(_TOLD))
    kinds = [
        {
            "kind": kind,
            "label": provider.label.in_language(language),
            "reach": provider.reach,
            "per_minute": provider.per_minute,
            "settings": provider.settings.model_json_schema(),
            "secrets": provider.secrets.model_json_schema(),
        }
        for kind, provider in outlets.providers.items()
    ]
    return {"kinds": kinds, "channels": [_told(outlets, language, *row) for row in rows]}


def checked(transaction: Transaction, outlets: Outlets, given: Given) -> tuple[Provider, dict[str, Any]]:
    """The provider of a channel that is entered or changed, and all its secrets.

    Refuses with ChannelWrong, KindFixed, SecretLost."""
    provider = outlets.providers.get(given.kind)
    if provider is None:
        raise ChannelWrong([Problem("message.unknown_kind", "kind", data={"kind": given.kind})])
    if given.name == INBOX:
        raise ChannelWrong([Problem("message.name_taken", "name", data={"name": given.name})])
    [rows] = transaction.run(Statement(_ONE, {"name": given.name}))
    kept: dict[str, Any] = {}
    again: list[Problem] = []
    if rows:
        known = Channel(*rows[0])
        if known.kind != given.kind:
            raise KindFixed(name=known.label)
        kept = _kept(known, outlets, provider, given)
        if any(known.settings.get(name) != given.settings.get(name) for name in provider.goes_to):
            # Nobody hears a secret by sending it elsewhere.
            again = [Problem("message.secret_again", f"secrets.{name}") for name in sorted(kept.keys() - given.secrets)]
    secrets = {name: value for name, value in {**kept, **given.secrets}.items() if value is not None}
    problems = [*_wrong(provider.settings, given.settings, "settings"), *_wrong(provider.secrets, secrets, "secrets")]
    problems += again
    if problems:
        raise ChannelWrong(problems)
    return provider, secrets


def put(outlets: Outlets, given: Given, secrets: Mapping[str, Any], by: int) -> Statement:
    """What enters a channel that was checked, or changes it. Refuses with storage.secret_key."""
    values = {
        "name": given.name,
        "kind": given.kind,
        "label": given.label,
        "active": given.active,
        "settings": orjson.dumps(dict(given.settings)).decode(),
        "secret": outlets.vault.closed(secrets) if secrets else None,
        "by": by,
    }
    return Statement(_PUT, values)


def removed(name: str) -> Statement:
    """What takes a channel away; answers its name if it was there."""
    return Statement("DELETE FROM onebook_channel WHERE name = %(name)s RETURNING name", {"name": name})


def error_told(error: str | None, language: str) -> str | None:
    """A kept refusal in words."""
    if error is None:
        return None
    found = orjson.loads(error)
    return words_of(found["code"], found["data"], language)


def error_kept(refusal: Refusal) -> str:
    """A refusal as it is kept: its words come when somebody reads it."""
    return orjson.dumps({"code": refusal.code, "data": dict(refusal.data)}, default=str).decode()


def _kept(known: Channel, outlets: Outlets, provider: Provider, given: Given) -> dict[str, Any]:
    """The secrets that stay. Those that cannot be read any more may be given anew, all of them."""
    try:
        return known.opened(outlets)
    except SecretLost:
        needed = provider.secrets.model_fields
        if all(name in given.secrets for name, one in needed.items() if one.is_required()):
            return {}
        raise


def _wrong(shape: type[BaseModel], values: Mapping[str, Any], place: str) -> list[Problem]:
    """What is wrong with settings or secrets; the values themselves are not repeated."""
    try:
        shape.model_validate(dict(values))
    except ValidationError as error:
        return [
            Problem("message.wrong_value", ".".join(map(str, (place, *one["loc"]))), data={"reason": one["msg"]})
            for one in error.errors(include_input=False, include_context=False)
        ]
    return []


def _told(
    outlets: Outlets, language: str, name: str, kind: str, label: str, active: bool, settings: Mapping[str, Any],
    secret: bytes | None, closed_until: datetime | None, sent_at: datetime | None, error: str | None,
    error_at: datetime | None, waiting: int, dead: int,
) -> dict[str, Any]:  # fmt: skip
    provider = outlets.providers.get(kind)
    lost: str | None = None
    names: list[str] = []
    try:
        names = sorted(Channel(name, kind, label, active, settings, secret).opened(outlets))
    except SecretLost as refusal:
        lost = words_of(refusal.code, refusal.data, language)
    return {
        "name": name,
        "kind": kind,
        "label": label,
        "active": active,
        "settings": settings,
        "secrets": names,
        "reach": provider.reach if provider else None,
        "sent_at": sent_at,
        "error": lost or error_told(error, language),
        "error_at": error_at,
        "closed_until": closed_until,
        "waiting": waiting,
        "dead": dead,
    }


_COLUMNS: Final = "name, kind, label, active, settings, secret, closed_until"
_ACTIVE: Final = f"SELECT {_COLUMNS} FROM onebook_channel WHERE active ORDER BY name"
_ONE: Final = f"SELECT {_COLUMNS} FROM onebook_channel WHERE name = %(name)s"
_TOLD: Final = f"""
SELECT {_COLUMNS}, sent_at, error, error_at,
       (SELECT count(*) FROM onebook_message m
        WHERE m.channel = c.name AND m.state IN ('waiting', 'failed', 'held')),
       (SELECT count(*) FROM onebook_message m WHERE m.channel = c.name AND m.state = 'dead')
FROM onebook_channel c ORDER BY name
"""
_PUT: Final = """
INSERT INTO onebook_channel (name, kind, label, active, settings, secret, by)
VALUES (%(name)s, %(kind)s, %(label)s, %(active)s, %(settings)s::jsonb, %(secret)s::bytea, %(by)s::bigint)
ON CONFLICT (name) DO UPDATE SET label = excluded.label, active = excluded.active, settings = excluded.settings,
    secret = excluded.secret, by = excluded.by, at = now(), closed_until = NULL, error = NULL, error_at = NULL
"""
