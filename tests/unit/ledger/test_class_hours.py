"""Class hours are goods that are owed: hours with an amount below zero, earned as they are taught, card by card."""

from collections.abc import Sequence
from decimal import Decimal as D
from typing import Any

import pytest

from onebook.ledger.account import AccountKey
from onebook.ledger.posting import Posting
from onebook.ledger.refusals import BalanceTooLow, GivesBackTooMuch, HoldInUse
from onebook.ledger.request import (
    Convert,
    GiveBack,
    Limit,
    Move,
    Part,
    Place,
    Release,
    Revalue,
    Settle,
    Transfer,
)
from tests.unit.ledger.book import Book, floor, request

PIANO, GUITAR, ANN, BEN = 11, 12, 21, 22
PAID, GIFT, SECOND = 31, 32, 33
CASH = AccountKey("cash", place=1)


def hours(course: int = PIANO, student: int = ANN, card: int = 0) -> AccountKey:
    return AccountKey("class_hours", item=course, party=student, lot=card)


def earned(role: str = "tuition", course: int = PIANO, student: int = ANN) -> AccountKey:
    return AccountKey(role, item=course, party=student)


def never_below(account: AccountKey) -> list[Limit]:
    """Nobody is taught more than is owed and free: of all cards together, and of each."""
    return [floor(account), floor(account, each_leaf=True)]


def sell(book: Book, card: int, count: object, price: object, course: int = PIANO, student: int = ANN) -> Posting:
    """A card is paid: hours are owed, and so is their price."""
    sold, amount = earned("sold_hours", course, student), D(str(price))
    return book.act(
        card,
        moves=[Move(sold, hours(course, student, card), D(str(count)), -amount)],
        transfers=[Transfer(CASH, sold, amount)],
    )


def teach(book: Book, count: object, lesson: int = 500, *cards: int, settles: Sequence[Settle] = ()) -> Posting:
    """A lesson is confirmed; `cards`: the policy's order."""
    asked = request(
        lesson,
        moves=[Move(hours(), earned(), D(str(count)), line=lesson + 1)],
        limits=never_below(hours()),
        picks={hours(): tuple(hours(card=card) for card in cards)},
        settles=settles,
    )
    seen, done = book.preview(asked), book.run(asked)
    assert seen.journal == done.journal
    return done


def revenue(posting: Posting) -> list[Any]:
    """By card: hours taught and what they earned."""
    return [
        (entry.account.lot, -entry.quantity, entry.amount)
        for entry in posting.journal.entries
        if entry.account.role == "class_hours" and entry.quantity < 0
    ]


def test_each_lesson_earns_its_share_and_the_last_takes_the_rounding(book: Book) -> None:
    sell(book, PAID, 3, 100)
    assert book.at(hours()) == (3, -100)
    assert [revenue(teach(book, 1, 500, PAID)) for _ in range(3)] == [
        [(PAID, 1, D("33.33"))], [(PAID, 1, D("33.34"))], [(PAID, 1, D("33.33"))],
    ]  # fmt: skip
    assert (book.at(hours()), book.summed("tuition"), book.summed("sold_hours")) == ((0, 0), (3, -100), (-3, 0))
    with pytest.raises(BalanceTooLow) as refusal:
        teach(book, 1, 500, PAID)
    assert (refusal.value.problems[0].data["needed"], refusal.value.problems[0].data["available"]) == (1, 0)


def test_the_policy_says_whether_gifts_are_used_first(book: Book) -> None:
    sell(book, PAID, 10, "999.99")
    sell(book, GIFT, 2, 0)
    assert revenue(teach(book, "1.5", 500, GIFT, PAID)) == [(GIFT, D("1.5"), 0)]
    assert revenue(teach(book, "1.5", 500, GIFT, PAID)) == [(GIFT, D("0.5"), 0), (PAID, 1, D("100.00"))]
    sell(book, SECOND, 1, 0)
    assert revenue(teach(book, 9, 500, PAID, SECOND)) == [(PAID, 9, D("899.99"))]
    assert revenue(teach(book, 1, 500, PAID, SECOND)) == [(SECOND, 1, 0)]
    assert (book.at(hours()), book.summed("tuition")) == ((0, 0), (13, D("-999.99")))


def test_gifts_may_share_the_price(book: Book) -> None:
    """The other policy: one card of all hours, whose price every hour shares."""
    sell(book, PAID, 12, 1000)
    assert revenue(teach(book, 1, 500, PAID)) == [(PAID, 1, D("83.33"))]
    assert revenue(teach(book, 11, 500, PAID)) == [(PAID, 11, D("916.67"))]


def test_half_hours_by_rule(book: Book) -> None:
    sell(book, PAID, 2, 100)
    assert revenue(teach(book, "0.5", 500, PAID)) == [(PAID, D("0.5"), D("25.00"))]
    assert book.at(hours(card=PAID)) == (D("1.5"), -75)


def test_booked_hours_are_free_for_nothing_else(book: Book) -> None:
    sell(book, PAID, 3, 300)
    limits = never_below(hours())
    book.act(400, places=[Place("booked", hours(), -D(2), line=401)], limits=limits)
    balance = book.balance(hours())
    assert (balance.quantity, balance.taken_quantity, balance.available) == (3, 2, 1)
    with pytest.raises(BalanceTooLow):
        book.act(410, places=[Place("booked", hours(), -D(2), line=411)], limits=limits)
    with pytest.raises(BalanceTooLow):
        teach(book, 2, 500, PAID)
    assert revenue(teach(book, 1, 500, PAID, settles=[Settle("booked", 401, D(1))])) == [(PAID, 1, 100)]
    book.act(400, releases=[Release(400)])
    assert book.available(hours()) == 2


def test_a_lesson_taken_back_is_booked_again_and_earns_nothing(book: Book) -> None:
    sell(book, PAID, 3, 100)
    booking = book.act(400, places=[Place("booked", hours(), -D(1), line=401)])
    before = book.meters()
    lesson = teach(book, 1, 500, PAID, settles=[Settle("booked", 401, D(1))])
    with pytest.raises(HoldInUse):
        book.reverse(booking.id)
    book.reverse(lesson.id, never_below(hours()))
    assert book.meters() == before


def test_a_disputed_hour_goes_back_to_its_card_at_what_it_earned(book: Book) -> None:
    """In the month of the decision, a part of the lesson, to cards that may be used up by now."""
    sell(book, PAID, 1, "33.33")
    sell(book, SECOND, 2, 100)
    teach(book, 2, 500, PAID, SECOND)
    sell(book, GIFT, 5, 0)
    given = GiveBack(500, 501, hours(), D("0.5"), 601)
    book.act(600, gives_back=[given, given], limits=never_below(hours()))
    assert (book.at(hours(card=PAID)), book.at(hours(card=SECOND))) == ((0, 0), (2, -100))
    book.act(600, gives_back=[given])
    assert book.at(hours(card=PAID)) == (D("0.5"), D("-16.67"))
    assert book.summed("tuition") == (D("0.5"), D("-16.66"))
    with pytest.raises(GivesBackTooMuch) as refusal:
        book.act(600, gives_back=[GiveBack(500, 501, hours(), D(1), 601)])
    assert refusal.value.problems[0].data["left"] == D("0.5")


def test_frozen_cards_rest(book: Book) -> None:
    sell(book, PAID, 3, 300)
    sell(book, SECOND, 1, 50)
    frozen = book.act(420, places=[Place("frozen", hours(card=PAID), -D(3))], limits=never_below(hours()))
    assert book.available(hours()) == 1
    assert revenue(teach(book, 1, 500, PAID, SECOND)) == [(SECOND, 1, 50)]
    with pytest.raises(BalanceTooLow):
        teach(book, 1, 500, PAID, SECOND)
    book.reverse(frozen.id)
    assert revenue(teach(book, 1, 500, PAID, SECOND)) == [(PAID, 1, 100)]


def test_unused_hours_are_refunded(book: Book) -> None:
    """The card's rest is cleared; what is paid back is agreed, what used hours cost more at list price is earned."""
    sell(book, PAID, 10, 1000)
    teach(book, 3, 500, PAID)
    before = book.meters()
    refunded = earned("refunded_hours")
    card = hours(card=PAID)
    refund = book.act(
        700,
        moves=[Move(card, refunded, D(7), line=701)],
        transfers=[Transfer(refunded, CASH, D(640)), Transfer(refunded, AccountKey("revenue", party=ANN), D(60))],
        limits=never_below(card),
    )
    assert (book.at(card), book.at(CASH), book.summed("refunded_hours")) == ((0, 0), (0, 360), (7, 0))
    assert (book.summed("tuition"), book.summed("revenue")) == ((3, -300), (0, -60))
    book.reverse(refund.id)
    assert book.meters() == before


def test_a_part_of_the_hours_is_refunded(book: Book) -> None:
    sell(book, PAID, 3, 100)
    book.act(700, moves=[Move(hours(card=PAID), earned("refunded_hours"), D(1))])
    assert book.at(hours(card=PAID)) == (2, D("-66.67"))
    assert book.summed("refunded_hours") == (1, D("-33.33"))


def test_hours_go_to_another_card_at_their_value(book: Book) -> None:
    """Four hours of piano become two of guitar for a brother, worth the same; a surcharge adds to them."""
    sell(book, PAID, 6, 500)
    sell(book, SECOND, 1, 1, GUITAR, BEN)
    before = book.meters()
    target = hours(GUITAR, BEN, 34)
    moved = book.act(
        710,
        converts=[Convert((Part(hours(card=PAID), D(4)),), (Part(target, D(2)),), "converted")],
        transfers=[Transfer(CASH, target, D(20))],
        limits=never_below(hours(card=PAID)),
    )
    assert (book.at(hours()), book.at(target)) == ((2, D("-166.67")), (2, D("-353.33")))
    assert book.at(hours(GUITAR, BEN)) == (3, D("-354.33"))
    assert book.summed("converted")[1] == 0
    book.reverse(moved.id)
    assert book.meters() == before


def test_hours_change_hands_one_for_one(book: Book) -> None:
    sell(book, PAID, 3, 100)
    book.act(711, moves=[Move(hours(card=PAID), hours(student=BEN, card=34), D(2))])
    assert (book.at(hours()), book.at(hours(student=BEN))) == ((1, D("-33.33")), (2, D("-66.67")))


def test_expired_hours_are_earned_without_a_lesson(book: Book) -> None:
    sell(book, PAID, 3, 100)
    teach(book, 1, 500, PAID)
    before = book.meters()
    expired = book.act(720, moves=[Move(hours(card=PAID), earned("breakage"), D(2))], limits=never_below(hours()))
    assert (book.at(hours()), book.summed("breakage")) == ((0, 0), (2, D("-66.67")))
    book.reverse(expired.id)
    assert book.meters() == before


def test_a_price_that_is_lowered_later_lowers_what_was_earned_too(book: Book) -> None:
    sold = earned("sold_hours")
    book.act(730, moves=[Move(sold, hours(card=PAID), D(3), -D(100), 731)], transfers=[Transfer(CASH, sold, D(100))])
    teach(book, 1, 500, PAID)
    book.act(740, revalues=[Revalue(730, 731, D(10), hours(), earned(), CASH, 741)])
    assert book.at(hours(card=PAID)) == (2, D("-60.00"))
    assert book.summed("tuition") == (1, D("-30.00"))
    # A card never turns into a claim on the student: the rest was earned too much before.
    book.act(740, revalues=[Revalue(730, 731, D(90), hours(), earned(), CASH, 741)])
    assert book.at(hours(card=PAID)) == (2, 0)
    assert book.summed("tuition") == (1, D("0.00"))


def test_a_finished_card_has_earned_exactly_its_price(book: Book) -> None:
    """Whatever was booked, taught in halves, disputed, moved and expired on the way."""
    sell(book, PAID, 7, "1234.56")
    teach(book, "1.5", 500, PAID)
    teach(book, "0.25", 510, PAID)
    book.act(600, gives_back=[GiveBack(500, 501, hours(), D("0.75"), 601)])
    journal = teach(book, 2, 520, PAID)
    book.reverse(journal.id)
    teach(book, 3, 530, PAID)
    book.act(720, moves=[Move(hours(), earned("breakage"), D(3))], picks={hours(): (hours(card=PAID),)})
    assert book.at(hours()) == (0, 0)
    taught, lapsed = book.summed("tuition"), book.summed("breakage")
    assert (taught[0] + lapsed[0], taught[1] + lapsed[1]) == (7, D("-1234.56"))


def test_a_card_is_of_its_course_and_of_its_student(book: Book) -> None:
    """Hours of piano are no hours of guitar, nor a brother's, however many there are."""
    sell(book, PAID, 3, 300)
    sell(book, SECOND, 1, 80, GUITAR)
    before = book.meters()
    for course, student, asked, found in ((GUITAR, ANN, 2, 1), (PIANO, BEN, 1, 0)):
        account = hours(course, student)
        with pytest.raises(BalanceTooLow) as refusal:
            book.act(
                500, moves=[Move(account, earned("tuition", course, student), D(asked))], limits=never_below(account)
            )
        told = refusal.value.problems[0].data
        assert (told["item"], told["party"], told["needed"], told["available"]) == (course, student, asked, found)
    assert book.meters() == before
    # A card of piano does not become one of guitar by being named.
    with pytest.raises(BalanceTooLow):
        wrong = hours(GUITAR, ANN, PAID)
        book.act(500, moves=[Move(wrong, earned("tuition", GUITAR), D(1))], limits=never_below(wrong))


def test_a_card_for_any_course_earns_for_the_course_that_was_taught(book: Book) -> None:
    """Its hours become hours of the course as they are taught: by cents, and the last takes the rest."""
    any_course = 10
    sell(book, PAID, 3, 100, any_course)
    card = hours(any_course, card=PAID)

    def taught(course: int) -> Posting:
        lesson = Convert((Part(card, D(1), line=501),), (Part(earned(course=course), D(1), line=501),), "converted")
        return book.act(500, converts=[lesson], limits=never_below(card))

    taught(GUITAR)
    mistake = taught(GUITAR)
    book.reverse(mistake.id, never_below(card))
    taught(PIANO)
    taught(PIANO)
    assert book.at(card) == (0, 0)
    by_course = book.rows(
        "SELECT a.item, sum(e.quantity), sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
        " WHERE a.role = 'tuition' GROUP BY 1 ORDER BY 1"
    )
    assert by_course == [(PIANO, 2, D("-66.67")), (GUITAR, 1, D("-33.33"))]
    assert book.summed("converted")[1] == 0
    with pytest.raises(BalanceTooLow):
        taught(PIANO)


def test_a_booking_waits_for_the_renewal(book: Book) -> None:
    sell(book, PAID, 1, 100)
    limits = never_below(hours())
    book.act(400, places=[Place("booked", hours(), -D(1), line=n, waits=True) for n in (401, 402)], limits=limits)
    assert (book.balance(hours()).waiting, book.available(hours())) == (D(1), D(0))
    assert revenue(teach(book, 1, 500, PAID, settles=[Settle("booked", 401, D(1))])) == [(PAID, 1, 100)]
    sell(book, SECOND, 3, 240)
    assert (book.balance(hours()).waiting, book.available(hours())) == (D(0), D(2))
    assert revenue(teach(book, 1, 500, SECOND, settles=[Settle("booked", 402, D(1))])) == [(SECOND, 1, 80)]


def test_expired_hours_teach_nothing_and_booked_ones_do_not_lapse(book: Book) -> None:
    """The policy names no expired card; what is booked is not taken by the night that makes hours lapse."""
    sell(book, PAID, 3, 100)
    with pytest.raises(BalanceTooLow):
        teach(book, 1, 500, SECOND)
    book.act(400, places=[Place("booked", hours(), -D(2), line=401)], limits=never_below(hours()))
    lapse = [Move(hours(card=PAID), earned("breakage"), D(2))]
    with pytest.raises(BalanceTooLow) as refusal:
        book.act(720, moves=lapse, limits=never_below(hours()))
    assert (refusal.value.problems[0].data["needed"], refusal.value.problems[0].data["available"]) == (2, 1)
    book.act(720, moves=[Move(hours(card=PAID), earned("breakage"), D(1))], limits=never_below(hours()))
    assert revenue(teach(book, 2, 500, PAID, settles=[Settle("booked", 401, D(2))])) == [(PAID, 2, D("66.67"))]
    assert (book.at(hours()), book.summed("breakage")) == ((0, 0), (1, D("-33.33")))


@pytest.mark.parametrize("hold", ["frozen", "booked"])
def test_what_is_frozen_or_booked_is_neither_refunded_nor_passed_on(book: Book, hold: str) -> None:
    sell(book, PAID, 3, 100)
    card = hours(card=PAID)
    held = card if hold == "frozen" else hours()
    book.act(420, places=[Place(hold, held, -D(2), line=421)], limits=never_below(hours()))
    before = book.meters()
    limits = [*never_below(hours()), floor(card)]
    for target in (earned("refunded_hours"), hours(student=BEN, card=34)):
        with pytest.raises(BalanceTooLow):
            book.act(700, moves=[Move(card, target, D(2))], limits=limits)
    assert book.meters() == before
    book.act(700, moves=[Move(card, earned("refunded_hours"), D(1))], limits=limits)
    book.act(420, releases=[Release(420)])
    book.act(711, moves=[Move(card, hours(student=BEN, card=34), D(2))], limits=limits)
    assert (book.at(hours()), book.at(hours(student=BEN))) == ((0, 0), (2, D("-66.67")))


def test_gifts_that_came_with_a_card_lapse_with_its_refund(book: Book) -> None:
    """Paid hours are refunded at what they are worth, gifts at nothing; both are gone, and nothing is earned."""
    sell(book, PAID, 10, 1000)
    sell(book, GIFT, 2, 0)
    teach(book, 1, 500, GIFT, PAID)
    refunded = earned("refunded_hours")
    before = book.meters()
    refund = book.act(
        700,
        moves=[Move(hours(card=PAID), refunded, D(10)), Move(hours(card=GIFT), refunded, D(1))],
        transfers=[Transfer(refunded, CASH, D(1000))],
        limits=never_below(hours()),
    )
    assert (book.at(hours()), book.at(CASH)) == ((0, 0), (0, 0))
    assert (book.summed("refunded_hours"), book.summed("tuition")) == ((11, 0), (1, 0))
    book.reverse(refund.id)
    assert book.meters() == before


def test_a_price_that_is_raised_later_raises_what_was_earned_too(book: Book) -> None:
    sold = earned("sold_hours")
    book.act(730, moves=[Move(sold, hours(card=PAID), D(3), -D(100), 731)], transfers=[Transfer(CASH, sold, D(100))])
    teach(book, 1, 500, PAID)
    book.act(740, revalues=[Revalue(730, 731, -D(30), hours(), earned(), CASH, 741)])
    assert (book.at(hours(card=PAID)), book.summed("tuition")) == ((2, D("-86.67")), (1, D("-43.33")))
    # Lowered to nothing, and then once more: what the card cannot carry was earned too much.
    book.act(740, revalues=[Revalue(730, 731, D(130), hours(), earned(), CASH, 741)])
    book.act(740, revalues=[Revalue(730, 731, D(30), hours(), earned(), CASH, 741)])
    assert (book.at(hours(card=PAID)), book.summed("tuition")) == ((2, 0), (1, 30))
