"""Checks of account roles: dimensions that lead somewhere, limits that can be computed, and differences."""

from onebook.definition.account import AccountRole, Limit
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.declarations import Declarations
from onebook.expression.check import check
from onebook.expression.types import Kind


def check_accounts(declared: Declarations, problems: Problems) -> None:
    """Every account role."""
    for role in declared.accounts.values():
        subject = problems.within(f"account {role.account}")
        for dimension, form in role.dimensions.items():
            if form not in declared.forms:
                subject.at("dimensions", dimension).wrong("unknown_form", form)
        for number, dimension in enumerate(role.leaf):
            if dimension not in role.dimensions:
                subject.at("leaf", number).wrong("unknown_dimension", dimension)
        _check_shape(declared, role, subject)
        for number, limit in enumerate(role.limits):
            _check_limit(declared, role, limit, subject.at("limits", number))


def _check_shape(declared: Declarations, role: AccountRole, subject: Subject) -> None:
    if not role.kept and (role.limits or role.leaf):
        subject.wrong("summed_with_limits", role.account)
    if role.measures == "quantity_and_amount" and "item" not in role.dimensions:
        subject.at("dimensions").wrong("dimension_missing", "item")
    if role.difference is None:
        return
    other = declared.accounts.get(role.difference)
    at = subject.at("difference")
    if other is None:
        at.wrong("unknown_account", role.difference)
    elif other.kept or not set(other.dimensions) <= {"item"}:
        at.wrong("difference_not_summed", role.difference)


def _check_limit(declared: Declarations, role: AccountRole, limit: Limit, at: Subject) -> None:
    if limit.measure == "quantity" and role.measures == "amount":
        at.at("measure").wrong("no_quantity", role.account)
    if (limit.at_least is None) == (limit.at_most is None):
        at.wrong("one_bound", role.account)
    kinds = (("at_least", Kind.NUMBER), ("at_most", Kind.NUMBER), ("unless", Kind.FLAG))
    for name, kind in kinds:
        text = getattr(limit, name)
        if text is not None:
            scope = declared.role_scope(role.account)
            at.at(name).attempt(check, text, scope, kind)
    shared = {name: form for name, form in role.dimensions.items() if limit.level == "leaf" or name not in role.leaf}
    for number, name in enumerate(limit.plus):
        place = at.at("plus", number)
        other = declared.accounts.get(name)
        if other is None:
            place.wrong("unknown_account", name)
        elif not other.kept:
            place.wrong("plus_summed", name)
        elif {key: form for key, form in other.dimensions.items() if key not in other.leaf} != shared:
            place.wrong("other_dimension", name)
