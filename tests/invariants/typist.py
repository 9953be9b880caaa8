"""Somebody who knows no business and types any declared document: fields by their kinds, links to what is there, steps
in any order. New documents are typed as soon as they are declared."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.transition import Transition
from onebook.engines.process.command import Action, Bin, Create, Restore, Reverse, Run, Update
from onebook.engines.process.outcome import Outcome
from onebook.storage.transaction import Rows
from onebook.values.reference import RecordRef
from onebook.values.refusal import Refusal

Ask = Callable[..., Rows]
Do = Callable[[Action], Outcome | Refusal]

DAYS: Final = ("2026-01-20", "2026-02-14", "2026-03-01", *["2026-03-10"] * 4, "2026-03-14")
#: Days on which things end or are due.
LATER: Final = (*DAYS, "2026-06-30", "2027-01-31")
#: What a number may be, by its kind, where nothing earlier suggests one.
NUMBERS: Final[Mapping[FieldKind, Sequence[str]]] = {
    FieldKind.QUANTITY: ("1", "1", "2", "3", "5", "0.5", "7.25", "40"),
    FieldKind.PRICE: ("10", "3.333333", "0.01", "99.99", "0"),
    FieldKind.MONEY: ("0.01", "3.34", "10", "33.33", "150", "4000"),
    FieldKind.PERCENT: ("0", "0.06", "0.13"),
    FieldKind.NUMBER: ("1", "2", "30"),
}
SCALES: Final = {FieldKind.MONEY: 2, FieldKind.NUMBER: 0}
#: How many of a form's newest records somebody looks at.
LOOKED_AT: Final = 24
#: How often somebody types again what a refusal names.
MENDS: Final = 2
#: How far back somebody goes to make what another document needs.
DEEP: Final = 5


@dataclass(frozen=True)
class Found:
    """A record or a row that a link may lead to."""

    id: int
    #: It is beyond its first state, or has no states.
    is_live: bool
    #: What its own links lead to, by form.
    leads: Mapping[str, int]
    #: The record that it is a row of, and what that leads to.
    above: Mapping[str, int]
    figures: Mapping[FieldKind, Sequence[Decimal]]

    def fits(self, known: Mapping[str, int]) -> bool:
        """Nothing that it leads to is another than what is known already."""
        around = {**self.above, **self.leads}
        return all(around.get(form, id) == id for form, id in known.items())


@dataclass
class Typist:
    """One person at work. `done` counts which steps of which forms were taken; `told` keeps why others were refused."""

    ask: Ask
    do: Do
    form: Callable[[str], Form]
    chance: random.Random
    #: Whether steps that have no way back may be taken.
    may_all: bool = True
    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: list[tuple[str, str]] = field(default_factory=list)

    def act(self, action: Action) -> Outcome | Refusal:
        """Do it and count it."""
        answer = self.do(action)
        if isinstance(answer, Refusal):
            form = action.record.form if hasattr(action, "record") else action.form
            self.told.append((form, f"{type(action).__name__}: {answer}"))
            return answer
        then = action.transition if isinstance(action, Run) else getattr(action, "then", None)
        if then is not None:
            self.done[answer.record.form, then] += 1
        return answer

    def make(self, name: str) -> Outcome | Refusal | None:
        """A document of a form, with a step in the same breath or without. None: something that it needs is missing."""
        form = self.form(name)
        values = self.values(form)
        if values is None:
            return None
        steps = [step for step in self.effective(form) if form.first_state in form.transitions[step].source]
        then = self.chance.choice(steps) if steps and self.chance.random() < 0.7 else None
        answer = self.act(Create(name, values, then))
        for _ in range(MENDS):
            if isinstance(answer, Outcome) or not self._mend(form, values, answer):
                break
            answer = self.act(Create(name, values, then))
        return answer

    def bring_about(self, name: str, deep: int = DEEP) -> bool:
        """A document of a form with its effects; what it needs is made first. Whether it succeeded."""
        form = self.form(name)
        for needed in self._needs(form) if deep > 0 else ():
            is_wanted = self._is_document(needed) and self.chance.random() < 0.3
            if is_wanted or not any(found.is_live for found in self._found(needed)):
                self.bring_about(needed.partition(".")[0], deep - 1)
        answer = self.make(name) or self.make(name)
        if not isinstance(answer, Outcome):
            return False
        if not form.transitions:
            return True
        before = sum(self.done[name, step] for step in self.effective(form))
        for _ in range(6):
            # Half of them go on: what is received can be inspected as well.
            if self._is_beyond(answer.record) and self.chance.random() < 0.5:
                break
            stepped = self.step(answer.record)
            if isinstance(stepped, Refusal):
                self._type_more(answer.record)
            elif stepped is not None:
                answer = stepped
        # What a document has made lies before whoever goes on with it.
        for made in answer.created:
            if self.chance.random() < 0.7:
                self.step(made)
        return sum(self.done[name, step] for step in self.effective(form)) > before or self._is_beyond(answer.record)

    def step(self, record: RecordRef) -> Outcome | Refusal | None:
        """A step that the record's state allows, rather one with effects. None: there is none."""
        form = self.form(record.form)
        if not form.states:
            return None
        [(state, version)] = self.ask(f'SELECT state, version FROM "{record.form}" WHERE id = %(id)s', id=record.id)
        open_steps = [name for name, step in sorted(form.transitions.items()) if state in step.source]
        open_steps = [name for name in open_steps if self.may_all or form.transitions[name].irreversible is None]
        if not open_steps:
            return None
        weights = [self._weight(form, state, form.transitions[name]) for name in open_steps]
        [chosen] = self.chance.choices(open_steps, weights)
        if form.transitions[chosen].edits:
            return self.act(Update(record, version, self._changes(form, record, form.transitions[chosen]), then=chosen))
        return self.act(Run(record, chosen))

    def move_on(self, forms: Sequence[str]) -> Outcome | Refusal | None:
        """A step of any document."""
        record = self.any_record(forms)
        return None if record is None else self.step(record)

    def try_anything(self, forms: Sequence[str]) -> Outcome | Refusal | None:
        """Any step of any document, whatever its state."""
        record = self.any_record(forms)
        if record is None:
            return None
        steps = sorted(
            name for name, step in self.form(record.form).transitions.items()
            if self.may_all or step.irreversible is None
        )  # fmt: skip
        return self.act(Run(record, self.chance.choice(steps))) if steps else None

    def undo(self, forms: Sequence[str]) -> Outcome | Refusal | None:
        """The last step of any document taken back, with what stands on it or without."""
        record = self.any_record(forms)
        return None if record is None else self.act(Reverse(record, followers=self.chance.random() < 0.4))

    def change(self, forms: Sequence[str]) -> Outcome | Refusal | None:
        """Other figures and days for a document that may still be changed, or no longer."""
        record = self.any_record(forms)
        if record is None:
            return None
        return self._type_more(record)

    def throw_away(self, forms: Sequence[str]) -> Outcome | Refusal | None:
        """Into the bin, or out of it."""
        record = self.any_record(forms, is_any=True)
        if record is None:
            return None
        return self.act(Restore(record) if self.chance.random() < 0.4 else Bin(record))

    def any_record(self, forms: Sequence[str], *, is_any: bool = False) -> RecordRef | None:
        """One of the newest records of some forms; those in the bin too if `is_any`."""
        where = "true" if is_any else "deleted_at IS NULL"
        every = " UNION ALL ".join(f"SELECT '{form}' AS form, id FROM \"{form}\" WHERE {where}" for form in forms)
        found = self.ask(f"SELECT form, id FROM ({every}) AS every ORDER BY id DESC LIMIT {LOOKED_AT}")
        return RecordRef(*self.chance.choice(found)) if found else None

    def effective(self, form: Form) -> list[str]:
        """The steps of a form that bring something about in the book, and may be taken."""
        return [
            name for name, step in sorted(form.transitions.items())
            if has_effects(step) and is_forward(step) and (self.may_all or step.irreversible is None)
        ]  # fmt: skip

    def values(self, form: Form) -> dict[str, Any] | None:
        """What somebody types into a new record. The links of the first rows are chosen first: what they lead to is
        what the record must lead to as well. None: a link has nothing to lead to."""
        known: dict[str, int] = {}
        values: dict[str, Any] = {}
        filled: dict[str, list[dict[str, Any]]] = {}
        lines = {name: one for name, one in form.line_fields.items() if one.editable != "FALSE"}
        for name, declared in lines.items():
            if declared.at_least or self.chance.random() < 0.9:
                row = self._row(declared.fields or {}, known)
                if row is not None:
                    filled[name] = [row]
                elif declared.at_least:
                    return None
        own = self._record(form, known)
        if own is None:
            return None
        values.update(own)
        heads = {target(one): known[target(one)] for one in form.fields.values() if target(one) in known}
        for name, rows in filled.items():
            for _ in range(self.chance.choice((0, 0, 1, 2))):
                fields = lines[name].fields or {}
                if (row := self._mirrored(fields, rows[-1])) is None:
                    row = self._row(fields, dict(heads))
                if row is not None:
                    rows.append(row)
            values[name] = rows
        return values

    def _record(self, form: Form, known: dict[str, int]) -> dict[str, Any] | None:
        fields = {name: one for name, one in form.fields.items() if one.kind is not FieldKind.LINES}
        return self._filled(fields, known, known, form.dated_by)

    def _row(self, fields: Mapping[str, FieldDeclaration], known: dict[str, int]) -> dict[str, Any] | None:
        """Values of a row. What stands above the rows that it leads to becomes known."""
        return self._filled(fields, known, dict(known), None)

    def _mend(self, form: Form, values: dict[str, Any], refusal: Refusal) -> bool:
        """Type anew, or leave out, what a refusal names. Whether it named anything."""
        mended = False
        for problem in refusal.problems:
            name, _, inner = (problem.field or "").partition(".")
            declared, place = form.fields.get(name), values
            if declared is not None and inner:
                rows = values.get(name, ())
                if problem.row is None or not 0 < problem.row <= len(rows):
                    continue
                declared, place, name = (declared.fields or {}).get(inner), rows[problem.row - 1], inner
            if declared is None or declared.kind is FieldKind.LINES or not declared.is_typed:
                continue
            mended = True
            if name in place and (declared.required != "TRUE" or declared.default is not None):
                del place[name]
            elif declared.kind is not FieldKind.LINK:
                place[name] = self._value(name, declared, {}, form.dated_by)
        return mended

    def _mirrored(self, fields: Mapping[str, FieldDeclaration], row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Where a row has two figures of one kind that need not be given, now and then what balances it: the same
        figure on the other side. None: another row."""
        sides = [name for name, one in fields.items() if one.is_typed and one.kind in NUMBERS and not one.required
                 and one.default is None]  # fmt: skip
        if len(sides) != 2 or fields[sides[0]].kind != fields[sides[1]].kind or self.chance.random() < 0.3:
            return None
        one, other = sides
        return {**row, one: row.get(other), other: row.get(one)}

    def _filled(
        self, fields: Mapping[str, FieldDeclaration], above: dict[str, int], known: dict[str, int], dated: str | None
    ) -> dict[str, Any] | None:
        values: dict[str, Any] = {}
        used: dict[str, set[int]] = {}
        figures: dict[FieldKind, list[Decimal]] = {}
        typed = {name: one for name, one in fields.items() if one.is_typed and one.editable != "FALSE"}
        links = {name: one for name, one in typed.items() if one.kind is FieldKind.LINK}
        for name, one in sorted(links.items(), key=lambda item: self._order(item[1])):
            if not self._is_given(one):
                continue
            found = self._chosen(one, known, used.setdefault(target(one), set()))
            if found is None:
                if one.required == "TRUE":
                    return None
                continue
            values[name] = found.id
            used[target(one)].add(found.id)
            for kind, numbers in found.figures.items():
                figures.setdefault(kind, []).extend(numbers)
            if "." not in target(one):
                known.setdefault(target(one), found.id)
            for form, id in {**found.above, **found.leads}.items():
                known.setdefault(form, id)
            for form, id in (found.above if "." in target(one) else found.leads).items():
                above.setdefault(form, id)
        for name, one in typed.items():
            if one.kind is not FieldKind.LINK and self._is_given(one):
                given = self._value(name, one, figures, dated)
                if given is not None:
                    values[name] = given
        return values

    def _order(self, one: FieldDeclaration) -> tuple[int, bool]:
        """Rows of documents say most, then documents, then what all share; what must be given before the rest."""
        return 0 if "." in target(one) else 1 if self._is_document(target(one)) else 2, one.required is None

    def _is_document(self, form: str) -> bool:
        return self.form(form.partition(".")[0]).kind == "document"

    def _is_given(self, one: FieldDeclaration) -> bool:
        if one.required == "TRUE" and one.default is None:
            return True
        return self.chance.random() < (0.25 if one.default is not None else 0.4)

    def _chosen(self, one: FieldDeclaration, known: Mapping[str, int], used: set[int]) -> Found | None:
        found = [each for each in self._found(target(one)) if each.id not in used]
        if not found:
            return None
        fitting = found
        if self.chance.random() < 0.95:
            fitting = [each for each in found if known.get(target(one), each.id) == each.id and each.fits(known)]
            fitting = fitting or [each for each in found if each.fits(known)]
            if not fitting and (one.required is None or self._is_document(target(one))):
                return None
        if self.chance.random() < 0.95:
            fitting = [each for each in fitting if each.is_live] or fitting
        # The newest are what people work at.
        return (fitting or found)[min(int(self.chance.expovariate(0.3)), len(fitting or found) - 1)]

    def _found(self, to: str) -> list[Found]:
        """What a link may lead to, the newest first."""
        name, _, lines = to.partition(".")
        form = self.form(name)
        state = "d.state" if form.states else "NULL"
        own = {n: one for n, one in form.fields.items() if one.kind is FieldKind.LINK}
        rows = {} if not lines else (form.fields[lines].fields or {})
        said = rows or form.fields
        numbers = {n: one for n, one in said.items() if one.kind in NUMBERS}
        links = {n: one for n, one in said.items() if one.kind is FieldKind.LINK}
        first = "l" if lines else "d"
        columns = [f"{first}.id", "d.id", state, *(f'd."{n}"' for n in own), *(f'{first}."{n}"' for n in links)]
        columns += [f'{first}."{n}"' for n in numbers]
        source = f'"{name}" d' + (f' JOIN "{name}__{lines}" l ON l.parent = d.id' if lines else "")
        told = self.ask(
            f"SELECT {', '.join(columns)} FROM {source} WHERE d.deleted_at IS NULL"
            f" ORDER BY {first}.id DESC LIMIT {LOOKED_AT}"
        )
        forward = {step.target for step in form.transitions.values() if is_forward(step)}
        answer = []
        for id, parent, at, *rest in told:
            record = _leads(own, rest)
            figures: dict[FieldKind, list[Decimal]] = {}
            for one, number in zip(numbers.values(), rest[len(own) + len(links) :], strict=True):
                if number is not None and number > 0:
                    figures.setdefault(one.kind, []).append(number)
            leads = _leads(links, rest[len(own) :]) if lines else record
            above = {name: parent, **record} if lines else {}
            is_live = at is None or (at in forward if forward else at != form.first_state)
            answer.append(Found(id, is_live, leads, above, figures))
        return answer

    def _value(
        self, name: str, one: FieldDeclaration, figures: Mapping[FieldKind, Sequence[Decimal]], dated: str | None
    ) -> Any:
        match one.kind:
            case kind if kind in NUMBERS:
                if figures.get(kind) and self.chance.random() < 0.7:
                    number = self.chance.choice(figures[kind])
                    if self.chance.random() < 0.3:
                        scale = one.scale if one.scale is not None else SCALES.get(kind, 6)
                        number = (number / 3).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
                    return str(number)
                return self.chance.choice(NUMBERS[kind])
            case FieldKind.DATE:
                return self.chance.choice(DAYS if name == dated else LATER)
            case FieldKind.FLAG:
                return self.chance.random() < 0.5
            case FieldKind.CHOICE:
                return self.chance.choice(sorted(one.options or {})) if one.options else None
            case FieldKind.TEXT:
                return "".join(self.chance.choices("123456789", k=self.chance.choice((8, 20))))
            case FieldKind.MONTH:
                return self.chance.choice(("2026-01", "2026-02"))
        return None

    def _changes(self, form: Form, record: RecordRef, step: Transition | None) -> dict[str, Any]:
        """A few other figures, choices and days; of rows the first one's. Of what a step lets be changed, if one is
        given."""
        allowed = None if step is None else {name.partition(".")[0] for name in step.edits}
        values: dict[str, Any] = {}
        for name, one in form.fields.items():
            if not one.is_typed or one.editable == "FALSE" or (allowed is not None and name not in allowed):
                continue
            if one.kind is FieldKind.LINES:
                if self.chance.random() < 0.8:
                    values[name] = self._other_rows(form, name, record, step)
            elif one.kind is not FieldKind.LINK and self.chance.random() < 0.25:
                given = self._value(name, one, {}, form.dated_by)
                if given is not None:
                    values[name] = given
        return values

    def _other_rows(self, form: Form, lines: str, record: RecordRef, step: Transition | None) -> list[dict[str, Any]]:
        table = f"{form.form}__{lines}"
        rows = self.ask(f'SELECT id FROM "{table}" WHERE parent = %(id)s ORDER BY position', id=record.id)
        fields = form.fields[lines].fields or {}
        changed = [{"id": row[0]} for row in rows]
        if changed:
            numbers = [name for name, one in fields.items() if one.is_typed and one.kind in NUMBERS]
            if step is not None:
                numbers = [name for name in numbers if f"{lines}.{name}" in step.edits]
            for name in self.chance.sample(numbers, min(len(numbers), 1)):
                changed[0][name] = self._value(name, fields[name], {}, None)
            if len(changed) > 1 and self.chance.random() < 0.2:
                changed.pop()
        if self.chance.random() < 0.2 and (step is None or lines in step.edits):
            row = self._row(fields, {})
            if row is not None:
                changed.append(row)
        return changed

    def _type_more(self, record: RecordRef) -> Outcome | Refusal:
        [(version,)] = self.ask(f'SELECT version FROM "{record.form}" WHERE id = %(id)s', id=record.id)
        return self.act(Update(record, version, self._changes(self.form(record.form), record, None)))

    def _needs(self, form: Form) -> list[str]:
        """The forms, or their rows, that a record cannot be without, and now and then those of other documents."""
        links = [one for one in form.fields.values() if one.kind is FieldKind.LINK]
        for lines in form.line_fields.values():
            links += [one for one in (lines.fields or {}).values() if one.kind is FieldKind.LINK]
        return [
            target(one) for one in links
            if one.is_typed and one.default is None
            and (one.required or (self._is_document(target(one)) and self.chance.random() < 0.3))
        ]  # fmt: skip

    def _weight(self, form: Form, state: str, step: Transition) -> int:
        """How likely a step is taken: rather one that brings something about, or leads to where that can be."""
        if step.target == state:
            return 2
        if is_forward(step):
            return 6
        leads_on = any(step.target in form.transitions[name].source for name in self.effective(form))
        return 3 if leads_on or self._is_on_the_way(form, step.target) else 1

    def _is_on_the_way(self, form: Form, state: str) -> bool:
        further = {step.target for step in form.transitions.values() if state in step.source}
        return any(set(form.transitions[name].source) & further for name in self.effective(form))

    def _is_beyond(self, record: RecordRef) -> bool:
        form = self.form(record.form)
        if not form.states:
            return True
        [(state,)] = self.ask(f'SELECT state FROM "{record.form}" WHERE id = %(id)s', id=record.id)
        return any(state == step.target for step in map(form.transitions.get, self.effective(form)) if step)


def target(one: FieldDeclaration) -> str:
    """Where a link leads; nothing for other fields."""
    return one.to or ""


def has_effects(step: Transition) -> bool:
    """Whether a step does something to the book: facts, promises, or what becomes of them."""
    return step.posts or bool(step.holds or step.settles or step.unsettles or step.releases or step.reholds)


def is_forward(step: Transition) -> bool:
    """Whether a step brings something about, as opposed to ending it."""
    return step.posts or bool(step.holds or step.creates or step.draws or step.reholds)


def _leads(links: Mapping[str, FieldDeclaration], values: Sequence[Any]) -> dict[str, int]:
    """What links lead to, by form; the first one counts."""
    found: dict[str, int] = {}
    for one, id in zip(links.values(), values, strict=False):
        if id is not None and "." not in target(one):
            found.setdefault(target(one), id)
    return found
