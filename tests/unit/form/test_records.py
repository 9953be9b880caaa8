"""Records are made whole, saved and read back: defaults, formulas, links, rows, numbers."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.unit.form.declared import SHOP, Shop


def a_thing(shop: Shop, **values: Any) -> int:
    """A thing that costs 12.5 and comes in boxes of 10."""
    group = shop.create("group", {"name": "五金", "factor": "2"})["id"]
    given = {
        "code": "A1", "name": "螺丝", "price": "12.5", "group": group,
        "units": [{"unit": "箱", "factor": 10}, {"unit": "个", "factor": 1}], "tags": ["a,b", 'c"d\\'],
    }  # fmt: skip
    return int(shop.create("thing", given | values)["id"])


def test_defaults_formulas_and_links(shop: Shop) -> None:
    thing = a_thing(shop)
    row, trips = shop.create_counted(
        "paper", {"partner": "甲", "rows": [{"thing": thing, "count": "3", "unit": "箱", "marks": ["x", "y,z"]},
                                            {"thing": thing, "count": 1, "price": "100"}]},
    )  # fmt: skip
    assert trips == 2, "one round trip to read, one to write and commit"
    first, second = row["rows"]
    assert first["base"] == 30
    assert second["base"] == 1
    assert first["price"] == Decimal("12.5")
    assert first["sum"] == Decimal("75.00"), "3 × 12.5 × the factor of the thing's group"
    assert row["total"] == Decimal("275.00")
    assert first["share"] == Decimal("0.272727")
    assert row["fee"] == Decimal("27.50"), "the rate of the company's main place, by default"
    assert row["big"] is False
    assert row["number"] == "P202603-0001"
    assert row["day"] == date(2026, 3, 15)
    keys = ("place.name", "rows.thing.group.name", "rows.thing.units.factor", "created_by.name")
    stored = shop.load("paper", row["id"], *keys)
    assert stored["total"] == row["total"]
    assert stored["place.name"] == "总仓"
    assert stored["state"] == "draft"
    assert [line["thing.group.name"] for line in stored["rows"]] == ["五金", "五金"]
    assert [line["marks"] for line in stored["rows"]] == [("x", "y,z"), None]
    assert [[unit["factor"] for unit in line["thing.units"]] for line in stored["rows"]] == [[10, 1], [10, 1]]
    assert stored["rows"][1]["thing.units"][0]["^"] is stored["rows"][1]
    assert all(line["^"] is stored for line in stored["rows"])
    assert shop.load("thing", thing)["tags"] == ("a,b", 'c"d\\')


def test_numbers_go_on_within_a_month(shop: Shop) -> None:
    thing = a_thing(shop)
    days = ["2026-03-01", "2026-03-31", "2026-04-01", "2026-03-02"]
    numbers = [shop.create("paper", {"day": day, "rows": [{"thing": thing, "count": 1}]})["number"] for day in days]
    assert numbers == ["P202603-0001", "P202603-0002", "P202604-0001", "P202603-0003"]


def test_rows_change_by_their_ids(shop: Shop) -> None:
    thing = a_thing(shop)
    paper = shop.create("paper", {"rows": [{"thing": thing, "count": 1}, {"thing": thing, "count": 2}]})
    kept, gone = (row["id"] for row in paper["rows"])
    changed = shop.change("paper", paper["id"], 1, {"rows": [{"thing": thing, "count": 7}, {"id": kept, "count": 5}]})
    assert [row["position"] for row in changed.after["rows"]] == [1, 2]
    stored = shop.load("paper", paper["id"])
    assert [(row["count"], row["sum"]) for row in stored["rows"]] == [(7, 175), (5, 125)]
    assert stored["rows"][1]["id"] == kept
    assert stored["total"] == 300
    assert stored["version"] == 2
    [(action, version, told)] = shop.execute(
        "SELECT action, version, changes FROM onebook_change WHERE record = %s AND version > 1", paper["id"]
    )
    assert (action, version) == ("update", 2)
    assert told["total"] == ["75", "300"]
    assert list(told["rows"]["removed"]) == [str(gone)]
    assert told["rows"]["changed"][str(kept)]["count"] == ["1", "5"]
    assert [row["count"] for row in told["rows"]["added"].values()] == ["7"]


def test_nothing_changed_writes_nothing(shop: Shop) -> None:
    thing = a_thing(shop)
    changed = shop.change("thing", thing, 1, {"price": "12.50", "name": " 螺丝 "})
    assert changed.before["version"] == 1
    assert shop.load("thing", thing)["version"] == 1


def test_searched_by_pinyin(shop: Shop) -> None:
    thing = a_thing(shop, name="重庆螺丝")
    [(text,)] = shop.execute("SELECT search FROM thing WHERE id = %s", thing)
    assert {"a1", "cqls", "重庆螺丝", "chongqingluosi"} <= set(text.split())
    shop.change("thing", thing, 1, {"name": "长沙垫片"})
    [(text,)] = shop.execute("SELECT search FROM thing WHERE id = %s", thing)
    assert "csdp" in text.split()
    assert "a1" in text.split(), "unchanged search fields stay"


def test_two_hundred_rows_take_as_many_statements_as_two(shop: Shop) -> None:
    thing = a_thing(shop)
    counts = []
    for rows in (2, 200):
        row, trips = shop.create_counted("paper", {"rows": [{"thing": thing, "count": 1}] * rows})
        assert trips == 2
        assert len(shop.load("paper", row["id"])["rows"]) == rows
        counts.append(trips)
    assert SHOP.form("paper").keys >= {"rows.thing.price", "company.main_place", "rows.thing.units.factor"}
