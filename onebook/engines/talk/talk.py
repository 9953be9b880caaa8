"""What one user says and hears in a company: comments, files and notifications, each in a transaction of its own."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from onebook.access.actor import Actor
from onebook.engines.table.readable import Reader
from onebook.engines.talk import attachments, comments, notifications
from onebook.engines.talk.attachments import ATTACH, DETACH, Attachment
from onebook.engines.talk.heard import change, told_to
from onebook.engines.talk.mentions import offered, require_readers
from onebook.engines.talk.refusals import NoRecord
from onebook.expression.python import Context
from onebook.storage.announcing import Message
from onebook.storage.database import Database
from onebook.storage.transaction import Transaction
from onebook.values.reference import RecordRef

#: What listeners are told when somebody comments, or takes a comment back.
COMMENT = "comment"


class Talk:
    """One user beside the records of one company. Whoever may not read a record neither reads nor writes beside it."""

    def __init__(
        self,
        database: Database,
        schema: str,
        reader: Reader,
        context: Callable[[Actor], Context],
        tell: Callable[[str, Message], None],
    ) -> None:
        """For the reader's actor; `context`: what formulas know of any other user; `tell`: tells the listeners."""
        self._database = database
        self._schema = schema
        self._reader = reader
        self._context = context
        self._tell = tell

    @property
    def _now(self) -> datetime:
        return self._reader.context.now

    def comments(self, record: RecordRef) -> list[dict[str, Any]]:
        """The comments of a record, the oldest first. Refuses with NoRecord."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            self._require(transaction, record)
            return comments.listed(transaction, self._reader, record)

    def comment(self, record: RecordRef, text: str, mentions: Sequence[int], key: str | None) -> dict[str, Any]:
        """Write a comment; whoever is mentioned is told. Refuses with NoRecord and with what is wrong with it."""
        words, users = comments.cleaned(text), list(dict.fromkeys(mentions))
        with self._database.transaction(self._schema) as transaction:
            self._require(transaction, record)
            require_readers(transaction, self._reader, record, users, self._context)
            number, is_repeat = comments.written(transaction, self._reader, record, words, users, key, self._now)
            others = [] if is_repeat else [user for user in users if user != self._reader.actor.id]
            if others:
                by = self._reader.actor
                transaction.run(*notifications.mentioned(record, number, others, by.id, by.name))
            made = comments.one(transaction, self._reader, record, number)
            transaction.commit()
        if not is_repeat:
            self._changed(record, COMMENT, others)
        return made

    def readers(self, record: RecordRef, users: Sequence[int], limit: int) -> list[dict[str, Any]]:
        """Of these users the first that may read a record, and may be mentioned beside it. Refuses with NoRecord."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            self._require(transaction, record)
            return offered(transaction, self._reader, record, users, self._context, limit)

    def delete_comment(self, record: RecordRef, comment: int) -> None:
        """Take the words of one's own comment back. Refuses with NoRecord, NoComment, NotYours."""
        with self._database.transaction(self._schema) as transaction:
            self._require(transaction, record)
            transaction.commit(comments.deleted(transaction, self._reader, record, comment, self._now))
        self._changed(record, COMMENT)

    def files(self, record: RecordRef) -> list[dict[str, Any]]:
        """The files of a record, the latest first. Refuses with NoRecord."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            self._require(transaction, record)
            return attachments.listed(transaction, self._reader, record)

    def file(self, record: RecordRef, file: int) -> Attachment:
        """A file with its bytes. Refuses with NoRecord, NoAttachment."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            self._require(transaction, record)
            return attachments.fetched(transaction, record, file)

    def attach(self, record: RecordRef, name: str, content: bytes) -> dict[str, Any]:
        """Put a file beside a record. Refuses with NoRecord and with what is wrong with the file."""
        with self._database.transaction(self._schema) as transaction:
            self._require(transaction, record)
            number, is_repeat = attachments.brought(transaction, self._reader, record, name, content, self._now)
            made = attachments.one(transaction, self._reader, record, number)
            transaction.commit()
        if not is_repeat:
            self._changed(record, ATTACH)
        return made

    def detach(self, record: RecordRef, file: int) -> None:
        """Take a file away. Refuses with NoRecord, NoAttachment, NotToRemove."""
        with self._database.transaction(self._schema) as transaction:
            self._require(transaction, record)
            attachments.removed(transaction, self._reader, record, file, self._now)
            transaction.commit()
        self._changed(record, DETACH)

    def notifications(self, *, unread: bool, cursor: int | None, limit: int) -> dict[str, Any]:
        """What the user is told of, the latest first."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            return notifications.page(transaction, self._reader, unread=unread, cursor=cursor, limit=limit)

    def unread(self) -> int:
        """How much of it they have not read."""
        with self._database.transaction(self._schema, read_only=True) as transaction:
            return notifications.unread_of(transaction, self._reader)

    def read_notifications(self, ids: Sequence[int] | None) -> int:
        """Mark as read: those named, or all. How many are left."""
        with self._database.transaction(self._schema) as transaction:
            transaction.run(notifications.read(self._reader.actor.id, ids, self._now))
            left = notifications.unread_of(transaction, self._reader)
            transaction.commit()
        self._tell(self._schema, told_to(self._reader.actor.id))
        return left

    def _require(self, transaction: Transaction, record: RecordRef) -> None:
        if record not in self._reader.titles(transaction, [record]):
            declared = self._reader.catalog.forms.get(record.form)
            raise NoRecord(form=declared.label if declared else record.form, id=record.id)

    def _changed(self, record: RecordRef, action: str, users: Sequence[int] = ()) -> None:
        actor = self._reader.actor
        by = {"id": actor.id, "title": actor.name}
        self._tell(self._schema, change(record.form, record.id, None, action, by))
        for user in users:
            self._tell(self._schema, told_to(user))
