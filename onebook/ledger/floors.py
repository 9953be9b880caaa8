"""Limits: what must hold after an event. Pure: previews use it too. Every account that breaks one is named at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from onebook.ledger.account import AccountKey, Balance
from onebook.ledger.later_days import guards_days
from onebook.ledger.picking import is_open
from onebook.ledger.refusals import BalanceTooLow, LimitExceeded, TooLarge, WouldBreakLaterDay
from onebook.ledger.request import Limit, Measure, Request, Tense
from onebook.ledger.working import Working, WorkingAccount
from onebook.values.decimals import MONEY_LIMIT, QUANTITY_LIMIT, ZERO
from onebook.values.refusal import Problem

#: The refusal of the whole is that of the first of these among its problems.
_KINDS = (BalanceTooLow, LimitExceeded, WouldBreakLaterDay)


def applied(working: Working, request: Request) -> tuple[Limit, ...]:
    """The limits of a request; those on each leaf once more for every leaf that was picked in their account's stead."""
    if not working.picked:
        return request.limits
    limits = dict.fromkeys(request.limits)
    for limit in request.limits:
        if limit.each_leaf and limit.account in working.picked:
            assert not limit.plus, f"{limit} adds accounts to each leaf"
            limits.update((replace(limit, account=leaf), None) for leaf in working.picked[limit.account].leaves)
    return tuple(limits)


def check(working: Working, request: Request, limits: Sequence[Limit]) -> None:
    """Refuse what breaks a limit. What was broken before and does not get worse is no reason to refuse."""
    problems = []
    for limit in limits:
        before = _total(working, limit, request, after=False)
        after = _total(working, limit, request, after=True)
        if limit.at_least is not None and after < limit.at_least and after < before:
            short = {"needed": before - after, "available": before - limit.at_least, "limit": limit.at_least}
            account = working.account(limit.account)
            if account.control is not None or is_of_part(limit, account):
                short |= _sought(working, limit.account)
            problems.append(_problem(BalanceTooLow.cause, working, limit, short))
        else:
            problems += _own(working, limit)
        if limit.at_most is not None and after > limit.at_most and after > before:
            over = {"limit": limit.at_most, "before": before, "after": after, "over": after - limit.at_most}
            problems.append(_problem(LimitExceeded.cause, working, limit, over))
        problems += _later(working, limit, request)
    problems = _once(problems)
    for kind in _KINDS:
        if any(problem.code == kind.cause for problem in problems):
            raise kind(problems, count=len(problems), on=request.on)


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """An account that breaks two limits of one measure in the same way is named once, by the first of them."""
    found: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        found.setdefault((problem.code, problem.data["account"], problem.data["measure"]), problem)
    return list(found.values())


def check_size(working: Working) -> None:
    """Refuse an account that would outgrow its columns."""
    problems = [
        Problem(TooLarge.cause, data=names(account.key))
        for account in working.accounts.values()
        if abs(account.quantity) >= QUANTITY_LIMIT
        or abs(account.amount) >= MONEY_LIMIT
        or account.taken_quantity >= QUANTITY_LIMIT
        or account.expected_quantity >= QUANTITY_LIMIT
        or account.waiting >= QUANTITY_LIMIT
        or account.taken_amount >= MONEY_LIMIT
        or account.expected_amount >= MONEY_LIMIT
    ]
    if problems:
        raise TooLarge(problems, count=len(problems))


def is_of_part(limit: Limit, account: WorkingAccount) -> bool:
    """Whether a limit on each leaf is about a control account's own part alone: the part without lot and spot, which
    is one of the places that pieces lie in."""
    return (
        limit.each_leaf
        and limit.measure is Measure.QUANTITY
        and is_open(account.key, account.role)
        and (account.control is None)
    )


def guarded(working: Working, limits: Sequence[Limit]) -> dict[AccountKey, Decimal]:
    """Quantities that the request wants available at least: what the waiting line may use, what the database guards."""
    return {
        limit.account: limit.at_least
        for limit in limits
        if limit.at_least is not None
        and limit.measure is Measure.QUANTITY
        and limit.tense is Tense.AVAILABLE
        and not limit.plus
        and not is_of_part(limit, working.account(limit.account))
    }


def _total(working: Working, limit: Limit, request: Request, *, after: bool) -> Decimal:
    total = ZERO
    for key in (limit.account, *limit.plus):
        account = working.account(key)
        if is_of_part(limit, account):
            return account.own_quantity if after else account.state.own_quantity
        total += _value(account.balance(request.on) if after else account.state.balance, limit)
    return total


def _value(balance: Balance, limit: Limit) -> Decimal:
    by_quantity = limit.measure is Measure.QUANTITY
    match limit.tense:
        case Tense.BALANCE:
            return balance.quantity if by_quantity else balance.amount
        case Tense.AVAILABLE:
            return balance.available if by_quantity else balance.available_amount
        case Tense.PROJECTED:
            return balance.projected if by_quantity else balance.projected_amount


def _own(working: Working, limit: Limit) -> list[Problem]:
    """A floor on a control account guards its own part too."""
    account = working.account(limit.account)
    before, after = account.state.own_quantity, account.own_quantity
    if not _guards_own(limit, account) or after >= min(before, ZERO):
        return []
    short = {"needed": before - after, "available": max(before, ZERO), "limit": ZERO}
    short |= _sought(working, limit.account)
    return [_problem(BalanceTooLow.cause, working, limit, short)]


def _sought(working: Working, key: AccountKey) -> dict[str, Decimal]:
    """Of an account whose own part is short because leaves did not have enough: what was asked and found altogether."""
    picked = working.picked.get(key)
    if picked is None or picked.found == picked.asked:
        return {}
    return {"needed": picked.asked, "available": picked.found}


def _later(working: Working, limit: Limit, request: Request) -> list[Problem]:
    """A back-dated event must leave every later day as whole as today. Facts only: promises have no past."""
    days = working.locked.later.get((limit.account, request.on))
    if days is None or not guards_days(limit):
        return []
    account = working.account(limit.account)
    if is_of_part(limit, account):
        before, after = account.state.own_quantity, account.own_quantity
        lowest, highest = after - days.highest_own_quantity, after - days.lowest_own_quantity
    elif limit.measure is Measure.QUANTITY:
        before, after = account.state.balance.quantity, account.quantity
        lowest, highest = after - days.highest_quantity, after - days.lowest_quantity
    else:
        before, after = account.state.balance.amount, account.amount
        lowest, highest = after - days.highest_amount, after - days.lowest_amount
    data = {"on": request.on, "needed": abs(before - after)}
    if limit.at_least is not None and after < before and lowest < limit.at_least:
        data |= {"limit": limit.at_least, "lowest": lowest}
        return [_problem(WouldBreakLaterDay.cause, working, limit, data)]
    if limit.at_most is not None and limit.tense is Tense.BALANCE and after > before and highest > limit.at_most:
        data |= {"limit": limit.at_most, "lowest": highest}
        return [_problem(WouldBreakLaterDay.cause, working, limit, data)]
    own_before, own_after = account.state.own_quantity, account.own_quantity
    if _guards_own(limit, account) and own_after < own_before and own_after < days.highest_own_quantity:
        data = {"on": request.on, "needed": own_before - own_after, "limit": ZERO}
        data["lowest"] = own_after - days.highest_own_quantity
        return [_problem(WouldBreakLaterDay.cause, working, limit, data)]
    return []


def _guards_own(limit: Limit, account: WorkingAccount) -> bool:
    """Whether a limit is a floor on a control account: pieces without a lot cannot be borrowed from the lots."""
    if limit.at_least is None or limit.measure is not Measure.QUANTITY or limit.tense is Tense.PROJECTED:
        return False
    return account.control is None and bool(account.role.leaf)


def _problem(code: str, working: Working, limit: Limit, data: Mapping[str, object]) -> Problem:
    lines = {entry.line for entry in working.entries if entry.line and _is_of(entry.account, limit, working)}
    lines |= {change.line for change in working.changes if change.line and _is_of_hold(change.hold, limit, working)}
    measure = limit.measure.value
    return Problem(
        code, data={**names(limit.account), "name": limit.name, "measure": measure, "lines": sorted(lines), **data}
    )


def _is_of(key: AccountKey, limit: Limit, working: Working) -> bool:
    picked = working.picked.get(limit.account)
    if picked is not None and key in picked.leaves:
        return True
    return limit.account in (key, key.control(working.locked.roles[key.role]))


def _is_of_hold(hold: int, limit: Limit, working: Working) -> bool:
    return _is_of(working.hold(hold).account, limit, working)


def names(key: AccountKey) -> dict[str, object]:
    """An account in the data of a refusal."""
    return {
        "account": str(key),
        "role": key.role,
        "item": key.item,
        "place": key.place,
        "lot": key.lot,
        "party": key.party,
        "document": key.document,
        "spot": key.spot,
    }
