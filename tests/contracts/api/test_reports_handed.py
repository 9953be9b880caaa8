"""Reports handed on as they are looked at: files of pivots and comparisons, links, mails, and what a metric counts."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl
from zipfile import ZipFile

import pytest

from onebook.engines.application import Application
from onebook.engines.message.outbox import posted
from onebook.engines.print.typeset import typeset
from onebook.engines.report.refusals import UnknownReport
from onebook.entrypoints.http.app import create
from onebook.storage.database import Database, Unavailable
from tests.contracts.api.conftest import Person, Place, opened

COST = "4321.77"
PIVOT = {"rows": ["product"], "columns": ["amount"], "pivot": "ordered_on:quarter"}


@pytest.fixture(scope="module")
def goods(boss: Person, clerk: Person) -> dict[str, int]:
    """Two orders of one dear thing in two quarters and one a year before; the clerk sees one customer's."""
    product = boss.make("product", code="DEAR", name="Dear thing", price="5000", cost=COST)["id"]
    mine = boss.make("customer", name="Mine of the clerk", credit_limit="99999", owner=clerk.user)["id"]
    other = boss.make("customer", name="Not of the clerk", credit_limit="99999", owner=boss.user)["id"]
    for customer, day, pieces in ((mine, "2026-02-03", 1), (other, "2026-05-06", 1), (other, "2025-05-06", 4)):
        lines = [{"product": product, "quantity": str(pieces)}]
        order = boss.make("order", customer=customer, ordered_on=day, lines=lines)["id"]
        assert boss.post(f"/api/order/{order}/approve").status_code == 200
    return {"product": product, "mine": mine, "other": other}


def told(person: Person, path: str, **query: Any) -> Any:
    answer = person.get(path, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def sheet(content: bytes) -> str:
    with ZipFile(io.BytesIO(content)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.usefixtures("goods")
def test_a_file_has_the_cells_of_the_page(boss: Person, clerk: Person) -> None:
    asked = {"rows": "product", "columns": "amount", "pivot": "ordered_on:quarter", "from": "2026-01-01"}
    lines = boss.get("/api/reports/sold/export", format="csv", **asked).content.decode("utf-8-sig").splitlines()
    assert lines == [
        "Product,2026Q1,2026Q2,Amount",
        "Dear thing,5000.00,5000.00,10000.00",
        "Total,5000.00,5000.00,10000.00",
    ]
    page = told(boss, "/api/reports/sold", **asked)
    assert [row["amount@0"] for row in page["rows"]] == ["5000.00"]
    assert [one["key"] for one in page["groups"]] == ["parent.customer", "parent.ordered_on", "product"]
    top = boss.get("/api/reports/sold/export", format="csv", rows="customer", columns="amount", top=1).content
    assert top.decode("utf-8-sig").splitlines()[1:] == [
        "Not of the clerk,25000.00", "Others,5000.00", "Total,30000.00",
    ]  # fmt: skip
    for kind, magic in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        for query in ({}, asked):
            answer = boss.get("/api/reports/sold/export", format=kind, **query)
            assert answer.status_code == 200, answer.text
            assert answer.content.startswith(magic)
    secret = clerk.get("/api/reports/sold/export", rows="product", pivot="customer", format="xlsx")
    assert COST not in sheet(secret.content)
    assert "Not of the clerk" not in sheet(secret.content)


@pytest.mark.usefixtures("goods")
def test_sums_stand_beside_what_they_were(boss: Person) -> None:
    span = {"from": "2026-04-01", "to": "2026-06-30", "rows": "customer", "columns": "amount"}
    year = told(boss, "/api/reports/sold", compare="year", **span)
    assert [one["key"] for one in year["columns"]][1:] == ["amount", "amount.before", "amount.change"]
    [row] = year["rows"]
    assert (row["amount"], row["amount.before"], row["amount.change"]) == ("5000.00", "20000.00", "-0.7500")
    assert year["totals"]["amount.before"] == "20000.00"
    assert year["compared"] == {"how": "year", "from": "2025-04-01", "to": "2025-06-30"}
    before = told(boss, "/api/reports/sold", compare="previous", **span)
    # Nobody who bought in this quarter did in the one before; whoever did counts in the sum alone.
    assert [(one["amount.before"], one["amount.change"]) for one in before["rows"]] == [("0.00", None)]
    assert before["totals"]["amount.before"] == "5000.00"
    months = told(boss, "/api/reports/sold", compare="year", **{**span, "rows": "ordered_on:month"})
    assert [(one["amount"], one["amount.before"]) for one in months["rows"]] == [("5000.00", "20000.00")]
    most = told(boss, "/api/reports/sold", compare="year", top=1, **{**span, "from": "2026-01-01", "to": "2026-12-31"})
    assert Decimal(most["rows"][0]["amount.before"]) + Decimal(most["others"]["amount.before"]) == 20000
    for wrong in ({"rows": "ordered_on:month", "compare": "previous"}, {"compare": "year"}):
        query = {**span, **wrong} if "rows" in wrong else wrong
        answer = boss.get("/api/reports/sold", **query)
        assert answer.json()["code"] == "report.not_comparable", wrong
    assert boss.get("/api/reports/sold", pivot="customer", compare="year", **span).status_code == 422
    assert boss.get("/api/reports/sold", compare="never", **span).status_code == 422
    comma = boss.get("/api/reports/sold/export", format="csv", compare="year", **span).content.decode("utf-8-sig")
    assert comma.splitlines()[1:] == ["Not of the clerk,5000.00,20000.00,-0.75", "Total,5000.00,20000.00,-0.75"]


def test_a_chosen_record_is_told_by_its_name_to_who_may_read_it(
    boss: Person, clerk: Person, goods: dict[str, int]
) -> None:
    page = told(boss, "/api/reports/buyers", customer=goods["other"])
    assert page["titles"] == {"customer": "Not of the clerk"}
    assert told(boss, "/api/reports/buyers")["titles"] == {}
    assert "Not of the clerk" in sheet(boss.get("/api/reports/buyers/export", customer=goods["other"]).content)
    hidden = clerk.get("/api/reports/receivables", customer=goods["other"])
    assert "Not of the clerk" not in hidden.text


def test_what_a_metric_counts_are_rows_of_its_report(boss: Person, clerk: Person, goods: dict[str, int]) -> None:
    span = {"from": "2026-01-01", "to": "2026-12-31"}
    assert told(boss, "/api/metrics/buyers_count", **span)["value"] == "2"
    rows = told(boss, "/api/metrics/buyers_count/rows", **span)
    assert rows["total_rows"] == 2
    assert {row["customer"]["id"] for row in rows["rows"]} == {goods["mine"], goods["other"]}
    one = told(boss, "/api/metrics/buyers_count/rows", customer=goods["mine"], **span)
    assert [row["amount"] for row in one["rows"]] == ["5000.00"]
    assert told(boss, "/api/metrics/buyers_count/rows", limit=1, **span)["total_rows"] == 2
    summed = told(boss, "/api/metrics/sold_amount/rows", **span)
    assert summed["totals"]["amount"] == told(boss, "/api/metrics/sold_amount", **span)["value"]
    for name in ("margin_rate", "nothing"):
        assert boss.get(f"/api/metrics/{name}/rows").json()["code"] == "report.unknown_metric"
    assert clerk.get("/api/metrics/buyers_count/rows").status_code == 404


@pytest.mark.usefixtures("goods")
def test_a_report_is_shared_as_it_is_looked_at(boss: Person, clerk: Person, nobody: Person) -> None:
    body = {"report": "sold", "parameters": {"from": "2026-01-01"}, "look": {**PIVOT, "draw": "stacked"}}
    made = clerk.post("/api/shares", body)
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    board = told(nobody, f"/api/shared/{token}")
    assert (board["label"], [one["draw"] for one in board["tiles"]]) == ("Sold", ["stacked"])
    assert board["parameters"][0]["value"] == "2026-01-01"
    shown = told(nobody, f"/api/shared/{token}/tiles/report")
    assert [one["label"] for one in shown["columns"]] == ["Product", "2026Q1", "Amount"]
    assert [row["amount"] for row in shown["rows"]] == ["5000.00"], "what its sharer sees, and no more"
    [mine] = told(clerk, "/api/shares")
    assert (mine["report"], mine["dashboard"], mine["look"]) == ("sold", None, body["look"])
    assert clerk.send("DELETE", f"/api/shares/{mine['id']}").status_code == 204
    assert nobody.get(f"/api/shared/{token}").json()["code"] == "dashboard.unknown_share"
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"report": "sold", "look": {"pivot": "nothing"}}, "report.unknown_column"),
        ({"report": "sold", "look": {"rows": ["total"]}}, "report.unknown_column"),
        ({"report": "sold", "look": {"columns": ["spent"]}}, "report.hidden_field"),
        ({"report": "nothing"}, "report.unknown_report"),
        ({"report": "sold", "parameters": {"x": 1}}, "report.wrong_parameter"),
    ]
    for wrong, code in wrongs:
        answer = clerk.post("/api/shares", wrong)
        assert answer.status_code in (400, 403, 404, 422), wrong
        assert answer.json()["code"] in (code, "dashboard.unknown"), (wrong, answer.json()["code"])
    for wrong in ({}, {"dashboard": "shop", "report": "sold"}, {"dashboard": "shop", "look": {"top": 3}},
                  {"report": "sold", "look": {"draw": "sound"}}, {"report": "sold", "look": {"top": 0}}):  # fmt: skip
        assert boss.post("/api/shares", wrong).status_code == 422, wrong


def test_what_is_too_long_for_paper_is_refused_and_never_cut(
    boss: Person, goods: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement begins with what was brought forward, which is one row."""
    asked = {"format": "pdf", "party": str(goods["other"])}
    assert boss.get("/api/reports/statement/export", **asked).content.startswith(b"%PDF")
    monkeypatch.setattr("onebook.engines.dashboard.tables.MOST_ROWS", 0)
    refused = boss.get("/api/reports/statement/export", **asked)
    assert (refused.status_code, refused.json()["code"]) == (422, "dashboard.tile_too_long")
    assert "more than 0 rows" in refused.json()["detail"]
    assert boss.get("/api/reports/sold/export", format="pdf").json()["code"] == "dashboard.tile_too_long"


@dataclass(frozen=True)
class Desk:
    """A shop of its own, its boss, and a clock that is set by hand."""

    application: Application
    shop: Place
    boss: Person
    clock: list[datetime]


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    clock = [datetime(2026, 6, 1, 2, 0, tzinfo=UTC)]
    application = Application(database, lambda: clock[0])
    app = create(application, database)
    shop = opened(app, database, application)
    yield Desk(application, shop, shop.person("boss", language="en"), clock)
    app.state.jobs.close()


def test_a_mail_is_set_when_no_transaction_is_held_and_sent_once(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    application, boss = desk.application, desk.boss
    schema = desk.shop.company.schema
    body = {
        "report": "sold", "every": "day", "at": "08:00", "format": "pdf", "parameters": {"from": "2026-01-01"},
        "look": {**PIVOT, "draw": "bar", "top": 10},
    }  # fmt: skip
    made = boss.post("/api/subscriptions", body)
    assert made.status_code == 201, made.text
    assert made.json()["look"] == body["look"]
    desk.clock[0] = datetime(2026, 6, 2, 0, 1, tzinfo=UTC)
    others: list[int] = []
    held: list[int] = []

    def set_slowly(data: Any) -> bytes:
        with database.administration(schema) as connection:
            query = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
            )
            held.append(connection.execute(query).fetchall()[0][0])
        if not others:
            # Another worker comes by in the meantime, and is the one who sends it.
            others.append(-1)
            others.append(application.send_subscriptions(schema))
        return typeset(data)

    monkeypatch.setattr("onebook.engines.dashboard.tables.typeset", set_slowly)
    assert application.send_subscriptions(schema) == 0
    assert (others[1:], held) == ([1], [0, 0])
    with database.administration(schema) as connection:
        rows = connection.execute("SELECT title, link, files FROM onebook_message").fetchall()
        names = connection.execute("SELECT id, name, substr(content, 1, 4) FROM onebook_file").fetchall()
    [(title, link, files)] = rows
    assert title == "Sold, as of 2026-06-02"
    asked = {"rows": "product", "columns": "amount", "pivot": "ordered_on:quarter", "chart": "bar", "top": "10"}
    address, _, query = link.partition("?")
    assert (address, dict(parse_qsl(query))) == ("/reports/sold", {**asked, "from": "2026-01-01"})
    assert [(number, name, bytes(start)) for number, name, start in names] == [(files[0], "Sold.pdf", b"%PDF")]
    assert application.send_subscriptions(schema) == 0


def test_what_cannot_be_made_for_the_moment_stays_due_and_holds_nothing_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    application, shop, boss = desk.application, desk.shop, desk.boss
    for form, at in (("pdf", "08:00"), ("xlsx", "08:05")):
        body = {"report": "sold", "every": "month", "day": 2, "at": at, "format": form}
        assert boss.post("/api/subscriptions", body).status_code == 201
    desk.clock[0] = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)

    def busy(_: object) -> bytes:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr("onebook.engines.dashboard.tables.typeset", busy)
        assert application.send_subscriptions(shop.company.schema) == 1
        assert application.send_subscriptions(shop.company.schema) == 0
    assert [one["last"] is None for one in told(boss, "/api/subscriptions")] == [True, False]
    assert application.send_subscriptions(shop.company.schema) == 1
    assert all(one["last"]["error"] is None for one in told(boss, "/api/subscriptions"))


def test_one_that_is_refused_to_the_last_holds_nothing_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    application, shop, boss = desk.application, desk.shop, desk.boss
    for at in ("08:00", "08:05"):
        body = {"report": "sold", "every": "month", "day": 2, "at": at, "format": "link"}
        assert boss.post("/api/subscriptions", body).status_code == 201
    desk.clock[0] = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)
    first = [True]

    def refusing(messages: Any) -> Any:
        if first and first.pop():
            raise UnknownReport(report="sold")
        return posted(messages)

    monkeypatch.setattr("onebook.engines.dashboard.subscriptions.posted", refusing)
    assert application.send_subscriptions(shop.company.schema) == 1
    assert [one["last"] is None for one in told(boss, "/api/subscriptions")] == [True, False]
    assert application.send_subscriptions(shop.company.schema) == 1


def test_what_is_of_no_time_is_not_shared_beside_another_time(boss: Person) -> None:
    answer = boss.post("/api/shares", {"report": "statement", "look": {"compare": "year"}})
    assert answer.json()["code"] == "report.not_comparable"
