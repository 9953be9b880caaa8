"""Reports: figures over records, balances and open items."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from onebook.definition.field import FieldKind
from onebook.definition.model import NOTHING, Declared, Formula, Name, Words

#: A form, an account role, or `form.lines` for one row per line.
Source = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)?$", max_length=97)
]


class Parameter(Declared):
    """What the reader chooses before reading."""

    kind: FieldKind
    label: Words
    to: Name | None = None
    default: Formula | None = None


class Column(Declared):
    """One column: a formula over the row of the source. With `total` it is a measure: summed over a group's rows."""

    label: Words
    shows: Formula
    total: bool = False


class Bucket(Declared):
    """Open amounts by age: days overdue up to `days` (the last bucket has none and takes the rest)."""

    label: Words
    days: int | None = None


class Report(Declared):
    """One report.

    Sources: `records` of a form, or one row per line of `form.lines`; `balances` of an account role over a span
    (opening, incoming, outgoing, closing); `positions` of a role now (balance, taken, expected, available, projected);
    `open_items` of a role per document, as of a day, aged by the document's due date; `entries` of a role over a span,
    one row per posting with the balance after it.
    """

    report: Name
    label: Words
    source: Literal["records", "balances", "positions", "open_items", "entries"]
    #: The form or its lines (records), or the account role (the others).
    of: Source
    #: Names in formulas: the form's fields, or the role's dimensions (`item.name`) and the source's measures. A link
    #: parameter named like a row key narrows the report to it when it is given.
    parameters: dict[Name, Parameter] = NOTHING
    #: Keys to group by; a date key may carry its grain: `ordered_on:month`.
    rows: tuple[str, ...] = ()
    columns: dict[Name, Column] = NOTHING
    #: Ledger sources: the dimension, itself a row key, of which every readable record has a row, whether anything is
    #: there or not; what has no account of its own has blank keys beside it.
    every: Name | None = None
    filter: Formula | None = None
    sort: tuple[str, ...] = ()
    #: entries: roles that count together with `of`; what moves between them is no entry.
    plus: tuple[Name, ...] = ()
    #: open_items: the date field of the document from which age counts.
    due: str | None = None
    buckets: tuple[Bucket, ...] = ()
