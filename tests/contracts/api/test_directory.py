"""The directory finds what asking every route in turn would find."""

from itertools import product

import pytest
from starlette.routing import BaseRoute, Match, Route

from onebook.entrypoints.http.app import ROUTERS
from onebook.entrypoints.http.door import Directory

ROUTES: list[BaseRoute] = [route for router in ROUTERS for route in router.routes]
METHODS = ("GET", "POST", "DELETE")
#: Words that routes name, and words that only parameters take.
NAMED = {word for route in ROUTES if isinstance(route, Route) for word in route.path.split("/") if "{" not in word}
WORDS = [*sorted(NAMED), "order", "7"]
SOME = ("order", "7", "views", "print", "import", "")


def first(scope: dict[str, object]) -> tuple[Match, object]:
    partial = None
    for route in ROUTES:
        match, found = route.matches(scope)
        if match is Match.FULL:
            return match, found
        if match is Match.PARTIAL and partial is None:
            partial = found
    return (Match.NONE, {}) if partial is None else (Match.PARTIAL, partial)


def asked(path: str, method: str) -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "root_path": ""}


@pytest.mark.parametrize("method", METHODS)
def test_any_address_finds_the_same_route(method: str) -> None:
    directory = Directory(ROUTERS)
    paths = ["/", "//", "/api", "/api/", "/api//", "/nowhere", "/assets/index.js", "/api/a\nb"]
    paths += [f"/api/{word}" for word in WORDS] + [f"/api/{word}/" for word in WORDS]
    paths += [f"/api/{one}/{two}" for one, two in (*product(WORDS, SOME), *product(SOME, WORDS))]
    paths += [f"/api/order/7/{one}" for one in WORDS] + [f"/api/order/7/{one}/preview" for one in WORDS]
    different = [path for path in paths if directory.matches(asked(path, method)) != first(asked(path, method))]
    assert not different


def test_every_route_is_found_at_its_own_address() -> None:
    """Unless another one stands before it there."""
    directory = Directory(ROUTERS)
    for route in ROUTES:
        assert isinstance(route, Route)
        path = route.path.replace("{path:page}", "somewhere").replace("{", "").replace("}", "")
        for method in route.methods or ():
            match, found = directory.matches(asked(path, method))
            assert match is Match.FULL, (method, path)
            assert found == first(asked(path, method))[1]


def test_only_requests_are_looked_up() -> None:
    assert Directory(ROUTERS).matches({"type": "websocket", "path": "/api/menus"}) == (Match.NONE, {})
