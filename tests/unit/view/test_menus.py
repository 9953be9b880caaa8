"""Menus show the places that an actor may go to, and no others."""

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.definition.read import read_app
from onebook.engines.view.menus import may_do_everything, may_read_report, menus
from onebook.values.label import CHINESE, ENGLISH
from tests.unit.view.conftest import SHOP


def _places(catalog: Catalog, actor: Actor) -> list[tuple[str, list[str]]]:
    groups = menus(catalog, actor, ENGLISH)
    return [(group["menu"], [item.get("form") or item["report"] for item in group["items"]]) for group in groups]


def test_everything_is_there_for_who_may_everything(shop: Catalog, boss: Actor) -> None:
    everything = [
        ("shop", ["order", "customer", "product", "orders", "receivables"]),
        ("settings", ["company", "department", "user"]),
    ]
    assert _places(shop, boss) == _places(shop, SYSTEM) == everything


def test_places_to_begin_in_come_before_places_to_look_things_up(clerk: Actor) -> None:
    app = read_app(SHOP)
    turned = tuple(menu.model_copy(update={"order": -menu.order}) for menu in app.menus)
    shop = Catalog.of([app.model_copy(update={"menus": turned})])
    assert [name for name, _ in _places(shop, clerk)] == ["shop", "settings"]
    assert [name for name, _ in _places(shop, Actor(5, "w", frozenset({"watcher"})))] == ["settings", "shop"]


def test_what_may_not_be_read_is_not_there(shop: Catalog, clerk: Actor, stranger: Actor) -> None:
    assert _places(shop, clerk) == [
        ("shop", ["order", "customer", "product", "orders"]),
        ("settings", ["company", "user"]),
    ]
    assert _places(shop, Actor(5, "w", frozenset({"watcher"}))) == [("shop", ["product"]), ("settings", ["company"])]
    assert _places(shop, stranger) == []


def test_several_roles_add_up(shop: Catalog) -> None:
    both = Actor(6, "both", frozenset({"watcher", "clerk"}))
    assert _places(shop, both) == _places(shop, Actor(2, "clerk", frozenset({"clerk"})))


def test_labels_and_what_may_be_begun(shop: Catalog, clerk: Actor) -> None:
    items = {item.get("form"): item for group in menus(shop, clerk, CHINESE) for item in group["items"]}
    assert items["order"]["label"] == "订单"
    assert items["order"]["may_create"]
    assert not items["product"]["may_create"]
    assert not items["company"]["may_create"]


def test_reports_belong_to_roles(shop: Catalog, boss: Actor, clerk: Actor, stranger: Actor) -> None:
    assert may_read_report(shop, SYSTEM, "receivables")
    assert may_read_report(shop, boss, "receivables")
    assert may_read_report(shop, clerk, "orders")
    assert not may_read_report(shop, clerk, "receivables")
    assert not may_read_report(shop, stranger, "orders")
    assert (may_do_everything(shop, boss), may_do_everything(shop, clerk)) == (True, False)
