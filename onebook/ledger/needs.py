"""Which accounts and holds requests touch: what must be locked and read before anything can be decided."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onebook.ledger.account import AccountKey, difference_account
from onebook.ledger.originals import Past, past_of
from onebook.ledger.picking import is_open, keeps_lots
from onebook.ledger.request import Request
from onebook.ledger.role import Role


@dataclass(frozen=True, slots=True)
class Needs:
    """Keys in one global order, so that whoever creates or locks them does it in the same order as everybody."""

    kept: tuple[AccountKey, ...]
    #: Leaves among the kept ones, with the control account of each.
    leaves: Mapping[AccountKey, AccountKey]
    summed: tuple[AccountKey, ...]
    #: Sources that leave their lot or spot open: pieces may be picked from the leaves below them.
    opened: tuple[AccountKey, ...]
    #: Such sources, and the targets that their lots may be carried to, at once or in several moves.
    carried: tuple[tuple[AccountKey, AccountKey], ...]
    #: Targets that name no lot, with the accounts of the lots that are known to be carried there.
    lots: Mapping[AccountKey, tuple[AccountKey, ...]]
    #: Control accounts whose waiting line, or that of their leaves, may be served.
    served: tuple[AccountKey, ...]
    settles: tuple[tuple[str, int], ...]
    #: The same, whether anything of them is open still or not.
    unsettles: tuple[tuple[str, int], ...]
    #: Accounts whose promises may have to go back to the line.
    displaced: tuple[AccountKey, ...]
    #: Name ("" for all) and document.
    releases: tuple[tuple[str, int], ...]
    #: Undone journals, and the holds that they changed.
    undone: tuple[int, ...]
    holds: tuple[int, ...]
    places: int
    requests: int
    #: Earlier rows that are given back, revalued or reversed.
    past: Past

    @property
    def has_holds(self) -> bool:
        """Whether open holds must be read."""
        return bool(self.settles or self.unsettles or self.releases or self.holds)


def needs_of(requests: Sequence[Request], roles: Mapping[str, Role]) -> Needs:
    """Everything that the requests name, and the control and difference accounts that go with it."""
    past = past_of(requests, roles)
    touched: set[AccountKey] = set(past.named())
    served: set[AccountKey] = set()
    for request in requests:
        touched.update(_touched(request))
        served.update(_served(request, roles))
        for key in _revalued(request, roles):
            if difference := difference_account(roles[key.role], key, roles):
                touched.add(difference)
    opened, carried = _opened(requests, roles)
    lots = _lots(requests, carried, touched, roles)
    touched.update(key for keys in lots.values() for key in keys)
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
        kept=tuple(sorted(kept)),
        leaves=leaves,
        summed=tuple(sorted(summed)),
        opened=opened,
        carried=carried,
        lots=lots,
        served=tuple({leaves.get(key, key) for key in served}),
        settles=tuple({(settle.name, settle.owner) for request in requests for settle in request.settles}),
        unsettles=tuple(
            {(one.name, one.owner) for request in requests for one in request.unsettles}
            | {(one.name, request.origin.id) for request in requests for one in request.restates}
        ),
        displaced=tuple({limit.account for request in requests if request.displaces for limit in request.limits}),
        releases=tuple({(release.name or "", release.document) for r in requests for release in r.releases}),
        undone=tuple(r.undo.journal for r in requests if r.undo),
        holds=tuple({change.hold for r in requests if r.undo for change in r.undo.changes}),
        places=sum(len(request.places) for request in requests)
        + sum(len(one.places) for request in requests for one in request.restates),
        requests=len(requests),
        past=past,
    )


def _opened(
    requests: Sequence[Request], roles: Mapping[str, Role]
) -> tuple[tuple[AccountKey, ...], tuple[tuple[AccountKey, AccountKey], ...]]:
    """The open sources, and where their lots may go: what arrives somewhere may go on from there."""
    opened: dict[AccountKey, None] = {}
    pairs: dict[tuple[AccountKey, AccountKey], None] = {}
    onward: defaultdict[AccountKey, list[AccountKey]] = defaultdict(list)
    for request in requests:
        for move in request.moves:
            if is_open(move.source, roles[move.source.role]):
                opened[move.source] = None
                if keeps_lots(move.target, roles[move.target.role]):
                    pairs[move.source, move.target] = None
                    onward[move.source.control(roles[move.source.role])].append(move.target)
        for convert in request.converts:
            for part in convert.inputs:
                if is_open(part.account, roles[part.account.role]):
                    opened[part.account] = None
    waiting = list(pairs)
    while waiting:
        source, target = waiting.pop()
        for further in onward.get(target.control(roles[target.role]), ()):
            if (source, further) not in pairs:
                pairs[source, further] = None
                waiting.append((source, further))
    return tuple(opened), tuple(pairs)


def _lots(
    requests: Sequence[Request],
    carried: Sequence[tuple[AccountKey, AccountKey]],
    touched: set[AccountKey],
    roles: Mapping[str, Role],
) -> dict[AccountKey, tuple[AccountKey, ...]]:
    """Targets that name no lot, with the lots that requests name at their sources."""
    lots: defaultdict[AccountKey, dict[AccountKey, None]] = defaultdict(dict)
    for request in requests:
        for move in request.moves:
            if move.source.lot and keeps_lots(move.target, roles[move.target.role]):
                lots[move.target][move.target._replace(lot=move.source.lot)] = None
    if carried:
        named: defaultdict[AccountKey, set[int]] = defaultdict(set)
        for key in (*touched, *(key for keys in lots.values() for key in keys)):
            if key.lot and roles[key.role].kept:
                named[key.control(roles[key.role])].add(key.lot)
        for source, target in carried:
            for lot in named.get(source.control(roles[source.role]), ()):
                if source.lot in (0, lot):
                    lots[target][target._replace(lot=lot)] = None
    return {target: tuple(keys) for target, keys in lots.items()}


def _touched(request: Request) -> Iterator[AccountKey]:
    for move in request.moves:
        yield move.source
        yield move.target
    for convert in request.converts:
        for part in (*convert.inputs, *convert.outputs):
            yield part.account
            yield convert.passing(part.account.item)
        yield from (credit for credit, _ in convert.costs)
    for transfer in request.transfers:
        yield transfer.debit
        yield transfer.credit
    for place in (*request.places, *(place for one in request.restates for place in one.places)):
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
    for convert in request.converts:
        yield from (part.account for part in convert.outputs)
    for giving in request.gives_back:
        yield giving.at.control(roles[giving.at.role])
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
    for convert in request.converts:
        yield from (part.account for part in convert.outputs)
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
