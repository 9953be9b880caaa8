"""Decides a request on locked accounts: limits, values, promises, waiting demand. Pure, and the same for previews."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from onebook.ledger import converting, floors, giving_back, moving, promises, restating, revaluing
from onebook.ledger.account import AccountKey
from onebook.ledger.journal import Journal
from onebook.ledger.posting import AccountChange, Posting
from onebook.ledger.refusals import HoldInUse, PeriodClosed
from onebook.ledger.request import Request, Undo
from onebook.ledger.state import AccountState, Locked
from onebook.ledger.working import Working, WorkingAccount
from onebook.values.month import Month
from onebook.values.refusal import Problem


def decide(request: Request, locked: Locked) -> Posting:
    """What the request will write, or a refusal that names every reason: nothing is written either way."""
    if locked.closed is not None and Month.of(request.on) <= locked.closed:
        raise PeriodClosed(on=request.on, closed=str(locked.closed))
    working = Working(locked, request)
    if request.undo:
        _undo(working, request.undo)
    promises.release(working, request.releases)
    promises.settle(working, request.settles)
    promises.unsettle(working, request.unsettles)
    anew = restating.restate(working, request)
    for move in request.moves:
        moving.move(working, move)
    converting.convert(working, request)
    giving_back.give_back(working, request)
    revaluing.revalue(working, request)
    for transfer in request.transfers:
        moving.transfer(working, transfer)
    promises.place(working, (*anew, *request.places), request.origin)
    moving.clear_rests(working)
    limits = floors.applied(working, request)
    guarded = floors.guarded(working, limits)
    promises.serve(working, guarded)
    if request.displaces:
        promises.displace(working, request)
    floors.check(working, request, limits)
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
    locked = locked.after(accounts, {hold.id: hold for hold in posting.holds}, len(posting.placed))
    return replace(locked, originals=locked.originals.after(posting.journal.entries))


def _undo(working: Working, undo: Undo) -> None:
    """Take a journal back: amounts and promises exactly as they were, whatever they would be today."""
    giving_back.guard(working, undo)
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
        working.enter(entry.account, entry.quantity, entry.amount, entry.line, entry.gives_back)


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
    controls = {a.key: a.control for a in working.accounts.values() if a.control is not None}
    for control in controls.values():
        # What leaves one leaf for another changes nothing on their control account, but counts on it.
        ids.setdefault(control.key, control.state.id)
    return Posting(
        id=locked.journals[0],
        journal=Journal(request.on, request.origin, tuple(working.entries)),
        accounts=tuple(changes),
        holds=tuple(working.holds.values()),
        placed=frozenset(working.placed),
        changes=tuple(working.changes),
        ids=ids,
        controls={key: control.key for key, control in controls.items()},
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
    after = AccountState(
        account.state.id,
        account.key,
        account.balance(request.on),
        account.own_quantity,
        account.own_amount,
        account.unit_cost,
        floor,
        account.state.is_new,
    )
    return replace(after, is_new=False) if after.is_new and after != account.state else after
