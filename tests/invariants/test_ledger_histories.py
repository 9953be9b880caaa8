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
from onebook.ledger.refusals import (
    BalanceTooLow,
    GivenBackSince,
    GivesBackTooMuch,
    HoldExceeded,
    HoldInUse,
    LimitExceeded,
    MovedNothing,
    NothingLeft,
    OriginalReversed,
    WouldBreakLaterDay,
)
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
    shelf,
)

D = Decimal
#: Items 1 and 2 never go below zero; item 3 may.
ITEMS = st.sampled_from([1, 2, 3])
PLACES = st.sampled_from([1, 2])
LOTS = st.sampled_from([0, 0, 0, 7, 8])
SPOTS = st.sampled_from([0, 5, 6])
#: Roles of goods, whose value the model knows.
GOODS = ("on_hand", "shelf")
PIECES = st.decimals("0.5", 12, places=1)
MONEY = st.decimals("0.01", 500, places=2)
DAYS = st.sampled_from([DAY + timedelta(days=n) for n in (-45, -9, -1, 0, 0, 0, 0, 1, 30)])
PARTIES = st.sampled_from([1, 2])
CREDIT = D(900)
EXPECTED = (
    BalanceTooLow, LimitExceeded, HoldExceeded, HoldInUse, WouldBreakLaterDay,
    GivenBackSince, GivesBackTooMuch, MovedNothing, NothingLeft, OriginalReversed,
)  # fmt: skip
_names = count(1)
#: A night may look further than a run at the desk.
EXAMPLES = int(os.environ.get("ONEBOOK_TEST_HISTORIES", "12"))


def limits_of(*accounts: AccountKey) -> list[Limit]:
    """What a careful caller asks for: no item below zero, credit within its limit, no document or lot overdrawn."""
    limits = []
    for account in accounts:
        if account.role in GOODS and account.item != 3:
            limits += [floor(account._replace(lot=0, spot=0)), floor(account, each_leaf=True)]
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
        self.frozen: list[int] = []
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

    def learn(self, posting: Posting | None) -> None:
        """The model books goods by its own arithmetic: pieces that leave take their share along."""
        for entry in posting.journal.entries if posting else ():
            if entry.account.role in GOODS and entry.account.item != 3:
                if entry.quantity < 0:
                    assert -entry.amount == self.share(entry.account, -entry.quantity), (entry, self.model)
                self.known(entry.account, entry.quantity, entry.amount)

    def share(self, key: AccountKey, pieces: Decimal) -> Decimal:
        """What the model lets go: everything with the last piece, otherwise the rounded share."""
        quantity, amount = self.model[key]
        if pieces == quantity:
            return amount
        return (amount * pieces / quantity).quantize(D("0.01"), ROUND_HALF_UP)

    @rule(item=ITEMS, place=PLACES, lot=LOTS, pieces=PIECES, amount=MONEY, on=DAYS)
    def receive(self, item: int, place: int, lot: int, pieces: Decimal, amount: Decimal, on: date) -> None:
        key = on_hand(item, place, lot)
        self.learn(
            self.attempt(request(next(self.documents), on, moves=[arrive(pieces, amount, key)], limits=limits_of(key)))
        )

    @rule(item=ITEMS, place=PLACES, lot=LOTS, pieces=PIECES, on=DAYS)
    def issue(self, item: int, place: int, lot: int, pieces: Decimal, on: date) -> None:
        key = on_hand(item, place, lot)
        # Several moves of one account in one event work on a running copy.
        moves = [leave(pieces, key), leave(D("0.1"), key)]
        self.learn(self.attempt(request(next(self.documents), on, moves=moves, limits=limits_of(key))))

    @rule(item=ITEMS, place=PLACES, pieces=PIECES)
    def issue_all(self, item: int, place: int, pieces: Decimal) -> None:
        key = on_hand(item, place)
        available = self.book.available(key)
        if available > 0:
            self.issue_exactly(key, min(available, self.model[key][0]) or pieces)

    def issue_exactly(self, key: AccountKey, pieces: Decimal) -> None:
        if pieces <= 0:
            return
        self.learn(self.attempt(request(next(self.documents), moves=[leave(pieces, key)], limits=limits_of(key))))

    @rule(item=ITEMS, lot=LOTS, pieces=PIECES)
    def carry(self, item: int, lot: int, pieces: Decimal) -> None:
        source, target = on_hand(item, 1, lot), on_hand(item, 2, lot)
        move = Move(source, target, pieces)
        self.learn(self.attempt(request(next(self.documents), moves=[move], limits=limits_of(source, target))))

    @rule(item=ITEMS, lot=LOTS, spot=SPOTS, pieces=PIECES, amount=MONEY, on=DAYS)
    def shelve(self, item: int, lot: int, spot: int, pieces: Decimal, amount: Decimal, on: date) -> None:
        key = shelf(item, 1, lot, spot)
        self.learn(self.attempt(request(next(self.documents), on, moves=[arrive(pieces, amount, key)])))

    @rule(item=ITEMS, lot=st.sampled_from([7, 8]), spot=SPOTS, pieces=PIECES)
    def freeze(self, item: int, lot: int, spot: int, pieces: Decimal) -> None:
        key, document = shelf(item, 1, lot, spot), next(self.documents)
        places = [Place("freeze", key, -min(pieces, max(self.book.available(key), D(0))))]
        if self.attempt(request(document, places=places, limits=limits_of(key))):
            self.frozen.append(document)

    @precondition(lambda self: self.frozen)
    @rule(data=st.data())
    def thaw(self, data: st.DataObject) -> None:
        document = data.draw(st.sampled_from(self.frozen))
        self.attempt(request(next(self.documents), releases=[release(document)]))

    @rule(
        role=st.sampled_from(GOODS),
        item=ITEMS,
        lot=LOTS,
        spot=SPOTS,
        pieces=PIECES,
        on=DAYS,
        prefers=st.none() | st.permutations([(0, 0), (7, 0), (7, 5), (8, 0), (8, 6), (0, 5)]),
        is_carried=st.booleans(),
    )
    def pick(
        self,
        role: str,
        item: int,
        lot: int,
        spot: int,
        pieces: Decimal,
        on: date,
        prefers: list[tuple[int, int]] | None,
        is_carried: bool,
    ) -> None:
        """From leaves that nobody names: out of the house, or to another place and, half of it, back again."""
        source = AccountKey(role, item=item, place=1, lot=lot, spot=spot if role == "shelf" else 0)
        target = source._replace(place=2, lot=0, spot=0) if is_carried else AccountKey("cost", item=item)
        named = [source._replace(lot=one, spot=at if role == "shelf" else 0) for one, at in (prefers or ())[:4]]
        picks = {} if prefers is None else {source: tuple(dict.fromkeys(named))}
        expected = self.expected(source, pieces, picks.get(source)) if item != 3 else None
        control = source._replace(lot=0, spot=0)
        last_on = self.book.balance(control).last_on
        moves = [Move(source, target, pieces)]
        if is_carried:
            moves.append(Move(target, control, pieces / 2))
        limits = limits_of(source, target, control)
        posting = self.attempt(request(next(self.documents), on, moves=moves, limits=limits, picks=picks))
        if posting is not None and expected is not None:
            pairs = zip(posting.journal.entries[::2], posting.journal.entries[1::2], strict=True)
            gone = {first.account: -first.quantity for first, _ in pairs if first.account.place == 1}
            if last_on is None or on >= last_on:
                assert gone == expected
            for key in gone:
                assert (key.lot, key.spot) == (lot or key.lot, source.spot or key.spot)
            there = {e.account.lot: e.quantity for e in posting.journal.entries if e.account.place == 2}
            assert not is_carried or set(there) >= {key.lot for key in gone}
        self.learn(posting)

    def expected(
        self, source: AccountKey, pieces: Decimal, named: tuple[AccountKey, ...] | None
    ) -> dict[AccountKey, Decimal]:
        """What the model would pick: in order, from each what it has and nobody froze."""
        below = [
            key
            for key in self.model
            if key != source and key._replace(lot=source.lot, spot=source.spot) == source
            if source.lot in (0, key.lot) and source.spot in (0, key.spot)
        ]
        order = [source, *sorted(below, key=lambda key: (key.lot, key.spot))]
        if named is not None:
            order = [key for key in named if key in order]
        found: dict[AccountKey, Decimal] = {}
        for key in order:
            is_control = not key.lot and not key.spot
            held = D(0) if is_control else self.book.balance(key).taken_quantity
            part = min(pieces, self.model[key][0] - held)
            if part > 0:
                found[key] = part
                pieces -= part
        if pieces:
            found[source] = found.get(source, D(0)) + pieces
        return found

    @rule(item=ITEMS, pieces=PIECES)
    def there_and_nowhere(self, item: int, pieces: Decimal) -> None:
        """What was picked and carried comes back to the very leaves that it was picked from."""
        before, control = self.book.meters(), shelf(item, 1)
        there = shelf(item, 2, spot=6)
        moves = [Move(control, there, pieces), leave(pieces / 2, there)]
        posting = self.attempt(request(next(self.documents), moves=moves, limits=limits_of(control, there)))
        if posting is not None:
            assert self.take_back(posting, DAY)
            changed = set(map(repr, before)) ^ set(map(repr, self.book.meters()))
            assert not [row for row in changed if item != 3 or ("shelf" not in row and "difference" not in row)]

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
        self.learn(self.attempt(asked))

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
            if entry.account.role in GOODS:
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
            "SELECT * FROM ledger_account WHERE role IN ('on_hand', 'shelf') AND item <> 3"
            " AND (quantity < taken_quantity OR own_quantity < 0)"
        ) == []  # fmt: skip

    @invariant()
    def no_past_day_was_below_zero(self) -> None:
        for position in ("a.item, a.place", "a.item, a.place, a.lot, a.spot"):
            rows = self.book.rows(
                f"SELECT * FROM (SELECT a.role, {position}, e.booked_on, sum(sum(e.quantity)) OVER"
                f" (PARTITION BY a.role, {position} ORDER BY e.booked_on) AS balance FROM ledger_entry e"
                " JOIN ledger_account a ON a.id = e.account WHERE a.role IN ('on_hand', 'shelf') AND a.item <> 3"
                f" GROUP BY a.role, {position}, e.booked_on) AS days WHERE balance < 0"
            )
            assert rows == [], position

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
