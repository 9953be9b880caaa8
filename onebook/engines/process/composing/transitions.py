"""Transitions made ready to run: formulas found, accounts and their limits understood, and the keys that they read.

Done once per transition and catalog; running one only evaluates.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from onebook.definition.catalog import Catalog
from onebook.definition.check.goods import document_of, roles_moved
from onebook.definition.transition import (
    Convert,
    Cost,
    Create,
    GiveBack,
    Given,
    Hold,
    Make,
    Revalue,
    Settle,
    Taken,
    Unsettle,
)
from onebook.engines.process.composing.approvals import ready_approval
from onebook.engines.process.composing.limits import Call, RoleLimits, understood
from onebook.engines.process.composing.ready import (
    ReadyConvert,
    ReadyCost,
    ReadyCreate,
    ReadyEntry,
    ReadyGiveBack,
    ReadyHold,
    ReadyLines,
    ReadyMake,
    ReadyMove,
    ReadyPart,
    ReadyRevalue,
    ReadySettle,
    ReadyTransition,
    ReadyUnsettle,
    Requirement,
)
from onebook.engines.process.refusals import UnknownForm, UnknownTransition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.ledger.role import Role


@dataclass(slots=True)
class Transitions:
    """The transitions of a catalog, each made ready when it is first needed."""

    catalog: Catalog
    roles: Mapping[str, Role]
    _ready: dict[tuple[str, str], ReadyTransition] = field(default_factory=dict)
    _limits: dict[str, RoleLimits] = field(default_factory=dict)

    def of(self, form: str, name: str) -> ReadyTransition:
        """The transition of that name. Refuses with UnknownForm or UnknownTransition."""
        found = self._ready.get((form, name))
        if found is None:
            if form not in self.catalog.forms:
                raise UnknownForm(form=form)
            if name not in self.catalog.forms[form].transitions:
                raise UnknownTransition(form=self.catalog.forms[form].label, transition=name)
            found = self._ready[form, name] = _Making(self, form).ready(name)
        return found

    def limits(self, role: str) -> RoleLimits:
        """What bounds the accounts of a role."""
        if role not in self._limits:
            self._limits[role] = understood(self.catalog, role)
        return self._limits[role]


class _Making:
    """Making one form's transitions ready; collects the keys on the way."""

    def __init__(self, transitions: Transitions, form: str) -> None:
        self._transitions = transitions
        self._catalog = transitions.catalog
        self._form = form
        self._needs: set[str] = set()

    def ready(self, name: str) -> ReadyTransition:
        form = self._catalog.forms[self._form]
        step = form.transitions[name]
        self._needs = {form.dated_by} if form.dated_by else set()
        return ReadyTransition(
            form=self._form,
            name=name,
            declaration=step,
            dated_by=form.dated_by,
            on=self._maybe(step.on, None, Kind.DATE),
            requires=tuple(Requirement(must, self._read(must.that, None, Kind.FLAG)) for must in step.requires),
            sets={key: self._read(text, None) for key, text in step.sets.items()},
            holds=tuple(map(self._hold, step.holds)),
            reholds=tuple(self._hold(self._catalog.holds(self._form)[name]) for name in step.reholds),
            settles=tuple(map(self._settle, step.settles)),
            unsettles=tuple(map(self._unsettle, step.unsettles)),
            makes=tuple(map(self._make, step.makes)),
            moves=tuple(
                ReadyMove(
                    move.each,
                    self._read(move.quantity, move.each, Kind.NUMBER),
                    self._maybe(move.amount, move.each, Kind.NUMBER),
                    self._call(move.source, move.each),
                    self._call(move.target, move.each),
                    self._maybe(move.when, move.each, Kind.FLAG),
                )
                for move in step.moves
            ),
            converts=tuple(map(self._convert, step.converts)),
            gives_back=tuple(map(self._give_back, step.gives_back)),
            revalues=tuple(map(self._revalue, step.revalues)),
            entries=tuple(
                ReadyEntry(
                    entry.each,
                    self._read(entry.amount, entry.each, Kind.NUMBER),
                    self._call(entry.debit, entry.each),
                    self._call(entry.credit, entry.each),
                    self._maybe(entry.when, entry.each, Kind.FLAG),
                )
                for entry in step.entries
            ),
            creates=tuple(map(self._create, step.creates)),
            approval=None if step.approval is None else ready_approval(step.approval, self._own),
            needs=frozenset(self._needs),
        )

    def _own(self, text: str, expects: Kind) -> Expression:
        return self._read(text, None, expects)

    def _hold(self, hold: Hold) -> ReadyHold:
        return ReadyHold(
            hold,
            self._call(hold.on, hold.each),
            self._maybe(hold.quantity, hold.each, Kind.NUMBER),
            self._maybe(hold.amount, hold.each, Kind.NUMBER),
            self._maybe(hold.due, hold.each, Kind.DATE),
            self._maybe(hold.priority, hold.each, Kind.NUMBER),
            self._maybe(hold.when, hold.each, Kind.FLAG),
        )

    def _settle(self, settle: Settle | Unsettle) -> ReadySettle:
        return ReadySettle(
            settle,
            self._read(settle.of, settle.each),
            self._maybe(settle.quantity, settle.each, Kind.NUMBER),
            self._maybe(settle.amount, settle.each, Kind.NUMBER),
            self._maybe(settle.when, settle.each, Kind.FLAG),
        )

    def _unsettle(self, unsettle: Unsettle) -> ReadyUnsettle:
        return ReadyUnsettle(self._settle(unsettle), self._read(unsettle.reopens, unsettle.each, Kind.FLAG))

    def _make(self, make: Make) -> ReadyMake:
        self._needs.add(f"{make.each}.{make.into}" if make.each else make.into)
        fields = {name: self._read(text, make.each) for name, text in make.fields.items()}
        return ReadyMake(make, self._maybe(make.when, make.each, Kind.FLAG), fields)

    def _convert(self, convert: Convert) -> ReadyConvert:
        return ReadyConvert(
            convert.through,
            tuple(map(self._taken, convert.takes)),
            tuple(map(self._given, convert.gives)),
            tuple(map(self._cost, convert.costs)),
            self._maybe(convert.when, None, Kind.FLAG),
        )

    def _taken(self, taken: Taken) -> ReadyPart:
        quantity = self._read(taken.quantity, taken.each, Kind.NUMBER)
        when = self._maybe(taken.when, taken.each, Kind.FLAG)
        return ReadyPart(taken.each, quantity, self._call(taken.source, taken.each), None, when)

    def _given(self, given: Given) -> ReadyPart:
        quantity = self._read(given.quantity, given.each, Kind.NUMBER)
        weight = self._read(given.weight, given.each, Kind.NUMBER)
        when = self._maybe(given.when, given.each, Kind.FLAG)
        return ReadyPart(given.each, quantity, self._call(given.target, given.each), weight, when)

    def _cost(self, cost: Cost) -> ReadyCost:
        return ReadyCost(
            cost.each,
            self._read(cost.amount, cost.each, Kind.NUMBER),
            self._call(cost.credit, cost.each),
            self._maybe(cost.when, cost.each, Kind.FLAG),
        )

    def _give_back(self, effect: GiveBack) -> ReadyGiveBack:
        of = self._read(effect.of, effect.each, Kind.LINK)
        at = self._call(effect.at, effect.each)
        leaving, _ = roles_moved(self._catalog, str(of.type.of))
        return ReadyGiveBack(
            effect.each,
            of,
            self._read(document_of(effect.of, str(of.type.of)), effect.each, Kind.LINK),
            self._read(effect.quantity, effect.each, Kind.NUMBER),
            at,
            1 if at.role.account in leaving else -1,
            self._maybe(effect.when, effect.each, Kind.FLAG),
        )

    def _revalue(self, effect: Revalue) -> ReadyRevalue:
        of = self._read(effect.of, effect.each, Kind.LINK)
        return ReadyRevalue(
            effect.each,
            of,
            self._read(document_of(effect.of, str(of.type.of)), effect.each, Kind.LINK),
            self._read(effect.amount, effect.each, Kind.NUMBER),
            self._call(effect.at, effect.each),
            self._call(effect.gone, effect.each),
            self._call(effect.against, effect.each),
            self._maybe(effect.when, effect.each, Kind.FLAG),
        )

    def _create(self, create: Create) -> ReadyCreate:
        each = create.each
        return ReadyCreate(
            create,
            self._maybe(create.when, None, Kind.FLAG),
            each,
            self._maybe(create.by, each),
            {name: self._read(text, each) for name, text in create.fields.items()},
            {
                name: ReadyLines(
                    lines.each,
                    self._maybe(lines.when, lines.each, Kind.FLAG),
                    {column: self._read(text, lines.each) for column, text in lines.fields.items()},
                )
                for name, lines in create.lines.items()
            },
        )

    def _maybe(self, text: str | None, each: str | None, expects: Kind | None = None) -> Expression | None:
        return None if text is None else self._read(text, each, expects)

    def _read(self, text: str, each: str | None, expects: Kind | None = None) -> Expression:
        expression = self._catalog.formula(text, self._form, each, expects)
        self._needs.update(keys_of(expression.paths, each))
        return expression

    def _call(self, text: str, each: str | None) -> Call:
        found = self._catalog.account_call(text, self._form, each)
        for argument in found.arguments.values():
            self._needs.update(keys_of(argument.paths, each))
        call = Call.of(found.role, found.arguments, self._transitions.limits(found.role.account))
        self._needs.update(keys_of(call.paths, each))
        return call


def keys_of(paths: Iterable[str], each: str | None) -> Iterator[str]:
    """Paths of a formula of a row (`item.name`, `^.party`) as keys of its record (`lines.item.name`, `party`)."""
    for path in paths:
        if path.startswith("^."):
            yield path[2:]
        else:
            yield f"{each}.{path}" if each else path
