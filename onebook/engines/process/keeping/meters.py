"""Meters: fields that show holds and balances, written by the transaction that moves them, and formulas over them.

Everything is set-based; the SQL of a form is made once per catalog.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, bindparam, select, update

from onebook.definition.catalog import Catalog
from onebook.definition.declarations import Meter
from onebook.definition.field import AccountMeter, HoldMeter
from onebook.engines.process.composing.transitions import keys_of
from onebook.engines.table.columns import type_of
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.names import table_name, target_of
from onebook.engines.table.tables import Tables
from onebook.expression.sql import lower
from onebook.ledger.hold import Hold
from onebook.ledger.posting import Posting
from onebook.storage.transaction import Statement
from onebook.values.decimals import ZERO

_IDS: Final = bindparam("ids", type_=ARRAY(BigInteger))


@dataclass(frozen=True, slots=True)
class HoldState:
    """How far a hold has come: whose it is, and its absolute measures by the names that meters use."""

    form: str
    document: int
    line: int
    name: str
    quantities: Mapping[str, Decimal]
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a posting moved that meters may show."""

    holds: Sequence[HoldState] = ()
    #: Roles with the documents whose accounts changed.
    accounts: frozenset[tuple[str, int]] = frozenset()


def moved_by(posting: Posting) -> Moved:
    """What a posting moved: its holds, and its accounts of single documents."""
    return Moved(
        holds=tuple(map(_state_of, posting.holds)),
        accounts=frozenset(
            (change.key.role, change.key.document)
            for change in posting.accounts
            if change.posted and change.key.document
        ),
    )


def _state_of(hold: Hold) -> HoldState:
    quantities = {
        "wanted": hold.wanted_quantity,
        "settled": hold.settled_quantity,
        "released": hold.released_quantity,
        "waiting": hold.waiting,
        "open": hold.open_quantity,
    }
    amounts = {
        "wanted": hold.wanted_amount,
        "settled": hold.settled_amount,
        "released": hold.released_amount,
        "waiting": ZERO,
        "open": hold.open_amount,
    }
    return HoldState(hold.form, hold.document, hold.line, hold.name, quantities, amounts)


@dataclass(frozen=True, slots=True)
class _FormSql:
    """The statements of one form: they take the ids of its records."""

    lock: str
    touch: str
    #: Formulas that read meters, in the order in which they depend on each other.
    formulas: tuple[CompiledText, ...]
    touches: bool


@dataclass(slots=True)
class Meters:
    """The meters of a catalog's forms."""

    catalog: Catalog
    tables: Tables
    _sql: dict[str, _FormSql] = field(default_factory=dict)

    def statements(self, moved: Moved, own: Mapping[str, frozenset[int]]) -> list[Statement]:
        """What brings every meter and every formula over meters up to date.

        Args:
            moved: what the posting moved.
            own: records by form that this transaction has locked and written already; the others are locked first, in
                the order of form and id, so that two postings never wait for each other in a circle.
        """
        updates: list[Statement] = []
        records: defaultdict[str, set[int]] = defaultdict(set)
        for meters, holds in self._by_meter(moved.holds):
            updates.append(_hold_update(meters, holds, self._shows_quantity(meters[0])))
            records[meters[0].form].update(hold.document for hold in holds)
        for role, documents in _by_role(moved.accounts).items():
            for form, meters in self._of_account(role).items():
                updates.append(_account_update(role, form, meters, documents))
                records[form] |= documents
        if not updates:
            return []
        forms = sorted(records)
        locks = [self._lock(form, records[form] - own.get(form, frozenset())) for form in forms]
        formulas = [statement for form in forms for statement in self._formulas(form, records[form])]
        return [lock for lock in locks if lock] + updates + formulas

    def refresh(self, form: str, ids: Iterable[int]) -> list[Statement]:
        """Everything that meters of these records show, taken from the book anew, whatever stands in the fields."""
        chosen = sorted(ids)
        statements: list[Statement] = []
        for meter in self.catalog.meters(form):
            if isinstance(meter.meter, AccountMeter):
                statements.append(_account_update(meter.meter.account, form, [meter], frozenset(chosen)))
            else:
                statements.append(_hold_refresh(meter, meter.meter, chosen, self._shows_quantity(meter)))
        return statements + self._formulas(form, set(chosen))

    def _by_meter(self, holds: Iterable[HoldState]) -> Iterator[tuple[Sequence[Meter], list[HoldState]]]:
        """Holds with the fields that show them, a table at a time."""
        grouped: defaultdict[tuple[str, str, bool], list[HoldState]] = defaultdict(list)
        for hold in holds:
            grouped[hold.form, hold.name, hold.line != 0].append(hold)
        for (form, name, is_row), members in sorted(grouped.items(), key=lambda group: group[0]):
            if form not in self.catalog.forms:
                continue
            by_target: defaultdict[str, list[Meter]] = defaultdict(list)
            for meter in self.catalog.hold_meters(form, name):
                if (meter.lines is not None) is is_row:
                    by_target[meter.target].append(meter)
            for meters in by_target.values():
                yield meters, members

    def _of_account(self, role: str) -> Mapping[str, list[Meter]]:
        by_form: defaultdict[str, list[Meter]] = defaultdict(list)
        for meter in self.catalog.account_meters(role):
            if meter.lines is None:
                by_form[meter.form].append(meter)
        return by_form

    def _shows_quantity(self, meter: Meter) -> bool:
        assert isinstance(meter.meter, HoldMeter)
        return self.catalog.holds(meter.form)[meter.meter.hold].quantity is not None

    def _lock(self, form: str, ids: set[int]) -> Statement | None:
        if not ids:
            return None
        sql = self._of(form)
        # A record that no later statement writes is touched, so that whoever read it before notices the change.
        return Statement(sql.lock if sql.touches else sql.touch, {"ids": sorted(ids)})

    def _formulas(self, form: str, ids: set[int]) -> list[Statement]:
        return [sql.bound({"ids": sorted(ids)}) for sql in self._of(form).formulas]

    def _of(self, form: str) -> _FormSql:
        if form not in self._sql:
            self._sql[form] = _form_sql(self.catalog, self.tables, form)
        return self._sql[form]


def _form_sql(catalog: Catalog, tables: Tables, form: str) -> _FormSql:
    table = f'"{table_name(form)}"'
    lock = f"SELECT id FROM {table} WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE"
    stages = list(_stages(catalog, form))
    return _FormSql(
        lock=lock,
        touch=f"UPDATE {table} SET version = version WHERE id IN ({lock})",
        formulas=tuple(_formula_update(catalog, tables, form, lines, names) for lines, names in stages),
        touches=any(lines is None for lines, _ in stages) or any(meter.lines is None for meter in catalog.meters(form)),
    )


#: A field of a form: the lines it stands in (None: the record itself), and its name.
_Place = tuple[str | None, str]


def _stages(catalog: Catalog, form: str) -> Iterator[tuple[str | None, list[str]]]:
    """The formulas that read meters, directly or through others: those of one table that can be written at once."""
    formulas = dict(_formula_reads(catalog, form))
    stale: set[_Place] = {(meter.lines, meter.field) for meter in catalog.meters(form)}
    while True:
        reached = {place for place, reads in formulas.items() if place not in stale and reads & stale}
        if not reached:
            break
        stale |= reached
    order = TopologicalSorter({place: formulas[place] & stale for place in stale if place in formulas})
    order.prepare()
    while order.is_active():
        ready = order.get_ready()
        by_lines: defaultdict[str | None, list[str]] = defaultdict(list)
        for lines, name in ready:
            if (lines, name) in formulas:
                by_lines[lines].append(name)
        for lines in sorted(by_lines, key=lambda lines: (lines is None, lines or "")):
            yield lines, sorted(by_lines[lines])
        order.done(*ready)


def _formula_reads(catalog: Catalog, form: str) -> Iterator[tuple[_Place, set[_Place]]]:
    """Every formula field with the fields of the same record that it reads."""
    lines_of = catalog.forms[form].line_fields
    for lines in (None, *lines_of):
        for name, declared in catalog.fields(form, lines).items():
            if declared.formula is not None:
                keys = keys_of(catalog.formula(declared.formula, form, lines).paths, lines)
                yield (lines, name), {_place(key, lines_of) for key in keys}


def _place(key: str, lines_of: Mapping[str, object]) -> _Place:
    first, _, rest = key.partition(".")
    return (first, rest.partition(".")[0]) if first in lines_of else (None, first)


def _formula_update(
    catalog: Catalog, tables: Tables, form: str, lines: str | None, names: Sequence[str]
) -> CompiledText:
    target = target_of(form, lines)
    joins = Joins(tables, target)
    fields = catalog.fields(form, lines)
    values: dict[str, Any] = {}
    for name in names:
        text = fields[name].formula
        assert text is not None
        values[name] = lower(catalog.formula(text, form, lines), joins).cast(type_of(fields[name])).label(name)
    table = tables.of(target)
    holder = joins.root.c.parent if lines else joins.root.c.id
    fresh = (
        select(joins.root.c.id.label("id"), *values.values())
        .select_from(joins.from_clause())
        .where(holder == _IDS.any_())
        .subquery("fresh")
    )
    written = update(table).values({name: fresh.c[name] for name in names}).where(table.c.id == fresh.c.id)
    if lines:
        written = written.where(table.c.parent == _IDS.any_())
    return compiled(written)


def _hold_update(meters: Sequence[Meter], holds: Sequence[HoldState], is_quantity: bool) -> Statement:
    columns = ", ".join(f'"{meter.field}" = known.{meter.meter.shows}' for meter in meters)
    shown = sorted({str(meter.meter.shows) for meter in meters})
    parameters: dict[str, object] = {"ids": [hold.line or hold.document for hold in holds]}
    for name in shown:
        parameters[name] = [(hold.quantities if is_quantity else hold.amounts)[name] for hold in holds]
    arrays = ", ".join(f"%({name})s::numeric[]" for name in shown)
    table = table_name(meters[0].target)
    return Statement(
        f'UPDATE "{table}" SET {columns}'
        f" FROM unnest(%(ids)s::bigint[], {arrays}) AS known (id, {', '.join(shown)})"
        f' WHERE "{table}".id = known.id',
        parameters,
    )


def _hold_refresh(meter: Meter, shown: HoldMeter, ids: Sequence[int], is_quantity: bool) -> Statement:
    """The latest hold of that name is the one that the field shows; without any it shows nothing."""
    measure = "quantity" if is_quantity else "amount"
    column = "waiting" if shown.shows == "waiting" else f"{shown.shows}_{measure}"
    table, holder = table_name(meter.target), "parent" if meter.lines else "id"
    return Statement(
        f'UPDATE "{table}" SET "{meter.field}" = coalesce((SELECT {column} FROM ledger_hold'
        f' WHERE owner = "{table}".id AND name = %(hold)s ORDER BY ledger_hold.id DESC LIMIT 1), 0)'
        f' WHERE "{table}".{holder} = ANY(%(ids)s::bigint[])',
        {"hold": shown.hold, "ids": list(ids)},
    )


def _account_update(role: str, form: str, meters: Sequence[Meter], documents: frozenset[int]) -> Statement:
    table = table_name(form)
    columns = ", ".join(f'"{meter.field}" = known.{meter.meter.shows}' for meter in meters)
    return Statement(
        f'UPDATE "{table}" SET {columns} FROM (SELECT asked.id, coalesce(sum(own_quantity), 0) AS quantity,'
        " coalesce(sum(own_amount), 0) AS amount FROM unnest(%(ids)s::bigint[]) AS asked (id)"
        " LEFT JOIN ledger_account ON document = asked.id AND role = %(role)s GROUP BY asked.id) AS known"
        f' WHERE "{table}".id = known.id',
        {"role": role, "ids": sorted(documents)},
    )


def _by_role(accounts: Iterable[tuple[str, int]]) -> Mapping[str, frozenset[int]]:
    documents: defaultdict[str, set[int]] = defaultdict(set)
    for role, document in accounts:
        documents[role].add(document)
    return {role: frozenset(found) for role, found in sorted(documents.items())}
