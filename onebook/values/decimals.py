"""Exact decimals: the scales of money and quantities, and the one rounding rule."""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache

MONEY_SCALE = 2
QUANTITY_SCALE = 6
PRICE_SCALE = 6
UNIT_COST_SCALE = 6
#: numeric(18,2): sixteen digits before the point.
MONEY_LIMIT = Decimal("1e16")
#: numeric(18,6): twelve digits before the point.
QUANTITY_LIMIT = Decimal("1e12")

ZERO = Decimal(0)

#: Wide enough that no sum or product of two stored numbers is rounded before we say so.
EXACT = Context(prec=76, rounding=ROUND_HALF_UP)


@cache
def _unit(scale: int) -> Decimal:
    """One of the last digit that is kept."""
    return Decimal(1).scaleb(-scale)


def rounded(value: Decimal, scale: int) -> Decimal:
    """The value at `scale` digits after the point, halves away from zero (HALF_UP)."""
    return value.quantize(_unit(scale), context=EXACT)


def money(value: Decimal) -> Decimal:
    """The value as an amount of money: two digits."""
    return rounded(value, MONEY_SCALE)


def quantity(value: Decimal) -> Decimal:
    """The value as a quantity: six digits."""
    return rounded(value, QUANTITY_SCALE)


def spelled(value: Decimal) -> str:
    """The value as digits, every one that counts and no zeros behind them."""
    return f"{value.normalize(EXACT):f}" if value else "0"


def decimal_of(text: str) -> Decimal | None:
    """The finite decimal that the text spells, or None."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
