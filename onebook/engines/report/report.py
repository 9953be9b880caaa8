"""Reports: declared figures over records and ledger, read by those whose roles grant it, for chosen parameters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from onebook.access.actor import SYSTEM, Actor
from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import entries_of, metrics_named
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.definition.report_create import ReportCreate
from onebook.definition.role import Role
from onebook.engines.report.covering import Covering
from onebook.engines.report.creating import MOST_ROWS, CreateAsked, Creating, MadeRow, source_scope
from onebook.engines.report.entries import Entries, refuse_order
from onebook.engines.report.heading import Heading, rows_of
from onebook.engines.report.ledger_figures import LedgerFigures
from onebook.engines.report.metric_groups import metric_groups
from onebook.engines.report.parameters import resolved, told
from onebook.engines.report.reading import Reading
from onebook.engines.report.record_figures import grouped_records
from onebook.engines.report.record_rows import RecordRows, RowsRequest
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
    UnknownMetric,
    UnknownReport,
)
from onebook.engines.report.regroup import keys_of, regrouped
from onebook.engines.report.request import Page
from onebook.engines.report.said import Key, Said, chosen_keys, cut_to, days_of, is_additive, offer, sortable, totals_of
from onebook.engines.report.shape import Grouped, Shape
from onebook.engines.report.sources.asked_day import asked_day
from onebook.engines.report.span import When, when_of
from onebook.engines.report.subject.parts import behind
from onebook.engines.report.subject.subjects import SubjectFigures
from onebook.engines.report.variant import PLAIN, Variant, bucket_names, varied
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.tables import Tables
from onebook.expression.context import Context
from onebook.expression.sql import context_parameters
from onebook.storage.planning import planned_anew
from onebook.storage.transaction import Statement, Transaction
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
    variant: Variant = PLAIN


@dataclass(frozen=True, slots=True)
class WholeAsked:
    """Totals over a whole report: columns by name. `where`: a declared condition beside the report's own. `when`: its
    time, where its parameters do not say it. `counts`: whether the number of its rows is read too."""

    report: str
    parameters: Mapping[str, Any]
    columns: tuple[str, ...]
    where: str | None = None
    when: When | None = None
    counts: bool = False


class Reports:
    """The reports of one published catalog. Each is said in SQL once per set of roles and choice of parameters."""

    def __init__(self, catalog: Catalog, tables: Tables) -> None:
        """Reports of a catalog."""
        self._catalog = catalog
        self._tables = tables
        self._shapes: dict[Key, Said] = {}
        self._rows: dict[object, tuple[RecordRows, CompiledText, CompiledText]] = {}
        self._keys: dict[object, tuple[Heading, ...]] = {}

    def readable(self, actor: Actor) -> tuple[str, ...]:
        """The reports that an actor's roles grant."""
        return tuple(name for name in self._catalog.reports if self._may_read(name, actor))

    def label(self, name: str) -> Label:
        """What a report is called. Raises UnknownReport."""
        return self.declared(name).label

    def declared(self, name: str) -> Report:
        """A report as it is declared. Raises UnknownReport."""
        if name not in self._catalog.reports:
            raise UnknownReport(report=name)
        return self._catalog.reports[name]

    def groups(self, name: str, actor: Actor) -> tuple[Heading, ...]:
        """The keys that rows of a report can be grouped by, as far as the actor sees them; none where they are fixed.
        Raises UnknownReport."""
        kept = (name, None if actor.id == SYSTEM.id else actor.roles)
        if kept not in self._keys:
            reading = Reading(self._catalog, self._tables, actor)
            self._keys[kept] = keys_of(reading, self.declared(name), self._hidden(name, actor))
        return self._keys[kept]

    def page(
        self, transaction: Transaction, request: ReportRequest, actor: Actor, context: Context, *,
        most: int = PAGE_LIMIT, when: When | None = None,
    ) -> Page:  # fmt: skip
        """Rows of a report with the totals over all of them, in one round trip. `most`: the largest page. `when`: its
        time, where its parameters do not say it. Raises what reports refuse."""
        report, given, own = self._asked(request, actor, context)
        when = when or own
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
        values = self._values(report, given, when, context)
        values |= {"page_limit": max(1, min(request.limit, most)), "page_offset": max(0, request.offset)}
        (rows,) = planned_anew(transaction, said.text("page").bound(values))
        totals = shape.totals
        start = 1 + len(totals)
        extra: dict[str, Any] = {
            "report": report.report,
            "parameters": told(given),
            "total_rows": rows[0][0] if rows else 0,
            "totals": dict(zip(totals, rows[0][1:start], strict=True)) if rows else dict.fromkeys(totals, "0"),
            "offset": max(0, request.offset),
            "days": days_of(report, when),
            "known_at": when.known_at.isoformat() if when.known_at is not None else None,
        }
        if said.creations:
            # Of each row whether it qualifies, so that nobody chooses what will be refused.
            flags = [row[len(row) - len(said.creations) :] for row in rows]
            extra["creates"] = {name: [values[n] is True for values in flags] for n, name in enumerate(said.creations)}
        cells = rows_of(shape.headings, [row[start:] for row in rows], has_id=False)
        return Page(report.of, shape.headings, cells, extra=extra)

    def stream(
        self, transaction: Transaction, request: ReportRequest, actor: Actor, context: Context, *,
        most: int | None = None,
    ) -> tuple[Sequence[Heading], Iterator[tuple[Any, ...]]]:  # fmt: skip
        """Headings and all rows with plain values, through a server-side cursor: for export. `most`: of a statement, of
        which the rows are read at once, so many postings are enough."""
        report, given, when = self._asked(request, actor, context)
        reading = Reading(self._catalog, self._tables, actor)
        for target in self._targets(report):
            if not reading.rights(target).export:
                raise NotExportable(name=report.label)
        if report.source == "entries":
            refuse_order(request.sort)
            entries = self._entries(report, actor)
            return entries.headings, entries.rows(transaction, given, when, context, most)
        if report.source == "subjects":
            refuse_order(request.sort)
            figures = self._subjects(report, actor)
            return figures.headings, figures.rows(transaction, given, context)
        said = self._said(request, report, given, when, actor)
        return said.shape.headings, transaction.stream(
            said.text("rows").bound(self._values(report, given, when, context))
        )

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
        chosen = None if asked.rows is None else {chosen_keys(keys, one) for one in asked.rows}
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
        """The rows that sum to a measure of a report over records, or the accounts and lines that a figure over
        subjects is made of, in one round trip. Raises what reports refuse."""
        variant = Variant(rows=request.rows, where=self._counting(request))
        asked = ReportRequest(request.report, request.parameters, variant=variant)
        report, given, when = self._asked(asked, actor, context)
        if report.source == "subjects":
            figures = self._subjects(report, actor)
            return behind(figures, transaction, request.column, request.at, given, context)
        if report.source != "records":
            raise UnknownColumn(field=request.column, slot="measure")
        if not report.rows and request.metric is None:
            raise UnknownColumn(field=request.column, slot="group")
        only, keys = self._only(report, given), frozenset(request.at)
        roles = None if actor.id == SYSTEM.id else actor.roles
        key = ("rows", report.report, only, request.column, keys, variant, roles)
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
        found, ids = planned_anew(transaction, page.bound(values), records.bound(values))
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

    def sees(self, request: ReportRequest, actor: Actor, context: Context) -> bool:
        """Whether an actor sees anything of a report as it is asked for. Raises what is wrong with the question."""
        try:
            report, given, when = self._asked(request, actor, context)
            if report.source == "entries":
                return bool(self._entries(report, actor).headings)
            if report.source == "subjects":
                return bool(self._subjects(report, actor).headings)
            return bool(self._said(request, report, given, when, actor).shape.columns)
        except (HiddenField, NotReadable):
            return False

    def may_export(self, name: str, actor: Actor) -> bool:
        """Whether an actor may take a report out as a file. Raises UnknownReport."""
        self.label(name)
        reading = Reading(self._catalog, self._tables, actor)
        return all(reading.rights(target).export for target in self._targets(self._catalog.reports[name]))

    def whole(self, asked: WholeAsked, actor: Actor, context: Context) -> Statement:
        """The statement that asks how many rows a report has, and for totals over them in the order of `columns`.

        Refuses what reports refuse, and with HiddenField a column that the actor does not see."""
        report, given, when, only = self._wholly(asked, actor, context)
        key = self._whole_key(asked, only, when, actor)
        said = self._shapes.get(key)
        if said is None:
            reading = Reading(self._catalog, self._tables, actor)
            hidden = self._hidden(report.report, actor)
            grouped = self._groups(reading, report, when, only, hidden)
            if is_additive(report, grouped) and not asked.counts:
                grouped = self._groups(reading, cut_to(report, (), asked.columns), when, only, hidden)
            said = self._kept(key, totals_of(reading, report, grouped, asked.columns))
        return said.text("whole").bound(self._values(report, given, when, context))

    def series(self, asked: WholeAsked, grain: str, actor: Actor, context: Context) -> Statement | None:
        """The statement that asks for totals over each day, month, quarter or year of a span, with that first; None
        where the source cannot be cut by the day that its `from` and `to` ask for. Refuses what `whole` refuses."""
        report, given, when, only = self._wholly(asked, actor, context)
        day = asked_day(self._catalog, report) if asked.columns else None
        if day is None:
            return None
        key = self._whole_key(asked, only, when, actor, grain)
        said = self._shapes.get(key)
        if said is None:
            reading = Reading(self._catalog, self._tables, actor)
            hidden = self._hidden(report.report, actor)
            if not is_additive(report, self._groups(reading, report, when, only, hidden)):
                return None
            try:
                grouped = self._groups(reading, cut_to(report, (f"{day}:{grain}",), asked.columns), when, only, hidden)
            except HiddenField:
                # The day itself is hidden from who may see the totals.
                return None
            said = self._kept(key, totals_of(reading, report, grouped, asked.columns))
        return said.text("rows").bound(self._values(report, given, when, context))

    def _wholly(
        self, asked: WholeAsked, actor: Actor, context: Context
    ) -> tuple[Report, dict[str, Any], When, tuple[str, ...]]:
        report = self._readable(asked.report, actor)
        given = resolved(report.parameters, asked.parameters, context)
        when = asked.when or when_of(report, given, context.today)
        only = self._only(report, given)
        return varied(self._catalog, report, Variant(where=asked.where)), given, when, only

    def _whole_key(
        self, asked: WholeAsked, only: tuple[str, ...], when: When, actor: Actor, grain: str | None = None
    ) -> Key:
        roles = None if actor.id == SYSTEM.id else actor.roles
        variant = Variant(columns=asked.columns, where=asked.where)
        return Key(asked.report, only, when.shape, (), roles, variant, grain or ("rows" if asked.counts else ""))

    def _counting(self, request: RowsRequest) -> str | None:
        """The condition of the metric whose rows are asked for."""
        if request.metric is None:
            return None
        metric = self._catalog.metrics.get(request.metric)
        if metric is None or metric.report != request.report:
            raise UnknownMetric(name=request.metric)
        return metric.where

    def parameters(self, request: ReportRequest, actor: Actor, context: Context) -> Mapping[str, Any]:
        """The values that the parameters of a request have, defaults filled in."""
        return self._asked(request, actor, context)[1]

    def _asked(self, request: ReportRequest, actor: Actor, context: Context) -> tuple[Report, dict[str, Any], When]:
        report = self._readable(request.report, actor)
        given = resolved(report.parameters, request.parameters, context)
        return varied(self._catalog, report, request.variant), given, when_of(report, given, context.today)

    def _readable(self, name: str, actor: Actor) -> Report:
        report = self._catalog.reports.get(name)
        if report is None:
            raise UnknownReport(report=name)
        if not self._may_read(name, actor):
            raise NotReadable(name=report.label)
        return report

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

    def _said(self, request: ReportRequest, report: Report, given: Mapping[str, Any], when: When, actor: Actor) -> Said:
        only = self._only(report, given)
        sort = request.sort if request.sort is not None else report.sort
        roles = None if actor.id == SYSTEM.id else actor.roles
        key = Key(report.report, only, when.shape, sort, roles, request.variant)
        found = self._shapes.get(key)
        if found is None:
            reading = Reading(self._catalog, self._tables, actor)
            grouped = self._grouped(reading, report, request.variant, when, only, self._hidden(report.report, actor))
            if request.sort is None:
                sort = sortable(grouped, sort)
            creations = dict(self._creations(report, actor, grouped))
            beside = [offer(one) for one in creations.values()]
            asked = request.variant
            shape = Shape(reading, grouped, sort, beside, running=asked.running, share=asked.share, shown=asked.columns)
            making = {
                name: compiled(Shape(reading, grouped, sort, [one.values]).plain()) for name, one in creations.items()
            }
            found = self._kept(key, Said(shape, creations, making))
        return found

    def _kept(self, key: Key, said: Said) -> Said:
        if len(self._shapes) >= REMEMBERED:
            self._shapes.clear()
        self._shapes[key] = said
        return said

    def _grouped(
        self, reading: Reading, report: Report, variant: Variant, when: When, only: tuple[str, ...],
        hidden: frozenset[str],
    ) -> Grouped:  # fmt: skip
        """The groups of a report as it is wanted. Which of its own groups count is decided by these."""
        if variant.columns is not None:
            hidden |= set(bucket_names(report)) - set(variant.columns)
        grouped = self._groups(reading, report, when, only, hidden)
        declared = self._catalog.reports[report.report]
        if report.rows == declared.rows:
            return grouped
        own = self._groups(reading, report.model_copy(update={"rows": declared.rows, "sort": ()}), when, only, hidden)
        return grouped if own.filter is None else regrouped(reading, own, grouped.keys, grouped.columns)

    def _groups(
        self, reading: Reading, report: Report, when: When, only: tuple[str, ...], hidden: frozenset[str]
    ) -> Grouped:
        if report.source == "records":
            grouped = grouped_records(reading, report, only, hidden)
        elif report.source == "metrics":
            parts = dict(self._parts(reading, report, when))
            grouped = metric_groups(reading, report, parts, only, hidden)
        else:
            grouped = LedgerFigures(reading, report, hidden).grouped(when, only)
        if not report.unless:
            return grouped
        source = source_scope(self._catalog, report)
        return replace(grouped, covering=tuple(Covering(reading, report, one, source) for one in report.unless))

    def _parts(self, reading: Reading, report: Report, when: When) -> Iterator[tuple[str, Grouped]]:
        """Of each metric in a report over metrics that the reader sees: its report by the key, with that total."""
        for name in metrics_named(self._catalog, report):
            metric = self._catalog.metrics[name]
            other = self._catalog.reports[str(metric.report)]
            with suppress(HiddenField, NotReadable):
                self._readable(other.report, reading.actor)
                key, columns = report.keys.get(name, report.rows[0]), [str(metric.column)]
                cut = cut_to(varied(self._catalog, other, Variant(where=metric.where)), (key,), columns)
                hidden = self._hidden(other.report, reading.actor)
                grouped = self._groups(reading, cut, _within(other, when), (), hidden)
                if grouped.columns:
                    yield name, grouped

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
        """The link parameters that narrow the report to one record: those called like a row key or a dimension; its
        own keys, however it is grouped."""
        keys = {row.partition(":")[0] for row in self._catalog.reports[report.report].rows}
        if report.source not in ("records", "metrics"):
            keys |= set(self._catalog.accounts[report.of].dimensions)
        return (name for name, one in report.parameters.items() if one.kind is FieldKind.LINK and name in keys)

    def _values(self, report: Report, given: Mapping[str, Any], when: When, context: Context) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in metrics_named(self._catalog, report) if report.source == "metrics" else ():
            other = self._catalog.reports[str(self._catalog.metrics[name].report)]
            days: dict[str, Any] = {day: told(given)[day] for day in ("from", "to") if day in other.parameters}
            values |= self._values(other, resolved(other.parameters, days, context), _within(other, when), context)
        values |= context_parameters(replace(context, parameters=given))
        values |= {f"only_{name}": given[name] for name in self._narrowing(report)}
        values["zone"] = str(context.zone)
        return values | when.values()

    def _targets(self, report: Report) -> Iterator[str]:
        """The forms whose records a report shows."""
        if report.source in ("records", "subjects", "metrics"):
            yield report.of
            return
        role = self._catalog.accounts[report.of]
        if report.source == "entries":
            yield from (role.dimensions[name] for name in entries_of(self._catalog, report))  # type: ignore[index]
            return
        names = {row.partition(":")[0].partition(".")[0] for row in report.rows}
        yield from (form for name, form in role.dimensions.items() if name in names)


def _within(report: Report, when: When) -> When:
    """The time of a report under a metric that stands beside others: their span, or as it is now."""
    return when if report.source == "balances" else When()
