"""Reports: declared figures over records and ledger, read by those whose roles grant it, for chosen parameters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import entries_of
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.definition.report_create import ReportCreate
from onebook.definition.role import Role
from onebook.engines.report.creating import MOST_ROWS, CreateAsked, Creating, MadeRow, source_scope
from onebook.engines.report.entries import Entries, refuse_order
from onebook.engines.report.heading import Heading, rows_of
from onebook.engines.report.ledger_figures import LedgerFigures
from onebook.engines.report.parameters import resolved, told
from onebook.engines.report.reading import Reading
from onebook.engines.report.record_figures import grouped_records
from onebook.engines.report.record_rows import RecordRows, RowsRequest, key_value
from onebook.engines.report.refusals import (
    HiddenField,
    NotCreatable,
    NotExportable,
    NothingToCreate,
    NotReadable,
    RowsChanged,
    TooManyRows,
    UnknownColumn,
    UnknownCreation,
    UnknownReport,
)
from onebook.engines.report.request import Page
from onebook.engines.report.row_key import RowKey
from onebook.engines.report.shape import Grouped, Shape
from onebook.engines.report.span import When, when_of
from onebook.engines.report.subjects import SubjectFigures
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.tables import Tables
from onebook.expression.context import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Transaction
from onebook.values.label import Label

REMEMBERED: Final = 1000
PAGE_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A page of a report. `parameters` as JSON has them; those not named take their defaults, null is blank."""

    report: str
    parameters: Mapping[str, Any]
    sort: tuple[str, ...] | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class _Key:
    """All that decides the SQL of a report, apart from values."""

    report: str
    only: tuple[str, ...]
    when: tuple[bool, ...]
    sort: tuple[str, ...]
    roles: frozenset[str] | None


@dataclass(slots=True)
class _Said:
    """A report in SQL, and what its rows become for who reads it."""

    shape: Shape
    page: CompiledText
    rows: CompiledText
    creations: Mapping[str, Creating]
    making: Mapping[str, CompiledText]


class Reports:
    """The reports of one published catalog. Each is said in SQL once per set of roles and choice of parameters."""

    def __init__(self, catalog: Catalog, tables: Tables) -> None:
        """Reports of a catalog."""
        self._catalog = catalog
        self._tables = tables
        self._shapes: dict[_Key, _Said] = {}
        self._rows: dict[object, tuple[RecordRows, CompiledText, CompiledText]] = {}

    def readable(self, actor: Actor) -> tuple[str, ...]:
        """The reports that an actor's roles grant."""
        return tuple(name for name in self._catalog.reports if self._may_read(name, actor))

    def label(self, name: str) -> Label:
        """What a report is called. Raises UnknownReport."""
        if name not in self._catalog.reports:
            raise UnknownReport(report=name)
        return self._catalog.reports[name].label

    def page(self, transaction: Transaction, request: ReportRequest, actor: Actor, context: Context) -> Page:
        """Rows of a report with the totals over all of them, in one round trip. Raises what reports refuse."""
        report, given, when = self._asked(request, actor, context)
        if report.source == "entries":
            refuse_order(request.sort)
            entries = self._entries(report, actor)
            return entries.page(transaction, given, when, context, request.limit, request.offset)
        if report.source == "subjects":
            refuse_order(request.sort)
            figures = self._subjects(report, actor)
            return figures.page(transaction, given, context, request.limit, request.offset)
        said = self._said(request, report, given, when, actor)
        shape = said.shape
        limit = max(1, min(request.limit, PAGE_LIMIT))
        values = self._values(report, given, when, context)
        values |= {"page_limit": limit, "page_offset": max(0, request.offset)}
        (rows,) = transaction.run(said.page.bound(values))
        totals = shape.totals
        start = 1 + len(totals)
        extra: dict[str, Any] = {
            "report": report.report,
            "parameters": told(given),
            "total_rows": rows[0][0] if rows else 0,
            "totals": dict(zip(totals, rows[0][1:start], strict=True)) if rows else dict.fromkeys(totals, "0"),
            "offset": max(0, request.offset),
            "days": _days(report, when),
            "known_at": when.known_at.isoformat() if when.known_at is not None else None,
        }
        if said.creations:
            # Of each row whether it qualifies, so that nobody chooses what will be refused.
            flags = [row[len(row) - len(said.creations) :] for row in rows]
            extra["creates"] = {name: [values[n] is True for values in flags] for n, name in enumerate(said.creations)}
        cells = rows_of(shape.headings, [row[start:] for row in rows], has_id=False)
        return Page(report.of, shape.headings, cells, extra=extra)

    def stream(
        self, transaction: Transaction, request: ReportRequest, actor: Actor, context: Context
    ) -> tuple[Sequence[Heading], Iterator[tuple[Any, ...]]]:
        """Headings and all rows with plain values, through a server-side cursor: for export."""
        report, given, when = self._asked(request, actor, context)
        reading = Reading(self._catalog, self._tables, actor)
        for target in self._targets(report):
            if not reading.rights(target).export:
                raise NotExportable(name=report.label)
        if report.source == "entries":
            refuse_order(request.sort)
            entries = self._entries(report, actor)
            return entries.headings, entries.rows(transaction, given, when, context)
        if report.source == "subjects":
            refuse_order(request.sort)
            figures = self._subjects(report, actor)
            return figures.headings, figures.rows(transaction, given, context)
        said = self._said(request, report, given, when, actor)
        return said.shape.headings, transaction.stream(said.rows.bound(self._values(report, given, when, context)))

    def made(self, transaction: Transaction, asked: CreateAsked, actor: Actor, context: Context) -> tuple[MadeRow, ...]:
        """What the chosen rows of a report give to the documents that are made of them, in the report's order: read
        anew, by the keys that were chosen. Refuses rows that are gone or do not qualify any more."""
        request = ReportRequest(asked.report, asked.parameters, asked.sort)
        report, given, when = self._asked(request, actor, context)
        declared = next((one for one in report.creates if one.name == asked.name), None)
        if declared is None:
            raise UnknownCreation(report=report.report, name=asked.name)
        said = self._said(request, report, given, when, actor)
        if asked.name not in said.creations:
            # Says what it is that the reader may not see.
            self._creating(report, declared, actor, said.shape.grouped)
        creating, keys = said.creations[asked.name], said.shape.keys
        if asked.rows is not None and len(asked.rows) > MOST_ROWS:
            raise TooManyRows(rows=len(asked.rows), most=MOST_ROWS)
        chosen = None if asked.rows is None else {_chosen(keys, one) for one in asked.rows}
        (rows,) = transaction.run(said.making[asked.name].bound(self._values(report, given, when, context)))
        found = [
            creating.made(row[len(keys) :])
            for row in rows
            if (chosen is None or row[: len(keys)] in chosen) and creating.is_offered(row[len(keys) :])
        ]
        if chosen is not None and len(found) < len(chosen):
            raise RowsChanged(name=declared.label, count=len(chosen) - len(found))
        if not found:
            raise NothingToCreate(name=declared.label)
        if len(found) > MOST_ROWS:
            raise TooManyRows(rows=len(found), most=MOST_ROWS)
        return tuple(found)

    def rows(self, transaction: Transaction, request: RowsRequest, actor: Actor, context: Context) -> dict[str, Any]:
        """The rows that sum to a measure of a report over records, in one round trip. Raises what reports refuse."""
        asked = ReportRequest(request.report, request.parameters)
        report, given, when = self._asked(asked, actor, context)
        if report.source != "records":
            raise UnknownColumn(field=request.column, slot="measure")
        only, keys = self._only(report, given), frozenset(request.at)
        key = ("rows", report.report, only, request.column, keys, None if actor.id == SYSTEM.id else actor.roles)
        if key not in self._rows:
            reading = Reading(self._catalog, self._tables, actor)
            rows = RecordRows(reading, report, only, self._hidden(report.report, actor), request.column, keys)
            if len(self._rows) >= REMEMBERED:
                self._rows.clear()
            self._rows[key] = (rows, compiled(rows.page()), compiled(rows.records()))
        rows, page, records = self._rows[key]
        own = rows.values(request.at)
        values = self._values(report, given, when, context) | own
        values |= {"page_limit": max(1, min(request.limit, PAGE_LIMIT)), "page_offset": max(0, request.offset)}
        found, ids = transaction.run(page.bound(values), records.bound(values))
        form, _, lines = report.of.partition(".")
        return {
            "report": report.report,
            "form": form,
            "lines": lines or None,
            "heading": rows.column.heading,
            "count": found[0][0] if found else 0,
            "sum": (found[0][1] if found else None) or "0",
            "rows": [
                {"id": record, "title": title, "row": line, "position": position, "figure": figure}
                for _, _, record, title, line, position, figure in found
            ],
            "list": rows.listed(own, given, [number for (number,) in ids], context.zone),
        }

    def parameters(self, request: ReportRequest, actor: Actor, context: Context) -> Mapping[str, Any]:
        """The values that the parameters of a request have, defaults filled in."""
        return self._asked(request, actor, context)[1]

    def _asked(self, request: ReportRequest, actor: Actor, context: Context) -> tuple[Report, dict[str, Any], When]:
        report = self._catalog.reports.get(request.report)
        if report is None:
            raise UnknownReport(report=request.report)
        if not self._may_read(report.report, actor):
            raise NotReadable(name=report.label)
        given = resolved(report, request.parameters, context)
        return report, given, when_of(report, given, context.today)

    def _entries(self, report: Report, actor: Actor) -> Entries:
        reading = Reading(self._catalog, self._tables, actor)
        return Entries(reading, report, self._hidden(report.report, actor))

    def _subjects(self, report: Report, actor: Actor) -> SubjectFigures:
        reading = Reading(self._catalog, self._tables, actor)
        return SubjectFigures(reading, report, self._hidden(report.report, actor))

    def _may_read(self, name: str, actor: Actor) -> bool:
        return actor.id == SYSTEM.id or bool(list(self._granting(name, actor)))

    def _granting(self, name: str, actor: Actor) -> Iterator[Role]:
        for known in sorted(actor.roles):
            role = self._catalog.roles.get(known)
            if role is not None and (role.everything or role.reports == "all" or name in role.reports):
                yield role

    def _hidden(self, name: str, actor: Actor) -> frozenset[str]:
        """The columns that every granting role hides."""
        hidden = [
            frozenset() if role.everything else frozenset(role.hide_columns.get(name, ()))
            for role in self._granting(name, actor)
        ]
        return frozenset.intersection(*hidden) if hidden else frozenset()

    def _said(
        self, request: ReportRequest, report: Report, given: Mapping[str, Any], when: When, actor: Actor
    ) -> _Said:
        only = self._only(report, given)
        sort = request.sort if request.sort is not None else report.sort
        key = _Key(report.report, only, when.shape, sort, None if actor.id == SYSTEM.id else actor.roles)
        found = self._shapes.get(key)
        if found is None:
            reading = Reading(self._catalog, self._tables, actor)
            hidden = self._hidden(report.report, actor)
            if report.source == "records":
                grouped = grouped_records(reading, report, only, hidden)
            else:
                grouped = LedgerFigures(reading, report, hidden).grouped(when, only)
            if request.sort is None:
                sort = _sortable(grouped, sort)
            creations = dict(self._creations(report, actor, grouped))
            shape = Shape(reading, grouped, sort, [one.when for one in creations.values()])
            if len(self._shapes) >= REMEMBERED:
                self._shapes.clear()
            making = {
                name: compiled(Shape(reading, grouped, sort, one.formulas).plain()) for name, one in creations.items()
            }
            found = _Said(shape, compiled(shape.page()), compiled(shape.rows()), creations, making)
            self._shapes[key] = found
        return found

    def _creations(self, report: Report, actor: Actor, grouped: Grouped) -> Iterator[tuple[str, Creating]]:
        """The documents that the reader may make of the rows, and that ask for nothing that they do not see."""
        for declared in report.creates:
            with suppress(HiddenField, NotReadable, NotCreatable):
                yield declared.name, self._creating(report, declared, actor, grouped)

    def _creating(self, report: Report, declared: ReportCreate, actor: Actor, grouped: Grouped) -> Creating:
        reading = Reading(self._catalog, self._tables, actor)
        if reading.rights(declared.form).create is None:
            raise NotCreatable(name=reading.form(declared.form).label)
        source = source_scope(self._catalog, report)
        return Creating(reading, report, declared, source, grouped)

    def _only(self, report: Report, given: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(name for name in self._narrowing(report) if given[name] is not None)

    def _narrowing(self, report: Report) -> Iterator[str]:
        """The link parameters that narrow the report to one record: those called like a row key or a dimension."""
        keys = {row.partition(":")[0] for row in report.rows}
        if report.source != "records":
            keys |= set(self._catalog.accounts[report.of].dimensions)
        return (name for name, one in report.parameters.items() if one.kind is FieldKind.LINK and name in keys)

    def _values(self, report: Report, given: Mapping[str, Any], when: When, context: Context) -> dict[str, Any]:
        values: dict[str, Any] = dict(context_parameters(replace(context, parameters=given)))
        values |= {f"only_{name}": given[name] for name in self._narrowing(report)}
        values["zone"] = str(context.zone)
        return values | when.values()

    def _targets(self, report: Report) -> Iterator[str]:
        """The forms whose records a report shows."""
        if report.source in ("records", "subjects"):
            yield report.of
            return
        role = self._catalog.accounts[report.of]
        if report.source == "entries":
            yield from (role.dimensions[name] for name in entries_of(self._catalog, report))  # type: ignore[index]
            return
        names = {row.partition(":")[0].partition(".")[0] for row in report.rows}
        yield from (form for name, form in role.dimensions.items() if name in names)


def _days(report: Report, when: When) -> dict[str, str | None] | None:
    """From which day to which the figures are, so that what stands behind them can be asked; None: what is now."""
    if when.span is None:
        return None
    first = when.span.first.isoformat() if report.source == "balances" else None
    return {"first": first, "last": when.span.last.isoformat()}


def _chosen(keys: Sequence[RowKey], shown: Mapping[str, Any]) -> tuple[Any, ...]:
    """The keys of a row that was chosen. Refuses what names other keys than the report has, or no values of them."""
    if set(shown) != {key.name for key in keys}:
        raise UnknownColumn(field=", ".join(sorted(set(shown) ^ {key.name for key in keys})), slot="group")
    return tuple(key_value(key, shown[key.name]) for key in keys)


def _sortable(grouped: Grouped, sort: tuple[str, ...]) -> tuple[str, ...]:
    """What of the declared order the reader may see."""
    seen = {key.name for key in grouped.keys} | {column.key for column in grouped.columns}
    return tuple(text for text in sort if text.lstrip("-") in seen)
