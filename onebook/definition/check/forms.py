"""Checks of forms: their numbers, states, what they are found by, and how pages and lists begin."""

import re
from typing import Final

from onebook.definition.check.beside import check_beside
from onebook.definition.check.fields import check_fields
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.check.transitions import check_transitions
from onebook.definition.check.views import check_views
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.definition.scope import RESERVED_FORMS, RESERVED_TRANSITIONS, VALUE_KINDS
from onebook.expression.types import Kind

#: As `storage.numbering` reads it: words in braces, one running number at the end.
_PATTERN: Final = re.compile(r"^(?:[^{}]|\{(?:yyyy|yy|mm|dd)\})*\{seq(?::[1-9][0-9]?)?\}$")
_OWNED: Final = ("ledger_", "onebook_")
_FINDABLE: Final = frozenset({Kind.TEXT, Kind.TEXTS})


def check_forms(declared: Declarations, problems: Problems) -> None:
    """Every form."""
    for form in declared.forms.values():
        subject = problems.within(f"form {form.form}")
        if form.form.startswith(_OWNED) or form.form in RESERVED_FORMS:
            subject.wrong("reserved_name", form.form)
        for transition in sorted(RESERVED_TRANSITIONS.intersection(form.transitions)):
            subject.at("transitions").at(transition).wrong("reserved_name", transition)
        _check_number(form, subject)
        _check_states(form, subject)
        _check_names(form, subject)
        check_fields(declared, form, subject)
        check_transitions(declared, form, subject)
        check_beside(declared, form, subject)
        check_views(declared, form, subject)
        _check_list(declared, form, subject.at("list"))


def _check_number(form: Form, subject: Subject) -> None:
    if form.number is not None and not _PATTERN.match(form.number):
        subject.at("number").wrong("number_pattern", form.number)
    if form.numbered_at != "create" and (form.number is None or form.numbered_at not in form.transitions):
        subject.at("numbered_at").wrong("unknown_transition", form.numbered_at)


def _check_states(form: Form, subject: Subject) -> None:
    """A document has states, and each of them can be reached."""
    if form.kind == "document" and not form.states:
        subject.at("states").wrong("document_without_states", form.form)
    if not form.states:
        return
    reached = {form.first_state}
    steps = list(form.transitions.values())
    while True:
        further = {state for step in steps if reached & set(step.source) for state in (step.target, step.reversed_to)}
        if further <= reached | {None}:
            break
        reached |= further
    for state in form.states:
        if state not in reached:
            subject.at("states", state).wrong("unreachable_state", state)


def _check_names(form: Form, subject: Subject) -> None:
    names = set(form.fields) | ({"number"} if form.number else set()) | ({"state"} if form.states else set())
    if form.title is not None and form.title not in names:
        subject.at("title").wrong("unknown_field", form.title)
    if form.title is None and form.number is None:
        subject.at("title").wrong("nameless", form.form)
    if form.dated_by is not None:
        field = form.fields.get(form.dated_by)
        if field is None or field.kind is not FieldKind.DATE:
            subject.at("dated_by").wrong("unknown_field" if field is None else "not_a_date", form.dated_by)
    for number, name in enumerate(form.search):
        field = form.fields.get(name)
        if field is None:
            subject.at("search", number).wrong("unknown_field", name)
        elif VALUE_KINDS[field.kind] not in _FINDABLE:
            subject.at("search", number).wrong("not_findable", name)
    seen: set[str] = set()
    for place, section in enumerate(form.sections):
        for number, name in enumerate(section.fields):
            at = subject.at("sections", place, "fields", number)
            if name not in names:
                at.wrong("unknown_field", name)
            elif name in seen:
                at.wrong("stands_twice", name)
            seen.add(name)
    _check_duplicates(form, subject)
    _check_renames(form, subject)


def _check_duplicates(form: Form, subject: Subject) -> None:
    for place, duplicate in enumerate(form.duplicates):
        at = subject.at("duplicates", place)
        for number, name in enumerate(duplicate.fields):
            field = form.fields.get(name)
            if field is None:
                at.at("fields", number).wrong("unknown_field", name)
            elif field.kind is FieldKind.LINES:
                at.at("fields", number).wrong("lines_misplaced", name)
        if duplicate.how == "alike" and duplicate.then == "block":
            at.at("then").wrong("alike_can_only_warn", duplicate.then)


def _check_renames(form: Form, subject: Subject) -> None:
    for name, field in form.fields.items():
        if field.was is not None and field.was in form.fields:
            subject.at("fields", name, "was").wrong("still_there", field.was)
        for own, column in (field.fields or {}).items():
            if column.was is not None and column.was in (field.fields or {}):
                subject.at("fields", name, "fields", own, "was").wrong("still_there", column.was)


def _check_list(declared: Declarations, form: Form, at: Subject) -> None:
    for place, texts in (("columns", form.list.columns), ("sort", form.list.sort)):
        for number, text in enumerate(texts):
            path = text.removeprefix("-") if place == "sort" else text
            at.at(place, number).attempt(declared.formula, path, form.form)
    if form.list.filter is not None:
        text = form.list.filter
        at.at("filter").attempt(declared.formula, text, form.form, None, Kind.FLAG)
