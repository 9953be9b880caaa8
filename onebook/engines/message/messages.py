"""What one user sets up and sees of messages: channels and the log for administrators, preferences for everybody."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from onebook.access.actor import Actor
from onebook.engines.message import channels
from onebook.engines.message.channels import Given, error_told
from onebook.engines.message.courier import tested
from onebook.engines.message.eyes import Eyes
from onebook.engines.message.message import KINDS
from onebook.engines.message.outbox import called
from onebook.engines.message.outlets import Outlets
from onebook.engines.message.people import addresses
from onebook.engines.message.preferences import preferences, preferences_of
from onebook.engines.message.refusals import NoChannel, NoMessage, NotReplayed
from onebook.locale.texts import text as words_of
from onebook.storage.database import Database
from onebook.storage.transaction import Statement

STATES: Final = ("waiting", "sent", "failed", "dead", "held", "dropped")
#: Nothing counts further than that.
MOST_COUNTED: Final = 10_000


class Messages:
    """One user in one company. Whether they administer it is for the caller to ask."""

    def __init__(self, database: Database, eyes: Eyes, outlets: Outlets, actor: Actor) -> None:
        """For an actor."""
        self._database = database
        self._eyes = eyes
        self._outlets = outlets
        self._actor = actor

    def channels(self) -> dict[str, Any]:
        """The channels, and the kinds that there are."""
        with self._database.transaction(self._eyes.schema, read_only=True) as transaction:
            return channels.told(transaction, self._outlets, self._actor.language)

    def put_channel(self, given: Given) -> dict[str, Any]:
        """Enter a channel or change it. Refuses with ChannelWrong, KindFixed, NotPublic, SecretLost."""
        with self._database.transaction(self._eyes.schema, read_only=True) as transaction:
            provider, secrets = channels.checked(transaction, self._outlets, given)
        # Names are looked up in the network: no transaction waits for that.
        provider.check(given.settings, secrets)
        with self._database.transaction(self._eyes.schema) as transaction:
            transaction.commit(channels.put(self._outlets, given, secrets, self._actor.id))
        return next(one for one in self.channels()["channels"] if one["name"] == given.name)

    def remove_channel(self, name: str) -> None:
        """Take a channel away; what waits for it will be dropped, with words. Refuses with NoChannel."""
        with self._database.transaction(self._eyes.schema) as transaction:
            [rows] = transaction.run(channels.removed(name))
            if not rows:
                raise NoChannel(name=name)
            transaction.commit()

    def test_channel(self, name: str, to: str | None) -> dict[str, Any]:
        """Send a few words by a channel now. Refuses as its provider does."""
        with self._database.transaction(self._eyes.schema, read_only=True) as transaction:
            channel = channels.one(transaction, name)
        language = self._actor.language
        title = words_of("message.test_title", {}, language)
        text = words_of("message.test_text", {"name": channel.label, "who": self._actor.name}, language)
        return {"sent": True, "provider_id": tested(self._outlets, channel, self._eyes.schema, to, title, text)}

    def log(self, *, state: str | None, channel: str | None, cursor: int | None, limit: int) -> dict[str, Any]:
        """What was sent, what waits and what did not leave, the latest first."""
        asked = {"state": state, "channel": channel, "below": cursor, "most": limit + 1, "id": None}
        counted = {"channel": channel, "most": MOST_COUNTED}
        with self._database.transaction(self._eyes.schema, read_only=True) as transaction:
            rows, counts = transaction.run(Statement(_LOG, asked), Statement(_COUNTS, counted))
        items = [self._told(*row) for row in rows[:limit]]
        return {
            "items": items,
            "next": str(items[-1]["id"]) if len(rows) > limit else None,
            "counts": {**dict.fromkeys(STATES, 0), **dict(counts)},
        }

    def replay(self, number: int) -> dict[str, Any]:
        """Send again what was given up or dropped. Refuses with NoMessage, NotReplayed."""
        one = {"state": None, "channel": None, "below": None, "most": 1, "id": number}
        with self._database.transaction(self._eyes.schema) as transaction:
            [replayed] = transaction.run(Statement(_REPLAY, {"id": number, "channel": None}))
            [rows] = transaction.run(Statement(_LOG, one))
            if not rows:
                raise NoMessage(id=number)
            if not replayed:
                raise NotReplayed
            transaction.commit(called())
        return self._told(*rows[0])

    def replay_all(self, channel: str | None) -> int:
        """Send again all that was given up, by one channel or by any; how many."""
        with self._database.transaction(self._eyes.schema) as transaction:
            [replayed, _] = transaction.commit(Statement(_REPLAY, {"id": None, "channel": channel}), called())
        return len(replayed)

    def preferences(self) -> dict[str, Any]:
        """What the user prefers, with everything that can be chosen from."""
        language, catalog = self._actor.language, self._eyes.catalog
        with self._database.transaction(self._eyes.schema, read_only=True) as transaction:
            known = preferences(transaction, self._actor.id)
            active = channels.active(transaction)
            mine = addresses(transaction, catalog, self._actor.id)
        offered: list[dict[str, Any]] = []
        for channel in active.values():
            provider = self._outlets.providers.get(channel.kind)
            if provider is not None and provider.reach in ("mail", "phone"):
                address = mine.get(provider.reach)
                one = {"name": channel.name, "label": channel.label, "reach": provider.reach, "address": address}
                offered.append(one)
        ways = {
            kind: {one["name"]: known.takes(kind, one["name"], one["reach"], named=False) for one in offered}
            for kind in KINDS
        }
        return {
            "kinds": [{"kind": kind, "label": words_of(f"message.kind_{kind}", {}, language)} for kind in KINDS],
            "channels": offered,
            "ways": known.ways,
            "usual": ways,
            "quiet": known.quiet.model_dump(by_alias=True) if known.quiet else None,
            "bundle": known.bundle,
        }

    def prefer(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Prefer something else, whole. Refuses with PreferenceWrong."""
        settings = preferences_of(given).model_dump(by_alias=True)
        values = {"user": self._actor.id, "settings": orjson.dumps(settings).decode()}
        with self._database.transaction(self._eyes.schema) as transaction:
            transaction.commit(Statement(_PREFER, values))
        return self.preferences()

    def speaking(self, language: str) -> "Messages":
        """The same user, reading another language."""
        return Messages(self._database, self._eyes, self._outlets, replace(self._actor, language=language))

    def _told(
        self, number: int, at: Any, kind: str, channel: str, label: str | None, recipient: int | None,
        name: str | None, address: str | None, title: str, text: str, words: str | None, data: Mapping[str, Any],
        state: str, attempts: int, next_at: Any, sent_at: Any, error: str | None, provider_id: str | None,
        form: str | None, record: int | None, link: str | None, urgent: bool, by: int, by_name: str | None,
    ) -> dict[str, Any]:  # fmt: skip
        language = self._actor.language
        return {
            "id": number,
            "at": at,
            "kind": kind,
            "kind_label": words_of(f"message.kind_{kind}", {}, language),
            "channel": channel,
            "channel_label": label or words_of("message.inbox" if channel == "inbox" else "message.gone", {}, language),
            "to": None if recipient is None else {"id": recipient, "title": name},
            "address": address,
            "title": title or (words_of(words, data, language) if words else ""),
            "text": text,
            "state": state,
            "state_label": words_of(f"message.state_{state}", {}, language),
            "attempts": attempts,
            "next_at": next_at,
            "sent_at": sent_at,
            "error": error_told(error, language),
            "provider_id": provider_id,
            "form": form,
            "record": record,
            "link": link,
            "urgent": urgent,
            "by": {"id": by, "title": by_name},
        }


_LOG: Final = """
SELECT m.id, m.at, m.kind, m.channel, c.label, m.recipient, u.name, m.address, coalesce(m.shown_title, m.title),
       coalesce(m.shown_text, m.text), m.words, m.data, m.state, m.attempts, m.next_at, m.sent_at, m.error,
       m.provider_id, m.form, m.record, m.link, m.urgent, m.by, w.name
FROM onebook_message m
LEFT JOIN onebook_channel c ON c.name = m.channel
LEFT JOIN "user" u ON u.id = m.recipient
LEFT JOIN "user" w ON w.id = m.by
WHERE (%(state)s::text IS NULL OR m.state = %(state)s::text)
  AND (%(channel)s::text IS NULL OR m.channel = %(channel)s::text)
  AND (%(below)s::bigint IS NULL OR m.id < %(below)s::bigint)
  AND (%(id)s::bigint IS NULL OR m.id = %(id)s::bigint)
ORDER BY m.id DESC LIMIT %(most)s
"""
_COUNTS: Final = """
SELECT state, count(*) FROM (
    SELECT state FROM onebook_message WHERE %(channel)s::text IS NULL OR channel = %(channel)s::text
    ORDER BY id DESC LIMIT %(most)s) AS latest
GROUP BY state
"""
_REPLAY: Final = """
UPDATE onebook_message SET state = 'waiting', attempts = 0, next_at = NULL, error = NULL
WHERE CASE WHEN %(id)s::bigint IS NOT NULL THEN id = %(id)s::bigint AND state IN ('dead', 'dropped')
           ELSE state = 'dead' AND (%(channel)s::text IS NULL OR channel = %(channel)s::text) END
RETURNING id
"""
_PREFER: Final = """
INSERT INTO onebook_message_preference (actor, settings) VALUES (%(user)s::bigint, %(settings)s::jsonb)
ON CONFLICT (actor) DO UPDATE SET settings = excluded.settings, at = now()
"""
