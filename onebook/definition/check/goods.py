"""Checks of effects on goods beyond moving them: giving back, revaluing, converting."""

from collections.abc import Iterator
from typing import Final

from onebook.definition.check.calls import check_account, check_formulas
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import AccountCall, Declarations
from onebook.definition.form import Form
from onebook.definition.transition import Convert, GiveBack, Revalue, Transition
from onebook.expression.tree import Path
from onebook.expression.types import Kind

#: What a row, and a record, calls itself.
_OWN: Final = "id"


def check_give_back(declared: Declarations, form: Form, effect: GiveBack, at: Subject) -> None:
    """The earlier row moved goods of that role, one way only."""
    if not check_formulas(declared, form, effect, at):
        return
    call = _goods(declared, form, effect.at, effect.each, at.at("at"))
    rows = _rows_of(declared, form, effect.of, effect.each, at.at("of"))
    if call is None or rows is None:
        return
    leaving, arriving = roles_moved(declared, rows)
    role = call.role.account
    if role not in leaving | arriving:
        at.at("at").wrong("never_moved", f"{role}: {rows}")
    elif role in leaving & arriving:
        at.at("at").wrong("moved_both_ways", f"{role}: {rows}")


def check_revalue(declared: Declarations, form: Form, effect: Revalue, at: Subject) -> None:
    """The earlier row brought goods of that role in; what is gone and what pays for it are accounts of amounts."""
    if not check_formulas(declared, form, effect, at):
        return
    call = _goods(declared, form, effect.at, effect.each, at.at("at"))
    for place in ("gone", "against"):
        other = check_account(declared, form, getattr(effect, place), effect.each, at.at(place))
        if other is not None and other.role.kept and other.role.measures == "quantity_and_amount":
            at.at(place).wrong("value_without_goods", other.role.account)
    rows = _rows_of(declared, form, effect.of, effect.each, at.at("of"))
    if call is None or rows is None:
        return
    _, arriving = roles_moved(declared, rows)
    if call.role.account not in arriving:
        at.at("at").wrong("never_brought", f"{call.role.account}: {rows}")


def check_convert(declared: Declarations, form: Form, effect: Convert, at: Subject) -> None:
    """Something goes in, something comes out, and what it passes through keeps nothing."""
    through = declared.accounts.get(effect.through)
    if through is None:
        at.at("through").wrong("unknown_account", effect.through)
    elif through.kept or through.measures == "amount" or set(through.dimensions) != {"item"}:
        at.at("through").wrong("through_not_summed", effect.through)
    if effect.when is not None:
        at.at("when").attempt(declared.formula, effect.when, form.form, None, Kind.FLAG)
    if not effect.takes or not effect.gives:
        at.wrong("one_sided", "takes" if not effect.takes else "gives")
    for number, taken in enumerate(effect.takes):
        place = at.at("takes", number)
        if check_formulas(declared, form, taken, place):
            _goods(declared, form, taken.source, taken.each, place.at("from"))
    for number, given in enumerate(effect.gives):
        place = at.at("gives", number)
        if check_formulas(declared, form, given, place):
            _goods(declared, form, given.target, given.each, place.at("to"))
    for number, cost in enumerate(effect.costs):
        place = at.at("costs", number)
        if not check_formulas(declared, form, cost, place):
            continue
        call = check_account(declared, form, cost.credit, cost.each, place.at("credit"))
        if call is not None and call.role.kept and call.role.measures == "quantity_and_amount":
            place.at("credit").wrong("value_without_goods", call.role.account)


def roles_moved(declared: Declarations, target: str) -> tuple[set[str], set[str]]:
    """The roles whose goods leave for rows of a form (or for its records), and those whose goods arrive."""
    form, _, lines = target.partition(".")
    leaving: set[str] = set()
    arriving: set[str] = set()
    for step in declared.forms[form].transitions.values():
        for source, place in _ways(step, lines or None):
            for text, roles in ((source, leaving), (place, arriving)):
                call = text and Subject.silent().attempt(declared.account_call, text, form, lines or None)
                if call and call.role.kept:
                    roles.add(call.role.account)
    return leaving, arriving


def _ways(step: Transition, lines: str | None) -> Iterator[tuple[str | None, str | None]]:
    """From where to where a step moves the goods of rows."""
    for move in step.moves:
        if move.each == lines:
            yield move.source, move.target
    for convert in step.converts:
        yield from ((taken.source, None) for taken in convert.takes if taken.each == lines)
        yield from ((None, given.target) for given in convert.gives if given.each == lines)


def _goods(declared: Declarations, form: Form, text: str, each: str | None, at: Subject) -> AccountCall | None:
    """An account on which goods stand with their value, down to the item."""
    call = check_account(declared, form, text, each, at)
    if call is None:
        return None
    if not call.role.kept or call.role.measures == "amount":
        at.wrong("goods_not_kept", call.role.account)
        return None
    if "item" not in call.arguments:
        at.wrong("dimension_missing", "item")
    return call


def document_of(of: str, target: str) -> str:
    """The formula that gives the record of the row `of`, which is a plain link to `target` or the own row; of a record,
    itself."""
    if "." not in target:
        return of
    return "parent" if of == _OWN else f"{of}.parent"


def _rows_of(declared: Declarations, form: Form, text: str, each: str | None, at: Subject) -> str | None:
    """Where `of` leads: earlier rows of a form, its records, or the own row, which an earlier step moved. A plain link,
    or nobody could read the record of the row."""
    expression = Subject.silent().attempt(declared.formula, text, form.form, each, Kind.LINK)
    if expression is None:
        return None
    target = expression.type.of or ""
    if declared.scope_of(target) is None or not isinstance(expression.tree, Path):
        at.wrong("of_no_row", text)
        return None
    return target
