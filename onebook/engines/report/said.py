"""Reports said in SQL and remembered: what decides their text, and what of it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from onebook.definition.report import Report
from onebook.engines.report.creating import Creating
from onebook.engines.report.reading import Reading
from onebook.engines.report.record_rows import key_value
from onebook.engines.report.refusals import HiddenField, UnknownColumn
from onebook.engines.report.row_key import RowKey
from onebook.engines.report.shape import Beside, Grouped, Shape, name_in
from onebook.engines.report.span import When
from onebook.engines.report.variant import Variant
from onebook.engines.table.compiled import CompiledText, compiled


@dataclass(frozen=True, slots=True)
class Key:
    """All that decides the SQL of a report, apart from values."""

    report: str
    only: tuple[str, ...]
    when: tuple[bool, ...]
    sort: tuple[str, ...]
    roles: frozenset[str] | None
    variant: Variant
    #: The grain that totals are cut by; "rows" for those of the whole with the number of its rows, empty without it;
    #: None for a page.
    totals: str | None = None


@dataclass(slots=True)
class Said:
    """A report in SQL, and what its rows become for who reads it. Each text is made when somebody asks for it."""

    shape: Shape
    creations: Mapping[str, Creating]
    making: Mapping[str, CompiledText]
    texts: dict[str, CompiledText] = field(default_factory=dict)

    def text(self, part: Literal["page", "rows", "whole"]) -> CompiledText:
        """A page, all rows, or the totals alone."""
        if part not in self.texts:
            self.texts[part] = compiled(getattr(self.shape, part)())
        return self.texts[part]


def is_additive(report: Report, grouped: Grouped) -> bool:
    """Whether totals are the same however its rows are grouped: records are summed, and no group is left out."""
    return report.source == "records" and grouped.filter is None and not grouped.covering


def cut_to(report: Report, rows: tuple[str, ...], names: Sequence[str]) -> Report:
    """The report with other rows, and of its columns only these."""
    columns = {name: column for name, column in report.columns.items() if name in names}
    return report.model_copy(update={"rows": rows, "columns": columns, "sort": (), "creates": ()})


def totals_of(reading: Reading, report: Report, grouped: Grouped, names: Sequence[str]) -> Said:
    """Totals of some columns alone. Raises HiddenField for one that is not seen."""
    seen = {column.key: column for column in grouped.columns if column.is_total}
    for name in names:
        if name not in seen:
            column = report.columns.get(name)
            raise HiddenField(field=column.label if column is not None else name, slot="measure")
    return Said(Shape(reading, replace(grouped, columns=tuple(seen[name] for name in names)), ()), {}, {})


def offer(creating: Creating) -> Beside:
    """Whether a row qualifies."""
    return lambda row: [creating.offered(row)]


def days_of(report: Report, when: When) -> dict[str, str | None] | None:
    """From which day to which the figures are, so that what stands behind them can be asked; None: what is now."""
    if when.span is None:
        return None
    first = when.span.first.isoformat() if report.source in ("balances", "metrics") else None
    return {"first": first, "last": when.span.last.isoformat()}


def chosen_keys(keys: Sequence[RowKey], shown: Mapping[str, Any]) -> tuple[Any, ...]:
    """The keys of a row that was chosen. Refuses what names other keys than the report has, or no values of them."""
    if set(shown) != {key.name for key in keys}:
        raise UnknownColumn(field=", ".join(sorted(set(shown) ^ {key.name for key in keys})), slot="group")
    return tuple(key_value(key, shown[key.name]) for key in keys)


def sortable(grouped: Grouped, sort: tuple[str, ...]) -> tuple[str, ...]:
    """What of the declared order the reader may see."""
    seen = {key.name for key in grouped.keys} | {column.key for column in grouped.columns}
    return tuple(text for text in sort if name_in(text.lstrip("-"), seen) in seen)
