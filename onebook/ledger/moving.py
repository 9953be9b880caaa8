"""Goods and money on their way while an event is worked out, and rests of value that positions may not keep."""

from decimal import Decimal

from onebook.ledger import floors, picking, value
from onebook.ledger.account import AccountKey, difference_account
from onebook.ledger.refusals import ValueWithoutPieces
from onebook.ledger.request import Move, Transfer
from onebook.ledger.working import Picked, Working, worth_of
from onebook.values.decimals import ZERO
from onebook.values.refusal import Problem


def move(working: Working, asked: Move) -> Decimal:
    """Move goods, picked from the leaves of an open source: one pair of entries for each leaf. The value that moved.

    A given amount is split over the leaves by their pieces, to the cent."""
    assert asked.quantity > 0, f"{asked} moves no pieces"
    if not working.is_kept(asked.source):
        assert asked.amount is not None or working.is_kept(asked.target), f"nobody knows the value of {asked}"
        amount = worth_of(working, asked.target, asked.quantity) if asked.amount is None else asked.amount
        _pair(working, asked.source, asked.target, asked.quantity, amount, asked.line)
        return amount
    moved, pieces, left = ZERO, asked.quantity, asked.amount
    for leaf, part in picking.take(working, asked.source, asked.quantity):
        if left is None:
            source = working.account(leaf)
            amount = value.leaving(part, source.own_quantity, source.own_amount, source.unit_cost)
        else:
            amount = value.share(left, part, pieces)
            left -= amount
            pieces -= part
        target = picking.carried(leaf.lot, asked.target, working.locked.roles)
        if target != asked.target:
            working.picked.setdefault(asked.target, Picked()).leaves[target] = None
        _pair(working, leaf, target, part, amount, asked.line)
        moved += amount
    return moved


def transfer(working: Working, asked: Transfer) -> None:
    """Move money; none is no entry."""
    if asked.amount:
        working.enter(asked.debit, ZERO, asked.amount, asked.line)
        working.enter(asked.credit, ZERO, -asked.amount, asked.line)


def arrive(
    working: Working, target: AccountKey, quantity: Decimal, amount: Decimal, line: int, gives_back: int = 0
) -> None:
    """Pieces arrive with their value. Where they fill a hole, what they cost more or less than the hole was valued at
    is a rest."""
    difference = ZERO
    if working.is_kept(target):
        account = working.account(target)
        if account.role.difference is not None:
            difference = value.settled_difference(quantity, amount, account.own_quantity, account.own_amount)
    working.enter(target, quantity, amount, line, gives_back)
    if difference:
        rest(working, target, difference, line)


def rest(working: Working, key: AccountKey, amount: Decimal, line: int) -> None:
    """Take a rest of value off a position, to the difference account of its role. Refuses where there is none."""
    role = working.locked.roles[key.role]
    difference = difference_account(role, key, working.locked.roles)
    if difference is None:
        problem = Problem(ValueWithoutPieces.cause, data={**floors.names(key), "amount": amount})
        raise ValueWithoutPieces([problem], count=1)
    working.enter(key, ZERO, -amount, line)
    working.enter(difference, ZERO, amount, line)


def clear_rests(working: Working) -> None:
    """A position without pieces has no value: what is left over goes to the role's difference account."""
    for account in list(working.accounts.values()):
        if account.posted and account.role.has_quantity and not account.own_quantity and account.own_amount:
            rest(working, account.key, account.own_amount, 0)


def _pair(
    working: Working, source: AccountKey, target: AccountKey, quantity: Decimal, amount: Decimal, line: int
) -> None:
    working.enter(source, -quantity, -amount, line)
    arrive(working, target, quantity, amount, line)
