"""Behind a figure of a statement: the accounts that it is made of, or the lines above it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from onebook.definition.check.subject_reports import measure_of
from onebook.engines.report.refusals import UnknownColumn, WrongCondition
from onebook.engines.report.subject.subjects import LINE, Part, Read, SubjectFigures
from onebook.expression.context import Context
from onebook.expression.python import evaluate
from onebook.expression.tree import Expression
from onebook.storage.transaction import Transaction
from onebook.values.decimals import ZERO
from onebook.values.month import Month

_ONE: Final = Decimal(1)
#: Days of a measure: what stood before the month or its year, what moved in them, what stands at the end of the month.
_BEFORE: Final = ("opening", "year_opening")
_IN_MONTH: Final = ("debit", "credit", "moved")
_IN_YEAR: Final = ("year_debit", "year_credit", "year_moved")
_OWN: Final = "own_closing"

Days = tuple[date | None, date]


def behind(
    figures: SubjectFigures, transaction: Transaction, column: str, at: Mapping[str, Any], given: Mapping[str, Any],
    context: Context,
) -> dict[str, Any]:  # fmt: skip
    """What a figure is the sum of: `parts` (an account's role, at which record of which dimension, from which day to
    which day, the amount in the direction of the column), or of a line that is computed `lines` with what they
    show. Raises UnknownColumn for what does not open, WrongCondition for a row that is not there."""
    shows = figures.columns.get(column)
    measure = measure_of(shows) if shows is not None else None
    if shows is None or measure is None:
        raise UnknownColumn(field=column, slot="measure")
    read = figures.read(transaction, given, context)
    key = LINE if figures.report.lines else figures.report.rows[0]
    wanted = at.get(key)
    row = next((one for one in read.rows if one.keys[key] == wanted), None)
    if row is None:
        raise WrongCondition(field=key, op="eq")
    said: dict[str, Any] = {
        "report": figures.report.report,
        "heading": next(one for one in figures.headings if one.key == column),
        "sum": f"{figures.cells(row, context)[column] or ZERO:.2f}",
        "parts": [],
        "lines": [],
    }
    formula = figures.formulas.get(str(wanted)) if figures.report.lines else None
    if formula is not None:
        labels = {line.line: line.label for line in figures.report.lines}
        cells = {one.keys[LINE]: figures.cells(one, context)[column] for one in read.rows}
        said["lines"] = [
            {"line": name, "label": labels[name], "figure": f"{cells[name] or ZERO:.2f}"}
            for name in labels
            if name in formula.paths
        ]
        return said
    first, last = _days(measure, read.month)
    names = ("since", "until")
    days = dict(zip(names, (first and first.isoformat(), last.isoformat()), strict=True))
    sign = _direction(shows, measure, context)
    side = next((line.side for line in figures.report.lines if line.line == wanted), "debit")
    for part in _parts(figures, read, str(wanted), measure):
        amount = sign * read.parts[part].measures(side)[measure]
        if amount:
            said["parts"].append({**_account(figures, part), **days, "figure": f"{amount:.2f}"})
    return said


def _parts(figures: SubjectFigures, read: Read, wanted: str, measure: str) -> Iterator[Part]:
    """The parts that a row counts."""
    line = next((one for one in figures.report.lines if one.line == wanted), None)
    for part in sorted(read.parts):
        code = figures.code_of(part, read.codes)
        if line is not None:
            counts = part[0] in line.roles if line.roles else code.startswith(line.subjects or ("\0",))
        else:
            counts = code == wanted or bool(wanted and measure != _OWN and code.startswith(wanted))
        if counts:
            yield part


def _account(figures: SubjectFigures, part: Part) -> dict[str, Any]:
    """The question about the account of a part."""
    role, record = part
    declared = figures.roles[role]
    dimension = (declared.subject or "").partition(".")[0] if "." in (declared.subject or "") else None
    return {"account": role, "label": declared.label, "at": {dimension: record} if dimension and record else {}}


def _days(measure: str, month: Month) -> Days:
    year = date(month.year, 1, 1)
    if measure in _IN_MONTH:
        return month.first, month.last
    if measure in _IN_YEAR:
        return year, month.last
    if measure in _BEFORE:
        return None, (year if measure == "year_opening" else month.first) - timedelta(days=1)
    return None, month.last


def _direction(shows: Expression, measure: str, context: Context) -> int:
    """Whether the column shows more where there is more, or less."""
    more, less = (evaluate(shows, {measure: value}, context) or ZERO for value in (_ONE, ZERO - _ONE))
    return 1 if more >= less else -1
