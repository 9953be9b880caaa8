"""Where accounts stand, now or at the end of a day: facts, what is promised away or expected, and what is left."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, Select, bindparam, func, literal_column, select

from onebook.engines.report.ledger_tables import ACCOUNT, ENTRY, TOTAL
from onebook.engines.report.sources.balances import moved
from onebook.engines.report.sources.late import PROMISES, late_entries, later_promises
from onebook.engines.report.sources.level import Level, accounts, figures_of, owned
from onebook.engines.report.span import When

MEASURES = (
    "balance_quantity", "taken_quantity", "expected_quantity", "waiting_quantity", "available_quantity",
    "projected_quantity",
    "balance_amount", "taken_amount", "expected_amount", "available_amount", "projected_amount",
)  # fmt: skip
#: Measures that come of facts alone.
FACTS = frozenset({"balance", "balance_quantity", "balance_amount"})
#: A day, not a measure: the latest of a group counts.
LAST_ON = "last_on"


def figures(level: Level, when: When, only: tuple[str, ...], *, facts_only: bool = False) -> Select[Any]:
    """One row per account with anything on it: its dimensions and measures. `facts_only`: nobody reads promises.

    Of a past day: balances by the months since and the days of one month, promises by what became of them since."""
    account = accounts()
    clause, facts = _facts(level, account, when, only)
    is_now = when.span is None and when.known_at is None
    clause, promises = _promises(level, account, clause, None if facts_only and not is_now else when, only)
    measures: dict[str, ColumnElement[Any]] = {}
    for measure in ("quantity", "amount"):
        balance, taken = facts[measure], promises[f"taken_{measure}"]
        expected = promises[f"expected_{measure}"]
        measures |= {
            f"balance_{measure}": balance,
            f"taken_{measure}": taken,
            f"expected_{measure}": expected,
            f"available_{measure}": balance - taken,
            f"projected_{measure}": balance - taken + expected,
        }
    measures["waiting_quantity"] = promises["waiting_quantity"]
    measures["projected_quantity"] -= promises["waiting_quantity"]
    deciding = [name for name in MEASURES if not name.startswith(("available", "projected"))]
    last_on = _last_on(account) if when.span is not None else account.c.last_on
    return figures_of(level, account, clause, measures, deciding, only, [last_on.label(LAST_ON)])


def _facts(
    level: Level, account: Any, when: When, only: tuple[str, ...]
) -> tuple[Any, Mapping[str, ColumnElement[Any]]]:
    """Accounts joined with what their balances are made of, and the balances."""
    if when.span is not None:
        clause, measures = moved(level, account, when, only)
        return clause, {measure: measures[f"closing_{measure}"] for measure in ("quantity", "amount")}
    clause = account
    facts: dict[str, ColumnElement[Any]] = {"quantity": account.c.quantity, "amount": account.c.amount}
    if not level.role.kept:
        sums = _summed(level, only).subquery("sums")
        clause = clause.outerjoin(sums, sums.c.account == account.c.id)
        facts = {measure: func.coalesce(sums.c[measure], 0) for measure in facts}
    if when.known_at is not None:
        late = late_entries(level, only, spanned=False).subquery("late")
        clause = clause.outerjoin(late, late.c.account == account.c.id)
        facts = {measure: value - func.coalesce(late.c[f"{measure}_all"], 0) for measure, value in facts.items()}
    return clause, facts


def _promises(
    level: Level, account: Any, clause: Any, when: When | None, only: tuple[str, ...]
) -> tuple[Any, Mapping[str, ColumnElement[Any]]]:
    """The same with what their promises are made of, and these; without a time none."""
    if when is None:
        return clause, {name: literal_column("0", Numeric(18, 6)) for name in PROMISES}
    kept = {name: account.c["waiting" if name == "waiting_quantity" else name] for name in PROMISES}
    if when.span is None and when.known_at is None:
        return clause, kept
    query = later_promises(level, only, past=when.span is not None, known=when.known_at is not None)
    later = query.subquery("later_promises")
    clause = clause.outerjoin(later, later.c.account == account.c.id)
    return clause, {name: value - func.coalesce(later.c[name], 0) for name, value in kept.items()}


def _last_on(account: Any) -> ColumnElement[Any]:
    """The day of the last entry up to the span's last day, on an account or on its leaves."""
    own, below = ENTRY.alias("last_own"), ENTRY.alias("last_below")
    lasts = [
        select(func.max(entry.c.booked_on))
        .where(of_account, *conditions, entry.c.booked_on <= bindparam("span_last", type_=Date))
        .correlate(account)
        .scalar_subquery()
        for entry, of_account, conditions in (
            (own, own.c.account == account.c.id, ()),
            (below, below.c.control == account.c.id, (below.c.control != literal_column("0"),)),
        )
    ]
    return func.greatest(*lasts)


def _summed(level: Level, only: tuple[str, ...]) -> Select[Any]:
    total = TOTAL.alias("total")
    mine = select(ACCOUNT.c.id).where(*owned(level, ACCOUNT, only))
    query = select(
        total.c.account,
        func.sum(total.c.quantity_in - total.c.quantity_out).label("quantity"),
        func.sum(total.c.amount_in - total.c.amount_out).label("amount"),
    )
    return query.where(total.c.account.in_(mine)).group_by(total.c.account)
