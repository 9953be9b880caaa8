"""Opening a figure: exactly the entries and promises that sum to it, each with its document.

A figure opens under the conditions under which reports show it: records outside the reader's scope are not in it, in
any dimension. Documents that the reader may not see stay unnamed; what they brought is told as one sum, so that the
whole still adds up.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.account import AccountRole
from onebook.engines.form.refusals import Forbidden
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.naming import titles
from onebook.engines.process.refusals import UnknownAccount
from onebook.engines.report.figure_columns import FigureColumns
from onebook.engines.report.ledger_tables import ACCOUNT, ENTRY, HOLD, JOURNAL
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import NotReadable
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import condition, permitted
from onebook.engines.table.rights import ALL
from onebook.expression.sql import context_parameters
from onebook.ledger.account import AccountKey
from onebook.storage.transaction import Transaction

#: The most entries of one page; the sums are over all of them.
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figure: a role at dimensions, or at what lies behind them (`item.category`); what is left out is summed
    over. From the day `since` to the day `until`, both within, as the book was known at an instant; promises stand
    behind what is now, not behind days."""

    account: str
    at: Mapping[str, int] = field(default_factory=dict)
    until: date | None = None
    since: date | None = None
    known_at: datetime | None = None


def opened(
    transaction: Transaction, ground: Ground, actor: Actor, asked: Asked, now: datetime, language: str
) -> dict[str, Any]:
    """The entries and open promises of a figure with the names of everything concerned. Raises what reports refuse."""
    declared = ground.catalog.accounts.get(asked.account)
    if declared is None or {key.partition(".")[0] for key in asked.at} - set(declared.dimensions):
        raise UnknownAccount(account=asked.account)
    keys = tuple(sorted(asked.at))
    roles = None if actor.id == SYSTEM.id else actor.roles
    reading = Reading(ground.catalog, ground.tables, actor)
    entries_text, holds_text = ground.kept(
        ("opening", asked.account, keys, roles), lambda: _texts(reading, declared, keys)
    )
    known: dict[str, object] = {**context_parameters(ground.context(actor, now))}
    known |= {f"at_{place}": asked.at[key] for place, key in enumerate(keys)}
    known |= {"since": asked.since, "until": asked.until, "known_at": asked.known_at}
    is_now = asked.since is None and asked.until is None and asked.known_at is None
    statements = [entries_text.bound(known), *([holds_text.bound(known)] if is_now else [])]
    entries, *rest = transaction.run(*statements)
    holds = rest[0] if rest else []
    plain = {key: one for key, one in asked.at.items() if "." not in key}
    names = titles(transaction, ground, [AccountKey(asked.account, **plain)])
    return {
        "account": asked.account,
        "label": declared.label.in_language(language),
        "at": {name: {"id": one, "title": names.get(one)} for name, one in asked.at.items()},
        **_sums(entries[0]),
        "entries": [_entry(ground, row, language) for row in entries if row[0] is not None],
        "holds": [_hold(ground, row, language) for row in holds if row[0] is not None],
        "withheld_holds": dict(zip(("count", "quantity", "amount"), holds[0][-3:], strict=True)) if holds else None,
    }


def _sums(row: tuple[Any, ...]) -> dict[str, Any]:
    """The sums that every row carries: of the whole, its two sides, and what may not be named."""
    names = (
        "count", "quantity", "amount", "incoming_quantity", "incoming_amount", "outgoing_quantity", "outgoing_amount",
        "withheld_count", "withheld_quantity", "withheld_amount",
    )  # fmt: skip
    found = dict(zip(names, row[8:], strict=True))
    withheld = {name: found.pop(f"withheld_{name}") for name in ("count", "quantity", "amount")}
    return {**found, "withheld": withheld if withheld["count"] else None}


def _entry(ground: Ground, row: tuple[Any, ...], language: str) -> dict[str, Any]:
    journal, on, form, record, transition, quantity, amount, is_red, *_ = row
    return {
        "journal": journal, "on": on, "form": form, "id": record, "transition": transition,
        "label": label_of(ground, form, language), "quantity": quantity, "amount": amount, "is_reversal": is_red,
    }  # fmt: skip


def _hold(ground: Ground, row: tuple[Any, ...], language: str) -> dict[str, Any]:
    hold, name, form, record, due, sign, quantity, amount, waiting, *_ = row
    return {
        "hold": hold, "name": name, "form": form, "id": record, "due": due, "takes": sign < 0,
        "label": label_of(ground, form, language), "quantity": quantity, "amount": amount, "waiting": waiting,
    }  # fmt: skip


def label_of(ground: Ground, form: str, language: str) -> str:
    """What a document of a form is called."""
    declared = ground.catalog.forms.get(form)
    return declared.label.in_language(language) if declared else form


def _texts(reading: Reading, role: AccountRole, keys: tuple[str, ...]) -> tuple[CompiledText, CompiledText]:
    return compiled(_entries(reading, role, keys)), compiled(_holds(reading, role, keys))


def _entries(reading: Reading, role: AccountRole, keys: tuple[str, ...]) -> Select[Any]:
    entry, journal = ENTRY.alias("entry"), JOURNAL.alias("journal")
    since, until = bindparam("since", type_=Date), bindparam("until", type_=Date)
    known_at = bindparam("known_at", type_=DateTime(timezone=True))
    readable = readable_documents(reading, journal, "record")
    value = {name: entry.c[name] for name in ("quantity", "amount")}
    columns = [
        journal.c.id, entry.c.booked_on, journal.c.form, journal.c.record, journal.c.transition, *value.values(),
        entry.c.is_red, entry.c.position, readable.label("is_readable"),
    ]  # fmt: skip
    every = (
        select(*columns)
        .select_from(entry.join(journal, journal.c.id == entry.c.journal))
        .where(
            entry.c.account.in_(accounts_of(reading, role, keys)),
            or_(since.is_(None), entry.c.booked_on >= since),
            or_(until.is_(None), entry.c.booked_on <= until),
            or_(known_at.is_(None), journal.c.at <= known_at),
        )
        .cte("every")
    )
    comes = {name: (every.c[name] > 0) != every.c.is_red for name in value}
    sums = select(
        func.count().label("all"),
        *(_sum(every.c[name]) for name in value),
        *(_sum(case((comes[name], every.c[name]), else_=0)) for name in value),
        *(_sum(case((comes[name], 0), else_=-every.c[name])) for name in value),
        *_withheld(every.c.is_readable, [every.c[name] for name in value]),
    ).subquery("sums")
    shown = select(every).where(every.c.is_readable).order_by(*_latest(every)).limit(MOST).subquery("shown")
    cells = [column for column in shown.c if column.name not in ("position", "is_readable")]
    # The sums stand there even where nothing else does.
    query = select(*cells, *sums.c).select_from(sums.outerjoin(shown, literal(True)))
    return query.order_by(*_latest(shown))


def _latest(rows: FromClause) -> list[ColumnElement[Any]]:
    return [rows.c.booked_on.desc(), rows.c.id.desc(), rows.c.position]


def _holds(reading: Reading, role: AccountRole, keys: tuple[str, ...]) -> Select[Any]:
    hold = HOLD.alias("hold")
    readable = readable_documents(reading, hold, "document")
    names = (
        "id", "name", "form", "document", "due", "sign", "open_quantity", "open_amount", "waiting", "priority",
    )  # fmt: skip
    every = (
        select(*(hold.c[name] for name in names), readable.label("is_readable"))
        .where(hold.c.is_open, hold.c.account.in_(accounts_of(reading, role, keys)))
        .cte("every")
    )
    signed = [every.c.sign * every.c[name] for name in ("open_quantity", "open_amount")]
    sums = select(*_withheld(every.c.is_readable, signed)).subquery("sums")
    order = [every.c.sign, every.c.priority, every.c.due.asc().nulls_last(), every.c.id]
    shown = select(every, func.row_number().over(order_by=order).label("place"))
    first = shown.where(every.c.is_readable).order_by(*order).limit(MOST).subquery("shown")
    cells = [first.c[name] for name in names if name != "priority"]
    return select(*cells, *sums.c).select_from(sums.outerjoin(first, literal(True))).order_by(first.c.place)


def _sum(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(value), 0)


def _withheld(readable: ColumnElement[bool], values: list[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """How many rows the reader is not told one by one, and what they come to."""
    closed = ~readable
    count = func.count().filter(closed)
    sums = [func.coalesce(func.sum(value).filter(closed), 0) for value in values]
    return [count.label("withheld"), *(one.label(f"withheld_{place}") for place, one in enumerate(sums))]


def accounts_of(reading: Reading, role: AccountRole, keys: tuple[str, ...]) -> Select[Any]:
    """The accounts of a figure, of which every dimension lies in the reader's scope."""
    account = ACCOUNT.alias("account")
    values: dict[str, ColumnElement[Any]] = {str(name): account.c[name] for name in role.dimensions}
    columns = FigureColumns(reading, account, values, {str(name): form for name, form in role.dimensions.items()})
    conditions: list[ColumnElement[bool]] = [account.c.role == bindparam("role", role.account)]
    for place, key in enumerate(keys):
        dimension, _, rest = key.partition(".")
        if rest:
            reading.readable(role.dimensions[dimension], rest, "group")  # type: ignore[index]
        value = columns.column(key)
        # Blank is asked for as zero, which is what accounts have where a dimension is blank.
        conditions.append((func.coalesce(value, 0) if rest else value) == bindparam(f"at_{place}"))
    for name, form in role.dimensions.items():
        scope = reading.rights(form).read
        if scope is None and any(key.partition(".")[0] == name for key in keys):
            raise NotReadable(name=reading.form(form).label)
        if scope not in (ALL, None):
            conditions.append(or_(columns.column(name) == 0, condition(scope, columns.behind(name))))
    return select(account.c.id).select_from(columns.from_clause()).where(*conditions)


def readable_documents(
    reading: Reading, holder: FromClause, record: str, forms: Collection[str] | None = None
) -> ColumnElement[bool]:
    """Whether the reader may see the document of a row; with `forms`, only if it is one of these."""
    open_forms: list[str] = []
    ways: list[ColumnElement[bool]] = []
    for form in reading.catalog.forms if forms is None else forms:
        granted = reading.rights(form)
        if granted.read == ALL:
            open_forms.append(form)
        elif granted.read is not None:
            columns = Joins(reading.tables, form, is_correlated=True)
            own = select(columns.root.c.id).where(columns.root.c.id == holder.c[record], permitted(granted, columns))
            ways.append(and_(holder.c.form == form, own.correlate(holder).exists()))
    if len(open_forms) == len(reading.catalog.forms):
        return true()
    # One by one: a list as one parameter is unfolded while SQL is said, when nobody knows the others' values yet.
    named = [holder.c.form == form for form in open_forms]
    return or_(*named, *ways) if named or ways else false()


def require_everything(ground: Ground | None, actor: Actor) -> None:
    """Refuse whoever does not administer the company; before the first publication only the system does."""
    roles = [ground.catalog.roles[name] for name in actor.roles if name in ground.catalog.roles] if ground else []
    if actor.id != SYSTEM.id and not any(role.everything for role in roles):
        raise Forbidden(form="", action="administer")
