"""What a front end is told of a form, and what it is not told."""

import json
from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.definition.shipped import shipped_apps
from onebook.engines.view.describe import describe
from onebook.values.label import CHINESE, ENGLISH


def _field(description: dict[str, Any], name: str, lines: str | None = None) -> dict[str, Any]:
    fields = _field(description, lines)["fields"] if lines else description["fields"]
    [found] = [field for field in fields if field["name"] == name]
    assert isinstance(found, dict)
    return found


def _names(description: dict[str, Any], lines: str | None = None) -> list[str]:
    fields = _field(description, lines)["fields"] if lines else description["fields"]
    return [field["name"] for field in fields]


def test_labels_are_in_the_language(shop: Catalog, boss: Actor) -> None:
    chinese, english = (describe(shop, boss, "order", language) for language in (CHINESE, ENGLISH))
    assert (chinese["label"], english["label"]) == ("订单", "Order")
    assert _field(chinese, "total")["label"] == "合计"
    assert [state["label"] for state in english["states"]] == ["Draft", "Approved", "Cancelled"]
    assert [step["label"] for step in chinese["transitions"]] == ["审核", "取消"]
    assert _field(english, "quantity", "lines")["must"][0]["otherwise"] == "The quantity is above 0"
    level = _field(describe(shop, boss, "customer", ENGLISH), "level")
    assert level["options"] == [{"value": "gold", "label": "Gold"}, {"value": "plain", "label": "Plain"}]


def test_conditions_travel_as_trees(shop: Catalog, boss: Actor) -> None:
    description = describe(shop, boss, "order", ENGLISH)
    assert _field(description, "reason")["visible"]["tree"] == {
        "node": "path", "up": 0, "key": "urgent", "type": {"kind": "flag"},
    }  # fmt: skip
    assert _field(description, "customer")["required"]["tree"]["value"] is True
    assert _field(description, "amount", "lines")["formula"]["paths"] == ["price", "quantity"]
    assert _field(description, "note")["required"] is None


def test_hidden_fields_are_absent_everywhere(shop: Catalog, clerk: Actor, boss: Actor) -> None:
    assert "limit_left" in _names(describe(shop, boss, "order", ENGLISH))
    assert "cost" in _names(describe(shop, boss, "order", ENGLISH), "lines")
    for form in ("order", "customer", "product"):
        text = json.dumps(describe(shop, clerk, form, ENGLISH))
        for hidden in ("limit_left", "cost", "supplier_note", "margin", "credit_limit", "secret_nickname"):
            assert hidden not in text


def test_what_reads_too_much_stays_on_the_server(shop: Catalog, boss: Actor) -> None:
    packer = Actor(4, "packer", frozenset({"packer"}))
    order = describe(shop, packer, "order", ENGLISH)
    # Of hidden rows, and of a form of which nothing may be read.
    for name in ("total", "limit_left"):
        assert (_field(order, name)["formula"], _field(order, name)["on_server"]) == (None, ["formula"])
        assert _field(describe(shop, boss, "order", ENGLISH), name)["on_server"] == []
    assert _field(order, "reason")["on_server"] == []
    assert "lines.amount" not in json.dumps(order)


def test_read_only_and_masked_are_flagged(shop: Catalog, clerk: Actor) -> None:
    order = describe(shop, clerk, "order", ENGLISH)
    assert _field(order, "price", "lines")["read_only"]
    assert not _field(order, "quantity", "lines")["read_only"]
    assert _field(order, "total")["read_only"]
    assert _field(order, "owed")["meter"]
    assert _field(order, "owed")["account"] == "receivable"
    assert "account" not in _field(order, "total")
    phone = _field(describe(shop, clerk, "customer", ENGLISH), "phone")
    assert (phone["masked"], phone["read_only"]) == (True, True)


def test_rights_and_steps_are_those_of_the_actor(shop: Catalog, boss: Actor, clerk: Actor, stranger: Actor) -> None:
    def steps(actor: Actor) -> dict[str, bool]:
        return {step["name"]: step["may_run"] for step in describe(shop, actor, "order", ENGLISH)["transitions"]}

    assert steps(boss) == {"approve": True, "cancel": True}
    assert steps(clerk) == {"approve": True, "cancel": False}
    assert steps(stranger) == {"approve": False, "cancel": False}
    assert describe(shop, clerk, "customer", ENGLISH)["rights"] == {
        "read": "some", "create": "all", "update": "some", "delete": "none", "export": True, "import": True,
    }  # fmt: skip
    assert describe(shop, stranger, "customer", ENGLISH)["rights"]["read"] == "none"


def test_links_say_whether_they_can_be_followed(shop: Catalog, clerk: Actor) -> None:
    order = describe(shop, clerk, "order", ENGLISH)
    assert _field(order, "customer")["link"]["may_create"] is True
    assert _field(order, "product", "lines")["link"] == {
        "form": "product", "lines": None, "label": "Product", "may_open": True, "may_create": False,
    }  # fmt: skip


def test_every_field_stands_in_one_section(shop: Catalog, boss: Actor, clerk: Actor) -> None:
    for actor in (boss, clerk):
        description = describe(shop, actor, "order", ENGLISH)
        placed = [name for section in description["sections"] for name in section["fields"]]
        assert sorted(placed) == sorted(_names(description))


def test_list_columns_follow_links_and_rights(shop: Catalog, boss: Actor, clerk: Actor) -> None:
    columns = describe(shop, boss, "order", ENGLISH)["list"]["columns"]
    assert {column["key"]: column["label"] for column in columns} == {
        "number": "Number", "customer": "Customer", "customer.credit_limit": "Customer.Credit limit",
        "ordered_on": "Date", "total": "Total",
    }  # fmt: skip
    assert "customer.credit_limit" not in [c["key"] for c in describe(shop, clerk, "order", ENGLISH)["list"]["columns"]]


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return Catalog.of(shipped_apps())


def test_every_shipped_form_is_described_for_every_role(shipped: Catalog) -> None:
    actors = [SYSTEM, *(Actor(7, role, frozenset({role})) for role in shipped.roles)]
    for actor in actors:
        for form in shipped.forms:
            for language in (CHINESE, ENGLISH):
                description = json.loads(json.dumps(describe(shipped, actor, form, language)))
                placed = [name for section in description["sections"] for name in section["fields"]]
                assert sorted(placed) == sorted(_names(description))


def test_views_are_described_without_what_is_hidden(shop: Catalog, boss: Actor, clerk: Actor) -> None:
    board, calendar = describe(shop, boss, "order", ENGLISH)["views"]
    assert {key: board[key] for key in ("name", "label", "kind", "by", "title")} == {
        "name": "by_state", "label": "By state", "kind": "board", "by": "state", "title": "customer",
    }  # fmt: skip
    assert [(one["key"], one["label"], one["kind"]) for one in board["columns"]] == [
        ("total", shop.forms["order"].fields["total"].label.english, "money"),
        ("limit_left", "Limit left", "money"),
    ]
    assert (calendar["kind"], calendar["on"], calendar["until"], calendar["title"]) == (
        "calendar", "ordered_on", None, "number",
    )  # fmt: skip
    board, calendar = describe(shop, clerk, "order", ENGLISH)["views"]
    assert [one["key"] for one in board["columns"]] == ["total"]
    assert [one["key"] for one in calendar["columns"]] == ["customer"]
    [levels] = describe(shop, clerk, "customer", ENGLISH)["views"]
    assert (levels["by"], levels["title"]) == ("level", None)


def test_the_shipped_orders_have_boards_and_calendars() -> None:
    catalog = Catalog.of(shipped_apps())
    for form, views in catalog.forms.items():
        described = describe(catalog, SYSTEM, form, CHINESE)["views"]
        assert [one["name"] for one in described] == list(views.views)
    for form in ("sales_order", "purchase_order"):
        kinds = {view.kind for view in catalog.forms[form].views.values()}
        assert kinds == {"board", "calendar"}
