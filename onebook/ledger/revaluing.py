"""What a row brought in is worth more or less than was thought: the share still here to it, the share gone to costs."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from onebook.ledger import giving_back, value
from onebook.ledger.account import AccountKey
from onebook.ledger.originals import Standing, leaf_of, standing
from onebook.ledger.request import Request, Revalue
from onebook.ledger.working import Working
from onebook.values.decimals import ZERO
from onebook.values.refusal import Problem

#: Accounts by role, item and lot.
Positions = dict[tuple[str, int, int], list[AccountKey]]


def revalue(working: Working, request: Request) -> None:
    """Work the revaluations of a request out. Refuses, naming every row, what brought nothing in or was reversed."""
    problems: list[Problem] = []
    positions = _positions(working, request)
    for asked in request.revalues:
        originals = working.locked.originals
        known = standing(originals, (asked.document, asked.of), asked.at, working.locked.roles[asked.at.role])
        if known is None or not known.came:
            problems.append(giving_back.unknown(originals, asked, asked.amount))
        elif asked.amount:
            _revalue(working, asked, known, positions)
    giving_back.refuse(problems)


def _revalue(working: Working, asked: Revalue, known: Standing, positions: Positions) -> None:
    """Each lot has its share by the pieces that it brought and that were not given back. Of that, every piece still
    here carries its part; a position that would fall below nothing carries no more than it is worth."""
    gone = asked.amount
    for leaf, part in _here(working, asked, known, positions):
        working.enter(leaf, ZERO, part, asked.line)
        gone -= part
    if gone:
        working.enter(asked.gone, ZERO, gone, asked.line)
    working.enter(asked.against, ZERO, -asked.amount, asked.line)


def _here(working: Working, asked: Revalue, known: Standing, positions: Positions) -> list[tuple[AccountKey, Decimal]]:
    brought: defaultdict[AccountKey, Decimal] = defaultdict(lambda: ZERO)
    worth: defaultdict[AccountKey, Decimal] = defaultdict(lambda: ZERO)
    role = working.locked.roles[asked.at.role]
    for portion in known.portions:
        if portion.left > 0:
            lot = leaf_of(asked.at, portion.leaf, role)._replace(spot=0)
            brought[lot] += portion.left
            worth[lot] += portion.amount
    amounts = value.split(asked.amount, list(brought.values())) if brought else []
    parts = []
    for (lot, pieces), amount in zip(brought.items(), amounts, strict=True):
        leaves = list(_pieces(working, lot, pieces, positions))
        gone = pieces - sum((part for _, part in leaves), ZERO)
        *here, _ = value.split(amount, [*(part for _, part in leaves), gone]) if amount else [ZERO]
        for (leaf, _), part in zip(leaves, here, strict=False):
            carried = _carried(working.account(leaf).own_amount, part, worth[lot])
            if carried:
                parts.append((leaf, carried))
    return parts


def _positions(working: Working, request: Request) -> Positions:
    """The known accounts of each lot of the roles that are revalued."""
    roles = {asked.at.role for asked in request.revalues}
    positions: Positions = defaultdict(list)
    for key in working.locked.accounts if roles else ():
        if key.role in roles:
            positions[key.role, key.item, key.lot].append(key)
    return positions


def _pieces(
    working: Working, lot: AccountKey, most: Decimal, positions: Positions
) -> Iterator[tuple[AccountKey, Decimal]]:
    """Where pieces of a lot lie, and how many of them count: first at its place, then, if it is a lot, elsewhere."""
    known = positions.get((lot.role, lot.item, lot.lot), [])
    leaves = [key for key in known if lot.lot or key.place == lot.place]
    for leaf in sorted(leaves, key=lambda key: (key.place != lot.place, key)):
        part = min(most, working.account(leaf).own_quantity)
        if part > 0:
            most -= part
            yield leaf, part


def _carried(held: Decimal, part: Decimal, worth: Decimal) -> Decimal:
    """How much of its part a position can carry without turning its value round."""
    sign = -1 if worth < 0 else 1
    if part * sign >= 0:
        return part
    most = max(held * sign, ZERO)
    return sign * -min(most, -part * sign)
