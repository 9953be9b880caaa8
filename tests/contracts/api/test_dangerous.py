"""Input made to harm: every one of it is refused in words, none of it is an error of the server."""

import json
from typing import Any

import pytest

from tests.contracts.api.conftest import Person, Place

BIG = "長" * 3_500_000

STRINGS: list[Any] = [
    "", " ", "\u202e\u200b\ufeff", "'; DROP TABLE \"user\"; --", "%s %(x)s %", "{0} {x.__class__}", "=HYPERLINK(1)",
    "<script>alert(1)</script>", "../../etc/passwd", "\r\nSet-Cookie: a=b", "a" * 100_000, "９" * 50, "NULL",
    "😀" * 100, "\x7f\x1b[31m", 2**63, -(2**63) - 1, 10**30, -1, 0, 1.5, True, None, [], {}, [[]], {"id": 1},
    ["a"], [None],
    "1e999", "NaN", "Infinity", "-0", "0x10", "1_000", "１２", "2026-02-30", "0000-00-00", "99999-01-01",
    "2026-01-01T00:00:00", "2026-13",
]  # fmt: skip
NUMBERS = [
    "0", "-1", "007", "9223372036854775807", "9223372036854775808", "1" * 400, "1.5", "1e3", "x", "%00",
    "%ff", "１", "..",
    "1;2", "' or 1=1",
]  # fmt: skip
NAMES = [
    "nonsense", "pg_class", "onebook_step", "order__lines", "order.lines", "ORDER", "__class__", "x" * 300, "%22",
    "ledger_entry", "deleted_at", "'",
]  # fmt: skip
OF_RECORDS = [
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/approve"), ("POST", "/restore"), ("GET", "/changes"),
    ("POST", "/reverse"), ("POST", "/approve/preview"),
]  # fmt: skip
OF_NAMES = [
    ("GET", "{}"), ("POST", "{}"), ("GET", "{}/1"), ("GET", "{}/bin"), ("GET", "forms/{}"), ("GET", "forms/order/{}"),
    ("GET", "reports/{}"), ("GET", "{}/export"), ("GET", "{}/import/template"), ("GET", "{}/1/changes"),
    ("GET", "reports/{}/export"), ("POST", "order/1/{}"), ("POST", "order/1/{}/preview"), ("GET", "imports/{}"),
]  # fmt: skip
BODIES = [
    (b"{", 400), (b"\xff\xfe{}", 400), (b'{"values": {"name": "\\u0000"}}', 400), (b"[]", 400), (b"null", 400),
    (b"1", 400),
    (b'{"values": {"name": "\\ud800"}}', 400), (b'{"values": {"credit_limit": NaN}}', 400), (b'"x"', 400),
    (b'{"values": {"credit_limit": 1e9999}}', 400), (b'{"values": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    (b'{"a":' * 70 + b"1" + b"}" * 70, 400), (b'{"values": {"credit_limit": ' + b"9" * 5_000 + b"}}", 400),
    (b'{"nonsense": 1}', 422),
]  # fmt: skip
FILES = [
    b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 broken", b"\0" * 1000, b"\xff\xfe\x00", b'a,b\n"',
    "名称\n".encode(),
    b"=cmd|' /C calc'!A0\n=1+1\n", "名称\n=1+1\n".encode("gb18030"),
]  # fmt: skip


def _is_told(answer: Any) -> None:
    assert answer.status_code < 500, answer.text[:500]
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"code", "detail", "problems"} <= set(answer.json())
        assert len(answer.content) < 300_000


@pytest.fixture(scope="module")
def record(boss: Person) -> int:
    return int(boss.make("customer", name="挨打的客户")["id"])


@pytest.mark.parametrize("value", STRINGS, ids=lambda value: ascii(value)[:24])
def test_any_value_in_any_field(boss: Person, record: int, value: Any) -> None:
    for form in ("customer", "product", "order", "user", "department"):
        fields = [field["name"] for field in boss.get(f"/api/forms/{form}").json()["fields"]]
        _is_told(boss.post(f"/api/{form}/preview", {"values": dict.fromkeys(fields, value)}))
    rows = [{"product": value, "quantity": value, "price": value}, value]
    _is_told(boss.post("/api/order", {"values": {"customer": value, "lines": rows}}))
    for name in ("name", "phone", "level", "credit_limit", "owner", "since"):
        _is_told(boss.send("PATCH", f"/api/customer/{record}", {"expected_version": 1, "values": {name: value}}))
    _is_told(boss.post("/api/customer", {"values": value, "then": value}))
    _is_told(boss.send("PATCH", f"/api/customer/{record}", {"expected_version": value, "values": {}}))
    _is_told(boss.post(f"/api/order/{record}/approve", {"expected_version": value}))
    _is_told(boss.post(f"/api/order/{record}/reverse", {"step": value, "followers": value}))
    _is_told(boss.post("/api/figures", {"account": value, "at": {"party": value}, "until": value}))
    _is_told(boss.post("/api/figures", {"account": "receivable", "at": {"party": value}, "until": value}))
    asked = {"column": "amount", "at": {"customer": value}, "parameters": {"from": value}}
    for one in (asked, {**asked, "parameters": {}}, {"column": value}, {"column": "amount", "at": {"name": value}}):
        _is_told(boss.post("/api/reports/orders/rows", one))
    _is_told(boss.post("/api/figures/meter", {"form": value, "id": value, "field": value, "row": value}))
    _is_told(boss.post("/api/figures/meter", {"form": "order", "id": record, "field": value, "row": value}))
    _is_told(boss.send("PUT", "/api/session/company", {"company": value}))
    if isinstance(value, str):
        for name in ("q", "filter", "where", "sort", "columns", "cursor", "limit", "lines", "sums"):
            _is_told(boss.get("/api/customer", **{name: value[:3000]}))
        for name in ("from", "sort", "offset", "no_such"):
            _is_told(boss.get("/api/reports/orders", **{name: value[:3000]}))
        _is_told(boss.get("/api/search", q=value[:150]))


@pytest.mark.parametrize("word", ["Æ", "中", "中国", "ab", "A1中", "9", "中 ab %"])
def test_every_form_is_searched_or_says_that_it_is_not(boss: Person, clerk: Person, word: str) -> None:
    """However a word is sought, also in forms without a field to seek in."""
    for person in (boss, clerk):
        for form in person.get("/api/forms").json():
            for name in ("", "/bin", "/groups", "/export"):
                _is_told(person.get(f"/api/{form['form']}{name}", q=word))


@pytest.mark.parametrize("number", NUMBERS)
def test_ids_that_are_none(boss: Person, number: str) -> None:
    for method, path in OF_RECORDS:
        body = {"expected_version": 1, "values": {}} if method == "PATCH" else {}
        answer = boss.send(method, f"/api/order/{number}{path}", body)
        _is_told(answer)
        assert answer.status_code in (400, 404, 405), (method, path, answer.status_code)


@pytest.mark.parametrize("name", NAMES)
def test_forms_reports_and_transitions_that_are_none(boss: Person, name: str) -> None:
    for method, path in OF_NAMES:
        answer = boss.send(method, f"/api/{path.format(name)}")
        _is_told(answer)
        assert answer.status_code in (400, 404, 405), (method, path, answer.status_code)


@pytest.mark.parametrize(("content", "status"), BODIES)
def test_broken_bodies(boss: Person, content: bytes, status: int) -> None:
    headers = {"X-CSRF-Token": boss.csrf, "Content-Type": "application/json"}
    answer = boss.client.post("/api/customer", content=content, headers=headers)
    _is_told(answer)
    assert answer.status_code == status


def test_more_than_two_megabytes_is_too_much(boss: Person, nobody: Person) -> None:
    body = {"values": {"name": BIG}}
    for answer in (boss.post("/api/customer", body), nobody.post("/api/session", {"login": BIG, "password": BIG})):
        assert (answer.status_code, answer.json()["code"]) == (413, "http.too_large")
    stream = (b'{"values":{"name":"' if n == 0 else b"x" * 65_536 for n in range(40))
    headers = {"X-CSRF-Token": boss.csrf, "Content-Type": "application/json"}
    answer = boss.client.post("/api/customer", content=stream, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "http.too_large")
    assert boss.get("/api/customer", q="x" * 20_000).status_code == 413


@pytest.mark.parametrize(
    "path", ["/api/imports", "/api/importx/preview", "/api/files", "/api/hooks/files", "/api/open/files"]
)
def test_only_uploads_may_be_large(nobody: Person, path: str) -> None:
    answer = nobody.client.post(path, content=b"x" * 3_000_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "http.too_large")


def test_who_has_no_session_is_refused_before_anything_is_read(nobody: Person) -> None:
    answer = nobody.client.post("/api/customer", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "access.not_signed_in")


@pytest.mark.parametrize("content", FILES)
def test_broken_files(boss: Person, content: bytes) -> None:
    for path in ("/api/customer/import/preview", "/api/customer/import?wait=true", "/api/customer/import/wrong_rows"):
        _is_told(boss.upload(path, content))


def test_uploads_that_are_none(boss: Person) -> None:
    _is_told(boss.post("/api/customer/import", {"file": "x"}))
    headers = {"X-CSRF-Token": boss.csrf, "Content-Type": "multipart/form-data; boundary=x"}
    for content in (
        b"",
        b"--x\r\n",
        b"garbage",
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--x--',
    ):
        answer = boss.client.post("/api/customer/import/preview", content=content, headers=headers)
        _is_told(answer)
        assert answer.status_code == 400 or answer.status_code == 422
    for options in ("{", "[]", '{"key": 1}', '{"mapping": {"a": 1}}', '{"then": "nonsense"}', '{"nonsense": 1}'):
        answer = boss.upload("/api/customer/import/preview", "名称\n甲\n".encode(), options)
        _is_told(answer)
        assert answer.status_code in (400, 404, 422)


def test_every_answer_carries_the_security_headers(boss: Person, nobody: Person) -> None:
    for answer in (nobody.get("/"), nobody.get("/api/session"), boss.get("/api/customer"), nobody.get("/nothing/here"),
                   boss.post("/api/customer", {"x": 1}), nobody.get("/static/style.css")):  # fmt: skip
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
        for what in ("default-src", "script-src", "style-src"):
            assert "'unsafe-inline'" not in policy.get(what, "")
            assert "'unsafe-eval'" not in policy.get(what, "")
    for answer in (boss.get("/api/customer"), boss.get("/api/session"), nobody.get("/api/session")):
        assert answer.headers["cache-control"] == "no-store"


def test_bugs_are_told_without_internals(place: Place, boss: Person) -> None:
    with place.database.administration(place.company.schema) as connection:
        connection.execute("ALTER TABLE customer RENAME TO customer_gone")
    try:
        answer = boss.get("/api/customer")
    finally:
        with place.database.administration(place.company.schema) as connection:
            connection.execute("ALTER TABLE customer_gone RENAME TO customer")
    assert (answer.status_code, answer.json()["code"]) == (500, "http.unexpected")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.json()["data"]["id"]) == 12
    for internal in ("customer", "relation", "SELECT", "psycopg", "Traceback"):
        assert internal not in json.dumps(answer.json())
    assert boss.get("/api/customer").status_code == 200


def test_pages_without_a_session(nobody: Person) -> None:
    home = nobody.get("/")
    assert "一本" in home.text
    assert "One book" in home.text
    assert "<script>" not in home.text
    assert " style=" not in home.text
    assert nobody.get("/api/health").json() == {"status": "ok"}
    assert nobody.get("/api/docs").status_code == 200
    assert nobody.get("/static/docs.js").status_code == 200
    for path in ("/static/../settings.py", "/static/home.html", "/static/%2e%2e/app.py", "/static/nothing.css"):
        assert nobody.get(path).status_code == 404
