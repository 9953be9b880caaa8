"""Formulas in SQL: the same tree as expressions of SQLAlchemy Core for PostgreSQL."""

from typing import Any, Protocol

from sqlalchemy import ClauseElement, ColumnElement, FromClause, and_, any_, bindparam, func, not_, or_

from onebook.expression.functions.dates import lower_add_days, lower_days_between
from onebook.expression.functions.function import Element
from onebook.expression.functions.lowered import COLUMN_TYPES, constant, quotient
from onebook.expression.functions.people import context_parameters
from onebook.expression.functions.table import FUNCTIONS
from onebook.expression.functions.text import lower_concatenation
from onebook.expression.operators import COMPARISONS
from onebook.expression.precision import digits_of, quotient_scale
from onebook.expression.reads import OLD
from onebook.expression.refusals import NotInSql, TooLargeInSql
from onebook.expression.sql_aggregates import gathered, has_no_blank
from onebook.expression.tree import Aggregate, Call, Expression, Given, Literal, Node, Operation, Path, Span
from onebook.expression.types import Kind

__all__ = ["Columns", "context_parameters", "lower", "lower_condition"]

#: Parts of SQL that one formula may become; functions that repeat an argument multiply.
MOST_PARTS = 20_000


class Columns(Protocol):
    """Where the fields of a row lie in the query that is being built."""

    def column(self, key: str, up: int = 0) -> ColumnElement[Any]:
        """The column of a dotted key, of the record `up` rows outwards."""
        ...

    def rows(self, key: str, up: int = 0) -> "tuple[FromClause, ColumnElement[bool], Columns]":
        """Rows: what to select from, the condition that ties them to this row, and their own columns."""
        ...


def lower(expression: Expression, columns: Columns) -> Element:
    """The value of a formula, NULL for blank. Refuses what the database does not know (`expression.not_in_sql`).

    Clock, user and given values are bind parameters; `context_parameters` has their values.
    """
    lowered = _Lowering(expression, (columns,)).value(expression.tree)
    return _bounded(lowered, expression)


def lower_condition(expression: Expression, columns: Columns) -> Element:
    """A formula of type flag where only true counts (WHERE, policies): false and NULL mean the same.

    Unlike `lower` it leaves comparisons bare, so that indexes serve them.
    """
    lowered = _Lowering(expression, (columns,), is_condition=True).condition(expression.tree)
    return _bounded(lowered, expression)


class _Lowering:
    """One tree on its way to SQL. `frames` are the columns of the row and of the rows around it, innermost first."""

    def __init__(self, expression: Expression, frames: tuple[Columns, ...], *, is_condition: bool = False) -> None:
        self._expression = expression
        self._frames = frames
        self._is_condition = is_condition

    def value(self, node: Node) -> Element:
        """The value, NULL for blank."""
        match node:
            case Literal(value=value, type=type_):
                assert value is None or isinstance(value, bool | str) or node.type.kind is Kind.NUMBER
                return constant(value, type_.kind)  # type: ignore[arg-type]
            case Path():
                return self._path(node)
            case Given(name=name, type=type_):
                return bindparam(f"parameter_{name}", type_=COLUMN_TYPES[type_.kind])
            case Operation():
                return self._operation(node)
            case Call():
                return self._call(node)
            case Aggregate():
                return self._aggregate(node)

    def condition(self, node: Node) -> Element:
        """True when the part holds; false or NULL when it does not."""
        match node:
            case Operation(operator="AND", operands=parts):
                return and_(*(self.condition(part) for part in parts))
            case Operation(operator="OR", operands=parts):
                return or_(*(self.condition(part) for part in parts))
            case Operation(operator="IN") | Operation(operator="=" | "<>" | "<" | "<=" | ">" | ">="):
                return self._comparison(node)
            case _:
                return self.value(node)

    def truth(self, node: Node) -> Element:
        """Never NULL: what is blank does not hold."""
        value = self.value(node)
        return value if has_no_blank(node) else func.coalesce(value, constant(False, Kind.FLAG))

    def _path(self, path: Path) -> Element:
        if path.key.startswith(OLD):
            raise self._refusal(NotInSql, path.span, function="OLD")
        last = len(self._frames) - 1
        if path.up <= last:
            return self._frames[path.up].column(path.key, 0)
        return self._frames[last].column(path.key, path.up - last)

    def _operation(self, node: Operation) -> Element:
        match node.operator:
            case "AND":
                return and_(*(self.truth(part) for part in node.operands))
            case "OR":
                return or_(*(self.truth(part) for part in node.operands))
            case "NOT":
                return not_(self.truth(node.operands[0]))
            case "&":
                return lower_concatenation(self, node.operands)
            case "NEG":
                return -self.value(node.operands[0])
            case "+" | "-" | "*" | "/":
                return self._sum(node)
            case _:
                compared = self._comparison(node)
                return func.coalesce(compared, constant(False, Kind.FLAG))

    def _sum(self, node: Operation) -> Element:
        left = self.value(node.operands[0])
        for part in node.operands[1:]:
            right = self.value(part)
            match node.operator, node.operands[0].type.kind, part.type.kind:
                case "+", Kind.DATE, _:
                    left = lower_add_days(left, right)
                case "-", Kind.DATE, Kind.DATE:
                    left = lower_days_between(left, right)
                case "-", Kind.DATE, _:
                    left = lower_add_days(left, -right)
                case "+", _, _:
                    left = left + right
                case "-", _, _:
                    left = left - right
                case "*", _, _:
                    left = left * right
                case _:
                    scale = quotient_scale(digits_of(node.operands[0]), digits_of(part))
                    left = quotient(left, right, scale)
        return left

    def _comparison(self, node: Operation) -> Element:
        """A bare comparison, NULL when a side is blank."""
        if node.operator == "IN":
            return self._membership(node)
        left, right = (self.value(part) for part in node.operands)
        if node.operator in COMPARISONS[2:] and node.operands[0].type.kind is Kind.TEXT:
            left, right = left.collate("C"), right.collate("C")
        match node.operator:
            case "=":
                return left == right
            case "<>":
                return left != right
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
            case _:
                return left >= right

    def _membership(self, node: Operation) -> Element:
        subject, members = self.value(node.operands[0]), node.operands[1:]
        if members[0].type.kind in (Kind.TEXTS, Kind.LINKS):
            return subject == any_(self.value(members[0]))
        return subject.in_([self.value(member) for member in members])

    def _call(self, node: Call) -> Element:
        function = FUNCTIONS[node.function]
        if function.lower:
            return function.lower(self, node.arguments)
        if function.sql is None:
            raise self._refusal(NotInSql, node.span, function=node.function)
        parameters = function.parameters_for(len(node.arguments))
        assert parameters is not None
        return function.sql(
            *(
                part.value if parameter.literal and isinstance(part, Literal) else self.value(part)
                for parameter, part in zip(parameters, node.arguments, strict=True)
            )
        )

    def _aggregate(self, node: Aggregate) -> Element:
        last = len(self._frames) - 1
        up = min(node.rows.up, last)
        table, ties, columns = self._frames[up].rows(node.rows.key, node.rows.up - up)
        inner = _Lowering(self._expression, (columns, *self._frames), is_condition=self._is_condition)
        return gathered(node, inner, table, ties, columns.column("position", 0), is_condition=self._is_condition)

    def _refusal(self, refusal: type[NotInSql], span: Span, **data: object) -> NotInSql:
        part = self._expression.text[span.start : span.end]
        return refusal(position=span.start + 1, part=part, **data)


def _bounded(lowered: Element, expression: Expression) -> Element:
    if _size(lowered, {}) > MOST_PARTS:
        raise TooLargeInSql(position=1, part=expression.text, most=MOST_PARTS)
    return lowered


def _size(element: ClauseElement, known: dict[int, int]) -> int:
    """The parts of an SQL expression, counted as often as they are written; shared parts are walked once."""
    if id(element) not in known:
        known[id(element)] = 1 + sum(_size(part, known) for part in element.get_children())
    return known[id(element)]
