"""Where accounts stand now: facts, what is promised away or expected, and what is left."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from onebook.engines.report.ledger_tables import ACCOUNT, TOTAL
from onebook.engines.report.level import Level, accounts, figures_of, narrowed

MEASURES = (
    "balance_quantity", "taken_quantity", "expected_quantity", "waiting_quantity", "available_quantity",
    "projected_quantity",
    "balance_amount", "taken_amount", "expected_amount", "available_amount", "projected_amount",
)  # fmt: skip
#: A day, not a measure: the latest of a group counts.
LAST_ON = "last_on"


def figures(level: Level, only: tuple[str, ...]) -> Select[Any]:
    """One row per account with anything on it: its dimensions and measures."""
    account = accounts()
    column = account.c
    measures: dict[str, ColumnElement[Any]] = {
        "balance_quantity": column.quantity,
        "taken_quantity": column.taken_quantity,
        "expected_quantity": column.expected_quantity,
        "waiting_quantity": column.waiting,
        "available_quantity": column.quantity - column.taken_quantity,
        "projected_quantity": column.quantity - column.taken_quantity + column.expected_quantity - column.waiting,
        "balance_amount": column.amount,
        "taken_amount": column.taken_amount,
        "expected_amount": column.expected_amount,
        "available_amount": column.amount - column.taken_amount,
        "projected_amount": column.amount - column.taken_amount + column.expected_amount,
    }
    clause: Any = account
    if not level.role.kept:
        sums = _summed(level, only).subquery("sums")
        clause = account.outerjoin(sums, sums.c.account == column.id)
        for measure in ("quantity", "amount"):
            value = func.coalesce(sums.c[measure], 0)
            measures |= {f"{tense}_{measure}": value for tense in ("balance", "available", "projected")}
    deciding = [name for name in MEASURES if not name.startswith(("available", "projected"))]
    return figures_of(level, account, clause, measures, deciding, only, [column.last_on.label(LAST_ON)])


def _summed(level: Level, only: tuple[str, ...]) -> Select[Any]:
    total = TOTAL.alias("total")
    mine = select(ACCOUNT.c.id).where(ACCOUNT.c.role == bindparam("role", level.role.account), *narrowed(ACCOUNT, only))
    query = select(
        total.c.account,
        func.sum(total.c.quantity_in - total.c.quantity_out).label("quantity"),
        func.sum(total.c.amount_in - total.c.amount_out).label("amount"),
    )
    return query.where(total.c.account.in_(mine)).group_by(total.c.account)
