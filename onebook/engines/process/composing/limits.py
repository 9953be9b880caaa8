"""The limits of the accounts that a transition touches, their bounds evaluated for the items and parties at hand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from onebook.definition.account import AccountRole, Dimension
from onebook.definition.account import Limit as Declared
from onebook.definition.catalog import Catalog
from onebook.engines.process.composing.picks import RolePicks, behind_dimensions, picks_of
from onebook.expression.check import check
from onebook.expression.python import Context, Row, evaluate
from onebook.expression.tree import Aggregate, Expression, Node, Path, children
from onebook.expression.types import Kind
from onebook.ledger.account import AccountKey
from onebook.ledger.request import Limit, Measure, Tense
from onebook.ledger.role import Role


@dataclass(frozen=True, slots=True)
class RoleLimit:
    """One bound of a role, its formulas found."""

    name: str
    declaration: Declared
    at_least: Expression | None
    at_most: Expression | None
    unless: Expression | None


@dataclass(frozen=True, slots=True)
class RoleLimits:
    """All bounds of a role, and what they read of each dimension: `item` → `allows_negative`.

    `known`: what must be known of each dimension before anything is locked, for the bounds and for `picks`."""

    limits: tuple[RoleLimit, ...]
    reads: Mapping[str, frozenset[str]]
    picks: RolePicks | None
    known: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where an argument's record stands, seen from the row: so many levels up, under this key ("" is the row)."""

    up: int
    key: str

    def beyond(self, path: str) -> str:
        """The key of something of that record, as formulas of the row write it."""
        return "^." * self.up + (f"{self.key}.{path}" if self.key else path)


@dataclass(frozen=True, slots=True)
class Call:
    """`on_hand(product, warehouse)`, ready: each dimension's formula, and what the role's limits will read."""

    role: AccountRole
    arguments: Mapping[Dimension, Expression]
    limits: RoleLimits
    sources: Mapping[str, tuple[Source, ...]]

    @classmethod
    def of(cls, role: AccountRole, arguments: Mapping[Dimension, Expression], limits: RoleLimits) -> "Call":
        """Understand a call: every link that an argument may give is a place to read the limits' values from."""
        sources: dict[str, tuple[Source, ...]] = {
            dimension: tuple(_sources(arguments[dimension])) for dimension in arguments if dimension in limits.known
        }
        return cls(role, arguments, limits, sources)

    @property
    def paths(self) -> frozenset[str]:
        """What the role's limits read, as paths of the row in which the call stands."""
        return frozenset(
            source.beyond(path)
            for dimension, sources in self.sources.items()
            for source in sources
            for path in self.limits.known[dimension]
        )

    def subject(self, row: Row, account: AccountKey) -> dict[str, Any]:
        """The row that the role's limits are evaluated over."""
        values: dict[str, Any] = {}
        for dimension in self.role.dimensions:
            identity = int(getattr(account, dimension)) or None
            values[dimension] = identity
            for source in self.sources.get(dimension, ()):
                above: Row = row["^"] if source.up else row
                if (above.get(source.key) if source.key else above.get("id")) == identity:
                    for path in self.limits.known[dimension]:
                        key = f"{source.key}.{path}" if source.key else path
                        values[f"{dimension}.{path}"] = above.get(key)
                    break
        return values


@dataclass(frozen=True, slots=True)
class Touch:
    """An account that a transition changes: as a fact or as a promise, and whether it may fall or rise."""

    account: AccountKey
    subject: Mapping[str, Any]
    limits: RoleLimits
    is_fact: bool
    quantity: int
    amount: int


def understood(catalog: Catalog, account: str) -> RoleLimits:
    """The limits of a role with their formulas checked."""
    scope = catalog.role_scope(account)

    def read(text: str | None, kind: Kind) -> Expression | None:
        return None if text is None else check(text, scope, kind)

    limits = tuple(
        RoleLimit(
            f"{account}.{place}",
            limit,
            read(limit.at_least, Kind.NUMBER),
            read(limit.at_most, Kind.NUMBER),
            read(limit.unless, Kind.FLAG),
        )
        for place, limit in enumerate(catalog.accounts[account].limits)
    )
    reads = behind_dimensions(
        expression for limit in limits for expression in (limit.at_least, limit.at_most, limit.unless)
    )
    picks = picks_of(catalog, account)
    known = dict(reads)
    for dimension, paths in picks.reads.items() if picks else ():
        if dimension not in catalog.accounts[account].leaf:
            known[dimension] = known.get(dimension, frozenset()) | paths
    return RoleLimits(limits, reads, picks, known)


def limits_of(touches: Iterable[Touch], roles: Mapping[str, Role], context: Context) -> tuple[Limit, ...]:
    """The bounds that must hold afterwards: those that the touches could break, each once."""
    found: dict[tuple[AccountKey, str], Limit] = {}
    for touch in touches:
        for limit in touch.limits.limits:
            account = _level(touch.account, limit, roles)
            if (account, limit.name) not in found and _could_break(limit.declaration, touch):
                bound = _bound(limit, account, touch, roles, context)
                if bound is not None:
                    found[account, limit.name] = bound
    return tuple(found.values())


def _could_break(limit: Declared, touch: Touch) -> bool:
    direction = touch.quantity if limit.measure == "quantity" else touch.amount
    falls = limit.at_least is not None and direction < 0
    rises = limit.at_most is not None and direction > 0
    if not (falls or rises):
        return False
    # A promise moves no balance; only promises that take are in `available`, all are in `projected`.
    return touch.is_fact or limit.tense == "projected" or (limit.tense == "available" and direction < 0)


def _bound(
    limit: RoleLimit, account: AccountKey, touch: Touch, roles: Mapping[str, Role], context: Context
) -> Limit | None:
    if limit.unless and evaluate(limit.unless, touch.subject, context) is True:
        return None
    at_least: Decimal | None = evaluate(limit.at_least, touch.subject, context) if limit.at_least else None
    at_most: Decimal | None = evaluate(limit.at_most, touch.subject, context) if limit.at_most else None
    if at_least is None and at_most is None:
        return None
    declared = limit.declaration
    plus = tuple(_level(touch.account._replace(role=role), limit, roles) for role in declared.plus)
    # A sum over several roles is of the account that was named, not of leaves that are picked in its stead.
    each_leaf = declared.level == "leaf" and not plus
    measure, tense = Measure(declared.measure), Tense(declared.tense)
    return Limit(account, measure, tense, at_least, at_most, plus, limit.name, each_leaf)


def _level(account: AccountKey, limit: RoleLimit, roles: Mapping[str, Role]) -> AccountKey:
    return account.control(roles[account.role]) if limit.declaration.level == "control" else account


def _sources(argument: Expression) -> Iterator[Source]:
    """The links that an argument may give: paths, or the record itself (`ID()`)."""
    paths = list(_paths(argument.tree))
    yield from (Source(path.up, path.key) for path in paths if path.type == argument.type)
    if not paths:
        yield Source(0, "")


def _paths(node: Node) -> Iterator[Path]:
    """The paths of a formula; what it aggregates is no single record and gives none."""
    if isinstance(node, Path):
        yield node
    elif not isinstance(node, Aggregate):
        for part in children(node):
            yield from _paths(part)
