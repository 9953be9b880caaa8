"""Checks of approvals: steps with names of their own, people who can be found, and conditions that can be decided."""

from collections.abc import Sequence

from onebook.definition.approval import ApprovalStep, Approver
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.definition.scope import DEPARTMENTS, USERS
from onebook.definition.transition import Transition
from onebook.expression.types import Kind

#: The ways in which somebody is found.
_WAYS = ("role", "person", "superior", "head_of")


def check_approval(declared: Declarations, form: Form, step: Transition, at: Subject) -> None:
    """What a transition needs before it is done."""
    approval = step.approval
    if approval is None:
        return
    check_may_wait(form, step, at)
    if approval.when is not None:
        at.at("when").attempt(declared.formula, approval.when, form.form, None, Kind.FLAG)
    check_steps(declared, form, approval.steps, at.at("steps"))
    _check_people(declared, form, approval.cc, at.at("cc"))
    for number, name in enumerate(approval.meanwhile):
        if name not in form.transitions:
            at.at("meanwhile", number).wrong("unknown_transition", name)


def check_may_wait(form: Form, step: Transition, at: Subject) -> None:
    """Whether a transition can be done later than it was asked for."""
    if (step.draws and step.edits) or (step.reopens is not None and step.posts):
        at.wrong("approval_draws", form.form)


def check_steps(declared: Declarations, form: Form, steps: Sequence[ApprovalStep], at: Subject) -> None:
    """The steps of an approval over records of a form."""
    for needed in (USERS, DEPARTMENTS):
        if needed not in declared.forms:
            at.wrong("unknown_form", needed)
            return
    _check_sequence(declared, form, steps, at, set())


def _check_sequence(
    declared: Declarations, form: Form, steps: Sequence[ApprovalStep], at: Subject, names: set[str]
) -> None:
    for number, step in enumerate(steps):
        place = at.at(number)
        if step.step in names:
            place.wrong("declared_twice", step.step)
        names.add(step.step)
        _check_step(declared, form, step, place)
        for branch, inner in enumerate(step.branches):
            if not inner:
                place.at("branches", branch).wrong("approval_asks_nobody", step.step)
            _check_sequence(declared, form, inner, place.at("branches", branch), names)


def _check_step(declared: Declarations, form: Form, step: ApprovalStep, at: Subject) -> None:
    asks = bool(step.by or step.table)
    if asks and step.branches:
        at.wrong("approval_branches_ask", step.step)
    elif not asks and not step.branches:
        at.wrong("approval_asks_nobody", step.step)
    if step.within is None and step.then != "remind":
        at.at("then").wrong("approval_without_limit", step.step)
    if step.when is not None:
        at.at("when").attempt(declared.formula, step.when, form.form, None, Kind.FLAG)
    _check_people(declared, form, step.by, at.at("by"))
    _check_people(declared, form, step.cc, at.at("cc"))
    for number, case in enumerate(step.table):
        place = at.at("table", number)
        place.at("when").attempt(declared.formula, case.when, form.form, None, Kind.FLAG)
        _check_people(declared, form, case.by, place.at("by"))
    if isinstance(step.nobody, Approver):
        _check_person(declared, form, step.nobody, at.at("nobody"))


def _check_people(declared: Declarations, form: Form, people: Sequence[Approver], at: Subject) -> None:
    for number, one in enumerate(people):
        _check_person(declared, form, one, at.at(number))


def _check_person(declared: Declarations, form: Form, one: Approver, at: Subject) -> None:
    if sum(getattr(one, way) is not None for way in _WAYS) != 1:
        at.wrong("approver_one_way", ", ".join(_WAYS))
        return
    if one.role is not None and one.role not in declared.roles:
        at.at("role").wrong("unknown_role", one.role)
    for way, target in (("person", USERS), ("head_of", DEPARTMENTS)):
        text = getattr(one, way)
        if text is not None:
            found = at.at(way).attempt(declared.formula, text, form.form, None, Kind.LINK)
            if found is not None and found.type.of not in (target, None):
                at.at(way).wrong("other_link", f"{found.type.of} ≠ {target}")
