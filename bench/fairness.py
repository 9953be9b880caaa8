"""Whether two ways of doing the same touch the same rows: counted table by table, with the columns that they fill."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.place import Company


@dataclass(frozen=True)
class _Written:
    """Rows of one table that were inserted or changed, however often, and the columns that any of them fills."""

    rows: int
    columns: frozenset[str]


def touched(company: Company, ours: Callable[[], object], theirs: Callable[[], object]) -> str:
    """Do both once and compare what they wrote of each table. Raises if it differs; says how many rows it was."""
    first, second = _written(company, ours), _written(company, theirs)
    differ = {
        table: (first.get(table), second.get(table))
        for table in first | second
        if first.get(table) != second.get(table)
    }
    assert not differ, f"the minimum does not write the same rows: {differ}"
    return f"{sum(one.rows for one in first.values())} rows of {len(first)} tables each"


def _written(company: Company, work: Callable[[], object]) -> dict[str, _Written]:
    with company.application.database.administration(company.schema) as connection:
        (mark,) = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
    work()
    with company.application.database.administration(company.schema) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        ).fetchall()
        found = {}
        for (table,) in tables:
            query = f'SELECT jsonb_strip_nulls(to_jsonb(t)) FROM "{table}" t WHERE xmin::text::bigint > %s'
            rows = [row for (row,) in connection.execute(query.encode(), (mark,)).fetchall()]
            if rows:
                found[table] = _Written(len(rows), frozenset(column for row in rows for column in row))
        return found
