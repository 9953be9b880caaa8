"""A secret in a hidden field appears in no answer to a role that may not see it, whatever the question."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.contracts.api.conftest import Person, Place

NUMBER, TEXT, NOTE, PHONE, PHONE_TAIL = "7391846.25", "canarynickname", "canarysupplier", "13987654321", "87654"


@dataclass(frozen=True)
class Hidden:
    """Records whose hidden fields hold the canaries; all of them may be read by the clerk otherwise."""

    customer: int
    product: int
    order: int
    foreign: int


@pytest.fixture(scope="module")
def clerk(place: Place) -> Person:
    person = place.person("clerk", language="en")
    person.user = person.get("/api/session").json()["user"]["id"]
    return person


@pytest.fixture(scope="module")
def hidden(place: Place, clerk: Person, boss: Person) -> Hidden:
    product = place.execute("product", code="C-1", name="阀门", price="10", cost=NUMBER, supplier_note=NOTE)
    customer = place.execute(
        "customer", name="保密客户", phone=PHONE, credit_limit=NUMBER, secret_nickname=TEXT, owner=clerk.user
    )
    order = place.execute("order", customer=customer, lines=[{"product": product, "quantity": "1"}])
    foreign = place.execute(
        "customer", name="别人的客户", secret_nickname=TEXT, owner=boss.get("/api/session").json()["user"]["id"]
    )
    boss.send("PATCH", f"/api/customer/{customer}", {"expected_version": 1, "values": {"credit_limit": "7391846.26"}})
    return Hidden(customer, product, order, foreign)


def _canaries(content: bytes) -> set[str]:
    """The canaries in an answer; workbooks are looked into."""
    texts = [content]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            texts = [book.read(name) for name in book.namelist()]
    wanted = (NUMBER.split(".")[0], TEXT, NOTE, PHONE, PHONE_TAIL)
    return {one for one in wanted for text in texts if one.encode() in text}


def _questions(hidden: Hidden) -> Iterator[str]:
    secret = {
        "customer": ["credit_limit", "secret_nickname", "phone"],
        "product": ["cost", "supplier_note", "margin"],
        "order": ["limit_left", "lines.cost", "customer.credit_limit", "customer.secret_nickname", "customer.phone"],
    }
    for form, fields in secret.items():
        number = getattr(hidden, form)
        yield from (f"/api/{form}", f"/api/{form}/{number}", f"/api/{form}/{number}/changes", f"/api/forms/{form}")
        yield from (f"/api/{form}/export", f"/api/{form}/export?format=csv", f"/api/{form}?sums=true&count=true")
        for name in fields:
            yield from (f"/api/{form}?columns=id,{name}", f"/api/{form}?columns={name}&sums=true")
            yield from (f"/api/{form}/export?columns={name}", f"/api/{form}/export?format=csv&columns={name}")
            yield from (f"/api/{form}?sort={name}", f"/api/{form}?sort=-{name}&columns=id")
            yield f"/api/{form}?filter=NOT ISBLANK({name})&columns=id"
            yield f'/api/{form}?where=[{{"field":"{name}","op":"not_blank"}}]&columns=id'
    yield from (
        "/api/order?lines=lines",
        "/api/order?lines=lines&columns=cost",
        "/api/order?lines=lines&columns=product.cost",
    )
    yield from ("/api/home", "/api/menus", "/api/reports", "/api/reports/orders", "/api/reports/orders/export")
    yield from (
        "/api/reports/receivables",
        "/api/openapi.json",
        f"/api/search?q={TEXT}",
        "/api/search?q=保密",
        "/api/search?q=C-1",
    )
    yield from (f"/api/customer?q={TEXT}", f"/api/customer?q={PHONE}", f"/api/search?q={TEXT}&form=customer")


def test_the_canaries_sing_for_who_may_hear_them(hidden: Hidden, boss: Person) -> None:
    heard = set[str]()
    for path in _questions(hidden):
        heard |= _canaries(boss.get(path).content)
    assert heard == {NUMBER.split(".")[0], TEXT, NOTE, PHONE, PHONE_TAIL}


def test_no_canary_reaches_the_clerk(hidden: Hidden, clerk: Person) -> None:
    for path in _questions(hidden):
        answer = clerk.get(path)
        assert answer.status_code < 500, path
        # What was asked for is repeated in refusals; it was known before.
        asked = {one for one in (TEXT, PHONE, PHONE_TAIL) if one in path}
        assert not _canaries(answer.content) - asked, path


def test_hidden_fields_are_no_oracle(clerk: Person) -> None:
    oracles = [
        "customer?filter=credit_limit > 1",
        "customer?sort=credit_limit",
        "customer?columns=credit_limit",
        'customer?filter=secret_nickname = "x"',
        "order?filter=customer.credit_limit > 1",
        "order?sort=customer.secret_nickname",
        "order?columns=lines.cost",
        "order?filter=limit_left > 0",
        'customer?where=[{"field":"credit_limit","op":"gt","value":"1"}]',
        'customer?filter=phone = "1"',
        "order?filter=SUM(lines.cost) > 1",
        "order?filter=ANY(lines.product.cost > 1)",
        "order?filter=信用额度 > 1",
        "customer?filter=信用额度 > 1",
    ]
    for path in oracles:
        assert clerk.get(f"/api/{path}").status_code in (400, 403, 422), path


@pytest.mark.usefixtures("hidden")
def test_a_search_by_a_hidden_word_finds_nothing(clerk: Person, boss: Person) -> None:
    assert boss.get("/api/customer", q=TEXT).json()["rows"]
    assert clerk.get("/api/customer", q=TEXT).json()["rows"] == []
    assert clerk.get("/api/customer", q="保密").json()["rows"]


def test_masked_values_are_masked_everywhere(hidden: Hidden, clerk: Person) -> None:
    page = clerk.get(f"/api/customer/{hidden.customer}").json()
    assert page["values"]["phone"] == "139****4321"
    listed = clerk.get("/api/customer", columns="phone").json()["rows"]
    assert all(row["phone"] in (None, "139****4321") for row in listed)
    answer = clerk.send("PATCH", f"/api/customer/{hidden.customer}", {"expected_version": 2, "values": {"phone": "1"}})
    assert answer.status_code == 422


def test_hidden_fields_cannot_be_written_either(clerk: Person, boss: Person) -> None:
    unknown = clerk.post("/api/customer", {"values": {"name": "写隐藏", "credit_limit": "1"}})
    nonsense = clerk.post("/api/customer", {"values": {"name": "写隐藏", "no_such_field": "1"}})
    assert unknown.status_code == nonsense.status_code == 422
    codes = [answer.json()["problems"][0]["code"] for answer in (unknown, nonsense)]
    assert codes[0] == codes[1]
    content = f"名称,信用额度\n导入隐藏,{NUMBER}\n".encode()
    assert clerk.upload("/api/customer/import?wait=true", content).status_code == 422
    assert boss.get("/api/customer", q="隐藏").json()["rows"] == []


def test_previews_and_refusals_of_the_book_keep_secrets(hidden: Hidden, clerk: Person, boss: Person) -> None:
    allowed = clerk.post(f"/api/order/{hidden.order}/approve/preview")
    assert allowed.json()["is_possible"]
    assert not _canaries(allowed.content)
    assert {entry["amount"] for entry in allowed.json()["entries"]} == {None}
    boss.send("PATCH", f"/api/customer/{hidden.customer}", {"expected_version": 2, "values": {"credit_limit": "3.57"}})
    refused = clerk.post(f"/api/order/{hidden.order}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "ledger.limit_exceeded")
    assert "3.57" not in refused.text
    assert "3.57" not in clerk.post(f"/api/order/{hidden.order}/approve/preview").text
    assert "3.57" in boss.post(f"/api/order/{hidden.order}/approve").text


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_somebody_elses_record_is_not_there(hidden: Hidden, clerk: Person, method: str) -> None:
    body = {"expected_version": 1, "values": {"name": "x"}} if method == "PATCH" else None
    theirs = clerk.send(method, f"/api/customer/{hidden.foreign}", body)
    missing = clerk.send(method, "/api/customer/999999999", body)
    assert (theirs.status_code, missing.status_code) in ((404, 404), (403, 403))
    assert theirs.json()["code"] == missing.json()["code"]
    assert "别人" not in theirs.text
    assert clerk.get(f"/api/customer/{hidden.foreign}/changes").status_code == 404
    ids = [row["id"] for row in clerk.get("/api/customer").json()["rows"]]
    assert hidden.foreign not in ids


def test_what_was_not_granted_is_refused(hidden: Hidden, clerk: Person) -> None:
    assert clerk.post(f"/api/order/{hidden.order}/cancel").status_code == 403
    assert clerk.post(f"/api/order/{hidden.order}/reverse").status_code in (403, 409)
    assert clerk.send("DELETE", f"/api/customer/{hidden.customer}").status_code == 403
    assert clerk.post("/api/product", {"values": {"code": "x", "name": "x"}}).status_code == 403
    assert clerk.get("/api/reports/receivables").status_code == 403
    assert clerk.post("/api/figures", {"account": "receivable"}).status_code == 403
    assert clerk.post("/api/reports/receivables/rows", {"column": "amount"}).status_code == 403
    assert clerk.get("/api/check").status_code == 403
    assert clerk.get("/api/user/export").status_code == 403
    assert clerk.get("/api/department").status_code == 403
    assert clerk.get("/api/product/import/template").status_code == 403


def test_a_right_that_was_taken_away_is_gone_at_the_next_request(place: Place, boss: Person) -> None:
    person = place.person("clerk")
    assert person.get("/api/customer").status_code == 200
    user = person.get("/api/session").json()["user"]["id"]
    boss.send("PATCH", f"/api/user/{user}", {"expected_version": 1, "values": {"roles": ["watcher"]}})
    assert person.get("/api/customer").status_code == 403
    boss.send("PATCH", f"/api/user/{user}", {"expected_version": 2, "values": {"active": False}})
    assert person.get("/api/product").status_code == 403


def test_companies_do_not_see_each_other(place: Place, other_place: Place, hidden: Hidden, boss: Person) -> None:
    stranger = other_place.person("boss")
    for form, number in (("customer", hidden.customer), ("product", hidden.product), ("order", hidden.order)):
        assert stranger.get(f"/api/{form}/{number}").status_code == 404
        assert stranger.get(f"/api/{form}").json()["rows"] == []
        assert stranger.send("DELETE", f"/api/{form}/{number}").status_code == 404
    assert stranger.get("/api/search", q="保密").json() == []
    mine = stranger.make("customer", name="隔壁客户")
    assert boss.get("/api/customer", q="隔壁").json()["rows"] == []
    assert stranger.get(f"/api/customer/{mine['id']}").json()["values"]["name"] == "隔壁客户"
    assert place.company.schema != other_place.company.schema
