"""Asking before-rules about a change: which fields it is of, and what they were."""

from onebook.access.actor import Actor
from onebook.engines.form.changed import remember_old
from onebook.engines.form.changes import changes_of
from onebook.engines.form.rows import Row, copied
from onebook.engines.process.ground import Ground
from onebook.expression.python import Context
from onebook.values.refusal import Problem


def against_change(ground: Ground, form: str, before: Row, after: Row, context: Context, actor: Actor) -> list[Problem]:
    """What before-rules say against bringing a record from one state to another."""
    if form not in ground.guards.forms:
        return []
    declared = ground.catalog.forms[form]
    changes = changes_of(declared, before, after)
    changed = set(changes.columns)
    for lines, rows in changes.rows.items():
        cells = declared.fields[lines].fields or {}
        moved = set(cells) if rows.added or rows.removed else set()
        moved |= {name for row, old in rows.changed for name in cells if row.get(name) != old.get(name)}
        changed |= {f"{lines}.{name}" for name in moved} | ({lines} if rows else set())
    row = copied(after)
    remember_old(declared, before, row)
    return ground.guards.against_change(form, changed, row, context, actor)
