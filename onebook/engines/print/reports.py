"""Prints of reports: all its rows under the rights of whoever prints, with what was asked above them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.catalog import Catalog
from onebook.definition.field import FieldKind
from onebook.definition.print import Print, PrintColumn
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import gather
from onebook.engines.form.query import Answer, Question
from onebook.engines.print.records import Letterhead, figures, stamp
from onebook.engines.print.refusals import TooMuch
from onebook.engines.print.sheet import Cell, Column, Sheet
from onebook.engines.print.text import said
from onebook.engines.print.words import CLOSING, OPENING, ROWS
from onebook.engines.report.heading import Heading
from onebook.engines.report.reading import Reading
from onebook.engines.report.report import PAGE_LIMIT, ReportRequest, Reports
from onebook.engines.report.request import Page
from onebook.engines.table.rights import rights
from onebook.expression.context import Context
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Rows, Statement, Transaction
from onebook.values.label import Label

MOST_ROWS: Final = 10_000
_ENDS: Final = {"opening": OPENING, "closing": CLOSING}


class ReportPrint:
    """One print of a report for one actor."""

    def __init__(
        self, forms: Forms, catalog: Catalog, reports: Reports, actor: Actor, declared: Print, language: str
    ) -> None:
        """Over the reports of a catalog."""
        assert declared.report is not None
        self._forms = forms
        self._catalog = catalog
        self._reports = reports
        self._actor = actor
        self._declared = declared
        self._language = language
        self._report = catalog.reports[declared.report]
        self._reading = Reading(catalog, forms.tables, actor)

    def sheet(
        self, transaction: Transaction, parameters: Mapping[str, Any], sort: tuple[str, ...] | None, context: Context
    ) -> Sheet:
        """The whole report as one sheet. Refuses what reports refuse, and with print.too_much."""
        pages = list(self._pages(transaction, parameters, sort, context))
        page = pages[0]
        rows = [row for one in pages for row in one.rows]
        request = ReportRequest(self._report.report, parameters)
        given = self._reports.parameters(request, self._actor, context)
        letterhead = Letterhead(self._forms, self._catalog, self._reading, self._declared.letterhead)
        titles = _Titles(self._forms, self._catalog, self._actor, self._links(given), context)
        gather(transaction, letterhead, *titles.wanted)
        columns = list(self._columns(page.headings))
        declared = self._declared
        return Sheet(
            title=self._words(declared.title or declared.label),
            letterhead=letterhead.texts(),
            head=list(self._head(given, titles, context)),
            columns=[column for column, _ in columns],
            rows=[[self._cell(heading, row, context) for _, heading in columns] for row in rows],
            emphasized=frozenset(place for place, row in enumerate(rows) if row.get("is_balance")),
            figures=list(self._figures(page)),
            notes=[self._words(note) for note in declared.notes],
            signatures=[self._words(one) for one in declared.signatures],
            copies=[self._words(one) for one in declared.copies],
            printed=stamp(context, self._actor, None, self._language),
        )

    def _pages(
        self, transaction: Transaction, parameters: Mapping[str, Any], sort: tuple[str, ...] | None, context: Context
    ) -> Iterator[Page]:
        offset = 0
        while True:
            request = ReportRequest(self._report.report, parameters, sort, PAGE_LIMIT, offset)
            page = self._reports.page(transaction, request, self._actor, context)
            if page.extra["total_rows"] > MOST_ROWS:
                raise TooMuch(most=MOST_ROWS, what=ROWS)
            yield page
            offset += len(page.rows)
            if not page.rows or offset >= page.extra["total_rows"]:
                return

    def _links(self, given: Mapping[str, Any]) -> list[tuple[str, int]]:
        declared = self._report.parameters
        return [(str(declared[name].to), value) for name, value in given.items() if declared[name].to and value]

    def _head(self, given: Mapping[str, Any], titles: "_Titles", context: Context) -> Iterator[tuple[str, str, int]]:
        """What was asked: as the print declares it, else every parameter that was given."""
        declared = self._declared.head
        asked = [(one.shows, one.label, one.span) for one in declared.values()]
        for name, label, span in asked or [(name, None, 1) for name in given]:
            value, parameter = given[name], self._report.parameters[name]
            if value is None and not asked:
                continue
            if parameter.to:
                text = titles.of(parameter.to, value) if value else ""
            else:
                text = said(parameter.kind, value, self._language, context.zone)
            yield self._words(label or parameter.label), text, span

    def _columns(self, headings: Any) -> Iterator[tuple[Column, Heading]]:
        known = {heading.key: heading for heading in headings}
        declared = list(self._declared.columns.values()) or [PrintColumn(shows=heading.key) for heading in headings]
        totals = {name for name, one in self._report.columns.items() if one.is_sum}
        for one in declared:
            heading = known.get(one.shows)
            if heading is not None:
                summed = one.total or (not self._declared.columns and one.shows in totals)
                label = self._words(one.label or heading.label)
                yield Column(label, heading.kind, one.width, summed), heading

    def _cell(self, heading: Heading, row: Mapping[str, Any], context: Context) -> Cell:
        value = row.get(heading.key)
        if isinstance(value, Mapping):
            value = value.get("title")
        if value is not None and heading.is_number:
            value = Decimal(str(value))
        elif isinstance(value, str) and heading.kind in (FieldKind.DATE, FieldKind.MONTH):
            value = date.fromisoformat(value)
        text = said(heading.kind, value, self._language, context.zone, dict(heading.options))
        return Cell(text, value if isinstance(value, Decimal) else None)

    def _figures(self, page: Page) -> Iterator[tuple[str, str, bool]]:
        totals = page.extra.get("totals", {})
        for one in self._declared.figures.values():
            value = page.extra.get(one.shows) if one.shows in _ENDS else totals.get(one.shows)
            if value is None:
                continue
            column = self._report.columns.get(one.shows)
            label = one.label or (column.label if column else _ENDS[one.shows])
            heading = next((heading for heading in page.headings if heading.key == one.shows), None)
            kind = heading.kind if heading else FieldKind.MONEY
            yield from figures(self._words(label), kind, Decimal(str(value)), one.capital, self._language)

    def _words(self, label: Label) -> str:
        return label.in_language(self._language)


class _Titles:
    """The names of records that parameters point to, for who may read them."""

    def __init__(
        self, forms: Forms, catalog: Catalog, actor: Actor, links: list[tuple[str, int]], context: Context
    ) -> None:
        self.wanted: list[_Title] = []
        reading = Reading(catalog, forms.tables, actor)
        for form, record in links:
            key = reading.title_key(form)
            if key is not None:
                question = Question(form, frozenset([key]), rights(catalog, actor, form))
                self.wanted.append(_Title(forms, question, key, record, context))

    def of(self, form: str, record: int) -> str:
        for title in self.wanted:
            if (title.form, title.record) == (form, record):
                return title.text()
        return ""


class _Title:
    """The name of one record."""

    def __init__(self, forms: Forms, question: Question, key: str, record: int, context: Context) -> None:
        self.form = question.target
        self.record = record
        self._key = key
        self._query = forms.query(question)
        self._context = context_parameters(context)
        self._answer: Answer | None = None

    def statements(self) -> Sequence[Statement]:
        return self._query.statements([self.record], self._context) if self._answer is None else []

    def take(self, results: Sequence[Rows]) -> None:
        self._answer = self._query.answer(results)

    def text(self) -> str:
        row = self._answer.rows.get(self.record) if self._answer else None
        return str(row.get(self._key) or "") if row else ""
