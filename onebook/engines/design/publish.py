"""Publishing: what apps would change, and changing it, with tables, first records and text in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.app import App
from onebook.definition.catalog import Catalog
from onebook.definition.read import read_text
from onebook.engines.design.backfill import fill
from onebook.engines.design.change import Change, compare
from onebook.engines.design.losses import Affected, affected, not_unique, values_lost
from onebook.engines.design.refusals import NotUnique, OverlayConflicts, ValuesLost
from onebook.engines.design.seed import Seeding
from onebook.engines.design.tables import Publishing
from onebook.engines.design.upgrade import conflicts
from onebook.engines.rule.states import STATES, listeners, listening, states_of
from onebook.engines.table.context import context_of
from onebook.storage.database import Database
from onebook.storage.transaction import Connection, Statement
from onebook.values.refusal import Problem

#: Where the calendar days of companies lie.
ZONE: Final = ZoneInfo("Asia/Shanghai")

#: What was published: each app as its text, and its name.
_Texts = tuple[tuple[str, str], ...]
#: The catalogs that somebody uses, by the very texts that they were made from.
_IN_USE: Final[WeakValueDictionary[_Texts, Catalog]] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a publication would do. Empty problems: it would go through without asking."""

    change: Change
    affected: list[Affected]
    lost: list[Problem]
    not_unique: list[Problem]
    conflicts: list[Problem]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did: the version, the catalog it made, and how many first records were planted."""

    version: int
    catalog: Catalog
    change: Change
    planted: int


def preview(database: Database, schema: str, apps: Sequence[App]) -> Preview:
    """Look, and change nothing. Raises DefinitionRefusal."""
    catalog = Catalog.of(apps)
    with database.administration(schema) as connection:
        connection.execute("SET TRANSACTION READ ONLY")
        old = _installed(connection)
        return _looked(connection, old, catalog)


def publish(
    database: Database, schema: str, apps: Sequence[App], *, actor: Actor = SYSTEM, accept: bool = False
) -> Published:
    """Make these apps the company's declarations: all of it, or nothing.

    Values that do not convert and overlays that meet a changed app are refused unless accepted: then those cells are
    blank (the old values stay aside), and the overlays win. Raises DefinitionRefusal, ValuesLost, NotUnique,
    OverlayConflicts."""
    catalog = Catalog.of(apps)
    with database.administration(schema) as connection:
        # Two publications wait for each other; readers and writers of records wait only for the tables that change.
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"publish {schema}",))
        old = _installed(connection)
        looked = _looked(connection, old, catalog)
        _refuse(looked, accept=accept)
        version = _next_version(connection)
        Publishing(connection, schema, old, catalog, version).make(looked.change)
        fill(connection, catalog, old, looked.change)
        planted = Seeding(connection, schema, catalog, context_of(SYSTEM, datetime.now(UTC), ZONE)).plant()
        _listen(connection, catalog)
        for app in catalog.apps:
            connection.execute(
                "INSERT INTO onebook_definition (version, app, text, published_by) VALUES (%s, %s, %s, %s)",
                (version, app.app, catalog.texts[app.app], actor.id),
            )
    return Published(version, catalog, looked.change, planted)


def installed(database: Database, schema: str) -> Catalog | None:
    """The catalog of what was published last; None before the first publication."""
    with database.administration(schema) as connection:
        return _installed(connection)


def installed_version(database: Database, schema: str) -> int:
    """The version published last; 0 before the first."""
    latest = Statement("SELECT coalesce(max(version), 0) FROM onebook_definition")
    with database.transaction(schema, read_only=True) as transaction:
        [[(version,)]] = transaction.commit(latest)
    return int(version)


def apps_of(database: Database, schema: str, version: int) -> list[App]:
    """The apps of a version: publishing them again takes a change back, with the values that were kept."""
    with database.administration(schema) as connection:
        return _apps(connection, version)


def _installed(connection: Connection) -> Catalog | None:
    """Companies that published the same share one catalog, and everything that is made from it."""
    texts = _texts(connection, _next_version(connection) - 1)
    if not texts:
        return None
    catalog = _IN_USE.get(texts)
    if catalog is None:
        catalog = _IN_USE[texts] = Catalog.published(_read(texts))
    return catalog


def _apps(connection: Connection, version: int) -> list[App]:
    return _read(_texts(connection, version))


def _texts(connection: Connection, version: int) -> _Texts:
    rows = connection.execute(
        "SELECT text, app FROM onebook_definition WHERE version = %s ORDER BY app", (version,)
    ).fetchall()
    return tuple((text, app) for text, app in rows)


def _read(texts: _Texts) -> list[App]:
    return [read_text(text, app) for text, app in texts]


def _next_version(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(max(version), 0) + 1 FROM onebook_definition").fetchone()
    assert row is not None
    return int(row[0])


def _looked(connection: Connection, old: Catalog | None, new: Catalog) -> Preview:
    change = compare(old, new)
    return Preview(
        change,
        affected(connection, change),
        list(values_lost(connection, change)),
        list(not_unique(connection, change)),
        list(conflicts(old.apps, new.apps)) if old is not None else [],
    )


def _listen(connection: Connection, catalog: Catalog) -> None:
    """From now on the rules of this catalog are told what happens, those that are awake."""
    answers = [connection.execute(one.sql, one.parameters).fetchall() for one in STATES]
    for statement in listening(listeners(catalog, states_of(answers))):
        connection.execute(statement.sql, statement.parameters)


def _refuse(looked: Preview, *, accept: bool) -> None:
    if looked.not_unique:
        raise NotUnique(looked.not_unique)
    if looked.lost and not accept:
        raise ValuesLost(looked.lost)
    if looked.conflicts and not accept:
        raise OverlayConflicts(looked.conflicts)
