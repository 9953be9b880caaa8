"""Comments beside a record: written and read by whoever may read the record, deleted by who wrote them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from onebook.engines.table.readable import Reader
from onebook.engines.talk.refusals import KeyReused, NoComment, NotYours, NoWords, TooManyWords
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

LONGEST: Final = 10_000
#: Older comments stay in the table; a page shows the latest.
MOST: Final = 500


def listed(transaction: Transaction, reader: Reader, record: RecordRef) -> list[dict[str, Any]]:
    """The comments of a record that the actor may read, the oldest first."""
    [rows] = transaction.run(Statement(_LISTED, {"record": record.id, "form": record.form, "most": MOST}))
    return [_told(reader, *row) for row in reversed(rows)]


def one(transaction: Transaction, reader: Reader, record: RecordRef, comment: int) -> dict[str, Any]:
    """One comment of a record. Refuses with NoComment."""
    [rows] = transaction.run(Statement(_ONE, {"record": record.id, "form": record.form, "comment": comment}))
    if not rows:
        raise NoComment(id=comment)
    return _told(reader, *rows[0])


def written(
    transaction: Transaction,
    reader: Reader,
    record: RecordRef,
    text: str,
    mentions: Sequence[int],
    key: str | None,
    now: datetime,
) -> tuple[int, bool]:
    """Write a comment: its id, and whether it was there before under this key. Refuses with KeyReused."""
    values = {
        "form": record.form, "record": record.id, "by": reader.actor.id, "text": text,
        "mentions": list(mentions), "key": key, "now": now,
    }  # fmt: skip
    [rows] = transaction.run(Statement(_WRITE, values))
    if rows:
        return rows[0][0], False
    [known] = transaction.run(Statement(_KNOWN, {"by": reader.actor.id, "key": key}))
    number, *same = known[0]
    if same[:2] != [record.form, record.id] or (same[3] is None and same[2] != text):
        raise KeyReused(key=key)
    return number, True


def deleted(transaction: Transaction, reader: Reader, record: RecordRef, comment: int, now: datetime) -> Statement:
    """What takes the words out of the actor's own comment. Refuses with NoComment, NotYours."""
    asked = {"comment": comment, "record": record.id, "form": record.form, "now": now}
    [rows] = transaction.run(Statement(_LOCKED, asked))
    if not rows or rows[0][1] is not None:
        raise NoComment(id=comment)
    if rows[0][0] != reader.actor.id:
        raise NotYours
    return Statement(_DELETE, asked)


def cleaned(text: str) -> str:
    """The words of a comment: lines as they are, no invisible signs. Refuses with NoWords, TooManyWords."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign >= " " or sign in "\n\t").replace("\x7f", "").strip()
    if not kept:
        raise NoWords
    if len(kept) > LONGEST:
        raise TooManyWords(longest=LONGEST, length=len(kept))
    return kept


def _told(
    reader: Reader, number: int, at: datetime, by: int, name: str | None, text: str, deleted_at: datetime | None,
    mentions: list[int], names: list[str | None],
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": number,
        "at": at,
        "by": {"id": by, "title": name},
        "text": None if deleted_at else text,
        "mentions": [{"id": user, "title": title} for user, title in zip(mentions, names, strict=True)],
        "mine": by == reader.actor.id,
        "deleted": deleted_at is not None,
    }


_COLUMNS: Final = """
SELECT c.id, c.at, c.by, u.name, c.text, c.deleted_at, c.mentions,
       ARRAY(SELECT m.name FROM unnest(c.mentions) WITH ORDINALITY AS named(id, place)
             LEFT JOIN "user" m ON m.id = named.id ORDER BY named.place)
FROM onebook_comment c LEFT JOIN "user" u ON u.id = c.by
WHERE c.record = %(record)s AND c.form = %(form)s
"""
_LISTED: Final = f"{_COLUMNS} ORDER BY c.id DESC LIMIT %(most)s"
_ONE: Final = f"{_COLUMNS} AND c.id = %(comment)s"
_WRITE: Final = """
INSERT INTO onebook_comment (form, record, at, by, text, mentions, key)
VALUES (%(form)s, %(record)s::bigint, %(now)s, %(by)s::bigint, %(text)s, %(mentions)s::bigint[], %(key)s)
ON CONFLICT (by, key) WHERE key IS NOT NULL DO NOTHING RETURNING id
"""
_KNOWN: Final = (
    "SELECT id, form, record, text, deleted_at FROM onebook_comment WHERE by = %(by)s::bigint AND key = %(key)s"
)
_LOCKED: Final = (
    "SELECT by, deleted_at FROM onebook_comment"
    " WHERE id = %(comment)s AND record = %(record)s AND form = %(form)s FOR UPDATE"
)
_DELETE: Final = "UPDATE onebook_comment SET text = '', mentions = '{}', deleted_at = %(now)s WHERE id = %(comment)s"
