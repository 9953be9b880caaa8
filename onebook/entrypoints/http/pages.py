"""Pages without a session: what this is, whether it works, and how it is spoken to."""

import mimetypes
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from onebook.entrypoints.http import site
from onebook.entrypoints.http.answers import answered
from onebook.entrypoints.http.refusals import NotFound
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from onebook.storage.transaction import Statement

router = APIRouter()

_FOLDER: Final = Path(__file__).parent / "static"
#: Read once: these are few, small, and part of the product.
_FILES: Final = {file.name: file.read_bytes() for file in sorted(_FOLDER.iterdir())}


@router.get("/")
def home() -> Response:
    """Where the pages begin; what this is, where they were not built."""
    return site.document() if site.is_built() else _page("home.html")


@router.get("/api/docs")
def docs() -> Response:
    """The operations of the API, listed from its description."""
    return _page("docs.html")


@router.get("/static/{name}")
def static(name: str) -> Response:
    """The files of these pages."""
    if name not in _FILES or name.endswith(".html"):
        raise NotFound
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(_FILES[name], media_type=kind, headers={"Cache-Control": "public, max-age=3600"})


@router.get("/api/health")
def health(request: Request) -> Response:
    """Whether the server and its database answer; refuses as unavailable otherwise."""
    database: Database = request.app.state.database
    with database.transaction(PLATFORM, read_only=True) as transaction:
        transaction.run(Statement("SELECT 1"))
    return answered({"status": "ok"})


def _page(name: str) -> Response:
    return Response(_FILES[name], media_type="text/html", headers={"Cache-Control": "no-cache"})
