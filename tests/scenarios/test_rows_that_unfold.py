"""Rows that stand for others: saved, they are what lies behind them; typed, they stay as they were typed."""

from collections.abc import Iterator
from typing import Any

import pytest

from onebook.access.actor import SYSTEM
from onebook.engines.form.refusals import Invalid
from onebook.engines.process.command import Create, Run, Update
from onebook.engines.process.importing.request import ImportRequest
from onebook.engines.process.looking.drafting import DraftAsked
from onebook.storage.database import Database
from onebook.values.reference import RecordRef
from tests.scenarios.wares import Wares, opened


@pytest.fixture
def wares(database: Database) -> Iterator[Wares]:
    """A store of its own; its book must be clean after every story."""
    wares = opened(database)
    yield wares
    wares.assert_clean()


def kit(wares: Wares, name: str, *parts: tuple[int, str], **more: Any) -> int:
    """A thing that is made of others."""
    rows = [{"part": part, "count": count} for part, count in parts]
    return wares.made("thing", name=name, is_kit=True, parts=rows, **more).id


def told(wares: Wares, slip: RecordRef) -> list[tuple[str, str, str, str | None]]:
    """Each row of a slip: the thing, how many, at which price, and the kit that it belongs to."""
    return [
        (one["thing"]["title"], one["quantity"], one["price"], one["kit"] and one["kit"]["title"])
        for one in wares.record(slip)["lines"]
    ]


def test_a_kit_becomes_its_parts_where_it_stood(wares: Wares) -> None:
    first, second, third, fourth = wares.ids
    chest = kit(wares, "箱", (first, "2"), (third, "0.5"))
    lines = [{"thing": fourth, "quantity": "1"}, {"thing": chest, "quantity": "3"}, {"thing": second, "quantity": "5"}]
    slip = wares.made("slip", place=wares.place, rate="2", lines=lines)
    # What the kit's formulas leave blank is the default's; all other formulas follow.
    assert told(wares, slip) == [
        ("丁", "1", "7", None),
        ("甲", "12", "4", "箱"),
        ("丙", "3", "7", "箱"),
        ("乙", "5", "7", None),
    ]
    assert wares.record(slip)["total"] == "111.00"
    assert wares.ask("SELECT position FROM slip__lines ORDER BY position") == [(1,), (2,), (3,), (4,)]


def test_kits_of_kits_unfold_to_the_last_part(wares: Wares) -> None:
    inner = kit(wares, "内", (wares.ids[0], "2"))
    outer = kit(wares, "外", (inner, "3"), (wares.ids[1], "1"))
    slip = wares.made("slip", place=wares.place, lines=[{"thing": outer, "quantity": "1"}])
    assert [one[:2] for one in told(wares, slip)] == [("甲", "6"), ("乙", "1")]


def test_a_kit_of_itself_and_a_kit_of_nothing_are_refused_where_they_were_typed(wares: Wares) -> None:
    empty = kit(wares, "空")
    with pytest.raises(Invalid) as refused:
        lines = [{"thing": wares.ids[0], "quantity": "1"}, {"thing": empty, "quantity": "1"}]
        wares.made("slip", place=wares.place, lines=lines)
    assert [(one.code, one.field, one.row) for one in refused.value.problems] == [("form.nothing_behind", "lines", 2)]
    endless = kit(wares, "环", (wares.ids[0], "1"))
    parts = [{"part": endless, "count": "1"}, {"part": wares.ids[0], "count": "1"}]
    wares.change(RecordRef("thing", endless), parts=parts)
    with pytest.raises(Invalid) as refused:
        wares.made("slip", place=wares.place, lines=[{"thing": endless, "quantity": "1"}])
    assert [one.code for one in refused.value.problems] == ["form.unfolds_forever"]


def test_what_is_wrong_is_told_at_the_row_that_was_typed(wares: Wares) -> None:
    chest = kit(wares, "箱", (wares.ids[0], "2"), (wares.ids[2], "1"))
    lines = [{"thing": chest, "quantity": "-1"}, {"thing": wares.ids[1], "quantity": "1"}, {"thing": wares.ids[1]}]
    with pytest.raises(Invalid) as refused:
        wares.made("slip", place=wares.place, lines=lines)
    problems = [(one.code, one.field, one.row) for one in refused.value.problems]
    assert problems == [("form.must", "lines.quantity", 1), ("form.required", "lines.quantity", 3)]


def test_what_is_being_typed_stays_as_it_is_typed(wares: Wares) -> None:
    chest = kit(wares, "箱", (wares.ids[0], "2"), (wares.ids[2], "1"))
    values: dict[str, Any] = {"place": wares.place, "lines": [{"thing": chest, "quantity": "3"}]}
    drafted = wares.application.draft(wares.schema, wares.actor, DraftAsked("slip", values))
    assert [one["thing"]["title"] for one in drafted.values["lines"]] == ["箱"]
    slip = wares.made("slip", **values)
    stored = [{"id": one["id"]} for one in wares.record(slip)["lines"]]
    values = {"lines": [*stored, {"thing": chest, "quantity": "1"}]}
    drafted = wares.application.draft(wares.schema, wares.actor, DraftAsked("slip", values, of=slip.id))
    assert [one["thing"]["title"] for one in drafted.values["lines"]] == ["甲", "丙", "箱"]


def test_only_new_rows_unfold(wares: Wares) -> None:
    chest = kit(wares, "箱", (wares.ids[0], "2"), (wares.ids[2], "1"))
    slip = wares.made("slip", place=wares.place, lines=[{"thing": wares.ids[1], "quantity": "4"}])
    (row,) = wares.record(slip)["lines"]
    wares.change(slip, lines=[{"thing": chest, "quantity": "1"}, {"id": row["id"], "quantity": "5"}])
    assert [one[:2] for one in told(wares, slip)] == [("甲", "2"), ("丙", "1"), ("乙", "5")]
    assert wares.record(slip)["lines"][2]["id"] == row["id"]
    # What became a kit since stays in the papers that name it; chosen anew it unfolds.
    parts = [{"part": wares.ids[3], "count": "1"}]
    wares.change(RecordRef("thing", wares.ids[1]), is_kit=True, parts=parts)
    rows = wares.record(slip)["lines"]
    kept = [{"id": one["id"]} for one in rows]
    wares.change(slip, lines=[*kept[:2], {"id": row["id"], "quantity": "6"}], note="x")
    assert [one[:2] for one in told(wares, slip)] == [("甲", "2"), ("丙", "1"), ("乙", "6")]
    wares.change(slip, lines=[{"id": kept[0]["id"], "thing": wares.ids[1]}, kept[1], kept[2]])
    assert [one[:2] for one in told(wares, slip)] == [("丁", "2"), ("丙", "1"), ("乙", "6")]
    wares.change(slip, note="y")
    assert [one[:2] for one in told(wares, slip)] == [("丁", "2"), ("丙", "1"), ("乙", "6")]


def test_the_step_that_follows_moves_the_parts(wares: Wares) -> None:
    chest = kit(wares, "箱", (wares.ids[0], "2"), (wares.ids[2], "1"))
    values = {"place": wares.place, "lines": [{"thing": chest, "quantity": "1"}]}
    preview = wares.preview(Create("slip", values, "post"))
    assert preview.refusals == ()
    assert len(preview.entries) == 4
    slip = wares.made("slip", "post", **values)
    left = wares.ask("SELECT item, quantity FROM ledger_account WHERE role = 'stock' AND quantity > 0")
    assert left == [(wares.ids[0], 2)]
    wares.undo(slip)
    draft = wares.made("slip", place=wares.place, lines=[{"thing": wares.ids[1], "quantity": "1"}])
    changing = Update(draft, wares.version(draft), {"lines": [{"thing": chest, "quantity": "1"}]}, then="post")
    assert wares.do(changing).state == "done"
    assert [one[:2] for one in told(wares, draft)] == [("甲", "2"), ("丙", "1")]


def test_documents_that_steps_make_unfold_too(wares: Wares) -> None:
    chest = kit(wares, "箱", (wares.ids[0], "2"), (wares.ids[2], "1"))
    maker = wares.made("maker", name="套").id
    lines = [{"thing": chest, "quantity": "2"}]
    wish = wares.made("wish", maker=maker, place=wares.place, lines=lines)
    (slip,) = wares.do(Run(wish, "finish")).created
    assert [one[:2] for one in told(wares, slip)] == [("甲", "4"), ("丙", "2")]


def test_files_bring_kits_as_well_and_say_the_same_when_they_come_again(wares: Wares) -> None:
    chest = kit(wares, "箱", (wares.ids[0], "2"), (wares.ids[2], "1"))
    kit(wares, "大箱", (chest, "2"))
    file = "number,place,thing,quantity\nS-1,主仓,箱,3\n,,乙,4\nS-2,主仓,大箱,1\n"
    result = wares.application.import_(wares.schema, SYSTEM, ImportRequest("slip", file.encode()))
    assert (result.new, result.wrong) == (2, 0)
    first, second = (RecordRef("slip", number) for (number,) in wares.ask("SELECT id FROM slip ORDER BY number"))
    assert told(wares, first) == [("甲", "6", "4", "箱"), ("丙", "3", "7", "箱"), ("乙", "4", "7", None)]
    assert [one[:2] for one in told(wares, second)] == [("甲", "4"), ("丙", "2")]
    again = wares.application.import_(wares.schema, SYSTEM, ImportRequest("slip", file.encode()))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    kit(wares, "空")
    file = "place,thing,quantity\n主仓,箱,1\n,箱,-1\n,乙,0\n,空,1\n"
    told_wrong = wares.application.preview_import(wares.schema, SYSTEM, ImportRequest("slip", file.encode())).problems
    assert [(one.code, one.row) for one in told_wrong] == [
        ("form.must", 3), ("form.must", 4), ("form.nothing_behind", 5),
    ]  # fmt: skip
    file = "place,thing,quantity\n主仓,箱,1\n,箱,-1\n,乙,0\n"
    told_wrong = wares.application.preview_import(wares.schema, SYSTEM, ImportRequest("slip", file.encode())).problems
    assert [(one.field, one.row) for one in told_wrong] == [
        ("lines.quantity", 3), ("lines.quantity", 3), ("lines.quantity", 4),
    ]  # fmt: skip


def test_nobody_learns_what_is_behind_a_kit_that_they_may_not_see(wares: Wares) -> None:
    seller = wares.acting("seller")
    secret = kit(wares, "密", (wares.ids[0], "2"), is_secret=True)
    with pytest.raises(Invalid) as refused:
        seller.made("slip", place=wares.place, lines=[{"thing": secret, "quantity": "1"}])
    assert [(one.code, one.field, one.row) for one in refused.value.problems] == [
        ("form.link_missing", "lines.thing", 1)
    ]
    # What a kit that they may see is made of is the kit's own business.
    wares.change(RecordRef("thing", wares.ids[0]), is_secret=True)
    opened_kit = kit(wares, "明", (wares.ids[0], "2"))
    slip = seller.made("slip", place=wares.place, lines=[{"thing": opened_kit, "quantity": "1"}])
    assert [one[:2] for one in told(wares, slip)] == [("甲", "2")]
