"""Who hears of which changes: each listener of the records that they may read, asked for all of them at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from onebook.engines.table.readable import Reader
from onebook.storage.announcing import Message
from onebook.storage.transaction import Transaction

FORM: Final = "form"
RECORD: Final = "record"
TO: Final = "to"


def change(form: str, record: int | None, version: int | None, action: str, by: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a change. Without a record: many of the form at once."""
    return {FORM: form, RECORD: record, "version": version, "action": action, "by": dict(by)}


def told_to(user: int) -> dict[str, Any]:
    """What is told when a user has a notification more or less."""
    return {TO: user}


def is_change(message: Message) -> bool:
    """Whether it tells of a record's change."""
    return isinstance(message.get(FORM), str)


def heard(transaction: Transaction, readers: Sequence[Reader], changes: Sequence[Message]) -> list[list[Message]]:
    """For each reader the changes that they may hear of: one round trip, however many readers and changes.

    A reader of some records of a form is asked for these very records, in the bin or not; changes of many records at
    once are told to whoever reads any of them."""
    records: dict[str, list[int]] = {}
    for one in changes:
        ids = records.setdefault(one[FORM], [])
        if one[RECORD] is not None and one[RECORD] not in ids:
            ids.append(one[RECORD])
    asked = [
        (place, form)
        for place, reader in enumerate(readers)
        for form, ids in records.items()
        if ids and reader.reads(form) and not reader.reads_all(form)
    ]
    statements = [readers[place].statement(form, records[form], binned=True) for place, form in asked]
    answers = transaction.run(*statements) if statements else []
    seen = {key: {row[0] for row in rows} for key, rows in zip(asked, answers, strict=True)}
    return [
        [
            one
            for one in changes
            if reader.reads(one[FORM])
            and (one[RECORD] is None or reader.reads_all(one[FORM]) or one[RECORD] in seen[place, one[FORM]])
        ]
        for place, reader in enumerate(readers)
    ]
