"""Account roles: what the ledger's accounts are for, declared by apps."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

from onebook.definition.model import NOTHING, Declared, Formula, Name, Words, one_or_many

Dimension = Literal["item", "place", "lot", "party", "document", "spot"]


class Limit(Declared):
    """A floor or ceiling. Names in its formulas are the role's dimensions (`party.credit_limit`).

    `plus` adds the same measure of other roles at the same dimensions (credit: receivable plus prepayment).
    A blank bound is no limit."""

    measure: Literal["quantity", "amount"]
    #: balance = facts; available = facts less what holds take; projected = facts and all holds.
    tense: Literal["balance", "available", "projected"] = "balance"
    #: leaf: the account itself; control: all accounts of the role that agree in the control dimensions.
    level: Literal["leaf", "control"] = "leaf"
    at_least: Formula | None = None
    at_most: Formula | None = None
    unless: Formula | None = None
    plus: tuple[Name, ...] = ()
    #: The refusal's code suffix and words, when the standard ones do not say it.
    otherwise: Words | None = None


#: What formulas of picks call the business date of what is posted.
ON: Final = "on"


class Picks(Declared):
    """How pieces are chosen below an account whose lot or spot is left open: from which leaves, and in which order.

    Names in its formulas are the role's dimensions (`item.costing`, `lot.expires_on`); `by` and `only` also know `on`,
    the business date of what is posted. A lot or spot that is named is taken without asking."""

    #: Where it does not hold, the account's own pieces go first, then its leaves as they came. Reads no leaf dimension.
    when: Formula | None = None
    #: Ascending, one after the other; blank comes last, and the older lot first among equals.
    by: Annotated[tuple[Formula, ...], BeforeValidator(one_or_many)] = ()
    #: Which leaves may be taken without being named.
    only: Formula | None = None


class AccountRole(Declared):
    """What accounts are for: `on_hand`, `receivable`, `cash`, `revenue`."""

    account: Name
    label: Words
    #: Code of its subject in the chart of accounts (小企业会计准则), if it has one; or the field that says it of what a
    #: dimension points to: `item.code`.
    subject: str | None = None
    measures: Literal["quantity_and_amount", "amount"] = "amount"
    #: In the order in which declarations write them, each with the form (or forms) it points to.
    dimensions: dict[Dimension, str] = NOTHING
    #: The dimensions that only leaves have; accounts roll up to a control account without them.
    leaf: tuple[Dimension, ...] = ()
    #: kept: balances stand on the account row, under lock. Otherwise summed from totals, never locked.
    kept: bool = True
    limits: tuple[Limit, ...] = ()
    #: How pieces are chosen where a lot or spot is left open.
    picks: Picks | None = None
    #: Where a rest of value goes when a position has no pieces left; a summed role with dimension item at most.
    difference: Name | None = None
