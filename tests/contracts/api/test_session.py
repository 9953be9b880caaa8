"""Logging in and out, CSRF, expiry, choice of company: as a browser sees it."""

import pytest
from fastapi import FastAPI

from onebook.access.logins import join_company
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from tests.contracts.api.conftest import PASSWORD, Person, Place, logged_in


def test_log_in_answers_who_and_where(place: Place, boss: Person) -> None:
    me = boss.get("/api/session").json()
    assert me["login"] == boss.login
    assert me["csrf"] == boss.csrf
    assert me["company"] == {"id": place.company.id, "name": place.company.name, "zone": "Asia/Shanghai"}
    assert me["user"]["roles"] == ["boss"]
    assert me["user"]["administers"] is True
    assert "password" not in str(me)


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(boss: Person, nobody: Person) -> None:
    answer = nobody.client.post("/api/session", json={"login": boss.login, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


def test_wrong_passwords_and_unknown_logins_are_answered_alike(boss: Person, nobody: Person) -> None:
    answers = [
        nobody.client.post("/api/session", json={"login": login, "password": "a wrong password"})
        for login in (boss.login, "nobody-of-this-name")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "access.wrong_password"


def test_guessing_is_stopped(place: Place, nobody: Person) -> None:
    guessed = place.person("watcher")
    statuses = [
        nobody.client.post("/api/session", json={"login": guessed.login, "password": f"guess number {n}"}).status_code
        for n in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    answer = nobody.client.post("/api/session", json={"login": guessed.login, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert guessed.get("/api/session").status_code == 200


PAGES = [
    "/api/menus", "/api/forms", "/api/order", "/api/order/1", "/api/search?q=a", "/api/reports",
    "/api/reports/orders", "/api/order/export", "/api/home", "/api/check",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_there_is_nothing(nobody: Person, path: str) -> None:
    answer = nobody.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "access.not_signed_in")


def test_nobody_is_told_that_they_are_nobody(nobody: Person) -> None:
    for cookie in (None, "worth nothing"):
        if cookie:
            nobody.client.cookies.set("onebook_session", cookie)
        answer = nobody.get("/api/session")
        assert (answer.status_code, answer.content) == (204, b"")


def test_log_out_ends_the_session(place: Place) -> None:
    person = place.person("watcher")
    token = person.client.cookies["onebook_session"]
    assert person.send("DELETE", "/api/session").status_code == 204
    person.client.cookies.set("onebook_session", token)
    assert person.get("/api/session").status_code == 204


def test_a_new_login_ends_the_session_before(place: Place) -> None:
    person = place.person("watcher")
    before = person.client.cookies["onebook_session"]
    person.client.post("/api/session", json={"login": person.login, "password": PASSWORD})
    after = person.client.cookies["onebook_session"]
    assert before != after
    person.client.cookies.clear()
    person.client.cookies.set("onebook_session", before)
    assert person.get("/api/session").status_code == 204


@pytest.mark.parametrize("ending", [
    "UPDATE onebook.session SET expires_at = now() WHERE login = (SELECT id FROM onebook.login WHERE name = %s)",
    "UPDATE onebook.session SET seen_at = now() - interval '31 minutes' "
    "WHERE login = (SELECT id FROM onebook.login WHERE name = %s)",
])  # fmt: skip
def test_sessions_end_by_age_and_idleness(place: Place, database: Database, ending: str) -> None:
    person = place.person("watcher")
    with database.administration() as connection:
        connection.execute(ending.encode(), (person.login,))
    assert person.get("/api/menus").status_code == 401


UNSAFE = [
    ("POST", "/api/customer"), ("POST", "/api/customer/preview"), ("PATCH", "/api/customer/1"),
    ("DELETE", "/api/customer/1"), ("POST", "/api/customer/1/restore"), ("POST", "/api/order/1/approve"),
    ("POST", "/api/order/1/approve/preview"), ("POST", "/api/order/1/reverse"), ("POST", "/api/customer/import"),
    ("PUT", "/api/session/password"), ("PUT", "/api/session/company"), ("DELETE", "/api/session"),
    ("DELETE", "/api/session/others"), ("POST", "/api/figures"), ("DELETE", "/api/imports/x"),
    ("POST", "/api/figures/meter"), ("POST", "/api/reports/orders/rows"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_every_unsafe_request_needs_the_token(boss: Person, clerk: Person, method: str, path: str) -> None:
    for token in (None, "", "x", clerk.csrf):
        headers = {} if token is None else {"X-CSRF-Token": token}
        answer = boss.client.request(method, path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.wrong_token")


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://testserver.evil.example"},
    {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://[broken"},
])  # fmt: skip
@pytest.mark.parametrize("path", ["/api/customer", "/api/session"])
def test_requests_of_other_sites_are_refused(boss: Person, headers: dict[str, str], path: str) -> None:
    answer = boss.client.post(path, json={}, headers={"X-CSRF-Token": boss.csrf, **headers})
    assert (answer.status_code, answer.json()["code"]) == (403, "access.foreign_origin")


def test_the_own_origin_is_welcome(place: Place) -> None:
    person = place.person("watcher")
    assert person.send("DELETE", "/api/session/others", Origin="http://testserver").status_code == 200


def test_forms_of_other_sites_carry_no_json(nobody: Person) -> None:
    content = f'{{"login": "x", "password": "{PASSWORD}"}}'
    answer = nobody.client.post("/api/session", content=content, headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (400, "http.not_json")


def test_a_new_password(app: FastAPI, place: Place) -> None:
    person = place.person("watcher")
    elsewhere = logged_in(app, person.login)
    weak = person.send("PUT", "/api/session/password", {"old": PASSWORD, "new": "12345678"})
    assert (weak.status_code, weak.json()["code"]) == (422, "access.password_too_weak")
    assert person.send("PUT", "/api/session/password", {"old": PASSWORD, "new": "quite another one"}).status_code == 204
    assert elsewhere.get("/api/session").status_code == 204
    assert person.get("/api/session").status_code == 200
    logged_in(app, person.login, password="quite another one")


def test_work_in_the_company_that_was_chosen(place: Place, other_place: Place, database: Database) -> None:
    person = place.person("boss")
    refused = person.send("PUT", "/api/session/company", {"company": other_place.company.id})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.not_a_member")
    with database.transaction(PLATFORM) as transaction:
        join_company(transaction, person.login, other_place.company.id)
        transaction.commit()
    other_place.execute("user", name="Guest", login=person.login, roles=["watcher"])
    chosen = person.send("PUT", "/api/session/company", {"company": other_place.company.id}).json()
    assert chosen["company"]["id"] == other_place.company.id
    assert chosen["user"]["roles"] == ["watcher"]
    assert chosen["user"]["administers"] is False
    assert person.get("/api/customer").status_code == 403


@pytest.mark.parametrize("header", ["X-Company", "X-User", "X-Tenant", "X-Forwarded-User", "Authorization"])
def test_identity_comes_from_the_session_alone(other_place: Place, clerk: Person, header: str) -> None:
    plain = clerk.get("/api/session").json()
    told = clerk.client.get("/api/session", headers={header: str(other_place.company.id)}).json()
    asked = clerk.get("/api/session", company=other_place.company.id, user=1, as_user="boss", actor=0).json()
    assert plain == told == asked
