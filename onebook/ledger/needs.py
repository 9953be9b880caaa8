"""Which accounts and holds requests touch: what must be locked and read before anything can be decided."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onebook.ledger.account import AccountKey
from onebook.ledger.request import Request
from onebook.ledger.role import Dimension, Role


@dataclass(frozen=True, slots=True)
class Needs:
    """Keys in one global order, so that whoever creates or locks them does it in the same order as everybody."""

    kept: tuple[AccountKey, ...]
    #: Leaves among the kept ones, with the control account of each.
    leaves: Mapping[AccountKey, AccountKey]
    summed: tuple[AccountKey, ...]
    #: Kept accounts whose waiting line may be served.
    served: tuple[AccountKey, ...]
    settles: tuple[tuple[str, int], ...]
    #: Name ("" for all) and document.
    releases: tuple[tuple[str, int], ...]
    #: Undone journals, and the holds that they changed.
    undone: tuple[int, ...]
    holds: tuple[int, ...]
    places: int
    requests: int

    @property
    def has_holds(self) -> bool:
        """Whether open holds must be read."""
        return bool(self.settles or self.releases or self.holds)


def difference_account(role: Role, key: AccountKey, roles: Mapping[str, Role]) -> AccountKey | None:
    """Where a rest of value of an account goes: its role's difference role, per item if that has items."""
    if role.difference is None:
        return None
    has_item = Dimension.ITEM in roles[role.difference].dimensions
    return AccountKey(role.difference, item=key.item if has_item else 0)


def needs_of(requests: Sequence[Request], roles: Mapping[str, Role]) -> Needs:
    """Everything that the requests name, and the control and difference accounts that go with it."""
    touched: set[AccountKey] = set()
    served: set[AccountKey] = set()
    for request in requests:
        touched.update(_touched(request))
        served.update(_served(request, roles))
        for key in _revalued(request, roles):
            if difference := difference_account(roles[key.role], key, roles):
                touched.add(difference)
    kept, leaves, summed = set(), {}, []
    for key in touched:
        role = roles[key.role]
        if not role.kept:
            summed.append(key)
            continue
        kept.add(key)
        control = key.control(role)
        if control != key:
            kept.add(control)
            leaves[key] = control
    return Needs(
        kept=tuple(sorted(kept, key=order)),
        leaves=leaves,
        summed=tuple(sorted(summed, key=order)),
        served=tuple({leaves.get(key, key) for key in served} | served),
        settles=tuple({(settle.name, settle.owner) for request in requests for settle in request.settles}),
        releases=tuple({(release.name or "", release.document) for r in requests for release in r.releases}),
        undone=tuple(r.undo.journal for r in requests if r.undo),
        holds=tuple({change.hold for r in requests if r.undo for change in r.undo.changes}),
        places=sum(len(request.places) for request in requests),
        requests=len(requests),
    )


def order(key: AccountKey) -> tuple[str, int, int, int, int, int]:
    """The order in which accounts are created; cheaper than comparing the keys themselves."""
    return key.role, key.item, key.place, key.lot, key.party, key.document


def _touched(request: Request) -> Iterator[AccountKey]:
    for move in request.moves:
        yield move.source
        yield move.target
    for transfer in request.transfers:
        yield transfer.debit
        yield transfer.credit
    for place in request.places:
        yield place.account
    for limit in request.limits:
        yield limit.account
        yield from limit.plus
    if request.undo:
        for entry in request.undo.entries:
            yield entry.account


def _served(request: Request, roles: Mapping[str, Role]) -> Iterator[AccountKey]:
    """Accounts that may receive goods."""
    for move in request.moves:
        if roles[move.target.role].kept:
            yield move.target
    if request.undo:
        for entry in request.undo.entries:
            if entry.quantity > 0 and roles[entry.account.role].kept:
                yield entry.account


def _revalued(request: Request, roles: Mapping[str, Role]) -> Iterator[AccountKey]:
    """Accounts of goods that may be left with a difference: what arrives, and what leaves at a given value."""
    for move in request.moves:
        if _has_value(roles[move.target.role]):
            yield move.target
        if move.amount is not None and _has_value(roles[move.source.role]):
            yield move.source
    for transfer in request.transfers:
        for key in (transfer.debit, transfer.credit):
            if _has_value(roles[key.role]):
                yield key
    if request.undo:
        for entry in request.undo.entries:
            if _has_value(roles[entry.account.role]):
                yield entry.account


def _has_value(role: Role) -> bool:
    return role.kept and role.has_quantity
