"""Many rows in the text format of COPY: made column by column, each column by what its kind of values needs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

#: Rows that travel together.
BLOCK: Final = 2_000
BLANK: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

#: Where the values of a column come from: a key of the rows, or something made of each row.
Source = str | Callable[[Mapping[str, Any]], object]


def blocks(rows: Sequence[Mapping[str, Any]], sources: Sequence[Source]) -> Iterator[str]:
    """The rows as blocks of lines; one value for each source."""
    for start in range(0, len(rows), BLOCK):
        part = rows[start : start + BLOCK]
        columns = [_column(part, source) for source in sources]
        yield "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _column(rows: Sequence[Mapping[str, Any]], source: Source) -> list[str]:
    values: list[Any] = [row.get(source) for row in rows] if isinstance(source, str) else [source(row) for row in rows]
    kinds = set(map(type, values))
    kinds.discard(type(None))
    if kinds <= {int, Decimal}:
        return [BLANK if value is None else str(value) for value in values]
    if kinds == {str}:
        # Hardly any text holds what must be escaped, and that is soon seen of all of them at once.
        whole = "".join([value for value in values if value is not None])
        if not any(sign in whole for sign in "\\\t\n\r"):
            return [BLANK if value is None else value for value in values]
    if len(kinds) > 1:
        return [BLANK if value is None else encoded(value) for value in values]
    # Flags, days and the like repeat.
    known = {value: encoded(value) for value in set(values) if value is not None} | {None: BLANK}
    return [known[value] for value in values]


def encoded(value: object) -> str:
    """One value that is not blank."""
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return array_text(value).translate(_ESCAPES)
    return str(value)


def array_text(values: Iterable[str]) -> str:
    """An array of texts as PostgreSQL writes it."""
    escaped = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return "{" + ",".join(escaped) + "}"
