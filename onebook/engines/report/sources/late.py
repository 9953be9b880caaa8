"""What did not count yet: entries and promises that were written, or happened, behind the moment of a report."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    bindparam,
    case,
    func,
    lateral,
    literal,
    literal_column,
    or_,
    select,
)

from onebook.engines.report.ledger_tables import ACCOUNT, ENTRY, HOLD, HOLD_CHANGE, JOURNAL
from onebook.engines.report.sources.level import Level, counted, owned

PROMISES = ("taken_quantity", "expected_quantity", "waiting_quantity", "taken_amount", "expected_amount")


def was_written_later(journal: Any) -> ColumnElement[bool]:
    """Whether a journal was written after the instant `known_at`."""
    later: ColumnElement[bool] = journal.c.at > bindparam("known_at", type_=DateTime(timezone=True))
    return later


def late_entries(level: Level, only: tuple[str, ...], *, spanned: bool) -> Select[Any]:
    """Entries that were written after `known_at`, by account: `quantity_in` and `_out` within the span, `quantity_all`
    up to its last day (without `spanned` all of them); amounts alike.

    Found by the days of their journals, so that a month as it was known when it ended costs its late papers alone."""
    owner, entry, journal = ACCOUNT.alias("owner"), ENTRY.alias("entry"), JOURNAL.alias("journal")
    days: list[ColumnElement[bool]] = [was_written_later(journal)]
    if spanned:
        days.append(journal.c.booked_on <= bindparam("span_last", type_=Date))
    clause, account = counted(level, owner)
    cells = [account.label("account"), entry.c.booked_on, entry.c.is_red, entry.c.quantity, entry.c.amount]
    # Journal by journal: the server expects as many late papers as there are papers of late days, and would rather
    # read the whole book. The offset keeps it from doing so.
    written = lateral(
        select(*cells)
        .select_from(clause.join(entry, entry.c.account == owner.c.id))
        .where(entry.c.journal == journal.c.id, *owned(level, owner, only))
        .offset(literal_column("0")),
        name="written",
    )
    columns: list[ColumnElement[Any]] = []
    for measure in ("quantity", "amount"):
        value = written.c[measure]
        if spanned:
            within = written.c.booked_on >= bindparam("span_first", type_=Date)
            comes = (value > 0) != written.c.is_red
            columns += [
                func.sum(case((and_(within, comes), value), else_=0)).label(f"{measure}_in"),
                func.sum(case((and_(within, ~comes), -value), else_=0)).label(f"{measure}_out"),
            ]
        columns.append(func.sum(value).label(f"{measure}_all"))
    query = select(written.c.account, *columns).select_from(journal.join(written, literal(True)))
    return query.where(*days).group_by(written.c.account)


def later_promises(level: Level, only: tuple[str, ...], *, past: bool, known: bool) -> Select[Any]:
    """What became of promises behind the span's last day (`past`) or after `known_at` (`known`), by account: what the
    sums of promises that are kept now must be less, to be those of that moment."""
    owner, hold = ACCOUNT.alias("owner"), HOLD.alias("hold")
    change, journal = HOLD_CHANGE.alias("change"), JOURNAL.alias("journal")
    behind = [journal.c.booked_on > bindparam("span_last", type_=Date)] if past else []
    behind += [was_written_later(journal)] if known else []
    open_ = {
        measure: change.c[f"wanted_{measure}"] - change.c[f"settled_{measure}"] - change.c[f"released_{measure}"]
        for measure in ("quantity", "amount")
    }
    takes = hold.c.sign < 0
    values = {
        "taken_quantity": case((takes, open_["quantity"] - change.c.waiting), else_=0),
        "expected_quantity": case((takes, 0), else_=open_["quantity"]),
        "waiting_quantity": change.c.waiting,
        "taken_amount": case((takes, open_["amount"]), else_=0),
        "expected_amount": case((takes, 0), else_=open_["amount"]),
    }
    clause, account = counted(level, owner)
    clause = clause.join(hold, hold.c.account == owner.c.id).join(change, change.c.hold == hold.c.id)
    clause = clause.join(journal, journal.c.id == change.c.journal)
    sums = [func.sum(value).label(name) for name, value in values.items()]
    query = select(account.label("account"), *sums).select_from(clause)
    return query.where(or_(*behind), *owned(level, owner, only)).group_by(account)
