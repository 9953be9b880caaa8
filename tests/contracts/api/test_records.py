"""The life of records over HTTP: made, read, changed, taken further, undone, thrown away, brought back."""

import io
import json
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.contracts.api.conftest import Person, Place


@pytest.fixture(scope="module")
def goods(place: Place) -> int:
    return place.execute("product", code="B-1", name="轴承", price="10", cost="7")


def _customer(person: Person, name: str, **values: Any) -> int:
    return int(person.make("customer", name=name, **values)["id"])


def _order(person: Person, goods: int, customer: int, quantity: str = "2", **values: Any) -> dict[str, Any]:
    return person.make("order", customer=customer, lines=[{"product": goods, "quantity": quantity}], **values)


def test_a_document_through_its_whole_life(boss: Person, goods: int) -> None:
    made = _order(boss, goods, _customer(boss, "宏达机械", credit_limit="1000"), "2.5")
    assert (made["state"], made["version"]) == ("draft", 1)
    assert made["number"].startswith("O")
    path = f"/api/order/{made['id']}"
    page = boss.get(path).json()
    assert page["values"]["total"] == "25.00"
    assert page["values"]["lines"][0]["amount"] == "25.00"
    assert page["values"]["customer"]["title"] == "宏达机械"
    assert [step["name"] for step in page["transitions"]] == ["approve", "cancel"]

    changed = boss.send("PATCH", path, {"expected_version": 1, "values": {"note": "小心轻放"}})
    assert changed.json()["version"] == 2
    preview = boss.post(f"{path}/approve/preview").json()
    assert preview["is_possible"], preview
    assert sorted(one["amount"] for one in preview["entries"]) == ["-25.00", "25.00"]
    assert boss.get(path).json()["state"] == "draft"

    approved = boss.post(f"{path}/approve", {"expected_version": 2}).json()
    assert (approved["state"], approved["journal"] is not None) == ("approved", True)
    assert boss.get(path).json()["values"]["owed"] == "25.00"
    again = boss.post(f"{path}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "process.wrong_state")

    assert boss.post(f"{path}/reverse/preview").json()["is_possible"]
    undone = boss.post(f"{path}/reverse").json()
    assert undone["undone"] == [{"form": "order", "id": made["id"], "transition": "approve"}]
    assert boss.get(path).json()["values"]["owed"] == "0.00"
    trail = boss.get(f"{path}/changes").json()
    assert [entry["action"] for entry in trail][-2:] == ["update", "create"]
    assert boss.get("/api/check").json() == []


def test_every_unmet_reason_is_told_at_once_in_the_language(boss: Person) -> None:
    wrong = {
        "values": {"lines": [{"quantity": "-1"}, {"product": "x", "quantity": "1e30"}], "nonsense": 1, "urgent": 3}
    }
    answer = boss.post("/api/order", wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "code", "detail", "data", "problems"}
    assert {(one["field"], one["row"]) for one in problem["problems"]} >= {("nonsense", None), ("lines.product", 2)}
    assert all(one["text"] and not one["text"].startswith("form.") for one in problem["problems"])
    chinese = boss.client.post("/api/order?language=zh-CN", json=wrong, headers={"X-CSRF-Token": boss.csrf}).json()
    assert chinese["detail"] != problem["detail"]


def test_two_editors(boss: Person) -> None:
    path = f"/api/customer/{_customer(boss, '两人编辑', level='plain', credit_limit='5')}"
    assert boss.send("PATCH", path, {"expected_version": 1, "values": {"level": "gold"}}).status_code == 200
    merged = boss.send("PATCH", path, {"expected_version": 1, "values": {"credit_limit": "6"}})
    assert merged.status_code == 200
    stale = boss.send("PATCH", path, {"expected_version": 1, "values": {"credit_limit": "7"}})
    assert (stale.status_code, stale.json()["code"]) == (409, "form.stale")
    [problem] = stale.json()["problems"]
    assert problem["field"] == "credit_limit"
    assert problem["text"]
    values = boss.get(path).json()["values"]
    assert (values["level"], values["credit_limit"]) == ("gold", "6.00")


def test_a_step_on_an_older_version_names_what_was_changed_since(place: Place, boss: Person, goods: int) -> None:
    clerk = place.person("clerk")
    order = _order(boss, goods, int(clerk.make("customer", name="步骤过期")["id"]), note="x")
    path = f"/api/order/{order['id']}"
    (line,) = boss.get(path).json()["values"]["lines"]
    rows = [{"id": line["id"], "quantity": "3", "cost": "8"}, {"product": goods, "quantity": "1"}]
    changes: list[dict[str, Any]] = [{"note": "y"}, {"lines": rows}, {"note": "z"}]
    for version, values in enumerate(changes, 1):
        answer = boss.send("PATCH", path, {"expected_version": version, "values": values})
        assert answer.status_code == 200, answer.text

    def told(person: Person, version: int, action: str = "approve") -> dict[str, str]:
        refused = person.post(f"{path}/{action}", {"expected_version": version})
        assert (refused.status_code, refused.json()["code"]) == (409, "form.stale")
        assert refused.json()["data"]["version"] == 4
        problems = refused.json()["problems"]
        assert {one["code"] for one in problems} <= {"form.changed_since"}
        assert all(one["data"]["by"] in one["text"] and one["row"] is None for one in problems)
        return {one["field"]: one["text"] for one in problems}

    whole = {"note", "lines", "lines.quantity", "lines.amount", "lines.cost", "total"}
    assert set(told(boss, 1)) - {"limit_left"} == whole
    assert set(told(clerk, 1)) == whole - {"lines.cost"}, "of what is hidden nobody learns that it was changed"
    assert set(told(boss, 3)) == {"note"}
    assert told(boss, 99) == {}
    assert boss.send("DELETE", f"{path}?expected_version=3").json()["problems"][0]["field"] == "note"
    assert boss.post(f"{path}/approve", {"expected_version": 4}).status_code == 200


def test_the_same_key_does_it_once(boss: Person, goods: int) -> None:
    customer = _customer(boss, "同一把钥匙")
    body = {"values": {"customer": customer, "lines": [{"product": goods, "quantity": "1"}]}}
    answers = [boss.post("/api/order", body, **{"Idempotency-Key": "order-1"}).json() for _ in range(3)]
    assert len({answer["id"] for answer in answers}) == 1
    assert [answer["repeated"] for answer in answers] == [False, True, True]
    other = boss.post("/api/order", {"values": {**body["values"], "note": "x"}}, **{"Idempotency-Key": "order-1"})
    assert (other.status_code, other.json()["code"]) == (409, "process.key_reused")
    for bad in (" ", "x" * 201, "a\tb", ""):
        assert boss.post("/api/order", body, **{"Idempotency-Key": bad}).status_code == 400


def test_the_recycle_bin(boss: Person) -> None:
    number = _customer(boss, "回收站")
    path = f"/api/customer/{number}"
    assert boss.send("DELETE", path).status_code == 200
    assert boss.get(path).status_code == 404
    assert number in [row["id"] for row in boss.get("/api/customer/bin").json()["rows"]]
    assert boss.get(path, binned=True).status_code == 200
    assert boss.post(f"{path}/restore").status_code == 200
    assert boss.get(path).status_code == 200


def test_lists_are_filtered_sorted_searched_summed_and_paged(boss: Person) -> None:
    for place, name in enumerate(["甲一", "甲二", "甲三", "甲四"]):
        _customer(boss, name, credit_limit=str(place * 100))
    asked = {"q": "甲", "sort": "-credit_limit", "columns": "name,credit_limit"}
    page = boss.get("/api/customer", **asked, limit=3, sums=True, count=True).json()
    assert [row["name"] for row in page["rows"]] == ["甲四", "甲三", "甲二"]
    assert (page["sums"]["credit_limit"], page["count"]) == ("600.00", {"value": 4, "more": False})
    rest = boss.get("/api/customer", **asked, limit=3, cursor=page["next"]).json()
    assert [row["name"] for row in rest["rows"]] == ["甲一"]
    assert rest["next"] is None
    where = '[{"field": "credit_limit", "op": "ge", "value": "200"}]'
    filtered = boss.get("/api/customer", **asked, where=where).json()
    assert [row["name"] for row in filtered["rows"]] == ["甲四", "甲三"]
    either = json.dumps([{"any": [json.loads(where)[0], {"all": [{"field": "name", "op": "eq", "value": "甲一"}]}]}])
    combined = boss.get("/api/customer", **asked, where=either).json()
    assert [row["name"] for row in combined["rows"]] == ["甲四", "甲三", "甲一"]
    wrong = (
        '{"any": []}',
        '[{"any": {}}]',
        '[{"any": [], "all": []}]',
        '[{"some": [1]}]',
        "[[]]",
        f"[{','.join([either[1:-1]] * 26)}]",
    )
    for given in wrong:
        refused = boss.get("/api/customer", where=given)
        assert (refused.status_code, refused.json()["code"]) == (422, "http.bad_parameter"), given
    formula = boss.get("/api/customer", **asked, filter="credit_limit = 100").json()
    assert [row["name"] for row in formula["rows"]] == ["甲二"]
    assert [row["name"] for row in boss.get("/api/search", q="jiayi").json()[0]["rows"]] == ["甲一"]


def test_pages_are_drawn_from_what_the_server_describes(boss: Person, goods: int) -> None:
    _order(boss, goods, _customer(boss, "首页"))
    home = boss.get("/api/home").json()
    assert [(one["form"], one["state"]) for one in home["waiting"]] == [("order", "draft")]
    assert boss.get("/api/menus").json()[0]["menu"] == "shop"
    assert boss.get("/api/forms/order").json()["label"] == "Order"
    assert "approve" in boss.get("/api/forms/order/approve").text
    assert {one["form"] for one in boss.get("/api/forms").json()} >= {"order", "customer", "product"}


def test_reports_and_what_stands_behind_their_figures(boss: Person, goods: int) -> None:
    customer = _customer(boss, "应收客户")
    order = _order(boss, goods, customer, "4")
    boss.post(f"/api/order/{order['id']}/approve")
    report = boss.get("/api/reports/receivables").json()
    assert report["columns"]
    assert any("40" in str(row) for row in report["rows"])
    figure = boss.post("/api/figures", {"account": "receivable", "at": {"party": customer}}).json()
    assert figure["amount"] == "40.00"
    assert [entry["id"] for entry in figure["entries"]] == [order["id"]]
    assert {one["report"] for one in boss.get("/api/reports").json()} == {
        "buyers",
        "receivables",
        "orders",
        "sold",
        "statement",
    }
    assert boss.get("/api/reports/orders", **{"from": "2020-01-01"}).status_code == 200
    assert boss.get("/api/reports/orders", **{"from": "not a day"}).status_code == 400


def test_the_rows_behind_a_figure_of_a_report_over_records(boss: Person, goods: int) -> None:
    customer = _customer(boss, "开数客户")
    orders = [_order(boss, goods, customer, quantity)["id"] for quantity in ("4", "2")]
    [heading] = [one for one in boss.get("/api/reports").json() if one["report"] == "orders"]
    assert heading["keys"] == 1
    asked = {"column": "amount", "at": {"customer": customer}, "parameters": {"from": "2020-01-01"}}
    answer = boss.post("/api/reports/orders/rows", asked)
    told = answer.json()
    assert answer.status_code == 200, told
    assert (told["form"], told["lines"], told["count"], told["sum"]) == ("order", None, 2, "60.00")
    assert {row["id"]: row["figure"] for row in told["rows"]} == dict(zip(orders, ("40.00", "20.00"), strict=True))
    assert all(row["title"].startswith("O") for row in told["rows"])
    assert (told["column"]["label"], told["column"]["measure"]) == ("Amount", True)
    where = json.dumps(told["list"]["where"])
    page = boss.get("/api/order", where=where, filter=told["list"]["filter"], sums="true").json()
    assert {row["id"] for row in page["rows"]} == set(orders)
    assert page["sums"]["total"] == told["sum"]
    unreadable: tuple[dict[str, Any], ...] = (
        {"column": "nothing"},
        {"at": {"nothing": 1}},
        {"at": []},
        {"limit": 0},
        {"column": None},
    )
    assert [boss.post("/api/reports/orders/rows", {**asked, **one}).status_code for one in unreadable] == [422] * 5
    wrong: tuple[dict[str, Any], ...] = (
        {"at": {"customer": "x"}},
        {"parameters": {"from": "never"}},
        {"parameters": {"nothing": 1}},
    )
    assert [boss.post("/api/reports/orders/rows", {**asked, **one}).status_code for one in wrong] == [400] * 3
    assert boss.post("/api/reports/receivables/rows", {"column": "amount"}).status_code == 422
    assert boss.post("/api/reports/nothing/rows", {"column": "amount"}).status_code == 404
    assert boss.post("/api/figures/meter", {"form": "order", "id": orders[0], "field": "total"}).status_code == 422
    assert boss.post("/api/figures/meter", {"form": "nothing", "id": 1, "field": "total"}).status_code == 404
    assert boss.post("/api/figures/meter", {"form": "order", "id": 0, "field": "total"}).status_code == 422


def test_import_and_export(boss: Person) -> None:
    content = "名称,等级,信用额度\n导入甲,金,12.50\n导入乙,普通,3\n".encode()
    preview = boss.upload("/api/customer/import/preview", content)
    assert preview.status_code == 200, preview.text
    assert (preview.json()["new"], preview.json()["is_preview"]) == (2, True)
    assert boss.upload("/api/customer/import?wait=true", content).json()["new"] == 2
    wrong = boss.upload("/api/customer/import?wait=true", "名称,等级\n导入丙,钻石\n".encode())
    assert (wrong.status_code, wrong.json()["code"]) == (422, "importing.wrong_rows")
    assert wrong.json()["problems"][0]["row"] is not None
    back = boss.upload("/api/customer/import/wrong_rows", "名称,等级\n导入丙,钻石\n".encode())
    assert back.content.startswith(b"PK")

    job = boss.upload("/api/customer/import", "名称\n导入丁\n".encode())
    assert job.status_code == 202
    for _ in range(200):
        state = boss.get(f"/api/imports/{job.json()['job']}").json()
        if state["state"] not in ("waiting", "running"):
            break
    assert (state["state"], state["result"]["new"]) == ("done", 1)

    exported = boss.get("/api/customer/export", q="导入", columns="name,credit_limit", sort="name")
    assert "attachment" in exported.headers["content-disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(exported.content)).get_sheet_by_index(0).to_python()
    assert {row[0] for row in rows[1:]} == {"导入甲", "导入乙", "导入丁"}
    assert boss.get("/api/customer/export", format="csv").content.startswith(b"\xef\xbb\xbf")
    assert boss.get("/api/customer/import/template").content.startswith(b"PK")
    assert boss.get("/api/reports/orders/export").content.startswith(b"PK")


def test_an_import_belongs_to_who_started_it(boss: Person, clerk: Person) -> None:
    job = boss.upload("/api/customer/import", "名称\n导入戊\n".encode()).json()["job"]
    assert boss.get(f"/api/imports/{job}").status_code == 200
    assert clerk.get(f"/api/imports/{job}").status_code == 404
    assert clerk.send("DELETE", f"/api/imports/{job}").status_code == 404
