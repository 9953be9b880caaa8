"""Schemas: migrating is safe at any time, companies have their own tables, Chinese is searchable."""

import pytest

from onebook.storage.database import Database
from onebook.storage.schema import (
    Company,
    CompanyExists,
    CompanyNameWrong,
    CompanyUnknown,
    company_named,
    create_company,
    migrate,
)
from onebook.storage.transaction import Connection

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")


@pytest.mark.usefixtures("company")
def test_migrating_again_does_nothing(database: Database) -> None:
    assert migrate(database) == []


def test_companies_have_unique_names(database: Database, company: Company) -> None:
    with database.administration() as connection:
        with pytest.raises(CompanyExists):
            create_company(connection, company.name)
        assert company_named(connection, company.name) == company
        with pytest.raises(CompanyUnknown) as refusal:
            company_named(connection, "nobody")
    assert company.name in str(refusal.value.data["known"])


@pytest.mark.parametrize("name", ["", " \t ", "甲\x07", "甲" * 101])
def test_companies_are_called_something(database: Database, name: str) -> None:
    with database.administration() as connection, pytest.raises(CompanyNameWrong):
        create_company(connection, name)


def test_blanks_do_not_make_another_name(database: Database, company: Company) -> None:
    with database.administration() as connection, pytest.raises(CompanyExists):
        create_company(connection, f"  {company.name} ")


def test_new_tables_of_forms_get_the_usual_rights_and_our_own_only_what_they_say(
    database: Database, company: Company
) -> None:
    with database.administration(company.schema) as connection:
        connection.execute("CREATE TABLE thing (id bigint DEFAULT nextval('record_id'))")
        rights = {
            table: [right for right in RIGHTS if _may(connection, table, right)]
            for table in ("thing", "onebook_change", "onebook_definition")
        }
    assert rights == {
        "thing": ["SELECT", "INSERT", "UPDATE", "DELETE"],
        "onebook_change": ["SELECT", "INSERT"],
        "onebook_definition": ["SELECT"],
    }


def test_trigrams_see_chinese(database: Database) -> None:
    with database.administration() as connection:
        row = connection.execute(
            "SELECT cardinality(show_trgm('精密轴承')), current_setting('server_encoding')"
        ).fetchone()
    assert row is not None
    assert row[0] > 1
    assert row[1] == "UTF8"


def _may(connection: Connection, table: str, right: str) -> bool:
    row = connection.execute("SELECT has_table_privilege('onebook_app', %s, %s)", (table, right)).fetchone()
    return row == (True,)
