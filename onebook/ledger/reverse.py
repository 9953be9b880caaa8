"""Finds journals and turns them: entries and hold changes with all signs inverted, once per journal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from onebook.ledger.account import AccountKey
from onebook.ledger.hold import HoldChange, Kind
from onebook.ledger.journal import Entry, Origin
from onebook.ledger.refusals import AlreadyReversed, IsReversal, JournalNotFound
from onebook.ledger.request import Limit, Request, Undo
from onebook.storage.arrays import numbers
from onebook.storage.transaction import Rows, Statement, Transaction

JOURNALS = """
SELECT j.id, j.reverses, (SELECT r.id FROM ledger_journal r WHERE r.reverses = j.id), j.record
FROM ledger_journal j WHERE j.id = ANY(%s::bigint[])"""
ENTRIES = """
SELECT e.journal, a.role, a.item, a.place, a.lot, a.party, a.document, a.spot, e.quantity, e.amount, e.line,
    e.gives_back
FROM ledger_entry e JOIN ledger_account a ON a.id = e.account
WHERE e.journal = ANY(%s::bigint[]) ORDER BY e.journal, e.position"""
CHANGES = """
SELECT journal, hold, kind, line, wanted_quantity, wanted_amount, settled_quantity, settled_amount,
    released_quantity, released_amount, waiting
FROM ledger_hold_change WHERE journal = ANY(%s::bigint[]) ORDER BY journal, position DESC"""


def prepare(journals: Sequence[int]) -> tuple[Statement, ...]:
    """The statements that read journals; their rows go to `undone`."""
    ids = (numbers(journals),)
    return Statement(JOURNALS, ids), Statement(ENTRIES, ids), Statement(CHANGES, ids)


def prepare_of(which: str, parameters: Mapping[str, object]) -> tuple[Statement, ...]:
    """The same for the journals that a query answers: for callers who do not know the journals yet."""
    queries = (sql.replace("ANY(%s::bigint[])", f"ANY(ARRAY({which}))") for sql in (JOURNALS, ENTRIES, CHANGES))
    return tuple(Statement(sql, parameters) for sql in queries)


def undone(journals: Sequence[int], rows: Sequence[Rows]) -> list[Undo]:
    """The inverse of each journal, in the order asked for.

    Refuses journals that do not exist, were reversed, or are reversals. Two who reverse at once are told apart by the
    unique index on `reverses`.
    """
    known = {journal: state for journal, *state in rows[0]}
    for journal in journals:
        if journal not in known:
            raise JournalNotFound(journal=journal)
        reverses, reversed_by, _ = known[journal]
        if reverses is not None:
            raise IsReversal(journal=journal, reverses=reverses)
        if reversed_by is not None:
            raise AlreadyReversed(journal=journal, by=reversed_by)
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for row in rows[1]:
        entries[row[0]].append(_inverse(row))
    changes: defaultdict[int, list[HoldChange]] = defaultdict(list)
    for journal, hold, kind, *measures in rows[2]:
        changes[journal].append(HoldChange(hold, Kind(kind), *measures).inverse())
    return [Undo(journal, tuple(entries[journal]), tuple(changes[journal]), known[journal][2]) for journal in journals]


def find(transaction: Transaction, journals: Sequence[int]) -> list[Undo]:
    """Read journals and turn them: one round trip."""
    return undone(journals, transaction.run(*prepare(journals)))


def request_of(undo: Undo, on: date, origin: Origin, limits: tuple[Limit, ...] = ()) -> Request:
    """The request that reverses a journal; limits apply to it as to every other event."""
    return Request(on, origin, limits=limits, undo=undo)


def _inverse(row: tuple[Any, ...]) -> Entry:
    return Entry(AccountKey(*row[1:8]), -row[8], -row[9], *row[10:])
