"""Checks of rules: one trigger that exists, conditions that the database can compute, consequences that fit."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from onebook.definition.approval import ApprovalStep
from onebook.definition.check.approvals import check_may_wait, check_steps
from onebook.definition.check.lowering import lower_dry
from onebook.definition.check.people import check_people
from onebook.definition.check.problems import Problems, Subject
from onebook.definition.declarations import Declarations
from onebook.definition.field import FieldDeclaration, FieldKind
from onebook.definition.form import Form
from onebook.definition.rule import Call, Consequence, Made, Notice, Rule, Sending, Template
from onebook.definition.rules import circles, ends, rule_formula
from onebook.definition.scope import USERS, VALUE_KINDS, type_of
from onebook.definition.texts import Said, parts
from onebook.expression.tree import Expression
from onebook.expression.types import Kind

#: Triggers that happen in somebody's transaction, where a rule may speak before it ends.
_SPEAKING: Final = frozenset({"created", "changed", "transition"})
#: Triggers that name a record which may be looked at again and again, so that a condition can begin and end.
_LASTING: Final = frozenset({"created", "changed", "balance", "daily"})
_CHANGING: Final = frozenset({"set", "run", "tag"})
#: What begins a tag, a comment or a declaration of HTML; a sign of comparison is followed by neither.
_MARKUP: Final = re.compile(r"<[A-Za-z/!][^>]{0,40}")
_CONSEQUENCES: Final = ("create", "set", "run", "tag", "assign", "notify", "send", "call")


def check_rules(declared: Declarations, problems: Problems) -> None:
    """Every rule and every template; then whether rules go round in circles that nothing ends."""
    for template in declared.templates.values():
        _check_template(declared, template, problems.within(f"template {template.template}"))
    before = len(problems.found)
    for rule in declared.rules.values():
        _Rule(declared, rule, problems.within(f"rule {rule.rule}")).check()
    if len(problems.found) == before:
        for circle in circles(declared):
            if not any(ends(declared.rules[name]) for name in circle):
                way = " → ".join((*circle, circle[0]))
                problems.within(f"rule {circle[0]}").at("on").wrong("rules_in_a_circle", way)


def check_text(read: Callable[[str], Expression], text: str, at: Subject) -> None:
    """A text with formulas in braces, each of one value that can be written; words, and nothing that marks them up."""
    if (found := _MARKUP.search(text)) is not None:
        at.wrong("markup", found.group())
    pieces = at.attempt(parts, text)
    for part in pieces or ():
        if isinstance(part, Said):
            expression = at.attempt(read, part.formula)
            expression = expression and at.attempt(lower_dry, expression)
            if expression is not None and expression.type.kind in (Kind.LINK, Kind.LINKS, Kind.LINES):
                at.wrong("not_words", part.formula)


def _check_template(declared: Declarations, template: Template, subject: Subject) -> None:
    if template.form not in declared.forms:
        subject.at("form").wrong("unknown_form", template.form)
        return
    for name in ("title", "text"):
        text = getattr(template, name)
        if text is not None:
            check_text(lambda formula: declared.formula(formula, template.form), text, subject.at(name))


class _Rule:
    """One rule under check."""

    def __init__(self, declared: Declarations, rule: Rule, subject: Subject) -> None:
        self._declared = declared
        self._rule = rule
        self._subject = subject

    def check(self) -> None:
        """Everything that is wrong with it."""
        rule, subject = self._rule, self._subject
        form = self._declared.forms.get(rule.form)
        if form is None:
            subject.at("form").wrong("unknown_form", rule.form)
            return
        self._check_trigger(form)
        if rule.when is not None:
            self._formula(rule.when, Kind.FLAG, subject.at("when"), lowers=rule.phase == "after")
        if rule.phase == "before":
            self._check_before()
        else:
            self._check_after(form)

    def _check_trigger(self, form: Form) -> None:
        on, at = self._rule.on, self._subject.at("on")
        kinds = set(on.kinds)
        if not kinds or (len(kinds) > 1 and kinds != {"created", "changed"}):
            at.wrong("one_trigger", ", ".join(on.kinds))
        for number, name in enumerate(on.changed):
            self._check_changed(form, name, at.at("changed", number))
        for word in ("transition", "reversed"):
            step = getattr(on, word)
            if step is not None and step not in form.transitions:
                at.at(word).wrong("unknown_transition", step)
        if on.balance is not None:
            self._check_balance(on.balance, at.at("balance"))
        if on.date is not None:
            self._formula(on.date, Kind.DATE, at.at("date"))
        if on.webhook is not None or on.submitted:
            self._check_taken(form, at.at("takes"))
        elif on.takes:
            at.at("takes").wrong("nothing_comes_in", self._rule.rule)

    def _check_changed(self, form: Form, name: str, at: Subject) -> None:
        own, _, column = name.partition(".")
        field = form.fields.get(own)
        if own == "state" and not column and form.states:
            return
        if field is not None and column:
            field = (field.fields or {}).get(column)
        if field is None:
            at.wrong("unknown_field", name)
        elif self._follows_ledger(form, field, own if column else None):
            at.wrong("follows_the_ledger", name)

    def _follows_ledger(
        self, form: Form, field: FieldDeclaration, lines: str | None, seen: frozenset[str] = frozenset()
    ) -> bool:
        """Whether the ledger changes the field without anybody writing the record."""
        if field.meter is not None:
            return True
        if field.formula is None:
            return False
        read = Subject.silent().attempt(self._declared.formula, field.formula, form.form, lines)
        for path in () if read is None else read.paths:
            key = path[2:] if path.startswith("^.") else f"{lines}.{path}" if lines else path
            own, _, column = key.partition(".")
            one = form.fields.get(own)
            inside = own if one is not None and one.kind is FieldKind.LINES else None
            found = (one.fields or {}).get(column) if one is not None and inside else one
            if found is not None and key not in seen and self._follows_ledger(form, found, inside, seen | {key}):
                return True
        return False

    def _check_balance(self, text: str, at: Subject) -> None:
        call = at.attempt(self._declared.account_call, text, self._rule.form)
        if call is None:
            return
        own = [dimension for dimension, one in call.arguments.items() if one.paths == {"id"}]
        if len(own) != 1:
            at.wrong("balance_of_whom", text)
        for dimension, argument in call.arguments.items():
            at.attempt(lower_dry, argument)
            wanted = call.role.dimensions[dimension]
            if argument.type.of not in (wanted, None):
                at.wrong("other_dimension", f"{dimension}: {argument.type.of} ≠ {wanted}")
        if not call.role.kept:
            at.wrong("not_kept", call.role.account)

    def _check_taken(self, form: Form, at: Subject) -> None:
        taken = self._rule.on.takes
        if not taken:
            at.wrong("takes_nothing", self._rule.rule)
        for number, name in enumerate(taken):
            field = form.fields.get(name)
            if field is None:
                at.at(number).wrong("unknown_field", name)
            elif not field.is_typed or field.kind in (FieldKind.LINES, FieldKind.LINK):
                at.at(number).wrong("not_typed", name)
        for name, field in form.fields.items():
            if field.required == "TRUE" and field.default is None and field.is_typed and name not in taken:
                at.wrong("field_forgotten", name)

    def _check_before(self) -> None:
        rule, subject = self._rule, self._subject
        if not set(rule.on.kinds) <= _SPEAKING:
            subject.at("on").wrong("before_of_what", ", ".join(rule.on.kinds))
        if (rule.refuse is None) == (not rule.ask):
            subject.at("refuse").wrong("refuses_or_asks", rule.rule)
        if rule.ask and rule.on.transition is None:
            subject.at("ask").wrong("asks_of_a_step", rule.rule)
        form = self._declared.forms.get(str(rule.form))
        if rule.ask and form is not None and rule.on.transition in form.transitions:
            check_may_wait(form, form.transitions[rule.on.transition], subject.at("ask"))
            check_steps(self._declared, form, rule.ask, subject.at("ask"))
        if rule.do:
            subject.at("do").wrong("before_does_nothing", rule.rule)
        if rule.when is not None:
            self._check_behind_made(rule.when, subject.at("when"))
        for text, at in _asking(rule.ask, subject.at("ask")):
            self._check_behind_made(text, at)
        if rule.once != "time":
            subject.at("once").wrong("before_every_time", rule.once)

    def _check_behind_made(self, text: str, at: Subject) -> None:
        """What the step itself makes is not there yet when the rule looks: nothing behind a link to it can be read."""
        step = self._declared.forms[self._rule.form].transitions.get(self._rule.on.transition or "")
        if step is None:
            return
        behind = tuple(f"{make.each}.{make.into}." if make.each else f"{make.into}." for make in step.makes)
        read = Subject.silent().attempt(rule_formula, self._declared, self._rule, text)
        for path in sorted(() if read is None else read.paths):
            if path.startswith(behind):
                at.wrong("behind_made", path)

    def _check_after(self, form: Form) -> None:
        rule, subject = self._rule, self._subject
        if rule.refuse is not None or rule.ask:
            subject.at("phase").wrong("too_late_to_refuse", rule.rule)
        if not rule.do:
            subject.at("do").wrong("does_nothing", rule.rule)
        if rule.once == "episode" and (rule.when is None or not set(rule.on.kinds) <= _LASTING):
            subject.at("once").wrong("no_episode", rule.rule)
        if rule.once != "time" and rule.on.date is not None:
            subject.at("once").wrong("once_for_each_date", rule.once)
        for number, one in enumerate(rule.do):
            self._check_consequence(form, one, subject.at("do", number))

    def _check_consequence(self, form: Form, one: Consequence, at: Subject) -> None:
        said = [name for name in _CONSEQUENCES if getattr(one, name)]
        if len(said) != 1 or (one.of is not None and said[0] not in _CHANGING):
            at.wrong("one_consequence", ", ".join(said))
            return
        target = self._target(form, one, at)
        if target is None:
            return
        if one.create is not None:
            self._check_made(one.create, at.at("create"))
        self._check_values(target.form, target.fields, one.set, None, at.at("set"))
        if one.run is not None and one.run not in target.transitions:
            at.at("run").wrong("unknown_transition", one.run)
        for name, text in one.tag.items():
            self._check_tag(target, name, text, at.at("tag", name))
        for name, people in one.assign.items():
            field = form.fields.get(name)
            if field is None or field.to != USERS or not field.is_typed:
                at.at("assign", name).wrong("not_a_person" if field else "unknown_field", name)
            check_people(self._declared, people, self._read, at.at("assign", name))
        if one.notify is not None:
            self._check_notice(one.notify, at.at("notify"))
        if one.send is not None:
            self._check_sending(one.send, at.at("send"))
        if one.call is not None:
            self._check_call(one.call, at.at("call"))

    def _check_made(self, made: Made, at: Subject) -> None:
        form = self._declared.forms.get(made.form)
        if form is None:
            at.at("form").wrong("unknown_form", made.form)
            return
        self._check_values(made.form, form.fields, made.fields, None, at.at("fields"))
        for name, field in form.fields.items():
            if field.required == "TRUE" and field.default is None and field.is_typed and name not in made.fields:
                at.at("fields").wrong("field_forgotten", name)
        for name, rows in made.lines.items():
            place = at.at("lines", name)
            if name not in form.line_fields:
                place.wrong("unknown_lines", name)
            elif rows.each is not None and rows.each not in self._declared.forms[self._rule.form].line_fields:
                place.at("each").wrong("unknown_lines", rows.each)
            else:
                fields = form.fields[name].fields or {}
                self._check_values(f"{made.form}.{name}", fields, rows.fields, rows.each, place.at("fields"))
                if rows.when is not None:
                    self._formula(rows.when, Kind.FLAG, place.at("when"), rows.each, lowers=False)
        if made.then is not None:
            step = form.transitions.get(made.then)
            if step is None or form.first_state not in step.source:
                at.at("then").wrong("unknown_transition", made.then)

    def _check_values(
        self, of: str, fields: Mapping[str, FieldDeclaration], values: Mapping[str, str], each: str | None, at: Subject
    ) -> None:
        """Formulas for fields that are typed, each of the field's kind."""
        for name, text in values.items():
            place, field = at.at(name), fields.get(name)
            if field is None:
                place.wrong("unknown_field", name)
            elif not field.is_typed or field.kind is FieldKind.LINES:
                place.wrong("not_typed", name)
            else:
                expression = self._formula(text, VALUE_KINDS[field.kind], place, each, lowers=False)
                wanted = type_of(field, of, name).of
                if field.kind is FieldKind.LINK and expression is not None and expression.type.of not in (wanted, None):
                    place.wrong("link_elsewhere", f"{text}: {expression.type.of} ≠ {wanted}")

    def _target(self, form: Form, one: Consequence, at: Subject) -> Form | None:
        """The form of the record that is changed: our own, or the one that a link leads to."""
        if one.of is None:
            return form
        expression = self._formula(one.of, Kind.LINK, at.at("of"), lowers=False)
        if expression is None:
            return None
        target = self._declared.forms.get(str(expression.type.of))
        if target is None or (one.tag and expression.paths != {one.of}):
            at.at("of").wrong("unknown_form", one.of)
            return None
        return target

    def _check_tag(self, form: Form, name: str, text: str, at: Subject) -> None:
        field = form.fields.get(name)
        if field is None or field.kind is not FieldKind.TAGS:
            at.wrong("not_tags" if field else "unknown_field", name)
        self._formula(text, Kind.TEXT, at, lowers=False)

    def _check_notice(self, notice: Notice, at: Subject) -> None:
        check_people(self._declared, notice.to, self._read, at.at("to"))
        for name in ("title", "text"):
            text = getattr(notice, name)
            if text is not None:
                check_text(self._read_any, text, at.at(name))

    def _check_sending(self, sending: Sending, at: Subject) -> None:
        self._formula(sending.to, Kind.TEXT, at.at("to"), lowers=False)
        if (sending.template is None) == (sending.text is None):
            at.at("text").wrong("text_or_template", self._rule.rule)
        if sending.template is not None:
            template = self._declared.templates.get(sending.template)
            if template is None or template.form != self._rule.form:
                at.at("template").wrong("unknown_template", sending.template)
        for name in ("title", "text"):
            text = getattr(sending, name)
            if text is not None:
                check_text(self._read_any, text, at.at(name))

    def _check_call(self, call: Call, at: Subject) -> None:
        for name, text in call.fields.items():
            self._formula(text, None, at.at("fields", name), lowers=False)

    def _read(self, text: str, kind: Kind) -> Expression:
        return rule_formula(self._declared, self._rule, text, kind)

    def _read_any(self, text: str) -> Expression:
        return rule_formula(self._declared, self._rule, text)

    def _formula(
        self, text: str, kind: Kind | None, at: Subject, lines: str | None = None, *, lowers: bool = True
    ) -> Expression | None:
        expression = at.attempt(rule_formula, self._declared, self._rule, text, kind, lines)
        if expression is not None and expression.reads_old and not self._knows_old:
            at.wrong("old_is_gone", text)
            return None
        return expression if expression is None or not lowers else at.attempt(lower_dry, expression)

    @property
    def _knows_old(self) -> bool:
        """Whether what values were before the change is still known: as long as the change is under way."""
        return self._rule.phase == "before" and bool(self._rule.on.changed)


def _asking(steps: Sequence[ApprovalStep], at: Subject) -> Iterator[tuple[str, Subject]]:
    """Every formula by which a rule finds out whom to ask, with its place."""
    for number, step in enumerate(steps):
        place = at.at(number)
        asked = [(who, place.at("by")) for who in step.by]
        asked += [(who, place.at("table", case, "by")) for case, one in enumerate(step.table) for who in one.by]
        conditions = [(step.when, place.at("when"))]
        conditions += [(one.when, place.at("table", case, "when")) for case, one in enumerate(step.table)]
        found = [(who.person or who.head_of, where) for who, where in asked]
        yield from ((text, where) for text, where in (*conditions, *found) if text is not None)
        for branch, inner in enumerate(step.branches):
            yield from _asking(inner, place.at("branches", branch))
