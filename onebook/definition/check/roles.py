"""Checks of roles: rights on forms, fields and transitions that exist, and conditions that the database can compute."""

from onebook.definition.check.fields import fields_of
from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.declarations import Declarations
from onebook.definition.form import Form
from onebook.definition.role import Grant
from onebook.expression.tree import Volatility
from onebook.expression.types import Kind


def check_roles(declared: Declarations, problems: Problems) -> None:
    """Every role."""
    for role in declared.roles.values():
        subject = problems.within(f"role {role.role}")
        for name, grant in role.grants.items():
            at = subject.at("grants", name)
            form = declared.forms.get(name)
            if form is None:
                at.wrong("unknown_form", name)
            else:
                _check_grant(declared, form, grant, at)
        for number, report in enumerate(() if role.reports == "all" else role.reports):
            if report not in declared.reports:
                subject.at("reports", number).wrong("unknown_report", report)
        board = None if role.home is None else declared.dashboards.get(role.home)
        if role.home is not None and (board is None or (board.roles and role.role not in board.roles)):
            subject.at("home").wrong("unknown_dashboard", role.home)
        for name, columns in role.hide_columns.items():
            at = subject.at("hide_columns", name)
            if name not in declared.reports:
                at.wrong("unknown_report", name)
                continue
            for number, column in enumerate(columns):
                if column not in declared.reports[name].columns:
                    at.at(number).wrong("unknown_column", column)


def _check_grant(declared: Declarations, form: Form, grant: Grant, at: Subject) -> None:
    for name in ("read", "create", "update", "delete"):
        place = at.at(name)
        text = getattr(grant, name)
        expression = place.attempt(declared.formula, text, form.form, None, Kind.FLAG)
        expression = expression and place.attempt(lower_dry, expression)
        if expression is not None and expression.volatility is Volatility.LEDGER:
            place.wrong("too_volatile", expression.text)
    for name in ("do", "reverse"):
        steps = getattr(grant, name)
        for number, step in enumerate(() if steps == "all" else steps):
            if step not in form.transitions:
                at.at(name, number).wrong("unknown_transition", step)
    fields = fields_of(form)
    for name in ("hide", "mask", "read_only"):
        for number, field in enumerate(getattr(grant, name)):
            if field not in fields:
                at.at(name, number).wrong("unknown_field", field)
