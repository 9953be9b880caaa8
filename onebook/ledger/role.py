"""What an account is for, as the ledger needs to know it: dimensions, levels, measures, whether balances are kept."""

from dataclasses import dataclass
from enum import StrEnum


class Dimension(StrEnum):
    """What tells accounts of one role apart. Values are record ids; 0 means the account does not have it.

    A spot is a place within a place."""

    ITEM = "item"
    PLACE = "place"
    LOT = "lot"
    PARTY = "party"
    DOCUMENT = "document"
    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Role:
    """A role. `leaf` are the dimensions that a control account lacks; without any, leaf and control are one account.

    kept: balances and holds stand on the account row and change under lock. Otherwise the role is summed: its accounts
    are never locked, its balance is a sum of totals, and it can carry neither holds nor limits.
    """

    name: str
    dimensions: frozenset[Dimension]
    leaf: frozenset[Dimension] = frozenset()
    has_quantity: bool = False
    kept: bool = True
    #: The summed role that takes the rest of value when a position has no pieces left.
    difference: str | None = None
