"""Transitions made ready to run: formulas found, accounts and their limits understood, and the keys that they read.

Done once per transition and catalog; running one only evaluates.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from onebook.definition.catalog import Catalog
from onebook.definition.model import Must
from onebook.definition.transition import Create, Hold, Settle, Transition
from onebook.engines.process.composing.limits import Call, RoleLimits, understood
from onebook.engines.process.refusals import UnknownForm, UnknownTransition
from onebook.expression.tree import Expression
from onebook.expression.types import Kind
from onebook.ledger.role import Role


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition, and the words that refuse."""

    must: Must
    that: Expression


@dataclass(frozen=True, slots=True)
class ReadyHold:
    """A promise to place."""

    hold: Hold
    on: Call
    quantity: Expression | None
    amount: Expression | None
    due: Expression | None
    priority: Expression | None
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadySettle:
    """A promise to settle."""

    settle: Settle
    of: Expression
    quantity: Expression | None
    amount: Expression | None
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyMove:
    """Goods to move."""

    each: str | None
    quantity: Expression
    amount: Expression | None
    source: Call
    target: Call
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyEntry:
    """Money to book."""

    each: str | None
    amount: Expression
    debit: Call
    credit: Call
    when: Expression | None


@dataclass(frozen=True, slots=True)
class ReadyLines:
    """Rows to make in a further document."""

    each: str
    when: Expression | None
    fields: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class ReadyCreate:
    """A further document to make."""

    create: Create
    when: Expression | None
    fields: Mapping[str, Expression]
    lines: Mapping[str, ReadyLines]


@dataclass(frozen=True, slots=True)
class ReadyTransition:
    """A transition of a form, ready to be composed. `needs`: the keys of the record that composing reads."""

    form: str
    name: str
    declaration: Transition
    dated_by: str | None
    on: Expression | None
    requires: tuple[Requirement, ...]
    sets: Mapping[str, Expression]
    holds: tuple[ReadyHold, ...]
    settles: tuple[ReadySettle, ...]
    moves: tuple[ReadyMove, ...]
    entries: tuple[ReadyEntry, ...]
    creates: tuple[ReadyCreate, ...]
    needs: frozenset[str]

    @property
    def asks_ledger(self) -> bool:
        """Whether it has any effect on the ledger."""
        return bool(self.declaration.releases or self.holds or self.settles or self.moves or self.entries)


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
            settles=tuple(map(self._settle, step.settles)),
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
            needs=frozenset(self._needs),
        )

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

    def _settle(self, settle: Settle) -> ReadySettle:
        return ReadySettle(
            settle,
            self._read(settle.of, settle.each),
            self._maybe(settle.quantity, settle.each, Kind.NUMBER),
            self._maybe(settle.amount, settle.each, Kind.NUMBER),
            self._maybe(settle.when, settle.each, Kind.FLAG),
        )

    def _create(self, create: Create) -> ReadyCreate:
        return ReadyCreate(
            create,
            self._maybe(create.when, None, Kind.FLAG),
            {name: self._read(text, None) for name, text in create.fields.items()},
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
