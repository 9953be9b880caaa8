"""What aggregates do in Python: one pass over the rows."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from onebook.expression.aggregates import SEPARATOR
from onebook.expression.arithmetic import add, divide
from onebook.expression.functions.function import Frame, Row, Run

_ZERO: Final = Decimal(0)


def _sum(values: Iterable[Any]) -> Decimal:
    total = _ZERO
    for value in values:
        if value is not None:
            total = add(total, value)
    return total


def _mean(values: Iterable[Any]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return divide(_sum(known), Decimal(len(known)))


def _count(values: Iterable[Any]) -> Decimal:
    return Decimal(sum(value is not None for value in values))


def _least(values: Iterable[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def _largest(values: Iterable[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def _first(values: Sequence[Any]) -> Any:
    return values[0] if values else None


def _last(values: Sequence[Any]) -> Any:
    return values[-1] if values else None


_FIGURES: Final[dict[str, Callable[[Sequence[Any]], Any]]] = {
    "SUM": _sum,
    "COUNT": _count,
    "MIN": _least,
    "MAX": _largest,
    "AVG": _mean,
    "ANY": any,
    "ALL": all,
    "FIRST": _first,
    "LAST": _last,
}


def gathered(function: str, rows: Run, value: Run | None, where: Run | None, separator: str | None) -> Run:
    """The closure of an aggregate: its rows are read with the row where it stands around them."""
    figure = _FIGURES[function] if function != "JOIN" else _joining(SEPARATOR if separator is None else separator)
    if value is None:
        value = _present

    def run(row: Row, frame: Frame) -> Any:
        return figure(_values(rows(row, frame) or (), value, where, (frame[0], row, frame)))

    return run


def _values(rows: Iterable[Row], value: Run, where: Run | None, frame: Frame) -> list[Any]:
    if where is None:
        return [value(row, frame) for row in rows]
    return [value(row, frame) for row in rows if where(row, frame)]


def _present(_row: Row, _frame: Frame) -> bool:
    return True


def _joining(separator: str) -> Callable[[Iterable[Any]], str | None]:
    def join(values: Iterable[Any]) -> str | None:
        known = [value for value in values if value is not None]
        return separator.join(known) if known else None

    return join
