"""Goods become other goods: inputs leave with their value, outputs arrive with it, through a summed role."""

from decimal import Decimal

from onebook.ledger import moving, value
from onebook.ledger.refusals import NegativeWeight
from onebook.ledger.request import Convert, Move, Part, Request, Transfer
from onebook.ledger.working import Working
from onebook.values.decimals import ZERO
from onebook.values.refusal import Problem


def convert(working: Working, request: Request) -> None:
    """Work the conversions of a request out, one on what the other leaves. Refuses weights below zero."""
    problems = [
        Problem(NegativeWeight.cause, data={"line": part.line, "item": part.account.item, "weight": part.weight})
        for asked in request.converts
        for part in asked.outputs
        if part.weight < 0
    ]
    if problems:
        raise NegativeWeight(problems, count=len(problems))
    for asked in request.converts:
        _convert(working, asked)


def _convert(working: Working, asked: Convert) -> None:
    """All that goes in is worth what comes out: values as they leave, and costs."""
    assert asked.inputs, f"{asked} is made of nothing"
    assert asked.outputs, f"{asked} makes nothing"
    worth = ZERO
    for part in asked.inputs:
        passing = asked.passing(part.account.item)
        worth += moving.move(working, Move(part.account, passing, part.quantity, line=part.line))
    first = asked.outputs[0]
    for credit, cost in asked.costs:
        assert cost >= 0, f"{asked} costs less than nothing"
        moving.transfer(working, Transfer(asked.passing(first.account.item), credit, cost, first.line))
        worth += cost
    for part, amount in zip(asked.outputs, value.split(worth, _weights(asked.outputs)), strict=True):
        assert part.quantity > 0, f"{part} brings no pieces"
        working.enter(asked.passing(part.account.item), -part.quantity, -amount, part.line)
        moving.arrive(working, part.account, part.quantity, amount, part.line)


def _weights(outputs: tuple[Part, ...]) -> list[Decimal]:
    """Their weights; where none has any, their pieces."""
    weights = [part.weight for part in outputs]
    return weights if any(weights) else [part.quantity for part in outputs]
