"""Reports over records: grouped by rows of the form, with totals of formulas."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from onebook.definition.check.reports import parameters_of
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.report.reading import GuardedColumns, Reading
from onebook.engines.report.refusals import HiddenField
from onebook.engines.report.row_key import RowKey, row_key, split
from onebook.engines.report.shape import Grouped, Presented, heading_for
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted, permitted_rows
from onebook.expression.check import check
from onebook.expression.sql import lower, lower_condition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that a report counts: where they stand, their keys and columns, and which of them."""

    joins: Joins
    guarded: GuardedColumns
    keys: tuple[RowKey, ...]
    columns: tuple[Presented, ...]
    conditions: tuple[ColumnElement[bool], ...]
    #: The report's own condition; its parameters are named in it.
    filter: Expression | None


def chosen_records(reading: Reading, report: Report, only: tuple[str, ...], hidden: frozenset[str]) -> Chosen:
    """The rows of a records report, of those that the reader may see."""
    target = report.of
    rights = reading.must_read(target)
    joins = Joins(reading.tables, target)
    guarded = GuardedColumns(joins, reading)
    keys = tuple(_key(reading, target, text) for text in report.rows)
    columns = tuple(_open_columns(reading, report, hidden))
    conditions: list[ColumnElement[bool]] = [
        permitted_rows(rights, joins) if "." in target else permitted(rights, joins)
    ]
    expression = None
    if report.filter is not None:
        expression = _checked(reading, report, report.filter, "filter", Kind.FLAG)
        conditions.append(lower_condition(expression, guarded))
    conditions += [guarded.column(key) == bindparam(f"only_{key}") for key in only]
    return Chosen(joins, guarded, keys, columns, tuple(conditions), expression)


def grouped_records(reading: Reading, report: Report, only: tuple[str, ...], hidden: frozenset[str]) -> Grouped:
    """The groups of a records report; without rows, one row per record."""
    chosen = chosen_records(reading, report, only, hidden)
    keys, columns, guarded = chosen.keys, chosen.columns, chosen.guarded
    counted = [column for column in columns if column.is_total or not keys]
    values: list[ColumnElement[Any]] = [
        key.grouped(guarded.column(key.key)).label(f"key_{n}") for n, key in enumerate(keys)
    ]
    for n, column in enumerate(counted):
        assert column.expression is not None
        values.append(lower(column.expression, guarded).label(f"figure_{n}"))
    inner = select(*values).select_from(chosen.joins.from_clause()).where(*chosen.conditions)
    if keys:
        base = inner.subquery("records")
        own = [base.c[f"key_{n}"] for n in range(len(keys))]
        sums = [func.sum(base.c[f"figure_{n}"]).label(f"figure_{n}") for n in range(len(counted))]
        inner = select(*own, *sums).group_by(*own)
    names = {column.key: f"figure_{n}" for n, column in enumerate(counted)}
    shown = tuple(
        Presented(column.key, column.heading, None if column in counted else column.expression, column.is_total)
        for column in columns
    )
    return Grouped(inner, keys, names, shown)


def _key(reading: Reading, target: str, text: str) -> RowKey:
    key, _ = split(text)
    # Names of the record are known in its rows too.
    own = reading.tables.of(target).c
    if "." in target and key.partition(".")[0] not in own:
        readable = reading.readable(target.partition(".")[0], key, "group")
        return row_key(text.replace(key, f"parent.{key}", 1), readable.field, readable.label)
    readable = reading.readable(target, key, "group")
    return row_key(text, readable.field, readable.label)


def _open_columns(reading: Reading, report: Report, hidden: frozenset[str]) -> Iterator[Presented]:
    """The columns that are not hidden, and read nothing that is."""
    for name in report.columns:
        if name not in hidden:
            with suppress(HiddenField):
                yield _column(reading, report, name)


def _column(reading: Reading, report: Report, name: str) -> Presented:
    column = report.columns[name]
    expression = _checked(reading, report, column.shows, "measure", None)
    kinds: dict[str, FieldKind] = {}
    for path in expression.paths:
        at, key = report.of, path
        while key.startswith("^."):
            at, key = at.partition(".")[0], key[2:]
        if "." not in key:
            kinds[path] = reading.readable(at, key, "measure").field.kind
    return Presented(name, heading_for(name, column, expression, kinds), expression, column.total)


def _checked(reading: Reading, report: Report, text: str, slot: Any, expected: Kind | None) -> Expression:
    form, _, lines = report.of.partition(".")
    scope = reading.catalog.scope(form, lines or None)
    expression = check(text, scope, expected, parameters=parameters_of(report, scope))
    reading.may_read_all(report.of, expression, slot)
    return expression
