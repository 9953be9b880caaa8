"""Two walls around every request, as plain ASGI: how much may come in, and which headers go out."""

import re
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onebook.entrypoints.http.problems import answer, on_bug
from onebook.entrypoints.http.refusals import BadText, NotFound, TooLarge
from onebook.entrypoints.http.settings import HttpSettings
from onebook.values.refusal import Refusal

LONGEST_ADDRESS = 16 * 1024

#: Scripts, styles and pictures from this server only; nothing inline, no frames, no foreign forms.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: What every answer says unless it says otherwise, as it travels; and what those of the API say besides.
_OF_PAGES = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
_OF_DATA = (*_OF_PAGES, (b"cache-control", b"no-store"))
#: The addresses that files are sent to: what is imported, and what is put beside a record.
_UPLOADS = re.compile(r"/api/[^/]+/import(/preview|/wrong_rows)?")
_BESIDE = re.compile(r"/api/[^/]+/[^/]+/files")


class Guard:
    """Refuses what is too large or cannot be stored before anything reads it; all answers get the security headers."""

    def __init__(self, app: ASGIApp, settings: HttpSettings) -> None:
        """Stand in front of an application."""
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        out = _with_headers(scope, send)
        refused = self._refused(scope)
        if refused is not None:
            await answer(Request(scope), refused)(scope, receive, out)
            return
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await out(message)

        try:
            await self.app(scope, _counted(receive, self._limit(scope)), watched)
        except Exception as error:  # The last wall: whatever nobody expected becomes an answer without internals.
            if has_begun:
                raise
            await on_bug(Request(scope), error)(scope, receive, out)

    def _refused(self, scope: Scope) -> Refusal | None:
        address = scope.get("raw_path", b"") + b"?" + scope.get("query_string", b"")
        if len(address) > LONGEST_ADDRESS:
            return TooLarge(limit=LONGEST_ADDRESS)
        if b"%00" in address or "\0" in scope["path"]:
            return BadText(where="address")
        headers = dict(scope["headers"])
        if self.settings.hosts:
            host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0].lower()
            if host not in self.settings.hosts:
                return NotFound()
        length = headers.get(b"content-length", b"0")
        limit = self._limit(scope)
        return TooLarge(limit=limit) if length.isdigit() and int(length[:20]) > limit else None

    def _limit(self, scope: Scope) -> int:
        """Only imports and what is put beside records carry files."""
        if scope["path"].startswith(("/api/open/", "/api/hooks/")):
            return self.settings.outside_limit
        if scope["method"] == "POST" and _BESIDE.fullmatch(scope["path"]):
            return self.settings.attachment_limit
        is_upload = scope["method"] == "POST" and _UPLOADS.fullmatch(scope["path"]) is not None
        return self.settings.upload_limit if is_upload else self.settings.body_limit


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counting() -> MutableMapping[str, Any]:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooLarge(limit=limit)
        return message

    return counting


def _with_headers(scope: Scope, send: Send) -> Send:
    wanted = _OF_DATA if scope["path"].startswith("/api/") else _OF_PAGES

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            further = [(name, value) for name, value in wanted if name not in given]
            message["headers"] = [*message["headers"], *further]
        await send(message)

    return sending
