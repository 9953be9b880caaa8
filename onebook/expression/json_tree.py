"""The tree as JSON, for the backend in the browser."""

from typing import Any

from onebook.expression.functions.formats import plain
from onebook.expression.tree import Aggregate, Call, Expression, Given, Literal, Node, Operation, Path
from onebook.expression.types import Kind, Type

#: Raised when a reader of an older tree would misread it.
VERSION = 1


def to_json(expression: Expression) -> dict[str, Any]:
    """The whole formula; numbers are texts, so that no reader makes them binary fractions."""
    return {
        "version": VERSION,
        "type": _type(expression.type),
        "volatility": expression.volatility.name.lower(),
        "paths": sorted(expression.paths),
        "tree": _node(expression.tree),
    }


def _node(node: Node) -> dict[str, Any]:
    match node:
        case Literal(value=value, type=type_):
            written = plain(value) if type_.kind is Kind.NUMBER and value is not None else value  # type: ignore[arg-type]
            return {"node": "literal", "value": written, "type": _type(type_)}
        case Path(up=up, key=key, type=type_):
            return {"node": "path", "up": up, "key": key, "type": _type(type_)}
        case Given(name=name, type=type_):
            return {"node": "given", "name": name, "type": _type(type_)}
        case Operation(operator=operator, operands=operands, type=type_):
            parts = [_node(part) for part in operands]
            return {"node": "operation", "operator": operator, "operands": parts, "type": _type(type_)}
        case Call(function=name, arguments=arguments, type=type_):
            parts = [_node(part) for part in arguments]
            return {"node": "call", "function": name, "arguments": parts, "type": _type(type_)}
        case Aggregate():
            return _aggregate(node)


def _aggregate(node: Aggregate) -> dict[str, Any]:
    return {
        "node": "aggregate",
        "function": node.function,
        "rows": {"up": node.rows.up, "key": node.rows.key},
        "value": _node(node.value) if node.value else None,
        "where": _node(node.where) if node.where else None,
        "separator": node.separator,
        "type": _type(node.type),
    }


def _type(type_: Type) -> dict[str, str]:
    return {"kind": str(type_.kind), "of": type_.of} if type_.of else {"kind": str(type_.kind)}
