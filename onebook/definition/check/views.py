"""Checks of views: boards by something that has columns, calendars by days, and cards that show what there is."""

from typing import Final

from onebook.definition.check.problems import Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.definition.view import Board, Calendar

_COLUMNS: Final = frozenset({FieldKind.CHOICE, FieldKind.FLAG, FieldKind.LINK})
_DAYS: Final = frozenset({FieldKind.DATE, FieldKind.INSTANT})


def check_views(declared: Declarations, form: Form, subject: Subject) -> None:
    """Every view of a form."""
    for name, view in form.views.items():
        at = subject.at("views", name)
        if isinstance(view, Board):
            _check_by(form, view.by, at.at("by"))
        else:
            _check_days(form, view, at)
        if view.title is not None:
            at.at("title").attempt(declared.formula, view.title, form.form)
        for number, key in enumerate(view.columns):
            at.at("columns", number).attempt(declared.formula, key, form.form)


def _check_by(form: Form, by: str, at: Subject) -> None:
    if by == "state" and form.states:
        return
    field = form.fields.get(by)
    if field is None:
        at.wrong("unknown_field", by)
    elif field.kind not in _COLUMNS:
        at.wrong("no_board_by", by)


def _check_days(form: Form, view: Calendar, at: Subject) -> None:
    for place, name in (("on", view.on), ("until", view.until)):
        field = form.fields.get(name) if name is not None else None
        if name is not None and (field is None or field.kind not in _DAYS):
            at.at(place).wrong("unknown_field" if field is None else "not_a_date", name)
