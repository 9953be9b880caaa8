"""Who asks: the session of the cookie, the user it stands for, and whether the request is really theirs."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Header, Request

from onebook.access.actor import Actor
from onebook.access.refusals import ForeignOrigin, NoCompany, WrongToken
from onebook.access.sessions import Company, Session, Sessions
from onebook.entrypoints.http.refusals import BadKey
from onebook.entrypoints.http.settings import HttpSettings

COOKIE = "onebook_session"
TOKEN_HEADER = "X-CSRF-Token"
KEY_HEADER = "Idempotency-Key"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Visitor:
    """A user at work in a company, and the language that they read."""

    session: Session
    company: Company
    actor: Actor
    language: str

    @property
    def schema(self) -> str:
        """Where the company's tables lie."""
        return self.company.schema

    @property
    def speaking(self) -> Actor:
        """The user, reading the language of this request."""
        return replace(self.actor, language=self.language)


def sessions_of(request: Request) -> Sessions:
    """The sessions of this server."""
    found: Sessions = request.app.state.sessions
    return found


def address_of(request: Request) -> str:
    """Where the request comes from, as the server saw it."""
    return request.client.host if request.client else "unknown"


def check_origin(request: Request) -> None:
    """Refuse an unsafe request that another site's page sent. Browsers always say; other clients need not."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise ForeignOrigin(origin=request.headers.get("origin", "?"))
    origin = request.headers.get("origin")
    if origin is None:
        return
    settings: HttpSettings = request.app.state.settings
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        host = ""
    if origin not in settings.origins and (not host or host.lower() != request.headers.get("host", "").lower()):
        raise ForeignOrigin(origin=origin)


def check_token(request: Request, session: Session) -> None:
    """Refuse an unsafe request that does not bring the token of its session."""
    if request.method in SAFE_METHODS:
        return
    check_origin(request)
    if not session.has_token(request.headers.get(TOKEN_HEADER, "")):
        raise WrongToken


def current_session(request: Request) -> Session:
    """The session of the cookie, whether or not it has a company. Raises NotSignedIn, WrongToken, ForeignOrigin."""
    session = sessions_of(request).find(request.cookies.get(COOKIE))
    check_token(request, session)
    return session


def current_visitor(request: Request) -> Visitor:
    """Who asks, and in which company: both from the session, never from parameters."""
    session, actor = sessions_of(request).enter(request.cookies.get(COOKIE))
    if session.company is None:
        raise NoCompany
    check_token(request, session)
    language = request.query_params.get("language") or actor.language
    request.state.language = language
    return Visitor(session, session.company, actor, language)


async def idempotency_key(
    key: Annotated[str | None, Header(alias=KEY_HEADER)] = None,
) -> str | None:
    """The key under which asking again gives the same answer."""
    return checked_key(key)


def checked_key(key: str | None) -> str | None:
    """A key, if it is one. Raises BadKey."""
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable() or key.isspace():
        raise BadKey
    return key


CurrentSession = Annotated[Session, Depends(current_session)]
CurrentVisitor = Annotated[Visitor, Depends(current_visitor)]
IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
