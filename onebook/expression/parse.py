"""From text to the formula as written: limits on length, size and depth are kept here."""

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, v_args

from onebook.expression.grammar import GRAMMAR
from onebook.expression.refusals import (
    ExpressionRefusal,
    NumberTooLong,
    SyntaxUnknown,
    TextTooLong,
    TextUnfinished,
    TooDeep,
    TooManyParts,
    WhereMisplaced,
)
from onebook.expression.syntax import Constant, Invocation, Name, Operator, Syntax
from onebook.expression.tree import Span

#: Bytes in UTF-8.
LONGEST_TEXT: Final = 4096
MOST_NODES: Final = 500
DEEPEST: Final = 32
#: Formulas whose reading is remembered: most stand in several places, and catalogs are read again and again.
_REMEMBERED: Final = 2_000
#: Digits of a number that is written out.
MOST_DIGITS: Final = 30

#: Operators whose chains are one node with many operands.
_CHAINED: Final = frozenset({"AND", "OR", "+", "*", "&"})


@lru_cache(maxsize=_REMEMBERED)
def parse(text: str) -> Syntax:
    """The formula as written. Refuses what is too long, too large, too deep or no formula."""
    if len(text.encode(errors="replace")) > LONGEST_TEXT:
        raise TextTooLong(position=1, part=text[:20] + "…", most=LONGEST_TEXT)
    position = text.find("\0")
    if position >= 0:
        raise SyntaxUnknown(position=position + 1, part="\\0")
    try:
        tree = _PARSER.parse(text)
    except UnexpectedInput as error:
        raise _syntax_refusal(error, text) from None
    except _Exceeded as error:
        part = text[error.span.start : error.span.end]
        raise error.refusal(position=error.span.start + 1, part=part, most=error.most) from None
    assert isinstance(tree, Constant | Name | Operator | Invocation)
    return tree


def parse_call(text: str) -> tuple[str, list[str]]:
    """Split `role(a, b)` into its name and the texts of its arguments; `role` alone has none."""
    tree = parse(text)
    match tree:
        case Invocation(where=None) | Name(up=0, segments=(_,)):
            pass
        case _:
            raise SyntaxUnknown(position=tree.span.start + 1, part=text[tree.span.start : tree.span.end])
    if isinstance(tree, Name):
        return tree.segments[0], []
    return tree.name, [text[part.span.start : part.span.end] for part in tree.arguments]


class _Members(NamedTuple):
    """What stands to the right of IN, and where it ends."""

    parts: tuple[Syntax, ...]
    end: int


class _Exceeded(Exception):
    """A limit was passed while the tree was being built."""

    def __init__(self, refusal: type[ExpressionRefusal], span: Span, most: int) -> None:
        super().__init__()
        self.refusal = refusal
        self.span = span
        self.most = most


def _syntax_refusal(error: UnexpectedInput, text: str) -> SyntaxUnknown | TextUnfinished:
    match error:
        case UnexpectedToken(token=Token(type="$END")) | UnexpectedEOF():
            return TextUnfinished(position=len(text) + 1, part=text[-20:])
        case UnexpectedToken(token=token, pos_in_stream=position):
            return SyntaxUnknown(position=(position or 0) + 1, part=str(token))
        case UnexpectedCharacters(pos_in_stream=position):
            start = position or 0
            return SyntaxUnknown(position=start + 1, part=text[start : start + 10])
        case _:
            return SyntaxUnknown(position=1, part=text)


def _span(first: Token | Syntax, last: Token | Syntax) -> Span:
    return Span(_edges(first).start, _edges(last).end)


def _edges(part: Token | Syntax) -> Span:
    if isinstance(part, Token):
        assert part.start_pos is not None
        assert part.end_pos is not None
        return Span(part.start_pos, part.end_pos)
    return part.span


def _measured(span: Span, parts: tuple[Syntax, ...]) -> tuple[int, int]:
    """The size and depth of a node over its parts, within the limits."""
    size = 1 + sum(part.size for part in parts)
    depth = 1 + max((part.depth for part in parts), default=0)
    if size > MOST_NODES:
        raise _Exceeded(TooManyParts, span, MOST_NODES)
    if depth > DEEPEST:
        raise _Exceeded(TooDeep, span, DEEPEST)
    return size, depth


def _operator(name: str, operands: tuple[Syntax, ...], span: Span) -> Operator:
    return Operator(name, operands, span, *_measured(span, operands))


@v_args(inline=True)
class _Building(Transformer[Token, Syntax]):
    """Makes nodes while the text is read, so that nothing deep is ever walked."""

    def start(self, tree: Syntax) -> Syntax:
        return tree

    def binary(self, left: Syntax, operator: Token, right: Syntax) -> Operator:
        name = operator.upper()
        span = _span(left, right)
        if isinstance(left, Operator) and left.operator == name and name in _CHAINED:
            return _operator(name, (*left.operands, right), span)
        return _operator(name, (left, right), span)

    def unary(self, operator: Token, operand: Syntax) -> Operator:
        return _operator("NOT" if operator.type == "NOT" else "NEG", (operand,), _span(operator, operand))

    def positive(self, _plus: Token, operand: Syntax) -> Syntax:
        return operand

    def member(self, left: Syntax, _in: Token, members: _Members) -> Operator:
        return _operator("IN", (left, *members.parts), Span(left.span.start, members.end))

    def no_member(self, left: Syntax, _not: Token, _in: Token, members: _Members) -> Operator:
        inside = self.member(left, _in, members)
        return _operator("NOT", (inside,), inside.span)

    @v_args(inline=False)
    def set(self, parts: list[Token | Syntax]) -> _Members:
        members = tuple(part for part in parts if not isinstance(part, Token))
        return _Members(members, _edges(parts[-1]).end)

    def grouped(self, opened: Token, tree: Syntax, closed: Token) -> Syntax:
        return replace(tree, span=_span(opened, closed))

    def number(self, token: Token) -> Constant:
        if len(token) > MOST_DIGITS:
            raise _Exceeded(NumberTooLong, _edges(token), MOST_DIGITS)
        return Constant(Decimal(str(token)), _edges(token))

    def percent(self, token: Token, sign: Token) -> Constant:
        constant = self.number(token)
        assert isinstance(constant.value, Decimal)
        return Constant(constant.value.scaleb(-2), _span(token, sign))

    def text(self, token: Token) -> Constant:
        return Constant(token[1:-1].replace('""', '"'), _edges(token))

    def true(self, token: Token) -> Constant:
        return Constant(True, _edges(token))

    def false(self, token: Token) -> Constant:
        return Constant(False, _edges(token))

    def blank(self, token: Token) -> Constant:
        return Constant(None, _edges(token))

    def segment(self, token: Token) -> Token:
        if token.type == "QUOTED":
            return token.update(value=token[1:-1].strip())
        return token

    @v_args(inline=False)
    def path(self, parts: list[Token]) -> Name:
        names = tuple(str(part) for part in parts if part.type in ("NAME", "QUOTED"))
        return Name(sum(part.type == "UP" for part in parts), names, _span(parts[0], parts[-1]))

    def argument(self, *parts: Token | Syntax | None) -> tuple[Syntax, Syntax | None]:
        trees = [part for part in parts if part is not None and not isinstance(part, Token)]
        return trees[0], trees[1] if len(trees) > 1 else None

    @v_args(inline=False)
    def call(self, parts: list[Token | tuple[Syntax, Syntax | None] | None]) -> Invocation:
        name, last = parts[0], parts[-1]
        assert isinstance(name, Token)
        assert isinstance(last, Token)
        pairs = [part for part in parts if isinstance(part, tuple)]
        arguments = tuple(value for value, _ in pairs)
        conditions = [where for _, where in pairs if where is not None]
        span = _span(name, last)
        if len(conditions) > 1:
            raise _Exceeded(WhereMisplaced, conditions[1].span, 1)
        size, depth = _measured(span, (*arguments, *conditions))
        return Invocation(str(name), arguments, conditions[0] if conditions else None, span, size, depth)


_PARSER: Final = Lark(
    GRAMMAR, parser="lalr", lexer="contextual", transformer=_Building(), keep_all_tokens=False, maybe_placeholders=False
)
