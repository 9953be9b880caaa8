"""Files beside a record: brought and fetched by whoever may read the record; the trail says who brought which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, select

from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.ddl import quoted
from onebook.engines.table.joins import Joins
from onebook.engines.table.names import FILE_IN_TRAIL, table_name
from onebook.engines.table.predicate import condition
from onebook.engines.table.readable import Reader
from onebook.engines.table.rights import rights
from onebook.engines.table.tables import tables_of
from onebook.engines.talk.media import SHOWN, cleaned_name, media_of
from onebook.engines.talk.refusals import EmptyFile, FileTooLarge, NoAttachment, NotToRemove, TooManyFiles
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

LARGEST: Final = 20 * 1024 * 1024
MOST: Final = 200
#: What the trail calls it when a file comes, and when it goes.
ATTACH: Final = "attach"
DETACH: Final = "detach"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with its bytes."""

    name: str
    media: str
    content: bytes

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it itself."""
        return self.media in SHOWN


def listed(transaction: Transaction, reader: Reader, record: RecordRef) -> list[dict[str, Any]]:
    """The files of a record that the actor may read, the latest first."""
    asked = {"record": record.id, "form": record.form}
    rows, changeable = transaction.run(Statement(_LISTED, asked), _changeable(reader, record))
    return [_told(reader, bool(changeable), *row) for row in rows]


def one(transaction: Transaction, reader: Reader, record: RecordRef, file: int) -> dict[str, Any]:
    """What is known of one file. Refuses with NoAttachment."""
    for found in listed(transaction, reader, record):
        if found["id"] == file:
            return found
    raise NoAttachment(id=file)


def fetched(transaction: Transaction, record: RecordRef, file: int) -> Attachment:
    """A file of a record that the actor may read. Refuses with NoAttachment."""
    [rows] = transaction.run(Statement(_FETCHED, {"file": file, "record": record.id, "form": record.form}))
    if not rows:
        raise NoAttachment(id=file)
    name, media, content = rows[0]
    return Attachment(name, media, bytes(content))


def brought(
    transaction: Transaction, reader: Reader, record: RecordRef, name: str, content: bytes, now: datetime
) -> tuple[int, bool]:
    """Put a file beside a record: its id, and whether the record had the very same file already.

    Refuses with EmptyFile, FileTooLarge, TooManyFiles."""
    if not content:
        raise EmptyFile
    if len(content) > LARGEST:
        raise FileTooLarge(limit=LARGEST, size=len(content))
    called, digest = cleaned_name(name), sha256(content).hexdigest()
    asked = {"record": record.id, "form": record.form, "name": called, "sha256": digest}
    # One after another per record: the count stays below its limit, and the same file does not come twice.
    _, [[count, same]] = transaction.run(Statement(_ALONE, {"record": record.id}), Statement(_COUNTED, asked))
    if same is not None:
        return same, True
    if count >= MOST:
        raise TooManyFiles(most=MOST)
    file = {**asked, "media": media_of(content), "size": len(content), "content": content,
            "by": reader.actor.id, "now": now}  # fmt: skip
    [[[number]]] = transaction.run(Statement(_BRING, file))
    transaction.run(_trail(reader, record, ATTACH, {"id": number, **_known(file)}, now))
    return number, False


def removed(transaction: Transaction, reader: Reader, record: RecordRef, file: int, now: datetime) -> None:
    """Take a file away, for who brought it or who may change the record. Refuses with NoAttachment, NotToRemove."""
    asked = {"file": file, "record": record.id, "form": record.form}
    rows, changeable = transaction.run(Statement(_LOOKED, asked), _changeable(reader, record))
    if not rows:
        raise NoAttachment(id=file)
    by, name, size, digest = rows[0]
    if by != reader.actor.id and not changeable:
        raise NotToRemove
    gone = {"id": file, "name": name, "size": size, "sha256": digest}
    [taken] = transaction.run(Statement(_REMOVE, asked))
    if not taken:
        # Somebody else was quicker, and stands in the trail.
        raise NoAttachment(id=file)
    transaction.run(_trail(reader, record, DETACH, gone, now))


def _changeable(reader: Reader, record: RecordRef) -> Statement:
    """Asks whether the actor may change the record, whatever its state."""

    def text() -> CompiledText:
        columns = Joins(tables_of(reader.catalog), record.form)
        admitted = condition(rights(reader.catalog, reader.actor, record.form).update, columns)
        query = select(columns.root.c.id).select_from(columns.from_clause())
        return compiled(query.where(columns.root.c.id == bindparam("record"), admitted))

    key = ("changeable", record.form, reader.actor.id == 0, reader.actor.roles)
    found: CompiledText = reader.kept(key, text)
    return found.bound({**context_parameters(reader.context), "record": record.id})


def _trail(reader: Reader, record: RecordRef, action: str, file: Mapping[str, Any], now: datetime) -> Statement:
    """The trail's row: the record itself stays at the version that it has."""
    values = {
        "form": record.form, "record": record.id, "now": now, "by": reader.actor.id, "action": action,
        "changes": orjson.dumps({FILE_IN_TRAIL: file}).decode(),
    }  # fmt: skip
    return Statement(_TRAIL.format(table=quoted(table_name(record.form))), values)


def _known(file: Mapping[str, Any]) -> dict[str, Any]:
    return {name: file[name] for name in ("name", "size", "sha256")}


def _told(
    reader: Reader, is_changeable: bool, number: int, at: datetime, by: int, who: str | None, name: str, media: str,
    size: int,
) -> dict[str, Any]:  # fmt: skip
    mine = by == reader.actor.id
    return {
        "id": number,
        "at": at,
        "by": {"id": by, "title": who},
        "name": name,
        "media": media,
        "size": size,
        "shown": media in SHOWN,
        "mine": mine,
        "removable": mine or is_changeable,
    }


_LISTED: Final = """
SELECT f.id, f.at, f.by, u.name, f.name, f.media, f.size
FROM onebook_attachment f LEFT JOIN "user" u ON u.id = f.by
WHERE f.record = %(record)s AND f.form = %(form)s ORDER BY f.id DESC
"""
_FETCHED: Final = (
    "SELECT name, media, content FROM onebook_attachment"
    " WHERE id = %(file)s AND record = %(record)s AND form = %(form)s"
)
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/files', %(record)s::bigint))"
_COUNTED: Final = (
    "SELECT count(*), max(id) FILTER (WHERE name = %(name)s AND sha256 = %(sha256)s) FROM onebook_attachment"
    " WHERE record = %(record)s AND form = %(form)s"
)
_BRING: Final = """
INSERT INTO onebook_attachment (form, record, at, by, name, media, size, sha256, content)
VALUES (%(form)s, %(record)s::bigint, %(now)s, %(by)s::bigint, %(name)s, %(media)s, %(size)s::bigint, %(sha256)s,
        %(content)s::bytea)
RETURNING id
"""
_LOOKED: Final = (
    "SELECT by, name, size, sha256 FROM onebook_attachment"
    " WHERE id = %(file)s AND record = %(record)s AND form = %(form)s"
)
_REMOVE: Final = "DELETE FROM onebook_attachment WHERE id = %(file)s RETURNING id"
_TRAIL: Final = (
    "INSERT INTO onebook_change (form, record, at, by, action, version, changes)"
    " SELECT %(form)s, id, %(now)s, %(by)s::bigint, %(action)s, version, %(changes)s::jsonb FROM {table}"
    " WHERE id = %(record)s"
)
