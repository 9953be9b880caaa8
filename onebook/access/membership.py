"""Who a login is in a company: its user record with roles, departments and colleagues."""

from functools import cache
from typing import Final, LiteralString

from psycopg import sql

from onebook.access.actor import Actor
from onebook.access.refusals import NotAMember
from onebook.storage.transaction import Rows, Statement, Transaction
from onebook.values.label import CHINESE, ENGLISH

#: Departments below one's own count only for who manages them; UNION ends at a circle of parents.
_ACTOR = """
WITH RECURSIVE me AS (
    SELECT id, name, roles, department, language FROM {users}
    WHERE {known_by} AND active IS NOT FALSE AND deleted_at IS NULL
    ORDER BY id LIMIT 1
), managed AS (
    SELECT d.id FROM {departments} d JOIN me ON d.manager = me.id WHERE d.deleted_at IS NULL
    UNION
    SELECT d.id FROM {departments} d JOIN managed ON d.parent_department = managed.id WHERE d.deleted_at IS NULL
), mine AS (
    SELECT id FROM managed UNION SELECT department FROM me WHERE department IS NOT NULL
)
SELECT me.id, me.name, me.roles, me.department, me.language,
       ARRAY(SELECT id FROM mine),
       ARRAY(SELECT u.id FROM {users} u WHERE u.department IN (SELECT id FROM mine) AND u.deleted_at IS NULL)
FROM me
"""

_BY_LOGIN: Final = "login = %(login)s"
_BY_ID: Final = "id = %(user)s::bigint"


def actor_statement(schema: str, login: str) -> Statement:
    """Asks a company for the user of a login; rows for `actor_of`."""
    return Statement(_actor_text(schema, _BY_LOGIN), {"login": login})


def user_statement(schema: str, user: int) -> Statement:
    """Asks a company for one of its users; rows for `actor_of`."""
    return Statement(_actor_text(schema, _BY_ID), {"user": user})


@cache
def _actor_text(schema: str, known_by: LiteralString) -> str:
    users, departments = sql.Identifier(schema, "user"), sql.Identifier(schema, "department")
    text = sql.SQL(_ACTOR).format(users=users, departments=departments, known_by=sql.SQL(known_by))
    return text.as_string()


def actor_of(rows: Rows) -> Actor:
    """The actor that the rows describe. Raises NotAMember if the company has no such user, or a disabled one."""
    if not rows:
        raise NotAMember
    number, name, roles, department, language, departments, colleagues = rows[0]
    return Actor(
        id=number,
        name=name or "",
        roles=frozenset(roles or ()),
        department=department,
        departments=frozenset(departments),
        colleagues=frozenset(colleagues) | {number},
        language=ENGLISH if str(language or "").lower().startswith("en") else CHINESE,
    )


def load_actor(transaction: Transaction, login: str) -> Actor:
    """The user of a login in the company whose transaction this is. Raises NotAMember."""
    [rows] = transaction.run(actor_statement(transaction.schema, login))
    return actor_of(rows)
