"""What pages ask while somebody types, over HTTP: strict shapes, and nothing for who may not see it."""

from tests.contracts.api.conftest import Person


def test_figures_beside_an_order(boss: Person, clerk: Person) -> None:
    product = boss.make("product", code="beside", name="Beside", price="3", cost="1")["id"]
    customer = boss.make("customer", name="Beside Co", credit_limit="100")["id"]
    line = {"product": product, "quantity": "2", "price": "2.5"}
    order = boss.make("order", customer=customer, ordered_on="2026-03-01", lines=[line])
    assert boss.post(f"/api/order/{order['id']}/approve").status_code == 200
    typed = {"customer": customer, "lines": [{"product": product}, {"product": None}]}
    told = boss.post("/api/order/beside", {"values": typed}).json()
    assert told == {
        "record": {"owed": {"value": "5.00"}, "left": {"value": "95.00"}},
        "lines": {"lines": [{"last_price": {"value": "2.5", "at": "2026-03-01"}}, {}]},
    }
    own = boss.post("/api/order/beside", {"values": typed, "of": order["id"]}).json()
    assert own["lines"] == {"lines": [{}, {}]}
    # Neither the limit nor what is compared with it, for a clerk.
    assert [one["name"] for one in boss.get("/api/forms/order").json()["beside"]] == ["owed", "left", "last_price"]
    assert [one["name"] for one in clerk.get("/api/forms/order").json()["beside"]] == ["last_price"]
    assert clerk.post("/api/order/beside", {"values": typed}).json()["record"] == {}


def test_what_lies_behind_links(boss: Person, clerk: Person) -> None:
    product = boss.make("product", code="behind", name="Behind", price="3.10", cost="1")["id"]
    customer = boss.make("customer", name="Behind Co", credit_limit="100")["id"]
    asked = {"links": {"lines.product": [product], "customer": [customer]}}
    told = boss.post("/api/order/linked", asked).json()
    assert told == {
        "lines.product": {str(product): {"price": "3.1", "cost": "1"}},
        "customer": {str(customer): {"credit_limit": "100.00"}},
    }
    seen = clerk.post("/api/order/linked", asked).json()
    assert "cost" not in seen["lines.product"][str(product)]
    assert seen["customer"] == {}


def test_shapes_are_strict_and_rights_are_asked(boss: Person, nobody: Person) -> None:
    for path in ("linked", "beside"):
        assert nobody.post(f"/api/order/{path}").status_code == 401
        assert boss.client.post(f"/api/order/{path}", json={}).status_code == 403
        assert boss.post(f"/api/nothing/{path}").status_code == 404
        assert boss.post(f"/api/order/{path}", {"more": 1}).status_code == 422
    assert boss.post("/api/order/linked", {"links": {"customer": ["1"]}}).status_code == 422
    assert boss.post("/api/order/linked", {"links": {"customer": [0]}}).status_code == 422
    assert boss.post("/api/order/linked", {"links": {"customer": [1] * 20_001}}).status_code == 422
    assert boss.post("/api/order/linked", {"links": {"total": [1]}}).status_code == 422
    assert boss.post("/api/order/beside", {"values": {"lines": 3, "customer": "x", "what": {}}}).json() == {
        "record": {}, "lines": {"lines": []},
    }  # fmt: skip
    assert boss.post("/api/order/beside", {"values": {"lines": [{}] * 5001}}).status_code == 422
