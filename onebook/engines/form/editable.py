"""Which fields of a record may be changed now: by its state, and by the condition that the field itself declares."""

from collections.abc import Iterator, Mapping

from onebook.definition.field import FieldDeclaration
from onebook.definition.form import Form
from onebook.engines.form.changes import changes_of
from onebook.engines.form.compute import rows_of
from onebook.engines.form.plan import Plan
from onebook.engines.form.rows import Row
from onebook.expression.python import Context, evaluate
from onebook.values.refusal import Problem

#: The changed fields, by lines and row id; those of the record itself under (None, None).
Touched = Mapping[tuple[str | None, int | None], frozenset[str]]


def touched_of(form: Form, before: Row, after: Row) -> Touched:
    """The typed fields that changed, by lines and row id; rows that came or went touch their lines field."""
    changes = changes_of(form, before, after)
    typed = {name for name, field in form.fields.items() if field.is_typed}
    own = typed & changes.columns.keys()
    touched: dict[tuple[str | None, int | None], frozenset[str]] = {}
    for lines, rows in changes.rows.items():
        fields = form.fields[lines].fields or {}
        if rows.added or rows.removed:
            own.add(lines)
        for row, old in rows.changed:
            typed_here = (name for name, one in fields.items() if one.is_typed and name in old)
            touched[lines, row["id"]] = frozenset(name for name in typed_here if row.get(name) != old[name])
    touched[None, None] = frozenset(own)
    return touched


def beyond(touched: Touched, opens: frozenset[str]) -> Touched:
    """The touched fields that are not among these; dotted names stand for those of rows."""
    if not opens:
        return touched
    return {
        (lines, row): frozenset(name for name in names if (f"{lines}.{name}" if lines else name) not in opens)
        for (lines, row), names in touched.items()
    }


def locked_fields(form: Form, before: Row, touched: Touched) -> list[Problem]:
    """The touched fields that the record's state does not let be changed."""
    state = before.get("state")
    problems = []
    for (lines, _), names in touched.items():
        fields = form.fields if lines is None else form.fields[lines].fields or {}
        for name in sorted(names):
            above = form.fields[lines] if lines is not None else None
            if not is_open(form, state, fields[name], above):
                key = f"{lines}.{name}" if lines else name
                problems.append(Problem("form.locked_in_state", key, None, {"label": fields[name].label}))
    return problems


def is_open(form: Form, state: str | None, field: FieldDeclaration, lines: FieldDeclaration | None = None) -> bool:
    """Whether a field may be changed in a state: up to the state that it, or its lines, names; else as the state
    says."""
    last = field.locked_after or (lines.locked_after if lines is not None else None)
    if last is None or state is None:
        return form.is_editable(state)
    order = list(form.states)
    return order.index(state) <= order.index(last)


def not_editable(plan: Plan, row: Row, touched: Touched, context: Context) -> Iterator[Problem]:
    """The touched fields whose condition, read in `row`, does not let them be changed."""
    for conditions in plan.conditions:
        if conditions.editable is None:
            continue
        for place, own in enumerate(rows_of(row, conditions.lines), 1):
            names = touched.get((conditions.lines, own["id"] if conditions.lines else None), frozenset())
            if conditions.name in names and evaluate(conditions.editable, own, context) is not True:
                yield Problem("form.field_locked", conditions.key, place if conditions.lines else None)
