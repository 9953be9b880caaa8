"""What the database refuses at the last moment, as the refusal that the check before would have made.

Two users may pass the checks at the same time with the same unique value; the index lets one of them through."""

from collections.abc import Iterator

from psycopg import Error, errors
from sqlalchemy import Table

from onebook.definition.field import FieldDeclaration
from onebook.engines.form.forms import Forms
from onebook.engines.form.refusals import Duplicated, Invalid
from onebook.engines.table.ddl import checks, foreign_keys
from onebook.engines.table.names import identifier, table_name
from onebook.values.refusal import Problem, Refusal


def refusal_of(forms: Forms, error: Error) -> Refusal | None:
    """The refusal for an error of the database about a form's own table; None for what is not about values."""
    found = _place(forms, error)
    if isinstance(error, errors.NumericValueOutOfRange):
        return Invalid([Problem("form.too_large_somewhere")], form="")
    if found is None:
        return None
    target, table = found
    label = forms.catalog.forms[target.partition(".")[0]].label
    problems = list(_problems(forms, error, target, table))
    if isinstance(error, errors.UniqueViolation):
        return Duplicated(problems, form=label)
    if isinstance(error, errors.ForeignKeyViolation | errors.CheckViolation | errors.NotNullViolation):
        return Invalid(problems, form=label)
    return None


def _place(forms: Forms, error: Error) -> tuple[str, Table] | None:
    """The target whose table the error names."""
    name = error.diag.table_name
    for target, table in forms.tables.all().items():
        if table_name(target) == name:
            return target, table
    return None


def _problems(forms: Forms, error: Error, target: str, table: Table) -> Iterator[Problem]:
    constraint, lines = error.diag.constraint_name, target.partition(".")[2]
    fields = forms.tables.fields(target)
    for name, field in fields.items():
        code = _code(table, name, field, constraint, error)
        if code is not None:
            yield Problem(code, f"{lines}.{name}" if lines else name, None, {"label": field.label})


def _code(table: Table, name: str, field: FieldDeclaration, constraint: str | None, error: Error) -> str | None:
    """The problem of a field that a violated constraint belongs to."""
    if constraint == identifier(table.name, name, "unique"):
        return "form.not_unique"
    if constraint in checks(table) and constraint in (
        identifier(table.name, name, "options"), identifier(table.name, name, "month")
    ):  # fmt: skip
        return "form.not_option" if field.options else "form.not_month"
    for key in foreign_keys(table):
        if key.name == constraint and name in key.column_keys:
            # The same constraint speaks when a row is removed that others point at.
            is_removal = "still referenced" in (error.diag.message_detail or "")
            return "form.still_pointed_at" if is_removal else "form.link_missing"
    return None
