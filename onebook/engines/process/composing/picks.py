"""How pieces are chosen below an account whose lot or spot is left open: the candidates, put in order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from onebook.definition.account import ON
from onebook.definition.catalog import Catalog
from onebook.expression.check import check
from onebook.expression.python import Context, evaluate
from onebook.expression.scope import Scope
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.ledger.account import AccountKey


@dataclass(frozen=True, slots=True)
class RolePicks:
    """A role's way to choose, its formulas found. `reads`: what they read of each dimension, of the leaf ones too;
    `leaf`: the form behind each leaf dimension that can be left open."""

    when: Expression | None
    by: tuple[Expression, ...]
    only: Expression | None
    reads: Mapping[str, frozenset[str]]
    leaf: Mapping[str, str]

    @property
    def asks(self) -> Mapping[str, frozenset[str]]:
        """What can only be read once it is known which lots and spots there are."""
        return {dimension: paths for dimension, paths in self.reads.items() if dimension in self.leaf}


@dataclass(frozen=True, slots=True)
class Choice:
    """An account that pieces are taken from without saying which, and the row that its role's formulas read."""

    source: AccountKey
    picks: RolePicks
    subject: Mapping[str, Any]

    def ordered(
        self,
        candidates: Iterable[AccountKey],
        behind: Callable[[str, int], Mapping[str, Any]],
        on: date,
        context: Context,
    ) -> tuple[AccountKey, ...]:
        """The candidates that may be taken on that day, the first to be taken first. `behind`: the values of a leaf
        dimension's record, by dimension and id."""
        chosen = []
        for candidate in candidates:
            row = {**self.subject, ON: on}
            for dimension in self.picks.leaf:
                identity = int(getattr(candidate, dimension))
                row[dimension] = identity or None
                values = behind(dimension, identity)
                row.update((f"{dimension}.{path}", values.get(path)) for path in self.picks.reads.get(dimension, ()))
            if self.picks.only is None or evaluate(self.picks.only, row, context) is True:
                values_by = [evaluate(formula, row, context) for formula in self.picks.by]
                order = [(value is None, value) for value in values_by]
                chosen.append((order, candidate.lot, candidate.spot, candidate))
        return tuple(candidate for *_, candidate in sorted(chosen, key=_turn))


def picks_of(catalog: Catalog, account: str) -> RolePicks | None:
    """How a role chooses, if it says so."""
    role = catalog.accounts[account]
    if role.picks is None:
        return None
    scope = catalog.picks_scope(account)

    def flag(text: str | None, scope: Scope) -> Expression | None:
        return None if text is None else check(text, scope, Kind.FLAG)

    when, only = flag(role.picks.when, catalog.role_scope(account)), flag(role.picks.only, scope)
    by = tuple(check(text, scope) for text in role.picks.by)
    leaf = {str(dimension): role.dimensions[dimension] for dimension in role.leaf if dimension in ("lot", "spot")}
    return RolePicks(when, by, only, behind_dimensions((when, only, *by)), leaf)


def behind_dimensions(expressions: Iterable[Expression | None]) -> dict[str, frozenset[str]]:
    """What formulas over a role read of each dimension: `item` → `allows_negative`."""
    reads: dict[str, set[str]] = {}
    for expression in expressions:
        for path in expression.paths if expression else ():
            dimension, _, rest = path.partition(".")
            if rest:
                reads.setdefault(dimension, set()).add(rest)
    return {dimension: frozenset(paths) for dimension, paths in reads.items()}


def _turn(chosen: tuple[list[tuple[bool, Any]], int, int, AccountKey]) -> tuple[Any, ...]:
    """Blank comes last, whatever the others are; it is never compared with them."""
    order, lot, spot, _ = chosen
    return [(blank, 0 if blank else value) for blank, value in order], lot, spot
