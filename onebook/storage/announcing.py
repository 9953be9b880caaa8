"""Telling all processes of an installation what has happened: NOTIFY, behind the commands instead of inside of them.

PostgreSQL lets transactions with a NOTIFY commit one after another only, which would take the commits of many clients
apart (`docs/decisions`). So what happened is told after its commit, many at a time, by a thread of its own.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from psycopg_pool import PoolClosed

from onebook.storage.database import Database
from onebook.storage.transaction import Statement
from onebook.values.refusal import Refusal

CHANNEL: Final = "onebook_live"
PLATFORM: Final = "onebook"
#: The server takes less than 8,000 bytes in one piece.
LONGEST: Final = 7_900
#: What is waiting to be told; beyond it the oldest is forgotten, as after a restart.
MOST_WAITING: Final = 10_000
#: Between two tellings, so that a busy server tells much at once.
PAUSE_S: Final = 0.05
RETRY_S: Final = 1.0
#: How long closing may take to tell the rest.
CLOSING_S: Final = 2.0

#: Something that happened in a company, as JSON.
Message = Mapping[str, Any]

_log: Final = logging.getLogger(__name__)


class Announcer:
    """Tells what happened in companies. Nobody waits for it, and it never fails: what is told are hints, not facts."""

    def __init__(self, database: Database, pause_s: float = PAUSE_S) -> None:
        """Over a database; its thread begins with the first message."""
        self._database = database
        self._pause_s = pause_s
        self._waiting: deque[tuple[str, Message]] = deque(maxlen=MOST_WAITING)
        self._something = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def tell(self, schema: str, *messages: Message) -> None:
        """Soon, in the order of the calls. Returns at once."""
        if not messages or self._closing.is_set():
            return
        with self._something:
            self._waiting.extend((schema, message) for message in messages)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
                self._thread.start()
            self._something.notify()

    def close(self) -> None:
        """Tell what is left, and end."""
        self._closing.set()
        with self._something:
            self._something.notify()
        if self._thread is not None:
            self._thread.join(CLOSING_S)

    def _run(self) -> None:
        while True:
            with self._something:
                self._something.wait_for(lambda: self._waiting or self._closing.is_set())
                if not self._waiting:
                    return
                told = list(self._waiting)
                self._waiting.clear()
            if self._closing.wait(0 if self._told(told) else RETRY_S) and not self._waiting:
                return
            self._closing.wait(self._pause_s)

    def _told(self, messages: Sequence[tuple[str, Message]]) -> bool:
        """Whether they were told; if not, they wait for the next time, unless nothing more will come."""
        try:
            with self._database.transaction(PLATFORM) as transaction:
                # Nothing is lost that anybody would miss: no need to wait for the disk.
                light = Statement("SET LOCAL synchronous_commit = off")
                transaction.commit(light, Statement(_TELL, {"channel": CHANNEL, "pieces": list(pieces(messages))}))
        except PoolClosed:
            self._closing.set()
        except Refusal as refusal:
            _log.info("nobody could be told: %s", refusal)
            if not self._closing.is_set():
                with self._something:
                    self._waiting.extendleft(reversed(messages[: MOST_WAITING - len(self._waiting)]))
            return False
        return True


def pieces(messages: Sequence[tuple[str, Message]]) -> Iterator[str]:
    """The messages as texts that the server takes: each a list of one company's messages, in their order."""
    open_: list[str] = []
    place, size = "", 0
    for schema, message in messages:
        text = orjson.dumps(message).decode()
        # ASCII alone would be longer for Chinese names; the server counts bytes.
        length = len(text.encode()) + 1
        if open_ and (schema != place or size + length > LONGEST):
            yield _piece(place, open_)
            open_, size = [], 0
        if not open_:
            place, size = schema, len(_piece(schema, []).encode())
        if size + length <= LONGEST:
            open_.append(text)
            size += length
    if open_:
        yield _piece(place, open_)


def opened(piece: str) -> tuple[str, list[dict[str, Any]]]:
    """The company's schema and its messages. Raises ValueError for what is not ours."""
    found = orjson.loads(piece)
    if not isinstance(found, dict) or not isinstance(found.get("messages"), list):
        raise ValueError("not an announcement")
    return str(found.get("schema")), [one for one in found["messages"] if isinstance(one, dict)]


def _piece(schema: str, texts: Sequence[str]) -> str:
    return f'{{"schema":{orjson.dumps(schema).decode()},"messages":[{",".join(texts)}]}}'


_TELL: Final = "SELECT pg_notify(%(channel)s, piece) FROM unnest(%(pieces)s::text[]) AS piece"
