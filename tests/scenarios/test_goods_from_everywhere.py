"""What a step makes and a field remembers is the same wherever a record comes from: copies, files, two people."""

from decimal import Decimal

import pytest

from onebook.engines.process.command import Create, Update
from onebook.engines.process.explain import explain
from onebook.engines.process.importing.request import ImportRequest
from onebook.engines.process.looking.drafting import DraftAsked
from onebook.values.refusal import Refusal
from tests.scenarios.depot import Depot

D = Decimal


@pytest.fixture
def nut(depot: Depot, place: int) -> int:
    """Five of them are there, in one lot."""
    nut = depot.made("thing", name="螺母").id
    depot.made("arrival", "receive", place=place, lines=[{"thing": nut, "quantity": "5", "worth": "50", "code": "L1"}])
    return nut


def file(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def take(depot: Depot, form: str, content: bytes, then: str | None = None, *, one_by_one: bool = False) -> list[int]:
    request = ImportRequest(form, content, then=then, one_by_one=one_by_one)
    result = depot.application.import_(depot.schema, depot.actor, request)
    return [one.id for one in result.records]


def test_a_copy_remembers_what_is_there_when_it_is_copied(depot: Depot, place: int, nut: int) -> None:
    counting = depot.made("counting", place=place, lines=[{"thing": nut, "counted": "4"}])
    depot.made("handout", "hand", place=place, lines=[{"thing": nut, "quantity": "2"}])
    copied = depot.application.draft(depot.schema, depot.actor, DraftAsked("counting", copy=counting.id))
    [row] = copied.values["lines"]
    assert (row["counted"], row["booked"], row["off"]) == ("4", "3", "1")
    assert depot.rows(counting, "lines", "booked") == [(D(5),)]


def test_two_who_change_a_record_keep_what_it_remembers(depot: Depot, place: int, nut: int) -> None:
    counting = depot.made("counting", place=place, lines=[{"thing": nut, "counted": "4"}])
    [(line,)] = depot.rows(counting, "lines", "id")
    depot.made("handout", "hand", place=place, lines=[{"thing": nut, "quantity": "1"}])
    depot.do(Update(counting, 1, {"lines": [{"id": line, "note": "甲"}]}))
    depot.do(Update(counting, 1, {"lines": [{"id": line}, {"thing": nut, "counted": "2"}]}))
    assert depot.rows(counting, "lines", "note", "booked") == [("甲", D(5)), (None, D(4))]
    with pytest.raises(Refusal) as refused:
        depot.do(Update(counting, 1, {"lines": [{"id": line, "note": "乙"}]}))
    assert refused.value.code == "form.stale"


@pytest.mark.usefixtures("nut")
def test_a_file_remembers_and_cannot_say_what(depot: Depot) -> None:
    [counting] = take(depot, "counting", file("place,thing,counted", "总仓,螺母,4", ",螺母,"))
    rows = depot.ask("SELECT booked, off FROM counting__lines WHERE parent = %(id)s ORDER BY position", id=counting)
    assert rows == [(D(5), D(-1)), (None, None)]
    assert depot.ask("SELECT off FROM counting WHERE id = %(id)s", id=counting) == [(D(-1),)]
    with pytest.raises(Refusal):
        take(depot, "counting", file("place,thing,counted,booked", "总仓,螺母,4,9"))


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_file_makes_lots_when_its_records_take_their_step(depot: Depot, nut: int, one_by_one: bool) -> None:
    content = file("day,place,thing,quantity,worth,code", "2026-03-02,总仓,螺母,3,9,F1", "2026-03-03,总仓,螺母,1,4,F2")
    assert len(take(depot, "arrival", content, "receive", one_by_one=one_by_one)) == 2
    assert depot.ask("SELECT code, number FROM batch ORDER BY code")[:2] == [("F1", "B0002"), ("F2", "B0003")]
    assert depot.balance("stock", item=nut) == (D(9), D(63))


def test_lots_that_are_made_together_are_told_apart(depot: Depot, place: int, nut: int) -> None:
    rows = [{"thing": nut, "quantity": "1", "worth": "1", "code": code, "until": until} for code, until in (
        ("S", "2026-05-01"), ("S", "2026-06-01"),
    )]  # fmt: skip
    with pytest.raises(Refusal) as refused:
        depot.made("arrival", "receive", place=place, lines=rows)
    assert refused.value.code == "form.duplicated"
    shown = depot.preview(Create("arrival", {"place": place, "lines": rows}, "receive"))
    assert [refusal.code for refusal in shown.refusals] == ["form.duplicated"]
    many = [{"thing": nut, "quantity": "1", "worth": "1", "code": f"M{n:03}"} for n in range(60)]
    outcome = depot.do(Create("arrival", {"place": place, "lines": many}, "receive"))
    assert len(outcome.created) == 60
    numbers = depot.ask("SELECT number, code, version, created_by FROM batch WHERE code LIKE 'M%%' ORDER BY code")
    assert numbers[0][:3] == ("B0002", "M000", 1)
    assert [row[0] for row in numbers] == [f"B{n:04}" for n in range(2, 62)]
    assert depot.ask("SELECT count(*) FROM onebook_change WHERE form = 'batch' AND action = 'create'") == [(61,)]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_effect_is_said_in_words(depot: Depot, language: str) -> None:
    catalog = depot.application.ground(depot.schema).catalog
    for form in catalog.forms.values():
        for step in form.transitions:
            said = explain(catalog, form.form, step, language)
            assert all(sentence.words and "process.explain" not in sentence.words for sentence in said.sentences)
    effects = {
        sentence.effect
        for form, step in (("arrival", "receive"), ("mixing", "mix"), ("comeback", "send"), ("repricing", "post"),
                           ("wish", "amend"), ("regret", "return"), ("loss", "lose"))
        for sentence in explain(catalog, form, step, language).sentences
    }  # fmt: skip
    assert effects >= {"makes", "converts", "gives_back", "revalues", "edits", "reholds", "unsettles", "displaces"}
