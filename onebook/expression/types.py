"""The types of the formula language: what a value is, and where a link or rows lead."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of values.

    In Python: str, Decimal, bool, date, aware datetime, int (link), tuple of str (texts); blank is None.
    """

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    INSTANT = "instant"
    LINK = "link"
    LINES = "lines"
    TEXTS = "texts"
    #: A set of records: only what `MYDEPTS()` and the like give, to the right of IN.
    LINKS = "links"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind, and for links and rows the form (`form` or `form.lines`) they lead to."""

    kind: Kind
    of: str | None = None

    def __str__(self) -> str:
        """As messages name it: `number`, `link to unit`."""
        return f"{self.kind} to {self.of}" if self.of else str(self.kind)


TEXT = Type(Kind.TEXT)
NUMBER = Type(Kind.NUMBER)
FLAG = Type(Kind.FLAG)
DATE = Type(Kind.DATE)
INSTANT = Type(Kind.INSTANT)
TEXTS = Type(Kind.TEXTS)
BLANK = Type(Kind.BLANK)

#: Kinds that stand in one cell and can be ordered.
ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.INSTANT, Kind.TEXT})
#: Kinds that stand in one cell and can be equal.
EQUATABLE = ORDERED | {Kind.FLAG, Kind.LINK}
#: Kinds that one cell can hold.
CELLS = EQUATABLE | {Kind.TEXTS}


def joined(left: Type, right: Type) -> Type | None:
    """The type that holds both (blank fits everywhere, a link to anywhere takes the other's form), or None."""
    if left.kind is Kind.BLANK:
        return right
    if right.kind is Kind.BLANK:
        return left
    if left.kind is not right.kind:
        return None
    if left.of == right.of or right.of is None:
        return left
    return right if left.of is None else None
