"""Attempts to log in: counted before the password is looked at, so that parallel guesses count too."""

import math
from dataclasses import dataclass
from datetime import timedelta

from onebook.access.refusals import TooManyAttempts
from onebook.storage.database import Database
from onebook.storage.schema import PLATFORM
from onebook.storage.transaction import Statement

WINDOW = timedelta(minutes=15)
#: Failures within the window after which a name, or an address (a whole office may share one), has to wait.
PER_NAME = 5
PER_ADDRESS = 50
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that counts as failed until it is forgiven."""

    name: str
    address: str


class Attempts:
    """Failed attempts of an installation, shared by all its processes through a table."""

    def __init__(self, database: Database) -> None:
        """Attempts in this database."""
        self._database = database

    def begin(self, name: str, address: str) -> Attempt:
        """Count an attempt. Raises TooManyAttempts, the same for names that exist and names that do not."""
        attempt = Attempt(name[:LONGEST_NAME].casefold(), address[:LONGEST_NAME])
        data = {"name": attempt.name, "address": attempt.address, "window": WINDOW}
        with self._database.transaction(PLATFORM) as transaction:
            _, [(of_name, of_address, waits)] = transaction.run(Statement(_LOCK, data), Statement(_COUNT, data))
            if of_name >= PER_NAME or of_address >= PER_ADDRESS:
                seconds = max(1, math.ceil(waits))
                raise TooManyAttempts(seconds=seconds, minutes=math.ceil(seconds / 60))
            transaction.commit(Statement(_SWEEP, data), Statement(_ADD, data))
        return attempt

    @staticmethod
    def forgive(attempt: Attempt) -> Statement:
        """The right password came: what its name got wrong before is forgotten."""
        return Statement("DELETE FROM login_attempt WHERE name = %(name)s", {"name": attempt.name})


#: Two guesses for one name at the same time take turns here; READ COMMITTED then sees the other's count.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 7))"

_COUNT = """
SELECT count(*) FILTER (WHERE name = %(name)s),
       count(*) FILTER (WHERE address = %(address)s),
       coalesce(extract(epoch FROM min(at) + %(window)s - now()), 0)::float
FROM login_attempt
WHERE (name = %(name)s OR address = %(address)s) AND at > now() - %(window)s
"""

_ADD = "INSERT INTO login_attempt (name, address) VALUES (%(name)s, %(address)s)"

_SWEEP = "DELETE FROM login_attempt WHERE at < now() - 10 * %(window)s"
