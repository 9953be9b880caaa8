"""Opening a meter of promises: the hold that a record or a row placed, and every step of it, summing to the figure.

The field shows the latest hold of its name of which anything is wanted, so the steps of that hold are what the figure
is made of. Whoever reads the record and the field learns all of the sum; documents that they may not see stay unnamed
and are told together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.account import AccountRole
from onebook.definition.field import FieldDeclaration, FieldKind, HoldMeter
from onebook.engines.form.refusals import NotFound
from onebook.engines.process.ground import Ground
from onebook.engines.process.looking.opening import MOST, accounts_of, label_of, readable_documents
from onebook.engines.process.refusals import UnknownForm
from onebook.engines.report.ledger_tables import ACCOUNT, DIMENSIONS, HOLD, HOLD_CHANGE, JOURNAL
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import UnknownColumn
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted
from onebook.engines.view.discretion import Discretion, opens
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Rows, Transaction
from onebook.values.reference import RecordRef

Told = dict[str, Any]

_MEASURES: Final = ("wanted", "settled", "released", "open", "waiting")
_STEPS: Final = ("wanted", "settled", "released", "waiting")


@dataclass(frozen=True, slots=True)
class AskedMeter:
    """Which figure: a field of a record, or `lines.field` of one row of its lines."""

    form: str
    record: int
    field: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class _Meter:
    """The field that is asked about, as it was declared and as the actor may see it."""

    asked: AskedMeter
    lines: str | None
    field: FieldDeclaration
    shown: HoldMeter
    role: AccountRole
    #: `quantity` or `amount`: what of the hold the field shows.
    measure: str
    #: Whether the actor may look behind figures of the hold's account.
    opens: bool


def opened_meter(
    transaction: Transaction, ground: Ground, actor: Actor, asked: AskedMeter, now: datetime, language: str
) -> Told:
    """The holds behind a meter with their steps, and the line in which the latest waits. Two round trips.

    Raises UnknownForm, UnknownColumn for what is no meter of holds, HiddenField, NotReadable, NotFound.
    """
    reading = Reading(ground.catalog, ground.tables, actor)
    meter = _meter(ground, reading, actor, asked)
    roles = None if actor.id == SYSTEM.id else actor.roles
    texts: list[CompiledText] = ground.kept(
        ("opening", asked.form, asked.field, roles), lambda: list(map(compiled, _queries(reading, actor, meter)))
    )
    known: dict[str, object] = {**context_parameters(ground.context(actor, now))}
    owner = asked.record if asked.row is None else asked.row
    known |= {"asked_record": asked.record, "asked_owner": owner, "asked_hold": meter.shown.hold}
    found, holds, steps, *line = transaction.run(*(text.bound(known) for text in texts))
    if not found:
        raise NotFound(form=ground.catalog.forms[asked.form].label, id=asked.record)
    named = _titles(transaction, ground, actor, now, [steps, *line])
    names = _Names(ground, named, language)
    latest = holds[0] if holds else None
    waits = latest is not None and latest[-len(DIMENSIONS) - 1] > 0
    return {
        "form": asked.form,
        "id": asked.record,
        "row": asked.row,
        "field": asked.field,
        "label": meter.field.label.in_language(language),
        "shows": meter.shown.shows,
        "measure": meter.measure,
        **_summed(steps[0]),
        "steps": [_step(row, names) for row in steps if row[0] is not None],
        "holds": [_hold(row, is_shown=row is latest) for row in holds],
        "line": _line(line[0], names) if line and waits else None,
        "account": _account(meter, latest) if meter.opens and latest else None,
    }


@dataclass(frozen=True, slots=True)
class _Names:
    """What documents are called, for one reader."""

    ground: Ground
    titles: Mapping[RecordRef, str | None]
    language: str

    def of(self, form: str, number: int) -> Told:
        """Form, id, and the words for both."""
        title = self.titles.get(RecordRef(form, number))
        return {"form": form, "id": number, "label": label_of(self.ground, form, self.language), "title": title}


def _meter(ground: Ground, reading: Reading, actor: Actor, asked: AskedMeter) -> _Meter:
    catalog = ground.catalog
    if asked.form not in catalog.forms:
        raise UnknownForm(form=asked.form)
    reading.must_read(asked.form)
    lines, _, name = asked.field.rpartition(".")
    form = catalog.forms[asked.form]
    if (lines and lines not in form.line_fields) or bool(lines) is (asked.row is None):
        raise UnknownColumn(field=asked.field, slot="measure")
    field = reading.readable(f"{asked.form}.{lines}" if lines else asked.form, name, "measure").field
    if not isinstance(field.meter, HoldMeter):
        raise UnknownColumn(field=asked.field, slot="measure")
    hold = catalog.holds(asked.form)[field.meter.hold]
    role = catalog.account_call(hold.on, asked.form, hold.each).role
    is_money = hold.quantity is None or (hold.amount is not None and field.kind is FieldKind.MONEY)
    return _Meter(
        asked,
        lines or None,
        field,
        field.meter,
        role,
        "amount" if is_money else "quantity",
        opens(catalog, actor, role.account),
    )


def _queries(reading: Reading, actor: Actor, meter: _Meter) -> list[Select[Any]]:
    queries = [_found(reading, meter), _holds(meter), _steps(reading, actor, meter)]
    return [*queries, _ahead(reading, meter)] if meter.opens else queries


def _found(reading: Reading, meter: _Meter) -> Select[Any]:
    """Whether the record, and the row in it, is there for the actor."""
    form = meter.asked.form
    columns = Joins(reading.tables, form)
    record, owner = bindparam("asked_record", type_=BigInteger), bindparam("asked_owner", type_=BigInteger)
    conditions = [columns.root.c.id == record, permitted(reading.rights(form), columns)]
    if meter.lines is not None:
        row = reading.tables.of(f"{form}.{meter.lines}").alias()
        conditions.append(select(row.c.id).where(row.c.id == owner, row.c.parent == record).exists())
    return select(columns.root.c.id).select_from(columns.from_clause()).where(*conditions)


def _own(hold: FromClause) -> ColumnElement[bool]:
    """The holds of the asked name that the record or row placed."""
    owner = hold.c.owner == bindparam("asked_owner", type_=BigInteger)
    return and_(owner, hold.c.name == bindparam("asked_hold", type_=Text))


def _latest() -> Any:
    hold = HOLD.alias("latest")
    return select(hold.c.id).where(_own(hold)).order_by(*_latest_first(hold)).limit(1).scalar_subquery()


def _latest_first(hold: FromClause) -> list[ColumnElement[Any]]:
    """The order in which the first is shown: of what was taken back nothing is wanted."""
    nothing: ColumnElement[Any] = literal_column("0")
    return [or_(hold.c.wanted_quantity > nothing, hold.c.wanted_amount > nothing).desc(), hold.c.id.desc()]


def _measures(holder: FromClause, measure: str, names: Iterable[str]) -> list[ColumnElement[Any]]:
    """The measures of holds and their changes by the names of meters; amounts do not wait in line."""
    found: list[ColumnElement[Any]] = []
    for name in names:
        if name != "waiting":
            found.append(holder.c[f"{name}_{measure}"].label(name))
        elif measure == "quantity":
            found.append(holder.c.waiting.label(name))
        else:
            found.append(literal_column("0.00").label(name))
    return found


def _holds(meter: _Meter) -> Select[Any]:
    """Every hold that was placed, the latest first: the earlier ones were taken back or let go."""
    hold, account = HOLD.alias("hold"), ACCOUNT.alias("account")
    change, journal = HOLD_CHANGE.alias("change"), JOURNAL.alias("journal")
    placed = (
        select(func.min(journal.c.booked_on))
        .select_from(change.join(journal, journal.c.id == change.c.journal))
        .where(change.c.hold == hold.c.id, change.c.kind == literal_column("'place'"))
        .correlate(hold)
        .scalar_subquery()
    )
    return (
        select(
            hold.c.id,
            placed,
            hold.c.due,
            hold.c.sign,
            *_measures(hold, meter.measure, _MEASURES),
            *(account.c[name] for name in DIMENSIONS),
        )
        .select_from(hold.join(account, account.c.id == hold.c.account))
        .where(_own(hold))
        .order_by(*_latest_first(hold))
        .limit(MOST)
    )


def _steps(reading: Reading, actor: Actor, meter: _Meter) -> Select[Any]:
    """What journals did to the latest hold, in the order in which it happened, each row with the sums of all."""
    change, journal = HOLD_CHANGE.alias("change"), JOURNAL.alias("journal")
    wanted, settled, released, waiting = _measures(change, meter.measure, _STEPS)
    figures = {"wanted": wanted, "settled": settled, "released": released, "waiting": waiting}
    figures["open"] = change.c[f"wanted_{meter.measure}"] - change.c[f"settled_{meter.measure}"]
    figures["open"] -= change.c[f"released_{meter.measure}"]
    readable = readable_documents(reading, journal, "record", _telling(reading, actor, meter))
    every = (
        select(
            journal.c.id,
            journal.c.booked_on,
            journal.c.form,
            journal.c.record,
            change.c.kind,
            journal.c.reverses.is_not(None).label("is_reversal"),
            wanted,
            settled,
            released,
            waiting,
            figures[meter.shown.shows].label("figure"),
            change.c.position,
            readable.label("is_readable"),
        )
        .select_from(change.join(journal, journal.c.id == change.c.journal))
        .where(change.c.hold == _latest())
        .cte("every")
    )
    hidden = and_(~every.c.is_readable, every.c.figure != literal_column("0"))
    sums = select(
        func.count().label("all"),
        func.coalesce(func.sum(every.c.figure), literal_column("0")).label("figure"),
        func.count().filter(hidden).label("withheld"),
        func.coalesce(func.sum(every.c.figure).filter(hidden), literal_column("0")).label("withheld_figure"),
    ).subquery("sums")
    order = (every.c.id, every.c.position)
    shown = select(every).where(every.c.is_readable).order_by(*order).limit(MOST).subquery("shown")
    cells = [column for column in shown.c if column.name not in ("position", "is_readable")]
    query = select(*cells, *sums.c).select_from(sums.outerjoin(shown, literal(True)))
    return query.order_by(shown.c.id, shown.c.position)


def _telling(reading: Reading, actor: Actor, meter: _Meter) -> list[str]:
    """The forms whose documents may be told one by one: of those with hidden money, no amounts but our own."""
    catalog, own = reading.catalog, meter.asked.form
    if meter.measure == "quantity" or actor.id == SYSTEM.id:
        return list(catalog.forms)
    role = meter.role.account
    return [form for form in catalog.forms if form == own or Discretion(catalog, actor, form).tells_amounts(role)]


def _ahead(reading: Reading, meter: _Meter) -> Select[Any]:
    """Who stands before the latest hold in the line of its account: by priority, due day, age."""
    hold, own = HOLD.alias("hold"), HOLD.alias("own")
    readable = readable_documents(reading, hold, "document")
    every = (
        select(
            hold.c.id, hold.c.form, hold.c.document, hold.c.due, hold.c.priority, hold.c.waiting,
            readable.label("is_readable"),
        )
        .select_from(own.join(hold, hold.c.account == own.c.account))
        .where(
            own.c.id == _latest(),
            own.c.is_waiting,
            hold.c.is_waiting,
            tuple_(*_turn(hold)) < tuple_(*_turn(own)),
            hold.c.account.in_(accounts_of(reading, meter.role, ())),
        )
        .cte("every")
    )  # fmt: skip
    hidden = ~every.c.is_readable
    sums = select(
        func.count().label("all"),
        func.coalesce(func.sum(every.c.waiting), literal_column("0")).label("waiting_ahead"),
        func.count().filter(hidden).label("withheld"),
        func.coalesce(func.sum(every.c.waiting).filter(hidden), literal_column("0")).label("withheld_waiting"),
    ).subquery("sums")
    shown = select(every).where(every.c.is_readable).order_by(*_turn(every)).limit(MOST).subquery("shown")
    cells = [column for column in shown.c if column.name != "is_readable"]
    return select(*cells, *sums.c).select_from(sums.outerjoin(shown, true())).order_by(*_turn(shown))


def _turn(hold: FromClause) -> list[ColumnElement[Any]]:
    """The place in the line; without a due day one comes after all others."""
    return [hold.c.priority, func.coalesce(hold.c.due, literal_column("'infinity'::date")), hold.c.id]


def _titles(
    transaction: Transaction, ground: Ground, actor: Actor, now: datetime, found: Iterable[Rows]
) -> Mapping[RecordRef, str | None]:
    steps, *line = found
    records = {RecordRef(row[2], row[3]) for row in steps if row[0] is not None}
    records |= {RecordRef(row[1], row[2]) for rows in line for row in rows if row[0] is not None}
    return ground.reader(actor, now).titles(transaction, records, binned=True)


def _summed(row: tuple[Any, ...]) -> Told:
    count, figure, withheld_count, withheld = row[-4:]
    told = {"count": withheld_count, "figure": withheld} if withheld_count else None
    return {"count": count, "figure": figure, "withheld": told}


def _step(row: tuple[Any, ...], names: _Names) -> Told:
    journal, on, form, record, kind, is_reversal, wanted, settled, released, waiting, figure, *_ = row
    return {
        "journal": journal, "on": on, **names.of(form, record), "kind": kind, "is_reversal": is_reversal,
        "wanted": wanted, "settled": settled, "released": released, "waiting": waiting, "figure": figure,
    }  # fmt: skip


def _hold(row: tuple[Any, ...], *, is_shown: bool) -> Told:
    hold, placed_on, due, sign, *figures = row
    measures = dict(zip(_MEASURES, figures, strict=False))
    return {
        "hold": hold, "placed_on": placed_on, "due": due, "takes": sign < 0, **measures, "is_shown": is_shown,
    }  # fmt: skip


def _line(rows: Rows, names: _Names) -> Told:
    count, waiting, withheld_count, withheld = rows[0][-4:]
    return {
        "count": count,
        "waiting": waiting,
        "ahead": [
            {"hold": hold, **names.of(form, document), "due": due, "priority": priority, "waiting": waits}
            for hold, form, document, due, priority, waits, *_ in rows
            if hold is not None
        ],
        "withheld": {"count": withheld_count, "waiting": withheld} if withheld_count else None,
    }


def _account(meter: _Meter, hold: tuple[Any, ...]) -> Told:
    """The account that the hold stands on, to be opened in its turn."""
    values = dict(zip(DIMENSIONS, hold[-len(DIMENSIONS) :], strict=True))
    at = {str(name): values[name] for name in meter.role.dimensions if values[name]}
    return {"account": meter.role.account, "at": at}
