"""Dashboards over HTTP: tiles, metrics, files, links that end, subscriptions that come, under their readers' rights."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi import FastAPI

from onebook.engines.application import Application
from onebook.entrypoints.http.app import create
from onebook.storage.database import Database
from tests.contracts.api.conftest import Person, Place, logged_in, opened

#: What it costs and what it earns: whoever may not see the cost never meets one of them.
COST, SPENT, EARNED = "4321.77", "8643.54", "1356.46"
CANARIES = (COST, SPENT, EARNED, "0.13564600", "13.5646")


@pytest.fixture(scope="module")
def goods(boss: Person, clerk: Person) -> dict[str, int]:
    """Two orders of one dear thing, of which the clerk sees one customer's."""
    product = boss.make("product", code="DEAR", name="Dear thing", price="5000", cost=COST)["id"]
    mine = boss.make("customer", name="Mine of the clerk", credit_limit="99999", owner=clerk.user)["id"]
    other = boss.make("customer", name="Not of the clerk", credit_limit="99999", owner=boss.user)["id"]
    for customer, day in ((mine, "2026-02-03"), (other, "2026-05-06")):
        values = {"customer": customer, "ordered_on": day, "lines": [{"product": product, "quantity": "1"}]}
        order = boss.make("order", **values)["id"]
        assert boss.post(f"/api/order/{order}/approve").status_code == 200
    return {"product": product, "mine": mine, "other": other}


def told(person: Person, path: str, **query: Any) -> Any:
    answer = person.get(path, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tile(person: Person, name: str, **query: Any) -> Any:
    return told(person, f"/api/dashboards/shop/tiles/{name}", **query)


@pytest.mark.usefixtures("goods")
def test_a_dashboard_is_described_with_the_tiles_that_i_may_see(boss: Person, clerk: Person, nobody: Person) -> None:
    whole, part = told(boss, "/api/dashboards/shop"), told(clerk, "/api/dashboards/shop")
    assert [one["tile"] for one in whole["tiles"]] == [
        "money", "margins", "months", "owed", "orders", "waiting", "ways", "words",
    ]  # fmt: skip
    assert "owed" not in [one["tile"] for one in part["tiles"]]
    assert [(one["name"], one["value"]) for one in whole["parameters"]] == [
        ("from", "2026-01-01"),
        ("to", "2026-12-31"),
    ]
    assert told(clerk, "/api/dashboards/shop", to="2026-03-31")["parameters"][1]["value"] == "2026-03-31"
    assert [one["name"] for one in told(boss, "/api/dashboards")] == ["shop"]
    assert nobody.get("/api/dashboards").status_code == 401
    for person in (boss, clerk):
        items = [item for group in told(person, "/api/menus") for item in group["items"]]
        assert {"dashboard": "shop", "label": "Shop board", "is_wall": False} in items


@pytest.mark.usefixtures("goods")
def test_metrics_mean_the_same_wherever_they_are_asked(boss: Person, clerk: Person) -> None:
    figures = {one["name"]: one for one in tile(boss, "money")["metrics"]}
    assert (figures["sold_amount"]["value"], figures["sold_margin"]["value"]) == ("10000.00", EARNED)
    assert figures["margin_rate"]["value"] == "0.1356"
    assert [part["value"] for part in figures["sold_amount"]["trend"]] == ["5000.00", "5000.00", "0.00", "0.00"]
    alone = told(boss, "/api/metrics/sold_amount", **{"from": "2026-01-01", "to": "2026-03-31"})
    assert alone["value"] == "5000.00"
    assert [one["name"] for one in tile(clerk, "money")["metrics"]] == ["sold_amount"]
    assert tile(clerk, "money")["metrics"][0]["value"] == "5000.00"
    assert [one["metric"] for one in told(clerk, "/api/metrics")] == ["sold_amount"]
    assert clerk.get("/api/metrics/margin_rate").status_code == 404


def test_rows_behind_a_metric_sum_to_it(boss: Person, goods: dict[str, int]) -> None:
    figure = next(one for one in tile(boss, "money")["metrics"] if one["name"] == "sold_amount")
    asked = {"column": figure["opens"]["column"], "parameters": figure["opens"]["parameters"], "metric": "sold_amount"}
    answer = boss.post("/api/reports/sold/rows", asked)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["sum"], answer.json()["count"]) == ("10000.00", 2)
    asked = {"column": "amount", "rows": ["ordered_on:quarter"], "at": {"parent.ordered_on:quarter": "2026Q1"}}
    assert boss.post("/api/reports/sold/rows", asked).json()["sum"] == "5000.00"
    assert goods


@pytest.mark.usefixtures("goods")
def test_report_pages_are_cut_as_they_are_asked(boss: Person) -> None:
    pivot = told(boss, "/api/reports/sold", rows="product", columns="amount", pivot="ordered_on:quarter")
    labels = {one["key"]: one["label"] for one in pivot["columns"]}
    assert labels == {"product": "Product", "amount@0": "2026Q1", "amount@1": "2026Q2", "amount": "Amount"}
    assert pivot["rows"][0]["amount@1"] == "5000.00"
    assert pivot["grouping"] == ["product", "parent.ordered_on:quarter"]
    again = told(boss, "/api/reports/sold", rows=",".join(pivot["grouping"]), columns="amount")
    assert [row["amount"] for row in again["rows"]] == ["5000.00", "5000.00"]
    top = told(boss, "/api/reports/sold", rows="customer", top=1, running="true", share="true")
    assert (top["more"], top["others"]["amount"]) == (1, "5000.00")
    assert (top["rows"][0]["amount.running"], top["rows"][0]["amount.share"]) == ("5000.00", "0.5")
    for wrong in ({"rows": "total"}, {"rows": "product:month"}, {"pivot": "nothing"}, {"columns": "nothing"},
                  {"pivot": "product", "running": "true"}):  # fmt: skip
        answer = boss.get("/api/reports/sold", **wrong)
        assert answer.status_code in (400, 422), wrong
        assert answer.json()["code"] == "report.unknown_column"
    assert boss.get("/api/dashboards/shop", to="yesterday").json()["code"] == "report.wrong_parameter"
    assert boss.get("/api/dashboards/shop/tiles/nothing").json()["code"] == "dashboard.unknown_tile"
    assert boss.get("/api/dashboards/nothing").json()["code"] == "dashboard.unknown"


@pytest.mark.usefixtures("goods")
def test_no_door_tells_a_cost_to_whoever_may_not_see_it(clerk: Person, boss: Person) -> None:
    answers = [clerk.get(path) for path in _doors(clerk)]
    texts = [_text(answer.content) for answer in answers]
    assert not [(path, canary) for path, text in zip(_doors(clerk), texts, strict=True) for canary in CANARIES
                if canary in text]  # fmt: skip
    heard = " ".join(_text(boss.get(path).content) for path in _doors(boss))
    for canary in (SPENT, EARNED):
        assert canary in heard, "whoever may see it does"


def _doors(person: Person) -> Iterator[str]:
    yield from ("/api/dashboards", "/api/dashboards/shop", "/api/metrics", "/api/reports", "/api/menus")
    for one in told(person, "/api/dashboards/shop")["tiles"]:
        yield f"/api/dashboards/shop/tiles/{one['tile']}"
        yield f"/api/dashboards/shop/tiles/{one['tile']}/export"
    for name in ("sold_amount", "sold_margin", "margin_rate", "owed_now"):
        yield f"/api/metrics/{name}?from=2026-01-01&to=2026-12-31&trend=month&compare=year"
    yield from ("/api/dashboards/shop/export", "/api/reports/sold?rows=product&pivot=customer",
                "/api/reports/sold?running=true&share=true", "/api/reports/sold/export")  # fmt: skip


def _text(content: bytes) -> str:
    """The text of an answer, of a workbook too."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with ZipFile(io.BytesIO(content)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.usefixtures("goods")
def test_a_dashboard_leaves_as_a_file_and_on_paper(boss: Person, clerk: Person) -> None:
    book = boss.get("/api/dashboards/shop/export")
    assert book.status_code == 200, book.text
    with ZipFile(io.BytesIO(book.content)) as packed:
        sheets = re.findall(r'sheet name="([^"]+)"', packed.read("xl/workbook.xml").decode())
    assert len(sheets) == 6, sheets
    paper = boss.get("/api/dashboards/shop/export", format="pdf")
    assert paper.content.startswith(b"%PDF")
    comma = boss.get("/api/dashboards/shop/tiles/margins/export", format="csv").content.decode("utf-8-sig")
    assert comma.splitlines()[1].startswith("Dear thing,10000.00,8643.54,1356.46")
    assert comma.splitlines()[-1].startswith("Total,10000.00")
    assert boss.get("/api/dashboards/shop/tiles/words/export").json()["code"] == "dashboard.not_exportable"
    assert boss.get("/api/dashboards/shop/export", format="csv").status_code == 422
    assert clerk.get("/api/dashboards/shop/tiles/orders/export").status_code == 200


@pytest.mark.usefixtures("goods")
def test_a_link_shows_what_its_sharer_sees_until_it_ends(
    place: Place, boss: Person, clerk: Person, nobody: Person, database: Database
) -> None:
    made = clerk.post("/api/shares", {"dashboard": "shop", "parameters": {"to": "2026-06-30"}, "days": 3})
    assert made.status_code == 201, made.text
    token, number = made.json()["token"], made.json()["id"]
    board = told(nobody, f"/api/shared/{token}")
    assert board["label"] == "Shop board"
    assert board["parameters"][1]["value"] == "2026-06-30"
    names = [one["tile"] for one in board["tiles"]]
    assert "margins" in names
    assert "waiting" not in names, "what nobody may take out is not shared"
    for name in names:
        answer = nobody.get(f"/api/shared/{token}/tiles/{name}")
        assert answer.status_code == 200, answer.text
        assert not [canary for canary in CANARIES if canary in answer.text]
    assert told(nobody, f"/api/shared/{token}/tiles/money")["metrics"][0]["opens"] is None
    assert nobody.get(f"/api/shared/{token}/tiles/owed").status_code == 404
    with database.administration(place.company.schema) as connection:
        [(stored,)] = connection.execute("SELECT encode(token_hash, 'escape') FROM onebook_share").fetchall()
    assert token.partition("-")[2] not in stored
    [mine] = told(clerk, "/api/shares")
    assert (mine["id"], mine["reads"] > 0) == (number, True)
    assert told(boss, "/api/shares") == []
    assert boss.send("DELETE", f"/api/shares/{number}").status_code == 404, "only its sharer takes it back"
    for wrong in (token[:-1], f"{token}x", f"999-{token.partition('-')[2]}", "nothing", "1-" + "A" * 43):
        assert nobody.get(f"/api/shared/{wrong}").json()["code"] == "dashboard.unknown_share"
    assert clerk.send("DELETE", f"/api/shares/{number}").status_code == 204
    assert nobody.get(f"/api/shared/{token}").json()["code"] == "dashboard.unknown_share"
    assert clerk.post("/api/shares", {"dashboard": "shop", "days": 0}).status_code == 422
    assert clerk.post("/api/shares", {"dashboard": "nothing"}).status_code == 404


def test_a_link_ends_with_its_days_and_with_its_sharer(database: Database) -> None:
    clock = [datetime(2026, 6, 1, 2, 0, tzinfo=UTC)]
    application = Application(database, lambda: clock[0])
    app = create(application, database)
    shop = opened(app, database, application)
    boss, leaver = shop.person("boss", language="en"), shop.person("boss", language="en")
    tokens = [person.post("/api/shares", {"dashboard": "shop", "days": 2}).json()["token"] for person in (boss, leaver)]
    reader = logged_in(app, boss.login)
    assert [reader.get(f"/api/shared/{token}").status_code for token in tokens] == [200, 200]
    user = told(boss, f"/api/user/{leaver.user}")
    values = {"active": False}
    changed = boss.send("PATCH", f"/api/user/{leaver.user}", {"values": values, "expected_version": user["version"]})
    assert changed.status_code == 200, changed.text
    assert [reader.get(f"/api/shared/{token}").status_code for token in tokens] == [200, 404]
    clock[0] += timedelta(days=2, seconds=1)
    assert [reader.get(f"/api/shared/{token}").status_code for token in tokens] == [404, 404]
    app.state.jobs.close()


def test_what_is_subscribed_arrives_once_when_it_is_due(database: Database) -> None:
    clock = [datetime(2026, 6, 1, 2, 0, tzinfo=UTC)]
    application = Application(database, lambda: clock[0])
    app: FastAPI = create(application, database)
    shop = opened(app, database, application)
    boss = shop.person("boss", language="en")
    body = {"dashboard": "shop", "every": "day", "at": "08:00", "format": "xlsx", "parameters": {"to": "2026-05-31"}}
    made = boss.post("/api/subscriptions", body)
    assert made.status_code == 201, made.text
    assert made.json()["next_at"].startswith("2026-06-02T08:00:00+08:00")
    report = boss.post("/api/subscriptions", {"report": "sold", "every": "month", "day": 31, "at": "09:30"}).json()
    assert report["next_at"].startswith("2026-06-30T09:30")
    weekly = {"dashboard": "shop", "every": "week", "day": 2, "at": "00:05", "format": "link", "channel": "inbox"}
    assert boss.post("/api/subscriptions", weekly).json()["next_at"].startswith("2026-06-02T00:05")
    schema = shop.company.schema
    assert application.send_subscriptions(schema) == 0
    clock[0] = datetime(2026, 6, 2, 0, 1, tzinfo=UTC)
    assert application.send_subscriptions(schema) == 2
    assert application.send_subscriptions(schema) == 0
    with database.administration(schema) as connection:
        messages = connection.execute("SELECT title, link, files, via FROM onebook_message ORDER BY id").fetchall()
        files = connection.execute("SELECT id, name, content FROM onebook_file").fetchall()
    assert [(title, link) for title, link, _, _ in messages] == [
        ("Shop board, as of 2026-06-02", "/dashboards/shop?from=2026-01-01&to=2026-12-31"),
        ("Shop board, as of 2026-06-02", "/dashboards/shop?from=2026-01-01&to=2026-05-31"),
    ]
    [(number, name, content)] = files
    assert (name, bytes(content)[:2], list(messages[1][2])) == ("Shop board.xlsx", b"PK", [number])
    [first, *_] = told(boss, "/api/subscriptions")
    assert first["next_at"].startswith("2026-06-03T08:00")
    assert first["last"]["error"] is None
    assert boss.post(f"/api/subscriptions/{report['id']}/send").status_code == 204
    paused = {**body, "paused": True}
    assert boss.send("PUT", f"/api/subscriptions/{first['id']}", paused).json()["paused"] is True
    clock[0] += timedelta(days=1)
    assert application.send_subscriptions(schema) == 0
    assert boss.send("DELETE", f"/api/subscriptions/{first['id']}").status_code == 204
    assert boss.send("DELETE", f"/api/subscriptions/{first['id']}").status_code == 404
    app.state.jobs.close()


def test_wrong_subscriptions_are_refused(boss: Person, clerk: Person) -> None:
    right = {"dashboard": "shop", "every": "day", "at": "08:00"}
    wrongs: list[dict[str, Any]] = [
        {"at": "25:00"}, {"report": "sold"}, {"format": "csv"}, {"every": "hour"}, {"parameters": []},
    ]  # fmt: skip
    for wrong in wrongs:
        assert boss.post("/api/subscriptions", {**right, **wrong}).status_code == 422, wrong
    wrongs = [{"day": 3}, {"every": "week"}, {"every": "week", "day": 8}, {"every": "month"}]
    for wrong in wrongs:
        assert boss.post("/api/subscriptions", {**right, **wrong}).json()["code"] == "dashboard.wrong_schedule", wrong
    assert boss.post("/api/subscriptions", {**right, "parameters": {"x": 1}}).json()["code"] == "report.wrong_parameter"
    report = {"report": "receivables", "every": "day", "at": "08:00"}
    assert clerk.post("/api/subscriptions", report).status_code == 404
