"""The description of the API is true: typed per form, only what the reader may use, and kept by the server."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.definition.shipped import shipped_apps
from onebook.entrypoints.http import files, reports
from onebook.entrypoints.http.openapi.document import document
from onebook.entrypoints.http.upload import ImportOptions
from tests.contracts.api.conftest import Person

ENDINGS = ["/api/session/password", "/api/session/company"]
#: A night may look further than a run at the desk.
ASKED = os.environ.get("ONEBOOK_TEST_REQUESTS")
SETTINGS = settings(
    max_examples=int(ASKED or 6),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=ASKED is None,
)
#: Numbers of records that are there, or soon will be.
NEAR = st.integers(1, 3)


def _references(part: Any) -> Iterator[str]:
    match part:
        case {"$ref": str() as name}:
            yield name.rpartition("/")[2]
        case dict():
            for inner in part.values():
                yield from _references(inner)
        case list():
            for inner in part:
                yield from _references(inner)


def test_every_form_has_typed_schemas_and_its_steps_are_paths(boss: Person) -> None:
    described = boss.get("/api/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    order = described["components"]["schemas"]["Order"]["properties"]
    assert order["total"]["type"] == ["string", "null"]
    assert order["state"]["enum"] == ["draft", "approved", "cancelled"]
    values = described["components"]["schemas"]["OrderValues"]
    assert "total" not in values["properties"]
    assert set(values["required"]) == {"customer"}
    for path in (
        "/api/order/{id}/approve",
        "/api/order/{id}/approve/preview",
        "/api/order/{id}/reverse",
        "/api/reports/orders",
    ):
        assert path in described["paths"]


def test_every_reference_leads_somewhere_and_every_name_is_its_own(boss: Person) -> None:
    shipped = Catalog.of(shipped_apps())
    documents = [boss.get("/api/openapi.json").json(), document(shipped, SYSTEM), document()]
    for described in documents:
        assert set(_references(described)) <= set(described["components"]["schemas"])
        names = [one["operationId"] for item in described["paths"].values() for one in item.values()]
        assert len(names) == len(set(names))


def test_files_and_figures_are_described_as_the_server_has_them(boss: Person) -> None:
    """Every address of imports, exports and reports, with the method that it answers."""
    described = boss.get("/api/openapi.json").json()
    for router in (files.router, reports.router):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            path = route.path.replace("{form}", "order").replace("{report}", "orders").replace("{name}", "greet")
            for method in route.methods or ():
                assert method.lower() in described["paths"].get(path, {}), f"{method} {path}"
    upload = described["paths"]["/api/order/import"]["post"]["requestBody"]["content"]
    assert upload["multipart/form-data"]["schema"] == {"$ref": "#/components/schemas/Upload"}
    options = described["components"]["schemas"]["ImportOptions"]["properties"]
    assert set(options) == set(ImportOptions.model_fields)
    assert described["components"]["schemas"]["Figure"]["required"] == ["account"]


def test_an_import_answers_what_is_described(boss: Person) -> None:
    schemas = boss.get("/api/openapi.json").json()["components"]["schemas"]
    content = "名称\n任务戊\n".encode()
    previewed = boss.upload("/api/customer/import/preview", content).json()
    assert set(schemas["ImportResult"]["required"]) == set(previewed)
    job = boss.upload("/api/customer/import", content).json()
    assert set(schemas["ImportJob"]["required"]) == set(job)
    assert job["state"] in schemas["ImportJob"]["properties"]["state"]["enum"]


def test_what_may_not_be_seen_is_not_described(clerk: Person, nobody: Person) -> None:
    described = clerk.get("/api/openapi.json").text
    for hidden in ("credit_limit", "secret_nickname", "supplier_note", '"cost"', "limit_left", "/api/order/{id}/cancel",
                   "/api/department", "/api/reports/receivables"):  # fmt: skip
        assert hidden not in described
    assert "order" not in nobody.get("/api/openapi.json").text


def test_every_shipped_role_gets_a_description() -> None:
    shipped = Catalog.of(shipped_apps())
    for role in shipped.roles:
        assert document(shipped, Actor(7, role, frozenset({role})))["paths"]


@pytest.mark.timeout(0)
@pytest.mark.parametrize("role", ["boss", "clerk"])
def test_generated_requests_never_break_the_server(
    role: str, app: FastAPI, boss: Person, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(role)
    goods = boss.make("product", code=f"any {role}", name="Any", price="1")["id"]
    buyer = person.make("customer", name=f"Any {role}")["id"]
    person.make("order", customer=buyer, lines=[{"product": goods, "quantity": "1"}])
    headers = {"X-CSRF-Token": person.csrf, "Cookie": f"onebook_session={person.client.cookies['onebook_session']}"}
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=headers)
    # Whoever logs out, or changes the password, has no more to say.
    open_to_all = schema.exclude(path="/api/session", method="DELETE").exclude(path=ENDINGS)
    operations = [found.ok() for found in open_to_all.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 40

    @SETTINGS
    @given(data=st.data())
    def attack(data: st.DataObject) -> None:
        for operation in operations:
            case = data.draw(operation.as_strategy())
            # Almost any number is nobody's. Those of people are left to chance: who loses the role is done here.
            if "id" in case.path_parameters and "/user/" not in operation.path and data.draw(st.booleans()):
                case.path_parameters["id"] = data.draw(NEAR)
            response = case.call(headers=headers)
            case.validate_response(response, checks=[not_a_server_error])

    attack()
