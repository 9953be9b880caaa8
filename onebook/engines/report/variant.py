"""A report otherwise than it is declared: other groups of the same rows, fewer columns, a further condition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from onebook.definition.catalog import Catalog
from onebook.definition.check.reports import column_scope, groups_scope, parameters_of, source_scope
from onebook.definition.report import Report
from onebook.engines.report.refusals import FixedRows, UnknownColumn
from onebook.engines.report.row_key import split
from onebook.expression.check import check

#: Sources whose rows are groups that can be cut otherwise.
REGROUPED: Final = frozenset({"records", "balances", "positions", "open_items", "outlook"})


@dataclass(frozen=True, slots=True)
class Variant:
    """How a report is wanted; what is None or empty is as declared.

    `rows`: keys of the report, days at another grain. `columns`: of its columns those that are shown. `where`: a
    declared condition over the rows of its source, beside its own; never a reader's. `running`, `share`: beside each
    total its sum down the rows, and its part of the whole."""

    rows: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None
    where: str | None = None
    running: bool = False
    share: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it changes nothing of what the report says about its rows."""
        return self.rows is None and self.columns is None and self.where is None


#: What pages put before keys of the record that rows of lines belong to.
PARENT: Final = "parent."
#: As declared.
PLAIN: Final = Variant()


def varied(catalog: Catalog, report: Report, variant: Variant) -> Report:
    """The declaration of the report as it is wanted. Raises UnknownColumn for what it does not have, FixedRows for
    what has no groups."""
    if variant.is_plain and not (variant.running or variant.share):
        return report
    if report.source not in REGROUPED and (report.source != "metrics" or variant.rows not in (None, report.rows)):
        raise FixedRows(name=report.label)
    if variant.is_plain:
        return report
    # Pages of lines call the names of their record `parent.customer`; declarations call them as formulas do.
    rows = report.rows if variant.rows is None else tuple(as_declared(report, text) for text in variant.rows)
    is_regrouped = rows != report.rows
    if is_regrouped:
        if report.unless:
            # What has dealt with a row is known of its own rows alone.
            raise FixedRows(name=report.label)
        _require_known(report, rows)
    columns = dict(report.columns)
    if variant.columns is not None:
        known = {*report.columns, *bucket_names(report)}
        for name in variant.columns:
            if name not in known:
                raise UnknownColumn(field=name, slot="column")
        read = set(_read(catalog, report, variant.columns))
        columns = {name: one for name, one in columns.items() if name in read}
    if is_regrouped:
        kept = set(_computable(catalog, report, rows))
        columns = {name: one for name, one in columns.items() if name in kept}
    found = report.filter
    if variant.where is not None:
        found = f"({found}) AND ({variant.where})" if found is not None else variant.where
    shown = {*rows, *columns, *bucket_names(report)}
    return report.model_copy(
        update={
            "rows": rows,
            "columns": columns,
            "filter": found,
            "sort": tuple(text for text in report.sort if text.lstrip("-") in shown),
            "every": report.every if report.every in rows else None,
            "creates": () if is_regrouped else report.creates,
        }
    )


def bucket_names(report: Report) -> tuple[str, ...]:
    """The columns of its ages."""
    return tuple(f"bucket_{number}" for number in range(1, len(report.buckets) + 1))


def as_declared(report: Report, text: str) -> str:
    """A key as the declaration writes it, by the name that a page calls it."""
    known = {row.partition(":")[0] for row in report.rows}
    return text if text.partition(":")[0] in known else text.removeprefix(PARENT)


def _require_known(report: Report, rows: Sequence[str]) -> None:
    known = {row.partition(":")[0] for row in report.rows}
    for place, text in enumerate(rows):
        key, _ = split(text)
        if key not in known or text in rows[:place]:
            raise UnknownColumn(field=text, slot="group")
    if not rows:
        raise UnknownColumn(field="rows", slot="group")


def _computable(catalog: Catalog, report: Report, rows: Sequence[str]) -> Iterator[str]:
    """The columns that read nothing of keys which are not among the rows any more."""
    dimensions: set[str] = set(catalog.accounts[report.of].dimensions) if report.source != "records" else set()
    standing = {name for name, column in report.columns.items() if column.total}
    for name, column in report.columns.items():
        paths = _paths(catalog, report, name)
        if column.total or all(_stands(path.removeprefix("^."), rows, standing, dimensions) for path in paths):
            standing.add(name)
            yield name


def _read(catalog: Catalog, report: Report, wanted: Sequence[str]) -> Iterator[str]:
    """Columns, those before them that their formulas name, and those by which groups are kept."""
    read = {*wanted, *_keeping(catalog, report)}
    for name, column in reversed(report.columns.items()):
        if name in read:
            yield name
            if not column.total:
                read |= _paths(catalog, report, name)


def _keeping(catalog: Catalog, report: Report) -> frozenset[str]:
    source, scope = source_scope(catalog, report), groups_scope(catalog, report)
    if report.keeps is None or source is None or scope is None:
        return frozenset()
    return check(report.keeps, scope, parameters=parameters_of(report, source)).paths


def _paths(catalog: Catalog, report: Report, name: str) -> frozenset[str]:
    source, scope = source_scope(catalog, report), column_scope(catalog, report, name)
    assert source is not None, "a published report has a source"
    assert scope is not None, "so have its columns"
    return check(report.columns[name].shows, scope, parameters=parameters_of(report, source)).paths


def _stands(path: str, rows: Sequence[str], totals: set[str], dimensions: set[str]) -> bool:
    if any(path == row or path.startswith(f"{row}.") for row in rows):
        return True
    # Of a ledger everything that is no dimension is a measure, which every group has.
    return path.partition(".")[0] not in dimensions if dimensions else path in totals
