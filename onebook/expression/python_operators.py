"""What operators do in Python: closures over the closures of their operands."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from onebook.expression.arithmetic import EXACT, add, divide, multiply, subtract
from onebook.expression.functions.dates import add_days, days_between
from onebook.expression.functions.function import Frame, Row, Run
from onebook.expression.types import EQUATABLE, Kind

Compile = Callable[[Sequence[Run]], Run]


def _paired(operation: Callable[[Any, Any], Any]) -> Compile:
    """An operation on pairs, blank when either is blank."""

    def compile_pair(operands: Sequence[Run]) -> Run:
        if len(operands) > 2:
            return _chained(operation, operands)
        left, right = operands

        def run(row: Row, frame: Frame) -> Any:
            first = left(row, frame)
            if first is None:
                return None
            second = right(row, frame)
            return None if second is None else operation(first, second)

        return run

    return compile_pair


def _chained(operation: Callable[[Any, Any], Any], operands: Sequence[Run]) -> Run:
    first, rest = operands[0], operands[1:]

    def run(row: Row, frame: Frame) -> Any:
        result = first(row, frame)
        for operand in rest:
            if result is None:
                return None
            value = operand(row, frame)
            result = None if value is None else operation(result, value)
        return result

    return run


def _compared(comparison: Callable[[Any, Any], bool]) -> Compile:
    """A comparison: false when either is blank."""

    def compile_comparison(operands: Sequence[Run]) -> Run:
        left, right = operands

        def run(row: Row, frame: Frame) -> bool:
            first = left(row, frame)
            if first is None:
                return False
            second = right(row, frame)
            return second is not None and comparison(first, second)

        return run

    return compile_comparison


def _and(operands: Sequence[Run]) -> Run:
    if len(operands) == 2:
        left, right = operands
        return lambda row, frame: bool(left(row, frame) and right(row, frame))

    def run(row: Row, frame: Frame) -> bool:
        return all(operand(row, frame) for operand in operands)

    return run


def _or(operands: Sequence[Run]) -> Run:
    if len(operands) == 2:
        left, right = operands
        return lambda row, frame: bool(left(row, frame) or right(row, frame))

    def run(row: Row, frame: Frame) -> bool:
        return any(operand(row, frame) for operand in operands)

    return run


def _not(operands: Sequence[Run]) -> Run:
    operand = operands[0]
    return lambda row, frame: not operand(row, frame)


def _negated(operands: Sequence[Run]) -> Run:
    operand = operands[0]

    def run(row: Row, frame: Frame) -> Decimal | None:
        value = operand(row, frame)
        return None if value is None else EXACT.minus(value)

    return run


def _joined(operands: Sequence[Run]) -> Run:
    return lambda row, frame: "".join([operand(row, frame) or "" for operand in operands])


def membership(subject: Run, members: Sequence[Run]) -> Run:
    """Whether a value equals one of the members; a blank equals none."""

    def run(row: Row, frame: Frame) -> bool:
        value = subject(row, frame)
        return value is not None and any(member(row, frame) == value for member in members)

    return run


def set_membership(subject: Run, members: Run) -> Run:
    """Whether a value is in a set; a blank is in none, and in a blank set is nothing."""

    def run(row: Row, frame: Frame) -> bool:
        value = subject(row, frame)
        return value is not None and value in (members(row, frame) or ())

    return run


_COMPARISONS: Final = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}

#: By operator and the kinds of the first and last operand.
OPERATORS: Final[dict[tuple[str, Kind, Kind], Compile]] = {
    ("+", Kind.NUMBER, Kind.NUMBER): _paired(add),
    ("-", Kind.NUMBER, Kind.NUMBER): _paired(subtract),
    ("*", Kind.NUMBER, Kind.NUMBER): _paired(multiply),
    ("/", Kind.NUMBER, Kind.NUMBER): _paired(divide),
    ("+", Kind.DATE, Kind.NUMBER): _paired(add_days),
    ("-", Kind.DATE, Kind.NUMBER): _paired(lambda day, days: add_days(day, EXACT.minus(days))),
    ("-", Kind.DATE, Kind.DATE): _paired(days_between),
    ("AND", Kind.FLAG, Kind.FLAG): _and,
    ("OR", Kind.FLAG, Kind.FLAG): _or,
    ("NOT", Kind.FLAG, Kind.FLAG): _not,
    ("NEG", Kind.NUMBER, Kind.NUMBER): _negated,
    ("&", Kind.TEXT, Kind.TEXT): _joined,
    **{(sign, kind, kind): _compared(test) for sign, test in _COMPARISONS.items() for kind in EQUATABLE},
}
