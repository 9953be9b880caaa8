"""Clients that are cut off in the middle of a request: nothing is done, and nobody takes it for a fault."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from onebook.engines.application import Application
from onebook.entrypoints.http import app as http
from onebook.storage.database import Database
from onebook.storage.schema import Company


def test_half_a_request_is_no_fault_of_the_server(
    published: tuple[Database, Company], caplog: pytest.LogCaptureFixture
) -> None:
    database, _ = published
    app = http.create(Application(database), database)
    came = iter([{"type": "http.request", "body": b'{"login":', "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(came)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/session", "raw_path": b"/api/session", "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")], "http_version": "1.1",
        "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": "", "app": app,
    }  # fmt: skip
    # In a thread of its own: where browsers are tested, a loop may be running in this one.
    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [400]
    assert caplog.records == []
