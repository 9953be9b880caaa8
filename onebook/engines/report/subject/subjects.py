"""Statements over subjects: trial balance, profit and loss, balance sheet, straight from the totals of the months.

The roles of accounts say to which subject they belong; a subject is what its roles brought, and those of the subjects
whose codes begin with its own. What keeps a balance is reckoned back from it, so that a statement reads the months
since the beginning of its year; only what keeps none is summed from the first month on.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from onebook.definition.check.subject_reports import MEASURES, columns_scope, lines_scope
from onebook.definition.field import FieldKind
from onebook.definition.report import Report, StatementLine
from onebook.engines.report.heading import Heading, heading_of
from onebook.engines.report.parameters import told
from onebook.engines.report.reading import Reading
from onebook.engines.report.request import PAGE_LIMIT, Page
from onebook.engines.report.shape import heading_for
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.expression.tree import Expression
from onebook.expression.types import NUMBER, Kind
from onebook.storage.planning import planned_anew
from onebook.storage.transaction import Rows, Statement, Transaction
from onebook.values.decimals import ZERO
from onebook.values.label import Label
from onebook.values.month import Month

LINE: Final = "line"
_NUMBER: Final = "line_number"
_LINE_LABEL: Final = Label("项目", "Item")
_NUMBER_LABEL: Final = Label("行次", "No.")

#: By role, and by what the dimension that says the subject points to: what moved before the month, in it, behind it.
_MOVED: Final = """
SELECT a.role, {subject},
    coalesce(sum(t.amount_in) FILTER (WHERE t.month < %(month)s), 0),
    coalesce(sum(t.amount_out) FILTER (WHERE t.month < %(month)s), 0),
    coalesce(sum(t.amount_in) FILTER (WHERE t.month = %(month)s), 0),
    coalesce(sum(t.amount_out) FILTER (WHERE t.month = %(month)s), 0),
    coalesce(sum(t.amount_in - t.amount_out) FILTER (WHERE t.month > %(month)s), 0)
FROM ledger_total t JOIN ledger_account a ON a.id = t.account
WHERE t.month >= %(year)s AND a.control IS NULL AND a.role = ANY(%(roles)s::text[]) GROUP BY 1, 2"""
#: What stands now where balances are kept, and what was summed before the year where they are not.
_STANDING: Final = """
SELECT a.role, {subject}, sum(a.amount) FROM ledger_account a
WHERE a.kept AND a.control IS NULL AND a.role = ANY(%(roles)s::text[]) GROUP BY 1, 2"""
_BEFORE: Final = """
SELECT a.role, {subject}, sum(t.amount_in - t.amount_out)
FROM ledger_total t JOIN ledger_account a ON a.id = t.account
WHERE t.month < %(year)s AND NOT a.kept AND a.control IS NULL AND a.role = ANY(%(roles)s::text[]) GROUP BY 1, 2"""

#: A role, and the record that says its subject (0: the role itself does).
Part = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """What some accounts brought: debit is positive. `year_` of the year up to the end of the month."""

    year_opening: Decimal = ZERO
    opening: Decimal = ZERO
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    year_debit: Decimal = ZERO
    year_credit: Decimal = ZERO

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def is_something(self) -> bool:
        """Whether anything stands or moved."""
        return any(getattr(self, name) for name in self.__slots__)

    @property
    def closing(self) -> Decimal:
        """What stands at the end of the month."""
        return self.opening + self.debit - self.credit

    def measures(self, side: str = "debit") -> dict[str, Decimal]:
        """By the names that formulas use, seen from a side: of the balances and of what moved, more is more of it."""

        def seen(value: Decimal) -> Decimal:
            return value if side == "debit" else ZERO - value

        return {
            "opening": seen(self.opening),
            "debit": self.debit,
            "credit": self.credit,
            "moved": seen(self.debit - self.credit),
            "closing": seen(self.closing),
            "own_closing": seen(self.closing),
            "year_opening": seen(self.year_opening),
            "year_debit": self.year_debit,
            "year_credit": self.year_credit,
            "year_moved": seen(self.year_debit - self.year_credit),
        }


_NOTHING: Final = Figures()


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One row before its columns are computed. `is_total`: it sums others; `counts`: no other row contains it."""

    keys: Mapping[str, Any]
    known: Mapping[str, Any]
    is_total: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """What the book said: figures by part, the codes of the records that say subjects, and the rows of the report."""

    month: Month
    parts: Mapping[Part, Figures]
    codes: Mapping[int, str]
    rows: Sequence[SubjectRow]


class SubjectFigures:
    """One report over subjects, seen by one actor."""

    def __init__(self, reading: Reading, report: Report, hidden: frozenset[str]) -> None:
        """Find what is shown. Raises NotReadable where subjects themselves are listed and may not be read."""
        self.report: Final = report
        self._catalog = reading.catalog
        self.roles: Final = {name: role for name, role in self._catalog.accounts.items() if name not in report.without}
        scope = columns_scope(self._catalog, report)
        self.columns: Final = {
            name: check(column.shows, scope) for name, column in report.columns.items() if name not in hidden
        }
        self._filter = check(report.filter, scope, Kind.FLAG) if report.filter else None
        self.formulas: Final[dict[str, Expression]] = {}
        above: dict[str, None] = {}
        for line in report.lines:
            if line.shows is not None:
                self.formulas[line.line] = check(line.shows, lines_scope(above))
            above[line.line] = None
        self._codes = dict(self._paths(reading))
        self._chart = self._chart_of(reading)
        self.headings = tuple(self._headings())

    def page(
        self, transaction: Transaction, given: Mapping[str, Any], context: Context, limit: int, offset: int
    ) -> Page:
        """A page, with the totals over all rows that are in no other."""
        read = self.read(transaction, given, context)
        rows, month = read.rows, read.month
        cells = [(row, self.cells(row, context)) for row in rows]
        totals = {
            name: sum((values[name] or ZERO for row, values in cells if row.counts), ZERO)
            for name, column in self.report.columns.items()
            if column.total and name in self.columns
        }
        shown = cells[max(0, offset) :][: max(1, min(limit, PAGE_LIMIT))]
        extra: dict[str, Any] = {
            "report": self.report.report,
            "parameters": told(given),
            "total_rows": len(rows),
            "totals": {name: f"{value:.2f}" for name, value in totals.items()},
            "offset": max(0, offset),
            "days": {"first": month.first.isoformat(), "last": month.last.isoformat()},
        }
        shown_rows = [
            {**{key: self._told(key, value, row) for key, value in {**row.keys, **values}.items()}, **_kind(row)}
            for row, values in shown
        ]
        return Page(self.report.of, self.headings, shown_rows, extra=extra)

    def rows(self, transaction: Transaction, given: Mapping[str, Any], context: Context) -> Iterator[tuple[Any, ...]]:
        """All rows with plain values."""
        for row in self.read(transaction, given, context).rows:
            yield (*row.keys.values(), *self.cells(row, context).values())

    def cells(self, row: SubjectRow, context: Context) -> dict[str, Any]:
        """What the columns of a row show."""
        return {name: evaluate(shows, row.known, context) for name, shows in self.columns.items()}

    def read(self, transaction: Transaction, given: Mapping[str, Any], context: Context) -> Read:
        """Everything, in one round trip."""
        month = _month(given, context)
        subject = _case({name: path.partition(".")[0] for name, path in self._codes_of_roles.items()})
        values = {"month": month.first, "year": date(month.year, 1, 1), "roles": sorted(self.roles)}
        asks = [Statement(text.format(subject=subject), values) for text in (_MOVED, _STANDING, _BEFORE)]
        charts = [*self._codes.values(), *([self._chart] if self._chart else [])]
        moved, standing, before, *found = planned_anew(transaction, *asks, *(chart.bound({}) for chart in charts))
        codes = {record: code for rows in found[: len(self._codes)] for record, code in rows}
        parts = _figures(moved, standing, before)
        if self.report.lines:
            return Read(month, parts, codes, list(self._statement(parts, codes, context)))
        rows = self._subjects(parts, codes, found[-1])
        shows = self._filter
        kept = [row for row in rows if shows is None or evaluate(shows, row.known, context) is True]
        return Read(month, parts, codes, kept)

    @property
    def _codes_of_roles(self) -> dict[str, str]:
        """The roles whose subject follows from a dimension, each with its path: `item.code`."""
        return {name: role.subject for name, role in self.roles.items() if role.subject and "." in role.subject}

    def _paths(self, reading: Reading) -> Iterator[tuple[str, CompiledText]]:
        """By path: the codes of all records that may say a subject."""
        for name, path in self._codes_of_roles.items():
            dimension, _, field = path.partition(".")
            form = self.roles[name].dimensions[dimension]  # type: ignore[index]  # checked with the catalog
            table = reading.tables.of(form)
            yield f"{form}.{field}", compiled(select(table.c.id, table.c[field]))

    def _by_code(self, parts: Mapping[Part, Figures], codes: Mapping[int, str]) -> dict[str, Figures]:
        found: defaultdict[str, Figures] = defaultdict(Figures)
        for part, figures in parts.items():
            found[self.code_of(part, codes)] += figures
        return found

    def code_of(self, part: Part, codes: Mapping[int, str]) -> str:
        """The code of the subject that a part belongs to; empty where nothing says one."""
        role, record = part
        declared = self.roles[role].subject or ""
        return codes.get(record, "") if "." in declared else declared

    def _statement(
        self, parts: Mapping[Part, Figures], codes: Mapping[int, str], context: Context
    ) -> Iterator[SubjectRow]:
        by_code = self._by_code(parts, codes)
        above: dict[str, dict[str, Decimal]] = {}
        for line in self.report.lines:
            formula = self.formulas.get(line.line)
            if formula is not None:
                known = {
                    name: evaluate(formula, {one: values[name] for one, values in above.items()}, context)
                    for name in MEASURES
                }
            else:
                known = self._of_line(line, parts, by_code).measures(line.side)
            above[line.line] = known
            is_empty = not (line.subjects or line.roles or line.shows)
            keys = {LINE: line.line} | ({_NUMBER: line.number} if self._is_numbered else {})
            shown: Mapping[str, Any] = dict.fromkeys(MEASURES) if is_empty else known
            yield SubjectRow(keys, shown, is_total=is_empty or formula is not None)

    def _of_line(self, line: StatementLine, parts: Mapping[Part, Figures], by_code: Mapping[str, Figures]) -> Figures:
        if line.roles:
            return sum((figures for (role, _), figures in parts.items() if role in line.roles), _NOTHING)
        return sum((figures for code, figures in by_code.items() if code.startswith(line.subjects)), _NOTHING)

    def _subjects(self, parts: Mapping[Part, Figures], codes: Mapping[int, str], chart: Rows) -> Iterator[SubjectRow]:
        """Each subject with something, the chart's own first; what stands on a code that it lacks has a row too."""
        by_code = self._by_code(parts, codes)
        names = [key for key, _ in self._own]
        rows = {str(row[0]): dict(zip(names, row, strict=True)) for row in chart}
        missing = {code: {**dict.fromkeys(names), names[0]: code} for code in by_code if code not in rows}
        every = rows | missing
        for code in sorted(every):
            figures = sum((one for other, one in by_code.items() if other.startswith(code)), _NOTHING)
            if not code:
                figures = by_code[code]
            if figures.is_something:
                above = any(code != other and code.startswith(other) for other in every if other)
                keys = {name: every[code][name] for name in self.report.rows}
                own = {"own_closing": by_code.get(code, _NOTHING).closing}
                yield SubjectRow(keys, {**every[code], **figures.measures(), **own}, counts=not above)

    def _told(self, key: str, value: Any, row: SubjectRow) -> Any:
        """A cell as JSON has it; the subject itself, as a link, by the last of its row's names."""
        if isinstance(value, Decimal):
            return f"{value:.2f}"
        if key in self.columns and self.columns[key].type.kind is Kind.LINK and value is not None:
            return {"id": value, "title": row.keys[self.report.rows[-1]]}
        return value

    @property
    def _is_numbered(self) -> bool:
        return any(line.number is not None for line in self.report.lines)

    @property
    def _own(self) -> list[tuple[str, Expression]]:
        """The fields of the subject that rows and columns read, its code first."""
        scope = self._catalog.scope_of(self.report.of)
        assert scope is not None
        asked = [*self.columns.values(), *([self._filter] if self._filter else [])]
        read = {path for one in asked for path in one.paths} - set(MEASURES)
        keys = [*self.report.rows, *sorted(read - set(self.report.rows))]
        return [(key, check(key, scope)) for key in keys]

    def _chart_of(self, reading: Reading) -> CompiledText | None:
        if self.report.lines:
            return None
        reading.must_read(self.report.of)
        for key, _ in self._own:
            reading.may_read_path(self.report.of, key, "column")
        joins = Joins(reading.tables, self.report.of)
        columns = [joins.column(key) for key, _ in self._own]
        living = joins.root.c.deleted_at.is_(None)
        return compiled(select(*columns).select_from(joins.from_clause()).where(living).order_by(columns[0]))

    def _headings(self) -> Iterator[Heading]:
        if self.report.lines:
            names = tuple((line.line, line.label) for line in self.report.lines)
            yield Heading(LINE, _LINE_LABEL, FieldKind.CHOICE, options=names)
            if self._is_numbered:
                yield Heading(_NUMBER, _NUMBER_LABEL, FieldKind.NUMBER, 0)
        fields = self._catalog.forms[self.report.of].fields
        yield from (heading_of(name, fields[name]) for name in self.report.rows)
        kinds = dict.fromkeys(MEASURES, FieldKind.MONEY)
        for name, shows in self.columns.items():
            column = self.report.columns[name]
            if shows.type == NUMBER and set(shows.paths) <= set(MEASURES):
                yield Heading(name, column.label, FieldKind.MONEY, 2, is_measure=column.is_sum)
            else:
                yield heading_for(name, column, shows, kinds)


def _figures(moved: Rows, standing: Rows, before: Rows) -> dict[Part, Figures]:
    """What each part brought, put together from what the totals and the accounts say."""
    kept = {(role, record): amount for role, record, amount in standing}
    summed = {(role, record): amount for role, record, amount in before}
    turned = {(role, record): figures for role, record, *figures in moved}
    found = {}
    for part in sorted(kept.keys() | summed.keys() | turned.keys()):
        debit_before, credit_before, debit, credit, later = turned.get(part, [ZERO] * 5)
        year_debit, year_credit = debit_before + debit, credit_before + credit
        in_year = later + year_debit - year_credit
        year_opening = kept[part] - in_year if part in kept else summed.get(part, ZERO)
        opening = year_opening + debit_before - credit_before
        found[part] = Figures(year_opening, opening, debit, credit, year_debit, year_credit)
    return found


def _case(dimensions: Mapping[str, str]) -> str:
    """SQL of the record that says an account's subject; names of roles and dimensions are identifiers."""
    if not dimensions:
        return "0"
    cases = " ".join(f"WHEN '{role}' THEN a.{dimension}" for role, dimension in sorted(dimensions.items()))
    return f"CASE a.role {cases} ELSE 0 END"


def _month(given: Mapping[str, Any], context: Context) -> Month:
    chosen: Sequence[date] = [value for value in given.values() if value is not None]
    return Month.of(chosen[0] if chosen else context.today)


def _kind(row: SubjectRow) -> dict[str, bool]:
    return {"is_balance": row.is_total}
