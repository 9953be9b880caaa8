"""Open items: what is still open per document as of any day, and how old it is.

Today's open items stand in a partial index. What was open on an earlier day is found from them and from the accounts
that moved since: both grow with what is open and what happened lately, not with the history.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, lateral, literal, or_, select, union

from onebook.engines.report.ledger_tables import ENTRY, TOTAL
from onebook.engines.report.level import Level, accounts, narrowed

MEASURES = ("open_quantity", "open_amount")


def figures(level: Level, only: tuple[str, ...]) -> Select[Any]:
    """One row per account of a document with an open amount at the end of the day `as_of`."""
    account = accounts()
    candidates = _candidates(level).subquery("candidate")
    entry = ENTRY.alias("later")
    later = lateral(
        select(func.sum(entry.c.quantity).label("quantity"), func.sum(entry.c.amount).label("amount")).where(
            entry.c.account == account.c.id, entry.c.booked_on > bindparam("as_of")
        ),
        name="since",
    )
    measures: dict[str, ColumnElement[Any]] = {
        "open_quantity": account.c.own_quantity - func.coalesce(later.c.quantity, 0),
        "open_amount": account.c.own_amount - func.coalesce(later.c.amount, 0),
    }
    clause = candidates.join(account, account.c.id == candidates.c.id).join(later, literal(True))
    dimensions = [account.c[name] for name in level.dimensions]
    query = select(*dimensions, *(value.label(name) for name, value in measures.items())).select_from(clause)
    return query.where(
        level.condition(account),
        or_(measures["open_amount"] != 0, measures["open_quantity"] != 0),
        *narrowed(account, only),
    )


def _candidates(level: Level) -> Any:
    """Accounts that are open now, and those that moved in or after the month of the day."""
    now, moved = accounts().alias("now"), accounts().alias("moved")
    total = TOTAL.alias("total")
    open_now = select(now.c.id).where(now.c.role == bindparam("role", level.role.account), now.c.is_open_item)
    since = (
        select(moved.c.id)
        .select_from(total.join(moved, moved.c.id == total.c.account))
        .where(
            total.c.month >= bindparam("as_of_month"),
            moved.c.role == bindparam("role", level.role.account),
            moved.c.document != 0,
        )
    )
    return union(open_now, since)
