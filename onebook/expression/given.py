"""Parameters replaced by their values: the same condition as a formula that stands alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from onebook.expression.operators import COMPARISONS
from onebook.expression.printing import print_tree
from onebook.expression.tree import Aggregate, Call, Expression, Given, Literal, Node, Operation, children
from onebook.expression.types import DATE, FLAG, NUMBER, Kind

#: Kinds whose values can be written in a formula.
_WRITTEN: Final = frozenset({Kind.TEXT, Kind.NUMBER, Kind.FLAG, Kind.DATE})


def with_values(expression: Expression, values: Mapping[str, Any]) -> str | None:
    """The text of a condition with its parameters written out; what is certain then is left out.

    None where a value cannot be written: records and instants have no literals, and blanks are written only where they
    decide something. A condition that always holds is TRUE.
    """
    tree = _written(expression.tree, values)
    return None if _has_given(tree) else print_tree(replace(expression, tree=tree))


def _has_given(node: Node) -> bool:
    return isinstance(node, Given) or any(map(_has_given, children(node)))


def _written(node: Node, values: Mapping[str, Any]) -> Node:
    match node:
        case Given(name=name, type=kind):
            value = values.get(name)
            return node if value is None or kind.kind not in _WRITTEN else _value(node, value)
        case Operation(operands=operands):
            return _folded(replace(node, operands=tuple(_written(part, values) for part in operands)), values)
        case Call(function="ISBLANK", arguments=(Given(name=name),)):
            return Literal(values.get(name) is None, FLAG, node.span)
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(_written(part, values) for part in arguments))
        case Aggregate(value=value, where=where):
            inner = _written(value, values) if value is not None else None
            return replace(node, value=inner, where=_written(where, values) if where is not None else None)
        case _:
            return node


def _value(given: Given, value: Any) -> Node:
    if isinstance(value, str | bool):
        return Literal(value, given.type, given.span)
    if isinstance(value, date) and not isinstance(value, datetime):
        parts = tuple(Literal(Decimal(part), NUMBER, given.span) for part in (value.year, value.month, value.day))
        return Call("DATE", parts, DATE, given.span)
    number = Decimal(value)
    written = Literal(abs(number), NUMBER, given.span)
    return Operation("NEG", (written,), NUMBER, given.span) if number < 0 else written


def _folded(node: Operation, values: Mapping[str, Any]) -> Node:
    """What is certain: nothing compares with blank, and AND and OR are decided by parts that are."""
    operator, operands = node.operator, node.operands
    if operator in COMPARISONS and any(_is_blank(part, values) for part in operands):
        return _certain(False, node)
    if operator == "IN" and _is_blank(operands[0], values):
        return _certain(False, node)
    if operator == "NOT" and isinstance(operands[0], Literal) and operands[0].value is not None:
        return _certain(not operands[0].value, node)
    if operator not in ("AND", "OR"):
        return node
    decides = operator == "OR"
    if any(_is(part, decides) for part in operands):
        return _certain(decides, node)
    left = tuple(part for part in operands if not _is(part, not decides))
    if len(left) > 1:
        return replace(node, operands=left)
    return left[0] if left else _certain(not decides, node)


def _is_blank(node: Node, values: Mapping[str, Any]) -> bool:
    return isinstance(node, Given) and values.get(node.name) is None


def _is(node: Node, value: bool) -> bool:
    return isinstance(node, Literal) and node.value is value


def _certain(value: bool, node: Operation) -> Literal:
    return Literal(value, FLAG, node.span)
