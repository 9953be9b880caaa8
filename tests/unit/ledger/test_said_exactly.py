"""Words of the kernel that nothing else looks at: what refusals of reversals name, what is asked of later days."""

from datetime import timedelta
from decimal import Decimal

import pytest

from onebook.ledger import later_days, reverse
from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.hold import Kind
from onebook.ledger.journal import Origin
from onebook.ledger.refusals import AlreadyReversed, IsReversal, JournalNotFound
from onebook.ledger.request import Limit, Measure, Tense
from onebook.ledger.state import AccountState, LaterDays, Locked
from onebook.storage.arrays import numbers
from tests.unit.ledger.book import DAY, ROLES, floor, on_hand, request

D = Decimal


@pytest.mark.parametrize(
    ("journals", "kind", "data"),
    [
        ([], JournalNotFound, {"journal": 5}),
        ([(5, 3, None, 100)], IsReversal, {"journal": 5, "reverses": 3}),
        ([(5, None, 8, 100)], AlreadyReversed, {"journal": 5, "by": 8}),
    ],
)
def test_what_cannot_be_reversed_is_named(
    journals: list[tuple[object, ...]], kind: type[JournalNotFound | IsReversal | AlreadyReversed], data: object
) -> None:
    with pytest.raises(kind) as caught:
        reverse.undone([5], [journals, [], []])
    assert caught.value.data == data


def test_a_journal_is_turned_with_every_sign_and_keeps_its_rows() -> None:
    entries = [(5, "on_hand", 1, 2, 3, 0, 0, 4, D(7), D("-8.50"), 21, 31), (6, "cash", *([0] * 6), D(0), D(1), 0, 0)]
    changes = [(5, 9, "settle", 21, D(1), D(2), D(3), D(4), D(5), D(6), D(-2))]
    [undo] = reverse.undone([5], [[(5, None, None, 100), (6, None, None, 101)], entries, changes])
    assert (undo.journal, undo.document) == (5, 100)
    [entry] = undo.entries
    assert entry.account == AccountKey("on_hand", 1, 2, 3, 0, 0, 4)
    assert (entry.quantity, entry.amount, entry.line, entry.gives_back) == (D(-7), D("8.50"), 21, 31)
    [change] = undo.changes
    assert (change.hold, change.kind, change.line, change.waiting) == (9, Kind.SETTLE, 21, D(2))
    assert (change.wanted_quantity, change.settled_amount, change.released_amount) == (D(-1), D(-4), D(-6))
    asked = reverse.request_of(undo, DAY, Origin("paper", 100, "reverse", 7), (floor(on_hand()),))
    assert (asked.on, asked.undo, asked.limits) == (DAY, undo, (floor(on_hand()),))


def test_journals_may_be_found_by_a_query() -> None:
    known = {"record": 5}
    statements = reverse.prepare_of("SELECT journal FROM x WHERE record = %(record)s", known)
    assert len(statements) == len(reverse.prepare([5])) == 3
    for found, plain in zip(statements, reverse.prepare([5]), strict=True):
        assert found.parameters is known
        assert "ANY(ARRAY(SELECT journal FROM x WHERE record = %(record)s))" in found.sql
        assert found.sql != plain.sql
        assert "%s" not in found.sql


def _locked(key: AccountKey, days: int) -> Locked:
    balance = Balance(D(5), D(25), last_on=DAY + timedelta(days))
    return Locked(ROLES, {key: AccountState(3, key, balance, D(5), D(25))}, {})


def test_a_limit_on_each_leaf_guards_the_days_of_all_that_may_be_picked_or_carried() -> None:
    lot, other, carried = on_hand(lot=7), on_hand(lot=8), on_hand(place=2, lot=7)
    locked = Locked(ROLES, {}, {}, leaves={on_hand(): (on_hand(), lot, other)}, carried={on_hand(place=2): (carried,)})
    assert [*later_days.guarded(floor(on_hand()), locked)] == [on_hand()]
    assert [*later_days.guarded(floor(on_hand(), each_leaf=True), locked)] == [on_hand(), on_hand(), lot, other]
    there = floor(on_hand(place=2), each_leaf=True)
    assert [*later_days.guarded(there, locked)] == [on_hand(place=2), carried]


@pytest.mark.parametrize(
    ("limit", "is_guarded"),
    [
        (floor(on_hand()), True),
        (Limit(on_hand(), Measure.AMOUNT, Tense.BALANCE, at_most=D(9)), True),
        (Limit(on_hand(), Measure.QUANTITY, Tense.AVAILABLE, at_most=D(9)), False),
        (Limit(on_hand(), Measure.QUANTITY, Tense.PROJECTED, D(0)), False),
        (Limit(on_hand(), Measure.QUANTITY, Tense.BALANCE, D(0), plus=(on_hand(place=2),)), False),
    ],
)
def test_only_limits_on_facts_of_one_account_look_at_later_days(limit: Limit, is_guarded: bool) -> None:
    assert later_days.guards_days(limit) is is_guarded
    asked = request(limits=[limit])
    assert bool(later_days.wanted([asked], _locked(on_hand(), 1))) is is_guarded
    assert later_days.wanted([asked], _locked(on_hand(), 0)) == [], "nothing was booked later"


def test_answers_belong_to_their_questions() -> None:
    asked = request(limits=[floor(on_hand())])
    [(question, statement)] = later_days.wanted([asked], _locked(on_hand(), 2))
    assert question == (DAY, {3: on_hand()})
    assert statement.parameters == {"accounts": numbers([3]), "on": DAY}
    extremes = (D(1), D(2), D(3), D(4), D(5), D(6))
    assert later_days.found([question], [[(3, *extremes)]]) == {(on_hand(), DAY): LaterDays(*extremes)}
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        later_days.found([question], [])
