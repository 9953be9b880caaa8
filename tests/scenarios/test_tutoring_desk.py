"""A school at work: what its rules do by themselves, who sees what, and how it is installed beside a trade."""

from datetime import date
from decimal import Decimal as D

import pytest

from onebook.access.actor import SYSTEM
from onebook.definition.shipped import shipped_app
from onebook.engines.application import Application
from onebook.engines.dashboard.refusals import UnknownDashboard
from onebook.engines.form.refusals import Duplicated, Forbidden, NotFound
from onebook.engines.process.command import Create, Run
from onebook.engines.process.refusals import StillOpen
from onebook.engines.report.refusals import HiddenField, NotReadable
from onebook.engines.report.request import ListRequest
from onebook.engines.view.discretion import Discretion
from onebook.entrypoints.http.answers import answered
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.reference import RecordRef
from tests.scenarios.school import School
from tests.scenarios.world import NOW, TODAY, World

APP = shipped_app("tutoring")

pytestmark = pytest.mark.timeout(600)


# -- what happens by itself


def test_unpaid_tuition_is_asked_for_once_until_it_is_paid(school: School) -> None:
    """The guardian by a short message, the consultant in the inbox; an instalment counts by its own day."""
    consultant = school.person("consultant")
    student = school.student(guardian_phone="13600001111", phone="13600002222", consultant=consultant)
    enrolment = school.enrolled(
        student, (school.course(), "10", "0", "1000"), due_on="2026-05-01",
        instalments=[{"due_on": "2026-03-12", "amount": "400"}],
    )  # fmt: skip
    # Who has no guardian's number is reached by their own, and without one whoever pays is.
    others = [school.student(phone=phone) for phone in ("13611110000", None)]
    late = [school.enrolled(other, (school.course(), "1", "0", "100"), due_on="2026-03-12") for other in others]
    payer = school.value(RecordRef("student", others[1]), "customer")
    reached = ["13611110000", school.value(RecordRef("customer", payer), "phone")]
    with school.awake("tuition_dunning"):
        school.later(2)
        assert school.told(enrolment) == []
        school.later(1)
        school.later(1)
        school.later(3)
        told = school.told(enrolment)
        assert [(channel, to) for channel, to, _ in told] == [("sms", "13600001111"), ("inbox", str(consultant))]
        # It is asked for what is overdue, not for everything.
        school.application.deliver(school.schema)
        [(said,)] = school.ask(
            "SELECT n.text FROM onebook_notification n JOIN onebook_message m ON m.id = n.message"
            " WHERE m.record = %(id)s AND m.recipient = %(who)s",
            id=enrolment.id, who=consultant,
        )  # fmt: skip
        assert said == f"报名单 {school.value(enrolment, 'number')} 逾期学费 400.00 元，待收共 1,000.00 元。"
        assert "{to_collect}" not in told[0][2]
        assert [school.told(one)[0][:2] for one in late] == [("sms", number) for number in reached]
        school.paid(enrolment, "400", received_on="2026-03-17")
        school.later(1)
        assert len(school.told(enrolment)) == 2
        school.later(50)
        assert len(school.told(enrolment)) == 4


def test_the_tuition_summary_makes_itself_on_its_day(school: School) -> None:
    """Receipts, tuition earned and what is owed of the month before, student by student, on the day that is set."""
    accountant, owner = school.person("accountant"), school.person("owner")
    company = RecordRef("company", school.ask("SELECT id FROM company")[0][0])
    school.change(company, summary_day="5", summarised="2026-02-01")
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"), due_on="2026-03-20")
    school.paid(enrolment, "300")
    school.paid(enrolment, "100")
    school.taught(student, course, hours="2")
    with school.awake("tuition_month"):
        school.later(25)
        assert school.ask("SELECT id FROM tuition_summary") == []
        # Nobody worked on the 5th and the 6th.
        school.later(3)
        school.later(1)
    assert school.value(company, "summarised") == date(2026, 3, 1)
    [(made, state, month)] = school.ask("SELECT id, state, month FROM tuition_summary")
    assert (state, month) == ("issued", date(2026, 3, 1))
    summary = RecordRef("tuition_summary", made)
    assert (student, 2, 400) in school.rows(summary, "receipts", "student", "receipts", "amount")
    assert (student, 600, 600) in school.rows(summary, "receivables", "student", "owed", "overdue")
    received, owed = school.ask(
        "SELECT (SELECT sum(amount) FROM receipt WHERE state = 'posted' AND enrolment IS NOT NULL AND received_on"
        " BETWEEN '2026-03-01' AND '2026-03-31'), (SELECT sum(to_collect) FROM enrolment WHERE state = 'approved')"
    )[0]
    assert (school.value(summary, "received"), school.value(summary, "owed")) == (received, owed)
    earned = -school.balance("tuition")[1]
    assert (earned > 0, school.value(summary, "earned")) == (True, earned)
    told = {to for channel, to, _ in school.told(company)}
    assert {str(accountant), str(owner)} <= told


def test_what_is_overdue_is_seen_by_student_and_age(school: School) -> None:
    course, student = school.course(), school.student()
    school.enrolled(student, (course, "1", "0", "100"), enrolled_on="2026-01-01", due_on="2026-02-25")
    school.enrolled(student, (course, "1", "0", "200"), enrolled_on="2025-11-01", due_on="2025-11-30")
    school.enrolled(
        student, (course, "1", "0", "900"), due_on="2026-03-31", enrolled_on="2026-01-01",
        instalments=[{"due_on": "2026-01-05", "amount": "250"}, {"due_on": "2026-01-30", "amount": "300"}],
    )  # fmt: skip
    [row] = [one for one in school.report("tuition_ageing") if one["student"]["id"] == student]
    told = [D(row[name]) for name in ("owed", "not_due", "days_30", "days_60", "days_90", "older", "overdue")]
    assert told == [1200, 350, 100, 300, 250, 200, 850]
    details = [one for one in school.report("tuition_to_collect") if one["student"]["id"] == student]
    assert sorted(D(one["overdue"]) for one in details) == [100, 200, 550]


def test_every_rule_is_told_in_both_languages_and_rehearsed(school: School) -> None:
    names = {rule.rule for rule in APP.rules}
    for language in ("zh-CN", "en"):
        desk = school.application.rules(school.schema, SYSTEM, language)
        told = {rule["rule"]: rule for rule in desk.rules() if rule["rule"] in names}
        assert set(told) == names
        for rule in told.values():
            assert not any("rule.words" in sentence for sentence in rule["words"]), rule
            if rule["can_rehearse"]:
                desk.rehearse(rule["rule"])


# -- who sees what


def listed(school: School, form: str, *columns: str) -> list[int]:
    page = school.application.list(school.schema, school.actor, ListRequest(form, columns=columns, limit=200))
    return [row["id"] for row in page.rows]


def test_a_teacher_sees_their_own_lessons_and_no_money(school: School) -> None:
    one, other = school.person("teacher"), school.person("teacher")
    course, student = school.course(), school.student()
    school.paid(school.enrolled(student, (course, "5", "0", "500")), "500")
    lesson = school.lesson(student, course, teacher=one)
    foreign = school.lesson(student, course, teacher=other)
    me = school.seen_by(one)
    assert listed(me, "lesson", "number", "student", "held_on") == [lesson.id]
    me.do_with(lesson, "teach", note="学了一首新曲子")
    me.run(lesson, "confirm")
    with pytest.raises((Forbidden, NotFound)):
        me.run(foreign, "teach")
    with pytest.raises((Forbidden, NotFound)):
        me.made("lesson", student=student, course=course, teacher=one)
    record = school.value(lesson, "consumption")
    assert listed(me, "hour_consumption", "student", "hours") == [record]
    with pytest.raises(HiddenField):
        listed(me, "hour_consumption", "earned")
    with pytest.raises(NotReadable):
        listed(me, "enrolment", "number")
    rows = me.report("lessons_arranged")
    assert {row["teacher"]["id"] for row in rows} == {one}


def test_a_preview_tells_a_teacher_hours_and_no_tuition(school: School) -> None:
    teacher = school.person("teacher")
    course, student = school.course(), school.student()
    school.paid(school.enrolled(student, (course, "5", "0", "500")), "500")
    lesson = school.lesson(student, course, teacher=teacher)
    catalog = school.application.ground(school.schema).catalog
    for viewer, amounts in ((school.seen_by(teacher), {None}), (school, {"-100.00", "100.00"})):
        told = viewer.preview(Run(lesson, "confirm")).to_json(school.application.ground(school.schema), "zh-CN")
        shown = Discretion(catalog, viewer.actor, "lesson").preview(told)["entries"]
        assert {one["account"] for one in shown} == {"class_hours", "tuition"}
        assert {one["amount"] and str(one["amount"]) for one in shown} == amounts
        assert {abs(D(one["quantity"])) for one in shown} == {1}


def test_parents_of_one_name_are_two_customers(school: School) -> None:
    first = school.made("customer", name="王芳", phone="13100000001")
    with pytest.raises(Duplicated):
        school.made("customer", name="王芳", phone="13100000002")
    second = school.do(Create("customer", {"name": "王芳", "phone": "13100000002"}, None, True)).record
    assert second != first
    with pytest.raises(Duplicated):
        school.do(Create("customer", {"name": "王芳", "phone": "13100000001"}, None, True))


def test_academic_affairs_enter_who_pays_and_find_their_desk_first(school: School) -> None:
    me = school.seen_by(school.person("academic_affairs"))
    assert me.made("customer", name="新来的家长", phone="13100000009")
    for role in ("academic_affairs", "consultant", "teacher"):
        catalog = school.application.ground(school.schema).catalog
        assert catalog.roles[role].home == "tutoring_desk"


def test_a_consultant_sees_their_own_students_and_approves_nothing(school: School) -> None:
    mine = school.person("consultant")
    course = school.course()
    student, other = school.student(consultant=mine), school.student(consultant=school.person("consultant"))
    me = school.seen_by(mine)
    enrolment = me.enrolled(student, (course, "1", "0", "100"), then="submit")
    foreign = school.enrolled(other, (course, "1", "0", "100"))
    assert listed(me, "enrolment", "number") == [enrolment.id]
    assert other not in listed(me, "student", "name")
    with pytest.raises((Forbidden, NotFound)):
        me.run(enrolment, "approve")
    with pytest.raises((Forbidden, NotFound)):
        me.run(foreign, "close")


@pytest.mark.parametrize("role", ["academic_affairs", "consultant", "teacher", "owner"])
def test_every_tile_of_the_desk_answers_its_reader(school: School, role: str) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "5", "0", "500"), due_on="2026-03-10")
    school.paid(enrolment, "300")
    school.taught(student, course)
    boards = school.seen_by(school.person(role)).boards()
    tiles = [tile["tile"] for tile in boards.described("tutoring_desk", {})["tiles"]]
    assert {"teacher": 3, "consultant": 4}.get(role, 0) <= len(tiles)
    shown = {tile: boards.tile("tutoring_desk", tile, {}) for tile in tiles}
    assert all(answered(one).status_code == 200 for one in shown.values())
    if role in ("academic_affairs", "owner"):
        assert tiles == [tile.tile for tile in APP.dashboards[0].tiles]
        # An owner makes nothing here, so the one way that is theirs leads to what is to be collected.
        ways = [one["label"] for one in shown["shortcuts"]["items"]]
        assert "收学费" in ways
        assert (role == "academic_affairs") == ("排课" in ways)
        figures = {one["name"]: one["value"] for tile in ("month", "standing") for one in shown[tile]["metrics"]}
        assert None not in figures.values()
        [(deferred,)] = school.ask(
            "SELECT -sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
            " WHERE a.role = 'class_hours' AND e.booked_on <= %(day)s",
            day=TODAY,
        )
        assert D(figures["deferred_tuition"]) == deferred
        assert shown["overdue"]["rows"]


def test_the_desk_is_for_those_who_teach(school: School) -> None:
    boards = school.seen_by(school.person("warehouse_keeper")).boards()
    with pytest.raises(UnknownDashboard):
        boards.described("tutoring_desk", {})


# -- installation


def test_it_stands_on_what_it_needs_alone(database: Database, company: Company) -> None:
    application = Application(database, now=lambda: NOW)
    needed = [shipped_app(name) for name in ("base", "sales", "purchasing", "finance")]
    application.publish(company.schema, [*needed, APP], SYSTEM)
    school = School(application, company.schema)
    course, student = school.course(), school.student()
    school.paid(school.enrolled(student, (course, "3", "0", "100")), "100")
    assert school.consumption(school.taught(student, course)) == (1, D("33.33"))
    school.assert_clean()


def test_a_month_is_closed_over_enrolments_and_lessons_to_come(fresh_school: School) -> None:
    """What opens or lapses later does so on a day of its own; money and lessons of the month are waited for."""
    school = fresh_school
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    school.paid(enrolment, "400")
    card = school.ask("SELECT id FROM hour_card")[0][0]
    school.made("hours_freeze", "freeze", student=student, lines=[{"card": card, "hours": "1"}])
    lesson = school.lesson(student, course)
    school.later(30)
    closing = school.made("period_close", month="2026-03-01", leaves_drafts=False)
    with pytest.raises(StillOpen) as refused:
        school.run(closing, "close")
    assert len(refused.value.problems) == 1
    school.run(lesson, "confirm")
    school.run(closing, "close")
    school.paid(enrolment, "600", received_on="2026-04-09")
    assert school.value(enrolment, "opening") == "full"
    school.assert_clean()


def test_it_joins_a_company_that_has_traded(published: tuple[Database, Company]) -> None:
    """Documents that were there mean what they meant, and go on; publishing it again changes nothing."""
    database, company = published
    application = Application(database, now=lambda: NOW)
    trade = World(application, company.schema)
    customer, product = trade.customer("Trader"), trade.product("Goods")
    trade.stock(product, "10")
    order = trade.order(customer, (product, "2"), then="approve")
    trade.ship(order)
    receipt = trade.receipt(customer, "15")
    draft = trade.made("receipt", customer=customer, amount="7")
    refund = trade.made("refund", "approve", customer=customer, receipt=receipt.id, amount="3", reason="多收")
    before = trade.meters(), trade.summed()
    application.publish(company.schema, [APP], SYSTEM)
    assert application.preview_publication(company.schema, [APP]).is_empty
    assert (trade.meters(), trade.summed()) == before
    trade.run(draft, "post")
    trade.allocate(customer, (receipt, order, "12"))
    trade.run(refund, "pay")
    assert trade.value(order, "open_amount") == 8
    school = School(application, company.schema)
    course, student = school.course(), school.student(customer=customer)
    enrolment = school.enrolled(student, (course, "2", "0", "7"))
    school.made(
        "allocation", "allocate", customer=customer,
        lines=[{"receipt": draft.id, "enrolment": enrolment.id, "amount": "7"}],
    )  # fmt: skip
    school.settle()
    assert school.hours(student) == (2, 0, 2, 7)
    closing = school.report("customer_statement", party=customer, **{"from": "2026-03-01", "to": "2026-03-31"})[-1]
    assert D(closing["balance"]) == 8
    school.assert_clean()
