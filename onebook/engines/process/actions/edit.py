"""Changing a record, putting it into the recycle bin and bringing it back: the road of what touches no ledger."""

from onebook.engines.form.changed import Changed, ChangedRecord
from onebook.engines.form.changes import changes_of
from onebook.engines.form.compute import rows_of
from onebook.engines.form.plan import Place
from onebook.engines.form.save import updating
from onebook.engines.process.command import Update
from onebook.engines.process.composing.fresh import stale_places
from onebook.engines.process.outcome import Outcome
from onebook.engines.process.road import Road


def update(road: Road, action: Update) -> Outcome:
    """Give fields other values. Refuses with form.forbidden, form.stale, form.locked, form.invalid, form.duplicated."""
    changing = ChangedRecord(
        road.ground.forms,
        action.record.form,
        action.record.id,
        action.version,
        action.values,
        road.actor,
        road.context,
        accept_warnings=action.accept_warnings,
        preview=road.is_preview,
    )
    earlier = road.begin(changing)
    if earlier is not None:
        return earlier
    changed = changing.finish()
    _keep_facts(road, action.record.form, changed)
    saved = updating(road.ground.forms, action.record.form, changed.before, changed.after, road.actor, road.now)
    outcome = Outcome(action.record, saved.version, changed.before.get("state"), changed.before.get("number"))
    return road.end(outcome, saved.statements)


def _keep_facts(road: Road, form: str, changed: Changed) -> None:
    """Of a record that has left its editable states only formulas over the changed fields are computed anew:
    what it was posted with stays, whatever its links say today."""
    compiled = road.ground.forms.form(form)
    declared = compiled.declaration
    if declared.is_editable(changed.before.get("state")):
        return
    changes = changes_of(declared, changed.before, changed.after)
    typed: set[Place] = {(None, name) for name in changes.columns if declared.fields[name].is_typed}
    for lines, rows in changes.rows.items():
        typed |= {(lines, name) for name in declared.fields[lines].fields or {}} if rows else set()
    stale = stale_places(declared, compiled.plan, typed)
    for step in compiled.plan.steps:
        if step.formula is None or (step.lines, step.name) in stale:
            continue
        before = {row["id"]: row for row in rows_of(changed.before, step.lines)}
        for row in rows_of(changed.after, step.lines):
            if row["id"] in before:
                row[step.name] = before[row["id"]][step.name]
