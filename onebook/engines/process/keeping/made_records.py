"""Records that a step makes for rows: checked like any other, among each other too, and written together."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from onebook.access.actor import Actor
from onebook.engines.form.draft import NewRecord
from onebook.engines.form.duplicates import rules_of
from onebook.engines.form.forms import CompiledForm, Forms
from onebook.engines.form.linked import Linked
from onebook.engines.form.refusals import Duplicated
from onebook.engines.form.rows import Row
from onebook.engines.form.save_many import inserting_many
from onebook.engines.process.composing.making import Made
from onebook.engines.process.composing.ready import ReadyMake, ReadyTransition
from onebook.expression.python import Context
from onebook.expression.tree import Path
from onebook.storage.transaction import Statement
from onebook.values.refusal import Problem


class MadeRecords:
    """What a step makes; nobody needs the right to make it by hand."""

    def __init__(
        self, forms: Forms, ready: ReadyTransition, made: Sequence[Made], actor: Actor, context: Context,
        keys: Callable[[str], frozenset[str]], *, preview: bool,
    ) -> None:  # fmt: skip
        """Begin them all; what the record has told about its links is not asked again. `keys`: what else will be read
        of a record of a form."""
        self._forms, self._actor, self._context = forms, actor, context
        linked = _told(forms, ready, made)
        self.records = tuple(
            (
                one.form,
                NewRecord(
                    forms, one.form, one.values, actor, context,
                    parsed=True, keys=keys(one.form), known=linked, preview=preview, identity=one.id,
                ),
            )
            for one in made
        )  # fmt: skip

    def finished(self) -> dict[str, list[Row]]:
        """The records by form. Refuses with form.invalid, form.duplicated."""
        rows: defaultdict[str, list[Row]] = defaultdict(list)
        for form, record in self.records:
            rows[form].append(record.finish())
        for form, every in rows.items():
            compiled = self._forms.form(form)
            problems = list(_twice(compiled, every))
            if problems:
                raise Duplicated(problems, form=compiled.declaration.label)
        return rows

    def every(self) -> list[tuple[str, Row]]:
        """The same, one by one with their forms."""
        return [(form, row) for form, rows in self.finished().items() for row in rows]

    def statements(self, now: datetime) -> list[Statement]:
        """What writes them."""
        return [
            statement
            for form, rows in self.finished().items()
            for statement in inserting_many(self._forms, form, rows, self._actor, now, self._context.today)
        ]


def keys_behind(forms: Forms, ready: ReadyTransition) -> frozenset[str]:
    """What the made records read behind links that they take over from the record: read along with it."""
    return frozenset(
        f"{effect.make.each}.{path.key}.{key}" if effect.make.each and not path.up else f"{path.key}.{key}"
        for effect in ready.makes
        for path, _, keys in _passed_on(forms, effect)
        for key in keys
    )


def _told(forms: Forms, ready: ReadyTransition, made: Sequence[Made]) -> Linked:
    """What the record's rows know of the records behind those links."""
    linked = Linked()
    by_target = {(effect.make.form, effect.make.into): effect for effect in ready.makes}
    for one in made:
        for path, target, keys in _passed_on(forms, by_target[one.form, one.into]):
            row = one.rows[0]["^"] if path.up else one.rows[0]
            number = row.get(path.key)
            behind = {key: row[f"{path.key}.{key}"] for key in keys if f"{path.key}.{key}" in row}
            if number is not None and len(behind) == len(keys):
                linked.learn(target, {number: behind}, keys)
    return linked


def _passed_on(forms: Forms, effect: ReadyMake) -> Iterator[tuple[Path, str, frozenset[str]]]:
    """The links that the made record takes over as they are: from where, to which form, and what it reads there."""
    for link in forms.form(effect.make.form).plan.links:
        formula = effect.fields.get(link.name) if link.lines is None else None
        if formula is not None and isinstance(formula.tree, Path) and link.keys:
            yield formula.tree, link.target, link.keys


def _twice(compiled: CompiledForm, rows: Sequence[Row]) -> Iterator[Problem]:
    """A problem for each rule by which two of these are the same; the database only knows what is stored."""
    fields = compiled.declaration.fields
    for rule in rules_of(compiled.declaration):
        seen: dict[tuple[Any, ...], Mapping[str, Any]] = {}
        for row in rows if rule.blocks else ():
            values = tuple(row.get(name) for name in rule.fields)
            if None in values:
                continue
            if values in seen:
                labels = [fields[name].label for name in rule.fields]
                yield Problem(rule.code, rule.fields[0], None, {"label": labels, "others": list(values), "ids": []})
            seen[values] = row
