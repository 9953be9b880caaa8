"""Account roles as apps declare them, said in the words of the ledger."""

from collections.abc import Iterable, Mapping

from onebook.definition.account import AccountRole
from onebook.ledger.role import Dimension, Role


def ledger_role(role: AccountRole) -> Role:
    """What the ledger needs to know of a declared role."""
    return Role(
        name=role.account,
        dimensions=frozenset(map(Dimension, role.dimensions)),
        leaf=frozenset(map(Dimension, role.leaf)),
        has_quantity=role.measures == "quantity_and_amount",
        kept=role.kept,
        difference=role.difference,
    )


def ledger_roles(roles: Iterable[AccountRole]) -> Mapping[str, Role]:
    """All roles by name."""
    return {role.account: ledger_role(role) for role in roles}
