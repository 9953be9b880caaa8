"""A platform with two companies whose people tables are made by hand: access needs no apps."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest

from onebook.access.logins import create_login, join_company
from onebook.access.sessions import Sessions
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM, Company, create_company

PASSWORD = "a good password"
_numbers = count(1)

PEOPLE = """
CREATE TABLE department (id bigint PRIMARY KEY DEFAULT nextval('record_id'), name text, manager bigint,
                         parent_department bigint, deleted_at timestamptz);
CREATE TABLE "user" (id bigint PRIMARY KEY DEFAULT nextval('record_id'), name text, login text, department bigint,
                     roles text[], language text, active boolean, deleted_at timestamptz);
"""


@dataclass(frozen=True)
class Office:
    """A company with people, and the sessions of its installation."""

    database: Database
    company: Company
    sessions: Sessions

    def department(self, name: str, *, parent: int | None = None, manager: int | None = None) -> int:
        sql = "INSERT INTO department (name, parent_department, manager) VALUES (%s, %s, %s)"
        return self._insert(sql, name, parent, manager)

    def user(
        self,
        login: str,
        *,
        department: int | None = None,
        roles: tuple[str, ...] = (),
        language: str = "zh-CN",
        active: bool | None = True,
    ) -> int:
        return self._insert(
            'INSERT INTO "user" (name, login, department, roles, language, active) VALUES (%s, %s, %s, %s, %s, %s)',
            login.title(),
            login,
            department,
            list(roles),
            language,
            active,
        )

    def login(self, *, company: Company | None = None) -> str:
        """A fresh login, member of the company."""
        name = f"person{next(_numbers)}"
        with self.database.transaction(PLATFORM) as transaction:
            create_login(transaction, name, PASSWORD)
            join_company(transaction, name, (company or self.company).id)
            transaction.commit()
        return name

    def administer(self, sql: str, *parameters: object) -> None:
        with self.database.administration(self.company.schema) as connection:
            connection.execute(sql.encode(), parameters)

    def _insert(self, sql: str, *parameters: object) -> int:
        with self.database.administration(self.company.schema) as connection:
            row = connection.execute(f"{sql} RETURNING id".encode(), parameters).fetchone()
            assert row is not None
            return int(row[0])


@pytest.fixture
def office(database: Database, company: Company) -> Office:
    """A company with empty people tables."""
    return _office(database, company)


@pytest.fixture
def branch(database: Database) -> Office:
    """A second company on the same server."""
    with database.administration() as connection:
        company = create_company(connection, f"Branch {next(_numbers)}")
    return _office(database, company)


def _office(database: Database, company: Company) -> Office:
    sessions = Sessions(database, idle=timedelta(minutes=30), absolute=timedelta(hours=12))
    office = Office(database, company, sessions)
    office.administer(PEOPLE)
    return office
