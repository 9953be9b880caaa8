"""A record that does not exist yet: values from outside or from a transition, made whole and checked."""

from collections.abc import Mapping, Sequence
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.scope import USERS
from onebook.engines.form.checks import problems_of
from onebook.engines.form.compute import compute
from onebook.engines.form.duplicates import DuplicateCheck
from onebook.engines.form.forms import Forms
from onebook.engines.form.gather import NewIds, Together
from onebook.engines.form.linked import Linked, Pointed, union
from onebook.engines.form.linked_load import LinkedLoad
from onebook.engines.form.parse import parse_values
from onebook.engines.form.plan import LinkKeys, Plan
from onebook.engines.form.refusals import Duplicated, Forbidden, Invalid
from onebook.engines.form.remembering import Remembering
from onebook.engines.form.rows import OUTER, Row, absolute
from onebook.engines.form.unfolding import Unfolding
from onebook.engines.table.rights import Rights, rights
from onebook.expression.python import Context, evaluate
from onebook.expression.tree import Expression
from onebook.storage.transaction import Rows, Statement
from onebook.values.refusal import Problem

#: A default may look through a link that another default set, and so on; longer chains than this are no use to anybody.
MOST_ROUNDS = 5


class NewRecord:
    """Wants what a new record looks at: ids, linked records, the company's record, duplicates; then makes it whole."""

    def __init__(
        self,
        forms: Forms,
        form: str,
        values: Mapping[str, Any],
        actor: Actor,
        context: Context,
        *,
        parsed: bool = False,
        keys: frozenset[str] = frozenset(),
        known: Linked | None = None,
        accept_warnings: bool = False,
        preview: bool = False,
        identity: int | None = None,
    ) -> None:
        """Begin a record.

        Args:
            forms: the compiled forms.
            form: which form it is of.
            values: JSON values by field, lines as lists of rows; with `parsed`, Python values.
            actor: who makes it.
            context: the clock and the user.
            parsed: the values come from a declaration, not from the user: rights and scopes do not apply.
            keys: what else will be read of it (a transition that follows at once).
            known: linked records that somebody has read already.
            accept_warnings: the user has seen that there are others like it.
            preview: nothing will be written: stand-ins for ids, no locks, and rows stay as they are typed.
            identity: the id that was kept for it; only its rows want new ones then.

        Refuses with form.forbidden, form.invalid.
        """
        self._forms, self._form = forms, forms.form(form)
        self._actor, self._context = actor, context
        self._identity = identity
        self._rights: Rights = rights(forms.catalog, actor, form)
        self._is_typed = not parsed
        self._accepts = accept_warnings or parsed
        if self._is_typed and self._rights.create is None:
            raise Forbidden(form=self._form.declaration.label, action="create")
        self._given = dict(values) if parsed else parse_values(self._form.declaration, values, self._rights)
        if self._is_typed:
            self._require_new_rows()
        self._unfolding = Unfolding(() if preview else self._form.expansions, context)
        self._links = self._form.links(self._further(keys if preview else keys | self._form.unfolds_by))
        self._linked = known or Linked()
        count = sum(len(rows) for rows in self._lines().values()) + (identity is None)
        self._ids = NewIds(count, preview=preview)
        self._duplicates = DuplicateCheck(forms, form, actor, context, preview=preview)
        self._duplicates.ask(self._given)
        self._link_load = self._load_links()
        self._remembering = Remembering(self._form.plan.remembered, context)
        self._together = Together([self._ids, self._duplicates, self._link_load, self._remembering])
        self._row: Row | None = None
        self._rounds = 0

    @property
    def id(self) -> int:
        """Its id, once gathered."""
        return self._ids.ids[0] if self._identity is None else self._identity

    def statements(self) -> Sequence[Statement]:
        """What it still wants."""
        statements = self._together.statements()
        while not statements and self._row is None:
            self._computed()
            statements = self._together.statements()
        return statements

    def take(self, results: Sequence[Rows]) -> None:
        """Learn; compute as far as what is known allows, and want what that makes necessary."""
        self._together.take(results)
        self._computed()

    def finish(self) -> Row:
        """The whole record. Refuses with everything that is wrong: form.invalid, form.duplicated, form.forbidden."""
        row, form = self.row, self._form.declaration
        problems = [*self.closed(), *problems_of(form, self._form.plan, row, self._context), *self.locked()]
        problems = self._unfolding.placed([*self._unfolding.problems, *problems])
        refuse(form.label, problems, self.others(), accepts=self._accepts)
        scope = self._rights.create
        if not self._is_typed or not isinstance(scope, Expression):
            return row
        if evaluate(scope, row, self._context) is not True:
            raise Forbidden(form=form.label, action="create")
        return row

    @property
    def row(self) -> Row:
        """The whole record, whatever is wrong with it."""
        assert self._row is not None, "not gathered yet"
        return self._row

    def closed(self) -> list[Problem]:
        """A problem for each given link to a record that is not there, or that the actor may not read."""
        return unreadable(self._form.plan, self._links, self.row, self._link_load.unreadable, self._context)

    def locked(self) -> list[Problem]:
        """A problem for each given field whose `editable` does not hold for the new record."""
        return self._locked(self.row) if self._is_typed else []

    def others(self) -> list[Problem]:
        """A problem for each rule by which there are others like it."""
        return list(self._duplicates.problems())

    def told(self) -> list[Problem]:
        """Everything that speaks against the record as it is: for whoever is still typing it."""
        wrong = problems_of(self._form.declaration, self._form.plan, self.row, self._context)
        return [*wrong, *self.locked(), *self.others()]

    def _require_new_rows(self) -> None:
        """A row that has an id already is another record's."""
        problems = [
            Problem("form.row_unknown", f"{lines}.id", place)
            for lines, rows in self._lines().items()
            for place, row in enumerate(rows, 1)
            if "id" in row
        ]
        if problems:
            raise Invalid(problems, form=self._form.declaration.label)

    def _lines(self) -> dict[str, list[Mapping[str, Any]]]:
        return {name: self._given.get(name) or [] for name in self._form.lines}

    def _further(self, keys: frozenset[str]) -> frozenset[str]:
        """Keys besides those of the plan: the scope of creation reads the new record too."""
        scope = self._rights.create
        if not self._is_typed or not isinstance(scope, Expression):
            return keys
        return keys | absolute(scope.paths)

    def _load_links(self) -> LinkedLoad:
        """Linked records by the ids given; of links that nobody typed, only those that something is read of."""
        ids: dict[str, set[int]] = {}
        for link in self._links:
            for row in [self._given] if link.lines is None else self._lines()[link.lines]:
                number = row.get(link.name)
                if number is not None and (self._is_typed or not self._linked.knows(link.target, number, link.keys)):
                    ids.setdefault(link.target, set()).add(number)
            if link.lines is None and link.name in ("created_by", "updated_by") and link.keys and self._actor.id:
                ids.setdefault(link.target, set()).add(self._actor.id)
        return LinkedLoad(
            self._forms,
            self._linked,
            {target: frozenset(wanted) for target, wanted in ids.items()},
            union(self._links),
            self._context,
            reader=self._actor if self._is_typed else None,
            company=company_keys(self._links),
        )

    def _computed(self) -> None:
        """Compute from the start; a default that looks through an unread link makes one more round."""
        self._rounds += 1
        row = self._start()
        missing = compute(self._form.plan, self._links, row, self._linked, self._context)
        if missing and self._rounds < MOST_ROUNDS:
            keys = union(self._links)
            self._together.add(LinkedLoad(self._forms, self._linked, by_target(missing), keys, self._context))
            return
        if self._unfolds(row):
            return
        if self._form.plan.remembered:
            if not self._remembering.fill(row) and self._rounds < MOST_ROUNDS:
                return
            compute(self._form.plan, self._links, row, self._linked, self._context)
        self._row = row
        self._duplicates.ask(row)

    def _unfolds(self, row: Row) -> bool:
        """Put into place what rows stand for, and compute anew with it. Whether there were such rows."""
        closed = unreadable(self._form.plan, self._links, row, self._link_load.unreadable, self._context)
        lines = self._unfolding.unfold(row, self._lines(), closed)
        if lines is None:
            return False
        self._given = {**self._given, **lines}
        self._rounds = 0
        self._ids.need(sum(map(len, self._lines().values())) + (self._identity is None))
        if behind := pointed_in(lines, self._links, self._linked):
            self._together.add(LinkedLoad(self._forms, self._linked, behind, union(self._links), self._context))
        return True

    def _start(self) -> Row:
        """The record before anything is computed: what was given, and what every record has."""
        form, context = self._form.declaration, self._context
        row: Row = {name: value for name, value in self._given.items() if name not in self._form.lines}
        row |= {
            "id": self.id, "version": 1, "number": None, "state": form.first_state, "deleted_at": None,
            "created_at": context.now, "created_by": self._actor.id,
            "updated_at": context.now, "updated_by": self._actor.id,
        }  # fmt: skip
        if self._link_load.company is not None:
            row["company"] = self._link_load.company
        ids = iter(self._ids.ids[self._identity is None :])
        for lines, given in self._lines().items():
            row[lines] = [
                {**values, "id": next(ids), "position": place, "parent": row["id"], OUTER: row}
                for place, values in enumerate(given, 1)
            ]
        return row

    def _locked(self, row: Row) -> list[Problem]:
        """Given fields whose `editable` does not hold for the new record."""
        problems = []
        for conditions in self._form.plan.conditions:
            if conditions.editable is None:
                continue
            given = [self._given] if conditions.lines is None else self._lines()[conditions.lines]
            rows = [row] if conditions.lines is None else row[conditions.lines]
            for place, (values, own) in enumerate(zip(given, rows, strict=True), 1):
                is_given = values.get(conditions.name) is not None and self._unfolding.is_typed(conditions.lines, place)
                if is_given and evaluate(conditions.editable, own, self._context) is not True:
                    problems.append(Problem("form.field_locked", conditions.key, place if conditions.lines else None))
        return problems


def unreadable(plan: Plan, links: Sequence[LinkKeys], row: Row, gone: set[Pointed], context: Context) -> list[Problem]:
    """A problem for each link to a record that is not there, or that the actor may not read. Nobody is refused
    themselves, nor what the field's default would have given."""
    problems = []
    defaults = {(step.lines, step.name): step.default for step in plan.steps} if gone else {}
    for link in links if gone else ():
        key = f"{link.lines}.{link.name}" if link.lines else link.name
        default = defaults.get((link.lines, link.name))
        for place, own in enumerate([row] if link.lines is None else row.get(link.lines) or [], 1):
            number = own.get(link.name)
            if (link.target, number) not in gone or (link.target, number) == (USERS, context.me):
                continue
            if default is None or evaluate(default, own, context) != number:
                problems.append(Problem("form.link_missing", key, place if link.lines else None))
    return problems


def pointed_in(
    lines: Mapping[str, Sequence[Mapping[str, Any]]], links: Sequence[LinkKeys], linked: Linked
) -> dict[str, frozenset[int]]:
    """The records that rows point at, of which something is read that nobody has read yet."""
    found: set[Pointed] = set()
    for link in links:
        for row in lines.get(link.lines or "", ()) if link.keys else ():
            number = row.get(link.name)
            if number is not None and not linked.knows(link.target, number, link.keys):
                found.add((link.target, number))
    return by_target(frozenset(found))


def refuse(label: object, problems: Sequence[Problem], others: Sequence[Problem], *, accepts: bool) -> None:
    """Refuse if anything is wrong: with all of it at once."""
    blocking = [one for one in others if one.code != "form.duplicate_warning"]
    if problems:
        raise Invalid([*problems, *blocking], form=label)
    if blocking or (others and not accepts):
        raise Duplicated(others, form=label)


def company_keys(links: Sequence[LinkKeys]) -> frozenset[str]:
    """What is read of the company's own record."""
    return next((link.keys for link in links if link.lines is None and link.name == "company"), frozenset())


def by_target(pointed: frozenset[Pointed]) -> dict[str, frozenset[int]]:
    """The ids by target."""
    ids: dict[str, set[int]] = {}
    for target, number in pointed:
        ids.setdefault(target, set()).add(number)
    return {target: frozenset(wanted) for target, wanted in ids.items()}
