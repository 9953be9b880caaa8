"""On which accounts of a role a report stands: controls, or leaves where it speaks of what only leaves have."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, literal_column, or_, select, union_all

from onebook.definition.account import AccountRole
from onebook.engines.report.ledger_tables import ACCOUNT, ENTRY


@dataclass(frozen=True, slots=True)
class Level:
    """The accounts of a role, at the control level or at the leaves."""

    role: AccountRole
    is_leaf: bool

    @property
    def dimensions(self) -> Mapping[str, str]:
        """The dimensions that its accounts have, each with the form it points to."""
        hidden = () if self.is_leaf else self.role.leaf
        return {name: form for name, form in self.role.dimensions.items() if name not in hidden}

    def condition(self, account: FromClause) -> ColumnElement[bool]:
        """The accounts of this level."""
        mine = account.c.role == self.role.account
        if not self.role.leaf:
            return mine
        return and_(mine, account.c.control.is_not(None) if self.is_leaf else account.c.control.is_(None))


def level_of(role: AccountRole, names: Iterable[str]) -> Level:
    """The leaves if any name begins with a dimension that only leaves have, else the controls."""
    return Level(role, any(name.partition(".")[0] in role.leaf for name in names))


def narrowed(account: Any, dimensions: Iterable[str]) -> list[ColumnElement[bool]]:
    """Conditions that narrow accounts to given dimensions (parameters `only_item` ...)."""
    return [account.c[name] == bindparam(f"only_{name}") for name in dimensions]


def owned(level: Level, owner: Any, only: Iterable[str]) -> list[ColumnElement[bool]]:
    """The accounts of which the figures of a level are made, leaves and all, as far as they can be narrowed: a control
    account shows what its leaves leave of it, so that none of them may be missing."""
    closed = level.role.leaf if level.is_leaf else ()
    role = owner.c.role == level.role.account
    return [role, *narrowed(owner, (name for name in only if name not in closed))]


def standing(level: Level, owner: Any, only: Iterable[str]) -> list[ColumnElement[bool]]:
    """The same, of a level of control accounts these alone: for what counts there whatever leaf it is of."""
    above = [owner.c.control.is_(None)] if level.role.leaf and not level.is_leaf else []
    return [*owned(level, owner, only), *above]


def counted(level: Level, owner: Any) -> tuple[Any, ColumnElement[Any]]:
    """Accounts, and the account of the level on which what stands on them counts."""
    if not level.role.leaf:
        return owner, owner.c.id
    if not level.is_leaf:
        return owner, func.coalesce(owner.c.control, owner.c.id)
    # Of a control account what its leaves have too, as in its totals.
    holder = ACCOUNT.alias("holder")
    return owner.join(holder, or_(holder.c.id == owner.c.id, holder.c.id == owner.c.control)), holder.c.id


def entries_on(level: Level, account: Any, days: Callable[[Any], ColumnElement[bool]]) -> Any:
    """The entries of some days that count on an account: its own and, where it is one that leaves roll up to, theirs.
    Each of the two is one range of an index, however many leaves there are."""
    names = ("booked_on", "quantity", "amount", "is_red")
    own, below = ENTRY.alias("own_entry"), ENTRY.alias("entry_below")
    found = select(*(own.c[name] for name in names)).where(own.c.account == account.c.id, days(own)).correlate(account)
    if not level.role.leaf:
        return found
    theirs = select(*(below.c[name] for name in names)).where(
        below.c.control == account.c.id, below.c.control != literal_column("0"), days(below)
    )
    return union_all(found, theirs.correlate(account))


def figures_of(
    level: Level,
    account: Any,
    clause: Any,
    measures: Mapping[str, ColumnElement[Any]],
    deciding: Iterable[str],
    only: Iterable[str],
    beside: Sequence[ColumnElement[Any]] = (),
) -> Select[Any]:
    """One row per account of a level with its dimensions, measures and what stands `beside` them.

    An account is shown if any of its `deciding` measures is not zero. At the leaves, a control account shows what is
    its own: its measures, which include its leaves, less theirs."""
    named = [value.label(name) for name, value in measures.items()]
    dimensions = [account.c[name] for name in level.dimensions]
    if not (level.is_leaf and level.role.leaf):
        shown = or_(*(measures[name] != 0 for name in deciding))
        query = select(*dimensions, *named, *beside).select_from(clause)
        return query.where(level.condition(account), shown, *narrowed(account, only))
    mine = owned(level, account, only)
    every = select(account.c.id, account.c.control, *dimensions, *named, *beside).select_from(clause).where(*mine).cte()
    leaf = every.alias()
    sums = select(leaf.c.control, *(func.sum(leaf.c[name]).label(name) for name in measures))
    leaves = sums.where(leaf.c.control.is_not(None)).group_by(leaf.c.control).subquery()
    own = {name: every.c[name] - func.coalesce(leaves.c[name], 0) for name in measures}
    return (
        select(
            *(every.c[name] for name in level.dimensions),
            *(value.label(name) for name, value in own.items()),
            *(every.c[one.name] for one in beside),
        )
        .select_from(every.outerjoin(leaves, leaves.c.control == every.c.id))
        .where(or_(*(own[name] != 0 for name in deciding)), *narrowed(every, only))
    )


def accounts() -> Any:
    """The accounts, under a name of their own."""
    return ACCOUNT.alias("account")
