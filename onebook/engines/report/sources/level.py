"""On which accounts of a role a report stands: controls, or leaves where it speaks of what only leaves have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, or_, select

from onebook.definition.account import AccountRole
from onebook.engines.report.ledger_tables import ACCOUNT


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


def counted(level: Level, owner: Any) -> tuple[Any, ColumnElement[Any]]:
    """Accounts, and the account of the level on which what stands on them counts."""
    if not level.role.leaf:
        return owner, owner.c.id
    if not level.is_leaf:
        return owner, func.coalesce(owner.c.control, owner.c.id)
    # Of a control account what its leaves have too, as in its totals.
    holder = ACCOUNT.alias("holder")
    return owner.join(holder, or_(holder.c.id == owner.c.id, holder.c.id == owner.c.control)), holder.c.id


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
