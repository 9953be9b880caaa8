"""Quantities of a file that are said in packs, once its links are known: exact, in the units of what is counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.field import FieldDeclaration
from onebook.definition.form import Form, Packs
from onebook.engines.form.gather import gather
from onebook.engines.form.linked import Linked
from onebook.engines.form.linked_load import LinkedLoad
from onebook.engines.form.parse_value import Unreadable, parse_value
from onebook.engines.process.ground import Ground
from onebook.engines.process.importing.cells import shown
from onebook.engines.process.importing.items import Item
from onebook.engines.process.importing.links import naming_fields
from onebook.engines.process.importing.mapping import Target
from onebook.engines.process.importing.packs import Packed, Unit, counted, exact, folded
from onebook.engines.table.columns import scale_of
from onebook.engines.table.rights import rights
from onebook.engines.view.sight import Sight
from onebook.expression.python import Context
from onebook.storage.transaction import Transaction
from onebook.values.refusal import Problem

#: The base unit of what is counted, and its larger ones.
_Units = tuple[Unit, Sequence[Unit]]


@dataclass(frozen=True, slots=True)
class _Said:
    """A quantity in packs where it stands: what holds it, its record, and its row in the file."""

    packed: Packed
    holder: dict[str, Any]
    item: Item
    number: int


class Counting:
    """The quantities in packs of one column of a file."""

    def __init__(self, ground: Ground, form: Form, actor: Actor, context: Context, target: Target) -> None:
        """For a quantity of the form into which somebody imports."""
        assert target.field is not None
        self._ground = ground
        self._context = context
        self._target = target
        self._field = target.field
        self._link = str(target.field.counts)
        self._beside: Mapping[str, FieldDeclaration] = (
            (form.fields[target.lines].fields or {}) if target.lines else form.fields
        )
        self._packs = Sight(ground.catalog, actor).packs(form, target.lines, target.field)
        unit = target.field.in_unit
        key = f"{target.lines}.{unit}" if target.lines else unit
        self._may_set_unit = key is not None and rights(ground.catalog, actor, form.form).may_type(key)

    def resolve(self, transaction: Transaction, items: Sequence[Item]) -> None:
        """Put figures and units where packs stood; what cannot be counted is noted as a problem of its row."""
        every = list(self._said(items))
        known = self._known(transaction, every) if every and self._packs is not None else {}
        for said in every:
            del said.holder[self._target.name]
            problem = self._put(said, known)
            if problem is not None:
                said.item.problems.append(problem)

    def _said(self, items: Sequence[Item]) -> Iterator[_Said]:
        name, lines = self._target.name, self._target.lines
        for item in items:
            rows = item.lines.get(lines, []) if lines else [item.values]
            numbers = item.line_numbers.get(lines, []) if lines else [item.number]
            for row, number in zip(rows, numbers, strict=True):
                if isinstance(value := row.get(name), Packed):
                    yield _Said(value, row, item, number)

    def _put(self, said: _Said, known: Mapping[int, _Units]) -> Problem | None:
        goods = said.holder.get(self._link)
        if goods is None:
            # A link that was not found has a problem of its own already.
            is_told = any(problem.row == said.number for problem in said.item.problems)
            return None if is_told else self._problem(said, "importing.packs_of_nothing", self._link)
        found = counted(said.packed, *known[goods]) if goods in known else None
        if found is None:
            return self._problem(said, "importing.unknown_packs", self._link)
        quantity, unit = found
        base, _ = known[goods]
        kept = self._kept(said, base, unit)
        if kept is None:
            return self._problem(said, "importing.packs_and_unit", str(self._field.in_unit))
        number = exact(quantity if kept is unit else quantity * unit.ratio, scale_of(self._field))
        if number is None:
            return self._problem(said, "importing.unknown_packs", self._link)
        try:
            said.holder[self._target.name] = parse_value(self._field, number)
        except Unreadable as unreadable:
            return unreadable.problem(self._target.key, said.number)
        if self._field.in_unit is not None:
            said.holder[self._field.in_unit] = kept.id
        return None

    def _kept(self, said: _Said, base: Unit, unit: Unit) -> Unit | None:
        """The unit of the row: base units where it has none of its own; None where the file names another beside it."""
        if self._field.in_unit is None:
            return base
        given = said.holder.get(self._field.in_unit)
        if given is None:
            return unit if self._may_set_unit else None
        return next((one for one in (unit, base) if one.id == given), None)

    def _known(self, transaction: Transaction, every: Sequence[_Said]) -> dict[int, _Units]:
        """The units of everything that is counted, in one question."""
        packs, forms = self._packs, self._ground.catalog.forms
        assert packs is not None
        target = str(self._beside[self._link].to)
        ids = frozenset(said.holder[self._link] for said in every if said.holder.get(self._link) is not None)
        names = naming_fields(forms[str(forms[target].fields[packs.base].to)])
        own = {packs.base, *(f"{packs.base}.{name}" for name in names)}
        rows = {packs.unit, packs.numerator, packs.denominator, *(f"{packs.unit}.{name}" for name in names)}
        keys = frozenset(own | {f"{packs.lines}.{key}" for key in rows})
        linked = Linked()
        gather(transaction, LinkedLoad(self._ground.forms, linked, {target: ids}, {target: keys}, self._context))
        found: dict[int, _Units] = {}
        for number in ids:
            told = {key: linked.value(target, number, key) for key in own}
            if told[packs.base] is not None:
                base = Unit(told[packs.base], _names(told, packs.base, names), Fraction(1))
                behind = linked.value(target, number, packs.lines) or ()
                found[number] = base, [_larger(row, packs, names) for row in behind if _has_ratio(row, packs)]
        return found

    def _problem(self, said: _Said, code: str, beside: str) -> Problem:
        data = {"value": shown(said.packed.text), "beside": self._beside[beside].label}
        return Problem(code, self._target.key, said.number, data)


def _larger(row: Mapping[str, Any], packs: Packs, names: Sequence[str]) -> Unit:
    ratio = Fraction(row[packs.numerator]) / Fraction(row[packs.denominator])
    return Unit(row[packs.unit], _names(row, packs.unit, names), ratio)


def _has_ratio(row: Mapping[str, Any], packs: Packs) -> bool:
    """Whether the unit is there, and its ratio can be counted with."""
    parts = (row.get(packs.numerator), row.get(packs.denominator))
    return row.get(packs.unit) is not None and all(part is not None and part > 0 for part in parts)


def _names(row: Mapping[str, Any], key: str, names: Sequence[str]) -> frozenset[str]:
    told = (row.get(f"{key}.{name}") for name in names)
    return frozenset(folded(str(one)) for one in told if one is not None)
