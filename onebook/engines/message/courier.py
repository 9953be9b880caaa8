"""Delivering what waits in the outbox: each message by every way that it takes, again if need be, until it is given up.

A message is taken by one worker for some minutes, in a transaction of its own; it is sent outside of any; what became
of it is kept in another. A worker that dies in between leaves a message that is sent again, under the same id.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.engines.message import channels
from onebook.engines.message.alarm import alarm
from onebook.engines.message.bucket import Bucket, taken
from onebook.engines.message.channels import Channel, error_kept
from onebook.engines.message.eyes import Eyes
from onebook.engines.message.message import INBOX
from onebook.engines.message.outbox import DELIVER
from onebook.engines.message.outlets import Outlets
from onebook.engines.message.people import addresses
from onebook.engines.message.preferences import Quiet, preferences, quiet_until
from onebook.engines.message.provider import File, Outgoing, Provider
from onebook.engines.message.refusals import NoAddress, NoChannel, NothingToSay, NotReadable, Stumbled
from onebook.engines.message.rendering import NOBODY, Posted, Rendered, reader_of, rendered
from onebook.locale.texts import text as words_of
from onebook.storage import queue
from onebook.storage.database import Database
from onebook.storage.transaction import Statement, Transaction
from onebook.values.refusal import Refusal, Status

#: After which time a message is tried again; when none is left it is given up.
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
#: For how long a worker has taken a message, and for how long it begins to send what it took: any provider is waited
#: for less long than what is between them, so that nobody else has taken what is being sent.
LEASE: Final = timedelta(minutes=5)
FRESH: Final = LEASE / 2
#: How many are taken at once, beside those that leave in one piece with any of them; and how many one job sends before
#: it lets others have a turn.
BLOCK: Final = 20
MOST: Final = 500
#: Nothing to do with the channel or the provider: trying again would change nothing, nor would anybody's help.
_DROPPED: Final = (NotReadable, NothingToSay, NoAddress, NoChannel)
_QUIET: Final = Quiet()
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A message that can leave."""

    channel: Channel
    provider: Provider
    secrets: Mapping[str, Any]
    outgoing: Outgoing
    rows: tuple[Posted, ...]


class Courier:
    """The outbox of one company."""

    def __init__(
        self,
        database: Database,
        eyes: Eyes,
        outlets: Outlets,
        now: Callable[[], datetime],
        tell: Callable[[int], None],
    ) -> None:
        """`now`: the clock; `tell`: tells a user's open pages that there is something new."""
        self._database = database
        self._eyes = eyes
        self._outlets = outlets
        self._now = now
        self._tell = tell

    def run(self) -> int:
        """Deliver what is due, and enter the job for what is due next; how many messages were looked at.

        A message over which the program itself stumbles keeps no other from leaving; then it raises."""
        looked_at, stumbled = 0, None
        while looked_at < MOST and (block := self._taken()):
            begun = self._now()
            closed: dict[str, datetime] = {}
            waiting: list[Posted] = []
            left: list[Posted] = []
            for rows in _together(block):
                if self._now() - begun > FRESH:
                    left += rows
                    continue
                if rows[0].channel in closed:
                    waiting += rows
                    continue
                try:
                    until = self._delivered(rows)
                    if until is not None:
                        closed[rows[0].channel] = until
                        waiting += rows
                except Exception as error:
                    _log.exception("%s: message %s", self._eyes.schema, rows[0].id)
                    stumbled = error
                    self._failed(rows, None, Stumbled())
            looked_at += len(block) - len(left)
            self._later(waiting, closed)
            self._given_back(left)
        self._again()
        if stumbled is not None:
            raise stumbled
        return looked_at

    def _taken(self) -> list[Posted]:
        now = self._now()
        asked = {"now": now, "until": now + LEASE, "most": BLOCK, "most_bundled": MOST}
        with self._database.transaction(self._eyes.schema) as transaction:
            [rows] = transaction.commit(Statement(_TAKE, asked))
        return sorted((Posted(*row) for row in rows), key=lambda row: (not row.urgent, row.id))

    def _delivered(self, rows: Sequence[Posted]) -> datetime | None:
        """Deliver what leaves in one piece; or answer until when its channel takes nothing."""
        try:
            if rows[0].channel == INBOX:
                self._spread(rows[0])
                return None
            ready = self._ready(rows)
        except Refusal as refusal:
            self._failed(rows, None, refusal)
            return None
        if ready is None or isinstance(ready, datetime):
            return ready
        try:
            provider_id = ready.provider.send(ready.channel.settings, ready.secrets, ready.outgoing)
        except Refusal as refusal:
            self._failed(ready.rows, ready.channel, refusal)
        else:
            self._sent(ready, provider_id)
        return None

    def _spread(self, message: Posted) -> None:
        """A message to a user: into their inbox, and one row for each further way."""
        assert message.recipient is not None
        schema, now = self._eyes.schema, self._now()
        with self._database.transaction(schema) as transaction:
            reader = reader_of(transaction, schema, message.recipient)
            words = rendered(transaction, self._eyes, message, reader)
            ways = list(self._ways(transaction, message, now))
            shown = {"id": message.id, "channel": INBOX, "title": words.title, "text": words.text, "now": now}
            transaction.commit(
                *([Statement(_SHOW, shown)] if message.has_formulas or message.template is not None else []),
                *(Statement(_FURTHER, {"origin": message.id, **way}) for way in ways),
                Statement(_WORDS, shown),
                Statement(_DONE, {"ids": [message.id], "now": now, "provider_id": None}),
            )
        self._tell(message.recipient)

    def _ways(self, transaction: Transaction, message: Posted, now: datetime) -> list[dict[str, Any]]:
        """The further rows of a message to a user: by which channel, to whom, not before when."""
        assert message.recipient is not None
        open_ = channels.active(transaction)
        preferred = preferences(transaction, message.recipient)
        reached = addresses(transaction, self._eyes.catalog, message.recipient) if open_ else {}
        named: set[str] = set()
        for name in message.via:
            if name == INBOX:
                continue
            try:
                named.add(channels.found(open_, self._outlets, name).name)
            except NoChannel:
                named.add(name)
        ways: list[dict[str, Any]] = []
        for name in sorted(named | set(open_)):
            channel = open_.get(name)
            provider = self._outlets.providers.get(channel.kind) if channel else None
            if channel is None or provider is None:
                # Somebody asks for a way that is not there: the log shows it, and why.
                ways.append(_way(name, message.recipient, message.key, None, False))
            elif provider.reach == "group":
                if name in named:
                    held = None if message.urgent else quiet_until(_QUIET, now, self._eyes.zone)
                    # Those behind a robot read it once, however many readers it is for.
                    ways.append(_way(name, None, message.key or f"message:{message.id}", held, False))
            elif provider.reach == "system":
                if name in named:
                    ways.append(_way(name, None, message.key or f"message:{message.id}", None, False))
            elif preferred.takes(message.kind, name, provider.reach, named=name in named) and (
                name in named or provider.reach in reached
            ):
                held, bundled = (None, False)
                if not message.urgent:
                    held, bundled = preferred.held_until(now, self._eyes.zone, provider.reach)
                ways.append(_way(name, message.recipient, message.key, held, bundled))
        return ways

    def _ready(self, rows: Sequence[Posted]) -> _Ready | datetime | None:
        """Messages (one, or a bundle) as they leave; None if nothing is left of them; or until when their channel takes
        nothing."""
        first, now, schema = rows[0], self._now(), self._eyes.schema
        with self._database.transaction(schema) as transaction:
            open_ = channels.active(transaction)
            channel = channels.found(open_, self._outlets, first.channel)
            provider = self._outlets.providers.get(channel.kind)
            if provider is None:
                raise NoChannel(name=channel.label)
            held = self._quiet(transaction, provider, first, now)
            if held is not None:
                asked = {"ids": [first.id], "state": "held", "next_at": held}
                transaction.commit(Statement(_UNTRIED, asked))
                return None
            wait = self._wait(transaction, channel, provider, now)
            if wait is not None:
                return wait
            reader = self._reader(transaction, channel, provider, first)
            words, said = [], []
            for row in rows:
                try:
                    words.append(rendered(transaction, self._eyes, row, reader))
                    said.append(row)
                except (NotReadable, NothingToSay) as refusal:
                    if len(rows) == 1:
                        raise
                    transaction.run(_dropped([row.id], refusal))
            if not said:
                transaction.commit()
                return None
            address = first.address
            if first.recipient is not None:
                address = addresses(transaction, self._eyes.catalog, first.recipient).get(provider.reach)
                if address is None:
                    raise NoAddress
            files = _files(transaction, [number for row in said for number in row.files])
            shown = [Statement(_WORDS, {"id": row.id, "channel": channel.name, "title": one.title, "text": one.text})
                     for row, one in zip(said, words, strict=True)]  # fmt: skip
            transaction.commit(*shown)
        outgoing = self._outgoing(said[0], words[0]) if len(said) == 1 else self._bundle(said, words, reader)
        outgoing = replace(outgoing, address=address, files=tuple(files))
        return _Ready(channel, provider, channel.opened(self._outlets), outgoing, tuple(said))

    def _wait(self, transaction: Transaction, channel: Channel, provider: Provider, now: datetime) -> datetime | None:
        """Until when the channel takes nothing; None: it takes this one, and counts it."""
        [rows] = transaction.run(Statement(_BUCKET, {"name": channel.name}))
        if not rows:
            raise NoChannel(name=channel.label)
        tokens, filled_at, closed_until = rows[0]
        if closed_until is not None and closed_until > now:
            until: datetime = closed_until
            return until
        bucket, wait_s = taken(Bucket(tokens or 0, filled_at), channel.per_minute(provider), now)
        if wait_s > 0:
            return now + timedelta(seconds=wait_s)
        filled = {"name": channel.name, "tokens": bucket.tokens, "filled_at": bucket.filled_at}
        transaction.run(Statement(_FILL, filled))
        return None

    def _later(self, rows: Sequence[Posted], closed: Mapping[str, datetime]) -> None:
        """Put off what closed channels did not take, and whatever else is due by them: nothing of it was tried."""
        if not closed:
            return
        statements = []
        for name, until in closed.items():
            ids = [row.id for row in rows if row.channel == name]
            asked = {"ids": ids, "channel": name, "until": until, "now": self._now()}
            statements.append(Statement(_LATER, asked))
        with self._database.transaction(self._eyes.schema) as transaction:
            transaction.commit(*statements)

    def _given_back(self, rows: Sequence[Posted]) -> None:
        """Leave what was taken too long ago to whoever comes next: nothing of it was tried."""
        if rows:
            asked = {"ids": [row.id for row in rows], "state": None, "next_at": self._now()}
            with self._database.transaction(self._eyes.schema) as transaction:
                transaction.commit(Statement(_UNTRIED, asked))

    def _quiet(self, transaction: Transaction, provider: Provider, row: Posted, now: datetime) -> datetime | None:
        """Until when a message that can wait is held: what was tried in the evening does not ring at night."""
        if row.urgent or row.is_bundled or provider.reach == "system":
            return None
        if row.recipient is None:
            return quiet_until(_QUIET, now, self._eyes.zone) if provider.reach == "group" else None
        return quiet_until(preferences(transaction, row.recipient).quiet, now, self._eyes.zone)

    def _reader(self, transaction: Transaction, channel: Channel, provider: Provider, row: Posted) -> Actor:
        """Whose rights decide what the words show."""
        if row.recipient is not None:
            return reader_of(transaction, self._eyes.schema, row.recipient)
        if provider.reach == "group":
            reads_as = channel.settings.get("reads_as")
            return NOBODY if reads_as is None else reader_of(transaction, self._eyes.schema, int(reads_as))
        return reader_of(transaction, self._eyes.schema, row.by)

    def _outgoing(self, row: Posted, words: Rendered) -> Outgoing:
        link = row.link or (f"/{row.form}/{row.record}" if row.form else None)
        return Outgoing(
            id=f"{self._eyes.schema}-{row.id}",
            title=words.title,
            text=words.text,
            link=self._linked(link),
            urgent=row.urgent,
            template=row.template,
            values=words.values,
            data=row.data,
            kind=row.kind,
            form=row.form,
            record=row.record,
        )

    def _bundle(self, rows: Sequence[Posted], words: Sequence[Rendered], reader: Actor) -> Outgoing:
        """Several messages to one person as one."""
        parts = []
        for row, one in zip(rows, words, strict=True):
            link = self._outgoing(row, one).link
            parts.append("\n".join(part for part in (one.title, one.text, link) if part))
        title = words_of("message.bundle", {"count": len(rows)}, reader.language)
        text = "\n\n".join(parts)
        return Outgoing(f"{self._eyes.schema}-{rows[0].id}", title, text, self._linked("/"), kind=rows[0].kind)

    def _linked(self, link: str | None) -> str | None:
        origin = self._outlets.origin
        return f"{origin}{link}" if origin is not None and link is not None else None

    def _sent(self, ready: _Ready, provider_id: str | None) -> None:
        done = {"ids": [row.id for row in ready.rows], "now": self._now(), "provider_id": provider_id}
        with self._database.transaction(self._eyes.schema) as transaction:
            transaction.commit(
                Statement(_DONE, done), Statement(_WELL, {"name": ready.channel.name, "now": self._now()})
            )

    def _failed(self, rows: Sequence[Posted], channel: Channel | None, refusal: Refusal) -> None:
        """It did not leave: again later, given up, or dropped because there is nobody or nothing."""
        now, ids = self._now(), [row.id for row in rows]
        wait = timedelta(seconds=_seconds(refusal))
        with self._database.transaction(self._eyes.schema) as transaction:
            if isinstance(refusal, _DROPPED):
                transaction.commit(_dropped(ids, refusal))
                return
            statements: list[Statement] = []
            heard: list[int] = []
            error = error_kept(refusal)
            attempts = max(row.attempts for row in rows)
            if refusal.status == Status.UNAVAILABLE and attempts <= len(WAITS):
                next_at = now + max(WAITS[attempts - 1], wait)
                statements.append(Statement(_FAIL, {"ids": ids, "state": "failed", "next_at": next_at, "error": error}))
            else:
                statements.append(Statement(_FAIL, {"ids": ids, "state": "dead", "next_at": None, "error": error}))
                name = channel.label if channel is not None else rows[0].channel
                key = f"message.dead:{name}:{now.astimezone(self._eyes.zone).date()}"
                data = {"channel": name}
                heard, more = alarm(
                    transaction, self._eyes.catalog, "message.given_up", data, key,
                    lambda language: [words_of(refusal.code, refusal.data, language)],
                )  # fmt: skip
                statements += more
            if channel is not None:
                closed = now + wait if wait else None
                told = {"name": channel.name, "now": now, "error": error, "closed_until": closed}
                statements.append(Statement(_ILL, told))
            transaction.commit(*statements)
        for user in heard:
            self._tell(user)

    def _again(self) -> None:
        """Enter the job for what is due next, if the clock would come too late for it."""
        with self._database.transaction(self._eyes.schema) as transaction:
            [[[next_at]]] = transaction.run(Statement(_NEXT))
            now = self._now()
            if next_at is not None and next_at < now + timedelta(minutes=1):
                at = max(next_at, now)
                transaction.commit(queue.enter(DELIVER, {"schema": self._eyes.schema}, at=at))


def tested(outlets: Outlets, channel: Channel, schema: str, to: str | None, title: str, text: str) -> str | None:
    """Send by a channel at once, past the outbox: the provider's own id of it. Refuses as the provider does."""
    provider = outlets.providers.get(channel.kind)
    if provider is None:
        raise NoChannel(name=channel.label)
    if provider.reach in ("mail", "phone") and not to:
        raise NoAddress
    outgoing = Outgoing(f"{schema}-test", title, text, outlets.origin, to, kind="report", values=())
    return provider.send(channel.settings, channel.opened(outlets), outgoing)


def _together(block: Sequence[Posted]) -> list[list[Posted]]:
    """What leaves in one piece: everything bundled for a person by a channel; anything else by itself."""
    groups: dict[object, list[Posted]] = {}
    for row in block:
        key = (row.channel, row.recipient) if row.is_bundled else row.id
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _way(
    channel: str, recipient: int | None, key: str | None, next_at: datetime | None, is_bundled: bool
) -> dict[str, Any]:
    state = "waiting" if next_at is None else "held"
    return {
        "channel": channel, "recipient": recipient, "key": key, "next_at": next_at, "state": state,
        "is_bundled": is_bundled,
    }  # fmt: skip


def _files(transaction: Transaction, ids: Sequence[int]) -> list[File]:
    if not ids:
        return []
    [rows] = transaction.run(Statement(_FILES, {"ids": list(ids)}))
    return [File(name, bytes(content)) for name, content in rows]


def _dropped(ids: Sequence[int], refusal: Refusal) -> Statement:
    return Statement(_FAIL, {"ids": list(ids), "state": "dropped", "next_at": None, "error": error_kept(refusal)})


def _seconds(refusal: Refusal) -> int:
    wait = refusal.data.get("wait_s", 0)
    return wait if isinstance(wait, int) else 0


def cleared(days: int) -> Statement:
    """What removes messages that ended so many days ago, with the files that went along and what was read of them."""
    return Statement(_CLEAR, {"days": days})


#: Asks whether any message of a company is due.
DUE: Final = Statement(
    "SELECT EXISTS (SELECT FROM onebook_message WHERE state IN ('waiting', 'failed', 'held')"
    " AND (next_at IS NULL OR next_at <= now()))"
)
_CLEAR: Final = """
WITH gone AS (
    DELETE FROM onebook_message
    WHERE at < now() - make_interval(days => %(days)s) AND state IN ('sent', 'dead', 'dropped')
    RETURNING files
)
DELETE FROM onebook_file WHERE id IN (SELECT unnest(files) FROM gone)
"""
_TAKE: Final = """
WITH due AS (
    SELECT id, channel, recipient, is_bundled FROM onebook_message
    WHERE state IN ('waiting', 'failed', 'held') AND (next_at IS NULL OR next_at <= %(now)s)
    ORDER BY urgent DESC, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), bundled AS (
    SELECT id FROM onebook_message m
    WHERE is_bundled AND state IN ('waiting', 'failed', 'held') AND next_at <= %(now)s
      AND EXISTS (SELECT FROM due d WHERE d.is_bundled AND (d.channel, d.recipient) = (m.channel, m.recipient))
    ORDER BY id LIMIT %(most_bundled)s FOR UPDATE SKIP LOCKED
)
UPDATE onebook_message m SET attempts = m.attempts + 1, next_at = %(until)s
WHERE m.id IN (SELECT id FROM due UNION SELECT id FROM bundled)
RETURNING m.id, m.kind, m.channel, m.recipient, m.address, m.via, m.title, m.text, m.words, m.data,
          m.template, m.has_formulas, m.form, m.record, m.comment, m.files, m.link, m.by, m.urgent, m.key, m.attempts,
          m.is_bundled
"""
_SHOW: Final = """
INSERT INTO onebook_notification (recipient, kind, form, record, subject, at, by, title, text, link, urgent, message)
SELECT recipient, kind, form, record, comment, %(now)s, by, %(title)s, %(text)s, link, urgent, id
FROM onebook_message WHERE id = %(id)s
ON CONFLICT (message) DO NOTHING
"""
_FURTHER: Final = """
INSERT INTO onebook_message (kind, channel, recipient, title, text, words, data, template, has_formulas, form, record,
                             comment, files, link, by, urgent, key, state, next_at, origin, is_bundled)
SELECT kind, %(channel)s, %(recipient)s::bigint, title, text, words, data, template, has_formulas, form, record,
       comment, files, link, by, urgent, %(key)s, %(state)s, %(next_at)s, id, %(is_bundled)s
FROM onebook_message WHERE id = %(origin)s
ON CONFLICT DO NOTHING
"""
_WORDS: Final = """
UPDATE onebook_message SET channel = %(channel)s, shown_title = %(title)s, shown_text = %(text)s WHERE id = %(id)s
"""
_DONE: Final = """
UPDATE onebook_message
SET state = 'sent', sent_at = %(now)s, next_at = NULL, provider_id = %(provider_id)s, error = NULL
WHERE id = ANY(%(ids)s::bigint[])
"""
_FAIL: Final = """
UPDATE onebook_message SET state = %(state)s, next_at = %(next_at)s, error = %(error)s WHERE id = ANY(%(ids)s::bigint[])
"""
_UNTRIED: Final = """
UPDATE onebook_message
SET state = coalesce(%(state)s::text, state), next_at = %(next_at)s, attempts = greatest(attempts - 1, 0)
WHERE id = ANY(%(ids)s::bigint[])
"""
_LATER: Final = """
UPDATE onebook_message SET next_at = %(until)s, attempts = greatest(attempts - (id = ANY(%(ids)s::bigint[]))::int, 0)
WHERE id = ANY(%(ids)s::bigint[])
   OR (channel = %(channel)s AND state IN ('waiting', 'failed', 'held') AND (next_at IS NULL OR next_at <= %(now)s))
"""
_BUCKET: Final = "SELECT tokens, filled_at, closed_until FROM onebook_channel WHERE name = %(name)s FOR UPDATE"
_FILL: Final = "UPDATE onebook_channel SET tokens = %(tokens)s, filled_at = %(filled_at)s WHERE name = %(name)s"
_WELL: Final = """
UPDATE onebook_channel SET sent_at = %(now)s, error = NULL, error_at = NULL, closed_until = NULL WHERE name = %(name)s
"""
_ILL: Final = """
UPDATE onebook_channel SET error = %(error)s, error_at = %(now)s, closed_until = %(closed_until)s WHERE name = %(name)s
"""
_NEXT: Final = "SELECT min(next_at) FROM onebook_message WHERE state IN ('waiting', 'failed', 'held')"
_FILES: Final = "SELECT name, content FROM onebook_file WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id"
