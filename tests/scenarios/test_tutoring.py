"""Class hours from enrolment to the last lesson: what every document of a school does to hours and money."""

from datetime import date
from decimal import Decimal as D

import pytest

from onebook.engines.form.refusals import Invalid
from onebook.engines.process.refusals import HasFollowers, RequirementsFailed
from onebook.ledger.refusals import BalanceTooLow, LimitExceeded
from onebook.values.reference import RecordRef
from tests.scenarios.school import School

# -- enrolment and payment


def test_approval_plans_the_money_and_opens_nothing(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "2", "1000"), due_on="2026-03-31")
    payer = school.value(enrolment, "customer")
    assert school.owed(payer) == 1000
    assert school.hours(student) == (0, 0, 0, 0)
    assert school.balance("class_hours", party=student) == (0, 0)
    assert school.value(enrolment, "to_collect") == 1000
    school.run(enrolment, "cancel")
    assert school.owed(payer) == 0
    assert school.value(enrolment, "to_collect") == 0


def test_payment_opens_hours_and_defers_their_price(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "2", "1000"))
    payer = school.value(enrolment, "customer")
    cash = school.balance("cash")[1]
    school.paid(enrolment, "1000")
    assert school.balance("cash")[1] - cash == 1000
    assert school.owed(payer) == 0
    assert school.hours(student) == (12, 0, 12, 1000)
    assert school.balance("tuition_deposit", document=enrolment.id) == (0, 0)
    assert school.balance("sold_hours", party=student) == (-12, 0)
    assert school.balance("customer_prepayment", party=payer) == (0, 0)
    values = [school.value(enrolment, name) for name in ("received", "to_collect", "payment", "opening")]
    assert values == [1000, 0, "full", "full"]


def test_each_instalment_opens_its_share_and_the_last_one_all_the_rest(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(
        student, (course, "7", "0", "1000"),
        instalments=[{"due_on": "2026-03-10", "amount": "300"}, {"due_on": "2026-04-10", "amount": "300"}],
    )  # fmt: skip
    payer = school.value(enrolment, "customer")
    assert school.owed(payer) == 1000
    school.paid(enrolment, "400")
    assert school.hours(student) == (D("2.8"), 0, D("2.8"), 400)
    assert school.rows(enrolment, "instalments", "collected", "outstanding") == [(300, 0), (0, 300)]
    assert school.value(enrolment, "rest_due") == 300
    school.paid(enrolment, "50")
    assert school.hours(student)[0] == D("3.15")
    school.paid(enrolment, "550")
    assert school.hours(student) == (7, 0, 7, 1000)
    assert (school.owed(payer), school.value(enrolment, "opening")) == (0, "full")
    assert len(school.cards(student)) == 1


@pytest.mark.parametrize("gifts", ["spread", "nothing"])
def test_hours_that_are_not_paid_stay_closed_to_the_last_hundredth(school: School, gifts: str) -> None:
    """However little is missing; and what is missing opens the rest exactly."""
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "3000"), gifts=gifts)
    first = school.paid(enrolment, "2")
    assert (school.hours(student)[0], school.value(enrolment, "deposit")) == (0, 2)
    assert school.ask("SELECT state FROM onebook_firing WHERE object = %(id)s", id=first.id) == []
    school.paid(enrolment, "2997")
    assert school.hours(student) == (D("9.99"), 0, D("9.99"), 2999)
    school.paid(enrolment, "1")
    assert (school.hours(student), school.value(enrolment, "opening")) == ((10, 0, 10, 3000), "full")


def test_rows_of_one_allocation_pay_what_is_due_first_one_after_another(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(
        student, (course, "10", "0", "1000"), instalments=[{"due_on": "2026-04-10", "amount": "300"}]
    )
    payer = school.value(enrolment, "customer")
    rows = [
        {"receipt": school.receipt(payer, amount).id, "enrolment": enrolment.id, "amount": amount}
        for amount in ("200", "250", "150")
    ]
    school.made("allocation", "allocate", customer=payer, lines=rows)
    school.settle()
    assert (school.value(enrolment, "to_collect"), school.owed(payer)) == (400, 400)
    assert (school.value(enrolment, "received"), school.hours(student)[0]) == (600, 6)
    # 700 were due at once and 300 in April.
    assert (school.value(enrolment, "rest_due"), school.rows(enrolment, "instalments", "outstanding")) == (
        100,
        [(300,)],
    )


def test_two_payments_of_one_moment_open_everything_once(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    payer = school.value(enrolment, "customer")
    receipts = [school.receipt(payer, amount, enrolment=enrolment.id) for amount in ("300", "700")]
    school.settle()
    fired = school.ask(
        "SELECT state, error->>'code' FROM onebook_firing WHERE rule = 'hours_open_when_paid' AND object = ANY(%(ids)s)"
        " ORDER BY id",
        ids=[one.id for one in receipts],
    )
    assert fired == [("done", None), ("skipped", "rule.holds_no_more")]
    assert school.hours(student) == (10, 0, 10, 1000)


def test_hours_are_there_from_the_day_of_their_money(school: School) -> None:
    """Paid on Saturday and entered on Tuesday: the lesson of Sunday uses them."""
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "2", "0", "200"), enrolled_on="2026-03-05")
    school.paid(enrolment, "200", received_on="2026-03-07")
    assert school.ask("SELECT opened_on FROM hour_card WHERE student = %(s)s", s=student) == [(date(2026, 3, 7),)]
    with pytest.raises(BalanceTooLow):
        school.taught(student, course, held_on="2026-03-06")
    lesson = school.taught(student, course, held_on="2026-03-08")
    assert school.consumption(lesson) == (1, 100)


def test_given_hours_that_are_worth_nothing_have_a_card_of_their_own_once_all_is_paid(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "2", "1000"), gifts="nothing")
    school.paid(enrolment, "250")
    assert school.cards(student) == [(D("2.5"), 250)]
    school.paid(enrolment, "750")
    assert school.cards(student) == [(10, 1000), (2, 0)]
    lesson = school.taught(student, course, hours="11")
    assert school.consumption(lesson) == (11, 1000)
    assert school.cards(student) == [(0, 0), (1, 0)]


def test_a_payment_is_shared_among_courses_by_what_they_cost(school: School) -> None:
    piano, guitar, student = school.course(), school.course(), school.student()
    enrolment = school.enrolled(student, (piano, "10", "0", "1000"), (guitar, "5", "0", "333.33"))
    school.paid(enrolment, "100")
    by_course = [school.balance("class_hours", party=student, item=course) for course in (piano, guitar)]
    assert by_course == [(D("0.75"), -75), (D("0.37"), -25)]
    school.paid(enrolment, "1233.33")
    by_course = [school.balance("class_hours", party=student, item=course) for course in (piano, guitar)]
    assert by_course == [(10, -1000), (5, D("-333.33"))]


def test_a_free_course_is_opened_by_hand(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "0", "3", "0"))
    school.settle()
    assert school.hours(student)[0] == 0
    school.run(enrolment, "open")
    assert school.hours(student) == (3, 0, 3, 0)
    with pytest.raises(RequirementsFailed):
        school.run(enrolment, "open")


def test_hours_are_not_opened_before_their_money_came(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    with pytest.raises(RequirementsFailed):
        school.run(enrolment, "open")


def test_money_that_came_earlier_is_allocated_to_an_enrolment(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    payer = school.value(enrolment, "customer")
    receipt = school.receipt(payer, "600")
    before = school.book()
    allocation = school.made(
        "allocation", "allocate", customer=payer,
        lines=[{"receipt": receipt.id, "enrolment": enrolment.id, "amount": "600"}],
    )  # fmt: skip
    school.settle()
    assert school.hours(student) == (6, 0, 6, 600)
    assert (school.owed(payer), school.balance("receivable", party=payer)[1]) == (400, 0)
    assert school.balance("customer_prepayment", party=payer) == (0, 0)
    school.undo(enrolment)
    school.undo(allocation)
    school.settle()
    assert school.book() == before


def test_what_is_paid_too_much_stays_paid_ahead_and_can_be_refunded(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    payer = school.value(enrolment, "customer")
    school.paid(enrolment, "1100")
    assert (school.hours(student)[3], school.value(enrolment, "deposit")) == (1000, 100)
    cash = school.balance("cash")[1]
    refund = school.made("refund", "approve", customer=payer, enrolment=enrolment.id, reason="多付")
    assert school.value(refund, "amount") == 100
    school.run(refund, "pay")
    assert school.balance("cash")[1] - cash == -100
    assert school.value(enrolment, "deposit") == 0
    with pytest.raises(LimitExceeded):
        school.made("refund", "approve", customer=payer, enrolment=enrolment.id, reason="再退", amount="1")


def test_tuition_received_is_receipts_and_allocations_less_refunds(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    payer = school.value(enrolment, "customer")
    march = date(2026, 3, 1), date(2026, 3, 31)
    before = school.metric("tuition_collected", *march) or D(0)
    receipt = school.receipt(payer, "500")
    school.paid(enrolment, "600")
    line = {"receipt": receipt.id, "enrolment": enrolment.id, "amount": "500"}
    school.made("allocation", "allocate", customer=payer, lines=[line])
    school.settle()
    school.made("refund", "approve", customer=payer, enrolment=enrolment.id, reason="多付", amount="100")
    rows = school.report("tuition_received", **{"from": "2026-03-01", "to": "2026-03-31"})
    [row] = [one for one in rows if one["student"]["id"] == student]
    assert [D(row[name]) for name in ("receipts", "received", "allocated", "refunded", "amount")] == [
        1, 600, 500, 100, 1000,
    ]  # fmt: skip
    assert school.metric("tuition_collected", *march) == before + 1000
    ahead = [D(one["ahead"]) for one in school.report("receipts_in") if one["customer"]["id"] == payer]
    assert sorted(ahead) == [0, 600]


def test_an_enrolment_of_somebody_else_takes_no_money(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    stranger = school.customer("Somebody else entirely")
    with pytest.raises(Invalid):
        school.receipt(stranger, "10", enrolment=enrolment.id)
    school.do_with(enrolment, "close", ended_because="不上了")
    with pytest.raises(RequirementsFailed):
        school.receipt(school.value(enrolment, "customer"), "10", enrolment=enrolment.id)


# -- lessons


def ready(school: School, hours: str = "3", amount: str = "100", gift: str = "0") -> tuple[int, int, RecordRef]:
    """A course, a student and what they paid."""
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, hours, gift, amount))
    if D(amount):
        school.paid(enrolment, amount)
    return course, student, enrolment


def test_a_scheduled_lesson_takes_hours_up_and_leave_lets_them_go(school: School) -> None:
    course, student, _ = ready(school)
    first = school.lesson(student, course, hours="2")
    assert school.hours(student) == (3, 2, 1, 100)
    with pytest.raises(BalanceTooLow):
        school.lesson(student, course, hours="2")
    second = school.lesson(student, course)
    assert school.hours(student)[:3] == (3, 3, 0)
    school.run(first, "leave")
    school.run(second, "cancel")
    assert school.hours(student) == (3, 0, 3, 100)
    assert (school.state(first), school.state(second)) == ("on_leave", "cancelled")


def test_every_lesson_earns_its_share_and_the_last_takes_the_rounding(school: School) -> None:
    course, student, _ = ready(school)
    lessons = [school.taught(student, course) for _ in range(3)]
    assert [school.consumption(lesson) for lesson in lessons] == [(1, D("33.33")), (1, D("33.34")), (1, D("33.33"))]
    assert school.hours(student) == (0, 0, 0, 0)
    assert school.balance("tuition", party=student) == (3, -100)
    with pytest.raises(BalanceTooLow):
        school.lesson(student, course)


def test_the_record_of_consumption_is_what_the_book_earned_by_it(school: School) -> None:
    """The confirmation makes it; the revenue is booked under its name, from the cards to the tuition."""
    course, student, _ = ready(school, "2", "150")
    lesson = school.lesson(student, course)
    assert school.value(lesson, "consumption") is None
    school.run(lesson, "confirm")
    record = RecordRef("hour_consumption", school.value(lesson, "consumption"))
    assert school.value(record, "lesson") == lesson.id
    entries = school.ask(
        "SELECT a.role, e.quantity, e.amount, j.form, j.record FROM ledger_entry e JOIN ledger_account a"
        " ON a.id = e.account JOIN ledger_journal j ON j.id = e.journal WHERE a.document = %(id)s",
        id=record.id,
    )
    assert entries == [("tuition", 1, -75, "lesson", lesson.id)]
    names = ("student", "course", "teacher", "held_on", "hours", "earned")
    teacher = school.value(lesson, "teacher")
    assert [school.value(record, name) for name in names] == [student, course, teacher, date(2026, 3, 10), 1, 75]


def test_the_oldest_card_that_is_valid_goes_first(school: School) -> None:
    course, student = school.course(), school.student()
    for amount, until in (("100", "2026-03-12"), ("400", None), ("600", "2026-12-31")):
        enrolment = school.enrolled(student, (course, "2", "0", amount), row={"valid_until": until})
        school.paid(enrolment, amount)
        school.later(1)
    assert school.cards(student) == [(2, 100), (2, 400), (2, 600)]
    # The first ran out on the 12th, today is the 13th: one lesson out of the second, three hours out of two cards.
    assert school.consumption(school.taught(student, course)) == (1, 200)
    assert school.consumption(school.taught(student, course, hours="2")) == (2, 500)
    assert school.cards(student) == [(2, 100), (0, 0), (1, 300)]
    late = school.lesson(student, course, hours="3")
    with pytest.raises(BalanceTooLow):
        school.run(late, "confirm")
    # Who extends a card has it taught again.
    card = RecordRef("hour_card", school.ask("SELECT min(id) FROM hour_card WHERE student = %(s)s", s=student)[0][0])
    school.change(card, valid_until="2026-12-31")
    school.run(late, "confirm")
    assert school.consumption(late) == (3, 400)


def test_a_card_is_valid_or_not_on_the_day_of_the_lesson(school: School) -> None:
    """Not on the day on which somebody confirms it."""
    course, student = school.course(), school.student()
    for amount, until in (("100", "2026-03-15"), ("400", None)):
        school.paid(school.enrolled(student, (course, "2", "0", amount), row={"valid_until": until}), amount)
    lessons = [school.lesson(student, course, held_on=day) for day in ("2026-03-15", "2026-03-16")]
    school.later(6)
    for lesson in lessons:
        school.run(lesson, "confirm")
    assert [school.consumption(lesson) for lesson in lessons] == [(1, 50), (1, 200)]


@pytest.mark.parametrize(("attendance", "charged"), [("attended", 2), ("late_leave", 1), ("absent", 2)])
def test_absence_is_charged_by_rule_and_the_rest_is_free_again(school: School, attendance: str, charged: int) -> None:
    course, student, _ = ready(school, "4", "400")
    lesson = school.lesson(student, course, hours="2")
    school.run(lesson, "teach")
    school.do_with(lesson, "confirm", attendance=attendance)
    assert school.consumption(lesson) == (charged, 100 * charged)
    assert school.hours(student) == (4 - charged, 0, 4 - charged, 400 - 100 * charged)


def test_absence_that_is_not_charged_uses_nothing(school: School) -> None:
    company = RecordRef("company", school.ask("SELECT id FROM company")[0][0])
    school.change(company, late_leave_share="0")
    course, student, _ = ready(school)
    lesson = school.lesson(student, course, attendance="late_leave")
    before = school.balance("class_hours", party=student)
    school.run(lesson, "confirm")
    assert (school.state(lesson), school.value(lesson, "consumption")) == ("confirmed", None)
    assert school.hours(student) == (3, 0, 3, 100)
    assert school.balance("class_hours", party=student) == before
    # Another setting later changes nothing about it.
    school.change(company, late_leave_share="0.5")
    assert school.value(lesson, "charged_hours") == 0


def test_a_lesson_is_not_confirmed_before_its_day(school: School) -> None:
    course, student, _ = ready(school)
    lesson = school.lesson(student, course, held_on="2026-03-11")
    for step in ("teach", "confirm"):
        with pytest.raises(RequirementsFailed):
            school.run(lesson, step)
    school.do_with(lesson, "reschedule", held_on="2026-03-10", starts="16:30")
    school.run(lesson, "confirm")
    assert school.consumption(lesson)[0] == 1


def test_a_lesson_that_was_called_taught_is_moved(school: School) -> None:
    course, student, _ = ready(school)
    lesson = school.lesson(student, course)
    school.run(lesson, "teach")
    school.do_with(lesson, "reschedule", held_on="2026-03-09")
    assert (school.state(lesson), school.value(lesson, "held_on")) == ("scheduled", date(2026, 3, 9))
    assert school.hours(student)[:3] == (3, 1, 2)


def test_hours_that_a_dispute_gave_back_are_not_counted_for_the_teacher(school: School) -> None:
    course, student, _ = ready(school, "3", "300")
    teacher = school.person("teacher")
    lesson = school.taught(student, course, hours="2", teacher=teacher)
    school.lesson(student, course, teacher=teacher)
    school.made("lesson_dispute", "accept", lesson=lesson.id, hours="1", reason="没有上满")
    [row] = [one for one in school.report("lessons_arranged") if one["teacher"]["id"] == teacher]
    assert [D(row[name]) for name in ("scheduled", "charged", "rate")] == [3, 1, D("33.33")]


def test_a_disputed_hour_returns_to_its_card_at_what_it_earned(school: School) -> None:
    course, student, _ = ready(school)
    lesson = school.taught(student, course, hours="2")
    before = school.book()
    school.later(30)
    dispute = school.made("lesson_dispute", "accept", lesson=lesson.id, hours="1", reason="没有上满")
    assert school.consumption(lesson) == (1, D("33.33"))
    assert school.hours(student) == (2, 0, 2, D("66.67"))
    booked = school.ask("SELECT booked_on FROM ledger_journal WHERE record = %(id)s", id=dispute.id)
    assert booked == [(date(2026, 4, 9),)]
    school.undo(dispute)
    assert school.book() == before
    refused = school.made("lesson_dispute", "reject", lesson=lesson.id, reason="没来", note="签到表上有签名")
    assert (school.value(refused, "hours"), school.book()) == (2, before)


# -- hours that are not taught


def test_unused_hours_are_refunded_and_what_is_kept_is_income_of_its_own(school: School) -> None:
    course, student, enrolment = ready(school, "10", "1000")
    payer = school.value(enrolment, "customer")
    school.taught(student, course, hours="3")
    before, cash = school.book(), school.balance("cash")[1]
    refund = school.made("hours_refund", "take_unused", enrolment=enrolment.id, reason="搬家")
    assert school.rows(refund, "lines", "hours", "worth") == [(7, 700)]
    school.change(refund, deduction="60")
    school.run(refund, "apply")
    assert school.hours(student) == (7, 7, 0, 700)
    with pytest.raises(BalanceTooLow):
        school.lesson(student, course)
    school.run(refund, "approve")
    assert school.hours(student) == (0, 0, 0, 0)
    assert school.balance("refunded_hours", party=student) == (7, -60)
    assert school.value(enrolment, "deposit") == 640
    [(made, amount)] = school.ask(
        "SELECT id, amount FROM refund WHERE enrolment = %(e)s AND state = 'draft'", e=enrolment.id
    )
    assert amount == 640
    paid = RecordRef("refund", made)
    school.run(paid, "approve")
    assert school.balance("refund_payable", party=payer)[1] == -640
    school.run(paid, "pay")
    school.settle()
    assert school.balance("cash")[1] - cash == -640
    assert (school.value(enrolment, "deposit"), school.hours(student)[0]) == (0, 0)
    for record in (paid, paid, refund):
        school.undo(record)
    assert school.hours(student) == (7, 7, 0, 700)
    school.do_with(refund, "reject", rejected_because="家长改了主意")
    school.settle()
    assert school.book() == before


def test_a_part_of_a_card_is_refunded_at_its_share(school: School) -> None:
    _, student, enrolment = ready(school, "3", "100")
    refund = school.made("hours_refund", "take_unused", enrolment=enrolment.id, reason="减课时")
    [(row,)] = school.rows(refund, "lines", "id")
    school.change(refund, lines=[{"id": row, "hours": "1"}])
    assert school.value(refund, "amount") == D("33.33")
    school.run(refund, "apply")
    school.do_with(refund, "reject", rejected_because="家长改了主意")
    assert school.hours(student) == (3, 0, 3, 100)


def test_an_enrolment_that_is_not_paid_is_closed_before_hours_are_given_up(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    school.paid(enrolment, "400")
    refund = school.made("hours_refund", "take_unused", enrolment=enrolment.id, reason="不上了")
    with pytest.raises(RequirementsFailed):
        school.run(refund, "apply")
    school.do_with(enrolment, "close", ended_because="不上了")
    assert (school.owed(school.value(enrolment, "customer")), school.value(enrolment, "to_collect")) == (0, 0)
    school.run(refund, "apply")
    school.run(refund, "approve")
    school.settle()
    # What is to be paid back opens no hours again.
    assert (school.value(enrolment, "deposit"), school.hours(student)[0]) == (400, 0)


def test_frozen_hours_rest_and_are_taught_after(school: School) -> None:
    course, student, _ = ready(school)
    card = school.ask("SELECT id FROM hour_card WHERE student = %(s)s", s=student)[0][0]
    freeze = school.made("hours_freeze", "freeze", student=student, lines=[{"card": card, "hours": "3"}])
    assert school.hours(student) == (3, 3, 0, 100)
    with pytest.raises(BalanceTooLow):
        school.lesson(student, course)
    with pytest.raises(RequirementsFailed):
        school.run(freeze, "lapse")
    school.run(freeze, "unfreeze")
    assert school.consumption(school.taught(student, course))[0] == 1


def test_expired_hours_lapse_by_decision_and_come_back(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "3", "0", "100"), row={"valid_until": "2026-03-20"})
    school.paid(enrolment, "100")
    school.taught(student, course)
    school.later(11)
    [row] = [one for one in school.report("cards_expired") if one["party"]["id"] == student]
    assert D(row["free"]) == 2
    card = school.ask("SELECT id FROM hour_card WHERE student = %(s)s", s=student)[0][0]
    freeze = school.made(
        "hours_freeze", "freeze", student=student, reason="expired", lines=[{"card": card, "hours": "2"}]
    )
    before = school.book()
    school.run(freeze, "lapse")
    assert school.hours(student) == (0, 0, 0, 0)
    assert school.balance("lapsed_hours", party=student) == (2, D("-66.67"))
    school.undo(freeze)
    assert school.book() == before


def test_what_a_school_owes_is_no_working_capital_and_what_it_earned_is_revenue(school: School) -> None:
    """Money that came is cash and a debt alike; what was taught, and what was kept of a refund, is the company's."""
    today = (date(2026, 3, 10), date(2026, 3, 10))
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "10", "0", "1000"))
    capital, revenue = (school.metric(name, *today) or D(0) for name in ("working_capital", "tuition_revenue"))
    school.paid(enrolment, "1200")
    assert school.metric("working_capital", *today) == capital
    school.taught(student, course)
    refund = school.made("hours_refund", "take_unused", enrolment=enrolment.id, reason="搬家", deduction="0")
    school.change(refund, deduction="60")
    school.run(refund, "apply")
    school.run(refund, "approve")
    assert school.metric("tuition_revenue", *today) == revenue + 160
    assert school.metric("working_capital", *today) == capital + 160
    told = school.metric("capital_turnover", *today)
    net = school.metric("net_revenue", *today) or D(0)
    assert told is not None
    assert abs(told - (net + revenue + 160) / (capital + 160)) <= D("0.005")


# -- back again


def test_everything_is_taken_back_in_turn(school: School) -> None:
    """Each reversal brings back every meter as it was before its step, from the lesson to the enrolment."""
    course, student = school.course(), school.student()
    states = [school.book()]
    enrolment = school.enrolled(student, (course, "3", "1", "100"))
    states.append(school.book())
    receipt = school.made(
        "receipt", "post", customer=school.value(enrolment, "customer"), enrolment=enrolment.id, amount="100"
    )
    states.append(school.book())
    school.settle()
    states.append(school.book())
    lesson = school.lesson(student, course)
    states.append(school.book())
    school.run(lesson, "confirm")
    for record in (lesson, lesson, enrolment, receipt, enrolment):
        school.undo(record)
        school.settle()
        assert school.book() == states.pop()
    assert states == []


def test_money_that_opened_hours_is_not_taken_back_under_them(school: School) -> None:
    course, student = school.course(), school.student()
    enrolment = school.enrolled(student, (course, "3", "0", "100"))
    before = school.book()
    receipt = school.paid(enrolment, "100")
    with pytest.raises(HasFollowers):
        school.undo(receipt)
    lesson = school.taught(student, course)
    with pytest.raises(BalanceTooLow):
        school.undo(enrolment)
    with pytest.raises(HasFollowers):
        school.undo(receipt)
    school.run(school.lesson(student, course), "cancel")
    school.undo(lesson)
    school.run(lesson, "cancel")
    school.undo(receipt, followers=True)
    school.settle()
    assert school.book() == before


def test_a_lesson_that_is_taken_back_keeps_its_record_for_the_next_time(school: School) -> None:
    course, student, _ = ready(school)
    lesson = school.taught(student, course)
    record = school.value(lesson, "consumption")
    school.undo(lesson)
    assert (school.state(lesson), school.consumption(lesson)) == ("scheduled", (0, 0))
    assert school.hours(student) == (3, 1, 2, 100)
    with pytest.raises(RequirementsFailed):
        school.do_with(lesson, "reschedule", held_on="2026-03-09")
    school.run(lesson, "confirm")
    assert (school.value(lesson, "consumption"), school.consumption(lesson)[0]) == (record, 1)


def test_lessons_of_a_closed_month_are_disputed_in_an_open_one(school: School) -> None:
    """Last of all: March is closed behind it."""
    course, student, _ = ready(school)
    lesson = school.taught(student, course)
    school.later(30)
    march, april = ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30)))
    taught = [school.metric("hours_consumed", *month) or 0 for month in (march, april)]
    school.made("period_close", "close", month="2026-03-01", leaves_drafts=True, checks_book=False)
    school.made("lesson_dispute", "accept", lesson=lesson.id, reason="退回")
    rows = school.report("taught_hours", **{"from": "2026-04-01", "to": "2026-04-30"})
    [row] = [one for one in rows if one["party"]["id"] == student]
    assert (D(row["hours"]), D(row["earned"])) == (D(-1), D("-33.33"))
    assert [school.metric("hours_consumed", *month) or 0 for month in (march, april)] == [taught[0], taught[1] - 1]
