"""The formula as written, before names and types are known."""

from dataclasses import dataclass
from decimal import Decimal

from onebook.expression.tree import Span


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, TRUE, FALSE or BLANK."""

    value: Decimal | str | bool | None
    span: Span
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted path, `up` rows outwards. An `exact` name never means a field further out."""

    up: int
    segments: tuple[str, ...]
    span: Span
    exact: bool = False
    size: int = 1
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator with its operands."""

    operator: str
    operands: "tuple[Syntax, ...]"
    span: Span
    size: int
    depth: int


@dataclass(frozen=True, slots=True)
class Invocation:
    """`NAME(arguments WHERE condition)`."""

    name: str
    arguments: "tuple[Syntax, ...]"
    where: "Syntax | None"
    span: Span
    size: int
    depth: int


Syntax = Constant | Name | Operator | Invocation
