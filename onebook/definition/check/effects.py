"""Checks of effects: accounts at the right dimensions, journals that balance whatever the values, holds that exist."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from onebook.definition.account import AccountRole
from onebook.definition.check.calls import check_account, check_formulas
from onebook.definition.check.created import check_create, check_make
from onebook.definition.check.goods import check_convert, check_give_back, check_revalue
from onebook.definition.check.problems import Subject
from onebook.definition.declarations import AccountCall, Declarations
from onebook.definition.form import Form
from onebook.definition.transition import Entry, Hold, Move, Settle, Transition, Unsettle
from onebook.expression.types import Kind


def _check_hold(declared: Declarations, form: Form, hold: Hold, at: Subject) -> None:
    if not check_formulas(declared, form, hold, at):
        return
    call = check_account(declared, form, hold.on, hold.each, at.at("on"))
    if call is None:
        return
    if not call.role.kept:
        at.at("on").wrong("hold_on_summed", call.role.account)
    _check_measures(call.role, hold, at)
    if hold.short == "wait" and hold.quantity is None:
        at.at("short").wrong("only_quantities_wait", hold.name)


def _check_measures(role: AccountRole, effect: Hold | Settle | Unsettle, at: Subject) -> None:
    if role.measures == "amount":
        if effect.quantity is not None:
            at.at("quantity").wrong("no_quantity", role.account)
        if effect.amount is None:
            at.wrong("amount_missing", role.account)
    elif effect.quantity is None:
        at.wrong("quantity_missing", role.account)


def _check_settle(declared: Declarations, form: Form, settle: Settle | Unsettle, at: Subject) -> None:
    """The promise was placed by the rows or records that `of` leads to."""
    if not check_formulas(declared, form, settle, at):
        return
    of = Subject.silent().attempt(declared.formula, settle.of, form.form, settle.each, Kind.LINK)
    if of is None or of.type.of is None:
        return
    owner, _, lines = of.type.of.partition(".")
    hold = declared.holds(owner).get(settle.hold)
    if hold is None:
        at.at("hold").wrong("unknown_hold", f"{owner}: {settle.hold}")
        return
    # A record stands for all its rows: what falls due first is settled first.
    if lines and hold.each != lines:
        at.at("of").wrong("placed_elsewhere", f"{settle.hold}: {f'{owner}.{hold.each}' if hold.each else owner}")
    if hold.each is not None and hold.each not in declared.forms[owner].line_fields:
        return
    call = Subject.silent().attempt(declared.account_call, hold.on, owner, hold.each)
    if call is not None:
        _check_measures(call.role, settle, at)


def _check_move(declared: Declarations, form: Form, move: Move, at: Subject) -> None:
    """Goods leave one account and reach another of the same item, with a value that is known."""
    if not check_formulas(declared, form, move, at):
        return
    source = check_account(declared, form, move.source, move.each, at.at("from"))
    target = check_account(declared, form, move.target, move.each, at.at("to"))
    if source is None or target is None:
        return
    for call, place in ((source, "from"), (target, "to")):
        if call.role.measures == "amount":
            at.at(place).wrong("no_quantity", call.role.account)
        if "item" not in call.arguments:
            at.at(place).wrong("dimension_missing", "item")
    if "item" in source.arguments and "item" in target.arguments:
        leaving, arriving = source.arguments["item"], target.arguments["item"]
        if leaving.tree != arriving.tree:
            at.wrong("items_differ", f"{leaving.text} ≠ {arriving.text}")
    if source.role.kept and move.amount is not None:
        at.at("amount").wrong("value_follows_book", source.role.account)
    if not source.role.kept and not target.role.kept and move.amount is None:
        at.wrong("value_unknown", source.role.account)
    _check_sides(source, target, at)


def _check_entry(declared: Declarations, form: Form, entry: Entry, at: Subject) -> None:
    if not check_formulas(declared, form, entry, at):
        return
    debit = check_account(declared, form, entry.debit, entry.each, at.at("debit"))
    credit = check_account(declared, form, entry.credit, entry.each, at.at("credit"))
    if debit is None or credit is None:
        return
    for call, place in ((debit, "debit"), (credit, "credit")):
        if call.role.kept and call.role.measures == "quantity_and_amount":
            at.at(place).wrong("value_without_goods", call.role.account)
    _check_sides(debit, credit, at)


def _check_sides(one: AccountCall, other: AccountCall, at: Subject) -> None:
    """An account against itself does nothing."""
    same = {name: part.tree for name, part in one.arguments.items()} == {
        name: part.tree for name, part in other.arguments.items()
    }
    if one.role.account == other.role.account and same:
        at.wrong("against_itself", one.role.account)


#: What checks each kind of effect, by the word under which a transition says it.
_CHECKS: Final[Mapping[str, Callable[[Declarations, Form, Any, Subject], None]]] = {
    "holds": _check_hold,
    "settles": _check_settle,
    "unsettles": _check_settle,
    "makes": check_make,
    "moves": _check_move,
    "converts": check_convert,
    "gives_back": check_give_back,
    "revalues": check_revalue,
    "entries": _check_entry,
    "creates": check_create,
}


def check_effects(declared: Declarations, form: Form, step: Transition, at: Subject) -> None:
    """Everything that a transition does to ledger and records."""
    for name, check in _CHECKS.items():
        for number, effect in enumerate(getattr(step, name)):
            check(declared, form, effect, at.at(name, number))
