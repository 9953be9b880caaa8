"""Tiles as tables: what leaves as a file or on paper, each figure as the tile shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO, Final, Literal
from zoneinfo import ZoneInfo

from onebook.access.actor import Actor
from onebook.definition.dashboard import Dashboard, Tile
from onebook.definition.field import FieldKind
from onebook.definition.print import Paper, Print
from onebook.definition.report import Parameter
from onebook.engines.dashboard.asking import Asked
from onebook.engines.dashboard.dashboards import Dashboards
from onebook.engines.dashboard.refusals import TileNotExportable, TileTooLong
from onebook.engines.print.sheet import Cell, Column, Sheet, pages
from onebook.engines.print.text import figure, said
from onebook.engines.print.typeset import typeset
from onebook.engines.report.files.csv_text import csv_blocks
from onebook.engines.report.files.xlsx import Part, write_parts
from onebook.engines.report.heading import Heading
from onebook.engines.report.request import Page
from onebook.expression.context import Context
from onebook.storage.transaction import Transaction
from onebook.values.label import Label

FileKind = Literal["xlsx", "csv", "pdf"]

#: The most rows of a tile in a file.
MOST_ROWS: Final = 10_000
_METRIC: Final = Heading("metric", Label("指标", "Metric"), FieldKind.TEXT)
_VALUE: Final = Heading("value", Label("数值", "Value"), FieldKind.NUMBER)
_PREVIOUS: Final = Heading("previous", Label("对比期", "Compared with"), FieldKind.NUMBER)
_CHANGE: Final = Heading("change", Label("变化", "Change"), FieldKind.PERCENT)
#: Statements have an order of their own, and are nothing if they are cut.
_FIXED: Final = frozenset({"entries", "subjects"})
_OTHERS: Final = Label("其他", "Others")
_TOTAL: Final = Label("合计", "Total")
_KINDS: Final = {
    "money": FieldKind.MONEY,
    "quantity": FieldKind.QUANTITY,
    "number": FieldKind.NUMBER,
    "percent": FieldKind.PERCENT,
}
_ABOUT: Final = (Label("内容", "Content"), Label("导出人", "Exported by"), Label("导出时间", "Exported at"),
                 Label("筛选", "Filter"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A tile as a table. `kinds`: of a row whose figures are of a kind of its own, that kind. `is_last_total`: the last
    row sums the others up."""

    name: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Any]]
    kinds: Sequence[FieldKind] = ()
    is_last_total: bool = False


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Tables that were read, to be written when no transaction is held any more."""

    name: str
    label: Label
    tables: Sequence[Table]
    about: Sequence[tuple[str, str]]
    actor: Actor
    context: Context

    def write(self, target: BinaryIO, kind: FileKind) -> None:
        """As a file: each table on a sheet or page of its own; as csv the first."""
        language = self.actor.language
        if kind == "pdf":
            target.write(typeset(_sheets(self)))
            return
        zone = self.context.zone if isinstance(self.context.zone, ZoneInfo) else ZoneInfo("UTC")
        if kind == "csv":
            table = self.tables[0]
            for block in csv_blocks(table.headings, table.rows, language=language, zone=zone):
                target.write(block)
            return
        parts = [Part(table.name, table.headings, table.rows) for table in self.tables]
        write_parts(target, parts, language=language, zone=zone, about=self.about)


def taken_out(
    transaction: Transaction, dashboards: Dashboards, dashboard: Dashboard, tiles: Sequence[Tile],
    given: Mapping[str, Any], actor: Actor, context: Context,
) -> TakenOut:  # fmt: skip
    """Those of some tiles that the actor may take out. Refuses with TileNotExportable if it is none of them, with
    TileTooLong if one has more rows than a file of tiles takes."""
    reading = _Tables(dashboards, actor, context)
    tables = reading.of(transaction, dashboard, tiles, given)
    label = dashboard.label
    if len(tiles) == 1:
        label = Label(tables[0].name, tables[0].name)
    return TakenOut(dashboard.dashboard, label, tables, reading.about(transaction, dashboard, given), actor, context)


def spoken(
    parameters: Mapping[str, Parameter], values: Mapping[str, Any], titles: Mapping[str, str | None], language: str,
    zone: tzinfo,
) -> str:  # fmt: skip
    """What was asked, in words. `titles`: what the records are called that links point at."""
    found = []
    for name, parameter in parameters.items():
        value = values.get(name)
        if value is None:
            continue
        is_link = parameter.kind is FieldKind.LINK
        text = titles.get(name) or f"#{value}" if is_link else said(parameter.kind, value, language, zone)
        found.append(f"{parameter.label.in_language(language)} {text}")
    return " · ".join(found)


class _Tables:
    """The tiles of a dashboard that may be taken out, read in one transaction."""

    def __init__(self, dashboards: Dashboards, actor: Actor, context: Context) -> None:
        """As an actor sees them, in the language that they read."""
        self._dashboards = dashboards
        self._actor = actor
        self._context = context

    def of(
        self, transaction: Transaction, dashboard: Dashboard, tiles: Sequence[Tile], given: Mapping[str, Any]
    ) -> list[Table]:
        """Those of some tiles. Refuses with TileNotExportable if the actor may take out none of them."""
        asked = Asked(dashboard, given, self._context)
        found = [
            self._table(transaction, tile, asked) for tile in tiles if self._dashboards.may_export(tile, self._actor)
        ]
        if not found:
            raise TileNotExportable(name=dashboard.label)
        return found

    def about(self, transaction: Transaction, dashboard: Dashboard, given: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Who took out what and when, and what was asked."""
        asked = Asked(dashboard, given, self._context)
        actor = self._actor
        titles = self._dashboards.titles(transaction, dashboard.parameters, asked.values, actor, self._context)
        chosen = spoken(dashboard.parameters, asked.values, titles, actor.language, self._context.zone)
        at = self._context.now.astimezone(self._context.zone).strftime("%Y-%m-%d %H:%M:%S")
        texts = (self._words(dashboard.label), self._actor.name, at, chosen)
        return [(self._words(label), text) for label, text in zip(_ABOUT, texts, strict=True)]

    def _table(self, transaction: Transaction, tile: Tile, asked: Asked) -> Table:
        name = self._dashboards.label(tile, self._actor.language) or tile.tile
        if tile.kind == "metrics":
            return self._metrics(transaction, tile, asked, name)
        if tile.kind == "list":
            page = self._dashboards.records(transaction, tile, asked, self._actor, self._context)
            return Table(name, page.headings, [self._row(page, row) for row in page.rows])
        if self._dashboards.reports.declared(str(tile.report)).source in _FIXED:
            headings, found = self._dashboards.whole(
                transaction, tile, asked, self._actor, self._context, most=MOST_ROWS
            )
            statement = list(islice(found, MOST_ROWS + 1))
            if len(statement) > MOST_ROWS:
                raise TileTooLong(name=name, most=MOST_ROWS)
            return Table(name, headings, statement)
        page = self._dashboards.page(transaction, tile, asked, self._actor, self._context, most=MOST_ROWS)
        if tile.top is None and page.extra.get("more") and not page.extra.get("others"):
            # Nothing stands for what is missing.
            raise TileTooLong(name=name, most=MOST_ROWS)
        rows = [self._row(page, row) for row in page.rows]
        others, totals = page.extra.get("others"), page.extra.get("totals")
        if others:
            rows.append(self._summary(page, others, _OTHERS))
        if totals:
            rows.append(self._summary(page, totals, _TOTAL))
        return Table(name, page.headings, rows, is_last_total=bool(totals))

    def _metrics(self, transaction: Transaction, tile: Tile, asked: Asked, name: str) -> Table:
        found = self._dashboards.figures(transaction, tile, asked, self._actor, self._context)
        headings = [_METRIC, _VALUE, *([_PREVIOUS, _CHANGE] if tile.compare else [])]
        rows = [
            [self._words(one.metric.label), one.value, *([one.previous, one.change] if tile.compare else [])]
            for one in found.figures
        ]
        return Table(name, headings, rows, [_KINDS[one.metric.kind] for one in found.figures])

    def _row(self, page: Page, row: Mapping[str, Any]) -> list[Any]:
        return [_plain(row.get(heading.key), heading) for heading in page.headings]

    def _summary(self, page: Page, sums: Mapping[str, Any], label: Label) -> list[Any]:
        cells: list[Any] = [
            Decimal(sums[heading.key]) if sums.get(heading.key) is not None and heading.is_number else None
            for heading in page.headings
        ]
        if page.headings and not page.headings[0].is_number and not page.headings[0].options:
            cells[0] = self._words(label)
        return cells

    def _words(self, label: Label) -> str:
        return label.in_language(self._actor.language)


def _sheets(taken: TakenOut) -> dict[str, Any]:
    """Tables on paper, ready to be set."""
    declared = Print(print="dashboard", label=taken.label, paper=Paper.A4_LANDSCAPE)
    language, about = taken.actor.language, taken.about
    sheets = [
        Sheet(
            title=table.name,
            head=[(label, text, 1) for label, text in about if text],
            columns=[Column(heading.label.in_language(language), heading.kind) for heading in table.headings],
            rows=list(_cells(table, language, taken.context)),
            emphasized=frozenset({len(table.rows) - 1} if table.is_last_total else ()),
            printed=" ".join(text for _, text in about[1:3]),
        )
        for table in taken.tables
    ]
    return pages(declared, sheets, taken.actor.name, language)


def _cells(table: Table, language: str, context: Context) -> Iterator[list[Cell]]:
    for place, row in enumerate(table.rows):
        own = table.kinds[place] if table.kinds else None
        cells = []
        for value, heading in zip(row, table.headings, strict=True):
            kind = own if own is not None and heading in (_VALUE, _PREVIOUS) else heading.kind
            if isinstance(value, Decimal):
                cells.append(Cell(figure(kind, value), value))
            elif kind is FieldKind.LINK or (isinstance(value, str) and kind in (FieldKind.DATE, FieldKind.MONTH)):
                cells.append(Cell(str(value or "")))
            else:
                cells.append(Cell(said(kind, value, language, context.zone, dict(heading.options))))
        yield cells


def _plain(value: Any, heading: Heading) -> Any:
    """A value of a page as files hold it: figures as numbers, links as their titles."""
    if isinstance(value, Mapping):
        return value.get("title") or str(value.get("id", ""))
    if value is not None and heading.is_number:
        return Decimal(str(value))
    if isinstance(value, str) and heading.kind in (FieldKind.DATE, FieldKind.MONTH) and not heading.is_masked:
        return date.fromisoformat(value)
    return value
