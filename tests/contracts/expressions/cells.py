"""Values as the committed tables write them: plain texts and numbers, read back by the type of the formula."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onebook.expression.functions.formats import plain
from onebook.expression.types import Kind


def written(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case bool() | str() | int() | None:
            return value
        case Decimal():
            return plain(value)
        case tuple():
            return list(value)
        case _:
            return value.isoformat()


def read(cell: Any, kind: Kind) -> Any:
    """The value of a cell for a formula of this kind."""
    if cell is None:
        return None
    match kind:
        case Kind.NUMBER:
            return Decimal(str(cell))
        case Kind.DATE:
            return date.fromisoformat(str(cell))
        case Kind.INSTANT:
            return datetime.fromisoformat(str(cell))
        case Kind.TEXTS:
            return tuple(cell)
        case _:
            return cell
