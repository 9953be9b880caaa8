"""Value follows goods: what leaving pieces take with them, and how arriving ones settle a hole. Pure arithmetic."""

from collections.abc import Sequence
from decimal import Decimal

from onebook.values.decimals import EXACT, UNIT_COST_SCALE, ZERO, money, rounded


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """The part's share of an amount: all of it for the whole, otherwise rounded to cents (HALF_UP)."""
    if part == whole:
        return amount
    return money(EXACT.divide(EXACT.multiply(amount, part), whole))


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """The amount shared by weights ≥ 0, each share of what is left in cents: the sum is exact, the last with a weight
    takes the rest, no share of the other sign. Without any weight there is no share: all zeros need an amount of 0."""
    parts = []
    left, rest = sum(weights, ZERO), amount
    for weight in weights:
        part = share(rest, weight, left) if weight else ZERO
        parts.append(part)
        left, rest = left - weight, rest - part
    assert not rest, f"{amount} cannot be shared by {weights}"
    return parts


def worth(pieces: Decimal, unit_cost: Decimal) -> Decimal:
    """What pieces are worth at a unit cost, in cents."""
    return money(EXACT.multiply(pieces, unit_cost))


def unit_cost(quantity: Decimal, amount: Decimal, known: Decimal) -> Decimal:
    """The unit cost of a position, or the last known one where there are no pieces to tell it."""
    if quantity > 0:
        return rounded(EXACT.divide(amount, quantity), UNIT_COST_SCALE)
    return known


def leaving(pieces: Decimal, quantity: Decimal, amount: Decimal, known: Decimal) -> Decimal:
    """What `pieces` > 0 take along from a position; pieces beyond the last leave at the last known unit cost."""
    if pieces <= quantity:
        return share(amount, pieces, quantity)
    if quantity > 0:
        return amount + worth(pieces - quantity, unit_cost(quantity, amount, known))
    return worth(pieces, known)


def settled_difference(pieces: Decimal, value: Decimal, quantity: Decimal, amount: Decimal) -> Decimal:
    """What pieces that fill a hole cost more than the hole was valued at; zero if there is no hole."""
    if quantity >= 0:
        return ZERO
    filled = min(pieces, -quantity)
    return share(value, filled, pieces) + share(amount, filled, -quantity)
