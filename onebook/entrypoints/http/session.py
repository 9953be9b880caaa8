"""Logging in and out, who I am, and which company I work in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from onebook.access.refusals import NoCompany, NotAMember, NotSignedIn
from onebook.access.sessions import Session
from onebook.engines.application import Application
from onebook.engines.view.menus import may_do_everything
from onebook.entrypoints.http.answers import answered, nothing
from onebook.entrypoints.http.body import reading
from onebook.entrypoints.http.door import TheApplication
from onebook.entrypoints.http.identity import (
    COOKIE,
    CurrentSession,
    CurrentVisitor,
    address_of,
    check_origin,
    sessions_of,
)
from onebook.entrypoints.http.settings import HttpSettings
from onebook.entrypoints.http.shapes import PreferencesBody

router = APIRouter(prefix="/api/session")

LONGEST_SECRET = 1000


class Credentials(BaseModel):
    """What logging in takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    login: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=LONGEST_SECRET)


class PasswordChange(BaseModel):
    """What another password takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    old: str = Field(min_length=1, max_length=LONGEST_SECRET)
    new: str = Field(min_length=1, max_length=LONGEST_SECRET)


class CompanyChoice(BaseModel):
    """The company to work in from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    company: int = Field(ge=1, lt=2**63)


@router.post("", dependencies=[Depends(check_origin)])
def log_in(request: Request, credentials: Annotated[Credentials, Depends(reading(Credentials))]) -> Response:
    """Log in: the cookie carries the session, the answer its CSRF token. A session that was there before ends."""
    sessions = sessions_of(request)
    token, session = sessions.open(credentials.login, credentials.password, address_of(request))
    sessions.forget(request.cookies.get(COOKIE))
    response = answered(_me(request, token, session))
    _set_cookie(request, response, token)
    return response


@router.get("")
def me(request: Request) -> Response:
    """Who I am, in which company, with which CSRF token; nothing for nobody: pages ask this before they can know."""
    token = request.cookies.get(COOKIE, "")
    try:
        session = sessions_of(request).find(token)
    except NotSignedIn:
        return nothing()
    return answered(_me(request, token, session))


@router.delete("")
def log_out(request: Request, session: CurrentSession) -> Response:
    """Log out: the session is worth nothing from now on."""
    sessions_of(request).close(session)
    response = nothing()
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


@router.delete("/others")
def log_out_others(request: Request, session: CurrentSession) -> Response:
    """End my sessions on other devices."""
    return answered({"ended": sessions_of(request).close_others(session)})


@router.put("/company")
def choose_company(
    request: Request, session: CurrentSession, choice: Annotated[CompanyChoice, Depends(reading(CompanyChoice))]
) -> Response:
    """Work in another company from now on."""
    sessions = sessions_of(request)
    sessions.choose(session, choice.company)
    token = request.cookies[COOKIE]
    return answered(_me(request, token, sessions.find(token)))


@router.put("/password")
def change_password(
    request: Request, session: CurrentSession, change: Annotated[PasswordChange, Depends(reading(PasswordChange))]
) -> Response:
    """Another password; my other sessions end."""
    sessions_of(request).change_password(session, change.old, change.new, address_of(request))
    return nothing()


@router.get("/preferences")
def read_preferences(visitor: CurrentVisitor, application: TheApplication) -> Response:
    """What I prefer: language, theme, size of type, navigation."""
    return answered(application.preferences(visitor.schema, visitor.actor))


@router.patch("/preferences")
def change_preferences(
    request: Request, visitor: CurrentVisitor, application: TheApplication, body: PreferencesBody
) -> Response:
    """Prefer something else; another language becomes that of my user record."""
    application.prefer(visitor.schema, visitor.actor, body.model_dump(exclude_unset=True))
    _, actor = sessions_of(request).enter(request.cookies[COOKIE])
    return answered(application.preferences(visitor.schema, actor))


def _me(request: Request, token: str, session: Session) -> dict[str, Any]:
    sessions = sessions_of(request)
    companies = [{"id": one.id, "name": one.name} for one in sessions.companies(session)]
    answer: dict[str, Any] = {
        "login": session.name,
        "csrf": session.csrf,
        "expires_at": session.expires_at,
        "company": {"id": session.company.id, "name": session.company.name} if session.company else None,
        "companies": companies,
        "user": None,
    }
    try:
        entered, actor = sessions.enter(token)
    except (NoCompany, NotAMember):
        return answer
    request.state.language = actor.language
    user: dict[str, Any] = {"id": actor.id, "name": actor.name, "language": actor.language}
    user["roles"] = sorted(actor.roles)
    application: Application = request.app.state.application
    if entered.company is None:
        return {**answer, "user": {**user, "preferences": {}}}
    schema = entered.company.schema
    ground = application.ground(schema)
    # A page that computes along must know what day it is where the company is.
    company = {**answer["company"], "zone": str(ground.zone)}
    # Only shows the way: what administrators alone may do is refused to others where it is done.
    user["administers"] = may_do_everything(ground.catalog, actor)
    return {**answer, "company": company, "user": {**user, "preferences": application.preferences(schema, actor)}}


def _set_cookie(request: Request, response: Response, token: str) -> None:
    settings: HttpSettings = request.app.state.settings
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(settings.absolute.total_seconds()),
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
