"""Which operands an operator takes, and what type comes out."""

from typing import Final

from onebook.expression.types import BLANK, DATE, FLAG, NUMBER, TEXT, Kind, Type

COMPARISONS: Final = ("=", "<>", "<", "<=", ">", ">=")
LOGICAL: Final = ("AND", "OR", "NOT")

_SUMS: Final = {
    ("+", Kind.NUMBER, Kind.NUMBER): NUMBER,
    ("+", Kind.DATE, Kind.NUMBER): DATE,
    ("-", Kind.NUMBER, Kind.NUMBER): NUMBER,
    ("-", Kind.DATE, Kind.NUMBER): DATE,
    ("-", Kind.DATE, Kind.DATE): NUMBER,
    ("*", Kind.NUMBER, Kind.NUMBER): NUMBER,
    ("/", Kind.NUMBER, Kind.NUMBER): NUMBER,
}


def sum_type(operator: str, left: Type, right: Type) -> tuple[Type, Type, Type] | None:
    """The types of both operands and of the result of + - * /; a BLANK takes the type that fits. None: does not fit."""
    first = left
    if left == BLANK:
        first = DATE if (operator, right) == ("-", DATE) else NUMBER
    second = right if right != BLANK else NUMBER
    result = _SUMS.get((operator, first.kind, second.kind))
    return (first, second, result) if result else None


def single_type(operator: str) -> Type:
    """The type of every operand of AND, OR, NOT, & and NEG, which is also that of the result."""
    if operator in LOGICAL:
        return FLAG
    return TEXT if operator == "&" else NUMBER
