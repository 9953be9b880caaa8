"""Names where a formula stands in a row behind a link: the row's own first, then those of the row that leads there."""

from onebook.expression.names import chain_of, resolve
from onebook.expression.parse import parse
from onebook.expression.refusals import NoRows
from onebook.expression.scope import Found, Scope
from onebook.expression.syntax import Name
from onebook.expression.tree import Path
from onebook.expression.types import Kind


class BehindScope:
    """The names of rows behind a link, seen from the row that leads there."""

    def __init__(self, inner: Scope, outer: Scope) -> None:
        """Rows, and the row outside of them."""
        self.name = inner.name
        self.parent: Scope | None = outer
        self._inner = inner

    def find(self, name: str) -> Found | None:
        """What a name of the rows means."""
        return self._inner.find(name)


def rows_behind(text: str, scope: Scope) -> tuple[Path, BehindScope]:
    """The rows to which a path of links leads from a row (`thing.parts`), and where formulas in them stand.

    Raises ExpressionRefusal for what leads to no rows, or begins outside of the row."""
    name = parse(text)
    if isinstance(name, Name):
        found = resolve(name, chain_of(scope))
        path = found.path
        if path.type.kind is Kind.LINES and found.used == len(name.segments) > 1 and not path.up and found.scope:
            return path, BehindScope(found.scope, scope)
    raise NoRows(position=1, part=text, function="each")
