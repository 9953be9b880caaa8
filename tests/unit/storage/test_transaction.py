"""Transactions: what one round trip carries, what is undone, and what the application role may not do."""

import threading
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from onebook.storage.database import Database, Unavailable, retrying
from onebook.storage.planning import planned_anew
from onebook.storage.schema import Company, create_company
from onebook.storage.transaction import Statement, Transaction

TAKE_ID = Statement("SELECT nextval('record_id')")
INSERT = Statement("INSERT INTO onebook_number (form, prefix, last) VALUES (%s, %s, %s)", ("order", "A", 1))
INSERT_OTHER = Statement("INSERT INTO onebook_number (form, prefix, last) VALUES ('other', 'A', 1)")
COUNT = Statement("SELECT count(*) FROM onebook_number")


def test_statements_of_one_run_share_a_round_trip(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        rows = transaction.run(INSERT, COUNT, Statement("SELECT %(a)s::int + %(b)s::int", {"a": 1, "b": 2}))
        assert rows == [[], [(1,)], [(3,)]]
        assert transaction.round_trips == 1
        assert transaction.commit(COUNT) == [[(1,)]]
        assert transaction.round_trips == 2


def test_statements_sent_ahead_are_answered_by_the_next_round_trip(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.ahead(INSERT)
        transaction.ahead(COUNT, Statement("SELECT %s::text", ("two",)))
        assert transaction.round_trips == 0
        assert transaction.arrived() == [[], [(1,)], [("two",)]]
        transaction.ahead(INSERT_OTHER)
        assert transaction.run(COUNT) == [[(2,)]]
        transaction.ahead(COUNT)
        assert transaction.commit(COUNT) == [[(2,)]]
        assert transaction.round_trips == 3


def test_nothing_sent_ahead_is_nothing_to_wait_for(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        assert transaction.run(COUNT) == [[(0,)]]
        transaction.ahead()
        assert transaction.arrived() == []
        transaction.ahead()
    with database.transaction(company.schema) as again:
        assert again.connection is transaction.connection
        again.ahead()
        assert again.commit(INSERT, COUNT) == [[], [(1,)]]


def test_what_fails_ahead_is_raised_by_the_next_round_trip(database: Database, company: Company) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation), database.transaction(company.schema) as transaction:
        transaction.ahead(INSERT, INSERT)
        transaction.ahead(COUNT)
        transaction.commit(INSERT_OTHER)
    with database.transaction(company.schema) as transaction:
        assert transaction.run(COUNT) == [[(0,)]]


@pytest.mark.parametrize("sent", [INSERT, Statement("SELECT pg_sleep(0.2)"), Statement("SELECT 1 / 0")])
def test_who_leaves_with_statements_underway_leaves_nothing(
    database: Database, company: Company, sent: Statement
) -> None:
    class Refused(Exception):
        pass

    with pytest.raises(Refused), database.transaction(company.schema) as transaction:
        transaction.ahead(INSERT_OTHER, sent)
        raise Refused
    with database.transaction(company.schema) as again:
        assert again.connection is transaction.connection, "the connection is as good as before"
        assert again.run(COUNT) == [[(0,)]]


def test_a_parameter_of_no_known_type_leaves_what_is_underway_in_order(database: Database, company: Company) -> None:
    with pytest.raises(psycopg.ProgrammingError), database.transaction(company.schema) as transaction:
        transaction.ahead(INSERT)
        transaction.run(Statement("SELECT %s", (object(),)))
    with database.transaction(company.schema) as again:
        assert again.connection is transaction.connection
        assert again.run(COUNT) == [[(0,)]]


def test_long_answers_and_long_questions_pass_each_other(database: Database, company: Company) -> None:
    """Neither side may wait for the other to read first: each says more than the line between them holds."""
    text = "x" * 4_000_000
    echo = Statement("SELECT %s::text || 'y'", (text,))
    with database.transaction(company.schema) as transaction:
        for _ in range(4):
            transaction.ahead(echo)
        assert [len(rows[0][0]) for rows in transaction.arrived()] == [len(text) + 1] * 4


def test_each_transaction_looks_into_its_own_company(database: Database, company: Company) -> None:
    """Sessions remember where they looked first; whatever happened there, the next transaction looks where it says."""
    with database.administration() as connection:
        other = create_company(connection, "Next door")
    where = Statement("SELECT current_schema()")
    for schema in (company.schema, other.schema, other.schema, company.schema):
        with database.transaction(schema) as transaction:
            assert transaction.run(where) == [[(schema,)]]
        with database.transaction(schema, read_only=True) as transaction:
            assert transaction.run(where) == [[(schema,)]]
        with database.transaction(schema) as transaction:
            transaction.commit(where)
        with pytest.raises(psycopg.errors.DivisionByZero), database.transaction(schema) as transaction:
            transaction.run(Statement("SELECT 1 / 0"))


def test_left_without_commit_nothing_happened(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.run(INSERT)
    with database.transaction(company.schema) as transaction:
        assert transaction.run(COUNT) == [[(0,)]]


def test_the_application_role_cannot_rewrite_the_trail(database: Database, company: Company) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction(company.schema) as transaction:
        transaction.run(Statement("UPDATE onebook_change SET action = 'x'"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.transaction(company.schema) as transaction:
        transaction.run(Statement("CREATE TABLE own (id int)"))


def test_round_trips_are_counted_as_the_server_sees_them(database: Database, company: Company, tmp_path: Path) -> None:
    log = tmp_path / "trace"
    with log.open("wb") as file, database.transaction(company.schema) as transaction:
        transaction.connection.pgconn.trace(file.fileno())
        transaction.run(INSERT, COUNT)
        transaction.run(TAKE_ID)
        transaction.commit(INSERT_OTHER, COUNT)
        transaction.connection.pgconn.untrace()
        assert transaction.round_trips == 3
    assert log.read_text().count("ReadyForQuery") == 3


def test_copy_and_stream_carry_many_rows(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        rows = [(f"form {n}", "p", n) for n in range(1, 5001)]
        lines = [f"{form}\t{prefix}\t{last}\n" for form, prefix, last in rows]
        blocks = ("".join(lines[at : at + 900]) for at in range(0, len(lines), 900))
        transaction.copy_blocks("COPY onebook_number (form, prefix, last) FROM STDIN", blocks)
        query = Statement("SELECT form, prefix, last FROM onebook_number WHERE last <= %s ORDER BY last", (4000,))
        assert list(transaction.stream(query, size=700)) == rows[:4000]
        assert transaction.commit(COUNT) == [[(5000,)]]


def test_a_refused_statement_undoes_the_whole_transaction(database: Database, company: Company) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation), database.transaction(company.schema) as transaction:
        transaction.commit(INSERT, INSERT)
    with database.transaction(company.schema) as transaction:
        assert transaction.run(COUNT) == [[(0,)]]


def test_read_only_transactions_see_one_snapshot_and_write_nothing(database: Database, company: Company) -> None:
    with database.transaction(company.schema, read_only=True) as reader:
        assert reader.run(COUNT) == [[(0,)]]
        with database.transaction(company.schema) as writer:
            writer.commit(INSERT)
        assert reader.run(COUNT) == [[(0,)]]
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        database.transaction(company.schema, read_only=True) as reader,
    ):
        reader.run(INSERT)


def test_companies_do_not_see_each_other(database: Database, company: Company) -> None:
    with database.administration() as connection:
        other = create_company(connection, "Other")
    with database.transaction(company.schema) as transaction:
        transaction.commit(INSERT)
    with database.transaction(other.schema) as transaction:
        assert transaction.run(COUNT) == [[(0,)]]


def test_statements_survive_a_change_of_columns(database: Database, company: Company) -> None:
    """Prepared statements know old column types; after a publication the same transaction works when run again."""
    with database.administration(company.schema) as connection:
        connection.execute("CREATE TABLE thing (size numeric(18,2))")
        connection.execute("INSERT INTO thing VALUES (1.5)")
    query = Statement("SELECT * FROM thing")

    def read() -> object:
        with database.transaction(company.schema) as transaction:
            return transaction.run(query)[0]

    before = read()
    with database.administration(company.schema) as connection:
        connection.execute("ALTER TABLE thing ALTER size TYPE text")
    assert (before, retrying(read)) == ([(Decimal("1.50"),)], [("1.50",)])


def test_a_server_closed_connection_is_replaced(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.run(COUNT)
    with database.administration() as connection:
        connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                           " AND datname = current_database()")  # fmt: skip
    with database.transaction(company.schema) as transaction:
        assert transaction.run(COUNT) == [[(0,)]]


def test_a_connection_lost_on_the_way_is_a_refusal(database: Database, company: Company) -> None:
    with pytest.raises(Unavailable), database.transaction(company.schema) as transaction:
        transaction.run(COUNT)
        with database.administration() as connection:
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (transaction.connection.info.backend_pid,))
        transaction.commit(COUNT)
    with database.transaction(company.schema) as transaction:
        assert transaction.run(COUNT) == [[(0,)]]


def test_a_statement_that_takes_too_long_is_a_refusal(database: Database, company: Company) -> None:
    sleep = Statement("SELECT pg_sleep(3)")
    with pytest.raises(Unavailable), database.transaction(company.schema, statement_timeout_s=1) as transaction:
        transaction.run(sleep)
    with database.transaction(company.schema) as transaction:
        assert transaction.run(Statement("SHOW statement_timeout")) == [[("1min",)]]


def test_deadlocks_are_run_again(database: Database, company: Company) -> None:
    with database.transaction(company.schema) as transaction:
        transaction.commit(INSERT, INSERT_OTHER)
    meeting = threading.Barrier(2)

    def work(first: str, second: str) -> None:
        waits = [meeting.wait]

        def action() -> None:
            with database.transaction(company.schema) as transaction:
                transaction.run(raised(first))
                if waits:
                    waits.pop()()
                transaction.commit(raised(second))

        retrying(action)

    threads = [threading.Thread(target=work, args=names) for names in (("order", "other"), ("other", "order"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction(company.schema) as transaction:
        assert transaction.run(Statement("SELECT sum(last) FROM onebook_number")) == [[(6,)]]


def raised(form: str) -> Statement:
    return Statement("UPDATE onebook_number SET last = last + 1 WHERE form = %s", (form,))


def test_what_is_planned_anew_changes_no_plan_behind_it(database: Database, company: Company) -> None:
    mode = Statement("SELECT current_setting('plan_cache_mode')")
    for read_only, before in ((True, "auto"), (False, "force_generic_plan")):
        with database.transaction(company.schema, read_only=read_only) as transaction:
            for run, within in ((planned_anew, "force_custom_plan"), (Transaction.run, before)):
                assert run(transaction, mode, mode) == [[(within,)]] * 2
