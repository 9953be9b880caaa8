"""The records of a file against what is there: found again by key, computed, checked, compared."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import and_, select

from onebook.access.actor import Actor
from onebook.definition.form import Form
from onebook.engines.form.changed import remember_old
from onebook.engines.form.changes import changes_of
from onebook.engines.form.checks import problems_among
from onebook.engines.form.compute import compute_all, rows_of, settled
from onebook.engines.form.draft import by_target, company_keys
from onebook.engines.form.editable import locked_fields, not_editable, touched_of
from onebook.engines.form.gather import NewIds, gather
from onebook.engines.form.linked import Linked, union
from onebook.engines.form.linked_load import LinkedLoad
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.parse import MOST_ROWS
from onebook.engines.form.refusals import Forbidden
from onebook.engines.form.remembering import Remembering
from onebook.engines.form.rows import OUTER, Row, copied
from onebook.engines.form.unfolding import Unfolding
from onebook.engines.process.approving.waiting import awaits, closed_records
from onebook.engines.process.ground import Ground
from onebook.engines.process.heeding import against_change
from onebook.engines.process.importing.items import Item
from onebook.engines.process.importing.keys_table import keys_table
from onebook.engines.process.importing.mapping import NUMBER
from onebook.engines.process.importing.request import Watch
from onebook.engines.process.importing.twins import find_twins
from onebook.engines.table.compiled import compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted
from onebook.engines.table.rights import rights
from onebook.expression.python import Context, evaluate
from onebook.expression.python import compiled as compiled_formula
from onebook.expression.sql import context_parameters
from onebook.expression.tree import Expression
from onebook.storage.planning import planned_for_values
from onebook.storage.transaction import Transaction
from onebook.values.refusal import Problem

#: How many records are computed together, and how often a watcher is told.
EVERY = 5_000
#: A default may look through a link that another default set; longer chains are no use to anybody.
MOST_ROUNDS = 5


class Batch:
    """All records of one file, decided together. Nothing here writes."""

    def __init__(
        self, ground: Ground, form: Form, actor: Actor, now: datetime, items: Sequence[Item], watch: Watch
    ) -> None:
        """These records for a form."""
        self._ground = ground
        self._form = form
        self._compiled = ground.forms.form(form.form)
        self._actor = actor
        self._now = now
        self._context: Context = ground.context(actor, now)
        self._rights = rights(ground.catalog, actor, form.form)
        self._watch = watch
        self.items = items
        self.new: list[tuple[Item, Row]] = []
        self.changed: list[tuple[Item, Row, Row]] = []
        self.unchanged: list[Item] = []
        self.warnings: list[Problem] = []
        self._keys = (
            self._compiled.keys | self._compiled.unfolds_by | self._scope_keys() | ground.guards.keys(form.form)
        )

    def find(self, transaction: Transaction, key: Sequence[str]) -> None:
        """Find records again by the key; two records of one key in the file, or in the company, are wrong."""
        if not key:
            return
        seen: dict[tuple[Any, ...], Item] = {}
        for item in self.items:
            values = tuple([item.values.get(name) for name in key])
            if None in values:
                continue
            first = seen.setdefault(values, item)
            if first is not item:
                item.problems.append(Problem("importing.twice", key[0], item.number, {"row": first.number}))
        joins = Joins(self._ground.tables, self._form.form)
        columns = [joins.column(name) for name in key]
        parameters = [f"key_{place}" for place in range(len(key))]
        keys = keys_table([column.type for column in columns], *parameters)
        condition = permitted(self._rights, joins)
        same = and_(*(column == keys.c[place] for place, column in enumerate(columns)))
        query = select(joins.root.c.id, *columns).select_from(joins.from_clause().join(keys, same)).where(condition)
        given = {name: [values[place] for values in seen] for place, name in enumerate(parameters)}
        asked = compiled(query).bound({**context_parameters(self._context), **given})
        (rows,) = planned_for_values(transaction, asked)
        for number, *found in rows:
            named = seen.get(tuple(found))
            if named is None:
                continue
            if named.existing is not None:
                named.problems.append(Problem("importing.key_ambiguous", key[0], named.number))
            named.existing = number

    def decide(self, transaction: Transaction) -> None:
        """Compute and check every record that has no problem yet, and sort them into new, changed and unchanged."""
        sound = [item for item in self.items if not item.problems]
        fresh = [item for item in sound if item.existing is None]
        known = [item for item in sound if item.existing is not None]
        if self._rights.create is None:
            for item in fresh:
                item.problems.append(Problem("importing.may_not_create", None, item.number))
            fresh = []
        if self._rights.update is None:
            for item in known:
                item.problems.append(Problem("importing.may_not_update", None, item.number))
            known = []
        self._unfold(transaction, [*fresh, *known])
        ids = NewIds(sum(1 + self._heights(item) for item in (*fresh, *known)))
        load = RecordLoad(
            self._ground.forms, self._form.form, sorted(item.existing or 0 for item in known),
            self._compiled.stored | self._keys, self._actor, self._context, lock=True, asks=("update",),
        )  # fmt: skip
        gather(transaction, ids, load)
        known = self._free(transaction, known)
        numbers = iter(ids.ids)
        started = self._started(fresh, numbers)
        stood = [(item, *self._stood(item, load, numbers)) for item in known]
        self._compute(transaction, [*(row for _, row in started), *(row for _, _, row in stood)])
        self._remember(
            transaction, [*((None, row) for _, row in started), *((before, after) for _, before, after in stood)]
        )
        self._check_new(started)
        self._compare(stood, load)
        touched = {
            before["id"]: frozenset(changes_of(self._form, before, after).columns) for _, before, after in self.changed
        }
        pairs = [*started, *((item, after) for item, _, after in self.changed)]
        pairs = [(item, row) for item, row in pairs if not item.problems]
        self.warnings += find_twins(transaction, self._ground, self._form, pairs, touched)
        self.new = [(item, row) for item, row in started if not item.problems]
        self.changed = [one for one in self.changed if not one[0].problems]

    def _free(self, transaction: Transaction, known: list[Item]) -> list[Item]:
        """Those that wait for nobody's agreement."""
        if not known or not self._ground.approves(self._form.form):
            return known
        closed = closed_records(transaction, [item.existing or 0 for item in known])
        for item in known:
            if item.existing in closed:
                refusal = awaits(self._form, closed[item.existing])
                item.problems.append(Problem(refusal.code, None, item.number, refusal.data))
        return [item for item in known if not item.problems]

    def _unfold(self, transaction: Transaction, items: Sequence[Item]) -> None:
        """Put into place what rows of the file stand for, before they are laid over what is stored."""
        expansions = self._compiled.expansions
        waiting = [
            (item, Unfolding(expansions, self._context), dict(item.line_numbers))
            for item in items
            if any(item.lines.get(one.lines) for one in expansions)
        ]
        while waiting:
            rows = [row for _, row in self._started([item for item, *_ in waiting], count(1))]
            self._compute(transaction, rows)
            opened = []
            for (item, unfolding, numbers), row in zip(waiting, rows, strict=True):
                found = unfolding.unfold(row, item.lines, ())
                for problem in unfolding.problems:
                    known = numbers.get(problem.field or "", [])
                    place = known[problem.row - 1] if problem.row and problem.row <= len(known) else item.number
                    item.problems.append(Problem(problem.code, problem.field, place, problem.data))
                if found is not None and not unfolding.problems:
                    item.unfold(found, unfolding)
                    opened.append((item, unfolding, numbers))
            waiting = opened

    def _heights(self, item: Item) -> int:
        return sum(map(len, item.lines.values())) if item.lines else 0

    def _started(self, items: Sequence[Item], ids: Iterator[int]) -> list[tuple[Item, Row]]:
        """New records before anything is computed."""
        first: Row = {
            "version": 1, "number": None, "state": self._form.first_state, "deleted_at": None,
            "created_at": self._now, "created_by": self._actor.id,
            "updated_at": self._now, "updated_by": self._actor.id,
        }  # fmt: skip
        declared = tuple(self._form.line_fields)
        started = []
        for item in items:
            row: Row = {**first, **item.values, "id": next(ids)}
            for lines in declared:
                row[lines] = [
                    {**given, "id": next(ids), "position": place, "parent": row["id"], OUTER: row}
                    for place, given in enumerate(item.lines.get(lines, ()), 1)
                ]
            started.append((item, row))
        return started

    def _stood(self, item: Item, load: RecordLoad, ids: Iterator[int]) -> tuple[Row, Row]:
        """A stored record and what the file makes of it: fields that the file leaves blank stay as they are."""
        assert item.existing is not None
        before = load.row(item.existing)
        after = copied(before)
        after.update({name: value for name, value in item.values.items() if name != NUMBER})
        for lines, given in item.lines.items():
            standing: list[Row] = after.get(lines) or []
            rows: list[Row] = []
            for place, values in enumerate(given, 1):
                base = standing[place - 1] if place <= len(standing) else {"id": next(ids), "parent": after["id"]}
                rows.append({**base, **values, "position": place, OUTER: after})
            after[lines] = rows
        if self._compiled.plan.reads_old:
            remember_old(self._form, before, after)
        return before, after

    def _compute(self, transaction: Transaction, rows: Sequence[Row]) -> None:
        """Defaults and formulas of all records; what they read behind links is asked once for all of them.

        Whoever looks through a link that a default has set waits for one more round, from the same start."""
        links = self._compiled.links(self._keys)
        linked, keys = Linked(), union(links)
        company = company_keys(links)
        load = LinkedLoad(self._ground.forms, linked, _pointed(links, rows), keys, self._context, company=company)
        gather(transaction, load)
        defaults = [step for step in self._compiled.plan.steps if step.formula is None]
        for start in range(0, len(rows), EVERY):
            self._watch("compute", start, len(rows))
            part = rows[start : start + EVERY]
            for row in part if load.company is not None else ():
                row["company"] = load.company
            lacking = [
                (step.name, [own for row in part for own in rows_of(row, step.lines) if step.name not in own])
                for step in defaults
            ]
            for rounds in range(1, MOST_ROUNDS + 1):
                missing = compute_all(self._compiled.plan, links, part, linked, self._context)
                if not missing or rounds == MOST_ROUNDS:
                    break
                gather(transaction, LinkedLoad(self._ground.forms, linked, by_target(missing), keys, self._context))
                for name, holders in lacking:
                    for own in holders:
                        del own[name]

    def _remember(self, transaction: Transaction, rows: Sequence[tuple[Row | None, Row]]) -> None:
        """Figures of the book that the records remember, all in one question; then the formulas over them."""
        plan = self._compiled.plan
        if not plan.remembered:
            return
        remembering = Remembering(plan.remembered, self._context)
        for before, after in rows:
            remembering.fill(after, before)
        gather(transaction, remembering)
        for before, after in rows:
            remembering.fill(after, before)
            for step in plan.steps:
                if step.formula is not None:
                    for own in rows_of(after, step.lines):
                        own[step.name] = settled(step.field, evaluate(step.formula, own, self._context))

    def _check_new(self, started: Sequence[tuple[Item, Row]]) -> None:
        """What is wrong with new records; fields that they may not have yet, and the scope of creating, included."""
        self._check(started)
        for conditions in self._compiled.plan.conditions:
            if conditions.editable is None:
                continue
            may = compiled_formula(conditions.editable)
            for item, row in started:
                given = [item.values] if conditions.lines is None else item.lines.get(conditions.lines, ())
                for place, (values, own) in enumerate(zip(given, rows_of(row, conditions.lines), strict=True), 1):
                    is_given = values.get(conditions.name) is not None and item.is_typed(conditions.lines, place)
                    if is_given and may(own, self._context) is not True:
                        where = place if conditions.lines else None
                        item.add(Problem("form.field_locked", conditions.key, where), conditions.lines)
        scope = self._rights.create
        if isinstance(scope, Expression):
            permits = compiled_formula(scope)
            for item, row in started:
                if permits(row, self._context) is not True:
                    item.problems.append(Problem("importing.may_not_create", None, item.number))
        guards = self._ground.guards
        for item, row in started if self._form.form in guards.forms else ():
            for problem in guards.against_new(self._form.form, row, self._context, self._actor):
                item.add(problem)

    def _check(self, pairs: Sequence[tuple[Item, Row]]) -> None:
        lines = self._form.line_fields
        for item, _ in pairs:
            for name, rows in item.lines.items():
                if len(rows) > MOST_ROWS:
                    item.add(Problem("form.too_many_rows", name, None, {"most": MOST_ROWS, "rows": len(rows)}))
        for position, problem in problems_among(
            self._form, self._compiled.plan, [row for _, row in pairs], self._context
        ):
            first = (problem.field or "").partition(".")[0]
            pairs[position][0].add(problem, first if first in lines else None)

    def _compare(self, stood: Sequence[tuple[Item, Row, Row]], load: RecordLoad) -> None:
        """Tell changed records from unchanged ones, and refuse what may not be changed, as if it had been typed."""
        changed: list[tuple[Item, Row, Row]] = []
        for item, before, after in stood:
            if not changes_of(self._form, before, after):
                self.unchanged.append(item)
                continue
            try:
                load.require("update", before["id"])
            except Forbidden:
                item.problems.append(Problem("importing.may_not_update", None, item.number))
                continue
            touched = touched_of(self._form, before, after)
            for problem in locked_fields(self._form, before, touched):
                item.add(problem)
            for problem in not_editable(self._compiled.plan, before, touched, self._context):
                item.add(problem, (problem.field or "").partition(".")[0] if problem.row else None)
            for problem in against_change(self._ground, self._form.form, before, after, self._context, self._actor):
                item.add(problem)
            changed.append((item, before, after))
        self._check([(item, after) for item, _, after in changed])
        self.changed = [one for one in changed if not one[0].problems]

    def _scope_keys(self) -> frozenset[str]:
        """What the scopes of creating and changing read."""
        found: frozenset[str] = frozenset()
        for scope in (self._rights.create, self._rights.update):
            if scope is not None and not isinstance(scope, str):
                found |= scope.paths
        return found


def _pointed(links: Sequence[Any], rows: Sequence[Row]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for link in links:
        if not link.keys:
            continue
        ids = found.setdefault(link.target, set())
        for row in rows:
            for own in [row] if link.lines is None else row.get(link.lines) or ():
                number = own.get(link.name)
                if number:
                    ids.add(number)
    return {target: frozenset(ids) for target, ids in found.items() if ids}
