"""收发存: opening, incoming, outgoing and closing of accounts over any span of days, from monthly totals.

Whole months come from the totals alone; where a span begins or ends within a month, the entries of that month which lie
outside of it are taken off. Balances that are kept are the point from which the past is reckoned back, so that a report
reads the months since its first day, never the history before it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, func, literal, or_, select

from onebook.engines.report.ledger_tables import ACCOUNT, TOTAL
from onebook.engines.report.sources.late import late_entries
from onebook.engines.report.sources.level import Level, accounts, entries_on, figures_of, standing
from onebook.engines.report.span import Span, When

MEASURES = tuple(
    f"{tense}_{measure}"
    for measure in ("quantity", "amount")
    for tense in ("opening", "incoming", "outgoing", "closing", "average")
)
#: What costs the entries of the span; asked for only where somebody reads it.
AVERAGES = frozenset({"average", "average_quantity", "average_amount"})


def figures(level: Level, when: When, only: tuple[str, ...], *, averaged: bool = False) -> Select[Any]:
    """One row per account that had a balance or moved: dimensions and measures. `only`: dimensions that are given;
    `averaged`: with the daily average of its balances, which are 0 otherwise."""
    account = accounts()
    clause, measures = moved(level, account, when, only)
    averages: dict[str, ColumnElement[Any]] = {name: literal(0) for name in MEASURES if name in AVERAGES}
    if averaged:
        clause, averages = _averaged(level, account, clause, measures, only)
    measures = {**measures, **averages}
    deciding = [name for name in MEASURES if not name.startswith(("closing", "average"))]
    return figures_of(level, account, clause, measures, deciding, only)


def moved(
    level: Level, account: Any, when: When, only: tuple[str, ...]
) -> tuple[Any, Mapping[str, ColumnElement[Any]]]:
    """Accounts joined with what moved on them over a span, and the measures of it."""
    assert when.span is not None
    totals = _totals(level, only).subquery("totals")
    outside = _outside(level, when.span, only)
    clause = account.outerjoin(totals, totals.c.account == account.c.id)
    beyond, late = None, None
    if outside is not None:
        beyond = outside.subquery("beyond")
        clause = clause.outerjoin(beyond, beyond.c.account == account.c.id)
    if when.known_at is not None:
        late = late_entries(level, only, spanned=True).subquery("late")
        clause = clause.outerjoin(late, late.c.account == account.c.id)
    measures: dict[str, ColumnElement[Any]] = {}
    for measure in ("quantity", "amount"):
        incoming, outgoing = _zero(totals.c[f"{measure}_in"]), _zero(totals.c[f"{measure}_out"])
        later = _zero(totals.c[f"{measure}_later"])
        closing = account.c[measure] - later if level.role.kept else _zero(totals.c[f"{measure}_all"])
        if beyond is not None:
            incoming -= _zero(beyond.c[f"{measure}_in"])
            outgoing -= _zero(beyond.c[f"{measure}_out"])
            closing -= _zero(beyond.c[f"{measure}_later"])
        if late is not None:
            incoming -= _zero(late.c[f"{measure}_in"])
            outgoing -= _zero(late.c[f"{measure}_out"])
            closing -= _zero(late.c[f"{measure}_all"])
        measures |= {
            f"opening_{measure}": closing - incoming + outgoing,
            f"incoming_{measure}": incoming,
            f"outgoing_{measure}": outgoing,
            f"closing_{measure}": closing,
        }
    return clause, measures


def _averaged(
    level: Level, account: Any, clause: Any, measures: Mapping[str, ColumnElement[Any]], only: tuple[str, ...]
) -> tuple[Any, dict[str, ColumnElement[Any]]]:
    """The same accounts with the mean of the balances at the end of each day: the opening, and each entry for the days
    from its own to the last."""
    owner = ACCOUNT.alias("weighed_owner")
    last, first = bindparam("span_last", type_=Date), bindparam("span_first", type_=Date)
    entry = entries_on(level, owner, lambda one: one.c.booked_on.between(first, last)).lateral("weighed_entry")
    left = last - entry.c.booked_on + 1
    sums = [func.sum(entry.c[measure] * left).label(measure) for measure in ("quantity", "amount")]
    weighed = (
        select(owner.c.id.label("account"), *sums)
        .select_from(owner.join(entry, literal(True)))
        .where(*standing(level, owner, only))
        .group_by(owner.c.id)
        .subquery("weighed")
    )
    days = last - first + 1
    averages = {
        f"average_{measure}": measures[f"opening_{measure}"] + _zero(weighed.c[measure]) / days
        for measure in ("quantity", "amount")
    }
    return clause.outerjoin(weighed, weighed.c.account == account.c.id), averages


def _totals(level: Level, only: tuple[str, ...]) -> Select[Any]:
    """What the months from the span's first on brought, and what came in the months behind its last. Of roles that keep
    no balance: all months up to the last one."""
    total = TOTAL.alias("total")
    within = and_(total.c.month >= bindparam("span_first_month"), total.c.month <= bindparam("span_last_month"))
    behind = total.c.month > bindparam("span_last_month")
    columns: list[ColumnElement[Any]] = []
    for measure in ("quantity", "amount"):
        into, out = total.c[f"{measure}_in"], total.c[f"{measure}_out"]
        columns += [
            func.sum(into).filter(within).label(f"{measure}_in"),
            func.sum(out).filter(within).label(f"{measure}_out"),
            func.sum(into - out).filter(behind).label(f"{measure}_later"),
            func.sum(into - out).label(f"{measure}_all"),
        ]
    months = total.c.month >= bindparam("span_first_month")
    if not level.role.kept:
        months = total.c.month <= bindparam("span_last_month")
    # The totals of control accounts have their leaves in them.
    mine = select(ACCOUNT.c.id).where(*standing(level, ACCOUNT, only))
    query = select(total.c.account, *columns).where(months, total.c.account.in_(mine))
    return query.group_by(total.c.account)


def _outside(level: Level, span: Span, only: tuple[str, ...]) -> Select[Any] | None:
    """The entries of the span's first and last month that lie outside of it; None if it is made of whole months.

    Read account by account through their index, of those that moved in these months: it costs neither the history nor
    the documents of other days."""
    if not (span.begins_late or span.ends_early):
        return None
    owner = ACCOUNT.alias("owner")

    def outside(one: Any) -> ColumnElement[bool]:
        edges = [_before_span(one)] if span.begins_late else []
        return or_(*edges, *([_behind_span(one)] if span.ends_early else []))

    entry = entries_on(level, owner, outside).lateral("entry")
    columns: list[ColumnElement[Any]] = []
    for measure in ("quantity", "amount"):
        value = entry.c[measure]
        comes = (value > 0) != entry.c.is_red
        into, out = case((comes, value), else_=0), case((comes, 0), else_=-value)
        columns += [
            func.sum(into).label(f"{measure}_in"),
            func.sum(out).label(f"{measure}_out"),
            func.sum(case((_behind_span(entry), value), else_=0)).label(f"{measure}_later"),
        ]
    query = select(owner.c.id.label("account"), *columns).select_from(owner.join(entry, literal(True)))
    total = TOTAL.alias("edge_total")
    months: list[ColumnElement[Any]] = [bindparam("span_first_month")] if span.begins_late else []
    months += [bindparam("span_last_month")] if span.ends_early else []
    # Each month by itself: a list as one parameter is unfolded while SQL is said, when nobody knows its values yet.
    moved_then = owner.c.id.in_(select(total.c.account).where(or_(*(total.c.month == one for one in months))))
    return query.where(*standing(level, owner, only), moved_then).group_by(owner.c.id)


def _before_span(entry: Any) -> ColumnElement[bool]:
    """In the span's first month, before it begins."""
    return and_(entry.c.booked_on >= bindparam("span_first_month"), entry.c.booked_on < bindparam("span_first"))


def _behind_span(entry: Any) -> ColumnElement[bool]:
    """In the span's last month, behind its end."""
    return and_(entry.c.booked_on > bindparam("span_last"), entry.c.booked_on <= bindparam("span_last_month_end"))


def _zero(value: ColumnElement[Any]) -> Any:
    return func.coalesce(value, 0)
