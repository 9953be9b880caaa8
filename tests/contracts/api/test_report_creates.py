"""Documents from rows of a report, over HTTP: offered, made once, and refused with reasons."""

from typing import Any

import pytest

from tests.contracts.api.conftest import Person, Place

ADDRESS = "/api/reports/orders/creates/greet"


@pytest.fixture(scope="module")
def boss(place: Place) -> Person:
    return place.person("boss")


@pytest.fixture(scope="module")
def clerk(place: Place) -> Person:
    """Has an order of a customer of their own; the boss has one too."""
    clerk = place.person("clerk")
    product = place.execute("product", code="R1", name="Row", price="5")
    for person, name in ((clerk, "Of the clerk"), (place.person("boss"), "Of the boss")):
        customer = person.make("customer", name=name, level="gold")["id"]
        person.make("order", customer=customer, lines=[{"product": product, "quantity": "2"}])
    return clerk


def rows(person: Person) -> list[dict[str, Any]]:
    return list(person.get("/api/reports/orders").json()["rows"])


def test_who_may_make_them_is_told_and_which_rows_qualify(clerk: Person) -> None:
    (told,) = [one for one in clerk.get("/api/reports").json() if one["report"] == "orders"]
    assert told["creates"] == [{"name": "greet", "label": "新建同级客户", "form": "customer"}]
    assert clerk.get("/api/reports/orders").json()["creates"] == {"greet": [True]}


def test_they_are_made_once_of_what_i_may_see(clerk: Person, boss: Person) -> None:
    body = {"rows": [{"customer": row["customer"]["id"]} for row in rows(clerk)]}
    first = clerk.post(ADDRESS, body, **{"Idempotency-Key": "rows 1"})
    assert first.status_code == 201, first.text
    again = clerk.post(ADDRESS, body, **{"Idempotency-Key": "rows 1"})
    assert again.json() == {**first.json(), "repeated": True}
    made = clerk.get(f"/api/customer/{first.json()['id']}").json()
    assert made["values"]["name"] == "Again Of the clerk"
    assert made["values"]["level"] == "gold"
    # A customer of somebody else is a row that is not there.
    other = [row["customer"]["id"] for row in rows(boss) if row["customer"]["title"] == "Of the boss"]
    refused = clerk.post(ADDRESS, {"rows": [{"customer": other[0]}]})
    assert (refused.status_code, refused.json()["code"]) == (409, "report.rows_changed")
    # Of those that have one already the form's own rule says so; nothing is made of the others either.
    count = len(boss.get("/api/customer", limit=500).json()["rows"])
    refused = boss.post(ADDRESS)
    assert (refused.status_code, refused.json()["code"]) == (409, "form.duplicated")
    assert len(boss.get("/api/customer", limit=500).json()["rows"]) == count


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/reports/orders/creates/nothing", {}, 404, "report.unknown_creation"),
        ("/api/reports/nothing/creates/greet", {}, 404, "report.unknown_creation"),
        ("/api/reports/orders/creates/N0!", {}, 404, "http.not_found"),
        (ADDRESS, {"rows": []}, 422, "http.bad_parameter"),
        (ADDRESS, {"rows": [7]}, 422, "http.bad_parameter"),
        (ADDRESS, {"figures": {"amount": "1"}}, 422, "http.bad_parameter"),
        (ADDRESS, {"rows": [{"customer": "x"}]}, 400, "report.wrong_condition"),
        (ADDRESS, {"rows": [{"customer": None, "amount": "1"}]}, 422, "report.unknown_column"),
        (ADDRESS, {"parameters": {"from": "tomorrow"}}, 400, "report.wrong_parameter"),
        (ADDRESS, {"parameters": {"from": "2999-01-01"}}, 409, "report.nothing_to_create"),
    ],
)
def test_what_cannot_be_asked_is_refused(boss: Person, path: str, body: Any, status: int, code: str) -> None:
    refused = boss.post(path, body)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text


def test_it_is_guarded_like_every_change(clerk: Person, place: Place) -> None:
    assert clerk.client.post(ADDRESS, json={}).json()["code"] == "access.wrong_token"
    assert place.person("packer").post(ADDRESS).json()["code"] == "report.not_readable"
