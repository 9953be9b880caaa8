"""Sessions: who is logged in, in which company, until when; the token itself is never stored."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from psycopg import errors

from onebook.access.actor import Actor
from onebook.access.attempts import Attempts
from onebook.access.membership import actor_of, actor_statement
from onebook.access.passwords import agrees, hashed
from onebook.access.refusals import NoCompany, NotAMember, NotSignedIn, WrongPassword
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from onebook.storage.transaction import Rows, Statement

#: 256 bits; what is stored is its SHA-256, so a stolen table opens nothing.
TOKEN_BYTES = 32
LONGEST_TOKEN = 128
MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Company:
    """A company of this installation: its id, name, and the schema that holds its books."""

    id: int
    name: str
    schema: str


@dataclass(frozen=True, slots=True)
class Session:
    """A login at work. `csrf` must come back with every unsafe request; `company` is None for a member of none."""

    token_hash: bytes
    login: int
    name: str
    csrf: str
    company: Company | None
    expires_at: datetime

    def has_token(self, token: str) -> bool:
        """Whether this is its token, compared in constant time."""
        return secrets.compare_digest(self.csrf.encode(), token.encode("utf-8", "replace"))


class Sessions:
    """All sessions of an installation. `idle` ends one that nobody uses, `absolute` ends every one."""

    def __init__(self, database: Database, *, idle: timedelta, absolute: timedelta) -> None:
        """Sessions in this database."""
        self._database = database
        self._idle = idle
        self._absolute = absolute
        self._attempts = Attempts(database)
        #: Where a session was last at work, and as whom: only so that its user is asked for together with its session.
        self._places: dict[bytes, tuple[str, str]] = {}

    def open(self, name: str, password: str, address: str) -> tuple[str, Session]:
        """Log in: the token for the cookie, and the session. Raises WrongPassword, TooManyAttempts.

        A login always gets a new token, so one that was planted before is worth nothing."""
        attempt = self._attempts.begin(name, address)
        with self._database.transaction(PLATFORM, read_only=True) as transaction:
            [found] = transaction.run(Statement(_LOGIN, {"name": name}))
        login, stored = found[0] if found else (None, None)
        if not agrees(password, stored) or login is None:
            raise WrongPassword
        token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
        opened = {"token_hash": _hash(token), "login": login, "csrf": csrf, "life": self._absolute}
        with self._database.transaction(PLATFORM) as transaction:
            transaction.commit(
                self._attempts.forgive(attempt),
                Statement(_SWEEP, {"idle": self._idle}),
                Statement(_OPEN, opened),
            )
        return token, self.find(token)

    def find(self, token: str | None) -> Session:
        """The session of a token. Raises NotSignedIn."""
        return self._session(self._ask(token)[0])

    def enter(self, token: str | None) -> tuple[Session, Actor]:
        """The session of a token and its user in the chosen company. Raises NotSignedIn, NoCompany, NotAMember."""
        at = _hash(token or "")
        place = self._places.get(at)
        try:
            found, *users = self._ask(token, [actor_statement(*place)] if place else [])
        except errors.UndefinedTable:
            # The company is gone; so is what was remembered of it.
            place, users = None, []
            found = self._ask(token)[0]
        session = self._session(found)
        if session.company is None:
            raise NoCompany
        if place != (session.company.schema, session.name):
            place = session.company.schema, session.name
            self._remember(at, place)
            with self._database.transaction(place[0], read_only=True) as transaction:
                users = transaction.run(actor_statement(*place))
        return session, actor_of(users[0])

    def standing(self, token_hashes: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
        """Which of these sessions are still worth something: the schema of the company that each is in, and its login.

        Looking is not using: a session that nobody uses ends all the same."""
        asked = {"token_hashes": list(token_hashes), "idle": self._idle}
        with self._database.transaction(PLATFORM, read_only=True) as transaction:
            [rows] = transaction.run(Statement(_STANDING, asked))
        return {bytes(token_hash): (schema, login) for token_hash, schema, login in rows}

    def actors(self, schema: str, logins: Sequence[str]) -> dict[str, Actor]:
        """The users of logins in a company as they are now; those who are no users any more are left out."""
        with self._database.transaction(schema, read_only=True) as transaction:
            answers = transaction.run(*(actor_statement(schema, login) for login in logins))
        return {login: actor_of(rows) for login, rows in zip(logins, answers, strict=True) if rows}

    def company(self, number: int) -> Company | None:
        """A company by its id, if there is one."""
        with self._database.transaction(PLATFORM, read_only=True) as transaction:
            [rows] = transaction.run(Statement(_COMPANY, {"company": number}))
        return Company(*rows[0]) if rows else None

    def companies(self, session: Session) -> list[Company]:
        """The companies that the login is a member of, by name."""
        with self._database.transaction(PLATFORM, read_only=True) as transaction:
            [rows] = transaction.run(Statement(_COMPANIES, {"login": session.login}))
        return [Company(*row) for row in rows]

    def choose(self, session: Session, company: int) -> None:
        """Work in another company from now on. Raises NotAMember, also for companies that do not exist."""
        with self._database.transaction(PLATFORM) as transaction:
            [rows] = transaction.run(
                Statement(_CHOOSE, {"token_hash": session.token_hash, "company": company, "login": session.login})
            )
            if not rows:
                raise NotAMember
            transaction.commit()

    def close(self, session: Session) -> None:
        """Log out: the token is worth nothing from now on."""
        with self._database.transaction(PLATFORM) as transaction:
            transaction.commit(Statement(_CLOSE, {"token_hash": session.token_hash}))

    def forget(self, token: str | None) -> None:
        """Whatever session the token stood for ends, if there is one."""
        if token and len(token) <= LONGEST_TOKEN:
            with self._database.transaction(PLATFORM) as transaction:
                transaction.commit(Statement(_CLOSE, {"token_hash": _hash(token)}))

    def close_others(self, session: Session) -> int:
        """End every other session of this login; how many there were."""
        with self._database.transaction(PLATFORM) as transaction:
            [rows] = transaction.commit(
                Statement(_CLOSE_OTHERS, {"login": session.login, "token_hash": session.token_hash})
            )
        return len(rows)

    def change_password(self, session: Session, old: str, new: str, address: str) -> None:
        """Another password, for who knows the old one; every other session of the login ends."""
        attempt = self._attempts.begin(session.name, address)
        with self._database.transaction(PLATFORM, read_only=True) as transaction:
            [found] = transaction.run(Statement(_LOGIN, {"name": session.name}))
        if not found or not agrees(old, found[0][1]):
            raise WrongPassword
        changed = Statement(_PASSWORD, {"login": session.login, "hash": hashed(new, login=session.name)})
        ended = Statement(_CLOSE_OTHERS, {"login": session.login, "token_hash": session.token_hash})
        with self._database.transaction(PLATFORM) as transaction:
            transaction.commit(self._attempts.forgive(attempt), changed, ended)

    def _remember(self, token_hash: bytes, place: tuple[str, str]) -> None:
        if len(self._places) >= MOST_PLACES:
            self._places.clear()
        self._places[token_hash] = place

    def _ask(self, token: str | None, further: Sequence[Statement] = ()) -> list[Rows]:
        if not token or len(token) > LONGEST_TOKEN:
            raise NotSignedIn
        wanted = {"token_hash": _hash(token), "idle": self._idle}
        with self._database.transaction(PLATFORM) as transaction:
            answers = transaction.commit(Statement(_FIND, wanted), *further)
        if any(is_due for *_, is_due in answers[0]):
            with self._database.transaction(PLATFORM) as transaction:
                transaction.commit(Statement(_TOUCH, wanted))
        return answers

    def _session(self, rows: Rows) -> Session:
        if not rows:
            raise NotSignedIn
        token_hash, login, name, csrf, expires_at, *company, _ = rows[0]
        chosen = Company(*company) if company[0] is not None else None
        return Session(bytes(token_hash), login, name, csrf, chosen, expires_at)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


_LOGIN = "SELECT id, password_hash FROM login WHERE name = %(name)s AND disabled_at IS NULL"

#: The first company by name, until another is chosen.
_OPEN = """
INSERT INTO session (token_hash, login, company, csrf, created_at, seen_at, expires_at)
VALUES (
    %(token_hash)s, %(login)s,
    (SELECT c.id FROM membership m JOIN company c ON c.id = m.company
     WHERE m.login = %(login)s ORDER BY c.name, c.id LIMIT 1),
    %(csrf)s, now(), now(), now() + %(life)s
)
"""

#: A membership that was taken away counts at once. The last column: whether it is time to write that it was used.
_FIND = """
SELECT s.token_hash, l.id, l.name, s.csrf, s.expires_at, c.id, c.name, c.schema,
    s.seen_at < now() - interval '1 minute'
FROM session s
JOIN login l ON l.id = s.login AND l.disabled_at IS NULL
LEFT JOIN membership m ON m.login = s.login AND m.company = s.company
LEFT JOIN company c ON c.id = m.company
WHERE s.token_hash = %(token_hash)s AND s.expires_at > now() AND s.seen_at > now() - %(idle)s
"""

_STANDING = """
SELECT s.token_hash, c.schema, l.name
FROM session s
JOIN login l ON l.id = s.login AND l.disabled_at IS NULL
JOIN membership m ON m.login = s.login AND m.company = s.company
JOIN company c ON c.id = m.company
WHERE s.token_hash = ANY(%(token_hashes)s::bytea[]) AND s.expires_at > now() AND s.seen_at > now() - %(idle)s
"""

#: Written at most once a minute, and never for a session that has ended.
_TOUCH = """
UPDATE session SET seen_at = now()
WHERE token_hash = %(token_hash)s AND expires_at > now()
  AND seen_at > now() - %(idle)s AND seen_at < now() - interval '1 minute'
"""

_SWEEP = "DELETE FROM session WHERE expires_at < now() OR seen_at < now() - %(idle)s"

_COMPANIES = """
SELECT c.id, c.name, c.schema FROM membership m JOIN company c ON c.id = m.company
WHERE m.login = %(login)s ORDER BY c.name, c.id
"""

_COMPANY = "SELECT id, name, schema FROM company WHERE id = %(company)s"

_CHOOSE = """
UPDATE session SET company = m.company FROM membership m
WHERE session.token_hash = %(token_hash)s AND m.login = %(login)s AND m.company = %(company)s
RETURNING m.company
"""

_CLOSE = "DELETE FROM session WHERE token_hash = %(token_hash)s"

_CLOSE_OTHERS = "DELETE FROM session WHERE login = %(login)s AND token_hash <> %(token_hash)s RETURNING login"

_PASSWORD = "UPDATE login SET password_hash = %(hash)s WHERE id = %(login)s"
