"""The key figures of a school against plain Python: every hour and cent of two months, worked out from the story."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest

from tests.scenarios.school import School
from tests.scenarios.world import TODAY

pytestmark = pytest.mark.timeout(900)

ZERO = Decimal(0)
CENT = Decimal("0.01")
DAYS = 45
SPANS = (
    (TODAY, TODAY + timedelta(days=DAYS)),
    (date(2026, 3, 1), date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 4, 12)),
)


@dataclass
class Card:
    """Hours at a price, as somebody with a notebook would keep them."""

    hours: Decimal
    amount: Decimal
    valid_until: date | None

    def take(self, hours: Decimal) -> Decimal:
        """What so many of its hours are worth; the last take the rest."""
        worth = self.amount if hours == self.hours else (self.amount * hours / self.hours).quantize(CENT, ROUND_HALF_UP)
        self.hours -= hours
        self.amount -= worth
        return worth


@dataclass
class Notebook:
    """What happened on which day, and the cards of each student of each course, the oldest first."""

    cards: defaultdict[tuple[int, int], list[Card]] = field(default_factory=lambda: defaultdict(list))
    scheduled: list[tuple[date, Decimal]] = field(default_factory=list)
    used: list[tuple[date, Decimal, Decimal]] = field(default_factory=list)
    sold: list[tuple[date, Decimal]] = field(default_factory=list)
    received: list[tuple[date, Decimal]] = field(default_factory=list)
    deferred: dict[date, Decimal] = field(default_factory=dict)

    def free(self, who: tuple[int, int], day: date) -> Decimal:
        return sum((one.hours for one in self.valid(who, day)), ZERO)

    def valid(self, who: tuple[int, int], day: date) -> list[Card]:
        return [one for one in self.cards[who] if one.valid_until is None or one.valid_until >= day]

    def teach(self, who: tuple[int, int], hours: Decimal, day: date) -> Decimal:
        earned, left = ZERO, hours
        for card in self.valid(who, day):
            part = min(left, card.hours)
            if part > 0:
                earned += card.take(part)
                left -= part
        assert left == 0
        self.used.append((day, hours, earned))
        return earned

    def owed(self) -> Decimal:
        return sum((card.amount for cards in self.cards.values() for card in cards), ZERO)

    def hours_left(self) -> Decimal:
        return sum((card.hours for cards in self.cards.values() for card in cards), ZERO)


class Story:
    """Two months of a school, told to the product and to the notebook alike."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.notes = Notebook()
        self.chance = random.Random(46)
        self.courses = [school.course(price) for price in ("150", "200")]
        self.students = [school.student() for _ in range(4)]
        self.teachers = [school.person("teacher") for _ in range(2)]

    @property
    def day(self) -> date:
        return TODAY + timedelta(days=(self.school.clock[0].date() - TODAY).days)

    def enrol(self) -> None:
        who = (self.chance.choice(self.students), self.chance.choice(self.courses))
        hours = Decimal(self.chance.choice((3, 7, 10)))
        gift = Decimal(self.chance.choice((0, 1)))
        amount = Decimal(self.chance.randint(20000, 99999)).scaleb(-2)
        gifts = self.chance.choice(("spread", "nothing"))
        valid = self.chance.choice((None, self.day + timedelta(days=60)))
        row = {"valid_until": valid and valid.isoformat()}
        enrolment = self.school.enrolled(who[0], (who[1], str(hours), str(gift), str(amount)), gifts=gifts, row=row)
        first = (amount * self.chance.choice((Decimal("0.4"), Decimal(1)))).quantize(CENT, ROUND_HALF_UP)
        self.school.paid(enrolment, str(first), received_on=self.day.isoformat())
        self.notes.received.append((self.day, first))
        shared = hours + gift if gifts == "spread" else hours
        opened = shared if first == amount else (shared * first / amount).quantize(CENT, ROUND_DOWN)
        card = Card(opened, first, valid)
        self.notes.cards[who].append(card)
        self.notes.sold.append((self.day, opened))
        if first < amount:
            self.school.paid(enrolment, str(amount - first), received_on=self.day.isoformat())
            self.notes.received.append((self.day, amount - first))
            card.hours += shared - opened
            card.amount += amount - first
            self.notes.sold.append((self.day, shared - opened))
        if gifts == "nothing" and gift:
            self.notes.cards[who].append(Card(gift, ZERO, valid))
            self.notes.sold.append((self.day, gift))

    def teach(self) -> None:
        who = (self.chance.choice(self.students), self.chance.choice(self.courses))
        hours = Decimal(self.chance.choice(("0.5", "1", "2")))
        if self.notes.free(who, self.day) < hours:
            return
        lesson = self.school.lesson(*who, hours=str(hours), teacher=self.chance.choice(self.teachers))
        ending = self.chance.choice(("confirm", "confirm", "confirm", "late", "leave", "cancel", "dispute"))
        if ending == "cancel":
            self.school.run(lesson, "cancel")
            return
        self.notes.scheduled.append((self.day, hours))
        if ending == "leave":
            self.school.run(lesson, "leave")
            return
        share = Decimal("0.5") if ending == "late" else Decimal(1)
        self.school.do_with(lesson, "confirm", attendance="late_leave" if ending == "late" else "attended")
        charged = (hours * share).quantize(CENT, ROUND_HALF_UP)
        before = [(card, card.hours, card.amount) for card in self.notes.cards[who]]
        earned = self.notes.teach(who, charged, self.day)
        told = self.school.consumption(lesson)
        assert told == (charged, earned)
        if ending == "dispute":
            self.school.made("lesson_dispute", "accept", lesson=lesson.id, reason="争议")
            for card, had, worth in before:
                card.hours, card.amount = had, worth
            self.notes.used.append((self.day, -charged, -earned))

    def refund(self) -> None:
        enrolment, student = self.school.ask(
            "SELECT id, student FROM enrolment WHERE state = 'approved' ORDER BY id LIMIT 1"
        )[0]
        found = self.school.ask("SELECT DISTINCT course FROM enrolment__lines WHERE parent = %(e)s", e=enrolment)
        who = (student, found[0][0])
        made = self.school.made("hours_refund", "take_unused", enrolment=enrolment, reason="退课")
        rows = self.school.rows(made, "lines", "hours", "worth")
        cards = [card for card in self.notes.cards[who] if card.hours > 0][: len(rows)]
        assert [(card.hours, card.amount) for card in cards] == [tuple(row) for row in rows]
        self.school.run(made, "apply")
        self.school.run(made, "approve")
        for card in cards:
            self.notes.sold.append((self.day, -card.hours))
            card.take(card.hours)

    def told(self) -> None:
        for _ in range(4):
            self.enrol()
        for day in range(DAYS):
            self.notes.deferred[self.day] = self.notes.owed()
            if day in (9, 20, 31):
                self.enrol()
            if day == 25:
                self.refund()
            self.teach()
            self.notes.deferred[self.day] = self.notes.owed()
            self.school.later(1)


@pytest.fixture(scope="module")
def story(company_school: School) -> Story:
    story = Story(company_school)
    story.told()
    story.school.assert_clean()
    return story


Span = tuple[date, date]


def within(rows: list[tuple[date, Decimal]], span: Span) -> Decimal:
    return sum((amount for day, amount in rows if span[0] <= day <= span[1]), ZERO)


def same(told: Decimal | None, worked_out: Decimal) -> bool:
    """Equal to the digits that the product shows, at least two."""
    assert told is not None
    return told == worked_out.quantize(Decimal(1).scaleb(min(-2, int(told.as_tuple().exponent))), ROUND_HALF_UP)


@pytest.mark.parametrize("span", SPANS)
def test_the_rate_of_hours_used(story: Story, span: Span) -> None:
    used = within([(day, hours) for day, hours, _ in story.notes.used], span)
    scheduled, sold = within(story.notes.scheduled, span), within(story.notes.sold, span)
    assert used > 0
    assert scheduled >= used
    metric: Callable[..., Decimal | None] = story.school.metric
    assert metric("hours_consumed", *span) == used
    assert metric("hours_scheduled", *span) == scheduled
    assert metric("hours_sold_net", *span) == sold
    assert same(metric("consumption_rate", *span), used / scheduled)
    assert same(metric("consumption_of_sold", *span), used / sold)


@pytest.mark.parametrize("span", SPANS)
def test_the_tuition_of_an_hour(story: Story, span: Span) -> None:
    used = within([(day, hours) for day, hours, _ in story.notes.used], span)
    earned = within([(day, amount) for day, _, amount in story.notes.used], span)
    assert story.school.metric("tuition_earned", *span) == earned
    assert same(story.school.metric("hour_price", *span), earned / used)
    assert story.school.metric("tuition_collected", *span) == within(story.notes.received, span)


@pytest.mark.parametrize("day", [0, 10, 25, DAYS - 1])
def test_deferred_tuition_is_what_the_cards_are_worth(story: Story, day: int) -> None:
    on = TODAY + timedelta(days=day)
    assert story.school.metric("deferred_tuition", on, on) == story.notes.deferred[on]


def test_the_cards_are_the_balance_of_the_book(story: Story) -> None:
    school, notes = story.school, story.notes
    assert school.balance("class_hours") == (notes.hours_left(), -notes.owed())
    rows = school.report("hour_cards")
    assert sum((Decimal(row["deferred"]) for row in rows), ZERO) == notes.owed()
    assert school.metric("hours_owed", TODAY, TODAY + timedelta(days=DAYS)) == notes.hours_left()
    for row in rows:
        assert Decimal(row["unit"]) == (Decimal(row["deferred"]) / Decimal(row["hours"])).quantize(
            Decimal("0.0001"), ROUND_HALF_UP
        )
    of_students = {
        (row["party"]["id"], row["item"]["id"]): Decimal(row["hours"]) for row in school.report("hours_by_student")
    }
    assert of_students == {who: left for who, cards in notes.cards.items() if (left := sum(c.hours for c in cards))}
