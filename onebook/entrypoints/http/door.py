"""The door: which endpoint answers an address, and the application behind it.

What only looks at the request is `async`: it runs where the request is, instead of travelling to a thread and back.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.convertors import StringConvertor
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from onebook.engines.application import Application

#: Of the words of an address, the one after `/api/`.
_NAMED: Final = 2

#: How many words the addresses of a route have, and which one is named; None where anything may stand.
_Place = tuple[int | None, str | None]


class Directory(BaseRoute):
    """The routes of all routers as one. Of those that fit an address, the first answers.

    Routes that cannot fit are not asked: those of another length, and those with another word behind `/api/`."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        """Sort the routes once, each kept in its order."""
        routes = [(_place(route), route) for router in routers for route in router.routes]
        self._lengths = {length for (length, _), _ in routes}
        self._words = {word for (_, word), _ in routes}
        self._fitting: dict[_Place, Sequence[BaseRoute]] = {
            (length, word): [
                route for place, route in routes if place[0] in (length, None) and place[1] in (word, None)
            ]
            for length in self._lengths
            for word in self._words
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that fits; where none does, the first that fits but for its methods."""
        partial: Scope | None = None
        for route in self._asked(scope["path"]) if scope["type"] == "http" else ():
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, found
            if match is Match.PARTIAL and partial is None:
                partial = found
        return (Match.NONE, {}) if partial is None else (Match.PARTIAL, partial)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the route does that was found."""
        found: BaseRoute = scope["route"]
        await found.handle(scope, receive, send)

    def _asked(self, path: str) -> Sequence[BaseRoute]:
        words = path.split("/")
        length = len(words) if len(words) in self._lengths else None
        word = words[_NAMED] if len(words) > _NAMED and words[_NAMED] in self._words else None
        return self._fitting.get((length, word), ())


def _place(route: BaseRoute) -> _Place:
    assert isinstance(route, Route)
    if not all(type(one) is StringConvertor for one in route.param_convertors.values()):
        return None, None
    words = route.path.split("/")
    is_named = len(words) > _NAMED and not words[_NAMED].startswith("{")
    return len(words), words[_NAMED] if is_named else None


async def application_of(request: Request) -> Application:
    """The application of this server."""
    found: Application = request.app.state.application
    return found


TheApplication = Annotated[Application, Depends(application_of)]
