"""Before-rules: what they say about a record while its transaction can still be refused, or must wait for agreement."""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from onebook.access.actor import Actor
from onebook.definition.approval import Approval
from onebook.engines.rule.compiled import CompiledRule, Rules
from onebook.engines.rule.refusals import ForbiddenByRule
from onebook.engines.rule.states import RuleStates
from onebook.expression.python import Context, evaluate
from onebook.expression.types import Kind
from onebook.values.refusal import Problem

#: A record as formulas see it.
Row = Mapping[str, Any]


class Guards:
    """The before-rules that are awake, at one moment."""

    def __init__(self, rules: Rules, states: RuleStates) -> None:
        """Of all rules those that speak before."""
        self._states = states
        self._rules = [
            one for one in rules.by_name.values() if one.rule.phase == "before" and not states.sleeps(one.rule)
        ]

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms that any of them watches."""
        return frozenset(one.rule.form for one in self._rules)

    @cached_property
    def asking(self) -> frozenset[tuple[str, str]]:
        """The forms and steps of which some ask for agreement."""
        return frozenset((one.rule.form, one.rule.on.transition or "") for one in self._rules if one.rule.ask)

    def keys(self, form: str, transition: str | None = None) -> frozenset[str]:
        """What must be read of a record to ask them: of a step, or of its being made and changed."""
        found: set[str] = set()
        for one in self._of(form, transition):
            found |= one.when.paths if one.when is not None else set()
            for step in one.rule.ask:
                people = (*step.by, *(who for case in step.table for who in case.by))
                texts = [(who.person or who.head_of, Kind.LINK) for who in people]
                texts += [(step.when, Kind.FLAG), *((case.when, Kind.FLAG) for case in step.table)]
                for text, kind in texts:
                    found |= one.formula(text, kind).paths if text is not None else set()
        return frozenset(found)

    def asked(self, form: str, transition: str, row: Row, context: Context, actor: Actor) -> Approval | None:
        """What agreement the rules ask for before a step is taken; nothing if none does."""
        steps = [
            step
            for one in self._of(form, transition)
            if one.rule.ask and self._speaks(one, row, context, actor)
            for step in one.rule.ask
        ]
        return Approval(steps=tuple(steps)) if steps else None

    def against_step(self, form: str, transition: str, row: Row, context: Context, actor: Actor) -> list[Problem]:
        """What speaks against a step of a record."""
        return list(self._against(self._of(form, transition), row, context, actor))

    def against_new(self, form: str, row: Row, context: Context, actor: Actor) -> list[Problem]:
        """What speaks against a new record."""
        rules = [one for one in self._of(form, None) if one.rule.on.created]
        return list(self._against(rules, row, context, actor))

    def against_change(self, form: str, changed: Set[str], row: Row, context: Context, actor: Actor) -> list[Problem]:
        """What speaks against a changed record; `changed` are the fields, `lines.quantity` those of rows."""
        rules = [one for one in self._of(form, None) if set(one.rule.on.changed) & changed]
        return list(self._against(rules, row, context, actor))

    def _of(self, form: str, transition: str | None) -> Iterator[CompiledRule]:
        if form not in self.forms:
            return
        yield from (one for one in self._rules if one.rule.form == form and one.rule.on.transition == transition)

    def _speaks(self, one: CompiledRule, row: Row, context: Context, actor: Actor) -> bool:
        if not self._states.concerns(one.rule, actor.id, actor.department):
            return False
        return one.when is None or evaluate(one.when, row, context) is True

    def _against(self, rules: Any, row: Row, context: Context, actor: Actor) -> Iterator[Problem]:
        for one in rules:
            if one.rule.refuse is not None and self._speaks(one, row, context, actor):
                yield Problem(ForbiddenByRule.cause, data={"words": one.rule.refuse, "rule": one.rule.label})


def forbidden(problems: Sequence[Problem]) -> ForbiddenByRule:
    """The refusal with everything that rules say."""
    return ForbiddenByRule(problems, reasons=[problem.data["words"] for problem in problems])
