"""What a user is told of, newest first; of records only as far as they may still read them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from onebook.engines.message.message import Message
from onebook.engines.message.outbox import posted
from onebook.engines.table.readable import Reader
from onebook.locale.texts import text as words_of
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef

#: Nobody reads on beyond it; the count of unread ones stops here.
MOST_UNREAD: Final = 1_000
#: How many rows one page looks through at most: those whose records may not be read any more do not appear.
MOST_LOOKED_AT: Final = 2_000
BLOCK: Final = 200


def mentioned(record: RecordRef, comment: int, users: Iterable[int], by: int, who: str) -> list[Statement]:
    """What tells users of a comment of somebody called `who`."""
    data = {"who": who}
    return posted(
        [
            Message("mention", user, words="message.mentioned", data=data, record=record, comment=comment, by=by)
            for user in users
        ]
    )


def page(transaction: Transaction, reader: Reader, *, unread: bool, cursor: int | None, limit: int) -> dict[str, Any]:
    """The actor's notifications: `items`, where to go on (`next`), how many are `unread` of all."""
    items: list[dict[str, Any]] = []
    position, looked_at, is_over = cursor, 0, False
    while len(items) < limit and looked_at < MOST_LOOKED_AT and not is_over:
        asked = {"user": reader.actor.id, "below": position, "unread": unread, "most": BLOCK}
        [rows] = transaction.run(Statement(_PAGE, asked))
        titles = reader.titles(transaction, [RecordRef(row[3], row[4]) for row in rows if row[3] is not None])
        is_over, looked_at = len(rows) < BLOCK, looked_at + len(rows)
        for row in rows:
            position = row[0]
            record = None if row[3] is None else RecordRef(row[3], row[4])
            if record is None or record in titles:
                items.append(_told(reader, row, None if record is None else titles[record]))
            if len(items) == limit:
                is_over = is_over and row is rows[-1]
                break
    return {
        "items": items,
        "next": None if is_over or position is None else str(position),
        "unread": unread_of(transaction, reader),
    }


def unread_of(transaction: Transaction, reader: Reader) -> int:
    """How many notifications the actor has not read, up to a thousand; of records only those that they may read."""
    [rows] = transaction.run(Statement(_UNREAD, {"user": reader.actor.id, "most": MOST_UNREAD}))
    records = [None if form is None else RecordRef(form, record) for form, record in rows]
    titles = reader.titles(transaction, [record for record in records if record is not None])
    return sum(record is None or record in titles for record in records)


def read(user: int, ids: Sequence[int] | None, now: datetime) -> Statement:
    """What marks notifications of a user as read: those named, or all."""
    return Statement(_READ, {"user": user, "ids": None if ids is None else list(ids), "now": now})


def _told(reader: Reader, row: tuple[Any, ...], title: str | None) -> dict[str, Any]:
    number, at, kind, form, record, by, name, heading, words, data, text, link, urgent, read_at = row
    return {
        "id": number,
        "at": at,
        "kind": kind,
        "heading": words_of(words, data, reader.actor.language) if words else heading,
        "text": text,
        "link": link,
        "urgent": urgent,
        "form": form,
        "record": record,
        "title": title,
        "by": {"id": by, "title": name},
        "read": read_at is not None,
    }


#: A deleted comment has no words any more.
_PAGE: Final = """
SELECT n.id, n.at, n.kind, n.form, n.record, n.by, u.name, n.title, n.words, n.data,
       CASE WHEN n.subject IS NULL THEN n.text WHEN c.deleted_at IS NULL THEN c.text END, n.link, n.urgent, n.read_at
FROM onebook_notification n
LEFT JOIN onebook_comment c ON c.id = n.subject
LEFT JOIN "user" u ON u.id = n.by
WHERE n.recipient = %(user)s AND (%(below)s::bigint IS NULL OR n.id < %(below)s::bigint)
  AND (NOT %(unread)s::boolean OR n.read_at IS NULL)
ORDER BY n.id DESC LIMIT %(most)s
"""
_UNREAD: Final = """
SELECT form, record FROM onebook_notification
WHERE recipient = %(user)s AND read_at IS NULL ORDER BY id DESC LIMIT %(most)s
"""
_READ: Final = """
UPDATE onebook_notification SET read_at = %(now)s
WHERE recipient = %(user)s AND read_at IS NULL AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s::bigint[]))
RETURNING id
"""
