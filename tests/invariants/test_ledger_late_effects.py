"""The same random histories with rows that are given back, revalued and converted, to and from lots, in any order."""

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from onebook.ledger.account import AccountKey
from onebook.ledger.posting import Posting
from onebook.ledger.request import Convert, GiveBack, Part, Request, Revalue
from onebook.storage.database import Database
from tests.invariants.test_ledger_histories import (
    DAYS,
    EXAMPLES,
    GOODS,
    ITEMS,
    LOTS,
    MONEY,
    PIECES,
    PLACES,
    History,
    limits_of,
)
from tests.unit.ledger.book import arrive, leave, on_hand, request

D = Decimal
SIGNED = st.decimals(-60, 60, places=2)
#: What a row moved, by lot, the latest first: of journals that stand.
MOVED = """
SELECT a.lot, sum(e.quantity), sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account
JOIN ledger_journal j ON j.id = e.journal
WHERE e.line = %s AND a.role = 'on_hand' AND e.quantity <> 0 AND j.reverses IS NULL
    AND NOT EXISTS (SELECT FROM ledger_journal r WHERE r.reverses = j.id)
GROUP BY a.lot ORDER BY max((e.journal, e.position)) DESC"""
GIVEN_BACK = """
SELECT a.lot, sum(e.quantity), sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account
WHERE e.gives_back = %s AND a.role = 'on_hand' GROUP BY a.lot"""
HERE = """
SELECT place, own_quantity FROM ledger_account WHERE role = 'on_hand' AND item = %s AND lot = %s AND own_quantity > 0
    AND (lot <> 0 OR place = %s) ORDER BY place <> %s, place"""


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    return amount if part == whole else (amount * part / whole).quantize(D("0.01"), ROUND_HALF_UP)


class LateHistory(History):
    """Rows that moved goods are remembered by their numbers alone: what stands of them, the facts say."""

    def __init__(self) -> None:
        super().__init__()
        #: Record, row, item, and whether it brought goods in.
        self.rows: list[tuple[int, int, int, bool]] = []

    def book_goods(self, posting: Posting | None) -> None:
        """Values were given, not shared: the model takes them as they are."""
        for entry in posting.journal.entries if posting else ():
            if entry.account.role in GOODS and entry.account.item != 3:
                self.known(entry.account, entry.quantity, entry.amount)

    def attempt_late(self, asked: Request) -> Posting | None:
        posting = self.attempt(asked)
        self.book_goods(posting)
        return posting

    def left(self, line: int) -> list[tuple[int, Decimal, Decimal]]:
        """By lot, the latest first: pieces of a row that were not given back, with their value; signed as it moved."""
        given = {lot: (quantity, amount) for lot, quantity, amount in self.book.rows(GIVEN_BACK, line)}
        zero = D(0), D(0)
        return [
            (lot, quantity + given.get(lot, zero)[0], amount + given.get(lot, zero)[1])
            for lot, quantity, amount in self.book.rows(MOVED, line)
        ]

    @rule(item=ITEMS, place=PLACES, lots=st.lists(LOTS, min_size=1, max_size=3), pieces=PIECES, amount=MONEY, on=DAYS)
    def bring(self, item: int, place: int, lots: list[int], pieces: Decimal, amount: Decimal, on: date) -> None:
        document, line = next(self.documents), next(self.documents)
        keys = [on_hand(item, place, lot) for lot in lots]
        moves = [arrive(pieces, amount, key, line) for key in keys]
        posting = self.attempt(request(document, on, moves=moves, limits=limits_of(*keys)))
        if posting:
            self.learn(posting)
            self.rows.append((document, line, item, True))

    @rule(item=ITEMS, place=PLACES, lot=LOTS, pieces=PIECES, on=DAYS)
    def send(self, item: int, place: int, lot: int, pieces: Decimal, on: date) -> None:
        document, line, key = next(self.documents), next(self.documents), on_hand(item, place, lot)
        posting = self.attempt(request(document, on, moves=[leave(pieces, key, line)], limits=limits_of(key)))
        if posting:
            self.learn(posting)
            self.rows.append((document, line, item, False))

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), place=PLACES, pieces=PIECES, is_all=st.booleans(), on=DAYS)
    def give_back(self, data: st.DataObject, place: int, pieces: Decimal, is_all: bool, on: date) -> None:
        document, line, item, came = data.draw(st.sampled_from(self.rows))
        left = self.left(line)
        there = abs(sum((quantity for _, quantity, _ in left), D(0)))
        pieces = there if is_all and there else pieces
        at = on_hand(item, place)
        asked = request(
            next(self.documents), on, gives_back=[GiveBack(document, line, at, pieces, 0)], limits=limits_of(at)
        )
        posting = self.attempt_late(asked)
        if posting is None:
            assert came or pieces > there, "goods may always come back"
            return
        assert pieces <= there
        moved: defaultdict[int, list[Decimal]] = defaultdict(lambda: [D(0), D(0)])
        for entry in posting.journal.entries:
            if entry.account.role == "on_hand" and entry.quantity:
                moved[entry.account.lot][0] += abs(entry.quantity)
                moved[entry.account.lot][1] += entry.amount if entry.quantity > 0 else -entry.amount
        rest = pieces
        for lot, quantity, amount in left:
            if lot not in moved:
                # Only what is no longer here may be passed over.
                assert came or not rest or not quantity
                continue
            part, worth = moved[lot]
            assert part <= abs(quantity)
            assert came or part == min(rest, abs(quantity))
            assert worth == share(amount if came else -amount, part, abs(quantity))
            rest -= part
        assert rest == 0

    @precondition(lambda self: any(came for _, _, _, came in self.rows))
    @rule(data=st.data(), place=PLACES, amount=SIGNED, on=DAYS)
    def revalue(self, data: st.DataObject, place: int, amount: Decimal, on: date) -> None:
        document, line, item, _ = data.draw(st.sampled_from([row for row in self.rows if row[3]]))
        expected = self.carried(line, item, place, amount)
        gone, against = AccountKey("cost", item=item), AccountKey("estimated", item=item)
        revalues = [Revalue(document, line, amount, on_hand(item, place), gone, against, 0)]
        posting = self.attempt_late(request(next(self.documents), on, revalues=revalues))
        if posting is None or not amount:
            return
        here = {e.account: e.amount for e in posting.journal.entries if e.account.role == "on_hand"}
        rest = sum(e.amount for e in posting.journal.entries if e.account == gone)
        assert sum(here.values()) + rest == amount
        assert all(part * amount > 0 for part in here.values())
        if amount > 0:
            assert here == {key: part for key, part in expected.items() if part}

    def carried(self, line: int, item: int, place: int, amount: Decimal) -> dict[AccountKey, Decimal]:
        """What a revaluation adds to each leaf: to lots by their pieces, to leaves by those that are there."""
        left = [(lot, quantity) for lot, quantity, _ in self.left(line) if quantity]
        whole = sum((quantity for _, quantity in left), D(0))
        added = {}
        for lot, quantity in left:
            lots = share(amount, quantity, whole)
            amount, whole = amount - lots, whole - quantity
            for there, pieces in self.book.rows(HERE, item, lot, place, place):
                part = min(quantity, pieces)
                if part:
                    added[on_hand(item, there, lot)] = share(lots, part, quantity)
                    lots, quantity = lots - added[on_hand(item, there, lot)], quantity - part
        return added

    @rule(
        source=ITEMS, lot=LOTS, pieces=PIECES, cost=MONEY, on=DAYS,
        outputs=st.lists(st.tuples(ITEMS, LOTS, PIECES, st.integers(0, 5)), min_size=1, max_size=3),
    )  # fmt: skip
    def convert(
        self, source: int, lot: int, pieces: Decimal, cost: Decimal, on: date,
        outputs: list[tuple[int, int, Decimal, int]],
    ) -> None:  # fmt: skip
        key = on_hand(source, 1, lot)
        parts = tuple(Part(on_hand(item, 2, at), count, D(weight)) for item, at, count, weight in outputs)
        asked = Convert((Part(key, pieces), Part(key, D("0.1"))), parts, "converted", ((AccountKey("wages"), cost),))
        limits = limits_of(key, *(part.account for part in parts))
        posting = self.attempt(request(next(self.documents), on, converts=[asked], limits=limits))
        if posting is None:
            return
        self.learn(posting)
        entries = posting.journal.entries
        assert sum(e.amount for e in entries if e.account.role == "converted") == 0
        used = sum(-e.amount for e in entries if e.account.role == "on_hand" and e.quantity < 0)
        came = [e.amount for e in entries if e.account.role == "on_hand" and e.quantity > 0]
        assert sum(came) == used + cost
        assert min(came) >= 0 or source == 3

    @invariant()
    def no_more_was_given_back_than_was_moved(self) -> None:
        for _, line, _, came in self.rows:
            sign = 1 if came else -1
            for _, quantity, amount in self.left(line):
                assert quantity * sign >= 0
                assert quantity or not amount

    @invariant()
    def nothing_is_stuck_on_its_way(self) -> None:
        assert self.book.summed("converted")[1] == 0


def test_late_effects(database: Database) -> None:
    LateHistory.database = database
    run_state_machine_as_test(
        LateHistory,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
