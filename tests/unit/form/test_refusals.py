"""What records refuse, with every reason at once; and that nothing is written then."""

import threading
from typing import Any

import psycopg
import pytest

from onebook.access.actor import Actor
from onebook.engines.form.bin import Binning, Restoring
from onebook.engines.form.gather import gather
from onebook.engines.form.refusals import (
    Duplicated,
    Forbidden,
    Invalid,
    LinkBinned,
    Locked,
    NotBinnable,
    NotFound,
    StillUsed,
)
from onebook.engines.form.text import masked
from onebook.engines.form.violations import refusal_of
from onebook.values.refusal import Refusal
from tests.unit.form.declared import NOW, SHOP, Shop

OWNER = Actor(77, "甲", frozenset({"owner"}))
READER = Actor(78, "乙", frozenset({"reader"}))


def causes(refusal: Refusal) -> set[tuple[str, str | None, int | None]]:
    return {(one.code.removeprefix("form."), one.field, one.row) for one in refusal.problems}


def user(shop: Shop, actor: Actor) -> None:
    shop.execute('INSERT INTO "user" (id, name) VALUES (%s, %s)', actor.id, actor.name)


def thing(shop: Shop, name: str = "螺丝", **values: Any) -> int:
    return int(shop.create("thing", {"name": name, **values}, accept_warnings=True)["id"])


def test_every_unreadable_value_at_once(shop: Shop) -> None:
    with pytest.raises(Invalid) as refused:
        shop.create(
            "thing",
            {
                "code": "a\x00b", "name": "长" * 501, "price": "1.2345678", "group": "x", "active": 3,
                "colour": "green", "barcode": 5, "no_such": 1,
                "units": [{"unit": "箱", "factor": "ten"}, "row", {"factor": 1, "id": -4}],
            },
        )  # fmt: skip
    assert causes(refused.value) == {
        ("forbidden_characters", "code", None), ("too_long", "name", None), ("too_precise", "price", None),
        ("not_link", "group", None), ("not_flag", "active", None), ("not_option", "colour", None),
        ("not_text", "barcode", None), ("unknown_field", "no_such", None), ("not_number", "units.factor", 1),
        ("not_rows", "units", 2), ("not_link", "units.id", 3),
    }  # fmt: skip
    assert shop.execute("SELECT count(*) FROM thing") == [(0,)]


def test_every_broken_condition_at_once(shop: Shop) -> None:
    one = thing(shop)
    with pytest.raises(Invalid) as refused:
        shop.create("paper", {"place": 999, "rows": [{"thing": one, "count": 0}, {"count": 1}, {"thing": 888}]})
    assert causes(refused.value) == {
        ("must", "rows.count", 1), ("required", "rows.thing", 2), ("link_missing", "rows.thing", 3),
        ("must", "rows.count", 3), ("link_missing", "place", None),
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        shop.create("paper", {"rows": []})
    assert causes(refused.value) == {("too_few_rows", "rows", None)}
    with pytest.raises(Invalid) as refused:
        shop.create("thing", {"name": "垫片", "price": -1, "units": [{"unit": "箱"}, {"unit": "箱"}]})
    assert causes(refused.value) == {("must", "price", None), ("twice_in_rows", "units.unit", 2)}
    with pytest.raises(Invalid) as refused:
        shop.create("paper", {"rows": [{"thing": one, "count": "999999999999", "price": "999999999999"}]})
    assert ("too_large", "rows.sum", 1) in causes(refused.value)


def test_computed_fields_are_not_typed(shop: Shop) -> None:
    with pytest.raises(Invalid) as refused:
        shop.create("paper", {"total": 5, "rows": [{"sum": 1}]})
    assert causes(refused.value) == {("not_typed", "total", None), ("not_typed", "rows.sum", 1)}


def test_unique_and_duplicates(shop: Shop) -> None:
    shop.create("thing", {"code": "A1", "name": "不锈钢轴承"})
    with pytest.raises(Duplicated) as refused:
        shop.create("thing", {"code": "Ａ１", "name": "不锈钢　轴承"})
    assert causes(refused.value) == {("not_unique", "code", None), ("duplicate", "name", None)}
    assert refused.value.problems[0].data["others"] == ["不锈钢轴承"]
    with pytest.raises(Duplicated) as refused:
        shop.create("thing", {"name": "不锈钢轴承座"})
    assert causes(refused.value) == {("duplicate_warning", "name", None)}
    other = shop.create("thing", {"name": "不锈钢轴承座"}, accept_warnings=True)
    shop.change("thing", other["id"], 1, {"price": 3, "name": "不锈钢轴承座"})
    with pytest.raises(Duplicated):
        shop.change("thing", other["id"], 2, {"code": "A1"})


def test_unique_at_the_last_moment(shop: Shop) -> None:
    """Two at once pass the check; the index stops the second, and says so as the check would have."""
    shop.create("thing", {"code": "B1", "name": "甲"})
    with pytest.raises(psycopg.errors.UniqueViolation) as error:
        shop.execute("INSERT INTO thing (code, name) VALUES ('B1', '乙')")
    refusal = refusal_of(SHOP, error.value)
    assert isinstance(refusal, Duplicated)
    assert causes(refusal) == {("not_unique", "code", None)}
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as error2:
        shop.execute("INSERT INTO thing (name, \"group\") VALUES ('丙', 5)")
    refusal = refusal_of(SHOP, error2.value)
    assert refusal is not None
    assert causes(refusal) == {("link_missing", "group", None)}


def test_the_same_name_twice_at_once(shop: Shop) -> None:
    """What blocks without an index waits for the other: one of the two is refused."""
    outcomes: list[str] = []

    def make() -> None:
        try:
            shop.create("thing", {"name": "同时"})
            outcomes.append("made")
        except Duplicated:
            outcomes.append("refused")

    threads = [threading.Thread(target=make) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["made", "refused", "refused", "refused"]


def test_what_may_not_be_read_is_not_there(shop: Shop) -> None:
    user(shop, OWNER)
    mine, other = thing(shop, "甲", owner=77), thing(shop, "乙")
    assert shop.load("thing", mine, actor=OWNER)["name"] == "甲"
    with pytest.raises(NotFound):
        shop.load("thing", other, actor=OWNER)
    with pytest.raises(NotFound):
        shop.change("thing", other, 1, {"name": "丙"}, OWNER)
    with pytest.raises(Invalid) as refused:
        shop.create("paper", {"rows": [{"thing": other, "count": 1}, {"thing": mine, "count": 1}]}, OWNER)
    assert causes(refused.value) == {("link_missing", "rows.thing", 1)}
    paper = shop.create("paper", {"rows": [{"thing": mine, "count": 1}]}, OWNER)
    assert shop.change("paper", paper["id"], 1, {"note": "好"}, OWNER).after["note"] == "好"


def test_scopes_of_creation_and_change(shop: Shop) -> None:
    user(shop, OWNER)
    with pytest.raises(Forbidden):
        shop.create("thing", {"name": "甲"}, OWNER)
    shop.create("thing", {"name": "甲", "owner": 77}, OWNER)
    with pytest.raises(Forbidden):
        shop.create("thing", {"name": "乙"}, READER)
    paper = shop.create("paper", {"rows": [{"thing": thing(shop, "丙"), "count": 1}]})
    with pytest.raises(Forbidden):
        shop.change("paper", paper["id"], 1, {"note": "x"}, OWNER)
    with pytest.raises(Forbidden):
        shop.change("paper", paper["id"], 1, {"note": "x"}, READER)
    with pytest.raises(Forbidden):
        shop.create("paper", {}, Actor(9, "none"))
    with pytest.raises(Invalid) as refused:
        shop.create("thing", {"name": "丁", "owner": 77, "price": 5}, OWNER)
    assert causes(refused.value) == {("unknown_field", "price", None)}


def test_locked_by_state_and_condition(shop: Shop) -> None:
    one = thing(shop)
    paper = shop.create("paper", {"partner": "fixed", "rows": [{"thing": one, "count": 1}]})
    with pytest.raises(Invalid) as refused:
        shop.change("paper", paper["id"], 1, {"discount": "0.1"})
    assert causes(refused.value) == {("field_locked", "discount", None)}
    shop.execute("UPDATE paper SET state = 'open' WHERE id = %s", paper["id"])
    row = paper["rows"][0]["id"]
    with pytest.raises(Locked) as locked:
        shop.change("paper", paper["id"], 1, {"partner": "x", "rows": [{"id": row, "count": 2}], "day": "2026-03-01"})
    assert causes(locked.value) == {("locked_in_state", "partner", None), ("locked_in_state", "rows.count", None)}
    shop.change("paper", paper["id"], 1, {"partner": "fixed", "day": "2026-03-01", "rows": [{"id": row, "count": 1}]})
    shop.execute("UPDATE paper SET state = 'done' WHERE id = %s", paper["id"])
    with pytest.raises(Locked):
        shop.change("paper", paper["id"], 2, {"day": "2026-03-02"})
    shop.change("paper", paper["id"], 2, {"note": "仍可备注"})


def bin_of(shop: Shop, form: str, record: int, actor: Actor | None = None) -> None:
    who = actor or Actor(0, "system")
    with shop.database.transaction(shop.schema) as transaction:
        wanted = Binning(SHOP, form, record, who, shop.context(who))
        gather(transaction, wanted)
        transaction.commit(*wanted.saved(NOW).statements)
        assert transaction.round_trips == 2


def restore(shop: Shop, form: str, record: int) -> None:
    with shop.database.transaction(shop.schema) as transaction:
        wanted = Restoring(SHOP, form, record, Actor(0, "system"), shop.context())
        gather(transaction, wanted)
        transaction.commit(*wanted.saved(NOW).statements)


def test_the_bin(shop: Shop) -> None:
    one = thing(shop, code="C1")
    paper = shop.create("paper", {"rows": [{"thing": one, "count": 1}, {"thing": one, "count": 2}]})
    with pytest.raises(StillUsed) as refused:
        bin_of(shop, "thing", one)
    assert causes(refused.value) == {("used_by", "rows.thing", None)}
    assert refused.value.problems[0].data["others"] == [paper["number"]]
    assert refused.value.problems[0].data["count"] == 1
    bin_of(shop, "paper", paper["id"])
    with pytest.raises(NotFound):
        shop.load("paper", paper["id"])
    bin_of(shop, "thing", one)
    with pytest.raises(LinkBinned) as gone:
        restore(shop, "paper", paper["id"])
    assert causes(gone.value) == {("link_in_bin", "rows.thing", 1), ("link_in_bin", "rows.thing", 2)}
    shop.create("thing", {"code": "C1", "name": "另一个"})
    with pytest.raises(Duplicated):
        restore(shop, "thing", one)
    shop.execute("UPDATE thing SET code = 'C2' WHERE deleted_at IS NULL")
    restore(shop, "thing", one)
    restore(shop, "paper", paper["id"])
    assert shop.load("paper", paper["id"])["version"] == 3
    actions = shop.execute("SELECT action FROM onebook_change WHERE record = %s ORDER BY id", paper["id"])
    assert actions == [("create",), ("bin",), ("restore",)]
    shop.execute("UPDATE paper SET state = 'done'")
    with pytest.raises(NotBinnable):
        bin_of(shop, "paper", paper["id"])
    with pytest.raises(Forbidden):
        bin_of(shop, "paper", paper["id"], READER)


def test_masks() -> None:
    assert masked("13812345678") == "138****5678"
    assert masked("someone@example.com") == "s****@example.com"
    assert masked("王小明") == "王****"
    assert masked("A12345") == "A****5"
    assert masked(None) is None
