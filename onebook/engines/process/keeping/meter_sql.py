"""Meters as SQL: per table one statement that writes its meters and the formulas over them, however many they are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    update,
)

from onebook.definition.catalog import Catalog
from onebook.definition.declarations import Meter
from onebook.engines.process.composing.transitions import keys_of
from onebook.engines.table.columns import type_of
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.names import table_name, target_of
from onebook.engines.table.tables import Tables
from onebook.engines.table.walk import link_target
from onebook.expression.sql import lower

_IDS: Final = bindparam("ids", type_=ARRAY(BigInteger))
#: Keeps the server from putting a stage into the next one, where it would be computed once for each reader.
_APART: Final[ColumnElement[Any]] = literal_column("0")
_ACCOUNT: Final = table("ledger_account", *map(column, ("role", "document", "own_quantity", "own_amount")))
_NUMBERS: Final = ARRAY(Numeric)

#: A field of a form: the lines it stands in (None: the record itself), and its name.
_Place = tuple[str | None, str]
#: Formulas of one table that can be written at once: the lines (None: the record itself), and stage by stage the names.
_Run = tuple[str | None, list[list[str]]]


@dataclass(frozen=True, slots=True)
class FormSql:
    """The statements of one form: they take the ids of its records.

    `is_written`: some statement writes to the record itself whatever moved. `looks_out`: a formula reads meters of
    other records."""

    lock: str
    touch: str
    is_written: bool
    looks_out: bool
    _catalog: Catalog
    _tables: Tables
    _form: str
    _runs: Sequence[_Run]
    _texts: dict[object, Sequence[CompiledText]] = field(default_factory=dict)

    def meters(self, holds: Sequence[Meter], roles: Sequence[str]) -> Sequence[CompiledText]:
        """What writes the record's own meters of these holds and roles, and no formula. Parameters: `ids`; for each
        hold meter `hold_0` with `values_0`, its records and values; for each role `role_0` with `documents_0`."""
        if not holds and not roles:
            return ()
        return self._kept(("meters", tuple(holds), tuple(roles)), lambda: [self._record(holds, roles, [])])

    def formulas(self, holds: Sequence[Meter] = (), roles: Sequence[str] = ()) -> Sequence[CompiledText]:
        """The same with all formulas over meters, those of its rows too, in the order in which they depend on each
        other."""
        return self._kept(("formulas", tuple(holds), tuple(roles)), lambda: self._all(holds, roles))

    def _kept(self, key: object, build: Any) -> Sequence[CompiledText]:
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = tuple(build())
        return found

    def _all(self, holds: Sequence[Meter], roles: Sequence[str]) -> Iterator[CompiledText]:
        has_meters = bool(holds or roles)
        if has_meters and (not self._runs or self._runs[0][0] is not None):
            yield self._record(holds, roles, [])
            has_meters = False
        for lines, stages in self._runs:
            if lines is not None:
                yield self._rows(lines, stages[0])
            else:
                yield self._record(holds, roles, stages) if has_meters else self._record((), (), stages)
                has_meters = False

    def _record(self, holds: Sequence[Meter], roles: Sequence[str], stages: Sequence[Sequence[str]]) -> CompiledText:
        """Each stage reads what the one before it brings, so that the record is written once."""
        own = self._tables.form(self._form)
        root: FromClause = own.alias()
        shown = [meter.field for meter in holds]
        if holds or roles:
            query, fed = self._metered(root, holds, roles)
            shown += fed
            root = query.offset(_APART).subquery()
        for names in stages:
            joins = Joins(self._tables, self._form, alias=root)
            values = self._values(names, None, joins)
            kept = [one for name, one in root.c.items() if name not in values]
            query = select(*kept, *(value.label(name) for name, value in values.items()))
            query = query.select_from(joins.from_clause())
            if not shown:
                query = query.where(root.c.id == _IDS.any_())
            root = query.offset(_APART).subquery()
            shown += names
        written = update(own).values({name: root.c[name] for name in shown})
        return compiled(written.where(own.c.id == root.c.id, own.c.id == _IDS.any_()))

    def _metered(self, root: FromClause, holds: Sequence[Meter], roles: Sequence[str]) -> tuple[Select[Any], list[str]]:
        """The record with its meters as they are now, and the fields that show accounts."""
        fields = self._catalog.fields(self._form, None)
        source = root
        values: dict[str, ColumnElement[Any]] = {}
        for place, meter in enumerate(holds):
            arrays = bindparam(f"hold_{place}", type_=ARRAY(BigInteger)), bindparam(f"values_{place}", type_=_NUMBERS)
            known = func.unnest(*arrays).table_valued(column("id", BigInteger), column("value", Numeric))
            known = known.render_derived(name=f"known_{place}")
            source = source.outerjoin(known, known.c.id == root.c.id)
            values[meter.field] = func.coalesce(known.c.value, root.c[meter.field])
        fed = []
        for place, role in enumerate(roles):
            documents = bindparam(f"documents_{place}", type_=ARRAY(BigInteger))
            for meter in self._catalog.account_meters(role):
                if meter.form != self._form or meter.lines is not None:
                    continue
                balance = select(func.coalesce(func.sum(_ACCOUNT.c[f"own_{meter.meter.shows}"]), 0))
                own = and_(_ACCOUNT.c.document == root.c.id, _ACCOUNT.c.role == bindparam(f"role_{place}"))
                now = balance.where(own).correlate_except(_ACCOUNT).scalar_subquery()
                values[meter.field] = case((root.c.id == documents.any_(), now), else_=root.c[meter.field])
                fed.append(meter.field)
        kept = [one for name, one in root.c.items() if name not in values]
        metered = [cast(value, type_of(fields[name])).label(name) for name, value in values.items()]
        return select(*kept, *metered).select_from(source).where(root.c.id == _IDS.any_()), fed

    def _rows(self, lines: str, names: Sequence[str]) -> CompiledText:
        target = target_of(self._form, lines)
        joins = Joins(self._tables, target)
        values = self._values(names, lines, joins)
        fresh = (
            select(joins.root.c.id.label("id"), *(value.label(name) for name, value in values.items()))
            .select_from(joins.from_clause())
            .where(joins.root.c.parent == _IDS.any_())
            .subquery("fresh")
        )
        own = self._tables.of(target)
        written = update(own).values({name: fresh.c[name] for name in names}).where(own.c.id == fresh.c.id)
        return compiled(written.where(own.c.parent == _IDS.any_()))

    def _values(self, names: Sequence[str], lines: str | None, joins: Joins) -> dict[str, ColumnElement[Any]]:
        fields = self._catalog.fields(self._form, lines)
        values: dict[str, ColumnElement[Any]] = {}
        for name in names:
            text = fields[name].formula
            assert text is not None
            formula = self._catalog.formula(text, self._form, lines)
            values[name] = lower(formula, joins).cast(type_of(fields[name]))
        return values


def form_sql(catalog: Catalog, tables: Tables, form: str) -> FormSql:
    """The statements of a form."""
    own = f'"{table_name(form)}"'
    # Weaker than FOR UPDATE, so that nobody who holds these waits for somebody whose new record points here.
    lock = f"SELECT id FROM {own} WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
    formulas = dict(_formula_reads(catalog, form))
    stages = list(_stages(catalog, form, {place: reads for place, (reads, _) in formulas.items()}))
    stale = {(lines, name) for lines, names in stages for name in names}
    return FormSql(
        lock=lock,
        touch=f"UPDATE {own} SET version = version WHERE id IN ({lock})",
        is_written=any(lines is None for lines, _ in stages)
        or any(meter.lines is None for meter in catalog.meters(form)),
        looks_out=any(_looks_out(catalog, tables, form, formulas[place][1]) for place in stale),
        _catalog=catalog,
        _tables=tables,
        _form=form,
        _runs=_runs(stages),
    )


def rows_sql(target: str, meters: Sequence[Meter]) -> str:
    """What writes meters of rows. Parameters: `ids`, and `values_0` and so on: for each meter the values in the order
    of the ids, blank where there is nothing to write."""
    own = f'"{table_name(target)}"'
    names = [f"value_{place}" for place in range(len(meters))]
    columns = ", ".join(
        f'"{meter.field}" = coalesce(known.{name}, {own}."{meter.field}")'
        for meter, name in zip(meters, names, strict=True)
    )
    arrays = ", ".join(f"%(values_{place})s::numeric[]" for place in range(len(meters)))
    # The ids stand there twice, so that rows are reached by them whatever the server believes about the table.
    return (
        f"UPDATE {own} SET {columns} FROM unnest(%(ids)s::bigint[], {arrays}) AS known (id, {', '.join(names)})"
        f" WHERE {own}.id = known.id AND {own}.id = ANY(%(ids)s::bigint[])"
    )


def _stages(
    catalog: Catalog, form: str, formulas: Mapping[_Place, set[_Place]]
) -> Iterator[tuple[str | None, list[str]]]:
    """The formulas that read meters, directly or through others: those of one table that can be written at once."""
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


def _runs(stages: Sequence[tuple[str | None, list[str]]]) -> list[_Run]:
    """Stages of the record itself that follow each other are one run."""
    runs: list[_Run] = []
    for lines, names in stages:
        if lines is None and runs and runs[-1][0] is None:
            runs[-1][1].append(names)
        else:
            runs.append((lines, [names]))
    return runs


def _formula_reads(catalog: Catalog, form: str) -> Iterator[tuple[_Place, tuple[set[_Place], frozenset[str]]]]:
    """Every formula field with the fields of the same record that it reads, and its keys."""
    lines_of = catalog.forms[form].line_fields
    for lines in (None, *lines_of):
        for name, declared in catalog.fields(form, lines).items():
            if declared.formula is not None:
                keys = frozenset(keys_of(catalog.formula(declared.formula, form, lines).paths, lines))
                yield (lines, name), ({_place(key, lines_of) for key in keys}, keys)


def _place(key: str, lines_of: Mapping[str, object]) -> _Place:
    first, _, rest = key.partition(".")
    return (first, rest.partition(".")[0]) if first in lines_of else (None, first)


def _looks_out(catalog: Catalog, tables: Tables, form: str, keys: frozenset[str]) -> bool:
    """Whether a formula reads through links into a form that has meters."""
    lines_of = catalog.forms[form].line_fields
    for key in keys:
        *path, _ = key.split(".")
        target = form
        for name in path:
            found = target_of(form, name) if target == form and name in lines_of else link_target(tables, target, name)
            if found is None:
                break
            target = found
            holder = target.partition(".")[0]
            if holder != form and catalog.meters(holder):
                return True
    return False
