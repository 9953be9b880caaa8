"""Months open and close: nothing enters a closed one. Closing waits for posters on their way and keeps new ones out."""

from onebook.ledger.lock import CLOSED, PERIOD_LOCK
from onebook.ledger.refusals import PeriodAlreadyClosed, PeriodNotClosed
from onebook.storage.transaction import Statement, Transaction
from onebook.values.month import Month

ALONE = f"SELECT pg_advisory_xact_lock(hashtext(current_schema()), {PERIOD_LOCK})"
# The clock, not the start of the transaction: it has waited for posters who began after it.
SET = """
INSERT INTO ledger_period (month, closed, changed_at, changed_by) VALUES (%s, %s, clock_timestamp(), %s)
ON CONFLICT (month) DO UPDATE SET closed = excluded.closed, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by"""
OPEN_FROM = """
UPDATE ledger_period SET closed = false, changed_at = clock_timestamp(), changed_by = %s WHERE closed AND month >= %s"""


def closed_through(transaction: Transaction) -> Month | None:
    """The last closed month; every month before it is closed too."""
    (((month,),),) = transaction.run(Statement(CLOSED))
    return None if month is None else Month.of(month)


def keep_out(transaction: Transaction) -> None:
    """Wait for posters on their way and keep new ones out until the transaction ends: before it posts anything
    itself, if it is going to close or open months after that."""
    transaction.run(Statement(ALONE))


def close(transaction: Transaction, month: Month, actor: int) -> None:
    """Close a month and all before it. The caller commits. Refuses if it is closed."""
    closed = _alone(transaction)
    if closed is not None and month <= closed:
        raise PeriodAlreadyClosed(month=str(month), closed=str(closed))
    transaction.run(Statement(SET, (month.first, True, actor)))


def reopen(transaction: Transaction, month: Month, actor: int) -> None:
    """Open a closed month and all after it; the months before it stay closed. The caller commits."""
    closed = _alone(transaction)
    if closed is None or month > closed:
        raise PeriodNotClosed(month=str(month))
    before = Month(month.year - (month.number == 1), (month.number - 2) % 12 + 1)
    transaction.run(
        Statement(OPEN_FROM, (actor, month.first)),
        Statement(SET, (before.first, True, actor)),
    )


def _alone(transaction: Transaction) -> Month | None:
    keep_out(transaction)
    return closed_through(transaction)
