"""Aggregates in SQL: scalar subqueries tied to the row around them."""

from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Numeric, Text, and_, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from onebook.expression.aggregates import SEPARATOR
from onebook.expression.functions.function import Element, Lowering
from onebook.expression.functions.lowered import number, quoted, quotient
from onebook.expression.functions.table import FUNCTIONS
from onebook.expression.operators import COMPARISONS, LOGICAL
from onebook.expression.precision import Digits, digits_of, quotient_scale
from onebook.expression.tree import Aggregate, Call, Literal, Node, Operation
from onebook.expression.types import Kind

#: More rows than a record has, in digits.
_ROWS = Digits(10, 0)
#: Without it the server may look for a quantifier's rows in the whole table once, rather than in one record's.
_FENCE: Final[ColumnElement[Any]] = literal_column("0")


def has_no_blank(node: Node) -> bool:
    """Whether a flag is never blank."""
    match node:
        case Literal(value=value):
            return value is not None
        case Operation(operator=operator):
            return operator == "IN" or operator in COMPARISONS or operator in LOGICAL
        case Call(function=name):
            return FUNCTIONS[name].certain
        case Aggregate(function=name):
            return name in ("ANY", "ALL")
        case _:
            return False


def gathered(
    node: Aggregate,
    lowering: Lowering,
    table: FromClause,
    ties: ColumnElement[bool],
    position: Element,
    *,
    is_condition: bool = False,
) -> Element:
    """The subquery of an aggregate. `lowering` lowers in the rows; `is_condition`: it stands in a WHERE, where the
    server may turn quantifiers into joins."""
    admitted = and_(ties, lowering.condition(node.where)) if node.where else ties
    if node.function in ("ANY", "ALL"):
        return _quantified(node, lowering, table, admitted, is_condition=is_condition)
    if node.function in ("FIRST", "LAST"):
        assert node.value is not None
        order = position.asc() if node.function == "FIRST" else position.desc()
        query = select(lowering.value(node.value)).select_from(table).where(admitted).order_by(order).limit(1)
        return query.correlate_except(table).scalar_subquery()
    figure = _figure(node, lowering, position)
    query = select(figure).select_from(table).where(admitted)
    return query.correlate_except(table).scalar_subquery()


def _quantified(
    node: Aggregate, lowering: Lowering, table: FromClause, admitted: ColumnElement[bool], *, is_condition: bool
) -> Element:
    assert node.value is not None
    is_any = node.function == "ANY"
    wanted = lowering.condition(node.value) if is_any else ~lowering.truth(node.value)
    query = select(true()).select_from(table).where(and_(admitted, wanted)).correlate_except(table)
    found = (query if is_condition else query.offset(_FENCE)).exists()
    return found if is_any else ~found


def _figure(node: Aggregate, lowering: Lowering, position: Element) -> Element:
    if node.value is None:
        return cast(func.count(), Numeric())
    value = lowering.value(node.value)
    match node.function:
        case "SUM":
            return func.coalesce(func.sum(value), constant_zero(), type_=Numeric())
        case "COUNT":
            return cast(func.count(value), Numeric())
        case "AVG":
            scale = quotient_scale(digits_of(node.value), _ROWS)
            return quotient(func.sum(value), cast(func.count(value), Numeric()), scale)
        case "JOIN":
            separator = SEPARATOR if node.separator is None else node.separator
            return func.string_agg(value, aggregate_order_by(quoted(separator), position), type_=Text())
        case _:
            gather = func.min if node.function == "MIN" else func.max
            return gather(value.collate("C") if node.type.kind is Kind.TEXT else value)


def constant_zero() -> Element:
    """Zero as a numeric."""
    return cast(number(0), Numeric())
