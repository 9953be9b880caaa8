"""Figures beside a record or its rows while it is typed: what the book says, and what was said last time."""

from typing import Literal

from onebook.definition.model import NOTHING, Declared, Formula, Name, Words
from onebook.definition.transition import AccountText


class Beside(Declared):
    """One figure: what an account shows now (`balance`), or what the latest row of other records says (`latest`)."""

    label: Words
    #: The lines beside whose rows it stands; default: beside the record.
    each: Name | None = None
    #: `on_hand(product, warehouse)`, as effects write it.
    balance: AccountText | None = None
    #: available = facts less what is promised away; reserved = what is promised away; expected = what is promised to
    #: come; headroom = what the role's tightest upper limit leaves.
    shows: Literal["quantity", "amount", "available", "reserved", "expected", "headroom"] | None = None
    #: A value of the latest record or row `of` that has the `same`: their formulas, each with ours.
    latest: Formula | None = None
    of: str | None = None
    same: dict[str, Formula] = NOTHING
    where: Formula | None = None
