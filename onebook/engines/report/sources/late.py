"""What did not count yet: entries and promises that were written, or happened, behind the moment of a report."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from onebook.engines.report.ledger_tables import ACCOUNT, ENTRY, HOLD, HOLD_CHANGE, JOURNAL
from onebook.engines.report.sources.level import Level, counted, owned

_INSTANT: Final = DateTime(timezone=True)
PROMISES = ("taken_quantity", "expected_quantity", "waiting_quantity", "taken_amount", "expected_amount")


def was_written_later(journal: Any) -> ColumnElement[bool]:
    """Whether a journal was written after the instant `known_at`."""
    later: ColumnElement[bool] = journal.c.at > bindparam("known_at", type_=_INSTANT)
    return later


def written_later(*days: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[Any]:
    """The ids of journals that were written after `known_at`, of days that fit.

    Those that came more than a day after their own day stand in an index, others are of the days around `known_at` or
    behind it: a month as it was known when it ended costs its late papers alone. An array, because the server expects
    as many late papers as there are papers of late days, and would rather read the whole book."""
    late, soon = JOURNAL.alias("late_journal"), JOURNAL.alias("soon_journal")
    known_on = cast(func.timezone(literal_column("'UTC'"), bindparam("known_at", type_=_INSTANT)), Date)
    found = union_all(
        select(late.c.id).where(_is_late(late), was_written_later(late), *(fits(late) for fits in days)),
        select(soon.c.id).where(
            not_(_is_late(soon)),
            soon.c.booked_on >= known_on - literal_column("1"),
            was_written_later(soon),
            *(fits(soon) for fits in days),
        ),
    )
    return func.array(found.scalar_subquery(), type_=ARRAY(BigInteger))


def _is_late(journal: Any) -> ColumnElement[bool]:
    """As the index `ledger_journal_late` says it."""
    written_on = cast(func.timezone(literal_column("'UTC'"), journal.c.at), Date)
    later: ColumnElement[bool] = written_on > journal.c.booked_on + literal_column("1")
    return later


def late_entries(level: Level, only: tuple[str, ...], *, spanned: bool) -> Select[Any]:
    """Entries that were written after `known_at`, by account: `quantity_in` and `_out` within the span, `quantity_all`
    up to its last day (without `spanned` all of them); amounts alike."""
    owner, written = ACCOUNT.alias("owner"), ENTRY.alias("written")
    days = [lambda journal: journal.c.booked_on <= bindparam("span_last", type_=Date)] if spanned else []
    clause, account = counted(level, owner)
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
    query = select(account.label("account"), *columns).select_from(
        clause.join(written, written.c.account == owner.c.id)
    )
    late = written.c.journal == any_(written_later(*days))
    return query.where(late, *owned(level, owner, only)).group_by(account)


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
