"""Importing records without lines: new, changed, unchanged, wrong; links, keys, twins, damaged numbers."""

from typing import Any

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.process.importing.refusals import ImportCancelled, UnknownHeaders, WrongRows
from onebook.engines.process.importing.request import ImportRequest
from onebook.engines.process.importing.run import Import, template_of
from onebook.engines.process.importing.sheet import Limits
from onebook.engines.process.importing.workbook import read_workbook
from onebook.storage.transaction import Statement
from tests.unit.importing.conftest import NOW, World, wrong, xlsx

HEADERS = ("编码", "名称", "计量单位", "销售价", "条码")


def unit(world: World) -> str:
    return str(world.ask("SELECT name FROM unit ORDER BY id LIMIT 1")[0][0])


def headers(world: World) -> list[str]:
    fields = world.ground.catalog.forms["product"].fields
    return [fields[name].label.chinese for name in ("code", "name", "unit", "sales_price", "barcode")]


def test_new_records_are_computed_checked_searchable_and_in_the_trail(world: World) -> None:
    file = xlsx(
        [
            headers(world),
            ["A1", "螺丝", unit(world), 2.5, "6901234567892"],
            [1002.0, "螺母", unit(world), "1,234.50", ""],
        ]
    )
    result = world.take("product", file)
    assert (result.new, result.changed, result.wrong) == (2, 0, 0)
    rows = world.ask(
        "SELECT code, name, sales_price::text, barcode, search, version, created_by FROM product ORDER BY id"
    )
    assert rows[0][:4] == ("A1", "螺丝", "2.500000", "6901234567892")
    assert rows[1][:4] == ("1002", "螺母", "1234.500000", None)
    assert "luosi" in rows[0][4]
    assert world.ask("SELECT action, count(*) FROM onebook_change WHERE form = 'product' GROUP BY 1") == [("import", 2)]


def test_the_same_file_again_changes_nothing_and_other_values_are_changes(world: World) -> None:
    rows: list[list[Any]] = [headers(world), ["A1", "螺丝", unit(world), 2.5, ""], ["A2", "螺母", unit(world), 3, ""]]
    world.take("product", xlsx(rows))
    again = world.take("product", xlsx(rows))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    rows[1][3] = 9
    preview = world.preview("product", xlsx(rows))
    assert (preview.new, preview.changed, preview.unchanged) == (0, 1, 1)
    assert world.ask("SELECT count(*) FROM product WHERE sales_price = 9") == [(0,)]
    world.take("product", xlsx(rows))
    assert world.ask("SELECT sales_price::text, version, name FROM product WHERE code = 'A1'") == [
        ("9.000000", 2, "螺丝")
    ]
    changes = world.ask("SELECT changes FROM onebook_change WHERE form = 'product' AND version = 2")
    assert changes[0][0]["sales_price"] == ["2.5", "9"]


def test_wrong_rows_are_named_and_nothing_is_written(world: World) -> None:
    file = xlsx([
        headers(world),
        ["A1", "螺丝", unit(world), 2.5, ""],
        ["A2", "", unit(world), 1, ""],
        ["A3", "垫片", "no such unit", 1, ""],
        ["A4", "垫片", unit(world), "abc", ""],
        [6222021000123456789.0, "卡", unit(world), 1, ""],
        ["A6", "条码", unit(world), 1, "6901234567892.0"],
        ["A1", "重复", unit(world), 1, ""],
        ["A8", "位数", unit(world), 1.12345678, ""],
    ])  # fmt: skip
    with pytest.raises(WrongRows) as refused:
        world.take("product", file)
    found = {(one.row, one.field, one.code) for one in refused.value.problems}
    assert {
        (3, "name", "form.required"),
        (4, "unit", "importing.link_unknown"),
        (5, "sales_price", "importing.not_a_number"),
        (6, "code", "importing.damaged_number"),
        (7, "barcode", "importing.damaged_number"),
        (8, "code", "importing.twice"),
        (9, "sales_price", "form.too_precise"),
    } <= found
    assert world.ask("SELECT count(*) FROM product") == [(0,)]
    assert world.ask("SELECT count(*) FROM onebook_change WHERE form = 'product'") == [(0,)]


def test_wrong_rows_can_be_skipped_and_come_back_as_a_file_that_can_be_mended(world: World) -> None:
    file = xlsx([headers(world), ["A1", "螺丝", unit(world), 2.5, ""], ["A2", "坏", unit(world), "abc", ""]])
    importing = world.importing("product", file, skip_wrong=True)
    result = importing.run(world.database)
    assert (result.new, result.wrong) == (1, 1)
    back = importing.wrong_rows(result.problems, "zh-CN")
    rows = [list(row) for row in zip(*read_workbook(back, Limits())[1], strict=True)]
    assert rows[0] == [*headers(world), "错误原因"]
    assert rows[1][:4] == ["A2", "坏", unit(world), "abc"]
    assert "abc" in str(rows[1][5])
    rows[1][3] = 7.0
    mended = world.take("product", xlsx(rows))
    assert (mended.new, mended.wrong) == (1, 0)


def test_missing_links_are_created_only_if_asked_and_only_in_earnest(world: World) -> None:
    category = world.ground.catalog.forms["product"].fields["category"].label.chinese
    file = xlsx(
        [
            [*headers(world), category],
            ["A1", "螺丝", unit(world), 1, "", "紧固件"],
            ["A2", "螺母", unit(world), 1, "", "紧固件"],
        ]
    )
    assert wrong(world.preview("product", file))[0] == (2, "category", "importing.link_unknown")
    preview = world.preview("product", file, create_missing=frozenset({"category"}))
    assert (preview.new, preview.wrong, len(preview.created_links)) == (2, 0, 1)
    assert world.ask("SELECT count(*) FROM product_category WHERE name = '紧固件'") == [(0,)]
    world.take("product", file, create_missing=frozenset({"category"}))
    assert world.ask(
        "SELECT c.name, count(*) FROM product p JOIN product_category c ON c.id = p.category GROUP BY 1"
    ) == [("紧固件", 2)]


def test_headers_that_mean_nothing_are_refused_until_they_are_mapped(world: World) -> None:
    rows: list[list[Any]] = [[*headers(world)[:3], "奇怪的列", "Price"], ["A1", "螺丝", unit(world), "x", 4]]
    with pytest.raises(UnknownHeaders) as refused:
        world.take("product", xlsx(rows))
    assert refused.value.data["unknown"] == ["奇怪的列", "Price"]
    result = world.take("product", xlsx(rows), mapping={"奇怪的列": None, "Price": "sales_price"})
    assert result.new == 1
    assert world.ask("SELECT sales_price FROM product")[0][0] == 4


def test_csv_in_gb18030_and_formulas_as_text(world: World) -> None:
    rows = "\r\n".join([",".join(headers(world)), f"A1,=1+1,{unit(world)},2.5,", f"A2,螺母,{unit(world)},3,"])
    for encoding in ("gb18030", "utf-8-sig", "utf-8", "utf-16"):
        result = world.take("product", rows.encode(encoding))
        assert result.wrong == 0
    assert world.ask("SELECT name FROM product ORDER BY code") == [("=1+1",), ("螺母",)]


def test_the_template_is_understood_by_the_import(world: World) -> None:
    for form in ("product", "customer", "sales_order"):
        _, columns = read_workbook(template_of(world.ground, form, SYSTEM, "zh-CN"), Limits())
        headers, width = [column[0] for column in columns], len(columns)
        importing = world.importing(form, xlsx([headers, ["x"] * width]))
        assert len(importing.columns) == width


def test_a_watcher_can_stop_it(world: World) -> None:
    file = xlsx([headers(world), ["A1", "螺丝", unit(world), 1, ""]])

    def watch(stage: str, _done: int, _total: int) -> None:
        if stage == "write":
            raise ImportCancelled

    with pytest.raises(ImportCancelled):
        Import(world.ground, ImportRequest("product", file), SYSTEM, NOW, watch).run(world.database)
    assert world.ask("SELECT count(*) FROM product") == [(0,)]


def test_questions_for_the_keys_of_a_file_are_planned_for_this_file(world: World) -> None:
    """A plan that is kept from a small table compares each of its rows with each key once it has grown."""
    for turn in (1, 2, 3):
        found = world.take("product", xlsx([headers(world), [f"A{turn}", f"螺丝{turn}", unit(world), 2.5, ""]]))
        changed = world.take("product", xlsx([headers(world), ["A1", f"螺钉{turn}", unit(world), 2.5, ""]]))
        assert (found.new, changed.changed) == (1, 1)
    kept = Statement(
        "SELECT statement, generic_plans FROM pg_prepared_statements"
        " WHERE statement ~ '(JOIN|FROM) unnest' AND statement ~ 'product'"
    )
    with world.database.transaction(world.ground.schema) as transaction:
        [rows] = transaction.run(kept)
    assert {text.split(maxsplit=1)[0] for text, _ in rows} == {"SELECT", "UPDATE"}
    assert [text for text, generic_plans in rows if generic_plans] == []
