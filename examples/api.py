"""A caller of the product's HTTP API, as anybody outside would write one."""

import json
from collections.abc import Callable, Mapping
from typing import Any


class Refused(Exception):
    """The product said no."""

    def __init__(self, response: Any) -> None:
        """With its own words."""
        super().__init__(f"{response.status_code} {response.text[:2000]}")
        self.response = response


class Api:
    """A logged-in session in one company."""

    def __init__(self, request: Callable[..., Any], login: str, password: str, company: str | None = None) -> None:
        """Log in, and choose a company by its name if there are several.

        `request` sends a request and keeps cookies: that of a client of httpx, or of a test client.
        """
        self._request = request
        self._headers: dict[str, str] = {}
        me = self._send("POST", "/api/session", json={"login": login, "password": password})
        self._headers = {"X-CSRF-Token": me["csrf"]}
        if company is not None:
            [number] = [one["id"] for one in me["companies"] if one["name"] == company]
            self._send("PUT", "/api/session/company", json={"company": number})

    def create(self, form: str, values: Mapping[str, Any], then: str | None = None) -> dict[str, Any]:
        """A new record, with a transition in the same transaction if asked."""
        return dict(self._send("POST", f"/api/{form}", json={"values": values, "then": then}))

    def update(self, form: str, record: int, version: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """Other values for a record."""
        return dict(self._send("PATCH", f"/api/{form}/{record}", json={"expected_version": version, "values": values}))

    def run(self, form: str, record: int, transition: str) -> dict[str, Any]:
        """A step of a record."""
        return dict(self._send("POST", f"/api/{form}/{record}/{transition}", json={}))

    def read(self, form: str, record: int) -> dict[str, Any]:
        """A record with its rows."""
        return dict(self._send("GET", f"/api/{form}/{record}"))

    def records(self, form: str, columns: str) -> list[dict[str, Any]]:
        """All records of a form, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            question = {"columns": columns, "limit": 1000, **({"cursor": cursor} if cursor else {})}
            page = self._send("GET", f"/api/{form}", params=question)
            rows += page["rows"]
            cursor = page["next"]
            if cursor is None:
                return rows

    def report(self, name: str, **parameters: Any) -> dict[str, Any]:
        """A report whole."""
        return dict(self._send("GET", f"/api/reports/{name}", params={**parameters, "limit": 1000}))

    def metric(self, name: str, **parameters: Any) -> dict[str, Any]:
        """A metric, for the days from `from` to `to`."""
        return dict(self._send("GET", f"/api/metrics/{name}", params=parameters))

    def tile(self, dashboard: str, tile: str, **parameters: Any) -> dict[str, Any]:
        """What a tile of a dashboard shows."""
        return dict(self._send("GET", f"/api/dashboards/{dashboard}/tiles/{tile}", params=parameters))

    def upload(self, form: str, name: str, content: bytes, options: Mapping[str, Any]) -> dict[str, Any]:
        """Import a file and wait for its end."""
        options_part = {"options": json.dumps(options)}
        files = {"file": (name, content)}
        return dict(self._send("POST", f"/api/{form}/import", params={"wait": "true"}, files=files, data=options_part))

    def check(self) -> list[Any]:
        """Recompute the whole book: every difference, none if it is clean."""
        return list(self._send("GET", "/api/check"))

    def _send(self, method: str, url: str, **how: Any) -> Any:
        response = self._request(method, url, headers=self._headers, **how)
        if response.status_code >= 400:
            raise Refused(response)
        return response.json()
