"""Open items: what is still open per document as of any day, and how old it is.

Today's open items stand in a partial index. What was open on an earlier day is found from them and from the accounts
that moved since; what was open as the book was known earlier, from what was written since as well. It grows with what
is open and what happened lately, not with the history.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    bindparam,
    func,
    lateral,
    literal,
    not_,
    or_,
    select,
    union,
    union_all,
)

from onebook.engines.report.ledger_tables import ENTRY, TOTAL
from onebook.engines.report.sources.late import late_entries
from onebook.engines.report.sources.level import Level, accounts, narrowed
from onebook.engines.report.span import When

MEASURES = ("open_quantity", "open_amount")


def figures(level: Level, when: When, only: tuple[str, ...]) -> Select[Any]:
    """One row per account of a document with an open amount at the end of the span's last day."""
    late = late_entries(level, only, spanned=True).cte("late") if when.known_at is not None else None
    account = _candidates(level, late, only).subquery("account")
    entry = ENTRY.alias("later")
    later = lateral(
        select(func.sum(entry.c.quantity).label("quantity"), func.sum(entry.c.amount).label("amount")).where(
            # Most have not moved since: nothing is looked for.
            account.c.last_on > bindparam("span_last", type_=Date),
            entry.c.account == account.c.id,
            entry.c.booked_on > bindparam("span_last"),
        ),
        name="since",
    )
    measures: dict[str, ColumnElement[Any]] = {
        f"open_{measure}": account.c[f"own_{measure}"] - func.coalesce(later.c[measure], 0)
        for measure in ("quantity", "amount")
    }
    clause = account.join(later, literal(True))
    if late is not None:
        clause = clause.outerjoin(late, late.c.account == account.c.id)
        for measure in ("quantity", "amount"):
            measures[f"open_{measure}"] -= func.coalesce(late.c[f"{measure}_all"], 0)
    dimensions = [account.c[name] for name in level.dimensions]
    query = select(*dimensions, *(value.label(name) for name, value in measures.items())).select_from(clause)
    return query.where(or_(measures["open_amount"] != 0, measures["open_quantity"] != 0))


def _candidates(level: Level, late: Any, only: tuple[str, ...]) -> Any:
    """Accounts that are open now, and of the others those that moved in or after the month of the day, or late."""
    now, moved, total = accounts().alias("now"), accounts().alias("moved"), TOTAL.alias("total")
    movers = select(total.c.account).where(total.c.month >= bindparam("span_first_month"))
    # Put together before the accounts are looked at: what moved of all roles is little, what there is of one is not.
    others = (movers if late is None else union(movers, select(late.c.account))).subquery("mover")
    columns = ("id", "own_quantity", "own_amount", "last_on", *level.dimensions)

    def of_level(account: Any) -> Select[Any]:
        query = select(*(account.c[name] for name in columns))
        return query.where(level.condition(account), account.c.document != 0, *narrowed(account, only))

    return union_all(
        of_level(now).where(now.c.is_open_item),
        of_level(moved).where(not_(moved.c.is_open_item), moved.c.id.in_(select(others.c.account))),
    )
