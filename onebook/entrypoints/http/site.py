"""The pages as they were built from `web/`: their files, and one document for every address that is not the API's."""

import gzip
import mimetypes
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.convertors import PathConvertor, register_url_convertor

from onebook.entrypoints.http.guard import SECURITY_HEADERS
from onebook.entrypoints.http.refusals import NotFound

router = APIRouter()

FOLDER: Final = Path(__file__).parent / "site"
#: What a document says instead of it, once for each answer.
_NONCE: Final = "%NONCE%"
#: Styles that scripts make carry the nonce; pictures and sounds of the pages' own making are blobs.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; "
    "frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: Names of built files carry a hash of what is in them.
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_AN_HOUR: Final = "public, max-age=3600"
_SMALL: Final = 1024
_PACKED: Final = frozenset({".js", ".css", ".svg", ".wasm", ".webmanifest", ".json", ".html"})


class _PageAddress(PathConvertor):
    """Every address but those of the API, which answer for themselves what they have not and may not."""

    regex = r"(?!api(?:/|$)).*"


register_url_convertor("page", _PageAddress())
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")


def is_built(folder: Path = FOLDER) -> bool:
    """Whether the pages are there."""
    return (folder / "index.html").is_file()


@router.get("/{path:page}")
async def page(request: Request, path: str) -> Response:
    """A file of the pages, or the document that draws the page of this address."""
    named = _files().get(path)
    if named is not None:
        return _file(request, named, _FOR_EVER if path.startswith("assets/") else _FOR_AN_HOUR)
    # No page's address ends like a file's: what asks for a file that is not there shall not take a page for it.
    if "." in path.rpartition("/")[2] or not is_built():
        raise NotFound
    return document()


def document() -> Response:
    """The one document of all pages. It is asked for each time: it names the files of the newest build."""
    nonce = secrets.token_urlsafe(16)
    text = (FOLDER / "index.html").read_text(encoding="utf-8").replace(_NONCE, nonce)
    headers = {**SECURITY_HEADERS, "Content-Security-Policy": _POLICY.format(nonce=nonce), "Cache-Control": "no-cache"}
    return Response(text, media_type="text/html", headers=headers)


@cache
def _files() -> dict[str, Path]:
    """What may be fetched, by its address: nothing outside of the folder can be named."""
    return {
        file.relative_to(FOLDER).as_posix(): file
        for file in sorted(FOLDER.rglob("*"))
        if file.is_file() and file.name != "index.html"
    }


def _file(request: Request, file: Path, cached: str) -> Response:
    content, packed = _content(file)
    headers = {"Cache-Control": cached, "Vary": "Accept-Encoding"}
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(content, media_type=kind, headers=headers)


@cache
def _content(file: Path) -> tuple[bytes, bytes | None]:
    """The file, and packed where that saves something: read and packed once."""
    content = file.read_bytes()
    is_packed = file.suffix in _PACKED and len(content) > _SMALL
    return content, gzip.compress(content, 9) if is_packed else None
