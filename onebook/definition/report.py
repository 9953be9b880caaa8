"""Reports: figures over records, balances and open items."""

from typing import Annotated, Literal

from pydantic import Field as Key
from pydantic import StringConstraints

from onebook.definition.field import FieldKind
from onebook.definition.model import NOTHING, Declared, Formula, Name, Words
from onebook.definition.report_create import Covered, ReportCreate, Source


class Parameter(Declared):
    """What the reader chooses before reading."""

    kind: FieldKind
    label: Words
    to: Name | None = None
    default: Formula | None = None


class Column(Declared):
    """One column: a formula over the row of the source. With `total` it is a measure: summed over a group's rows, or
    the least (`min`), the greatest (`max`) of them. Without it the formula is over the group: its keys, and the columns
    before it by name."""

    label: Words
    shows: Formula
    total: bool | Literal["min", "max"] = False
    #: Instead of the value: in which of so many equal parts of all rows it lies, the greatest values in the last.
    parts: Annotated[int, Key(ge=2, le=100)] | None = None
    #: Of a text: what its values are called.
    options: dict[str, Words] | None = None

    @property
    def is_sum(self) -> bool:
        """Whether it is summed, over a group's rows and over all of them."""
        return self.total is True


class Bucket(Declared):
    """Open amounts by age: days overdue up to `days` (the last bucket has none and takes the rest)."""

    label: Words
    days: int | None = None


class StatementLine(Declared):
    """One line of a statement: what stands on subjects, or a formula over the lines above it."""

    line: Name
    label: Words
    #: What the printed form calls it (行次).
    number: Annotated[int, Key(ge=1)] | None = None
    #: Subjects by the beginnings of their codes: `2221` is also 222101.
    subjects: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,20}$")], ...] = ()
    #: Instead of whole subjects: accounts of these roles.
    roles: tuple[Name, ...] = ()
    #: The side that counts as more.
    side: Literal["debit", "credit"] = "debit"
    #: `goods + money - debts`: lines above, by name.
    shows: Formula | None = None


class Report(Declared):
    """One report.

    Sources: `records` of a form, or one row per line of `form.lines`; `balances` of an account role over a span
    (opening, incoming, outgoing, closing, and the daily average); `positions` of a role now (balance, taken, expected,
    available, projected); `open_items` of a role per document, as of a day, aged by the document's due date; `entries`
    of a role over a span, one row per posting with the balance after it; `outlook` of a kept role: how it will stand
    day by day if its promises are kept when they are due, with a row per day if `on` is among `rows`; `subjects`: what
    the roles of each subject of the chart of accounts brought in a month and its year, one row per subject of the form
    `of`, or per declared line of a statement; `metrics` over a span, side by side: one row per record of the form `of`
    that any of them knows by the key.
    """

    report: Name
    label: Words
    source: Literal["records", "balances", "positions", "open_items", "entries", "outlook", "subjects", "metrics"]
    #: The form or its lines (records), the form of the rows (metrics), or the account role (the others).
    of: Source
    #: Names in formulas: the form's fields, or the role's dimensions (`item.name`) and the source's measures. A link
    #: parameter named like a row key narrows the report to it when it is given. Sources of the ledger know more names:
    #: `month`, or `from` and `to`, are the days of balances and entries; `as_of` the day of positions and open items;
    #: `known_at`, an instant, leaves out what was written into the book later.
    parameters: dict[Name, Parameter] = NOTHING
    #: Keys to group by; a date key may carry its grain: `ordered_on:month`. `id` is the record, or the row of lines,
    #: itself.
    rows: tuple[str, ...] = ()
    columns: dict[Name, Column] = NOTHING
    #: Ledger sources: the dimension, itself a row key, of which every readable record has a row, whether anything is
    #: there or not; what has no account of its own has blank keys beside it.
    every: Name | None = None
    filter: Formula | None = None
    #: records: which groups are shown and counted, by their keys and totals.
    keeps: Formula | None = None
    #: records: names in the formulas of totals for what the row posted to a role, debit positive:
    #: `posted: {cost: cost_of_sales}`.
    posted: dict[Name, Name] = NOTHING
    #: metrics: how the report of a metric calls the key, where it calls it otherwise.
    keys: dict[Name, str] = NOTHING
    #: Rows are left out that something has dealt with.
    unless: tuple[Covered, ...] = ()
    sort: tuple[str, ...] = ()
    #: entries: roles that count together with `of`; what moves between them is no entry.
    plus: tuple[Name, ...] = ()
    #: open_items: the date field of the document from which age counts.
    due: str | None = None
    buckets: tuple[Bucket, ...] = ()
    #: subjects: the lines of a statement, instead of one row per subject.
    lines: tuple[StatementLine, ...] = ()
    #: subjects: roles whose accounts do not count (what only carries forward).
    without: tuple[Name, ...] = ()
    #: Documents that can be made of its rows; the report has a row per key then.
    creates: tuple[ReportCreate, ...] = ()

    @property
    def is_of_a_time(self) -> bool:
        """Whether it is of a span, a month or a day, so that another time can stand beside it."""
        is_of_month = any(one.kind is FieldKind.MONTH for one in self.parameters.values())
        return is_of_month or {"from", "to"} <= self.parameters.keys() or "as_of" in self.parameters
