"""What a reader asks of a list, and the page that answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from onebook.engines.report.heading import Heading
from onebook.expression.types import Type

#: The most rows of one page.
PAGE_LIMIT = 1000
#: Rows are counted up to here; beyond, "more than" is what people want to know first.
COUNT_LIMIT = 10_000
#: The most rows to pass over: each of them is read in an index.
SKIP_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the filter builder: a field, a comparison and what it is compared with, as JSON has it."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Combined:
    """Conditions that count as one: where any of them holds, or where all do."""

    how: Literal["any", "all"]
    parts: "Conditions"


Conditions = tuple[Condition | Combined, ...]


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A page of records of a form (`sales_order`) or of rows of its lines (`sales_order.lines`).

    Without columns and sort the form's own list says them. Each of the `conditions` must hold. `sort` keys fall with a
    minus before them. `sums` asks for the totals of all numeric columns over every row that matches, `count` for their
    number up to COUNT_LIMIT, or to the end where it says "all". `parameters` are names that the filter knows besides
    the fields, each with its type and value. A page begins at the top, behind the mark `cursor`, or
    ends in front of the mark `before`, or at the `end` of the list; `skip` rows are passed over from there.
    """

    form: str
    columns: tuple[str, ...] | None = None
    filter: str | None = None
    conditions: Conditions = ()
    sort: tuple[str, ...] | None = None
    search: str = ""
    limit: int = 50
    cursor: str | None = None
    before: str | None = None
    end: bool = False
    skip: int = 0
    sums: bool = False
    count: bool | Literal["all"] = False
    bin: bool = False
    parameters: Mapping[str, tuple[Type, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows match; `more`: at least so many, counting stopped."""

    value: int
    more: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with the headings of their columns. Rows are mappings by column key, with `id`. `next` and `previous` are
    the marks of what stands behind and before them, None where that is nothing."""

    form: str
    headings: Sequence[Heading]
    rows: Sequence[Mapping[str, Any]]
    next: str | None = None
    sums: Mapping[str, str] | None = None
    count: Count | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    previous: str | None = None
    #: Of a report: the keys that its rows can be grouped by.
    groups: Sequence[Heading] = ()

    def told(self, language: str) -> dict[str, Any]:
        """The page as JSON has it, in a language."""
        answer: dict[str, Any] = {
            "form": self.form,
            "columns": [heading.described(language) for heading in self.headings],
            "rows": self.rows,
            "next": self.next,
            "previous": self.previous,
            **self.extra,
        }
        if self.groups:
            answer["groups"] = [heading.described(language) for heading in self.groups]
        if self.sums is not None:
            answer["sums"] = self.sums
        if self.count is not None:
            answer["count"] = {"value": self.count.value, "more": self.count.more}
        return answer

    def encoded(self, language: str) -> bytes:
        """The page as JSON, encoded once."""
        return orjson.dumps(self.told(language), option=orjson.OPT_NON_STR_KEYS)
