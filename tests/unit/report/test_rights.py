"""No door without rights: hidden and masked fields, row scopes, links outside of the scope, reports, export."""

import io
from dataclasses import replace
from typing import Any, Final
from zipfile import ZipFile

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.app import App
from onebook.definition.role import Grant, Role
from onebook.definition.shipped import shipped_apps
from onebook.engines.report.files.export import Exports, Format
from onebook.engines.report.refusals import HiddenField, NotExportable, NotReadable
from onebook.engines.report.report import ReportRequest
from onebook.engines.report.request import Combined, Condition, ListRequest, Page
from onebook.storage.database import Database
from onebook.values.label import Label
from tests.unit.report.conftest import World, make_world

FORMATS: Final[tuple[Format, ...]] = ("csv", "xlsx")
CLERK = Actor(900, "clerk", frozenset({"clerk"}))
NOBODY = Actor(901, "nobody", frozenset())


def _role(app: App) -> App:
    clerk = Role(
        role="clerk",
        label=Label("文员", "Clerk"),
        grants={
            "product": Grant(read='code <> "SECRET"', hide=("purchase_price",), mask=("barcode",)),
            "customer": Grant(read='code = "K1"', mask=("phone",)),
            "sales_order": Grant(read="TRUE", hide=("lines.tax",)),
        },
        reports=("stock_list",),
        hide_columns={"stock_list": ("value", "unit_cost")},
    )
    return app.model_copy(update={"roles": (*app.roles, clerk)})


@pytest.fixture(scope="module")
def world(database: Database) -> World:
    apps = shipped_apps()
    found = make_world(database, [*apps[:-1], _role(apps[-1])])
    (unit,) = found.ask("SELECT id FROM unit ORDER BY id LIMIT 1")[0]
    goods = []
    for code, barcode in (("OPEN", "6901234567892"), ("SECRET", "6909999999990")):
        values = {
            "code": code,
            "name": f"{code} thing",
            "unit": unit,
            "purchase_price": "7",
            "barcode": "6901234567892",
        }
        goods.append(found.create("product", {**values, "barcode": barcode}).record.id)
    for code, name, phone in (("K1", "Alpha Hardware", "13812345678"), ("K2", "Blue Ocean", "13987654321")):
        customer = found.create("customer", {"code": code, "name": name, "phone": phone}).record.id
        lines = [{"product": one, "quantity": "1", "price": "10"} for one in goods]
        found.create("sales_order", {"customer": customer, "lines": lines})
    lines = [{"product": one, "quantity": "5", "price": "2"} for one in goods]
    found.create("opening_stock", {"opened_on": "2026-03-01", "lines": lines}, "post")
    return found


def listed(world: World, form: str, actor: Actor = CLERK, **asked: Any) -> Page:
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        request = ListRequest(form, **asked)
        return world.lists.page(transaction, request, actor, world.context(actor))


def test_rows_outside_the_scope_are_not_there(world: World) -> None:
    assert [row["code"] for row in listed(world, "product", columns=("code",)).rows] == ["OPEN"]
    assert len(listed(world, "product", SYSTEM, columns=("code",)).rows) == 2
    with pytest.raises(NotReadable):
        listed(world, "product", NOBODY)
    with pytest.raises(NotReadable):
        listed(world, "supplier")


@pytest.mark.parametrize(
    "asked",
    [
        {"columns": ("purchase_price",)},
        {"filter": "purchase_price > 1"},
        {"filter": "code = \"x\" OR purchase_price > 1"},
        {"sort": ("purchase_price",)},
        {"conditions": (Condition("purchase_price", "gt", 1),)},
        {"conditions": (Combined("any", (Condition("code", "eq", "x"), Condition("purchase_price", "gt", 1))),)},
        {"sort": ("barcode",)},
        {"filter": "barcode = \"6901234567892\""},
        {"conditions": (Condition("barcode", "starts", "6"),)},
    ],
)  # fmt: skip
def test_hidden_and_masked_fields_are_refused_in_every_slot(world: World, asked: dict[str, Any]) -> None:
    with pytest.raises(HiddenField):
        listed(world, "product", **asked)


def test_hidden_fields_are_refused_through_links_and_rows(world: World) -> None:
    for text in ("SUM(lines.tax) > 0", "SUM(lines.product.purchase_price) > 0"):
        with pytest.raises(HiddenField):
            listed(world, "sales_order", filter=text)
    with pytest.raises(HiddenField):
        listed(world, "sales_order.lines", columns=("tax",))
    with pytest.raises(HiddenField):
        listed(world, "sales_order.lines", columns=("product.purchase_price",))


def test_masked_values_show_their_ends_only(world: World) -> None:
    page = listed(world, "product", columns=("barcode",))
    assert page.rows[0]["barcode"] == "690****7892"
    assert listed(world, "customer", columns=("phone",)).rows[0]["phone"] == "138****5678"


def test_masked_values_of_every_kind_leave_as_signs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures and days among them: a file is written whatever is masked in it."""
    masks = ("credit_limit", "created_at", "phone")
    masking = Role(
        role="masking", label=Label("看", "Look"), grants={"customer": Grant(read="TRUE", export=True, mask=masks)}
    )
    monkeypatch.setattr(world.ground.catalog, "roles", {**world.ground.catalog.roles, "masking": masking})
    world.create("customer", {"code": "K9", "name": "Zebra Tools", "credit_limit": "7654321"})
    actor, exports = Actor(905, "looker", frozenset({"masking"})), Exports(world.lists, world.reports)
    asked = ListRequest("customer", columns=("code", *masks), filter='code = "K9"')
    files = {form: io.BytesIO() for form in FORMATS}
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        for form, target in files.items():
            exports.list(transaction, asked, actor, world.context(actor), target, form)
    [_, row] = files["csv"].getvalue().decode("utf-8-sig").splitlines()
    assert row == "K9,****,****,"
    with ZipFile(files["xlsx"]) as packed:
        cells = " ".join(packed.read(name).decode() for name in packed.namelist())
    assert "****" in cells
    assert "7654321" not in cells


def test_default_columns_leave_out_what_is_hidden(world: World) -> None:
    page = listed(world, "product")
    assert "purchase_price" not in {heading.key for heading in page.headings}


def test_search_does_not_tell_masked_text(world: World) -> None:
    assert len(listed(world, "customer", search="alpha").rows) == 1
    assert listed(world, "customer", search="13812345678").rows == []


def test_what_lies_behind_a_link_outside_the_scope_is_blank(world: World) -> None:
    page = listed(world, "sales_order", columns=("customer", "customer.code"), sort=("id",))
    assert [row["customer"]["title"] for row in page.rows] == ["Alpha Hardware", "Blue Ocean"]
    assert [row["customer.code"] for row in page.rows] == ["K1", None]
    assert len(listed(world, "sales_order", filter='customer.code = "K2"').rows) == 0


def test_rights_of_others_are_not_remembered_for_one(world: World) -> None:
    asked: dict[str, Any] = {"columns": ("code", "purchase_price")}
    assert len(listed(world, "product", SYSTEM, **asked).rows) == 2
    with pytest.raises(HiddenField):
        listed(world, "product", **asked)


def test_reports_follow_grants_scopes_and_hidden_columns(world: World) -> None:
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        with pytest.raises(NotReadable):
            world.reports.page(transaction, ReportRequest("stock_movement", {}), CLERK, world.context(CLERK))
        assert world.reports.readable(CLERK) == ("stock_list",)
        with pytest.raises(NotReadable):
            # Warehouses stand in its rows, and the clerk may read none of them.
            world.reports.page(transaction, ReportRequest("stock_list", {}), CLERK, world.context(CLERK))


def test_hidden_columns_of_a_report_and_scopes_of_its_dimensions(world: World) -> None:
    keeper = replace(CLERK, roles=frozenset({"clerk", "viewer"}))
    viewer = Role(role="viewer", label=Label("看", "Viewer"), grants={"warehouse": Grant(read="TRUE")})
    roles = {**world.ground.catalog.roles, "viewer": viewer}
    before = world.ground.catalog.roles
    world.ground.catalog.roles = roles
    try:
        with world.database.transaction(world.ground.schema, read_only=True) as transaction:
            page = world.reports.page(transaction, ReportRequest("stock_list", {}), keeper, world.context(keeper))
    finally:
        world.ground.catalog.roles = before
    assert [row["item"]["title"] for row in page.rows] == ["OPEN thing"]
    assert {"value", "unit_cost"} & {heading.key for heading in page.headings} == set()
    assert page.extra["totals"]["on_hand"] == "5"


def test_export_needs_its_right(world: World) -> None:
    exports = Exports(world.lists, world.reports)
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        with pytest.raises(NotExportable):
            exports.list(transaction, ListRequest("product"), CLERK, world.context(CLERK), io.BytesIO(), "csv")
        target = io.BytesIO()
        asked = ListRequest("product", columns=("code", "purchase_price"), sort=("code",))
        exports.list(transaction, asked, SYSTEM, world.context(), target, "csv")
    lines = target.getvalue().decode("utf-8-sig").split("\r\n")
    assert [line.split(",")[0] for line in lines[1:3]] == ["OPEN", "SECRET"]
