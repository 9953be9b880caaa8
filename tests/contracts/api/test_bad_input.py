"""What must not come in, through the product's documents: refused in words, in its place, and nothing is written."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.application import Application
from onebook.entrypoints.http.app import create
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.month import Month
from tests.contracts.api.conftest import Person, Place
from tests.invariants import books

HUGE = "長" * 3_500_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Refusals of a whole request have no field; those of a value name it, and its row if it stands in one.
Where = tuple[str | None, int | None]
NOWHERE: Where = (None, None)


@dataclass
class Trader:
    """A company with the apps of the product, one order of every kind, and two people who sell."""

    place: Place
    boss: Person
    seller: Person
    other: Person
    customer: int
    product: int
    order: int
    approved: int
    issue: int
    late: int

    def values(self, **changed: Any) -> dict[str, Any]:
        return {"customer": self.customer, "lines": [self.line()], **changed}

    def line(self, **changed: Any) -> dict[str, Any]:
        return {"product": self.product, "quantity": "1", "price": "10", **changed}

    def with_line(self, **changed: Any) -> dict[str, Any]:
        """Two rows, of which the second is the wrong one."""
        return {"values": self.values(lines=[self.line(), self.line(**changed)])}

    def with_value(self, **changed: Any) -> dict[str, Any]:
        return {"values": self.values(**changed)}


@pytest.fixture(scope="module")
def trader(published: tuple[Database, Company]) -> Iterator[Trader]:
    database, company = published
    application = Application(database)
    app = create(application, database)
    place = Place(app, database, application, company)
    boss = place.person("administrator", language="en")
    seller, other = place.person("salesperson"), place.person("salesperson")
    unit = boss.get("/api/unit", columns="id,code", limit=100).json()["rows"]
    piece = next(row["id"] for row in unit if row["code"] == "PCS")
    product = boss.make("product", code="A1", name="螺丝", unit=piece, sales_price="10", purchase_price="5")["id"]
    customer = boss.make("customer", name="甲客户", salesperson=seller.user)["id"]
    order = {"customer": customer, "lines": [{"product": product, "quantity": "1"}]}
    rows = [{"product": product, "quantity": "3"}]
    application.close_period(company.schema, SYSTEM, Month(2020, 1))
    yield Trader(
        place, boss, seller, other, customer, product,
        order=boss.make("sales_order", **order)["id"],
        approved=boss.post("/api/sales_order", {"values": order, "then": "approve"}).json()["id"],
        issue=boss.make("other_out", lines=rows)["id"],
        late=boss.make("other_in", received_on="2020-01-15", lines=rows)["id"],
    )  # fmt: skip
    app.state.jobs.close()


VALUES: dict[str, tuple[Callable[[Trader], dict[str, Any]], str, Where]] = {
    "unknown field": (lambda t: t.with_value(colour="red"), "form.unknown_field", ("colour", None)),
    "unknown field of a row": (lambda t: t.with_line(colour="red"), "form.unknown_field", ("lines.colour", 2)),
    "computed field": (lambda t: t.with_value(total="1"), "form.not_typed", ("total", None)),
    "meter": (lambda t: t.with_line(shipped="1"), "form.not_typed", ("lines.shipped", 2)),
    "list for a number": (lambda t: t.with_line(quantity=["1"]), "form.not_number", ("lines.quantity", 2)),
    "flag for a number": (lambda t: t.with_line(quantity=True), "form.not_number", ("lines.quantity", 2)),
    "words for a number": (lambda t: t.with_line(quantity="many"), "form.not_number", ("lines.quantity", 2)),
    "not a number": (lambda t: t.with_line(quantity="NaN"), "form.not_number", ("lines.quantity", 2)),
    "endless number": (lambda t: t.with_line(price="Infinity"), "form.not_number", ("lines.price", 2)),
    "number for a date": (lambda t: t.with_value(ordered_on=5), "form.not_date", ("ordered_on", None)),
    "no such day": (lambda t: t.with_value(ordered_on="2026-02-30"), "form.not_date", ("ordered_on", None)),
    "end of days": (lambda t: t.with_value(ordered_on="9999-12-31"), "form.date_out_of_range", ("ordered_on", None)),
    "first of days": (lambda t: t.with_value(ordered_on="0001-01-01"), "form.date_out_of_range", ("ordered_on", None)),
    "words for a flag": (lambda t: t.with_value(pay_first="maybe"), "form.not_flag", ("pay_first", None)),
    "object for a text": (lambda t: t.with_value(note={"a": 1}), "form.not_text", ("note", None)),
    "words for a link": (lambda t: t.with_value(customer="甲客户"), "form.not_link", ("customer", None)),
    "link to nobody": (lambda t: t.with_value(customer=999_999_999), "form.link_missing", ("customer", None)),
    "link to another form": (lambda t: t.with_value(customer=t.product), "form.link_missing", ("customer", None)),
    "huge id": (lambda t: t.with_value(customer=2**63), "form.not_link", ("customer", None)),
    "huger id": (lambda t: t.with_line(product=10**30), "form.not_link", ("lines.product", 2)),
    "id below all": (lambda t: t.with_line(product=-1), "form.not_link", ("lines.product", 2)),
    "unknown unit": (lambda t: t.with_line(unit=999_999_999), "form.link_missing", ("lines.unit", 2)),
    "too many digits behind": (lambda t: t.with_line(quantity="1.1234567"), "form.too_precise", ("lines.quantity", 2)),
    "too many digits": (lambda t: t.with_line(price="1234567890123"), "form.too_large", ("lines.price", 2)),
    "negative quantity": (lambda t: t.with_line(quantity="-1"), "form.must", ("lines.quantity", 2)),
    "no quantity": (lambda t: t.with_line(quantity="0"), "form.must", ("lines.quantity", 2)),
    "nothing where something must be": (lambda t: t.with_line(quantity=None), "form.required", ("lines.quantity", 2)),
    "too long": (lambda t: t.with_line(note="x" * 201), "form.too_long", ("lines.note", 2)),
    "text for rows": (lambda t: t.with_value(lines="x"), "form.not_rows", ("lines", None)),
    "object for rows": (lambda t: t.with_value(lines={"product": 1}), "form.not_rows", ("lines", None)),
    "number for a row": (lambda t: t.with_value(lines=[t.line(), 7]), "form.not_rows", ("lines", 2)),
    "no rows": (lambda t: t.with_value(lines=[]), "form.too_few_rows", ("lines", None)),
    "row of another record": (lambda t: t.with_line(id=999_999), "form.row_unknown", ("lines.id", 2)),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(trader: Trader, name: str) -> None:
    body, code, where = VALUES[name]
    for path in ("/api/sales_order", "/api/sales_order/preview"):
        send = _to(trader.boss, "POST", path, body(trader))
        if path.endswith("preview"):
            answer = send("en").json()
            [refusal] = answer["refusals"]
            assert not answer["is_possible"]
            assert (code, *where) in _places(refusal)
        else:
            _refused(trader, send, 422, "form.invalid", (code, *where))


Asking = Callable[[Trader], tuple[str, str, Any]]
REQUESTS: dict[str, tuple[Asking, int, str, Where]] = {
    "unknown form": (lambda _: ("POST", "/api/spaceship", {"values": {}}), 404, "process.unknown_form", NOWHERE),
    "unknown transition": (
        lambda t: ("POST", f"/api/sales_order/{t.order}/fly", {}), 404, "process.unknown_transition", NOWHERE,
    ),
    "no such record": (lambda _: ("POST", "/api/sales_order/999999999/approve", {}), 404, "form.not_found", NOWHERE),
    "record of another form": (
        lambda t: ("POST", f"/api/sales_order/{t.product}/approve", {}), 404, "form.not_found", NOWHERE,
    ),
    "wrong state": (
        lambda t: ("POST", f"/api/sales_order/{t.approved}/approve", {}), 409, "process.wrong_state", NOWHERE,
    ),
    "change of a fact": (
        lambda t: ("PATCH", f"/api/sales_order/{t.approved}", _change(t, t.approved, note="x")), 409, "form.locked",
        ("note", None),
    ),
    "stale version": (
        lambda t: ("PATCH", f"/api/sales_order/{t.order}", {"expected_version": 99, "values": {"note": "x"}}), 409,
        "form.stale", NOWHERE,
    ),
    "step on a stale version": (
        lambda t: ("POST", f"/api/sales_order/{t.order}/approve", {"expected_version": 99}), 409, "form.stale", NOWHERE,
    ),
    "no version": (
        lambda t: ("PATCH", f"/api/sales_order/{t.order}", {"values": {"note": "x"}}), 422, "http.bad_parameter",
        ("expected_version", None),
    ),
    "unknown part of a request": (
        lambda _: ("POST", "/api/sales_order", {"valuse": {}}), 422, "http.bad_parameter", ("valuse", None),
    ),
    "bin of a fact": (
        lambda t: ("DELETE", f"/api/sales_order/{t.approved}", None), 409, "form.not_binnable", NOWHERE,
    ),
    "nothing to take back": (
        lambda t: ("POST", f"/api/sales_order/{t.order}/reverse", {}), 409, "process.nothing_to_reverse", NOWHERE,
    ),
    "more than there is": (
        lambda t: ("POST", f"/api/other_out/{t.issue}/issue", {}), 409, "ledger.balance_too_low", ("lines", 1),
    ),
    "closed month": (lambda t: ("POST", f"/api/other_in/{t.late}/receive", {}), 409, "ledger.period_closed", NOWHERE),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_requests(trader: Trader, name: str) -> None:
    asking, status, code, where = REQUESTS[name]
    _refused(trader, _to(trader.boss, *asking(trader)), status, code, where)


def test_somebody_elses_order_is_not_there(trader: Trader) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"expected_version": 1, "values": {"note": "偷看"}}),
        ("POST", "/submit", {}),
        ("DELETE", "", None),
    ):
        asking = _to(trader.other, method, f"/api/sales_order/{trader.order}{path}", body)
        _refused(trader, asking, 404, "form.not_found")
    assert trader.seller.get(f"/api/sales_order/{trader.order}").status_code == 200
    approving = _to(trader.seller, "POST", f"/api/sales_order/{trader.order}/approve", {})
    _refused(trader, approving, 403, "form.forbidden")


def test_a_key_is_for_one_request(trader: Trader) -> None:
    first = trader.boss.post("/api/unit", {"values": {"code": "U1", "name": "一"}}, **{"Idempotency-Key": "k"})
    assert first.status_code == 201
    body = {"values": {"code": "U2", "name": "二"}}
    _refused(trader, _to(trader.boss, "POST", "/api/unit", body, key="k"), 409, "process.key_reused")
    _refused(trader, _to(trader.boss, "POST", "/api/unit", body, key="x" * 300), 400, "http.bad_key")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (json.dumps({"values": {"note": HUGE}}, ensure_ascii=False).encode(), 413, "http.too_large"),
        (b'{"values": {"lines": [{"quantity": NaN}]}}', 400, "http.bad_json"),
        (b'{"values": {"lines": [{"quantity": -Infinity}]}}', 400, "http.bad_json"),
        (b'{"values": {"note": "\\u0000"}}', 400, "http.bad_text"),
        (b'{"values": {', 400, "http.bad_json"),
    ],
    ids=["10 MB", "NaN", "-Infinity", "NUL", "broken"],
)
def test_bodies(trader: Trader, content: bytes, status: int, code: str) -> None:
    def send(language: str) -> Any:
        headers = {"X-CSRF-Token": trader.boss.csrf, "Content-Type": "application/json"}
        return trader.boss.client.post(f"/api/sales_order?language={language}", content=content, headers=headers)

    _refused(trader, send, status, code)


@pytest.mark.parametrize(
    ("name", "content", "code", "where"),
    [
        ("a.xlsx", b"PK\x03\x04 this is no workbook", "importing.unreadable", NOWHERE),
        ("a.csv", "名称,单价\n甲,1\n".encode(), "importing.headers", NOWHERE),
        ("a.csv", "customer,product,quantity\n甲客户,A1,=1+1\n".encode(), "importing.not_a_number",
         ("lines.quantity", 2)),
        ("a.csv", "customer,product,quantity\n甲客户,A1,-5\n".encode(), "form.must", ("lines.quantity", 2)),
        ("a.csv", "customer,product,quantity,unit\n甲客户,A1,5,光年\n".encode(), "importing.link_unknown",
         ("lines.unit", 2)),
        ("a.csv", b"\n", "importing.empty", NOWHERE),
    ],
    ids=["broken workbook", "unknown column", "formula", "negative", "unknown unit", "empty"],
)  # fmt: skip
def test_files(trader: Trader, name: str, content: bytes, code: str, where: Where) -> None:
    def send(language: str) -> Any:
        return trader.boss.client.post(
            f"/api/sales_order/import?wait=true&language={language}",
            files={"file": (name, content)},
            data={"options": "{}"},
            headers={"X-CSRF-Token": trader.boss.csrf},
        )

    is_whole = where == NOWHERE
    _refused(trader, send, 422, code if is_whole else "importing.wrong_rows", None if is_whole else (code, *where))


def test_a_formula_stays_a_text_and_leaves_as_one(trader: Trader) -> None:
    text = "=HYPERLINK(1)"
    made = trader.boss.make("customer", name=text)
    assert trader.boss.get(f"/api/customer/{made['id']}").json()["values"]["name"] == text
    exported = trader.boss.get("/api/customer/export", format="csv").content.decode("utf-8-sig")
    assert f"'{text}" in exported


def _to(person: Person, method: str, path: str, body: Any, key: str | None = None) -> Callable[[str], Any]:
    headers = {"Idempotency-Key": key} if key else {}

    def send(language: str) -> Any:
        if method == "GET":
            return person.get(path, language=language)
        return person.send(method, f"{path}?language={language}", body, **headers)

    return send


def _change(trader: Trader, record: int, **values: Any) -> dict[str, Any]:
    version = trader.boss.get(f"/api/sales_order/{record}").json()["version"]
    return {"expected_version": version, "values": values}


def _places(refusal: dict[str, Any]) -> list[tuple[str, str | None, int | None]]:
    return [(one["code"], one["field"], one["row"]) for one in refusal["problems"]]


def _refused(
    trader: Trader,
    send: Callable[[str], Any],
    status: int,
    code: str | None,
    problem: tuple[str, str | None, int | None] | Where | None = None,
) -> None:
    """Refused in both languages, in words, at its place; every table of the company is as it was."""
    schema = trader.place.company.schema
    before = books.contents(trader.place.database, schema)
    told = {}
    for language in ("zh-CN", "en"):
        answer = send(language)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        told[language] = refusal = answer.json()
        assert code in (None, refusal["code"]), refusal
        if problem is not None and len(problem) == 3:
            assert problem in _places(refusal), _places(refusal)
        elif problem is not None and problem != NOWHERE:
            assert problem in [place[1:] for place in _places(refusal)], _places(refusal)
        for words in (refusal["detail"], *(one["text"] for one in refusal["problems"])):
            assert words
            assert "{" not in words, words
            assert not words.startswith(("form.", "ledger.", "process.", "http.", "importing.")), words
    assert told["zh-CN"]["detail"] != told["en"]["detail"]
    assert books.contents(trader.place.database, schema) == before
