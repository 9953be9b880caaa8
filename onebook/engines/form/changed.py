"""A record that a user changes: what they gave laid over what is stored, made whole and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.field import FieldKind
from onebook.definition.form import Form
from onebook.engines.form.checks import problems_of
from onebook.engines.form.compute import compute, rows_of
from onebook.engines.form.draft import MOST_ROUNDS, by_target, company_keys, pointed_in, refuse, unreadable
from onebook.engines.form.duplicates import DuplicateCheck
from onebook.engines.form.editable import Touched, beyond, locked_fields, not_editable, touched_of
from onebook.engines.form.editors.conflict import merged
from onebook.engines.form.editors.since import Trail
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import NewIds, Together
from onebook.engines.form.linked import Linked, union
from onebook.engines.form.linked_load import LinkedLoad
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.parse import parse_values
from onebook.engines.form.plan import Plan
from onebook.engines.form.pointing import RowsInUse
from onebook.engines.form.refusals import Forbidden, Invalid, Locked, Stale
from onebook.engines.form.remembering import Remembering
from onebook.engines.form.rows import OUTER, Row, copied
from onebook.engines.form.unfolding import Lines, Unfolding
from onebook.engines.table.rights import rights
from onebook.expression.python import Context
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Problem


@dataclass(frozen=True, slots=True)
class Changed:
    """A record before and after a change, as `save.updating` wants it."""

    before: Row
    after: Row


class ChangedRecord:
    """Wants a stored record, and all that its new values look at; then lays the values over it."""

    def __init__(
        self,
        forms: Forms,
        form: str,
        record: int,
        version: int | None,
        values: Mapping[str, Any],
        actor: Actor,
        context: Context,
        *,
        keys: frozenset[str] = frozenset(),
        accept_warnings: bool = False,
        preview: bool = False,
        lock: bool = True,
        opens: frozenset[str] = frozenset(),
        writes: frozenset[str] = frozenset(),
    ) -> None:
        """Begin a change.

        Args:
            forms: the compiled forms.
            form: which form the record is of.
            record: its id.
            version: the version that the user saw; what others changed since is merged or refused field by field.
                None: whatever it is now.
            values: JSON values of the fields to change. Lines are given whole: rows with `id` stay and change where
                they give fields, rows without are new, rows left out are removed.
            actor: who changes it.
            context: the clock and the user.
            keys: what else will be read of it.
            accept_warnings: the user has seen that there are others like it.
            preview: nothing will be written: no locks, stand-ins for ids, and rows stay as they are typed.
            lock: lock the record at once; otherwise whoever asks watches it, and locks it later.
            opens: fields that a step which follows lets be changed, whatever the state; whoever may take the step may.
            writes: fields that the step itself writes: nobody types them, so that no condition of theirs is asked.

        Refuses with form.forbidden, form.invalid.
        """
        self._forms, self._form = forms, forms.form(form)
        self._opens, self._writes = opens | writes, writes
        self._actor, self._context, self._version = actor, context, version
        self._accepts, self._record = accept_warnings, record
        self._rights = rights(forms.catalog, actor, form)
        if self._rights.read is None or (self._rights.update is None and not self._opens):
            raise Forbidden(form=self._form.declaration.label, action="update")
        self._values = parse_values(self._form.declaration, values, self._rights)
        self._unfolding = Unfolding(() if preview else self._form.expansions, context)
        self._unfolded: Lines = {}
        keys = keys if preview else keys | self._form.unfolds_by
        self._links = self._form.links(keys)
        self._linked = Linked()
        wanted, locks = self._form.stored | self._form.keys | keys, lock and not preview
        self._load = RecordLoad(forms, form, [record], wanted, actor, context, lock=locks, asks=("update",))
        self._trail = Trail(forms, record, version)
        self._ids = NewIds(self._new_rows(self._values), preview=preview)
        self._duplicates = DuplicateCheck(forms, form, actor, context, record=record, preview=preview)
        self._link_load = self._load_links()
        self._duplicates.ask(self._values)
        self._remembering = Remembering(self._form.plan.remembered, context)
        self._rows_in_use = RowsInUse(forms, form, actor)
        self._together = Together(
            [
                self._load, self._trail, self._ids, self._link_load, self._duplicates, self._remembering,
                self._rows_in_use,
            ]
        )  # fmt: skip
        self._changed: Changed | None = None
        self._conflicts: list[Problem] = []
        self._rounds = 0

    def statements(self) -> Sequence[Statement]:
        """What it still wants."""
        statements = self._together.statements()
        while not statements and self._unfolded and self._changed is None:
            self._computed()
            statements = self._together.statements()
        return statements

    def take(self, results: Sequence[Rows]) -> None:
        """Learn; compute as far as what is known allows. Refuses with form.not_found."""
        self._together.take(results)
        self._computed()

    def finish(self) -> Changed:
        """The record before and after. Refuses with form.forbidden, form.stale, form.locked, form.invalid,
        form.duplicated, each with everything that is wrong."""
        form, changed = self._form.declaration, self.changed
        if self._conflicts or (self._version or 0) > changed.before["version"]:
            raise Stale(self._conflicts, form=form.label, id=self._record, version=changed.before["version"])
        touched = touched_of(form, changed.before, changed.after)
        if self._opens and any(beyond(touched, self._opens).values()):
            self._load.require("update", self._record)
        locked = [*locked_fields(form, changed.before, beyond(touched, self._opens))]
        if locked:
            state = form.states[changed.before["state"]].label if form.states else None
            raise Locked(locked, form=form.label, state=state)
        wrong = [*self._unfolding.problems, *self.closed(), *self._wrong(changed, touched)]
        problems = self._unfolding.placed(wrong)
        refuse(form.label, problems, self._others(touched), accepts=self._accepts)
        return changed

    @property
    def changed(self) -> Changed:
        """The record before and after, whatever is wrong with it. Refuses with form.forbidden."""
        assert self._changed is not None, "not gathered yet"
        if not self._opens:
            self._load.require("update", self._record)
        return self._changed

    def closed(self) -> list[Problem]:
        """A problem for each given link to a record that is not there, or that the actor may not read."""
        after = self.changed.after
        return unreadable(self._form.plan, self._links, after, self._link_load.unreadable, self._context)

    def told(self) -> list[Problem]:
        """Everything that speaks against the record as it would be: for whoever is still typing it."""
        form, changed = self._form.declaration, self.changed
        touched = touched_of(form, changed.before, changed.after)
        locked = locked_fields(form, changed.before, beyond(touched, self._opens))
        return [*locked, *self._wrong(changed, touched), *self._others(touched)]

    def _wrong(self, changed: Changed, touched: Touched) -> list[Problem]:
        return [
            *not_editable(self._form.plan, changed.before, beyond(touched, self._writes), self._context),
            *self._rows_in_use.problems(),
            *problems_of(self._form.declaration, self._form.plan, changed.after, self._context),
        ]

    def _others(self, touched: Touched) -> list[Problem]:
        return list(self._duplicates.problems(touched[None, None]))

    def _new_rows(self, values: Mapping[str, Any]) -> int:
        lines = self._form.lines
        return sum("id" not in row for name in lines for row in values.get(name) or [])

    def _load_links(self) -> LinkedLoad:
        ids: dict[str, set[int]] = {}
        for link in self._links:
            for row in [self._values] if link.lines is None else self._values.get(link.lines) or []:
                number = row.get(link.name)
                if number is not None:
                    ids.setdefault(link.target, set()).add(number)
        return LinkedLoad(
            self._forms,
            self._linked,
            {target: frozenset(wanted) for target, wanted in ids.items()},
            union(self._links),
            self._context,
            reader=self._actor,
            company=company_keys(self._links),
        )

    def _computed(self) -> None:
        self._rounds += 1
        before = self._load.row(self._record)
        values, conflicts = self._values, list[Problem]()
        if self._version is not None and before["version"] != self._version:
            values, conflicts = merged(self._form.declaration, before, self._values, self._trail.changes)
        self._conflicts = conflicts
        values = {**values, **self._unfolded}
        learn(self._linked, self._links, before)
        self._kept_are_readable(before)
        after = self._laid(before, values)
        missing = compute(self._form.plan, self._links, after, self._linked, self._context)
        if missing and self._rounds < MOST_ROUNDS:
            keys = union(self._links)
            self._together.add(LinkedLoad(self._forms, self._linked, by_target(missing), keys, self._context))
            return
        if self._unfolds(before, after, values):
            return
        if self._form.plan.remembered:
            if not self._remembering.fill(after, before) and self._rounds < MOST_ROUNDS:
                return
            compute(self._form.plan, self._links, after, self._linked, self._context)
        self._changed = Changed(before, after)
        self._duplicates.ask_changed(before, after)
        self._rows_in_use.ask(before, after)

    def _unfolds(self, before: Row, after: Row, values: Mapping[str, Any]) -> bool:
        """Put into place what new rows stand for, and compute anew with it. Whether there were such rows."""
        given = {name: values[name] or [] for name in self._form.lines if name in values}
        closed = unreadable(self._form.plan, self._links, after, self._link_load.unreadable, self._context)
        lines = self._unfolding.unfold(after, given, closed, before)
        if lines is None:
            return False
        self._unfolded |= lines
        self._rounds = 0
        self._ids.need(self._new_rows({**values, **lines}))
        if behind := pointed_in(lines, self._links, self._linked):
            self._together.add(LinkedLoad(self._forms, self._linked, behind, union(self._links), self._context))
        return True

    def _kept_are_readable(self, before: Row) -> None:
        """Links that stay as they are need not be readable by whoever changes other fields."""
        for link in self._links:
            for row in rows_of(before, link.lines):
                self._link_load.unreadable.discard((link.target, row.get(link.name) or 0))

    def _laid(self, before: Row, values: Mapping[str, Any]) -> Row:
        form = self._form.declaration
        after = copied(before)
        if self._link_load.company is not None:
            after["company"] = self._link_load.company
        ids = iter(self._ids.ids)
        for name, value in values.items():
            field = form.fields[name]
            if field.kind is FieldKind.LINES:
                after[name] = _laid_rows(form, after, name, value or [], ids)
            else:
                after[name] = value
        if self._form.plan.reads_old:
            remember_old(form, before, after)
        return after


def _laid_rows(form: Form, after: Row, lines: str, given: Sequence[Mapping[str, Any]], ids: Any) -> list[Row]:
    """The given rows, each over the stored row of its id; ids of other records are refused."""
    stored = {row["id"]: row for row in rows_of(after, lines)}
    unknown = [
        Problem("form.row_unknown", f"{lines}.id", place)
        for place, row in enumerate(given, 1)
        if "id" in row and row["id"] not in stored
    ]
    if unknown:
        raise Invalid(unknown, form=form.label)
    rows: list[Row] = []
    for place, row in enumerate(given, 1):
        kept = stored[row["id"]] if "id" in row else {"id": next(ids), "parent": after["id"], OUTER: after}
        rows.append({**kept, **row, "position": place})
    return rows


def learn(linked: Linked, links: Any, row: Row) -> None:
    """What a stored record tells about the records that it points at."""
    for link in links:
        for own in rows_of(row, link.lines):
            linked.learn_from(own, link)


def remember_old(form: Form, before: Row, after: Row) -> None:
    """Write what values were before into the row, for `OLD` and `CHANGED`."""
    after |= {f"old.{name}": before.get(name) for name in form.fields}
    for lines, declared in form.line_fields.items():
        stored = {row["id"]: row for row in rows_of(before, lines)}
        for row in rows_of(after, lines):
            old = stored.get(row["id"], {})
            row |= {f"old.{name}": old.get(name) for name in declared.fields or {}}


def recomputed(forms: Forms, form: str, before: Row, sets: Mapping[str, Any], context: Context) -> Row:
    """The record with fields set by a declaration and every formula computed anew. `before` was loaded with
    `CompiledForm.stored | CompiledForm.keys`; what is behind a link that is set to an unread record stays blank."""
    compiled = forms.form(form)
    plan: Plan = compiled.plan
    linked = Linked()
    learn(linked, plan.links, before)
    after = copied(before)
    after |= sets
    if plan.reads_old:
        remember_old(compiled.declaration, before, after)
    compute(plan, plan.links, after, linked, context)
    return after
