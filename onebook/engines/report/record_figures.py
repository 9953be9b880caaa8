"""Reports over records: grouped by rows of the form, with totals of formulas."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, bindparam, func, select

from onebook.definition.check.reports import column_scope, groups_scope, parameters_of
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.report import Report
from onebook.engines.report.ledger_tables import ACCOUNT, ENTRY, JOURNAL
from onebook.engines.report.reading import GuardedColumns, Reading
from onebook.engines.report.refusals import HiddenField
from onebook.engines.report.row_key import RowKey, row_key, split
from onebook.engines.report.shape import Grouped, Presented, heading_for
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted, permitted_rows
from onebook.expression.check import check
from onebook.expression.scope import Scope
from onebook.expression.sql import Columns, lower, lower_condition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind

_ENDS: Final[Mapping[str, Any]] = {"min": func.min, "max": func.max}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that a report counts: where they stand, their keys and columns, and which of them."""

    joins: Joins
    guarded: Columns
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
    guarded: Columns = GuardedColumns(joins, reading)
    if report.posted:
        guarded = PostedColumns(guarded, joins.root, target, report.posted)
    keys = tuple(_key(reading, target, text) for text in report.rows)
    columns = tuple(_open_columns(reading, report, hidden))
    conditions: list[ColumnElement[bool]] = [
        permitted_rows(rights, joins) if "." in target else permitted(rights, joins)
    ]
    expression = None
    if report.filter is not None:
        expression = _checked(reading, report, report.filter, _scope(reading, report), "filter", Kind.FLAG)
        conditions.append(lower_condition(expression, guarded))
    # Named like a row key, so found like one: names of the record are known in its rows too.
    narrowing = {name: _key(reading, target, name).key for name in only}
    conditions += [guarded.column(key) == bindparam(f"only_{name}") for name, key in narrowing.items()]
    return Chosen(joins, guarded, keys, columns, tuple(conditions), expression)


def grouped_records(reading: Reading, report: Report, only: tuple[str, ...], hidden: frozenset[str]) -> Grouped:
    """The groups of a records report; without rows, one row per record."""
    chosen = chosen_records(reading, report, only, hidden)
    keys, columns, guarded = chosen.keys, chosen.columns, chosen.guarded
    counted = [column for column in columns if report.columns[column.key].total or not keys]
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
        ends = [_ENDS.get(str(report.columns[column.key].total), func.sum) for column in counted]
        sums = [end(base.c[f"figure_{n}"]).label(f"figure_{n}") for n, end in enumerate(ends)]
        inner = select(*own, *sums).group_by(*own)
    names = {column.key: f"figure_{n}" for n, column in enumerate(counted)}
    shown = tuple(replace(column, expression=None if column in counted else column.expression) for column in columns)
    return Grouped(inner, keys, names, shown, _kept(reading, report, columns))


def _kept(reading: Reading, report: Report, columns: Sequence[Presented]) -> Expression | None:
    """Which groups are shown. A condition over a total that is hidden refuses the report, as one over a field does."""
    scope = groups_scope(reading.catalog, report) if report.keeps is not None else None
    if report.keeps is None or scope is None:
        return None
    source = _scope(reading, report)
    expression = check(report.keeps, scope, Kind.FLAG, parameters=parameters_of(report, source))
    seen = {column.key for column in columns}
    for path in expression.paths:
        if path in report.columns and path not in seen:
            raise HiddenField(field=report.columns[path].label, slot="filter")
    return expression


def _key(reading: Reading, target: str, text: str) -> RowKey:
    key, _ = split(text)
    if key == "id":
        # The row itself, called as its record is.
        label = reading.form(target).label
        return row_key(text, FieldDeclaration(kind=FieldKind.LINK, label=label, to=target), label)
    # Names of the record are known in its rows too.
    own = reading.tables.of(target).c
    if "." in target and key.partition(".")[0] not in own:
        readable = reading.readable(target.partition(".")[0], key, "group")
        return row_key(text.replace(key, f"parent.{key}", 1), readable.field, readable.label)
    readable = reading.readable(target, key, "group")
    return row_key(text, readable.field, readable.label)


def _open_columns(reading: Reading, report: Report, hidden: frozenset[str]) -> Iterator[Presented]:
    """The columns that are not hidden, and read nothing that is."""
    before: dict[str, Presented] = {}
    for name in report.columns:
        if name not in hidden:
            with suppress(HiddenField):
                before[name] = _column(reading, report, name, before)
                yield before[name]


def _column(reading: Reading, report: Report, name: str, before: Mapping[str, Presented]) -> Presented:
    column = report.columns[name]
    scope = column_scope(reading.catalog, report, name)
    assert scope is not None, "a published report has a source"
    own = frozenset(report.posted) if column.total or not report.rows else _columns_before(report, name)
    expression = _checked(reading, report, column.shows, scope, "measure", None, own)
    kinds: dict[str, FieldKind] = {}
    for path in expression.paths:
        at, key = report.of, path
        while key.startswith("^."):
            at, key = at.partition(".")[0], key[2:]
        if path in own:
            if path in report.columns and path not in before:
                raise HiddenField(field=report.columns[path].label, slot="measure")
            kinds[path] = before[path].heading.kind if path in before else FieldKind.MONEY
        elif "." not in key and key not in reading.form(at).line_fields:
            kinds[path] = reading.readable(at, key, "measure").field.kind
    heading = heading_for(name, column, expression, kinds)
    return Presented(name, heading, expression, column.is_sum, column.parts)


def _columns_before(report: Report, name: str) -> frozenset[str]:
    names = tuple(report.columns)
    return frozenset(names[: names.index(name)]) - set(report.rows)


def _scope(reading: Reading, report: Report) -> Scope:
    form, _, lines = report.of.partition(".")
    return reading.catalog.scope(form, lines or None)


def _checked(
    reading: Reading, report: Report, text: str, scope: Scope, slot: Any, expected: Kind | None,
    own: frozenset[str] = frozenset(),
) -> Expression:  # fmt: skip
    expression = check(text, scope, expected, parameters=parameters_of(report, _scope(reading, report)))
    for path in sorted(expression.paths - own):
        reading.may_read_path(report.of, path, slot)
    return expression


class PostedColumns:
    """Columns of records, and what a record or row posted to roles: its entries and those that took them back."""

    def __init__(self, columns: Columns, root: FromClause, target: str, roles: Mapping[str, str]) -> None:
        """The columns of a target, whose table is `root`, and the roles by the names that formulas call them."""
        self._columns = columns
        self._root = root
        self._form, _, self._lines = target.partition(".")
        self._roles = roles

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """A column of the record, or the amount that it posted to a role."""
        if up or key not in self._roles:
            return self._columns.column(key, up)
        journal, entry, account = JOURNAL.alias(), ENTRY.alias(), ACCOUNT.alias()
        amount = select(func.coalesce(func.sum(entry.c.amount), 0)).select_from(
            journal.join(entry, entry.c.journal == journal.c.id).join(account, account.c.id == entry.c.account)
        )
        owner = self._root.c.parent if self._lines else self._root.c.id
        mine = [journal.c.form == self._form, journal.c.record == owner, account.c.role == self._roles[key]]
        mine += [entry.c.line == self._root.c.id] if self._lines else []
        return amount.where(*mine).correlate(self._root).scalar_subquery()

    def rows(self, key: str, up: int = 0) -> tuple[FromClause, ColumnElement[bool], Columns]:
        """The rows of lines."""
        return self._columns.rows(key, up)
