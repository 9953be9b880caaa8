"""Putting back what a step changed in its record: fields that it set, and fields and rows that were edited with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.transition import Transition
from onebook.engines.form.changes import ADDED, CHANGED, ORDER, REMOVED, mapping_of, row_columns, unplain
from onebook.engines.form.compute import rows_of, settled
from onebook.engines.form.forms import CompiledForm
from onebook.engines.form.plan import Place, places
from onebook.engines.form.rows import OUTER, Row, copied
from onebook.engines.process.composing.fresh import stale_places, stale_steps
from onebook.engines.process.keeping.steps import TARGET
from onebook.engines.process.refusals import ChangedSince
from onebook.expression.python import Context, evaluate
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Problem

#: What the step changed, and what was edited in the same command: each time that the record took such a step stands in
#: the trail once, in the order of the steps, and what was edited with it right before it.
_TOLD: Final = """
WITH target AS ({target}),
stepped AS (
    SELECT version, at, by, changes FROM onebook_change
    WHERE record = %(record)s AND action = (SELECT transition FROM target) ORDER BY id
    OFFSET (SELECT count(*) FROM onebook_step AS earlier JOIN target ON earlier.transition = target.transition
        WHERE earlier.record = %(record)s AND earlier.reverses IS NULL AND earlier.id < target.id)
    LIMIT 1)
SELECT stepped.changes, coalesce(edited.changes, '{{}}') FROM stepped LEFT JOIN onebook_change AS edited
    ON edited.record = %(record)s AND edited.action = 'update' AND edited.version = stepped.version - 1
    AND (edited.at, edited.by) = (stepped.at, stepped.by)
""".format(target=TARGET.format(columns="id, transition"))

#: What the trail tells about a record or a row: its field by field, old and new.
_Told = Mapping[str, Any]


class TrailOfStep:
    """Wants what a step of a record, or its latest, changed in the record, and what was edited with it."""

    def __init__(self, record: int, step: int | None) -> None:
        """Ask for a step."""
        self.stepped: _Told = {}
        self.edited: _Told = {}
        self._known = {"record": record, "step": step}
        self._is_asked = False

    def statements(self) -> Sequence[Statement]:
        """One statement, once."""
        return () if self._is_asked else (Statement(_TOLD, self._known),)

    def take(self, results: Sequence[Rows]) -> None:
        """What the trail tells of both."""
        self._is_asked = True
        if results[0]:
            self.stepped, self.edited = results[0][0]


def before_step(
    form: CompiledForm, row: Row, step: Transition, state: str | None, trail: TrailOfStep, context: Context
) -> Row:
    """The record as it was before a step, in this state. What was merely saved together with it stays.

    What was edited with the step gets the very values that it had; what moves by itself, as meters do, follows them.
    Refuses with process.changed_since, naming every one, what somebody changed again since."""
    work = _PuttingBack(form, copied(row))
    work.row["state"] = state
    work.again.add((None, "state"))
    for name in step.sets:
        if name in trail.stepped:
            work.row[name] = unplain(form.declaration.fields[name], trail.stepped[name][0])
            work.again.add((None, name))
    if step.edits:
        work.edited(trail.edited)
    if work.problems:
        raise ChangedSince(work.problems, form=form.declaration.label, count=len(work.problems))
    work.refresh(context)
    return work.row


class _PuttingBack:
    """The record on its way back; what stands against it gathers on the way."""

    def __init__(self, form: CompiledForm, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []
        #: What is computed again, with all that reads it.
        self.again: set[Place] = set()
        self._form = form
        #: Rows that come back, of whose links nothing was read: their formulas are what they were.
        self._returned: set[int] = set()
        declared = form.declaration
        meters = [(lines, name) for lines, name, field in places(declared) if field.meter is not None]
        self._moving = stale_places(declared, form.plan, meters)

    def edited(self, told: _Told) -> None:
        """Put back what was edited."""
        fields = self._form.declaration.fields
        for name, pair in told.items():
            field = fields.get(name)
            if field is None:
                continue
            if field.kind is FieldKind.LINES:
                self._rows(name, field, told)
            else:
                self._value(self.row, None, name, field, pair)

    def refresh(self, context: Context) -> None:
        """Compute again what does not come back by itself."""
        for step in stale_steps(self._form.declaration, self._form.plan, self.again):
            for own in rows_of(self.row, step.lines):
                if step.formula is not None and (step.lines is None or own["id"] not in self._returned):
                    own[step.name] = settled(step.field, evaluate(step.formula, own, context))

    def _value(
        self, own: Row, place: tuple[str, int] | None, name: str, field: FieldDeclaration, pair: Sequence[Any]
    ) -> None:
        """Give a field the value that it had, as long as it still has the one that it was given."""
        lines = None if place is None else place[0]
        old, new = (unplain(field, value) for value in pair)
        is_other = own.get(name) != new
        if field.formula is not None and (is_other or (lines, name) in self._moving):
            self.again.add((lines, name))
        elif is_other:
            self._problem(name, field, place)
        else:
            own[name] = old

    def _rows(self, lines: str, declared: FieldDeclaration, told: _Told) -> None:
        fields = dict(row_columns(declared))
        rows = rows_of(self.row, lines)
        places = {own["id"]: (lines, place) for place, own in enumerate(rows, 1)}
        known = {own["id"]: own for own in rows}
        for number, pairs in mapping_of(told, lines, CHANGED).items():
            if number not in known:
                self._problem(lines, declared, None)
                continue
            for name, pair in pairs.items():
                if name in fields:
                    self._value(known[number], places[number], name, fields[name], pair)
        added = mapping_of(told, lines, ADDED)
        for number, values in added.items():
            if number not in known:
                self._problem(lines, declared, None)
            for name in _changed_in(known.get(number, {}), values, fields):
                self._problem(name, fields[name], places[number])
        kept = [own for own in rows if own["id"] not in added]
        for number, values in mapping_of(told, lines, REMOVED).items():
            own = {name: unplain(field, values.get(name)) for name, field in fields.items()}
            kept.append(own | {"id": number, "parent": self.row["id"], OUTER: self.row})
            self._returned.add(number)
        order = {number: place for place, number in enumerate(told[lines].get(ORDER, ()))}
        kept.sort(key=lambda own: order.get(own["id"], len(order)))
        for place, own in enumerate(kept, 1):
            own["position"] = place
        self.row[lines] = kept

    def _problem(self, name: str, field: FieldDeclaration, place: tuple[str, int] | None) -> None:
        key = name if place is None else f"{place[0]}.{name}"
        self.problems.append(Problem(ChangedSince.cause, key, place and place[1], {"label": field.label}))


def _changed_in(own: Row, values: Mapping[str, Any], fields: Mapping[str, FieldDeclaration]) -> Iterator[str]:
    """What was typed into a row that was added, and is not what stands there."""
    for name, field in fields.items():
        if own and field.formula is None and own.get(name) != unplain(field, values.get(name)):
            yield name
