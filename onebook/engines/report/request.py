"""What a reader asks of a list, and the page that answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from onebook.engines.report.heading import Heading

#: The most rows of one page.
PAGE_LIMIT = 1000
#: Rows are counted up to here; beyond, "more than" is what people want to know.
COUNT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the filter builder: a field, a comparison and what it is compared with, as JSON has it."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A page of records of a form (`sales_order`) or of rows of its lines (`sales_order.lines`).

    Without columns and sort the form's own list says them. `sort` keys fall with a minus before them. `sums` asks for
    the totals of all numeric columns over every row that matches, `count` for their number up to COUNT_LIMIT.
    """

    form: str
    columns: tuple[str, ...] | None = None
    filter: str | None = None
    conditions: tuple[Condition, ...] = ()
    sort: tuple[str, ...] | None = None
    search: str = ""
    limit: int = 50
    cursor: str | None = None
    sums: bool = False
    count: bool = False
    bin: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows match; `more`: at least so many, counting stopped."""

    value: int
    more: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with the headings of their columns. Rows are mappings by column key, with `id`."""

    form: str
    headings: Sequence[Heading]
    rows: Sequence[Mapping[str, Any]]
    next: str | None = None
    sums: Mapping[str, str] | None = None
    count: Count | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def encoded(self, language: str) -> bytes:
        """The page as JSON, encoded once."""
        answer: dict[str, Any] = {
            "form": self.form,
            "columns": [heading.described(language) for heading in self.headings],
            "rows": self.rows,
            "next": self.next,
            **self.extra,
        }
        if self.sums is not None:
            answer["sums"] = self.sums
        if self.count is not None:
            answer["count"] = {"value": self.count.value, "more": self.count.more}
        return orjson.dumps(answer, option=orjson.OPT_NON_STR_KEYS)
