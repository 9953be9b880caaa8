"""Random histories of the ledger on a real database: what must stay true, stays true after every single event."""

import os
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from onebook.ledger import reverse
from onebook.ledger.account import AccountKey
from onebook.ledger.journal import Origin
from onebook.ledger.posting import Posting
from onebook.ledger.refusals import BalanceTooLow, HoldExceeded, HoldInUse, LimitExceeded, WouldBreakLaterDay
from onebook.ledger.request import Limit, Measure, Move, Place, Request, Settle, Tense, Transfer
from onebook.storage.database import Database
from onebook.storage.schema import create_company
from onebook.values.refusal import Refusal
from tests.unit.ledger.book import (
    DAY,
    Book,
    arrive,
    floor,
    leave,
    on_hand,
    prepayment,
    receivable,
    release,
    request,
    reserve,
)

D = Decimal
#: Items 1 and 2 never go below zero; item 3 may.
ITEMS = st.sampled_from([1, 2, 3])
PLACES = st.sampled_from([1, 2])
LOTS = st.sampled_from([0, 0, 0, 7, 8])
PIECES = st.decimals("0.5", 12, places=1)
MONEY = st.decimals("0.01", 500, places=2)
DAYS = st.sampled_from([DAY + timedelta(days=n) for n in (-45, -9, -1, 0, 0, 0, 0, 1, 30)])
PARTIES = st.sampled_from([1, 2])
CREDIT = D(900)
EXPECTED = (BalanceTooLow, LimitExceeded, HoldExceeded, HoldInUse, WouldBreakLaterDay)
_names = count(1)
#: A night may look further than a run at the desk.
EXAMPLES = int(os.environ.get("ONEBOOK_TEST_HISTORIES", "12"))


def limits_of(*accounts: AccountKey) -> list[Limit]:
    """What a careful caller asks for: no item below zero, credit within its limit, no document or lot overdrawn."""
    limits = []
    for account in accounts:
        if account.role == "on_hand" and account.item != 3:
            limits += [floor(on_hand(account.item, account.place)), floor(account)]
        if account.role == "receivable":
            control = receivable(account.party)
            limits.append(
                Limit(control, Measure.AMOUNT, Tense.PROJECTED, at_most=CREDIT, plus=(prepayment(account.party),))
            )
            if account.document:
                limits.append(Limit(account, Measure.AMOUNT, Tense.BALANCE, at_least=D(0)))
        if account.role == "prepayment":
            limits.append(Limit(account, Measure.AMOUNT, Tense.BALANCE, at_most=D(0)))
    return list(dict.fromkeys(limits))


class History(RuleBasedStateMachine):
    """One company's book under random events; the model knows value and quantity of what may not go negative."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        with self.database.administration() as connection:
            company = create_company(connection, f"History {next(_names)}")
        self.book = Book(self.database, company.schema)
        self.documents = count(1000)
        self.journals: list[Posting] = []
        self.lines: list[int] = []
        self.orders: list[tuple[int, int]] = []
        self.model: defaultdict[AccountKey, list[Decimal]] = defaultdict(lambda: [D(0), D(0)])

    def attempt(self, asked: Request) -> Posting | None:
        """Preview and run: the same answer both times; after a refusal nothing has changed."""
        try:
            seen: Posting | Refusal = self.book.preview(asked)
        except EXPECTED as refusal:
            seen = refusal
        if isinstance(seen, Refusal):
            before = self.book.meters()
            with pytest.raises(type(seen)) as refused:
                self.book.run(asked)
            assert (seen.problems, seen.data) == (refused.value.problems, refused.value.data)
            assert self.book.meters() == before
            return None
        done = self.book.run(asked)
        assert seen.journal == done.journal
        assert {c.key: c.after.balance for c in seen.accounts} == {c.key: c.after.balance for c in done.accounts}
        assert [(h.line, h.open_quantity, h.open_amount, h.waiting) for h in seen.holds] == [
            (h.line, h.open_quantity, h.open_amount, h.waiting) for h in done.holds
        ]
        if not done.is_empty:
            self.journals.append(done)
        return done

    def known(self, key: AccountKey, quantity: Decimal, amount: Decimal) -> None:
        """What the model books."""
        position = self.model[key]
        position[0] += quantity
        position[1] += amount

    def share(self, key: AccountKey, pieces: Decimal) -> Decimal:
        """What the model lets go: everything with the last piece, otherwise the rounded share."""
        quantity, amount = self.model[key]
        if pieces == quantity:
            return amount
        return (amount * pieces / quantity).quantize(D("0.01"), ROUND_HALF_UP)

    @rule(item=ITEMS, place=PLACES, lot=LOTS, pieces=PIECES, amount=MONEY, on=DAYS)
    def receive(self, item: int, place: int, lot: int, pieces: Decimal, amount: Decimal, on: date) -> None:
        key = on_hand(item, place, lot)
        asked = request(next(self.documents), on, moves=[arrive(pieces, amount, key)], limits=limits_of(key))
        if self.attempt(asked):
            self.known(key, pieces, amount)

    @rule(item=ITEMS, place=PLACES, lot=LOTS, pieces=PIECES, on=DAYS)
    def issue(self, item: int, place: int, lot: int, pieces: Decimal, on: date) -> None:
        key = on_hand(item, place, lot)
        # Several moves of one account in one event work on a running copy.
        moves = [leave(pieces, key), leave(D("0.1"), key)]
        if self.attempt(request(next(self.documents), on, moves=moves, limits=limits_of(key))) and item != 3:
            for move in moves:
                self.known(key, -move.quantity, -self.share(key, move.quantity))

    @rule(item=ITEMS, place=PLACES, pieces=PIECES)
    def issue_all(self, item: int, place: int, pieces: Decimal) -> None:
        key = on_hand(item, place)
        available = self.book.available(key)
        if available > 0:
            self.issue_exactly(key, min(available, self.model[key][0]) or pieces)

    def issue_exactly(self, key: AccountKey, pieces: Decimal) -> None:
        if pieces <= 0:
            return
        asked = request(next(self.documents), moves=[leave(pieces, key)], limits=limits_of(key))
        if self.attempt(asked) and key.item != 3:
            self.known(key, -pieces, -self.share(key, pieces))

    @rule(item=ITEMS, lot=LOTS, pieces=PIECES)
    def carry(self, item: int, lot: int, pieces: Decimal) -> None:
        source, target = on_hand(item, 1, lot), on_hand(item, 2, lot)
        move = Move(source, target, pieces)
        asked = request(next(self.documents), moves=[move], limits=limits_of(source, target))
        if self.attempt(asked) and item != 3:
            amount = self.share(source, pieces)
            self.known(source, -pieces, -amount)
            self.known(target, pieces, amount)

    @rule(item=ITEMS, pieces=PIECES, waits=st.booleans(), priority=st.integers(0, 2), due=st.none() | DAYS)
    def promise(self, item: int, pieces: Decimal, waits: bool, priority: int, due: date | None) -> None:
        document, line = next(self.documents), next(self.documents)
        place = reserve(pieces, line, on_hand(item), waits=waits, priority=priority, due=due)
        if self.attempt(request(document, places=[place], limits=limits_of(place.account))):
            self.orders.append((document, line))
            self.lines.append(item)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), pieces=PIECES, capped=st.booleans())
    def fulfil(self, data: st.DataObject, pieces: Decimal, capped: bool) -> None:
        nth = data.draw(st.integers(0, len(self.orders) - 1))
        key = on_hand(self.lines[nth])
        settles = [Settle("reserve", self.orders[nth][1], pieces, capped=capped)]
        asked = request(next(self.documents), settles=settles, moves=[leave(pieces, key)], limits=limits_of(key))
        if self.attempt(asked) and key.item != 3:
            self.known(key, -pieces, -self.share(key, pieces))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        document, _ = data.draw(st.sampled_from(self.orders))
        self.attempt(request(next(self.documents), releases=[release(document)]))

    @rule(party=PARTIES, amount=MONEY, on=DAYS)
    def charge(self, party: int, amount: Decimal, on: date) -> None:
        document = next(self.documents)
        places = [Place("collect", receivable(party), amount=amount)]
        if self.attempt(request(document, on, places=places, limits=limits_of(receivable(party)))):
            leaf = receivable(party, document)
            transfer = Transfer(leaf, AccountKey("revenue", party=party), amount)
            settles = [Settle("collect", document, amount=amount)]
            self.attempt(request(document, on, settles=settles, transfers=[transfer], limits=limits_of(leaf)))

    @rule(party=PARTIES, amount=MONEY, data=st.data(), on=DAYS)
    def collect(self, party: int, amount: Decimal, data: st.DataObject, on: date) -> None:
        receipt = prepayment(party, next(self.documents))
        self.attempt(request(receipt.document, on, transfers=[Transfer(AccountKey("cash", place=1), receipt, amount)]))
        rows = self.book.rows(
            "SELECT document FROM ledger_account WHERE role = 'receivable' AND is_open_item AND party = %s ORDER BY 1",
            party,
        )
        if rows:
            item = receivable(party, data.draw(st.sampled_from(rows))[0])
            transfer = Transfer(receipt, item, amount)
            self.attempt(request(next(self.documents), on, transfers=[transfer], limits=limits_of(item, receipt)))

    @precondition(lambda self: self.journals)
    @rule(data=st.data(), on=DAYS)
    def reverse_one(self, data: st.DataObject, on: date) -> None:
        nth = data.draw(st.integers(0, len(self.journals) - 1))
        self.undo(self.journals[nth], on)

    @precondition(lambda self: self.journals)
    @rule()
    def reverse_latest(self) -> None:
        self.undo(self.journals[-1], self.journals[-1].on)

    @rule(item=ITEMS, pieces=PIECES, amount=MONEY, waits=st.booleans())
    def there_and_back(self, item: int, pieces: Decimal, amount: Decimal, waits: bool) -> None:
        """An event and at once its reversal leave no trace on any meter."""
        before = self.book.meters()
        document, line, key = next(self.documents), next(self.documents), on_hand(item)
        asked = request(
            document,
            moves=[arrive(pieces, amount, key), leave(pieces, key)] if waits else [arrive(pieces, amount, key)],
            places=[reserve(pieces, line, key, waits=waits), Place("collect", receivable(1), amount=amount)],
            transfers=[Transfer(receivable(2, document), AccountKey("tax"), amount)],
        )
        posting = self.attempt(asked)
        assert posting is not None
        self.take_back(posting, DAY)
        # Cents of a hole that was settled and opened again may stay on the difference account, nowhere else.
        changed = set(map(repr, before)) ^ set(map(repr, self.book.meters()))
        assert not [row for row in changed if item != 3 or ("on_hand" not in row and "difference" not in row)]

    def undo(self, posting: Posting, on: date) -> None:
        if posting.reverses is not None or not self.take_back(posting, on):
            return
        for entry in posting.journal.entries:
            if entry.account.role == "on_hand":
                self.known(entry.account, -entry.quantity, -entry.amount)

    def take_back(self, posting: Posting, on: date) -> bool:
        accounts = {entry.account for entry in posting.journal.entries}
        accounts |= {hold.account for hold in posting.holds}
        with self.database.transaction(self.book.schema) as transaction:
            (undo,) = reverse.find(transaction, [posting.id])
        origin = Origin("paper", next(self.documents), "reverse", 7)
        done = self.attempt(reverse.request_of(undo, on, origin, tuple(limits_of(*sorted(accounts)))))
        if done is not None:
            # A reversal is not reversed, and nothing is reversed twice.
            self.journals = [j for j in self.journals if j.id not in (posting.id, done.id)]
        return done is not None

    @invariant()
    def stored_is_what_the_facts_say(self) -> None:
        assert self.book.drifts() == []

    @invariant()
    def nothing_falls_below_its_floor(self) -> None:
        assert self.book.rows(
            "SELECT * FROM ledger_account WHERE role = 'on_hand' AND item <> 3"
            " AND (quantity < taken_quantity OR own_quantity < 0)"
        ) == []  # fmt: skip

    @invariant()
    def no_past_day_was_below_zero(self) -> None:
        rows = self.book.rows(
            "SELECT item, place, min(balance) FROM (SELECT a.item, a.place, sum(sum(e.quantity)) OVER"
            " (PARTITION BY a.item, a.place ORDER BY e.booked_on) AS balance FROM ledger_entry e"
            " JOIN ledger_account a ON a.id = e.account WHERE a.role = 'on_hand' AND a.item <> 3"
            " GROUP BY a.item, a.place, e.booked_on) AS days GROUP BY 1, 2 HAVING min(balance) < 0"
        )
        assert rows == []

    @invariant()
    def value_is_what_the_model_says(self) -> None:
        states = self.book.state(*self.model).accounts
        for key, position in self.model.items():
            if not position[0]:
                position[1] = D(0)
            if key.item != 3:
                state = states[key]
                assert [state.own_quantity, state.own_amount] == position, (key, state, position)


def test_histories(database: Database) -> None:
    History.database = database
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
