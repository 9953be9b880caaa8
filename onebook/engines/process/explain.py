"""A transition in words: where it starts, what it requires, promises, posts and makes, and how it is undone."""

from collections.abc import Iterator
from dataclasses import dataclass

from onebook.definition.catalog import Catalog
from onebook.definition.check.fields import fields_of
from onebook.definition.drawing import Draw
from onebook.definition.form import Form
from onebook.definition.transition import (
    Convert,
    Create,
    Entry,
    GiveBack,
    Hold,
    Make,
    Move,
    Revalue,
    Settle,
    Transition,
    Unsettle,
)
from onebook.engines.process.explain_approval import ApprovalWords
from onebook.engines.process.refusals import UnknownForm, UnknownTransition
from onebook.expression.printing import print_tree
from onebook.locale.texts import text
from onebook.values.label import Label


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that the transition does: which of its effects says so, and the words."""

    effect: str
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that a transition does, in the order in which it works."""

    form: str
    transition: str
    title: str
    sentences: tuple[Sentence, ...]

    def __str__(self) -> str:
        """As the command line prints it."""
        return "\n".join([self.title, *(f"  {sentence.words}" for sentence in self.sentences)])


def explain(catalog: Catalog, form: str, transition: str, language: str) -> Explanation:
    """A transition in words. Refuses with UnknownForm or UnknownTransition."""
    if form not in catalog.forms:
        raise UnknownForm(form=form)
    declared = catalog.forms[form]
    if transition not in declared.transitions:
        raise UnknownTransition(form=declared.label, transition=transition)
    step = declared.transitions[transition]
    words = _Words(catalog, declared, language)
    title = words.say("title", form=declared.label, transition=step.label)
    return Explanation(form, transition, title, tuple(words.sentences(step)))


class _Words:
    """The sentences of one form's transitions in one language."""

    def __init__(self, catalog: Catalog, form: Form, language: str) -> None:
        self._catalog = catalog
        self._form = form
        self._language = language

    def say(self, sentence: str, /, **data: object) -> str:
        return text(f"process.explain.{sentence}", data, self._language)

    def sentences(self, step: Transition) -> Iterator[Sentence]:
        states = self._form.states
        sources = [states[name].label for name in step.source]
        yield Sentence("states", self.say("states", source=sources, target=states[step.target].label))
        for must in step.requires:
            yield Sentence("requires", self.say("requires", words=must.otherwise, formula=self._formula(must.that)))
        if step.approval is not None:
            said = ApprovalWords(self.say, self._formula, self._catalog.roles.__getitem__)
            yield Sentence("approval", said(step.approval))
        if step.edits:
            fields = fields_of(self._form)
            yield Sentence("edits", self.say("edits", fields=[fields[name].label for name in step.edits]))
        yield from (Sentence("draws", self._draw(draw)) for draw in step.draws)
        for name, formula in step.sets.items():
            label = self._form.fields[name].label
            yield Sentence("sets", self.say("sets", field=label, formula=self._formula(formula)))
        if step.releases == "all":
            yield Sentence("releases", self.say("releases_all"))
        elif step.releases:
            yield Sentence("releases", self.say("releases", names=[self._promise(name) for name in step.releases]))
        yield from (Sentence("makes", self._make(make)) for make in step.makes)
        yield from (Sentence("settles", self._settle(settle)) for settle in step.settles)
        yield from (Sentence("unsettles", self._unsettle(unsettle)) for unsettle in step.unsettles)
        yield from (Sentence("moves", self._move(move)) for move in step.moves)
        for convert in step.converts:
            yield from (Sentence("converts", words) for words in self._convert(convert))
        yield from (Sentence("gives_back", self._give_back(effect)) for effect in step.gives_back)
        yield from (Sentence("revalues", self._revalue(effect)) for effect in step.revalues)
        yield from (Sentence("entries", self._entry(entry)) for entry in step.entries)
        yield from (Sentence("holds", self._hold(hold)) for hold in step.holds)
        if step.reholds:
            yield Sentence("reholds", self.say("reholds", names=[self._promise(name) for name in step.reholds]))
        if step.displaces:
            yield Sentence("displaces", self.say("displaces"))
        yield from (Sentence("creates", self._create(create)) for create in step.creates)
        if step.closes is not None:
            yield Sentence("closes", self.say("closes", month=self._formula(step.closes.month)))
        if step.reopens is not None:
            yield Sentence("reopens", self.say("opens_month", month=self._formula(step.reopens)))
        yield Sentence("undo", self._undo(step))

    def _draw(self, draw: Draw) -> str:
        report = self._catalog.reports[draw.report].label
        names = [draw.lines] if draw.lines else []
        fields = [self._form.fields[name].label for name in (*names, *draw.sets)]
        return self._framed(self.say("draws", report=report, fields=fields), None, draw.when)

    def _hold(self, hold: Hold) -> str:
        measure = hold.quantity or hold.amount or ""
        takes = measure.lstrip().startswith("-")
        amount = measure.lstrip()[1:] if takes else measure
        sentence = self.say(
            "holds_taken" if takes else "holds_expected",
            measure=self._formula(amount, hold.each),
            account=self._account(hold.on, hold.each),
        )
        if takes:
            sentence += self.say("short_waits" if hold.short == "wait" else "short_refused")
        if hold.due:
            sentence += self.say("due", formula=self._formula(hold.due, hold.each))
        return self._framed(sentence, hold.each, hold.when)

    def _settle(self, settle: Settle) -> str:
        measure = self._formula(settle.quantity or settle.amount or "", settle.each)
        owner = self._formula(settle.of, settle.each)
        sentence = self.say("settles", promise=self._promise(settle.hold), owner=owner, measure=measure)
        return self._framed(sentence, settle.each, settle.when)

    def _unsettle(self, unsettle: Unsettle) -> str:
        sentence = self.say(
            "unsettles",
            promise=self._promise(unsettle.hold),
            owner=self._formula(unsettle.of, unsettle.each),
            measure=self._formula(unsettle.quantity or unsettle.amount or "", unsettle.each),
        )
        if unsettle.reopens != "FALSE":
            sentence += self.say("reopens", formula=self._formula(unsettle.reopens, unsettle.each))
        return self._framed(sentence, unsettle.each, unsettle.when)

    def _make(self, make: Make) -> str:
        label = self._catalog.forms[make.form].label
        into = self._catalog.fields(self._form.form, make.each)[make.into].label
        return self._framed(self.say("makes", form=label, field=into), make.each, make.when)

    def _convert(self, convert: Convert) -> Iterator[str]:
        for taken in convert.takes:
            source = self._account(taken.source, taken.each)
            sentence = self.say("converts_takes", quantity=self._formula(taken.quantity, taken.each), source=source)
            yield self._framed(sentence, taken.each, taken.when)
        for given in convert.gives:
            sentence = self.say(
                "converts_gives",
                quantity=self._formula(given.quantity, given.each),
                target=self._account(given.target, given.each),
                weight=self._formula(given.weight, given.each),
            )
            yield self._framed(sentence, given.each, given.when)
        for cost in convert.costs:
            credit = self._account(cost.credit, cost.each)
            sentence = self.say("converts_costs", amount=self._formula(cost.amount, cost.each), credit=credit)
            yield self._framed(sentence, cost.each, cost.when)

    def _give_back(self, effect: GiveBack) -> str:
        sentence = self.say(
            "gives_back",
            quantity=self._formula(effect.quantity, effect.each),
            of=self._formula(effect.of, effect.each),
            at=self._account(effect.at, effect.each),
        )
        return self._framed(sentence, effect.each, effect.when)

    def _revalue(self, effect: Revalue) -> str:
        sentence = self.say(
            "revalues",
            amount=self._formula(effect.amount, effect.each),
            of=self._formula(effect.of, effect.each),
            at=self._account(effect.at, effect.each),
            gone=self._account(effect.gone, effect.each),
            against=self._account(effect.against, effect.each),
        )
        return self._framed(sentence, effect.each, effect.when)

    def _move(self, move: Move) -> str:
        value = self._formula(move.amount, move.each) if move.amount else self.say("share_of_value")
        sentence = self.say(
            "moves",
            quantity=self._formula(move.quantity, move.each),
            value=value,
            source=self._account(move.source, move.each),
            target=self._account(move.target, move.each),
        )
        return self._framed(sentence, move.each, move.when)

    def _entry(self, entry: Entry) -> str:
        sentence = self.say(
            "entries",
            amount=self._formula(entry.amount, entry.each),
            debit=self._account(entry.debit, entry.each),
            credit=self._account(entry.credit, entry.each),
        )
        return self._framed(sentence, entry.each, entry.when)

    def _create(self, create: Create) -> str:
        label = self._catalog.forms[create.form].label
        sentence = self.say("creates", form=label)
        if create.by is not None:
            sentence += self.say("creates_by", formula=self._formula(create.by, create.each))
        return self._framed(sentence, None, create.when)

    def _undo(self, step: Transition) -> str:
        if step.irreversible:
            return self.say("irreversible", words=step.irreversible)
        if step.reversed_to:
            return self.say("reversed_to", state=self._form.states[step.reversed_to].label)
        return self.say("reversed_back")

    def _framed(self, sentence: str, each: str | None, when: str | None) -> str:
        if when:
            sentence = self.say("when", formula=self._formula(when, each), sentence=sentence)
        if each:
            sentence = self.say("each", lines=self._form.fields[each].label, sentence=sentence)
        return sentence

    def _account(self, call: str, each: str | None) -> str:
        found = self._catalog.account_call(call, self._form.form, each)
        places = [self._formula(argument.text, each) for argument in found.arguments.values()]
        role = found.role.label.in_language(self._language)
        return self.say("account", role=role, places=places) if places else f"“{role}”"

    def _promise(self, name: str) -> Label | str:
        """What a hold is called: by the account that it is a promise on."""
        for placed in self._catalog.placed_holds():
            if placed.hold.name == name:
                role = self._catalog.account_call(placed.hold.on, placed.form, placed.hold.each).role
                owner = self._catalog.forms[placed.form].label
                return self.say("promise", form=owner, account=role.label)
        return name

    def _formula(self, formula: str, each: str | None = None) -> str:
        """A formula with the labels of the language instead of names."""
        return print_tree(self._catalog.formula(formula, self._form.form, each), self._label)

    def _label(self, scope: str, name: str) -> str:
        form, _, lines = scope.partition(".")
        if form not in self._catalog.forms:
            return name
        field = self._catalog.fields(form, lines or None).get(name)
        return field.label.in_language(self._language) if field else name
