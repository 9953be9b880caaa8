"""Whether two ways of doing the same touch the same rows: counted table by table."""

from collections.abc import Callable

from bench.place import Company


def touched(company: Company, ours: Callable[[], object], theirs: Callable[[], object]) -> str:
    """Do both once and compare how many rows of each table they wrote. Raises if they differ; says how many."""
    first, second = _rows(company, ours), _rows(company, theirs)
    differ = {
        table: (first.get(table), second.get(table))
        for table in first | second
        if first.get(table) != second.get(table)
    }
    assert not differ, f"the minimum does not write the same rows: {differ}"
    return f"{sum(first.values())} rows of {len(first)} tables each"


def _rows(company: Company, work: Callable[[], object]) -> dict[str, int]:
    """Rows per table that the work inserted or changed, however often."""
    with company.application.database.administration(company.schema) as connection:
        (mark,) = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
    work()
    with company.application.database.administration(company.schema) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        ).fetchall()
        found = {}
        for (table,) in tables:
            query = f'SELECT count(*) FROM "{table}" WHERE xmin::text::bigint > %s'
            (count,) = connection.execute(query.encode(), (mark,)).fetchone() or (0,)
            if count:
                found[table] = count
    return found
