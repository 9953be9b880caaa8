"""Checks of account roles: dimensions that lead somewhere, limits and choices that can be computed, differences."""

from onebook.definition.account import AccountRole, Limit, Picks
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.declarations import Declarations
from onebook.definition.scope import VALUE_KINDS
from onebook.expression.check import check
from onebook.expression.types import ORDERED, Kind


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
        _check_subject(declared, role, subject)
        _check_shape(declared, role, subject)
        for number, limit in enumerate(role.limits):
            _check_limit(declared, role, limit, subject.at("limits", number))
        if role.picks is not None:
            _check_picks(declared, role, role.picks, subject.at("picks"))


def _check_subject(declared: Declarations, role: AccountRole, subject: Subject) -> None:
    """A subject that follows from a dimension is a text of the form behind it."""
    dimension, dot, name = (role.subject or "").partition(".")
    form = declared.forms.get(role.dimensions.get(dimension, ""))  # type: ignore[call-overload]
    field = form.fields.get(name) if form else None
    if dot and (field is None or VALUE_KINDS[field.kind] is not Kind.TEXT):
        subject.at("subject").wrong("unknown_subject_path", role.subject)


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


def _check_picks(declared: Declarations, role: AccountRole, picks: Picks, at: Subject) -> None:
    """There are lots or spots to choose from, and every formula can be computed over one of them."""
    if not {"lot", "spot"} & set(role.leaf) or role.measures == "amount" or not role.kept:
        at.wrong("nothing_to_pick", role.account)
    if not picks.by and picks.only is None:
        at.wrong("picks_say_nothing", role.account)
    scope = declared.picks_scope(role.account)
    if picks.when is not None:
        when = at.at("when").attempt(check, picks.when, declared.role_scope(role.account), Kind.FLAG)
        if when is not None and any(path.partition(".")[0] in role.leaf for path in when.paths):
            at.at("when").wrong("reads_leaf", picks.when)
    for number, text in enumerate(picks.by):
        by = at.at("by", number).attempt(check, text, scope)
        if by is not None and by.type.kind not in ORDERED:
            at.at("by", number).wrong("no_order", text)
    if picks.only is not None:
        at.at("only").attempt(check, picks.only, scope, Kind.FLAG)


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
