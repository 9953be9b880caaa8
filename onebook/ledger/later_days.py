"""Back-dating: what the days after an event's business date looked like, and whether it would break one of them."""

from collections.abc import Iterator, Sequence
from datetime import date

from onebook.ledger.account import AccountKey
from onebook.ledger.request import Limit, Request, Tense
from onebook.ledger.state import LaterDays, Locked
from onebook.storage.arrays import numbers
from onebook.storage.transaction import Rows, Statement

# The balance of a past day is the present one less all entries after it: the extremes of those sums are enough.
LATER = """
SELECT account, max(quantity), min(quantity), max(amount), min(amount), max(own),
    min(own) FROM (
    SELECT k.account,
        sum(sum(e.quantity)) OVER days AS quantity, sum(sum(e.amount)) OVER days AS amount,
        sum(coalesce(sum(e.quantity) FILTER (WHERE e.own), 0)) OVER days AS own
    FROM unnest(%(accounts)s::bigint[]) AS k (account) CROSS JOIN LATERAL (
        SELECT booked_on, quantity, amount, true AS own FROM ledger_entry
        WHERE account = k.account AND booked_on > %(on)s
        UNION ALL SELECT booked_on, quantity, amount, false FROM ledger_entry
        WHERE control = k.account AND control <> 0 AND booked_on > %(on)s) AS e
    GROUP BY k.account, e.booked_on
    WINDOW days AS (PARTITION BY k.account ORDER BY e.booked_on DESC)
) AS since GROUP BY account"""

Asked = tuple[date, dict[int, AccountKey]]


def guards_days(limit: Limit) -> bool:
    """Whether the limit is about facts, which have a past; promises have none."""
    if limit.plus or limit.tense is Tense.PROJECTED:
        return False
    return limit.at_least is not None or limit.tense is Tense.BALANCE


def guarded(limit: Limit, locked: Locked) -> Iterator[AccountKey]:
    """The accounts that a limit may come to guard, once pieces are picked."""
    yield limit.account
    if limit.each_leaf:
        yield from locked.leaves.get(limit.account, ())
        yield from locked.carried.get(limit.account, ())


def wanted(requests: Sequence[Request], locked: Locked) -> list[tuple[Asked, Statement]]:
    """What must still be read: nothing, unless a request is dated before the latest entry of a limited account."""
    asked = []
    for request in requests:
        accounts = {}
        for limit in request.limits:
            for key in guarded(limit, locked) if guards_days(limit) else ():
                state = locked.accounts[key]
                last_on = state.balance.last_on
                if last_on is not None and last_on > request.on:
                    accounts[state.id] = key
        if accounts:
            values = {"accounts": numbers(accounts), "on": request.on}
            asked.append(((request.on, accounts), Statement(LATER, values)))
    return asked


def found(asked: Sequence[Asked], rows: Sequence[Rows]) -> dict[tuple[AccountKey, date], LaterDays]:
    """The answers by account and day."""
    return {
        (accounts[account], on): LaterDays(*extremes)
        for (on, accounts), answer in zip(asked, rows, strict=True)
        for account, *extremes in answer
    }
