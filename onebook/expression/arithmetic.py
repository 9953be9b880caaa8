"""Exact decimal arithmetic of formulas: nothing is rounded but by division and by ROUND."""

from decimal import ROUND_05UP, ROUND_HALF_UP, Context, Decimal
from typing import Final

#: Digits after the point of a quotient.
DIVISION_SCALE: Final = 12

#: Wider than any formula within the limits can need, so that sums and products are exact.
EXACT: Final = Context(prec=100_000, rounding=ROUND_HALF_UP, Emin=-200_000, Emax=200_000)
_TWELFTH: Final = Decimal(1).scaleb(-DIVISION_SCALE)
#: Cuts so that a later HALF_UP comes out as if it had seen all digits (Python's ROUND_05UP is made for this).
_SHORT: Final = Context(prec=60, rounding=ROUND_05UP)
_LONG: Final = Context(prec=100_000, rounding=ROUND_05UP, Emin=-200_000, Emax=200_000)
#: Digits before the point that `_SHORT` has room for beside those behind it.
_ROOM: Final = 40

add: Final = EXACT.add
subtract: Final = EXACT.subtract
multiply: Final = EXACT.multiply


def divide(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The quotient, HALF_UP at 12 digits; blank when the divisor is zero."""
    if not divisor:
        return None
    context = _SHORT if dividend.adjusted() - divisor.adjusted() < _ROOM else _LONG
    return context.divide(dividend, divisor).quantize(_TWELFTH, context=EXACT)


def whole(number: Decimal) -> int:
    """The number without what stands behind the point; beyond a million million it does not matter how far."""
    return int(max(min(number, _FAR), -_FAR))


_FAR: Final = Decimal(10**12)
