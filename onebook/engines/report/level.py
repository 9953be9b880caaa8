"""On which accounts of a role a report stands: controls, or leaves where it speaks of what only leaves have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam

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
        mine = account.c.role == bindparam("role", self.role.account)
        if not self.role.leaf:
            return mine
        return and_(mine, account.c.control.is_not(None) if self.is_leaf else account.c.control.is_(None))


def level_of(role: AccountRole, names: Iterable[str]) -> Level:
    """The leaves if any name begins with a dimension that only leaves have, else the controls."""
    return Level(role, any(name.partition(".")[0] in role.leaf for name in names))


def narrowed(account: Any, dimensions: Iterable[str]) -> list[ColumnElement[bool]]:
    """Conditions that narrow accounts to given dimensions (parameters `only_item` ...)."""
    return [account.c[name] == bindparam(f"only_{name}") for name in dimensions]


def accounts() -> Any:
    """The accounts, under a name of their own."""
    return ACCOUNT.alias("account")
