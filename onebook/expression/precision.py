"""How many digits the parts of a formula can have, so that the database divides exactly enough to round once."""

from typing import NamedTuple

from onebook.expression.arithmetic import DIVISION_SCALE
from onebook.expression.tree import Aggregate, Call, Literal, Node, Operation


class Digits(NamedTuple):
    """Digits before and behind the point, at most."""

    whole: int
    fraction: int


#: What a stored number has at most, with room to spare for sums.
STORED = Digits(24, 12)
#: Sums over rows add this many digits before the point: up to 10 thousand million rows.
_SUMMED = 10


def digits_of(node: Node) -> Digits:
    """The most digits that a number can have."""
    match node:
        case Literal(value=value):
            written = f"{value:f}" if value is not None else "0"
            before, _, behind = written.partition(".")
            return Digits(len(before), len(behind))
        case Operation(operator=operator, operands=operands):
            return _of_operation(operator, [digits_of(part) for part in operands])
        case Aggregate(function="SUM", value=value) if value is not None:
            whole, fraction = digits_of(value)
            return Digits(whole + _SUMMED, fraction)
        case Call(arguments=arguments) if arguments:
            parts = [digits_of(part) for part in arguments if part.type == node.type]
            return Digits(*(max([STORED[side], *(part[side] for part in parts)]) for side in (0, 1)))
        case _:
            return STORED


def _of_operation(operator: str, parts: list[Digits]) -> Digits:
    if operator == "*":
        return Digits(sum(part.whole for part in parts), sum(part.fraction for part in parts))
    if operator == "/":
        return Digits(parts[0].whole + parts[1].fraction, DIVISION_SCALE)
    return Digits(max(part.whole for part in parts) + len(parts), max(part.fraction for part in parts))


def quotient_scale(dividend: Digits, divisor: Digits) -> int:
    """Digits behind the point at which a quotient may be cut so that rounding it to 12 digits is still exact.

    A quotient that is no tie differs from every tie by at least one part in twice the divisor, both made whole."""
    return DIVISION_SCALE + 2 + dividend.fraction + divisor.whole + divisor.fraction
