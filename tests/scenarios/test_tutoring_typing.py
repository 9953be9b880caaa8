"""A school at its desk: what a document brings along when it is begun, and what a step asks for."""

from decimal import Decimal as D
from typing import Any

import pytest

from onebook.definition.shipped import shipped_app
from onebook.engines.form.refusals import Invalid
from onebook.engines.process.refusals import RequirementsFailed
from onebook.values.reference import RecordRef
from tests.scenarios.school import School
from tests.scenarios.world import TODAY

pytestmark = pytest.mark.timeout(600)


def paying(school: School, **more: Any) -> RecordRef:
    return school.enrolled(school.student(), (school.course(), "10", "0", "1000"), **more)


def drafts(school: School, enrolment: RecordRef) -> list[tuple[object, ...]]:
    """Receipts for the enrolment that are only begun."""
    found = school.ask(
        "SELECT id, customer, amount FROM receipt WHERE enrolment = %(e)s AND state = 'draft' ORDER BY id",
        e=enrolment.id,
    )
    return [tuple(row) for row in found]


def test_tuition_is_collected_from_the_enrolment_one_due_part_after_another(school: School) -> None:
    """What is in no instalment is due on the enrolment's own day, and money goes to what is due first."""
    enrolment = paying(
        school, due_on="2026-04-20", instalments=[
            {"due_on": "2026-03-20", "amount": "350"}, {"due_on": "2026-05-01", "amount": "400"},
        ],
    )  # fmt: skip
    payer = school.value(enrolment, "customer")
    told = []
    while school.value(enrolment, "to_collect") > 0:
        told.append((str(school.value(enrolment, "next_due_on")), school.value(enrolment, "next_due")))
        school.run(enrolment, "collect")
        [(made, customer, amount)] = drafts(school, enrolment)
        assert (customer, amount) == (payer, told[-1][1])
        school.run(RecordRef("receipt", int(str(made))), "post")
        school.settle()
    assert told == [("2026-03-20", 350), ("2026-04-20", 250), ("2026-05-01", 400)]
    assert school.value(enrolment, "next_due_on") is None
    assert (school.value(enrolment, "payment"), school.value(enrolment, "opening")) == ("full", "full")
    with pytest.raises(RequirementsFailed):
        school.run(enrolment, "collect")


def test_money_that_was_due_first_is_not_overdue_when_it_came(school: School) -> None:
    """Most of it at once and the rest later: the first payment is not taken for the second."""
    enrolment = paying(school, instalments=[{"due_on": "2026-04-20", "amount": "400"}])
    school.paid(enrolment, "600")
    assert school.rows(enrolment, "instalments", "collected", "outstanding") == [(0, 400)]
    assert (school.value(enrolment, "rest_due"), str(school.value(enrolment, "next_due_on"))) == (0, "2026-04-20")
    school.later(30)
    [row] = [
        one for one in school.report("tuition_to_collect") if one["student"]["id"] == school.value(enrolment, "student")
    ]
    assert [D(row["owed"]), D(row["overdue"])] == [400, 0]


def test_instalments_stand_in_the_order_of_their_days(school: School) -> None:
    late, early = ({"due_on": day, "amount": "100"} for day in ("2026-05-01", "2026-04-01"))
    with pytest.raises(Invalid):
        paying(school, instalments=[late, early])
    assert paying(school, instalments=[early, late, late])


def test_a_receipt_for_an_enrolment_knows_who_pays_and_how_much(school: School) -> None:
    enrolment = paying(school, instalments=[{"due_on": "2026-03-20", "amount": "300"}])
    receipt = school.made("receipt", enrolment=enrolment.id)
    told = (school.value(receipt, "customer"), school.value(receipt, "amount"))
    # Everything beside the instalment is due today, ten days before it.
    assert told == (school.value(enrolment, "customer"), 700)


def test_attendance_is_said_after_the_lesson_and_the_teacher_by_whoever_arranges_it(school: School) -> None:
    course, student = school.course(), school.student()
    school.paid(school.enrolled(student, (course, "5", "0", "500")), "500")
    with pytest.raises(Invalid):
        school.made("lesson", student=student, course=course)
    lesson, late = school.lesson(student, course), school.lesson(student, course)
    assert school.value(lesson, "attendance") is None
    school.run(lesson, "teach")
    assert school.value(lesson, "attendance") == "attended"
    school.do_with(late, "confirm", attendance="late_leave")
    assert (school.value(late, "attendance"), school.consumption(late)) == ("late_leave", (D("0.5"), 50))
    school.run(lesson, "confirm")
    assert school.consumption(lesson) == (1, 100)


def test_a_lesson_that_is_called_off_says_why(school: School) -> None:
    course, student = school.course(), school.student()
    school.paid(school.enrolled(student, (course, "5", "0", "500")), "500")
    for step, state in (("leave", "on_leave"), ("cancel", "cancelled")):
        lesson = school.lesson(student, course)
        school.do_with(lesson, step, called_off="孩子发烧")
        assert (school.value(lesson, "state"), school.value(lesson, "called_off")) == (state, "孩子发烧")
    assert school.hours(student) == (5, 0, 5, 500)


def test_what_is_kept_may_be_typed_before_the_hours_are_there(school: School) -> None:
    enrolment = paying(school)
    school.paid(enrolment, "1000")
    refund = school.made("hours_refund", enrolment=enrolment.id, reason="搬家", deduction="60")
    school.run(refund, "take_unused")
    assert (school.value(refund, "worth"), school.value(refund, "amount")) == (1000, 940)
    with pytest.raises(Invalid):
        school.change(refund, deduction="1000.01")


def test_who_ends_or_refuses_something_says_why(school: School) -> None:
    enrolment = paying(school)
    with pytest.raises(RequirementsFailed):
        school.run(enrolment, "close")
    school.paid(enrolment, "1000")
    refund = school.made("hours_refund", "take_unused", enrolment=enrolment.id, reason="搬家")
    school.run(refund, "apply")
    with pytest.raises(RequirementsFailed):
        school.run(refund, "reject")
    school.do_with(refund, "reject", rejected_because="家长改了主意")
    course = school.rows(enrolment, "lines", "course")[0][0]
    lesson = school.taught(school.value(enrolment, "student"), course)
    dispute = school.made("lesson_dispute", lesson=lesson.id, reason="没来")
    with pytest.raises(RequirementsFailed):
        school.run(dispute, "reject")


def test_the_desk_says_what_is_on_today_and_what_comes_due(school: School) -> None:
    course, student = school.course(), school.student()
    school.paid(school.enrolled(student, (course, "5", "0", "500")), "500")
    me = school.seen_by(school.person("academic_affairs")).boards()

    def todos() -> dict[str, int]:
        return {one["label"]: one["count"] for one in me.tile("tutoring_desk", "todos", {})["items"]}

    before = todos()
    school.lesson(student, course, held_on=str(TODAY))
    school.lesson(student, course, held_on="2026-03-11")
    school.enrolled(student, (course, "1", "0", "100"), due_on="2026-03-17")
    school.enrolled(student, (course, "1", "0", "100"), due_on="2026-03-18")
    after = todos()
    assert after["今日课程"] - before["今日课程"] == 1
    assert after["七天内到期的学费"] - before["七天内到期的学费"] == 1


def test_every_tile_of_the_desk_has_room_for_its_todos() -> None:
    """Six of them stand in a row of the whole width, and a row is as high as one and a half of the grid's."""
    for tile in shipped_app("tutoring").dashboards[0].tiles:
        if tile.todos:
            in_row = tile.at.w * 6 // 12
            assert -(-len(tile.todos) // in_row) * 1.5 <= tile.at.h
