"""Promises said anew: those that stand change by the difference, never below what has come true of them."""

from dataclasses import replace
from decimal import Decimal

from onebook.ledger.account import AccountKey
from onebook.ledger.hold import Hold, HoldChange, Kind
from onebook.ledger.refusals import BelowSettled
from onebook.ledger.request import Place, Request
from onebook.ledger.working import Working
from onebook.values.decimals import ZERO
from onebook.values.refusal import Problem


def restate(working: Working, request: Request) -> tuple[Place, ...]:
    """Change the promises that stand; what has to be placed anew is left to be placed with all others.

    Refuses, naming every one, what would be less than came true, or on another account."""
    problems: list[Problem] = []
    anew: list[Place] = []
    for asked in request.restates:
        wanted = {place.line or request.origin.id: place for place in asked.places}
        # One that nothing is wanted of was taken back: an older one stands in its stead.
        standing = {
            hold.owner: hold
            for hold in sorted(working.known_holds(), key=_standing)
            if hold.document == request.origin.id and hold.name == asked.name
        }
        for owner, hold in standing.items():
            place = wanted.get(owner)
            is_elsewhere = place is not None and _differs(hold, place)
            if (_has_settled(hold) and is_elsewhere) or _is_less(hold, place):
                problems.append(_problem(hold, place))
            elif place is None or (not _has_settled(hold) and (is_elsewhere or _is_due_otherwise(hold, place))):
                if place is not None and is_elsewhere and _is_same_goods(hold.account, place.account):
                    # Another lot or spot of the same goods: nobody in line gets between.
                    wanted[owner] = replace(place, covers=min(hold.covered, abs(place.quantity)))
                _change(working, hold, ZERO, ZERO)
            else:
                _change(working, hold, abs(place.quantity), abs(place.amount))
                del wanted[owner]
        anew += [place for owner, place in wanted.items() if owner not in standing or not _has_settled(standing[owner])]
    if problems:
        raise BelowSettled(problems, count=len(problems))
    return tuple(anew)


def _change(working: Working, hold: Hold, quantity: Decimal, amount: Decimal) -> None:
    """Make so much be wanted in all: what was let go is wanted again first, what waits goes first."""
    more, money = quantity - hold.settled_quantity - hold.open_quantity, amount - hold.settled_amount - hold.open_amount
    if not more and not money:
        return
    again, money_again = min(max(more, ZERO), hold.released_quantity), min(max(money, ZERO), hold.released_amount)
    waiting = ZERO
    if hold.waits:
        waiting = more if more > 0 else -min(hold.waiting, -more)
    working.change(
        HoldChange(
            hold.id,
            Kind.PLACE,
            hold.line,
            wanted_quantity=more - again,
            wanted_amount=money - money_again,
            released_quantity=-again,
            released_amount=-money_again,
            waiting=waiting,
        )
    )


def _is_same_goods(one: AccountKey, other: AccountKey) -> bool:
    return (one.role, one.item, one.place) == (other.role, other.item, other.place)


def _standing(hold: Hold) -> tuple[bool, bool, int]:
    # New holds of a preview have negative ids, counting down: they come last, in their order.
    return hold.is_wanted, hold.id < 0, abs(hold.id)


def _has_settled(hold: Hold) -> bool:
    return bool(hold.settled_quantity or hold.settled_amount)


def _differs(hold: Hold, place: Place) -> bool:
    return hold.account != place.account or (hold.sign < 0) is not (place.quantity < 0 or place.amount < 0)


def _is_due_otherwise(hold: Hold, place: Place) -> bool:
    return (hold.due, hold.priority) != (place.due, place.priority)


def _is_less(hold: Hold, place: Place | None) -> bool:
    quantity, amount = (abs(place.quantity), abs(place.amount)) if place is not None else (ZERO, ZERO)
    return quantity < hold.settled_quantity or amount < hold.settled_amount


def _problem(hold: Hold, place: Place | None) -> Problem:
    by_quantity = bool(hold.settled_quantity)
    asked = ZERO if place is None else abs(place.quantity if by_quantity else place.amount)
    return Problem(
        BelowSettled.cause,
        data={
            "name": hold.name,
            "owner": hold.owner,
            "lines": [hold.line] if hold.line else [],
            "measure": "quantity" if by_quantity else "amount",
            "asked": asked,
            "settled": hold.settled_quantity if by_quantity else hold.settled_amount,
        },
    )
