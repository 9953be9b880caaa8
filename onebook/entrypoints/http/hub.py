"""Everybody who listens for changes at this server: one connection to the database hears, memory passes it on.

All of it lives in the event loop; the database is asked in one thread, for all listeners of a company together.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool

from onebook.access.actor import Actor
from onebook.access.sessions import Session, Sessions
from onebook.definition.scope import USERS
from onebook.engines.application import Application
from onebook.engines.talk.heard import FORM, TO, is_change
from onebook.entrypoints.http.identity import Visitor
from onebook.entrypoints.http.refusals import TooManyStreams
from onebook.storage.announcing import Message
from onebook.storage.listening import listen

MOST_STREAMS: Final = 2_000
MOST_OF_LOGIN: Final = 20
#: What happens within it is passed on together.
GATHER_S: Final = 0.1
#: More than so many changes at once, or so many waiting for a slow reader: they are told to look again instead.
MOST_CHANGES: Final = 500
MOST_WAITING: Final = 200
#: How long a new listener waits for the connection to the database.
PATIENCE_S: Final = 3.0
#: Forms that say who may do what: when they change, everybody's rights are read anew.
_WHO: Final = frozenset({USERS, "department"})

_log: Final = logging.getLogger("onebook.http")


@dataclass(eq=False, slots=True)
class Stream:
    """One listener: a browser's window. `None` in its events ends it."""

    session: Session
    schema: str
    actor: Actor
    events: "asyncio.Queue[bytes | None]" = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))

    def send(self, event: bytes | None) -> None:
        """Pass an event on. Who does not keep up is told to look again, instead of everything in between."""
        if self.events.full():
            while not self.events.empty():
                self.events.get_nowait()
            self.events.put_nowait(MISSED)
        self.events.put_nowait(event)


#: What is to be sent to a stream; `None` ends it.
_Sent = tuple[Stream, Sequence[bytes | None]]


class Hub:
    """The listeners of this server."""

    def __init__(self, application: Application, sessions: Sessions, heartbeat_s: float) -> None:
        """Over an application; nothing runs before the first listener comes."""
        self._application = application
        self._sessions = sessions
        self._heartbeat_s = heartbeat_s
        self._streams: set[Stream] = set()
        self._heard: dict[str, list[Message]] = {}
        self._something = asyncio.Event()
        self._listens = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closed = False

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._streams)

    async def enter(self, visitor: Visitor) -> Stream:
        """A new listener. Refuses with TooManyStreams."""
        own = sum(stream.session.login == visitor.session.login for stream in self._streams)
        if self._is_closed or len(self._streams) >= MOST_STREAMS or own >= MOST_OF_LOGIN:
            raise TooManyStreams(seconds=60)
        if not self._tasks:
            self._begin()
        stream = Stream(visitor.session, visitor.schema, visitor.actor)
        self._streams.add(stream)
        try:
            await asyncio.wait_for(self._listens.wait(), PATIENCE_S)
        except TimeoutError:
            # Told to look again as soon as the database is back.
            _log.info("a listener begins while the database is away")
        except BaseException:
            self.leave(stream)
            raise
        return stream

    def leave(self, stream: Stream) -> None:
        """A listener is gone."""
        self._streams.discard(stream)

    def stop(self) -> None:
        """The server stops: every stream ends now, so that it waits for none."""
        self._is_closed = True
        for stream in self._streams:
            stream.send(None)

    async def close(self) -> None:
        """End everything that runs."""
        self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self) -> None:
        url = self._application.database.url
        works = (listen(url, self._on_heard, self._on_begun), self._pass_on(), self._look_after())
        self._tasks = [asyncio.create_task(work) for work in works]

    def _on_heard(self, schema: str, messages: Sequence[Message]) -> None:
        if any(stream.schema == schema for stream in self._streams):
            self._heard.setdefault(schema, []).extend(messages)
            self._something.set()

    def _on_begun(self, is_back: bool) -> None:
        self._listens.set()
        if is_back:
            for stream in self._streams:
                stream.send(MISSED)

    async def _pass_on(self) -> None:
        """What was heard, to everybody whom it concerns."""
        while True:
            await self._something.wait()
            await asyncio.sleep(GATHER_S)
            self._something.clear()
            heard, self._heard = self._heard, {}
            for schema, messages in heard.items():
                streams = [stream for stream in self._streams if stream.schema == schema]
                await self._sent(streams, partial(self._sorted, schema, messages, streams))

    async def _look_after(self) -> None:
        """Ends streams whose sessions have ended, and reads everybody's rights anew."""
        while True:
            await asyncio.sleep(self._heartbeat_s / 2)
            streams = list(self._streams)
            await self._sent(streams, partial(self._ended, streams, renew=True))

    async def _sent(self, streams: Sequence[Stream], work: Callable[[], Sequence[_Sent]]) -> None:
        """Do the work in a thread and send what it says; if it fails, everybody looks again."""
        if not streams:
            return
        try:
            found = await run_in_threadpool(work)
        except Exception:  # Whatever it was, listening must go on.
            _log.warning("changes could not be passed on", exc_info=True)
            found = [(stream, [MISSED]) for stream in streams]
        for stream, events in found:
            for event in events:
                stream.send(event)

    def _sorted(self, schema: str, messages: Sequence[Message], streams: Sequence[Stream]) -> list[_Sent]:
        """In a thread: who hears what. Sessions are looked at before anything is told."""
        changes = [message for message in messages if is_change(message)]
        ended = list(self._ended(streams, renew=any(change[FORM] in _WHO for change in changes)))
        gone = {stream for stream, _ in ended}
        left = [stream for stream in streams if stream not in gone]
        found: dict[Stream, list[bytes | None]] = {stream: [] for stream in left}
        actors = {stream.actor.id: stream.actor for stream in left}
        if changes and actors:
            told = self._application.heard(schema, list(actors.values()), changes[-MOST_CHANGES:])
            mine = dict(zip(actors, told, strict=True))
            for stream in left:
                found[stream] += [event("change", one) for one in mine[stream.actor.id]]
                if len(changes) > MOST_CHANGES:
                    found[stream].append(MISSED)
        users = {message[TO] for message in messages if TO in message}
        for user in users & actors.keys():
            said = event("notification", {"unread": self._application.talk(schema, actors[user]).unread()})
            for stream in left:
                if stream.actor.id == user:
                    found[stream].append(said)
        return [*ended, *found.items()]

    def _ended(self, streams: Iterable[Stream], *, renew: bool) -> list[_Sent]:
        """In a thread: the streams that must end. `renew`: read the others' rights anew."""
        places: dict[str, list[Stream]] = {}
        ended: list[_Sent] = []
        known = list(streams)
        standing = self._sessions.standing([stream.session.token_hash for stream in known])
        for stream in known:
            place = standing.get(stream.session.token_hash)
            if place != (stream.schema, stream.session.name):
                ended.append((stream, [None]))
            else:
                places.setdefault(stream.schema, []).append(stream)
        for schema, here in places.items() if renew else ():
            actors = self._sessions.actors(schema, list({stream.session.name: None for stream in here}))
            for stream in here:
                actor = actors.get(stream.session.name)
                if actor is None:
                    ended.append((stream, [None]))
                else:
                    stream.actor = actor
        return ended


def event(name: str, data: Mapping[str, Any]) -> bytes:
    """An event as streams send it."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(dict(data)) + b"\n\n"


#: Something may have happened that nobody can name any more: look again at what is shown.
MISSED: Final = event("missed", {})
