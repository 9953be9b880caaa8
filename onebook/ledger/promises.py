"""Holds while an event is worked out: placed, settled, released, and the waiting line that is served at the end."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from onebook.ledger.account import AccountKey
from onebook.ledger.hold import Hold, HoldChange, Kind
from onebook.ledger.journal import Origin
from onebook.ledger.refusals import HoldExceeded
from onebook.ledger.request import Measure, Place, Release, Request, Settle, Tense, Unsettle
from onebook.ledger.working import Working, WorkingAccount
from onebook.values.decimals import ZERO
from onebook.values.refusal import Problem


def release(working: Working, releases: tuple[Release, ...]) -> None:
    """Let go of everything that is still open."""
    for asked in releases:
        for hold in working.open_holds():
            if hold.document == asked.document and asked.name in (None, hold.name):
                working.change(
                    HoldChange(
                        hold.id,
                        Kind.RELEASE,
                        released_quantity=hold.open_quantity,
                        released_amount=hold.open_amount,
                        waiting=-hold.waiting,
                    )
                )


def settle(working: Working, settles: tuple[Settle, ...]) -> None:
    """Promises come true. Refuses, naming every one, when more would come true than was promised."""
    problems = []
    promised = _promised(working) if settles else {}
    for asked in settles:
        assert asked.quantity >= 0, f"{asked} settles a negative quantity"
        assert asked.amount >= 0, f"{asked} settles a negative amount"
        quantity, amount = asked.quantity, asked.amount
        standing = map(working.hold, promised.get((asked.name, asked.owner), ()))
        holds = [hold for hold in standing if hold.open_quantity or hold.open_amount]
        for hold in sorted(holds, key=_due_first):
            part = min(quantity, hold.open_quantity)
            money = min(amount, hold.open_amount)
            if part or money:
                working.change(
                    HoldChange(hold.id, Kind.SETTLE, asked.line, settled_quantity=part, settled_amount=money)
                )
            quantity -= part
            amount -= money
        if (quantity or amount) and holds and asked.extends:
            working.change(_grown(max(holds, key=_due_first), asked, quantity, amount))
        elif (quantity or amount) and not asked.capped:
            problems.append(_exceeded(asked, quantity, amount))
    if problems:
        raise HoldExceeded(problems, count=len(problems))


def unsettle(working: Working, unsettles: tuple[Unsettle, ...]) -> None:
    """What came true is undone in part. Refuses, naming every one, when less than that came true."""
    problems = []
    promised = _promised(working) if unsettles else {}
    for asked in unsettles:
        assert asked.quantity >= 0, f"{asked} undoes a negative quantity"
        assert asked.amount >= 0, f"{asked} undoes a negative amount"
        quantity, amount = asked.quantity, asked.amount
        holds = list(map(working.hold, promised.get((asked.name, asked.owner), ())))
        for hold in sorted(holds, key=_due_first, reverse=True):
            part = min(quantity, hold.settled_quantity)
            money = min(amount, hold.settled_amount)
            if part or money:
                working.change(_undone(hold, asked, part, money))
            quantity -= part
            amount -= money
        if (quantity or amount) and not asked.capped:
            problems.append(_exceeded(asked, quantity, amount))
    if problems:
        raise HoldExceeded(problems, count=len(problems))


def place(working: Working, places: tuple[Place, ...], origin: Origin) -> None:
    """Give new promises. What waits at all waits wholly until the line is served, but for what it had already."""
    numbers = iter(working.locked.new_holds)
    for asked in places:
        if not asked.quantity and not asked.amount:
            continue
        identity = next(numbers)
        takes = asked.quantity < 0 or asked.amount < 0
        assert not (takes and (asked.quantity > 0 or asked.amount > 0)), f"{asked} takes and brings at once"
        waits = asked.waits and takes
        hold = Hold(
            id=identity,
            name=asked.name,
            account=asked.account,
            form=origin.form,
            document=origin.id,
            line=asked.line,
            sign=-1 if takes else 1,
            due=asked.due,
            priority=asked.priority,
            waits=waits,
        )
        change = HoldChange(
            identity,
            Kind.PLACE,
            asked.line,
            wanted_quantity=abs(asked.quantity),
            wanted_amount=abs(asked.amount),
            waiting=abs(asked.quantity) - asked.covers if waits else ZERO,
        )
        working.place(hold, change)


def serve(working: Working, floors: Mapping[AccountKey, Decimal]) -> None:
    """Cover waiting demand with what is available now, in line: priority, due date, age. Who waits for one lot stands
    in the same line as who waits for any."""
    for hold in sorted((hold for hold in working.open_holds() if hold.waiting), key=_turn):
        free = _free(working.account(hold.account), floors)
        if free > 0:
            working.change(HoldChange(hold.id, Kind.SERVE, hold.line, waiting=-min(hold.waiting, free)))


def displace(working: Working, request: Request) -> None:
    """Send promises back to the line where facts left less than the floor, the last in line first."""
    for limit in request.limits:
        if limit.at_least is None or limit.measure is not Measure.QUANTITY or limit.tense is not Tense.AVAILABLE:
            continue
        account = working.account(limit.account)
        holds = [hold for hold in working.open_holds() if hold.waits and hold.account == limit.account]
        for hold in sorted(holds, key=_turn, reverse=True):
            short = limit.at_least - account.available
            if short <= 0:
                break
            if hold.covered:
                working.change(HoldChange(hold.id, Kind.SERVE, hold.line, waiting=min(hold.covered, short)))


def _free(account: WorkingAccount, floors: Mapping[AccountKey, Decimal]) -> Decimal:
    """What may be promised of an account: nothing below its floor, nor below that of what it rolls up to."""
    free = account.quantity - account.taken_quantity - max(floors.get(account.key, ZERO), ZERO)
    return free if account.control is None else min(free, _free(account.control, floors))


def _promised(working: Working) -> dict[tuple[str, int], list[int]]:
    """The known holds by name and by whom they are asked for: the row that placed them, and the record."""
    found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for hold in working.known_holds():
        for owner in {hold.owner, hold.document}:
            found[hold.name, owner].append(hold.id)
    return found


def _undone(hold: Hold, asked: Unsettle, part: Decimal, money: Decimal) -> HoldChange:
    """One hold less come true: open again, or let go."""
    return HoldChange(
        hold.id,
        Kind.SETTLE,
        asked.line,
        settled_quantity=-part,
        settled_amount=-money,
        released_quantity=ZERO if asked.reopens else part,
        released_amount=ZERO if asked.reopens else money,
        waiting=part if asked.reopens and hold.waits else ZERO,
    )


def _turn(hold: Hold) -> tuple[object, ...]:
    # New holds of a preview have negative ids, counting down: they come last, in their order.
    priority, due, identity = hold.turn
    return priority, due, identity < 0, abs(identity)


def _due_first(hold: Hold) -> tuple[object, ...]:
    return hold.due is None, hold.due, hold.id


def _grown(hold: Hold, asked: Settle, quantity: Decimal, amount: Decimal) -> HoldChange:
    return HoldChange(
        hold.id,
        Kind.SETTLE,
        asked.line,
        wanted_quantity=quantity,
        wanted_amount=amount,
        settled_quantity=quantity,
        settled_amount=amount,
    )


def _exceeded(asked: Settle | Unsettle, quantity: Decimal, amount: Decimal) -> Problem:
    by_quantity = bool(quantity)
    rest, wanted = (quantity, asked.quantity) if by_quantity else (amount, asked.amount)
    return Problem(
        HoldExceeded.cause,
        data={
            "name": asked.name,
            "owner": asked.owner,
            "line": asked.line,
            "measure": "quantity" if by_quantity else "amount",
            "asked": wanted,
            "open": wanted - rest,
        },
    )
