"""One record on a page: values as text, titles of links, steps that are open, nothing that is hidden."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.engines.view.history import history
from onebook.engines.view.page import Page
from onebook.values.label import CHINESE, ENGLISH

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
CANARY = "canary"

ORDER: dict[str, Any] = {
    "id": 70, "version": 3, "state": "draft", "number": "O202603-0001", "customer": 7, "customer.name": "宏达",
    "ordered_on": date(2026, 3, 5), "urgent": False, "reason": None, "limit_left": CANARY, "note": "小心\n轻放",
    "total": Decimal("25.00"), "owed": Decimal("0"), "created_at": NOON, "created_by": 2, "created_by.name": "李雷",
    "updated_at": NOON, "updated_by": 0, "updated_by.name": None,
    "lines": [{"id": 71, "position": 1, "product": 8, "product.name": "轴承", "quantity": Decimal("2.500000"),
               "price": Decimal("10.000000"), "amount": Decimal("25.00"), "cost": CANARY}],
}  # fmt: skip
CUSTOMER: dict[str, Any] = {
    "id": 7, "version": 1, "name": "宏达", "phone": "13800001234", "level": "gold", "credit_limit": CANARY,
    "secret_nickname": CANARY, "owner": 2, "owner.name": "李雷", "since": date(2024, 5, 1),
}  # fmt: skip


def _stars(value: object) -> str:
    return f"****{str(value)[-4:]}"


def test_values_are_exact_text_and_links_have_titles(shop: Catalog, clerk: Actor) -> None:
    page = Page(shop, clerk, "order").drawn(ORDER, CHINESE, _stars, frozenset({"update"}))
    assert (page["id"], page["version"], page["number"], page["state_label"]) == (70, 3, "O202603-0001", "草稿")
    assert page["values"]["customer"] == {"id": 7, "title": "宏达"}
    assert page["values"]["total"] == "25.00"
    assert page["values"]["lines"] == [
        {
            "id": 71,
            "position": 1,
            "product": {"id": 8, "title": "轴承"},
            "quantity": "2.5",
            "price": "10",
            "amount": "25.00",
        }
    ]
    assert page["stamps"]["created_by"] == {"id": 2, "title": "李雷"}
    assert page["title"] == "O202603-0001"


def test_hidden_values_do_not_leave_and_masked_ones_leave_masked(shop: Catalog, clerk: Actor, boss: Actor) -> None:
    for form, row in (("order", ORDER), ("customer", CUSTOMER)):
        assert CANARY not in str(Page(shop, clerk, form).drawn(row, ENGLISH, _stars, frozenset()))
        assert CANARY in str(Page(shop, boss, form).drawn(row, ENGLISH, _stars, frozenset()))
    shown = Page(shop, clerk, "customer").drawn(CUSTOMER, ENGLISH, _stars, frozenset())
    assert shown["values"]["phone"] == "****1234"
    assert shown["values"]["since"] == "2024-05"
    assert (
        Page(shop, boss, "customer").drawn(CUSTOMER, ENGLISH, _stars, frozenset())["values"]["phone"] == "13800001234"
    )


def test_what_is_not_shown_is_not_read(shop: Catalog, clerk: Actor, boss: Actor) -> None:
    assert {"limit_left", "lines.cost"} <= Page(shop, boss, "order").keys
    assert not {"limit_left", "lines.cost"} & Page(shop, clerk, "order").keys
    assert {"customer.name", "lines.product.name", "created_by.name"} <= Page(shop, clerk, "order").keys


def test_steps_and_editing_depend_on_state_and_rights(shop: Catalog, clerk: Actor, boss: Actor) -> None:
    def drawn(actor: Actor, state: str, *may: str) -> dict[str, Any]:
        return Page(shop, actor, "order").drawn({**ORDER, "state": state}, ENGLISH, _stars, frozenset(may))

    assert [step["name"] for step in drawn(boss, "draft")["transitions"]] == ["approve", "cancel"]
    assert [step["name"] for step in drawn(clerk, "draft")["transitions"]] == ["approve"]
    assert drawn(boss, "approved")["transitions"] == []
    assert drawn(clerk, "draft", "update")["editable"]
    assert not drawn(clerk, "draft")["editable"]
    assert not drawn(clerk, "approved", "update")["editable"]


def test_the_trail_keeps_secrets(shop: Catalog, clerk: Actor, boss: Actor) -> None:
    changes = {
        "customer": [7, 8],
        "limit_left": [CANARY, "2"],
        "state": ["draft", "approved"],
        "lines": {
            "added": {"72": {"product": 8, "cost": CANARY}},
            "changed": {"71": {"quantity": ["1", "2.5"], "cost": ["1", CANARY]}},
        },
    }
    rows: list[tuple[Any, ...]] = [(1, NOON, 2, "李雷", "approve", 3, changes)]
    [entry] = history(shop, clerk, "order", rows, ENGLISH)
    assert CANARY not in str(entry)
    assert entry["action_label"] == "Approve"
    assert [(one["label"], one["old"], one["new"]) for one in entry["changes"]] == [
        ("Customer", 7, 8),
        ("State", "draft", "approved"),
    ]
    assert [(one["what"], one["row"], [v["field"] for v in one["values"]]) for one in entry["lines"]] == [
        ("added", 72, ["product"]),
        ("changed", 71, ["quantity"]),
    ]
    assert CANARY in str(history(shop, boss, "order", rows, ENGLISH))
    masked: list[tuple[Any, ...]] = [(1, NOON, 2, "李雷", "update", 3, {"phone": ["13800001234", CANARY]})]
    assert history(shop, clerk, "customer", masked, ENGLISH)[0]["changes"] == []
