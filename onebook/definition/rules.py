"""What formulas of rules mean, and which rules set off which: what checks and the engine both ask."""

from collections.abc import Iterator, Mapping
from typing import Final

from onebook.definition.declarations import Declarations
from onebook.definition.rule import BALANCE, Consequence, Rule
from onebook.expression.check import check
from onebook.expression.tree import Expression
from onebook.expression.types import NUMBER, Kind, Type

_MEASURE: Final[Mapping[str, Type]] = {BALANCE: NUMBER}


def rule_formula(
    declared: Declarations, rule: Rule, text: str, expects: Kind | None = None, lines: str | None = None
) -> Expression:
    """A formula of a rule over its record or its rows; one that an account sets off knows `balance` besides.

    Raises ExpressionRefusal."""
    if rule.on.balance is None:
        return declared.formula(text, rule.form, lines, expects)
    return check(text, declared.scope(rule.form, lines), expects, parameters=_MEASURE)


def target_of(declared: Declarations, rule: Rule, one: Consequence) -> str:
    """The form of the record that a consequence changes. Raises ExpressionRefusal."""
    if one.of is None:
        return rule.form
    return str(rule_formula(declared, rule, one.of, Kind.LINK).type.of)


def circles(declared: Declarations) -> list[tuple[str, ...]]:
    """Rules that may set each other off, one after another and then the first again; each circle once.

    What a rule creates, sets and runs is compared with what the others listen to; conditions are not weighed."""
    after = {rule.rule: rule for rule in declared.rules.values() if rule.phase == "after"}
    leads = {name: frozenset(_set_off(declared, rule, after)) for name, rule in after.items()}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for name in sorted(leads):
        way = _way_back(name, leads)
        if way is not None:
            found.setdefault(frozenset(way), way)
    return list(found.values())


def ends(rule: Rule) -> bool:
    """Whether something may stop a circle at this rule: a condition, or that it speaks only once."""
    return rule.when is not None or rule.once != "time"


def _way_back(name: str, leads: Mapping[str, frozenset[str]]) -> tuple[str, ...] | None:
    """The shortest way from a rule to itself."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in sorted(leads[way[-1]]):
            if following == name:
                return way
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return None


def _set_off(declared: Declarations, rule: Rule, others: Mapping[str, Rule]) -> Iterator[str]:
    does = [*_does(declared, rule)]
    for other in others.values():
        if any(_hears(other, kind, form, names) for kind, form, names in does):
            yield other.rule


def _does(declared: Declarations, rule: Rule) -> Iterator[tuple[str, str, frozenset[str]]]:
    """What others can hear of a rule: the kind of trigger, the form, the fields or steps."""
    for one in rule.do:
        if one.create is not None:
            yield "created", one.create.form, frozenset()
            if one.create.then is not None:
                yield from _stepped(declared, one.create.form, one.create.then)
        for fields in (one.set, one.tag, one.assign):
            if fields:
                form = target_of(declared, rule, one)
                yield "changed", form, frozenset(_with_formulas(declared, form, frozenset(fields)))
        if one.run is not None:
            yield from _stepped(declared, target_of(declared, rule, one), one.run)


def _stepped(declared: Declarations, form: str, step: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    yield "transition", form, frozenset((step,))
    declaration = declared.forms[form].transitions[step]
    yield "changed", form, frozenset(_with_formulas(declared, form, frozenset((*declaration.sets, "state"))))
    for create in declaration.creates:
        yield "created", create.form, frozenset()


def _with_formulas(declared: Declarations, form: str, names: frozenset[str]) -> frozenset[str]:
    """Fields, and those that are computed from them."""
    fields = declared.forms[form].fields
    while True:
        reading = {
            name
            for name, field in fields.items()
            if field.formula is not None and declared.formula(field.formula, form).paths & names
        }
        if reading <= names:
            return names
        names |= reading


def _hears(rule: Rule, kind: str, form: str, names: frozenset[str]) -> bool:
    on = rule.on
    if rule.form != form:
        return False
    match kind:
        case "created":
            return on.created
        case "changed":
            return bool({name.partition(".")[0] for name in on.changed} & names)
        case _:
            return on.transition in names
