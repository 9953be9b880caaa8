"""Two people change one record: what goes together is merged, what does not is told field by field."""

from typing import Any

import pytest

from onebook.engines.form.refusals import Invalid, Stale
from tests.unit.form.declared import Shop
from tests.unit.form.test_refusals import OWNER, causes, thing, user


def paper(shop: Shop, *counts: int) -> tuple[int, list[int], int]:
    one = thing(shop)
    row = shop.create("paper", {"partner": "甲", "rows": [{"thing": one, "count": count} for count in counts]})
    return row["id"], [line["id"] for line in row["rows"]], one


def counts(shop: Shop, record: int) -> list[Any]:
    return [int(row["count"]) for row in shop.load("paper", record)["rows"]]


def test_disjoint_fields_go_together(shop: Shop) -> None:
    record, _, _ = paper(shop, 1)
    shop.change("paper", record, 1, {"partner": "乙"})
    changed = shop.change("paper", record, 1, {"partner": "甲", "note": "备注", "day": "2026-03-15"})
    assert changed.after["partner"] == "乙", "the user sent back what they saw; the other's change stays"
    stored = shop.load("paper", record)
    assert (stored["partner"], stored["note"], stored["version"]) == ("乙", "备注", 3)


def test_the_same_field_is_told(shop: Shop) -> None:
    user(shop, OWNER)
    record, _, _ = paper(shop, 1)
    shop.execute("UPDATE paper SET created_by = 77")
    shop.change("paper", record, 1, {"partner": "乙"})
    shop.change("paper", record, 2, {"partner": "丙"}, OWNER)
    with pytest.raises(Stale) as refused:
        shop.change("paper", record, 1, {"partner": "丁", "note": "x"})
    assert refused.value.data["version"] == 3
    [problem] = refused.value.problems
    assert (problem.code, problem.field) == ("form.changed_by_other", "partner")
    told = {name: problem.data[name] for name in ("by", "old", "new", "yours")}
    assert told == {"by": "甲", "old": "甲", "new": "丙", "yours": "丁"}
    assert shop.load("paper", record)["note"] is None
    shop.change("paper", record, 1, {"partner": "丙"})


def test_rows_go_together_by_their_ids(shop: Shop) -> None:
    record, (first, second), one = paper(shop, 1, 2)
    shop.change("paper", record, 1, {"rows": [{"id": first, "count": 10}, {"id": second}, {"thing": one, "count": 7}]})
    mine = [{"thing": one, "count": 5}, {"id": first, "count": 1}, {"id": second, "count": 20}]
    shop.change("paper", record, 1, {"rows": mine})
    assert counts(shop, record) == [5, 10, 20, 7]


def test_rows_that_do_not_go_together(shop: Shop) -> None:
    record, (first, second), _ = paper(shop, 1, 2)
    shop.change("paper", record, 1, {"rows": [{"id": first, "count": 10}]})
    with pytest.raises(Stale) as refused:
        shop.change("paper", record, 1, {"rows": [{"id": first, "count": 11}, {"id": second, "count": 3}]})
    assert causes(refused.value) == {
        ("changed_by_other", "rows.count", 1), ("changed_by_other", "rows.count", 2)
    }  # fmt: skip
    with pytest.raises(Stale) as refused:
        shop.change("paper", record, 1, {"rows": [{"id": second, "count": 2}]})
    assert causes(refused.value) == {("changed_by_other", "rows", 1)}
    shop.change("paper", record, 1, {"rows": [{"id": first, "count": 1}, {"id": second, "count": 2}], "note": "x"})
    assert counts(shop, record) == [10], "the row that the other removed and nobody changed stays removed"


def test_rows_of_other_records_are_refused(shop: Shop) -> None:
    record, _, one = paper(shop, 1)
    other = shop.create("paper", {"rows": [{"thing": one, "count": 1}]})
    with pytest.raises(Invalid) as refused:
        shop.change("paper", record, 1, {"rows": [{"id": other["rows"][0]["id"], "count": 9}]})
    assert causes(refused.value) == {("row_unknown", "rows.id", 1)}
