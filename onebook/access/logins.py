"""Logins of an installation and their memberships: made, given passwords, disabled."""

from onebook.access.passwords import hashed
from onebook.access.refusals import BadLoginName, LoginExists, NoSuchLogin
from onebook.storage.transaction import Statement, Transaction

LONGEST_NAME = 100


def create_login(transaction: Transaction, name: str, password: str) -> int:
    """A new login; its id. Raises BadLoginName, LoginExists, PasswordTooWeak. The caller commits."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or " " in name:
        raise BadLoginName
    [rows] = transaction.run(Statement(_CREATE, {"name": name, "hash": hashed(password, login=name)}))
    if not rows:
        raise LoginExists(name=name)
    return int(rows[0][0])


def set_password(transaction: Transaction, name: str, password: str) -> None:
    """Another password; every session of the login ends. Raises NoSuchLogin, PasswordTooWeak. The caller commits."""
    changed = {"name": name, "hash": hashed(password, login=name)}
    rows, _ = transaction.run(Statement(_PASSWORD, changed), Statement(_END_SESSIONS, {"name": name}))
    if not rows:
        raise NoSuchLogin(name=name)


def disable_login(transaction: Transaction, name: str) -> None:
    """The login may not come in any more, from its next request on. Raises NoSuchLogin. The caller commits."""
    rows, _ = transaction.run(Statement(_DISABLE, {"name": name}), Statement(_END_SESSIONS, {"name": name}))
    if not rows:
        raise NoSuchLogin(name=name)


def join_company(transaction: Transaction, name: str, company: int) -> None:
    """Make a login a member of a company, where a user record stands for it. Raises NoSuchLogin; the caller commits."""
    [rows] = transaction.run(Statement(_JOIN, {"name": name, "company": company}))
    if not rows:
        raise NoSuchLogin(name=name)


def leave_company(transaction: Transaction, name: str, company: int) -> None:
    """End a membership; sessions at work there lose the company at their next request. The caller commits."""
    transaction.run(Statement(_LEAVE, {"name": name, "company": company}))


_CREATE = """
INSERT INTO onebook.login (name, password_hash) VALUES (%(name)s, %(hash)s)
ON CONFLICT (name) DO NOTHING RETURNING id
"""

_PASSWORD = "UPDATE onebook.login SET password_hash = %(hash)s WHERE name = %(name)s RETURNING id"

_END_SESSIONS = """
DELETE FROM onebook.session USING onebook.login
WHERE session.login = login.id AND login.name = %(name)s RETURNING login.id
"""

_DISABLE = "UPDATE onebook.login SET disabled_at = now() WHERE name = %(name)s RETURNING id"

_JOIN = """
WITH found AS (SELECT id FROM onebook.login WHERE name = %(name)s),
     joined AS (
         INSERT INTO onebook.membership (login, company) SELECT id, %(company)s FROM found ON CONFLICT DO NOTHING
     )
SELECT id FROM found
"""

_LEAVE = """
DELETE FROM onebook.membership USING onebook.login
WHERE membership.login = login.id AND login.name = %(name)s AND membership.company = %(company)s
"""
