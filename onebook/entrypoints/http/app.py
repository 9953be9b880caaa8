"""The HTTP door as a whole: guards in front, routers behind, every refusal a problem document."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from onebook.access.sessions import Sessions
from onebook.engines.application import Application
from onebook.entrypoints.http import (
    entering,
    files,
    forms,
    live,
    many,
    pages,
    prints,
    records,
    reports,
    session,
    site,
    talk,
    views,
)
from onebook.entrypoints.http.automation import flows, messages, outside, rules
from onebook.entrypoints.http.boards import dashboards, sharing
from onebook.entrypoints.http.door import Directory
from onebook.entrypoints.http.guard import Guard
from onebook.entrypoints.http.hub import Hub
from onebook.entrypoints.http.jobs import Jobs
from onebook.entrypoints.http.problems import on_gone, on_http_error, on_refusal, on_validation
from onebook.entrypoints.http.settings import HttpSettings
from onebook.storage.database import Database
from onebook.values.refusal import Refusal

#: The order decides: addresses with fixed words come before those whose first word is a form.
ROUTERS = (
    pages.router,
    session.router,
    forms.router,
    flows.router,
    rules.router,
    outside.router,
    prints.router,
    many.router,
    views.router,
    live.router,
    talk.router,
    messages.router,
    reports.router,
    dashboards.router,
    sharing.router,
    files.router,
    entering.router,
    records.router,
    site.router,
)


def create(application: Application, database: Database, settings: HttpSettings | None = None) -> FastAPI:
    """The server's ASGI application. Endpoints run in threads: each waits for PostgreSQL on its own connection."""
    chosen = settings or HttpSettings()
    app = FastAPI(
        title="Onebook", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=_lifespan
    )
    app.state.application = application
    app.state.database = database
    app.state.settings = chosen
    app.state.jobs = Jobs()
    app.state.sessions = Sessions(database, idle=chosen.idle, absolute=chosen.absolute)
    app.state.hub = Hub(application, app.state.sessions, chosen.heartbeat.total_seconds())
    app.router.routes.append(Directory(ROUTERS))
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(ClientDisconnect, on_gone)
    app.add_middleware(Guard, settings=chosen)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Work that is under way when the server stops is given up; it has written nothing."""
    yield
    await app.state.hub.close()
    await run_in_threadpool(app.state.jobs.close)
