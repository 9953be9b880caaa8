"""What `onebook doctor` looks at: whether this machine and this installation can do the work."""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from onebook.storage import queue
from onebook.storage.database import OLDEST_SERVER, Database
from onebook.storage.schema import companies
from onebook.storage.settings import Settings
from onebook.storage.transaction import Connection

LEAST_FREE_MB: Final = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was seen, and what to do if it is not well."""

    what: str
    seen: str
    advice: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return self.advice is None


def examine_machine(settings: Settings) -> Iterator[Finding]:
    """What can be seen without a database."""
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    if settings.database_url is not None:
        yield Finding("Database", "a PostgreSQL of your own (ONEBOOK_DATABASE_URL)")
        return
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free // 2**20
    advice = f"Make room on that disk: at least {LEAST_FREE_MB} MB, or move ONEBOOK_HOME."
    yield Finding("Data folder", f"{settings.home}, {free:,} MB free", None if free >= LEAST_FREE_MB else advice)


def examine_database(database: Database) -> Iterator[Finding]:
    """What the database says of itself."""
    with database.administration() as connection:
        for look in _LOOKS:
            yield look(connection)


def _version(connection: Connection) -> Finding:
    version = connection.info.server_version
    old = version < OLDEST_SERVER
    advice = f"Onebook needs PostgreSQL {OLDEST_SERVER // 10000} or newer." if old else None
    return Finding("PostgreSQL", f"{version // 10000}.{version % 10000}", advice)


def _encoding(connection: Connection) -> Finding:
    (encoding, trigrams) = _one(connection, "SELECT current_setting('server_encoding'), cardinality(show_trgm('轴承'))")
    well = encoding == "UTF8" and bool(trigrams)
    advice = "Create the database with ENCODING UTF8 and LC_CTYPE C.UTF-8: search is blind to Chinese without them."
    seen = f"{encoding}, Chinese is {'searchable' if trigrams else 'not searchable'}"
    return Finding("Text", seen, None if well else advice)


def _durability(connection: Connection) -> Finding:
    names = ("fsync", "synchronous_commit", "full_page_writes")
    off = [name for name in names if _one(connection, "SELECT current_setting(%s)", name)[0] == "off"]
    advice = "Switch them on: a power cut would lose documents that users were told are saved." if off else None
    return Finding("Durability", f"off: {', '.join(off)}" if off else "every commit reaches the disk", advice)


def _companies(connection: Connection) -> Finding:
    known = companies(connection)
    return Finding("Companies", ", ".join(company.name for company in known) or "none yet (onebook company create)")


def _jobs(connection: Connection) -> Finding:
    query = (
        "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed')"
        f" FROM {queue.SCHEMA}.procrastinate_jobs"
    )
    (waiting, failed) = _one(connection, query)
    advice = "Look at the log of the worker; these jobs were tried several times and given up." if failed else None
    return Finding("Jobs", f"{waiting} waiting, {failed} given up", advice)


def _messages(connection: Connection) -> Finding:
    """Of all companies: messages that were given up, and channels that failed last time."""
    given_up, waiting, failing = 0, 0, list[str]()
    for company in companies(connection):
        schema = sql.Identifier(company.schema)
        counts = connection.execute(
            sql.SQL(
                "SELECT count(*) FILTER (WHERE state = 'dead'), count(*) FILTER (WHERE state <> 'dead')"
                " FROM {}.onebook_message WHERE state IN ('waiting', 'failed', 'held', 'dead')"
            ).format(schema)
        ).fetchone()
        assert counts is not None
        given_up, waiting = given_up + counts[0], waiting + counts[1]
        failed = sql.SQL("SELECT name FROM {}.onebook_channel WHERE active AND error IS NOT NULL ORDER BY name")
        failing += [f"{company.name}: {name}" for (name,) in connection.execute(failed.format(schema))]
    seen = f"{waiting} waiting, {given_up} given up"
    if failing:
        seen += f"; channels that fail: {', '.join(failing)}"
    is_well = not given_up and not failing
    advice = "Look at the log of messages: it says why. Set the channel right, test it, and send them again there."
    return Finding("Messages", seen, None if is_well else advice)


_LOOKS: Final[tuple[Callable[[Connection], Finding], ...]] = (
    _version,
    _encoding,
    _durability,
    _companies,
    _jobs,
    _messages,
)


def _one(connection: Connection, query: str, *parameters: object) -> tuple[object, ...]:
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    return row
