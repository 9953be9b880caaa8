"""Facts stay: neither the application's role nor the owner of the tables can change or delete them."""

import psycopg
import pytest
from psycopg import errors

from onebook.ledger.account import AccountKey
from onebook.ledger.journal import Entry, Journal, Origin
from onebook.storage.database import Database
from onebook.storage.schema import Company
from tests.unit.ledger.book import DAY, Book, D, arrive, floor, leave, on_hand

FACTS = ("ledger_entry", "ledger_journal", "ledger_hold_change")
ATTACKS = [
    *(f"UPDATE {table} SET journal = journal + 1" for table in ("ledger_entry", "ledger_hold_change")),
    "UPDATE ledger_entry SET amount = amount + 1",
    "UPDATE ledger_journal SET booked_on = booked_on + 1",
    "UPDATE ledger_hold_change SET wanted_quantity = 0",
    *(f"DELETE FROM {table}" for table in (*FACTS, "ledger_account", "ledger_hold")),
    *(f"TRUNCATE {table} CASCADE" for table in (*FACTS, "ledger_account", "ledger_hold")),
]
ALLOWED = (errors.InsufficientPrivilege, errors.RestrictViolation)


@pytest.fixture
def book(database: Database, company: Company) -> Book:
    book = Book(database, company.schema)
    book.act(moves=[arrive(5, 50)])
    return book


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_application_cannot(book: Book, attack: str) -> None:
    with book.database.transaction(book.schema) as transaction:
        transaction.run()
        with pytest.raises(errors.InsufficientPrivilege):
            transaction.connection.execute(attack)
    assert book.at(on_hand()) == (5, 50)
    assert book.drifts() == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_owner_cannot(book: Book, attack: str) -> None:
    with pytest.raises(psycopg.Error) as error, book.database.administration(book.schema) as connection:
        connection.execute(attack)
    assert isinstance(error.value, ALLOWED), error.value
    assert book.drifts() == []


def test_the_database_refuses_what_the_kernel_would(book: Book) -> None:
    book.act(moves=[leave(1)], limits=[floor(on_hand())])
    for attack in (
        "UPDATE ledger_account SET quantity = -1 WHERE role = 'on_hand'",
        "UPDATE ledger_account SET taken_quantity = 6 WHERE role = 'on_hand'",
        "INSERT INTO ledger_entry (journal, position, account, booked_on, quantity, amount)"
        " SELECT 1, 99, id, '2026-03-01', 0, 1 FROM ledger_account LIMIT 1",
        "INSERT INTO ledger_journal (booked_on, form, record, transition, actor, reverses)"
        " SELECT '2026-03-01', 'x', 1, 'x', 1, j"
        " FROM (SELECT max(id) FROM ledger_journal) AS t (j), generate_series(1, 2)",
    ):
        with pytest.raises(psycopg.IntegrityError), book.database.administration(book.schema) as connection:
            connection.execute(attack)
    with book.database.administration(book.schema) as connection:
        connection.execute("INSERT INTO ledger_period (month, closed, changed_by) VALUES ('2026-03-01', true, 1)")
    with pytest.raises(errors.CheckViolation), book.database.administration(book.schema) as connection:
        connection.execute(
            "INSERT INTO ledger_journal (booked_on, form, record, transition, actor)"
            " VALUES ('2026-02-28', 'x', 1, 'x', 1)"
        )
    assert book.drifts() == []


#: What the application may do with each table of the book, and no more: nothing is deleted, facts are not changed.
RIGHTS = {
    "ledger_account": {"SELECT", "INSERT", "UPDATE"},
    "ledger_hold": {"SELECT", "INSERT", "UPDATE"},
    "ledger_total": {"SELECT", "INSERT", "UPDATE"},
    "ledger_period": {"SELECT", "INSERT", "UPDATE"},
    "ledger_journal": {"SELECT", "INSERT"},
    "ledger_entry": {"SELECT", "INSERT"},
    "ledger_hold_change": {"SELECT", "INSERT"},
    "onebook_change": {"SELECT", "INSERT"},
    "onebook_definition": {"SELECT"},
}


def test_the_application_has_no_more_rights_than_it_needs(database: Database, company: Company) -> None:
    """A table that is added to the book has to be added here too."""
    whole = """SELECT c.relname, array_agg(DISTINCT right_) FROM pg_class c
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS right_
        WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
        AND (c.relname LIKE 'ledger%%' OR c.relname = ANY(%s))
        AND (has_table_privilege('onebook_app', c.oid, right_) OR right_ IN ('SELECT', 'INSERT', 'UPDATE')
            AND has_any_column_privilege('onebook_app', c.oid, right_)) GROUP BY 1"""
    with database.administration(company.schema) as connection:
        found = {name: set(rights) for name, rights in connection.execute(whole, [company.schema, list(RIGHTS)])}
        owned = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND tableowner = 'onebook_app'", [company.schema]
        ).fetchone()
    assert found == RIGHTS
    assert owned == (0,)


def test_an_unbalanced_journal_cannot_be_made() -> None:
    one, other = AccountKey("cash", place=1), on_hand(2)
    for entries in (
        (Entry(one, amount=D(1)),),
        (Entry(on_hand(1), quantity=D(1)), Entry(other, quantity=D(-1))),
    ):
        with pytest.raises(AssertionError):
            Journal(DAY, Origin("paper", 1, "act", 1), entries)
