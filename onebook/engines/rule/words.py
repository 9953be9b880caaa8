"""A rule in words: what sets it off, on which condition, what it does; and of a run why it fired and what it did."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onebook.definition.approval import Approver
from onebook.definition.check.fields import fields_of
from onebook.definition.form import Form
from onebook.definition.rule import BALANCE, Consequence
from onebook.definition.rules import target_of
from onebook.engines.rule.compiled import CompiledRule
from onebook.expression.printing import print_tree
from onebook.expression.refusals import ExpressionRefusal
from onebook.expression.types import Kind
from onebook.locale.texts import text
from onebook.values.label import Label

_ONCE: Final = ("record", "episode", "day")
_STATE: Final = "state"


class RuleWords:
    """The sentences of one rule in one language."""

    def __init__(self, rule: CompiledRule, language: str) -> None:
        """For a reader of a language."""
        self._rule = rule
        self._language = language
        self._form = rule.catalog.forms[rule.rule.form]

    def say(self, sentence: str, /, **data: object) -> str:
        """A sentence of this room."""
        return text(f"rule.words.{sentence}", data, self._language)

    def told(self) -> list[str]:
        """The rule: trigger, condition, what it does, how often, by whose rights."""
        rule = self._rule.rule
        told = [self._trigger()]
        if rule.when is not None:
            told.append(self.say("when", formula=self.formula(rule.when, Kind.FLAG)))
        if rule.refuse is not None:
            told.append(self.say("refuses", words=rule.refuse))
        if rule.ask:
            told.append(self.say("asks", steps=[step.label for step in rule.ask]))
        told += [self.does(one) for one in rule.do]
        if rule.once in _ONCE:
            told.append(self.say(f"once_{rule.once}"))
        if rule.is_of_the_system and rule.phase == "after":
            told.append(self.say("as_system"))
        return told

    def does(self, one: Consequence) -> str:
        """What a consequence does."""
        catalog = self._rule.catalog
        if one.create is not None:
            form = catalog.forms[one.create.form]
            if one.create.then is not None:
                return self.say("creates_and_runs", form=form.label, step=form.transitions[one.create.then].label)
            return self.say("creates", form=form.label)
        if one.run is not None:
            form = catalog.forms[target_of(catalog, self._rule.rule, one)]
            return self.say("runs", form=form.label, step=form.transitions[one.run].label)
        if one.notify is not None:
            return self.say("notifies", people=[*map(self._person, one.notify.to)], text=one.notify.text)
        if one.send is not None:
            channel = self.say(f"channel_{one.send.channel}")
            what = one.send.text or str(catalog.templates[str(one.send.template)].label.in_language(self._language))
            return self.say("sends", channel=channel, to=self.formula(one.send.to), text=what)
        if one.call is not None:
            return self.say("calls", webhook=one.call.webhook)
        form = catalog.forms[target_of(catalog, self._rule.rule, one)]
        if one.tag:
            return "；".join(
                self.say("tags", field=self._label(name, form), formula=self.formula(tag))
                for name, tag in one.tag.items()
            )
        if one.assign:
            return "；".join(
                self.say("assigns", field=self._label(name), people=[*map(self._person, people)])
                for name, people in one.assign.items()
            )
        return "；".join(
            self.say("sets", field=self._label(name, form), formula=self.formula(value))
            for name, value in one.set.items()
        )

    def why(self, why: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> list[str]:
        """Why it fired: what was heard, old and new values where the trail has them, and what the condition read."""
        told = [self._trigger()]
        told += list(self._changed(changes or {}))
        rule = self._rule.rule
        if rule.when is not None:
            told.append(self.say("held", formula=self.formula(rule.when, Kind.FLAG)))
        figures = [self._figure(key, value) for key, value in why.get("reads", {}).items()]
        if figures:
            told.append(self.say("figures", figures=figures))
        return told

    def did(self, did: Mapping[str, Any], people: Mapping[int, str]) -> str:
        """What a consequence did."""
        forms = self._rule.catalog.forms
        form = forms.get(str(did.get("form")))
        match did["do"]:
            case "create" if form is not None:
                return self.say("did_create", form=form.label)
            case "run" if form is not None:
                step = form.transitions.get(str(did["step"]))
                return self.say("did_run", form=form.label, step=step.label if step else did["step"])
            case "set" if form is not None:
                values = [f"{self._label(name, form)} = {self._plain(value)}" for name, value in did["values"].items()]
                return self.say("did_set", values=values)
            case "notify":
                names = [people.get(user) or f"#{user}" for user in did["to"]]
                return self.say("did_notify", people=names) if names else self.say("did_notify_nobody")
            case "send":
                return self.say("did_send", channel=self.say(f"channel_{did['channel']}"), to=masked(str(did["to"])))
            case "call":
                return self.say("did_call", webhook=did["webhook"])
        return self.say("did_nothing")

    def error(self, error: Mapping[str, Any] | None) -> str | None:
        """Why it failed."""
        if error is None:
            return None
        data = {name: _label(value) for name, value in error.get("data", {}).items()}
        problems = [
            text(one["code"], {name: _label(value) for name, value in one["data"].items()}, self._language)
            for one in error.get("problems", ())
        ]
        return "；".join(dict.fromkeys([text(error["code"], data, self._language), *problems]))

    def formula(self, formula: str, expects: Kind | None = None) -> str:
        """A formula with the words that its reader knows."""
        return print_tree(self._rule.formula(formula, expects), self._word)

    def _word(self, scope: str, name: str) -> str:
        """What a name found in a form or in its rows is called."""
        form, _, lines = scope.partition(".")
        catalog = self._rule.catalog
        if form not in catalog.forms or (lines and lines not in catalog.forms[form].line_fields):
            return name
        field = catalog.fields(form, lines or None).get(name)
        return name if field is None else field.label.in_language(self._language)

    def _trigger(self) -> str:
        on, form = self._rule.rule.on, self._form
        if on.created or on.changed:
            fields = [self._label(name) for name in on.changed]
            kind = "created_or_changed" if on.created and fields else "created" if on.created else "changed"
            return self.say(kind, form=form.label, fields=fields)
        step = on.transition or on.reversed
        if step is not None:
            kind = "stepped" if on.transition else "reversed"
            return self.say(kind, form=form.label, step=form.transitions[step].label)
        if self._rule.call is not None:
            return self.say("moved", form=form.label, account=self._rule.call.role.label)
        if on.daily is not None:
            return self.say("daily", form=form.label, time=on.daily)
        if on.date is not None:
            kind = "before" if on.before > 0 else "after" if on.before < 0 else "on"
            return self.say(kind, form=form.label, days=abs(on.before), date=self.formula(on.date), time=on.at)
        if on.button is not None:
            return self.say("pressed", form=form.label, button=on.button)
        return self.say("called" if on.webhook is not None else "submitted", form=form.label, webhook=on.webhook)

    def _changed(self, changes: Mapping[str, Any]) -> Iterator[str]:
        for name in dict.fromkeys(one.partition(".")[0] for one in self._rule.rule.on.changed):
            pair = changes.get(name)
            if isinstance(pair, list) and len(pair) == 2:
                old, new = (self._shown(name, value) for value in pair)
                yield self.say("became", field=self._label(name), old=old, new=new)

    def _figure(self, key: str, value: Any) -> str:
        if key == BALANCE and self._rule.call is not None:
            return f"{self._rule.call.role.label.in_language(self._language)} = {self._plain(value)}"
        shown = self._shown(key, value) if "." not in key else self._plain(value)
        try:
            return f"{self.formula(key)} = {shown}"
        except ExpressionRefusal:
            # What was declared when it fired is not declared any more.
            return f"{key} = {shown}"

    def _shown(self, name: str, value: Any) -> str:
        """The value of a field as people call it."""
        if name == _STATE and value in self._form.states:
            return self._form.states[value].label.in_language(self._language)
        field = self._form.fields.get(name)
        option = (field.options or {}).get(str(value)) if field is not None else None
        return option.in_language(self._language) if option is not None else self._plain(value)

    def _plain(self, value: Any) -> str:
        return text("rule.words.value", {"value": value}, self._language)

    def _label(self, name: str, form: Form | None = None) -> str:
        if name == _STATE:
            return self.say("state")
        found = fields_of(form or self._form).get(name)
        return found.label.in_language(self._language) if found is not None else name

    def _person(self, one: Approver) -> str:
        if one.role is not None:
            return self._rule.catalog.roles[one.role].label.in_language(self._language)
        if one.superior is not None:
            return self.say("superior", level=one.superior)
        kind = "head_of" if one.head_of is not None else "person"
        return self.say(kind, formula=self.formula(str(one.head_of or one.person), Kind.LINK))


def masked(address: str) -> str:
    """An address in part: the log is not where addresses are looked up."""
    name, at, host = address.partition("@")
    return f"{name[:2]}***@{host}" if at else f"{address[:3]}****{address[-4:]}" if len(address) > 7 else "****"


def _label(value: Any) -> Any:
    """A kept label as a label: it was written in both languages."""
    if isinstance(value, str) and " | " in value:
        return Label.parse(value)
    if isinstance(value, list):
        return [_label(one) for one in value]
    return value
