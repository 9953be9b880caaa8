"""From text to a typed tree: names, functions and types are checked, and errors say where and what."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from onebook.expression.aggregates import AGGREGATES
from onebook.expression.functions.function import Function, Parameter
from onebook.expression.functions.table import FUNCTIONS
from onebook.expression.names import Chain, chain_of, names_in, resolve, rows_of, seen_from_rows, spelled
from onebook.expression.operators import COMPARISONS, single_type, sum_type
from onebook.expression.parse import parse
from onebook.expression.reads import Reads
from onebook.expression.refusals import (
    ArgumentsMissing,
    BlankCompared,
    ExpressionRefusal,
    FieldNeeded,
    FunctionUnknown,
    LiteralNeeded,
    LiteralWrong,
    NoLink,
    NoRows,
    RowsDiffer,
    RowsOutside,
    TypesDiffer,
    TypeWrong,
    WhereMisplaced,
)
from onebook.expression.scope import Scope
from onebook.expression.syntax import Constant, Invocation, Name, Operator, Syntax
from onebook.expression.tree import Aggregate, Call, Expression, Given, Literal, Node, Operation, Path, Span
from onebook.expression.types import (
    BLANK,
    CELLS,
    EQUATABLE,
    FLAG,
    NUMBER,
    ORDERED,
    TEXT,
    Kind,
    Type,
    joined,
)

__all__ = ["Expression", "check"]

_NONE: Final[Mapping[str, Type]] = MappingProxyType({})


def check(
    text: str, scope: Scope, expected: Kind | None = None, *, parameters: Mapping[str, Type] = _NONE
) -> Expression:
    """The checked formula. Refuses with an ExpressionRefusal that names position and offending part.

    `expected` is the kind that the place needs (a blank fits everywhere); `parameters` are names that the reader
    supplies, and win over fields.
    """
    checking = _Checking(text, parameters)
    tree = checking.node(parse(text), chain_of(scope))
    if expected is not None and tree.type.kind is not expected:
        if tree.type != BLANK:
            raise checking.wrong_type(tree, expected)
        tree = Literal(None, Type(expected), tree.span)
    reads = Reads.of(tree)
    return Expression(text, tree.type, tree, reads.paths, reads.volatility, reads.old)


class _Checking:
    """One formula on its way from syntax to tree."""

    def __init__(self, text: str, parameters: Mapping[str, Type]) -> None:
        self._text = text
        self._parameters = parameters

    def refusal(self, refusal: type[ExpressionRefusal], span: Span, **data: object) -> ExpressionRefusal:
        return refusal(position=span.start + 1, part=spelled(span, self._text), **data)

    def wrong_type(self, node: Node, *expected: Kind) -> ExpressionRefusal:
        wanted = ", ".join(str(kind) for kind in expected)
        return self.refusal(TypeWrong, node.span, expected=wanted, actual=str(node.type))

    def node(self, syntax: Syntax, chain: Chain) -> Node:
        match syntax:
            case Constant(value=value, span=span):
                return Literal(value, _type_of(value), span)
            case Name():
                return self._name(syntax, chain)
            case Operator(operator=operator, operands=operands, span=span):
                return self._operation(operator, [self.node(part, chain) for part in operands], span)
            case Invocation():
                return self._invocation(syntax, chain)

    def _name(self, name: Name, chain: Chain) -> Node:
        if not name.segments:
            raise self.refusal(RowsOutside, name.span)
        if not name.up and name.segments[0] in self._parameters:
            if len(name.segments) > 1:
                raise self.refusal(NoLink, name.span, next=name.segments[1])
            return Given(name.segments[0], self._parameters[name.segments[0]], name.span)
        resolved = resolve(name, chain)
        if resolved.path.type.kind is Kind.LINES:
            raise self.refusal(RowsOutside, name.span)
        return resolved.path

    # Operators

    def _operation(self, operator: str, operands: list[Node], span: Span) -> Node:
        if operator in COMPARISONS:
            return self._comparison(operator, operands, span)
        if operator == "IN":
            return self._membership(operands, span)
        if operator in ("+", "-", "*", "/"):
            return self._sum(operator, operands, span)
        needed = single_type(operator)
        typed = tuple(self._fitting(part, needed) for part in operands)
        return Operation(operator, typed, needed, span)

    def _fitting(self, node: Node, needed: Type) -> Node:
        if node.type == BLANK:
            return Literal(None, needed, node.span)
        if node.type.kind is not needed.kind:
            raise self.wrong_type(node, needed.kind)
        return node

    def _sum(self, operator: str, operands: list[Node], span: Span) -> Node:
        left = operands[0]
        for right in operands[1:]:
            types = sum_type(operator, left.type, right.type)
            if types is None:
                fitting = (Kind.NUMBER, Kind.DATE) if operator in "+-" else (Kind.NUMBER,)
                odd = left if left.type.kind not in fitting else right
                raise self.wrong_type(odd, Kind.NUMBER)
            first, second, result = types
            parts = (self._fitting(left, first), self._fitting(right, second))
            reach = Span(min(left.span.start, span.start) if left is operands[0] else span.start, right.span.end)
            left = _chained(operator, parts, result, reach)
        return replace(left, span=span)

    def _comparison(self, operator: str, operands: list[Node], span: Span) -> Node:
        left, right = operands
        for part in operands:
            if part.type == BLANK:
                raise self.refusal(BlankCompared, span)
        kinds = EQUATABLE if operator in ("=", "<>") else ORDERED
        for part in operands:
            if part.type.kind not in kinds:
                raise self.wrong_type(part, *sorted(kinds))
        if joined(left.type, right.type) is None:
            raise self.refusal(TypesDiffer, span, left=str(left.type), right=str(right.type))
        return Operation(operator, (left, right), FLAG, span)

    def _membership(self, operands: list[Node], span: Span) -> Node:
        subject, members = operands[0], operands[1:]
        if len(members) == 1 and members[0].type.kind in (Kind.TEXTS, Kind.LINKS):
            return Operation("IN", (subject, self._set_for(subject, members[0], span)), FLAG, span)
        common = subject.type
        for member in members:
            kind = joined(common, member.type)
            if kind is None or kind.kind not in EQUATABLE | {Kind.BLANK}:
                raise self.refusal(TypesDiffer, span, left=str(common), right=str(member.type))
            common = kind
        if common == BLANK:
            raise self.refusal(BlankCompared, span)
        return Operation("IN", tuple(self._fitting(part, common) for part in operands), FLAG, span)

    def _set_for(self, subject: Node, members: Node, span: Span) -> Node:
        """The set that the subject may be in; a user is in departments through being a colleague."""
        if members.type.kind is Kind.TEXTS and subject.type in (TEXT, BLANK):
            return members
        if members.type.kind is Kind.LINKS and subject.type.kind is Kind.LINK:
            if subject.type.of == "user" and isinstance(members, Call) and members.function == "MYDEPTS":
                return replace(members, function="COLLEAGUES", type=FUNCTIONS["COLLEAGUES"].result or members.type)
            if subject.type.of in (members.type.of, None):
                return members
        raise self.refusal(TypesDiffer, span, left=str(subject.type), right=str(members.type))

    # Functions

    def _invocation(self, call: Invocation, chain: Chain) -> Node:
        name = call.name.upper()
        if name in AGGREGATES and (name not in FUNCTIONS or self._is_over_rows(call, chain)):
            return self._aggregate(name, call, chain)
        if call.where is not None:
            raise self.refusal(WhereMisplaced, call.where.span)
        if name in ("OLD", "CHANGED"):
            return self._old(name, call, chain)
        if name == "SHARE" and len(call.arguments) == 2:
            return self._share(call, chain)
        arguments = [self.node(part, chain) for part in call.arguments]
        if name in ("AND", "OR", "IN"):
            if len(arguments) < (2 if name == "IN" else 1):
                raise self.refusal(ArgumentsMissing, call.span, signature=f"{name}(…)")
            return self._operation(name, arguments, call.span)
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.refusal(FunctionUnknown, Span(call.span.start, call.span.start + len(call.name)))
        if name == "ID":
            return self._own_id(call, chain)
        return self._call(function, arguments, call.span)

    def _own_id(self, call: Invocation, chain: Chain) -> Node:
        if call.arguments:
            raise self.refusal(ArgumentsMissing, call.span, signature="ID()")
        owner = chain[0].name
        return Path(0, "id", Type(Kind.LINK, owner), call.span, (owner,))

    def _call(self, function: Function, arguments: list[Node], span: Span) -> Node:
        parameters = function.parameters_for(len(arguments))
        if parameters is None:
            raise self.refusal(ArgumentsMissing, span, signature=function.signature)
        for index, (parameter, argument) in enumerate(zip(parameters, arguments, strict=True)):
            arguments[index] = self._argument(parameter, argument)
        self._same_type(arguments, function.alike(len(arguments)), span)
        given = self._same_type(arguments, function.gives(len(arguments)), span)
        misfit = function.misfit(arguments) if function.misfit else None
        if misfit is not None:
            raise self.refusal(LiteralWrong, arguments[misfit].span, argument=parameters[misfit].name)
        return Call(function.name, tuple(arguments), function.result or given, span)

    def _argument(self, parameter: Parameter, node: Node) -> Node:
        kinds = parameter.kinds
        if parameter.literal:
            if isinstance(node, Operation) and node.operator == "NEG" and isinstance(node.operands[0], Literal):
                value = node.operands[0].value
                node = Literal(-value, NUMBER, node.span)  # type: ignore[operator]  # NEG takes numbers only
            if not isinstance(node, Literal) or node.value is None:
                raise self.refusal(LiteralNeeded, node.span)
        if node.type == BLANK:
            return Literal(None, Type(kinds[0]), node.span) if len(kinds) == 1 else node
        if node.type.kind not in (kinds or CELLS):
            raise self.wrong_type(node, *(kinds or sorted(CELLS)))
        if parameter.allowed and isinstance(node, Literal) and not parameter.allowed(node.value):
            raise self.refusal(LiteralWrong, node.span, argument=parameter.name)
        return node

    def _same_type(self, arguments: list[Node], indexes: Sequence[int], span: Span) -> Type:
        """Make the arguments at these places one type, filling blanks in; their type."""
        common = BLANK
        for index in indexes:
            kind = joined(common, arguments[index].type)
            if kind is None:
                raise self.refusal(TypesDiffer, span, left=str(common), right=str(arguments[index].type))
            common = kind
        for index in indexes:
            if arguments[index].type == BLANK and common != BLANK:
                arguments[index] = Literal(None, common, arguments[index].span)
        return common

    def _old(self, name: str, call: Invocation, chain: Chain) -> Node:
        if len(call.arguments) != 1:
            raise self.refusal(ArgumentsMissing, call.span, signature=f"{name}(field)")
        path = self.node(call.arguments[0], chain)
        if not isinstance(path, Path) or path.up or "." in path.key:
            raise self.refusal(FieldNeeded, path.span)
        old = replace(path, key=f"old.{path.key}", span=call.span)
        return old if name == "OLD" else Call("CHANGED", (path, old), FLAG, call.span)

    def _share(self, call: Invocation, chain: Chain) -> Node:
        """`SHARE(amount, weight)` in a row: what is before it and the whole are sums over the rows of its record."""
        _, _, lines = chain[0].name.partition(".")
        found = chain[1].find(lines) if lines and len(chain) > 1 else None
        if found is None or found.scope is None:
            raise self.refusal(NoRows, call.span, function="SHARE")
        amount, weight = (self._fitting(self.node(part, chain), NUMBER) for part in call.arguments)
        rows = Path(1, lines, found.type, call.span, (chain[1].name,))
        inner = (found.scope, *chain)
        each = self._fitting(self.node(seen_from_rows(call.arguments[1], rows, chain), inner), NUMBER)
        here, place = (Path(up, "position", NUMBER, call.span, (chain[0].name,)) for up in (0, 1))
        is_before = Operation("<", (here, place), FLAG, call.span)
        before = Aggregate("SUM", rows, each, is_before, None, NUMBER, call.span)
        whole = Aggregate("SUM", rows, each, None, None, NUMBER, call.span)
        return Call("SHARE", (amount, before, weight, whole), NUMBER, call.span)

    # Aggregates

    def _is_over_rows(self, call: Invocation, chain: Chain) -> bool:
        return call.where is not None or (len(call.arguments) == 1 and self._rows(call, chain) is not None)

    def _rows(self, call: Invocation, chain: Chain) -> tuple[Path, Scope] | None:
        """The rows that an aggregate is over: the first that any of its names leads to; all must agree."""
        parts = (*call.arguments, call.where) if call.where else call.arguments
        rows: tuple[Path, Scope] | None = None
        for name in (name for part in parts for name in names_in(part) if name.segments):
            found = rows_of(name, chain)
            if found is None:
                continue
            assert found.scope is not None
            if rows and (rows[0].up, rows[0].key) != (found.path.up, found.path.key):
                raise self.refusal(RowsDiffer, name.span, rows=rows[0].key, other=found.path.key)
            rows = rows or (found.path, found.scope)
        return rows

    def _aggregate(self, name: str, call: Invocation, chain: Chain) -> Node:
        aggregate = AGGREGATES[name]
        separator: str | None = None
        most = 2 if aggregate.separated else 1
        if not 1 <= len(call.arguments) <= most:
            raise self.refusal(ArgumentsMissing, call.span, signature=aggregate.signature)
        if len(call.arguments) == 2:
            written = call.arguments[1]
            if not isinstance(written, Constant) or not isinstance(written.value, str):
                raise self.refusal(LiteralNeeded, written.span)
            separator = written.value
        found = self._rows(call, chain)
        if found is None:
            raise self.refusal(NoRows, call.span, function=name)
        rows, scope = found
        inner = (scope, *chain)
        seen = seen_from_rows(call.arguments[0], rows, chain)
        counts_rows = isinstance(seen, Name) and not seen.segments and aggregate.counts_rows
        value = None if counts_rows else self.node(seen, inner)
        where = self._condition(call.where, rows, chain, inner)
        if value is None:
            return Aggregate(name, rows, None, where, separator, NUMBER, call.span)
        value = self._argument(Parameter("value", aggregate.kinds), value)
        return Aggregate(name, rows, value, where, separator, aggregate.result or value.type, call.span)

    def _condition(self, where: Syntax | None, rows: Path, chain: Chain, inner: Chain) -> Node | None:
        if where is None:
            return None
        return self._fitting(self.node(seen_from_rows(where, rows, chain), inner), FLAG)


def _chained(operator: str, parts: tuple[Node, Node], result: Type, span: Span) -> Node:
    """Numbers of one chain are one node; dates go pair by pair."""
    left, right = parts
    if isinstance(left, Operation) and left.operator == operator and operator in ("+", "*") and result == NUMBER:
        return Operation(operator, (*left.operands, right), result, span)
    return Operation(operator, parts, result, span)


def _type_of(value: object) -> Type:
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return FLAG
    return TEXT if isinstance(value, str) else NUMBER
