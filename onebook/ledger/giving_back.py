"""Goods are given back: to or from the lots that a row moved, at the amounts that they moved with."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from onebook.ledger import floors, moving, picking, value
from onebook.ledger.account import AccountKey
from onebook.ledger.originals import Originals, Portion, Standing, leaf_of, standing, undone_rows
from onebook.ledger.refusals import (
    GivenBackSince,
    GivesBackTooMuch,
    MovedNothing,
    NothingLeft,
    OriginalReversed,
)
from onebook.ledger.request import GiveBack, Request, Revalue, Undo
from onebook.ledger.role import Role
from onebook.ledger.working import Picked, Working
from onebook.values.decimals import ZERO
from onebook.values.refusal import Problem

#: The refusal of the whole is that of the first of these among its problems.
_KINDS = (OriginalReversed, MovedNothing, NothingLeft, GivesBackTooMuch)


def give_back(working: Working, request: Request) -> None:
    """Work out what a request gives back. Refuses, naming every row, what cannot be or is more than is left."""
    originals = working.locked.originals
    problems = []
    for asked in request.gives_back:
        assert asked.quantity > 0, f"{asked} gives no pieces back"
        line = asked.document, asked.of
        known = standing(originals, line, asked.at, working.locked.roles[asked.at.role])
        if known is None:
            problems.append(unknown(originals, asked, asked.quantity))
        elif known.left < asked.quantity:
            kind = GivesBackTooMuch if known.left > 0 else NothingLeft
            problems.append(_problem(kind.cause, asked, asked.quantity, max(known.left, ZERO)))
        else:
            start = len(working.entries)
            if known.came:
                _send(working, asked, known)
            else:
                _take_in(working, asked, known)
            originals = originals.after(working.entries[start:])
    refuse(problems)


def guard(working: Working, undo: Undo) -> None:
    """What a journal moved cannot be reversed while a part of it is given back: the goods would move twice."""
    given_back = working.locked.originals.given_back
    problems = []
    for row in dict.fromkeys(undone_rows(undo)):
        pieces = sum((moved.quantity for moved in given_back.get(row, ())), ZERO)
        if pieces:
            problems.append(Problem(GivenBackSince.cause, data={"line": row, "lines": [row], "given_back": pieces}))
    if problems:
        raise GivenBackSince(problems, count=len(problems))


def unknown(originals: Originals, asked: GiveBack | Revalue, wanted: Decimal) -> Problem:
    """Why nothing stands of a row: it was reversed, or it never moved such goods."""
    original = originals.lines.get((asked.document, asked.of))
    kind = OriginalReversed if original is not None and original.is_reversed and not original.moved else MovedNothing
    return _problem(kind.cause, asked, wanted, ZERO)


def refuse(problems: Sequence[Problem]) -> None:
    """Refuse, if there is any problem."""
    for kind in _KINDS:
        if any(problem.code == kind.cause for problem in problems):
            raise kind(problems, count=len(problems))


def _take_in(working: Working, asked: GiveBack, known: Standing) -> None:
    """Goods that had left come back, those that left last first."""
    role = working.locked.roles[asked.at.role]
    for portion, pieces in _shares(known.portions, asked.quantity):
        if not pieces:
            continue
        amount = value.share(portion.left_amount, pieces, portion.left)
        leaf = leaf_of(asked.at, portion.leaf, role)
        if leaf != asked.at:
            working.picked.setdefault(asked.at, Picked()).leaves[leaf] = None
        working.enter(portion.counter, -pieces, -amount, asked.line, asked.of)
        moving.arrive(working, leaf, pieces, amount, asked.line, asked.of)


def _send(working: Working, asked: GiveBack, known: Standing) -> None:
    """Goods that had come leave again: out of the lots that still have pieces, the latest first; what is missing is
    missing in the latest, where floors refuse it or negative stock allows it."""
    role = working.locked.roles[asked.at.role]
    wanted = asked.quantity
    used: defaultdict[AccountKey, Decimal] = defaultdict(lambda: ZERO)
    parts: list[defaultdict[AccountKey, Decimal]] = []
    for portion in known.portions:
        left = min(portion.left, wanted)
        parts.append(defaultdict(lambda: ZERO))
        for leaf in _where(working, asked.at, portion, role):
            part = min(left, picking.free(working, leaf) - used[leaf])
            if part > 0:
                parts[-1][leaf] += part
                used[leaf] += part
                left, wanted = left - part, wanted - part
    picked = working.picked.setdefault(asked.at, Picked())
    picked.asked += asked.quantity
    picked.found += asked.quantity - wanted
    for portion, leaves in zip(known.portions, parts, strict=True):
        missing = min(wanted, portion.left - sum(leaves.values(), ZERO))
        if missing > 0:
            leaves[leaf_of(asked.at, portion.leaf, role)] += missing
            wanted -= missing
        amount = value.share(portion.left_amount, sum(leaves.values(), ZERO), portion.left) if leaves else ZERO
        for (leaf, part), worth in zip(leaves.items(), value.split(amount, list(leaves.values())), strict=True):
            picked.leaves[leaf] = None
            working.enter(leaf, -part, -worth, asked.line, asked.of)
            moving.arrive(working, portion.counter, part, worth, asked.line, asked.of)
            _level(working, leaf, worth, asked.line)


def _where(working: Working, at: AccountKey, portion: Portion, role: Role) -> Iterator[AccountKey]:
    """The accounts at a place that may hold pieces of a lot: where they were put first, then by spot."""
    first = leaf_of(at, portion.leaf, role)
    yield first
    control = at.control(role)
    for key in (control, *working.below(control)):
        if key != first and key.lot == first.lot and at.spot in (0, key.spot):
            yield key


def _level(working: Working, leaf: AccountKey, worth: Decimal, line: int) -> None:
    """Pieces that left at what they once cost, out of a position that is cheaper by now, do not leave the others with
    a value below nothing: that is a difference, as it would be without pieces."""
    account = working.account(leaf)
    is_below = account.own_quantity > 0 and account.own_amount * worth < 0
    if is_below and account.role.difference is not None:
        moving.rest(working, leaf, account.own_amount, line)


def _shares(portions: Sequence[Portion], wanted: Decimal) -> Iterator[tuple[Portion, Decimal]]:
    """How many of the pieces wanted each portion gives, in order; zero where nothing is left to give."""
    for portion in portions:
        part = max(min(wanted, portion.left), ZERO)
        wanted -= part
        yield portion, part


def _problem(code: str, asked: GiveBack | Revalue, wanted: Decimal, left: Decimal) -> Problem:
    lines = [asked.line] if asked.line else []
    told = {"line": asked.line, "lines": lines, "of": asked.of, "asked": wanted, "left": left}
    return Problem(code, data={**floors.names(asked.at), **told})
