"""A server with two small shops, and people of several roles in each; spoken to through HTTP only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from onebook.access.actor import SYSTEM
from onebook.access.logins import create_login, join_company
from onebook.definition.read import read_app
from onebook.engines.application import Application
from onebook.engines.process.command import Command, Create
from onebook.entrypoints.http.app import create
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, Company, create_company

PASSWORD = "a good password"
SHOP = Path(__file__).parent / "shop"
_numbers = count(1)


@dataclass
class Person:
    """Somebody at a browser of their own."""

    client: TestClient
    login: str
    csrf: str = ""
    user: int = 0

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, params=query or None)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"X-CSRF-Token": self.csrf, **headers}
        return self.client.request(method, path, json={} if body is None else body, headers=sent)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def make(self, form: str, **values: Any) -> dict[str, Any]:
        answer = self.post(f"/api/{form}", {"values": values})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def upload(self, path: str, content: bytes, options: str = "") -> Any:
        files = {"file": ("file.csv", content)}
        return self.client.post(path, files=files, data={"options": options}, headers={"X-CSRF-Token": self.csrf})


@dataclass
class Place:
    """One company and its people."""

    app: FastAPI
    database: Database
    application: Application
    company: Company
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, role: str, **values: Any) -> Person:
        """Somebody new with a role, logged in."""
        login = f"{role}{next(_numbers)}"
        with self.database.transaction(PLATFORM) as transaction:
            create_login(transaction, login, PASSWORD)
            join_company(transaction, login, self.company.id)
            transaction.commit()
        user = self.execute("user", name=login.title(), login=login, roles=[role], **values)
        return logged_in(self.app, login, user)

    def execute(self, form: str, **values: Any) -> int:
        """A record made by the system."""
        return self.application.execute(self.company.schema, Command(Create(form, values), SYSTEM)).record.id


def logged_in(app: FastAPI, login: str, user: int = 0, password: str = PASSWORD) -> Person:
    client = TestClient(app, raise_server_exceptions=False)
    answer = client.post("/api/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return Person(client, login, answer.json()["csrf"], user)


def opened(app: FastAPI, database: Database, application: Application) -> Place:
    """A company with the shop's declarations."""
    with database.administration() as connection:
        company = create_company(connection, f"Shop {next(_numbers)}")
    application.publish(company.schema, [read_app(SHOP)], SYSTEM)
    place = Place(app, database, application, company)
    place.execute("company", name=company.name)
    return place


@pytest.fixture(scope="module")
def application(database: Database) -> Application:
    return Application(database)


@pytest.fixture(scope="module")
def app(database: Database, application: Application) -> Iterator[FastAPI]:
    app = create(application, database)
    yield app
    app.state.jobs.close()


@pytest.fixture(scope="module")
def place(app: FastAPI, database: Database, application: Application) -> Place:
    return opened(app, database, application)


@pytest.fixture(scope="module")
def other_place(app: FastAPI, database: Database, application: Application) -> Place:
    return opened(app, database, application)


@pytest.fixture(scope="module")
def boss(place: Place) -> Person:
    return place.person("boss", language="en")


@pytest.fixture(scope="module")
def clerk(place: Place) -> Person:
    return place.person("clerk", language="en")


@pytest.fixture
def nobody(app: FastAPI) -> Person:
    return Person(TestClient(app, raise_server_exceptions=False), "")
