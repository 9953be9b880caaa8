"""The records of a file against what is there: found again by key, computed, checked, compared."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, any_, bindparam, select

from onebook.access.actor import Actor
from onebook.definition.form import Form
from onebook.engines.form.changes import changes_of
from onebook.engines.form.checks import problems_of
from onebook.engines.form.compute import compute
from onebook.engines.form.draft import by_target, company_keys
from onebook.engines.form.editable import not_editable
from onebook.engines.form.gather import NewIds, gather
from onebook.engines.form.linked import Linked, Pointed, union
from onebook.engines.form.linked_load import LinkedLoad
from onebook.engines.form.load import RecordLoad
from onebook.engines.form.rows import OUTER, Row, copied
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.items import Item
from onebook.engines.process.importing.mapping import NUMBER
from onebook.engines.process.importing.request import Watch
from onebook.engines.process.importing.twins import find_twins
from onebook.engines.table.compiled import compiled
from onebook.engines.table.joins import Joins
from onebook.engines.table.predicate import permitted
from onebook.engines.table.rights import rights
from onebook.expression.python import Context, evaluate
from onebook.expression.sql import context_parameters
from onebook.storage.transaction import Transaction
from onebook.values.refusal import Problem

#: How often a watcher is told.
EVERY = 1000
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
        self._keys = self._compiled.keys | self._scope_keys()

    def find(self, transaction: Transaction, key: Sequence[str]) -> None:
        """Find records again by the key; two records of one key in the file, or in the company, are wrong."""
        if not key:
            return
        seen: dict[tuple[Any, ...], Item] = {}
        for item in self.items:
            values = tuple(item.values.get(name) for name in key)
            if None in values:
                continue
            first = seen.setdefault(values, item)
            if first is not item:
                item.problems.append(Problem("importing.twice", key[0], item.number, {"row": first.number}))
        joins = Joins(self._ground.tables, self._form.form)
        columns = [joins.column(name) for name in key]
        same = [
            column == any_(bindparam(f"key_{place}", type_=ARRAY(column.type))) for place, column in enumerate(columns)
        ]
        query = select(joins.root.c.id, *columns).where(permitted(self._rights, joins), *same)
        query = query.select_from(joins.from_clause())
        given = {f"key_{place}": list({values[place] for values in seen}) for place in range(len(key))}
        (rows,) = transaction.run(compiled(query).bound({**context_parameters(self._context), **given}))
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
        if fresh and self._rights.create is None:
            for item in fresh:
                item.problems.append(Problem("importing.may_not_create", None, item.number))
            fresh = []
        ids = NewIds(sum(1 + self._heights(item) for item in sound))
        load = RecordLoad(
            self._ground.forms, self._form.form, sorted(item.existing or 0 for item in known),
            self._compiled.stored | self._keys, self._actor, self._context, lock=True, asks=("update",),
        )  # fmt: skip
        gather(transaction, ids, load)
        numbers = iter(ids.ids)
        started = [(item, self._start(item, numbers)) for item in fresh]
        stood = [pair for item in known if (pair := self._stood(item, load, numbers)) is not None]
        rows = [row for _, row in started] + [row for _, _, row in stood]
        self._compute(transaction, rows)
        for item, row in started:
            self._check(item, row)
            if not item.problems:
                self.new.append((item, row))
        for item, before, after in stood:
            self._compare(item, before, after)
        pairs = [*self.new, *((item, after) for item, _, after in self.changed)]
        self.warnings += find_twins(transaction, self._ground, self._form, pairs)
        self.new = [(item, row) for item, row in self.new if not item.problems]
        self.changed = [one for one in self.changed if not one[0].problems]

    def _heights(self, item: Item) -> int:
        return sum(map(len, item.lines.values()))

    def _start(self, item: Item, ids: Iterator[int]) -> Row:
        """A new record before anything is computed."""
        row: Row = dict(item.values)
        row |= {
            "id": next(ids), "version": 1, "number": item.values.get(NUMBER), "state": self._form.first_state,
            "deleted_at": None, "created_at": self._now, "created_by": self._actor.id,
            "updated_at": self._now, "updated_by": self._actor.id,
        }  # fmt: skip
        for lines in self._form.line_fields:
            row[lines] = [
                {**given, "id": next(ids), "position": place, "parent": row["id"], OUTER: row}
                for place, given in enumerate(item.lines.get(lines, ()), 1)
            ]
        return row

    def _stood(self, item: Item, load: RecordLoad, ids: Iterator[int]) -> tuple[Item, Row, Row] | None:
        """A stored record and what the file makes of it: fields that the file leaves blank stay as they are."""
        assert item.existing is not None
        before = load.row(item.existing)
        if not self._form.is_editable(before.get("state")):
            item.problems.append(Problem("importing.not_editable", None, item.number))
            return None
        if self._rights.update is None:
            item.problems.append(Problem("importing.may_not_update", None, item.number))
            return None
        after = copied(before)
        after.update({name: value for name, value in item.values.items() if name != NUMBER})
        for lines, given in item.lines.items():
            standing: list[Row] = after.get(lines) or []
            rows: list[Row] = []
            for place, values in enumerate(given, 1):
                base = standing[place - 1] if place <= len(standing) else {"id": next(ids), "parent": after["id"]}
                rows.append({**base, **values, "position": place, OUTER: after})
            after[lines] = rows
        return item, before, after

    def _compute(self, transaction: Transaction, rows: Sequence[Row]) -> None:
        """Defaults and formulas of all records; what they read behind links is asked once for all of them."""
        links = self._compiled.links(self._keys)
        linked, keys = Linked(), union(links)
        wanted = _pointed(links, rows)
        load = LinkedLoad(self._ground.forms, linked, wanted, keys, self._context, company=company_keys(links))
        gather(transaction, load)
        plan = self._compiled.plan
        starts = rows
        for _ in range(MOST_ROUNDS):
            missing: set[Pointed] = set()
            for place, row in enumerate(starts):
                if load.company is not None:
                    row["company"] = load.company
                missing |= compute(self._form, plan, links, row, linked, self._context)
                if place % EVERY == 0:
                    self._watch("compute", place, len(starts))
            if not missing:
                return
            gather(
                transaction, LinkedLoad(self._ground.forms, linked, by_target(frozenset(missing)), keys, self._context)
            )

    def _check(self, item: Item, row: Row) -> None:
        for problem in problems_of(self._form, self._compiled.plan, row, self._context):
            item.add(problem, _lines_of(self._form, problem.field))
        scope = self._rights.create
        if item.existing is None and scope not in ("all", None) and not isinstance(scope, str):
            assert scope is not None
            if evaluate(scope, row, self._context) is not True:
                item.problems.append(Problem("importing.may_not_create", None, item.number))

    def _compare(self, item: Item, before: Row, after: Row) -> None:
        changes = changes_of(self._form, before, after)
        if not changes:
            self.unchanged.append(item)
            return
        scope = self._rights.update
        if scope not in ("all", None) and not isinstance(scope, str):
            assert scope is not None
            if evaluate(scope, before, self._context) is not True:
                item.problems.append(Problem("importing.may_not_update", None, item.number))
        typed = frozenset(name for name in changes.columns if name in item.values)
        changed: Mapping[tuple[str | None, int | None], frozenset[str]] = {(None, None): typed}
        for problem in not_editable(self._compiled.plan, before, changed, self._context):
            item.add(problem)
        self._check(item, after)
        if not item.problems:
            self.changed.append((item, before, after))

    def _scope_keys(self) -> frozenset[str]:
        """What the scopes of creating and changing read."""
        found: frozenset[str] = frozenset()
        for scope in (self._rights.create, self._rights.update):
            if scope is not None and not isinstance(scope, str):
                found |= scope.paths
        return found


def _lines_of(form: Form, key: str | None) -> str | None:
    first = (key or "").partition(".")[0]
    return first if first in form.line_fields else None


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
