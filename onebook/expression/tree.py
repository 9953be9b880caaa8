"""The typed tree of a checked formula: frozen nodes that every backend walks."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from onebook.expression.types import Type

#: What a formula can give; blank is None. `frozenset` only inside, to the right of IN.
Value = str | Decimal | bool | date | datetime | int | tuple[str, ...] | frozenset[int] | None


class Span(NamedTuple):
    """Where a part stands in the text: from the first character up to, not including, the last (from 0)."""

    start: int
    end: int


class Volatility(IntEnum):
    """How long a result stays true, from the longest to the shortest."""

    #: As long as the row's own fields: may be a generated column or an index.
    IMMUTABLE = 0
    #: As long as rows and linked records that it reads: stored, maintained with them.
    ROW = 1
    #: Depends on the clock or on who asks: never stored.
    CLOCK = 2
    #: Depends on the ledger: computed in queries only.
    LEDGER = 3


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: Value
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A field: `up` rows outwards, then the dotted key. `owners` are the scopes in which each name was found."""

    up: int
    key: str
    type: Type
    span: Span = field(compare=False)
    owners: tuple[str, ...] = field(default=(), compare=False)
    #: Whether the outer row was written as `^.`, as it must be when an inner name hides the outer.
    marked: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter that the reader supplies (of a report)."""

    name: str
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands: + - * / & = <> < <= > >= AND OR NOT NEG IN. AND, OR, + and & may have many."""

    operator: str
    operands: "tuple[Node, ...]"
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: "tuple[Node, ...]"
    type: Type
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over rows. Value and condition are read in the rows: `up` 0 is the row, 1 where the aggregate stands."""

    function: str
    rows: Path
    value: "Node | None"
    where: "Node | None"
    separator: str | None
    type: Type
    span: Span = field(compare=False)


Node = Literal | Path | Given | Operation | Call | Aggregate


@dataclass(frozen=True, eq=False)
class Expression:
    """A checked formula.

    `paths` names everything it reads, relative to its scope: `customer.level`, rows of an aggregate as `lines.amount`,
    rows behind a link as `item.units.factor`, of the record outside of a row as `^.customer`.
    """

    text: str
    type: Type
    tree: Node
    paths: frozenset[str]
    volatility: Volatility
    #: Whether it asks what values were before the change (OLD, CHANGED).
    reads_old: bool = False


def children(node: Node) -> "tuple[Node, ...]":
    """The parts right below a node."""
    match node:
        case Operation(operands=parts) | Call(arguments=parts):
            return parts
        case Aggregate(value=value, where=where):
            return tuple(part for part in (value, where) if part is not None)
        case _:
            return ()
