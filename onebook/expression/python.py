"""Formulas in Python: each tree is compiled once into closures over exact decimals."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from onebook.expression.context import Context
from onebook.expression.functions.function import Row, Run
from onebook.expression.functions.table import FUNCTIONS
from onebook.expression.python_aggregates import gathered
from onebook.expression.python_operators import OPERATORS, membership, set_membership
from onebook.expression.tree import Aggregate, Call, Expression, Given, Literal, Node, Operation, Path
from onebook.expression.types import Kind

__all__ = ["Context", "Row", "compiled", "evaluate"]

#: Under this key rows find the row of their record.
PARENT: Final = "^"

_KEPT: Final = "_compiled"


def evaluate(expression: Expression, row: Mapping[str, Any], context: Context) -> Any:
    """The value of a formula for a row: str, Decimal, bool, date, datetime, int (link), tuple of str, or None (blank).

    The row's keys are the expression's paths: `customer.level`, `lines` (a list of rows), `^` (the row of the record
    that a line belongs to), `old.price` (before the change). Missing keys are blank.
    """
    return _run_of(expression)(row, (context, None, None))


def compiled(expression: Expression) -> Callable[[Mapping[str, Any], Context], Any]:
    """`evaluate` for one formula, to be held where it runs for many rows."""
    run = _run_of(expression)
    return lambda row, context: run(row, (context, None, None))


def _run_of(expression: Expression) -> Run:
    kept: Run | None = expression.__dict__.get(_KEPT)
    if kept is None:
        kept = _compile(expression.tree, 0)
        expression.__dict__[_KEPT] = kept
    return kept


def _compile(node: Node, depth: int) -> Run:
    """The closure of a part that stands inside so many aggregates."""
    match node:
        case Literal(value=value):
            return lambda _row, _frame: value
        case Path(up=up, key=key):
            return _path(up, key, depth)
        case Given(name=name):
            return lambda _row, frame: frame[0].parameters.get(name)
        case Operation():
            return _operation(node, depth)
        case Call():
            return _call(node, depth)
        case Aggregate():
            return _aggregate(node, depth)


def _path(up: int, key: str, depth: int) -> Run:
    """A field of the row itself, of a row around it in the same formula, or of the record that the first row is in."""
    inside, beyond = min(up, depth), max(up - depth, 0)
    if not up:
        return lambda row, _frame: row.get(key)
    if inside == 1 and not beyond:
        return lambda _row, frame: frame[1].get(key)

    def run(row: Row, frame: Any) -> Any:
        for _ in range(inside):
            row, frame = frame[1], frame[2]
        for _ in range(beyond):
            row = row.get(PARENT)
            if row is None:
                return None
        return row.get(key)

    return run


def _operation(node: Operation, depth: int) -> Run:
    operands = [_compile(part, depth) for part in node.operands]
    if node.operator != "IN":
        return OPERATORS[node.operator, node.operands[0].type.kind, node.operands[-1].type.kind](operands)
    if node.operands[1].type.kind in (Kind.TEXTS, Kind.LINKS):
        return set_membership(operands[0], operands[1])
    return membership(operands[0], operands[1:])


def _call(node: Call, depth: int) -> Run:
    function = FUNCTIONS[node.function]
    parts = [_compile(part, depth) for part in node.arguments]
    if function.compile:
        return function.compile(parts)
    python = function.python
    assert python is not None
    if function.asks_context:
        return _asking(python, parts)
    if function.blanks:
        return lambda row, frame: python(*[part(row, frame) for part in parts])
    literals = [part.value for part in node.arguments[1:] if isinstance(part, Literal)]
    if len(literals) == len(parts) - 1 and None not in literals:
        return _of_one(python, parts[0], literals)
    return _of_many(python, parts)


def _asking(python: Callable[..., Any], parts: list[Run]) -> Run:
    if not parts:
        return lambda _row, frame: python(frame[0])
    part = parts[0]

    def run(row: Row, frame: Any) -> Any:
        value = part(row, frame)
        return None if value is None else python(frame[0], value)

    return run


def _of_one(python: Callable[..., Any], part: Run, rest: list[Any]) -> Run:
    """A function whose further arguments are written out, as most are."""
    if len(rest) == 1:
        only = rest[0]

        def run_with_one(row: Row, frame: Any) -> Any:
            value = part(row, frame)
            return None if value is None else python(value, only)

        return run_with_one

    def run(row: Row, frame: Any) -> Any:
        value = part(row, frame)
        return None if value is None else python(value, *rest)

    return run


def _of_many(python: Callable[..., Any], parts: list[Run]) -> Run:
    def run(row: Row, frame: Any) -> Any:
        values = [part(row, frame) for part in parts]
        return None if None in values else python(*values)

    return run


def _aggregate(node: Aggregate, depth: int) -> Run:
    rows = _path(node.rows.up, node.rows.key, depth)
    value = _compile(node.value, depth + 1) if node.value else None
    where = _compile(node.where, depth + 1) if node.where else None
    return gathered(node.function, rows, value, where, node.separator)
