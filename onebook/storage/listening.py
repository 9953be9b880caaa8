"""Hearing what all processes of an installation tell: one connection that waits, in the event loop, and comes back."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql

from onebook.storage.announcing import CHANNEL, Message, opened
from onebook.storage.database import CONNECTION_OPTIONS

#: Between two attempts to come back.
RETRY_S: Final = 0.5
MOST_RETRY_S: Final = 5.0

_log: Final = logging.getLogger(__name__)


async def listen(url: str, heard: Callable[[str, Sequence[Message]], None], begun: Callable[[bool], None]) -> None:
    """Hear until cancelled.

    Args:
        url: libpq URL of the database.
        heard: called in the event loop with a company's schema and what happened there.
        begun: called whenever it begins to listen; with true where it listened before, and nobody knows what was told
            while the connection was gone.
    """
    pause, is_back = RETRY_S, False
    while True:
        try:
            options: dict[str, Any] = {**CONNECTION_OPTIONS, "application_name": "onebook listener"}
            async with await psycopg.AsyncConnection.connect(url, autocommit=True, **options) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                begun(is_back)
                pause, is_back = RETRY_S, True
                async for notification in connection.notifies():
                    _pass_on(notification.payload, heard)
        except (psycopg.OperationalError, OSError) as error:
            _log.info("the listening connection is gone: %s", error)
        await asyncio.sleep(pause)
        pause = min(2 * pause, MOST_RETRY_S)


def _pass_on(piece: str, heard: Callable[[str, Sequence[Message]], None]) -> None:
    try:
        schema, messages = opened(piece)
    except ValueError:
        _log.warning("somebody else uses the channel %s", CHANNEL)
        return
    heard(schema, messages)
