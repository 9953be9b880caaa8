"""A word to an answer, and the files that go along with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onebook.engines.talk.refusals import NoAttachment
from onebook.storage.transaction import Statement, Transaction
from onebook.values.reference import RecordRef


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says to what they do. `files`: of each its id and what it was called."""

    comment: str = ""
    files: tuple[Mapping[str, Any], ...] = ()


#: Not a word.
NOTHING: Final = Said()


def said_with(transaction: Transaction, record: RecordRef, comment: str, files: Sequence[int]) -> Said:
    """A word with files that lie beside the record, whoever brought them. Refuses with NoAttachment."""
    if not files:
        return Said(comment)
    asked = {"ids": list(files), "form": record.form, "record": record.id}
    [rows] = transaction.run(Statement(_FILES, asked))
    known = {number: {"id": number, "name": name, "size": size} for number, name, size in rows}
    chosen = list(dict.fromkeys(files))
    for number in chosen:
        if number not in known:
            raise NoAttachment(id=number)
    return Said(comment, tuple(known[number] for number in chosen))


_FILES: Final = """
SELECT id, name, size FROM onebook_attachment
WHERE id = ANY(%(ids)s::bigint[]) AND form = %(form)s AND record = %(record)s::bigint
"""
