"""Pages cut to what people look at: the first rows, a key across, the same sums at the time before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from onebook.access.actor import Actor
from onebook.definition.report import Report
from onebook.engines.report.heading import Heading
from onebook.engines.report.metric.comparing import Compared, earlier, require_comparable
from onebook.engines.report.metric.parts import Comparison
from onebook.engines.report.refusals import FixedRows, TooManyCells, UnknownColumn
from onebook.engines.report.report import PAGE_LIMIT, ReportRequest, Reports
from onebook.engines.report.request import Page
from onebook.engines.report.shape import name_in
from onebook.expression.context import Context
from onebook.storage.transaction import Transaction
from onebook.values.decimals import ZERO
from onebook.values.label import Label

#: The most groups that a pivot is made of, and the most values that become columns; what is beyond counts in totals.
MOST_CELLS: Final = 20_000
MOST_COLUMNS: Final = 60
_BLANK: Final = Label("（空）", "(blank)")


@dataclass(frozen=True, slots=True)
class Cut:
    """`top`: so many rows, and what is beyond them as one. `pivot`: a key of the report whose values become columns.
    `compare`: each sum as it was in the time before, or a year ago, beside it."""

    top: int | None = None
    pivot: str | None = None
    compare: Comparison | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is cut."""
        return self == WHOLE


#: As the report's pages are.
WHOLE: Final = Cut()


def cut_page(
    reports: Reports, transaction: Transaction, request: ReportRequest, cut: Cut, actor: Actor, context: Context,
    *, most: int = PAGE_LIMIT,
) -> Page:  # fmt: skip
    """A page of a report as it is cut, with `more` (how many rows are beyond it) and `others` (their totals)."""
    if cut.compare is not None:
        return _compared(reports, transaction, request, cut, cut.compare, actor, context, most)
    if cut.pivot is not None:
        return _pivoted(reports, transaction, request, cut, actor, context)
    if cut.top is None:
        page = reports.page(transaction, request, actor, context, most=most)
        beyond = int(page.extra["total_rows"]) - int(page.extra["offset"]) - len(page.rows)
        return _with(page, more=max(0, beyond), others=None)
    page = reports.page(transaction, replace(request, limit=cut.top, offset=0), actor, context, most=most)
    if "opening" in page.extra:
        raise FixedRows(name=reports.label(request.report))
    more = max(0, int(page.extra["total_rows"]) - len(page.rows))
    return _with(page, more=more, others=_others(page) if more else None)


def across(report: Report, rows: tuple[str, ...] | None, pivot: str) -> tuple[str, ...]:
    """The keys of the groups that a pivot is made of: those asked for, else the others of the report, and last the one
    that stands across."""
    own = rows or tuple(row for row in report.rows if row.partition(":")[0] != pivot.partition(":")[0])
    return (*own, pivot)


def _compared(
    reports: Reports, transaction: Transaction, request: ReportRequest, cut: Cut, how: Comparison, actor: Actor,
    context: Context, most: int,
) -> Page:  # fmt: skip
    if cut.pivot is not None:
        raise UnknownColumn(field="compare", slot="column")
    page = cut_page(reports, transaction, request, replace(cut, compare=None), actor, context, most=most)
    if "opening" in page.extra or "days" not in page.extra:
        raise FixedRows(name=reports.label(request.report))
    report = reports.declared(request.report)
    require_comparable(page, how, report.label)
    then = earlier(report, page.extra["parameters"], how)
    asked = replace(
        request,
        parameters={**page.extra["parameters"], **then},
        variant=replace(request.variant, running=False, share=False),
        limit=MOST_CELLS,
        offset=0,
    )
    past = reports.page(transaction, asked, actor, context, most=MOST_CELLS)
    if int(past.extra["total_rows"]) > MOST_CELLS:
        raise TooManyCells(most=MOST_CELLS)
    found = Compared(page, past, how).told()
    return replace(found, extra={**found.extra, "compared": {"how": how, **then}})


def _with(page: Page, **extra: Any) -> Page:
    grouping = [heading.key for heading in page.headings if heading.is_key]
    return replace(page, extra={**page.extra, "grouping": grouping, **extra})


def _others(page: Page) -> dict[str, str]:
    """Totals over the rows that are not shown."""
    kinds = {heading.key: heading for heading in page.headings}
    return {
        key: _text(_number(total) - _sum(row[key] for row in page.rows), kinds[key])
        for key, total in page.extra["totals"].items()
        if key in kinds
    }


def _pivoted(
    reports: Reports, transaction: Transaction, request: ReportRequest, cut: Cut, actor: Actor, context: Context
) -> Page:
    report = reports.declared(request.report)
    pivot = str(cut.pivot)
    variant = replace(request.variant, rows=across(report, request.variant.rows, pivot))
    rows = variant.rows[:-1] if variant.rows else ()
    if variant.running or variant.share:
        raise UnknownColumn(field="running, share", slot="column")
    order = report.sort if request.sort is None else request.sort
    by_key = [text for text in order if text.lstrip("-") in rows]
    further = [row for row in rows if row not in {text.lstrip("-") for text in by_key}]
    asked = replace(request, variant=variant, sort=(*by_key, *further, pivot), limit=MOST_CELLS, offset=0)
    page = reports.page(transaction, asked, actor, context, most=MOST_CELLS)
    if int(page.extra["total_rows"]) > MOST_CELLS:
        raise TooManyCells(most=MOST_CELLS)
    known = {*rows, *page.extra["totals"]}
    if request.sort is not None and (unknown := [text for text in order if text.lstrip("-") not in known]):
        raise UnknownColumn(field=unknown[0], slot="sort")
    return _Pivot(page, pivot).page(order, cut.top)


class _Pivot:
    """The groups of a page, one of whose keys becomes columns."""

    def __init__(self, page: Page, pivot: str) -> None:
        self._page = page
        keys = {heading.key: heading for heading in page.headings if heading.is_key}
        self._pivot = keys.pop(name_in(pivot, keys))
        self._keys = list(keys.values())
        self._figures = [heading for heading in page.headings if not heading.is_key]
        self._totals: Mapping[str, Any] = page.extra["totals"]
        found = {_plain(row[self._pivot.key]): row[self._pivot.key] for row in page.rows}
        self._values = sorted(found.values(), key=self._standing)
        self._places = {_plain(value): n for n, value in enumerate(self._values[:MOST_COLUMNS])}

    def page(self, order: Sequence[str], top: int | None) -> Page:
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in self._page.rows:
            at = tuple(_plain(row[key.key]) for key in self._keys)
            shown = rows.setdefault(at, {key.key: row[key.key] for key in self._keys})
            place = self._places.get(_plain(row[self._pivot.key]))
            for figure in self._figures:
                if place is not None:
                    shown[f"{figure.key}@{place}"] = row[figure.key]
                if figure.key in self._totals:
                    shown[figure.key] = _number(shown.get(figure.key)) + _number(row[figure.key])
        ordered = self._ordered(list(rows.values()), order)
        kept, left = (ordered, []) if top is None else (ordered[:top], ordered[top:])
        headings = [*self._keys, *self._columns(), *(one for one in self._figures if one.key in self._totals)]
        numbers = [one for one in headings if (one.of or one.key) in self._totals and not one.is_key]
        totals = {one.key: _text(_sum(row.get(one.key) for row in ordered), one) for one in numbers}
        others = {one.key: _text(_sum(row.get(one.key) for row in left), one) for one in numbers}
        shown_rows = [
            {one.key: _shown(row.get(one.key), one) if one in numbers else row.get(one.key) for one in headings}
            for row in kept
        ]
        extra = {
            **self._page.extra,
            "total_rows": len(ordered),
            "grouping": [*(key.key for key in self._keys), self._pivot.key],
            "totals": totals,
            "more": len(left),
            "others": others if left else None,
            "pivot": {"key": self._pivot.key, "more": len(self._values) - len(self._places)},
        }
        extra.pop("creates", None)
        return replace(self._page, headings=headings, rows=shown_rows, extra=extra)

    def _columns(self) -> Iterator[Heading]:
        for n, value in enumerate(self._values[:MOST_COLUMNS]):
            for figure in self._figures:
                label = self._label(value)
                if len(self._figures) > 1:
                    label = Label(f"{label.chinese} {figure.label.chinese}", f"{label.english} {figure.label.english}")
                yield replace(figure, key=f"{figure.key}@{n}", label=label, of=figure.key, at=value)

    def _label(self, value: Any) -> Label:
        if value is None:
            return _BLANK
        if isinstance(value, Mapping):
            return Label(*[str(value["title"] or value["id"])] * 2)
        option = dict(self._pivot.options).get(str(value))
        if option is not None:
            return option
        text = f"{value:%Y-%m}" if self._pivot.kind.value == "month" else str(value)
        return Label(text, text)

    def _standing(self, value: Any) -> tuple[bool, Any]:
        """In which order the values become columns: options as declared, links by name, blanks last."""
        codes = [code for code, _ in self._pivot.options]
        if isinstance(value, Mapping):
            value = str(value["title"] or "")
        elif value in codes:
            value = f"{codes.index(value):06}"
        elif self._pivot.is_number and value is not None:
            value = Decimal(value)
        return value is None, "" if value is None else value

    def _ordered(self, rows: list[dict[str, Any]], order: Sequence[str]) -> list[dict[str, Any]]:
        """By the totals of the rows; by their keys they stand in order already."""
        for text in reversed(order):
            name = text.lstrip("-")
            if name in self._totals:
                rows.sort(key=lambda row: _number(row.get(name)), reverse=text.startswith("-"))
        return rows


def _plain(value: Any) -> Any:
    return value["id"] if isinstance(value, Mapping) else value


def _number(value: Any) -> Decimal:
    return ZERO if value is None else Decimal(value)


def _sum(values: Iterable[Any]) -> Decimal:
    return sum(map(_number, values), ZERO)


def _shown(value: Any, heading: Heading) -> str | None:
    return None if value is None else _text(_number(value), heading)


def _text(value: Decimal, heading: Heading) -> str:
    """A figure as pages show it: money to the cent, others without trailing noise."""
    if heading.scale == 2 and heading.kind.value == "money":
        return f"{value:.2f}"
    return f"{value.normalize():f}" if value else "0"
