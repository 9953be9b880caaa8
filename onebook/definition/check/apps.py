"""Checks of apps as wholes: what they need is there, menus lead somewhere, brought records fit their forms."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from onebook.definition.app import Data
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldDeclaration, FieldKind


def check_apps(declared: Declarations, problems: Problems) -> None:
    """Every app: its needs, menus and data."""
    names = {app.app for app in declared.apps}
    for app in declared.apps:
        subject = problems.within(f"app {app.app}")
        for number, needed in enumerate(app.needs):
            if needed not in names:
                subject.at("needs", number).wrong("unknown_app", needed)
        if [other.app for other in declared.apps].count(app.app) > 1:
            subject.wrong("declared_twice", app.app)
    try:
        tuple(TopologicalSorter({app.app: app.needs for app in declared.apps}).static_order())
    except CycleError as error:
        problems.within(f"app {error.args[1][0]}").at("needs").wrong("cycle", " → ".join(error.args[1]))
    _check_menus(declared, problems)
    _check_data(declared, problems)


def _check_menus(declared: Declarations, problems: Problems) -> None:
    for menu in declared.menus.values():
        for number, item in enumerate(menu.items):
            at = problems.within(f"menu {menu.menu}").at("items", number)
            if sum(place is not None for place in (item.form, item.report, item.dashboard)) != 1:
                at.wrong("one_place", menu.menu)
            if item.form is not None and item.form not in declared.forms:
                at.at("form").wrong("unknown_form", item.form)
            if item.report is not None and item.report not in declared.reports:
                at.at("report").wrong("unknown_report", item.report)
            if item.dashboard is not None and item.dashboard not in declared.dashboards:
                at.at("dashboard").wrong("unknown_dashboard", item.dashboard)


def _check_data(declared: Declarations, problems: Problems) -> None:
    keys: dict[str, set[str]] = {}
    for data in declared.data:
        keys.setdefault(data.data, set()).update(str(row.get(data.key)) for row in data.rows)
    for data in declared.data:
        subject = problems.within(f"data {data.data}")
        form = declared.forms.get(data.data)
        if form is None:
            subject.wrong("unknown_form", data.data)
        elif data.key not in form.fields:
            subject.at("key").wrong("unknown_field", data.key)
        else:
            _check_rows(data, form.fields, keys, subject)


def _check_rows(data: Data, fields: Mapping[str, FieldDeclaration], keys: Mapping[str, set[str]], at: Subject) -> None:
    seen: set[str] = set()
    for number, row in enumerate(data.rows):
        place = at.at("rows", number)
        key = str(row.get(data.key))
        if data.key not in row or key in seen:
            place.wrong("key_missing" if data.key not in row else "declared_twice", key)
        seen.add(key)
        for name, value in row.items():
            _check_value(fields.get(name), name, value, keys, place.at(name))
        for name, field in fields.items():
            if field.required == "TRUE" and field.default is None and name not in row:
                place.wrong("field_forgotten", name)


def _check_value(
    field: FieldDeclaration | None, name: str, value: Any, keys: Mapping[str, set[str]], at: Subject
) -> None:
    if field is None:
        at.wrong("unknown_field", name)
    elif not field.is_typed or field.kind is FieldKind.LINES:
        at.wrong("not_typed", name)
    elif field.kind is FieldKind.LINK and str(value) not in keys.get(str(field.to), set()):
        at.wrong("unknown_record", value)
    elif field.kind is FieldKind.CHOICE and str(value) not in (field.options or {}):
        at.wrong("unknown_option", value)
    elif field.kind is FieldKind.FLAG and not isinstance(value, bool):
        at.wrong("not_a_flag", value)
