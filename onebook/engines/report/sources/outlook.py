"""What comes: how accounts will stand day by day if promises are kept when due, and what can still be promised.

What is overdue, and what is taken without a day, counts today; what is expected without a day counts on no day and
stands last. Who waits for goods takes too, on the day that was promised.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from onebook.engines.report.ledger_tables import ACCOUNT, HOLD
from onebook.engines.report.sources.level import Level, accounts, narrowed

_TENSES = ("balance", "incoming", "outgoing", "projected", "promisable")
MEASURES = tuple(f"{tense}_{measure}" for measure in ("quantity", "amount") for tense in _TENSES)
#: What the rows of `figures` say; the others follow from their order.
CHANGES = tuple(name for name in MEASURES if name.startswith(("balance", "incoming", "outgoing")))
#: Days: that of a row, and the first one on which more is promised than there will be.
ON, SHORT_ON = "on", "short_on"


def figures(level: Level, only: tuple[str, ...]) -> Select[Any]:
    """What stands on each account today and what each day brings and takes: dimensions, `on` and CHANGES.

    It costs accounts and open promises: accounts keep the sums of these, so that those with nothing are passed by."""
    account, holder, hold, owner = accounts(), ACCOUNT.alias("holder"), HOLD.alias("hold"), ACCOUNT.alias("owner")
    today: ColumnElement[Any] = bindparam("context_today", type_=Date)
    nothing: ColumnElement[Any] = literal_column("0")
    now: dict[str, ColumnElement[Any]] = {}
    later: dict[str, ColumnElement[Any]] = {}
    for measure in ("quantity", "amount"):
        # Leaves stand beside the control account here, which then shows what is its own.
        own = f"own_{measure}" if level.is_leaf else measure
        now |= {f"balance_{measure}": account.c[own], f"incoming_{measure}": nothing, f"outgoing_{measure}": nothing}
        value, takes = hold.c[f"open_{measure}"], hold.c.sign < 0
        later |= {
            f"balance_{measure}": nothing,
            f"incoming_{measure}": case((takes, 0), else_=value),
            f"outgoing_{measure}": case((takes, value), else_=0),
        }
    kept = ("quantity", "amount", "taken_quantity", "taken_amount", "expected_quantity", "expected_amount", "waiting")
    of_role = [account.c.role == level.role.account]
    of_role += [] if level.is_leaf or not level.role.leaf else [account.c.control.is_(None)]
    standing = select(
        *(account.c[name] for name in level.dimensions),
        today.label(ON),
        *(value.label(name) for name, value in now.items()),
    ).where(*of_role, or_(*(account.c[name] != 0 for name in kept)), *narrowed(account, only))
    due = case(
        (hold.c.due.is_not(None), func.greatest(hold.c.due, today)),
        (hold.c.sign < 0, today),
        else_=null(),
    )
    counts = owner.c.id if level.is_leaf or not level.role.leaf else func.coalesce(owner.c.control, owner.c.id)
    promised = (
        select(
            *(holder.c[name] for name in level.dimensions),
            due.label(ON),
            *(value.label(name) for name, value in later.items()),
        )
        .select_from(hold.join(owner, owner.c.id == hold.c.account).join(holder, holder.c.id == counts))
        .where(hold.c.is_open, holder.c.role == level.role.account, *narrowed(holder, only))
    )
    together = union_all(standing, promised).subquery("days")
    return select(*together.c)


def running(base: FromClause, names: Sequence[str], about: str, day: str | None) -> Select[Any]:
    """Figures by keys and day, each day with what stands after it and the least that it and any later day leaves.

    Args:
        base: rows with CHANGES and `on`.
        names: the columns of `base` that the rows of one account share.
        about: `quantity` or `amount`, of which too little makes a day short.
        day: what the column of the day is called, if there is a row for each; without it one row stands for all days.
    """
    keys = [base.c[name] for name in names]
    sums = [func.sum(base.c[name]).label(name) for name in CHANGES]
    daily = select(*keys, base.c[ON], *sums).group_by(*keys, base.c[ON]).subquery("daily")
    apart = [daily.c[name] for name in names]
    order = daily.c[ON].asc().nulls_last()
    standing: list[ColumnElement[Any]] = []
    for measure in ("quantity", "amount"):
        balance, come, go = (daily.c[f"{tense}_{measure}"] for tense in ("balance", "incoming", "outgoing"))
        standing.append(func.sum(balance).over(partition_by=apart).label(f"standing_{measure}"))
        after = func.sum(balance + come - go).over(partition_by=apart, order_by=order)
        standing.append(after.label(f"projected_{measure}"))
    ran = select(*daily.c, *standing).subquery("ran")
    apart = [ran.c[name] for name in names]
    short = case((ran.c[f"projected_{about}"] < 0, ran.c[ON]))
    return _all_days(ran, apart, short) if day is None else _each_day(ran, apart, short, day)


def _each_day(ran: FromClause, apart: Sequence[ColumnElement[Any]], short: ColumnElement[Any], day: str) -> Select[Any]:
    order = ran.c[ON].asc().nulls_last()
    columns: list[ColumnElement[Any]] = []
    for measure in ("quantity", "amount"):
        projected = ran.c[f"projected_{measure}"]
        least = func.min(projected).over(partition_by=apart, order_by=order, rows=(0, None))
        columns += [
            ran.c[f"standing_{measure}"].label(f"balance_{measure}"),
            ran.c[f"incoming_{measure}"],
            ran.c[f"outgoing_{measure}"],
            projected,
            least.label(f"promisable_{measure}"),
        ]
    first_short = func.min(short).over(partition_by=apart).label(SHORT_ON)
    return select(*apart, ran.c[ON].label(day), *columns, first_short)


def _all_days(ran: FromClause, apart: Sequence[ColumnElement[Any]], short: ColumnElement[Any]) -> Select[Any]:
    columns: list[ColumnElement[Any]] = []
    for measure in ("quantity", "amount"):
        balance, come, go = (func.sum(ran.c[f"{tense}_{measure}"]) for tense in _TENSES[:3])
        columns += [
            balance.label(f"balance_{measure}"),
            come.label(f"incoming_{measure}"),
            go.label(f"outgoing_{measure}"),
            (balance + come - go).label(f"projected_{measure}"),
            func.min(ran.c[f"projected_{measure}"]).label(f"promisable_{measure}"),
        ]
    query = select(*apart, *columns, func.min(short).label(SHORT_ON))
    return query.group_by(*apart) if apart else query
