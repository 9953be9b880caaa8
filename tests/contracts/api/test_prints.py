"""Paper over HTTP: PDF for those who may read the record, without what is hidden from them, told in the trail."""

import pytest

from tests.contracts.api.conftest import Person, Place
from tests.unit.print.paper import codes, texts, together

CANARY = "90817263"


@pytest.fixture(scope="module")
def boss(place: Place) -> Person:
    return place.person("boss")


@pytest.fixture(scope="module")
def clerk(place: Place) -> Person:
    return place.person("clerk")


@pytest.fixture(scope="module")
def order(boss: Person, clerk: Person) -> int:
    """An order in the clerk's scope, full of what the clerk may not know."""
    customer = boss.make(
        "customer", name="宏达机械", phone="13800001234", owner=clerk.user, credit_limit=f"{CANARY}.00",
        secret_nickname=f"n{CANARY}",
    )  # fmt: skip
    product = boss.make("product", code="P1", name="轴承 #eval(1)", price="10", cost=CANARY, supplier_note=f"s{CANARY}")
    lines = [{"product": product["id"], "quantity": "3"}]
    return int(boss.make("order", customer=customer["id"], ordered_on="2026-03-05", lines=lines)["id"])


def _page(person: Person, path: str) -> str:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    return together("".join(texts(answer.content)))


def test_who_may_see_everything_prints_everything(boss: Person, order: int) -> None:
    page = _page(boss, f"/api/order/{order}/print/order_note")
    for part in (
        "客户：宏达机械",
        "电话：13800001234",
        "轴承#eval(1)",
        "30.00",
        "叁拾元整",
        "成本",
        f"s{CANARY}",
        f"n{CANARY}",
    ):
        assert part in page, part
    assert "草稿" in page


def test_what_is_hidden_is_not_on_paper(clerk: Person, order: int) -> None:
    page = _page(clerk, f"/api/order/{order}/print/order_note")
    assert CANARY not in page.replace(",", "")
    for label in ("成本", "剩余额度", "信用额度", "内部代号", "供应说明"):
        assert label not in page
    assert "电话：138****1234" in page
    assert "轴承#eval(1)330.00" in page


def test_what_stands_behind_a_link_that_may_not_be_followed_is_left_out(place: Place, order: int) -> None:
    page = _page(place.person("packer"), f"/api/order/{order}/print/order_note")
    assert "客户：宏达机械" in page, "the name of what one sees a link to is open"
    assert "电话" not in page
    assert CANARY not in page.replace(",", "")


def test_codes_say_the_number(boss: Person, order: int) -> None:
    number = boss.get(f"/api/order/{order}").json()["number"]
    pdf = boss.get(f"/api/order/{order}/print/order_note").content
    assert codes(pdf) == {"Code128": number, "QRCode": number}


def test_the_trail_tells_who_printed(place: Place, order: int) -> None:
    printer = place.person("boss")
    before = printer.get(f"/api/order/{order}/changes").json()
    pages = [_page(printer, f"/api/order/{order}/print/order_note") for _ in range(2)]
    after = printer.get(f"/api/order/{order}/changes").json()
    count = sum(one["action"] == "print" for one in before)
    assert [f"第{count + n}次打印" in page for n, page in enumerate(pages, 1)] == [True, True]
    assert len(after) == len(before) + 2
    assert [one["by"]["title"] for one in after[:2]] == [printer.login.title()] * 2
    assert after[0]["action_label"] == "打印"
    assert after[0]["version"] == before[0]["version"], "printing changes nothing"


def test_several_at_once_in_the_order_asked_for(boss: Person, order: int) -> None:
    customer = boss.make("customer", name="第二家")
    product = boss.make("product", code="P2", name="螺母", price="1")
    other = boss.make("order", customer=customer["id"], lines=[{"product": product["id"], "quantity": "1"}])["id"]
    answer = boss.get(f"/api/order/print/order_note?ids={other},{order}")
    assert answer.status_code == 200, answer.text
    first, second = texts(answer.content)
    assert "第二家" in first
    assert "宏达机械" in second


def test_a_report_is_printed_with_its_totals(boss: Person, order: int) -> None:
    page = _page(boss, "/api/reports/orders/print/orders_by_customer?from=2026-03-05")
    assert "宏达机械30.00" in page
    assert "起始：2026-03-05" in page
    assert order


def test_english_is_spoken_to_who_reads_english(boss: Person, order: int) -> None:
    page = _page(boss, f"/api/order/{order}/print/order_note?language=en")
    for part in ("Ordernote", "Customer：宏达机械", "Page1of1", "Thispage", "Draft"):
        assert part in page, part
    assert "叁拾" not in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/order/{order}/print/nothing", 404),
        ("/api/order/{order}/print/orders_by_customer", 404),
        ("/api/customer/{order}/print/order_note", 404),
        ("/api/order/99999999/print/order_note", 404),
        ("/api/order/0/print/order_note", 404),
        ("/api/order/{order}/print/..%2f..%2fetc", 404),
        ("/api/nothing/{order}/print/order_note", 404),
        ("/api/order/print/order_note", 422),
        ("/api/order/print/order_note?ids=", 422),
        ("/api/order/print/order_note?ids=1,x", 422),
        ("/api/order/print/order_note?ids=-1", 422),
        ("/api/order/print/order_note?ids=99999999999999999999999", 422),
        ("/api/reports/orders/print/nothing", 404),
        ("/api/reports/orders/print/order_note", 404),
        ("/api/reports/nothing/print/orders_by_customer", 404),
        ("/api/reports/orders/print/orders_by_customer?from=soon", 400),
    ],
)
def test_what_cannot_be_printed_is_refused(boss: Person, order: int, path: str, status: int) -> None:
    answer = boss.get(path.format(order=order))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_too_many_at_once_are_refused(boss: Person) -> None:
    answer = boss.get("/api/order/print/order_note", ids=",".join(map(str, range(1, 202))))
    assert (answer.status_code, answer.json()["code"]) == (422, "print.too_much")
    assert "200" in answer.json()["detail"]


def test_nobody_prints_what_they_may_not_read(place: Place, order: int) -> None:
    stranger, other = place.person("watcher"), place.person("clerk")
    for person in (stranger, other):
        assert person.get(f"/api/order/{order}/print/order_note").status_code in (403, 404)
    assert stranger.get("/api/reports/orders/print/orders_by_customer").status_code == 403


def test_a_statement_names_only_documents_that_its_reader_may_read(place: Place, boss: Person) -> None:
    customer = boss.make("customer", name="对账客户")["id"]
    product = boss.make("product", code="P3", name="垫圈", price="1")["id"]
    made = boss.make("order", customer=customer, lines=[{"product": product, "quantity": "7"}])
    assert boss.post(f"/api/order/{made['id']}/approve").status_code == 200
    for person, number, record in (
        (boss, made["number"], {"form": "order", "id": made["id"]}),
        (place.person("teller"), None, None),
    ):
        opening, row = person.get(f"/api/reports/statement?party={customer}").json()["rows"]
        assert (opening["is_balance"], opening["balance"]) == (True, "0.00")
        assert (row["more"], row["balance"], row["number"], row["record"]) == ("7.00", "7.00", number, record)


def test_pages_know_what_can_be_printed(boss: Person) -> None:
    assert boss.get("/api/forms/order").json()["prints"] == [{"name": "order_note", "label": "订单打印", "paper": "a4"}]
    reports = {one["report"]: one["prints"] for one in boss.get("/api/reports").json()}
    assert reports["orders"] == [{"name": "orders_by_customer", "label": "客户订单", "paper": "a4"}]
    assert reports["receivables"] == []
