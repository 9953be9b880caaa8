"""A company whose book was begun before there were spots: brought up to date, it keeps its book and all its walls."""

import shutil
from pathlib import Path

import pytest
from psycopg import errors

from onebook.storage import schema
from onebook.storage.database import APPLICATION_ROLE, Database
from onebook.storage.schema import create_company, migrate
from tests.unit.ledger.book import Book, arrive, floor, leave, on_hand

#: A receipt of five pieces into a lot, as it was written before: accounts, journal, entries, totals.
BEFORE = """
INSERT INTO ledger_account (role, item, place, lot, kept, quantity, amount, last_on)
VALUES ('on_hand', 1, 1, 0, true, 5, 50, '2026-03-01');
INSERT INTO ledger_account (role, item, place, lot, control, kept, quantity, amount, own_quantity, own_amount, last_on)
SELECT 'on_hand', 1, 1, 7, id, true, 5, 50, 5, 50, '2026-03-01' FROM ledger_account;
INSERT INTO ledger_account (role, item, kept) VALUES ('supply', 1, false);
INSERT INTO ledger_journal (id, booked_on, form, record, transition, actor)
VALUES (nextval('ledger_journal_id'), '2026-03-01', 'paper', 1, 'act', 7);
INSERT INTO ledger_entry (journal, position, account, booked_on, quantity, amount)
SELECT 1, CASE WHEN lot = 7 THEN 2 ELSE 1 END, id, '2026-03-01', CASE WHEN lot = 7 THEN 5 ELSE -5 END,
    CASE WHEN lot = 7 THEN 50 ELSE -50 END FROM ledger_account WHERE lot = 7 OR role = 'supply';
INSERT INTO ledger_total (account, month, quantity_in, quantity_out, amount_in, amount_out)
SELECT id, '2026-03-01', CASE WHEN kept THEN 5 ELSE 0 END, CASE WHEN kept THEN 0 ELSE 5 END,
    CASE WHEN kept THEN 50 ELSE 0 END, CASE WHEN kept THEN 0 ELSE 50 END FROM ledger_account"""


def test_a_book_of_before(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder)
    for file in (folder / "company").glob("*.sql"):
        if int(file.name[:4]) >= 5:
            file.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", folder)
        with database.administration() as connection:
            company = create_company(connection, "Begun before")
        with database.administration(company.schema) as connection:
            connection.execute(BEFORE)
    assert f"{company.schema}: 0005_spots" in migrate(database)
    book = Book(database, company.schema)
    assert book.drifts() == []
    assert book.rows("SELECT lot, spot, has_pieces FROM ledger_account WHERE role = 'on_hand' ORDER BY 1") == [
        (0, 0, False), (7, 0, True),
    ]  # fmt: skip
    assert book.rows("SELECT DISTINCT gives_back, is_red FROM ledger_entry") == [(0, False)]
    assert book.rows(
        "SELECT a.lot, e.control = c.id FROM ledger_entry e JOIN ledger_account a ON a.id = e.account"
        " JOIN ledger_account c ON c.role = 'on_hand' AND c.control IS NULL ORDER BY 1"
    ) == [(0, False), (7, True)]
    # Pieces are picked from the lots that were there.
    posting = book.act(moves=[arrive(1, 5), leave(3)], limits=[floor(on_hand())])
    assert [(entry.account.lot, int(entry.amount)) for entry in posting.journal.entries[2:]] == [
        (0, -5), (0, 5), (7, -20), (0, 20),
    ]  # fmt: skip
    assert book.drifts() == []
    # The walls stand: accounts are told apart by spot too, and facts are still facts.
    with database.administration(company.schema) as connection:
        for statement, refused in (
            ("UPDATE ledger_entry SET gives_back = 1", errors.RestrictViolation),
            ("DELETE FROM ledger_account", errors.RestrictViolation),
            (
                "INSERT INTO ledger_account (role, item, place, kept) VALUES ('on_hand', 1, 1, true)",
                errors.UniqueViolation,
            ),
        ):
            with pytest.raises(refused), connection.transaction():
                connection.execute(statement)
        connection.execute(
            "INSERT INTO ledger_account (role, item, place, spot, kept) VALUES ('on_hand', 1, 1, 5, true)"
        )
        (rights,) = connection.execute(
            "SELECT array_agg(privilege_type::text ORDER BY 1) FROM information_schema.role_table_grants"
            " WHERE table_schema = %s AND table_name = 'ledger_entry' AND grantee = %s",
            (company.schema, APPLICATION_ROLE),
        )
        assert rights == (["INSERT", "SELECT"],)
