"""Decides a request on locked accounts: limits, values, promises, waiting demand. Pure, and the same for previews."""

from collections.abc import Sequence
from decimal import Decimal

from onebook.ledger import floors, promises, value
from onebook.ledger.account import AccountKey
from onebook.ledger.journal import Journal
from onebook.ledger.needs import difference_account
from onebook.ledger.posting import AccountChange, Posting
from onebook.ledger.refusals import HoldInUse, PeriodClosed, ValueWithoutPieces
from onebook.ledger.request import Move, Request, Transfer, Undo
from onebook.ledger.state import AccountState, Locked
from onebook.ledger.working import Working, WorkingAccount, worth_of
from onebook.values.decimals import ZERO
from onebook.values.month import Month
from onebook.values.refusal import Problem


def decide(request: Request, locked: Locked) -> Posting:
    """What the request will write, or a refusal that names every reason: nothing is written either way."""
    if locked.closed is not None and Month.of(request.on) <= locked.closed:
        raise PeriodClosed(on=request.on, closed=str(locked.closed))
    working = Working(locked)
    if request.undo:
        _undo(working, request.undo)
    promises.release(working, request.releases)
    promises.settle(working, request.settles)
    for move in request.moves:
        _move(working, move)
    for transfer in request.transfers:
        _transfer(working, transfer)
    promises.place(working, request.places, request.origin)
    _clear_rests(working)
    guarded = floors.guarded(request)
    promises.serve(working, guarded)
    floors.check(working, request)
    floors.check_size(working)
    return _posting(working, request, guarded)


def decide_all(requests: Sequence[Request], locked: Locked) -> list[Posting]:
    """Several events of one transaction, each on what the one before leaves."""
    postings = []
    for request in requests:
        posting = decide(request, locked)
        locked = after(locked, posting)
        postings.append(posting)
    return postings


def after(locked: Locked, posting: Posting) -> Locked:
    """The same locks once a posting is decided."""
    accounts = {change.key: change.after for change in posting.accounts}
    return locked.after(accounts, {hold.id: hold for hold in posting.holds}, len(posting.placed))


def _move(working: Working, move: Move) -> None:
    assert move.quantity > 0, f"{move} moves no pieces"
    amount = _value(working, move) if move.amount is None else move.amount
    working.enter(move.source, -move.quantity, -amount, move.line)
    difference = ZERO
    if working.is_kept(move.target):
        target = working.account(move.target)
        if target.role.difference is not None:
            held = target.own_quantity, target.own_amount
            difference = value.settled_difference(move.quantity, amount, *held)
    working.enter(move.target, move.quantity, amount, move.line)
    if difference:
        _rest(working, move.target, difference, move.line)


def _value(working: Working, move: Move) -> Decimal:
    """The value that pieces take along: their source knows, or, if that is only summed, their target."""
    if working.is_kept(move.source):
        source = working.account(move.source)
        return value.leaving(move.quantity, source.own_quantity, source.own_amount, source.unit_cost)
    assert working.is_kept(move.target), f"{move} has no amount and nobody knows its value"
    return worth_of(working, move.target, move.quantity)


def _transfer(working: Working, transfer: Transfer) -> None:
    if transfer.amount:
        working.enter(transfer.debit, ZERO, transfer.amount, transfer.line)
        working.enter(transfer.credit, ZERO, -transfer.amount, transfer.line)


def _undo(working: Working, undo: Undo) -> None:
    """Take a journal back: amounts and promises exactly as they were, whatever they would be today."""
    problems = []
    for change in undo.changes:
        after = working.hold(change.hold).after(change)
        measures = (after.open_quantity, after.settled_quantity, after.released_quantity)
        if min(*measures, after.open_amount, after.settled_amount, after.released_amount) < 0:
            problems.append(Problem(HoldInUse.cause, data={"name": after.name, "owner": after.owner}))
        else:
            working.change(change)
    if problems:
        raise HoldInUse(problems, count=len(problems))
    for entry in undo.entries:
        working.enter(entry.account, entry.quantity, entry.amount, entry.line)


def _clear_rests(working: Working) -> None:
    """A position without pieces has no value: what is left over goes to the role's difference account."""
    for account in list(working.accounts.values()):
        if account.posted and account.role.has_quantity and not account.own_quantity and account.own_amount:
            _rest(working, account.key, account.own_amount, 0)


def _rest(working: Working, key: AccountKey, amount: Decimal, line: int) -> None:
    role = working.locked.roles[key.role]
    difference = difference_account(role, key, working.locked.roles)
    if difference is None:
        problem = Problem(ValueWithoutPieces.cause, data={**floors.names(key), "amount": amount})
        raise ValueWithoutPieces([problem], count=1)
    working.enter(key, ZERO, -amount, line)
    working.enter(difference, ZERO, amount, line)


def _posting(working: Working, request: Request, guarded: dict[AccountKey, Decimal]) -> Posting:
    locked = working.locked
    changes = []
    for account in working.accounts.values():
        after = _after(account, request, guarded)
        if after != account.state:
            changes.append(AccountChange(account.state, after, account.posted))
    ids = {change.after.key: change.after.id for change in changes}
    for entry in working.entries:
        if entry.account not in ids:
            ids[entry.account] = _id(locked, entry.account)
    for hold in working.holds.values():
        if hold.account not in ids:
            ids[hold.account] = _id(locked, hold.account)
    return Posting(
        id=locked.journals[0],
        journal=Journal(request.on, request.origin, tuple(working.entries)),
        accounts=tuple(changes),
        holds=tuple(working.holds.values()),
        placed=frozenset(working.placed),
        changes=tuple(working.changes),
        ids=ids,
        controls={a.key: a.control.key for a in working.accounts.values() if a.control is not None},
        summed=frozenset(key for key in ids if key in locked.summed),
        reverses=request.undo.journal if request.undo else None,
        is_locked=locked.is_locked,
    )


def _id(locked: Locked, key: AccountKey) -> int:
    state = locked.accounts.get(key)
    return locked.summed[key] if state is None else state.id


def _after(account: WorkingAccount, request: Request, guarded: dict[AccountKey, Decimal]) -> AccountState:
    available = account.quantity - account.taken_quantity
    floor = guarded.get(account.key, account.state.floor)
    # Negative stock that was allowed, or was there before the floor, is not for the database to refuse.
    if floor is not None and available < floor:
        floor = None
    return AccountState(
        account.state.id,
        account.key,
        account.balance(request.on),
        account.own_quantity,
        account.own_amount,
        account.unit_cost,
        floor,
    )
