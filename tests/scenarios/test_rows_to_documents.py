"""Rows of a report become documents: of those that were chosen, with figures that the server reads anew."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from onebook.engines.process.command import CreateFromRows
from onebook.engines.process.refusals import DocumentRefused, KeyReused
from onebook.engines.report.refusals import (
    HiddenField,
    NotCreatable,
    NothingToCreate,
    NotReadable,
    RowsChanged,
    UnknownColumn,
    UnknownCreation,
    WrongCondition,
)
from onebook.storage.database import Database
from tests.scenarios.wares import Wares, opened


@pytest.fixture
def wares(database: Database) -> Iterator[Wares]:
    """A store of its own; its book must be clean after every story."""
    wares = opened(database)
    yield wares
    wares.assert_clean()


def test_all_rows_that_qualify_become_one_draft_for_each_head(wares: Wares) -> None:
    first, second = sorted(wares.drafts(wares.make("short", "order")), key=lambda one: len(one["lines"]), reverse=True)
    assert first["state"] == second["state"] == "draft"
    assert {first["number"], second["number"]} == {"W2026-0001", "W2026-0002"}
    told = [(line["thing"]["title"], line["quantity"], line["amount"]) for line in first["lines"]]
    # The figures keep the digits of their fields; what is not given is the default's, and formulas follow.
    assert sorted(told) == [("丙", "1.5", None), ("甲", "2", "4.00")]
    assert first["maker"]["title"] == "快"
    assert first["due"] == date(2026, 3, 12)
    assert first["note"] == "补货"
    assert [(line["thing"]["title"], line["quantity"]) for line in second["lines"]] == [("乙", "2.333333")]
    # A formula that has nothing to say leaves the field to itself.
    assert second["due"] is None
    assert second["total"] == "7.00"


def test_only_chosen_rows_are_taken_and_the_browser_s_figures_are_never_asked(wares: Wares) -> None:
    (draft,) = wares.drafts(wares.make("short", "order", [{"item": wares.ids[0]}]))
    assert [line["quantity"] for line in draft["lines"]] == ["2"]
    wares.made("receipt", "post", place=wares.place, lines=[{"thing": wares.ids[0], "quantity": "3"}])
    (draft,) = wares.drafts(wares.make("short", "order", [{"item": wares.ids[0]}]))
    assert [line["quantity"] for line in draft["lines"]] == ["1"]


def test_the_page_says_which_rows_qualify(wares: Wares) -> None:
    page = wares.page("short")
    offered = dict(zip([row["item"]["title"] for row in page.rows], page.extra["creates"]["order"], strict=True))
    assert offered == {"甲": True, "乙": True, "丙": True, "丁": False}
    assert set(page.extra["creates"]) == {"order", "remind", "value_all"}


def test_a_row_that_changed_meanwhile_refuses_all(wares: Wares) -> None:
    before = wares.everything()
    with pytest.raises(RowsChanged) as refused:
        wares.make("short", "order", [{"item": wares.ids[0]}, {"item": wares.ids[3]}, {"item": 999_999}])
    assert refused.value.data["count"] == 2
    assert wares.everything() == before


def test_parameters_of_the_report_hold_for_its_documents(wares: Wares) -> None:
    (draft,) = wares.drafts(wares.make("short", "order", parameters={"at_least": "6"}))
    assert [line["thing"]["title"] for line in draft["lines"]] == ["乙"]
    with pytest.raises(NothingToCreate):
        wares.make("short", "order", parameters={"at_least": "100"})


def test_without_lines_each_row_is_a_document(wares: Wares) -> None:
    made = wares.drafts(wares.make("short", "remind"))
    assert [(one["thing"]["title"], one["text"]) for one in made] == [
        ("丁", "缺 4"), ("丙", "缺 5"), ("乙", "缺 7"), ("甲", "缺 6")
    ]  # fmt: skip


def test_by_makes_one_document_for_each_value_and_reads_the_first_row(wares: Wares) -> None:
    made = {one["maker"]["title"]: one for one in wares.drafts(wares.make("short", "value_all"))}
    assert set(made) == {"快", "慢"}
    assert len(made["快"]["lines"]) == 2
    assert {line["price"] for line in made["快"]["lines"]} == {"8", "9"}


def test_the_same_key_makes_nothing_twice(wares: Wares) -> None:
    first = wares.make("short", "order", key="k")
    before = wares.ask("SELECT count(*) FROM wish")
    again = wares.make("short", "order", key="k")
    assert again.is_repeat
    assert (again.record, again.created) == (first.record, first.created)
    assert wares.ask("SELECT count(*) FROM wish") == before
    with pytest.raises(KeyReused):
        wares.make("short", "order", [{"item": wares.ids[0]}], key="k")


def test_rows_of_lines_find_the_names_of_their_record(wares: Wares) -> None:
    (draft,) = wares.drafts(wares.make("received", "again"))
    assert draft["place"]["title"] == "主仓"
    assert {line["thing"]["title"]: Decimal(line["quantity"]) for line in draft["lines"]} == {"甲": 4, "丙": 1}


def test_rights_are_the_actor_s(wares: Wares) -> None:
    keeper = wares.acting("keeper")
    outcome = keeper.make("short", "order")
    rows = wares.ask("SELECT created_by FROM wish")
    assert {by for (by,) in rows} == {keeper.actor.id}
    assert len(rows) == 1 + len(outcome.created)
    # What reads a hidden column is not offered, and refused; so is what may not be created.
    assert set(keeper.page("short").extra["creates"]) == {"order"}
    with pytest.raises(HiddenField):
        keeper.make("short", "value_all")
    with pytest.raises(NotCreatable):
        keeper.make("short", "remind")
    reader = wares.acting("reader")
    assert "creates" not in reader.page("short").extra
    with pytest.raises(NotCreatable):
        reader.make("short", "order")
    with pytest.raises(NotReadable):
        reader.make("received", "again")


def test_what_is_wrong_with_one_document_keeps_all_from_being_made(wares: Wares) -> None:
    negative = wares.made("thing", name="戊", maker=wares.made("maker", name="错").id, least="0.000001").id
    before = wares.ask("SELECT count(*) FROM wish")
    with pytest.raises(DocumentRefused) as refused:
        wares.make("short", "order", [{"item": wares.ids[0]}, {"item": negative}])
    assert refused.value.data["count"] == 2
    assert [(one.field, one.row) for one in refused.value.problems] == [("lines.quantity", 1)]
    assert wares.ask("SELECT count(*) FROM wish") == before


def test_what_names_no_row_is_refused(wares: Wares) -> None:
    with pytest.raises(UnknownColumn):
        wares.make("short", "order", [{"place": 1}])
    with pytest.raises(WrongCondition):
        wares.make("short", "order", [{"item": "甲"}])
    with pytest.raises(UnknownCreation):
        wares.do(CreateFromRows("short", "nothing", "wish"))
