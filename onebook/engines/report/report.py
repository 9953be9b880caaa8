"""Reports: declared figures over records and ledger, read by those whose roles grant it, for chosen parameters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import entries_of
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.definition.role import Role
from onebook.engines.report.entries import Entries, refuse_order
from onebook.engines.report.heading import Heading, rows_of
from onebook.engines.report.ledger_figures import LedgerFigures
from onebook.engines.report.parameters import resolved
from onebook.engines.report.reading import Reading
from onebook.engines.report.record_figures import grouped_records
from onebook.engines.report.record_rows import RecordRows, RowsRequest
from onebook.engines.report.refusals import NotExportable, NotReadable, UnknownColumn, UnknownReport
from onebook.engines.report.request import Page
from onebook.engines.report.shape import Grouped, Shape
from onebook.engines.report.span import Span, day_of, span_of
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.tables import Tables
from onebook.expression.context import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Transaction
from onebook.values.label import Label
from onebook.values.month import Month

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
    edges: tuple[bool, bool] | None
    sort: tuple[str, ...]
    roles: frozenset[str] | None


class Reports:
    """The reports of one published catalog. Each is said in SQL once per set of roles and choice of parameters."""

    def __init__(self, catalog: Catalog, tables: Tables) -> None:
        """Reports of a catalog."""
        self._catalog = catalog
        self._tables = tables
        self._shapes: dict[_Key, tuple[Shape, CompiledText, CompiledText]] = {}
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
        report, given, span = self._asked(request, actor, context)
        if report.source == "entries" and span is not None:
            refuse_order(request.sort)
            entries = self._entries(report, actor)
            return entries.page(transaction, given, span, context, request.limit, request.offset)
        shape, page, _ = self._shape(request, report, given, span, actor)
        limit = max(1, min(request.limit, PAGE_LIMIT))
        values = self._values(report, given, span, context)
        values |= {"page_limit": limit, "page_offset": max(0, request.offset)}
        (rows,) = transaction.run(page.bound(values))
        totals = shape.totals
        start = 1 + len(totals)
        extra: dict[str, Any] = {
            "report": report.report,
            "parameters": {name: str(value) if value is not None else None for name, value in given.items()},
            "total_rows": rows[0][0] if rows else 0,
            "totals": dict(zip(totals, rows[0][1:start], strict=True)) if rows else dict.fromkeys(totals, "0"),
            "offset": max(0, request.offset),
            "days": _days(report, given, span, context),
        }
        cells = rows_of(shape.headings, [row[start:] for row in rows], has_id=False)
        return Page(report.of, shape.headings, cells, extra=extra)

    def stream(
        self, transaction: Transaction, request: ReportRequest, actor: Actor, context: Context
    ) -> tuple[Sequence[Heading], Iterator[tuple[Any, ...]]]:
        """Headings and all rows with plain values, through a server-side cursor: for export."""
        report, given, span = self._asked(request, actor, context)
        reading = Reading(self._catalog, self._tables, actor)
        for target in self._targets(report):
            if not reading.rights(target).export:
                raise NotExportable(name=report.label)
        if report.source == "entries" and span is not None:
            refuse_order(request.sort)
            entries = self._entries(report, actor)
            return entries.headings, entries.rows(transaction, given, span, context)
        shape, _, rows = self._shape(request, report, given, span, actor)
        return shape.headings, transaction.stream(rows.bound(self._values(report, given, span, context)))

    def rows(self, transaction: Transaction, request: RowsRequest, actor: Actor, context: Context) -> dict[str, Any]:
        """The rows that sum to a measure of a report over records, in one round trip. Raises what reports refuse."""
        asked = ReportRequest(request.report, request.parameters)
        report, given, span = self._asked(asked, actor, context)
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
        values = self._values(report, given, span, context) | own
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

    def _asked(
        self, request: ReportRequest, actor: Actor, context: Context
    ) -> tuple[Report, dict[str, Any], Span | None]:
        report = self._catalog.reports.get(request.report)
        if report is None:
            raise UnknownReport(report=request.report)
        if not self._may_read(report.report, actor):
            raise NotReadable(name=report.label)
        given = resolved(report, request.parameters, context)
        return report, given, _span(report, given, context)

    def _entries(self, report: Report, actor: Actor) -> Entries:
        reading = Reading(self._catalog, self._tables, actor)
        return Entries(reading, report, self._hidden(report.report, actor))

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

    def _shape(
        self, request: ReportRequest, report: Report, given: Mapping[str, Any], span: Span | None, actor: Actor
    ) -> tuple[Shape, CompiledText, CompiledText]:
        only = self._only(report, given)
        sort = request.sort if request.sort is not None else report.sort
        edges = (span.begins_late, span.ends_early) if span is not None else None
        key = _Key(report.report, only, edges, sort, None if actor.id == SYSTEM.id else actor.roles)
        found = self._shapes.get(key)
        if found is None:
            reading = Reading(self._catalog, self._tables, actor)
            hidden = self._hidden(report.report, actor)
            if report.source == "records":
                grouped = grouped_records(reading, report, only, hidden)
            else:
                grouped = LedgerFigures(reading, report, hidden).grouped(span, only)
            if request.sort is None:
                sort = _sortable(grouped, sort)
            shape = Shape(reading, grouped, sort)
            if len(self._shapes) >= REMEMBERED:
                self._shapes.clear()
            found = self._shapes[key] = (shape, compiled(shape.page()), compiled(shape.rows()))
        return found

    def _only(self, report: Report, given: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(name for name in self._narrowing(report) if given[name] is not None)

    def _narrowing(self, report: Report) -> Iterator[str]:
        """The link parameters that narrow the report to one record: those called like a row key or a dimension."""
        keys = {row.partition(":")[0] for row in report.rows}
        if report.source != "records":
            keys |= set(self._catalog.accounts[report.of].dimensions)
        return (name for name, one in report.parameters.items() if one.kind is FieldKind.LINK and name in keys)

    def _values(self, report: Report, given: Mapping[str, Any], span: Span | None, context: Context) -> dict[str, Any]:
        values: dict[str, Any] = dict(context_parameters(replace(context, parameters=given)))
        values |= {f"only_{name}": given[name] for name in self._narrowing(report)}
        values["zone"] = str(context.zone)
        if span is not None:
            values |= span.values()
        if report.source == "open_items":
            day = day_of(given, context.today)
            values |= {"as_of": day, "as_of_month": Month.of(day).first}
        return values

    def _targets(self, report: Report) -> Iterator[str]:
        """The forms whose records a report shows."""
        if report.source == "records":
            yield report.of
            return
        role = self._catalog.accounts[report.of]
        if report.source == "entries":
            yield from (role.dimensions[name] for name in entries_of(self._catalog, report))  # type: ignore[index]
            return
        names = {row.partition(":")[0].partition(".")[0] for row in report.rows}
        yield from (form for name, form in role.dimensions.items() if name in names)


def _days(
    report: Report, given: Mapping[str, Any], span: Span | None, context: Context
) -> dict[str, str | None] | None:
    """From which day to which the figures are, so that what stands behind them can be asked; None: what is now."""
    match report.source:
        case "balances" if span is not None:
            return {"first": span.first.isoformat(), "last": span.last.isoformat()}
        case "open_items":
            return {"first": None, "last": day_of(given, context.today).isoformat()}
        case _:
            return None


def _span(report: Report, given: Mapping[str, Any], context: Context) -> Span | None:
    return span_of(report, given, context.today) if report.source in ("balances", "entries") else None


def _sortable(grouped: Grouped, sort: tuple[str, ...]) -> tuple[str, ...]:
    """What of the declared order the reader may see."""
    seen = {key.name for key in grouped.keys} | {column.key for column in grouped.columns}
    return tuple(text for text in sort if text.lstrip("-") in seen)
