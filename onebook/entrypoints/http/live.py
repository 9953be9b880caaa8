"""Live updates: a stream of events for as long as a window is open, without a thread of its own."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.hub import Hub, Stream, event
from onebook.entrypoints.http.identity import CurrentVisitor
from onebook.entrypoints.http.settings import HttpSettings

router = APIRouter(prefix="/api")

#: Who was cut off comes back after so many milliseconds.
RETRY: Final = b"retry: 2000\n\n"
ALIVE: Final = b": still here\n\n"


class EventStream(StreamingResponse):
    """The answer that goes on; however it ends, its listener leaves."""

    def __init__(self, hub: Hub, stream: Stream, unread: int, heartbeat_s: float) -> None:
        """For one listener."""
        self._hub = hub
        self._stream = stream
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_events(stream, unread, heartbeat_s), media_type="text/event-stream", headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until one of both ends goes away."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._hub.leave(self._stream)


@router.get("/live")
async def live(request: Request, visitor: CurrentVisitor, application: TheApplication) -> StreamingResponse:
    """Changes of records that I may read, and how many notifications I have not read, as they happen."""
    hub: Hub = request.app.state.hub
    settings: HttpSettings = request.app.state.settings
    stream = await hub.enter(visitor)
    try:
        unread = await run_in_threadpool(application.talk(visitor.schema, visitor.actor).unread)
    except BaseException:
        hub.leave(stream)
        raise
    return EventStream(hub, stream, unread, settings.heartbeat.total_seconds())


async def _events(stream: Stream, unread: int, heartbeat_s: float) -> AsyncIterator[bytes]:
    yield RETRY + event("notification", {"unread": unread})
    while True:
        try:
            found = await asyncio.wait_for(stream.events.get(), heartbeat_s)
        except TimeoutError:
            yield ALIVE
            continue
        if found is None:
            return
        yield found
