"""Statements of account: what stood before a span, each posting in it, and the balance after each of them.

Roles that count together are one account here: what one posting moves between them is no entry.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, bindparam, func, null, select

from onebook.definition.check.reports import MEASURES, entries_of, parameters_of
from onebook.definition.field import FieldKind
from onebook.definition.report import Report
from onebook.engines.report.heading import Heading
from onebook.engines.report.parameters import told
from onebook.engines.report.reading import Reading
from onebook.engines.report.refusals import NotReadable, UnknownColumn, WrongParameter
from onebook.engines.report.request import PAGE_LIMIT, Page
from onebook.engines.report.shape import heading_for
from onebook.engines.report.sources.late import written_later
from onebook.engines.report.span import Span, When
from onebook.engines.table.compiled import CompiledText, compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted
from onebook.expression.check import check
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.expression.sql import context_parameters
from onebook.expression.tree import Expression
from onebook.storage.planning import planned_anew
from onebook.storage.transaction import Statement, Transaction
from onebook.values.label import Label
from onebook.values.month import Month

#: What the first row is called in place of a document.
OPENING: Final = "opening"
_OPENING: Final = Label("期初余额", "Brought forward")
_FORM: Final = "form"

#: The accounts of the subject on which everything counts: leaves count on their control accounts, if they may.
_WHOLE: Final = """SELECT id FROM ledger_account WHERE ((role = ANY(%(by_control)s::text[]) AND control IS NULL)
    OR (role = ANY(%(by_leaf)s::text[]) AND control IS NOT NULL))"""
#: What counts on them on some days: their own entries and, each one range of an index, those of their leaves.
_ENTRIES: Final = """({whole}) AS a CROSS JOIN LATERAL (
    SELECT journal, booked_on, amount, is_red FROM ledger_entry WHERE account = a.id AND {days}
    UNION ALL SELECT journal, booked_on, amount, is_red FROM ledger_entry
    WHERE control = a.id AND control <> 0 AND {days}
) AS e"""
_BEFORE: Final = """
SELECT coalesce((SELECT sum(amount_in - amount_out) FROM ledger_total
        WHERE month < %(first_month)s AND account IN ({whole})), 0)
    + coalesce((SELECT sum(e.amount) FROM {entries}), 0)
"""
_DAYS_BEFORE: Final = "booked_on >= %(first_month)s AND booked_on < %(first)s"
_LATE: Final = """ - coalesce((SELECT sum(e.amount) FROM ledger_entry e WHERE e.journal = ANY({late})
    AND (e.account IN ({whole}) OR e.control IN ({whole}))), 0)
"""
_WRITTEN_LATER: Final = compiled(written_later(lambda journal: journal.c.booked_on < bindparam("first"))).sql
_MOVED: Final = """
SELECT e.booked_on, j.id, j.form, j.record, bool_or(e.is_red), sum(e.amount)
FROM {entries} JOIN ledger_journal j ON j.id = e.journal{known}
GROUP BY e.booked_on, j.id, j.form, j.record HAVING sum(e.amount) <> 0
ORDER BY e.booked_on, j.id LIMIT %(most)s::bigint
"""
_DAYS: Final = "booked_on BETWEEN %(first)s AND %(last)s"
_KNOWN: Final = " AND j.at <= %(known_at)s"


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: what it shows of a row."""

    heading: Heading
    shows: Expression
    is_total: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its cells by column, the balance after it, and the document behind it if the actor may read that."""

    cells: Mapping[str, Any]
    balance: Decimal
    is_balance: bool
    record: Mapping[str, Any] | None


class Entries:
    """One statement of account, seen by one actor."""

    def __init__(self, reading: Reading, report: Report, hidden: frozenset[str]) -> None:
        """Find what is shown."""
        self._reading = reading
        self._report = report
        self._columns = [self._column(name) for name in report.columns if name not in hidden]
        self._asks = {name: self._ask(str(report.parameters[name].to)) for name in entries_of(reading.catalog, report)}

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The columns."""
        return tuple(column.heading for column in self._columns)

    def page(
        self, transaction: Transaction, given: Mapping[str, Any], when: When, context: Context, limit: int, offset: int
    ) -> Page:
        """A page, with the totals over the span. Refuses accounts that are not for the actor to see."""
        span = _span(when)
        rows = self._rows(transaction, given, when, context)
        totals = {
            column.heading.key: sum((row.cells[column.heading.key] or 0 for row in rows[1:]), Decimal(0))
            for column in self._columns
            if column.is_total
        }
        shown = rows[max(0, offset) :][: max(1, min(limit, PAGE_LIMIT))]
        extra: dict[str, Any] = {
            "report": self._report.report,
            "parameters": told(given),
            "from": span.first.isoformat(),
            "to": span.last.isoformat(),
            "total_rows": len(rows),
            "totals": {name: f"{value:.2f}" for name, value in totals.items()},
            "opening": f"{rows[0].balance:.2f}",
            "closing": f"{rows[-1].balance:.2f}",
            "offset": max(0, offset),
        }
        return Page(self._report.of, self.headings, [self._told(row) for row in shown], extra=extra)

    def rows(
        self, transaction: Transaction, given: Mapping[str, Any], when: When, context: Context, most: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """All rows with plain values, or the first postings behind what was brought forward, `most` of them."""
        for row in self._rows(transaction, given, when, context, most):
            yield tuple(row.cells.values())

    def _rows(
        self, transaction: Transaction, given: Mapping[str, Any], when: When, context: Context, most: int | None = None
    ) -> list[_Row]:
        span = _span(when)
        asked = {name: given[name] for name in self._asks if given[name] is not None}
        if not asked:
            name = next(iter(self._asks))
            raise WrongParameter(name=self._report.parameters[name].label)
        narrowing = "".join(f" AND {name} = %(of_{name})s::bigint" for name in asked)
        whole = f"{_WHOLE}{narrowing}"
        before = _BEFORE.format(whole=whole, entries=_ENTRIES.format(whole=whole, days=_DAYS_BEFORE))
        is_known = when.known_at is not None
        before += _LATE.format(late=_WRITTEN_LATER, whole=whole) if is_known else ""
        moved_of = _ENTRIES.format(whole=whole, days=_DAYS)
        roles = [self._report.of, *self._report.plus]
        by_leaf = [role for role in roles if set(asked) & set(self._reading.catalog.accounts[role].leaf)]
        values: dict[str, Any] = {f"of_{name}": value for name, value in asked.items()}
        values |= {"by_leaf": by_leaf, "by_control": [role for role in roles if role not in by_leaf]}
        values |= {"first": span.first, "last": span.last, "first_month": Month.of(span.first).first}
        values |= {"known_at": when.known_at, "most": most}
        known = context_parameters(context)
        opening, moved, *readable = planned_anew(
            transaction,
            Statement(before, values),
            Statement(_MOVED.format(entries=moved_of, known=_KNOWN if is_known else ""), values),
            *(self._asks[name].bound({**known, "ids": [value]}) for name, value in asked.items()),
        )
        for name, found in zip(asked, readable, strict=True):
            if not found:
                raise NotReadable(name=self._report.parameters[name].label)
        numbers = self._numbers(transaction, moved, known)
        return list(self._running(opening[0][0], moved, numbers, span.first, context))

    def _running(
        self, opening: Decimal, moved: Sequence[tuple[Any, ...]], numbers: Mapping[tuple[str, int], str], first: date,
        context: Context,
    ) -> Iterator[_Row]:  # fmt: skip
        balance = opening
        yield self._shown(
            {"on": first, _FORM: OPENING, "number": None, "increase": None, "decrease": None, "balance": balance},
            context,
            is_balance=True,
        )
        for on, _, form, record, is_red, amount in moved:
            balance += amount
            comes = (amount > 0) != is_red
            row = {
                "on": on,
                _FORM: form,
                "number": numbers.get((form, record)),
                "increase": amount if comes else None,
                "decrease": None if comes else -amount,
                "balance": balance,
            }
            origin = {"form": form, "id": record} if (form, record) in numbers else None
            yield self._shown(row, context, is_balance=False, record=origin)

    def _shown(
        self, row: Mapping[str, Any], context: Context, *, is_balance: bool, record: Mapping[str, Any] | None = None
    ) -> _Row:
        cells = {column.heading.key: evaluate(column.shows, row, context) for column in self._columns}
        return _Row(cells, cells.get("balance", row["balance"]), is_balance, record)

    def _told(self, row: _Row) -> dict[str, Any]:
        """A row as JSON has it: `record` opens the document, where the actor may."""
        cells = {key: _text(value) for key, value in row.cells.items()}
        return {**cells, "is_balance": row.is_balance, "record": row.record}

    def _numbers(
        self, transaction: Transaction, moved: Sequence[tuple[Any, ...]], known: Mapping[str, object]
    ) -> dict[tuple[str, int], str]:
        """The numbers of the documents that the actor may read."""
        wanted = sorted({(form, record) for _, _, form, record, _, _ in moved})
        by_form = {form: [record for _, record in rows] for form, rows in groupby(wanted, lambda one: one[0])}
        readable = [form for form in by_form if self._is_numbered(form)]
        if not readable:
            return {}
        asks = [self._ask(form).bound({**known, "ids": by_form[form]}) for form in readable]
        results = transaction.run(*asks)
        return {(form, row[0]): row[1] for form, rows in zip(readable, results, strict=True) for row in rows}

    def _is_numbered(self, form: str) -> bool:
        declared = self._reading.catalog.forms.get(form)
        return declared is not None and declared.number is not None and self._reading.rights(form).read is not None

    def _ask(self, form: str) -> CompiledText:
        """The records of a form among given ones that the actor may read, with their numbers."""
        columns = Joins(self._reading.tables, form)
        root = columns.root
        number = root.c.number if self._reading.catalog.forms[form].number else null()
        ids = bindparam("ids", type_=ARRAY(BigInteger))
        readable = permitted(self._reading.rights(form), columns)
        query = select(root.c.id, number).where(root.c.id == func.any(ids), readable)
        return compiled(query.select_from(columns.from_clause()))

    def _column(self, name: str) -> _Column:
        column = self._report.columns[name]
        scope = self._reading.catalog.role_scope(self._report.of, MEASURES["entries"])
        expression = check(column.shows, scope, parameters=parameters_of(self._report, scope))
        if expression.text.strip() == _FORM:
            return _Column(
                Heading(name, column.label, FieldKind.CHOICE, options=tuple(self._options())), expression, False
            )
        kinds = dict.fromkeys(("increase", "decrease", "balance"), FieldKind.MONEY)
        return _Column(heading_for(name, column, expression, kinds), expression, column.is_sum)

    def _options(self) -> Iterator[tuple[str, Label]]:
        yield OPENING, _OPENING
        for name, form in self._reading.catalog.forms.items():
            if form.kind == "document":
                yield name, form.label


def _span(when: When) -> Span:
    assert when.span is not None, "a statement is of some days"
    return when.span


def refuse_order(sort: tuple[str, ...] | None) -> None:
    """Refuse another order: a running balance has but one."""
    if sort:
        raise UnknownColumn(field=sort[0], slot="sort")


def _text(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, Decimal) else value
