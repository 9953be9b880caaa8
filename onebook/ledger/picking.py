"""Picking: which leaves pieces are taken from where an account leaves its lot or spot open. Pure: it only reads."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from onebook.ledger.account import AccountKey
from onebook.ledger.role import Dimension, Role
from onebook.ledger.working import Picked, Working
from onebook.values.decimals import ZERO


def is_open(key: AccountKey, role: Role) -> bool:
    """Whether pieces of the account may lie on leaves below it: it is kept, and names not every lot and spot."""
    if not role.kept:
        return False
    return (Dimension.LOT in role.leaf and not key.lot) or (Dimension.SPOT in role.leaf and not key.spot)


def agrees(leaf: AccountKey, asked: AccountKey) -> bool:
    """Whether a leaf of the same control account has the lot and spot that were asked for, where any were, and is
    otherwise the same."""
    if asked.lot not in (0, leaf.lot) or asked.spot not in (0, leaf.spot):
        return False
    return (leaf.party, leaf.document) == (asked.party, asked.document) and (leaf.item, leaf.place, leaf.role) == (
        asked.item,
        asked.place,
        asked.role,
    )


def keeps_lots(target: AccountKey, role: Role) -> bool:
    """Whether pieces that arrive at the account keep the lots that they came with: it is kept by lot and names none."""
    return role.kept and not target.lot and Dimension.LOT in role.leaf


def carried(lot: int, target: AccountKey, roles: Mapping[str, Role]) -> AccountKey:
    """Where pieces of a lot arrive. Spots are not carried."""
    return target._replace(lot=lot) if lot and keeps_lots(target, roles[target.role]) else target


def take(working: Working, source: AccountKey, quantity: Decimal) -> list[tuple[AccountKey, Decimal]]:
    """The accounts that pieces leave from, with how many, in the order of preference.

    No leaf gives what it does not have, what is held on it, or, in a back-dated event, what a later day needs. What
    is found nowhere is taken from the account itself: its floors refuse that, or negative stock allows it.
    """
    role = working.locked.roles[source.role]
    if not is_open(source, role) or not working.below(source.control(role)):
        return [(source, quantity)]
    taken: dict[AccountKey, Decimal] = {}
    left = quantity
    for key in _preferred(working, source):
        part = min(left, free(working, key))
        if part > 0:
            taken[key] = part
            left -= part
        if not left:
            break
    picked = working.picked.setdefault(source, Picked())
    picked.asked += quantity
    picked.found += quantity - left
    if left:
        own = taken.get(source, ZERO)
        picked.found += min(left, max(free(working, source) - own, ZERO))
        taken[source] = own + left
    picked.leaves.update(dict.fromkeys(taken))
    return list(taken.items())


def _preferred(working: Working, source: AccountKey) -> Iterator[AccountKey]:
    """The accounts to look at: those that the caller prefers, or the own part first, then leaves by lot and spot."""
    named = working.picks.get(source)
    if named is not None:
        yield from (key for key in named if key == source or (key in working.locked.accounts and agrees(key, source)))
        return
    yield source
    for leaf in working.below(source.control(working.locked.roles[source.role])):
        if leaf != source and agrees(leaf, source):
            yield leaf


def free(working: Working, key: AccountKey) -> Decimal:
    """How many pieces an account can give now. What is held on a control account is held on no part of it."""
    account = working.account(key)
    held = ZERO if account.control is None else account.taken_quantity
    pieces = account.own_quantity - held
    if working.locked.later:
        days = working.locked.later.get((key, working.on))
        if days is not None:
            pieces = min(pieces, account.own_quantity - days.highest_own_quantity)
    return pieces
