"""Lists: what stands in them, in which order, page by page, and what is refused."""

from dataclasses import replace

import orjson
import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.report import listing
from onebook.engines.report.list import Lists
from onebook.engines.report.refusals import UnknownColumn, WrongCondition, WrongCursor
from onebook.engines.report.request import Combined, Condition, Conditions, ListRequest, Page
from onebook.storage.transaction import Statement
from tests.unit.report.conftest import World

PRODUCTS = 23


@pytest.fixture(scope="module")
def goods(world: World) -> World:
    category = world.create("product_category", {"name": "五金"}).record.id
    (unit,) = world.ask("SELECT id FROM unit ORDER BY id LIMIT 1")[0]
    for n in range(PRODUCTS):
        values = {"code": f"P{n:03}", "name": f"螺丝 {n}", "unit": unit, "sales_price": f"{n}.50"}
        if n % 3:
            values["category"] = category
        if n % 2:
            values["lower_limit"] = n % 5
        if n % 4 == 0:
            values["barcode"] = f"69000000000{n:02}"
        world.create("product", values)
    return world


def listed(world: World, **asked: object) -> Page:
    request = ListRequest("product", **asked)  # type: ignore[arg-type]
    with world.database.transaction(world.ground.schema, read_only=True) as transaction:
        page = world.lists.page(transaction, request, SYSTEM, world.context())
        assert transaction.round_trips == 1
    return page


def walk(world: World, **asked: object) -> list[str]:
    codes: list[str] = []
    cursor = None
    while True:
        page = listed(world, columns=("code",), limit=4, cursor=cursor, **asked)
        codes += [row["code"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            return codes


def walk_up(world: World, **asked: object) -> list[str]:
    """From the end of the list to its top."""
    codes: list[str] = []
    page = listed(world, columns=("code",), limit=4, end=True, **asked)
    assert page.next is None
    while True:
        codes[:0] = [row["code"] for row in page.rows]
        if page.previous is None:
            return codes
        page = listed(world, columns=("code",), limit=4, before=page.previous, **asked)


@pytest.mark.parametrize(
    "sort",
    [
        ("code",), ("-code",), ("lower_limit",), ("-lower_limit",), ("lower_limit", "-code"),
        ("-lower_limit", "sales_price"),
        ("category",), ("-category", "code"), ("category", "-lower_limit"), ("created_at",), ("-id",), (),
        ("lower_limit", "category", "code"), ("-lower_limit", "-category", "-code"), ("-category", "-lower_limit"),
        ("barcode", "lower_limit"), ("-barcode", "-category", "-lower_limit"), ("barcode",), ("-barcode",),
        ("-category",), ("active",), ("-active",), ("-active", "category", "-barcode"),
        ("-category.name", "lower_limit"),
    ],
)  # fmt: skip
def test_pages_hold_every_record_once_in_the_order_of_one_long_page(goods: World, sort: tuple[str, ...]) -> None:
    whole = [row["code"] for row in listed(goods, columns=("code",), limit=1000, sort=sort).rows]
    assert len(whole) == PRODUCTS
    assert walk(goods, sort=sort) == whole
    assert walk_up(goods, sort=sort) == whole
    assert len(set(whole)) == PRODUCTS


def test_a_page_may_be_read_on_in_either_direction(goods: World) -> None:
    for sort in ((), ("category",), ("-category",), ("-lower_limit", "barcode")):
        top = listed(goods, sort=sort, limit=5)
        assert top.previous is None
        second = listed(goods, sort=sort, limit=5, cursor=top.next)
        assert listed(goods, sort=sort, limit=5, before=second.previous).rows == top.rows
        third = listed(goods, sort=sort, limit=5, cursor=second.next)
        back = listed(goods, sort=sort, limit=5, before=third.previous)
        assert back.rows == second.rows
        assert listed(goods, sort=sort, limit=5, cursor=back.next).rows == third.rows
        with pytest.raises(WrongCursor):
            listed(goods, sort=sort, limit=5, cursor=top.next, end=True)


def test_what_has_the_same_value_stands_in_the_list_s_own_order(goods: World) -> None:
    for sort, falls in (("category", False), ("-category", True), ("active", False)):
        rows = listed(goods, columns=("code", sort.lstrip("-")), sort=(sort,), limit=1000).rows
        of_one = [row["code"] for row in rows if row[sort.lstrip("-")] is not None]
        assert of_one == sorted(of_one, reverse=falls)
        assert len(of_one) > 4


@pytest.mark.parametrize(
    "sort", [("code",), ("-lower_limit",), ("lower_limit", "-code"), ("-category", "code"), ("barcode",)]
)
def test_a_page_begins_after_so_many_rows_from_either_end(goods: World, sort: tuple[str, ...]) -> None:
    whole = [row["code"] for row in listed(goods, columns=("code",), limit=1000, sort=sort).rows]
    for skip in (0, 1, 9, PRODUCTS - 2, PRODUCTS, PRODUCTS + 50):
        page = listed(goods, columns=("code",), limit=5, sort=sort, skip=skip)
        assert [row["code"] for row in page.rows] == whole[skip : skip + 5]
        last = PRODUCTS - skip
        from_end = listed(goods, columns=("code",), limit=5, sort=sort, skip=skip, end=True)
        assert [row["code"] for row in from_end.rows] == (whole[max(0, last - 5) : last] if last > 0 else [])
    page = listed(goods, columns=("code",), limit=5, sort=sort, skip=9)
    behind = listed(goods, columns=("code",), limit=5, sort=sort, cursor=page.next)
    before = listed(goods, columns=("code",), limit=5, sort=sort, before=page.previous)
    assert [row["code"] for row in before.rows] == whole[4:9]
    assert [row["code"] for row in behind.rows] == whole[14:19]


def test_rows_are_counted_to_the_end_where_that_is_asked(goods: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("list", "listing"):
        monkeypatch.setattr(f"onebook.engines.report.{module}.COUNT_LIMIT", 7)
    for count, told in ((True, (7, True)), ("all", (PRODUCTS, False))):
        found = listed(goods, columns=("code",), filter='code <> "other"', count=count).count
        assert found is not None
        assert (found.value, found.more) == told


def test_blanks_stand_last_either_way(goods: World) -> None:
    for sort in ("lower_limit", "-lower_limit", "barcode", "-barcode"):
        key = sort.lstrip("-")
        values = [row[key] for row in listed(goods, columns=(key,), sort=(sort,)).rows]
        blanks = [value is None for value in values]
        assert blanks == sorted(blanks)
        assert True in blanks
        given = [value for value in values if value is not None]
        assert given == sorted(given, reverse=sort.startswith("-"))


def test_links_bring_id_and_title_and_figures_are_exact_text(goods: World) -> None:
    page = listed(goods, columns=("code", "category", "sales_price", "category.name"), sort=("code",), limit=2)
    first, second = page.rows
    assert first["category"] is None
    assert second["category"]["title"] == "五金"
    assert second["category.name"] == "五金"
    assert (first["sales_price"], second["sales_price"]) == ("0.5", "1.5")
    assert orjson.loads(page.encoded("en"))["rows"][1]["category"]["title"] == "五金"


def test_sums_and_counts_are_of_everything_that_matches(goods: World) -> None:
    page = listed(goods, columns=("code", "lower_limit"), filter="sales_price < 10", limit=3, sums=True, count=True)
    assert page.count is not None
    assert (page.count.value, page.count.more) == (10, False)
    assert page.sums == {"lower_limit": "10"}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([Condition("sales_price", "lt", "2")], 2),
        ([Condition("sales_price", "between", ["2.5", 4.5])], 3),
        ([Condition("code", "eq", "P003")], 1),
        ([Condition("code", "ne", "P003")], PRODUCTS - 1),
        ([Condition("code", "in", ["P003", "P004", "nothing"])], 2),
        ([Condition("code", "not_in", ["P003", "P004"])], PRODUCTS - 2),
        ([Condition("id", "in", [0])], 0),
        ([Condition("id", "not_in", [0])], PRODUCTS),
        ([Condition("code", "contains", "p00")], 10),
        ([Condition("code", "starts", "p02")], 3),
        ([Condition("code", "contains", "%")], 0),
        ([Condition("category", "blank")], 8),
        ([Condition("category", "not_blank"), Condition("code", "ge", "P020")], 2),
        ([Condition("category.name", "eq", "五金"), Condition("sales_price", "lt", 3)], 2),
    ],
)
def test_conditions_choose_records(goods: World, conditions: list[Condition], expected: int) -> None:
    assert len(listed(goods, conditions=tuple(conditions), columns=("code",)).rows) == expected


FIRST = Condition("code", "eq", "P001")
THIRD = Condition("code", "eq", "P003")
NOT_THIRD = Condition("code", "ne", "P003")
NOT_DEAR = Condition("sales_price", "lt", 3)
CHEAP = Condition("sales_price", "between", [None, 1])


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((Combined("any", (FIRST, THIRD)),), ["P001", "P003"]),
        ((Combined("all", (FIRST, THIRD)),), []),
        ((Combined("any", (FIRST, THIRD)), NOT_DEAR), ["P001"]),
        ((Combined("any", (THIRD, Combined("all", (NOT_DEAR, FIRST)))),), ["P001", "P003"]),
        ((Combined("any", (NOT_THIRD, THIRD)), Combined("any", (FIRST,))), ["P001"]),
        ((Combined("any", (CHEAP, Condition("code", "in", ["P003", "P004"]))),), ["P000", "P003", "P004"]),
    ],
)  # fmt: skip
def test_conditions_count_as_one_where_any_or_all_of_them_hold(
    goods: World, conditions: Conditions, expected: list[str]
) -> None:
    rows = listed(goods, conditions=conditions, columns=("code",), sort=("code",)).rows
    assert [row["code"] for row in rows] == expected


def test_conditions_that_do_not_fit_are_refused(goods: World) -> None:
    refused: Conditions = (
        Combined("any", ()),
        Combined("any", (FIRST, Condition("code", "like", "x"))),
        Condition("sales_price", "between", [None, None]),
        Condition("code", "like", "x"),
        Condition("sales_price", "lt", "many"),
        Condition("code", "in", []),
    )
    for condition in refused:
        with pytest.raises(WrongCondition):
            listed(goods, conditions=(condition,))
    with pytest.raises(UnknownColumn):
        listed(goods, conditions=(Condition("nothing", "eq", "x"),))
    with pytest.raises(UnknownColumn):
        listed(goods, conditions=(Combined("any", (FIRST, Condition("nothing", "eq", "x"))),))


def test_search_finds_names_codes_and_initials(goods: World) -> None:
    for words, expected in (
        ("螺丝 7", 2),
        ("ls", PRODUCTS),
        ("螺丝", PRODUCTS),
        ("丝螺", 0),
        ("螺钉", 0),
        ("luosi", PRODUCTS),
        ("p004", 1),
        ("P004", 1),
        ("100%", 0),
    ):
        assert len(listed(goods, search=words, columns=("code",)).rows) == expected, words


def test_the_bin_is_a_list_of_its_own(goods: World) -> None:
    with goods.database.administration(goods.ground.schema) as connection:
        connection.execute("UPDATE product SET deleted_at = now() WHERE code = 'P009'")
    try:
        assert len(listed(goods, columns=("code",)).rows) == PRODUCTS - 1
        assert [row["code"] for row in listed(goods, columns=("code",), bin=True).rows] == ["P009"]
    finally:
        with goods.database.administration(goods.ground.schema) as connection:
            connection.execute("UPDATE product SET deleted_at = NULL")


def test_cursors_of_other_lists_and_broken_ones_are_refused(goods: World) -> None:
    cursor = listed(goods, sort=("code",), limit=2).next
    assert cursor is not None
    for broken in (cursor[:-2], "x" + cursor, "", "å"):
        with pytest.raises(WrongCursor):
            listed(goods, sort=("code",), cursor=broken)
    with pytest.raises(WrongCursor):
        listed(goods, sort=("-code",), cursor=cursor)


def test_every_form_of_the_product_has_a_list(world: World) -> None:
    for form in world.ground.catalog.forms.values():
        for target in (form.form, *(f"{form.form}.{lines}" for lines in form.line_fields)):
            with world.database.transaction(world.ground.schema, read_only=True) as transaction:
                request = ListRequest(target, sums=True, count=True)
                world.lists.page(transaction, request, SYSTEM, world.context())


def test_two_letters_are_found_at_beginnings_three_anywhere(goods: World) -> None:
    codes = [row["code"] for row in listed(goods, columns=("code",), search="ls").rows]
    assert len(codes) == PRODUCTS
    assert listed(goods, columns=("code",), search="uo").rows == []
    assert len(listed(goods, columns=("code",), search="uos", limit=100).rows) == PRODUCTS
    assert len(listed(goods, columns=("code",), search="螺 P0", limit=100).rows) == PRODUCTS
    assert len(listed(goods, columns=("code",), search="丝", limit=100).rows) == PRODUCTS


@pytest.mark.parametrize(("rare", "sample"), [(5000, 100), (5000, 0), (0, 0), (1, 0)])
@pytest.mark.parametrize("search", ["丝", "黎", "螺丝", "丝螺", "黎 丝", "丝 黎", "黎明 螺", "无"])
def test_one_and_two_characters_are_found_whether_they_are_rare_or_not(
    goods: World, monkeypatch: pytest.MonkeyPatch, rare: int, sample: int, search: str
) -> None:
    monkeypatch.setattr(listing, "_RARE", rare)
    monkeypatch.setattr(listing, "_SAMPLE", sample)
    fresh = replace(goods, lists=Lists(goods.ground.catalog, goods.ground.tables))
    names = {f"P{n:03}": f"螺丝 {n}" for n in range(PRODUCTS)}
    with goods.database.administration(goods.ground.schema) as connection:
        connection.execute("DELETE FROM product WHERE code LIKE 'Z_'")
    (unit,) = goods.ask("SELECT id FROM unit ORDER BY id LIMIT 1")[0]
    for n, name in enumerate(("黎明螺丝", "垫片黎")):
        goods.create("product", {"code": f"Z{n}", "name": name, "unit": unit})
        names[f"Z{n}"] = name
    wanted = sorted(code for code, name in names.items() if all(word in name for word in search.split()))
    for sort in (("code",), ("-code",), ("category", "code")):
        assert sorted(walk(fresh, search=search, sort=sort)) == wanted
    page = listed(fresh, search=search, columns=("code",), sort=("code",), limit=3, count=True)
    assert [row["code"] for row in page.rows] == wanted[:3]
    assert page.count is not None
    assert page.count.value == len(wanted)
    with goods.database.administration(goods.ground.schema) as connection:
        connection.execute("DELETE FROM product WHERE code LIKE 'Z_'")


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (ListRequest("sales_order"), "sales_order_list_ordered"),
        (ListRequest("sales_order", sort=("total",)), "sales_order_total_sorted"),
        (ListRequest("sales_order", sort=("-total",)), "sales_order_total_sorted"),
        (ListRequest("sales_order", sort=("ordered_on",)), "sales_order_list_ordered"),
        (ListRequest("sales_order", sort=("payment",)), "sales_order_payment_sorted"),
        (ListRequest("sales_order", sort=("-received",)), "sales_order_received_sorted"),
        (ListRequest("sales_order", sort=("-customer",)), "customer_name_titled"),
        (ListRequest("product"), "product_code_unique"),
        (ListRequest("sales_order", bin=True), "sales_order_deleted_at_binned"),
    ],
)
def test_pages_are_read_through_the_index_of_their_order(world: World, asked: ListRequest, index: str) -> None:
    """Empty tables are quicker read whole: the server is asked to imagine that they are not."""
    statement = world.lists.statement(asked, SYSTEM, world.context())
    settings = [Statement(f"SET LOCAL enable_{way} = off") for way in ("seqscan", "sort")]
    with world.database.transaction(world.ground.schema) as transaction:
        *_, rows = transaction.run(*settings, Statement(f"EXPLAIN {statement.sql}", statement.parameters))
    plan = "\n".join(line for (line,) in rows)
    assert index in plan
    assert "Seq Scan" not in plan
