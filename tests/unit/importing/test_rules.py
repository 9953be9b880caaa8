"""What holds when typing holds in a file: rights, scopes, states, limits of texts; and what evil files can do."""

import time
import zipfile
from io import BytesIO
from typing import Any

import pytest

from onebook.access.actor import SYSTEM, Actor
from onebook.engines.form.duplicates import rules_of
from onebook.engines.process.importing.refusals import ImportNotAllowed, UnknownHeaders, UnreadableFile, WrongRows
from onebook.engines.process.importing.sheet import Limits
from onebook.engines.process.importing.source import read
from onebook.engines.process.importing.twins import statement
from onebook.engines.process.importing.workbook import read_workbook
from onebook.engines.report.files.export import Exports, Format
from onebook.engines.report.list import Lists
from onebook.engines.report.report import Reports
from onebook.engines.report.request import ListRequest
from onebook.storage.transaction import Statement
from tests.unit.importing.conftest import NOW, World, wrong, xlsx

BUYER = Actor(41, "buyer", frozenset({"purchaser"}))
KEEPER = Actor(42, "keeper", frozenset({"warehouse_keeper"}))
PRODUCTS: list[list[Any]] = [["code", "name", "unit"], ["A1", "螺丝", "PCS"], ["A2", "螺母", "PCS"]]


def shop(world: World) -> None:
    world.take("product", xlsx(PRODUCTS))
    world.take("customer", xlsx([["code", "name"], ["K1", "华东五金"]]), mapping={"code": "code", "name": "name"})


def test_hidden_columns_are_no_columns_and_who_may_not_import_does_not(world: World) -> None:
    file = xlsx([[*PRODUCTS[0], "sales_price"], ["A1", "螺丝", "PCS", 3]])
    with pytest.raises(UnknownHeaders) as refused:
        world.take("product", file, actor=BUYER)
    assert refused.value.data["unknown"] == ["sales_price"]
    with pytest.raises(UnknownHeaders):
        world.take("product", file, actor=BUYER, mapping={"sales_price": "sales_price"})
    assert world.take("product", xlsx(PRODUCTS), actor=BUYER).new == 2
    with pytest.raises(ImportNotAllowed):
        world.take("product", xlsx(PRODUCTS), actor=KEEPER)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a" * 121, "form.too_long"),
        ("x" * 10_000_000, "form.too_long"),
        ("two\nlines", "form.forbidden_characters"),
        ("", "form.required"),
    ],
)
def test_texts_are_under_the_rules_of_typing(world: World, name: str, code: str) -> None:
    rows = ",".join(PRODUCTS[0]) + f'\r\nA1,"{name}",PCS'
    if len(name) > 1000:
        with pytest.raises(UnreadableFile):
            world.preview("product", rows.encode())
        return
    assert (2, "name", code) in wrong(world.preview("product", rows.encode()))


def test_codes_are_narrowed_as_if_typed_and_twins_are_seen(world: World) -> None:
    rows: list[list[Any]] = [PRODUCTS[0], ["Ａ１", "螺丝", "PCS"], ["A1", "螺母", "PCS"]]
    assert (3, "code", "importing.twice") in wrong(world.preview("product", xlsx(rows)))


def test_twins_that_stand_already_are_found_whatever_else_is_in_the_file(world: World) -> None:
    head = ["code", "name", "spec", "unit", "barcode"]
    standing = [["A1", "螺丝", "M6", "PCS", "690001"], ["A2", "螺丝", "", "PCS", ""], ["A3", "Nut", "M 8", "PCS", ""]]
    world.take("product", xlsx([head, *standing]))
    rows = [
        ["B1", "螺丝", "M7", "PCS", "690001"],
        ["B2", "螺丝", "", "PCS", "690002"],
        ["B3", "nut", "m8", "PCS", ""],
        ["B4", "螺丝", "M8", "PCS", ""],
    ]
    found = world.preview("product", xlsx([head, *rows]))
    assert wrong(found) == []
    likely = "importing.likely_duplicate"
    assert [(one.row, one.field, one.code) for one in found.warnings] == [(2, "barcode", likely), (4, "name", likely)]


def test_links_are_found_by_the_surest_name_and_several_of_one_name_are_told(world: World) -> None:
    goods = [["K1", "螺丝", "M6"], ["K2", "同名", "1"], ["K3", "同名", "2"], ["螺母", "K1", "3"], ["K5", "螺母", "4"]]
    world.take("product", xlsx([["code", "name", "spec", "unit"], *([*one, "PCS"] for one in goods)]))
    given = ["K1", "同名", "螺母", "螺丝", "谁"]
    file = xlsx([["product", "quantity"], *([name, 1] for name in given)])
    found = world.preview("opening_stock", file, mapping={"product": "lines.product", "quantity": "lines.quantity"})
    problems = [(row, code) for row, field, code in wrong(found) if field == "lines.product"]
    assert problems == [(3, "importing.link_ambiguous"), (6, "importing.link_unknown")]


def test_keys_are_joined_not_looked_through(world: World) -> None:
    """A file of many rows, right after another, before the server knows how many there are: no row against each row."""
    form = world.ground.catalog.forms["product"]
    explained = []
    with world.database.transaction(world.ground.schema) as transaction:
        for rule in rules_of(form):
            keys = [tuple(f"{name} {n}" for name in rule.fields) for n in range(20_000)]
            asked = statement(world.ground, form, rule, keys)
            [rows] = transaction.run(Statement(f"EXPLAIN {asked.sql}", asked.parameters))
            explained.append("\n".join(line for (line,) in rows))
    assert len(explained) == 3
    assert not [plan for plan in explained if "ANY" in plan]


def test_a_blank_cell_leaves_what_is_there(world: World) -> None:
    shop(world)
    world.take("product", xlsx([["code", "name", "spec", "sales_price"], ["A1", "螺丝", "M6", 3]]))
    result = world.take("product", xlsx([["code", "spec", "sales_price"], ["A1", "", 4]]))
    assert (result.new, result.changed) == (0, 1)
    assert world.ask("SELECT spec, sales_price::text, version FROM product WHERE code = 'A1'") == [
        ("M6", "4.000000", 3)
    ]


def test_many_changes_of_several_shapes_are_written_with_their_trail(world: World) -> None:
    rows: list[list[Any]] = [
        ["code", "name", "unit", "sales_price", "spec"],
        *([f"A{n}", f"名{n}", "PCS", n + 1, ""] for n in range(50)),
    ]
    world.take("product", xlsx(rows))
    for row in rows[1:26]:
        row[3] = int(row[3]) + 100
    for row in rows[20:41]:
        row[1] = f"新{row[1]}"
    result = world.take("product", xlsx(rows))
    assert (result.changed, result.unchanged) == (40, 10)
    assert world.ask("SELECT name, search, sales_price::text, version FROM product WHERE code = 'A24'")[0][0::2] == (
        "新名24",
        "125.000000",
    )
    assert "xm" in world.ask("SELECT search FROM product WHERE code = 'A24'")[0][0]
    assert world.ask("SELECT count(*), min(version), max(version) FROM onebook_change WHERE version = 2") == [
        (40, 2, 2)
    ]
    told = world.ask(
        "SELECT c.changes FROM onebook_change c JOIN product p ON p.id = c.record"
        " WHERE p.code = 'A24' AND c.version = 2"
    )
    assert told == [({"name": ["名24", "新名24"], "sales_price": ["25", "125"]},)]


ORDERS: list[list[Any]] = [
    ["number", "customer", "ordered_on", "product", "lines.unit", "quantity", "price"],
    ["X-1", "K1", "2026-03-01", "A1", "", 10, 2],
    ["X-1", "", "", "A2", "", 5, "1.5"],
]


def test_an_unknown_unit_is_named_with_row_and_field(world: World) -> None:
    shop(world)
    rows = [list(row) for row in ORDERS]
    rows[2][4] = "桶"
    with pytest.raises(WrongRows) as refused:
        world.take("sales_order", xlsx(rows))
    assert [(one.row, one.field, one.code) for one in refused.value.problems] == [
        (3, "lines.unit", "importing.link_unknown")
    ]
    assert refused.value.problems[0].data["value"] == "桶"


def test_a_document_past_its_draft_is_left_alone_but_may_stand_in_the_file(world: World) -> None:
    shop(world)
    world.take("sales_order", xlsx(ORDERS), then="submit")
    assert world.take("sales_order", xlsx(ORDERS)).unchanged == 1
    rows = [list(row) for row in ORDERS]
    rows[1][5] = 11
    with pytest.raises(WrongRows) as refused:
        world.take("sales_order", xlsx(rows))
    assert {(one.row, one.code) for one in refused.value.problems} == {(2, "form.locked_in_state")}


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_what_was_exported_changes_nothing_when_it_is_imported(world: World, format: Format) -> None:
    shop(world)
    world.take(
        "product", xlsx([["code", "spec", "sales_price", "tax_rate", "active"], ["A1", "=1+1", 2.5, "13%", "否"]])
    )
    world.take("sales_order", xlsx(ORDERS))
    catalog, tables = world.ground.catalog, world.ground.tables
    exports = Exports(Lists(catalog, tables), Reports(catalog, tables))
    columns = ("code", "name", "spec", "unit", "sales_price", "tax_rate", "active")
    for form, wanted, rows in (("product", columns, 2), ("customer", ("code", "name", "payment_days"), 1)):
        file = BytesIO()
        with world.database.transaction(world.ground.schema, read_only=True) as transaction:
            context = world.ground.context(SYSTEM, NOW)
            exports.list(transaction, ListRequest(form, columns=wanted), SYSTEM, context, file, format)
        result = world.take(form, file.getvalue())
        assert (result.new, result.changed, result.unchanged, result.wrong) == (0, 0, rows, 0)


def test_a_file_that_unpacks_without_end_or_takes_too_long_is_refused() -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 50_000_000)
    begun = time.monotonic()
    with pytest.raises(UnreadableFile):
        read_workbook(bomb.getvalue(), Limits(memory_bytes=256 * 1024 * 1024))
    many = xlsx([["a", "b"], *([f"text {n}", n] for n in range(60_000))])
    with pytest.raises(UnreadableFile):
        read_workbook(many, Limits(memory_bytes=30 * 1024 * 1024))
    with pytest.raises(UnreadableFile):
        read(many, {"a"}.__contains__, Limits(seconds=0))
    assert time.monotonic() - begun < 60
