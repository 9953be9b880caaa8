"""What a function is: its signature, how long its result stays true, and what it means in Python and in SQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from onebook.expression.context import Context
from onebook.expression.tree import Node, Volatility
from onebook.expression.types import Kind, Type
from onebook.values.label import Label

#: A row, or a list of rows under the key of lines; missing keys are blank.
Row = Any
#: What surrounds a row while it is read: the context, the row outside (of an aggregate), and what surrounds that.
Frame = tuple[Context, Any, Any]
#: A compiled part: gives its value for a row.
Run = Callable[[Row, Frame], Any]
Element = ColumnElement[Any]


class Lowering(Protocol):
    """Turns parts of a tree into SQL."""

    def value(self, node: Node) -> Element:
        """The value, NULL for blank."""
        ...

    def condition(self, node: Node) -> Element:
        """A flag that is true when the part holds, and false or NULL when it does not."""
        ...

    def truth(self, node: Node) -> Element:
        """A flag that is never NULL."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One place of a signature."""

    name: str
    #: What may stand there; empty: anything that fits in a cell.
    kinds: tuple[Kind, ...] = ()
    optional: bool = False
    #: Must be written out; `allowed` then says which values there are.
    literal: bool = False
    allowed: Callable[[Any], bool] | None = None


def none(_count: int) -> tuple[int, ...]:
    """No argument at all."""
    return ()


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language.

    The plain meanings `python` and `sql` are given values: blank arguments make the result blank without asking them,
    unless `blanks` says that they take blanks. A function that is not plain has `compile` and `lower` instead, which
    are given the parts themselves. Without `sql` and `lower` the function is unknown to the database.
    """

    name: str
    does: Label
    parameters: tuple[Parameter, ...]
    #: None: the one type of the arguments that `gives` names, by their count.
    result: Type | None
    python: Callable[..., Any] | None = None
    sql: Callable[..., Element] | None = None
    #: How many of the last parameters (before `rest`) may be repeated together.
    repeats: int = 0
    #: One more argument that may stand behind the repeated ones.
    rest: Parameter | None = None
    gives: Callable[[int], Sequence[int]] = none
    #: Arguments that must be of one type.
    alike: Callable[[int], Sequence[int]] = none
    #: The argument that does not go with the others, if their types alone do not say so.
    misfit: Callable[[Sequence[Node]], int | None] | None = None
    blanks: bool = False
    #: Whether `python` is given the context first.
    asks_context: bool = False
    volatility: Volatility = Volatility.IMMUTABLE
    compile: Callable[[Sequence[Run]], Run] | None = None
    lower: Callable[[Lowering, Sequence[Node]], Element] | None = None
    #: A flag result that is never blank.
    certain: bool = False

    def parameters_for(self, count: int) -> Sequence[Parameter] | None:
        """The parameters of a call with this many arguments, or None if it cannot have so many."""
        fewest = sum(not parameter.optional for parameter in self.parameters)
        if not self.repeats:
            return self.parameters[:count] if fewest <= count <= len(self.parameters) else None
        if count < fewest:
            return None
        repeated, beyond = self.parameters[-self.repeats :], count - len(self.parameters)
        times, left = divmod(beyond, self.repeats)
        if left and not (left == 1 and self.rest):
            return None
        return (*self.parameters, *repeated * times, *((self.rest,) if left and self.rest else ()))

    @property
    def signature(self) -> str:
        """As documentation shows it: `ROUND(number, digits)`."""
        names = [f"[{parameter.name}]" if parameter.optional else parameter.name for parameter in self.parameters]
        if self.repeats:
            names.append("…")
        if self.rest:
            names.append(f"[{self.rest.name}]")
        return f"{self.name}({', '.join(names)})"
