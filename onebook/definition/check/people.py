"""Checks of who is asked or told: exactly one way of finding them, which exists."""

from collections.abc import Callable, Sequence
from typing import Final

from onebook.definition.approval import Approver
from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.scope import USERS
from onebook.expression.tree import Expression
from onebook.expression.types import Kind

_DEPARTMENTS: Final = "department"
#: A formula over the record, of a kind. Raises ExpressionRefusal.
Read = Callable[[str, Kind], Expression]


def check_people(declared: Declarations, people: Sequence[Approver], read: Read, at: Subject) -> None:
    """Every one of them; `read` checks their formulas."""
    if not people:
        at.wrong("nobody_named")
    for number, one in enumerate(people):
        place = at.at(number)
        if sum(part is not None for part in (one.role, one.person, one.superior, one.head_of)) != 1:
            place.wrong("one_way_to_people")
        if one.role is not None and one.role not in declared.roles:
            place.at("role").wrong("unknown_role", one.role)
        for name, form in (("person", USERS), ("head_of", _DEPARTMENTS)):
            text = getattr(one, name)
            if text is None:
                continue
            expression = place.at(name).attempt(read, text, Kind.LINK)
            expression = expression and place.at(name).attempt(lower_dry, expression)
            if expression is not None and expression.type.of not in (form, None):
                place.at(name).wrong("link_elsewhere", f"{text}: {expression.type.of} ≠ {form}")
