"""Checks that all effects share: their rows exist, their formulas are of their kinds, their accounts are complete."""

from typing import Final, Protocol

from onebook.definition.check.problems import Subject
from onebook.definition.declarations import AccountCall, Declarations
from onebook.definition.form import Form
from onebook.expression.types import Kind

_KINDS: Final = (
    *((name, Kind.NUMBER) for name in ("quantity", "amount", "priority", "weight")),
    ("due", Kind.DATE),
    ("when", Kind.FLAG),
    ("reopens", Kind.FLAG),
    ("of", Kind.LINK),
)


class Effect(Protocol):
    """What an effect has at least: the rows that it is about, if not the record."""

    @property
    def each(self) -> str | None:
        """The lines."""
        ...


def check_formulas(declared: Declarations, form: Form, effect: Effect, at: Subject) -> bool:
    """The rows exist, and every formula of the effect is of its kind. Whether the effect can be looked at further."""
    if effect.each is not None and effect.each not in form.line_fields:
        at.at("each").wrong("unknown_lines", effect.each)
        return False
    for name, kind in _KINDS:
        text = getattr(effect, name, None)
        if text is not None:
            at.at(name).attempt(declared.formula, text, form.form, effect.each, kind)
    return True


def check_account(declared: Declarations, form: Form, text: str, each: str | None, at: Subject) -> AccountCall | None:
    """The account, if each of its dimensions is a link to the right form and none that it needs is missing."""
    call = at.attempt(declared.account_call, text, form.form, each)
    if call is None:
        return None
    for dimension, argument in call.arguments.items():
        wanted = call.role.dimensions[dimension]
        if argument.type.of not in (wanted, None):
            at.wrong("other_dimension", f"{dimension}: {argument.type.of} ≠ {wanted}")
    for dimension in call.role.dimensions:
        if dimension not in call.arguments and call.role.kept and dimension not in call.role.leaf:
            at.wrong("dimension_missing", dimension)
    return call
