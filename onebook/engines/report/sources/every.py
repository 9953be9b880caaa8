"""Figures with a row for every record of a dimension: what ran out, or never came, is what some readers look for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from onebook.engines.report.reading import Reading
from onebook.engines.report.sources.level import Level
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted


def with_every(
    reading: Reading, level: Level, figures: Select[Any], dimension: str, measures: Sequence[str], only: tuple[str, ...]
) -> Select[Any]:
    """The figures, and zeros for each readable record in use that has none.

    Joined from both sides: figures of a record that was binned since stay in the sums."""
    found = figures.subquery("found")
    target = level.dimensions[dimension]
    joins = Joins(reading.tables, target)
    chosen = [permitted(reading.rights(target), joins)]
    chosen += [joins.root.c.id == bindparam(f"only_{dimension}")] if dimension in only else []
    record = select(joins.root.c.id).select_from(joins.from_clause()).where(*chosen).subquery("record")
    dimensions = [
        func.coalesce(found.c[name], record.c.id if name == dimension else 0).label(name) for name in level.dimensions
    ]
    known = [func.coalesce(found.c[name], 0).label(name) for name in measures]
    beside = [column for column in found.c if column.name not in level.dimensions and column.name not in measures]
    clause = found.outerjoin(record, record.c.id == found.c[dimension], full=True)
    return select(*dimensions, *known, *beside).select_from(clause)
