"""The checker can fail: every kept figure that is touched behind its back is named, with its journals."""

import pytest

from onebook.ledger import periods
from onebook.ledger.account import AccountKey
from onebook.ledger.open import why
from onebook.ledger.refusals import PeriodAlreadyClosed, PeriodClosed, PeriodNotClosed
from onebook.ledger.request import Place
from onebook.storage.database import Database
from onebook.storage.schema import Company
from onebook.values.month import Month
from tests.unit.ledger.book import DAY, ROLES, Book, D, arrive, leave, on_hand, receivable, reserve, sell

TAMPERINGS = {
    "UPDATE ledger_account SET amount = amount + 0.01 WHERE role = 'on_hand' AND lot = 7": "account balance",
    "UPDATE ledger_account SET own_quantity = own_quantity + 1 WHERE role = 'on_hand' AND lot = 0": "account balance",
    "UPDATE ledger_account SET quantity = quantity + 1 WHERE role = 'on_hand' AND lot = 0": "control account",
    "UPDATE ledger_account SET last_on = last_on - 1 WHERE role = 'on_hand'": "account balance",
    "UPDATE ledger_account SET taken_quantity = taken_quantity - 1 WHERE taken_quantity > 0": "held on account",
    "UPDATE ledger_account SET expected_amount = 1 WHERE role = 'receivable'": "held on account",
    "UPDATE ledger_hold SET waiting = waiting - 1 WHERE waiting > 0": "hold",
    "UPDATE ledger_hold SET settled_quantity = 1 WHERE open_quantity > waiting": "hold",
    "UPDATE ledger_total SET quantity_in = quantity_in + 1, quantity_out = quantity_out + 1": "monthly total",
    "DELETE FROM ledger_total": "monthly total",
    "INSERT INTO ledger_entry (journal, position, account, booked_on, quantity, amount)"
    " VALUES (99, 1, 99, '2026-03-01', 0, 0)": "entry has account and journal",
    "INSERT INTO ledger_entry (journal, position, account, booked_on, quantity, amount)"
    " SELECT 1, 90 + lot, id, '2026-03-10', CASE lot WHEN 0 THEN 1 ELSE -1 END, 0 FROM ledger_account"
    " WHERE role = 'on_hand' AND item = 1": "account balance",
    "ALTER TABLE ledger_entry DISABLE TRIGGER balanced; INSERT INTO ledger_entry"
    " (journal, position, account, booked_on, quantity, amount)"
    " SELECT 1, 90, id, '2026-03-10', 0, 1 FROM ledger_account WHERE role = 'revenue'": "journal balances",
    "ALTER TABLE ledger_entry DISABLE TRIGGER append_only; UPDATE ledger_entry SET control = account"
    " WHERE control <> 0": "entry has account and journal",
    "ALTER TABLE ledger_entry DISABLE TRIGGER append_only; UPDATE ledger_entry SET gives_back = 202"
    " WHERE journal = 3": "given back",
    "INSERT INTO ledger_period (month, closed, changed_at, changed_by)"
    " VALUES ('2026-04-01', true, '2020-01-01', 1)": "closed period",
    # A later month that was closed since does not hide what entered an earlier one.
    "INSERT INTO ledger_period (month, closed, changed_at, changed_by)"
    " VALUES ('2026-03-01', true, '2020-01-01', 1), ('2026-04-01', true, '2099-01-01', 1)": "closed period",
    "UPDATE ledger_account SET quantity = 1 WHERE role = 'revenue'": "kept account",
    "UPDATE ledger_account SET kept = false WHERE role = 'on_hand' AND item = 2": "kept account",
    "UPDATE ledger_account SET unit_cost = 3 WHERE role = 'on_hand' AND item = 2": "unit cost",
    "UPDATE ledger_account SET unit_cost = unit_cost + 1 WHERE role = 'on_hand' AND item = 3": "unit cost",
    "UPDATE ledger_account SET control = (SELECT id FROM ledger_account WHERE role = 'on_hand' AND item = 2)"
    " WHERE lot = 7": "account rolls up",
    "UPDATE ledger_account SET control = (SELECT id FROM ledger_account WHERE role = 'receivable' AND document = 0)"
    " WHERE lot = 7": "account rolls up",
    "UPDATE ledger_account SET control = NULL WHERE lot = 7": "account balance",
    "UPDATE ledger_account SET lot = 0, spot = 7 WHERE lot = 7; UPDATE ledger_account SET control ="
    " (SELECT id FROM ledger_account WHERE spot = 7) WHERE document <> 0": "account rolls up",
    "INSERT INTO ledger_journal (booked_on, form, record, transition, actor)"
    " VALUES ('2026-03-10', 'x', 1, 'x', 1)": "journal is whole",
    "ALTER TABLE ledger_entry DISABLE TRIGGER append_only; DELETE FROM ledger_entry"
    " WHERE journal = 3 AND position < 3": "journal is whole",
    "ALTER TABLE ledger_hold_change DISABLE TRIGGER append_only; DELETE FROM ledger_hold_change"
    " WHERE position = 1": "journal is whole",
    "ALTER TABLE ledger_hold_change DISABLE TRIGGER append_only; UPDATE ledger_hold_change SET hold = 99"
    " WHERE position = 1": "journal is whole",
    "ALTER TABLE ledger_entry DISABLE TRIGGER append_only; UPDATE ledger_entry SET amount = amount * 2"
    " WHERE journal = 5": "reversal",
    "ALTER TABLE ledger_journal DISABLE TRIGGER append_only; UPDATE ledger_journal SET reverses = 3"
    " WHERE id = 5": "reversal",
}


@pytest.fixture
def book(database: Database, company: Company) -> Book:
    book = Book(database, company.schema)
    book.act(moves=[arrive(5, 50, on_hand(lot=7)), arrive(3, 20)])
    book.act(
        101,
        places=[
            reserve(9, 201, waits=True),
            Place("collect", receivable(1), amount=D(90)),
            Place("reserve", on_hand(2), -D(4), line=202, waits=True),
        ],
    )
    book.act(102, moves=[leave(1, on_hand(lot=7))], transfers=[sell(1, 101, 13)])
    # Goods that came and went, and came in error.
    wrong = book.act(103, moves=[arrive(3, 10, on_hand(3))])
    book.reverse(wrong.id)
    book.act(104, moves=[arrive(3, 10, on_hand(3)), leave(4, on_hand(3))])
    return book


def test_a_book_that_was_only_posted_to_is_clean(book: Book) -> None:
    # One piece was sold from under a promise, which no limit forbade: that is not a drift.
    assert book.drifts() == []


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_every_tampering_is_named(book: Book, tampering: str) -> None:
    with book.database.administration(book.schema) as connection:
        connection.execute(tampering)
    drifts = book.drifts()
    assert TAMPERINGS[tampering] in {drift.what for drift in drifts}, drifts
    assert all(drift.subject for drift in drifts)


def test_a_drift_names_the_account_and_its_journals(book: Book) -> None:
    with book.database.administration(book.schema) as connection:
        connection.execute("UPDATE ledger_account SET amount = amount + 0.01 WHERE role = 'on_hand' AND lot = 7")
    drift = next(drift for drift in book.drifts() if drift.what == "account balance")
    assert "on_hand item 1 place 1 lot 7" in drift.subject
    assert drift.stored.split(" / ")[1] == "40.01"
    assert drift.recomputed.split(" / ")[1] == "40.00"
    assert drift.journals == (3, 1)


def test_a_figure_opens_into_what_it_is_made_of(book: Book) -> None:
    with book.database.transaction(book.schema, read_only=True) as transaction:
        opened = why(transaction, on_hand(), ROLES)
        summed = why(transaction, AccountKey("cost", item=1), ROLES)
        nothing = why(transaction, on_hand(99), ROLES)
        first = why(transaction, on_hand(), ROLES, before=opened.entries[0])
        assert transaction.round_trips == 4
    assert sum(entry.quantity for entry in opened.entries) == opened.balance.quantity == 7
    assert sum(entry.amount for entry in opened.entries) == opened.balance.amount == 60
    assert [(e.record, e.lot) for e in opened.entries] == [(102, 7), (100, 0), (100, 7)]
    (hold,) = opened.holds
    assert (hold.document, hold.line, str(hold.open_quantity), str(hold.waiting)) == (101, 201, "9.000000", "1.000000")
    assert summed.balance.quantity == 1
    assert summed.balance.amount == 10
    assert not nothing.entries
    assert not nothing.holds
    assert first.entries == opened.entries[1:]


def test_months_close_and_open(book: Book) -> None:
    march = Month.of(DAY)

    def close(month: Month) -> None:
        with book.database.transaction(book.schema) as transaction:
            periods.close(transaction, month, 1)
            transaction.commit()

    def reopen(month: Month) -> None:
        with book.database.transaction(book.schema) as transaction:
            periods.reopen(transaction, month, 1)
            transaction.commit()

    with pytest.raises(PeriodNotClosed):
        reopen(march)
    close(march)
    with pytest.raises(PeriodAlreadyClosed):
        close(Month(2026, 1))
    with pytest.raises(PeriodClosed):
        book.act(moves=[arrive(1, 1)])
    with pytest.raises(PeriodClosed):
        book.reverse(1)
    reopen(march)
    book.act(moves=[arrive(1, 1)])
    with pytest.raises(PeriodClosed):
        book.act(on=Month(2026, 2).last, moves=[arrive(1, 1)])
    with book.database.transaction(book.schema) as transaction:
        assert periods.closed_through(transaction) == Month(2026, 2)
    assert book.drifts() == []
