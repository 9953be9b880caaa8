"""Open items: what is still open per document as of any day, and how old it is.

Today's open items stand in a partial index. What was open on an earlier day is found from them and from the accounts
that moved since; what was open as the book was known earlier, from what was written since as well. It grows with what
is open and what happened lately, not with the history.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, lateral, literal, or_, select, union

from onebook.engines.report.ledger_tables import ENTRY, TOTAL
from onebook.engines.report.sources.late import late_entries
from onebook.engines.report.sources.level import Level, accounts, narrowed
from onebook.engines.report.span import When

MEASURES = ("open_quantity", "open_amount")


def figures(level: Level, when: When, only: tuple[str, ...]) -> Select[Any]:
    """One row per account of a document with an open amount at the end of the span's last day."""
    account = accounts()
    is_known = when.known_at is not None
    entry = ENTRY.alias("later")
    later = lateral(
        select(func.sum(entry.c.quantity).label("quantity"), func.sum(entry.c.amount).label("amount")).where(
            entry.c.account == account.c.id, entry.c.booked_on > bindparam("span_last")
        ),
        name="since",
    )
    late = late_entries(level, only, spanned=True).cte("late") if is_known else None
    candidates = _candidates(level, late).subquery("candidate")
    measures: dict[str, ColumnElement[Any]] = {
        f"open_{measure}": account.c[f"own_{measure}"] - func.coalesce(later.c[measure], 0)
        for measure in ("quantity", "amount")
    }
    clause = candidates.join(account, account.c.id == candidates.c.id).join(later, literal(True))
    if late is not None:
        clause = clause.outerjoin(late, late.c.account == account.c.id)
        for measure in ("quantity", "amount"):
            measures[f"open_{measure}"] -= func.coalesce(late.c[f"{measure}_all"], 0)
    dimensions = [account.c[name] for name in level.dimensions]
    query = select(*dimensions, *(value.label(name) for name, value in measures.items())).select_from(clause)
    return query.where(
        level.condition(account),
        account.c.document != 0,
        or_(measures["open_amount"] != 0, measures["open_quantity"] != 0),
        *narrowed(account, only),
    )


def _candidates(level: Level, late: Any) -> Any:
    """Accounts that are open now, those that moved in or after the month of the day, and those of late entries; of what
    role they are is asked once they are put together."""
    now, total = accounts().alias("now"), TOTAL.alias("total")
    found = [
        select(now.c.id).where(now.c.role == level.role.account, now.c.is_open_item),
        select(total.c.account).where(total.c.month >= bindparam("span_first_month")),
    ]
    return union(*found, *([] if late is None else [select(late.c.account)]))
