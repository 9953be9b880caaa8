"""Refusals as problem+json (RFC 9457), in the reader's language; bugs as a number to ask about, and nothing else."""

import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from onebook.entrypoints.http.body import causes
from onebook.entrypoints.http.refusals import BadParameter, MethodNotAllowed, NotFound
from onebook.locale.texts import problem_text, text, text_of, texts
from onebook.values.label import CHINESE, ENGLISH, Label
from onebook.values.refusal import Problem, Refusal, Status

MEDIA_TYPE = "application/problem+json"
LONGEST_ECHO = 500

_log = logging.getLogger("onebook.http")


def language_of(request: Request) -> str:
    """The language to answer in: the user's own, once known; otherwise the browser's; otherwise Chinese."""
    asked = request.query_params.get("language") or getattr(request.state, "language", None)
    if asked:
        return ENGLISH if asked.lower().startswith("en") else CHINESE
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The first of our languages in an Accept-Language header, by weight."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.partition(";q=")
        try:
            share = float(weight) if weight else 1.0
        except ValueError:
            share = 0.0
        weighed.append((-share, place, tag.strip().lower()))
    for share, _, tag in sorted(weighed):
        if share < 0 and tag.startswith(("zh", "en")):
            return ENGLISH if tag.startswith("en") else CHINESE
    return CHINESE


#: More problems than anybody reads; an import's file of wrong rows holds them all.
MOST_PROBLEMS = 1_000


def body_of(refusal: Refusal, language: str) -> dict[str, Any]:
    """The problem document of a refusal."""
    status = int(refusal.status)
    return {
        "type": f"urn:onebook:refusal:{refusal.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": refusal.code,
        "detail": text_of(refusal, language),
        "data": plain(refusal.data, language),
        "problems": [_problem(problem, refusal, language) for problem in refusal.problems[:MOST_PROBLEMS]],
    }


def _problem(problem: Problem, refusal: Refusal, language: str) -> dict[str, Any]:
    is_known = problem.code in texts(language)
    return {
        "code": problem.code,
        "field": problem.field,
        "row": problem.row,
        "text": problem_text(problem, language) if is_known else text_of(refusal, language),
        "data": plain(problem.data, language),
    }


def answer(request: Request, refusal: Refusal) -> Response:
    """The response to a refusal. Who comes too often is told when to come again."""
    headers = {"Cache-Control": "no-store"}
    if refusal.status == Status.TOO_MANY:
        headers["Retry-After"] = str(refusal.data.get("seconds", 60))
    content = orjson.dumps(body_of(refusal, language_of(request)), option=orjson.OPT_NON_STR_KEYS)
    return Response(content, int(refusal.status), headers, MEDIA_TYPE)


def on_refusal(request: Request, error: Exception) -> Response:
    """Expected: the product said no."""
    assert isinstance(error, Refusal)
    return answer(request, error)


def on_validation(request: Request, error: Exception) -> Response:
    """A static part of the request has the wrong shape."""
    assert isinstance(error, RequestValidationError)
    problems = causes(error.errors())
    reason = "; ".join(f"{problem.field}: {problem.data['reason']}" for problem in problems[:3])
    return answer(request, BadParameter(problems, reason=reason))


def on_http_error(request: Request, error: Exception) -> Response:
    """What the router says itself: no such address, no such method, a broken upload."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return answer(request, NotFound())
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response = answer(request, MethodNotAllowed())
        response.status_code = error.status_code
        response.headers.update(error.headers or {})
        return response
    return answer(request, BadParameter(reason=str(error.detail)[:LONGEST_ECHO]))


def on_gone(_: Request, error: Exception) -> Response:
    """The client was cut off in the middle of its request: nothing was done, and nobody is there to be told."""
    assert isinstance(error, ClientDisconnect)
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def on_bug(request: Request, error: Exception) -> Response:
    """Unexpected: logged with an id that the user can tell us; no internals leave."""
    body = bug_told(error, f"{request.method} {_route(request)}", language_of(request))
    return Response(orjson.dumps(body), 500, {"Cache-Control": "no-store"}, MEDIA_TYPE)


def bug_told(error: BaseException, where: str, language: str) -> dict[str, Any]:
    """The problem document of something unexpected: an id that stands in the log beside what happened."""
    number = secrets.token_hex(6)
    _log.error("unexpected error %s in %s", number, where, exc_info=error)
    return {
        "type": "urn:onebook:refusal:http.unexpected",
        "title": HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        "status": 500,
        "code": "http.unexpected",
        "detail": text("http.unexpected", {"id": number}, language),
        "data": {"id": number},
        "problems": [],
    }


def log_bug(error: BaseException) -> None:
    """Unexpected, in work that no request waits for."""
    _log.error("unexpected error in background work", exc_info=error)


def _route(request: Request) -> str:
    """The path as declared: what stands in an address may be somebody's data and stays out of the log."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "?"))


def plain(value: object, language: str) -> Any:
    """A refusal's data as JSON: decimals as strings, labels in the reader's language, long texts cut."""
    match value:
        case None | bool():
            return value
        case int():
            return value if abs(value) < 2**53 else str(value)
        case str():
            return value if len(value) <= LONGEST_ECHO else value[:LONGEST_ECHO] + "…"
        case Decimal():
            return f"{value:f}" if value.is_finite() else str(value)
        case Label():
            return value.in_language(language)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(inner, language) for name, inner in value.items()}
        case Problem():
            return {"code": value.code, "field": value.field, "row": value.row, "data": plain(value.data, language)}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return plain(asdict(value), language)
        case Iterable():
            return [plain(inner, language) for inner in value]
        case _:
            return str(value)
