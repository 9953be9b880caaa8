"""Checks of transitions: from where to where, on which conditions, and how each is undone."""

from onebook.definition.check.approvals import check_approval
from onebook.definition.check.drawing import check_drawing
from onebook.definition.check.effects import check_effects
from onebook.definition.check.fields import fields_of
from onebook.definition.check.given import check_values
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.definition.transition import Transition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind


def check_transitions(declared: Declarations, form: Form, subject: Subject) -> None:
    """Every transition of a form, and its holds across them."""
    for name, step in form.transitions.items():
        at = subject.at("transitions", name)
        _check_states(form, step, at)
        _check_reversal(form, step, at)
        _check_conditions(declared, form, step, at)
        _check_sets(declared, form, step, at)
        _check_edits(form, step, at)
        check_effects(declared, form, step, at)
        check_drawing(declared, form, step, at)
        check_approval(declared, form, step, at.at("approval"))
    _check_hold_names(form, subject)


def _check_states(form: Form, step: Transition, at: Subject) -> None:
    places = [*((f"from.{number}", state) for number, state in enumerate(step.source)), ("to", step.target)]
    if step.reversed_to is not None:
        places.append(("reversed_to", step.reversed_to))
    for place, state in places:
        if state not in form.states:
            at.at(place).wrong("unknown_state", state)


def _check_reversal(form: Form, step: Transition, at: Subject) -> None:
    """What has posted goes back to a state in which it cannot be edited and posted again, or says why it cannot."""
    if step.irreversible is not None:
        if step.reversed_to is not None:
            at.at("reversed_to").wrong("reversal_both_ways", step.reversed_to)
        return
    if not step.posts:
        return
    if step.reversed_to is None:
        at.wrong("reversal_unsaid", form.form)
    elif step.reversed_to in form.states and form.is_editable(step.reversed_to):
        at.at("reversed_to").wrong("reversal_editable", step.reversed_to)


def _check_edits(form: Form, step: Transition, at: Subject) -> None:
    """What a step lets be changed is typed, and is not open anyway."""
    fields = fields_of(form)
    for number, name in enumerate(step.edits):
        field = fields.get(name)
        if field is None:
            at.at("edits", number).wrong("unknown_field", name)
        elif not field.is_typed:
            at.at("edits", number).wrong("not_typed", name)
    for state in step.source if step.edits else ():
        if state in form.states and form.is_editable(state):
            at.at("edits").wrong("edits_editable", state)


def _check_conditions(declared: Declarations, form: Form, step: Transition, at: Subject) -> None:
    for number, must in enumerate(step.requires):
        text = must.that
        at.at("requires", number, "that").attempt(declared.formula, text, form.form, None, Kind.FLAG)
    if step.on is not None:
        text = step.on
        at.at("on").attempt(declared.formula, text, form.form, None, Kind.DATE)
    elif form.dated_by is None and (step.posts or step.holds or step.reholds):
        at.wrong("undated", form.form)


def _check_sets(declared: Declarations, form: Form, step: Transition, at: Subject) -> None:
    def formula(text: str, kind: Kind, place: Subject) -> Expression | None:
        return place.attempt(declared.formula, text, form.form, None, kind)

    check_values(formula, step.sets, form.fields, at.at("sets"))


def _check_hold_names(form: Form, subject: Subject) -> None:
    """A hold has one name in its form, and what is let go was placed."""
    placed: set[str] = set()
    for name, step in form.transitions.items():
        for number, hold in enumerate(step.holds):
            if hold.name in placed:
                subject.at("transitions", name, "holds", number, "name").wrong("declared_twice", hold.name)
            placed.add(hold.name)
    for name, step in form.transitions.items():
        at = subject.at("transitions", name)
        for place, names in (("releases", () if step.releases == "all" else step.releases), ("reholds", step.reholds)):
            for number, hold_name in enumerate(names):
                if hold_name not in placed:
                    at.at(place, number).wrong("unknown_hold", hold_name)
